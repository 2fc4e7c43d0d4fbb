//! The decoding and the targets of transformers' ViTPose and Sapiens2.

use posecodec::functional::transformers::{self, Blur, PersonHeatmaps};
use posecodec::{Float, Shape};
use pyo3::prelude::*;

use super::decode::{Keypoints, fill, named_wrong_shape};
use crate::call::enter;
use crate::class::parse::{count, number, size, string};
use crate::convert::{
    CoordArray, DtypePolicy, NetworkOutput, OutputArray, in_own_precision, new_array,
};
use crate::error::{Result, invalid};
use crate::functional::points::{first_columns, in_precision};

/// Locations (N, K, 2) and scores (N, K, 1) of maxima.
#[pyfunction]
pub(crate) fn get_keypoint_predictions<'py>(
    heatmaps: &Bound<'py, PyAny>,
) -> PyResult<Keypoints<'py>> {
    let (maps, shape) = read(heatmaps)?;
    in_own_precision!(&maps, array => {
        fill(heatmaps.py(), array, [shape[0], shape[1]], |maps, locations, scores| {
            transformers::get_keypoint_predictions(maps, shape, locations, scores)
        })
    })
}

/// Refined keypoints (N, K, 2). `model` is `'vitpose'` or `'sapiens2'`.
#[pyfunction]
pub(crate) fn post_dark_unbiased_data_processing<'py>(
    coords: &Bound<'py, PyAny>,
    heatmaps: &Bound<'py, PyAny>,
    kernel: &Bound<'py, PyAny>,
    model: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let py = coords.py();
    let blur = match &*string("model", model)? {
        "vitpose" => Blur::vitpose(count("kernel", kernel)?)?,
        _ => Blur::sapiens2(count("blur_kernel_size", kernel)?)?,
    };
    let (maps, shape) = read(heatmaps)?;
    let [batch, planes, ..] = shape;
    let mut numbers = CoordArray::read(coords, "coords", DtypePolicy::Promote)?;
    let people = match *numbers.shape() {
        [people, keypoints, 2] if keypoints == planes => Some(people),
        _ => None,
    };
    if people.is_none_or(|people| batch != 1 && batch != people) {
        let people = if batch == 1 { "N".into() } else { batch.to_string() };
        let wanted = format!("must be of shape ({people}, {planes}, 2), like `heatmaps`");
        let got = format!("shape {}", Shape(numbers.shape()));
        return Err(invalid(py, "coords", &wanted, got).into());
    }
    in_precision!(&mut numbers, values => {
        let mut points = first_columns(values, 2)?;
        in_own_precision!(&maps, array => {
            let maps = array.values();
            enter(py, maps.len(), || {
                transformers::post_dark_unbiased_data_processing(&mut points, maps, shape, &blur)
            })
        })?;
        values.copy_from_slice(points.as_flattened());
    });
    Ok(numbers.into_array(py, "coords")?)
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
            let got = format!("shape {}", Shape(numbers.shape()));
            let wanted = "must be of shape (K, 2) or (K, 3) for each person";
            return Err(invalid(py, "keypoints", wanted, got).into());
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

fn read<'py>(heatmaps: &Bound<'py, PyAny>) -> PyResult<(NetworkOutput<'py>, [usize; 4])> {
    let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
    match <[usize; 4]>::try_from(maps.shape()) {
        Ok(shape) => Ok((maps, shape)),
        Err(_) => Err(named_wrong_shape(heatmaps, "heatmaps", "(N, K, H, W)", maps.shape())),
    }
}
