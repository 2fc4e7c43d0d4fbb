//! Errors of the crate as Python exceptions.

use pyo3::exceptions::{PyAssertionError, PyException, PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

const DOCUMENTATION: &str = "\
An argument has a wrong value, shape or type.

The message names the argument, what it must be and what it is. The class is a ``ValueError`` and an
``AssertionError``, because MMPose raises one or the other for wrong input.";

static INVALID_INPUT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The Python class `InvalidInputError`.
pub(crate) fn invalid_input_type(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    let class = INVALID_INPUT.get_or_try_init(py, || {
        let bases = (py.get_type::<PyValueError>(), py.get_type::<PyAssertionError>());
        let body = PyDict::new(py);
        body.set_item("__module__", "posecodec_rs")?;
        body.set_item("__doc__", DOCUMENTATION)?;
        let class = py.get_type::<PyType>().call1(("InvalidInputError", bases, body))?;
        Ok::<_, PyErr>(class.cast_into::<PyType>()?.unbind())
    })?;
    Ok(class.bind(py))
}

/// An error of a call: the crate's, or one that is a Python exception already. `?` converts both,
/// and a function that returns this `Result` can be called with `?` from one that returns
/// `PyResult`.
#[derive(Debug)]
pub(crate) enum Error {
    Core(posecodec::Error),
    Python(PyErr),
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl From<posecodec::Error> for Error {
    fn from(error: posecodec::Error) -> Self {
        Self::Core(error)
    }
}

impl From<PyErr> for Error {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl From<pyo3::CastError<'_, '_>> for Error {
    fn from(error: pyo3::CastError<'_, '_>) -> Self {
        Self::Python(error.into())
    }
}

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        match error {
            Error::Core(error) => Python::attach(|py| to_py_err(py, &error)),
            Error::Python(error) => error,
        }
    }
}

/// The Python exception for an error of the crate.
pub(crate) fn to_py_err(py: Python<'_>, error: &posecodec::Error) -> PyErr {
    match error {
        posecodec::Error::OutOfMemory { .. } => PyMemoryError::new_err(error.to_string()),
        _ => invalid_input(py, error.to_string()),
    }
}

/// An `InvalidInputError` with this message.
pub(crate) fn invalid_input(py: Python<'_>, message: String) -> PyErr {
    match invalid_input_type(py) {
        Ok(class) => PyErr::from_type(class.clone(), message),
        Err(error) => error,
    }
}

/// An `InvalidInputError` about one argument: "`argument` wanted, but got `got`".
pub(crate) fn invalid(
    py: Python<'_>,
    argument: &str,
    wanted: &str,
    got: impl std::fmt::Display,
) -> PyErr {
    invalid_input(py, format!("`{argument}` {wanted}, but got {got}"))
}

/// An `InvalidInputError` caused by `cause`, if that is an ordinary exception of converting an
/// argument. Other errors (`MemoryError`, `KeyboardInterrupt`) are returned unchanged.
pub(crate) fn conversion_error(
    py: Python<'_>,
    argument: &str,
    wanted: &str,
    cause: PyErr,
) -> PyErr {
    let ordinary =
        cause.is_instance_of::<PyException>(py) && !cause.is_instance_of::<PyMemoryError>(py);
    if !ordinary {
        return cause;
    }
    let error = invalid(py, argument, wanted, cause.value(py));
    error.set_cause(py, Some(cause));
    error
}
