//! `decode` and `batch_decode` of the regression codecs.

use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::codecs::regression;
use pyo3::prelude::*;
use regression::RegressionLabel;

use super::{Decoded, encoded_name};
use crate::call::{Call, shape_error};
use crate::convert::{NetworkOutput, OutputArray, in_own_precision};
use crate::error::Error;

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
        .map_err(|error| Error::from(error.rename_argument("encoded", argument)))?;
    let points_shape: Vec<usize> = shape.iter().copied().chain([2]).collect();
    let mut keypoints = OutputArray::<f64>::zeros(py, "keypoints", &points_shape)?;
    let (points, _) = keypoints.values_mut().as_chunks_mut();
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
    ) -> PyResult<OutputArray<'py, S>> {
        let mut scores = OutputArray::<S>::zeros(py, "scores", self.shape)?;
        self.codec.decode_rows(rows, self.columns, points, scores.values_mut());
        Ok(scores)
    }

    /// The same, with scores of the rows' type.
    fn decode_same_type<'py, E: HeatmapValue + Element>(
        &self,
        py: Python<'py>,
        rows: &[E],
        points: &mut [[f64; 2]],
    ) -> PyResult<OutputArray<'py, E>> {
        self.decode(py, rows, points)
    }
}
