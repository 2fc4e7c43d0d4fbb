//! The poses that an encoder takes, 2D or 3D, and their visibilities.

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use posecodec::codecs::{LiftPose, check_poses, check_visible};
use pyo3::prelude::*;

use crate::call::Call;
use crate::convert::{Array, FloatArray, Shape, copied_array, real_array, room_for};
use crate::error::raise;

/// Poses (T, K, D), (K, D) or (B, T, K, D), and their visibilities.
pub(super) struct Poses<'py> {
    pub(super) values: FloatArray<'py>,
    /// As it came.
    pub(super) came: Shape,
    /// B, T, K and D.
    pub(super) shape: [usize; 4],
    pub(super) visible: Option<Visible<'py>>,
}

/// Visibilities: one or several a keypoint.
pub(super) struct Visible<'py> {
    pub(super) array: Bound<'py, PyUntypedArray>,
    /// Which of its axes are keypoints.
    pub(super) axis: usize,
}

impl Visible<'_> {
    /// Visibilities a keypoint.
    pub(super) fn columns(&self) -> usize {
        self.array.shape().get(self.axis + 1).copied().unwrap_or(1)
    }
}

impl<'py> Poses<'py> {
    pub(super) fn read<C: LiftPose>(
        py: Python<'py>,
        codec: &C,
        call: Call,
        names: [&'static str; 2],
        poses: &Bound<'py, PyAny>,
        visible: Option<&Bound<'py, PyAny>>,
        copy: bool,
    ) -> PyResult<Self> {
        let array = real_array(poses, names[0])?;
        let refuse = |error: posecodec::Error| raise(py, &error);
        let (came, count) = (array.shape(), codec.skeleton().count());
        let shape = check_poses(names[0], came, call == Call::Batch, count).map_err(refuse)?;
        let visible = match visible {
            None => None,
            Some(visible) => {
                let array = real_array(visible, names[1])?;
                // One pose (K, D) may come with visibilities (1, K).
                let alone = came.len() == 2 && array.shape().starts_with(&[1, count]);
                let keypoints = if alone { &[1, count] } else { &came[..came.len() - 1] };
                check_visible(names[1], array.shape(), keypoints).map_err(refuse)?;
                let axis = keypoints.len() - 1;
                Some(Visible { array: if copy { copied_array(&array)? } else { array }, axis })
            }
        };
        room_for(array.len())?;
        let values = FloatArray::of(&array, copy)?;
        Ok(Self { values, came: came.iter().copied().collect(), shape, visible })
    }

    /// The shape without coordinates.
    pub(super) fn keypoints_shape(&self) -> &[usize] {
        &self.came[..self.came.len() - 1]
    }

    /// The shape of a value for each visibility there is, or each keypoint; without one keypoint
    /// where that is removed.
    pub(super) fn weights_shape(&self, removed: Option<usize>) -> Shape {
        let (shape, axis) = match &self.visible {
            Some(visible) => (visible.array.shape(), visible.axis),
            None => (self.keypoints_shape(), self.came.len() - 2),
        };
        let mut shape: Shape = shape.iter().copied().collect();
        shape[axis] -= usize::from(removed.is_some());
        shape
    }
}

/// The 3D poses of a call, in their own precision.
pub(super) struct Target<'a, 'py, U> {
    pub(super) poses: &'a Poses<'py>,
    pub(super) values: &'a Array<'py, U>,
}

impl<U> Target<'_, '_, U> {
    /// The shape of `lifting_target[:, 2]`, of each sample of a batch.
    pub(super) fn trajectory_shape(&self) -> Shape {
        let came = &self.poses.came;
        let second = usize::from(came.len() == 4) + 1;
        let mut shape = came.clone();
        shape.remove(second);
        shape
    }

    /// What `lifting_target[:, 2]` is the third of: how many items, of how many values.
    pub(super) fn items(&self) -> [usize; 2] {
        let [.., count, dims] = self.poses.shape;
        if self.poses.came.len() == 2 { [dims, 1] } else { [count, dims] }
    }
}
