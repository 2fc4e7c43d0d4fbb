//! `decode_peaks` of `SPR`: instances from the peaks of the root heatmap.

use numpy::Element;
use posecodec::codecs::people::{Spr, SprPeaks};
use posecodec::{HeatmapValue, Shape};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::Decoded;
use super::bottom_up::spr_result;
use super::windows::max_indices;
use crate::call::{Call, enter, shape_error};
use crate::class::parse;
use crate::convert::{Array, NetworkOutput, ReturnAs, in_shared_precision, try_with_capacity};
use crate::error::invalid;

/// Decodes images from their peaks: values and indices (B, P), displacements (B, 2K, P) and, with keypoint
/// heatmaps, windows (B, K, P, 4, 4). The results of an image that needs its maps are `None`.
pub(crate) fn decode_spr_peaks<'py>(
    py: Python<'py>,
    codec: &Spr,
    values: &Bound<'py, PyAny>,
    indices: &Bound<'py, PyAny>,
    displacements: &Bound<'py, PyAny>,
    windows: Option<&Bound<'py, PyAny>>,
    size: Option<&Bound<'py, PyAny>>,
) -> PyResult<Decoded<'py>> {
    let size = match size {
        Some(size) => parse::size("size", size)?,
        None => codec.heatmap_size(),
    };
    let (own, fields) = (
        NetworkOutput::read(values, "values")?,
        NetworkOutput::read(displacements, "displacements")?,
    );
    let kinds = [ReturnAs::of(values, &own)?, ReturnAs::of(displacements, &fields)?];
    let candidates = codec.candidates(size);
    let &[batch, _] = own.shape() else {
        return Err(shape_error(py, "values", Call::Batch, ["", "(B, P)"], own.shape()));
    };
    has_shape(py, "values", &own, &[batch, candidates])?;
    let indices = max_indices(indices, "indices", &[batch, candidates])?;
    let count = match *fields.shape() {
        [_, channels, _] if channels.is_multiple_of(2) => channels / 2,
        _ => {
            let wanted = ["", "(B, 2K, P)"];
            return Err(shape_error(py, "displacements", Call::Batch, wanted, fields.shape()));
        }
    };
    has_shape(py, "displacements", &fields, &[batch, 2 * count, candidates])?;
    let peaks = Peaks { codec, size, count, batch, indices: &indices, kinds: &kinds };
    let Some(windows) = windows else {
        return in_shared_precision!([own, fields], arrays => {
            let [values, displacements] = &arrays;
            peaks.decode(py, values, displacements, None)
        });
    };
    let windows = NetworkOutput::read(windows, "windows")?;
    has_shape(py, "windows", &windows, &[batch, count, candidates, 4, 4])?;
    in_shared_precision!([own, fields, windows], arrays => {
        let [values, displacements, windows] = &arrays;
        peaks.decode(py, values, displacements, Some(windows))
    })
}

/// Checks the shape of an array.
fn has_shape(
    py: Python<'_>,
    argument: &str,
    output: &NetworkOutput<'_>,
    shape: &[usize],
) -> PyResult<()> {
    if output.shape() == shape {
        return Ok(());
    }
    let wanted = format!("must be of shape {}", Shape(shape));
    let got = format_args!("shape {}", Shape(output.shape()));
    Err(invalid(py, argument, &wanted, got))
}

/// The peaks of a batch without their values.
struct Peaks<'a, 'py> {
    codec: &'a Spr,
    size: [usize; 2],
    /// K.
    count: usize,
    batch: usize,
    indices: &'a [i64],
    /// The types of the results that are of the values' type, and of the displacements'.
    kinds: &'a [ReturnAs<'py>; 2],
}

impl<'py> Peaks<'_, 'py> {
    fn decode<E: HeatmapValue<Compute: Element> + Element>(
        &self,
        py: Python<'py>,
        values: &Array<'py, E>,
        displacements: &Array<'py, E>,
        windows: Option<&Array<'py, E>>,
    ) -> PyResult<Decoded<'py>> {
        let Self { codec, size, count, batch, indices, kinds } = *self;
        let mut images = try_with_capacity(batch)?;
        images.extend((0..batch).map(|image| SprPeaks {
            size,
            keypoints: count,
            values: part(values.values(), image, batch),
            indices: part(indices, image, batch),
            displacements: part(displacements.values(), image, batch),
            windows: windows.map(|windows| part(windows.values(), image, batch)),
        }));
        let decoded = enter(py, displacements.len(), || {
            images.into_iter().map(|peaks| codec.decode_peaks(peaks)).collect::<Result<Vec<_>, _>>()
        })?;
        let (keypoints, scores) = (PyList::empty(py), PyList::empty(py));
        for decoded in decoded {
            let result = decoded.map(|decoded| spr_result(py, decoded, kinds)).transpose()?;
            let (points, responses) = result.unzip();
            keypoints.append(points)?;
            scores.append(responses)?;
        }
        Ok((keypoints.into_any(), scores.into_any()))
    }
}

/// The values of one of `count` images.
fn part<T>(values: &[T], image: usize, count: usize) -> &[T] {
    let each = values.len() / count;
    &values[image * each..(image + 1) * each]
}
