//! Arrays to fill: new ones, and those of the argument `out`.

use posecodec::codecs::slices;
use std::ffi::c_int;

use arrayvec::ArrayVec;
use half::f16;
use numpy::ndarray::{Array, Dimension};
use numpy::npyffi::{NPY_ARRAY_CARRAY, npy_intp};
use numpy::{
    Element, PY_ARRAY_API, PyArrayDescr, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods,
    PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;
use slices::Init;

use crate::error::invalid;
use crate::memory::{MIN_POOLED_BYTES, PooledMemory};

/// An array to fill: a new one, or one of `out`. Until [`into_any`](Self::into_any), no other code
/// has the array, or, for an array of `out`, no other slice of its memory: inputs are copied if there
/// is an `out`, and [`check_no_overlap`] compares its arrays.
pub(crate) struct OutputArray<'py, T>(Bound<'py, PyArrayDyn<T>>);

impl<'py, T: Element + Copy> OutputArray<'py, T> {
    /// A new array of zeros.
    pub(crate) fn zeros(py: Python<'py>, argument: &str, shape: &[usize]) -> PyResult<Self> {
        fresh(py, argument, shape, Init::Zeroed).map(Self)
    }

    /// A new array of unspecified values, all of which will be overwritten.
    pub(crate) fn uninit(py: Python<'py>, argument: &str, shape: &[usize]) -> PyResult<Self> {
        fresh(py, argument, shape, Init::Uninit).map(Self)
    }

    pub(crate) fn values_mut(&mut self) -> &mut [T] {
        // SAFETY: the array is contiguous and aligned, and there is no other slice of its memory.
        unsafe { values_mut(&self.0) }
    }

    pub(crate) fn into_any(self) -> Bound<'py, PyAny> {
        self.0.into_any()
    }
}

/// A new array, zeroed or uninitialized. NumPy allocates it, or [`crate::memory`] if it is large.
/// Allocation failure is a `MemoryError`.
pub(crate) fn fresh<'py, T: Element>(
    py: Python<'py>,
    argument: &str,
    shape: &[usize],
    init: Init,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let (array, found) = fresh_or_reused(py, argument, shape, init)?;
    if (init, found) == (Init::Zeroed, Init::Uninit) {
        zero(&array);
    }
    Ok(array)
}

/// A new array and what it holds: where zeros are wanted, either zeros, or values of an earlier array
/// that the caller overwrites. Allocation failure is a `MemoryError`.
pub(crate) fn fresh_or_reused<'py, T: Element>(
    py: Python<'py>,
    argument: &str,
    shape: &[usize],
    init: Init,
) -> PyResult<(Bound<'py, PyArrayDyn<T>>, Init)> {
    let mut dims = dimensions::<T>(py, argument, shape)?;
    let bytes = shape.iter().product::<usize>() * size_of::<T>();
    if bytes >= MIN_POOLED_BYTES
        && !is_traced(py)?
        && let Some(memory) = PooledMemory::take(bytes)
    {
        return in_pooled_memory(py, &mut dims, memory);
    }
    let (count, data) = (dims.len() as c_int, dims.as_mut_ptr());
    let dtype = T::get_dtype(py).into_dtype_ptr();
    // SAFETY: the dimensions outlive the call, which takes the reference to the dtype and returns a new
    // array of that dtype, or null with an exception set.
    unsafe {
        let array = match init {
            Init::Zeroed => PY_ARRAY_API.PyArray_Zeros(py, count, data, dtype, 0),
            Init::Uninit => PY_ARRAY_API.PyArray_Empty(py, count, data, dtype, 0),
        };
        Ok((Bound::from_owned_ptr_or_err(py, array)?.cast_into_unchecked(), init))
    }
}

/// An array in memory of the pool, and what it holds.
fn in_pooled_memory<'py, T: Element>(
    py: Python<'py>,
    dims: &mut [npy_intp],
    (memory, start, init): (PooledMemory, *mut u8, Init),
) -> PyResult<(Bound<'py, PyArrayDyn<T>>, Init)> {
    let owner = Bound::new(py, memory)?;
    // SAFETY: the memory is aligned, large enough for these values, and lives as long as the array,
    // which takes the references to the dtype and to the owner.
    unsafe {
        let array = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            py.get_type::<PyUntypedArray>().as_type_ptr(),
            T::get_dtype(py).into_dtype_ptr(),
            dims.len() as c_int,
            dims.as_mut_ptr(),
            std::ptr::null_mut(),
            start.cast(),
            NPY_ARRAY_CARRAY,
            std::ptr::null_mut(),
        );
        let array = Bound::from_owned_ptr_or_err(py, array)?.cast_into_unchecked::<PyArrayDyn<T>>();
        let kept = PY_ARRAY_API.PyArray_SetBaseObject(py, array.as_array_ptr(), owner.into_ptr());
        if kept != 0 { Err(PyErr::fetch(py)) } else { Ok((array, init)) }
    }
}

/// Whether `tracemalloc` traces. NumPy then allocates, and reports its arrays in its own domain. The
/// function that reports memory is not part of Python's stable ABI, and NumPy's memory handlers, which
/// would call it, take 0.5 µs per call to set and reset (AMD EPYC, two `ContextVar.set` in `timeit`,
/// November 2026).
fn is_traced(py: Python<'_>) -> PyResult<bool> {
    static IS_TRACING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let is_tracing = IS_TRACING.get_or_try_init(py, || {
        py.import(intern!(py, "_tracemalloc"))?
            .getattr(intern!(py, "is_tracing"))
            .map(Bound::unbind)
    })?;
    is_tracing.bind(py).call0()?.is_truthy()
}

/// Writes zeros to a new array.
pub(crate) fn zero<T: Element>(array: &Bound<'_, PyArrayDyn<T>>) {
    // SAFETY: a new contiguous array of numbers, for all of which zero bytes are a valid value, and no
    // slice of its memory is alive.
    unsafe { array.data().write_bytes(0, array.len()) }
}

/// The shape for NumPy, if an array of this shape and type can be addressed.
fn dimensions<T>(
    py: Python<'_>,
    argument: &str,
    shape: &[usize],
) -> PyResult<ArrayVec<npy_intp, 5>> {
    let bytes = shape.iter().try_fold(size_of::<T>(), |bytes, &side| bytes.checked_mul(side));
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        let wanted = "must have a shape that fits in memory";
        let got = format!("shape {}", posecodec::Shape(shape));
        return Err(invalid(py, argument, wanted, got));
    }
    Ok(shape.iter().map(|&side| side as npy_intp).collect())
}

/// A new array of these values.
pub(crate) fn new_array<'py, T: Element + Copy>(
    py: Python<'py>,
    name: &str,
    shape: &[usize],
    values: &[T],
) -> PyResult<Bound<'py, PyAny>> {
    let mut array = OutputArray::uninit(py, name, shape)?;
    array.values_mut().copy_from_slice(values);
    Ok(array.into_any())
}

/// A new array with the values and the shape of an ndarray. (The conversion of the crate numpy panics if
/// allocation fails.)
pub(crate) fn array_like<'py, T: Element + Copy, D: Dimension>(
    py: Python<'py>,
    name: &str,
    values: &Array<T, D>,
) -> PyResult<Bound<'py, PyAny>> {
    let standard = values.as_standard_layout();
    new_array(py, name, values.shape(), standard.as_slice().expect("standard layout"))
}

/// An array of `out`, checked: C-contiguous, aligned, writable, of this shape and type.
pub(crate) fn writable<'py, T: Element>(
    object: &Bound<'py, PyAny>,
    argument: &str,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    writable_as(object, argument, shape, &T::get_dtype(object.py()))?;
    // SAFETY: the dtype was compared.
    Ok(unsafe { object.clone().cast_into_unchecked() })
}

/// Checks that the object is a C-contiguous, aligned, writable array of this shape and dtype.
pub(crate) fn writable_as(
    object: &Bound<'_, PyAny>,
    argument: &str,
    shape: &[usize],
    dtype: &Bound<'_, PyArrayDescr>,
) -> PyResult<()> {
    let py = object.py();
    // Only formatted for an error: printing a NumPy dtype takes microseconds.
    let refuse = |got: &dyn std::fmt::Display| {
        let shape = posecodec::Shape(shape);
        let wanted = format!("must be a C-contiguous, writable {dtype} array of shape {shape}");
        Err(invalid(py, argument, &wanted, got))
    };
    let Ok(array) = object.cast::<PyUntypedArray>() else {
        return refuse(&object.get_type());
    };
    if !array.dtype().is_equiv_to(dtype) || array.shape() != shape {
        let got = format!("{} of shape {}", array.dtype(), posecodec::Shape(array.shape()));
        return refuse(&got);
    }
    // SAFETY: a live array and a C string. The exception that is set with -1 is taken.
    let writable = unsafe {
        PY_ARRAY_API.PyArray_FailUnlessWriteable(py, array.as_array_ptr(), c"out".as_ptr())
    };
    if writable != 0 {
        drop(PyErr::take(py));
        return refuse(&"a read-only array");
    }
    if !array.is_c_contiguous() || !array.is_aligned() {
        return refuse(&"an array that is not contiguous or not aligned");
    }
    Ok(())
}

/// Checks that the contiguous arrays of `out` share no memory.
pub(crate) fn check_no_overlap(arrays: &[Bound<'_, PyAny>]) -> PyResult<()> {
    let mut taken: Vec<std::ops::Range<usize>> = Vec::new();
    for object in arrays {
        let array = object.cast::<PyUntypedArray>()?;
        // SAFETY: only the address is read, which does not depend on the dtype.
        let start =
            unsafe { object.clone().cast_into_unchecked::<PyArrayDyn<u8>>() }.data() as usize;
        let memory = start..start + array.len() * array.dtype().itemsize();
        if taken.iter().any(|other| memory.start < other.end && other.start < memory.end) {
            let wanted = "must be a dict of arrays that share no memory";
            return Err(invalid(object.py(), "out", wanted, "two that overlap"));
        }
        if !memory.is_empty() {
            taken.push(memory);
        }
    }
    Ok(())
}

/// The values of an array from [`fresh`] or [`writable`].
///
/// # Safety
/// No other slice of the same memory may be alive.
#[allow(clippy::mut_from_ref, reason = "the reference is to Python's object, not to its memory")]
pub(crate) unsafe fn values_mut<'a, T: Element>(
    array: &'a Bound<'_, PyArrayDyn<T>>,
) -> &'a mut [T] {
    // SAFETY: both functions return contiguous, aligned arrays; the caller guarantees the rest.
    unsafe { array.as_slice_mut() }.expect("a contiguous array")
}

/// An array of these values in another dtype.
pub(crate) fn cast<'py>(
    values: &[f64],
    shape: &[usize],
    dtype: &Bound<'py, PyArrayDescr>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = dtype.py();
    new_array(py, "keypoint_weights", shape, values)?.call_method1(intern!(py, "astype"), (dtype,))
}

/// A copy of an array in float16.
pub(crate) fn as_half<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    array.call_method1(intern!(py, "astype"), (f16::get_dtype(py),))
}

/// A number repeated for each axis, or a tuple, as an array of the dtype that NumPy chooses.
pub(crate) fn axes_array<'py>(
    value: &Bound<'py, PyAny>,
    axes: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let numbers = if value.is_instance_of::<PyTuple>() {
        value.clone()
    } else {
        PyTuple::new(py, vec![value; axes])?.into_any()
    };
    py.import(intern!(py, "numpy"))?.call_method1(intern!(py, "array"), (numbers,))
}
