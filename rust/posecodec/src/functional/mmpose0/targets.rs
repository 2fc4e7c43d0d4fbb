//! `TopDownGenerateTarget` and `TopDownGenerateTargetRegression`.

use super::super::{product, same_length};
use crate::check;
use crate::error::{Error, Result};
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::fields::offset::{OffsetBuffers, fill_offset_planes};
use crate::kernels::gaussian::heatmap::{Blend, fill_unbiased, overlaps_map};
use crate::kernels::gaussian::outer_product::outer_product;
use crate::kernels::gaussian::profiles::{AxisProfile, Center, GaussianPatch};

/// What [`TopDownTargets`] draws around a keypoint.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TargetKind {
    /// A Gaussian around the pixel that the keypoint rounds to: `encoding='MSRA'`.
    Msra {
        /// Standard deviation in heatmap pixels.
        sigma: f64,
    },
    /// A Gaussian that is neither rounded nor cut off: `'MSRA'` with `unbiased_encoding`.
    Unbiased {
        /// Standard deviation in heatmap pixels.
        sigma: f64,
    },
    /// A Gaussian around the keypoint itself: `encoding='UDP'`.
    Udp {
        /// Standard deviation in heatmap pixels.
        sigma: f64,
    },
    /// Three maps: 1 near the keypoint, and the offsets to it in units of the radius, which is
    /// `radius_factor` · H: `'UDP'` with `target_type='CombinedTarget'`.
    Combined {
        /// The radius as a part of the map's height.
        radius_factor: f64,
    },
    /// A blurred point, scaled to 255: `encoding='Megvii'`.
    Megvii {
        /// Taps of the blur along x and along y.
        kernel: [usize; 2],
    },
}

/// The targets of one person, as MMPose 0.x makes them from keypoints in input pixels.
///
/// ```
/// use posecodec::functional::mmpose0::{TargetKind, TopDownTargets};
///
/// let kind = TargetKind::Msra { sigma: 2.0 };
/// let targets = TopDownTargets::new([192.0, 256.0], [48, 64], kind)?;
/// let (mut heatmaps, mut weights) = (vec![0.0; 64 * 48], [0.0]);
/// targets.fill(&[[96.0, 128.0]], &[1.0], &mut heatmaps, &mut weights)?;
/// assert_eq!((heatmaps[32 * 48 + 24], weights), (1.0, [1.0]));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TopDownTargets {
    heatmap_size: [usize; 2],
    /// Input pixels per heatmap pixel.
    stride: [f64; 2],
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Patch(GaussianPatch, Center),
    Unbiased { sigma: f64 },
    Combined { radius: f64 },
    Megvii { kernels: [GaussianKernel; 2], image_size: [f64; 2] },
}

impl TopDownTargets {
    /// Targets of input size `[w, h]` and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size, a sigma or a radius that is not positive, or an even kernel.
    pub fn new(image_size: [f64; 2], heatmap_size: [usize; 2], kind: TargetKind) -> Result<Self> {
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        for side in image_size {
            check::positive("image_size", side)?;
        }
        let sigma = |sigma| check::sigma("sigma", sigma);
        let shape = match kind {
            TargetKind::Msra { sigma: s } => {
                Shape::Patch(GaussianPatch::new(sigma(s)?), Center::Rounded)
            }
            TargetKind::Udp { sigma: s } => {
                Shape::Patch(GaussianPatch::new(sigma(s)?), Center::Exact)
            }
            TargetKind::Unbiased { sigma: s } => Shape::Unbiased { sigma: sigma(s)? },
            TargetKind::Combined { radius_factor } => {
                let factor = check::positive("valid_radius_factor", radius_factor)?;
                Shape::Combined { radius: factor * heatmap_size[1] as f64 }
            }
            TargetKind::Megvii { kernel: [x, y] } => {
                let taps = |size| Ok(GaussianKernel::new(check::kernel_size("kernel", size)?));
                Shape::Megvii { kernels: [taps(x)?, taps(y)?], image_size }
            }
        };
        let udp = matches!(kind, TargetKind::Udp { .. } | TargetKind::Combined { .. });
        let stride = [0, 1].map(|axis| {
            let (image, map) = (image_size[axis], heatmap_size[axis] as f64);
            if udp { (image - 1.0) / (map - 1.0) } else { image / map }
        });
        Ok(Self { heatmap_size, stride, shape })
    }

    /// The number of maps per keypoint.
    pub fn maps_per_keypoint(&self) -> usize {
        if matches!(self.shape, Shape::Combined { .. }) { 3 } else { 1 }
    }

    /// Fills the maps (K, H, W) or (3K, H, W), which hold zeros, and the weights (K,): the
    /// visibilities, 0 for keypoints whose Gaussian is outside or that are not finite. Keypoints of a
    /// visibility above 0.5 are drawn.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for slices of the wrong length.
    pub fn fill(
        &self,
        keypoints: &[[f64; 2]],
        visible: &[f32],
        heatmaps: &mut [f32],
        weights: &mut [f32],
    ) -> Result<()> {
        let [width, height] = self.heatmap_size;
        let maps_len = product(&[self.maps_per_keypoint(), width, height]);
        let maps_len = maps_len.expect("sides are at most 2^20");
        same_length("joints_3d_visible", Some(keypoints.len()), visible.len())?;
        same_length("heatmaps", keypoints.len().checked_mul(maps_len), heatmaps.len())?;
        same_length("target_weight", Some(keypoints.len()), weights.len())?;
        let mut scratch = Scratch::default();
        let planes = heatmaps.chunks_exact_mut(maps_len);
        for (((&point, &visible), planes), weight) in
            keypoints.iter().zip(visible).zip(planes).zip(weights)
        {
            let inside = self.draw(planes, point, visible, &mut scratch);
            *weight = if inside { visible } else { 0.0 };
        }
        Ok(())
    }

    /// Draws a keypoint if its visibility is high enough. Returns whether it is inside.
    fn draw(
        &self,
        planes: &mut [f32],
        point: [f64; 2],
        visible: f32,
        scratch: &mut Scratch,
    ) -> bool {
        let at = [0, 1].map(|axis| point[axis] / self.stride[axis]);
        if !at.iter().all(|coordinate| coordinate.is_finite()) {
            return false;
        }
        let (size, drawn) = (self.heatmap_size, visible > 0.5);
        match &self.shape {
            Shape::Patch(patch, center) => {
                let pixel = at.map(|coordinate| (coordinate + 0.5) as i64);
                let inside = (0..2).all(|axis| patch.span(pixel[axis], size[axis]).is_some());
                if inside && drawn {
                    let profiles = &mut scratch.profiles;
                    patch.draw_gaussian(planes, size, at, *center, Blend::Overwrite, profiles);
                }
                inside
            }
            Shape::Unbiased { sigma } => {
                let inside = overlaps_map(at, size, *sigma);
                if inside && drawn {
                    fill_unbiased(planes, size[0], at, *sigma, false, &mut scratch.profiles[0]);
                }
                inside
            }
            Shape::Combined { radius } => {
                if drawn {
                    draw_combined(planes, size[0], at, *radius, &mut scratch.offsets);
                }
                true
            }
            Shape::Megvii { kernels, image_size } => {
                // Multiplied first, as MMPose rounds it.
                let at = [0, 1].map(|axis| point[axis] * size[axis] as f64 / image_size[axis]);
                let pixel = at.map(|coordinate| coordinate as i64);
                let inside = (0..2).all(|axis| (0..size[axis] as i64).contains(&pixel[axis]));
                if visible < 1.0 {
                    return true;
                }
                if inside {
                    let pixel = pixel.map(|coordinate| coordinate as usize);
                    draw_response(planes, size, pixel, kernels, &mut scratch.profiles);
                }
                inside
            }
        }
    }
}

/// Memory that is reused from keypoint to keypoint.
#[derive(Debug, Default)]
struct Scratch {
    profiles: [Vec<f32>; 2],
    offsets: OffsetBuffers,
}

/// A class map, and offset maps that are 0 where the class map is 0.
fn draw_combined(
    planes: &mut [f32],
    width: usize,
    center: [f64; 2],
    radius: f64,
    buffers: &mut OffsetBuffers,
) {
    let (class, offsets) = planes.split_at_mut(planes.len() / 3);
    let (x, y) = offsets.split_at_mut(class.len());
    fill_offset_planes([class, x, y], width, center, radius, buffers);
    for offset in [x, y] {
        for (offset, &class) in offset.iter_mut().zip(&*class) {
            *offset *= class;
        }
    }
}

/// A blurred point whose maximum is 255.
fn draw_response(
    plane: &mut [f32],
    [width, height]: [usize; 2],
    [x, y]: [usize; 2],
    kernels: &[GaussianKernel; 2],
    [along_x, along_y]: &mut [Vec<f32>; 2],
) {
    let start_x = kernels[0].impulse_response(x, width, along_x);
    let start_y = kernels[1].impulse_response(y, height, along_y);
    let maximum = along_x[x - start_x] * along_y[y - start_y];
    for value in &mut *along_y {
        *value *= 255.0 / maximum;
    }
    let x = AxisProfile { start: start_x, values: along_x };
    let y = AxisProfile { start: start_y, values: along_y };
    outer_product(plane, width, x, y, false);
}

/// Fills the labels and weights (K, 2) of a regression network: the keypoints in units of the input
/// size, and the visibilities of x and y, 0 for keypoints outside.
///
/// # Errors
/// [`Error::InvalidInput`] for an input size that is not positive, slices of the wrong length.
pub fn regression_target(
    keypoints: &[[f64; 2]],
    visible: &[[f64; 2]],
    image_size: [f64; 2],
    labels: &mut [[f32; 2]],
    weights: &mut [[f64; 2]],
) -> Result<()> {
    for side in image_size {
        check::positive("image_size", side)?;
    }
    for (argument, len) in [
        ("joints_3d_visible", visible.len()),
        ("target", labels.len()),
        ("target_weight", weights.len()),
    ] {
        same_length(argument, Some(keypoints.len()), len)?;
    }
    let filled = labels.iter_mut().zip(weights);
    for ((point, visible), (label, weight)) in keypoints.iter().zip(visible).zip(filled) {
        let inside = (0..2).all(|axis| (0.0..=image_size[axis] - 1.0).contains(&point[axis]));
        *label = [0, 1].map(|axis| crate::float::single(point[axis] / image_size[axis]));
        *weight = if inside { *visible } else { [0.0; 2] };
    }
    Ok(())
}

/// Multiplies weights (K, D) by one weight per keypoint (K,).
///
/// # Errors
/// [`Error::InvalidInput`] for another number of weights per keypoint.
pub fn weigh(weights: &mut [f64], joint_weights: &[f64]) -> Result<()> {
    if joint_weights.is_empty() && weights.is_empty() {
        return Ok(());
    }
    let columns = weights.len().checked_div(joint_weights.len()).unwrap_or(0);
    if columns * joint_weights.len() != weights.len() {
        let wanted = "must have one weight per keypoint";
        return Err(Error::invalid("joint_weights", wanted, joint_weights.len()));
    }
    for (row, factor) in weights.chunks_exact_mut(columns).zip(joint_weights) {
        for weight in row {
            *weight *= factor;
        }
    }
    Ok(())
}
