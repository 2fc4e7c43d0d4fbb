//! `decode` of `Hand3DHeatmap`, whose heatmaps come with a root depth and a hand type.

use hands::Hand3dHeatmap;
use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::codecs::hands;
use pyo3::prelude::*;

use crate::call::{Call, enter, shape_error, with_batch_axis};
use crate::convert::{
    Array, CoordArray, DtypePolicy, NetworkOutput, OutputArray, in_own_precision, new_array,
};

/// Keypoints, scores, the root depth and the hand type.
pub(crate) type DecodedHand3d<'py> =
    (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Decodes maps, root depth and hand type of one sample or a batch.
pub(crate) fn decode_hand_3d<'py>(
    py: Python<'py>,
    codec: &Hand3dHeatmap,
    call: Call,
    [heatmaps, root_depth, hand_type]: [&Bound<'py, PyAny>; 3],
) -> PyResult<DecodedHand3d<'py>> {
    let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
    let shape = match (call, maps.shape()) {
        (Call::Single, &[count, depth, height, width]) => [1, count, depth, height, width],
        (Call::Batch, &[batch, count, depth, height, width]) => {
            [batch, count, depth, height, width]
        }
        (_, got) => {
            let wanted = ["(K, D, H, W)", "(B, K, D, H, W)"];
            return Err(shape_error(py, "heatmaps", call, wanted, got));
        }
    };
    let batch = shape[0];
    let roots = NetworkOutput::read(root_depth, "root_depth")?;
    let (fits, rest) = with_batch_axis(call, batch, roots.shape());
    if !fits || !matches!(rest, [] | [1] | [1, 1]) {
        let wanted = ["(1,) or (1, 1)", "(B,), (B, 1) or (B, 1, 1), one per sample"];
        return Err(shape_error(py, "root_depth", call, wanted, roots.shape()));
    }
    let types = CoordArray::read(hand_type, "hand_type", DtypePolicy::Promote)?;
    let (fits, rest) = with_batch_axis(call, batch, types.shape());
    if !fits || !matches!(rest, [2] | [1, 2]) {
        let wanted = ["(2,) or (1, 2)", "(B, 2) or (B, 1, 2), one per sample"];
        return Err(shape_error(py, "hand_type", call, wanted, types.shape()));
    }
    let types = types.to_f64()?.into_iter().map(Hand3dHeatmap::decode_hand_type);
    let types: Vec<i64> = types.collect();

    let roots = in_own_precision!(&roots, array => decode_roots(py, codec, array)?);
    let (keypoints, scores) =
        in_own_precision!(&maps, array => decode_maps(py, codec, call, array, shape)?);
    let types = new_array(py, "hand_type", &call.shape(batch, &[1, 2]), &types)?;
    Ok((keypoints, scores, roots, types))
}

fn decode_roots<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    codec: &Hand3dHeatmap,
    roots: &Array<'py, E>,
) -> PyResult<Bound<'py, PyAny>> {
    let depths: Vec<E> = roots.values().iter().map(|&root| codec.decode_root(root)).collect();
    new_array(py, "rel_root_depth", roots.shape(), &depths)
}

fn decode_maps<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    codec: &Hand3dHeatmap,
    call: Call,
    maps: &Array<'py, E>,
    shape: [usize; 5],
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let [batch, count, ..] = shape;
    let mut keypoints =
        OutputArray::<f32>::zeros(py, "keypoints", &call.shape(batch, &[1, count, 3]))?;
    let mut scores = OutputArray::<E>::zeros(py, "scores", &call.shape(batch, &[1, count]))?;
    let (points, _) = keypoints.values_mut().as_chunks_mut();
    let (maps, values) = (maps.values(), scores.values_mut());
    enter(py, maps.len(), || codec.decode_flat(maps, shape, points, values))?;
    Ok((keypoints.into_any(), scores.into_any()))
}
