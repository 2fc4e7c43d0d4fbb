//! `encode` of `SimCC3DLabel`, whose keypoints may come with depths.

use posecodec::Float;
use posecodec::Shape as Shown;
use posecodec::codecs::{Simcc3dLabel, Simcc3dPoints};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList};

use crate::answer::{ExtraItem, answer};
use crate::call::Call;
use crate::convert::{CoordArray, Shape, new_array, real_array, zeros};
use crate::encode::{encode_numbers, people, read_visible};
use crate::error::{invalid, raise};

/// Encodes one sample or a batch: keypoints, their places in space, visibilities.
pub(crate) fn encode<'py>(
    py: Python<'py>,
    codec: &Simcc3dLabel,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    [keypoints_3d, visible]: [Option<&Bound<'py, PyAny>>; 2],
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let points = CoordArray::read(keypoints, "keypoints", true)?;
    if call == Call::Single && points.shape().is_empty() && keypoints_3d.is_none() {
        return answer(py, &without_keypoints(py)?, out);
    }
    let shape = people(py, call, &points)?;
    let places_shape: Shape = shape.iter().copied().chain([3]).collect();
    let places =
        keypoints_3d.map(|places| CoordArray::read(places, "keypoints_3d", true)).transpose()?;
    if let Some(places) = &places
        && places.shape() != &*places_shape
    {
        let wanted = format!("must be of shape {}, as `keypoints` is", Shown(&places_shape));
        let got = format!("shape {}", Shown(places.shape()));
        return Err(invalid(py, "keypoints_3d", &wanted, got));
    }
    let visible = read_visible(visible)?;

    let count = shape[shape.len() - 1];
    let together = PointMerger { py, codec, shape: &shape, count };
    let (points, root_z) = match (&points, &places) {
        (CoordArray::F32(points, _), None) => together.single::<f32, f32>(points, None)?,
        (CoordArray::F64(points, ..), None) => together.double::<f64, f64>(points, None)?,
        (CoordArray::F32(points, _), Some(CoordArray::F32(places, _))) => {
            together.single(points, Some(places))?
        }
        (CoordArray::F32(points, _), Some(CoordArray::F64(places, ..))) => {
            together.double(points, Some(places))?
        }
        (CoordArray::F64(points, ..), Some(CoordArray::F32(places, _))) => {
            together.double(points, Some(places))?
        }
        (CoordArray::F64(points, ..), Some(CoordArray::F64(places, ..))) => {
            together.double(points, Some(places))?
        }
    };

    let samples = if call == Call::Batch { shape[0] } else { 1 };
    let lifting_target = match keypoints_3d {
        Some(places) => real_array(places, "keypoints_3d")?.call_method0("copy")?,
        None => repeated(&py.None().into_bound(py), samples)?,
    };
    let root_z = match root_z {
        Some(root_z) => root_z,
        None => repeated(&PyFloat::new(py, Simcc3dLabel::ROOT_Z), samples)?,
    };
    let with_z_label = repeated(&PyBool::new(py, places.is_some()), samples)?;
    let further: [ExtraItem<'py>; 4] = [
        ("lifting_target", lifting_target),
        ("root_z", root_z),
        ("weight_z", zeros_like(py, visible.as_ref(), &shape)?),
        ("with_z_label", with_z_label),
    ];
    let dict = encode_numbers(py, codec, call, &points, visible.as_ref(), &further, out)?;
    if places.is_some() {
        let weights = dict.as_any().get_item("keypoint_weights")?;
        match out {
            Some(_) => dict.as_any().get_item("weight_z")?.set_item(py.Ellipsis(), weights)?,
            None => dict.set_item("weight_z", weights)?,
        }
    }
    if out.is_none() {
        // In the reference's order.
        for name in ["keypoint_weights", "weight_z", "with_z_label"] {
            let value = dict.as_any().get_item(name)?;
            dict.del_item(name)?;
            dict.set_item(name, value)?;
        }
    }
    Ok(dict)
}

/// A list of one item a sample.
fn repeated<'py>(item: &Bound<'py, PyAny>, samples: usize) -> PyResult<Bound<'py, PyAny>> {
    PyList::new(item.py(), [item])?.mul(samples)
}

/// The reference's answer for a sample without keypoints, which is a single number: placeholders.
fn without_keypoints(py: Python<'_>) -> PyResult<[ExtraItem<'_>; 8]> {
    let labels = || new_array(py, "labels", &[1], &[0f32]);
    Ok([
        ("keypoint_x_labels", labels()?),
        ("keypoint_y_labels", labels()?),
        ("keypoint_z_labels", labels()?),
        ("lifting_target", PyList::new(py, [py.None()])?.into_any()),
        ("root_z", PyList::new(py, [Simcc3dLabel::ROOT_Z])?.into_any()),
        ("keypoint_weights", new_array(py, "keypoint_weights", &[1], &[1f64])?),
        ("weight_z", new_array(py, "weight_z", &[1], &[0f64])?),
        ("with_z_label", PyList::new(py, [false])?.into_any()),
    ])
}

/// Zeros of the visibilities' dtype.
fn zeros_like<'py>(
    py: Python<'py>,
    visible: Option<&CoordArray<'py>>,
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match visible {
        None | Some(CoordArray::F32(..)) => zeros::<f32>(py, "weight_z", shape)?.into_any(),
        Some(CoordArray::F64(.., None)) => zeros::<f64>(py, "weight_z", shape)?.into_any(),
        Some(CoordArray::F64(.., Some(dtype))) => {
            zeros::<f64>(py, "weight_z", shape)?.call_method1("astype", (dtype,))?
        }
    })
}

/// Keypoints and places in space that become points together.
struct PointMerger<'a, 'py> {
    py: Python<'py>,
    codec: &'a Simcc3dLabel,
    /// (N, K) or (B, N, K).
    shape: &'a [usize],
    count: usize,
}

/// Points, and the depths of the roots.
type JoinedPoints<'py> = (CoordArray<'py>, Option<Bound<'py, PyAny>>);

impl<'py> PointMerger<'_, 'py> {
    /// In single precision.
    fn single<P: Float, Z: Float + numpy::Element>(
        &self,
        keypoints: &[P],
        places: Option<&Vec<Z>>,
    ) -> PyResult<JoinedPoints<'py>> {
        let (points, root_z) = self.join(keypoints, places)?;
        Ok((CoordArray::F32(points, self.points_shape()), root_z))
    }

    /// In double precision, where anything is.
    fn double<P: Float, Z: Float + numpy::Element>(
        &self,
        keypoints: &[P],
        places: Option<&Vec<Z>>,
    ) -> PyResult<JoinedPoints<'py>> {
        let (points, root_z) = self.join(keypoints, places)?;
        Ok((CoordArray::F64(points, self.points_shape(), None), root_z))
    }

    fn points_shape(&self) -> Shape {
        self.shape.iter().copied().chain([3]).collect()
    }

    fn join<P: Float, Z: Float + numpy::Element, T: Float>(
        &self,
        keypoints: &[P],
        places: Option<&Vec<Z>>,
    ) -> PyResult<(Vec<T>, Option<Bound<'py, PyAny>>)> {
        let Simcc3dPoints { points, root_z } = self
            .codec
            .points(keypoints.as_chunks().0, places.map(|places| places.as_chunks().0), self.count)
            .map_err(|error| raise(self.py, &error))?;
        let instances = &self.shape[..self.shape.len() - 1];
        let root_z = places.map(|_| new_array(self.py, "root_z", instances, &root_z));
        Ok((points.into_flattened(), root_z.transpose()?))
    }
}
