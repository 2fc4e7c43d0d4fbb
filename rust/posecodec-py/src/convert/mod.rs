//! Conversion of NumPy arrays, torch tensors and lists to slices, and of results to arrays.
//!
//! As in NumPy, callers must not write to an array in another thread while a call reads or fills it.

mod alike;
mod dlpack;
mod layout;
mod numbers;
mod outputs;
mod precision;
mod torch;

use half::f16;
use numpy::{
    Element, PyArrayDescr, PyArrayDescrMethods, PyArrayMethods, PyUntypedArray,
    PyUntypedArrayMethods,
};
use posecodec::Float;
use posecodec::codecs::slices;
use pyo3::exceptions::PyMemoryError;
use pyo3::intern;
use pyo3::prelude::*;
use slices::Floats;

use crate::call::Shape;
use crate::error::{conversion_error, invalid};

pub(crate) use alike::SamePrecision;
pub(crate) use layout::{Array, contiguous};
use layout::{Layout, in_layout};
pub(crate) use numbers::{ComputePrecision, PromotedArray};
pub(crate) use outputs::{
    OutputArray, array_like, as_half, axes_array, cast, check_no_overlap, fresh, fresh_or_reused,
    new_array, values_mut, writable, writable_as, zero,
};
pub(crate) use precision::{in_own_precision, in_shared_precision};
pub(crate) use torch::{ReturnAs, array_of_out, half_tensor_as_single, is_on_device};
use torch::{is_torch_tensor, tensor_as_array};

/// The output of a network, in its own precision.
pub(crate) enum NetworkOutput<'py> {
    F16(Array<'py, f16>),
    F32(Array<'py, f32>),
    F64(Array<'py, f64>),
}

impl<'py> NetworkOutput<'py> {
    /// Reads an array, a torch tensor or nested lists. Contiguous arrays are not copied.
    pub(crate) fn read(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        Self::read_in(Layout::Contiguous, object, argument)
    }

    /// The same, but arrays that are aligned and in native byte order are not copied: not all of the
    /// arrays are contiguous then.
    pub(crate) fn read_in_any_layout(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        Self::read_in(Layout::Any, object, argument)
    }

    fn read_in(layout: Layout, object: &Bound<'py, PyAny>, argument: &str) -> PyResult<Self> {
        let array = as_array(object, argument)?;
        Ok(match float_size(&array) {
            Some(2) => Self::F16(in_layout(layout, &array)?),
            Some(4) => Self::F32(in_layout(layout, &array)?),
            Some(_) => Self::F64(in_layout(layout, &array)?),
            None => {
                let wanted = "must hold float16, float32 or float64 values";
                return Err(invalid(object.py(), argument, wanted, array.dtype()));
            }
        })
    }

    /// Reads integers and booleans as well, in double precision; also returns the dtype of `object`.
    pub(crate) fn of_any(
        object: &Bound<'py, PyAny>,
        argument: &str,
    ) -> PyResult<(Self, Bound<'py, PyArrayDescr>)> {
        let array = real_array(object, argument)?;
        let dtype = array.dtype();
        let output = match float_size(&array) {
            Some(_) => Self::read(array.as_any(), argument)?,
            None => Self::F64(contiguous(&array)?),
        };
        Ok((output, dtype))
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::F16(array) => array.shape(),
            Self::F32(array) => array.shape(),
            Self::F64(array) => array.shape(),
        }
    }

    pub(crate) fn dtype(&self, py: Python<'py>) -> Bound<'py, PyArrayDescr> {
        match self {
            Self::F16(_) => f16::get_dtype(py),
            Self::F32(_) => f32::get_dtype(py),
            Self::F64(_) => f64::get_dtype(py),
        }
    }

    /// The values as type `E`: the array itself if it has this type, else a contiguous copy.
    pub(crate) fn of_type<E: Element>(&self) -> PyResult<Array<'py, E>> {
        match self {
            Self::F16(array) => in_layout(Layout::Any, array.array.as_untyped()),
            Self::F32(array) => in_layout(Layout::Any, array.array.as_untyped()),
            Self::F64(array) => in_layout(Layout::Any, array.array.as_untyped()),
        }
    }

    pub(crate) fn is_half(&self) -> bool {
        matches!(self, Self::F16(_))
    }

    /// The values in single precision if they are float16, else in their own.
    pub(crate) fn into_reals(self) -> PyResult<FloatArray<'py>> {
        Ok(match self {
            Self::F16(_) => FloatArray::F32(self.of_type()?),
            Self::F32(array) => FloatArray::F32(array),
            Self::F64(array) => FloatArray::F64(array),
        })
    }

    /// The values in double precision.
    pub(crate) fn into_f64(self) -> PyResult<Array<'py, f64>> {
        self.of_type()
    }
}

/// Whether small dtypes are promoted when an array of coordinates or visibilities is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum DtypePolicy {
    /// float16, and the small integers that NumPy would promote to float32, become float32.
    Promote,
    /// Results have the argument's dtype, including its byte order.
    Keep,
}

/// A small array of coordinates or visibilities. It is a copy, so that arrays of `out` cannot alias it.
pub(crate) enum CoordArray<'py> {
    F32(Vec<f32>, Shape),
    /// Double precision. Values of another dtype are converted, and the dtype is kept.
    F64(Vec<f64>, Shape, Option<Bound<'py, PyArrayDescr>>),
}

impl<'py> CoordArray<'py> {
    /// Reads an array, a torch tensor or nested lists of real numbers.
    pub(crate) fn read(
        object: &Bound<'py, PyAny>,
        argument: &str,
        policy: DtypePolicy,
    ) -> PyResult<Self> {
        let promote = policy == DtypePolicy::Promote;
        let array = real_array(object, argument)?;
        let dtype = array.dtype();
        let shape = array.shape().iter().copied().take(5).collect();
        let single = promotes_to_single(&dtype) && (promote || float_size(&array) == Some(4));
        // The weights are of the visibilities' dtype, byte order and all.
        let native = promote || dtype.is_native_byteorder() != Some(false);
        Ok(if single && native {
            Self::F32(try_to_vec(contiguous::<f32>(&array)?.values())?, shape)
        } else {
            let values = try_to_vec(contiguous::<f64>(&array)?.values())?;
            let kept = float_size(&array) == Some(8) && native;
            Self::F64(values, shape, (!kept).then_some(dtype))
        })
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::F32(_, shape) | Self::F64(_, shape, _) => shape,
        }
    }

    /// The numbers, as the core takes them.
    pub(crate) fn floats(&self) -> Floats<'_> {
        match self {
            Self::F32(values, _) => Floats::F32(values),
            Self::F64(values, ..) => Floats::F64(values),
        }
    }
}

/// When an array is copied before it is read, as NumPy's argument `copy` specifies it.
#[derive(Clone, Copy)]
pub(crate) enum CopyMode {
    /// Because the outputs may be in its memory.
    Always,
    /// Only if its type or layout has to be converted.
    IfNeeded,
}

impl CopyMode {
    /// The array, or a copy of it.
    pub(crate) fn apply<'py>(
        self,
        array: Bound<'py, PyUntypedArray>,
    ) -> PyResult<Bound<'py, PyUntypedArray>> {
        match self {
            Self::Always => copied_array(&array),
            Self::IfNeeded => Ok(array),
        }
    }
}

/// Values in single or double precision, promoted as NumPy does for a computation. Contiguous arrays of
/// these precisions are not copied.
pub(crate) enum FloatArray<'py> {
    F32(Array<'py, f32>),
    F64(Array<'py, f64>),
}

impl<'py> FloatArray<'py> {
    /// Reads a numeric array.
    pub(crate) fn of(array: &Bound<'py, PyUntypedArray>, copy: CopyMode) -> PyResult<Self> {
        let array = &copy.apply(array.clone())?;
        Ok(if promotes_to_single(&array.dtype()) {
            Self::F32(contiguous(array)?)
        } else {
            Self::F64(contiguous(array)?)
        })
    }

    pub(crate) fn is_double(&self) -> bool {
        matches!(self, Self::F64(_))
    }

    /// The numbers, as the core takes them.
    pub(crate) fn floats(&self) -> Floats<'_> {
        match self {
            Self::F32(array) => Floats::F32(array.values()),
            Self::F64(array) => Floats::F64(array.values()),
        }
    }
}

/// A copy of an array.
pub(crate) fn copied_array<'py>(
    array: &Bound<'py, PyUntypedArray>,
) -> PyResult<Bound<'py, PyUntypedArray>> {
    Ok(array.call_method0(intern!(array.py(), "copy"))?.cast_into()?)
}

/// The object as a numeric array.
pub(crate) fn real_array<'py>(
    object: &Bound<'py, PyAny>,
    argument: &str,
) -> PyResult<Bound<'py, PyUntypedArray>> {
    let array = as_array(object, argument)?;
    if matches!(array.dtype().kind(), b'f' | b'i' | b'u' | b'b') {
        Ok(array)
    } else {
        Err(invalid(
            object.py(),
            argument,
            "must be an array of real numbers",
            format_args!("dtype {}", array.dtype()),
        ))
    }
}

/// Whether NumPy promotes this dtype and float32 to float32.
pub(crate) fn promotes_to_single(dtype: &Bound<'_, PyArrayDescr>) -> bool {
    match dtype.kind() {
        b'f' => dtype.itemsize() <= 4,
        b'i' | b'u' => dtype.itemsize() <= 2,
        kind => kind == b'b',
    }
}

/// A copy, or a `MemoryError`.
pub(crate) fn try_to_vec<T: Copy>(values: &[T]) -> PyResult<Vec<T>> {
    let mut copy = try_with_capacity(values.len())?;
    copy.extend_from_slice(values);
    Ok(copy)
}

/// A vector of `len` copies of a value, or a `MemoryError`.
pub(crate) fn try_vec_of<T: Clone>(value: T, len: usize) -> PyResult<Vec<T>> {
    let mut values = try_with_capacity(len)?;
    values.resize(len, value);
    Ok(values)
}

/// The values in double precision, or a `MemoryError`.
pub(crate) fn to_f64<T: Float>(values: &[T]) -> PyResult<Vec<f64>> {
    let mut to_f64 = try_with_capacity(values.len())?;
    to_f64.extend(values.iter().map(|&value| value.as_f64()));
    Ok(to_f64)
}

/// An empty vector with this capacity, or a `MemoryError`.
pub(crate) fn try_with_capacity<T>(len: usize) -> PyResult<Vec<T>> {
    let mut values = Vec::new();
    values
        .try_reserve_exact(len)
        .map_err(|error| PyMemoryError::new_err(format!("no memory for {len} values: {error}")))?;
    Ok(values)
}

/// Bytes per floating-point number: 2, 4 or 8, which kernels can read, or 16 for longer ones, which
/// are converted to float64. `None` for other dtypes.
fn float_size(array: &Bound<'_, PyUntypedArray>) -> Option<usize> {
    let dtype = array.dtype();
    match (dtype.kind(), dtype.itemsize()) {
        (b'f', size @ (2 | 4 | 8)) => Some(size),
        (b'f', _) => Some(16),
        _ => None,
    }
}

/// A copy of an array as integers, converted as NumPy does.
pub(crate) fn integers<'py>(array: &Bound<'py, PyUntypedArray>) -> PyResult<Vec<i64>> {
    try_to_vec(contiguous::<i64>(array)?.values())
}

/// The object as an array: itself, a torch tensor's memory, or the result of `np.asarray`.
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
    let wanted = "must be an array of real numbers";
    let array = convert().map_err(|cause| conversion_error(py, argument, wanted, cause))?;
    Ok(array.cast_into::<PyUntypedArray>()?)
}
