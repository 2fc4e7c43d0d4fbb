//! `decode` and `batch_decode` of tensors on another device than the CPU, by `posecodec_rs.torch`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::{Decoded, FlipArguments};
use crate::call::Call;
use crate::convert::is_on_device;

/// Decodes a network's outputs if one of them is a tensor on another device than the CPU. Torch is
/// imported already then.
pub(crate) fn decode_on_device<'py>(
    codec: &Bound<'py, PyAny>,
    outputs: &[&Bound<'py, PyAny>],
    flip: &FlipArguments<'_, 'py>,
) -> PyResult<Option<Decoded<'py>>> {
    let mut on_device = false;
    for output in outputs {
        on_device |= is_on_device(output)?;
    }
    if !on_device {
        return Ok(None);
    }
    let py = codec.py();
    let arguments: Vec<_> = [codec].into_iter().chain(outputs.iter().copied()).collect();
    let arguments = PyTuple::new(py, arguments)?;
    let keywords = PyDict::new(py);
    keywords.set_item(intern!(py, "flipped"), flip.flipped)?;
    keywords.set_item(intern!(py, "flip_indices"), flip.flip_indices)?;
    if let Some(shift) = flip.shift.value() {
        keywords.set_item(intern!(py, "shift"), shift)?;
    }
    let decode = on_device_function(py, "decode_natively")?;
    Ok(Some(decode.call(arguments, Some(&keywords))?.extract()?))
}

/// Decodes heatmaps and displacements if both are tensors on another device than the CPU. The results
/// are tensors on that device.
pub(crate) fn decode_people_on_device<'py>(
    codec: &Bound<'py, PyAny>,
    call: Call,
    [heatmaps, displacements]: [&Bound<'py, PyAny>; 2],
) -> PyResult<Option<Decoded<'py>>> {
    if !(is_on_device(heatmaps)? && is_on_device(displacements)?) {
        return Ok(None);
    }
    let name = match call {
        Call::Single => "decode_image_of_people",
        Call::Batch => "decode_images_of_people",
    };
    let decode = on_device_function(codec.py(), name)?;
    Ok(Some(decode.call1((codec, heatmaps, displacements))?.extract()?))
}

/// A function of `posecodec_rs.torch`.
fn on_device_function<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import(intern!(py, "posecodec_rs.torch._decode"))?.getattr(name)
}
