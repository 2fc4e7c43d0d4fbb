//! The decoding and the targets of transformers' ViTPose and Sapiens2.

use posecodec::functional::transformers::{self, PersonHeatmaps};
use posecodec::{Float, Shape};
use pyo3::prelude::*;

use super::decode::{Keypoints, fill, read_maps};
use crate::class::parse::{count, number, size};
use crate::convert::{CoordArray, DtypePolicy, OutputArray, in_own_precision, new_array};
use crate::error::{Result, invalid};
use crate::functional::points::{first_columns, in_precision, wrong_shape};

/// Locations (N, K, 2) and scores (N, K, 1) of maxima.
#[pyfunction]
pub(crate) fn get_keypoint_predictions<'py>(
    heatmaps: &Bound<'py, PyAny>,
) -> PyResult<Keypoints<'py>> {
    let (maps, shape) = read_maps(heatmaps, "heatmaps")?;
    in_own_precision!(&maps, array => {
        fill(heatmaps.py(), array, [shape[0], shape[1]], |maps, locations, scores| {
            transformers::get_keypoint_predictions(maps, shape, locations, scores)
        })
    })
}

/// Maps (K, H, W) and weights (K,) of one person.
#[pyfunction]
pub(crate) fn person_heatmaps<'py>(
    person: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    output_size: &Bound<'py, PyAny>,
    downscale_factor: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
) -> Result<Keypoints<'py>> {
    let py = keypoints.py();
    let corners = CoordArray::read(person, "boxes", DtypePolicy::Promote)?;
    let shape = corners.shape().to_vec();
    let corners = in_precision!(&corners, values => singles(values));
    let &[x, y, w, h] = &corners[..] else {
        let got = format!("shape {}", Shape(&shape));
        return Err(invalid(py, "boxes", "must have the four numbers x, y, w, h each", got).into());
    };
    let numbers = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
    let (points, columns) = match *numbers.shape() {
        [0] => (0, 2),
        [points, columns] if columns >= 2 => (points, columns),
        _ => {
            let wanted = "(K, 2) or (K, 3) for each person";
            return Err(wrong_shape(py, "keypoints", wanted, numbers.shape()).into());
        }
    };
    let values = in_precision!(&numbers, values => singles(values));
    let [height, width] = size("output_size", output_size)?;
    let factor = count("downscale_factor", downscale_factor)?;
    let maps = PersonHeatmaps::new([x, y, w, h], [height, width], factor, number("sigma", sigma)?)?;
    let visible: Option<Vec<f32>> =
        (columns > 2).then(|| values.chunks_exact(columns).map(|row| row[2]).collect());
    let places = first_columns(&values, columns)?;
    let [width, height] = maps.size();
    let mut heatmaps = OutputArray::<f32>::zeros(py, "output_size", &[points, height, width])?;
    let mut weights = vec![0.0; points];
    maps.fill(&places, visible.as_deref(), heatmaps.values_mut(), &mut weights)?;
    Ok((heatmaps.into_any(), new_array(py, "keypoints", &[points], &weights)?))
}

fn singles<T: Float>(values: &[T]) -> Vec<f32> {
    values.iter().map(|value| value.as_f64() as f32).collect()
}
