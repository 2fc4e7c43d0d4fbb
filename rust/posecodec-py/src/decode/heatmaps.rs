//! `decode` and `batch_decode` of the heatmap codecs.

use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::codecs::DecodeHeatmaps;
use posecodec::codecs::heatmaps::FlippedBatch;
use posecodec::codecs::slices::DecodePlan;
use pyo3::prelude::*;

use super::flip::{Flip, FlipArguments};
use super::{Decoded, encoded_name};
use crate::call::{Call, enter, shape_error};
use crate::convert::{Array, NetworkOutput, OutputArray, in_own_precision};
use crate::error::Error;

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

/// Decodes heatmaps (B, maps, H, W), with those of the flipped images for a flip test.
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
    let maps = NetworkOutput::read_in_any_layout(encoded, argument)?;
    let shape = match (call, maps.shape()) {
        (Call::Single, &[maps, height, width]) => [1, maps, height, width],
        (Call::Batch, &[batch, maps, height, width]) => [batch, maps, height, width],
        (_, got) => {
            return Err(shape_error(py, argument, call, ["(K, H, W)", "(B, K, H, W)"], got));
        }
    };
    let plan = DecodePlan::new(codec, shape)
        .map_err(|error| Error::from(error.rename_argument("heatmaps", argument)))?;
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
    let mut keypoints =
        OutputArray::<C::Coordinate>::zeros(py, "keypoints", &call.shape(batch, &[1, count, 2]))?;
    let mut scores = OutputArray::<E>::zeros(py, "scores", &call.shape(batch, &[1, count]))?;
    let (points, _) = keypoints.values_mut().as_chunks_mut();
    let values = scores.values_mut();
    let flipped = flip.map(|flip| flip.flipped[0].of_type::<E>()).transpose()?;
    let flipped = flipped.as_ref().zip(flip).map(|(flipped, flip)| FlippedBatch {
        heatmaps: flipped.view(call),
        flip_indices: &flip.flip_indices,
        shift: flip.shift,
    });
    let view = maps.view(call);
    let renamed = |error: posecodec::Error| error.rename_argument("heatmaps", encoded_name(call));
    enter(py, maps.len(), || plan.fill_views(view, flipped, points, values).map_err(renamed))?;
    Ok((keypoints.into_any(), scores.into_any()))
}
