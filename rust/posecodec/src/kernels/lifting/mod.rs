//! Pose lifting, from 2D to 3D: normalization, roots, cameras.

pub mod camera;
pub mod motionbert;
pub mod normalize;
pub(crate) mod points;
pub mod root;
