//! `decode` and `batch_decode` of the regression codecs.

use numpy::{Element, PyArrayDyn};
use posecodec::HeatmapValue;
use posecodec::codecs::RegressionLabel;
use pyo3::prelude::*;

use super::{Decoded, encoded_name};
use crate::call::{Call, shape_error};
use crate::convert::{NetworkOutput, in_own_precision, values_mut, zeros};
use crate::error::raise;

/// Decodes regressed coordinates (N, K, 2 or 4) or (B, N, K, 2 or 4).
pub(crate) fn decode_regression<'py>(
    py: Python<'py>,
    codec: &RegressionLabel,
    call: Call,
    encoded: &Bound<'py, PyAny>,
) -> PyResult<Decoded<'py>> {
    let argument = encoded_name(call);
    let rows = NetworkOutput::read(encoded, argument)?;
    let dimensions = if call == Call::Batch { 4 } else { 3 };
    let Some((&columns, shape)) =
        rows.shape().split_last().filter(|(_, shape)| shape.len() + 1 == dimensions)
    else {
        let wanted = ["(N, K, D)", "(B, N, K, D)"];
        return Err(shape_error(py, argument, call, wanted, rows.shape()));
    };
    RegressionLabel::check_columns(columns)
        .map_err(|error| raise(py, &error.rename_argument("encoded", argument)))?;
    let points_shape: Vec<usize> = shape.iter().copied().chain([2]).collect();
    let keypoints = zeros::<f64>(py, "keypoints", &points_shape)?;
    // SAFETY: the array is new, and nothing else refers to it.
    let (points, _) = unsafe { values_mut(&keypoints) }.as_chunks_mut();
    let decoder = Rows { codec, columns, shape };
    let scores = in_own_precision!(&rows, array => {
        let values = array.values();
        if columns == 2 {
            decoder.decode::<_, f32>(py, values, points)?.into_any()
        } else {
            decoder.decode_same_type(py, values, points)?.into_any()
        }
    });
    Ok((keypoints.into_any(), scores))
}

/// How regressed rows are decoded.
struct Rows<'a> {
    codec: &'a RegressionLabel,
    columns: usize,
    /// Of the scores.
    shape: &'a [usize],
}

impl Rows<'_> {
    /// Fills the points and returns the scores, of type `S`.
    fn decode<'py, E: HeatmapValue, S: HeatmapValue + Element>(
        &self,
        py: Python<'py>,
        rows: &[E],
        points: &mut [[f64; 2]],
    ) -> PyResult<Bound<'py, PyArrayDyn<S>>> {
        let scores = zeros::<S>(py, "scores", self.shape)?;
        // SAFETY: the array is new, and nothing else refers to it.
        self.codec.decode_rows(rows, self.columns, points, unsafe { values_mut(&scores) });
        Ok(scores)
    }

    /// The same, with scores of the rows' type.
    fn decode_same_type<'py, E: HeatmapValue + Element>(
        &self,
        py: Python<'py>,
        rows: &[E],
        points: &mut [[f64; 2]],
    ) -> PyResult<Bound<'py, PyArrayDyn<E>>> {
        self.decode(py, rows, points)
    }
}
