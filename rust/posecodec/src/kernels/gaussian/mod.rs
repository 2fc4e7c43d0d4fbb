//! Gaussian heatmaps: a profile per axis and their outer product.

pub mod exact;
pub mod heatmap;
pub mod heatmap_3d;
pub mod outer_product;
pub mod profiles;
pub mod sampled;
