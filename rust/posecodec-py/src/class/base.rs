//! `BaseKeypointCodec`, and the functions that [`codec_class!`](super::codec_class) calls.

use std::sync::OnceLock;

use pyo3::exceptions::{PyNotImplementedError, PyRuntimeError, PyTypeError};
use pyo3::gc::PyVisit;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyString, PyTuple, PyType};
use pyo3::{PyClass, PyTraverseError};

use super::arguments::{Arguments, describe_call, items};

/// The base class of all keypoint codecs.
///
/// A codec turns keypoints into training targets (``encode``) and network outputs back into
/// keypoints (``decode``). A codec written in Python derives from this class and implements both.
///
/// A codec is immutable, so threads can share it, and it can be pickled. Two codecs are equal if
/// they have the same class and were constructed with equal arguments.
///
/// Dimensions: N instances, K keypoints, D coordinates (``[x, y]``), B samples in a batch. Sizes
/// are ``[w, h]``; arrays are ``(H, W)``. Keypoints are in pixels of the network's input.
#[pyclass(module = "posecodec_rs", subclass, frozen, weakref)]
pub(crate) struct BaseKeypointCodec {
    init: OnceLock<InitArgs>,
}

/// The call of `__init__` that constructed a codec.
struct InitArgs {
    /// The codec's class in this module, whose `__init__` takes the arguments.
    class: Py<PyType>,
    arguments: Py<PyDict>,
}

/// The Rust codec of a Python object, set once by `__init__`.
///
/// `__init__`, not `__new__`, takes the arguments, so that a Python subclass may have others.
pub(crate) struct InitOnce<C>(OnceLock<C>);

impl<C> InitOnce<C> {
    pub(crate) fn empty() -> Self {
        Self(OnceLock::new())
    }

    /// The codec.
    pub(crate) fn get(&self) -> PyResult<&C> {
        self.0.get().ok_or_else(not_initialized)
    }

    /// Ends an `__init__`: sets the codec here and the arguments in the base class.
    pub(crate) fn set<'py, T: PyClass>(
        &self,
        slf: &Bound<'py, T>,
        arguments: Arguments<'py>,
        codec: C,
    ) -> PyResult<()> {
        let class = slf.py().get_type::<T>().unbind();
        let init = InitArgs { class, arguments: arguments.into_dict().unbind() };
        let base = slf.as_any().cast::<BaseKeypointCodec>()?.get();
        if base.init.set(init).is_ok() && self.0.set(codec).is_ok() {
            Ok(())
        } else {
            Err(PyRuntimeError::new_err("__init__ must be called once, but the codec has one"))
        }
    }
}

fn not_initialized() -> PyErr {
    PyRuntimeError::new_err("this codec's __init__ was not called: call super().__init__(...)")
}

/// The argument with this name that a codec of any class was constructed with.
pub(crate) fn argument<'py, T>(
    codec: &Bound<'py, T>,
    name: &Bound<'py, PyString>,
) -> PyResult<Bound<'py, PyAny>> {
    let base = codec.as_any().cast::<BaseKeypointCodec>()?;
    let init = base.get().init.get().ok_or_else(not_initialized)?;
    init.arguments.bind(codec.py()).as_any().get_item(name)
}

/// An argument that is kept as a tuple, as a list: the type of MMPose's attribute.
pub(crate) fn list<'py, T>(
    _: &Bound<'py, T>,
    kept: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(if kept.is_none() { kept } else { kept.cast::<PyTuple>()?.to_list().into_any() })
}

/// A codec of class `C`, constructed with some of the arguments of another.
pub(crate) fn sub_codec<'py, C: PyClass, T: PyClass>(
    slf: &Bound<'py, T>,
    names: &[&str],
) -> PyResult<Bound<'py, PyAny>> {
    let arguments = PyDict::new(slf.py());
    for name in names {
        let name = PyString::new(slf.py(), name);
        arguments.set_item(&name, argument(slf, &name)?)?;
    }
    slf.py().get_type::<C>().call((), Some(&arguments))
}

/// A mapping table that maps each name to itself.
pub(crate) fn identity(py: Python<'_>, names: &[&str]) -> PyResult<Py<PyAny>> {
    let pairs: Vec<_> = names.iter().map(|&name| (name, name)).collect();
    renamed(py, &pairs)
}

/// A mapping table.
pub(crate) fn renamed(py: Python<'_>, pairs: &[(&str, &str)]) -> PyResult<Py<PyAny>> {
    let table = PyDict::new(py);
    for (from, to) in pairs {
        table.set_item(from, to)?;
    }
    Ok(table.into_any().unbind())
}

/// A set of argument names.
pub(crate) fn key_set(py: Python<'_>, names: &[&str]) -> PyResult<Py<PyAny>> {
    Ok(PySet::new(py, names)?.into_any().unbind())
}

impl BaseKeypointCodec {
    /// A new object of a class derived from this one, before its `__init__`.
    pub(crate) fn derived<C: PyClass<BaseType = Self>>(codec: C) -> PyClassInitializer<C> {
        PyClassInitializer::from(Self { init: OnceLock::new() }).add_subclass(codec)
    }

    fn arguments<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match self.init.get() {
            Some(init) => Ok(init.arguments.bind(py).clone()),
            None => Ok(PyDict::new(py)), // a codec written in Python keeps its own arguments
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
        Ok(Self { init: OnceLock::new() })
    }

    /// Auxiliary arguments of ``encode`` beyond keypoints and visibilities.
    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        Ok(PySet::empty(py)?.unbind())
    }

    /// The encoded items that become ``gt_fields``, with their names there.
    #[classattr]
    fn field_mapping_table(py: Python<'_>) -> Py<PyDict> {
        PyDict::new(py).unbind()
    }

    /// The encoded items that become ``gt_instances``, with their names there.
    #[classattr]
    fn instance_mapping_table(py: Python<'_>) -> Py<PyDict> {
        PyDict::new(py).unbind()
    }

    /// The encoded items that become ``gt_instance_labels``, with their names there.
    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> Py<PyDict> {
        PyDict::new(py).unbind()
    }

    /// Encode one sample: keypoints (N, K, D) in input pixels and visibilities (N, K) become a dict
    /// of target arrays.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn encode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("encode"))
    }

    /// Decode the network outputs of one sample to keypoints (N, K, D) in input pixels and scores
    /// (N, K).
    #[pyo3(signature = (*_args, **_kwargs))]
    fn decode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("decode"))
    }

    /// Encode a batch: keypoints (B, N, K, D) and visibilities (B, N, K) become a dict of arrays
    /// with a leading B.
    #[pyo3(signature = (*_args, **_kwargs))]
    fn batch_encode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("batch_encode"))
    }

    /// Decode a batch: the arguments of ``decode`` with a leading B become keypoints (B, N, K, D)
    /// and scores (B, N, K).
    #[pyo3(signature = (*_args, **_kwargs))]
    fn batch_decode(
        &self,
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        Err(PyNotImplementedError::new_err("batch_decode"))
    }

    /// Whether the codec implements ``batch_decode``; MMPose's heads read this.
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
            // Codecs written in Python keep their own arguments and are compared by identity.
            slf.get().init.get().is_some() && slf.get_type().is(other.get_type())
        }) else {
            return Ok(py.NotImplemented());
        };
        let equal = slf.get().arguments(py)?.eq(other.get().arguments(py)?)?;
        Ok(equal.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        let py = slf.py();
        match slf.get().init.get() {
            Some(init) => {
                (slf.get_type(), items(init.arguments.bind(py))?).into_pyobject(py)?.hash()
            }
            None => Ok(slf.as_ptr() as isize >> 4),
        }
    }

    /// For pickle and copy: the class, its arguments, and the state of a subclass.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let unpickle = py.import("posecodec_rs._core")?.getattr(intern!(py, "_unpickle"))?;
        // A copy of the dict: changes to it must not reach the codec, which is immutable.
        let init = match slf.get().init.get() {
            Some(init) => Some((init.class.clone_ref(py), init.arguments.bind(py).copy()?)),
            None => None,
        };
        let state = match slf.getattr_opt(intern!(py, "__getstate__"))? {
            Some(get_state) => get_state.call0()?,
            // Objects have no `__getstate__` before CPython 3.11.
            None => slf
                .getattr_opt(intern!(py, "__dict__"))?
                .unwrap_or_else(|| py.None().into_bound(py)),
        };
        (unpickle, (slf.get_type(), init), state).into_pyobject(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        if let Some(init) = self.init.get() {
            visit.call(&init.class)?;
            visit.call(&init.arguments)?;
        }
        Ok(())
    }
}

/// Restores a codec from `BaseKeypointCodec.__reduce__`. The `__init__` of a subclass, which may take
/// other arguments, is not called.
#[pyfunction(name = "_unpickle")]
pub(crate) fn unpickle<'py>(
    cls: &Bound<'py, PyType>,
    init: Option<(Bound<'py, PyType>, Bound<'py, PyDict>)>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = cls.py();
    let codec = cls.call_method1(intern!(py, "__new__"), (cls,))?;
    if let Some((native, arguments)) = init {
        native.getattr(intern!(py, "__init__"))?.call((&codec,), Some(&arguments))?;
    }
    Ok(codec)
}
