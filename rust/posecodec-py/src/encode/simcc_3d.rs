//! `encode` of `SimCC3DLabel`, whose keypoints may come with depths.

use posecodec::Shape as Shown;
use posecodec::codecs::simcc::Simcc3dLabel;
use posecodec::codecs::slices::{EncodePlan, Floats, Init};
use pyo3::prelude::*;

use super::{Argument, OutputDict, VISIBLE, people, plan, read_visible};
use crate::call::{Call, Shape};
use crate::class::Encoded;
use crate::convert::{CoordArray, DtypePolicy, real_array};
use crate::error::invalid;

/// Encodes one sample or a batch: keypoints, 3D keypoints and visibilities.
pub(crate) fn encode_simcc_3d<'py>(
    py: Python<'py>,
    codec: &Simcc3dLabel,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    [keypoints_3d, visible]: [Option<&Bound<'py, PyAny>>; 2],
    out: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let points = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
    if call == Call::Single && points.shape().is_empty() && keypoints_3d.is_none() {
        let plan = Simcc3dLabel::placeholder_outputs();
        let outputs = OutputDict::allocate(py, (call, 1), &plan, &[], out.into(), Init::Uninit)?;
        return outputs.fill(|arrays, _| {
            Simcc3dLabel::fill_placeholders(arrays);
            Ok(())
        });
    }
    let people = people(py, call, &points)?;
    let shape: Shape = people.iter().copied().chain([3]).collect();
    let places = keypoints_3d
        .map(|places| CoordArray::read(places, "keypoints_3d", DtypePolicy::Promote))
        .transpose()?;
    if let Some(places) = places.as_ref().filter(|places| places.shape() != &*shape) {
        let wanted = format!("must be of shape {}, as `keypoints` is", Shown(&shape));
        let got = format!("shape {}", Shown(places.shape()));
        return Err(invalid(py, "keypoints_3d", &wanted, got).into());
    }
    let visible = read_visible(visible)?;
    let plan: EncodePlan = plan(codec, call, &shape, visible.as_ref())?;
    let places_array = keypoints_3d.map(|places| real_array(places, "keypoints_3d")).transpose()?;
    let places = places.as_ref().map(CoordArray::floats);
    let depths = places.map(|places: Floats<'_>| places.dtype());
    let outputs = Simcc3dLabel::outputs_with_depths(&plan.outputs, depths, plan.instances);
    let arguments = [
        (VISIBLE, visible.as_ref().map(Argument::Coords)),
        ("keypoints_3d", places_array.as_ref().map(Argument::Array)),
    ];
    let call = (call, plan.batch);
    let outputs = OutputDict::allocate(py, call, &outputs, &arguments, out.into(), Init::Zeroed)?;
    let (points, visible) = (points.floats(), visible.as_ref().map(CoordArray::floats));
    outputs
        .fill(|arrays, init| codec.encode_with_depths(&plan, points, places, visible, arrays, init))
}
