//! `encode` of `YOLOXPoseAnnotationProcessor`.

use numpy::PyUntypedArrayMethods;
use posecodec::Shape as Shown;
use posecodec::codecs::{Keypoints, YoloxPoseAnnotationProcessor};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::answer::{ExtraItem, answer};
use crate::call::Call;
use crate::convert::{CoordArray, Shape, integers, new_array, real_array};
use crate::encode::{check_several_visible, people, read_visible};
use crate::error::invalid;

/// What `encode` takes, by the reference's names.
pub(crate) struct Annotations<'a, 'py> {
    pub(crate) keypoints: Option<&'a Bound<'py, PyAny>>,
    pub(crate) keypoints_visible: Option<&'a Bound<'py, PyAny>>,
    pub(crate) bbox: Option<&'a Bound<'py, PyAny>>,
    pub(crate) category_id: Option<&'a Bound<'py, PyAny>>,
}

/// Encodes one image, or a batch of images with as many instances each; boxes where `processor`
/// expands them.
pub(crate) fn encode<'py>(
    py: Python<'py>,
    processor: &YoloxPoseAnnotationProcessor,
    call: Call,
    annotations: &Annotations<'_, 'py>,
    out: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyDict>> {
    let mut further: Vec<ExtraItem<'py>> = Vec::new();
    if let Some(bbox) = annotations.bbox.filter(|_| processor.expand_bbox()) {
        further.push(("bbox", expand(py, processor, call, annotations, bbox)?));
    }
    if let Some(category_id) = annotations.category_id {
        let categories = real_array(category_id, "category_id")?;
        let labels = integers(&categories)?;
        let labels: Vec<i8> = labels.into_iter().map(YoloxPoseAnnotationProcessor::label).collect();
        further.push(("bbox_labels", new_array(py, "bbox_labels", categories.shape(), &labels)?));
    }
    answer(py, &further, out)
}

/// The boxes around the keypoints, in a new array of the boxes' dtype.
fn expand<'py>(
    py: Python<'py>,
    processor: &YoloxPoseAnnotationProcessor,
    call: Call,
    annotations: &Annotations<'_, 'py>,
    bbox: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let boxes = CoordArray::read(bbox, "bbox", false)?;
    let Some(keypoints) = annotations.keypoints else {
        let wanted = "must be an array of numbers: expand_bbox needs them";
        return Err(invalid(py, "keypoints", wanted, "None"));
    };
    let points = CoordArray::read(keypoints, "keypoints", true)?;
    let people = people(py, call, &points)?;
    let (&count, instances) = people.split_last().expect("two dimensions at least");
    if boxes.shape().split_last() != Some((&4, instances)) {
        let shape: Shape = instances.iter().copied().chain([4]).collect();
        let wanted = format!("must be of shape {}, a box an instance", Shown(&shape));
        return Err(invalid(py, "bbox", &wanted, format!("shape {}", Shown(boxes.shape()))));
    }
    let visible = read_visible(annotations.keypoints_visible)?;
    if let Some(visible) = &visible {
        check_several_visible(py, visible, &people)?;
    }
    // Of (N, K, D) the first, as in the reference.
    let visible: Option<Vec<f64>> = match visible {
        Some(visible) => Some(match visible.shape().get(people.len()) {
            Some(0) => {
                let (wanted, got) = ("must hold a value a keypoint", "none");
                return Err(invalid(py, "keypoints_visible", wanted, got));
            }
            Some(&each) => visible.to_f64()?.into_iter().step_by(each).collect(),
            None => visible.to_f64()?,
        }),
        None => None,
    };
    let (points, mut corners) = (points.to_f64()?, boxes.to_f64()?);
    let keypoints: Keypoints<'_, f64, f64> = Keypoints {
        points: points.as_chunks().0,
        visible: visible.as_deref(),
        instances: instances.iter().product(),
        count,
    };
    processor.expand_boxes(&keypoints, corners.as_chunks_mut().0);
    boxes.with(corners).into_array(py, "bbox")
}
