//! The only file that knows NumPy (and torch): arrays in, arrays out.
//!
//! Another thread that writes to an array while it is read or filled here is the caller's race, as
//! everywhere in NumPy.

mod alike;
mod numbers;

use std::ffi::c_int;

use arrayvec::ArrayVec;
use half::f16;
use numpy::npyffi::{
    NPY_ARRAY_CARRAY, NPY_ARRAY_CARRAY_RO, NPY_ARRAY_FORCECAST, NPY_ARRAY_NOTSWAPPED, npy_intp,
};
use numpy::{
    Element, PY_ARRAY_API, PyArrayDescr, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods,
    PyUntypedArray, PyUntypedArrayMethods,
};
use posecodec::codecs::Memory;
use pyo3::exceptions::PyMemoryError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::{invalid, unconvertible};
use crate::memory::LARGE;

pub(crate) use alike::Alike;
pub(crate) use numbers::{Precision, Promoted};

/// A shape; NumPy allows no more than 64 dimensions, codecs know at most 5.
pub(crate) type Shape = ArrayVec<usize, 5>;

/// A C-contiguous, aligned array in native byte order.
pub(crate) struct Array<'py, T> {
    array: Bound<'py, PyArrayDyn<T>>,
}

impl<T: Element> Array<'_, T> {
    pub(crate) fn shape(&self) -> &[usize] {
        self.array.shape()
    }

    pub(crate) fn values(&self) -> &[T] {
        // SAFETY: the array is contiguous and aligned (`as_slice` checks both), and holds still: a
        // thread that writes to it meanwhile is the caller's race.
        unsafe { self.array.as_slice() }.expect("a contiguous array")
    }
}

/// Numbers that a network put out, in the precision that they came in.
pub(crate) enum Responses<'py> {
    F16(Array<'py, f16>),
    F32(Array<'py, f32>),
    F64(Array<'py, f64>),
}

impl<'py> Responses<'py> {
    /// Reads an array, a torch tensor or nested lists. Contiguous arrays are not copied.
    pub(crate) fn read(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        let array = as_array(object, argument)?;
        Ok(match float_size(&array) {
            Some(2) => Self::F16(contiguous(&array)?),
            Some(4) => Self::F32(contiguous(&array)?),
            Some(_) => Self::F64(contiguous(&array)?),
            None => {
                let wanted = "must hold float16, float32 or float64 values";
                return Err(invalid(object.py(), argument, wanted, array.dtype()));
            }
        })
    }

    /// Reads whole numbers and booleans as well, in double precision; with the dtype of what came.
    pub(crate) fn of_any(
        object: &Bound<'py, PyAny>,
        argument: &str,
    ) -> PyResult<(Self, Bound<'py, PyArrayDescr>)> {
        let array = real_array(object, argument)?;
        let dtype = array.dtype();
        let responses = match float_size(&array) {
            Some(_) => Self::read(array.as_any(), argument)?,
            None => Self::F64(contiguous(&array)?),
        };
        Ok((responses, dtype))
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::F16(array) => array.shape(),
            Self::F32(array) => array.shape(),
            Self::F64(array) => array.shape(),
        }
    }

    pub(crate) fn is_half(&self) -> bool {
        matches!(self, Self::F16(_))
    }

    /// The same numbers, float16 in single precision.
    pub(crate) fn into_reals(self) -> PyResult<Reals<'py>> {
        Ok(match self {
            Self::F16(array) => Reals::F32(contiguous(array.array.as_untyped())?),
            Self::F32(array) => Reals::F32(array),
            Self::F64(array) => Reals::F64(array),
        })
    }

    /// The same numbers in double precision.
    pub(crate) fn widened(self) -> PyResult<Array<'py, f64>> {
        match self {
            Self::F16(array) => contiguous(array.array.as_untyped()),
            Self::F32(array) => contiguous(array.array.as_untyped()),
            Self::F64(array) => Ok(array),
        }
    }
}

/// In which kind an argument came, so that the answer can be of the same.
pub(crate) enum Kind<'py> {
    /// An array, or what became one, of this dtype.
    Array(Bound<'py, PyArrayDescr>),
    /// A torch tensor.
    Tensor(Bound<'py, PyAny>),
}

impl<'py> Kind<'py> {
    /// The kind of `object`, which was read as these responses.
    pub(crate) fn of(object: &Bound<'py, PyAny>, responses: &Responses<'py>) -> PyResult<Self> {
        let py = object.py();
        Ok(match responses {
            _ if is_torch_tensor(object)? => Self::Tensor(object.clone()),
            Responses::F16(_) => Self::Array(f16::get_dtype(py)),
            Responses::F32(_) => Self::Array(f32::get_dtype(py)),
            Responses::F64(_) => Self::Array(f64::get_dtype(py)),
        })
    }

    /// An array of ours in this kind: its dtype and, of tensors, the device.
    pub(crate) fn answer(&self, array: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = array.py();
        match self {
            Self::Array(dtype) => {
                if array.cast::<PyUntypedArray>()?.dtype().is_equiv_to(dtype) {
                    return Ok(array);
                }
                array.call_method1(intern!(py, "astype"), (dtype,))
            }
            Self::Tensor(tensor) => {
                let torch = py.import(intern!(py, "torch"))?;
                let answer = torch.call_method1(intern!(py, "from_numpy"), (array,))?;
                let dtype = answer.getattr(intern!(py, "dtype"))?;
                if tensor.getattr(intern!(py, "is_cpu"))?.is_truthy()?
                    && tensor.getattr(intern!(py, "dtype"))?.is(&dtype)
                {
                    return Ok(answer);
                }
                answer.call_method1(intern!(py, "to"), (tensor,))
            }
        }
    }
}

/// Small arrays of coordinates or visibilities, copied, so that no `out=` can alias them.
pub(crate) enum Numbers<'py> {
    F32(Vec<f32>, Shape),
    /// Double precision, or whatever fits into it: then with the dtype that it came in.
    F64(Vec<f64>, Shape, Option<Bound<'py, PyArrayDescr>>),
}

impl<'py> Numbers<'py> {
    /// Reads an array, a torch tensor or nested lists of real numbers. float16 and the small
    /// integers that NumPy would promote to float32 become float32 if `promote` says so.
    pub(crate) fn read(
        object: &Bound<'py, PyAny>,
        argument: &str,
        promote: bool,
    ) -> PyResult<Self> {
        let array = real_array(object, argument)?;
        let dtype = array.dtype();
        let shape = array.shape().iter().copied().take(5).collect();
        let single = promotes_to_single(&dtype) && (promote || float_size(&array) == Some(4));
        // The weights are of the visibilities' dtype, byte order and all.
        let native = promote || dtype.is_native_byteorder() != Some(false);
        Ok(if single && native {
            Self::F32(copied(contiguous::<f32>(&array)?.values())?, shape)
        } else {
            let values = copied(contiguous::<f64>(&array)?.values())?;
            let kept = float_size(&array) == Some(8) && native;
            Self::F64(values, shape, (!kept).then_some(dtype))
        })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::F32(_, shape) | Self::F64(_, shape, _) => shape,
        }
    }
}

/// Numbers that are computed with in single or double precision, as NumPy promotes them: read in
/// place where they lie contiguous, else converted once.
pub(crate) enum Reals<'py> {
    F32(Array<'py, f32>),
    F64(Array<'py, f64>),
}

impl<'py> Reals<'py> {
    /// Reads an array of real numbers, in place or, where it may be written over, as a copy.
    pub(crate) fn of(array: &Bound<'py, PyUntypedArray>, copy: bool) -> PyResult<Self> {
        let array = &if copy { copied_array(array)? } else { array.clone() };
        Ok(if promotes_to_single(&array.dtype()) {
            Self::F32(contiguous(array)?)
        } else {
            Self::F64(contiguous(array)?)
        })
    }

    pub(crate) fn is_double(&self) -> bool {
        matches!(self, Self::F64(_))
    }
}

/// A copy of an array.
pub(crate) fn copied_array<'py>(
    array: &Bound<'py, PyUntypedArray>,
) -> PyResult<Bound<'py, PyUntypedArray>> {
    Ok(array.call_method0(intern!(array.py(), "copy"))?.cast_into()?)
}

/// The object as an array of real numbers.
pub(crate) fn real_array<'py>(
    object: &Bound<'py, PyAny>,
    argument: &str,
) -> PyResult<Bound<'py, PyUntypedArray>> {
    let array = as_array(object, argument)?;
    if matches!(array.dtype().kind(), b'f' | b'i' | b'u' | b'b') {
        Ok(array)
    } else {
        Err(invalid(object.py(), argument, "must hold real numbers", array.dtype()))
    }
}

/// Whether NumPy computes with such numbers and float32 in single precision.
pub(crate) fn promotes_to_single(dtype: &Bound<'_, PyArrayDescr>) -> bool {
    match dtype.kind() {
        b'f' => dtype.itemsize() <= 4,
        b'i' | b'u' => dtype.itemsize() <= 2,
        kind => kind == b'b',
    }
}

/// A copy, or a `MemoryError`.
fn copied<T: Copy>(values: &[T]) -> PyResult<Vec<T>> {
    let mut copy = reserved(values.len())?;
    copy.extend_from_slice(values);
    Ok(copy)
}

/// Room for so many values, or a `MemoryError`.
pub(crate) fn reserved<T>(len: usize) -> PyResult<Vec<T>> {
    let mut values = Vec::new();
    values
        .try_reserve_exact(len)
        .map_err(|error| PyMemoryError::new_err(format!("no memory for {len} values: {error}")))?;
    Ok(values)
}

/// A fresh array of zeros.
pub(crate) fn zeros<'py, T: Element>(
    py: Python<'py>,
    argument: &str,
    shape: &[usize],
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    fresh(py, argument, shape, Memory::Zeroed)
}

/// A fresh array of zeros, or of anything for numbers that will all be written. NumPy allocates it, or
/// [`crate::memory`] if it is large; no memory is a `MemoryError`.
pub(crate) fn fresh<'py, T: Element>(
    py: Python<'py>,
    argument: &str,
    shape: &[usize],
    memory: Memory,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let mut dims = dimensions::<T>(py, argument, shape)?;
    let bytes = shape.iter().product::<usize>() * size_of::<T>();
    if bytes >= LARGE {
        return in_kept_memory(py, &mut dims, bytes, memory);
    }
    let (count, data) = (dims.len() as c_int, dims.as_mut_ptr());
    let dtype = T::get_dtype(py).into_dtype_ptr();
    // SAFETY: the dimensions outlive the call, which takes over the reference to the dtype and
    // answers with a new array of it, or null with an exception set.
    unsafe {
        let array = match memory {
            Memory::Zeroed => PY_ARRAY_API.PyArray_Zeros(py, count, data, dtype, 0),
            Memory::Dirty => PY_ARRAY_API.PyArray_Empty(py, count, data, dtype, 0),
        };
        Ok(Bound::from_owned_ptr_or_err(py, array)?.cast_into_unchecked())
    }
}

/// A large array, in memory that was used before where there is some.
fn in_kept_memory<'py, T: Element>(
    py: Python<'py>,
    dims: &mut [npy_intp],
    bytes: usize,
    memory: Memory,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    let Some(block) = crate::memory::Memory::take(bytes, memory == Memory::Zeroed) else {
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
    let array = fresh(py, name, shape, Memory::Dirty)?;
    // SAFETY: the array was made here and nobody else knows it yet.
    unsafe { values_mut(&array) }.copy_from_slice(values);
    Ok(array.into_any())
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
pub(crate) fn refuse_overlap(arrays: &[Bound<'_, PyAny>]) -> PyResult<()> {
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

/// Bytes of a real floating-point number that the kernels take as it is or, being longer, as
/// float64; `None` of anything else.
fn float_size(array: &Bound<'_, PyUntypedArray>) -> Option<usize> {
    let dtype = array.dtype();
    match (dtype.kind(), dtype.itemsize()) {
        (b'f', size @ (2 | 4 | 8)) => Some(size),
        (b'f', _) => Some(16),
        _ => None,
    }
}

/// Whole numbers, as NumPy converts others: copied.
pub(crate) fn integers<'py>(array: &Bound<'py, PyUntypedArray>) -> PyResult<Vec<i64>> {
    copied(contiguous::<i64>(array)?.values())
}

/// The object as an array: itself, a torch tensor's memory, or what `np.asarray` makes of it.
fn as_array<'py>(
    object: &Bound<'py, PyAny>,
    argument: &str,
) -> PyResult<Bound<'py, PyUntypedArray>> {
    if let Ok(array) = object.cast::<PyUntypedArray>() {
        return Ok(array.clone());
    }
    let py = object.py();
    let convert = || -> PyResult<Bound<'py, PyAny>> {
        if is_torch_tensor(object)? {
            return tensor_as_array(object);
        }
        py.import(intern!(py, "numpy"))?.call_method1(intern!(py, "asarray"), (object,))
    };
    let wanted = "must be an array of numbers";
    let array = convert().map_err(|cause| unconvertible(py, argument, wanted, cause))?;
    Ok(array.cast_into::<PyUntypedArray>()?)
}

/// Whether the object is a torch tensor, without importing torch.
fn is_torch_tensor(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = object.py();
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    match modules.get_item(intern!(py, "torch")) {
        Ok(torch) => match torch.getattr(intern!(py, "Tensor")) {
            Ok(class) => object.is_instance(&class),
            Err(_) => Ok(false), // torch is only half imported
        },
        Err(_) => Ok(false),
    }
}

/// A torch tensor of half precision in single precision, as torch makes it where it meets others;
/// anything else as it is.
pub(crate) fn half_tensor_as_single<'py>(
    object: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    if is_torch_tensor(object)?
        && object.call_method0(intern!(py, "is_floating_point"))?.is_truthy()?
        && object.getattr(intern!(py, "itemsize"))?.eq(2)?
    {
        return object.call_method0(intern!(py, "float"));
    }
    Ok(object.clone())
}

/// A tensor's memory as an array, copied only from other devices; bfloat16, which NumPy does not
/// know, as float32.
fn tensor_as_array<'py>(tensor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = tensor.py();
    // Mostly it lies where NumPy can see it. What does not says so: gradients, devices, bfloat16.
    if let Ok(array) = tensor.call_method0(intern!(py, "numpy")) {
        return Ok(array);
    }
    let tensor = tensor.call_method0(intern!(py, "detach"))?.call_method0(intern!(py, "cpu"))?;
    let tensor = tensor.call_method0(intern!(py, "resolve_neg"))?;
    let dtype = tensor.getattr(intern!(py, "dtype"))?.str()?;
    let tensor = if dtype.to_cow()? == "torch.bfloat16" {
        tensor.call_method0(intern!(py, "float"))?
    } else {
        tensor
    };
    tensor.call_method0(intern!(py, "numpy"))
}

/// The array itself where it is contiguous, aligned and of type `T`, else a copy that is.
pub(crate) fn contiguous<'py, T: Element>(
    array: &Bound<'py, PyUntypedArray>,
) -> PyResult<Array<'py, T>> {
    let py = array.py();
    let dtype = T::get_dtype(py);
    if array.dtype().is_equiv_to(&dtype) && array.is_c_contiguous() && array.is_aligned() {
        // SAFETY: the dtype was compared.
        let array = unsafe { array.as_any().clone().cast_into_unchecked() };
        return Ok(Array { array });
    }
    let flags = NPY_ARRAY_CARRAY_RO | NPY_ARRAY_NOTSWAPPED | NPY_ARRAY_FORCECAST;
    // SAFETY: PyArray_FromAny takes its own reference to the dtype and answers with an array of it,
    // or null with an exception set.
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
