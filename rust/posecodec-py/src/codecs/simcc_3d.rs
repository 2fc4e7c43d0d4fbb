//! The Python class `SimCC3DLabel`.

use posecodec::codecs::simcc;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::simcc::axes;
use crate::class::{Any, Opt, OptionalArg, codec_class, identity, key_set, phrase, renamed};
use crate::decode::{Decoded3d, decode_simcc_3d};
use crate::call::Call;
use crate::decode::FlipArguments;
use crate::encode::encode_simcc_3d;

/// The keypoints of the root as a list: the type of MMPose's attribute.
fn root_list<'py>(
    slf: &Bound<'py, Simcc3dLabel>,
    _: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let codec = slf.get().0.get()?;
    Ok(PyList::new(slf.py(), &codec.options().root_index)?.into_any())
}

/// The depth range, also where the argument is `None`.
fn z_range<'py>(
    slf: &Bound<'py, Simcc3dLabel>,
    _: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    slf.get().0.get()?.options().z_range.into_bound_py_any(slf.py())
}

codec_class! {
    /// Represent keypoints as one classification vector per axis, including depth: "SimCC" in three
    /// dimensions, as RTMW3D learns it (``projects/rtmpose3d`` in MMPose's repository).
    ///
    /// Papers: `RTMW <https://arxiv.org/abs/2407.08634>`_ (Jiang et al. 2024), `SimCC
    /// <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).
    class Simcc3dLabel("SimCC3DLabel", simcc::Simcc3dLabel);
    args {
        /// Input size (w, h, d) in pixels; its depth d covers 2 * z_range.
        input_size: size;
        /// Standard deviation of the Gaussian, in bins, for all axes or one each. The attribute is an
        /// array of shape (3,).
        sigma: per_axis = 6.0 => axes::<3>;
        /// Bins per input pixel.
        simcc_split_ratio: number = 2.0;
        /// Divide Gaussians by sigma * sqrt(2 * pi).
        normalize: flag = True;
        /// Refine decoded keypoints with DARK.
        use_dark: flag = False;
        /// Keypoint whose depth is the root's, or several, whose mean depth is; negative indices count
        /// from the end. The attribute is a list.
        root_index: keypoint_or_keypoints = 0 => root_list;
        /// Depth in meters in front of the root that the input covers, and behind it. 2.1744869 by
        /// default.
        z_range: optional_number = None => z_range;
    }
    raises "For a size of 0, a sigma, ratio or range that is not positive and finite, or no root.";
    build |arguments| {
        let z_range = z_range.unwrap_or(simcc::Simcc3dLabelOptions::default().z_range);
        simcc::Simcc3dLabel::new(input_size, simcc::Simcc3dLabelOptions {
            sigma, simcc_split_ratio, normalize, use_dark, root_index, z_range,
        })
    };
    encode(keypoints; keypoints_3d, keypoints_visible; out) |py, codec, call| {
        encode_simcc_3d(py, codec, call, keypoints, [keypoints_3d, keypoints_visible], out)
    }
    sample_doc {
        /// Encode the keypoints of one sample; the arguments are not modified.
        ///
        /// Args:
        ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
        ///         converted). NaN and infinite keypoints have no target and weight 0. As in MMPose, a
        ///         single number means that there are no keypoints: labels and weights have shape (1,).
        ///     keypoints_3d (array, optional): Shape (N, K, 3), meters, of which the depths z are
        ///         encoded, relative to each instance's own root. Default: no depths.
        ///     keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
        ///         all visible.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict:
        ///     - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
        ///     - keypoint_y_labels (array): Shape (N, K, Wy), float32.
        ///     - keypoint_z_labels (array): Shape (N, K, Wz), float32; around depth 1 without depths.
        ///     - lifting_target (array): A copy of ``keypoints_3d``; else ``[None]``.
        ///     - root_z (array): Shape (N,), depths of the roots in meters; else a list of the mean one.
        ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
        ///       keypoints outside along any axis.
        ///     - weight_z (array): ``keypoint_weights`` with depths, zeros without.
        ///     - with_z_label (list): A bool, whether there are depths.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``, or a root index ≥ K.
    }
    batch_doc {
        /// Encode a batch.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
        ///     keypoints_3d (array, optional): Shape (B, N, K, 3), meters. Default: no depths.
        ///     keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
        #[doc = phrase!(out)]
        ///
        /// Returns:
        ///     dict: The arrays of ``encode``, each with a leading B; lists have B items.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``.
    }
    tables {
        auxiliary_encode_keys: key_set ["keypoints_3d"];
        label_mapping_table: identity [
            "keypoint_x_labels", "keypoint_y_labels", "keypoint_z_labels", "keypoint_weights",
            "weight_z", "with_z_label",
        ];
        instance_mapping_table: renamed [
            ("bbox", "bboxes"),
            ("bbox_score", "bbox_scores"),
            ("bbox_scale", "bbox_scales"),
            ("lifting_target", "lifting_target"),
            ("lifting_target_visible", "lifting_target_visible"),
            ("camera_param", "camera_params"),
            ("root_z", "root_z"),
        ];
    }
    methods {
        /// The mean depth of roots in the datasets that RTMW3D was trained on, in meters, a list of one.
        #[getter]
        fn root_z(&self) -> PyResult<[f64; 1]> {
            self.0.get().map(|_| [simcc::Simcc3dLabel::ROOT_Z])
        }

        /// Decode the vectors of one sample, which are not modified.
        ///
        /// Args:
        ///     x (array or torch.Tensor): Shape (K, Wx) or (N, K, Wx), float16, float32 or float64.
        ///     y (array or torch.Tensor): Shape (K, Wy) or (N, K, Wy).
        ///     z (array or torch.Tensor): Shape (K, Wz) or (N, K, Wz).
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (N, K, 3), float32: input pixels, and meters behind the
        ///       root; N is 1 for (K, W). One bin before the first where no value is above 0.
        ///     - keypoints_simcc (array): Shape (N, K, 3), float32, the same all in input pixels.
        ///     - scores (array): Shape (N, K), the smaller of the maxima along x and y, of the vectors'
        ///       dtype.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, or vectors without a bin.
        fn decode<'py>(
            &self, py: Python<'py>, x: Any<'_, 'py>, y: Any<'_, 'py>, z: Any<'_, 'py>,
        ) -> PyResult<Decoded3d<'py>> {
            decode_simcc_3d(py, self.0.get()?, Call::Single, [x, y, z], None)
        }

        /// Decode a batch of vectors.
        ///
        #[doc = phrase!(threads)]
        #[doc = phrase!(flip)]
        /// Only the vectors along x are reversed.
        ///
        /// Args:
        ///     x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
        ///     y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
        ///     z (array or torch.Tensor): Shape (B, K, Wz) or (B, N, K, Wz).
        ///     flipped (tuple of 3 arrays or tensors, optional): The vectors of the mirrored images, of
        ///         the same shapes and dtypes. Default: no flip test.
        #[doc = phrase!(flip_indices)]
        ///     shift (bool): Only for heatmaps: MMPose does not shift vectors. Default: False.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (B, N, K, 3), float32: input pixels, and meters.
        ///     - keypoints_simcc (array): Shape (B, N, K, 3), float32, all in input pixels.
        ///     - scores (array): Shape (B, N, K), of the vectors' dtype.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
        #[pyo3(signature = (x, y, z, *, flipped=None, flip_indices=None, shift=OptionalArg::DEFAULT), text_signature = "($self, x, y, z, *, flipped=None, flip_indices=None, shift=False)")]
        fn batch_decode<'py>(
            &self, py: Python<'py>, x: Any<'_, 'py>, y: Any<'_, 'py>, z: Any<'_, 'py>,
            flipped: Opt<'_, 'py>, flip_indices: Opt<'_, 'py>, shift: OptionalArg<'py>,
        ) -> PyResult<Decoded3d<'py>> {
            let flip = FlipArguments { flipped, flip_indices, shift };
            decode_simcc_3d(py, self.0.get()?, Call::Batch, [x, y, z], Some(flip))
        }
    }
}
