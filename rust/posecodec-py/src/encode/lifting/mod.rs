//! `encode` of the lifting codecs: reads the samples and fills the outputs.

mod camera;
mod encode;
mod factors;
mod poses;

pub(crate) use camera::pair;
pub(crate) use encode::{Inputs, encode_lifting};
