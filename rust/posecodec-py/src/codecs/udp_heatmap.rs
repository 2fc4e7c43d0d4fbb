//! The Python class `UDPHeatmap`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table};
use crate::call::Call;
use crate::convert::new_array;
use crate::decode::{decode_heatmap_batch, decode_heatmaps};
use crate::encode::encode;
use crate::error::raise;
use crate::flip::FlipArguments;

/// Represent keypoints as heatmaps by Unbiased Data Processing (UDP).
///
/// Paper: `The Devil is in the Details: Delving into Unbiased Data Processing for Human Pose
/// Estimation <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
///
/// As in MMPose, encoding scales by (w-1)/(W-1) and decoding by w/(W-1): what is decoded lies up to a
/// pixel further out than what was encoded.
///
/// Args:
///     input_size (tuple): Input size (w, h) in pixels.
///     heatmap_size (tuple): Heatmap size (W, H) in cells.
///     heatmap_type (str): ``'gaussian'``, one map a keypoint, or ``'combined'``, three maps a
///         keypoint: 1 near it, and the offsets to it along x and y in units of the radius.
///         Default: ``'gaussian'``.
///     sigma (float): Standard deviation of the Gaussian, in heatmap cells. Default: 2.0.
///     radius_factor (float): Radius of the combined maps, in units of max(W, H). Default: 0.0546875.
///     blur_kernel_size (int): Taps of the Gaussian blur before decoding, odd with Gaussian maps;
///         combined maps are blurred with twice as many and one. Default: 11.
///
/// Raises:
///     InvalidInputError: For a size of 0, an unknown type, a sigma or radius factor that is not
///         positive and finite, an even kernel.
#[pyclass(name = "UDPHeatmap", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct UdpHeatmap(InitOnce<codecs::UdpHeatmap>);

#[pymethods]
impl UdpHeatmap {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size, heatmap_size, heatmap_type='gaussian', sigma=2.0, radius_factor=0.0546875, blur_kernel_size=11)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size, heatmap_size, heatmap_type=OptionalArg::DEFAULT, sigma=OptionalArg::DEFAULT, radius_factor=OptionalArg::DEFAULT, blur_kernel_size=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        input_size: &Bound<'py, PyAny>,
        heatmap_size: &Bound<'py, PyAny>,
        heatmap_type: OptionalArg<'py>,
        sigma: OptionalArg<'py>,
        radius_factor: OptionalArg<'py>,
        blur_kernel_size: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let input_size = arguments.size("input_size", input_size)?;
        let heatmap_size = arguments.size("heatmap_size", heatmap_size)?;
        let kind = codecs::UdpHeatmapKind::named(
            &arguments.str_or("heatmap_type", &heatmap_type, "gaussian")?,
            arguments.number_or("sigma", &sigma, 2.0)?,
            arguments.number_or("radius_factor", &radius_factor, 0.054_687_5)?,
        );
        let taps = arguments.positive_int_or("blur_kernel_size", &blur_kernel_size, 11)?;
        let codec = kind
            .and_then(|kind| codecs::UdpHeatmap::new(input_size, heatmap_size, kind, taps))
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["keypoint_weights"])
    }

    #[classattr]
    fn field_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["heatmaps"])
    }

    /// Input size (w, h) in pixels.
    #[getter]
    fn input_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "input_size")
    }

    /// Heatmap size (W, H) in cells.
    #[getter]
    fn heatmap_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "heatmap_size")
    }

    /// ``'gaussian'`` or ``'combined'``.
    #[getter]
    fn heatmap_type(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "heatmap_type")
    }

    /// Standard deviation of the Gaussian, in heatmap cells.
    #[getter]
    fn sigma(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "sigma")
    }

    /// Radius of the combined maps, in units of max(W, H).
    #[getter]
    fn radius_factor(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "radius_factor")
    }

    /// Taps of the Gaussian blur before decoding.
    #[getter]
    fn blur_kernel_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "blur_kernel_size")
    }

    /// Input pixels a heatmap cell, (w-1)/(W-1), shape (2,), float32.
    #[getter]
    fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
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
    ///     - heatmaps (array): Shape (K, H, W), or (3K, H, W) for combined maps; float32.
    ///     - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for keypoints
    ///       whose Gaussian lies outside.
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

    /// Decode the heatmaps of one sample.
    ///
    /// Args:
    ///     encoded (array or torch.Tensor): Shape (C, H, W), float16, float32 or float64.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (1, K, 2), input pixels, float64. One cell before the first
    ///       where no value is above 0.
    ///     - scores (array): Shape (1, K), the maxima (of the blurred class maps, if combined), of the heatmaps' dtype.
    ///
    /// Raises:
    ///     InvalidInputError: For another shape or dtype, or maps without a cell.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        encoded: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_heatmaps(py, self.0.get()?, encoded)
    }

    /// Decode a batch of heatmaps, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// With ``flipped``, a flip test: the maps are averaged one by one, as they are decoded, with those
    /// of the mirrored pictures, as MMPose's heads do with ``flip_test``.
    ///
    /// Args:
    ///     batch_encoded (array or torch.Tensor): Shape (B, C, H, W), float16, float32 or float64.
    ///     flipped (array or torch.Tensor, optional): What the network answered for the mirrored pictures,
    ///         of the same shape and dtype. Default: no flip test.
    ///     flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
    ///         image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
    ///     shift (bool): Move what is turned back on by a cell, the first column staying as it is:
    ///         ``shift_heatmap`` in MMPose. Default: False.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (B, 1, K, 2), input pixels, float64.
    ///     - scores (array): Shape (B, 1, K), of the heatmaps' dtype.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``; for what does not fit the flip test.
    #[pyo3(signature = (batch_encoded, *, flipped=None, flip_indices=None, shift=OptionalArg::DEFAULT), text_signature = "($self, batch_encoded, *, flipped=None, flip_indices=None, shift=False)")]
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        batch_encoded: &Bound<'py, PyAny>,
        flipped: Option<&Bound<'py, PyAny>>,
        flip_indices: Option<&Bound<'py, PyAny>>,
        shift: OptionalArg<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let flip = FlipArguments { flipped, flip_indices, shift };
        decode_heatmap_batch(py, self.0.get()?, batch_encoded, flip)
    }
}
