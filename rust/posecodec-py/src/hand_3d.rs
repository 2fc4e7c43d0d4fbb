//! `encode` and `decode` of `Hand3DHeatmap`, whose maps go with a root depth and a hand type.

use numpy::{Element, PyUntypedArrayMethods};
use posecodec::HeatmapValue;
use posecodec::Shape;
use posecodec::codecs::Hand3dHeatmap;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::ExtraItem;
use crate::call::{Call, maybe_detach, shape_error};
use crate::convert::{
    Array, ComputePrecision, CoordArray, NetworkOutput, PromotedArray, copied_array, new_array,
    real_array, room_for, values_mut, zeros,
};
use crate::decode::in_own_precision;
use crate::encode::{encode_numbers, read_visible};
use crate::error::{invalid, raise};

/// Encodes one sample or a batch: `keypoints`, visibilities and the dataset's weights; root depth
/// and its weight, hand type and its weight.
pub(crate) fn encode<'py>(
    py: Python<'py>,
    codec: &Hand3dHeatmap,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    [visible, dataset_weights]: [Option<&Bound<'py, PyAny>>; 2],
    [depth, valid, hand_type, type_valid]: [&Bound<'py, PyAny>; 4],
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let points = CoordArray::read(keypoints, "keypoints", true)?;
    let visible = read_visible(visible)?;
    // The weights are read where they are used; then one a joint, and no batch of them.
    let weights = dataset_weights
        .filter(|_| codec.options().use_different_joint_weights)
        .map(|weights| CoordArray::read(weights, "dataset_keypoint_weights", true))
        .transpose()?;
    if let Some(weights) = weights.as_ref().filter(|weights| weights.shape().len() != 1) {
        let got = format!("shape {}", Shape(weights.shape()));
        return Err(invalid(py, "dataset_keypoint_weights", "must be of shape (K,)", got));
    }
    let weights = weights.as_ref().map(CoordArray::to_f64).transpose()?;

    let batch = if call == Call::Batch { points.shape().first().copied().unwrap_or(0) } else { 1 };
    let [root_depth, root_depth_weight] = encode_root(py, codec, call, batch, depth, valid)?;
    let (hand_type, type_valid) =
        (real_array(hand_type, "hand_type")?, real_array(type_valid, "hand_type_valid")?);
    let (fits, rest) = with_batch_axis(call, batch, hand_type.shape());
    if !fits || !matches!(rest, [2] | [1, 2]) {
        let wanted = ["(2,) or (1, 2)", "(B, 2) or (B, 1, 2), a sample's each"];
        return Err(shape_error(py, "hand_type", call, wanted, hand_type.shape()));
    }
    let (fits, rest) = with_batch_axis(call, batch, type_valid.shape());
    if !fits || !matches!(rest, [] | [1 | 2] | [1, 1 | 2]) {
        let wanted = ["(), (1,) or (2,)", "(B,), (B, 1) or (B, 2), a sample's each"];
        return Err(shape_error(py, "hand_type_valid", call, wanted, type_valid.shape()));
    }
    // Before anything is written: `out` may lie in the same memory.
    let kept = |array| if out.is_some() { copied_array(&array) } else { Ok(array) };
    let further: [ExtraItem<'py>; 4] = [
        ("root_depth", root_depth),
        ("type", kept(hand_type)?.into_any()),
        ("type_weight", kept(type_valid)?.into_any()),
        ("root_depth_weight", root_depth_weight),
    ];

    let count = points.shape().iter().rev().nth(1).copied().unwrap_or(0);
    let encoder = codec.encoder(count, weights.as_deref()).map_err(|error| raise(py, &error))?;
    encode_numbers(py, &encoder, call, &points, visible.as_ref(), &further, out)
}

/// Whether a shape has a batch's leading dimension, where it must, and the shape behind it.
fn with_batch_axis(call: Call, batch: usize, shape: &[usize]) -> (bool, &[usize]) {
    match (call, shape) {
        (Call::Single, shape) => (true, shape),
        (Call::Batch, [first, rest @ ..]) => (*first == batch, rest),
        (Call::Batch, []) => (false, shape),
    }
}

/// The encoded root depths and their weights, in the precision that NumPy promotes them to.
fn encode_root<'py>(
    py: Python<'py>,
    codec: &Hand3dHeatmap,
    call: Call,
    batch: usize,
    depth: &Bound<'py, PyAny>,
    valid: &Bound<'py, PyAny>,
) -> PyResult<[Bound<'py, PyAny>; 2]> {
    let read = |object, argument| {
        let numbers = PromotedArray::read(object, argument)?;
        let (fits, rest) = with_batch_axis(call, batch, &numbers.shape);
        if !fits || !matches!(rest, [] | [1]) {
            let wanted = ["() or (1,), a number", "(B,) or (B, 1), a number a sample"];
            return Err(shape_error(py, argument, call, wanted, &numbers.shape));
        }
        Ok(numbers)
    };
    let (depth, valid) = (read(depth, "rel_root_depth")?, read(valid, "rel_root_valid")?);
    let single = depth.precision == ComputePrecision::Single;
    let pairs = depth.values.iter().zip(&valid.values);
    let (bins, weights): (Vec<f64>, Vec<f64>) = pairs
        .map(|(&depth, &valid)| {
            if single {
                let (bin, weight) = codec.encode_root(depth as f32, valid);
                (f64::from(bin), weight)
            } else {
                codec.encode_root(depth, valid)
            }
        })
        .unzip();
    // NumPy multiplies both with a float32 array; a weight, first, with what it compares the depth
    // to: booleans of Python's own, or of NumPy's, which make float64 of a Python number.
    let double_weight = match valid.precision {
        ComputePrecision::Weak => depth.precision != ComputePrecision::Weak,
        precision => precision == ComputePrecision::Double,
    };
    let shape = call.shape(batch, &[1]);
    Ok([
        in_precision(py, "root_depth", &shape, &bins, depth.precision == ComputePrecision::Double)?,
        in_precision(py, "root_depth_weight", &shape, &weights, double_weight)?,
    ])
}

/// A new float64 or float32 array.
fn in_precision<'py>(
    py: Python<'py>,
    name: &str,
    shape: &[usize],
    values: &[f64],
    double: bool,
) -> PyResult<Bound<'py, PyAny>> {
    if double {
        return new_array(py, name, shape, values);
    }
    let values: Vec<f32> = values.iter().map(|&value| HeatmapValue::as_f32(value)).collect();
    new_array(py, name, shape, &values)
}

/// Keypoints, scores, the root depth and the hand type.
pub(crate) type Decoded<'py> =
    (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Decodes maps, root depth and hand type of one sample or a batch.
pub(crate) fn decode<'py>(
    py: Python<'py>,
    codec: &Hand3dHeatmap,
    call: Call,
    [heatmaps, root_depth, hand_type]: [&Bound<'py, PyAny>; 3],
) -> PyResult<Decoded<'py>> {
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
        let wanted = ["(1,) or (1, 1)", "(B,), (B, 1) or (B, 1, 1), a sample's each"];
        return Err(shape_error(py, "root_depth", call, wanted, roots.shape()));
    }
    let types = CoordArray::read(hand_type, "hand_type", true)?;
    let (fits, rest) = with_batch_axis(call, batch, types.shape());
    if !fits || !matches!(rest, [2] | [1, 2]) {
        let wanted = ["(2,) or (1, 2)", "(B, 2) or (B, 1, 2), a sample's each"];
        return Err(shape_error(py, "hand_type", call, wanted, types.shape()));
    }
    room_for(roots.shape().iter().product())?;
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
    let keypoints = zeros::<f32>(py, "keypoints", &call.shape(batch, &[1, count, 3]))?;
    let scores = zeros::<E>(py, "scores", &call.shape(batch, &[1, count]))?;
    // SAFETY: both arrays were made here and nobody else knows them yet.
    let (points, values) = unsafe { (values_mut(&keypoints), values_mut(&scores)) };
    let (points, _) = points.as_chunks_mut();
    let maps = maps.values();
    maybe_detach(py, maps.len(), || codec.decode_batch(maps, shape, points, values))
        .map_err(|error| raise(py, &error))?;
    Ok((keypoints.into_any(), scores.into_any()))
}
