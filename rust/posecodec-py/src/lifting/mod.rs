//! What the classes share that lift 2D poses to 3D: reading samples, filling answers, decoding.

mod camera;
mod decode;
mod encode;
mod factors;
mod poses;

pub(crate) use camera::pair;
pub(crate) use decode::{Scales, decode_frames, decode_poses};
pub(crate) use encode::{Inputs, encode_lifting};
