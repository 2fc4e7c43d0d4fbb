//! `encode` and `batch_encode` of every codec: arguments are read, outputs allocated as the core plans
//! them, filled by the core, and returned in a dict.

mod decoupled;
mod edpose;
mod hand_3d;
mod lifting;
mod out;
mod outputs;
mod ragged;
mod simcc_3d;
mod yolox;

use posecodec::Shape as Shown;
use posecodec::codecs::Encode;
use posecodec::codecs::heatmaps::{Profiles, Separable};
use posecodec::codecs::slices::{EncodePlan, encode_batch};
use pyo3::prelude::*;

use crate::call::{Call, Shape, shape_error};
use crate::class::Encoded;
use crate::convert::{CoordArray, DtypePolicy};
use crate::error::{Result, invalid};

pub(crate) use decoupled::encode_decoupled;
pub(crate) use edpose::{EdPoseArguments, encode_edpose};
pub(crate) use hand_3d::encode_hand_3d;
pub(crate) use lifting::{Inputs, encode_lifting, pair};
pub(crate) use out::{Out, Precision};
pub(crate) use outputs::{Argument, OutputDict};
use ragged::map_images;
pub(crate) use ragged::{each, encode_images, is_list};
pub(crate) use simcc_3d::encode_simcc_3d;
pub(crate) use yolox::{YoloxArguments, encode_yolox};

/// Encodes one sample or a batch with a codec that takes keypoints and visibilities alone.
pub(crate) fn encode<'py, C: Encode<D>, const D: usize>(
    py: Python<'py>,
    codec: &C,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    (out, dtype): (Option<&Bound<'py, PyAny>>, Option<&Bound<'py, PyAny>>),
) -> Encoded<'py> {
    let precision = dtype.map_or(Ok(Precision::Single), Precision::read)?;
    let points = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
    let visible = read_visible(visible)?;
    let plan = plan(codec, call, points.shape(), visible.as_ref())?;
    let arguments = [(VISIBLE, visible.as_ref().map(Argument::Coords))];
    let (call, init) = ((call, plan.batch), codec.init());
    let out = Out { out, precision };
    let outputs = OutputDict::allocate(py, call, &plan.outputs, &arguments, out, init)?;
    let (points, visible) = (points.floats(), visible.as_ref().map(CoordArray::floats));
    outputs.fill(|arrays, init| encode_batch(codec, &plan, points, visible, arrays, init))
}

/// Encodes a batch to the profiles of the codec's heatmaps.
pub(crate) fn encode_profiles<'py, C: Separable>(
    py: Python<'py>,
    codec: &C,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    encode(py, &Profiles(codec), Call::Batch, keypoints, visible, (out, None))
}

/// The argument with the visibilities.
const VISIBLE: &str = "keypoints_visible";

/// The checked shapes of a call and its outputs.
fn plan<C: Encode<D>, const D: usize>(
    codec: &C,
    call: Call,
    keypoints: &[usize],
    visible: Option<&CoordArray<'_>>,
) -> Result<EncodePlan> {
    let visible = visible.map(CoordArray::shape);
    Ok(EncodePlan::new(codec, keypoints, visible, call == Call::Batch)?)
}

/// Visibilities, which keep their dtype.
pub(crate) fn read_visible<'py>(
    visible: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<CoordArray<'py>>> {
    visible.map(|visible| CoordArray::read(visible, VISIBLE, DtypePolicy::Keep)).transpose()
}

/// The shape (N, K), or (B, N, K) of a batch, of points [x, y].
pub(crate) fn people(py: Python<'_>, call: Call, points: &CoordArray<'_>) -> PyResult<Shape> {
    let dimensions = if call == Call::Batch { 3 } else { 2 };
    match points.shape() {
        [people @ .., 2] if people.len() == dimensions => Ok(people.iter().copied().collect()),
        got => {
            let wanted = ["(N, K, 2)", "(B, N, K, 2)"];
            Err(shape_error(py, "keypoints", call, wanted, got))
        }
    }
}

/// Checks that there is one visibility per keypoint, or several.
pub(crate) fn check_several_visible(
    py: Python<'_>,
    visible: &CoordArray<'_>,
    people: &[usize],
) -> PyResult<()> {
    let shape = visible.shape();
    if shape.len() <= people.len() + 1 && shape.starts_with(people) {
        return Ok(());
    }
    let wanted = format!("must be of shape {}, as `keypoints` is", Shown(people));
    Err(invalid(py, VISIBLE, &wanted, format!("shape {}", Shown(shape))))
}
