//! The arithmetic, one concept a file: slices in, slices out, no allocation that is not scratch.
//!
//! Planes are row-major slices with their width beside them. A cell is one value of a map; its
//! coordinates are `[x, y]`.

pub mod blur;
pub mod camera;
pub mod element;
mod exp;
pub mod gaussian_heatmap;
pub mod gaussian_kernel;
pub mod image_space;
pub mod maximum;
pub mod offset_heatmap;
mod points;
pub mod pose_labels;
pub mod pose_targets;
pub mod refinement;
pub mod simcc;
