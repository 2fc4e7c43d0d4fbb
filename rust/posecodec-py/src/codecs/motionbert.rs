//! The Python class `MotionBERTLabel`.

use posecodec::codecs::poses;
use pyo3::prelude::*;

use crate::class::{Any, Decoded, Opt, codec_class, identity, key_set, phrase};
use crate::call::Call;
use crate::decode::{Scales, decode_frames};
use crate::encode::{Inputs, encode_lifting};

codec_class! {
    /// Convert the 2D poses of a video to units of its images, for MotionBERT to lift them to 3D, and
    /// the 3D poses to image coordinates, which are its targets.
    ///
    /// Paper: `MotionBERT: A Unified Perspective on Learning Human Motion Representations
    /// <https://arxiv.org/abs/2210.06551>`_ (Zhu et al. 2023).
    class MotionBertLabel("MotionBERTLabel", poses::MotionBertLabel);
    args {
        /// Number of keypoints, K.
        num_keypoints: count;
        /// The root.
        root_index: count = 0;
        /// Not used, as in MMPose.
        remove_root: flag = False;
        /// Not used, as in MMPose.
        save_index: flag = False;
        /// Append visibilities to the keypoints.
        concat_vis: flag = False;
        /// Move keypoint 0 to the origin before decoding.
        rootrel: flag = False;
        /// ``'train'`` for targets in half widths of the image, which the network learns, or ``'test'``
        /// for meters, to compare with decoded poses.
        mode: keyword = "test";
    }
    raises "For a root that is not one of the keypoints, or another mode.";
    build |arguments| {
        let _ = (remove_root, save_index);
        let mode = mode.parse()?;
        poses::MotionBertLabel::new(
            num_keypoints,
            poses::MotionBertLabelOptions { root_index, concat_vis, rootrel, mode },
        )
    };
    encode(keypoints; keypoints_visible, lifting_target, lifting_target_visible, camera_param, factor; out) |py, codec, call| {
        let inputs = Inputs {
            keypoints_visible, lifting_target, lifting_target_visible, camera_param, factor, out,
        };
        encode_lifting(py, codec, call, keypoints, inputs)
    }
    sample_doc {
        /// Encode one sample.
        ///
        /// Args:
        ///     keypoints (array): 2D poses, shape (T, K, D) or (K, D), D at least 2, pixels; float32 or
        ///         float64 (other dtypes are converted).
        ///     keypoints_visible (array, optional): Shape (T, K), or with more values per keypoint
        ///         (T, K, m). Default: all visible.
        ///     lifting_target (array, optional): 3D poses, shape (T, K, 3) or (K, 3), in camera
        ///         coordinates, in meters. Default: only the input is encoded, and the dict only has its
        ///         items and the factor.
        ///     lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
        ///         visible. Default: all visible.
        ///     camera_param (dict): The width ``w`` and height ``h`` of images and, both or neither,
        ///         focal lengths ``f`` and principal point ``c``, shape (2, 1) or (2,), all in pixels.
        ///         With these, targets are projected into the image.
        ///     factor (array, optional): Meters per 1000 pixels, shape (T,) or (T, 1), or one for all
        ///         frames. If it is omitted, or the first is 0, it is computed from the depth of the
        ///         root; without ``f`` and ``c`` it is 4.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict:
        ///     - keypoint_labels (array): Shape (T, K, D), of the keypoints' dtype, in half widths from
        ///       the image's center. D includes appended visibilities.
        ///     - keypoint_labels_visible (array): The visibilities, unchanged.
        ///     - lifting_target_label (array): Shape (T, K, 3), of the target's dtype, root-relative:
        ///       in half widths (``'train'``), or in meters (``'test'``).
        ///     - lifting_target_weight (array): Shape (T, K), float32; 1 for visible keypoints, else 0.
        ///     - lifting_target (array): ``lifting_target_label`` again.
        ///     - lifting_target_visible (array): The visibilities, unchanged.
        ///     - factor (array): Shape (T, 1), meters per 1000 pixels.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``, a missing or incomplete camera, or
        ///         the projection of a depth of 0.
    }
    batch_doc {
        /// Encode a batch.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     keypoints (array): Shape (B, T, K, D), pixels; as for ``encode``.
        ///     keypoints_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
        ///     lifting_target (array, optional): Shape (B, T, K, 3).
        ///     lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
        ///     camera_param (dict or list of dicts): One camera for all samples, or one per sample.
        ///     factor (array, optional): Shape (B, T) or (B, T, 1), or one per sample.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The arrays of ``encode``, each with a leading B.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``.
    }
    tables {
        auxiliary_encode_keys: key_set ["lifting_target", "lifting_target_visible", "camera_param", "factor"];
        instance_mapping_table: identity ["lifting_target", "lifting_target_visible"];
        label_mapping_table: identity ["trajectory_weights", "lifting_target_label", "lifting_target_weight"];
    }
    methods {
        /// Decode network outputs of one sample, in half widths, to meters from the root.
        ///
        /// Args:
        ///     encoded (array or torch.Tensor): Shape (N, K, 3), or sequences (B, T, K, 3); float16,
        ///         float32 or float64.
        ///     w (array, optional): Widths of images in pixels, shape (N,) or (N, 1), or one per
        ///         sequence; with ``h``. By default, and for an empty array, poses are not scaled.
        ///     h (array, optional): Heights of images in pixels, of the same shape.
        ///     factor (array, optional): Meters per 1000 pixels, shape (N,) or (N, 1), or of sequences
        ///         (B, T, 1), (B, T) or one per sequence.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): The input's shape and dtype; in meters, root-relative. (All values
        ///       are divided by 1000, because factors are per 1000 pixels.)
        ///     - scores (array): Shape (N, K) or (B, T, K), float32, all 1.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape or dtype, or sizes that are not positive.
        #[pyo3(signature = (encoded, w=None, h=None, factor=None))]
        fn decode<'py>(
            &self, py: Python<'py>, encoded: Any<'_, 'py>, w: Opt<'_, 'py>, h: Opt<'_, 'py>, factor: Opt<'_, 'py>,
        ) -> Decoded<'py> {
            decode_frames(py, self.0.get()?, Call::Single, encoded, Scales { w, h, factor })
        }

        /// Decode network outputs of a batch.
        ///
        /// Args:
        ///     batch_encoded (array or torch.Tensor): Shape (B, T, K, 3).
        ///     w (array, optional): Widths of images in pixels, shape (B, T), or (B,) or (B, 1), one per
        ///         sequence; with ``h``.
        ///     h (array, optional): Heights of images in pixels, of the same shape.
        ///     factor (array, optional): Shape (B, T, 1), (B, T), or one per sequence.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (B, T, K, 3), as for ``decode``.
        ///     - scores (array): Shape (B, T, K), float32, all 1.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``.
        #[pyo3(signature = (batch_encoded, w=None, h=None, factor=None))]
        fn batch_decode<'py>(
            &self, py: Python<'py>, batch_encoded: Any<'_, 'py>, w: Opt<'_, 'py>, h: Opt<'_, 'py>, factor: Opt<'_, 'py>,
        ) -> Decoded<'py> {
            decode_frames(py, self.0.get()?, Call::Batch, batch_encoded, Scales { w, h, factor })
        }
    }
}
