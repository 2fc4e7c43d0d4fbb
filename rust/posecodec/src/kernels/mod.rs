//! The arithmetic, one concept a file: slices in, slices out, no allocation that is not scratch.
//!
//! Planes are row-major slices with their width beside them. A cell is one value of a map; its
//! coordinates are `[x, y]`.
//!
//! They have no examples, as they are not where to begin: they check nothing, and what they compute is
//! shown by the [codecs](crate::codecs) and [helpers](crate::functional) that are made of them.

pub mod assignment;
pub mod bilinear;
pub mod blur;
pub mod camera;
pub mod crop;
pub mod displacement_heatmap;
pub mod element;
mod exp;
pub mod flip;
pub mod gaussian_heatmap;
pub mod gaussian_heatmap_3d;
pub mod gaussian_kernel;
pub mod heatmap_nms;
pub mod image_space;
pub mod instance;
mod logarithm;
pub mod maximum;
pub mod nearest_tag;
pub mod offset_heatmap;
pub mod pairwise_sum;
mod points;
pub mod pose_labels;
pub mod pose_targets;
pub mod refinement;
pub mod simcc;
pub mod top_k;
