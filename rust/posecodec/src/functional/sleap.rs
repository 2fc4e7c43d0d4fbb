//! The targets of SLEAP: `generate_confmaps`, `generate_multiconfmaps` and `generate_pafs` of `sleap_nn`.

use super::{product, same_length};
use crate::check;
use crate::error::Result;
use crate::float::Float;
use crate::kernels::axes::UniformGrid;
use crate::kernels::fields::edge_field::add_edge_field;
use crate::kernels::gaussian::profiles::exponent;
use crate::kernels::gaussian::sampled::SampledGaussians;

/// The pixels of maps: every `output_stride`-th one of an image, from the first on.
#[derive(Debug, Clone, PartialEq)]
pub struct SamplingGrid(UniformGrid);

impl SamplingGrid {
    /// The grid of an image of size `(h, w)`.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a side that is 0, or a stride that is not positive.
    pub fn new(img_hw: [usize; 2], output_stride: f64) -> Result<Self> {
        let [height, width] = check::size("img_hw", img_hw)?;
        let stride = check::positive("output_stride", output_stride)?;
        let size = [width, height].map(|side| (side as f64 / stride).ceil() as usize);
        Ok(Self(UniformGrid { size: check::size("img_hw", size)?, stride }))
    }

    /// The size `[W, H]` of the maps.
    pub fn size(&self) -> [usize; 2] {
        self.0.size
    }
}

/// Fills the maps (K, H, W): Gaussians around keypoints of all instances, of which the maximum is kept.
/// Keypoints that are not finite have none.
///
/// `sigma` is in image pixels, and so are the keypoints (N, K).
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a sigma that is not positive, slices of the wrong length.
pub fn confidence_maps<T: Float>(
    keypoints: &[[T; 2]],
    [instances, count]: [usize; 2],
    grid: &SamplingGrid,
    sigma: f64,
    maps: &mut [f32],
) -> Result<()> {
    let [width, height] = grid.size();
    let exponent = exponent(check::positive("sigma", sigma)?);
    same_length("instances", instances.checked_mul(count), keypoints.len())?;
    same_length("confidence_maps", product(&[count, height, width]), maps.len())?;
    let mut gaussians = SampledGaussians::default();
    for (keypoint, plane) in maps.chunks_exact_mut(width * height).enumerate() {
        let points = (0..instances)
            .map(|instance| keypoints[instance * count + keypoint].map(Float::as_f64))
            .filter(|point| point.iter().all(|coordinate| coordinate.is_finite()));
        gaussians.fill(plane, grid.0, points, exponent);
    }
    Ok(())
}

/// Fills the fields (E, 2, H, W) of edges, pairs of keypoints: the sum over all instances (N, K) that have a
/// keypoint inside the grid. Edges without a length, or whose keypoints are not finite, have none.
///
/// `sigma` is in image pixels, and so are the keypoints.
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a sigma that is not positive, an index out of range, slices of the
/// wrong length.
pub fn part_affinity_fields<T: Float>(
    keypoints: &[[T; 2]],
    [instances, count]: [usize; 2],
    edges: &[[isize; 2]],
    grid: &SamplingGrid,
    sigma: f64,
    fields: &mut [f32],
) -> Result<()> {
    let [width, height] = grid.size();
    let sigma = check::positive("sigma", sigma)?;
    same_length("instances", instances.checked_mul(count), keypoints.len())?;
    same_length("part_affinity_fields", product(&[edges.len(), 2, height, width]), fields.len())?;
    let ends = grid.size().map(|length| T::of((length - 1) as f64 * grid.0.stride));
    let inside = |point: &[T; 2]| (0..2).all(|a| point[a] > T::zero() && point[a] < ends[a]);
    let shown: Vec<_> = (0..instances)
        .map(|instance| &keypoints[instance * count..][..count])
        .filter(|points| points.iter().any(inside))
        .collect();
    let mut scratch = Vec::new();
    let planes = fields.chunks_exact_mut(2 * width * height);
    for (&[from, to], planes) in edges.iter().zip(planes) {
        let from = check::index("edge_inds", from, count)?;
        let to = check::index("edge_inds", to, count)?;
        planes.fill(0.0);
        let (along_x, along_y) = planes.split_at_mut(width * height);
        for points in &shown {
            let edge = [points[from], points[to]];
            add_edge_field([along_x, along_y], grid.0, edge, sigma, &mut scratch);
        }
    }
    Ok(())
}
