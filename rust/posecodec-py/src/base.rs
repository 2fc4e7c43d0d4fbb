//! `BaseKeypointCodec`: what all codecs have in common, written once.

use std::sync::OnceLock;

use pyo3::exceptions::{PyNotImplementedError, PyRuntimeError, PyTypeError};
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple, PyType};
use pyo3::{PyClass, PyTraverseError};

use crate::arguments::{Arguments, describe_call, items};

/// The base class of all keypoint codecs.
///
/// A codec turns keypoints into training targets (``encode``) and what a network answers back into
/// keypoints (``decode``). A codec written in Python derives from this class and implements both.
///
/// A codec never changes once it is made, so threads may share it, and it travels by pickle. Two
/// are equal when they are of one class and were made with equal arguments.
///
/// Dimensions: N instances, K keypoints, D coordinates (``[x, y]``), B samples in a batch. Sizes
/// are ``[w, h]``; arrays are ``(H, W)``. Keypoints are in pixels of the network's input.
#[pyclass(module = "posecodec_rs", subclass, frozen, weakref)]
pub(crate) struct BaseKeypointCodec {
    made: OnceLock<Made>,
}

/// How a codec was made.
struct Made {
    /// The codec's class in this module, whose `__init__` takes the arguments.
    class: Py<PyType>,
    arguments: Py<PyDict>,
}

/// What a codec's `__init__` makes, kept once.
///
/// `__init__`, not `__new__`, takes the arguments, so that a Python subclass may have others.
pub(crate) struct InitOnce<C>(OnceLock<C>);

impl<C> InitOnce<C> {
    pub(crate) fn empty() -> Self {
        Self(OnceLock::new())
    }

    /// What `__init__` made.
    pub(crate) fn get(&self) -> PyResult<&C> {
        self.0.get().ok_or_else(not_made)
    }

    /// Ends an `__init__`: keeps the codec here and its arguments in the base.
    pub(crate) fn fill<'py, T: PyClass>(
        &self,
        slf: &Bound<'py, T>,
        arguments: Arguments<'py>,
        codec: C,
    ) -> PyResult<()> {
        let py = slf.py();
        let base = slf.as_any().cast::<BaseKeypointCodec>()?.get();
        let made =
            Made { class: py.get_type::<T>().unbind(), arguments: arguments.into_dict().unbind() };
        let first = base.made.set(made).is_ok() && self.0.set(codec).is_ok();
        if first { Ok(()) } else { Err(PyRuntimeError::new_err("a codec cannot be made anew")) }
    }
}

fn not_made() -> PyErr {
    PyRuntimeError::new_err("this codec's __init__ was not called: call super().__init__(...)")
}

/// The argument of this name that a codec was made with.
pub(crate) fn argument<T: PyClass>(slf: &Bound<'_, T>, name: &str) -> PyResult<Py<PyAny>> {
    argument_of(slf.as_any(), name)
}

/// The same of a codec of whatever class.
pub(crate) fn argument_of(codec: &Bound<'_, PyAny>, name: &str) -> PyResult<Py<PyAny>> {
    let made = codec.cast::<BaseKeypointCodec>()?.get().made.get().ok_or_else(not_made)?;
    Ok(made.arguments.bind(codec.py()).as_any().get_item(name)?.unbind())
}

/// A codec of class `C`, made with some of the arguments that another was made with.
pub(crate) fn part<'py, C: PyClass, T: PyClass>(
    slf: &Bound<'py, T>,
    names: &[&str],
) -> PyResult<Bound<'py, PyAny>> {
    let arguments = PyDict::new(slf.py());
    for name in names {
        arguments.set_item(name, argument(slf, name)?)?;
    }
    slf.py().get_type::<C>().call((), Some(&arguments))
}

/// A mapping table that keeps the names.
pub(crate) fn identity_table(py: Python<'_>, names: &[&str]) -> PyResult<Py<PyDict>> {
    let table = PyDict::new(py);
    for name in names {
        table.set_item(name, name)?;
    }
    Ok(table.unbind())
}

/// A mapping table, name by name.
pub(crate) fn table(py: Python<'_>, names: &[(&str, &str)]) -> PyResult<Py<PyDict>> {
    let table = PyDict::new(py);
    for (name, there) in names {
        table.set_item(name, there)?;
    }
    Ok(table.unbind())
}

/// A set of names.
pub(crate) fn names(py: Python<'_>, names: &[&str]) -> PyResult<Py<PySet>> {
    Ok(PySet::new(py, names)?.unbind())
}

impl BaseKeypointCodec {
    /// A new object of a class derived from this one, before its `__init__`.
    pub(crate) fn derived<C: PyClass<BaseType = Self>>(codec: C) -> PyClassInitializer<C> {
        PyClassInitializer::from(Self { made: OnceLock::new() }).add_subclass(codec)
    }

    fn arguments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match self.made.get() {
            Some(made) => Ok(made.arguments.bind(py).clone()),
            None => Ok(PyDict::new(py)), // a codec written in Python, which keeps its own
        }
    }
}

#[pymethods]
impl BaseKeypointCodec {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(
        class: &Bound<'_, PyType>,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let py = class.py();
        let base = py.get_type::<Self>();
        for method in [intern!(py, "encode"), intern!(py, "decode")] {
            if class.getattr(method)?.is(&base.getattr(method)?) {
                let name = class.name()?;
                let message = format!("Can't instantiate abstract class {name} without {method}");
                return Err(PyTypeError::new_err(message));
            }
        }
        Ok(Self { made: OnceLock::new() })
    }

    /// Auxiliary arguments of ``encode`` beyond keypoints and visibilities.
    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        Ok(PySet::empty(py)?.unbind())
    }

    /// Which encoded items become ``gt_fields``, by their names there.
    #[classattr]
    fn field_mapping_table(py: Python<'_>) -> Py<PyDict> {
        PyDict::new(py).unbind()
    }

    /// Which encoded items become ``gt_instances``, by their names there.
    #[classattr]
    fn instance_mapping_table(py: Python<'_>) -> Py<PyDict> {
        PyDict::new(py).unbind()
    }

    /// Which encoded items become ``gt_instance_labels``, by their names there.
    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> Py<PyDict> {
        PyDict::new(py).unbind()
    }

    /// Turns the keypoints of one sample into targets: keypoints (N, K, D) in input pixels and
    /// visibilities (N, K) become a dict of arrays.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn encode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("encode"))
    }

    /// Turns what a network answered for one sample back into keypoints (N, K, D) in input pixels
    /// and scores (N, K).
    #[pyo3(signature = (*_args, **_kwargs))]
    fn decode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("decode"))
    }

    /// ``encode`` for a batch: keypoints (B, N, K, D) and visibilities (B, N, K) become a dict of
    /// arrays with a leading B.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn batch_encode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("batch_encode"))
    }

    /// ``decode`` for a batch: what it takes with a leading B becomes keypoints (B, N, K, D) and
    /// scores (B, N, K).
    #[pyo3(signature = (*_args, **_kwargs))]
    fn batch_decode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("batch_decode"))
    }

    /// Whether the codec implements ``batch_decode``; MMPose's heads ask.
    #[getter]
    fn support_batch_decoding(slf: &Bound<'_, Self>) -> PyResult<bool> {
        let py = slf.py();
        let method = intern!(py, "batch_decode");
        let base = py.get_type::<Self>().getattr(method)?;
        Ok(!slf.get_type().getattr(method)?.is(&base))
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let arguments = describe_call(&slf.get().arguments(slf.py())?)?;
        Ok(format!("{}({arguments})", slf.get_type().name()?))
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        if slf.is(other) {
            return Ok(true.into_pyobject(py)?.to_owned().into_any().unbind());
        }
        let Some(other) = other.cast::<Self>().ok().filter(|_| {
            // Codecs written in Python keep their arguments to themselves and compare as objects.
            slf.get().made.get().is_some() && slf.get_type().is(other.get_type())
        }) else {
            return Ok(py.NotImplemented());
        };
        let equal = slf.get().arguments(py)?.eq(other.get().arguments(py)?)?;
        Ok(equal.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        let py = slf.py();
        match slf.get().made.get() {
            Some(made) => {
                (slf.get_type(), items(made.arguments.bind(py))?).into_pyobject(py)?.hash()
            }
            None => Ok(slf.as_ptr() as isize >> 4),
        }
    }

    /// For pickle and copy: the class, its arguments and what a subclass keeps beside them.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let rebuild = py.import("posecodec_rs._core")?.getattr(intern!(py, "_rebuild"))?;
        // A copy: what is done to it must not reach the codec, which never changes.
        let try_to_vec =
            |made: &Made| PyResult::Ok((made.class.clone_ref(py), made.arguments.bind(py).copy()?));
        let made = slf.get().made.get().map(try_to_vec).transpose()?;
        let state = match slf.getattr_opt(intern!(py, "__getstate__"))? {
            Some(get_state) => get_state.call0()?,
            // Before CPython 3.11 objects have none of their own.
            None => slf
                .getattr_opt(intern!(py, "__dict__"))?
                .unwrap_or_else(|| py.None().into_bound(py)),
        };
        (rebuild, (slf.get_type(), made), state).into_pyobject(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(made) = self.made.get() {
            visit.call(&made.class)?;
            visit.call(&made.arguments)?;
        }
        Ok(())
    }
}

/// Makes a codec again from what `BaseKeypointCodec.__reduce__` kept; a subclass's `__init__`,
/// which may take other arguments, is not called.
#[pyfunction(name = "_rebuild")]
pub(crate) fn rebuild<'py>(
    cls: &Bound<'py, PyType>,
    made: Option<(Bound<'py, PyType>, Bound<'py, PyDict>)>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = cls.py();
    let codec = cls.call_method1(intern!(py, "__new__"), (cls,))?;
    if let Some((native, arguments)) = made {
        native.getattr(intern!(py, "__init__"))?.call((&codec,), Some(&arguments))?;
    }
    Ok(codec)
}
