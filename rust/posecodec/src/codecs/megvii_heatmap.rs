//! `MegviiHeatmap`: a blurred point whose maximum is scaled to 255.

use super::decode::DecodeHeatmaps;
use super::encode::{
    Encode, EncodedArrays, HeatmapTargets, Outputs, SampleArrays, VISIBILITY, draw_planes,
};
use super::{scale_factor, to_heatmap_pixels};
use crate::check;
use crate::error::Result;
use crate::float::{Float, HeatmapValue};
use crate::inputs::keypoints::Keypoints;
use crate::inputs::maps::{SampleMaps, peak};
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, Border, blur_plane, blurred_argmax};
use crate::kernels::gaussian::heatmap::{AxisProfile, draw_gaussian};
use crate::kernels::maximum::{Maximum, maximum};
use crate::kernels::refinement::{Peak, sign};
use crate::plan::Output;

/// Keypoints as heatmaps via the "Megvii" approach: [MSPN](https://arxiv.org/abs/1901.00148) (Li et
/// al. 2019) and [CPN](https://arxiv.org/abs/1711.07319) (Chen et al. 2018).
///
/// Targets: `heatmaps` (K, H, W), 255 at the keypoint, and `keypoint_weights` (1, K).
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::{DecodeHeatmaps, Encode, MegviiHeatmap};
///
/// let codec = MegviiHeatmap::new([192, 256], [48, 64], 11)?;
/// let targets = codec.encode::<f32, f32>(array![[[97.0, 129.0]]].view(), None)?;
/// assert_eq!(targets.heatmaps[[0, 32, 24]], 255.0);
/// let decoded = codec.decode(targets.heatmaps.view())?;
/// assert_eq!(decoded.keypoints, array![[[98.0f32, 130.0]]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MegviiHeatmap {
    heatmap_size: [usize; 2],
    scale_factor: [f32; 2],
    kernel: GaussianKernel,
}

impl MegviiHeatmap {
    /// A codec of input size `[w, h]` in pixels, heatmap size `[W, H]` and a Gaussian of
    /// `kernel_size` × `kernel_size` heatmap pixels.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a size of 0 or an even kernel.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        kernel_size: usize,
    ) -> Result<Self> {
        let input_size = check::size("input_size", input_size)?;
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        let kernel = GaussianKernel::new(check::kernel_size("kernel_size", kernel_size)?);
        let scale_factor = scale_factor(input_size, heatmap_size);
        Ok(Self { heatmap_size, scale_factor, kernel })
    }

    /// Input pixels per heatmap pixel, `[x, y]`.
    pub fn scale_factor(&self) -> [f32; 2] {
        self.scale_factor
    }

    /// Fills `response` with the blurred point along one axis, its center scaled to `top`. Returns
    /// the index of the first heatmap pixel that it covers.
    fn response(&self, center: usize, length: usize, top: f32, response: &mut Vec<f32>) -> usize {
        let start = self.kernel.impulse_response(center, length, response);
        let at_center = response[center - start];
        for value in response.iter_mut() {
            *value = *value / at_center * top;
        }
        start
    }
}

impl Encode for MegviiHeatmap {
    const NAME: &'static str = "MegviiHeatmap";
    const SINGLE_INSTANCE: bool = true;
    type Targets<V: Float> = HeatmapTargets<V>;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        Outputs::from_iter([
            Output::heatmaps(keypoints, self.heatmap_size),
            Output::weights(VISIBILITY, instances, keypoints),
        ])
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let (heatmaps, weights) = (arrays.take(), arrays.take());
        let [width, height] = self.heatmap_size;
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let planes = (heatmaps, width * height);
        draw_planes(keypoints, planes, weights, arrays.init, |plane, point| {
            let at = to_heatmap_pixels(point, self.scale_factor).map(|at| at.as_f64() as i64);
            let inside = (0..width as i64).contains(&at[0]) && (0..height as i64).contains(&at[1]);
            if inside {
                let start_x = self.response(at[0] as usize, width, 1.0, &mut x);
                let start_y = self.response(at[1] as usize, height, 255.0, &mut y);
                let x = AxisProfile { start: start_x, values: &x };
                let y = AxisProfile { start: start_y, values: &y };
                draw_gaussian(plane, width, x, y, false);
            }
            inside
        });
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> HeatmapTargets<V> {
        HeatmapTargets::from_arrays(encoded)
    }
}

impl DecodeHeatmaps for MegviiHeatmap {
    type Coordinate = f32;

    fn heatmap_size(&self) -> [usize; 2] {
        self.heatmap_size
    }

    /// Blurs each map, scales it so that its maximum is that of the unblurred map, and locates the
    /// maximum.
    fn decode_sample<E: HeatmapValue>(
        &self,
        maps: SampleMaps<'_, E>,
        keypoints: &mut [[f32; 2]],
        scores: &mut [E],
    ) -> Result<()> {
        let mut buffers = BlurBuffers::for_large_planes(maps.size(), &self.kernel)?;
        for (number, (point, score)) in keypoints.iter_mut().zip(scores).enumerate() {
            let (pixel, value) = self.blurred_peak(maps.plane(number), maps.width, &mut buffers);
            *point = [pixel[0] * self.scale_factor[0], pixel[1] * self.scale_factor[1]];
            *score = E::of(f64::from(value) / 255.0 + 0.5);
        }
        Ok(())
    }
}

impl MegviiHeatmap {
    /// The location of the maximum of a blurred and scaled map, in heatmap pixels, and its value.
    /// If a map of finite values overflows on the way, the maximum of the unblurred map.
    fn blurred_peak<E: HeatmapValue>(
        &self,
        plane: &[E],
        width: usize,
        buffers: &mut BlurBuffers,
    ) -> ([f32; 2], f32) {
        let unblurred = maximum(plane).expect("a map has pixels");
        let (pixel, value) = self.rescaled_peak(plane, width, unblurred, buffers);
        let before = unblurred.value.as_f32();
        if !value.is_finite() && before.is_finite() {
            return (
                [unblurred.index % width, unblurred.index / width].map(|pixel| pixel as f32),
                before,
            );
        }
        (pixel, value)
    }

    fn rescaled_peak<E: HeatmapValue>(
        &self,
        plane: &[E],
        width: usize,
        unblurred: Maximum<E>,
        buffers: &mut BlurBuffers,
    ) -> ([f32; 2], f32) {
        let before = unblurred.value.as_f32();
        let (after, blurred) =
            blurred_argmax(plane, width, unblurred, &self.kernel, Border::Zero, buffers);
        if after.value == 0.0 {
            return ([-1.0; 2], before); // an all-zero map: nothing to scale and no maximum
        }
        let factor = before / after.value;
        if factor > 0.0 && factor.is_finite() && before > 0.0 {
            // A positive factor changes neither the location of the maximum nor the signs of
            // slopes.
            let at = [after.index % width, after.index / width];
            let value = after.value * factor;
            return (quarter_from_center(&Peak { plane: blurred, width, at, value }), value);
        }
        // With a negative, infinite or NaN factor the maximum may move: scale the whole map.
        let blurred = blur_plane(plane, width, &self.kernel, Border::Zero, buffers);
        for value in &mut *blurred {
            *value *= factor;
        }
        let (value, found) = peak(blurred, width);
        (found.map_or([-1.0; 2], |peak| quarter_from_center(&peak)), value)
    }
}

/// The center of the peak's pixel, shifted by a quarter of a pixel towards the larger neighbor
/// along each axis. As in MMPose, a peak near the border stays at the pixel's corner.
fn quarter_from_center(peak: &Peak<'_, f32>) -> [f32; 2] {
    let ([x, y], width) = (peak.at, peak.width);
    let corner = [x as f32, y as f32];
    if x <= 1 || x + 1 >= width || y <= 1 || (y + 1) * width >= peak.plane.len() {
        return corner;
    }
    let index = y * width + x;
    let shift_x = sign(peak.plane[index + 1], peak.plane[index - 1]) * 0.25 + 0.5;
    let shift_y = sign(peak.plane[index + width], peak.plane[index - width]) * 0.25 + 0.5;
    [corner[0] + shift_x, corner[1] + shift_y]
}
