//! Conversions from heatmap pixels to image pixels.

use posecodec::functional::mmpose0::{self, PersonBox};
use posecodec::{Float, Shape};
use pyo3::prelude::*;

use crate::class::parse::{describe, exactly, flag, number};
use crate::convert::{CoordArray, DtypePolicy, NetworkOutput, new_array};
use crate::error::{Result, invalid};

use super::super::points::{first_columns, in_precision, wrong_shape};

/// `posecodec_rs.mmpose0.transform_preds`.
#[pyfunction]
pub(crate) fn transform_preds<'py>(
    coords: &Bound<'py, PyAny>,
    center: &Bound<'py, PyAny>,
    scale: &Bound<'py, PyAny>,
    output_size: &Bound<'py, PyAny>,
    use_udp: &Bound<'py, PyAny>,
    unit: f64,
) -> Result<Bound<'py, PyAny>> {
    let py = coords.py();
    let use_udp = flag("use_udp", use_udp)?;
    let output_size = sides("output_size", output_size)?;
    let [person] = read_boxes([center, scale], &[], unit)?[..] else { unreachable!("one box") };
    let mut numbers = CoordArray::read(coords, "coords", DtypePolicy::Keep)?;
    let &[_, columns @ (2 | 4 | 5)] = numbers.shape() else {
        let wanted = "(K, 2), (K, 4) or (K, 5)";
        return Err(wrong_shape(py, "coords", wanted, numbers.shape()).into());
    };
    in_precision!(&mut numbers, values => {
        let mut points = first_columns(values, columns)?;
        mmpose0::transform_preds(&mut points, &person, output_size, use_udp)?;
        for (row, point) in values.chunks_exact_mut(columns).zip(&points) {
            row[..2].copy_from_slice(point);
        }
    });
    Ok(numbers.into_array(py, "coords")?)
}

/// `posecodec_rs.mmpose0.keypoints_from_regression`, without the scores.
#[pyfunction]
pub(crate) fn keypoints_from_regression<'py>(
    regression_preds: &Bound<'py, PyAny>,
    center: &Bound<'py, PyAny>,
    scale: &Bound<'py, PyAny>,
    img_size: &Bound<'py, PyAny>,
    unit: f64,
) -> Result<Bound<'py, PyAny>> {
    let py = regression_preds.py();
    let img_size = sides("img_size", img_size)?;
    let (preds, _) = NetworkOutput::of_any(regression_preds, "regression_preds")?;
    let &[batch, count, 2] = preds.shape() else {
        let wanted = "(N, K, 2)";
        return Err(wrong_shape(py, "regression_preds", wanted, preds.shape()).into());
    };
    let boxes = read_boxes([center, scale], &[batch], unit)?;
    let preds = preds.into_f64()?;
    let mut keypoints = first_columns(preds.values(), 2)?;
    mmpose0::keypoints_from_regression(&mut keypoints, [batch, count], &boxes, img_size)?;
    Ok(new_array(py, "regression_preds", preds.shape(), keypoints.as_flattened())?)
}

/// Two sides of a size, which need not be integers.
pub(super) fn sides(name: &str, size: &Bound<'_, PyAny>) -> PyResult<[f64; 2]> {
    let wanted = "must be (w, h), two positive numbers";
    let sides = exactly::<2>(name, wanted, size)?;
    let mut numbers = [0.0; 2];
    for (number_of, side) in numbers.iter_mut().zip(&sides) {
        *number_of =
            number(name, side).map_err(|_| invalid(size.py(), name, wanted, describe(size)))?;
    }
    Ok(numbers)
}

/// Reads the boxes of samples: center, and scale in units of `unit` pixels, each of shape (..., 2) with
/// `lead` in front.
pub(super) fn read_boxes(
    [center, scale]: [&Bound<'_, PyAny>; 2],
    lead: &[usize],
    unit: f64,
) -> PyResult<Vec<PersonBox>> {
    let centers = pairs("center", center, lead)?;
    let scales = pairs("scale", scale, lead)?;
    let centers = in_precision!(&centers, values => double(values));
    Ok(in_precision!(&scales, values => {
        let scales = values.as_chunks::<2>().0;
        centers.into_iter().zip(scales).map(|(center, &scale)| PersonBox::new(center, scale, unit)).collect()
    }))
}

/// Numbers of shape (..., 2) with `lead` in front.
fn pairs<'py>(name: &str, pairs: &Bound<'py, PyAny>, lead: &[usize]) -> PyResult<CoordArray<'py>> {
    let numbers = CoordArray::read(pairs, name, DtypePolicy::Promote)?;
    let shape: Vec<_> = lead.iter().copied().chain([2]).collect();
    if numbers.shape() == shape {
        return Ok(numbers);
    }
    Err(wrong_shape(pairs.py(), name, &Shape(&shape).to_string(), numbers.shape()))
}

fn double<T: Float>(values: &[T]) -> Vec<[f64; 2]> {
    values.as_chunks().0.iter().map(|pair| pair.map(Float::as_f64)).collect()
}
