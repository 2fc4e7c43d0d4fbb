//! The Python class `RegressionLabel`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::Arguments;
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table};
use crate::call::Call;
use crate::decode::decode_regression;
use crate::encode::encode;
use crate::error::raise;

/// Represent keypoints as coordinates in units of the input size, which a network regresses.
///
/// Papers: `DeepPose <https://arxiv.org/abs/1312.4659>`_ (Toshev and Szegedy 2014); with sigmas, `RLE
/// <https://arxiv.org/abs/2107.11291>`_ (Li et al. 2021).
///
/// Args:
///     input_size (tuple): Input size (w, h) in pixels.
///
/// Raises:
///     InvalidInputError: For a size of 0.
#[pyclass(name = "RegressionLabel", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct RegressionLabel(InitOnce<codecs::RegressionLabel>);

#[pymethods]
impl RegressionLabel {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size))]
    fn __init__<'py>(slf: &Bound<'py, Self>, input_size: &Bound<'py, PyAny>) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let codec = codecs::RegressionLabel::new(arguments.size("input_size", input_size)?)
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["keypoint_labels", "keypoint_weights"])
    }

    /// Input size (w, h) in pixels.
    #[getter]
    fn input_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "input_size")
    }

    /// Encode the keypoints of one sample.
    ///
    /// Args:
    ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
    ///         converted). NaN and infinite keypoints have label 0 and weight 0.
    ///     keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
    ///         all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - keypoint_labels (array): Shape (N, K, 2), float32, in units of the input size.
    ///     - keypoint_weights (array): Shape (N, K), float32; 1 for visible keypoints inside the
    ///       input, else 0.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes, dtypes or an ``out`` that do not fit.
    #[pyo3(signature = (keypoints, keypoints_visible=None, *, out=None))]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        encode(py, self.0.get()?, Call::Single, keypoints, keypoints_visible, out)
    }

    /// Encode a batch, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
    ///     keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``.
    #[pyo3(signature = (keypoints, keypoints_visible=None, *, out=None))]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        encode(py, self.0.get()?, Call::Batch, keypoints, keypoints_visible, out)
    }

    /// Decode the regressed coordinates of one sample.
    ///
    /// Args:
    ///     encoded (array or torch.Tensor): Shape (N, K, 2), in units of the input size, or
    ///         (N, K, 4) with a sigma an axis; float16, float32 or float64.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (N, K, 2), input pixels, float64.
    ///     - scores (array): Shape (N, K): 1 - mean sigma, of the input's dtype; without sigmas 1,
    ///       float32.
    ///
    /// Raises:
    ///     InvalidInputError: For another shape or dtype.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        encoded: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_regression(py, self.0.get()?, Call::Single, encoded)
    }

    /// Decode a batch of regressed coordinates.
    ///
    /// Args:
    ///     batch_encoded (array or torch.Tensor): Shape (B, N, K, 2) or (B, N, K, 4).
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (B, N, K, 2), input pixels, float64.
    ///     - scores (array): Shape (B, N, K), as ``decode`` has them.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``.
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        batch_encoded: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_regression(py, self.0.get()?, Call::Batch, batch_encoded)
    }
}
