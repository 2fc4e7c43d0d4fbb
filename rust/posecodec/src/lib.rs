//! Keypoint codecs in Rust: keypoints to training targets, network outputs to keypoints, with the
//! results of [MMPose](https://github.com/open-mmlab/mmpose) 1.3.2's `mmpose.codecs`.
//!
//! # Conventions
//! - N instances (people), K keypoints per instance, D coordinates per keypoint, `[x, y]`.
//! - Sizes are `[w, h]`, arrays are (H, W): a map of `heatmap_size` `[48, 64]` has 64 rows of 48 pixels.
//! - Keypoints are in pixels of the network's input; sigmas are in heatmap pixels.
//! - Keypoints and visibilities are `f32` or `f64`; responses are `f16`, `f32` or `f64`.
//!
//! # Layers
//! `kernels` do the arithmetic on slices and check nothing. [`codecs`] compose kernels as MMPose does,
//! and check their inputs. [`functional`] has MMPose's helper functions, which check their inputs too.
//! A layer calls only the layers below it.
//!
//! ```
//! use ndarray::Array3;
//! use posecodec::codecs::{DecodeHeatmaps, UdpHeatmap, UdpHeatmapKind};
//!
//! let kind = UdpHeatmapKind::Gaussian { sigma: 2.0 };
//! let codec = UdpHeatmap::new([192, 256], [48, 64], kind, 11)?;
//! let heatmaps = Array3::<f32>::zeros((17, 64, 48)); // the network's output
//! let decoded = codec.decode(heatmaps.view())?;
//! assert_eq!(decoded.keypoints.dim(), (1, 17, 2));
//! assert_eq!(decoded.scores.dim(), (1, 17));
//! # Ok::<(), posecodec::Error>(())
//! ```
//!
//! # Features
//! - `rayon` (default): batches on several threads.

mod check;
pub mod codecs;
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

pub use error::{Error, Result, Shape};
pub use float::{Float, HeatmapValue};
pub use parallel::{MAX_THREADS, num_threads, set_num_threads};

/// Runs the examples of the documentation's page as doctests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/rust.md")]
struct InRust;
/// Runs the README's example as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
