//! What an `encode` answers with: new arrays, or the caller's in `out`.

use numpy::{Element, PyArrayDyn, PyUntypedArray, PyUntypedArrayMethods};
use posecodec::codecs::{Init, Target};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::convert::{check_no_overlap, fresh, room_for, try_with_capacity, writable, writable_as};
use crate::error::{conversion_error, invalid};

/// Further items of an answer, which the core does not fill: small arrays, lists.
pub(crate) type ExtraItem<'py> = (&'static str, Bound<'py, PyAny>);

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

/// Whether a further item is an array, which `out` then holds too.
fn is_array(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyUntypedArray>()
}

/// Checks that the caller's arrays can take the further ones.
pub(crate) fn check_further<'py>(
    further: &[ExtraItem<'py>],
    given: &[Bound<'py, PyAny>],
) -> PyResult<()> {
    let arrays = further.iter().filter(|(_, value)| is_array(value));
    for ((name, value), given) in arrays.zip(given) {
        let array = value.cast::<PyUntypedArray>()?;
        writable_as(given, &format!("out['{name}']"), array.shape(), &array.dtype())?;
    }
    Ok(())
}

/// The arrays of `out`, in the order of the targets and further ones; it must hold these and no
/// others, but for further items that are no arrays.
pub(crate) fn given_arrays<'py>(
    out: &Bound<'py, PyAny>,
    targets: &[Target],
    further: &[ExtraItem<'py>],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let (arrays, others): (Vec<_>, Vec<_>) = further.iter().partition(|(_, value)| is_array(value));
    let names: Vec<_> = targets
        .iter()
        .map(|target| target.name)
        .chain(arrays.iter().map(|(name, _)| *name))
        .collect();
    let others: Vec<_> = others.iter().map(|(name, _)| *name).collect();
    named_arrays(out, &names, &others)
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

/// An answer of further items alone: a new dict, or the caller's arrays filled.
pub(crate) fn answer<'py>(
    py: Python<'py>,
    further: &[ExtraItem<'py>],
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = match out {
        None => PyDict::new(py),
        Some(out) => {
            let given = given_arrays(out, &[], further)?;
            check_further(further, &given)?;
            check_no_overlap(&given)?;
            out.cast::<PyDict>()?.clone()
        }
    };
    put(&dict, further, out.is_some())?;
    Ok(dict)
}

/// Puts further items into an answer: into the arrays there where they are the caller's.
pub(crate) fn put<'py>(
    dict: &Bound<'py, PyDict>,
    further: &[ExtraItem<'py>],
    into: bool,
) -> PyResult<()> {
    for (name, value) in further {
        if into && is_array(value) {
            dict.as_any().get_item(name)?.set_item(dict.py().Ellipsis(), value)?;
        } else {
            dict.set_item(name, value)?;
        }
    }
    Ok(())
}

/// Answers for images whose shapes differ: `encode` gets an image's part of each argument, and what
/// it says under each of the names becomes a list.
pub(crate) fn map_images<'py, const A: usize>(
    py: Python<'py>,
    arguments: [(&str, Option<&Bound<'py, PyAny>>); A],
    names: &[&str],
    encode: impl Fn([Option<Bound<'py, PyAny>>; A]) -> PyResult<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    let given = arguments.iter().filter_map(|(name, value)| Some((name, (*value)?)));
    let mut images = None;
    for (name, value) in given {
        let wanted = "must hold an item an image";
        let count = value.len().map_err(|cause| conversion_error(py, name, wanted, cause))?;
        if images.is_some_and(|images| images != count) {
            let got = format!("{count} for {} images", images.unwrap_or(0));
            return Err(invalid(py, name, wanted, got));
        }
        images = Some(count);
    }
    let lists: Vec<_> = names.iter().map(|_| PyList::empty(py)).collect();
    for image in 0..images.unwrap_or(0) {
        let mut part = arguments.map(|_| None);
        for (part, (name, value)) in part.iter_mut().zip(arguments) {
            let item = value.map(|value| value.get_item(image)).transpose();
            let wanted = "must hold an item an image";
            *part = item.map_err(|cause| conversion_error(py, name, wanted, cause))?;
        }
        let answer = encode(part)?;
        for (list, name) in lists.iter().zip(names) {
            list.append(answer.as_any().get_item(name)?)?;
        }
    }
    let dict = PyDict::new(py);
    for (list, name) in lists.into_iter().zip(names) {
        dict.set_item(name, list)?;
    }
    Ok(dict)
}

/// The images of an argument that holds them one by one; none where it is an array of them all.
pub(crate) fn images<'py>(
    argument: &Bound<'py, PyAny>,
) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    if !is_list(Some(argument)) {
        return Ok(None);
    }
    // An image's arrays and slices take some hundred bytes.
    room_for(argument.len()?.saturating_mul(16))?;
    argument.try_iter()?.collect::<PyResult<_>>().map(Some)
}

/// The images of an argument that holds them one by one or as an array. What has no length may have no
/// end, and is refused.
pub(crate) fn each<'py>(
    argument: &Bound<'py, PyAny>,
    name: &str,
    wanted: &str,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = argument.py();
    let (Ok(count), Ok(items)) = (argument.len(), argument.try_iter()) else {
        return Err(invalid(py, name, wanted, argument.get_type()));
    };
    let mut images = try_with_capacity(count)?;
    for item in items.take(count) {
        images.push(item.map_err(|cause| conversion_error(py, name, wanted, cause))?);
    }
    Ok(images)
}

/// Whether an argument holds images one by one: a list or a tuple, of arrays of any shapes.
pub(crate) fn is_list(argument: Option<&Bound<'_, PyAny>>) -> bool {
    argument.is_some_and(|argument| {
        argument.is_instance_of::<PyList>() || argument.is_instance_of::<PyTuple>()
    })
}
