//! `encode` and `batch_encode` of `DecoupledHeatmap`, whose answer depends on chance.

use numpy::Element;
use posecodec::Float;
use posecodec::Shape as Shown;
use posecodec::codecs::{DecoupledHeatmap, Init, Keypoints, RandomSource, check_instances};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::{check_visible, read_visible, weights_array};
use crate::answer::map_images;
use crate::convert::{CoordArray, fresh, new_array, try_vec_of, values_mut};
use crate::error::{conversion_error, invalid, raise};

/// Encodes one picture.
pub(crate) fn encode_decoupled<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    bbox: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let points = CoordArray::read(keypoints, "keypoints", true)?;
    let [_, instances, count] =
        check_instances::<2>(points.shape(), false, None).map_err(|error| raise(py, &error))?;
    let visible = read_visible(visible)?;
    check_visible(py, visible.as_ref(), &[instances, count])?;
    let sigmas = bbox.map(|bbox| sigmas_of_boxes(codec, bbox, instances)).transpose()?;
    let picture = Picture { codec, instances, count, sigmas };
    match (&points, &visible) {
        (CoordArray::F32(points, _), None) => picture.encode::<_, f32>(py, points, None, None),
        (CoordArray::F64(points, ..), None) => picture.encode::<_, f32>(py, points, None, None),
        (CoordArray::F32(points, _), Some(visible)) => picture.encode_visible(py, points, visible),
        (CoordArray::F64(points, ..), Some(visible)) => picture.encode_visible(py, points, visible),
    }
}

/// Encodes pictures one after the other, as chance has it: (B, N, K, 2), or a list of (N, K, 2).
pub(crate) fn encode_decoupled_pictures<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    bbox: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let arguments =
        [("keypoints", Some(keypoints)), ("keypoints_visible", visible), ("bbox", bbox)];
    let names = ["heatmaps", "instance_heatmaps", "keypoint_weights", "instance_coords"];
    let answer = map_images(py, arguments, &names, |[keypoints, visible, bbox]| {
        let keypoints = keypoints.expect("is there for every image");
        encode_decoupled(py, codec, &keypoints, visible.as_ref(), bbox.as_ref())
    })?;
    // The one array whose shape does not depend on chance.
    let heatmaps = answer.as_any().get_item("heatmaps")?;
    let heatmaps = if heatmaps.is_empty()? {
        no_heatmaps(py, codec, keypoints)?
    } else {
        let numpy = py.import(intern!(py, "numpy"))?;
        numpy.call_method1(intern!(py, "stack"), (&heatmaps,)).map_err(|cause| {
            let wanted = "must hold as many keypoints an instance in every picture";
            conversion_error(py, "keypoints", wanted, cause)
        })?
    };
    answer.set_item("heatmaps", heatmaps)?;
    Ok(answer)
}

/// The heatmaps of no picture: only an array says of how many keypoints.
fn no_heatmaps<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    keypoints: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let points = CoordArray::read(keypoints, "keypoints", true)?;
    let &[0, _, count, 2] = points.shape() else {
        let wanted = "must hold at least one picture, or be an array of shape (B, N, K, 2)";
        let got = format!("shape {}", Shown(points.shape()));
        return Err(invalid(py, "keypoints", wanted, got));
    };
    let [width, height] = codec.heatmap_size();
    let shape = [0, count.saturating_add(1), height, width];
    Ok(fresh::<f32>(py, "heatmaps", &shape, Init::Zeroed)?.into_any())
}

/// A sigma an instance, from boxes (N, 8), or four corners each in any shape, in input pixels.
fn sigmas_of_boxes(
    codec: &DecoupledHeatmap,
    bbox: &Bound<'_, PyAny>,
    instances: usize,
) -> PyResult<Vec<f32>> {
    let boxes = CoordArray::read(bbox, "bbox", true)?;
    // MMPose reshapes whatever comes: its own tests pass pairs of corners.
    let corners = matches!(boxes.shape(), [_, 8] | [.., 2]);
    if !corners || boxes.shape().iter().product::<usize>() != 8 * instances {
        let wanted =
            format!("must be of shape ({instances}, 8), the corners of each instance's box");
        let got = format!("shape {}", Shown(boxes.shape()));
        return Err(invalid(bbox.py(), "bbox", &wanted, got));
    }
    Ok(match &boxes {
        CoordArray::F32(boxes, _) => codec.sigmas_of_boxes(boxes.as_chunks().0),
        CoordArray::F64(boxes, ..) => codec.sigmas_of_boxes(boxes.as_chunks().0),
    })
}

/// One picture to be encoded.
struct Picture<'a> {
    codec: &'a DecoupledHeatmap,
    instances: usize,
    count: usize,
    /// Where boxes came.
    sigmas: Option<Vec<f32>>,
}

impl Picture<'_> {
    fn encode_visible<'py, T: Float>(
        self,
        py: Python<'py>,
        points: &[T],
        visible: &CoordArray<'py>,
    ) -> PyResult<Bound<'py, PyDict>> {
        match visible {
            CoordArray::F32(values, _) => self.encode(py, points, Some(values), None),
            CoordArray::F64(values, _, dtype) => {
                self.encode(py, points, Some(values), dtype.as_ref())
            }
        }
    }

    fn encode<'py, T: Float, V: Float + Element>(
        self,
        py: Python<'py>,
        points: &[T],
        visible: Option<&[V]>,
        weights_dtype: Option<&Bound<'py, numpy::PyArrayDescr>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let Picture { codec, instances, count, sigmas } = self;
        let [width, height] = codec.heatmap_size();
        let (points, _) = points.as_chunks();
        let keypoints = Keypoints { points, visible, instances, count };
        let sigmas = sigmas.unwrap_or_else(|| codec.sigmas_of_keypoints(&keypoints));
        let shape = [count + 1, height, width];
        let heatmaps = fresh::<f32>(py, "heatmaps", &shape, Init::Zeroed)?;
        let mut chance = PyRng { py, error: None };
        // SAFETY: the array was made here and nobody else knows it yet.
        let maps = unsafe { values_mut(&heatmaps) };
        let selection = codec.encode_heatmaps(&keypoints, sigmas, maps, &mut chance);
        if let Some(error) = chance.error {
            return Err(error);
        }

        let dict = PyDict::new(py);
        dict.set_item("heatmaps", heatmaps)?;
        let chosen = selection.instances.len();
        if chosen == 0 {
            // The reference makes these two with `np.empty((0, ...))`, which is double precision.
            let maps = fresh::<f64>(py, "instance_heatmaps", &[0, height, width], Init::Zeroed)?;
            dict.set_item("instance_heatmaps", maps)?;
            let weights = fresh::<f64>(py, "keypoint_weights", &[0], Init::Zeroed)?;
            dict.set_item("keypoint_weights", weights)?;
        } else {
            let shape = [chosen.saturating_mul(count), height, width];
            let maps = fresh::<f32>(py, "instance_heatmaps", &shape, Init::Zeroed)?;
            let mut weights = try_vec_of(V::zero(), chosen * count)?;
            // SAFETY: as above.
            let values = unsafe { values_mut(&maps) };
            codec.encode_instances(&keypoints, &selection, values, &mut weights);
            dict.set_item("instance_heatmaps", maps)?;
            let weights = weights_array(py, weights, &[chosen, count], weights_dtype)?;
            dict.set_item("keypoint_weights", weights)?;
        }
        let coords: Vec<i32> = selection.coords.into_iter().flatten().collect();
        dict.set_item("instance_coords", new_array(py, "instance_coords", &[chosen, 2], &coords)?)?;
        Ok(dict)
    }
}

/// The generators that the reference draws from: NumPy's and Python's global ones, so that their
/// seeds give the reference's answers.
struct PyRng<'py> {
    py: Python<'py>,
    /// What went wrong, if anything did.
    error: Option<PyErr>,
}

impl PyRng<'_> {
    fn or_kept<R: Default>(&mut self, drawn: PyResult<R>) -> R {
        drawn.unwrap_or_else(|error| {
            self.error = Some(error);
            R::default()
        })
    }
}

impl RandomSource for PyRng<'_> {
    fn jitter(&mut self, roots: usize) -> Vec<[i64; 2]> {
        if roots == 0 {
            return Vec::new();
        }
        let py = self.py;
        let draw = || {
            let random = py.import(intern!(py, "numpy.random"))?;
            // As many calls for two numbers would draw the same.
            let steps = random.call_method1(intern!(py, "randint"), (-1, 2, (roots, 2)))?;
            steps.call_method0(intern!(py, "tolist"))?.extract()
        };
        self.or_kept(draw())
    }

    fn sample(&mut self, population: usize, count: usize) -> Vec<usize> {
        let py = self.py;
        let draw = || {
            let range = py.import(intern!(py, "builtins"))?.getattr(intern!(py, "range"))?;
            let random = py.import(intern!(py, "random"))?;
            let population = range.call1((population,))?;
            random.call_method1(intern!(py, "sample"), (population, count))?.extract()
        };
        self.or_kept(draw())
    }
}
