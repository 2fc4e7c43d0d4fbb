//! Torch tensors, without importing torch.

use numpy::{PyArrayDescr, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::intern;
use pyo3::prelude::*;

use super::NetworkOutput;
use super::dlpack::TensorClass;
use crate::error::{conversion_error, invalid};

/// The type in which results are returned: that of the argument.
pub(crate) enum ReturnAs<'py> {
    /// A NumPy array of this dtype.
    Array(Bound<'py, PyArrayDescr>),
    /// A torch tensor of the dtype and on the device of this one.
    Tensor(Bound<'py, PyAny>),
}

impl<'py> ReturnAs<'py> {
    /// The type of `object`, which was read as `output`.
    pub(crate) fn of(object: &Bound<'py, PyAny>, output: &NetworkOutput<'py>) -> PyResult<Self> {
        Ok(if is_torch_tensor(object)? {
            Self::Tensor(object.clone())
        } else {
            Self::Array(output.dtype(object.py()))
        })
    }

    /// Converts a result to this type.
    pub(crate) fn convert(&self, array: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
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
                let result = torch.call_method1(intern!(py, "from_numpy"), (array,))?;
                let dtype = result.getattr(intern!(py, "dtype"))?;
                if tensor.getattr(intern!(py, "is_cpu"))?.is_truthy()?
                    && tensor.getattr(intern!(py, "dtype"))?.is(&dtype)
                {
                    return Ok(result);
                }
                result.call_method1(intern!(py, "to"), (tensor,))
            }
        }
    }
}

/// Whether the object is a torch tensor, without importing torch.
pub(super) fn is_torch_tensor(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = object.py();
    if let Some(class) = TensorClass::get(py) {
        return class.is_class_of(object);
    }
    let modules = py.import(intern!(py, "sys"))?.getattr(intern!(py, "modules"))?;
    match modules.get_item(intern!(py, "torch")) {
        Ok(torch) => match torch.getattr(intern!(py, "Tensor")) {
            Ok(class) => {
                TensorClass::remember(&class);
                object.is_instance(&class)
            }
            Err(_) => Ok(false), // torch is only half imported
        },
        Err(_) => Ok(false),
    }
}

/// Whether the object is a torch tensor on another device than the CPU.
pub(crate) fn is_on_device(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    if object.is_instance_of::<PyUntypedArray>() || !is_torch_tensor(object)? {
        return Ok(false);
    }
    Ok(!object.getattr(intern!(object.py(), "is_cpu"))?.is_truthy()?)
}

/// The memory of a tensor of `out` as an array; other objects unchanged.
pub(crate) fn array_of_out<'py>(
    object: Bound<'py, PyAny>,
    argument: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    if object.is_instance_of::<PyUntypedArray>() || !is_torch_tensor(&object)? {
        return Ok(object);
    }
    if !object.getattr(intern!(py, "is_cpu"))?.is_truthy()? {
        let got = format!("a tensor on {}", object.getattr(intern!(py, "device"))?);
        return Err(invalid(py, argument, "must be on the CPU", got));
    }
    if object.getattr(intern!(py, "requires_grad"))?.is_truthy()? {
        let wanted = "must not require gradients, which filling it would not record";
        return Err(invalid(py, argument, wanted, "a tensor with requires_grad=True"));
    }
    if let Some(class) = TensorClass::get(py)
        && let Some(array) = class.memory(&object)?
    {
        return Ok(array);
    }
    let wanted = "must be a tensor whose memory NumPy can share";
    object
        .call_method0(intern!(py, "numpy"))
        .map_err(|cause| conversion_error(py, argument, wanted, cause))
}

/// Converts a torch tensor of half precision to single precision, as torch promotes it in a product;
/// returns other objects unchanged.
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

/// A tensor's memory as an array. Tensors on other devices are copied, and bfloat16, which NumPy does
/// not have, is converted to float32.
pub(super) fn tensor_as_array<'py>(tensor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = tensor.py();
    if let Some(class) = TensorClass::get(py)
        && let Some(array) = class.array(tensor)?
    {
        return Ok(array);
    }
    // `numpy` fails for tensors with gradients, on other devices, or of bfloat16.
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
