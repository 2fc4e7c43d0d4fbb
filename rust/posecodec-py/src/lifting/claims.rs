//! The arrays of an answer between their making and their filling.

use numpy::ndarray::Array2;
use numpy::{Element, PyArrayDyn};
use posecodec::Float;
use posecodec::codecs::{Item, LiftPose, Role, RootKind};
use pyo3::prelude::*;

use super::answer::Answer;
use super::poses::{Poses, Target};
use crate::convert::{Shape, values_mut};

/// An array in the precision that is found when the call comes.
pub(super) enum Floats<'py> {
    F32(Bound<'py, PyArrayDyn<f32>>),
    F64(Bound<'py, PyArrayDyn<f64>>),
}

impl<'py> Floats<'py> {
    pub(super) fn claim(
        answer: &mut Answer<'_, 'py>,
        name: &'static str,
        shape: &[usize],
        double: bool,
    ) -> PyResult<Self> {
        Ok(if double {
            Self::F64(answer.array(name, shape)?)
        } else {
            Self::F32(answer.array(name, shape)?)
        })
    }

    /// Fills the array with these numbers.
    ///
    /// # Safety
    /// No slice of the array's memory may be alive.
    pub(super) unsafe fn fill(&self, values: &[f64]) {
        fn fill<T: Float>(filled: &mut [T], values: &[f64]) {
            filled.iter_mut().zip(values).for_each(|(filled, &value)| *filled = T::of(value));
        }
        // SAFETY: the caller vouches for it.
        unsafe {
            match self {
                Self::F32(array) => fill(values_mut(array), values),
                Self::F64(array) => fill(values_mut(array), values),
            }
        }
    }
}

/// The arrays of an answer that are to be filled.
pub(super) struct OutputBuffers<'a, 'py, U> {
    pub(super) labels: Option<Floats<'py>>,
    /// Of the target, under each name that it has.
    pub(super) label: Vec<Bound<'py, PyArrayDyn<U>>>,
    pub(super) roots32: Option<Bound<'py, PyArrayDyn<f32>>>,
    pub(super) roots: Option<Bound<'py, PyArrayDyn<U>>>,
    /// With the keypoint that they are without.
    pub(super) weights: Vec<(Bound<'py, PyArrayDyn<f32>>, Option<usize>)>,
    pub(super) reciprocals: Option<Bound<'py, PyArrayDyn<U>>>,
    pub(super) factor: Option<Floats<'py>>,
    pub(super) statistics: Vec<(Bound<'py, PyArrayDyn<f32>>, &'a Array2<f32>)>,
    pub(super) ones: Vec<Bound<'py, PyArrayDyn<f32>>>,
}

impl<U> Default for OutputBuffers<'_, '_, U> {
    fn default() -> Self {
        Self {
            labels: None,
            label: Vec::new(),
            roots32: None,
            roots: None,
            weights: Vec::new(),
            reciprocals: None,
            factor: None,
            statistics: Vec::new(),
            ones: Vec::new(),
        }
    }
}

impl<'py, U: Float + Element> OutputBuffers<'_, 'py, U> {
    /// Claims one of the arrays that a target becomes.
    pub(super) fn claim_target<C: LiftPose>(
        &mut self,
        answer: &mut Answer<'_, 'py>,
        item: Item,
        target: &Target<'_, 'py, U>,
        codec: &C,
    ) -> PyResult<()> {
        let (name, poses, removed) = (item.name, target.poses, codec.removed());
        match item.role {
            Role::TargetLabel => {
                let mut shape = poses.came.clone();
                let axis = shape.len() - 2;
                shape[axis] -= usize::from(removed.is_some());
                match self.label.first() {
                    // Two names of one array, but in the caller's `out`.
                    Some(label) if !answer.is_given() => {
                        answer.plain(name, label.as_any().clone());
                    }
                    _ => self.label.push(answer.array(name, &shape)?),
                }
            }
            Role::TargetRoot => {
                let shape = root_shape(poses);
                if codec.root_kind() == RootKind::Float32 {
                    self.roots32 = Some(answer.array(name, &shape)?);
                } else {
                    self.roots = Some(answer.array(name, &shape)?);
                }
            }
            Role::TrajectoryWeights if poses.visible.is_none() => {
                self.reciprocals = Some(answer.array(name, &target.trajectory_shape())?);
            }
            Role::TargetWeight | Role::TrajectoryWeights => {
                let removed = removed.filter(|_| item.role == Role::TargetWeight);
                let weights = answer.array(name, &poses.weights_shape(removed))?;
                if poses.visible.is_some() {
                    self.weights.push((weights, removed));
                } else {
                    self.ones.push(weights);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// A root a frame.
fn root_shape(poses: &Poses<'_>) -> Shape {
    let mut shape = poses.came.clone();
    shape.remove(shape.len() - 2);
    shape
}
