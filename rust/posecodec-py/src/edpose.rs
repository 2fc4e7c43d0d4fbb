//! `encode` and `decode` of `EDPoseLabel`.

use numpy::{Element, PyArrayDescrMethods, PyUntypedArrayMethods};
use posecodec::Shape as Shown;
use posecodec::codecs::{EdPoseLabel, Image};
use posecodec::{Float, HeatmapValue};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::{ExtraItem, answer};
use crate::call::{Call, shape_error};
use crate::convert::{
    Array, CoordArray, NetworkOutput, Shape, real_array, try_with_capacity, values_mut, zeros,
};
use crate::decode::in_own_precision;
use crate::encode::{check_several_visible, people, read_visible};
use crate::error::{invalid, raise};

/// What `encode` takes of an image or of a batch, by the reference's names.
pub(crate) struct Annotations<'a, 'py> {
    pub(crate) img_shape: &'a Bound<'py, PyAny>,
    pub(crate) keypoints: &'a Bound<'py, PyAny>,
    pub(crate) keypoints_visible: Option<&'a Bound<'py, PyAny>>,
    pub(crate) area: Option<&'a Bound<'py, PyAny>>,
    pub(crate) bboxes: Option<&'a Bound<'py, PyAny>>,
}

/// Encodes one image, or a batch of images with as many instances each.
pub(crate) fn encode<'py>(
    py: Python<'py>,
    call: Call,
    annotations: &Annotations<'_, 'py>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let points = CoordArray::read(annotations.keypoints, "keypoints", true)?.native();
    let people = people(py, call, &points)?;
    let batch = if call == Call::Batch { people[0] } else { 1 };
    let instances = &people[..people.len() - 1];
    let images = read_images(py, call, batch, annotations.img_shape)?;

    let visible = match read_visible(annotations.keypoints_visible)? {
        Some(visible) => visible,
        None => {
            let mut ones = try_with_capacity(points.count() / 2)?;
            ones.resize(points.count() / 2, 1.0);
            CoordArray::F32(ones, people.clone())
        }
    };
    check_several_visible(py, &visible, &people)?;
    let area = annotations.area.map(|area| read_divided(area, "area")).transpose()?;
    if let Some(area) = &area
        && area.shape() != instances
    {
        let wanted = format!("must be of shape {}, one an instance", Shown(instances));
        return Err(invalid(py, "area", &wanted, format!("shape {}", Shown(area.shape()))));
    }
    let boxes = annotations.bboxes.map(|boxes| read_divided(boxes, "bboxes")).transpose()?;
    if let Some(boxes) = &boxes
        && boxes.shape().split_last() != Some((&4, instances))
    {
        let shape: Shape = instances.iter().copied().chain([4]).collect();
        let wanted = format!("must be of shape {}, one an instance", Shown(&shape));
        return Err(invalid(py, "bboxes", &wanted, format!("shape {}", Shown(boxes.shape()))));
    }

    // In double precision and back: what NumPy divides once is rounded once here, too.
    let (mut at, mut seen) = (points.to_f64()?, visible.to_f64()?);
    let (at_each, seen_each) = (at.len() / batch.max(1), seen.len() / batch.max(1));
    let (mut at_rest, mut seen_rest) = (&mut at[..], &mut seen[..]);
    for image in &images {
        let (points, _) = split(&mut at_rest, at_each).as_chunks_mut();
        image.normalize_points(points, split(&mut seen_rest, seen_each));
    }
    let none = || Ok(py.None().into_bound(py));
    let area = area.map_or_else(none, |area| {
        let mut values = area.to_f64()?;
        let each = values.len() / batch.max(1);
        for (image, areas) in images.iter().zip(values.chunks_mut(each.max(1))) {
            areas.iter_mut().for_each(|area| *area = image.normalize_area(*area));
        }
        area.with(values).into_array(py, "area")
    })?;
    let boxes = boxes.map_or_else(none, |boxes| {
        let mut values = boxes.to_f64()?;
        let each = values.len() / batch.max(1);
        for (image, corners) in images.iter().zip(values.chunks_mut(each.max(1))) {
            let (corners, _) = corners.as_chunks_mut::<4>();
            corners.iter_mut().for_each(|corners| *corners = image.normalize_box(*corners));
        }
        boxes.with(values).into_array(py, "bbox")
    })?;
    let further: [ExtraItem<'py>; 4] = [
        ("keypoints", points.with(at).into_array(py, "keypoints")?),
        ("area", area),
        ("bbox", boxes),
        ("keypoints_visible", visible.with(seen).into_array(py, "keypoints_visible")?),
    ];
    answer(py, &further, out)
}

fn split<'a>(rest: &mut &'a mut [f64], len: usize) -> &'a mut [f64] {
    rest.split_off_mut(..len).expect("a share of each image")
}

/// An image a sample, from sizes (w, h): one, or one a sample.
fn read_images(
    py: Python<'_>,
    call: Call,
    batch: usize,
    img_shape: &Bound<'_, PyAny>,
) -> PyResult<Vec<Image>> {
    let sizes = CoordArray::read(img_shape, "img_shape", true)?;
    let all = match (call, sizes.shape()) {
        (_, [2]) => true,
        (Call::Batch, &[images, 2]) if images == batch => false,
        (_, got) => {
            let wanted = ["(2,): (w, h)", "(2,): (w, h), or (B, 2)"];
            return Err(shape_error(py, "img_shape", call, wanted, got));
        }
    };
    let values = sizes.to_f64()?;
    let (sizes, _) = values.as_chunks::<2>();
    let size = |sample: usize| sizes[if all { 0 } else { sample }];
    let mut images = try_with_capacity(batch)?;
    for sample in 0..batch {
        images.push(Image::new(size(sample)).map_err(|error| raise(py, &error))?);
    }
    Ok(images)
}

/// Numbers in the precision that NumPy divides them in by a number of Python's: whole ones in double.
fn read_divided<'py>(object: &Bound<'py, PyAny>, argument: &str) -> PyResult<CoordArray<'py>> {
    let array = real_array(object, argument)?;
    let numbers = CoordArray::read(array.as_any(), argument, true)?;
    if array.dtype().kind() == b'f' {
        return Ok(numbers.native());
    }
    let shape = numbers.shape().iter().copied().collect();
    Ok(CoordArray::F64(numbers.to_f64()?, shape, None))
}

/// Boxes, keypoints and scores.
pub(crate) type Decoded<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Decodes the candidates of one input or a batch: sizes, scores, boxes and keypoints.
pub(crate) fn decode<'py>(
    py: Python<'py>,
    codec: &EdPoseLabel,
    call: Call,
    [input_shapes, pred_logits, pred_boxes, pred_keypoints]: [&Bound<'py, PyAny>; 4],
) -> PyResult<Decoded<'py>> {
    let logits = NetworkOutput::read(pred_logits, "pred_logits")?;
    let dimensions = if call == Call::Batch { 3 } else { 2 };
    if logits.shape().len() != dimensions {
        let wanted = ["(Q, C)", "(B, Q, C)"];
        return Err(shape_error(py, "pred_logits", call, wanted, logits.shape()));
    }
    let boxes = NetworkOutput::read(pred_boxes, "pred_boxes")?;
    let keypoints = NetworkOutput::read(pred_keypoints, "pred_keypoints")?;
    let (leading, own) = logits.shape().split_at(dimensions - 2);
    let behind = |array: &NetworkOutput<'py>, argument: &str| {
        let shape = Shape::from_iter(array.shape().iter().copied().take(4));
        if shape.len() != dimensions || !shape.starts_with(leading) {
            let wanted = ["(Q, columns)", "(B, Q, columns), as `pred_logits` is"];
            return Err(shape_error(py, argument, call, wanted, array.shape()));
        }
        Ok(shape[dimensions - 2..].iter().copied().collect::<Shape>())
    };
    codec
        .check(own, &behind(&boxes, "pred_boxes")?, &behind(&keypoints, "pred_keypoints")?)
        .map_err(|error| raise(py, &error))?;
    let batch = leading.first().copied().unwrap_or(1);
    let sizes = CoordArray::read(input_shapes, "input_shapes", true)?;
    if !sizes.shape().starts_with(leading) || sizes.shape()[leading.len()..] != [2] {
        let wanted = ["(2,): (h, w)", "(B, 2): (h, w) a sample"];
        return Err(shape_error(py, "input_shapes", call, wanted, sizes.shape()));
    }

    let (candidates, scores) = in_own_precision!(&logits, array => {
        best(py, codec, call, batch, array)?
    });
    let answer = TopCandidates { py, codec, call, batch, candidates, sizes: sizes.to_f64()? };
    // NumPy multiplies with the sizes, which mostly are whole numbers: float64.
    let double = matches!(sizes, CoordArray::F64(..));
    let boxes = match &boxes {
        NetworkOutput::F16(boxes) if !double => answer.boxes::<_, f32>(boxes)?,
        NetworkOutput::F32(boxes) if !double => answer.boxes::<_, f32>(boxes)?,
        boxes => in_own_precision!(boxes, boxes => answer.boxes::<_, f64>(boxes)?),
    };
    let keypoints = match &keypoints {
        NetworkOutput::F16(keypoints) if !double => answer.points::<_, f32>(keypoints)?,
        NetworkOutput::F32(keypoints) if !double => answer.points::<_, f32>(keypoints)?,
        keypoints => in_own_precision!(keypoints, array => answer.points::<_, f64>(array)?),
    };
    Ok((boxes, keypoints, scores))
}

/// The best candidates of each sample, and their scores, once a keypoint.
fn best<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    codec: &EdPoseLabel,
    call: Call,
    batch: usize,
    logits: &Array<'py, E>,
) -> PyResult<(Vec<Vec<usize>>, Bound<'py, PyAny>)> {
    let &[.., rows, classes] = logits.shape() else { unreachable!("two dimensions at least") };
    let (each, kept) = (rows * classes, codec.kept(rows * classes));
    let scores = zeros::<E>(py, "scores", &call.shape(batch, &[kept, codec.num_keypoints()]))?;
    // SAFETY: the array was made here and nobody else knows it yet.
    let mut rest = unsafe { values_mut(&scores) };
    let mut candidates = try_with_capacity(batch)?;
    for sample in 0..batch {
        let logits = &logits.values()[sample * each..][..each];
        let best = codec.best(logits, classes).map_err(|error| raise(py, &error))?;
        let own = rest.split_off_mut(..kept * codec.num_keypoints()).expect("a share each");
        codec.decode_scores(&best, own);
        candidates.push(best.into_iter().map(|scored| scored.candidate).collect());
    }
    Ok((candidates, scores.into_any()))
}

/// The candidates that were selected, sample by sample, and the sizes `[h, w]` of the inputs.
struct TopCandidates<'a, 'py> {
    py: Python<'py>,
    codec: &'a EdPoseLabel,
    call: Call,
    batch: usize,
    candidates: Vec<Vec<usize>>,
    sizes: Vec<f64>,
}

impl<'py> TopCandidates<'_, 'py> {
    fn kept(&self) -> usize {
        self.candidates.first().map_or(0, Vec::len)
    }

    /// Calls `decode` with each sample's candidates, predictions, size and part of the answer.
    fn each<E: HeatmapValue + Element, T: Element + Copy>(
        &self,
        predictions: &Array<'py, E>,
        decoded: &mut [T],
        decode: impl Fn(&[usize], &[E], [f64; 2], &mut [T]),
    ) {
        let (values, batch) = (predictions.values(), self.batch.max(1));
        let (each, part) = (values.len() / batch, decoded.len() / batch);
        let (sizes, _) = self.sizes.as_chunks::<2>();
        for (sample, candidates) in self.candidates.iter().enumerate() {
            let values = &values[sample * each..][..each];
            let decoded = &mut decoded[sample * part..][..part];
            decode(candidates, values, sizes[sample], decoded);
        }
    }

    fn boxes<E: HeatmapValue + Element, T: Float + Element>(
        &self,
        boxes: &Array<'py, E>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.call.shape(self.batch, &[self.kept(), 4]);
        let corners = zeros::<T>(self.py, "boxes", &shape)?;
        // SAFETY: the array was made here and nobody else knows it yet.
        self.each(boxes, unsafe { values_mut(&corners) }, |candidates, boxes, size, corners| {
            self.codec.decode_boxes(candidates, boxes, size, corners.as_chunks_mut().0);
        });
        Ok(corners.into_any())
    }

    fn points<E: HeatmapValue + Element, T: Float + Element>(
        &self,
        keypoints: &Array<'py, E>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.call.shape(self.batch, &[self.kept(), self.codec.num_keypoints(), 2]);
        let points = zeros::<T>(self.py, "keypoints", &shape)?;
        // SAFETY: the array was made here and nobody else knows it yet.
        self.each(
            keypoints,
            unsafe { values_mut(&points) },
            |candidates, keypoints, size, points| {
                self.codec.decode_points(candidates, keypoints, size, points.as_chunks_mut().0);
            },
        );
        Ok(points.into_any())
    }
}
