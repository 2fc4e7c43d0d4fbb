//! Filters of whole heatmaps: blurs and non-maximum suppression.

use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::functional;
use pyo3::prelude::*;

use super::points::sides_of;
use crate::call::enter;
use crate::class::OptionalArg;
use crate::class::parse::{count, describe};
use crate::convert::{
    Array, NetworkOutput, OutputArray, ReturnAs, half_tensor_as_single, in_own_precision,
};
use crate::error::invalid;

/// Blur heatmaps with OpenCV's Gaussian and rescale each to its previous maximum.
///
/// Outside the heatmaps, values are 0. Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).
///
/// Args:
///     heatmaps (array): Shape (K, H, W); float16, float32 or float64. Not modified.
///     kernel (int): Size of the Gaussian kernel, odd: 17 for a sigma of 3, 11 for 2. Default: 11.
///
/// Returns:
///     array: Shape (K, H, W), of the heatmaps' dtype; computed in float32.
///
/// Raises:
///     InvalidInputError: For an even kernel size, or a wrong shape or dtype.
#[pyfunction]
#[pyo3(signature = (heatmaps, kernel=OptionalArg::DEFAULT), text_signature = "(heatmaps, kernel=11)")]
pub(crate) fn gaussian_blur<'py>(
    heatmaps: &Bound<'py, PyAny>,
    kernel: OptionalArg<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = heatmaps.py();
    let kernel = kernel.parse_or("kernel", count, 11)?;
    let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
    let shape = sides_of(py, "heatmaps", "(K, H, W)", maps.shape())?;
    in_own_precision!(&maps, array => filtered(py, array, |maps, out| {
        functional::gaussian_blur(maps, shape, kernel, out)
    }))
}

/// Blur SimCC vectors with OpenCV's Gaussian and rescale each to its previous maximum.
///
/// Outside the vectors, values are 0.
///
/// Args:
///     simcc (array): Shape (N, K, W); float16, float32 or float64. Not modified.
///     kernel (int): Size of the Gaussian kernel, odd: 17 for a sigma of 3, 11 for 2. Default: 11.
///
/// Returns:
///     array: Shape (N, K, W), of the vectors' dtype; computed in float32.
///
/// Raises:
///     InvalidInputError: For an even kernel size, or a wrong shape or dtype.
#[pyfunction]
#[pyo3(signature = (simcc, kernel=OptionalArg::DEFAULT), text_signature = "(simcc, kernel=11)")]
pub(crate) fn gaussian_blur1d<'py>(
    simcc: &Bound<'py, PyAny>,
    kernel: OptionalArg<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = simcc.py();
    let kernel = kernel.parse_or("kernel", count, 11)?;
    let vectors = NetworkOutput::read(simcc, "simcc")?;
    let shape = sides_of(py, "simcc", "(N, K, W)", vectors.shape())?;
    in_own_precision!(&vectors, array => filtered(py, array, |vectors, out| {
        functional::gaussian_blur1d(vectors, shape, kernel, out)
    }))
}

/// Non-maximum suppression: keep the maxima of neighborhoods in heatmaps, and set other values to 0.
///
/// Args:
///     batch_heatmaps (array or Tensor): Shape (B, K, H, W); float16, float32 or float64, of tensors
///         bfloat16 as well.
///     kernel_size (int): Size of the neighborhood, odd. Default: 5.
///
/// Returns:
///     array or Tensor: Of the type and shape of ``batch_heatmaps``: on the same device, without
///     gradients; tensors of half precision become float32, as torch multiplies them.
///
/// Raises:
///     InvalidInputError: For an even kernel size, or a wrong shape or dtype.
#[pyfunction]
#[pyo3(signature = (batch_heatmaps, kernel_size=OptionalArg::DEFAULT), text_signature = "(batch_heatmaps, kernel_size=5)")]
pub(crate) fn batch_heatmap_nms<'py>(
    batch_heatmaps: &Bound<'py, PyAny>,
    kernel_size: OptionalArg<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    const NAME: &str = "batch_heatmaps";
    let py = batch_heatmaps.py();
    let size = kernel_size.parse_or("kernel_size", count, 5).ok();
    let Some(size) = size.filter(|size| size % 2 == 1) else {
        let wanted = "is wrong: The kernel_size should be an odd integer";
        let got = kernel_size.value().map(describe).unwrap_or_default();
        return Err(invalid(py, "kernel_size", wanted, got));
    };
    let batch_heatmaps = &half_tensor_as_single(batch_heatmaps)?;
    let maps = NetworkOutput::read(batch_heatmaps, NAME)?;
    let shape = sides_of(py, NAME, "(B, K, H, W)", maps.shape())?;
    let return_as = ReturnAs::of(batch_heatmaps, &maps)?;
    let peaks = in_own_precision!(&maps, array => filtered(py, array, |maps, out| {
        functional::batch_heatmap_nms(maps, shape, size, out)
    }))?;
    return_as.convert(peaks)
}

/// A new array of the same shape, filled by `filter`.
pub(super) fn filtered<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    maps: &Array<'py, E>,
    filter: impl FnOnce(&[E], &mut [E]) -> posecodec::Result<()> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let mut out = OutputArray::uninit(py, "heatmaps", maps.shape())?;
    let (maps, into) = (maps.values(), out.values_mut());
    enter(py, maps.len(), || filter(maps, into))?;
    Ok(out.into_any())
}
