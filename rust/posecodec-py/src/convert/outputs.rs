//! Arrays that are filled: new ones, and the caller's.

use std::ffi::c_int;

use arrayvec::ArrayVec;
use half::f16;
use numpy::ndarray::{Array, Dimension};
use numpy::npyffi::{NPY_ARRAY_CARRAY, npy_intp};
use numpy::{
    Element, PY_ARRAY_API, PyArrayDescr, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods,
    PyUntypedArray, PyUntypedArrayMethods,
};
use posecodec::codecs::Init;
use pyo3::exceptions::PyMemoryError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::invalid;
use crate::memory::LARGE;

/// A fresh array of zeros.
pub(crate) fn zeros<'py, T: Element>(
    py: Python<'py>,
    argument: &str,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    fresh(py, argument, shape, Init::Zeroed)
}

/// A fresh array of zeros, or of anything for numbers that will all be written. NumPy allocates it, or
/// [`crate::memory`] if it is large; no memory is a `MemoryError`.
pub(crate) fn fresh<'py, T: Element>(
    py: Python<'py>,
    argument: &str,
    shape: &[usize],
    memory: Init,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let mut dims = dimensions::<T>(py, argument, shape)?;
    let bytes = shape.iter().product::<usize>() * size_of::<T>();
    if bytes >= LARGE {
        return from_pool(py, &mut dims, bytes, memory);
    }
    let (count, data) = (dims.len() as c_int, dims.as_mut_ptr());
    let dtype = T::get_dtype(py).into_dtype_ptr();
    // SAFETY: the dimensions outlive the call, which takes over the reference to the dtype and
    // answers with a new array of it, or null with an exception set.
    unsafe {
        let array = match memory {
            Init::Zeroed => PY_ARRAY_API.PyArray_Zeros(py, count, data, dtype, 0),
            Init::Uninit => PY_ARRAY_API.PyArray_Empty(py, count, data, dtype, 0),
        };
        Ok(Bound::from_owned_ptr_or_err(py, array)?.cast_into_unchecked())
    }
}

/// A large array, in memory that was used before where there is some.
fn from_pool<'py, T: Element>(
    py: Python<'py>,
    dims: &mut [npy_intp],
    bytes: usize,
    memory: Init,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let Some(block) = crate::memory::Init::take(bytes, memory == Init::Zeroed) else {
        return Err(PyMemoryError::new_err(format!("no memory for an array of {bytes} bytes")));
    };
    let start = block.start();
    let owner = Bound::new(py, block)?;
    // SAFETY: the memory holds as many values of this dtype, aligned, and lives as long as the array,
    // which takes over the references to the dtype and to the owner.
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
        if kept != 0 { Err(PyErr::fetch(py)) } else { Ok(array) }
    }
}

/// The shape as NumPy takes it, if so many values of type `T` can be addressed.
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
    let array = fresh(py, name, shape, Init::Uninit)?;
    // SAFETY: the array was made here and nobody else knows it yet.
    unsafe { values_mut(&array) }.copy_from_slice(values);
    Ok(array.into_any())
}

/// A new array of the values and the shape of another. NumPy's crate has a conversion that takes no
/// memory of its own, and dies where NumPy finds none for the rest.
pub(crate) fn array_like<'py, T: Element + Copy, D: Dimension>(
    py: Python<'py>,
    name: &str,
    values: &Array<T, D>,
) -> PyResult<Bound<'py, PyAny>> {
    let standard = values.as_standard_layout();
    new_array(py, name, values.shape(), standard.as_slice().expect("standard layout"))
}

/// An array of the caller's to be filled: C-contiguous, aligned, writable, of this shape and type.
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
    // Put together only when needed: NumPy's dtypes take microseconds to print.
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
    // SAFETY: a live array and a C string; -1 comes with an exception set, which is taken.
    let writable = unsafe {
        PY_ARRAY_API.PyArray_FailUnlessWriteable(py, array.as_array_ptr(), c"out".as_ptr())
    };
    if writable != 0 {
        drop(PyErr::take(py));
        return refuse(&"a read-only array");
    }
    if !array.is_c_contiguous() || !array.is_aligned() {
        return refuse(&"one with gaps, out of order or not aligned");
    }
    Ok(())
}

/// Refuses arrays of `out`, found contiguous before, that share memory: they would be written over
/// each other.
pub(crate) fn check_no_overlap(arrays: &[Bound<'_, PyAny>]) -> PyResult<()> {
    let mut taken: Vec<std::ops::Range<usize>> = Vec::new();
    for object in arrays {
        let array = object.cast::<PyUntypedArray>()?;
        // SAFETY: only the address is taken, which does not depend on the dtype.
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

/// The values of an array that [`zeros`] or [`writable`] gave.
///
/// # Safety
/// No other slice of the same memory may be alive.
#[allow(clippy::mut_from_ref, reason = "the reference is to Python's object, not to its memory")]
pub(crate) unsafe fn values_mut<'a, T: Element>(
    array: &'a Bound<'_, PyArrayDyn<T>>,
) -> &'a mut [T] {
    // SAFETY: contiguous and aligned, as both functions make sure; the caller vouches for the rest.
    unsafe { array.as_slice_mut() }.expect("a contiguous array")
}

/// An array with the numbers of `values` in another dtype.
pub(crate) fn cast<'py>(
    values: &[f64],
    shape: &[usize],
    dtype: &Bound<'py, PyArrayDescr>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = dtype.py();
    let array = zeros::<f64>(py, "keypoint_weights", shape)?;
    // SAFETY: the array was made here and nobody else knows it yet.
    unsafe { values_mut(&array) }.copy_from_slice(values);
    array.call_method1(intern!(py, "astype"), (dtype,))
}

/// The numbers of an array in float16.
pub(crate) fn as_half<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    array.call_method1(intern!(py, "astype"), (f16::get_dtype(py),))
}

/// A number once an axis, or a tuple, as an array of the dtype that NumPy gives it.
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
