//! The arguments of a constructor call: parsed, and kept for `repr`, `==` and pickling.

use pyo3::Borrowed;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

/// An optional argument. Unlike `Option`, it distinguishes *omitted* from an explicit `None`, which
/// most arguments reject.
pub(crate) struct OptionalArg<'py>(Option<Bound<'py, PyAny>>);

impl<'py> OptionalArg<'py> {
    /// Omitted.
    pub(crate) const DEFAULT: Self = Self(None);

    /// The value, unless the argument was omitted.
    pub(crate) fn value(&self) -> Option<&Bound<'py, PyAny>> {
        self.0.as_ref()
    }

    /// The value, or the default as a Python object.
    pub(crate) fn or(
        self,
        py: Python<'py>,
        default: impl IntoPyObject<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match self.0 {
            Some(value) => Ok(value),
            None => default.into_bound_py_any(py),
        }
    }

    /// The value as `parse` reads it, or the default.
    pub(crate) fn parse_or<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str, &Bound<'py, PyAny>) -> PyResult<T>,
        default: T,
    ) -> PyResult<T> {
        self.value().map_or(Ok(default), |value| parse(name, value))
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for OptionalArg<'py> {
    type Error = std::convert::Infallible;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(Some(object.to_owned())))
    }
}

/// A parsed argument: its value, and the object that the constructor keeps.
pub(crate) type Parsed<'py, T> = (T, Bound<'py, PyAny>);

/// The arguments of one constructor call, in order.
pub(crate) struct Arguments<'py> {
    values: Bound<'py, PyDict>,
}

impl<'py> Arguments<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        Self { values: PyDict::new(py) }
    }

    pub(crate) fn py(&self) -> Python<'py> {
        self.values.py()
    }

    /// Keeps an argument and returns its value. A second call with the same name replaces the kept
    /// object and leaves its position.
    pub(crate) fn keep<T>(
        &self,
        name: &Bound<'py, PyString>,
        (value, kept): Parsed<'py, T>,
    ) -> PyResult<T> {
        self.values.set_item(name, kept)?;
        Ok(value)
    }

    /// The arguments by name.
    pub(crate) fn into_dict(self) -> Bound<'py, PyDict> {
        self.values
    }
}

/// The arguments as a call shows them: `name=value, ...`.
pub(crate) fn describe_call(arguments: &Bound<'_, PyDict>) -> PyResult<String> {
    let mut shown = Vec::new();
    for (name, value) in arguments {
        shown.push(format!("{}={}", name, value.repr()?));
    }
    Ok(shown.join(", "))
}

/// The arguments as a tuple of (name, value), which can be hashed.
pub(crate) fn items<'py>(arguments: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(arguments.py(), arguments.items())
}
