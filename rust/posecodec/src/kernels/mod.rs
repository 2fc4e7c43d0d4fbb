//! The arithmetic: slices in, slices out, no allocation other than scratch.
//!
//! Planes are row-major slices that come with their width. Coordinates are `[x, y]`.
//!
//! Not a part of the crate's stable interface: kernels check nothing and panic on wrong lengths. Use
//! [`codecs`](crate::codecs) and [`functional`](crate::functional), which check their inputs.

pub mod blur;
pub mod crop;
pub mod fields;
pub mod flip;
pub mod gaussian;
pub mod grouping;
pub mod lifting;
pub mod math;
pub mod maximum;
pub mod refinement;
pub mod simcc;
