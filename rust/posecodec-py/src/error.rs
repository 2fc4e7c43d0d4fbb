//! Rust errors to Python's.

use pyo3::exceptions::{PyAssertionError, PyException, PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

const DOCUMENTATION: &str = "\
An argument has a value, a shape or a type that has no meaning here.

The message names the argument, what was wanted and what came. It is a ``ValueError`` and an
``AssertionError``, because MMPose raises the one or the other for wrong input.";

static INVALID_INPUT: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// The Python class `InvalidInputError`: a `ValueError` and an `AssertionError`, as MMPose raises
/// the one or the other for wrong input.
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

/// An `InvalidInputError` with this message.
fn invalid_input(py: Python<'_>, message: String) -> PyErr {
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

/// The Python exception for a Rust error.
pub(crate) fn raise(py: Python<'_>, error: &posecodec::Error) -> PyErr {
    match error {
        posecodec::Error::OutOfMemory { .. } => PyMemoryError::new_err(error.to_string()),
        _ => invalid_input(py, error.to_string()),
    }
}

/// The same error, as the cause of an `InvalidInputError`, where the conversion of an argument
/// failed because of what it is; other errors (memory, interrupts) are handed on.
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
