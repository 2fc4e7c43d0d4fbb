//! `encode` of `Hand3DHeatmap`, whose heatmaps come with a root depth and a hand type.

use numpy::PyUntypedArrayMethods;
use posecodec::Shape;
use posecodec::codecs::Encode;
use posecodec::codecs::hands::Hand3dHeatmap;
use posecodec::codecs::slices::{Dtype, MAX_OUTPUTS, Output, encode_batch};
use pyo3::prelude::*;

use super::{Argument, OutputDict, VISIBLE, plan, read_visible};
use crate::call::{Call, shape_error, with_batch_axis};
use crate::class::Encoded;
use crate::convert::{ComputePrecision, CoordArray, DtypePolicy, PromotedArray, real_array};
use crate::error::invalid;

/// Encodes one sample or a batch: `keypoints`, visibilities and the dataset's weights; root depth
/// and its weight, hand type and its weight.
pub(crate) fn encode_hand_3d<'py>(
    py: Python<'py>,
    codec: &Hand3dHeatmap,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    [visible, dataset_weights]: [Option<&Bound<'py, PyAny>>; 2],
    [depth, valid, hand_type, type_valid]: [&Bound<'py, PyAny>; 4],
    out: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let points = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
    let visible = read_visible(visible)?;
    // The weights are read only if they are used: one per joint, the same for all samples.
    let weights = dataset_weights
        .filter(|_| codec.options().use_different_joint_weights)
        .map(|weights| CoordArray::read(weights, "dataset_keypoint_weights", DtypePolicy::Promote))
        .transpose()?;
    if let Some(weights) = weights.as_ref().filter(|weights| weights.shape().len() != 1) {
        let got = format!("shape {}", Shape(weights.shape()));
        return Err(invalid(py, "dataset_keypoint_weights", "must be of shape (K,)", got).into());
    }
    let weights = weights.as_ref().map(CoordArray::to_f64).transpose()?;

    let batch = if call == Call::Batch { points.shape().first().copied().unwrap_or(0) } else { 1 };
    let (depth, valid) = (
        read_root(py, call, batch, depth, "rel_root_depth")?,
        read_root(py, call, batch, valid, "rel_root_valid")?,
    );
    let (hand_type, type_valid) =
        (real_array(hand_type, "hand_type")?, real_array(type_valid, "hand_type_valid")?);
    let (fits, rest) = with_batch_axis(call, batch, hand_type.shape());
    if !fits || !matches!(rest, [2] | [1, 2]) {
        let wanted = ["(2,) or (1, 2)", "(B, 2) or (B, 1, 2), one type per sample"];
        return Err(shape_error(py, "hand_type", call, wanted, hand_type.shape()).into());
    }
    let (fits, rest) = with_batch_axis(call, batch, type_valid.shape());
    if !fits || !matches!(rest, [] | [1 | 2] | [1, 1 | 2]) {
        let wanted = ["(), (1,) or (2,)", "(B,), (B, 1) or (B, 2), one value per sample"];
        return Err(shape_error(py, "hand_type_valid", call, wanted, type_valid.shape()).into());
    }

    let count = points.shape().iter().rev().nth(1).copied().unwrap_or(0);
    let encoder = codec.encoder(count, weights.as_deref())?;
    let plan = plan(&encoder, call, points.shape(), visible.as_ref())?;
    let roots = Hand3dHeatmap::root_outputs(root_dtypes(depth.precision, valid.precision));
    let outputs: Vec<Output> = plan.outputs.iter().cloned().chain(roots).collect();
    let arguments = [
        (VISIBLE, visible.as_ref().map(Argument::Coords)),
        ("hand_type", Some(Argument::Array(&hand_type))),
        ("hand_type_valid", Some(Argument::Array(&type_valid))),
    ];
    let (call, init) = ((call, plan.batch), encoder.init());
    let outputs = OutputDict::allocate(py, call, &outputs, &arguments, out.into(), init)?;
    let (points, visible) = (points.floats(), visible.as_ref().map(CoordArray::floats));
    let computed = match depth.precision {
        ComputePrecision::Single => Dtype::Float32,
        ComputePrecision::Weak | ComputePrecision::Double => Dtype::Float64,
    };
    outputs.fill::<MAX_OUTPUTS>(|mut arrays, init| {
        let [Some(weights), Some(bins)] = [arrays.pop(), arrays.pop()] else {
            unreachable!("the plan has both")
        };
        codec.fill_roots([&depth.values, &valid.values], computed, [bins, weights])?;
        encode_batch(&encoder, &plan, points, visible, arrays, init)
    })
}

/// One number per sample.
fn read_root<'py>(
    py: Python<'py>,
    call: Call,
    batch: usize,
    object: &Bound<'py, PyAny>,
    argument: &str,
) -> PyResult<PromotedArray> {
    let numbers = PromotedArray::read(object, argument)?;
    let (fits, rest) = with_batch_axis(call, batch, &numbers.shape);
    if !fits || !matches!(rest, [] | [1]) {
        let wanted = ["() or (1,), a number", "(B,) or (B, 1), one number per sample"];
        return Err(shape_error(py, argument, call, wanted, &numbers.shape));
    }
    Ok(numbers)
}

/// The number types of the encoded depths and of their weights. NumPy multiplies both with a float32
/// array; a weight, first, with what it compares the depth to: booleans of Python's own, or of
/// NumPy's, which make float64 of a Python number.
fn root_dtypes(depth: ComputePrecision, valid: ComputePrecision) -> [Dtype; 2] {
    let double_weight = match valid {
        ComputePrecision::Weak => depth != ComputePrecision::Weak,
        precision => precision == ComputePrecision::Double,
    };
    [depth == ComputePrecision::Double, double_weight]
        .map(|double| if double { Dtype::Float64 } else { Dtype::Float32 })
}
