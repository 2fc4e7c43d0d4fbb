//! `IntegralRegressionLabel`: coordinates, and heatmaps that sum to 1.

use ndarray::{Array2, Array3, ArrayView3};

use super::decode::Decoded;
use super::encode::{Encode, EncodedArrays, Outputs, SampleArrays, dimensioned};
use super::msra_heatmap::{MsraHeatmap, MsraHeatmapOptions};
use super::profiles::{Separable, profile_rows};
use super::regression_label::RegressionLabel;
use crate::element::Dtype;
use crate::error::Result;
use crate::float::{Float, HeatmapValue};
use crate::inputs::keypoints::Keypoints;
use crate::kernels::gaussian::heatmap::{normalization_factor, normalize};
use crate::plan::{Init, Output, Per};

/// The options of [`IntegralRegressionLabel`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IntegralRegressionLabelOptions {
    /// Standard deviation of the Gaussians in heatmap pixels. Default: 2.
    pub sigma: f64,
    /// Whether Gaussians are centered on the exact keypoint instead of the rounded one. Default: false.
    pub unbiased: bool,
    /// As [`MsraHeatmapOptions::blur_kernel_size`]. Default: 11.
    pub blur_kernel_size: usize,
    /// Whether each heatmap is divided by its sum. Default: true.
    pub normalize: bool,
}

impl Default for IntegralRegressionLabelOptions {
    fn default() -> Self {
        Self { sigma: 2.0, unbiased: false, blur_kernel_size: 11, normalize: true }
    }
}

/// Keypoints as coordinates and normalized heatmaps: [DSNT](https://arxiv.org/abs/1801.07372)
/// (Nibali et al. 2018). Combines [`RegressionLabel`] and [`MsraHeatmap`].
///
/// Targets: `keypoint_labels` (1, K, 2), `heatmaps` (K, H, W) and `keypoint_weights` (1, K).
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::regression::{IntegralRegressionLabel, IntegralRegressionLabelOptions};
/// use posecodec::codecs::Encode;
///
/// let options = IntegralRegressionLabelOptions::default();
/// let codec = IntegralRegressionLabel::new([192, 256], [48, 64], options)?;
/// let targets = codec.encode(array![[[96.0, 64.0]]].view(), None)?;
/// assert!((targets.heatmaps.sum() - 1.0).abs() < 1e-5);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IntegralRegressionLabel {
    heatmap_codec: MsraHeatmap,
    keypoint_codec: RegressionLabel,
    options: IntegralRegressionLabelOptions,
}

/// What [`IntegralRegressionLabel`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct IntegralRegressionTargets {
    /// (1, K, 2), in units of the input size.
    pub keypoint_labels: Array3<f32>,
    /// (K, H, W).
    pub heatmaps: Array3<f32>,
    /// (1, K), 0 or 1.
    pub keypoint_weights: Array2<f32>,
}

impl IntegralRegressionLabel {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// As [`MsraHeatmap::new`].
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: IntegralRegressionLabelOptions,
    ) -> Result<Self> {
        let IntegralRegressionLabelOptions { sigma, unbiased, blur_kernel_size, .. } = options;
        let heatmaps = MsraHeatmapOptions { sigma, unbiased, blur_kernel_size };
        Ok(Self {
            heatmap_codec: MsraHeatmap::new(input_size, heatmap_size, heatmaps)?,
            keypoint_codec: RegressionLabel::new(input_size)?,
            options,
        })
    }

    /// Input size `[w, h]` in pixels.
    pub fn input_size(&self) -> [usize; 2] {
        self.keypoint_codec.input_size()
    }

    /// Heatmap size `[W, H]`.
    pub fn heatmap_size(&self) -> [usize; 2] {
        self.heatmap_codec.heatmap_size()
    }

    /// The options.
    pub fn options(&self) -> &IntegralRegressionLabelOptions {
        &self.options
    }

    /// The codec of the coordinates, which also decodes them.
    pub fn keypoint_codec(&self) -> &RegressionLabel {
        &self.keypoint_codec
    }

    /// Decodes coordinates (N, K, 2), or coordinates and sigmas (N, K, 4).
    ///
    /// ```
    /// use ndarray::array;
    /// use posecodec::codecs::regression::{
    ///     IntegralRegressionLabel, IntegralRegressionLabelOptions,
    /// };
    ///
    /// let options = IntegralRegressionLabelOptions::default();
    /// let codec = IntegralRegressionLabel::new([192, 256], [48, 64], options)?;
    /// let decoded = codec.decode(array![[[0.5f32, 0.25]]].view())?;
    /// assert_eq!(decoded.keypoints, array![[[96.0, 64.0]]]);
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`RegressionLabel::decode`].
    pub fn decode<E: HeatmapValue>(&self, encoded: ArrayView3<'_, E>) -> Result<Decoded<f64, E>> {
        self.keypoint_codec.decode(encoded)
    }
}

impl Encode for IntegralRegressionLabel {
    const NAME: &'static str = "IntegralRegressionLabel";
    const SINGLE_INSTANCE: bool = true;
    type Targets<V: Float> = IntegralRegressionTargets;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        Outputs::from_iter([
            Output::new(
                "keypoint_labels",
                Dtype::Float32,
                &[instances, keypoints, 2],
                Per::Instance,
            ),
            Output::heatmaps(keypoints, self.heatmap_codec.heatmap_size()),
            Output::weights(Dtype::Float32, instances, keypoints),
        ])
    }

    fn init(&self) -> Init {
        self.heatmap_codec.init()
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let (labels, heatmaps) = (arrays.take(), arrays.take());
        let weights = arrays.take::<f32>();
        self.keypoint_codec.encode_points(keypoints, labels, weights);
        // MMPose discards the weights of the heatmap codec.
        let mut unused = vec![V::zero(); weights.len()];
        self.heatmap_codec.encode_planes(keypoints, heatmaps, &mut unused, arrays.init, |plane| {
            if self.options.normalize {
                normalize(plane);
            }
        });
    }

    fn from_arrays<V: Float>(mut encoded: EncodedArrays<V>) -> IntegralRegressionTargets {
        let [keypoint_weights] = dimensioned(encoded.floats.split_off(2));
        let [keypoint_labels, heatmaps] = dimensioned(encoded.floats);
        IntegralRegressionTargets { keypoint_labels, heatmaps, keypoint_weights }
    }
}

/// A heatmap is the product of the profiles, as in [`MsraHeatmap`], times the keypoint's
/// `heatmap_factors` (K,).
impl Separable for IntegralRegressionLabel {
    fn profile_outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        let mut outputs = self.outputs(instances, keypoints);
        let weights = outputs.pop().expect("the last output");
        outputs.pop();
        let size = self.heatmap_codec.heatmap_size();
        outputs.extend(profile_rows(&[keypoints], size, Per::Sample));
        outputs.push(Output::new("heatmap_factors", Dtype::Float32, &[keypoints], Per::Sample));
        outputs.push(weights);
        outputs
    }

    fn encode_profiles<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let [labels, x, y, factors] = std::array::from_fn(|_| arrays.take::<f32>());
        let weights = arrays.take::<f32>();
        self.keypoint_codec.encode_points(keypoints, labels, weights);
        let mut unused = vec![V::zero(); weights.len()];
        self.heatmap_codec.encode_profile_rows(keypoints, [&mut *x, &mut *y], &mut unused);
        if !self.options.normalize {
            factors.fill(1.0);
            return;
        }
        let [width, height] = self.heatmap_codec.heatmap_size();
        let mut plane = vec![0.0; width * height];
        let rows = x.chunks_exact(width).zip(y.chunks_exact(height));
        for ((x, y), factor) in rows.zip(factors) {
            self.heatmap_codec.multiply_profiles(&mut plane, x, y);
            *factor = normalization_factor(&plane);
        }
    }
}
