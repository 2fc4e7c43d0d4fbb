//! `encode` and `batch_encode` of the lifting codecs.

use numpy::PyUntypedArrayMethods;
use posecodec::codecs::LiftPose;
use posecodec::codecs::slices::{Dtype, Init, LiftInputs, LiftPlan, OutputField};
use pyo3::prelude::*;

use super::camera::Cameras;
use super::factors::Factors;
use super::poses::Poses;
use crate::call::Call;
use crate::class::Encoded;
use crate::convert::{CopyMode, FloatArray, contiguous, promotes_to_single};
use crate::encode::{Argument, OutputDict};
use crate::error::invalid;

/// The arguments of an encoder.
#[derive(Clone, Copy, Default)]
pub(crate) struct Inputs<'a, 'py> {
    pub(crate) keypoints_visible: Option<&'a Bound<'py, PyAny>>,
    pub(crate) lifting_target: Option<&'a Bound<'py, PyAny>>,
    pub(crate) lifting_target_visible: Option<&'a Bound<'py, PyAny>>,
    pub(crate) camera_param: Option<&'a Bound<'py, PyAny>>,
    pub(crate) factor: Option<&'a Bound<'py, PyAny>>,
    pub(crate) out: Option<&'a Bound<'py, PyAny>>,
}

/// Encodes one sample or a batch with any lifting codec.
pub(crate) fn encode_lifting<'py, C: LiftPose>(
    py: Python<'py>,
    codec: &C,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    inputs: Inputs<'_, 'py>,
) -> Encoded<'py> {
    // `out` may be in the memory of an input.
    let copy = if inputs.out.is_some() { CopyMode::Always } else { CopyMode::IfNeeded };
    let names = ["keypoints", "keypoints_visible"];
    let visible = inputs.keypoints_visible;
    let keypoints = Poses::read(codec, call, names, keypoints, visible, copy)?;
    let [batch, frames, _, dims] = keypoints.shape;
    let cameras = Cameras::read(call, batch, inputs.camera_param)?;
    for number in 0..cameras.cameras.len().max(1) {
        codec.check_keypoints(dims, cameras.cameras.get(number))?;
    }
    let target = inputs.lifting_target.map(|target| {
        let visible = inputs.lifting_target_visible;
        let names = ["lifting_target", "lifting_target_visible"];
        Poses::read(codec, call, names, target, visible, copy)
    });
    let target = target.transpose()?;
    if let Some(target) = target.as_ref().filter(|target| target.shape[0] != batch) {
        let wanted = format!("must be a batch of {batch}, as `keypoints` is");
        return Err(invalid(py, "lifting_target", &wanted, target.shape[0]).into());
    }

    let target_dtype =
        target.as_ref().map_or(Dtype::Float32, |target| target.values.floats().dtype());
    let has_factors =
        codec.items(target.is_some()).iter().any(|item| item.field == OutputField::Factor);
    let frames_of_target = target.as_ref().map(|target| (target.shape[1], target_dtype));
    let factors = has_factors.then(|| {
        Factors::read(py, call, [batch, frames], frames_of_target, &cameras.cameras, inputs.factor)
    });
    let factors = factors.transpose()?;
    // Visibilities next to the keypoints, in the precision that NumPy promotes both to.
    let extra = keypoints.visible.as_ref().filter(|_| codec.concatenates_visibilities());
    let double = keypoints.values.is_double()
        || extra
            .is_some_and(|extra| extra.columns() > 0 && !promotes_to_single(&extra.array.dtype()));
    let extra = extra.map(|extra| {
        Ok::<_, PyErr>(if double {
            FloatArray::F64(contiguous(&extra.array)?)
        } else {
            FloatArray::F32(contiguous(&extra.array)?)
        })
    });
    let extra = extra.transpose()?;
    let target_visible = target.as_ref().and_then(|target| target.visible.as_ref());
    let seen =
        target_visible.map(|seen| FloatArray::of(&seen.array, CopyMode::IfNeeded)).transpose()?;

    let plan = LiftPlan {
        keypoints: keypoints.plan(call),
        target: target.as_ref().map(|target| target.plan(call)),
        label_dtype: if double { Dtype::Float64 } else { Dtype::Float32 },
        target_dtype,
        factors: factors.as_ref().map(|factors| factors.values.clone()),
    };
    let numbers = LiftInputs {
        keypoints: keypoints.values.floats(),
        extra: extra.as_ref().map(FloatArray::floats),
        target: target.as_ref().map(|target| target.values.floats()),
        target_visible: seen.as_ref().map(FloatArray::floats),
        cameras: &cameras.cameras,
    };
    plan.check_target(codec, &numbers)?;
    let outputs = plan.outputs(codec);
    let normalized = outputs.iter().any(|output| output.name == "camera_param");
    let normalized = normalized.then(|| cameras.normalized(call, batch)).transpose()?;
    let arguments = [
        (
            "keypoints_visible",
            keypoints.visible.as_ref().map(|visible| Argument::Array(&visible.array)),
        ),
        ("lifting_target_visible", target_visible.map(|visible| Argument::Array(&visible.array))),
        ("factor", factors.as_ref().and_then(|factors| factors.kept.as_ref()).map(Argument::Array)),
        ("camera_param", normalized.map(Argument::Item)),
    ];
    let outputs = OutputDict::allocate(
        py,
        (call, batch),
        &outputs,
        &arguments,
        inputs.out.into(),
        Init::Uninit,
    )?;
    outputs.fill(|arrays, _| plan.fill(codec, &numbers, arrays))
}
