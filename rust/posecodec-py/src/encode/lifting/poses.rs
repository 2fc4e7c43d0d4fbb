//! The poses that an encoder takes, 2D or 3D, and their visibilities.

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use posecodec::codecs::LiftPose;
use posecodec::codecs::slices::{PoseShape, check_poses, check_visible};
use pyo3::prelude::*;

use crate::call::{Call, Shape};
use crate::convert::{CopyMode, FloatArray, real_array};
use crate::error::Result;

/// Poses (T, K, D), (K, D) or (B, T, K, D), and their visibilities.
pub(super) struct Poses<'py> {
    pub(super) values: FloatArray<'py>,
    /// The shape as it was passed.
    pub(super) came: Shape,
    /// B, T, K and D.
    pub(super) shape: [usize; 4],
    pub(super) visible: Option<Visible<'py>>,
}

/// Visibilities: one or several per keypoint.
pub(super) struct Visible<'py> {
    pub(super) array: Bound<'py, PyUntypedArray>,
    /// Which of its axes is that of the keypoints.
    pub(super) axis: usize,
}

impl Visible<'_> {
    /// Visibilities per keypoint.
    pub(super) fn columns(&self) -> usize {
        self.array.shape().get(self.axis + 1).copied().unwrap_or(1)
    }
}

impl<'py> Poses<'py> {
    pub(super) fn read<C: LiftPose>(
        codec: &C,
        call: Call,
        names: [&'static str; 2],
        poses: &Bound<'py, PyAny>,
        visible: Option<&Bound<'py, PyAny>>,
        copy: CopyMode,
    ) -> Result<Self> {
        let array = real_array(poses, names[0])?;
        let (came, count) = (array.shape(), codec.skeleton().count());
        let shape = check_poses(names[0], came, call == Call::Batch, count)?;
        let visible = match visible {
            None => None,
            Some(visible) => {
                let array = real_array(visible, names[1])?;
                // One pose (K, D) may come with visibilities (1, K).
                let alone = came.len() == 2 && array.shape().starts_with(&[1, count]);
                let keypoints = if alone { &[1, count] } else { &came[..came.len() - 1] };
                check_visible(names[1], array.shape(), keypoints)?;
                let axis = keypoints.len() - 1;
                Some(Visible { array: copy.apply(array)?, axis })
            }
        };
        let values = FloatArray::of(&array, copy)?;
        Ok(Self { values, came: came.iter().copied().collect(), shape, visible })
    }

    /// The shapes for one sample.
    pub(super) fn plan(&self, call: Call) -> PoseShape {
        let leading = usize::from(call == Call::Batch);
        let own = |shape: &[usize]| shape[leading..].iter().copied().collect();
        PoseShape {
            full: self.shape,
            passed: own(&self.came),
            visible: self.visible.as_ref().map(|visible| own(visible.array.shape())),
            visible_axis: self.visible.as_ref().map_or(0, |visible| visible.axis - leading),
        }
    }
}
