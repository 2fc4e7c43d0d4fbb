//! Keypoint codecs in Rust: keypoints to training targets, network outputs to keypoints, with the
//! results of [MMPose](https://github.com/open-mmlab/mmpose) 1.3.2's `mmpose.codecs`.
//!
//! ```
//! use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
//! use posecodec::codecs::DecodeHeatmaps;
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
//! ```console
//! $ cargo add posecodec --path ../posecodec_rs/rust/posecodec  # a clone; it is not on crates.io yet
//! ```
//!
//! It needs Rust 1.88 or later, and the standard library.
//!
//! # Codecs
//!
//! | A network that returns | Module | Codecs |
//! |---|---|---|
//! | one heatmap per keypoint | [`heatmaps`] | [`UdpHeatmap`], [`MsraHeatmap`], [`MegviiHeatmap`] |
//! | heatmaps and offset maps | [`heatmaps`] | [`UdpHeatmap`] with [`Combined`] maps, [`SkpsHeatmap`] |
//! | one vector per axis | [`simcc`] | [`SimccLabel`], [`Simcc3dLabel`] |
//! | coordinates | [`regression`] | [`RegressionLabel`], [`IntegralRegressionLabel`] |
//! | several people | [`people`] | [`AssociativeEmbedding`], [`Spr`], [`DecoupledHeatmap`], [`EdPoseLabel`], [`YoloxPoseAnnotationProcessor`] |
//! | volumes of hand joints | [`hands`] | [`Hand3dHeatmap`] |
//! | 3D poses from 2D poses | [`poses`] | [`ImagePoseLifting`], [`VideoPoseLifting`], [`MotionBertLabel`] |
//!
//! [`Crop`] is the way from a person's box in an image to the network's input, and back.
//!
//! [`heatmaps`]: codecs::heatmaps
//! [`simcc`]: codecs::simcc
//! [`regression`]: codecs::regression
//! [`people`]: codecs::people
//! [`hands`]: codecs::hands
//! [`poses`]: codecs::poses
//! [`UdpHeatmap`]: codecs::heatmaps::UdpHeatmap
//! [`MsraHeatmap`]: codecs::heatmaps::MsraHeatmap
//! [`MegviiHeatmap`]: codecs::heatmaps::MegviiHeatmap
//! [`Combined`]: codecs::heatmaps::UdpHeatmapKind::Combined
//! [`SkpsHeatmap`]: codecs::heatmaps::SkpsHeatmap
//! [`SimccLabel`]: codecs::simcc::SimccLabel
//! [`Simcc3dLabel`]: codecs::simcc::Simcc3dLabel
//! [`RegressionLabel`]: codecs::regression::RegressionLabel
//! [`IntegralRegressionLabel`]: codecs::regression::IntegralRegressionLabel
//! [`AssociativeEmbedding`]: codecs::people::AssociativeEmbedding
//! [`Spr`]: codecs::people::Spr
//! [`DecoupledHeatmap`]: codecs::people::DecoupledHeatmap
//! [`EdPoseLabel`]: codecs::people::EdPoseLabel
//! [`YoloxPoseAnnotationProcessor`]: codecs::people::YoloxPoseAnnotationProcessor
//! [`Hand3dHeatmap`]: codecs::hands::Hand3dHeatmap
//! [`ImagePoseLifting`]: codecs::poses::ImagePoseLifting
//! [`VideoPoseLifting`]: codecs::poses::VideoPoseLifting
//! [`MotionBertLabel`]: codecs::poses::MotionBertLabel
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
#[doc(hidden)]
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
