//! The Python class `Hand3DHeatmap`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table, names};
use crate::call::Call;
use crate::convert::{axes_array, new_array};
use crate::error::raise;
use crate::hand_3d::{Decoded, decode, encode};

/// Represent the joints of two hands as 3D Gaussians, with the depth between the hands' roots and
/// the hand type, as InterNet learns them.
///
/// Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).
///
/// Args:
///     image_size (tuple): Input size (w, h) in pixels. Default: (256, 256).
///     root_heatmap_size (int): Bins of the root depth that is decoded. Default: 64.
///     heatmap_size (tuple): Size (w, h, d) of a joint's map, in cells. Default: (64, 64, 64).
///     heatmap3d_depth_bound (float): Depth in millimetres that a map covers, half of it before the
///         hand's root. Default: 400.0.
///     heatmap_size_root (int): Bins of the root depth that is encoded. Default: 64.
///     root_depth_bound (float): Root depth in millimetres that its bins cover. Default: 400.0.
///     depth_size (int): Cells along the depth of the maps that are decoded. Default: 64.
///     use_different_joint_weights (bool): Multiply visibilities by ``dataset_keypoint_weights``.
///         Default: False.
///     sigma (float): Standard deviation of the Gaussian, in cells. Default: 2.
///     joint_indices (list, optional): Joints that have a map, from the end where negative. Default:
///         all.
///     max_bound (float): Largest value of a map. Default: 1.0.
///
/// Raises:
///     InvalidInputError: For a size of 0, a sigma or bound that is not positive and finite.
#[pyclass(name = "Hand3DHeatmap", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct Hand3dHeatmap(InitOnce<codecs::Hand3dHeatmap>);

#[pymethods]
impl Hand3dHeatmap {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(image_size=(256, 256), root_heatmap_size=64, heatmap_size=(64, 64, 64), heatmap3d_depth_bound=400.0, heatmap_size_root=64, root_depth_bound=400.0, depth_size=64, use_different_joint_weights=False, sigma=2, joint_indices=None, max_bound=1.0)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (image_size=OptionalArg::DEFAULT, root_heatmap_size=OptionalArg::DEFAULT, heatmap_size=OptionalArg::DEFAULT, heatmap3d_depth_bound=OptionalArg::DEFAULT, heatmap_size_root=OptionalArg::DEFAULT, root_depth_bound=OptionalArg::DEFAULT, depth_size=OptionalArg::DEFAULT, use_different_joint_weights=OptionalArg::DEFAULT, sigma=OptionalArg::DEFAULT, joint_indices=None, max_bound=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        image_size: OptionalArg<'py>,
        root_heatmap_size: OptionalArg<'py>,
        heatmap_size: OptionalArg<'py>,
        heatmap3d_depth_bound: OptionalArg<'py>,
        heatmap_size_root: OptionalArg<'py>,
        root_depth_bound: OptionalArg<'py>,
        depth_size: OptionalArg<'py>,
        use_different_joint_weights: OptionalArg<'py>,
        sigma: OptionalArg<'py>,
        joint_indices: Option<&Bound<'py, PyAny>>,
        max_bound: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        // Read in the order that `repr` shows them in.
        let options = codecs::Hand3dOptions {
            image_size: arguments.size_or("image_size", &image_size, [256; 2])?,
            root_heatmap_size: arguments.positive_int_or(
                "root_heatmap_size",
                &root_heatmap_size,
                64,
            )?,
            heatmap_size: arguments.size_or("heatmap_size", &heatmap_size, [64; 3])?,
            heatmap3d_depth_bound: arguments.number_or(
                "heatmap3d_depth_bound",
                &heatmap3d_depth_bound,
                400.0,
            )?,
            heatmap_size_root: arguments.positive_int_or(
                "heatmap_size_root",
                &heatmap_size_root,
                64,
            )?,
            root_depth_bound: arguments.number_or("root_depth_bound", &root_depth_bound, 400.0)?,
            depth_size: arguments.positive_int_or("depth_size", &depth_size, 64)?,
            use_different_joint_weights: arguments.bool_or(
                "use_different_joint_weights",
                &use_different_joint_weights,
                false,
            )?,
            sigma: arguments.number_or("sigma", &sigma, 2)?,
            joint_indices: match joint_indices {
                Some(indices) => Some(arguments.indices("joint_indices", indices)?),
                None => arguments.none("joint_indices").map(|()| None)?,
            },
            max_bound: arguments.number_or("max_bound", &max_bound, 1.0)?,
        };
        let codec = codecs::Hand3dHeatmap::new(options).map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        names(
            py,
            &[
                "dataset_keypoint_weights",
                "rel_root_depth",
                "rel_root_valid",
                "hand_type",
                "hand_type_valid",
                "focal",
                "principal_pt",
            ],
        )
    }

    #[classattr]
    fn instance_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["keypoints", "keypoints_visible", "keypoints_cam"])
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(
            py,
            &["keypoint_weights", "root_depth_weight", "type_weight", "root_depth", "type"],
        )
    }

    /// Input size (w, h) in pixels, shape (2,).
    #[getter]
    fn image_size<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        axes_array(argument(slf, "image_size")?.bind(slf.py()), 2)
    }

    /// Bins of the root depth that is decoded.
    #[getter]
    fn root_heatmap_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "root_heatmap_size")
    }

    /// Size (w, h, d) of a joint's map, in cells, shape (3,).
    #[getter]
    fn heatmap_size<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        axes_array(argument(slf, "heatmap_size")?.bind(slf.py()), 3)
    }

    /// Depth that a map covers, in millimetres.
    #[getter]
    fn heatmap3d_depth_bound(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "heatmap3d_depth_bound")
    }

    /// Bins of the root depth that is encoded.
    #[getter]
    fn heatmap_size_root(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "heatmap_size_root")
    }

    /// Root depth that its bins cover, in millimetres.
    #[getter]
    fn root_depth_bound(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "root_depth_bound")
    }

    /// Cells along the depth of the maps that are decoded.
    #[getter]
    fn depth_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "depth_size")
    }

    /// Whether visibilities are multiplied by the weights of the dataset's keypoints.
    #[getter]
    fn use_different_joint_weights(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "use_different_joint_weights")
    }

    /// Standard deviation of the Gaussian, in cells.
    #[getter]
    fn sigma(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "sigma")
    }

    /// The joints that have a map, a list; ``None`` for all.
    #[getter]
    fn joint_indices(slf: &Bound<'_, Self>) -> PyResult<Option<Vec<isize>>> {
        argument(slf, "joint_indices")?.extract(slf.py())
    }

    /// Largest value of a map.
    #[getter]
    fn max_bound(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "max_bound")
    }

    /// Input pixels a map cell along x and y, float32, shape (2,).
    #[getter]
    fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
    }

    /// Encode the joints of one sample.
    ///
    /// Args:
    ///     keypoints (array): Shape (N, K, 3): input pixels, and millimetres of depth behind the
    ///         hand's root; float32 or float64 (others are converted). NaN and infinite joints have
    ///         a map of zeros and weight 0. Instances share the maps; the larger value stays.
    ///     keypoints_visible (array, optional): Shape (N, K). ``None``: all visible. Joints out of
    ///         sight have a map, too.
    ///     dataset_keypoint_weights (array, optional): Shape (K,), of the joints that have a map;
    ///         read with ``use_different_joint_weights`` alone.
    ///     rel_root_depth (float): Depth of the left hand's root behind the right one's, in
    ///         millimetres.
    ///     rel_root_valid (float): Its weight.
    ///     hand_type (array): Shape (1, 2) or (2,): whether there is a right hand, and a left one.
    ///     hand_type_valid (array): Its weight: a number, or shape (1,) or (2,).
    ///     focal (array): Not used; the reference takes it.
    ///     principal_pt (array): Not used; the reference takes it.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - heatmaps (array): Shape (K * D, H, W), float32: D planes a joint.
    ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for joints
    ///       beyond ``heatmap3d_depth_bound``.
    ///     - root_depth (array): Shape (1,), in bins of ``heatmap_size_root``.
    ///     - type (array): ``hand_type``.
    ///     - type_weight (array): ``hand_type_valid``.
    ///     - root_depth_weight (array): Shape (1,), ``rel_root_valid``, or 0 beyond
    ///       ``root_depth_bound``.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, ``joint_indices``
    ///         beyond K, or weights that are needed and missing.
    #[pyo3(signature = (keypoints, keypoints_visible, dataset_keypoint_weights, rel_root_depth, rel_root_valid, hand_type, hand_type_valid, focal=None, principal_pt=None, *, out=None))]
    #[allow(clippy::too_many_arguments, reason = "the reference's")]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        dataset_keypoint_weights: Option<&Bound<'py, PyAny>>,
        rel_root_depth: &Bound<'py, PyAny>,
        rel_root_valid: &Bound<'py, PyAny>,
        hand_type: &Bound<'py, PyAny>,
        hand_type_valid: &Bound<'py, PyAny>,
        focal: Option<&Bound<'py, PyAny>>,
        principal_pt: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let _ = (focal, principal_pt);
        let joints = [keypoints_visible, dataset_keypoint_weights];
        let labels = [rel_root_depth, rel_root_valid, hand_type, hand_type_valid];
        encode(py, self.0.get()?, Call::Single, keypoints, joints, labels, out)
    }

    /// Encode a batch, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     keypoints (array): Shape (B, N, K, 3); as for ``encode``.
    ///     keypoints_visible (array, optional): Shape (B, N, K). ``None``: all visible.
    ///     dataset_keypoint_weights (array, optional): Shape (K,), for all samples.
    ///     rel_root_depth (array): Shape (B,) or (B, 1), in millimetres.
    ///     rel_root_valid (array): Shape (B,) or (B, 1).
    ///     hand_type (array): Shape (B, 1, 2) or (B, 2).
    ///     hand_type_valid (array): Shape (B,), (B, 1) or (B, 2).
    ///     focal (array): Not used.
    ///     principal_pt (array): Not used.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``.
    #[pyo3(signature = (keypoints, keypoints_visible, dataset_keypoint_weights, rel_root_depth, rel_root_valid, hand_type, hand_type_valid, focal=None, principal_pt=None, *, out=None))]
    #[allow(clippy::too_many_arguments, reason = "the reference's")]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        dataset_keypoint_weights: Option<&Bound<'py, PyAny>>,
        rel_root_depth: &Bound<'py, PyAny>,
        rel_root_valid: &Bound<'py, PyAny>,
        hand_type: &Bound<'py, PyAny>,
        hand_type_valid: &Bound<'py, PyAny>,
        focal: Option<&Bound<'py, PyAny>>,
        principal_pt: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let _ = (focal, principal_pt);
        let joints = [keypoints_visible, dataset_keypoint_weights];
        let labels = [rel_root_depth, rel_root_valid, hand_type, hand_type_valid];
        encode(py, self.0.get()?, Call::Batch, keypoints, joints, labels, out)
    }

    /// Decode what a network answered for one sample.
    ///
    /// Args:
    ///     heatmaps (array or torch.Tensor): Shape (K, D, H, W), float16, float32 or float64.
    ///     root_depth (array or torch.Tensor): One number, of shape (1,) or (1, 1), in bins of
    ///         ``root_heatmap_size``; float16, float32 or float64.
    ///     hand_type (array or torch.Tensor): Shape (2,) or (1, 2): above 0 where there is a right
    ///         hand, and a left one.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (1, K, 3), float32: input pixels, and millimetres of depth
    ///       behind the hand's root. One cell before the first where no value is above 0.
    ///     - scores (array): Shape (1, K), of the maps' dtype.
    ///     - rel_root_depth (array): In millimetres, of ``root_depth``'s shape and dtype.
    ///     - hand_type (array): Shape (1, 2), int64, 0 or 1.
    ///
    /// Raises:
    ///     InvalidInputError: For other shapes or dtypes, or maps without a cell.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        heatmaps: &Bound<'py, PyAny>,
        root_depth: &Bound<'py, PyAny>,
        hand_type: &Bound<'py, PyAny>,
    ) -> PyResult<Decoded<'py>> {
        decode(py, self.0.get()?, Call::Single, [heatmaps, root_depth, hand_type])
    }

    /// Decode a batch, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     heatmaps (array or torch.Tensor): Shape (B, K, D, H, W).
    ///     root_depth (array or torch.Tensor): Shape (B,), (B, 1) or (B, 1, 1).
    ///     hand_type (array or torch.Tensor): Shape (B, 2) or (B, 1, 2).
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (B, 1, K, 3), float32.
    ///     - scores (array): Shape (B, 1, K), of the maps' dtype.
    ///     - rel_root_depth (array): Of ``root_depth``'s shape and dtype.
    ///     - hand_type (array): Shape (B, 1, 2), int64.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``.
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        heatmaps: &Bound<'py, PyAny>,
        root_depth: &Bound<'py, PyAny>,
        hand_type: &Bound<'py, PyAny>,
    ) -> PyResult<Decoded<'py>> {
        decode(py, self.0.get()?, Call::Batch, [heatmaps, root_depth, hand_type])
    }
}
