//! The kinds of constructor arguments in the tables of [`codec_class!`](super::codec_class): one
//! function per kind, which parses a value and chooses the hashable object that the codec keeps.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString, PyTuple};

use super::arguments::Parsed;
use super::parse;
use crate::error::invalid;

/// The type of a kind, as docstrings name it.
macro_rules! type_name {
    (size) => {
        "tuple"
    };
    (optional_size) => {
        "tuple, optional"
    };
    (count) => {
        "int"
    };
    (optional_count) => {
        "int, optional"
    };
    (number) => {
        "float"
    };
    (optional_number) => {
        "float, optional"
    };
    (numbers) => {
        "float or tuple, optional"
    };
    (per_axis) => {
        "float or tuple"
    };
    (flag) => {
        "bool"
    };
    (string) => {
        "str"
    };
    (keyword) => {
        "str"
    };
    (indices) => {
        "list of ints"
    };
    (keypoint_indices) => {
        "list of ints, optional"
    };
    (keypoint_or_keypoints) => {
        "int or tuple"
    };
    (root) => {
        "int or list of ints"
    };
    (strings) => {
        "list of str, optional"
    };
    (array) => {
        "array, optional"
    };
}
pub(crate) use type_name;

/// A size `[w, h]` or `[w, h, d]`, kept as a tuple.
pub(crate) fn size<'py, const N: usize>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, [usize; N]>> {
    let size = parse::size(name, value)?;
    Ok((size, PyTuple::new(value.py(), size)?.into_any()))
}

/// An integer ≥ 0.
pub(crate) fn count<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Parsed<'py, usize>> {
    let count = parse::count(name, value)?;
    Ok((count, count.into_bound_py_any(value.py())?))
}

/// A real number; an `int` stays one.
pub(crate) fn number<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Parsed<'py, f64>> {
    let number = parse::number(name, value)?;
    Ok((number, parse::plain_number(value, number)))
}

pub(crate) fn flag<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Parsed<'py, bool>> {
    let flag = parse::flag(name, value)?;
    Ok((flag, flag.into_bound_py_any(value.py())?))
}

pub(crate) fn string<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Parsed<'py, String>> {
    let text = parse::string(name, value)?;
    let kept = PyString::new(value.py(), &text).into_any();
    Ok((text, kept))
}

/// A string whose case does not matter, kept in lower case.
pub(crate) fn keyword<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Parsed<'py, String>> {
    let text = parse::string(name, value)?;
    let kept = PyString::new(value.py(), &text.to_lowercase()).into_any();
    Ok((text, kept))
}

/// The value of a kind, or `None`.
fn optional<'py, T>(
    name: &str,
    value: &Bound<'py, PyAny>,
    kind: impl FnOnce(&str, &Bound<'py, PyAny>) -> PyResult<Parsed<'py, T>>,
) -> PyResult<Parsed<'py, Option<T>>> {
    if value.is_none() {
        return Ok((None, value.clone()));
    }
    kind(name, value).map(|(parsed, kept)| (Some(parsed), kept))
}

pub(crate) fn optional_size<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Option<[usize; 2]>>> {
    optional(name, value, size)
}

pub(crate) fn optional_count<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Option<usize>>> {
    optional(name, value, count)
}

pub(crate) fn optional_number<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Option<f64>>> {
    optional(name, value, number)
}

/// Any number of real numbers: one number, an iterable of them (kept as a tuple), or `None`.
pub(crate) fn numbers<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Vec<f64>>> {
    if value.try_iter().is_err() {
        return optional_number(name, value)
            .map(|(number, kept)| (number.into_iter().collect(), kept));
    }
    let items = parse::sequence(name, "must be a number, or a few of them", value)?;
    number_tuple(name, value.py(), &items)
}

/// One real number for all `A` axes, or one per axis (kept as a tuple).
pub(crate) fn per_axis<'py, const A: usize>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, [f64; A]>> {
    if value.extract::<f64>().is_ok() {
        return number(name, value).map(|(number, kept)| ([number; A], kept));
    }
    let axes = if A == 3 { "x, y and z" } else { "x and y" };
    let wanted = format!("must be a number, or one each for {axes}");
    let items: [_; A] = parse::exactly(name, &wanted, value)?;
    let (numbers, kept) = number_tuple(name, value.py(), &items)?;
    Ok((std::array::from_fn(|axis| numbers[axis]), kept))
}

fn number_tuple<'py>(
    name: &str,
    py: Python<'py>,
    items: &[Bound<'py, PyAny>],
) -> PyResult<Parsed<'py, Vec<f64>>> {
    let numbers: Vec<_> =
        items.iter().map(|item| parse::number(name, item)).collect::<PyResult<_>>()?;
    let kept = items.iter().zip(&numbers).map(|(item, &number)| parse::plain_number(item, number));
    let kept = PyTuple::new(py, kept.collect::<Vec<_>>())?.into_any();
    Ok((numbers, kept))
}

/// Integers ≥ 0, kept as a tuple.
pub(crate) fn indices<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Vec<usize>>> {
    let indices = parse::indices(name, value)?;
    let kept = PyTuple::new(value.py(), &indices)?.into_any();
    Ok((indices, kept))
}

/// Indices of keypoints, kept as a tuple, or `None`. Negative ones count from the end.
pub(crate) fn keypoint_indices<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Option<Vec<isize>>>> {
    optional(name, value, |name, value| {
        let indices = parse::keypoint_indices(name, value)?;
        let kept = PyTuple::new(value.py(), &indices)?.into_any();
        Ok((indices, kept))
    })
}

/// The index of a keypoint, kept as an `int`, or several, kept as a tuple. Negative ones count from
/// the end.
pub(crate) fn keypoint_or_keypoints<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Vec<isize>>> {
    let py = value.py();
    if value.try_iter().is_ok() {
        let indices = parse::keypoint_indices(name, value)?;
        let kept = PyTuple::new(py, &indices)?.into_any();
        return Ok((indices, kept));
    }
    let wanted = "must be an index of a keypoint, or a tuple of them";
    let index: isize = parse::integer(name, wanted, value)?;
    Ok((vec![index], index.into_bound_py_any(py)?))
}

/// The keypoints whose mean is the root: one index (kept as an `int`), or several (as a tuple).
pub(crate) fn root<'py>(
    name: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Vec<usize>>> {
    const WANTED: &str = "must be the index of a keypoint, or a list of them";
    let py = value.py();
    let indices: Vec<usize> = match parse::integer(name, WANTED, value) {
        Ok(index) => vec![index],
        Err(error) if value.is_instance_of::<PyInt>() => return Err(error),
        Err(_) => parse::sequence(name, WANTED, value)?
            .iter()
            .map(|index| parse::integer(name, WANTED, index))
            .collect::<PyResult<_>>()?,
    };
    let kept = match indices[..] {
        [index] => index.into_bound_py_any(py)?,
        _ => PyTuple::new(py, &indices)?.into_any(),
    };
    Ok((indices, kept))
}

/// Several strings, kept as a tuple, or `None`.
pub(crate) fn strings<'py>(name: &str, value: &Bound<'py, PyAny>) -> PyResult<Parsed<'py, ()>> {
    let parsed = optional(name, value, |name, value| {
        let wanted = "must be a list of str";
        let items = parse::sequence(name, wanted, value)?;
        if !items.iter().all(PyAnyMethods::is_instance_of::<PyString>) {
            return Err(invalid(value.py(), name, wanted, parse::describe(value)));
        }
        Ok(((), PyTuple::new(value.py(), items)?.into_any()))
    });
    parsed.map(|(_, kept)| ((), kept))
}

/// An array that `build` reads, because it needs other arguments for that. `build` keeps it, too.
pub(crate) fn array<'py>(
    _: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Parsed<'py, Bound<'py, PyAny>>> {
    Ok((value.clone(), value.py().None().into_bound(value.py())))
}
