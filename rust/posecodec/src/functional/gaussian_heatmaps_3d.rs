//! `generate_3d_gaussian_heatmaps`.

use super::gaussian_heatmaps::check_points;
use super::{product, same_length};
use crate::check;
use crate::error::{Result, try_with_capacity};
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::kernels::gaussian::heatmap_3d::Gaussian3dBuffers;

/// The 3D heatmaps to draw: [`Volumes::new`] has MMPose's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Volumes<'a> {
    /// Size `[W, H, D]` in heatmap pixels.
    pub heatmap_size: [usize; 3],
    /// Size `[w, h]` of the image in pixels.
    pub image_size: [f64; 2],
    /// The depth that a volume covers: half of it in front of the root, half behind.
    pub heatmap3d_depth_bound: f64,
    /// The joints that have a volume, by their index (from the end where negative); all by default.
    pub joint_indices: Option<&'a [isize]>,
    /// The maximum.
    pub max_bound: f64,
    /// Factors of the visibilities, one per joint that has a volume.
    pub dataset_keypoint_weights: Option<&'a [f64]>,
    /// Whether the two sizes count as double precision, as NumPy's own integers do:
    /// single-precision keypoints are then converted to heatmap pixels in double precision.
    pub double: [bool; 2],
}

impl Volumes<'_> {
    /// Volumes of size `[W, H, D]` for an image of size `[w, h]`.
    pub fn new(heatmap_size: [usize; 3], image_size: [f64; 2]) -> Self {
        Self {
            heatmap_size,
            image_size,
            heatmap3d_depth_bound: 400.0,
            joint_indices: None,
            max_bound: 1.0,
            dataset_keypoint_weights: None,
            double: [false; 2],
        }
    }

    /// The joints, of `count`, that have a volume.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for indices beyond them.
    pub fn joints(&self, count: usize) -> Result<Vec<usize>> {
        let mut joints =
            try_with_capacity("the joints", self.joint_indices.map_or(count, <[_]>::len))?;
        match self.joint_indices {
            None => joints.extend(0..count),
            Some(indices) => {
                for &index in indices {
                    joints.push(check::index("joint_indices", index, count)?);
                }
            }
        }
        Ok(joints)
    }

    fn check(&self) -> Result<()> {
        check::size("heatmap_size", self.heatmap_size)?;
        for side in self.image_size {
            check::positive("image_size", side)?;
        }
        check::positive("heatmap3d_depth_bound", self.heatmap3d_depth_bound)?;
        check::positive("max_bound", self.max_bound).map(drop)
    }

    /// A point in heatmap pixels, rounded at every step as NumPy rounds.
    fn to_heatmap_pixels<T: Float>(&self, [x, y, z]: [T; 3]) -> [f64; 3] {
        let [double_heatmap, double_pixels] = self.double;
        let times = |value: T, side: usize| {
            let side = side as f64;
            if double_heatmap { value.as_f64() * side } else { (value * T::of(side)).as_f64() }
        };
        let over = |value: f64, side: f64| {
            let share = value / side;
            if double_heatmap || double_pixels { share } else { T::of(share).as_f64() }
        };
        let [width, height, depth] = self.heatmap_size;
        let share = z / T::of(self.heatmap3d_depth_bound) + T::of(0.5);
        [
            over(times(x, width), self.image_size[0]),
            over(times(y, height), self.image_size[1]),
            times(share, depth),
        ]
    }
}

/// Fills volumes (K·D, H, W), which hold zeros, with a Gaussian around each keypoint `[x, y, z]`,
/// pixels and a depth, and the weights (N, K): the visibilities, 0 for depths beyond the bound.
/// Where instances overlap, the larger value stays.
///
/// As in [InterHand2.6M](https://arxiv.org/abs/2008.09309) (Moon et al. 2020). `sigmas`, in heatmap
/// pixels, has one value for all instances, or one per instance. Every keypoint is drawn, whatever
/// its visibility; if it is outside, only the part of its Gaussian that lies inside the volume.
///
/// ```
/// use posecodec::functional::{Keypoints, Volumes, generate_3d_gaussian_heatmaps};
///
/// let keypoints =
///     Keypoints { points: &[[64.0f32, 32.0, 0.0]], visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let volumes = Volumes::new([16, 16, 8], [128.0, 128.0]);
/// let (mut maps, mut weights) = (vec![0.0; 8 * 16 * 16], [0.0]);
/// generate_3d_gaussian_heatmaps(&keypoints, &volumes, &[2.0], &mut maps, &mut weights)?;
/// assert_eq!(maps[(4 * 16 + 4) * 16 + 8], 1.0);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for sizes, bounds or sigmas that are not positive and finite, too
/// few sigmas, joints beyond K, slices of the wrong length.
pub fn generate_3d_gaussian_heatmaps<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V, 3>,
    volumes: &Volumes<'_>,
    sigmas: &[f64],
    heatmaps: &mut [f32],
    weights: &mut [V],
) -> Result<()> {
    volumes.check()?;
    check_points(keypoints)?;
    check::sigmas(sigmas.len(), keypoints.instances)?;
    let joints = volumes.joints(keypoints.count)?;
    let [width, height, depth] = volumes.heatmap_size;
    let len = product(&[joints.len(), depth, height, width]);
    same_length("heatmaps", len, heatmaps.len())?;
    same_length("keypoint_weights", product(&[keypoints.instances, joints.len()]), weights.len())?;
    let factors = volumes.dataset_keypoint_weights;
    if let Some(factors) = factors {
        same_length("dataset_keypoint_weights", Some(joints.len()), factors.len())?;
    }
    if joints.is_empty() {
        return Ok(());
    }
    let (mut buffers, mut last) = (Gaussian3dBuffers::default(), None);
    let single = size_of::<T>() == 4 && volumes.double == [false; 2];
    for (instance, weights) in weights.chunks_exact_mut(joints.len()).enumerate() {
        let sigma = sigmas[instance % sigmas.len()];
        let patch = match last.take().filter(|(of, _)| *of == sigma) {
            Some((_, patch)) => patch,
            None => check::gaussian_patch_3d(sigma)?,
        };
        let planes = heatmaps.chunks_exact_mut(width * height * depth);
        for (number, (volume, weight)) in planes.zip(weights).enumerate() {
            let index = instance * keypoints.count + joints[number];
            *weight = V::zero();
            if !keypoints.is_finite(index) {
                continue;
            }
            let (size, peak, merge) = (volumes.heatmap_size, volumes.max_bound, instance > 0);
            let center = volumes.to_heatmap_pixels(keypoints.points[index]);
            if single {
                let center = center.map(|coordinate| coordinate as f32);
                patch.draw_gaussian(volume, size, center, peak, merge, &mut buffers);
            } else {
                patch.draw_gaussian(volume, size, center, peak, merge, &mut buffers);
            }
            if (0.0..depth as f64).contains(&center[2]) {
                let visibility = keypoints.visibility(index);
                let factor = factors.map_or(1.0, |factors| factors[number]);
                *weight = V::of(visibility.as_f64() * factor);
            }
        }
        last = Some((sigma, patch));
    }
    Ok(())
}
