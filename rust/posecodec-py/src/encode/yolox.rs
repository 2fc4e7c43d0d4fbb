//! `encode` of `YOLOXPoseAnnotationProcessor`.

use numpy::PyUntypedArrayMethods;
use posecodec::Shape as Shown;
use posecodec::codecs::people::YoloxPoseAnnotationProcessor;
use posecodec::codecs::slices::{Init, Keypoints};
use pyo3::prelude::*;

use super::{
    Argument, OutputDict, VISIBLE, check_several_visible, is_list, map_images, people, read_visible,
};
use crate::call::{Call, Shape};
use crate::class::Encoded;
use crate::convert::{CoordArray, DtypePolicy, integers, real_array};
use crate::error::invalid;

/// The arguments of `encode`, by MMPose's names.
pub(crate) struct YoloxArguments<'a, 'py> {
    pub(crate) keypoints: Option<&'a Bound<'py, PyAny>>,
    pub(crate) keypoints_visible: Option<&'a Bound<'py, PyAny>>,
    pub(crate) bbox: Option<&'a Bound<'py, PyAny>>,
    pub(crate) category_id: Option<&'a Bound<'py, PyAny>>,
}

/// Encodes one image, a batch of images with the same number of instances, or lists of images; boxes
/// only if `processor` expands them.
pub(crate) fn encode_yolox<'py>(
    py: Python<'py>,
    processor: &YoloxPoseAnnotationProcessor,
    call: Call,
    arguments: &YoloxArguments<'_, 'py>,
    out: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let &YoloxArguments { keypoints, keypoints_visible, bbox, category_id } = arguments;
    if call == Call::Single || !(is_list(keypoints) || is_list(bbox)) {
        return encode_arrays(py, processor, call, arguments, out);
    }
    if let Some(out) = out {
        let wanted = "must be None for lists, which are encoded to lists";
        return Err(invalid(py, "out", wanted, out.get_type()).into());
    }
    let arguments = [
        ("keypoints", keypoints),
        (VISIBLE, keypoints_visible),
        ("bbox", bbox),
        ("category_id", category_id),
    ];
    let boxes = bbox.filter(|_| processor.options().expand_bbox).map(|_| "bbox");
    let labels = category_id.map(|_| "bbox_labels");
    let names: Vec<&str> = boxes.into_iter().chain(labels).collect();
    map_images(py, arguments, &names, |parts| {
        let [keypoints, keypoints_visible, bbox, category_id] =
            parts.each_ref().map(Option::as_ref);
        let annotations = YoloxArguments { keypoints, keypoints_visible, bbox, category_id };
        encode_arrays(py, processor, Call::Single, &annotations, None)
    })
}

/// Encodes one image, or a batch of images with the same number of instances.
fn encode_arrays<'py>(
    py: Python<'py>,
    processor: &YoloxPoseAnnotationProcessor,
    call: Call,
    arguments: &YoloxArguments<'_, 'py>,
    out: Option<&Bound<'py, PyAny>>,
) -> Encoded<'py> {
    let bbox = arguments.bbox.filter(|_| processor.options().expand_bbox);
    let boxes = bbox.map(|bbox| Boxes::read(py, call, arguments, bbox)).transpose()?;
    let categories = arguments.category_id.map(|id| real_array(id, "category_id")).transpose()?;
    let labels = categories.as_ref().map(integers).transpose()?;
    if let Some(categories) = categories.as_ref().filter(|array| array.shape().len() > 4) {
        let got = format!("shape {}", Shown(categories.shape()));
        return Err(invalid(py, "category_id", "must have at most 4 dimensions", got).into());
    }
    let plan = processor.outputs(
        boxes.as_ref().map(|boxes| boxes.corners.shape()),
        categories.as_ref().map(PyUntypedArrayMethods::shape),
    );
    let likes = [("bbox", boxes.as_ref().map(|boxes| Argument::Coords(&boxes.corners)))];
    // The shapes are those of the arguments, a batch's leading dimension included.
    let outputs =
        OutputDict::allocate(py, (Call::Single, 1), &plan, &likes, out.into(), Init::Uninit)?;
    let corners = boxes.as_ref().map(|boxes| boxes.corners.to_f64()).transpose()?;
    let keypoints = boxes.as_ref().map(Boxes::keypoints);
    let boxes = keypoints.as_ref().zip(corners);
    outputs.fill(|arrays, _| processor.fill(boxes, labels.as_deref(), arrays))
}

/// Boxes, and the keypoints that they are expanded to hold.
struct Boxes<'py> {
    corners: CoordArray<'py>,
    points: Vec<f64>,
    visible: Option<Vec<f64>>,
    instances: usize,
    count: usize,
}

impl<'py> Boxes<'py> {
    fn read(
        py: Python<'py>,
        call: Call,
        annotations: &YoloxArguments<'_, 'py>,
        bbox: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        let boxes = CoordArray::read(bbox, "bbox", DtypePolicy::Keep)?;
        let Some(keypoints) = annotations.keypoints else {
            let wanted = "must be an array of numbers: expand_bbox needs them";
            return Err(invalid(py, "keypoints", wanted, "None"));
        };
        let points = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
        let people = people(py, call, &points)?;
        let (&count, instances) = people.split_last().expect("two dimensions at least");
        if boxes.shape().split_last() != Some((&4, instances)) {
            let shape: Shape = instances.iter().copied().chain([4]).collect();
            let wanted = format!("must be of shape {}, one box per instance", Shown(&shape));
            return Err(invalid(py, "bbox", &wanted, format!("shape {}", Shown(boxes.shape()))));
        }
        let visible = read_visible(annotations.keypoints_visible)?;
        if let Some(visible) = &visible {
            check_several_visible(py, visible, &people)?;
        }
        // Of (N, K, D) the first, as in MMPose.
        let visible: Option<Vec<f64>> = match visible {
            Some(visible) => Some(match visible.shape().get(people.len()) {
                Some(0) => {
                    let (wanted, got) = ("must hold one value per keypoint", "none");
                    return Err(invalid(py, "keypoints_visible", wanted, got));
                }
                Some(&each) => visible.to_f64()?.into_iter().step_by(each).collect(),
                None => visible.to_f64()?,
            }),
            None => None,
        };
        Ok(Self {
            points: points.to_f64()?,
            visible,
            instances: instances.iter().product(),
            count,
            corners: boxes,
        })
    }

    fn keypoints(&self) -> Keypoints<'_, f64, f64> {
        let Self { points, visible, instances, count, .. } = self;
        Keypoints {
            points: points.as_chunks().0,
            visible: visible.as_deref(),
            instances: *instances,
            count: *count,
        }
    }
}
