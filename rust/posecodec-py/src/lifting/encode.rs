//! `encode` and `batch_encode` of the lifting codecs.

use numpy::{Element, PyArrayDyn, PyUntypedArrayMethods};
use posecodec::Float;
use posecodec::codecs::{
    Item, LiftPose, PoseBatch, Role, RootOutput, TargetBatch, check_invertible, check_target_batch,
    encode_keypoints_batch, encode_target_batch,
};
use posecodec::kernels::lifting::normalize::LabelLayout;
use posecodec::kernels::lifting::root::{fill_reciprocals, fill_weights};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict};

use super::answer::Answer;
use super::camera::Cameras;
use super::claims::{Floats, OutputBuffers};
use super::factors::Factors;
use super::poses::{Poses, Target, Visible};
use crate::call::{Call, maybe_detach};
use crate::convert::{Array, FloatArray, contiguous, promotes_to_single, try_vec_of, values_mut};
use crate::error::{invalid, raise};

/// The arguments of an encoder, as they came.
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
) -> PyResult<Bound<'py, PyDict>> {
    let copy = inputs.out.is_some(); // which may lie in the memory of an input
    let refuse = |error: posecodec::Error| raise(py, &error);
    let names = ["keypoints", "keypoints_visible"];
    let visible = inputs.keypoints_visible;
    let keypoints = Poses::read(py, codec, call, names, keypoints, visible, copy)?;
    let cameras = Cameras::read(call, keypoints.shape[0], inputs.camera_param)?;
    for number in 0..cameras.cameras.len().max(1) {
        let camera = cameras.cameras.get(number);
        codec.check_keypoints(keypoints.shape[3], camera).map_err(refuse)?;
    }
    let target = match inputs.lifting_target {
        None => None,
        Some(target) => {
            let visible = inputs.lifting_target_visible;
            let names = ["lifting_target", "lifting_target_visible"];
            let target = Poses::read(py, codec, call, names, target, visible, copy)?;
            if target.shape[0] != keypoints.shape[0] {
                let wanted =
                    format!("must be a batch of {}, as `keypoints` is", keypoints.shape[0]);
                return Err(invalid(py, "lifting_target", &wanted, target.shape[0]));
            }
            Some(target)
        }
    };
    let encoder = Encoder { py, codec, call, keypoints, cameras, factor: inputs.factor };
    match &target {
        None => encoder.encode::<f32>(None, inputs.out),
        Some(poses) => match &poses.values {
            FloatArray::F32(values) => encoder.encode(Some(Target { poses, values }), inputs.out),
            FloatArray::F64(values) => encoder.encode(Some(Target { poses, values }), inputs.out),
        },
    }
}

/// One call of an encoder, its arguments read.
struct Encoder<'a, 'py, C> {
    py: Python<'py>,
    codec: &'a C,
    call: Call,
    keypoints: Poses<'py>,
    cameras: Cameras<'py>,
    factor: Option<&'a Bound<'py, PyAny>>,
}

impl<'py, C: LiftPose> Encoder<'_, 'py, C> {
    fn encode<U: Float + Element>(
        &self,
        target: Option<Target<'_, 'py, U>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let refuse = |error: posecodec::Error| raise(self.py, &error);
        let items = self.codec.items(target.is_some());
        if let Some(target) = &target {
            check_target_batch(self.codec, self.batch(target)).map_err(refuse)?;
            if target.poses.visible.is_none() && self.codec.answers(Role::TrajectoryWeights) {
                check_invertible(target.values.values(), target.items()).map_err(refuse)?;
            }
        }
        let mut factors = match items.iter().any(|item| item.role == Role::Factor) {
            true => Some(Factors::read(
                self.py,
                self.call,
                &self.keypoints,
                target.as_ref().map(|target| target.poses),
                &self.cameras,
                self.factor,
            )?),
            false => None,
        };
        if let (Some(target), Some(factors)) = (&target, &factors) {
            self.codec.check_factors(factors.each, target.poses.shape[1]).map_err(refuse)?;
        }
        let mut answer = Answer::new(self.py, &items, out)?;
        let layout = self.layout();
        let claims = self.claim(&mut answer, &items, layout, target.as_ref(), factors.as_ref())?;
        answer.check_outputs()?;

        self.fill_keypoints(layout, &claims)?;
        if let Some(target) = &target {
            let factor = factors.as_mut().map_or(&mut [][..], |factors| &mut factors.values);
            self.fill_target(target, factor, &claims)?;
        }
        if let (Some(claim), Some(factors)) = (&claims.factor, &factors) {
            // SAFETY: each claimed array gives one slice.
            unsafe { claim.fill(&factors.values) };
        }
        for (array, values) in &claims.statistics {
            let each = values.len().max(1);
            // SAFETY: as above.
            for filled in unsafe { values_mut(array) }.chunks_exact_mut(each) {
                filled.iter_mut().zip(*values).for_each(|(filled, value)| *filled = *value);
            }
        }
        for array in &claims.ones {
            // SAFETY: as above.
            unsafe { values_mut(array) }.fill(1.0);
        }
        answer.finish(&items)
    }

    fn batch<'a, U: Element>(&'a self, target: &Target<'a, 'py, U>) -> PoseBatch<'a, U> {
        let cameras = &self.cameras.cameras;
        PoseBatch { values: target.values.values(), shape: target.poses.shape, cameras }
    }

    fn layout(&self) -> LabelLayout {
        let columns = self.keypoints.visible.as_ref().map_or(1, Visible::columns);
        self.codec.layout(self.keypoints.shape[3], columns)
    }

    /// Claims the arrays of the answer, in order.
    fn claim<U: Float + Element>(
        &self,
        answer: &mut Answer<'_, 'py>,
        items: &[Item],
        layout: LabelLayout,
        target: Option<&Target<'_, 'py, U>>,
        factors: Option<&Factors<'py>>,
    ) -> PyResult<OutputBuffers<'_, 'py, U>> {
        let (py, call) = (self.py, self.call);
        let [batch, frames, ..] = self.keypoints.shape;
        let removed = self.codec.removed();
        let mut claims = OutputBuffers::default();
        for item in items {
            let name = item.name;
            match item.role {
                Role::KeypointLabels => {
                    let seen = self.keypoints.visible.as_ref().filter(|_| layout.extra > 0);
                    let double = self.keypoints.values.is_double()
                        || seen.is_some_and(|seen| !promotes_to_single(&seen.array.dtype()));
                    let shape = call.shape(batch, &layout.shape(frames));
                    claims.labels = Some(Floats::claim(answer, name, &shape, double)?);
                }
                Role::KeypointsVisible => match &self.keypoints.visible {
                    Some(visible) => answer.kept(name, &visible.array)?,
                    None => {
                        // `keypoints.shape[:2]`, of one pose too: the reference has it so.
                        let leading = 2 + usize::from(call == Call::Batch);
                        claims.ones.push(answer.array(name, &self.keypoints.came[..leading])?);
                    }
                },
                Role::TargetVisible => match target.map(|target| target.poses) {
                    Some(Poses { visible: Some(visible), .. }) => {
                        answer.kept(name, &visible.array)?;
                    }
                    Some(poses) => claims.ones.push(answer.array(name, poses.keypoints_shape())?),
                    None => {}
                },
                Role::KeypointsMean | Role::KeypointsStd | Role::TargetMean | Role::TargetStd => {
                    if let Some(values) = self.codec.statistics(item.role) {
                        let shape = call.shape(batch, &[1, values.nrows(), values.ncols()]);
                        claims.statistics.push((answer.array(name, &shape)?, values));
                    }
                }
                Role::TargetRootRemoved => {
                    answer.plain(name, PyBool::new(py, true).to_owned().into_any());
                }
                Role::TargetRootIndex => {
                    answer.plain(name, removed.into_pyobject(py)?.into_any());
                }
                Role::CameraParam => {
                    answer.plain(name, self.cameras.normalized(call, batch)?);
                }
                Role::Factor => match factors {
                    Some(Factors { kept: Some(kept), .. }) => answer.kept(name, kept)?,
                    Some(factors) => {
                        let shape = call.shape(batch, &[factors.each, 1]);
                        claims.factor = Some(Floats::claim(answer, name, &shape, factors.double)?);
                    }
                    None => {}
                },
                Role::TargetLabel
                | Role::TargetWeight
                | Role::TargetRoot
                | Role::TrajectoryWeights => {
                    if let Some(target) = target {
                        claims.claim_target(answer, *item, target, self.codec)?;
                    }
                }
            }
        }
        Ok(claims)
    }

    fn fill_keypoints<U: Element>(
        &self,
        layout: LabelLayout,
        claims: &OutputBuffers<'_, 'py, U>,
    ) -> PyResult<()> {
        match (&self.keypoints.values, &claims.labels) {
            (FloatArray::F32(values), Some(Floats::F32(labels))) => {
                self.fill(values, layout, labels)
            }
            (FloatArray::F32(values), Some(Floats::F64(labels))) => {
                self.fill(values, layout, labels)
            }
            (FloatArray::F64(values), Some(Floats::F64(labels))) => {
                self.fill(values, layout, labels)
            }
            _ => Ok(()),
        }
    }

    fn fill<T: Float + Element, L: Float + Element>(
        &self,
        values: &Array<'py, T>,
        layout: LabelLayout,
        labels: &Bound<'py, PyArrayDyn<L>>,
    ) -> PyResult<()> {
        let shape = self.keypoints.shape;
        let beside = match &self.keypoints.visible {
            Some(visible) if layout.extra > 0 => Some(contiguous::<L>(&visible.array)?),
            _ => None,
        };
        let ones = match &beside {
            None if layout.extra > 0 => try_vec_of(L::one(), shape[..3].iter().product())?,
            _ => Vec::new(),
        };
        let extra = beside.as_ref().map_or(&ones[..], Array::values);
        let keypoints =
            PoseBatch { values: values.values(), shape, cameras: &self.cameras.cameras };
        // SAFETY: each claimed array gives one slice.
        let labels = unsafe { values_mut(labels) };
        maybe_detach(self.py, labels.len(), || {
            encode_keypoints_batch(self.codec, keypoints, extra, layout, labels)
        })
        .map_err(|error| raise(self.py, &error))
    }

    fn fill_target<U: Float + Element>(
        &self,
        target: &Target<'_, 'py, U>,
        factor: &mut [f64],
        claims: &OutputBuffers<'_, 'py, U>,
    ) -> PyResult<()> {
        let poses = self.batch(target);
        // SAFETY: each claimed array gives one slice.
        let (label, roots) = unsafe {
            let roots = match (&claims.roots32, &claims.roots) {
                (Some(roots), _) => RootOutput::Float32(values_mut(roots)),
                (_, Some(roots)) => RootOutput::Target(values_mut(roots)),
                _ => RootOutput::Absent,
            };
            (values_mut(&claims.label[0]), roots)
        };
        let into = TargetBatch { label, roots, factor };
        maybe_detach(self.py, poses.values.len(), || encode_target_batch(self.codec, poses, into))
            .map_err(|error| raise(self.py, &error))?;
        for again in &claims.label[1..] {
            // SAFETY: as above; the first is only read now.
            unsafe { values_mut(again).copy_from_slice(values_mut(&claims.label[0])) };
        }
        if let Some(reciprocals) = &claims.reciprocals {
            // SAFETY: as above.
            fill_reciprocals(poses.values, target.items(), unsafe { values_mut(reciprocals) });
        }
        let Some(visible) = &target.poses.visible else { return Ok(()) };
        let layout = [poses.shape[2], visible.columns()];
        let seen = FloatArray::of(&visible.array, false)?;
        for (weights, removed) in &claims.weights {
            // SAFETY: as above.
            let weights = unsafe { values_mut(weights) };
            match &seen {
                FloatArray::F32(seen) => fill_weights(seen.values(), layout, *removed, weights),
                FloatArray::F64(seen) => fill_weights(seen.values(), layout, *removed, weights),
            }
        }
        Ok(())
    }
}
