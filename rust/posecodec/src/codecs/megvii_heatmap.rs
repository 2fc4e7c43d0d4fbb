//! `MegviiHeatmap`: a blurred point whose maximum is scaled to 255.

use super::decode::DecodeHeatmaps;
use super::encode::{
    Encode, EncodedArrays, HeatmapTargets, Outputs, SampleArrays, VISIBILITY, draw_planes,
};
use super::profiles::{Separable, fill_rows, single_instance_outputs, write_profiles};
use super::{scale_factor, to_heatmap_pixels};
use crate::check;
use crate::error::Result;
use crate::float::{Float, HeatmapValue};
use crate::inputs::blurred_peak::blurred_peak;
use crate::inputs::keypoints::Keypoints;
use crate::inputs::maps::SampleMaps;
use crate::kernels::blur::BlurBuffers;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::gaussian::outer_product::outer_product;
use crate::kernels::gaussian::profiles::AxisProfile;
use crate::plan::Output;

/// The options of [`MegviiHeatmap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MegviiHeatmapOptions {
    /// Taps of the blur that draws a point, in heatmap pixels; odd. Default: 11, as in MMPose's
    /// configs of 48×64 heatmaps.
    pub kernel_size: usize,
}

impl Default for MegviiHeatmapOptions {
    fn default() -> Self {
        Self { kernel_size: 11 }
    }
}

/// Keypoints as heatmaps via the "Megvii" approach: [MSPN](https://arxiv.org/abs/1901.00148) (Li et
/// al. 2019) and [CPN](https://arxiv.org/abs/1711.07319) (Chen et al. 2018).
///
/// Targets: `heatmaps` (K, H, W), 255 at the keypoint, and `keypoint_weights` (1, K).
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::heatmaps::{MegviiHeatmap, MegviiHeatmapOptions};
/// use posecodec::codecs::{DecodeHeatmaps, Encode};
///
/// let codec = MegviiHeatmap::new([192, 256], [48, 64], MegviiHeatmapOptions::default())?;
/// let targets = codec.encode(array![[[97.0, 129.0]]].view(), None)?;
/// assert_eq!(targets.heatmaps[[0, 32, 24]], 255.0);
/// let decoded = codec.decode(targets.heatmaps.view())?;
/// assert_eq!(decoded.keypoints, array![[[98.0f32, 130.0]]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MegviiHeatmap {
    input_size: [usize; 2],
    heatmap_size: [usize; 2],
    options: MegviiHeatmapOptions,
    scale_factor: [f32; 2],
    kernel: GaussianKernel,
}

impl MegviiHeatmap {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a size of 0 or an even kernel.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: MegviiHeatmapOptions,
    ) -> Result<Self> {
        let input_size = check::size("input_size", input_size)?;
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        let taps = check::kernel_size("kernel_size", options.kernel_size)?;
        Ok(Self {
            input_size,
            heatmap_size,
            options,
            scale_factor: scale_factor(input_size, heatmap_size),
            kernel: GaussianKernel::new(taps),
        })
    }

    /// The blurred point along x and y, in two buffers; `None` if it is outside.
    fn profiles<'a, T: Float>(
        &self,
        point: [T; 2],
        [x, y]: [&'a mut Vec<f32>; 2],
    ) -> Option<[AxisProfile<'a>; 2]> {
        let [width, height] = self.heatmap_size;
        let at = to_heatmap_pixels(point, self.scale_factor).map(|at| at.as_f64() as i64);
        let inside = (0..width as i64).contains(&at[0]) && (0..height as i64).contains(&at[1]);
        if !inside {
            return None;
        }
        let start_x = self.response(at[0] as usize, width, 1.0, x);
        let start_y = self.response(at[1] as usize, height, 255.0, y);
        Some([AxisProfile { start: start_x, values: x }, AxisProfile { start: start_y, values: y }])
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

heatmap_getters!(MegviiHeatmap, MegviiHeatmapOptions);

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
            let Some(profiles) = self.profiles(point, [&mut x, &mut y]) else { return false };
            let [x, y] = profiles;
            outer_product(plane, width, x, y, false);
            true
        });
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> HeatmapTargets<V> {
        HeatmapTargets::from_arrays(encoded)
    }
}

impl Separable for MegviiHeatmap {
    fn profile_outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        single_instance_outputs(instances, keypoints, self.heatmap_size)
    }

    fn encode_profiles<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let (mut x, mut y) = (Vec::new(), Vec::new());
        let rows = ([arrays.take(), arrays.take()], self.heatmap_size);
        fill_rows(keypoints, rows, arrays.take(), |rows, _, point| {
            write_profiles(rows, self.profiles(point, [&mut x, &mut y]))
        });
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
            let (pixel, value) =
                blurred_peak(maps.plane(number), maps.width, &self.kernel, &mut buffers);
            *point = [pixel[0] * self.scale_factor[0], pixel[1] * self.scale_factor[1]];
            *score = E::of(f64::from(value) / 255.0 + 0.5);
        }
        Ok(())
    }
}
