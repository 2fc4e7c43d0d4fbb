//! `batch_encode` for lists of pictures with different numbers of people.

use arrayvec::ArrayVec;
use numpy::{PyArrayDescr, PyArrayDyn};
use posecodec::Float;
use posecodec::Shape as Shown;
use posecodec::codecs::{
    Encode, Init, Keypoints, SampleTargets, Target, TargetKind, check_keypoints, encode_samples,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::{check_visible, encode, read_visible, weights_array};
use crate::answer::{array, each, given_arrays, images};
use crate::call::{Call, maybe_detach};
use crate::convert::{CoordArray, check_no_overlap, new_array, try_vec_of, values_mut};
use crate::error::{invalid, raise};

/// Encodes a batch: keypoints (B, N, K, 2), or a list of (N, K, 2), one a picture, where N may differ.
///
/// From a list, what has an entry an instance comes as a list of arrays, the maps as one array.
pub(crate) fn encode_pictures<'py, C: Encode>(
    py: Python<'py>,
    codec: &C,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let Some(keypoints) = images(keypoints)? else {
        return encode(py, codec, Call::Batch, keypoints, visible, out);
    };
    let mut pictures = read_pictures::<C>(py, &keypoints, visible)?;
    let count = pictures[0].count;
    let targets = codec.targets(0, count);
    let given = out.map(|out| given_arrays(out, &targets, &[])).transpose()?;
    let memory = if given.is_some() { Init::Uninit } else { Init::Zeroed };

    let mut maps: Vec<Bound<'py, PyArrayDyn<f32>>> = Vec::new();
    for (number, target) in targets.iter().enumerate() {
        if target.kind == TargetKind::Float32 {
            let shape = Call::Batch.shape(pictures.len(), &target.shape);
            let given = given.as_ref().map(|given| &given[number]);
            maps.push(array(py, target.name, &shape, given, memory)?);
        } else if given.is_some() {
            let wanted = format!(
                "cannot be filled from a list of pictures: '{}' is then a list of arrays",
                target.name
            );
            return Err(invalid(py, "out", &wanted, "an `out`"));
        }
    }
    if given.is_some() {
        let maps: Vec<_> = maps.iter().map(|array| array.as_any().clone()).collect();
        check_no_overlap(&maps)?;
    }
    for picture in &mut pictures {
        picture.make_room(codec)?;
    }

    // SAFETY: each array is new here or was found not to overlap the others, and gives one slice;
    // keypoints and visibilities are copies.
    let mut rest: Vec<&mut [f32]> = maps.iter().map(|array| unsafe { values_mut(array) }).collect();
    let values: usize = rest.iter().map(|values| values.len()).sum();
    let each: Vec<usize> = rest.iter().map(|values| values.len() / pictures.len()).collect();
    let mut batch = Batch::default();
    for picture in &mut pictures {
        let floats = rest.iter_mut().zip(&each);
        let floats = floats.map(|(rest, &len)| rest.split_off_mut(..len).expect("B of these"));
        batch.push(picture, floats.collect(), memory);
    }
    maybe_detach(py, values, || batch.encode(codec)).map_err(|error| raise(py, &error))?;

    if let Some(out) = out {
        return Ok(out.cast::<PyDict>()?.clone());
    }
    let dict = PyDict::new(py);
    let mut maps = maps.into_iter();
    for target in &targets {
        match target.kind {
            TargetKind::Float32 => dict.set_item(target.name, maps.next())?,
            TargetKind::Int64 => dict.set_item(target.name, integers(py, codec, &mut pictures)?)?,
            TargetKind::Visibility => dict.set_item(target.name, weights(py, &mut pictures)?)?,
        }
    }
    Ok(dict)
}

/// What one picture holds, and what becomes of it beside maps.
struct Picture<'py> {
    points: CoordArray<'py>,
    visible: Option<CoordArray<'py>>,
    instances: usize,
    count: usize,
    integers: Vec<i64>,
    weights: Weights,
}

/// Weights in the precision of the visibilities.
enum Weights {
    F32(Vec<f32>),
    F64(Vec<f64>),
}

/// Reads the pictures, of which there must be one at least, all with as many keypoints an instance.
fn read_pictures<'py, C: Encode>(
    py: Python<'py>,
    keypoints: &[Bound<'py, PyAny>],
    visible: Option<&Bound<'py, PyAny>>,
) -> PyResult<Vec<Picture<'py>>> {
    let visible = visible.map(|visible| visible_items(visible, keypoints.len())).transpose()?;
    let mut pictures: Vec<Picture<'py>> = Vec::with_capacity(keypoints.len());
    for (number, points) in keypoints.iter().enumerate() {
        let points = CoordArray::read(points, "keypoints", true)?;
        let [_, instances, count] =
            check_keypoints::<C, 2>(points.shape(), false).map_err(|error| raise(py, &error))?;
        if let Some(first) = pictures.first()
            && first.count != count
        {
            let wanted =
                format!("must hold {} keypoints an instance in every picture", first.count);
            let got = format!("shape {} in picture {number}", Shown(points.shape()));
            return Err(invalid(py, "keypoints", &wanted, got));
        }
        let visible = read_visible(visible.as_ref().map(|visible| &visible[number]))?;
        check_visible(py, visible.as_ref(), &[instances, count])?;
        let weights = match &visible {
            Some(CoordArray::F64(..)) => Weights::F64(Vec::new()),
            _ => Weights::F32(Vec::new()),
        };
        let integers = Vec::new();
        pictures.push(Picture { points, visible, instances, count, integers, weights });
    }
    if pictures.is_empty() {
        return Err(invalid(py, "keypoints", "must hold at least one picture", "none"));
    }
    Ok(pictures)
}

/// The visibilities of each picture.
fn visible_items<'py>(
    visible: &Bound<'py, PyAny>,
    pictures: usize,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let wanted = format!("must hold {pictures} pictures, as `keypoints` does");
    let visible_items = each(visible, "keypoints_visible", &wanted)?;
    if visible_items.len() != pictures {
        let got = format!("{} pictures", visible_items.len());
        return Err(invalid(visible.py(), "keypoints_visible", &wanted, got));
    }
    Ok(visible_items)
}

impl Picture<'_> {
    /// Allocates what is not a map.
    fn make_room<C: Encode>(&mut self, codec: &C) -> PyResult<()> {
        for target in codec.targets(self.instances, self.count) {
            let len = target.len().unwrap_or(0);
            match (target.kind, &mut self.weights) {
                (TargetKind::Float32, _) => {}
                (TargetKind::Int64, _) => self.integers = try_vec_of(0, len)?,
                (TargetKind::Visibility, Weights::F32(weights)) => {
                    *weights = try_vec_of(0.0, len)?;
                }
                (TargetKind::Visibility, Weights::F64(weights)) => {
                    *weights = try_vec_of(0.0, len)?;
                }
            }
        }
        Ok(())
    }
}

type Samples<'a, T, V> = Vec<(Keypoints<'a, T, V>, SampleTargets<'a, V>)>;

/// Pictures sorted by the precision of their keypoints and visibilities.
#[derive(Default)]
struct Batch<'a> {
    f32_f32: Samples<'a, f32, f32>,
    f32_f64: Samples<'a, f32, f64>,
    f64_f32: Samples<'a, f64, f32>,
    f64_f64: Samples<'a, f64, f64>,
}

impl<'a> Batch<'a> {
    fn push(
        &mut self,
        picture: &'a mut Picture<'_>,
        floats: ArrayVec<&'a mut [f32], 4>,
        memory: Init,
    ) {
        let Picture { points, visible, instances, count, integers, weights } = picture;
        let (visible, size) = (visible.as_ref(), [*instances, *count]);
        let single = match visible {
            Some(CoordArray::F32(visible, _)) => Some(&visible[..]),
            _ => None,
        };
        let double = match visible {
            Some(CoordArray::F64(visible, ..)) => Some(&visible[..]),
            _ => None,
        };
        match (points, weights) {
            (CoordArray::F32(points, _), Weights::F32(weights)) => {
                let targets = SampleTargets { floats, integers, weights, memory };
                self.f32_f32.push((keypoints(points, single, size), targets));
            }
            (CoordArray::F32(points, _), Weights::F64(weights)) => {
                let targets = SampleTargets { floats, integers, weights, memory };
                self.f32_f64.push((keypoints(points, double, size), targets));
            }
            (CoordArray::F64(points, ..), Weights::F32(weights)) => {
                let targets = SampleTargets { floats, integers, weights, memory };
                self.f64_f32.push((keypoints(points, single, size), targets));
            }
            (CoordArray::F64(points, ..), Weights::F64(weights)) => {
                let targets = SampleTargets { floats, integers, weights, memory };
                self.f64_f64.push((keypoints(points, double, size), targets));
            }
        }
    }

    fn encode<C: Encode>(self, codec: &C) -> posecodec::Result<()> {
        encode_samples(codec, self.f32_f32)?;
        encode_samples(codec, self.f32_f64)?;
        encode_samples(codec, self.f64_f32)?;
        encode_samples(codec, self.f64_f64)
    }
}

fn keypoints<'a, T: Float, V: Float>(
    points: &'a [T],
    visible: Option<&'a [V]>,
    [instances, count]: [usize; 2],
) -> Keypoints<'a, T, V> {
    let (points, _) = points.as_chunks();
    Keypoints { points, visible, instances, count }
}

/// The integers of each picture as arrays.
fn integers<'py, C: Encode>(
    py: Python<'py>,
    codec: &C,
    pictures: &mut [Picture<'py>],
) -> PyResult<Bound<'py, PyList>> {
    let arrays = PyList::empty(py);
    for picture in pictures {
        let targets = codec.targets(picture.instances, picture.count);
        let integer = |target: &&Target| target.kind == TargetKind::Int64;
        let shape = &targets.iter().find(integer).expect("the reason for the call").shape;
        let values = std::mem::take(&mut picture.integers);
        arrays.append(new_array(py, "keypoint_indices", shape, &values)?)?;
    }
    Ok(arrays)
}

/// The weights of each picture as arrays of its visibilities' dtype.
fn weights<'py>(py: Python<'py>, pictures: &mut [Picture<'py>]) -> PyResult<Bound<'py, PyList>> {
    let arrays = PyList::empty(py);
    for picture in pictures {
        let shape = [picture.instances, picture.count];
        let dtype: Option<&Bound<'py, PyArrayDescr>> = match &picture.visible {
            Some(CoordArray::F64(_, _, dtype)) => dtype.as_ref(),
            _ => None,
        };
        let array = match &mut picture.weights {
            Weights::F32(weights) => weights_array(py, std::mem::take(weights), &shape, None)?,
            Weights::F64(weights) => weights_array(py, std::mem::take(weights), &shape, dtype)?,
        };
        arrays.append(array)?;
    }
    Ok(arrays)
}
