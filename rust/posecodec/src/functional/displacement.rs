//! `generate_offset_heatmap` and `generate_displacement_heatmap`.

use super::gaussian_heatmaps::{check_maps, check_points};
use super::{product, same_length};
use crate::codecs::{Keypoints, check};
use crate::error::Result;
use crate::kernels::displacement_heatmap::{DisplacementMaps, RootedInstance, fill_displacements};
use crate::kernels::element::Real;
use crate::kernels::offset_heatmap::{OffsetBuffers, fill_offset_planes};

/// Fills the maps (3K, H, W), which hold zeros, and the weights (N, K): 1 within the radius
/// `radius_factor · max(W, H)` of a keypoint, and the offsets to it along x and y in units of the
/// radius. Of several instances the last shows.
///
/// As in [UDP](https://arxiv.org/abs/1911.07524) (Huang et al. 2020).
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a size of 0, a factor that is not positive and finite, slices of
/// the wrong length.
pub fn generate_offset_heatmap<T: Real, V: Real>(
    keypoints: &Keypoints<'_, T, V>,
    heatmap_size: [usize; 2],
    radius_factor: f64,
    heatmaps: &mut [f32],
    weights: &mut [V],
) -> Result<()> {
    let [width, height] = heatmap_size;
    let cells = width.saturating_mul(height);
    let classes = &heatmaps[..heatmaps.len() / 3];
    check_maps(keypoints, heatmap_size, classes, weights)?;
    same_length("heatmaps", Some(3 * classes.len()), heatmaps.len())?;
    let radius = check::positive("radius_factor", radius_factor)? * width.max(height) as f64;
    let mut buffers = OffsetBuffers::default();
    for (index, weight) in weights.iter_mut().enumerate() {
        let planes = &mut heatmaps[3 * (index % keypoints.count) * cells..][..3 * cells];
        let (class, offsets) = planes.split_at_mut(cells);
        let (x, y) = offsets.split_at_mut(cells);
        *weight = keypoints.weight(index, |point| {
            let centre = point.map(Real::as_f64);
            fill_offset_planes([class, x, y], width, centre, radius, &mut buffers);
            true
        });
    }
    Ok(())
}

/// Where instances are and how large: an entry of each an instance.
#[derive(Debug, Clone, Copy)]
pub struct InstanceRoots<'a, R> {
    /// Roots in map cells.
    pub roots: &'a [[R; 2]],
    /// Below 1, the instance has no displacements.
    pub visible: &'a [f64],
    /// Diagonals of the instances' boxes in map cells.
    pub diagonal_lengths: &'a [R],
}

/// Fills displacements and their weights (2K, H, W), which hold zeros: within `radius` cells of an
/// instance's root the way from there to each of its keypoints, x and y, and one over the instance's
/// diagonal. Where instances overlap, the smaller one shows.
///
/// As in [Single-stage Multi-person Pose Machines](https://arxiv.org/abs/1908.09220) (Nie et al. 2019).
/// Keypoints with a visibility below 1, or outside, have none.
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a size of 0, a radius that is not finite, slices of the wrong
/// length.
pub fn generate_displacement_heatmap<T: Real, V: Real, R: Real>(
    keypoints: &Keypoints<'_, T, V>,
    heatmap_size: [usize; 2],
    roots: &InstanceRoots<'_, R>,
    radius: f64,
    displacements: &mut [f32],
    weights: &mut [f32],
) -> Result<()> {
    let [width, height] = check::size("heatmap_size", heatmap_size)?;
    check_points(keypoints)?;
    let (instances, count) = (keypoints.instances, keypoints.count);
    same_length("roots", Some(instances), roots.roots.len())?;
    same_length("roots_visible", Some(instances), roots.visible.len())?;
    same_length("diagonal_lengths", Some(instances), roots.diagonal_lengths.len())?;
    let len = product(&[2, count, height, width]);
    same_length("displacements", len, displacements.len())?;
    same_length("displacement_weights", len, weights.len())?;
    let radius = check::finite("radius", radius)?;

    let labelled: Vec<_> = match keypoints.visible {
        Some(visible) => visible.iter().map(|&visible| !(visible < V::one())).collect(),
        None => vec![true; keypoints.points.len()],
    };
    let inside = |root: [R; 2]| {
        (0..2).all(|axis| root[axis] >= R::zero() && root[axis] < R::of(heatmap_size[axis] as f64))
    };
    let rooted: Vec<_> = (0..instances)
        .filter(|&instance| !(roots.visible[instance] < 1.0) && inside(roots.roots[instance]))
        .map(|instance| RootedInstance {
            points: &keypoints.points[instance * count..][..count],
            labelled: &labelled[instance * count..][..count],
            root: roots.roots[instance],
            diagonal_length: roots.diagonal_lengths[instance],
        })
        .collect();
    let maps = DisplacementMaps { displacements, weights, size: heatmap_size };
    fill_displacements(maps, &rooted, radius);
    Ok(())
}
