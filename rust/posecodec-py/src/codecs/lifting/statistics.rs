//! Means and standard deviations: constructor arguments and attributes of `ImagePoseLifting`.

use posecodec::codecs::poses;
use numpy::PyUntypedArrayMethods;
use numpy::ndarray::Array2;
use poses::Statistics;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::class::arguments::Arguments;
use crate::convert::{contiguous, new_array, real_array};
use crate::error::invalid;

/// Means and standard deviations of `count` keypoints, both or neither; kept as nested tuples, which
/// can be compared and hashed.
pub(super) fn statistics<'py>(
    arguments: &Arguments<'py>,
    names: [&str; 2],
    [mean, std]: [&Bound<'py, PyAny>; 2],
    count: usize,
) -> PyResult<Option<Statistics>> {
    match (mean.is_none(), std.is_none()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some(Statistics {
            mean: rows(arguments, names[0], mean, count)?,
            std: rows(arguments, names[1], std, count)?,
        })),
        (mean_is_none, _) => {
            let [missing, present] = if mean_is_none { names } else { [names[1], names[0]] };
            let wanted = format!("must be given with `{present}`");
            Err(invalid(arguments.py(), missing, &wanted, "None"))
        }
    }
}

/// An array of any shape as `count` rows, in single precision.
fn rows<'py>(
    arguments: &Arguments<'py>,
    name: &str,
    value: &Bound<'py, PyAny>,
    count: usize,
) -> PyResult<Array2<f32>> {
    let py = value.py();
    let array = real_array(value, name)?;
    // Through double precision, because NumPy warns about numbers that are too large for single.
    let numbers = contiguous::<f64>(&array)?;
    let values: Vec<f32> = numbers.values().iter().map(|&number| number as f32).collect();
    let columns = values.len().checked_div(count).unwrap_or(0);
    let rows = Array2::from_shape_vec((count, columns), values);
    let rows = rows.ok().filter(|_| columns > 0).ok_or_else(|| {
        let got = format!("shape {}", posecodec::Shape(array.shape()));
        invalid(py, name, &format!("must be of shape ({count}, D)"), got)
    })?;
    let kept: PyResult<Vec<_>> =
        rows.rows().into_iter().map(|row| PyTuple::new(py, row.iter())).collect();
    let kept = PyTuple::new(py, kept?)?.into_any();
    arguments.keep(&PyString::new(py, name), (rows, kept))
}

/// Means or standard deviations with MMPose's shape (1, K, D), or `None`.
pub(super) fn statistics_array<'py>(
    py: Python<'py>,
    values: Option<&Array2<f32>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(values) = values else { return Ok(py.None().into_bound(py)) };
    let values = values.as_standard_layout();
    let shape = [1, values.nrows(), values.ncols()];
    new_array(py, "mean", &shape, values.as_slice().expect("standard layout"))
}
