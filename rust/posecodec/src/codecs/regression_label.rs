//! `RegressionLabel`: coordinates in units of the input size.

use ndarray::{Array2, Array3, ArrayView3};

use super::decode::Decoded;
use super::encode::{Encode, EncodedArrays, Outputs, SampleArrays, dimensioned};
use crate::check;
use crate::element::Dtype;
use crate::error::{Error, Result};
use crate::float::{Float, HeatmapValue, single};
use crate::inputs::keypoints::Keypoints;
use crate::plan::{Output, Per};

/// Keypoints as coordinates divided by the input size, as in
/// [DeepPose](https://arxiv.org/abs/1312.4659) (Toshev and Szegedy 2014).
///
/// Targets: `keypoint_labels` (N, K, 2) and `keypoint_weights` (N, K), 1 for visible keypoints
/// inside the input and 0 for others.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::regression::RegressionLabel;
/// use posecodec::codecs::Encode;
///
/// let codec = RegressionLabel::new([192, 256])?;
/// let targets = codec.encode(array![[[96.0, 64.0]]].view(), None)?;
/// assert_eq!(targets.keypoint_labels, array![[[0.5f32, 0.25]]]);
/// let decoded = codec.decode(targets.keypoint_labels.view())?;
/// assert_eq!(decoded.keypoints, array![[[96.0, 64.0]]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RegressionLabel {
    input_size: [usize; 2],
}

/// What [`RegressionLabel`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct RegressionTargets {
    /// (N, K, 2), in units of the input size; 0 for NaN and infinite keypoints.
    pub keypoint_labels: Array3<f32>,
    /// (N, K), 0 or 1.
    pub keypoint_weights: Array2<f32>,
}

impl RegressionLabel {
    /// A codec of input size `[w, h]` in pixels.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0.
    pub fn new(input_size: [usize; 2]) -> Result<Self> {
        Ok(Self { input_size: check::size("input_size", input_size)? })
    }

    /// Input size `[w, h]` in pixels.
    pub fn input_size(&self) -> [usize; 2] {
        self.input_size
    }

    /// Fills labels and weights. Computes in double precision, as NumPy does.
    pub(super) fn encode_points<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        labels: &mut [f32],
        weights: &mut [f32],
    ) {
        let size = self.input_size.map(|side| side as f64);
        let (labels, _) = labels.as_chunks_mut::<2>();
        for (index, (label, weight)) in labels.iter_mut().zip(weights).enumerate() {
            let point = keypoints.points[index].map(Float::as_f64);
            let visible = keypoints.visible.is_none_or(|visible| visible[index] > V::of(0.5));
            let inside = (0..2).all(|axis| point[axis] >= 0.0 && point[axis] <= size[axis] - 1.0);
            let finite = point[0].is_finite() && point[1].is_finite();
            *label = if finite {
                [single(point[0] / size[0]), single(point[1] / size[1])]
            } else {
                [0.0; 2]
            };
            *weight = if visible && inside { 1.0 } else { 0.0 };
        }
    }

    /// Decodes one row per keypoint: its coordinates, and with 4 `columns` its sigmas, which lower
    /// the score to `1 - mean(sigma)`. The score is 1 with 2 columns.
    pub fn decode_rows<E: HeatmapValue, S: HeatmapValue>(
        &self,
        encoded: &[E],
        columns: usize,
        keypoints: &mut [[f64; 2]],
        scores: &mut [S],
    ) {
        let rows = encoded.chunks_exact(columns);
        for ((row, point), score) in rows.zip(keypoints).zip(scores) {
            *point = [0, 1].map(|axis| {
                let coordinate = row[axis].as_f64();
                // Finite coordinates must not overflow.
                let limit = if coordinate.is_finite() { f64::MAX } else { f64::INFINITY };
                (coordinate * self.input_size[axis] as f64).clamp(-limit, limit)
            });
            *score = S::of(match row {
                [_, _, sigma_x, sigma_y] => {
                    0.5 * ((1.0 - sigma_x.as_f64()) + (1.0 - sigma_y.as_f64()))
                }
                _ => 1.0,
            });
        }
    }

    /// Decodes coordinates (N, K, 2), or coordinates and sigmas (N, K, 4).
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for another number of columns.
    pub fn decode<E: HeatmapValue>(&self, encoded: ArrayView3<'_, E>) -> Result<Decoded<f64, E>> {
        let (instances, count, columns) = encoded.dim();
        Self::check_columns(columns)?;
        let encoded = encoded.as_standard_layout();
        let mut points = vec![[0.0; 2]; instances * count];
        let mut scores = vec![E::of(0.0); instances * count];
        let rows = encoded.as_slice().expect("standard layout");
        self.decode_rows(rows, columns, &mut points, &mut scores);
        let flat = points.into_iter().flatten().collect();
        Ok(Decoded {
            keypoints: Array3::from_shape_vec((instances, count, 2), flat).expect("a point each"),
            scores: Array2::from_shape_vec((instances, count), scores).expect("a score each"),
        })
    }

    /// Checks that there are coordinates, or coordinates and sigmas.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for another number of columns than 2 or 4.
    pub fn check_columns(columns: usize) -> Result<()> {
        if columns == 2 || columns == 4 {
            return Ok(());
        }
        let wanted = "does not fit: Keypoint dimension should be 2 or 4 (with sigma)";
        Err(Error::invalid("encoded", wanted, columns))
    }
}

impl Encode for RegressionLabel {
    const NAME: &'static str = "RegressionLabel";
    const SINGLE_INSTANCE: bool = false;
    type Targets<V: Float> = RegressionTargets;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        Outputs::from_iter([
            Output::new(
                "keypoint_labels",
                Dtype::Float32,
                &[instances, keypoints, 2],
                Per::Instance,
            ),
            Output::weights(Dtype::Float32, instances, keypoints),
        ])
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        self.encode_points(keypoints, arrays.take(), arrays.take());
    }

    fn from_arrays<V: Float>(mut encoded: EncodedArrays<V>) -> RegressionTargets {
        let [keypoint_weights] = dimensioned(encoded.floats.split_off(1));
        let [keypoint_labels] = dimensioned(encoded.floats);
        RegressionTargets { keypoint_labels, keypoint_weights }
    }
}
