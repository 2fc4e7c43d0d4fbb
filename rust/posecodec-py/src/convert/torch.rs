//! Torch tensors, without importing torch.

use numpy::{PyArrayDescr, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::intern;
use pyo3::prelude::*;

use super::NetworkOutput;

/// In which kind an argument came, so that the answer can be of the same.
pub(crate) enum Kind<'py> {
    /// An array, or what became one, of this dtype.
    Array(Bound<'py, PyArrayDescr>),
    /// A torch tensor.
    Tensor(Bound<'py, PyAny>),
}

impl<'py> Kind<'py> {
    /// The kind of `object`, which was read as these responses.
    pub(crate) fn of(object: &Bound<'py, PyAny>, responses: &NetworkOutput<'py>) -> PyResult<Self> {
        Ok(if is_torch_tensor(object)? {
            Self::Tensor(object.clone())
        } else {
            Self::Array(responses.dtype(object.py()))
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

/// Whether the object is a torch tensor, without importing torch.
pub(super) fn is_torch_tensor(object: &Bound<'_, PyAny>) -> PyResult<bool> {
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
pub(super) fn tensor_as_array<'py>(tensor: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
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
