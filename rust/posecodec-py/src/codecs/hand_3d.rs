//! The Python class `Hand3DHeatmap`.

use posecodec::codecs::hands;
use pyo3::prelude::*;

use super::simcc::axes;
use crate::class::{Any, codec_class, identity, key_set, list, phrase};
use crate::convert::new_array;
use crate::call::Call;
use crate::encode::encode_hand_3d;
use crate::decode::{DecodedHand3d, decode_hand_3d};

codec_class! {
    /// Represent the joints of two hands as 3D Gaussians, with the depth between the hands' roots and
    /// the hand type, as InterNet learns them.
    ///
    /// Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).
    class Hand3dHeatmap("Hand3DHeatmap", hands::Hand3dHeatmap);
    args {
        /// Input size (w, h) in pixels. The attribute is an array of shape (2,).
        image_size: size = (256, 256) => axes::<2>;
        /// Number of bins of the root depth that is decoded.
        root_heatmap_size: count = 64;
        /// Size (w, h, d) of a joint's 3D heatmap. The attribute is an array of shape (3,).
        heatmap_size: size = (64, 64, 64) => axes::<3>;
        /// Depth in millimeters that a heatmap covers, half of it in front of the hand's root.
        heatmap3d_depth_bound: number = 400.0;
        /// Number of bins of the root depth that is encoded.
        heatmap_size_root: count = 64;
        /// Root depth in millimeters that its bins cover.
        root_depth_bound: number = 400.0;
        /// Depth of the heatmaps that are decoded.
        depth_size: count = 64;
        /// Multiply visibilities by ``dataset_keypoint_weights``.
        use_different_joint_weights: flag = False;
        /// Standard deviation of the Gaussian, in heatmap pixels.
        sigma: number = 2;
        /// Joints that have a heatmap; negative indices count from the end. All by default.
        joint_indices: keypoint_indices = None => list;
        /// Maximum of a heatmap.
        max_bound: number = 1.0;
    }
    raises "For a size of 0, or a sigma or bound that is not positive and finite.";
    build |arguments| hands::Hand3dHeatmap::new(hands::Hand3dHeatmapOptions {
        image_size, root_heatmap_size, heatmap_size, heatmap3d_depth_bound, heatmap_size_root,
        root_depth_bound, depth_size, use_different_joint_weights, sigma, joint_indices, max_bound,
    });
    encode(
        keypoints, keypoints_visible, dataset_keypoint_weights, rel_root_depth, rel_root_valid,
        hand_type, hand_type_valid; focal, principal_pt; out
    ) |py, codec, call| {
        let _ = (focal, principal_pt);
        let joints = [keypoints_visible, dataset_keypoint_weights]
            .map(|array| Some(array).filter(|array| !array.is_none()));
        let labels = [rel_root_depth, rel_root_valid, hand_type, hand_type_valid];
        encode_hand_3d(py, codec, call, keypoints, joints, labels, out)
    }
    sample_doc {
        /// Encode the joints of one sample.
        ///
        /// Args:
        ///     keypoints (array): Shape (N, K, 3): input pixels, and millimeters of depth behind the
        ///         hand's root; float32 or float64 (other dtypes are converted). NaN and infinite joints
        ///         have a heatmap of zeros and weight 0. Instances share the heatmaps, which have the
        ///         maximum of both.
        ///     keypoints_visible (array, optional): Shape (N, K). ``None``: all visible. Joints that are
        ///         not visible have a heatmap, too.
        ///     dataset_keypoint_weights (array, optional): Shape (K,), of the joints that have a heatmap;
        ///         used only with ``use_different_joint_weights``.
        ///     rel_root_depth (float): Depth of the left hand's root behind the right one's, in
        ///         millimeters.
        ///     rel_root_valid (float): Its weight.
        ///     hand_type (array): Shape (1, 2) or (2,): whether there is a right hand, and a left one.
        ///     hand_type_valid (array): Its weight: a number, or shape (1,) or (2,).
        ///     focal (array): Not used, as in MMPose.
        ///     principal_pt (array): Not used, as in MMPose.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict:
        ///     - heatmaps (array): Shape (K * D, H, W), float32: D planes per joint.
        ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for joints
        ///       beyond ``heatmap3d_depth_bound``.
        ///     - root_depth (array): Shape (1,), in bins of ``heatmap_size_root``.
        ///     - type (array): ``hand_type``.
        ///     - type_weight (array): ``hand_type_valid``.
        ///     - root_depth_weight (array): Shape (1,), ``rel_root_valid``, or 0 beyond
        ///       ``root_depth_bound``.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``, ``joint_indices`` ≥ K, or missing
        ///         weights that are required.
    }
    batch_doc {
        /// Encode a batch.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     keypoints (array): Shape (B, N, K, 3); as for ``encode``.
        ///     keypoints_visible (array, optional): Shape (B, N, K). ``None``: all visible.
        ///     dataset_keypoint_weights (array, optional): Shape (K,), for all samples.
        ///     rel_root_depth (array): Shape (B,) or (B, 1), in millimeters.
        ///     rel_root_valid (array): Shape (B,) or (B, 1).
        ///     hand_type (array): Shape (B, 1, 2) or (B, 2).
        ///     hand_type_valid (array): Shape (B,), (B, 1) or (B, 2).
        ///     focal (array): Not used.
        ///     principal_pt (array): Not used.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The arrays of ``encode``, each with a leading B.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``.
    }
    tables {
        auxiliary_encode_keys: key_set [
            "dataset_keypoint_weights", "rel_root_depth", "rel_root_valid", "hand_type",
            "hand_type_valid", "focal", "principal_pt",
        ];
        instance_mapping_table: identity ["keypoints", "keypoints_visible", "keypoints_cam"];
        label_mapping_table: identity [
            "keypoint_weights", "root_depth_weight", "type_weight", "root_depth", "type",
        ];
    }
    methods {
        /// Input pixels per heatmap pixel along x and y, float32, shape (2,).
        #[getter]
        fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
        }

        /// Decode the network outputs of one sample.
        ///
        /// Args:
        ///     heatmaps (array or torch.Tensor): Shape (K, D, H, W), float16, float32 or float64.
        ///     root_depth (array or torch.Tensor): One number, of shape (1,) or (1, 1), in bins of
        ///         ``root_heatmap_size``; float16, float32 or float64.
        ///     hand_type (array or torch.Tensor): Shape (2,) or (1, 2): above 0 if there is a right hand,
        ///         and a left one.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (1, K, 3), float32: input pixels, and millimeters of depth
        ///       behind the hand's root. One pixel before the first where no value is above 0.
        ///     - scores (array): Shape (1, K), of the heatmaps' dtype.
        ///     - rel_root_depth (array): In millimeters, of ``root_depth``'s shape and dtype.
        ///     - hand_type (array): Shape (1, 2), int64, 0 or 1.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, or maps without a pixel.
        fn decode<'py>(
            &self, py: Python<'py>, heatmaps: Any<'_, 'py>, root_depth: Any<'_, 'py>, hand_type: Any<'_, 'py>,
        ) -> PyResult<DecodedHand3d<'py>> {
            decode_hand_3d(py, self.0.get()?, Call::Single, [heatmaps, root_depth, hand_type])
        }

        /// Decode a batch.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     heatmaps (array or torch.Tensor): Shape (B, K, D, H, W).
        ///     root_depth (array or torch.Tensor): Shape (B,), (B, 1) or (B, 1, 1).
        ///     hand_type (array or torch.Tensor): Shape (B, 2) or (B, 1, 2).
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (B, 1, K, 3), float32.
        ///     - scores (array): Shape (B, 1, K), of the heatmaps' dtype.
        ///     - rel_root_depth (array): Of ``root_depth``'s shape and dtype.
        ///     - hand_type (array): Shape (B, 1, 2), int64.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``.
        fn batch_decode<'py>(
            &self, py: Python<'py>, heatmaps: Any<'_, 'py>, root_depth: Any<'_, 'py>, hand_type: Any<'_, 'py>,
        ) -> PyResult<DecodedHand3d<'py>> {
            decode_hand_3d(py, self.0.get()?, Call::Batch, [heatmaps, root_depth, hand_type])
        }
    }
}
