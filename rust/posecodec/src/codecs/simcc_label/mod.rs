//! `SimCCLabel`: one classification vector per axis.

mod decode;
mod windows;

use std::str::FromStr;

use ndarray::{Array2, Array3};

use super::encode::{
    Encode, EncodedArrays, Outputs, SampleArrays, VISIBILITY, dimensioned, matrix,
};
use super::simcc_axis::{AxisOptions, SimccAxis, bins_of, draw_gaussians, encode_vectors};
use crate::element::Dtype;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::plan::{Output, Per};

pub use decode::{SimccDecoded, SimccDecodedRows};
pub use windows::{AxisWindows, SimccDecodedWindows};

/// How [`SimccLabel`] spreads a keypoint over the bins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SimccSmoothing {
    /// A Gaussian of `sigma` bins.
    Gaussian,
    /// `1 - label_smooth_weight` in the keypoint's bin; the other bins share the rest.
    Standard {
        /// From 0 (one-hot) to 1.
        label_smooth_weight: f64,
    },
}

impl SimccSmoothing {
    /// The same smoothing with MMPose's `label_smooth_weight`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a weight outside [0, 1], or above 0 for a Gaussian, which does not
    /// use it.
    pub fn with_weight(self, label_smooth_weight: f64) -> Result<Self> {
        const WEIGHT: &str = "label_smooth_weight";
        let gaussian = self == Self::Gaussian;
        if gaussian && label_smooth_weight > 0.0 {
            let wanted =
                "must be 0: Attribute `label_smooth_weight` is only used for `standard` mode";
            return Err(Error::invalid(WEIGHT, wanted, label_smooth_weight));
        }
        if !(0.0..=1.0).contains(&label_smooth_weight) {
            return Err(Error::invalid(WEIGHT, "should be in range [0, 1]", label_smooth_weight));
        }
        Ok(if gaussian { self } else { Self::Standard { label_smooth_weight } })
    }
}

/// From MMPose's names, `"gaussian"` and `"standard"`, the latter with a weight of 0.
impl FromStr for SimccSmoothing {
    type Err = Error;

    fn from_str(smoothing_type: &str) -> Result<Self> {
        match smoothing_type {
            "gaussian" => Ok(Self::Gaussian),
            "standard" => Ok(Self::Standard { label_smooth_weight: 0.0 }),
            _ => Err(Error::UnknownOption {
                codec: SimccLabel::NAME,
                argument: "smoothing_type",
                got: smoothing_type.to_owned(),
                options: &["gaussian", "standard"],
            }),
        }
    }
}

/// The options of [`SimccLabel`], with MMPose's defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SimccLabelOptions {
    /// How a keypoint is spread over the bins. Default: a Gaussian.
    pub smoothing: SimccSmoothing,
    /// Standard deviation along x and y, in bins. Default: 6 each.
    pub sigma: [f64; 2],
    /// Bins per input pixel. Default: 2.
    pub simcc_split_ratio: f64,
    /// Whether Gaussians are divided by `sigma·√2π`. Default: true.
    pub normalize: bool,
    /// Whether decoding refines with DARK. Default: false.
    pub use_dark: bool,
    /// Whether decoding also returns visibilities. Default: false.
    pub decode_visibility: bool,
    /// Scale of the responses before the softmax from which visibilities are computed. Default: 150.
    pub decode_beta: f64,
}

impl Default for SimccLabelOptions {
    fn default() -> Self {
        Self {
            smoothing: SimccSmoothing::Gaussian,
            sigma: [6.0; 2],
            simcc_split_ratio: 2.0,
            normalize: true,
            use_dark: false,
            decode_visibility: false,
            decode_beta: 150.0,
        }
    }
}

/// Keypoints as two classification vectors: [SimCC: a Simple Coordinate Classification Perspective
/// for Human Pose Estimation](https://arxiv.org/abs/2107.03332) (Li et al. 2022).
///
/// Targets: `keypoint_x_labels` (N, K, Wx), `keypoint_y_labels` (N, K, Wy) and `keypoint_weights`
/// (N, K), with Wx = w·`simcc_split_ratio` bins.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::simcc::{SimccLabel, SimccLabelOptions};
/// use posecodec::codecs::Encode;
///
/// let codec = SimccLabel::new([192, 256], SimccLabelOptions::default())?;
/// let targets = codec.encode(array![[[96.25, 64.0]]].view(), None)?;
/// assert_eq!(targets.keypoint_x_labels.dim(), (1, 1, 384));
/// let decoded = codec
///     .decode(targets.keypoint_x_labels.view(), targets.keypoint_y_labels.view())?;
/// assert_eq!(decoded.keypoints, array![[[96.0f32, 64.0]]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SimccLabel {
    input_size: [usize; 2],
    options: SimccLabelOptions,
    axes: [SimccAxis; 2],
}

/// What [`SimccLabel`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct SimccTargets<V> {
    /// (N, K, Wx).
    pub keypoint_x_labels: Array3<f32>,
    /// (N, K, Wy).
    pub keypoint_y_labels: Array3<f32>,
    /// (N, K): the visibilities, 0 for keypoints outside.
    pub keypoint_weights: Array2<V>,
}

impl SimccLabel {
    /// A codec of input size `[w, h]` in pixels.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0, a sigma or ratio that is not positive and finite, a
    /// smoothing weight outside [0, 1], fewer than one bin, or (with DARK) a sigma too small for a
    /// blur kernel; [`Error::OutOfMemory`] for more bins than memory holds.
    pub fn new(input_size: [usize; 2], options: SimccLabelOptions) -> Result<Self> {
        let SimccLabelOptions { smoothing, sigma, simcc_split_ratio, normalize, use_dark, .. } =
            options;
        let gaussian = smoothing == SimccSmoothing::Gaussian;
        let decode_beta = options.decode_beta;
        if !(decode_beta.is_finite() && decode_beta >= 0.0) {
            return Err(Error::invalid("decode_beta", "must be a finite number ≥ 0", decode_beta));
        }
        if let SimccSmoothing::Standard { label_smooth_weight } = smoothing {
            smoothing.with_weight(label_smooth_weight)?;
        }
        let axes =
            AxisOptions { input_size, sigma, simcc_split_ratio, gaussian, normalize, use_dark };
        Ok(Self { axes: axes.axes()?, input_size, options })
    }

    /// Input size `[w, h]` in pixels.
    pub fn input_size(&self) -> [usize; 2] {
        self.input_size
    }

    /// Number of bins along x and y.
    pub fn bins(&self) -> [usize; 2] {
        [self.axes[0].bins, self.axes[1].bins]
    }

    /// The options of the codec.
    pub fn options(&self) -> &SimccLabelOptions {
        &self.options
    }

    /// Draws a keypoint into its two vectors of zeros. Returns whether the keypoint is inside.
    fn encode_point<T: Float>(&self, point: [T; 2], vectors: [&mut [f32]; 2]) -> bool {
        let bins = bins_of(point, self.options.simcc_split_ratio);
        let SimccSmoothing::Standard { label_smooth_weight: weight } = self.options.smoothing
        else {
            return draw_gaussians(&self.axes, bins, vectors);
        };
        let inside = (0..2).all(|axis| (0.0..self.axes[axis].bins as f64).contains(&bins[axis]));
        if inside {
            for (vector, bin) in vectors.into_iter().zip(bins) {
                if weight > 0.0 {
                    vector.fill((weight / (vector.len() as f64 - 1.0)) as f32);
                }
                vector[bin as usize] = (1.0 - weight) as f32;
            }
        }
        inside
    }
}

impl Encode for SimccLabel {
    const NAME: &'static str = "SimCCLabel";
    const SINGLE_INSTANCE: bool = false;
    type Targets<V: Float> = SimccTargets<V>;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        let [bins_x, bins_y] = self.bins();
        Outputs::from_iter([
            Output::new(
                "keypoint_x_labels",
                Dtype::Float32,
                &[instances, keypoints, bins_x],
                Per::Instance,
            ),
            Output::new(
                "keypoint_y_labels",
                Dtype::Float32,
                &[instances, keypoints, bins_y],
                Per::Instance,
            ),
            Output::weights(VISIBILITY, instances, keypoints),
        ])
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let vectors = std::array::from_fn(|_| arrays.take());
        let into = (vectors, arrays.take());
        encode_vectors(&self.axes, keypoints, into, arrays.init, |point, vectors| {
            self.encode_point(point, vectors)
        });
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> SimccTargets<V> {
        let [keypoint_x_labels, keypoint_y_labels] = dimensioned(encoded.floats);
        SimccTargets {
            keypoint_x_labels,
            keypoint_y_labels,
            keypoint_weights: matrix(encoded.weights),
        }
    }
}
