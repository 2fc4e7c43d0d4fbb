//! Where heatmaps are largest.

use numpy::{Element, PyArrayDyn};
use posecodec::HeatmapValue;
use posecodec::Shape;
use posecodec::functional;
use pyo3::prelude::*;

use crate::call::maybe_detach;
use crate::convert::{Array, Kind, NetworkOutput, in_own_precision, values_mut, zeros};
use crate::error::{invalid, raise};

/// Places and values.
pub(super) type Maxima<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Where heatmaps are largest, and how large.
///
/// Args:
///     heatmaps (array): Shape (K, H, W) or (B, K, H, W); of any real numbers.
///
/// Returns:
///     tuple:
///     - locs (array): Shape (K, 2) or (B, K, 2), float32: x and y of the first maximum, in cells; -1
///       where no value is above 0. NaN counts as largest.
///     - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.
///
/// Raises:
///     InvalidInputError: For another number of dimensions, maps without a cell.
#[pyfunction]
pub(crate) fn get_heatmap_maximum<'py>(heatmaps: &Bound<'py, PyAny>) -> PyResult<Maxima<'py>> {
    let (maps, dtype) = NetworkOutput::of_any(heatmaps, "heatmaps")?;
    let (lead, shape) = match *maps.shape() {
        [count, height, width] => (1, [1, count, height, width]),
        [batch, count, height, width] => (2, [batch, count, height, width]),
        _ => return Err(refused(heatmaps, "(K, H, W) or (B, K, H, W)", maps.shape())),
    };
    let (places, values) = in_own_precision!(&maps, array => {
        maxima(heatmaps.py(), array, &array.shape()[..lead], |maps, places, values| {
            functional::get_heatmap_maximum(maps, shape, places, values)
        })
    })?;
    Ok((places, Kind::Array(dtype).answer(values)?))
}

/// Where three-dimensional heatmaps are largest, and how large.
///
/// Args:
///     heatmaps (array): Shape (K, D, H, W) or (B, K, D, H, W); of any real numbers.
///
/// Returns:
///     tuple:
///     - locs (array): Shape (K, 3) or (B, K, 3), float32: x, y and z of the first maximum, in cells;
///       -1 where no value is above 0. NaN counts as largest.
///     - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.
///
/// Raises:
///     InvalidInputError: For another number of dimensions, maps without a cell.
#[pyfunction]
pub(crate) fn get_heatmap_3d_maximum<'py>(heatmaps: &Bound<'py, PyAny>) -> PyResult<Maxima<'py>> {
    let (maps, dtype) = NetworkOutput::of_any(heatmaps, "heatmaps")?;
    let (lead, shape) = match *maps.shape() {
        [count, depth, height, width] => (1, [1, count, depth, height, width]),
        [batch, count, depth, height, width] => (2, [batch, count, depth, height, width]),
        _ => return Err(refused(heatmaps, "(K, D, H, W) or (B, K, D, H, W)", maps.shape())),
    };
    let (places, values) = in_own_precision!(&maps, array => {
        maxima(heatmaps.py(), array, &array.shape()[..lead], |maps, places, values| {
            functional::get_heatmap_3d_maximum(maps, shape, places, values)
        })
    })?;
    Ok((places, Kind::Array(dtype).answer(values)?))
}

/// Arrays of a place and a value a map, filled.
fn maxima<'py, E: HeatmapValue + Element, const D: usize>(
    py: Python<'py>,
    maps: &Array<'py, E>,
    lead: &[usize],
    find: impl FnOnce(&[E], &mut [[f32; D]], &mut [E]) -> posecodec::Result<()> + Send,
) -> PyResult<Maxima<'py>> {
    let shape: Vec<_> = lead.iter().copied().chain([D]).collect();
    let places = zeros::<f32>(py, "heatmaps", &shape)?;
    let values: Bound<'py, PyArrayDyn<E>> = zeros(py, "heatmaps", lead)?;
    // SAFETY: both arrays were made here and nobody else knows them yet.
    let (into, values_into) = unsafe { (values_mut(&places), values_mut(&values)) };
    let maps = maps.values();
    maybe_detach(py, maps.len(), || find(maps, into.as_chunks_mut().0, values_into))
        .map_err(|error| raise(py, &error))?;
    Ok((places.into_any(), values.into_any()))
}

/// The error for maps of too few or too many dimensions.
pub(super) fn refused(maps: &Bound<'_, PyAny>, wanted: &str, got: &[usize]) -> PyErr {
    let wanted = format!("must be of shape {wanted}");
    invalid(maps.py(), "heatmaps", &wanted, format_args!("Invalid shape {}", Shape(got)))
}
