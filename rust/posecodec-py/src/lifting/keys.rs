//! `auxiliary_encode_keys` where an instance may have more of them than its class.

use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PySet, PyType};

use crate::base::argument_of;

/// An attribute that is a set of names of the class, and on an instance those and the names that
/// its argument ``additional_encode_keys`` adds.
#[pyclass(module = "posecodec_rs._core", frozen)]
pub(crate) struct AuxiliaryEncodeKeys {
    keys: Py<PyFrozenSet>,
}

impl AuxiliaryEncodeKeys {
    pub(crate) fn new(py: Python<'_>, keys: &[&str]) -> PyResult<Self> {
        Ok(Self { keys: PyFrozenSet::new(py, keys)?.unbind() })
    }
}

#[pymethods]
impl AuxiliaryEncodeKeys {
    /// A set of the caller's own: what is done to it does not reach other codecs.
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
            let more = argument_of(instance, "additional_encode_keys")?;
            if !more.is_none(py) {
                for key in more.bind(py).try_iter()? {
                    keys.add(key?)?;
                }
            }
        }
        Ok(keys)
    }
}
