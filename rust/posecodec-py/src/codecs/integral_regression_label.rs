//! The Python class `IntegralRegressionLabel`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table, part};
use crate::call::Call;
use crate::codecs::{MsraHeatmap, RegressionLabel};
use crate::decode::decode_regression;
use crate::encode::encode;
use crate::error::raise;

/// Represent keypoints as coordinates and as heatmaps that add up to 1.
///
/// Paper: `DSNT <https://arxiv.org/abs/1801.07372>`_ (Nibali et al. 2018).
///
/// Args:
///     input_size (tuple): Input size (w, h) in pixels.
///     heatmap_size (tuple): Heatmap size (W, H) in cells.
///     sigma (float): Standard deviation of the Gaussian, in heatmap cells.
///     unbiased (bool): Encode without rounding the center. Default: False.
///     blur_kernel_size (int): As :class:`MSRAHeatmap` has it; odd. Default: 11.
///     normalize (bool): Divide every heatmap by its sum. Default: True.
///
/// Raises:
///     InvalidInputError: For a size of 0, a sigma that is not positive and finite, an even kernel.
#[pyclass(name = "IntegralRegressionLabel", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct IntegralRegressionLabel(InitOnce<codecs::IntegralRegressionLabel>);

#[pymethods]
impl IntegralRegressionLabel {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size, heatmap_size, sigma, unbiased=False, blur_kernel_size=11, normalize=True)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size, heatmap_size, sigma, unbiased=OptionalArg::DEFAULT, blur_kernel_size=OptionalArg::DEFAULT, normalize=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        input_size: &Bound<'py, PyAny>,
        heatmap_size: &Bound<'py, PyAny>,
        sigma: &Bound<'py, PyAny>,
        unbiased: OptionalArg<'py>,
        blur_kernel_size: OptionalArg<'py>,
        normalize: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let codec = codecs::IntegralRegressionLabel::new(
            arguments.size("input_size", input_size)?,
            arguments.size("heatmap_size", heatmap_size)?,
            arguments.number("sigma", sigma)?,
            arguments.bool_or("unbiased", &unbiased, false)?,
            arguments.positive_int_or("blur_kernel_size", &blur_kernel_size, 11)?,
            arguments.bool_or("normalize", &normalize, true)?,
        )
        .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["keypoint_labels", "keypoint_weights"])
    }

    #[classattr]
    fn field_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["heatmaps"])
    }

    /// The codec of the heatmaps, a :class:`MSRAHeatmap`.
    #[getter]
    fn heatmap_codec<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let names = ["input_size", "heatmap_size", "sigma", "unbiased", "blur_kernel_size"];
        part::<MsraHeatmap, _>(slf, &names)
    }

    /// The codec of the coordinates, a :class:`RegressionLabel`.
    #[getter]
    fn keypoint_codec<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        part::<RegressionLabel, _>(slf, &["input_size"])
    }

    /// Whether heatmaps are divided by their sums.
    #[getter]
    fn normalize(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "normalize")
    }

    /// Encode the keypoints of one sample.
    ///
    /// Args:
    ///     keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (others are
    ///         converted). NaN and infinite keypoints have no target and weight 0.
    ///     keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
    ///         all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - keypoint_labels (array): Shape (1, K, 2), float32, in units of the input size.
    ///     - heatmaps (array): Shape (K, H, W), float32.
    ///     - keypoint_weights (array): Shape (1, K), float32; 1 for visible keypoints inside the
    ///       input, else 0.
    ///
    /// Raises:
    ///     InvalidInputError: For several instances, shapes, dtypes or an ``out`` that do not fit.
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
    ///     keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
    ///     keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
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
        decode_regression(py, self.0.get()?.keypoint_codec(), Call::Single, encoded)
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
        decode_regression(py, self.0.get()?.keypoint_codec(), Call::Batch, batch_encoded)
    }
}
