//! `decode_windows`: keypoints from windows around the maxima of heatmaps or SimCC vectors.

use numpy::{Element, PyArrayDescrMethods, PyUntypedArrayMethods};
use posecodec::codecs::heatmaps::{DecodeWindows, DecodedWindows, Windows, decode_windows};
use posecodec::codecs::simcc::{AxisWindows, SimccDecodedWindows, SimccLabel};
use posecodec::{HeatmapValue, Shape};
use pyo3::prelude::*;

use crate::call::{Call, enter, shape_error};
use crate::class::parse;
use crate::convert::{
    Array, NetworkOutput, OutputArray, in_own_precision, in_shared_precision, integers, real_array,
};
use crate::error::{Error, invalid};

/// Keypoints, scores, and which of them need the whole map.
pub(crate) type WindowsDecoded<'py> =
    PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>)>;

/// Decodes windows (B, K, S, S) around the pixels `indices` (B, K) of maps of `size`, which is the
/// codec's if it is `None`.
pub(crate) fn decode_heatmap_windows<'py, C>(
    py: Python<'py>,
    codec: &C,
    windows: &Bound<'py, PyAny>,
    indices: &Bound<'py, PyAny>,
    size: Option<&Bound<'py, PyAny>>,
) -> WindowsDecoded<'py>
where
    C: DecodeWindows<Coordinate: Element>,
{
    let side = codec.window_size().map_err(Error::from)?;
    let windows = NetworkOutput::read(windows, "windows")?;
    let &[batch, count, height, width] = windows.shape() else {
        let wanted = ["", "(B, K, S, S)"];
        return Err(shape_error(py, "windows", Call::Batch, wanted, windows.shape()));
    };
    if [height, width] != [side; 2] {
        let wanted = format!("must be {side} × {side} pixels each, as `window_size` specifies");
        return Err(invalid(py, "windows", &wanted, format_args!("{height} × {width}")));
    }
    let indices = max_indices(indices, "indices", &[batch, count])?;
    let size = match size {
        Some(size) => parse::size("size", size)?,
        None => codec.heatmap_size(),
    };
    in_own_precision!(&windows, values => {
        fill(py, codec, [batch, count], values, &indices, size)
    })
}

/// Indices of maxima: integers of this shape.
pub(super) fn max_indices(
    object: &Bound<'_, PyAny>,
    argument: &str,
    shape: &[usize],
) -> PyResult<Vec<i64>> {
    let array = real_array(object, argument)?;
    if !matches!(array.dtype().kind(), b'i' | b'u') || array.shape() != shape {
        let wanted = format!("must be an array of integers of shape {}", Shape(shape));
        let got = format!("{} of shape {}", array.dtype(), Shape(array.shape()));
        return Err(invalid(object.py(), argument, &wanted, got));
    }
    integers(&array)
}

fn fill<'py, C, E>(
    py: Python<'py>,
    codec: &C,
    [batch, count]: [usize; 2],
    windows: &Array<'py, E>,
    indices: &[i64],
    size: [usize; 2],
) -> WindowsDecoded<'py>
where
    C: DecodeWindows<Coordinate: Element>,
    E: HeatmapValue + Element,
{
    let mut keypoints =
        OutputArray::<C::Coordinate>::zeros(py, "keypoints", &[batch, 1, count, 2])?;
    let mut scores = OutputArray::<E>::zeros(py, "scores", &[batch, 1, count])?;
    let mut needs_map = OutputArray::<bool>::zeros(py, "needs_map", &[batch, count])?;
    let windows = Windows { values: windows.values(), indices, size };
    let (points, _) = keypoints.values_mut().as_chunks_mut();
    let decoded = DecodedWindows {
        keypoints: points,
        scores: scores.values_mut(),
        needs_map: needs_map.values_mut(),
    };
    enter(py, windows.values.len(), || decode_windows(codec, windows, decoded))?;
    Ok((keypoints.into_any(), scores.into_any(), needs_map.into_any()))
}

/// Decodes windows (B, N, K, S) along x and y around the bins `indices` (B, N, K).
pub(crate) fn decode_simcc_windows<'py>(
    py: Python<'py>,
    codec: &SimccLabel,
    [x, y]: [&Bound<'py, PyAny>; 2],
    [x_indices, y_indices]: [&Bound<'py, PyAny>; 2],
) -> WindowsDecoded<'py> {
    let sides = codec.window_sizes().map_err(Error::from)?;
    let windows = [NetworkOutput::read(x, "windows_x")?, NetworkOutput::read(y, "windows_y")?];
    let &[batch, instances, count, _] = windows[0].shape() else {
        let wanted = ["", "(B, N, K, Sx)"];
        return Err(shape_error(py, "windows_x", Call::Batch, wanted, windows[0].shape()));
    };
    let rows = [batch, instances, count];
    for (axis, name) in ["windows_x", "windows_y"].into_iter().enumerate() {
        let wanted = [batch, instances, count, sides[axis]];
        if windows[axis].shape() != wanted {
            let wanted = format!("must be of shape {}", Shape(&wanted));
            let got = format_args!("shape {}", Shape(windows[axis].shape()));
            return Err(invalid(py, name, &wanted, got));
        }
    }
    let indices =
        [max_indices(x_indices, "indices_x", &rows)?, max_indices(y_indices, "indices_y", &rows)?];
    in_shared_precision!(windows, windows => fill_simcc(py, codec, rows, &windows, &indices))
}

fn fill_simcc<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    codec: &SimccLabel,
    rows: [usize; 3],
    windows: &[Array<'py, E>; 2],
    indices: &[Vec<i64>; 2],
) -> WindowsDecoded<'py> {
    let [batch, instances, count] = rows;
    let mut keypoints = OutputArray::<f32>::zeros(py, "keypoints", &[batch, instances, count, 2])?;
    let mut scores = OutputArray::<E>::zeros(py, "scores", &rows)?;
    let mut needs_vectors = OutputArray::<bool>::zeros(py, "needs_vectors", &rows)?;
    let windows =
        [0, 1].map(|axis| AxisWindows { values: windows[axis].values(), indices: &indices[axis] });
    let (points, _) = keypoints.values_mut().as_chunks_mut();
    let decoded = SimccDecodedWindows {
        keypoints: points,
        scores: scores.values_mut(),
        needs_vectors: needs_vectors.values_mut(),
    };
    let values = windows.iter().map(|windows| windows.values.len()).sum();
    enter(py, values, || codec.decode_windows(windows, decoded))?;
    Ok((keypoints.into_any(), scores.into_any(), needs_vectors.into_any()))
}
