//! `generate_gaussian_heatmaps`, `generate_udp_gaussian_heatmaps` and
//! `generate_unbiased_gaussian_heatmaps`.

use super::{product, same_length};
use crate::check;
use crate::error::Result;
use crate::float::Float;
use crate::inputs::keypoints::{GaussianDrawer, Keypoints};
use crate::kernels::gaussian::heatmap::{fill_unbiased, overlaps_map};
use crate::kernels::gaussian::profiles::{Center, GaussianPatch};

/// Fills the maps (K, H, W), which hold zeros, with a Gaussian around the pixel of each keypoint, and
/// the weights (N, K). Where instances overlap, the larger value stays.
///
/// As in [Simple Baselines](https://arxiv.org/abs/1804.06208) (Xiao et al. 2018). `sigmas`, in
/// heatmap pixels, is one for all instances or one per instance, in the precision in which MMPose
/// computes the Gaussian's extent; 0 is a Gaussian of one pixel.
///
/// ```
/// use posecodec::functional::{Keypoints, generate_gaussian_heatmaps};
///
/// let people = [[5.2f32, 3.9], [20.0, 30.0]]; // two instances of one keypoint each
/// let keypoints = Keypoints { points: &people, visible: Some(&[1.0f32; 2]), instances: 2, count: 1 };
/// let (mut maps, mut weights) = (vec![0.0; 32 * 24], [0.0; 2]);
/// generate_gaussian_heatmaps(&keypoints, [24, 32], &[2.0, 3.0], &mut maps, &mut weights)?;
/// assert_eq!((maps[4 * 24 + 5], maps[30 * 24 + 20]), (1.0, 1.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a size of 0, sigmas that are negative, not finite or too few, slices of
/// the wrong length.
pub fn generate_gaussian_heatmaps<T: Float, V: Float, S: Float>(
    keypoints: &Keypoints<'_, T, V>,
    heatmap_size: [usize; 2],
    sigmas: &[S],
    heatmaps: &mut [f32],
    weights: &mut [V],
) -> Result<()> {
    check::sigmas(sigmas.len(), keypoints.instances)?;
    draw_gaussian(keypoints, heatmap_size, sigmas, Center::Rounded, heatmaps, weights)
}

/// [`generate_gaussian_heatmaps`] with the peaks at the exact keypoints, not at their rounded pixels:
/// [UDP](https://arxiv.org/abs/1911.07524) (Huang et al. 2020).
///
/// ```
/// use posecodec::functional::{Keypoints, generate_udp_gaussian_heatmaps};
///
/// let points = [[5.5f32, 4.0]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let (mut map, mut weights) = (vec![0.0; 32 * 24], [0.0]);
/// generate_udp_gaussian_heatmaps(&keypoints, [24, 32], 2.0, &mut map, &mut weights)?;
/// assert_eq!(map[4 * 24 + 5], map[4 * 24 + 6]); // the peak lies between them
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// As [`generate_gaussian_heatmaps`].
pub fn generate_udp_gaussian_heatmaps<T: Float, V: Float, S: Float>(
    keypoints: &Keypoints<'_, T, V>,
    heatmap_size: [usize; 2],
    sigma: S,
    heatmaps: &mut [f32],
    weights: &mut [V],
) -> Result<()> {
    draw_gaussian(keypoints, heatmap_size, &[sigma], Center::Exact, heatmaps, weights)
}

fn draw_gaussian<T: Float, V: Float, S: Float>(
    keypoints: &Keypoints<'_, T, V>,
    size: [usize; 2],
    sigmas: &[S],
    center: Center,
    heatmaps: &mut [f32],
    weights: &mut [V],
) -> Result<()> {
    check_maps(keypoints, size, heatmaps, weights)?;
    for &sigma in sigmas {
        check::sigma("sigma", sigma.as_f64())?;
    }
    let patches: Vec<_> = sigmas
        .iter()
        .map(|&sigma| match size_of::<S>() {
            4 => GaussianPatch::of_single(sigma.as_f64() as f32),
            _ => GaussianPatch::new(sigma.as_f64()),
        })
        .collect();
    let patches: Vec<_> = patches.iter().collect();
    let drawer = GaussianDrawer { size, patches: &patches, center };
    keypoints.draw_instances(keypoints.points, &drawer, heatmaps, weights, |_, _, _| ());
    Ok(())
}

/// [`generate_gaussian_heatmaps`] with Gaussians that are neither rounded nor cut off:
/// [DarkPose](https://arxiv.org/abs/1910.06278) (Zhang et al. 2020).
///
/// ```
/// use posecodec::functional::{Keypoints, generate_unbiased_gaussian_heatmaps};
///
/// let points = [[5.5f32, 4.0]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let (mut map, mut weights) = (vec![0.0; 12 * 12], [0.0]);
/// generate_unbiased_gaussian_heatmaps(&keypoints, [12, 12], 2.0, &mut map, &mut weights)?;
/// assert!(map.iter().all(|&value| value > 0.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// As [`generate_gaussian_heatmaps`].
pub fn generate_unbiased_gaussian_heatmaps<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V>,
    heatmap_size: [usize; 2],
    sigma: f64,
    heatmaps: &mut [f32],
    weights: &mut [V],
) -> Result<()> {
    check_maps(keypoints, heatmap_size, heatmaps, weights)?;
    let sigma = check::sigma("sigma", sigma)?;
    let map_len = heatmap_size.iter().product();
    let mut scratch = Vec::new();
    for (index, weight) in weights.iter_mut().enumerate() {
        let (instance, number) = (index / keypoints.count, index % keypoints.count);
        let point = keypoints.points[index];
        *weight = keypoints.visibility(index);
        if !keypoints.is_labelled(index) {
            continue;
        }
        if overlaps_map(point, heatmap_size, sigma) {
            let plane = &mut heatmaps[number * map_len..][..map_len];
            let center = point.map(Float::as_f64);
            fill_unbiased(plane, heatmap_size[0], center, sigma, instance > 0, &mut scratch);
        } else {
            *weight = V::zero();
        }
    }
    Ok(())
}

/// Checks the maps' size, and that there are one map per keypoint and one weight per point.
pub(super) fn check_maps<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V>,
    size: [usize; 2],
    heatmaps: &[f32],
    weights: &[V],
) -> Result<()> {
    let [width, height] = check::size("heatmap_size", size)?;
    check_points(keypoints)?;
    same_length("heatmaps", product(&[keypoints.count, height, width]), heatmaps.len())?;
    same_length("keypoint_weights", Some(keypoints.points.len()), weights.len())
}

/// Checks that there are as many points and visibilities as instances and keypoints, and room for what
/// is made of them.
pub(super) fn check_points<T, V, const D: usize>(keypoints: &Keypoints<'_, T, V, D>) -> Result<()> {
    let points = product(&[keypoints.instances, keypoints.count]);
    same_length("keypoints", points, keypoints.points.len())?;
    match keypoints.visible {
        Some(visible) => same_length("keypoints_visible", points, visible.len()),
        None => Ok(()),
    }
}
