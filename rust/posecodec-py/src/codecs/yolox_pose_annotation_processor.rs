//! The Python class `YOLOXPoseAnnotationProcessor`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple};

use crate::answer::{is_list, map_images};
use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, names, table};
use crate::call::Call;
use crate::error::{invalid, raise};
use crate::yolox_pose::{Annotations, encode};

/// Boxes around their keypoints and class labels, as YOLOX-Pose and RTMO learn them.
///
/// It only encodes: ``decode`` answers ``None``, and there is no ``batch_decode``.
///
/// Papers: `YOLO-Pose <https://arxiv.org/abs/2204.06806>`_ (Maji et al. 2022), `RTMO
/// <https://arxiv.org/abs/2312.07526>`_ (Lu et al. 2023).
///
/// Args:
///     expand_bbox (bool): Grow boxes to hold their visible keypoints. Default: False.
///     input_size (tuple, optional): Size of the network's input in pixels; not used, the reference
///         takes it. Default: None.
///
/// Raises:
///     InvalidInputError: For an ``input_size`` that is no size.
#[pyclass(name = "YOLOXPoseAnnotationProcessor", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct YoloxPoseAnnotationProcessor(InitOnce<codecs::YoloxPoseAnnotationProcessor>);

#[pymethods]
impl YoloxPoseAnnotationProcessor {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(expand_bbox=False, input_size=None)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (expand_bbox=OptionalArg::DEFAULT, input_size=None))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        expand_bbox: OptionalArg<'py>,
        input_size: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let expand_bbox = arguments.bool_or("expand_bbox", &expand_bbox, false)?;
        let input_size = match input_size {
            Some(size) => Some(arguments.size("input_size", size)?),
            None => arguments.none("input_size").map(|()| None)?,
        };
        let processor = codecs::YoloxPoseAnnotationProcessor::new(expand_bbox, input_size)
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, processor)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, &["category_id", "bbox"])
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        table(
            py,
            &[
                ("bbox", "bboxes"),
                ("bbox_labels", "labels"),
                ("keypoints", "keypoints"),
                ("keypoints_visible", "keypoints_visible"),
                ("area", "areas"),
            ],
        )
    }

    #[classattr]
    fn instance_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        table(
            py,
            &[
                ("bbox", "bboxes"),
                ("bbox_score", "bbox_scores"),
                ("keypoints", "keypoints"),
                ("keypoints_visible", "keypoints_visible"),
            ],
        )
    }

    /// Whether boxes grow to hold their visible keypoints.
    #[getter]
    fn expand_bbox(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "expand_bbox")
    }

    /// Encode the annotations of one image; they are left as they are.
    ///
    /// Args:
    ///     keypoints (array, optional): Shape (N, K, 2), pixels; needed where boxes grow. NaN and
    ///         infinite keypoints are out of sight.
    ///     keypoints_visible (array, optional): Shape (N, K), or (N, K, D) of which the first counts;
    ///         0 is out of sight. Default: all visible.
    ///     bbox (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
    ///     category_id (list, optional): A category an instance, from 1.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: What there is of:
    ///     - bbox (array): Shape (N, 4), a new array of the boxes' dtype; with ``expand_bbox``.
    ///     - bbox_labels (array): Shape (N,), int8, one less than ``category_id``.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, or keypoints that are
    ///         needed and missing.
    #[pyo3(signature = (keypoints=None, keypoints_visible=None, bbox=None, category_id=None, *, out=None))]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: Option<&Bound<'py, PyAny>>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        bbox: Option<&Bound<'py, PyAny>>,
        category_id: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let annotations = Annotations { keypoints, keypoints_visible, bbox, category_id };
        encode(py, self.0.get()?, Call::Single, &annotations, out)
    }

    /// Encode the annotations of a batch of images; they are left as they are.
    ///
    /// Args:
    ///     keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
    ///         with boxes in a list, lists or arrays of all, an item an image.
    ///     keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
    ///     bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
    ///     category_id (list, optional): Shape (B, N).
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B; for lists, lists of them.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``, or for lists of different lengths.
    #[pyo3(signature = (keypoints=None, keypoints_visible=None, bbox=None, category_id=None, *, out=None))]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: Option<&Bound<'py, PyAny>>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        bbox: Option<&Bound<'py, PyAny>>,
        category_id: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let processor = self.0.get()?;
        if !is_list(keypoints) && !is_list(bbox) {
            let annotations = Annotations { keypoints, keypoints_visible, bbox, category_id };
            return encode(py, processor, Call::Batch, &annotations, out);
        }
        if let Some(out) = out {
            let wanted = "must be None for lists, whose answers are lists";
            return Err(invalid(py, "out", wanted, out.get_type()));
        }
        let arguments = [
            ("keypoints", keypoints),
            ("keypoints_visible", keypoints_visible),
            ("bbox", bbox),
            ("category_id", category_id),
        ];
        let boxes = bbox.filter(|_| processor.expand_bbox()).map(|_| "bbox");
        let labels = category_id.map(|_| "bbox_labels");
        let names: Vec<&str> = boxes.into_iter().chain(labels).collect();
        map_images(py, arguments, &names, |parts| {
            let [keypoints, keypoints_visible, bbox, category_id] =
                parts.each_ref().map(Option::as_ref);
            let annotations = Annotations { keypoints, keypoints_visible, bbox, category_id };
            encode(py, processor, Call::Single, &annotations, None)
        })
    }

    /// Nothing is decoded, as in the reference.
    ///
    /// Args:
    ///     *args: Anything.
    ///     **kwargs: Anything.
    #[pyo3(signature = (*args, **kwargs))]
    fn decode(
        &self,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let _ = (args, kwargs);
        self.0.get().map(drop)
    }
}
