//! `decode` and `batch_decode`: arrays in, keypoints and scores out.

mod bottom_up;

use numpy::{Element, PyArrayDyn};
use posecodec::HeatmapValue;
use posecodec::codecs::{DecodeHeatmaps, DecodePlan, FlippedMaps, Maps, RegressionLabel};
use pyo3::prelude::*;

use crate::call::{Call, maybe_detach, shape_error};
use crate::convert::{Array, NetworkOutput, values_mut, zeros};
use crate::error::raise;
use crate::flip::{Flip, FlipArguments};

pub(crate) use bottom_up::{
    decode_grouped, decode_instance_batch, decode_instances, decode_spr, decode_spr_pictures,
};

/// Keypoints and scores.
pub(crate) type Decoded<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Calls a generic function with the array in its own precision.
macro_rules! in_own_precision {
    ($responses:expr, $array:ident => $call:expr) => {
        match $responses {
            NetworkOutput::F16($array) => $call,
            NetworkOutput::F32($array) => $call,
            NetworkOutput::F64($array) => $call,
        }
    };
}
pub(crate) use in_own_precision;

/// What the reference calls the argument that is decoded.
pub(crate) fn encoded_name(call: Call) -> &'static str {
    if call == Call::Batch { "batch_encoded" } else { "encoded" }
}

/// Decodes heatmaps (maps, H, W).
pub(crate) fn decode_heatmaps<'py, C>(
    py: Python<'py>,
    codec: &C,
    encoded: &Bound<'py, PyAny>,
) -> PyResult<Decoded<'py>>
where
    C: DecodeHeatmaps<Coordinate: Element>,
{
    decode_maps(py, codec, Call::Single, encoded, None)
}

/// Decodes heatmaps (B, maps, H, W), perhaps with those of mirrored pictures.
pub(crate) fn decode_heatmap_batch<'py, C>(
    py: Python<'py>,
    codec: &C,
    encoded: &Bound<'py, PyAny>,
    flip: FlipArguments<'_, 'py>,
) -> PyResult<Decoded<'py>>
where
    C: DecodeHeatmaps<Coordinate: Element>,
{
    decode_maps(py, codec, Call::Batch, encoded, Some(flip))
}

fn decode_maps<'py, C>(
    py: Python<'py>,
    codec: &C,
    call: Call,
    encoded: &Bound<'py, PyAny>,
    flip: Option<FlipArguments<'_, 'py>>,
) -> PyResult<Decoded<'py>>
where
    C: DecodeHeatmaps<Coordinate: Element>,
{
    let argument = encoded_name(call);
    let maps = NetworkOutput::read(encoded, argument)?;
    let shape = match (call, maps.shape()) {
        (Call::Single, &[maps, height, width]) => [1, maps, height, width],
        (Call::Batch, &[batch, maps, height, width]) => [batch, maps, height, width],
        (_, got) => {
            return Err(shape_error(py, argument, call, ["(K, H, W)", "(B, K, H, W)"], got));
        }
    };
    let plan = DecodePlan::new(codec, shape)
        .map_err(|error| raise(py, &error.rename_argument("heatmaps", argument)))?;
    let maps = [maps];
    let flip = flip.map(|flip| flip.read(py, [argument], &maps)).transpose()?.flatten();
    in_own_precision!(&maps[0], array => fill_plan(py, &plan, call, array, flip.as_ref()))
}

fn fill_plan<'py, C, E>(
    py: Python<'py>,
    plan: &DecodePlan<'_, C>,
    call: Call,
    maps: &Array<'py, E>,
    flip: Option<&Flip<'py, 1>>,
) -> PyResult<Decoded<'py>>
where
    C: DecodeHeatmaps<Coordinate: Element>,
    E: HeatmapValue + Element,
{
    let (batch, count) = (plan.batch(), plan.keypoints());
    let keypoints = zeros::<C::Coordinate>(py, "keypoints", &call.shape(batch, &[1, count, 2]))?;
    let scores = zeros::<E>(py, "scores", &call.shape(batch, &[1, count]))?;
    // SAFETY: both arrays are new, and nothing else refers to them.
    let (points, values) = unsafe { (values_mut(&keypoints), values_mut(&scores)) };
    let (points, _) = points.as_chunks_mut();
    let flipped = flip.map(|flip| flip.flipped[0].of_type::<E>()).transpose()?;
    let flipped = flip.zip(flipped.as_ref()).map(|(flip, flipped)| FlippedMaps {
        heatmaps: flipped.values(),
        flip_indices: &flip.flip_indices,
        shift: flip.shift,
    });
    let maps = Maps { own: maps.values(), flipped };
    maybe_detach(py, maps.own.len(), || plan.fill(maps, points, values))
        .map_err(|error| raise(py, &error.rename_argument("heatmaps", encoded_name(call))))?;
    Ok((keypoints.into_any(), scores.into_any()))
}

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
    // SAFETY: the array was made here and nobody else knows it yet.
    let (points, _) = unsafe { values_mut(&keypoints) }.as_chunks_mut();
    let decoder = Rows { codec, columns, shape };
    let scores = in_own_precision!(&rows, array => {
        let values = array.values();
        if columns == 2 {
            decoder.decode::<_, f32>(py, values, points)?.into_any()
        } else {
            decoder.decode_alike(py, values, points)?.into_any()
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
    /// Fills the points and answers with the scores, of type `S`.
    fn decode<'py, E: HeatmapValue, S: HeatmapValue + Element>(
        &self,
        py: Python<'py>,
        rows: &[E],
        points: &mut [[f64; 2]],
    ) -> PyResult<Bound<'py, PyArrayDyn<S>>> {
        let scores = zeros::<S>(py, "scores", self.shape)?;
        // SAFETY: the array was made here and nobody else knows it yet.
        self.codec.decode_rows(rows, self.columns, points, unsafe { values_mut(&scores) });
        Ok(scores)
    }

    /// The same, with scores of the rows' own type.
    fn decode_alike<'py, E: HeatmapValue + Element>(
        &self,
        py: Python<'py>,
        rows: &[E],
        points: &mut [[f64; 2]],
    ) -> PyResult<Bound<'py, PyArrayDyn<E>>> {
        self.decode(py, rows, points)
    }
}
