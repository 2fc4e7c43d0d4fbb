//! `MSRAHeatmap`: Gaussian heatmaps centered on the rounded or the exact keypoint.

use super::channels_last::decode_pixels;
use super::decode::DecodeHeatmaps;
use super::encode::{
    Encode, EncodedArrays, HeatmapTargets, Outputs, SampleArrays, VISIBILITY, draw_planes,
    overwrite_planes,
};
use super::profiles::{Separable, fill_rows, single_instance_outputs, write_profiles};
use super::windows::{DecodeWindows, PeakBlock, dark_window_size};
use super::{scale_factor, to_heatmap_pixels};
use crate::check;
use crate::error::Result;
use crate::float::{Float, HeatmapValue};
use crate::inputs::keypoints::Keypoints;
use crate::inputs::maps::{SampleMaps, peak_coordinates, peaks};
use crate::kernels::blur::BlurBuffers;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::gaussian::heatmap::{Blend, fill_unbiased, overlaps_map};
use crate::kernels::gaussian::outer_product::{full_outer_product, outer_product};
use crate::kernels::gaussian::profiles::{AxisProfile, Center, GaussianPatch, unbiased_profiles};
use crate::kernels::layout::MapReader;
use crate::kernels::refinement::{
    DARK_REACH, PEAKS_PER_BLOCK, dark_offsets, dark_window_offsets, quarter_shift,
    window_quarter_shift,
};
use crate::plan::{Init, Output};

/// The options of [`MsraHeatmap`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MsraHeatmapOptions {
    /// Standard deviation of the Gaussians in heatmap pixels. Default: 2, MMPose's for heatmaps of
    /// 48×64.
    pub sigma: f64,
    /// Whether encoding does not round keypoints and decoding refines them with DARK. Without it,
    /// decoding shifts maxima by a quarter of a pixel. Default: false.
    pub unbiased: bool,
    /// Taps of the blur before DARK; odd. Default: 11, which suits a sigma of 2.
    pub blur_kernel_size: usize,
}

impl Default for MsraHeatmapOptions {
    fn default() -> Self {
        Self { sigma: 2.0, unbiased: false, blur_kernel_size: 11 }
    }
}

/// Keypoints as heatmaps via the "MSRA" approach: [Simple Baselines for Human Pose Estimation and
/// Tracking](https://arxiv.org/abs/1804.06208) (Xiao et al. 2018), and with `unbiased`
/// [DarkPose](https://arxiv.org/abs/1910.06278) (Zhang et al. 2020).
///
/// Targets: `heatmaps` (K, H, W) and `keypoint_weights` (1, K).
///
/// ```
/// use ndarray::{Array2, array};
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::{DecodeHeatmaps, Encode};
///
/// let options = MsraHeatmapOptions { unbiased: true, ..Default::default() };
/// let codec = MsraHeatmap::new([192, 256], [48, 64], options)?;
/// let keypoints = array![[[96.0f32, 128.0], [20.0, 30.0]]];
/// let targets = codec.encode(keypoints.view(), None)?;
/// assert_eq!(targets.heatmaps.dim(), (2, 64, 48));
/// let decoded = codec.decode(targets.heatmaps.view())?;
/// assert!((&decoded.keypoints - &keypoints).iter().all(|error| error.abs() < 0.1));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MsraHeatmap {
    input_size: [usize; 2],
    heatmap_size: [usize; 2],
    options: MsraHeatmapOptions,
    scale_factor: [f32; 2],
    patch: GaussianPatch,
    kernel: GaussianKernel,
}

impl MsraHeatmap {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a size of 0, a sigma that is not
    /// positive and finite, or an even kernel.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: MsraHeatmapOptions,
    ) -> Result<Self> {
        let input_size = check::size("input_size", input_size)?;
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        let sigma = check::positive("sigma", options.sigma)?;
        let taps = check::kernel_size("blur_kernel_size", options.blur_kernel_size)?;
        Ok(Self {
            input_size,
            heatmap_size,
            options,
            scale_factor: scale_factor(input_size, heatmap_size),
            patch: GaussianPatch::new(sigma),
            kernel: GaussianKernel::new(taps),
        })
    }

    /// Fills one heatmap and one weight per keypoint. Calls `finish` with each plane that was drawn
    /// into.
    pub(super) fn encode_planes<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        heatmaps: &mut [f32],
        weights: &mut [V],
        init: Init,
        mut finish: impl FnMut(&mut [f32]),
    ) {
        let (size, mut scratch) = (self.heatmap_size, [Vec::new(), Vec::new()]);
        let planes = (heatmaps, size[0] * size[1]);
        let mut draw = |plane: &mut [f32], point| {
            let at = to_heatmap_pixels(point, self.scale_factor);
            let inside = if self.options.unbiased {
                self.fill_unbiased(plane, at, &mut scratch[0])
            } else {
                let (center, blend) = (Center::Rounded, Blend::Overwrite);
                self.patch.draw_gaussian(plane, size, at, center, blend, &mut scratch).is_some()
            };
            if inside {
                finish(plane);
            }
            inside
        };
        if self.options.unbiased {
            overwrite_planes(keypoints, planes, weights, init, &mut draw);
        } else {
            draw_planes(keypoints, planes, weights, init, &mut draw);
        }
    }

    /// Fills one row of each profile per keypoint, and one weight.
    pub(super) fn encode_profile_rows<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        rows: [&mut [f32]; 2],
        weights: &mut [V],
    ) {
        let (size, mut scratch) = (self.heatmap_size, [Vec::new(), Vec::new()]);
        fill_rows(keypoints, (rows, size), weights, |rows, _, point| {
            let at = to_heatmap_pixels(point, self.scale_factor);
            if !self.options.unbiased {
                return write_profiles(
                    rows,
                    self.patch.profiles(size, at, Center::Rounded, &mut scratch),
                );
            }
            let inside = overlaps_map(at, size, self.options.sigma);
            if inside {
                unbiased_profiles(rows, at.map(Float::as_f64), self.options.sigma);
            }
            inside
        });
    }

    /// Fills a whole plane with the product of two whole profiles.
    pub(super) fn multiply_profiles(&self, plane: &mut [f32], x: &[f32], y: &[f32]) {
        if self.options.unbiased {
            full_outer_product(plane, x, y, false);
        } else {
            let [along_x, along_y] = [x, y].map(|values| AxisProfile { start: 0, values });
            outer_product(plane, x.len(), along_x, along_y, false);
        }
    }

    /// Fills the whole plane with the Gaussian. Returns `false` if the box of 3 sigmas around it is
    /// outside, and then leaves the plane as it is.
    fn fill_unbiased<T: Float>(
        &self,
        plane: &mut [f32],
        at: [T; 2],
        scratch: &mut Vec<f32>,
    ) -> bool {
        let inside = overlaps_map(at, self.heatmap_size, self.options.sigma);
        if inside {
            let center = at.map(Float::as_f64);
            fill_unbiased(plane, self.heatmap_size[0], center, self.options.sigma, false, scratch);
        }
        inside
    }
}

heatmap_getters!(MsraHeatmap, MsraHeatmapOptions);

impl Encode for MsraHeatmap {
    const NAME: &'static str = "MSRAHeatmap";
    const SINGLE_INSTANCE: bool = true;
    type Targets<V: Float> = HeatmapTargets<V>;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        Outputs::from_iter([
            Output::heatmaps(keypoints, self.heatmap_size),
            Output::weights(VISIBILITY, instances, keypoints),
        ])
    }

    fn init(&self) -> Init {
        if self.options.unbiased { Init::Uninit } else { Init::Zeroed }
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let (heatmaps, weights) = (arrays.take(), arrays.take());
        self.encode_planes(keypoints, heatmaps, weights, arrays.init, |_| ());
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> HeatmapTargets<V> {
        HeatmapTargets::from_arrays(encoded)
    }
}

/// With `unbiased`, products that have no normal number in single precision are 0 in heatmaps: those of
/// an `x_profile[x]` below `f32::MIN_POSITIVE / y_profile[y]`.
impl Separable for MsraHeatmap {
    fn profile_outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        single_instance_outputs(instances, keypoints, self.heatmap_size)
    }

    fn encode_profiles<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let rows = [arrays.take(), arrays.take()];
        self.encode_profile_rows(keypoints, rows, arrays.take());
    }
}

impl DecodeHeatmaps for MsraHeatmap {
    type Coordinate = f32;

    fn heatmap_size(&self) -> [usize; 2] {
        self.heatmap_size
    }

    fn decode_sample<E: HeatmapValue>(
        &self,
        maps: SampleMaps<'_, E>,
        keypoints: &mut [[f32; 2]],
        scores: &mut [E],
    ) -> Result<()> {
        if !self.options.unbiased {
            for (number, (point, score)) in keypoints.iter_mut().zip(scores).enumerate() {
                let (value, peak) = maps.peak(number);
                let shift = peak.as_ref().map_or([0.0; 2], quarter_shift);
                let pixel = peak_coordinates(peak.as_ref());
                (*point, *score) = (self.to_input(pixel, shift.map(f64::from)), value);
            }
            return Ok(());
        }
        let mut buffers = BlurBuffers::for_large_planes(maps.size(), &self.kernel)?;
        let mut pixels = [[0.0; 2]; PEAKS_PER_BLOCK];
        let blocks = keypoints.chunks_mut(PEAKS_PER_BLOCK).zip(scores.chunks_mut(PEAKS_PER_BLOCK));
        for (block, (points, scores)) in blocks.enumerate() {
            let found = peaks(&maps, block * PEAKS_PER_BLOCK, scores, &mut pixels);
            let offsets = dark_offsets(found, &self.kernel, &mut buffers);
            for (point, (pixel, offset)) in points.iter_mut().zip(pixels.iter().zip(offsets)) {
                *point = self.to_input(*pixel, offset);
            }
        }
        Ok(())
    }

    fn decode_channels_last<E: HeatmapValue>(
        &self,
        maps: &MapReader<'_, E>,
        keypoints: &mut [[f32; 2]],
        scores: &mut [E],
        buffer: &mut Vec<E>,
    ) -> Result<bool> {
        decode_pixels(self, maps, keypoints, scores, buffer)
    }
}

impl DecodeWindows for MsraHeatmap {
    fn window_size(&self) -> Result<usize> {
        if self.options.unbiased { dark_window_size(DARK_REACH, &self.kernel) } else { Ok(3) }
    }

    fn window_offsets<E: HeatmapValue>(
        &self,
        peaks: &PeakBlock<'_, E>,
        needs_map: &mut [bool; PEAKS_PER_BLOCK],
    ) -> [[f64; 2]; PEAKS_PER_BLOCK] {
        if self.options.unbiased {
            return dark_window_offsets(peaks, &self.kernel, needs_map);
        }
        peaks.map(|peak| {
            peak.as_ref().map_or([0.0; 2], |peak| window_quarter_shift(peak).map(f64::from))
        })
    }

    fn to_input(&self, pixel: [f32; 2], offset: [f64; 2]) -> [f32; 2] {
        [0, 1].map(|axis| (pixel[axis] + offset[axis] as f32) * self.scale_factor[axis])
    }
}
