//! The arguments `out` and `dtype` of encoders.

use half::f16;
use numpy::{Element, PyArrayDescr, PyArrayDescrMethods};
use posecodec::codecs::slices::{Output, Source};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::convert::array_of_out;
use crate::error::{conversion_error, invalid};

/// Where the outputs of a call are written.
#[derive(Clone, Copy)]
pub(crate) struct Out<'a, 'py> {
    /// The caller's dict.
    pub(crate) out: Option<&'a Bound<'py, PyAny>>,
    /// Of the outputs that the core computes in single precision.
    pub(crate) precision: Precision,
}

impl<'a, 'py> From<Option<&'a Bound<'py, PyAny>>> for Out<'a, 'py> {
    fn from(out: Option<&'a Bound<'py, PyAny>>) -> Self {
        Self { out, precision: Precision::Single }
    }
}

/// The dtype of targets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// float32.
    Single,
    /// float16.
    Half,
}

impl Precision {
    /// Reads the argument `dtype`.
    pub(crate) fn read(dtype: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = dtype.py();
        let wanted = "must be float32 or float16";
        let read = PyArrayDescr::new(py, dtype)
            .map_err(|cause| conversion_error(py, "dtype", wanted, cause))?;
        if read.is_equiv_to(&f32::get_dtype(py)) {
            Ok(Self::Single)
        } else if read.is_equiv_to(&f16::get_dtype(py)) {
            Ok(Self::Half)
        } else {
            Err(invalid(py, "dtype", wanted, read))
        }
    }
}

/// The arrays of `out`, or the memory of its tensors, in the order of the plan. It must have these and no others, but may have items
/// that are not arrays.
pub(super) fn arrays_of_out<'py>(
    out: &Bound<'py, PyAny>,
    plan: &[Output],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = out.py();
    let names: Vec<_> =
        plan.iter().filter(|output| is_array(output)).map(|output| output.name).collect();
    let wanted = format!("must be a dict of arrays {names:?}");
    let Ok(dict) = out.cast::<PyDict>() else {
        return Err(invalid(py, "out", &wanted, out.get_type()));
    };
    let mut arrays = Vec::new();
    for name in &names {
        match dict.get_item(name)? {
            Some(array) => arrays.push(array_of_out(array, &format!("out['{name}']"))?),
            None => return Err(invalid(py, "out", &wanted, format_args!("none for '{name}'"))),
        }
    }
    if dict.len() > names.len() {
        for key in dict.keys() {
            let known = key.cast::<PyString>().is_ok_and(|key| {
                key.to_cow().is_ok_and(|key| plan.iter().any(|output| output.name == &*key))
            });
            if !known {
                return Err(invalid(py, "out", &wanted, format_args!("one for {}", key.repr()?)));
            }
        }
    }
    Ok(arrays)
}

/// Whether an output is an array, which `out` then has too.
pub(super) fn is_array(output: &Output) -> bool {
    !matches!(output.source, Source::Value(_))
}
