//! The Python class `MotionBERTLabel`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table, names};
use crate::call::Call;
use crate::error::raise;
use crate::lifting::{Inputs, Scales, decode_frames, encode_lifting};

/// Put the 2D poses of a video in units of its pictures, for MotionBERT to lift them to 3D, and
/// the 3D poses as the pictures show them, which it should find.
///
/// Paper: `MotionBERT: A Unified Perspective on Learning Human Motion Representations
/// <https://arxiv.org/abs/2210.06551>`_ (Zhu et al. 2023).
///
/// Args:
///     num_keypoints (int): Number of keypoints, K.
///     root_index (int): The root. Default: 0.
///     remove_root (bool): Kept, but not used, as in the reference. Default: False.
///     save_index (bool): Kept, but not used. Default: False.
///     concat_vis (bool): Whether visibilities are put beside the keypoints. Default: False.
///     rootrel (bool): Whether decoding moves keypoint 0 to the origin first. Default: False.
///     mode (str): ``'train'`` for targets in half widths of the picture, which the network learns,
///         or ``'test'`` for meters, to compare with what is decoded. Default: ``'test'``.
///
/// Raises:
///     InvalidInputError: For a root that is none of the keypoints, or another mode.
#[pyclass(name = "MotionBERTLabel", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct MotionBertLabel(InitOnce<codecs::MotionBertLabel>);

#[pymethods]
impl MotionBertLabel {
    #[new]
    #[pyo3(
        signature = (*_args, **_kwargs),
        text_signature = "(num_keypoints, root_index=0, remove_root=False, save_index=False, concat_vis=False, rootrel=False, mode='test')"
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
        concat_vis=OptionalArg::DEFAULT,
        rootrel=OptionalArg::DEFAULT,
        mode=OptionalArg::DEFAULT,
    ))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        num_keypoints: &Bound<'py, PyAny>,
        root_index: OptionalArg<'py>,
        remove_root: OptionalArg<'py>,
        save_index: OptionalArg<'py>,
        concat_vis: OptionalArg<'py>,
        rootrel: OptionalArg<'py>,
        mode: OptionalArg<'py>,
    ) -> PyResult<()> {
        let py = slf.py();
        let arguments = Arguments::new(py);
        let count = arguments.count("num_keypoints", num_keypoints)?;
        let root_index = arguments.positive_int_or("root_index", &root_index, 0)?;
        arguments.bool_or("remove_root", &remove_root, false)?;
        arguments.bool_or("save_index", &save_index, false)?;
        let concat_vis = arguments.bool_or("concat_vis", &concat_vis, false)?;
        let rootrel = arguments.bool_or("rootrel", &rootrel, false)?;
        let mode = arguments.str_or("mode", &mode, "test")?;
        arguments.keep("mode", mode.to_lowercase())?;
        let codec = codecs::MotionBertMode::named(&mode)
            .and_then(|mode| {
                let options = codecs::MotionBertOptions { root_index, concat_vis, rootrel, mode };
                codecs::MotionBertLabel::new(count, options)
            })
            .map_err(|error| raise(py, &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, &["lifting_target", "lifting_target_visible", "camera_param", "factor"])
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

    /// The root.
    #[getter]
    fn root_index(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "root_index")
    }

    /// Not used.
    #[getter]
    fn remove_root(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "remove_root")
    }

    /// Not used.
    #[getter]
    fn save_index(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "save_index")
    }

    /// Whether visibilities are put beside the keypoints.
    #[getter]
    fn concat_vis(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "concat_vis")
    }

    /// Whether decoding moves keypoint 0 to the origin first.
    #[getter]
    fn rootrel(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "rootrel")
    }

    /// ``'train'`` or ``'test'``.
    #[getter]
    fn mode(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "mode")
    }

    /// Encode one sample.
    ///
    /// Args:
    ///     keypoints (array): 2D poses, shape (T, K, D) or (K, D), D at least 2, pixels; float32 or
    ///         float64 (others are converted).
    ///     keypoints_visible (array, optional): Shape (T, K), or with more values a keypoint
    ///         (T, K, m). Default: all visible.
    ///     lifting_target (array, optional): 3D poses, shape (T, K, 3) or (K, 3), in the camera's
    ///         space, in meters. Default: the input side alone is encoded, and the
    ///         answer has only its items and the factor.
    ///     lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
    ///         visible. Default: all visible.
    ///     camera_param (dict): The width ``w`` and height ``h`` of pictures and, together or not
    ///         at all, focal lengths ``f`` and principal point ``c``, shape (2, 1) or (2,), all in
    ///         pixels. With these targets are projected into the picture.
    ///     factor (array, optional): From thousands of pixels to meters, shape (T,) or (T, 1), or
    ///         one for all frames. Where it is left out, or the first is 0, it is worked
    ///         out of the depth of the root; without ``f`` and ``c`` it is 4.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - keypoint_labels (array): Shape (T, K, D), of the keypoints' dtype, in half widths from
    ///       the picture's center. Visibilities that are put beside make D larger.
    ///     - keypoint_labels_visible (array): The visibilities, as they came.
    ///     - lifting_target_label (array): Shape (T, K, 3), of the target's dtype, less the root:
    ///       in half widths (``'train'``), or in meters (``'test'``).
    ///     - lifting_target_weight (array): Shape (T, K), float32; 1 for visible keypoints, else 0.
    ///     - lifting_target (array): ``lifting_target_label`` again.
    ///     - lifting_target_visible (array): The visibilities, as they came.
    ///     - factor (array): Shape (T, 1), meters a thousand pixels.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, a camera that is
    ///         missing or incomplete, and for a depth of 0 that is to be projected.
    #[pyo3(signature = (
        keypoints,
        keypoints_visible=None,
        lifting_target=None,
        lifting_target_visible=None,
        camera_param=None,
        factor=None,
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
        factor: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let inputs = Inputs {
            keypoints_visible,
            lifting_target,
            lifting_target_visible,
            camera_param,
            factor,
            out,
        };
        encode_lifting(py, self.0.get()?, Call::Single, keypoints, inputs)
    }

    /// Encode a batch, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     keypoints (array): Shape (B, T, K, D), pixels; as for ``encode``.
    ///     keypoints_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
    ///     lifting_target (array, optional): Shape (B, T, K, 3).
    ///     lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
    ///     camera_param (dict or list of dicts): One camera for all samples, or one a sample.
    ///     factor (array, optional): Shape (B, T) or (B, T, 1), or one a sample.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``.
    #[pyo3(signature = (
        keypoints,
        keypoints_visible=None,
        lifting_target=None,
        lifting_target_visible=None,
        camera_param=None,
        factor=None,
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
        factor: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let inputs = Inputs {
            keypoints_visible,
            lifting_target,
            lifting_target_visible,
            camera_param,
            factor,
            out,
        };
        encode_lifting(py, self.0.get()?, Call::Batch, keypoints, inputs)
    }

    /// Decode a network's answer, in half widths, to meters from the root.
    ///
    /// Args:
    ///     encoded (array or torch.Tensor): Shape (N, K, 3), or sequences (B, T, K, 3); float16,
    ///         float32 or float64.
    ///     w (array, optional): Widths of pictures in pixels, shape (N,) or (N, 1), or one a
    ///         sequence; with ``h``. Default, as for an empty array: the answer is not scaled.
    ///     h (array, optional): Heights of pictures in pixels, of the same shape.
    ///     factor (array, optional): From thousands of pixels to meters, shape (N,) or (N, 1), or
    ///         of sequences (B, T, 1), (B, T) or one a sequence.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): The input's shape and dtype; in meters, less the root. (All is
    ///       divided by 1000, as factors are of thousands of pixels.)
    ///     - scores (array): Shape (N, K) or (B, T, K), float32, all 1.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes or dtypes that do not fit, or sizes that are not positive.
    #[pyo3(signature = (encoded, w=None, h=None, factor=None))]
    fn decode<'py>(
        &self,
        py: Python<'py>,
        encoded: &Bound<'py, PyAny>,
        w: Option<&Bound<'py, PyAny>>,
        h: Option<&Bound<'py, PyAny>>,
        factor: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_frames(py, self.0.get()?, Call::Single, encoded, Scales { w, h, factor })
    }

    /// Decode a batch of a network's answers.
    ///
    /// Args:
    ///     batch_encoded (array or torch.Tensor): Shape (B, T, K, 3).
    ///     w (array, optional): Widths of pictures in pixels, shape (B, T), or (B,) or (B, 1), one
    ///         a sequence; with ``h``.
    ///     h (array, optional): Heights of pictures in pixels, of the same shape.
    ///     factor (array, optional): Shape (B, T, 1), (B, T), or one a sequence.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (B, T, K, 3), as ``decode`` has them.
    ///     - scores (array): Shape (B, T, K), float32, all 1.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``.
    #[pyo3(signature = (batch_encoded, w=None, h=None, factor=None))]
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        batch_encoded: &Bound<'py, PyAny>,
        w: Option<&Bound<'py, PyAny>>,
        h: Option<&Bound<'py, PyAny>>,
        factor: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_frames(py, self.0.get()?, Call::Batch, batch_encoded, Scales { w, h, factor })
    }
}
