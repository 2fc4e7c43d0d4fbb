//! Torch tensors as arrays, by DLPack's C exchange API.
//!
//! Torch 2.10 and later have a table of C functions in `torch.Tensor.__dlpack_c_exchange_api__`. One of
//! them describes a tensor without a call of Python: reading a float32 tensor takes 0.3 µs, and 1.2 µs
//! with `Tensor.numpy`; bfloat16 takes 3 µs instead of 14. AMD EPYC (AVX-512), November 2026, with a
//! prototype; `python -m sections.inputs` in `benchmarks` measures it.

use std::ffi::{c_int, c_void};
use std::mem::MaybeUninit;
use std::slice;

use arrayvec::ArrayVec;
use half::{bf16, f16};
use numpy::npyffi::{NPY_ARRAY_WRITEABLE, npy_intp};
use numpy::{Element, PY_ARRAY_API, PyArrayDescrMethods, PyUntypedArray};
use posecodec::functional::bf16_to_f32;
use pyo3::ffi::{PyCapsule_GetPointer, PyObject};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use super::outputs::OutputArray;
use crate::call::{Shape, enter};

/// `DLTensor` of `dlpack.h`.
#[repr(C)]
struct DlTensor {
    data: *mut c_void,
    device_type: i32,
    device_id: i32,
    ndim: i32,
    code: u8,
    bits: u8,
    lanes: u16,
    shape: *const i64,
    strides: *const i64,
    byte_offset: u64,
}

/// `kDLCPU`: memory that the processor can read.
const CPU: i32 = 1;

/// `kDLFloat` and `kDLBfloat`.
const FLOAT: u8 = 2;
const BFLOAT: u8 = 4;

/// Describes a tensor. Returns 0, or -1 with an exception set.
type Describe = unsafe extern "C" fn(*mut c_void, *mut DlTensor) -> c_int;

/// `DLPackExchangeAPI` of `dlpack.h`, major version 1, to the last member that is used here.
#[repr(C)]
struct ExchangeApi {
    major: u32,
    minor: u32,
    previous: *const c_void,
    managed_tensor_allocator: *const c_void,
    managed_tensor_from_object: *const c_void,
    managed_tensor_to_object: *const c_void,
    dltensor_from_object: Option<Describe>,
}

/// `torch.Tensor` and its function of this API.
pub(super) struct TensorClass {
    class: Py<PyType>,
    describe: Describe,
}

static TENSOR: PyOnceLock<TensorClass> = PyOnceLock::new();

impl TensorClass {
    /// The class, once [`remember`](Self::remember) was called with one that has the API.
    pub(super) fn get(py: Python<'_>) -> Option<&'static Self> {
        TENSOR.get(py)
    }

    /// Keeps the class, if it has the API.
    pub(super) fn remember(class: &Bound<'_, PyAny>) {
        let py = class.py();
        let Ok(class) = class.cast::<PyType>() else { return };
        let Ok(capsule) = class.getattr(intern!(py, "__dlpack_c_exchange_api__")) else { return };
        // SAFETY: a capsule of this name points to such a table, which lives as long as the process; for
        // another object the result is null. The version comes first and tells which members follow.
        let describe = unsafe {
            let api = PyCapsule_GetPointer(capsule.as_ptr(), c"dlpack_exchange_api".as_ptr());
            if api.is_null() {
                drop(PyErr::take(py));
                return;
            }
            let api = api.cast::<ExchangeApi>();
            if (*api).major == 1 { (*api).dltensor_from_object } else { None }
        };
        if let Some(describe) = describe {
            let _ = TENSOR.set(py, Self { class: class.clone().unbind(), describe });
        }
    }

    pub(super) fn is_class_of(&self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.has_exactly(object) || object.is_instance(self.class.bind(object.py()))?)
    }

    fn has_exactly(&self, object: &Bound<'_, PyAny>) -> bool {
        // The type is borrowed: a reference to it is not counted.
        object.get_type_ptr().cast::<PyObject>() == self.class.as_ptr()
    }

    /// The values of a tensor of floating-point numbers as an array; bfloat16, which NumPy does not have,
    /// is converted to float32. `None` for all that this does not read: see [`view`](Self::view).
    pub(super) fn array<'py>(
        &self,
        tensor: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.view(tensor)? {
            Some((view, BFLOAT, 16)) => view.bf16_as_f32(),
            Some((view, code, bits)) => view.memory(code, bits),
            None => Ok(None),
        }
    }

    /// The memory of a tensor of floating-point numbers as an array. `None` for all that this does not
    /// read: see [`view`](Self::view).
    pub(super) fn memory<'py>(
        &self,
        tensor: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.view(tensor)? {
            Some((view, code, bits)) => view.memory(code, bits),
            None => Ok(None),
        }
    }

    /// The memory of a tensor, and the code and the bits of its type. `None` for other devices, lazy
    /// negation, and subclasses, which may not be what they store.
    fn view<'a, 'py>(
        &self,
        tensor: &'a Bound<'py, PyAny>,
    ) -> PyResult<Option<(View<'a, 'py>, u8, u8)>> {
        let py = tensor.py();
        if !self.has_exactly(tensor) {
            return Ok(None);
        }
        let mut description = MaybeUninit::<DlTensor>::uninit();
        // SAFETY: the function belongs to this class, and describes the tensor if it returns 0.
        let description = unsafe {
            if (self.describe)(tensor.as_ptr().cast(), description.as_mut_ptr()) != 0 {
                drop(PyErr::take(py));
                return Ok(None);
            }
            description.assume_init()
        };
        let DlTensor { data, device_type, ndim, code, bits, lanes, shape, strides, .. } =
            description;
        let known = device_type == CPU && lanes == 1 && (1..=5).contains(&ndim);
        if !known || data.is_null() || shape.is_null() || strides.is_null() {
            return Ok(None);
        }
        if tensor.call_method0(intern!(py, "is_neg"))?.is_truthy()? {
            return Ok(None);
        }
        // SAFETY: both have `ndim` numbers, which live as long as the tensor does not change.
        let (shape, strides) = unsafe {
            (
                slice::from_raw_parts(shape, ndim as usize),
                slice::from_raw_parts(strides, ndim as usize),
            )
        };
        let data = data.cast::<u8>().wrapping_add(description.byte_offset as usize);
        Ok(Some((View { tensor, data, shape, strides }, code, bits)))
    }
}

/// A tensor's memory. Strides are in elements.
struct View<'a, 'py> {
    tensor: &'a Bound<'py, PyAny>,
    data: *mut u8,
    shape: &'a [i64],
    strides: &'a [i64],
}

impl<'py> View<'_, 'py> {
    /// An array of the same memory, of the type with this code and these bits, if it is a
    /// floating-point type of NumPy.
    fn memory(&self, code: u8, bits: u8) -> PyResult<Option<Bound<'py, PyAny>>> {
        match (code, bits) {
            (FLOAT, 16) => self.array::<f16>().map(Some),
            (FLOAT, 32) => self.array::<f32>().map(Some),
            (FLOAT, 64) => self.array::<f64>().map(Some),
            _ => Ok(None),
        }
    }

    /// An array of the same memory, which keeps the tensor alive.
    fn array<T: Element>(&self) -> PyResult<Bound<'py, PyAny>> {
        let py = self.tensor.py();
        let mut shape: ArrayVec<npy_intp, 5> =
            self.shape.iter().map(|&side| side as npy_intp).collect();
        let bytes = |&stride: &i64| stride as npy_intp * size_of::<T>() as npy_intp;
        let mut strides: ArrayVec<npy_intp, 5> = self.strides.iter().map(bytes).collect();
        // SAFETY: the memory has this shape and dtype and lives as long as the tensor, to which the array
        // takes a reference. NumPy computes the flags for contiguity and alignment.
        unsafe {
            let array = PY_ARRAY_API.PyArray_NewFromDescr(
                py,
                py.get_type::<PyUntypedArray>().as_type_ptr(),
                T::get_dtype(py).into_dtype_ptr(),
                shape.len() as c_int,
                shape.as_mut_ptr(),
                strides.as_mut_ptr(),
                self.data.cast(),
                NPY_ARRAY_WRITEABLE,
                std::ptr::null_mut(),
            );
            let array = Bound::from_owned_ptr_or_err(py, array)?;
            let base = self.tensor.clone().into_ptr();
            let kept = PY_ARRAY_API.PyArray_SetBaseObject(py, array.as_ptr().cast(), base);
            if kept != 0 { Err(PyErr::fetch(py)) } else { Ok(array) }
        }
    }

    /// A float32 copy of a contiguous tensor of bfloat16.
    fn bf16_as_f32(&self) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = self.tensor.py();
        let mut step = 1;
        for (&side, &stride) in self.shape.iter().zip(self.strides).rev() {
            if side != 1 && stride != step {
                return Ok(None);
            }
            step *= side;
        }
        let shape: Shape = self.shape.iter().map(|&side| side as usize).collect();
        let mut array = OutputArray::<f32>::uninit(py, "the tensor", &shape)?;
        let values = array.values_mut();
        // SAFETY: the tensor is contiguous, and as long as the array of its shape.
        let halves = unsafe { slice::from_raw_parts(self.data.cast::<bf16>(), values.len()) };
        enter(py, halves.len(), || bf16_to_f32(halves, values))?;
        Ok(Some(array.into_any()))
    }
}
