//! `generate_offset_heatmap` and `generate_displacement_heatmap`.

use super::gaussian_heatmaps::{check_maps, check_points};
use super::{product, same_length};
use crate::check;
use crate::error::Result;
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::kernels::fields::displacement::{
    Direction, DisplacementMaps, RootedInstance, fill_displacements,
};
use crate::kernels::fields::offset::{OffsetBuffers, fill_offset_planes};

/// Fills the maps (3K, H, W), which hold zeros, and the weights (N, K): 1 within the radius
/// `radius_factor · max(W, H)` of a keypoint, and the offsets to it along x and y in units of the
/// radius. Where instances overlap, the last one is kept.
///
/// As in [UDP](https://arxiv.org/abs/1911.07524) (Huang et al. 2020).
///
/// ```
/// use posecodec::functional::{Keypoints, generate_offset_heatmap};
///
/// let points = [[5.25f32, 3.0]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let (mut maps, mut weights) = (vec![0.0; 3 * 32 * 24], [0.0]);
/// generate_offset_heatmap(&keypoints, [24, 32], 2.0 / 32.0, &mut maps, &mut weights)?;
/// let (class, offsets) = maps.split_at(32 * 24);
/// // In the pixel [5, 3]: a quarter of a pixel to the right, an eighth of the radius.
/// assert_eq!((class[3 * 24 + 5], offsets[3 * 24 + 5]), (1.0, 0.125));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a size of 0, a factor that is not positive and finite, slices of
/// the wrong length.
pub fn generate_offset_heatmap<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V>,
    heatmap_size: [usize; 2],
    radius_factor: f64,
    heatmaps: &mut [f32],
    weights: &mut [V],
) -> Result<()> {
    let [width, height] = heatmap_size;
    let map_len = width.saturating_mul(height);
    let classes = &heatmaps[..heatmaps.len() / 3];
    check_maps(keypoints, heatmap_size, classes, weights)?;
    same_length("heatmaps", Some(3 * classes.len()), heatmaps.len())?;
    let radius = check::positive("radius_factor", radius_factor)? * width.max(height) as f64;
    let mut buffers = OffsetBuffers::default();
    for (index, weight) in weights.iter_mut().enumerate() {
        let planes = &mut heatmaps[3 * (index % keypoints.count) * map_len..][..3 * map_len];
        let (class, offsets) = planes.split_at_mut(map_len);
        let (x, y) = offsets.split_at_mut(map_len);
        *weight = keypoints.visibility(index);
        if keypoints.is_labelled(index) {
            let center = keypoints.points[index].map(Float::as_f64);
            fill_offset_planes([class, x, y], width, center, radius, &mut buffers);
        }
    }
    Ok(())
}

/// The positions and sizes of instances, one entry per instance.
#[derive(Debug, Clone, Copy)]
pub struct InstanceRoots<'a, R> {
    /// Roots in heatmap pixels.
    pub roots: &'a [[R; 2]],
    /// Below 1, the instance has no displacements.
    pub visible: &'a [f64],
    /// Diagonals of the instances' boxes in heatmap pixels.
    pub diagonal_lengths: &'a [R],
}

/// Fills displacements and their weights (2K, H, W), which hold zeros: within `radius` pixels
/// of an instance's root the displacement to each of its keypoints, x and y, and the reciprocal of the
/// instance's diagonal. Where instances overlap, the smaller one is kept.
///
/// As in [Single-stage Multi-person Pose Machines](https://arxiv.org/abs/1908.09220) (Nie et al. 2019).
/// Keypoints with a visibility below 1, or outside, have none.
///
/// ```
/// use posecodec::functional::{InstanceRoots, Keypoints, generate_displacement_heatmap};
///
/// let points = [[12.0f32, 9.0]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let roots = [[10.0f32, 10.0]];
/// let roots = InstanceRoots { roots: &roots, visible: &[1.0], diagonal_lengths: &[8.0] };
/// let [mut ways, mut weights] = [(); 2].map(|()| vec![0.0; 2 * 32 * 24]);
/// generate_displacement_heatmap(&keypoints, [24, 32], &roots, 4.0, &mut ways, &mut weights)?;
/// let root = 10 * 24 + 10;
/// assert_eq!((ways[root], ways[32 * 24 + root]), (2.0, -1.0));
/// assert_eq!(weights[root], 1.0 / 8.0);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a size of 0, a radius that is not finite, slices of the wrong
/// length.
pub fn generate_displacement_heatmap<T: Float, V: Float, R: Float>(
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
            size: roots.diagonal_lengths[instance].as_f64(),
            weight: (R::one() / roots.diagonal_lengths[instance]).as_f64() as f32,
        })
        .collect();
    let maps = DisplacementMaps { displacements, weights, size: heatmap_size };
    fill_displacements(maps, &rooted, radius, Direction::ToKeypoint);
    Ok(())
}
