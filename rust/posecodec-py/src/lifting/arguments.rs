//! The arguments that only lifting codecs have.

use numpy::ndarray::Array2;
use numpy::{PyArrayDyn, PyUntypedArrayMethods};
use posecodec::codecs::Statistics;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyString, PyTuple};

use crate::arguments::{Arguments, OptionalArg, describe, integer, sequence};
use crate::convert::{contiguous, real_array, values_mut, zeros};
use crate::error::invalid;

/// The keypoints whose mean is the root: a number, or several. One is kept as a number, several as
/// a tuple.
pub(crate) fn keypoints_of_root<'py>(
    arguments: &Arguments<'py>,
    py: Python<'py>,
    value: &OptionalArg<'py>,
) -> PyResult<Vec<usize>> {
    const NAME: &str = "root_index";
    const WANTED: &str = "must be the number of a keypoint, or a list of them";
    let indices = match value.value() {
        None => vec![0],
        Some(value) => match integer(NAME, WANTED, value) {
            Ok(index) => vec![index],
            Err(refused) if value.is_instance_of::<PyInt>() => return Err(refused),
            Err(_) => sequence(NAME, WANTED, value)?
                .iter()
                .map(|index| integer(NAME, WANTED, index))
                .collect::<PyResult<_>>()?,
        },
    };
    match indices[..] {
        [index] => arguments.keep(NAME, index)?,
        _ => arguments.keep(NAME, PyTuple::new(py, &indices)?)?,
    }
    Ok(indices)
}

/// The keypoints of the root as the reference has them, a list.
pub(crate) fn root_list<'py>(kept: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = kept.py();
    Ok(match kept.cast::<PyTuple>() {
        Ok(indices) => indices.to_list().into_any(),
        Err(_) => PyList::new(py, [kept])?.into_any(),
    })
}

/// Means and deviations of so many keypoints, given together or not at all; kept as nested tuples,
/// which compare and hash.
pub(crate) fn statistics<'py>(
    arguments: &Arguments<'py>,
    py: Python<'py>,
    names: [&str; 2],
    values: [&OptionalArg<'py>; 2],
    count: usize,
) -> PyResult<Option<Statistics>> {
    match values.map(OptionalArg::unless_none) {
        [None, None] => {
            for name in names {
                arguments.keep(name, py.None())?;
            }
            Ok(None)
        }
        [Some(mean), Some(std)] => Ok(Some(Statistics {
            mean: rows(arguments, names[0], mean, count)?,
            std: rows(arguments, names[1], std, count)?,
        })),
        [mean, _] => {
            let [there, missing] = if mean.is_some() { names } else { [names[1], names[0]] };
            let wanted = format!("must be given with `{there}`");
            Err(invalid(py, missing, &wanted, "None"))
        }
    }
}

/// An array of `count` rows, whatever its shape was, in single precision.
fn rows<'py>(
    arguments: &Arguments<'py>,
    name: &str,
    value: &Bound<'py, PyAny>,
    count: usize,
) -> PyResult<Array2<f32>> {
    let py = value.py();
    let array = real_array(value, name)?;
    // In double precision first: NumPy warns where a number is too large for single.
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
    arguments.keep(name, PyTuple::new(py, kept?)?)?;
    Ok(rows)
}

/// Means or deviations as the reference has them: an array (1, K, D), or `None`.
pub(crate) fn statistics_array<'py>(
    py: Python<'py>,
    values: Option<&Array2<f32>>,
) -> PyResult<Option<Bound<'py, PyArrayDyn<f32>>>> {
    let Some(values) = values else { return Ok(None) };
    let array = zeros::<f32>(py, "mean", &[1, values.nrows(), values.ncols()])?;
    // SAFETY: the array was made here and nobody else knows it yet.
    for (filled, value) in unsafe { values_mut(&array) }.iter_mut().zip(values) {
        *filled = *value;
    }
    Ok(Some(array))
}

/// Several words, kept as a tuple, or `None`.
pub(crate) fn words<'py>(
    arguments: &Arguments<'py>,
    py: Python<'py>,
    name: &str,
    value: &OptionalArg<'py>,
) -> PyResult<()> {
    let Some(value) = value.unless_none() else {
        return arguments.keep(name, py.None());
    };
    let wanted = "must be a list of str";
    let items = sequence(name, wanted, value)?;
    if items.iter().all(PyAnyMethods::is_instance_of::<PyString>) {
        arguments.keep(name, PyTuple::new(py, items)?)
    } else {
        Err(invalid(py, name, wanted, describe(value)))
    }
}
