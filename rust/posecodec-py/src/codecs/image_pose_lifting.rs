//! The Python class `ImagePoseLifting`.

use numpy::PyArrayDyn;
use posecodec::codecs::{self, LiftPose, Role};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table};
use crate::call::Call;
use crate::error::raise;
use crate::lifting::{
    AuxiliaryEncodeKeys, Inputs, decode_poses, encode_lifting, keypoints_of_root, root_list,
    statistics, statistics_array, words,
};

/// Normalize the 2D pose of a picture, for a network that lifts it to 3D, and the 3D pose less its
/// root, which it should find.
///
/// Paper: `A simple yet effective baseline for 3d human pose estimation
/// <https://arxiv.org/abs/1705.03098>`_ (Martinez et al. 2017).
///
/// Args:
///     num_keypoints (int): Number of keypoints, K.
///     root_index (int or list of ints): The root, or keypoints whose mean it is. Default: 0.
///     remove_root (bool): Whether targets are without the root, where it is one keypoint.
///         Default: False.
///     save_index (bool): Whether answers say which keypoint was removed. Default: False.
///     reshape_keypoints (bool): Whether labels are reshaped to (K * D, N). Default: True.
///     concat_vis (bool): Whether visibilities are put beside the keypoints. Default: False.
///     keypoints_mean (array, optional): Means of the 2D keypoints, shape (K, D), in pixels; with
///         ``keypoints_std``.
///     keypoints_std (array, optional): Their standard deviations, shape (K, D), in pixels.
///     target_mean (array, optional): Means of the 3D keypoints less their root, shape (K, C), or
///         (K - 1, C) where that is removed, in the target's unit; with ``target_std``.
///     target_std (array, optional): Their standard deviations, of the same shape.
///     additional_encode_keys (list of str, optional): Names that this codec's
///         ``auxiliary_encode_keys`` has more than its class, for a subclass whose ``encode`` takes
///         more arguments.
///
/// Raises:
///     InvalidInputError: For a root that is none of the keypoints, means without deviations (or
///         the other way round), of a shape that does not fit, not finite, or deviations of 0.
#[pyclass(name = "ImagePoseLifting", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct ImagePoseLifting(InitOnce<codecs::ImagePoseLifting>);

#[pymethods]
impl ImagePoseLifting {
    #[new]
    #[pyo3(
        signature = (*_args, **_kwargs),
        text_signature = "(num_keypoints, root_index=0, remove_root=False, save_index=False, reshape_keypoints=True, concat_vis=False, keypoints_mean=None, keypoints_std=None, target_mean=None, target_std=None, additional_encode_keys=None)"
    )]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (
        num_keypoints,
        root_index=OptionalArg::DEFAULT,
        remove_root=OptionalArg::DEFAULT,
        save_index=OptionalArg::DEFAULT,
        reshape_keypoints=OptionalArg::DEFAULT,
        concat_vis=OptionalArg::DEFAULT,
        keypoints_mean=OptionalArg::DEFAULT,
        keypoints_std=OptionalArg::DEFAULT,
        target_mean=OptionalArg::DEFAULT,
        target_std=OptionalArg::DEFAULT,
        additional_encode_keys=OptionalArg::DEFAULT,
    ))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        num_keypoints: &Bound<'py, PyAny>,
        root_index: OptionalArg<'py>,
        remove_root: OptionalArg<'py>,
        save_index: OptionalArg<'py>,
        reshape_keypoints: OptionalArg<'py>,
        concat_vis: OptionalArg<'py>,
        keypoints_mean: OptionalArg<'py>,
        keypoints_std: OptionalArg<'py>,
        target_mean: OptionalArg<'py>,
        target_std: OptionalArg<'py>,
        additional_encode_keys: OptionalArg<'py>,
    ) -> PyResult<()> {
        let py = slf.py();
        let arguments = Arguments::new(py);
        let count = arguments.count("num_keypoints", num_keypoints)?;
        let root_index = keypoints_of_root(&arguments, py, &root_index)?;
        let remove_root = arguments.bool_or("remove_root", &remove_root, false)?;
        let kept = count - usize::from(remove_root && root_index.len() == 1 && count > 0);
        let options = codecs::ImagePoseLiftingOptions {
            root_index,
            remove_root,
            save_index: arguments.bool_or("save_index", &save_index, false)?,
            reshape_keypoints: arguments.bool_or("reshape_keypoints", &reshape_keypoints, true)?,
            concat_vis: arguments.bool_or("concat_vis", &concat_vis, false)?,
            keypoints: {
                let names = ["keypoints_mean", "keypoints_std"];
                statistics(&arguments, py, names, [&keypoints_mean, &keypoints_std], count)?
            },
            target: {
                let names = ["target_mean", "target_std"];
                statistics(&arguments, py, names, [&target_mean, &target_std], kept)?
            },
        };
        words(&arguments, py, "additional_encode_keys", &additional_encode_keys)?;
        let codec =
            codecs::ImagePoseLifting::new(count, options).map_err(|error| raise(py, &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<AuxiliaryEncodeKeys> {
        AuxiliaryEncodeKeys::new(py, &["lifting_target", "lifting_target_visible"])
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

    /// Means of the 2D keypoints, shape (1, K, D), float32, in pixels; or None.
    #[getter]
    fn keypoints_mean<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyArrayDyn<f32>>>> {
        statistics_array(py, self.0.get()?.statistics(Role::KeypointsMean))
    }

    /// Standard deviations of the 2D keypoints, shape (1, K, D), float32, in pixels; or None.
    #[getter]
    fn keypoints_std<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArrayDyn<f32>>>> {
        statistics_array(py, self.0.get()?.statistics(Role::KeypointsStd))
    }

    /// Means of the 3D keypoints less their root, shape (1, K or K - 1, C), float32; or None.
    #[getter]
    fn target_mean<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArrayDyn<f32>>>> {
        statistics_array(py, self.0.get()?.statistics(Role::TargetMean))
    }

    /// Standard deviations of the 3D keypoints, shape (1, K or K - 1, C), float32; or None.
    #[getter]
    fn target_std<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyArrayDyn<f32>>>> {
        statistics_array(py, self.0.get()?.statistics(Role::TargetStd))
    }

    /// Encode one sample.
    ///
    /// Args:
    ///     keypoints (array): 2D poses, shape (N, K, D) or (K, D), pixels; float32 or float64
    ///         (others are converted).
    ///     keypoints_visible (array, optional): Shape (N, K), or with more values a keypoint
    ///         (N, K, m). Default: all visible.
    ///     lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in the camera's
    ///         space, in any unit (meters in MMPose's Human3.6M). Default: the input side alone is
    ///         encoded, and the answer has only its items.
    ///     lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
    ///         visible. Default: all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - target_root_removed (bool): True, only where the root was removed.
    ///     - target_root_index (int): Which it was, only with ``save_index``.
    ///     - keypoints_mean, keypoints_std, target_mean, target_std (array): Copies, shape
    ///       (1, K, D), float32, only where the codec has them.
    ///     - keypoint_labels (array): Shape (K * D, N), or not reshaped (N, K, D); of the
    ///       keypoints' dtype, in pixels or in standard deviations from the mean. D is larger
    ///       by the visibilities that are put beside.
    ///     - keypoint_labels_visible (array): The visibilities, as they came.
    ///     - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
    ///       the target's dtype, in its unit or in standard deviations.
    ///     - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
    ///       keypoints, else 0.
    ///     - trajectory_weights (array): The weights of all keypoints, (T, K); where visibilities
    ///       were left out ``1 / lifting_target[:, 2]``, as the reference has it.
    ///     - target_root (array): Shape (T, C), float32, in the target's unit.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, and for depths of 0
    ///         that are to be divided by.
    #[pyo3(signature = (
        keypoints,
        keypoints_visible=None,
        lifting_target=None,
        lifting_target_visible=None,
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
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let inputs = Inputs {
            keypoints_visible,
            lifting_target,
            lifting_target_visible,
            out,
            ..Default::default()
        };
        encode_lifting(py, self.0.get()?, Call::Single, keypoints, inputs)
    }

    /// Encode a batch, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     keypoints (array): Shape (B, N, K, D), pixels; as for ``encode``.
    ///     keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
    ///     lifting_target (array, optional): Shape (B, T, K, C).
    ///     lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The items of ``encode``, each array with a leading B.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``.
    #[pyo3(signature = (
        keypoints,
        keypoints_visible=None,
        lifting_target=None,
        lifting_target_visible=None,
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
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let inputs = Inputs {
            keypoints_visible,
            lifting_target,
            lifting_target_visible,
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
