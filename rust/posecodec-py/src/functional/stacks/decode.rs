//! Keypoints in image pixels from heatmaps.

use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::functional::mmpose0::{self, Decoding};
use pyo3::prelude::*;

use super::boxes::read_boxes;
use crate::call::enter;
use crate::class::parse::{count, number, string};
use crate::convert::{Array, NetworkOutput, OutputArray, in_own_precision};
use crate::error::{Result, invalid};
use crate::functional::points::sides_of;

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
    let (maps, shape) = read_maps(heatmaps, "heatmaps")?;
    let [batch, channels, ..] = shape;
    let boxes = read_boxes([center, scale], &[batch], unit)?;
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
    let shape = sides_of(py, "heatmaps", "(N, K, D, H, W)", maps.shape())?;
    let [batch, count, _, _, _] = shape;
    let boxes = read_boxes([center, scale], &[batch], unit)?;
    in_own_precision!(&maps, array => {
        fill(py, array, [batch, count], |maps, keypoints, scores| {
            mmpose0::keypoints_from_heatmaps3d(maps, shape, &boxes, keypoints, scores)
        })
    })
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

/// Maps (N, K, H, W), and their shape.
pub(super) fn read_maps<'py>(
    maps: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<(NetworkOutput<'py>, [usize; 4])> {
    let output = NetworkOutput::read(maps, name)?;
    let shape = sides_of(maps.py(), name, "(N, K, H, W)", output.shape())?;
    Ok((output, shape))
}
