//! Roots, boxes and sizes of instances.

use posecodec::codecs::RootType;
use posecodec::functional;
use pyo3::prelude::*;

use super::points::{Columns, Points, in_precision};
use crate::class::OptionalArg;
use crate::class::parse::string;
use crate::convert::{values_mut, zeros};
use crate::error::raise;

/// Where instances are, from their visible keypoints.
///
/// Args:
///     keypoints (array): Shape (N, K, 2); float32 or float64 (others are converted). NaN and
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
///     InvalidInputError: For shapes or dtypes that do not fit, another type.
#[pyfunction]
#[pyo3(signature = (keypoints, keypoints_visible=None, root_type=OptionalArg::DEFAULT), text_signature = "(keypoints, keypoints_visible=None, root_type='kpt_center')")]
pub(crate) fn get_instance_root<'py>(
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: Option<&Bound<'py, PyAny>>,
    root_type: OptionalArg<'py>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = keypoints.py();
    let root_type = root_type.parse_or("root_type", string, "kpt_center".into())?;
    let root_type = RootType::named(&root_type).map_err(|error| raise(py, &error))?;
    let people = People::read(keypoints, keypoints_visible)?;
    let roots = zeros::<f32>(py, "keypoints", &[people.points.instances, 2])?;
    let seen = zeros::<f32>(py, "keypoints", &[people.points.instances])?;
    // SAFETY: both arrays were made here and nobody else knows them yet.
    let (into, seen_into) = unsafe { (values_mut(&roots), values_mut(&seen)) };
    in_precision!(&people.points.numbers, values => {
        let keypoints = people.points.sample(values.as_chunks().0, people.visible.as_deref());
        functional::get_instance_root(&keypoints, root_type, into.as_chunks_mut().0, seen_into)
    })
    .map_err(|error| raise(py, &error))?;
    Ok((roots.into_any(), seen.into_any()))
}

/// The boxes around instances' visible keypoints.
///
/// Args:
///     keypoints (array): Shape (N, K, 2); float32 or float64 (others are converted). NaN and
///         infinite keypoints count as not visible.
///     keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.
///
/// Returns:
///     array: Shape (N, 4), float32: x1, y1, x2, y2; zeros where no keypoint is visible.
///
/// Raises:
///     InvalidInputError: For shapes or dtypes that do not fit.
#[pyfunction]
#[pyo3(signature = (keypoints, keypoints_visible=None))]
pub(crate) fn get_instance_bbox<'py>(
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = keypoints.py();
    let people = People::read(keypoints, keypoints_visible)?;
    let boxes = zeros::<f32>(py, "keypoints", &[people.points.instances, 4])?;
    // SAFETY: the array was made here and nobody else knows it yet.
    let (into, _) = unsafe { values_mut(&boxes) }.as_chunks_mut();
    in_precision!(&people.points.numbers, values => {
        let keypoints = people.points.sample(values.as_chunks().0, people.visible.as_deref());
        functional::get_instance_bbox(&keypoints, into)
    })
    .map_err(|error| raise(py, &error))?;
    Ok(boxes.into_any())
}

/// The diagonals of the boxes around instances' visible keypoints.
///
/// Args:
///     keypoints (array): Shape (N, K, 2); float32 or float64 (others are converted). NaN and
///         infinite keypoints count as not visible.
///     keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.
///
/// Returns:
///     array: Shape (N,), float32; 0 where no keypoint is visible.
///
/// Raises:
///     InvalidInputError: For shapes or dtypes that do not fit.
#[pyfunction]
#[pyo3(signature = (keypoints, keypoints_visible=None))]
pub(crate) fn get_diagonal_lengths<'py>(
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = keypoints.py();
    let people = People::read(keypoints, keypoints_visible)?;
    let lengths = zeros::<f32>(py, "keypoints", &[people.points.instances])?;
    // SAFETY: the array was made here and nobody else knows it yet.
    let into = unsafe { values_mut(&lengths) };
    in_precision!(&people.points.numbers, values => {
        let keypoints = people.points.sample(values.as_chunks().0, people.visible.as_deref());
        functional::get_diagonal_lengths(&keypoints, into)
    })
    .map_err(|error| raise(py, &error))?;
    Ok(lengths.into_any())
}

/// Keypoints, and visibilities where there are any.
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
