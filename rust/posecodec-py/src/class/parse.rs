//! Reads scalars, sizes, indices and strings from Python objects. `name` is the argument's name in
//! the error message.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString};

use crate::error::{conversion_error, invalid};

/// Maximum number of indices in an argument: more than any skeleton has keypoints.
const MAX_INDICES: usize = 1 << 16;

/// An integer of type `I`. Booleans are rejected.
pub(crate) fn integer<'py, I>(name: &str, wanted: &str, value: &Bound<'py, PyAny>) -> PyResult<I>
where
    I: for<'a> FromPyObject<'a, 'py>,
{
    let number = if value.is_instance_of::<PyBool>() { None } else { value.extract().ok() };
    number.ok_or_else(|| invalid(value.py(), name, wanted, describe(value)))
}

/// An integer ≥ 0; codecs reject 0 where it has no meaning.
pub(crate) fn count(name: &str, value: &Bound<'_, PyAny>) -> PyResult<usize> {
    integer(name, "must be a positive integer", value)
}

/// A real number. Booleans and strings are rejected.
pub(crate) fn number(name: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    let no_number = value.is_instance_of::<PyBool>() || value.is_instance_of::<PyString>();
    let number = if no_number { None } else { value.extract().ok() };
    number.ok_or_else(|| invalid(value.py(), name, "must be a number", describe(value)))
}

/// A boolean: Python's, NumPy's, or 0 or 1.
pub(crate) fn flag(name: &str, value: &Bound<'_, PyAny>) -> PyResult<bool> {
    match value.extract::<bool>().or(value.extract::<u8>().map(|number| number == 1)) {
        Ok(flag) if value.eq(flag)? => Ok(flag),
        _ => Err(invalid(value.py(), name, "must be a bool", describe(value))),
    }
}

/// A string. Lone surrogates are replaced, so they never match an option.
pub(crate) fn string(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    match value.cast::<PyString>() {
        Ok(text) => Ok(text.to_string_lossy().into_owned()),
        Err(_) => Err(invalid(value.py(), name, "must be a str", describe(value))),
    }
}

/// A size `[w, h]` or `[w, h, d]`.
pub(crate) fn size<const N: usize>(name: &str, value: &Bound<'_, PyAny>) -> PyResult<[usize; N]> {
    let wanted = if N == 3 {
        "must be (w, h, d), three positive integers"
    } else {
        "must be (w, h), two positive integers"
    };
    let sides: [_; N] = exactly(name, wanted, value)?;
    let mut size = [0; N];
    for (side, value) in size.iter_mut().zip(&sides) {
        *side = integer(name, wanted, value)?;
    }
    Ok(size)
}

/// Integers ≥ 0.
pub(crate) fn indices(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
    let wanted = "must be a list of integers";
    let items = items_up_to(MAX_INDICES, name, wanted, value)?;
    items.iter().map(|item| integer(name, wanted, item)).collect()
}

/// Indices of keypoints. Negative ones count from the end.
pub(crate) fn keypoint_indices(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Vec<isize>> {
    let wanted = "must be integer keypoint indices";
    let items = items_up_to(MAX_INDICES, name, wanted, value)?;
    items.iter().map(|item| integer(name, wanted, item)).collect()
}

/// The items of an iterable that is not a string: a tuple, a list, an array. At most 16.
pub(crate) fn sequence<'py>(
    name: &str,
    wanted: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    items_up_to(16, name, wanted, value)
}

/// Exactly `N` items.
pub(crate) fn exactly<'py, const N: usize>(
    name: &str,
    wanted: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<[Bound<'py, PyAny>; N]> {
    let items = sequence(name, wanted, value)?;
    items.try_into().map_err(|items: Vec<_>| {
        invalid(value.py(), name, wanted, format_args!("{} values", items.len()))
    })
}

/// The items of an iterable, at most `max`: an infinite iterator fails instead of hanging.
pub(crate) fn items_up_to<'py>(
    max: usize,
    name: &str,
    wanted: &str,
    value: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = value.py();
    if value.is_instance_of::<PyString>() || value.try_iter().is_err() {
        return Err(invalid(py, name, wanted, describe(value)));
    }
    let items: PyResult<Vec<_>> = value.try_iter()?.take(max + 1).collect();
    let items = items.map_err(|cause| conversion_error(py, name, wanted, cause))?;
    if items.len() > max {
        return Err(invalid(py, name, wanted, format_args!("more than {max}")));
    }
    Ok(items)
}

/// A number as a constructor keeps it: unchanged if it is an `int` or a `float`, else as a `float`
/// (the `repr` of NumPy's scalars is not a plain number).
pub(crate) fn plain_number<'py>(value: &Bound<'py, PyAny>, number: f64) -> Bound<'py, PyAny> {
    if value.is_exact_instance_of::<PyInt>() || value.is_exact_instance_of::<PyFloat>() {
        value.clone()
    } else {
        PyFloat::new(value.py(), number).into_any()
    }
}

/// A value in an error message: its `repr`, or its type if the `repr` fails or is long.
pub(crate) fn describe(value: &Bound<'_, PyAny>) -> String {
    const MAX_CHARS: usize = 80;
    match value.repr().and_then(|text| Ok(text.to_cow()?.into_owned())) {
        Ok(text) if text.chars().count() <= MAX_CHARS => text,
        _ => format!("a {}", value.get_type().name().map_or("?".into(), |name| name.to_string())),
    }
}
