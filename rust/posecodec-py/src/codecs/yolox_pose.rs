//! The Python class `YOLOXPoseAnnotationProcessor`.

use posecodec::codecs::people;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::encode::{YoloxArguments, encode_yolox};
use crate::class::{codec_class, key_set, phrase, renamed};

codec_class! {
    /// Boxes around their keypoints and class labels, as YOLOX-Pose and RTMO learn them.
    ///
    /// It only encodes: ``decode`` returns ``None``, and there is no ``batch_decode``.
    ///
    /// Papers: `YOLO-Pose <https://arxiv.org/abs/2204.06806>`_ (Maji et al. 2022), `RTMO
    /// <https://arxiv.org/abs/2312.07526>`_ (Lu et al. 2023).
    class YoloxPoseAnnotationProcessor("YOLOXPoseAnnotationProcessor", people::YoloxPoseAnnotationProcessor);
    args {
        /// Enlarge boxes to contain their visible keypoints.
        expand_bbox: flag = False;
        /// Size of the network's input in pixels; not used, as in MMPose.
        input_size: optional_size = None;
    }
    raises "For an ``input_size`` that is not a size.";
    build |arguments| people::YoloxPoseAnnotationProcessor::new(
        people::YoloxPoseAnnotationProcessorOptions { expand_bbox, input_size },
    );
    encode(; keypoints, keypoints_visible, bbox, category_id; out) |py, processor, call| {
        let annotations = YoloxArguments { keypoints, keypoints_visible, bbox, category_id };
        encode_yolox(py, processor, call, &annotations, out)
    }
    sample_doc {
        /// Encode the annotations of one image, which are not modified.
        ///
        /// Args:
        ///     keypoints (array, optional): Shape (N, K, 2), pixels; required with ``expand_bbox``. NaN and
        ///         infinite keypoints count as not visible.
        ///     keypoints_visible (array, optional): Shape (N, K), or (N, K, D) of which the first counts;
        ///         0 is not visible. Default: all visible.
        ///     bbox (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
        ///     category_id (list, optional): One category per instance, from 1.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The items whose arguments were given:
        ///     - bbox (array): Shape (N, 4), a new array of the boxes' dtype; with ``expand_bbox``.
        ///     - bbox_labels (array): Shape (N,), int8, ``category_id`` - 1.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``, or missing keypoints that are
        ///         required.
    }
    batch_doc {
        /// Encode the annotations of a batch of images, which are not modified.
        ///
        /// Args:
        ///     keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
        ///         with a list of boxes, a list or an array with one item per image, as all arguments.
        ///     keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
        ///     bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
        ///     category_id (list, optional): Shape (B, N).
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The arrays of ``encode``, each with a leading B; for lists, lists of them.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``, or for lists of different lengths.
    }
    tables {
        auxiliary_encode_keys: key_set ["category_id", "bbox"];
        label_mapping_table: renamed [
            ("bbox", "bboxes"),
            ("bbox_labels", "labels"),
            ("keypoints", "keypoints"),
            ("keypoints_visible", "keypoints_visible"),
            ("area", "areas"),
        ];
        instance_mapping_table: renamed [
            ("bbox", "bboxes"),
            ("bbox_score", "bbox_scores"),
            ("keypoints", "keypoints"),
            ("keypoints_visible", "keypoints_visible"),
        ];
    }
    methods {
        /// Nothing is decoded, as in MMPose.
        ///
        /// Args:
        ///     *args: Ignored.
        ///     **kwargs: Ignored.
        #[pyo3(signature = (*args, **kwargs))]
        fn decode(&self, args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
            let _ = (args, kwargs);
            self.0.get().map(drop)
        }
    }
}
