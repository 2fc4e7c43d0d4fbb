//! `SKPSHeatmap`: unbiased Gaussian heatmaps with offset maps that cover the whole plane.

use ndarray::{Array1, Array2, Array3, ArrayView3, ArrayView4};

use super::decode::Decoded;
use super::decoded_batch::DecodedBatch;
use super::encode::{Encode, EncodedArrays, Outputs, SampleArrays, VISIBILITY, dimensioned};
use super::msra_heatmap::{MsraHeatmap, MsraHeatmapOptions};
use super::to_heatmap_pixels;
use crate::check;
use crate::element::{Dtype, split_off};
use crate::error::{Result, Shape, try_with_capacity};
use crate::float::{Float, HeatmapValue};
use crate::inputs::keypoints::Keypoints;
use crate::inputs::maps::SampleMaps;
use crate::parallel;
use crate::plan::{Init, Output, Per};

/// The options of [`SkpsHeatmap`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkpsHeatmapOptions {
    /// Standard deviation of the Gaussians in heatmap pixels. Default: 2.
    pub sigma: f64,
}

impl Default for SkpsHeatmapOptions {
    fn default() -> Self {
        Self { sigma: 2.0 }
    }
}

/// Keypoints as Gaussian heatmaps with maps of the offset to each keypoint, of MMPose's project
/// `skps`: [Simple Baselines for Human Pose Estimation and Tracking](https://arxiv.org/abs/1804.06208)
/// (Xiao et al. 2018) for the heatmaps, which are those of [`MsraHeatmap`] with `unbiased`.
///
/// Targets: `heatmaps` (K, H, W), `keypoint_weights` (K,), and `displacements` (2K, H, W): for every
/// heatmap pixel the offset to the keypoint in heatmap pixels, first along x for all keypoints, then
/// along y.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::heatmaps::{SkpsHeatmap, SkpsHeatmapOptions};
/// use posecodec::codecs::Encode;
///
/// let codec = SkpsHeatmap::new([256, 256], [64, 64], SkpsHeatmapOptions::default())?;
/// let keypoints = array![[[101.0f32, 30.0], [20.0, 55.5]]]; // (1, K, 2)
/// let targets = codec.encode(keypoints.view(), None)?;
/// assert_eq!(targets.displacements[[0, 10, 20]], 101.0 / 4.0 - 20.0); // x at column 20
/// let decoded = codec.decode(targets.heatmaps.view(), targets.displacements.view())?;
/// assert_eq!(decoded.keypoints, keypoints); // offsets restore the keypoint exactly
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SkpsHeatmap {
    heatmaps: MsraHeatmap,
    options: SkpsHeatmapOptions,
}

/// Targets of [`SkpsHeatmap`]; `V` is the type of the visibilities.
#[derive(Debug, Clone, PartialEq)]
pub struct SkpsTargets<V> {
    /// (K, H, W).
    pub heatmaps: Array3<f32>,
    /// (K,): the visibilities, 0 for keypoints without a target.
    pub keypoint_weights: Array1<V>,
    /// (2K, H, W), in heatmap pixels: the offsets along x of all keypoints, then those along y.
    pub displacements: Array3<f64>,
}

impl SkpsHeatmap {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a size of 0 or a sigma that is not
    /// positive and finite.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: SkpsHeatmapOptions,
    ) -> Result<Self> {
        // The kernel is used by MSRA's decoding alone.
        let msra = MsraHeatmapOptions { sigma: options.sigma, unbiased: true, blur_kernel_size: 1 };
        Ok(Self { heatmaps: MsraHeatmap::new(input_size, heatmap_size, msra)?, options })
    }

    /// Input size `[w, h]` in pixels.
    pub fn input_size(&self) -> [usize; 2] {
        self.heatmaps.input_size()
    }

    /// Heatmap size `[W, H]`.
    pub fn heatmap_size(&self) -> [usize; 2] {
        self.heatmaps.heatmap_size()
    }

    /// The options.
    pub fn options(&self) -> &SkpsHeatmapOptions {
        &self.options
    }

    /// Input pixels per heatmap pixel, `[x, y]`.
    pub fn scale_factor(&self) -> [f32; 2] {
        self.heatmaps.scale_factor()
    }

    /// Decodes one sample: heatmaps (K, H, W) and offset maps (2K, H, W) of any size.
    ///
    /// The keypoint is the pixel with the maximum plus the offsets there; pixel (0, 0) if no value is
    /// above 0.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for maps without a pixel, and for offset maps
    /// of another shape.
    pub fn decode<E: HeatmapValue, F: HeatmapValue>(
        &self,
        heatmaps: ArrayView3<'_, E>,
        offset_maps: ArrayView3<'_, F>,
    ) -> Result<Decoded<f32, E>> {
        let (count, height, width) = heatmaps.dim();
        Self::check_offset_maps(&[count, height, width], offset_maps.shape())?;
        let (heatmaps, offset_maps) =
            (heatmaps.as_standard_layout(), offset_maps.as_standard_layout());
        let mut points = vec![[0.0; 2]; count];
        let mut scores = vec![E::of(0.0); count];
        self.decode_flat(
            heatmaps.as_slice().expect("standard layout"),
            offset_maps.as_slice().expect("standard layout"),
            [1, count, height, width],
            &mut points,
            &mut scores,
        )?;
        let flat = points.into_iter().flatten().collect();
        Ok(Decoded {
            keypoints: Array3::from_shape_vec((1, count, 2), flat).expect("one point per keypoint"),
            scores: Array2::from_shape_vec((1, count), scores).expect("one score per keypoint"),
        })
    }

    /// Decodes a batch: heatmaps (B, K, H, W) and their offset maps (B, 2K, H, W); on several threads
    /// if the batch is large enough.
    ///
    /// # Errors
    /// As for [`Self::decode`].
    pub fn decode_batch<E: HeatmapValue, F: HeatmapValue>(
        &self,
        heatmaps: ArrayView4<'_, E>,
        offset_maps: ArrayView4<'_, F>,
    ) -> Result<DecodedBatch<f32, E>> {
        let (batch, count, height, width) = heatmaps.dim();
        let shape = [batch, count, height, width];
        Self::check_offset_maps(&shape, offset_maps.shape())?;
        let (heatmaps, offset_maps) =
            (heatmaps.as_standard_layout(), offset_maps.as_standard_layout());
        let heatmaps = heatmaps.as_slice().expect("standard layout");
        let offset_maps = offset_maps.as_slice().expect("standard layout");
        DecodedBatch::filled(batch, count, |points, scores| {
            self.decode_flat(heatmaps, offset_maps, shape, points, scores)
        })
    }

    /// Decodes a batch of heatmaps of shape `[B, K, H, W]` and their offset maps (B, 2K, H, W) into B·K
    /// points and scores; on several threads if the batch is large enough.
    ///
    /// # Errors
    /// As for [`Self::decode`], and for slices of other lengths than the shape implies.
    pub fn decode_flat<E: HeatmapValue, F: HeatmapValue>(
        &self,
        heatmaps: &[E],
        offset_maps: &[F],
        shape: [usize; 4],
        mut keypoints: &mut [[f32; 2]],
        mut scores: &mut [E],
    ) -> Result<()> {
        let [batch, count, height, width] = shape;
        if height == 0 || width == 0 {
            return Err(check::no_pixel("heatmaps", &shape));
        }
        check::not_transposed("heatmaps", self.heatmaps.heatmap_size(), [height, width])?;
        check::len("heatmaps", "B·K·H·W", &shape, heatmaps.len())?;
        check::len(
            "offset_maps",
            "2·B·K·H·W",
            &[2, batch, count, height, width],
            offset_maps.len(),
        )?;
        check::len("keypoints", "B·K", &[batch, count], keypoints.len())?;
        check::len("scores", "B·K", &[batch, count], scores.len())?;
        let map_len = height * width;
        if count == 0 {
            return Ok(());
        }
        let mut samples = try_with_capacity("the samples of a batch", batch)?;
        let maps = heatmaps.chunks_exact(count * map_len);
        for (values, offsets) in maps.zip(offset_maps.chunks_exact(2 * count * map_len)) {
            let points = split_off(&mut keypoints, count);
            let values_of = split_off(&mut scores, count);
            samples.push((SampleMaps { values, map_len, width }, offsets, points, values_of));
        }
        parallel::for_each(samples, heatmaps.len(), &|(maps, offsets, points, scores)| {
            self.decode_sample(&maps, offsets, points, scores);
        });
        Ok(())
    }

    /// Checks the shape of offset maps, (2K, H, W) for heatmaps of shape (K, H, W), both perhaps with a
    /// leading B.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for another shape.
    pub fn check_offset_maps(heatmaps: &[usize], offset_maps: &[usize]) -> Result<()> {
        let mut wanted = heatmaps.to_vec();
        let maps = wanted.len().saturating_sub(3);
        if let Some(count) = wanted.get_mut(maps) {
            *count = count.saturating_mul(2);
        }
        if wanted == offset_maps {
            return Ok(());
        }
        let wanted = format!("{}, two maps per heatmap", Shape(&wanted));
        Err(check::shape("offset_maps", &wanted, offset_maps))
    }

    fn decode_sample<E: HeatmapValue, F: HeatmapValue>(
        &self,
        maps: &SampleMaps<'_, E>,
        offsets: &[F],
        points: &mut [[f32; 2]],
        scores: &mut [E],
    ) {
        let (count, scale) = (points.len(), self.scale_factor());
        for (number, (point, score)) in points.iter_mut().zip(scores).enumerate() {
            let (value, peak) = maps.peak(number);
            let at = peak.map_or([0, 0], |peak| peak.at);
            let pixel = at[1] * maps.width + at[0];
            *point = [0, 1].map(|axis| {
                let offset = offsets[(axis * count + number) * maps.map_len + pixel];
                // MMPose adds an integer and a number, which NumPy does in double precision.
                (at[axis] as f64 + offset.as_f64()) as f32 * scale[axis]
            });
            *score = value;
        }
    }

    /// Fills the offset maps of all keypoints; zeros where a keypoint is not finite.
    fn encode_offsets<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        offsets: &mut [f64],
    ) {
        let [width, height] = self.heatmaps.heatmap_size();
        let (along_x, along_y) = offsets.split_at_mut(keypoints.count * width * height);
        let planes = |maps| <[f64]>::chunks_exact_mut(maps, width * height);
        let maps = planes(along_x).zip(planes(along_y));
        for (index, (x_map, y_map)) in maps.enumerate() {
            if !keypoints.is_finite(index) {
                x_map.fill(0.0);
                y_map.fill(0.0);
                continue;
            }
            let at = to_heatmap_pixels(keypoints.points[index], self.scale_factor());
            let [x, y] = at.map(Float::as_f64);
            let rows = x_map.chunks_exact_mut(width).zip(y_map.chunks_exact_mut(width));
            for (row, (x_row, y_row)) in rows.enumerate() {
                for (column, offset) in x_row.iter_mut().enumerate() {
                    *offset = x - column as f64;
                }
                y_row.fill(y - row as f64);
            }
        }
    }
}

impl Encode for SkpsHeatmap {
    const NAME: &'static str = "SKPSHeatmap";
    const SINGLE_INSTANCE: bool = true;
    type Targets<V: Float> = SkpsTargets<V>;

    fn outputs(&self, _: usize, keypoints: usize) -> Outputs {
        let [width, height] = self.heatmaps.heatmap_size();
        let displacements = [keypoints.saturating_mul(2), height, width];
        Outputs::from_iter([
            Output::heatmaps(keypoints, [width, height]),
            Output::new("keypoint_weights", VISIBILITY, &[keypoints], Per::Sample),
            Output::new("displacements", Dtype::Float64, &displacements, Per::Sample),
        ])
    }

    fn init(&self) -> Init {
        Init::Uninit
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let (heatmaps, weights, offsets) = (arrays.take(), arrays.take(), arrays.take());
        self.heatmaps.encode_planes(keypoints, heatmaps, weights, arrays.init, |_| ());
        self.encode_offsets(keypoints, offsets);
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> SkpsTargets<V> {
        let ([heatmaps], [displacements]) =
            (dimensioned(encoded.floats), dimensioned(encoded.doubles));
        let [keypoint_weights] = dimensioned(vec![encoded.weights]);
        SkpsTargets { heatmaps, keypoint_weights, displacements }
    }
}
