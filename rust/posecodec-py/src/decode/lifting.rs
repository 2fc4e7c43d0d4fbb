//! `decode` and `batch_decode` of the lifting codecs.

use numpy::{Element, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use posecodec::Float;
use posecodec::Shape as Shown;
use posecodec::codecs::DecodePoses;
use posecodec::codecs::poses::{ImageScale, MotionBertLabel};
use posecodec::codecs::slices::decode_poses_batch;
use pyo3::prelude::*;

use super::{Decoded, encoded_name};
use crate::call::{Call, enter, shape_error};
use crate::convert::{
    Array, FloatArray, NetworkOutput, OutputArray, as_half, contiguous, promotes_to_single,
    real_array,
};
use crate::error::{Error, invalid};

/// Decodes poses (N, K, C), (B, N, K, C) or, from a head that returns one pose per sample,
/// (B, K, C), with roots or without.
pub(crate) fn decode_poses<'py, D: DecodePoses>(
    py: Python<'py>,
    codec: &D,
    call: Call,
    encoded: &Bound<'py, PyAny>,
    target_root: Option<&Bound<'py, PyAny>>,
) -> PyResult<Decoded<'py>> {
    let argument = encoded_name(call);
    let encoded = NetworkOutput::read(encoded, argument)?;
    let shape = match (call, encoded.shape()) {
        (Call::Single, &[poses, count, dims]) => [1, poses, count, dims],
        (Call::Batch, &[batch, poses, count, dims]) => [batch, poses, count, dims],
        (Call::Batch, &[batch, count, dims]) => [batch, 1, count, dims],
        (_, got) => {
            return Err(shape_error(py, argument, call, ["(N, K, C)", "(B, N, K, C)"], got));
        }
    };
    let [batch, poses, count, dims] = shape;
    let roots = target_root.map(|root| real_array(root, "target_root")).transpose()?;
    // Heads pass an empty array for none; of no pose at all, roots are empty too.
    let is_given = |roots: &Bound<'py, PyUntypedArray>| {
        roots.len() > 0 || batch * poses == 0 && roots.shape().last() == Some(&dims)
    };
    let roots = roots.filter(is_given);
    if let Some(roots) = &roots {
        check_roots(py, call, shape, roots.shape())?;
    }
    let decoded = codec
        .decoded_keypoints([poses, count, dims], roots.is_some())
        .map_err(|error| Error::from(error.rename_argument("encoded", argument)))?;

    let roots_double = roots.as_ref().is_some_and(|roots| !promotes_to_single(&roots.dtype()));
    // float16 stays what it is until it meets something wider.
    let wider = |roots: &Bound<'py, PyUntypedArray>| roots.dtype().itemsize() > 2;
    let half = encoded.is_half()
        && codec.target_statistics().is_none()
        && !roots.as_ref().is_some_and(wider);
    let poses = Poses { call, shape, decoded };
    let (keypoints, scores) = match (encoded.into_reals()?, roots_double) {
        (FloatArray::F32(encoded), false) => poses.decode::<D, _, f32>(py, codec, &encoded, roots),
        (FloatArray::F32(encoded), true) => poses.decode::<D, _, f64>(py, codec, &encoded, roots),
        (FloatArray::F64(encoded), _) => poses.decode::<D, _, f64>(py, codec, &encoded, roots),
    }?;
    Ok((if half { as_half(&keypoints)? } else { keypoints }, scores))
}

/// Checks that roots are one per sample or one per pose: (C,), (1, C), (N, C), (1, 1, C) or (N, 1, C),
/// in a batch after B.
fn check_roots(
    py: Python<'_>,
    call: Call,
    [batch, poses, _, dims]: [usize; 4],
    shape: &[usize],
) -> PyResult<()> {
    let wanted = [call.shape(batch, &[1, dims]), call.shape(batch, &[poses, dims])];
    let fits = match (call, shape) {
        (Call::Single, [rows @ .., columns]) => columns == &dims && one_or(rows, poses),
        (Call::Batch, [samples, rows @ .., columns]) => {
            samples == &batch && columns == &dims && one_or(rows, poses)
        }
        _ => false,
    };
    if fits {
        return Ok(());
    }
    let wanted = format!("must be of shape {} or {}", Shown(&wanted[0]), Shown(&wanted[1]));
    Err(invalid(py, "target_root", &wanted, format_args!("shape {}", Shown(shape))))
}

/// Whether these sides are of one row, or of `count`.
fn one_or(rows: &[usize], count: usize) -> bool {
    matches!(*rows, [] | [_] | [_, 1])
        && rows.first().is_none_or(|&rows| rows == 1 || rows == count)
}

/// Encoded poses: their shape (B, N, K, C), and how many keypoints they will have.
struct Poses {
    call: Call,
    shape: [usize; 4],
    decoded: usize,
}

impl Poses {
    fn decode<'py, D, T, L>(
        &self,
        py: Python<'py>,
        codec: &D,
        encoded: &Array<'py, T>,
        roots: Option<Bound<'py, PyUntypedArray>>,
    ) -> PyResult<Decoded<'py>>
    where
        D: DecodePoses,
        T: Float + Element,
        L: Float + Element,
    {
        let [batch, poses, _, dims] = self.shape;
        let roots = roots.map(|roots| contiguous::<L>(&roots)).transpose()?;
        let roots = roots.as_ref().map(Array::values);
        let shape = self.call.shape(batch, &[poses, self.decoded, dims]);
        let mut keypoints = OutputArray::<L>::uninit(py, "keypoints", &shape)?;
        let scores = scores(py, &shape[..shape.len() - 1])?;
        let (values, filled) = (encoded.values(), keypoints.values_mut());
        enter(py, values.len(), || {
            decode_poses_batch(codec, values, self.shape, roots, filled)
                .map_err(|error| error.rename_argument("encoded", encoded_name(self.call)))
        })?;
        Ok((keypoints.into_any(), scores))
    }
}

/// Ones, in single precision.
fn scores<'py>(py: Python<'py>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    let mut scores = OutputArray::<f32>::uninit(py, "scores", shape)?;
    scores.values_mut().fill(1.0);
    Ok(scores.into_any())
}

/// The scales of MotionBERT's output, not yet read.
#[derive(Clone, Copy)]
pub(crate) struct Scales<'a, 'py> {
    pub(crate) w: Option<&'a Bound<'py, PyAny>>,
    pub(crate) h: Option<&'a Bound<'py, PyAny>>,
    pub(crate) factor: Option<&'a Bound<'py, PyAny>>,
}

/// Decodes frames (N, K, 3) or sequences of them, (B, T, K, 3).
pub(crate) fn decode_frames<'py>(
    py: Python<'py>,
    codec: &MotionBertLabel,
    call: Call,
    encoded: &Bound<'py, PyAny>,
    scales: Scales<'_, 'py>,
) -> PyResult<Decoded<'py>> {
    let argument = encoded_name(call);
    let encoded = NetworkOutput::read(encoded, argument)?;
    let count = codec.num_keypoints();
    let wanted = [&*format!("(N, {count}, 3)"), &*format!("(B, T, {count}, 3)")];
    let shape = encoded.shape().to_vec();
    let leading = match (call, &shape[..]) {
        (Call::Single, [leading @ .., keypoints, 3])
            if matches!(leading.len(), 1 | 2) && *keypoints == count =>
        {
            leading
        }
        (Call::Batch, [leading @ .., keypoints, 3])
            if leading.len() == 2 && *keypoints == count =>
        {
            leading
        }
        (_, got) => return Err(shape_error(py, argument, call, wanted, got)),
    };
    let read = |name, values: Option<&Bound<'py, PyAny>>| read_scale(py, name, values, leading);
    let [w, h] = [read("w", scales.w)?, read("h", scales.h)?];
    let factor = read("factor", scales.factor)?;
    let size = match (&w, &h) {
        (None, None) => None,
        (Some(w), Some(h)) if w.shape() == h.shape() => Some([w.values(), h.values()]),
        (Some(w), Some(h)) => {
            let wanted = format!("must be of shape {}, like `w`", Shown(w.shape()));
            return Err(invalid(py, "h", &wanted, format_args!("shape {}", Shown(h.shape()))));
        }
        (Some(_), None) => return Err(invalid(py, "h", "must be given with `w`", "None")),
        (None, Some(_)) => return Err(invalid(py, "w", "must be given with `h`", "None")),
    };
    let scale = ImageScale { size, factor: factor.as_ref().map(Array::values) };
    let half = encoded.is_half();
    let keypoints = match encoded.into_reals()? {
        FloatArray::F32(encoded) => filled_frames(py, codec, argument, &encoded, scale),
        FloatArray::F64(encoded) => filled_frames(py, codec, argument, &encoded, scale),
    }?;
    let scores = scores(py, &shape[..shape.len() - 1])?;
    Ok((if half { as_half(&keypoints)? } else { keypoints }, scores))
}

/// One value per frame or, with several sequences, one per sequence; `None` for an empty array, which
/// heads pass.
fn read_scale<'py>(
    py: Python<'py>,
    name: &str,
    values: Option<&Bound<'py, PyAny>>,
    leading: &[usize],
) -> PyResult<Option<Array<'py, f64>>> {
    let Some(values) = values else { return Ok(None) };
    let array = real_array(values, name)?;
    if array.len() == 0 {
        return Ok(None);
    }
    let shape = array.shape();
    // (N,) or (N, 1); (B, T), (B, T, 1), (B,), (B, 1) or (B, 1, 1).
    let fits = [leading, &leading[..1]].iter().any(|leading| {
        shape.strip_prefix(*leading).is_some_and(|rest| matches!(rest, [] | [1] | [1, 1]))
    });
    if !fits || shape.len() > leading.len() + 1 {
        let wanted = format!("must be of shape {}: one per frame", Shown(leading));
        return Err(invalid(py, name, &wanted, format_args!("shape {}", Shown(shape))));
    }
    contiguous(&array).map(Some)
}

fn filled_frames<'py, T: Float + Element>(
    py: Python<'py>,
    codec: &MotionBertLabel,
    argument: &'static str,
    encoded: &Array<'py, T>,
    scale: ImageScale<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut keypoints = OutputArray::<T>::uninit(py, "keypoints", encoded.shape())?;
    let (filled, _) = keypoints.values_mut().as_chunks_mut();
    let (points, _) = encoded.values().as_chunks();
    enter(py, encoded.values().len(), || {
        codec
            .decode_frames(points, scale, filled)
            .map_err(|error| error.rename_argument("encoded", argument))
    })?;
    Ok(keypoints.into_any())
}
