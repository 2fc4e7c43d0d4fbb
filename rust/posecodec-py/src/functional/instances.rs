//! Roots, boxes and sizes of instances.

use people::RootType;
use posecodec::codecs::people;
use posecodec::functional;
use pyo3::prelude::*;

use super::points::{Columns, Points, in_precision};
use crate::class::OptionalArg;
use crate::class::parse::string;
use crate::convert::OutputArray;
use crate::error::Result;

/// Compute the roots of instances from their visible keypoints.
///
/// Args:
///     keypoints (array): Shape (N, K, 2); float32 or float64 (other dtypes are converted). NaN and
///         infinite keypoints count as not visible.
///     keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.
///     root_type (str): ``'kpt_center'``, the mean of the keypoints, or ``'bbox_center'``, the center
///         of the box around them. Default: ``'kpt_center'``.
///
/// Returns:
///     tuple:
///     - roots_coordinate (array): Shape (N, 2), float32; 0 where no keypoint is visible.
///     - roots_visible (array): Shape (N,), float32: 1, or 0 where no keypoint is visible.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, or another root type.
#[pyfunction]
#[pyo3(signature = (keypoints, keypoints_visible=None, root_type=OptionalArg::DEFAULT), text_signature = "(keypoints, keypoints_visible=None, root_type='kpt_center')")]
pub(crate) fn get_instance_root<'py>(
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: Option<&Bound<'py, PyAny>>,
    root_type: OptionalArg<'py>,
) -> Result<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = keypoints.py();
    let root_type = root_type.parse_or("root_type", string, "kpt_center".into())?;
    let root_type: RootType = root_type.parse()?;
    let people = People::read(keypoints, keypoints_visible)?;
    let mut roots = OutputArray::<f32>::zeros(py, "keypoints", &[people.points.instances, 2])?;
    let mut visible = OutputArray::<f32>::zeros(py, "keypoints", &[people.points.instances])?;
    let (coordinates, _) = roots.values_mut().as_chunks_mut();
    in_precision!(&people.points.numbers, values => {
        let keypoints = people.points.sample(values.as_chunks().0, people.visible.as_deref());
        functional::get_instance_root(&keypoints, root_type, coordinates, visible.values_mut())
    })?;
    Ok((roots.into_any(), visible.into_any()))
}

/// Compute the boxes around the visible keypoints of instances.
///
/// Args:
///     keypoints (array): Shape (N, K, 2); float32 or float64 (other dtypes are converted). NaN and
///         infinite keypoints count as not visible.
///     keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.
///
/// Returns:
///     array: Shape (N, 4), float32: x1, y1, x2, y2; zeros where no keypoint is visible.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype.
#[pyfunction]
#[pyo3(signature = (keypoints, keypoints_visible=None))]
pub(crate) fn get_instance_bbox<'py>(
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: Option<&Bound<'py, PyAny>>,
) -> Result<Bound<'py, PyAny>> {
    let py = keypoints.py();
    let people = People::read(keypoints, keypoints_visible)?;
    let mut boxes = OutputArray::<f32>::zeros(py, "keypoints", &[people.points.instances, 4])?;
    let (corners, _) = boxes.values_mut().as_chunks_mut();
    in_precision!(&people.points.numbers, values => {
        let keypoints = people.points.sample(values.as_chunks().0, people.visible.as_deref());
        functional::get_instance_bbox(&keypoints, corners)
    })?;
    Ok(boxes.into_any())
}

/// Compute the diagonals of the boxes around the visible keypoints of instances.
///
/// Args:
///     keypoints (array): Shape (N, K, 2); float32 or float64 (other dtypes are converted). NaN and
///         infinite keypoints count as not visible.
///     keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.
///
/// Returns:
///     array: Shape (N,), float32; 0 where no keypoint is visible.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype.
#[pyfunction]
#[pyo3(signature = (keypoints, keypoints_visible=None))]
pub(crate) fn get_diagonal_lengths<'py>(
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: Option<&Bound<'py, PyAny>>,
) -> Result<Bound<'py, PyAny>> {
    let py = keypoints.py();
    let people = People::read(keypoints, keypoints_visible)?;
    let mut lengths = OutputArray::<f32>::zeros(py, "keypoints", &[people.points.instances])?;
    in_precision!(&people.points.numbers, values => {
        let keypoints = people.points.sample(values.as_chunks().0, people.visible.as_deref());
        functional::get_diagonal_lengths(&keypoints, lengths.values_mut())
    })?;
    Ok(lengths.into_any())
}

/// Keypoints and, unless omitted, their visibilities.
struct People<'py> {
    points: Points<'py>,
    visible: Option<Vec<f64>>,
}

impl<'py> People<'py> {
    fn read(keypoints: &Bound<'py, PyAny>, visible: Option<&Bound<'py, PyAny>>) -> PyResult<Self> {
        let points = Points::read(keypoints, Columns::Exactly(2))?;
        let visible = visible.map(|visible| points.read_visible(visible)?.to_f64()).transpose()?;
        Ok(Self { points, visible })
    }
}
