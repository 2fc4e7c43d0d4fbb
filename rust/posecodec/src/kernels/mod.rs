//! The arithmetic: slices in, slices out.
//!
//! Planes are row-major slices that come with their width. Coordinates are `[x, y]`.
//!
//! Not a part of the crate's stable interface: kernels check nothing and panic on wrong lengths. Use
//! [`codecs`](crate::codecs) and [`functional`](crate::functional), which check their inputs.
//!
//! # Memory
//! Outputs belong to the caller. Scratch is small: a kernel needs at most a few copies of one plane or
//! vector per thread ([`blur::BlurBuffers`], [`grouping::nms::NmsBuffers`]), which Rust's allocator
//! either provides or aborts for. Scratch for large planes is allocated fallibly, before the kernel is
//! called, and so is what grows faster than one plane: the square
//! cost matrix of [`grouping::hungarian`] and the tables of [`simcc::SimccProfile`].
//!
//! # Measurements
//! Times in comments were measured with `cargo bench -p posecodec` on 2 cores of an AMD EPYC with
//! AVX-512 in November 2026, where a comment does not name another tier.

pub mod axes;
pub mod bfloat16;
pub mod blur;
pub mod fields;
pub mod flip;
pub mod gaussian;
pub mod grouping;
pub mod layout;
pub mod lifting;
pub mod math;
pub mod maximum;
pub mod refinement;
pub mod simcc;
