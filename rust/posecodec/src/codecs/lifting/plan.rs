//! The outputs of a lifting encoder: planned from the shapes of the arguments, and filled.

use arrayvec::ArrayVec;

use super::batch::{
    PoseBatch, TargetBatch, check_target_batch, encode_keypoints_batch, encode_target_batch,
};
use super::check::check_invertible;
use super::{Camera, FactorValues, LiftPose, OutputField, RootKind, RootOutput};
use crate::element::{ArrayMut, Dtype, Floats, with_floats};
use crate::error::{Error, Result, try_with_capacity};
use crate::float::Float;
use crate::kernels::lifting::normalize::LabelLayout;
use crate::kernels::lifting::root::{fill_reciprocals, fill_weights};
use crate::plan::{Output, OutputShape, Per, Source, Value};

/// The maximum number of outputs of a lifting encoder.
const MAX_OUTPUTS: usize = 12;

/// The outputs of a lifting encoder, in the order of MMPose's dict.
pub type LiftOutputs = ArrayVec<Output, MAX_OUTPUTS>;

/// The shape of an array of poses, and of its visibilities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoseShape {
    /// B, T, K and D.
    pub full: [usize; 4],
    /// The shape for one sample as it was passed: (T, K, D), or (K, D) for one pose.
    pub passed: OutputShape,
    /// The shape of one sample's visibilities, (T, K) or (T, K, m), if there are any.
    pub visible: Option<OutputShape>,
    /// Which axis of the visibilities is that of the keypoints.
    pub visible_axis: usize,
}

impl PoseShape {
    /// Visibilities per keypoint, m.
    fn columns(&self) -> usize {
        let visible = self.visible.as_ref();
        visible.and_then(|shape| shape.get(self.visible_axis + 1)).copied().unwrap_or(1)
    }

    /// The shape without coordinates.
    fn keypoints(&self) -> &[usize] {
        &self.passed[..self.passed.len() - 1]
    }

    /// The shape of one value per visibility, or per keypoint, without the removed keypoint.
    fn weights(&self, removed: Option<usize>) -> OutputShape {
        let (mut shape, axis) = match &self.visible {
            Some(visible) => (visible.clone(), self.visible_axis),
            None => (self.keypoints().iter().copied().collect(), self.passed.len() - 2),
        };
        shape[axis] -= usize::from(removed.is_some());
        shape
    }

    /// The shape without this axis.
    fn without_axis(&self, axis: usize) -> OutputShape {
        let mut shape = self.passed.clone();
        shape.remove(axis);
        shape
    }

    /// The number of items along the axis that `lifting_target[:, 2]` indexes, and the number of
    /// values per item.
    pub fn items(&self) -> [usize; 2] {
        let [.., count, dims] = self.full;
        if self.passed.len() == 2 { [dims, 1] } else { [count, dims] }
    }
}

/// The shapes of the arguments of one call, from which the outputs follow.
#[derive(Debug, Clone, PartialEq)]
pub struct LiftPlan {
    /// The 2D poses.
    pub keypoints: PoseShape,
    /// The 3D poses, if there are any.
    pub target: Option<PoseShape>,
    /// The number type of the labels.
    pub label_dtype: Dtype,
    /// The number type of the 3D poses.
    pub target_dtype: Dtype,
    /// The factors, for a codec that has them.
    pub factors: Option<FactorValues>,
}

impl LiftPlan {
    /// How the labels are laid out.
    pub fn layout<C: LiftPose>(&self, codec: &C) -> LabelLayout {
        codec.layout(self.keypoints.full[3], self.keypoints.columns())
    }

    /// The outputs for one sample.
    pub fn outputs<C: LiftPose>(&self, codec: &C) -> LiftOutputs {
        let mut outputs = LiftOutputs::new();
        for item in codec.items(self.target.is_some()) {
            if let Some(output) = self.output(codec, item.name, item.field, &outputs) {
                outputs.push(output);
            }
        }
        outputs
    }

    fn output<C: LiftPose>(
        &self,
        codec: &C,
        name: &'static str,
        field: OutputField,
        earlier: &LiftOutputs,
    ) -> Option<Output> {
        let frames = self.keypoints.full[1];
        let computed = |dtype, shape: &[usize]| Output::new(name, dtype, shape, Per::Frame);
        let argument =
            |argument| computed(Dtype::Like(argument), &[]).with_source(Source::Argument(argument));
        let single = Dtype::Float32;
        let target = self.target.as_ref();
        Some(match field {
            OutputField::KeypointLabels => {
                computed(self.label_dtype, &self.layout(codec).shape(frames))
            }
            OutputField::KeypointsVisible if self.keypoints.visible.is_some() => {
                argument("keypoints_visible")
            }
            // MMPose returns `np.ones(keypoints.shape[:2])`, also for one pose (K, D).
            OutputField::KeypointsVisible => computed(single, &self.keypoints.passed[..2]),
            OutputField::TargetVisible if target?.visible.is_some() => {
                argument("lifting_target_visible")
            }
            OutputField::TargetVisible => computed(single, target?.keypoints()),
            OutputField::KeypointsMean
            | OutputField::KeypointsStd
            | OutputField::TargetMean
            | OutputField::TargetStd => {
                let values = codec.statistics(field)?;
                Output::new(name, single, &[1, values.nrows(), values.ncols()], Per::Sample)
            }
            OutputField::TargetRootRemoved => Output::value(name, Value::Bool(true), Per::Call),
            OutputField::TargetRootIndex => {
                Output::value(name, Value::Index(codec.removed()?), Per::Call)
            }
            OutputField::CameraParam => Output::value(name, Value::Cameras, Per::Call),
            OutputField::Factor => match self.factors.as_ref()? {
                FactorValues { dtype: None, .. } => argument("factor"),
                FactorValues { dtype: Some(dtype), each, .. } => computed(*dtype, &[*each, 1]),
            },
            OutputField::TargetLabel => {
                let target = target?;
                let mut shape = target.passed.clone();
                let axis = shape.len() - 2;
                shape[axis] -= usize::from(codec.removed().is_some());
                let first = earlier.iter().find(|output| output.name == TARGET_LABEL);
                let source = first.map_or(Source::Computed, |first| Source::SameAs(first.name));
                computed(self.target_dtype, &shape).with_source(source)
            }
            OutputField::TargetRoot => {
                let target = target?;
                let dtype = match codec.root_kind() {
                    RootKind::Float32 => single,
                    RootKind::Absent | RootKind::Target => self.target_dtype,
                };
                computed(dtype, &target.without_axis(target.passed.len() - 2))
            }
            OutputField::TrajectoryWeights if target?.visible.is_none() => {
                // The shape of `lifting_target[:, 2]`.
                computed(self.target_dtype, &target?.without_axis(1))
            }
            OutputField::TrajectoryWeights => computed(single, &target?.weights(None)),
            OutputField::TargetWeight => computed(single, &target?.weights(codec.removed())),
        })
    }
}

/// The name of the output that `lifting_target` may repeat.
const TARGET_LABEL: &str = "lifting_target_label";

/// The arrays that a lifting encoder reads.
#[derive(Debug)]
pub struct LiftInputs<'a> {
    /// The 2D poses.
    pub keypoints: Floats<'a>,
    /// Their visibilities in the number type of the labels, if they are concatenated to the
    /// keypoints.
    pub extra: Option<Floats<'a>>,
    /// The 3D poses.
    pub target: Option<Floats<'a>>,
    /// Their visibilities.
    pub target_visible: Option<Floats<'a>>,
    /// No camera, one for all samples or one per sample.
    pub cameras: &'a [Camera],
}

impl LiftPlan {
    /// Checks that all targets can be encoded.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a shape or values that cannot be encoded, or factors that do not
    /// fit.
    pub fn check_target<C: LiftPose>(&self, codec: &C, inputs: &LiftInputs<'_>) -> Result<()> {
        let (Some(target), Some(poses)) = (&self.target, inputs.target) else { return Ok(()) };
        let (shape, cameras) = (target.full, inputs.cameras);
        with_floats!(poses, values => {
            check_target_batch(codec, PoseBatch { values, shape, cameras })?;
            if target.visible.is_none() && codec.has_output(OutputField::TrajectoryWeights) {
                check_invertible(values, target.items())?;
            }
        });
        match &self.factors {
            Some(factors) => codec.check_factors(factors.each, target.full[1]),
            None => Ok(()),
        }
    }

    /// Fills the computed arrays of [`Self::outputs`] of a batch.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for inputs or arrays that do not fit the plan.
    pub fn fill<C: LiftPose>(
        mut self,
        codec: &C,
        inputs: &LiftInputs<'_>,
        arrays: ArrayVec<ArrayMut<'_>, MAX_OUTPUTS>,
    ) -> Result<()> {
        let outputs = self.outputs(codec);
        let batch = self.keypoints.full[0];
        let computed = || outputs.iter().filter(|output| output.is_computed());
        if arrays.len() != computed().count() {
            let wanted = format!("must have {} arrays", computed().count());
            return Err(Error::invalid("targets", wanted, arrays.len()));
        }
        let items = codec.items(self.target.is_some());
        let (mut label, mut roots, mut factors) = (None, None, None);
        for (output, array) in computed().zip(arrays) {
            output.check(&array, batch, Dtype::Float32)?;
            let field = items.iter().find(|item| item.name == output.name).map(|item| item.field);
            match field {
                Some(OutputField::KeypointLabels) => self.fill_labels(codec, inputs, array)?,
                Some(OutputField::KeypointsVisible | OutputField::TargetVisible) => {
                    array.fill_finite(1.0);
                }
                Some(OutputField::TargetLabel) => label = Some(array),
                Some(OutputField::TargetRoot) => roots = Some(array),
                Some(OutputField::Factor) => factors = Some(array),
                Some(field @ (OutputField::TargetWeight | OutputField::TrajectoryWeights)) => {
                    self.fill_weights(codec, field, inputs, array);
                }
                Some(field) => {
                    if let (Some(values), ArrayMut::F32(filled)) = (codec.statistics(field), array)
                    {
                        for filled in filled.chunks_exact_mut(values.len().max(1)) {
                            filled.iter_mut().zip(values).for_each(|(one, value)| *one = *value);
                        }
                    }
                }
                None => {}
            }
        }
        let values = self.factors.as_mut().map_or(&mut [][..], |factors| &mut factors.values);
        if let (Some(target), Some(shape), Some(label)) = (inputs.target, &self.target, label) {
            let cameras = inputs.cameras;
            with_floats!(target, poses => {
                let poses = PoseBatch { values: poses, shape: shape.full, cameras };
                fill_target(codec, poses, label, roots, values)?;
            });
        }
        if let Some(factors) = factors {
            factors.fill_from(values.iter().copied());
        }
        Ok(())
    }

    fn fill_labels<C: LiftPose>(
        &self,
        codec: &C,
        inputs: &LiftInputs<'_>,
        labels: ArrayMut<'_>,
    ) -> Result<()> {
        match (inputs.keypoints, labels) {
            (Floats::F32(poses), ArrayMut::F32(labels)) => {
                self.fill_labels_of(codec, inputs, poses, labels)
            }
            (Floats::F32(poses), ArrayMut::F64(labels)) => {
                self.fill_labels_of(codec, inputs, poses, labels)
            }
            (Floats::F64(poses), ArrayMut::F64(labels)) => {
                self.fill_labels_of(codec, inputs, poses, labels)
            }
            (poses, _) => {
                let wanted = "must hold labels as precise as the keypoints";
                Err(Error::invalid("keypoint_labels", wanted, format!("{:?}", poses.dtype())))
            }
        }
    }

    fn fill_labels_of<C: LiftPose, T: Float, L: Float>(
        &self,
        codec: &C,
        inputs: &LiftInputs<'_>,
        values: &[T],
        labels: &mut [L],
    ) -> Result<()> {
        let (shape, layout) = (self.keypoints.full, self.layout(codec));
        let mut ones = Vec::new();
        let extra = match inputs.extra.and_then(L::of_floats) {
            Some(extra) => extra,
            None => {
                if layout.extra > 0 {
                    let len = shape[..3].iter().product();
                    ones = try_with_capacity("the visibilities", len)?;
                    ones.resize(len, L::one());
                }
                &ones
            }
        };
        let poses = PoseBatch { values, shape, cameras: inputs.cameras };
        encode_keypoints_batch(codec, poses, extra, layout, labels)
    }

    fn fill_weights<C: LiftPose>(
        &self,
        codec: &C,
        field: OutputField,
        inputs: &LiftInputs<'_>,
        array: ArrayMut<'_>,
    ) {
        let Some(target) = &self.target else { return };
        let removed = codec.removed().filter(|_| field == OutputField::TargetWeight);
        match (inputs.target_visible, inputs.target, array) {
            (Some(visible), _, ArrayMut::F32(weights)) => {
                let layout = [target.full[2], target.columns()];
                with_floats!(visible, visible => fill_weights(visible, layout, removed, weights));
            }
            (None, Some(poses), array) if field == OutputField::TrajectoryWeights => {
                with_floats!(poses, poses => {
                    fill_reciprocals(poses, target.items(), array.values());
                });
            }
            (_, _, array) => array.fill_finite(1.0),
        }
    }
}

fn fill_target<C: LiftPose, U: Float>(
    codec: &C,
    poses: PoseBatch<'_, U>,
    label: ArrayMut<'_>,
    roots: Option<ArrayMut<'_>>,
    factor: &mut [f64],
) -> Result<()> {
    let roots = match (codec.root_kind(), roots) {
        (RootKind::Float32, Some(roots)) => RootOutput::Float32(roots.values()),
        (RootKind::Target, Some(roots)) => RootOutput::Target(roots.values()),
        _ => RootOutput::Absent,
    };
    encode_target_batch(codec, poses, TargetBatch { label: label.values(), roots, factor })
}
