//! The targets of SLEAP.

use posecodec::functional::sleap::{self, SamplingGrid};
use pyo3::prelude::*;

use super::mmaction::read_pairs;
use crate::call::enter;
use crate::class::parse::{number, size};
use crate::convert::{CoordArray, DtypePolicy, OutputArray};
use crate::error::Result;
use crate::functional::points::{first_columns, in_precision, wrong_shape};

/// Maps (K, H, W) of instances (N, K, 2): Gaussians, of which the maximum is kept. With `separate`, maps
/// (N, K, H, W).
#[pyfunction]
pub(crate) fn confidence_maps<'py>(
    instances: &Bound<'py, PyAny>,
    img_hw: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
    output_stride: &Bound<'py, PyAny>,
    separate: bool,
) -> Result<Bound<'py, PyAny>> {
    let (numbers, [people, count], grid) = read(instances, img_hw, output_stride)?;
    let sigma = number("sigma", sigma)?;
    let [width, height] = grid.size();
    let shape = [people, count, height, width];
    let shape = &shape[usize::from(!separate)..];
    let counts = if separate { [1, numbers.count() / numbers.shape()[2]] } else { [people, count] };
    let mut maps = OutputArray::<f32>::uninit(instances.py(), "img_hw", shape)?;
    let values = maps.values_mut();
    in_precision!(&numbers, coordinates => {
        let points = first_columns(coordinates, numbers.shape()[2])?;
        enter(instances.py(), values.len(), || {
            sleap::confidence_maps(&points, counts, &grid, sigma, values)
        })
    })?;
    Ok(maps.into_any())
}

/// Fields (E, 2, H, W) of instances (N, K, 2) and edges (E, 2).
#[pyfunction]
pub(crate) fn part_affinity_fields<'py>(
    instances: &Bound<'py, PyAny>,
    img_hw: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
    output_stride: &Bound<'py, PyAny>,
    edge_inds: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let (numbers, counts, grid) = read(instances, img_hw, output_stride)?;
    let (sigma, edges) = (number("sigma", sigma)?, read_pairs("edge_inds", edge_inds)?);
    let [width, height] = grid.size();
    let shape = [edges.len(), 2, height, width];
    let mut fields = OutputArray::<f32>::uninit(instances.py(), "img_hw", &shape)?;
    let values = fields.values_mut();
    in_precision!(&numbers, coordinates => {
        let points = first_columns(coordinates, numbers.shape()[2])?;
        enter(instances.py(), values.len(), || {
            sleap::part_affinity_fields(&points, counts, &edges, &grid, sigma, values)
        })
    })?;
    Ok(fields.into_any())
}

/// Coordinates of instances (N, K, 2), N and K, and the pixels of the maps.
fn read<'py>(
    instances: &Bound<'py, PyAny>,
    img_hw: &Bound<'py, PyAny>,
    output_stride: &Bound<'py, PyAny>,
) -> Result<(CoordArray<'py>, [usize; 2], SamplingGrid)> {
    let numbers = CoordArray::read(instances, "instances", DtypePolicy::Promote)?;
    let [people, count] = match *numbers.shape() {
        [people, count, columns] if columns >= 2 => [people, count],
        _ => {
            let (py, got) = (instances.py(), numbers.shape());
            return Err(wrong_shape(py, "instances", "(N, K, 2)", got).into());
        }
    };
    let grid = SamplingGrid::new(size("img_hw", img_hw)?, number("output_stride", output_stride)?)?;
    Ok((numbers, [people, count], grid))
}
