//! `encode` and `batch_encode` of `DecoupledHeatmap`, whose outputs depend on random numbers.

use posecodec::Float;
use posecodec::Shape as Shown;
use posecodec::codecs::people::{DecoupledHeatmap, RandomSource};
use posecodec::codecs::slices::{ArrayMut, Init, Keypoints, check_instances, check_visible_shape};
use pyo3::intern;
use pyo3::prelude::*;

use super::{Argument, OutputDict, VISIBLE, map_images, read_visible};
use crate::call::Call;
use crate::class::Encoded;
use crate::convert::{CoordArray, DtypePolicy, fresh};
use crate::error::{conversion_error, invalid};

/// Encodes one image (N, K, 2), or images one after the other, in the order of the random numbers:
/// (B, N, K, 2), or a list of (N, K, 2).
pub(crate) fn encode_decoupled<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    call: Call,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    bbox: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    match call {
        Call::Single => encode_image(py, codec, keypoints, visible, bbox),
        Call::Batch => encode_images(py, codec, keypoints, visible, bbox),
    }
}

fn encode_image<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    bbox: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let points = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
    let [_, instances, count] = check_instances::<2>(points.shape(), false, None)?;
    let visible = read_visible(visible)?;
    check_visible_shape(visible.as_ref().map(CoordArray::shape), &[instances, count])?;
    let sigmas = bbox.map(|bbox| sigmas_of_boxes(codec, bbox, instances)).transpose()?;
    let arguments = [(VISIBLE, visible.as_ref().map(Argument::Coords))];
    let image = Image { codec, instances, count, arguments: &arguments };
    macro_rules! encode {
        ($points:expr) => {
            match &visible {
                None => image.encode::<_, f32>(py, $points, None, sigmas),
                Some(CoordArray::F32(visible, _)) => {
                    image.encode(py, $points, Some(visible), sigmas)
                }
                Some(CoordArray::F64(visible, ..)) => {
                    image.encode(py, $points, Some(visible), sigmas)
                }
            }
        };
    }
    match &points {
        CoordArray::F32(points, _) => encode!(points),
        CoordArray::F64(points, ..) => encode!(points),
    }
}

fn encode_images<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    keypoints: &Bound<'py, PyAny>,
    visible: Option<&Bound<'py, PyAny>>,
    bbox: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let arguments = [("keypoints", Some(keypoints)), (VISIBLE, visible), ("bbox", bbox)];
    let names = ["heatmaps", "instance_heatmaps", "keypoint_weights", "instance_coords"];
    let encoded = map_images(py, arguments, &names, |[keypoints, visible, bbox]| {
        let keypoints = keypoints.expect("is there for every image");
        encode_image(py, codec, &keypoints, visible.as_ref(), bbox.as_ref())
    })?;
    // The one array whose shape does not depend on random numbers.
    let heatmaps = encoded.as_any().get_item("heatmaps")?;
    let heatmaps = if heatmaps.is_empty()? {
        no_heatmaps(py, codec, keypoints)?
    } else {
        let numpy = py.import(intern!(py, "numpy"))?;
        numpy.call_method1(intern!(py, "stack"), (&heatmaps,)).map_err(|cause| {
            let wanted = "must have the same number of keypoints in every image";
            conversion_error(py, "keypoints", wanted, cause)
        })?
    };
    encoded.set_item("heatmaps", heatmaps)?;
    Ok(encoded)
}

/// The heatmaps of no image; only an array has a number of keypoints then.
fn no_heatmaps<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    keypoints: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let points = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
    let &[0, _, count, 2] = points.shape() else {
        let wanted = "must have at least one image, or be an array of shape (B, N, K, 2)";
        let got = format!("shape {}", Shown(points.shape()));
        return Err(invalid(py, "keypoints", wanted, got));
    };
    let [output] = codec.outputs(count);
    let shape = Call::Batch.shape(0, &output.shape);
    Ok(fresh::<f32>(py, output.name, &shape, Init::Zeroed)?.into_any())
}

/// One sigma per instance, from boxes (N, 8), or four corners each in any shape, in input pixels.
fn sigmas_of_boxes(
    codec: &DecoupledHeatmap,
    bbox: &Bound<'_, PyAny>,
    instances: usize,
) -> PyResult<Vec<f32>> {
    let boxes = CoordArray::read(bbox, "bbox", DtypePolicy::Promote)?;
    // MMPose reshapes any array of this size: its own tests pass pairs of corners.
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

/// One image to be encoded.
struct Image<'a, 'py> {
    codec: &'a DecoupledHeatmap,
    instances: usize,
    count: usize,
    arguments: &'a [(&'static str, Option<Argument<'a, 'py>>)],
}

impl<'py> Image<'_, 'py> {
    /// Encodes the heatmaps, and then those of the instances that were selected.
    fn encode<T: Float, V: Float>(
        &self,
        py: Python<'py>,
        points: &[T],
        visible: Option<&[V]>,
        sigmas: Option<Vec<f32>>,
    ) -> Encoded<'py> {
        let Image { codec, instances, count, arguments } = *self;
        let (points, _) = points.as_chunks();
        let keypoints = Keypoints { points, visible, instances, count };
        let sigmas = sigmas.unwrap_or_else(|| codec.sigmas_of_keypoints(&keypoints));
        let allocate = |plan| {
            OutputDict::allocate(py, (Call::Single, 1), plan, arguments, None.into(), Init::Zeroed)
        };

        let plan = codec.outputs(count);
        let mut outputs = allocate(&plan)?;
        let mut random = PyRng { py, error: None };
        let Some(ArrayMut::F32(maps)) = outputs.zeroed_arrays::<1>().pop() else {
            unreachable!("heatmaps are in single precision")
        };
        let selection = codec.encode_heatmaps(&keypoints, sigmas, maps, &mut random);
        if let Some(error) = random.error {
            return Err(error.into());
        }
        let dict = outputs.finish()?;

        let plan = codec.instance_outputs(&selection, count);
        let mut outputs = allocate(&plan)?;
        let arrays = outputs.zeroed_arrays::<3>().into_inner().expect("three outputs");
        codec.fill_instances(&keypoints, &selection, arrays)?;
        dict.update(outputs.finish()?.as_mapping())?;
        Ok(dict)
    }
}

/// The generators that MMPose draws from: NumPy's and Python's global ones, so that their seeds
/// give MMPose's results.
struct PyRng<'py> {
    py: Python<'py>,
    /// The first error, if there was one.
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
