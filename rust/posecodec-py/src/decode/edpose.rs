//! `decode` of `EDPoseLabel`.

use numpy::Element;
use people::EdPoseLabel;
use posecodec::codecs::people;
use posecodec::{Float, HeatmapValue};
use pyo3::prelude::*;

use crate::call::{Call, Shape, shape_error};
use crate::convert::{
    Array, CoordArray, DtypePolicy, NetworkOutput, OutputArray, in_own_precision, try_with_capacity,
};
use crate::error::Result;

/// Boxes, keypoints and scores.
pub(crate) type DecodedEdPose<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Decodes the candidates of one input or a batch: sizes, scores, boxes and keypoints.
pub(crate) fn decode_edpose<'py>(
    py: Python<'py>,
    codec: &EdPoseLabel,
    call: Call,
    [input_shapes, pred_logits, pred_boxes, pred_keypoints]: [&Bound<'py, PyAny>; 4],
) -> Result<DecodedEdPose<'py>> {
    let logits = NetworkOutput::read(pred_logits, "pred_logits")?;
    let dimensions = if call == Call::Batch { 3 } else { 2 };
    if logits.shape().len() != dimensions {
        let wanted = ["(Q, C)", "(B, Q, C)"];
        return Err(shape_error(py, "pred_logits", call, wanted, logits.shape()).into());
    }
    let boxes = NetworkOutput::read(pred_boxes, "pred_boxes")?;
    let keypoints = NetworkOutput::read(pred_keypoints, "pred_keypoints")?;
    let (leading, own) = logits.shape().split_at(dimensions - 2);
    let behind = |array: &NetworkOutput<'py>, argument: &str| {
        let shape = Shape::from_iter(array.shape().iter().copied().take(4));
        if shape.len() != dimensions || !shape.starts_with(leading) {
            let wanted = ["(Q, columns)", "(B, Q, columns), like `pred_logits`"];
            return Err(shape_error(py, argument, call, wanted, array.shape()));
        }
        Ok(shape[dimensions - 2..].iter().copied().collect::<Shape>())
    };
    codec.check(own, &behind(&boxes, "pred_boxes")?, &behind(&keypoints, "pred_keypoints")?)?;
    let batch = leading.first().copied().unwrap_or(1);
    let sizes = CoordArray::read(input_shapes, "input_shapes", DtypePolicy::Promote)?;
    if !sizes.shape().starts_with(leading) || sizes.shape()[leading.len()..] != [2] {
        let wanted = ["(2,): (h, w)", "(B, 2): (h, w) per sample"];
        return Err(shape_error(py, "input_shapes", call, wanted, sizes.shape()).into());
    }

    let (candidates, scores) = in_own_precision!(&logits, array => {
        best(py, codec, call, batch, array)?
    });
    let selected = TopCandidates { py, codec, call, batch, candidates, sizes: sizes.to_f64()? };
    // NumPy multiplies with the sizes, which usually are integers: float64.
    let double = matches!(sizes, CoordArray::F64(..));
    let boxes = match &boxes {
        NetworkOutput::F16(boxes) if !double => selected.boxes::<_, f32>(boxes)?,
        NetworkOutput::F32(boxes) if !double => selected.boxes::<_, f32>(boxes)?,
        boxes => in_own_precision!(boxes, boxes => selected.boxes::<_, f64>(boxes)?),
    };
    let keypoints = match &keypoints {
        NetworkOutput::F16(keypoints) if !double => selected.points::<_, f32>(keypoints)?,
        NetworkOutput::F32(keypoints) if !double => selected.points::<_, f32>(keypoints)?,
        keypoints => in_own_precision!(keypoints, array => selected.points::<_, f64>(array)?),
    };
    Ok((boxes, keypoints, scores))
}

/// The best candidates of each sample, and their scores, one copy per keypoint.
fn best<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    codec: &EdPoseLabel,
    call: Call,
    batch: usize,
    logits: &Array<'py, E>,
) -> Result<(Vec<Vec<usize>>, Bound<'py, PyAny>)> {
    let &[.., rows, classes] = logits.shape() else { unreachable!("two dimensions at least") };
    let (each, kept) = (rows * classes, codec.kept(rows * classes));
    let mut scores =
        OutputArray::<E>::zeros(py, "scores", &call.shape(batch, &[kept, codec.num_keypoints()]))?;
    let mut rest = scores.values_mut();
    let mut candidates = try_with_capacity(batch)?;
    for sample in 0..batch {
        let logits = &logits.values()[sample * each..][..each];
        let best = codec.best(logits, classes)?;
        let own = rest.split_off_mut(..kept * codec.num_keypoints()).expect("an equal share");
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

    /// Calls `decode` with each sample's candidates, predictions, size and part of the output.
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
        let mut corners = OutputArray::<T>::zeros(self.py, "boxes", &shape)?;
        self.each(boxes, corners.values_mut(), |candidates, boxes, size, corners| {
            self.codec.decode_boxes(candidates, boxes, size, corners.as_chunks_mut().0);
        });
        Ok(corners.into_any())
    }

    fn points<E: HeatmapValue + Element, T: Float + Element>(
        &self,
        keypoints: &Array<'py, E>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.call.shape(self.batch, &[self.kept(), self.codec.num_keypoints(), 2]);
        let mut points = OutputArray::<T>::zeros(self.py, "keypoints", &shape)?;
        self.each(keypoints, points.values_mut(), |candidates, keypoints, size, points| {
            self.codec.decode_points(candidates, keypoints, size, points.as_chunks_mut().0);
        });
        Ok(points.into_any())
    }
}
