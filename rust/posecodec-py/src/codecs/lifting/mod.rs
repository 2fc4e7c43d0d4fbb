//! The Python classes `ImagePoseLifting` and `VideoPoseLifting`.

mod keys;
mod statistics;

use posecodec::codecs::poses;
use posecodec::codecs::slices::OutputField;
use posecodec::codecs::LiftPose;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use crate::class::{Any, Decoded, Opt, codec_class, identity, key_set, phrase};
use crate::call::Call;
use crate::decode::decode_poses;
use crate::encode::{Inputs, encode_lifting};
use keys::extensible_keys;
use statistics::{statistics, statistics_array};

/// The keypoints of the root as a list: the type of MMPose's attribute.
fn root_list<'py, T>(
    slf: &Bound<'py, T>,
    kept: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    Ok(match kept.cast::<PyTuple>() {
        Ok(indices) => indices.to_list().into_any(),
        Err(_) => PyList::new(slf.py(), [kept])?.into_any(),
    })
}

/// Means or standard deviations as arrays: the type of MMPose's attributes.
macro_rules! statistics_attributes {
    ($($name:ident: $field:ident;)*) => {$(
        fn $name<'py>(
            slf: &Bound<'py, ImagePoseLifting>,
            _: Bound<'py, PyAny>,
        ) -> PyResult<Bound<'py, PyAny>> {
            statistics_array(slf.py(), slf.get().0.get()?.statistics(OutputField::$field))
        }
    )*};
}

statistics_attributes! {
    keypoints_mean: KeypointsMean;
    keypoints_std: KeypointsStd;
    target_mean: TargetMean;
    target_std: TargetStd;
}

/// [`codec_class!`] with the tables and the decoders of these codecs.
macro_rules! lifting_codec {
    (keys $keys:ident $names:tt; $($class:tt)*) => { codec_class! {
        $($class)*
        tables {
            auxiliary_encode_keys: $keys $names;
            instance_mapping_table: identity ["lifting_target", "lifting_target_visible"];
            label_mapping_table: identity ["trajectory_weights", "lifting_target_label", "lifting_target_weight"];
        }
        methods {
            /// Decode network outputs of one sample: back to the target's unit and, with a root, to its
            /// position.
            ///
            /// Args:
            ///     encoded (array or torch.Tensor): Shape (N, K, C), or (N, K - 1, C) without the root, or
            ///         (N, 1, C) of a trajectory; float16, float32 or float64.
            ///     target_root (array, optional): Root in the target's unit: (C,), (1, C) or (1, 1, C) for
            ///         all poses, or (N, C) or (N, 1, C), one per pose; an empty array is none.
            ///
            /// Returns:
            ///     tuple:
            ///     - keypoints (array): Shape (N, K, C), in the target's unit, of the input's dtype, or of
            ///       the root's if that is wider. A root that is removed from targets is inserted again
            ///       with ``target_root``.
            ///     - scores (array): Shape (N, K), float32, all 1.
            ///
            /// Raises:
            ///     InvalidInputError: For a wrong shape or dtype.
            #[pyo3(signature = (encoded, target_root=None))]
            fn decode<'py>(&self, py: Python<'py>, encoded: Any<'_, 'py>, target_root: Opt<'_, 'py>) -> Decoded<'py> {
                decode_poses(py, self.0.get()?, Call::Single, encoded, target_root)
            }

            /// Decode network outputs of a batch.
            ///
            /// Args:
            ///     batch_encoded (array or torch.Tensor): Shape (B, N, K, C), or (B, K, C) as MMPose's
            ///         heads return, which is N = 1.
            ///     target_root (array, optional): The roots of ``decode`` with a leading B, such as
            ///         (B, 1, C).
            ///
            /// Returns:
            ///     tuple:
            ///     - keypoints (array): Shape (B, N, K, C), as for ``decode``.
            ///     - scores (array): Shape (B, N, K), float32, all 1.
            ///
            /// Raises:
            ///     InvalidInputError: As for ``decode``.
            #[pyo3(signature = (batch_encoded, target_root=None))]
            fn batch_decode<'py>(
                &self, py: Python<'py>, batch_encoded: Any<'_, 'py>, target_root: Opt<'_, 'py>,
            ) -> Decoded<'py> {
                decode_poses(py, self.0.get()?, Call::Batch, batch_encoded, target_root)
            }
        }
    }};
}

lifting_codec! {
    keys extensible_keys ["lifting_target", "lifting_target_visible"];
    /// Normalize the 2D pose of an image, for a network that lifts it to 3D, and the root-relative 3D
    /// pose, which is its target.
    ///
    /// Paper: `A simple yet effective baseline for 3d human pose estimation
    /// <https://arxiv.org/abs/1705.03098>`_ (Martinez et al. 2017).
    class ImagePoseLifting("ImagePoseLifting", poses::ImagePoseLifting);
    args {
        /// Number of keypoints, K.
        num_keypoints: count;
        /// The root, or keypoints whose mean is the root. The attribute is a list.
        root_index: root = 0 => root_list;
        /// Remove the root from targets, if it is one keypoint.
        remove_root: flag = False;
        /// Add the index of a removed root to the encoded items.
        save_index: flag = False;
        /// Reshape labels to (K * D, N).
        reshape_keypoints: flag = True;
        /// Append visibilities to the keypoints.
        concat_vis: flag = False;
        /// Means of the 2D keypoints, shape (K, D), in pixels; with ``keypoints_std``. The attribute has
        /// shape (1, K, D), float32.
        keypoints_mean: array = None => keypoints_mean;
        /// Standard deviations of the 2D keypoints, shape (K, D), in pixels. The attribute has shape
        /// (1, K, D), float32.
        keypoints_std: array = None => keypoints_std;
        /// Means of the root-relative 3D keypoints, shape (K, C), or (K - 1, C) if the root is removed,
        /// in the target's unit; with ``target_std``. The attribute has shape (1, K, C) or
        /// (1, K - 1, C), float32.
        target_mean: array = None => target_mean;
        /// Standard deviations of the 3D keypoints, of the same shape as ``target_mean``.
        target_std: array = None => target_std;
        /// Names that this codec's ``auxiliary_encode_keys`` has in addition to its class's, for a
        /// subclass whose ``encode`` has more arguments.
        additional_encode_keys: strings = None;
    }
    raises "For a root that is not one of the keypoints, means without standard deviations (or the other"
        "way round), of a wrong shape or not finite, or standard deviations of 0.";
    build |arguments| {
        let () = additional_encode_keys;
        let removed = remove_root && root_index.len() == 1 && num_keypoints > 0;
        let options = poses::ImagePoseLiftingOptions {
            root_index,
            remove_root,
            save_index,
            reshape_keypoints,
            concat_vis,
            keypoints: statistics(
                &arguments,
                ["keypoints_mean", "keypoints_std"],
                [&keypoints_mean, &keypoints_std],
                num_keypoints,
            )?,
            target: statistics(
                &arguments,
                ["target_mean", "target_std"],
                [&target_mean, &target_std],
                num_keypoints - usize::from(removed),
            )?,
        };
        poses::ImagePoseLifting::new(num_keypoints, options)
    };
    encode(keypoints; keypoints_visible, lifting_target, lifting_target_visible; out) |py, codec, call| {
        let inputs = Inputs {
            keypoints_visible, lifting_target, lifting_target_visible, out, ..Default::default()
        };
        encode_lifting(py, codec, call, keypoints, inputs)
    }
    sample_doc {
        /// Encode one sample.
        ///
        /// Args:
        ///     keypoints (array): 2D poses, shape (N, K, D) or (K, D), pixels; float32 or float64
        ///         (other dtypes are converted).
        ///     keypoints_visible (array, optional): Shape (N, K), or with more values per keypoint
        ///         (N, K, m). Default: all visible.
        ///     lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in camera
        ///         coordinates, in any unit (meters in MMPose's Human3.6M). Default: only the input is
        ///         encoded, and the dict only has its items.
        ///     lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
        ///         visible. Default: all visible.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict:
        ///     - target_root_removed (bool): True, only if the root was removed.
        ///     - target_root_index (int): Index of the removed root, only with ``save_index``.
        ///     - keypoints_mean, keypoints_std, target_mean, target_std (array): Copies, shape
        ///       (1, K, D), float32, only if the codec has them.
        ///     - keypoint_labels (array): Shape (K * D, N), or not reshaped (N, K, D); of the
        ///       keypoints' dtype, in pixels or in standard deviations from the mean. D includes
        ///       appended visibilities.
        ///     - keypoint_labels_visible (array): The visibilities, unchanged.
        ///     - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
        ///       the target's dtype, in its unit or in standard deviations.
        ///     - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
        ///       keypoints, else 0.
        ///     - trajectory_weights (array): The weights of all keypoints, (T, K); without
        ///       visibilities, ``1 / lifting_target[:, 2]``, as in MMPose.
        ///     - target_root (array): Shape (T, C), float32, in the target's unit.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``, or a division by a depth of 0.
    }
    batch_doc {
        /// Encode a batch.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     keypoints (array): Shape (B, N, K, D), pixels; as for ``encode``.
        ///     keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
        ///     lifting_target (array, optional): Shape (B, T, K, C).
        ///     lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The items of ``encode``, each array with a leading B.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``.
    }
}

lifting_codec! {
    keys key_set ["lifting_target", "lifting_target_visible", "camera_param"];
    /// Convert the 2D poses of a video to units of its images, for a network that lifts them to 3D, and
    /// center the 3D pose on its root, which is the network's target.
    ///
    /// Paper: `3D human pose estimation in video with temporal convolutions and semi-supervised
    /// training <https://arxiv.org/abs/1811.11742>`_ (Pavllo et al. 2019).
    class VideoPoseLifting("VideoPoseLifting", poses::VideoPoseLifting);
    args {
        /// Number of keypoints, K.
        num_keypoints: count;
        /// Center targets on their root.
        zero_center: flag = True;
        /// The root, or keypoints whose mean is the root. The attribute is a list.
        root_index: root = 0 => root_list;
        /// Remove the root from centered targets, if it is one keypoint.
        remove_root: flag = False;
        /// Add the index of a removed root to the encoded items.
        save_index: flag = False;
        /// Reshape labels to (K * D, N).
        reshape_keypoints: flag = True;
        /// Append visibilities to the keypoints.
        concat_vis: flag = False;
        /// Add the camera in units of the image to the encoded items.
        normalize_camera: flag = False;
    }
    raises "For a root that is not one of the keypoints.";
    build |arguments| poses::VideoPoseLifting::new(num_keypoints, poses::VideoPoseLiftingOptions {
        zero_center, root_index, remove_root, save_index, reshape_keypoints, concat_vis, normalize_camera,
    });
    encode(keypoints; keypoints_visible, lifting_target, lifting_target_visible, camera_param; out) |py, codec, call| {
        let inputs = Inputs {
            keypoints_visible, lifting_target, lifting_target_visible, camera_param, out, ..Default::default()
        };
        encode_lifting(py, codec, call, keypoints, inputs)
    }
    sample_doc {
        /// Encode one sample.
        ///
        /// Args:
        ///     keypoints (array): 2D poses, shape (N, K, 2) or (K, 2), pixels; float32 or float64
        ///         (other dtypes are converted).
        ///     keypoints_visible (array, optional): Shape (N, K), or with more values per keypoint
        ///         (N, K, m). Default: all visible.
        ///     lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in camera
        ///         coordinates, in any unit (meters in MMPose's Human3.6M). Default: only the input is
        ///         encoded, and the dict only has its items.
        ///     lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
        ///         visible. Default: all visible.
        ///     camera_param (dict): The width ``w`` and height ``h`` of images and, for
        ///         ``normalize_camera``, focal lengths ``f`` and principal point ``c``, shape (2, 1) or
        ///         (2,), all in pixels; other items are copied.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict:
        ///     - target_root (array): Shape (T, C), of the target's dtype and unit, only with
        ///       ``zero_center``.
        ///     - target_root_removed (bool): True, only if the root was removed.
        ///     - target_root_index (int): Index of the removed root, only with ``save_index``.
        ///     - camera_param (dict): A copy with ``f`` and ``c`` in half widths of the image, only
        ///       with ``normalize_camera``.
        ///     - keypoint_labels (array): Shape (K * 2, N), or not reshaped (N, K, 2); of the
        ///       keypoints' dtype, in half widths from the image's center. Appended visibilities make
        ///       the 2 larger.
        ///     - keypoints_visible (array): The visibilities, unchanged.
        ///     - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
        ///       the target's dtype and unit.
        ///     - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
        ///       keypoints, else 0.
        ///     - trajectory_weights (array): The weights of all keypoints, (T, K); without
        ///       visibilities, ``1 / lifting_target[:, 2]``, as in MMPose.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``, a missing or incomplete camera, or
        ///         a division by a depth of 0.
    }
    batch_doc {
        /// Encode a batch.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     keypoints (array): Shape (B, N, K, 2), pixels; as for ``encode``.
        ///     keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
        ///     lifting_target (array, optional): Shape (B, T, K, C).
        ///     lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
        ///     camera_param (dict or list of dicts): One camera for all samples, or one per sample.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The items of ``encode``, each array with a leading B, and a list of B cameras.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``.
    }
}
