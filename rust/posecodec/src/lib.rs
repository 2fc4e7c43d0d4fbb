//! Keypoint codecs in Rust: keypoints to training targets, network outputs to keypoints, with the
//! results of [MMPose](https://github.com/open-mmlab/mmpose) 1.3.2's `mmpose.codecs`.
//!
//! ```
//! use posecodec::codecs::{DecodeHeatmaps, UdpHeatmap, UdpHeatmapOptions};
//! use posecodec::ndarray::Array3;
//!
//! let codec = UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default())?;
//! let heatmaps = Array3::<f32>::zeros((17, 64, 48)); // the network's output
//! let decoded = codec.decode(heatmaps.view())?;
//! assert_eq!(decoded.keypoints.dim(), (1, 17, 2)); // in pixels of the network's input
//! assert_eq!(decoded.scores.dim(), (1, 17));
//! # Ok::<(), posecodec::Error>(())
//! ```
//!
//! `cargo add --path …/rust/posecodec` adds the crate from a checkout. It needs Rust 1.88 or later.
//!
//! # Codecs
//!
//! | A network that returns | Codecs |
//! |---|---|
//! | one heatmap per keypoint | [`UdpHeatmap`](codecs::UdpHeatmap), [`MsraHeatmap`](codecs::MsraHeatmap), [`MegviiHeatmap`](codecs::MegviiHeatmap) |
//! | heatmaps and offset maps | [`UdpHeatmap`](codecs::UdpHeatmap) with `Combined`, [`SkpsHeatmap`](codecs::SkpsHeatmap) |
//! | one vector per axis | [`SimccLabel`](codecs::SimccLabel), [`Simcc3dLabel`](codecs::Simcc3dLabel) |
//! | coordinates | [`RegressionLabel`](codecs::RegressionLabel), [`IntegralRegressionLabel`](codecs::IntegralRegressionLabel) |
//! | several people | [`AssociativeEmbedding`](codecs::AssociativeEmbedding), [`Spr`](codecs::Spr), [`DecoupledHeatmap`](codecs::DecoupledHeatmap), [`EdPoseLabel`](codecs::EdPoseLabel), [`YoloxPoseAnnotationProcessor`](codecs::YoloxPoseAnnotationProcessor) |
//! | volumes of hand joints | [`Hand3dHeatmap`](codecs::Hand3dHeatmap) |
//! | 3D poses from 2D poses | [`ImagePoseLifting`](codecs::ImagePoseLifting), [`VideoPoseLifting`](codecs::VideoPoseLifting), [`MotionBertLabel`](codecs::MotionBertLabel) |
//!
//! # Conventions
//! - N instances (people), K keypoints per instance, D coordinates per keypoint, `[x, y]`.
//! - Sizes are `[w, h]`, arrays are (H, W): a map of `heatmap_size` `[48, 64]` has 64 rows of 48 pixels.
//! - Keypoints are in pixels of the network's input; sigmas are in heatmap pixels.
//! - Keypoints and visibilities are `f32` or `f64`; network outputs are `f16`, `f32` or `f64`.
//! - [`ndarray`] and [`half`], whose types are arguments, are re-exported.
//!
//! # Layers
//! [`codecs`] compose private kernels as MMPose does, and check their inputs. [`functional`] has
//! MMPose's helper functions, which check their inputs too.
//!
//! # Features
//! - `rayon` (default): batches on several threads. Without it, batches run on the caller's thread.
//! - `serde`: codecs from and to MMPose's config dicts, in `config`.

mod check;
pub mod codecs;
#[cfg(feature = "serde")]
pub mod config;
mod crop;
mod element;
mod error;
mod float;
pub mod functional;
mod inputs;
#[doc(hidden)]
pub mod kernels;
mod parallel;
mod plan;
pub mod simd;

pub use crop::{Crop, CropOptions};
pub use error::{Error, Result, Shape};
pub use float::{Float, HeatmapValue};
pub use parallel::{MAX_THREADS, num_threads, set_num_threads};
pub use {half, ndarray};

/// Runs the examples of the documentation's page as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rust.md")]
struct InRust;
/// Runs the README's example as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
