//! `encode` and `batch_encode` of every codec: arrays in, a dict of arrays out.

mod decoupled;
mod pictures;

use numpy::{Element, PyArrayDescr, PyArrayDyn};
use posecodec::Float;
use posecodec::Shape as Shown;
use posecodec::codecs::{
    Encode, Init, Keypoints, SampleTargets, TargetKind, check_keypoints, encode_batch,
};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::{ExtraItem, array, check_further, given_arrays, put};
use crate::call::{Call, maybe_detach, shape_error};
use crate::convert::{
    CoordArray, Shape, cast, check_no_overlap, new_array, to_f64, try_vec_of, values_mut,
    writable_as,
};
use crate::error::{invalid, raise};

pub(crate) use decoupled::{encode_decoupled, encode_decoupled_pictures};
pub(crate) use pictures::encode_pictures;

/// Encodes one sample or a batch with any codec.
pub(crate) fn encode<'py, C: Encode<D>, const D: usize>(
    py: Python<'py>,
    codec: &C,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let points = CoordArray::read(keypoints, "keypoints", true)?;
    let visible = read_visible(visible)?;
    encode_numbers(py, codec, call, &points, visible.as_ref(), &[], out)
}

/// Visibilities, which keep their dtype.
pub(crate) fn read_visible<'py>(
    visible: Option<&Bound<'py, PyAny>>,
) -> PyResult<Option<CoordArray<'py>>> {
    visible.map(|visible| CoordArray::read(visible, "keypoints_visible", false)).transpose()
}

/// The shape (N, K), or (B, N, K) of a batch, of points [x, y].
pub(crate) fn people(py: Python<'_>, call: Call, points: &CoordArray<'_>) -> PyResult<Shape> {
    let dimensions = if call == Call::Batch { 3 } else { 2 };
    match points.shape() {
        [people @ .., 2] if people.len() == dimensions => Ok(people.iter().copied().collect()),
        got => {
            let wanted = ["(N, K, 2)", "(B, N, K, 2)"];
            Err(shape_error(py, "keypoints", call, wanted, got))
        }
    }
}

/// Checks that there is a visibility a keypoint, or several.
pub(crate) fn check_several_visible(
    py: Python<'_>,
    visible: &CoordArray<'_>,
    people: &[usize],
) -> PyResult<()> {
    let shape = visible.shape();
    if shape.len() <= people.len() + 1 && shape.starts_with(people) {
        return Ok(());
    }
    let wanted = format!("must be of shape {}, as `keypoints` is", Shown(people));
    Err(invalid(py, "keypoints_visible", &wanted, format!("shape {}", Shown(shape))))
}

/// Encodes keypoints that were read before; `further` follow in the answer.
pub(crate) fn encode_numbers<'py, C: Encode<D>, const D: usize>(
    py: Python<'py>,
    codec: &C,
    call: Call,
    points: &CoordArray<'py>,
    visible: Option<&CoordArray<'py>>,
    further: &[ExtraItem<'py>],
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let shape = points.shape();
    let [batch, instances, count] =
        check_keypoints::<C, D>(shape, call == Call::Batch).map_err(|error| raise(py, &error))?;
    check_visible(py, visible, &shape[..shape.len() - 1])?;
    let sample = Sample { call, batch, instances, count, further, out };

    match &visible {
        None => sample.encode::<C, f32, D>(py, codec, points, None, None),
        Some(CoordArray::F32(visible, _)) => sample.encode(py, codec, points, Some(visible), None),
        Some(CoordArray::F64(visible, _, dtype)) => {
            sample.encode(py, codec, points, Some(visible), dtype.as_ref())
        }
    }
}

/// Checks that there is a visibility a keypoint, if there are any.
fn check_visible(
    py: Python<'_>,
    visible: Option<&CoordArray<'_>>,
    wanted: &[usize],
) -> PyResult<()> {
    match visible {
        Some(visible) if visible.shape() != wanted => {
            let wanted = format!("must be of shape {}, as `keypoints` is", Shown(wanted));
            let got = format!("shape {}", Shown(visible.shape()));
            Err(invalid(py, "keypoints_visible", &wanted, got))
        }
        _ => Ok(()),
    }
}

/// Weights in the visibilities' precision as an array, of their dtype where the core does not know it.
fn weights_array<'py, V: Float + Element>(
    py: Python<'py>,
    weights: Vec<V>,
    shape: &[usize],
    dtype: Option<&Bound<'py, PyArrayDescr>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(dtype) = dtype else {
        return new_array(py, "keypoint_weights", shape, &weights);
    };
    cast(&to_f64(&weights)?, shape, dtype)
}

/// What is to be encoded, and where to.
struct Sample<'a, 'py> {
    call: Call,
    batch: usize,
    instances: usize,
    count: usize,
    further: &'a [ExtraItem<'py>],
    out: Option<&'a Bound<'py, PyAny>>,
}

/// An array being filled, or the values of one whose dtype the core does not know.
enum Filled<'py, V> {
    Float(Bound<'py, PyArrayDyn<f32>>),
    Integer(Bound<'py, PyArrayDyn<i64>>),
    Weights(Bound<'py, PyArrayDyn<V>>),
    Cast(Vec<V>),
}

impl<'py> Sample<'_, 'py> {
    /// With keypoints in their own precision.
    fn encode<C: Encode<D>, V: Float + Element, const D: usize>(
        &self,
        py: Python<'py>,
        codec: &C,
        points: &CoordArray<'py>,
        visible: Option<&[V]>,
        weights_dtype: Option<&Bound<'py, PyArrayDescr>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        match points {
            CoordArray::F32(points, _) => self.fill(py, codec, points, visible, weights_dtype),
            CoordArray::F64(points, ..) => self.fill(py, codec, points, visible, weights_dtype),
        }
    }

    fn fill<C: Encode<D>, T: Float, V: Float + Element, const D: usize>(
        &self,
        py: Python<'py>,
        codec: &C,
        points: &[T],
        visible: Option<&[V]>,
        weights_dtype: Option<&Bound<'py, PyArrayDescr>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let targets = codec.targets(self.instances, self.count);
        let given = self.out.map(|out| given_arrays(out, &targets, self.further)).transpose()?;
        let dirty = given.is_some() || codec.overwrites_plane();
        let memory = if dirty { Init::Uninit } else { Init::Zeroed };
        let mut filled = Vec::with_capacity(targets.len());
        for (number, target) in targets.iter().enumerate() {
            let shape = self.call.shape(self.batch, &target.shape);
            let given = given.as_ref().map(|given| &given[number]);
            filled.push(match target.kind {
                TargetKind::Float32 => {
                    Filled::Float(array(py, target.name, &shape, given, memory)?)
                }
                TargetKind::Int64 => {
                    Filled::Integer(array(py, target.name, &shape, given, memory)?)
                }
                TargetKind::Visibility => match weights_dtype {
                    None => Filled::Weights(array(py, target.name, &shape, given, memory)?),
                    Some(dtype) => {
                        if let Some(given) = given {
                            writable_as(given, &format!("out['{}']", target.name), &shape, dtype)?;
                        }
                        Filled::Cast(try_vec_of(V::zero(), shape.iter().product())?)
                    }
                },
            });
        }
        if let Some(given) = &given {
            check_further(self.further, &given[targets.len()..])?;
            check_no_overlap(given)?;
        }

        let mut into = SampleTargets {
            floats: Default::default(),
            integers: &mut [],
            weights: &mut [],
            memory,
        };
        for array in &mut filled {
            match array {
                // SAFETY: each array is new here or was found not to overlap the others, and gives
                // one slice. Keypoints and visibilities are copies.
                Filled::Float(array) => into.floats.push(unsafe { values_mut(array) }),
                // SAFETY: as above.
                Filled::Integer(array) => into.integers = unsafe { values_mut(array) },
                // SAFETY: as above.
                Filled::Weights(array) => into.weights = unsafe { values_mut(array) },
                Filled::Cast(values) => into.weights = values,
            }
        }
        let (points, _) = points.as_chunks();
        let keypoints = Keypoints { points, visible, instances: self.instances, count: self.count };
        let values: usize = into.floats.iter().map(|array| array.len()).sum();
        let batch = self.batch;
        maybe_detach(py, values, || encode_batch(codec, batch, &keypoints, into))
            .map_err(|error| raise(py, &error))?;

        let dict = match self.out {
            Some(out) => out.cast::<PyDict>()?.clone(),
            None => PyDict::new(py),
        };
        for (target, array) in targets.iter().zip(filled) {
            match array {
                Filled::Float(array) if self.out.is_none() => dict.set_item(target.name, array)?,
                Filled::Integer(array) if self.out.is_none() => {
                    dict.set_item(target.name, array)?;
                }
                Filled::Weights(array) if self.out.is_none() => {
                    dict.set_item(target.name, array)?;
                }
                Filled::Float(_) | Filled::Integer(_) | Filled::Weights(_) => {}
                Filled::Cast(values) => {
                    let shape = self.call.shape(self.batch, &target.shape);
                    let array = weights_array(py, values, &shape, weights_dtype)?;
                    match self.out {
                        None => dict.set_item(target.name, array)?,
                        Some(out) => out.get_item(target.name)?.set_item(py.Ellipsis(), array)?,
                    }
                }
            }
        }
        put(&dict, self.further, self.out.is_some())?;
        Ok(dict)
    }
}
