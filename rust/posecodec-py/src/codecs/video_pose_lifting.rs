//! The Python class `VideoPoseLifting`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table, names};
use crate::call::Call;
use crate::error::raise;
use crate::lifting::{Inputs, decode_poses, encode_lifting, keypoints_of_root, root_list};

/// Put the 2D poses of a video in units of its pictures, for a network that lifts them to 3D, and
/// the 3D pose less its root, which it should find.
///
/// Paper: `3D human pose estimation in video with temporal convolutions and semi-supervised
/// training <https://arxiv.org/abs/1811.11742>`_ (Pavllo et al. 2019).
///
/// Args:
///     num_keypoints (int): Number of keypoints, K.
///     zero_center (bool): Whether targets are centered on their root. Default: True.
///     root_index (int or list of ints): The root, or keypoints whose mean it is. Default: 0.
///     remove_root (bool): Whether centered targets are without the root, where it is one keypoint.
///         Default: False.
///     save_index (bool): Whether answers say which keypoint was removed. Default: False.
///     reshape_keypoints (bool): Whether labels are reshaped to (K * D, N). Default: True.
///     concat_vis (bool): Whether visibilities are put beside the keypoints. Default: False.
///     normalize_camera (bool): Whether answers have the camera in units of the picture. Default:
///         False.
///
/// Raises:
///     InvalidInputError: For a root that is none of the keypoints.
#[pyclass(name = "VideoPoseLifting", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct VideoPoseLifting(InitOnce<codecs::VideoPoseLifting>);

#[pymethods]
impl VideoPoseLifting {
    #[new]
    #[pyo3(
        signature = (*_args, **_kwargs),
        text_signature = "(num_keypoints, zero_center=True, root_index=0, remove_root=False, save_index=False, reshape_keypoints=True, concat_vis=False, normalize_camera=False)"
    )]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (
        num_keypoints,
        zero_center=OptionalArg::DEFAULT,
        root_index=OptionalArg::DEFAULT,
        remove_root=OptionalArg::DEFAULT,
        save_index=OptionalArg::DEFAULT,
        reshape_keypoints=OptionalArg::DEFAULT,
        concat_vis=OptionalArg::DEFAULT,
        normalize_camera=OptionalArg::DEFAULT,
    ))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        num_keypoints: &Bound<'py, PyAny>,
        zero_center: OptionalArg<'py>,
        root_index: OptionalArg<'py>,
        remove_root: OptionalArg<'py>,
        save_index: OptionalArg<'py>,
        reshape_keypoints: OptionalArg<'py>,
        concat_vis: OptionalArg<'py>,
        normalize_camera: OptionalArg<'py>,
    ) -> PyResult<()> {
        let py = slf.py();
        let arguments = Arguments::new(py);
        let count = arguments.count("num_keypoints", num_keypoints)?;
        let options = codecs::VideoPoseLiftingOptions {
            zero_center: arguments.bool_or("zero_center", &zero_center, true)?,
            root_index: keypoints_of_root(&arguments, py, &root_index)?,
            remove_root: arguments.bool_or("remove_root", &remove_root, false)?,
            save_index: arguments.bool_or("save_index", &save_index, false)?,
            reshape_keypoints: arguments.bool_or("reshape_keypoints", &reshape_keypoints, true)?,
            concat_vis: arguments.bool_or("concat_vis", &concat_vis, false)?,
            normalize_camera: arguments.bool_or("normalize_camera", &normalize_camera, false)?,
        };
        let codec =
            codecs::VideoPoseLifting::new(count, options).map_err(|error| raise(py, &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, &["lifting_target", "lifting_target_visible", "camera_param"])
    }

    #[classattr]
    fn instance_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["lifting_target", "lifting_target_visible"])
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["trajectory_weights", "lifting_target_label", "lifting_target_weight"])
    }

    /// Number of keypoints, K.
    #[getter]
    fn num_keypoints(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "num_keypoints")
    }

    /// Whether targets are centered on their root.
    #[getter]
    fn zero_center(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "zero_center")
    }

    /// The keypoints whose mean is the root, a list.
    #[getter]
    fn root_index<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        root_list(argument(slf, "root_index")?.bind(slf.py()))
    }

    /// Whether targets are without the root.
    #[getter]
    fn remove_root(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "remove_root")
    }

    /// Whether answers say which keypoint was removed.
    #[getter]
    fn save_index(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "save_index")
    }

    /// Whether labels are reshaped to (K * D, N).
    #[getter]
    fn reshape_keypoints(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "reshape_keypoints")
    }

    /// Whether visibilities are put beside the keypoints.
    #[getter]
    fn concat_vis(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "concat_vis")
    }

    /// Whether answers have the camera in units of the picture.
    #[getter]
    fn normalize_camera(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "normalize_camera")
    }

    /// Encode one sample.
    ///
    /// Args:
    ///     keypoints (array): 2D poses, shape (N, K, 2) or (K, 2), pixels; float32 or float64
    ///         (others are converted).
    ///     keypoints_visible (array, optional): Shape (N, K), or with more values a keypoint
    ///         (N, K, m). Default: all visible.
    ///     lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in the camera's
    ///         space, in any unit (meters in MMPose's Human3.6M). Default: the input side alone is
    ///         encoded, and the answer has only its items.
    ///     lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
    ///         visible. Default: all visible.
    ///     camera_param (dict): The width ``w`` and height ``h`` of pictures and, for
    ///         ``normalize_camera``, focal lengths ``f`` and principal point ``c``, shape (2, 1) or
    ///         (2,), all in pixels; other items are passed on.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - target_root (array): Shape (T, C), of the target's dtype and unit, only with
    ///       ``zero_center``.
    ///     - target_root_removed (bool): True, only where the root was removed.
    ///     - target_root_index (int): Which it was, only with ``save_index``.
    ///     - camera_param (dict): A copy with ``f`` and ``c`` in half widths of the picture, only
    ///       with ``normalize_camera``.
    ///     - keypoint_labels (array): Shape (K * 2, N), or not reshaped (N, K, 2); of the
    ///       keypoints' dtype, in half widths from the picture's center. Visibilities that are put
    ///       beside make the 2 larger.
    ///     - keypoints_visible (array): The visibilities, as they came.
    ///     - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
    ///       the target's dtype and unit.
    ///     - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
    ///       keypoints, else 0.
    ///     - trajectory_weights (array): The weights of all keypoints, (T, K); where visibilities
    ///       were left out ``1 / lifting_target[:, 2]``, as the reference has it.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, a camera that is
    ///         missing or incomplete, and for depths of 0 that are to be divided by.
    #[pyo3(signature = (
        keypoints,
        keypoints_visible=None,
        lifting_target=None,
        lifting_target_visible=None,
        camera_param=None,
        *,
        out=None,
    ))]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        lifting_target: Option<&Bound<'py, PyAny>>,
        lifting_target_visible: Option<&Bound<'py, PyAny>>,
        camera_param: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let inputs = Inputs {
            keypoints_visible,
            lifting_target,
            lifting_target_visible,
            camera_param,
            out,
            ..Default::default()
        };
        encode_lifting(py, self.0.get()?, Call::Single, keypoints, inputs)
    }

    /// Encode a batch, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     keypoints (array): Shape (B, N, K, 2), pixels; as for ``encode``.
    ///     keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
    ///     lifting_target (array, optional): Shape (B, T, K, C).
    ///     lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
    ///     camera_param (dict or list of dicts): One camera for all samples, or one a sample.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The items of ``encode``, each array with a leading B, and a list of B cameras.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``.
    #[pyo3(signature = (
        keypoints,
        keypoints_visible=None,
        lifting_target=None,
        lifting_target_visible=None,
        camera_param=None,
        *,
        out=None,
    ))]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        lifting_target: Option<&Bound<'py, PyAny>>,
        lifting_target_visible: Option<&Bound<'py, PyAny>>,
        camera_param: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let inputs = Inputs {
            keypoints_visible,
            lifting_target,
            lifting_target_visible,
            camera_param,
            out,
            ..Default::default()
        };
        encode_lifting(py, self.0.get()?, Call::Batch, keypoints, inputs)
    }

    /// Decode a network's answer: back to the target's unit and, with a root, to its place.
    ///
    /// Args:
    ///     encoded (array or torch.Tensor): Shape (N, K, C), or (N, K - 1, C) without the root, or
    ///         (N, 1, C) of a trajectory; float16, float32 or float64.
    ///     target_root (array, optional): RootOutput in the target's unit: (C,), (1, C) or (1, 1, C) for
    ///         all poses, or (N, C) or (N, 1, C), one a pose; an empty array is none.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (N, K, C), in the target's unit, of the input's dtype, or a
    ///       wider one of the root. A root that is removed from targets is put back in where
    ///       ``target_root`` is given.
    ///     - scores (array): Shape (N, K), float32, all 1.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes or dtypes that do not fit.
    #[pyo3(signature = (encoded, target_root=None))]
    fn decode<'py>(
        &self,
        py: Python<'py>,
        encoded: &Bound<'py, PyAny>,
        target_root: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_poses(py, self.0.get()?, Call::Single, encoded, target_root)
    }

    /// Decode a batch of a network's answers.
    ///
    /// Args:
    ///     batch_encoded (array or torch.Tensor): Shape (B, N, K, C), or (B, K, C) as MMPose's
    ///         heads answer, which is N = 1.
    ///     target_root (array, optional): The roots of ``decode`` with a leading B, such as
    ///         (B, 1, C).
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (B, N, K, C), as ``decode`` has them.
    ///     - scores (array): Shape (B, N, K), float32, all 1.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``.
    #[pyo3(signature = (batch_encoded, target_root=None))]
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        batch_encoded: &Bound<'py, PyAny>,
        target_root: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_poses(py, self.0.get()?, Call::Batch, batch_encoded, target_root)
    }
}
