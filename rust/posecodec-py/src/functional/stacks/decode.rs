//! Keypoints in image pixels from heatmaps.

use numpy::Element;
use posecodec::functional::mmpose0::{self, Decoding, PersonBox};
use posecodec::{HeatmapValue, Shape};
use pyo3::prelude::*;

use super::boxes::read_boxes;
use crate::call::enter;
use crate::class::parse::{count, number, string};
use crate::convert::{
    Array, CoordArray, DtypePolicy, NetworkOutput, OutputArray, in_own_precision,
};
use crate::error::{Result, invalid};
use crate::functional::points::{first_columns, in_precision};

/// Keypoints and scores.
pub(super) type Keypoints<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// `posecodec_rs.mmpose0.keypoints_from_heatmaps`. `method` names one of [`Decoding`]'s constructors;
/// scales are in units of `unit` pixels, here and below.
#[pyfunction]
pub(crate) fn keypoints_from_heatmaps<'py>(
    heatmaps: &Bound<'py, PyAny>,
    center: &Bound<'py, PyAny>,
    scale: &Bound<'py, PyAny>,
    method: &Bound<'py, PyAny>,
    kernel: &Bound<'py, PyAny>,
    valid_radius_factor: &Bound<'py, PyAny>,
    unit: f64,
) -> Result<Keypoints<'py>> {
    let py = heatmaps.py();
    let decoding = match &*string("method", method)? {
        "maximum" => Decoding::maximum(),
        "quarter_shift" => Decoding::quarter_shift(),
        "dark" => Decoding::dark(count("kernel", kernel)?)?,
        "megvii" => Decoding::megvii(count("kernel", kernel)?)?,
        "dark_udp" => Decoding::dark_udp(count("kernel", kernel)?)?,
        "combined" => {
            let factor = number("valid_radius_factor", valid_radius_factor)?;
            Decoding::combined(count("kernel", kernel)?, factor)?
        }
        other => return Err(invalid(py, "method", "must name a decoding", other).into()),
    };
    let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
    let &[batch, channels, height, width] = maps.shape() else {
        return Err(wrong_shape(heatmaps, "(N, K, H, W)", maps.shape()).into());
    };
    let boxes = read_boxes([center, scale], &[batch], unit)?;
    let shape = [batch, channels, height, width];
    Ok(in_own_precision!(&maps, array => {
        let counts = [batch, channels / decoding.maps_per_keypoint()];
        fill(py, array, counts, |maps, keypoints, scores| {
            mmpose0::keypoints_from_heatmaps(maps, shape, &decoding, &boxes, keypoints, scores)
        })
    })?)
}

/// `posecodec_rs.mmpose0.keypoints_from_heatmaps3d`.
#[pyfunction]
pub(crate) fn keypoints_from_heatmaps3d<'py>(
    heatmaps: &Bound<'py, PyAny>,
    center: &Bound<'py, PyAny>,
    scale: &Bound<'py, PyAny>,
    unit: f64,
) -> PyResult<Keypoints<'py>> {
    let py = heatmaps.py();
    let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
    let &[batch, count, depth, height, width] = maps.shape() else {
        return Err(wrong_shape(heatmaps, "(N, K, D, H, W)", maps.shape()));
    };
    let boxes: Vec<PersonBox> = read_boxes([center, scale], &[batch], unit)?;
    let shape = [batch, count, depth, height, width];
    in_own_precision!(&maps, array => {
        fill(py, array, [batch, count], |maps, keypoints, scores| {
            mmpose0::keypoints_from_heatmaps3d(maps, shape, &boxes, keypoints, scores)
        })
    })
}

/// `posecodec_rs.mmpose0.post_dark_udp`.
#[pyfunction]
pub(crate) fn post_dark_udp<'py>(
    coords: &Bound<'py, PyAny>,
    batch_heatmaps: &Bound<'py, PyAny>,
    kernel: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = coords.py();
    let kernel = count("kernel", kernel)?;
    let maps = NetworkOutput::read(batch_heatmaps, "batch_heatmaps")?;
    let &[batch, planes, height, width] = maps.shape() else {
        let got = format!("shape {}", Shape(maps.shape()));
        return Err(invalid(py, "batch_heatmaps", "must be of shape (B, K, H, W)", got));
    };
    let mut numbers = CoordArray::read(coords, "coords", DtypePolicy::Promote)?;
    let people = match *numbers.shape() {
        [people, keypoints, 2] if keypoints == planes => Some(people),
        _ => None,
    };
    if people.is_none_or(|people| batch != 1 && batch != people) {
        let people = if batch == 1 { "N".into() } else { batch.to_string() };
        let wanted = format!("must be of shape ({people}, {planes}, 2), like `batch_heatmaps`");
        let got = format!("shape {}", Shape(numbers.shape()));
        return Err(invalid(py, "coords", &wanted, got));
    }
    let shape = [batch, planes, height, width];
    in_precision!(&mut numbers, values => {
        let mut points = first_columns(values, 2)?;
        in_own_precision!(&maps, array => {
            let maps = array.values();
            enter(py, maps.len(), || mmpose0::post_dark_udp(&mut points, maps, shape, kernel))
        })?;
        values.copy_from_slice(points.as_flattened());
    });
    numbers.into_array(py, "coords")
}

/// New arrays of keypoints (N, K, D) and scores (N, K, 1), filled by `decode`.
pub(super) fn fill<'py, E: HeatmapValue + Element, const D: usize>(
    py: Python<'py>,
    maps: &Array<'py, E>,
    [batch, count]: [usize; 2],
    decode: impl FnOnce(&[E], &mut [[f32; D]], &mut [E]) -> posecodec::Result<()> + Send,
) -> PyResult<Keypoints<'py>> {
    let mut keypoints = OutputArray::<f32>::zeros(py, "heatmaps", &[batch, count, D])?;
    let mut scores = OutputArray::<E>::zeros(py, "heatmaps", &[batch, count, 1])?;
    let (points, values) = (keypoints.values_mut().as_chunks_mut().0, scores.values_mut());
    let maps = maps.values();
    enter(py, maps.len(), || decode(maps, points, values))?;
    Ok((keypoints.into_any(), scores.into_any()))
}

/// The error for maps of another number of dimensions.
fn wrong_shape(maps: &Bound<'_, PyAny>, wanted: &str, got: &[usize]) -> PyErr {
    named_wrong_shape(maps, "heatmaps", wanted, got)
}

/// [`wrong_shape`] of an argument with this name.
pub(super) fn named_wrong_shape(
    maps: &Bound<'_, PyAny>,
    name: &str,
    wanted: &str,
    got: &[usize],
) -> PyErr {
    let wanted = format!("must be of shape {wanted}");
    invalid(maps.py(), name, &wanted, format_args!("shape {}", Shape(got)))
}
