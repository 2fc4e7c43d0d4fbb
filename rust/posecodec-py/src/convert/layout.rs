//! Arrays as slices, or as views of any layout.

use numpy::ndarray::{ArrayView4, Axis, Ix4};
use numpy::npyffi::{NPY_ARRAY_CARRAY_RO, NPY_ARRAY_FORCECAST, NPY_ARRAY_NOTSWAPPED};
use numpy::{
    Element, PY_ARRAY_API, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods,
};
use pyo3::prelude::*;

use crate::call::Call;

/// An aligned array in native byte order; C-contiguous, unless it was read in any layout.
pub(crate) struct Array<'py, T> {
    pub(super) array: Bound<'py, PyArrayDyn<T>>,
}

impl<T: Element> Array<'_, T> {
    pub(crate) fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    pub(crate) fn values(&self) -> &[T] {
        // SAFETY: the array is contiguous and aligned (`as_slice` checks both), and callers must not
        // write to it during the call, as in NumPy.
        unsafe { self.array.as_slice() }.expect("a contiguous array")
    }

    pub(crate) fn is_contiguous(&self) -> bool {
        self.array.is_c_contiguous()
    }

    pub(crate) fn len(&self) -> usize {
        self.array.len()
    }

    /// The values of an array of at most four axes in any layout. Where it has fewer, axes of length 1
    /// are inserted: a batch of one sample with [`Call::Single`], and instances after the batch's axis
    /// with [`Call::Batch`].
    pub(crate) fn view(&self, call: Call) -> ArrayView4<'_, T> {
        // SAFETY: callers must not write to the array during the call, as in NumPy.
        let mut view = unsafe { self.array.as_array() };
        while view.ndim() < 4 {
            view = view.insert_axis(Axis(usize::from(call == Call::Batch)));
        }
        view.into_dimensionality::<Ix4>().expect("at most four axes")
    }
}

/// The layouts in which an array is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Contiguous,
    /// Any strides that are multiples of the values' size.
    Any,
}

/// The array itself if it is contiguous, aligned and of type `T`, else a copy that is.
pub(crate) fn contiguous<'py, T: Element>(
    array: &Bound<'py, PyUntypedArray>,
) -> PyResult<Array<'py, T>> {
    in_layout(Layout::Contiguous, array)
}

/// The array itself if it has the layout, is aligned and of type `T`, else a contiguous copy that is.
pub(super) fn in_layout<'py, T: Element>(
    layout: Layout,
    array: &Bound<'py, PyUntypedArray>,
) -> PyResult<Array<'py, T>> {
    let py = array.py();
    let dtype = T::get_dtype(py);
    let has_layout = || match layout {
        Layout::Contiguous => array.is_c_contiguous(),
        Layout::Any => array.strides().iter().all(|stride| stride % size_of::<T>() as isize == 0),
    };
    if array.dtype().is_equiv_to(&dtype) && array.is_aligned() && has_layout() {
        // SAFETY: the dtype was compared.
        let array = unsafe { array.as_any().clone().cast_into_unchecked() };
        return Ok(Array { array });
    }
    let flags = NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED | NPY_ARRAY_FORCECAST;
    // SAFETY: PyArray_FromAny takes the reference to the dtype, and returns an array of that dtype, or
    // null with an exception set.
    unsafe {
        let array = PY_ARRAY_API.PyArray_FromAny(
            py,
            array.as_ptr(),
            dtype.into_dtype_ptr(),
            0,
            0,
            flags,
            std::ptr::null_mut(),
        );
        let array = Bound::from_owned_ptr_or_err(py, array)?.cast_into_unchecked();
        Ok(Array { array })
    }
}
