//! `encode` and `batch_encode` of every codec: arrays in, a dict of arrays out.

use numpy::{Element, PyArrayDescr, PyArrayDyn};
use posecodec::Shape as Shown;
use posecodec::codecs::{
    Encode, Keypoints, Memory, SampleTargets, TargetKind, check_keypoints, encode_batch,
};
use posecodec::kernels::element::Real;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::convert::{
    Numbers, Shape, cast, fresh, refuse_overlap, values_mut, writable, writable_as,
};
use crate::error::{invalid, raise};

/// Values read or written below which the interpreter is kept: some 5 µs of work. Handing it over
/// takes 0.1 µs, but getting it back from a busy Python thread takes milliseconds (measured: 4 µs
/// become 1 085), so a single sample of 17×64×48 maps is not worth it.
const LEAST_DETACHED: usize = 1 << 16;

/// Runs `work` with the interpreter handed over where there is enough to do.
pub(crate) fn detached<R: Send>(
    py: Python<'_>,
    values: usize,
    work: impl FnOnce() -> R + Send,
) -> R {
    if values >= LEAST_DETACHED { py.detach(work) } else { work() }
}

/// Whether an argument has a leading batch dimension.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Single,
    Batch,
}

impl Call {
    /// `shape` as it looks in this call: behind `batch` where there is one.
    pub(crate) fn shape(self, batch: usize, shape: &[usize]) -> Shape {
        let leading = (self == Self::Batch).then_some(batch);
        leading.into_iter().chain(shape.iter().copied()).collect()
    }
}

/// Encodes one sample or a batch with any codec.
pub(crate) fn encode<'py, C: Encode>(
    py: Python<'py>,
    codec: &C,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let points = Numbers::read(keypoints, "keypoints", true)?;
    let shape = points.shape();
    let [batch, instances, count] =
        check_keypoints::<C>(shape, call == Call::Batch).map_err(|error| raise(py, &error))?;
    let visible =
        visible.map(|visible| Numbers::read(visible, "keypoints_visible", false)).transpose()?;
    let wanted = &shape[..shape.len() - 1];
    if let Some(visible) = &visible
        && visible.shape() != wanted
    {
        let wanted = format!("must be of shape {}, as `keypoints` is", Shown(wanted));
        let got = format!("shape {}", Shown(visible.shape()));
        return Err(invalid(py, "keypoints_visible", &wanted, got));
    }
    let sample = Sample { call, batch, instances, count, out };

    match &visible {
        None => sample.encode::<C, f32>(py, codec, &points, None, None),
        Some(Numbers::F32(visible, _)) => sample.encode(py, codec, &points, Some(visible), None),
        Some(Numbers::F64(visible, _, dtype)) => {
            sample.encode(py, codec, &points, Some(visible), dtype.as_ref())
        }
    }
}

/// What is to be encoded, and where to.
struct Sample<'a, 'py> {
    call: Call,
    batch: usize,
    instances: usize,
    count: usize,
    out: Option<&'a Bound<'py, PyAny>>,
}

/// An array being filled, or the values of one whose dtype the core does not know.
enum Filled<'py, V> {
    Float(Bound<'py, PyArrayDyn<f32>>),
    Weights(Bound<'py, PyArrayDyn<V>>),
    Cast(Vec<V>),
}

impl<'py> Sample<'_, 'py> {
    /// With keypoints in their own precision.
    fn encode<C: Encode, V: Real + Element>(
        &self,
        py: Python<'py>,
        codec: &C,
        points: &Numbers<'py>,
        visible: Option<&[V]>,
        weights_dtype: Option<&Bound<'py, PyArrayDescr>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        match points {
            Numbers::F32(points, _) => self.fill(py, codec, points, visible, weights_dtype),
            Numbers::F64(points, ..) => self.fill(py, codec, points, visible, weights_dtype),
        }
    }

    fn fill<C: Encode, T: Real, V: Real + Element>(
        &self,
        py: Python<'py>,
        codec: &C,
        points: &[T],
        visible: Option<&[V]>,
        weights_dtype: Option<&Bound<'py, PyArrayDescr>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let targets = codec.targets(self.instances, self.count);
        let names: Vec<_> = targets.iter().map(|target| target.name).collect();
        let given = self.out.map(|out| given_arrays(out, &names, &[])).transpose()?;
        let dirty = given.is_some() || codec.fills_all();
        let memory = if dirty { Memory::Dirty } else { Memory::Zeroed };
        let mut filled = Vec::with_capacity(targets.len());
        for (number, target) in targets.iter().enumerate() {
            let shape = self.call.shape(self.batch, &target.shape);
            let given = given.as_ref().map(|given| &given[number]);
            filled.push(match target.kind {
                TargetKind::Float32 => {
                    Filled::Float(array(py, target.name, &shape, given, memory)?)
                }
                TargetKind::Visibility => match weights_dtype {
                    None => Filled::Weights(array(py, target.name, &shape, given, memory)?),
                    Some(dtype) => {
                        if let Some(given) = given {
                            writable_as(given, &format!("out['{}']", target.name), &shape, dtype)?;
                        }
                        Filled::Cast(vec![V::zero(); shape.iter().product()])
                    }
                },
            });
        }
        if let Some(given) = &given {
            refuse_overlap(given)?;
        }

        let mut into = SampleTargets { floats: Default::default(), weights: &mut [], memory };
        for array in &mut filled {
            match array {
                // SAFETY: each array is new here or was found not to overlap the others, and gives
                // one slice. Keypoints and visibilities are copies.
                Filled::Float(array) => into.floats.push(unsafe { values_mut(array) }),
                // SAFETY: as above.
                Filled::Weights(array) => into.weights = unsafe { values_mut(array) },
                Filled::Cast(values) => into.weights = values,
            }
        }
        let (points, _) = points.as_chunks();
        let keypoints = Keypoints { points, visible, instances: self.instances, count: self.count };
        let values: usize = into.floats.iter().map(|array| array.len()).sum();
        let batch = self.batch;
        detached(py, values, || encode_batch(codec, batch, &keypoints, into))
            .map_err(|error| raise(py, &error))?;

        let dict = match self.out {
            Some(out) => out.cast::<PyDict>()?.clone(),
            None => PyDict::new(py),
        };
        for (target, array) in targets.iter().zip(filled) {
            match array {
                Filled::Float(array) if self.out.is_none() => dict.set_item(target.name, array)?,
                Filled::Weights(array) if self.out.is_none() => {
                    dict.set_item(target.name, array)?;
                }
                Filled::Float(_) | Filled::Weights(_) => {}
                Filled::Cast(values) => {
                    let dtype = weights_dtype.expect("the reason for the cast");
                    let values: Vec<f64> = values.into_iter().map(Real::as_f64).collect();
                    let shape = self.call.shape(self.batch, &target.shape);
                    let array = cast(&values, &shape, dtype)?;
                    match self.out {
                        None => dict.set_item(target.name, array)?,
                        Some(out) => out.get_item(target.name)?.set_item(py.Ellipsis(), array)?,
                    }
                }
            }
        }
        Ok(dict)
    }
}

/// A new array, or the caller's.
pub(crate) fn array<'py, T: Element>(
    py: Python<'py>,
    name: &str,
    shape: &[usize],
    given: Option<&Bound<'py, PyAny>>,
    memory: Memory,
) -> PyResult<Bound<'py, PyArrayDyn<T>>> {
    match given {
        None => fresh(py, name, shape, memory),
        Some(given) => writable(given, &format!("out['{name}']"), shape),
    }
}

/// The arrays of `out` by these names, in their order; beside them it may only hold some others.
pub(crate) fn given_arrays<'py>(
    out: &Bound<'py, PyAny>,
    names: &[&str],
    others: &[&str],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = out.py();
    let wanted = format!("must be a dict of arrays {names:?}");
    let Ok(dict) = out.cast::<PyDict>() else {
        return Err(invalid(py, "out", &wanted, out.get_type()));
    };
    let mut arrays = Vec::new();
    for name in names {
        match dict.get_item(name)? {
            Some(array) => arrays.push(array),
            None => return Err(invalid(py, "out", &wanted, format_args!("none for '{name}'"))),
        }
    }
    if dict.len() > names.len() {
        for key in dict.keys() {
            let known = key.cast::<PyString>().is_ok_and(|key| {
                key.to_cow().is_ok_and(|key| names.contains(&&*key) || others.contains(&&*key))
            });
            if !known {
                return Err(invalid(py, "out", &wanted, format_args!("one for {}", key.repr()?)));
            }
        }
    }
    Ok(arrays)
}
