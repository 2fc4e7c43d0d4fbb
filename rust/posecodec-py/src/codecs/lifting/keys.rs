//! `auxiliary_encode_keys` of a class whose instances may have more of them.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PySet, PyType};

use crate::class::argument;

/// An attribute: of the class a set of names, of an instance these and the names that its argument
/// ``additional_encode_keys`` adds.
#[pyclass(module = "posecodec_rs._core", frozen)]
struct AuxiliaryEncodeKeys {
    keys: Py<PyFrozenSet>,
}

/// The attribute for these names of the class.
pub(super) fn extensible_keys(py: Python<'_>, names: &[&str]) -> PyResult<Py<PyAny>> {
    let keys = PyFrozenSet::new(py, names)?.unbind();
    Ok(Py::new(py, AuxiliaryEncodeKeys { keys })?.into_any())
}

#[pymethods]
impl AuxiliaryEncodeKeys {
    /// A new set: changes to it do not reach other codecs.
    fn __get__<'py>(
        &self,
        py: Python<'py>,
        instance: Option<&Bound<'py, PyAny>>,
        _owner: Option<&Bound<'py, PyType>>,
    ) -> PyResult<Bound<'py, PySet>> {
        let keys = PySet::empty(py)?;
        for key in self.keys.bind(py) {
            keys.add(key)?;
        }
        if let Some(instance) = instance {
            let more = argument(instance, intern!(py, "additional_encode_keys"))?;
            if !more.is_none() {
                for key in more.try_iter()? {
                    keys.add(key?)?;
                }
            }
        }
        Ok(keys)
    }
}
