//! New arrays, or the caller's in `out`.

use numpy::{Element, PyArrayDyn};
use posecodec::codecs::Init;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::convert::{fresh, writable};
use crate::error::invalid;

/// A new array, or the caller's.
pub(crate) fn array<'py, T: Element>(
    py: Python<'py>,
    name: &str,
    shape: &[usize],
    given: Option<&Bound<'py, PyAny>>,
    memory: Init,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    match given {
        None => fresh(py, name, shape, memory),
        Some(given) => writable(given, &format!("out['{name}']"), shape),
    }
}

/// The arrays of `out` by these names, in their order; beside them it may only hold some others.
pub(crate) fn named_arrays<'py>(
    out: &Bound<'py, PyAny>,
    names: &[&str],
    others: &[&str],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = out.py();
    let wanted = format!("must be a dict of arrays {names:?}");
    let Ok(dict) = out.cast::<PyDict>() else {
        return Err(invalid(py, "out", &wanted, out.get_type()));
    };
    let mut arrays = Vec::new();
    for name in names {
        match dict.get_item(name)? {
            Some(array) => arrays.push(array),
            None => return Err(invalid(py, "out", &wanted, format_args!("none for '{name}'"))),
        }
    }
    if dict.len() > names.len() {
        for key in dict.keys() {
            let known = key.cast::<PyString>().is_ok_and(|key| {
                key.to_cow().is_ok_and(|key| names.contains(&&*key) || others.contains(&&*key))
            });
            if !known {
                return Err(invalid(py, "out", &wanted, format_args!("one for {}", key.repr()?)));
            }
        }
    }
    Ok(arrays)
}
