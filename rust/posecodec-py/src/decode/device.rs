//! `batch_decode` of tensors on another device than the CPU, by `posecodec_rs.torch`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::{Decoded, FlipArguments};
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
    let decode = py.import(intern!(py, "posecodec_rs.torch"))?.getattr(intern!(py, "_decode"))?;
    Ok(Some(decode.call(arguments, Some(&keywords))?.extract()?))
}
