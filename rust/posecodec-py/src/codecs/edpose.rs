//! The Python class `EDPoseLabel`.

use posecodec::codecs::people;
use pyo3::prelude::*;

use crate::error::Result;
use crate::encode::{EdPoseArguments, encode_edpose};
use crate::class::{Any, codec_class, key_set, phrase, renamed};
use crate::decode::{DecodedEdPose, decode_edpose};
use crate::call::Call;

codec_class! {
    /// Keypoints, boxes and areas in units of the image, as ED-Pose learns them.
    ///
    /// Paper: `Explicit Box Detection Unifies End-to-End Multi-Person Pose Estimation
    /// <https://arxiv.org/abs/2302.01593>`_ (Yang et al. 2023).
    class EdPoseLabel("EDPoseLabel", people::EdPoseLabel);
    args {
        /// Number of candidates that decoding keeps.
        num_select: count = 100;
        /// Number of keypoints of a candidate, K.
        num_keypoints: count = 17;
    }
    raises "For a number of 0.";
    build |arguments| people::EdPoseLabel::new(people::EdPoseLabelOptions {
        num_select, num_keypoints,
    });
    encode(img_shape, keypoints; keypoints_visible, area, bboxes; out) |py, _, call| {
        let annotations = EdPoseArguments { img_shape, keypoints, keypoints_visible, area, bboxes };
        encode_edpose(py, call, &annotations, out)
    }
    sample_doc {
        /// Encode the instances of one image. Each array keeps the precision of its input; integers become
        /// float64.
        ///
        /// Args:
        ///     img_shape (tuple): Size (w, h) of the image in pixels.
        ///     keypoints (array): Shape (N, K, 2), pixels; float32 or float64 (other dtypes are
        ///         converted). NaN and infinite keypoints become 0, and so does their visibility.
        ///     keypoints_visible (array, optional): Shape (N, K) or (N, K, D). Default: all visible.
        ///     area (array, optional): Shape (N,), square pixels.
        ///     bboxes (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict:
        ///     - keypoints (array): Shape (N, K, 2), in units of the image's size.
        ///     - area (array): Shape (N,), in units of the image's area; ``None`` if omitted.
        ///     - bbox (array): Shape (N, 4), the center (x, y) and the size (w, h) in units of the image's
        ///       size; ``None`` if omitted.
        ///     - keypoints_visible (array): A copy of the visibilities.
        ///
        /// Raises:
        ///     InvalidInputError: For an image size that is not positive, or a wrong shape, dtype or
        ///         ``out``.
    }
    batch_doc {
        /// Encode a batch of images.
        ///
        /// Args:
        ///     img_shape (array): Sizes (w, h) of the images in pixels, shape (B, 2), or one for all.
        ///     keypoints (array or list): Shape (B, N, K, 2), pixels, as for ``encode``; or a list of
        ///         arrays (N_i, K, 2), with the other arguments as lists or arrays of B items.
        ///     keypoints_visible (array or list, optional): Shape (B, N, K). Default: all visible.
        ///     area (array or list, optional): Shape (B, N).
        ///     bboxes (array or list, optional): Shape (B, N, 4).
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The arrays of ``encode``, each with a leading B; for a list of keypoints, lists of
        ///     them.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``, or for lists of different lengths.
    }
    tables {
        auxiliary_encode_keys: key_set ["area", "bboxes", "img_shape"];
        instance_mapping_table: renamed [
            ("bbox", "bboxes"),
            ("keypoints", "keypoints"),
            ("keypoints_visible", "keypoints_visible"),
            ("area", "areas"),
        ];
    }
    methods {
        /// Decode the candidates of one image: the S with the highest scores, best first, S being
        /// ``num_select`` or, if that is less, Q * C.
        ///
        /// Args:
        ///     input_shapes (array): Size (h, w) of the network's input in pixels, shape (2,).
        ///     pred_logits (array or torch.Tensor): Shape (Q, C), one score per class; float16, float32 or
        ///         float64. Equal scores keep their order.
        ///     pred_boxes (array or torch.Tensor): Shape (Q, 4), the center (x, y) and the size (w, h) in
        ///         units of the input's size.
        ///     pred_keypoints (array or torch.Tensor): Shape (Q, 3 * K), K pairs (x, y) in units of the
        ///         input's size, then K visibilities.
        ///
        /// Returns:
        ///     tuple:
        ///     - boxes (array): Shape (S, 4), (left, top, right, bottom) in pixels, float64 (float32
        ///       if boxes and ``input_shapes`` are).
        ///     - keypoints (array): Shape (S, K, 2), pixels, of the boxes' dtype.
        ///     - scores (array): Shape (S, K), of the scores' dtype, the same for all keypoints.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape or dtype.
        fn decode<'py>(
            &self, py: Python<'py>, input_shapes: Any<'_, 'py>,
            pred_logits: Any<'_, 'py>, pred_boxes: Any<'_, 'py>, pred_keypoints: Any<'_, 'py>,
        ) -> Result<DecodedEdPose<'py>> {
            let predictions = [input_shapes, pred_logits, pred_boxes, pred_keypoints];
            decode_edpose(py, self.0.get()?, Call::Single, predictions)
        }

        /// Decode a batch of candidates.
        ///
        /// Args:
        ///     input_shapes (array): Sizes (h, w) in pixels, shape (B, 2).
        ///     pred_logits (array or torch.Tensor): Shape (B, Q, C).
        ///     pred_boxes (array or torch.Tensor): Shape (B, Q, 4).
        ///     pred_keypoints (array or torch.Tensor): Shape (B, Q, 3 * K).
        ///
        /// Returns:
        ///     tuple: The arrays of ``decode``, each with a leading B.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``.
        fn batch_decode<'py>(
            &self, py: Python<'py>, input_shapes: Any<'_, 'py>,
            pred_logits: Any<'_, 'py>, pred_boxes: Any<'_, 'py>, pred_keypoints: Any<'_, 'py>,
        ) -> Result<DecodedEdPose<'py>> {
            let predictions = [input_shapes, pred_logits, pred_boxes, pred_keypoints];
            decode_edpose(py, self.0.get()?, Call::Batch, predictions)
        }
    }
}
