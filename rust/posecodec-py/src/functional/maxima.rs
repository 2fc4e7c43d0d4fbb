//! Maxima of heatmaps.

use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::Shape;
use posecodec::functional;
use pyo3::prelude::*;

use crate::call::enter;
use crate::convert::{Array, NetworkOutput, OutputArray, ReturnAs, in_own_precision};
use crate::error::invalid;

/// Locations and values.
pub(super) type Maxima<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Find the maxima of heatmaps.
///
/// Args:
///     heatmaps (array): Shape (K, H, W) or (B, K, H, W); of any numeric dtype.
///
/// Returns:
///     tuple:
///     - locs (array): Shape (K, 2) or (B, K, 2), float32: x and y of the first maximum, in pixels;
///       -1 where no value is above 0. NaN counts as the maximum.
///     - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.
///
/// Raises:
///     InvalidInputError: For another number of dimensions, or maps without a pixel.
#[pyfunction]
pub(crate) fn get_heatmap_maximum<'py>(heatmaps: &Bound<'py, PyAny>) -> PyResult<Maxima<'py>> {
    let (maps, dtype) = NetworkOutput::of_any(heatmaps, "heatmaps")?;
    let (lead, shape) = match *maps.shape() {
        [count, height, width] => (1, [1, count, height, width]),
        [batch, count, height, width] => (2, [batch, count, height, width]),
        _ => return Err(wrong_dimensions(heatmaps, "(K, H, W) or (B, K, H, W)", maps.shape())),
    };
    let (locations, values) = in_own_precision!(&maps, array => {
        maxima(heatmaps.py(), array, &array.shape()[..lead], |maps, locations, values| {
            functional::get_heatmap_maximum(maps, shape, locations, values)
        })
    })?;
    Ok((locations, ReturnAs::Array(dtype).convert(values)?))
}

/// Find the maxima of 3D heatmaps.
///
/// Args:
///     heatmaps (array): Shape (K, D, H, W) or (B, K, D, H, W); of any numeric dtype.
///
/// Returns:
///     tuple:
///     - locs (array): Shape (K, 3) or (B, K, 3), float32: x, y and z of the first maximum, in
///       pixels; -1 where no value is above 0. NaN counts as the maximum.
///     - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.
///
/// Raises:
///     InvalidInputError: For another number of dimensions, or maps without a pixel.
#[pyfunction]
pub(crate) fn get_heatmap_3d_maximum<'py>(heatmaps: &Bound<'py, PyAny>) -> PyResult<Maxima<'py>> {
    let (maps, dtype) = NetworkOutput::of_any(heatmaps, "heatmaps")?;
    let (lead, shape) = match *maps.shape() {
        [count, depth, height, width] => (1, [1, count, depth, height, width]),
        [batch, count, depth, height, width] => (2, [batch, count, depth, height, width]),
        _ => {
            return Err(wrong_dimensions(
                heatmaps,
                "(K, D, H, W) or (B, K, D, H, W)",
                maps.shape(),
            ));
        }
    };
    let (locations, values) = in_own_precision!(&maps, array => {
        maxima(heatmaps.py(), array, &array.shape()[..lead], |maps, locations, values| {
            functional::get_heatmap_3d_maximum(maps, shape, locations, values)
        })
    })?;
    Ok((locations, ReturnAs::Array(dtype).convert(values)?))
}

/// New arrays with one location and one value per map, filled by `find`.
fn maxima<'py, E: HeatmapValue + Element, const D: usize>(
    py: Python<'py>,
    maps: &Array<'py, E>,
    lead: &[usize],
    find: impl FnOnce(&[E], &mut [[f32; D]], &mut [E]) -> posecodec::Result<()> + Send,
) -> PyResult<Maxima<'py>> {
    let shape: Vec<_> = lead.iter().copied().chain([D]).collect();
    let mut locations = OutputArray::<f32>::zeros(py, "heatmaps", &shape)?;
    let mut values = OutputArray::<E>::zeros(py, "heatmaps", lead)?;
    let (points, peaks) = (locations.values_mut().as_chunks_mut().0, values.values_mut());
    let maps = maps.values();
    enter(py, maps.len(), || find(maps, points, peaks))?;
    Ok((locations.into_any(), values.into_any()))
}

/// The error for maps with a wrong number of dimensions.
fn wrong_dimensions(maps: &Bound<'_, PyAny>, wanted: &str, got: &[usize]) -> PyErr {
    let wanted = format!("must be of shape {wanted}");
    invalid(maps.py(), "heatmaps", &wanted, format_args!("Invalid shape {}", Shape(got)))
}
