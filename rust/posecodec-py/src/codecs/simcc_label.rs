//! The Python class `SimCCLabel`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table};
use crate::call::Call;
use crate::convert::axes_array;
use crate::decode_simcc::decode_simcc;
use crate::encode::encode;
use crate::error::raise;
use crate::flip::FlipArguments;

/// Represent keypoints as one classification vector an axis, "SimCC" (once called SimDR).
///
/// Paper: `SimCC: a Simple Coordinate Classification Perspective for Human Pose Estimation
/// <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).
///
/// Args:
///     input_size (tuple): Input size (w, h) in pixels.
///     smoothing_type (str): ``'gaussian'`` or ``'standard'``. Default: ``'gaussian'``.
///     sigma (float or tuple): Standard deviation of the Gaussian, in bins, for both axes or one
///         each. Default: 6.0.
///     simcc_split_ratio (float): Bins an input pixel. Default: 2.0.
///     label_smooth_weight (float): Share of the bins beside the keypoint's with ``'standard'``
///         smoothing. Default: 0.0.
///     normalize (bool): Divide Gaussians by sigma * sqrt(2 * pi). Default: True.
///     use_dark (bool): Refine decoded keypoints with DARK. Default: False.
///     decode_visibility (bool): Decode visibilities, too. Default: False.
///     decode_beta (float): Scale of the responses before the softmax that visibilities come from.
///         Default: 150.0.
///
/// Raises:
///     InvalidInputError: For a size of 0, an unknown smoothing, a sigma or ratio that is not
///         positive and finite, a smoothing weight outside [0, 1] or with Gaussians.
#[pyclass(name = "SimCCLabel", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct SimccLabel(InitOnce<codecs::SimccLabel>);

#[pymethods]
impl SimccLabel {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size, smoothing_type='gaussian', sigma=6.0, simcc_split_ratio=2.0, label_smooth_weight=0.0, normalize=True, use_dark=False, decode_visibility=False, decode_beta=150.0)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size, smoothing_type=OptionalArg::DEFAULT, sigma=OptionalArg::DEFAULT, simcc_split_ratio=OptionalArg::DEFAULT, label_smooth_weight=OptionalArg::DEFAULT, normalize=OptionalArg::DEFAULT, use_dark=OptionalArg::DEFAULT, decode_visibility=OptionalArg::DEFAULT, decode_beta=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        input_size: &Bound<'py, PyAny>,
        smoothing_type: OptionalArg<'py>,
        sigma: OptionalArg<'py>,
        simcc_split_ratio: OptionalArg<'py>,
        label_smooth_weight: OptionalArg<'py>,
        normalize: OptionalArg<'py>,
        use_dark: OptionalArg<'py>,
        decode_visibility: OptionalArg<'py>,
        decode_beta: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let input_size = arguments.size("input_size", input_size)?;
        let smoothing = arguments.str_or("smoothing_type", &smoothing_type, "gaussian")?;
        let sigma = arguments.number_per_axis_or("sigma", &sigma, 6.0)?;
        let ratio = arguments.number_or("simcc_split_ratio", &simcc_split_ratio, 2.0)?;
        let weight = arguments.number_or("label_smooth_weight", &label_smooth_weight, 0.0)?;
        let normalize = arguments.bool_or("normalize", &normalize, true)?;
        let use_dark = arguments.bool_or("use_dark", &use_dark, false)?;
        let decode_visibility =
            arguments.bool_or("decode_visibility", &decode_visibility, false)?;
        let decode_beta = arguments.number_or("decode_beta", &decode_beta, 150.0)?;
        let codec = codecs::SimccSmoothing::named(&smoothing, weight)
            .and_then(|smoothing| {
                let options = codecs::SimccOptions {
                    smoothing,
                    sigma,
                    simcc_split_ratio: ratio,
                    normalize,
                    use_dark,
                    decode_visibility,
                    decode_beta,
                };
                codecs::SimccLabel::new(input_size, options)
            })
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["keypoint_x_labels", "keypoint_y_labels", "keypoint_weights"])
    }

    /// Input size (w, h) in pixels.
    #[getter]
    fn input_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "input_size")
    }

    /// ``'gaussian'`` or ``'standard'``.
    #[getter]
    fn smoothing_type(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "smoothing_type")
    }

    /// Standard deviation of the Gaussian along x and y, in bins, shape (2,).
    #[getter]
    fn sigma<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        axes_array(argument(slf, "sigma")?.bind(slf.py()), 2)
    }

    /// Bins an input pixel.
    #[getter]
    fn simcc_split_ratio(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "simcc_split_ratio")
    }

    /// Share of the bins beside the keypoint's.
    #[getter]
    fn label_smooth_weight(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "label_smooth_weight")
    }

    /// Whether Gaussians are divided by sigma * sqrt(2 * pi).
    #[getter]
    fn normalize(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "normalize")
    }

    /// Whether decoded keypoints are refined with DARK.
    #[getter]
    fn use_dark(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "use_dark")
    }

    /// Whether visibilities are decoded.
    #[getter]
    fn decode_visibility(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_visibility")
    }

    /// Scale of the responses before the softmax of the visibilities.
    #[getter]
    fn decode_beta(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_beta")
    }

    /// Encode the keypoints of one sample.
    ///
    /// Args:
    ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
    ///         converted). NaN and infinite keypoints have no target and weight 0.
    ///     keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
    ///         all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
    ///     - keypoint_y_labels (array): Shape (N, K, Wy), float32, Wy = h * simcc_split_ratio.
    ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
    ///       keypoints outside.
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

    /// Decode the vectors of one sample; they are left as they are.
    ///
    /// Args:
    ///     simcc_x (array or torch.Tensor): Shape (K, Wx) or (N, K, Wx), float16, float32 or
    ///         float64.
    ///     simcc_y (array or torch.Tensor): Shape (K, Wy) or (N, K, Wy).
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (N, K, 2), input pixels, float32; N is 1 for (K, W). One bin
    ///       before the first where no value is above 0.
    ///     - scores (array): Shape (N, K), the smaller of both maxima, of the vectors' dtype. With
    ///       ``decode_visibility`` a tuple of scores and visibilities, float64, of shape (N, K), or
    ///       (K,) for (K, W).
    ///
    /// Raises:
    ///     InvalidInputError: For other shapes or dtypes, or vectors without a bin.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        simcc_x: &Bound<'py, PyAny>,
        simcc_y: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_simcc(py, self.0.get()?, Call::Single, simcc_x, simcc_y, None)
    }

    /// Decode a batch of vectors, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// With ``flipped``, a flip test: the vectors are averaged one by one, as they are decoded, with those
    /// of the mirrored pictures, as MMPose's heads do with ``flip_test``.
    ///
    /// Args:
    ///     simcc_x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
    ///     simcc_y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
    ///     flipped (tuple of 2 arrays or tensors, optional): What the network answered for the mirrored pictures,
    ///         of the same shapes and dtypes. Default: no flip test.
    ///     flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
    ///         image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
    ///     shift (bool): For heatmaps; vectors are not shifted, as in MMPose. Default: False.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (B, N, K, 2), input pixels, float32.
    ///     - scores (array): Shape (B, N, K), of the vectors' dtype. With ``decode_visibility`` a
    ///       tuple of scores and visibilities (B, N, K), float64.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``; for what does not fit the flip test.
    #[pyo3(signature = (simcc_x, simcc_y, *, flipped=None, flip_indices=None, shift=OptionalArg::DEFAULT), text_signature = "($self, simcc_x, simcc_y, *, flipped=None, flip_indices=None, shift=False)")]
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        simcc_x: &Bound<'py, PyAny>,
        simcc_y: &Bound<'py, PyAny>,
        flipped: Option<&Bound<'py, PyAny>>,
        flip_indices: Option<&Bound<'py, PyAny>>,
        shift: OptionalArg<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let flip = FlipArguments { flipped, flip_indices, shift };
        decode_simcc(py, self.0.get()?, Call::Batch, simcc_x, simcc_y, Some(flip))
    }
}
