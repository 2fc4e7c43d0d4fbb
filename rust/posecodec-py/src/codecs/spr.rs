//! The Python class `SPR`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table};
use crate::call::Call;
use crate::convert::new_array;
use crate::decode::{decode_spr, decode_spr_pictures};
use crate::encode::{encode, encode_pictures};
use crate::error::raise;

/// Represent several people as a heatmap of their roots and displacements from the roots to their
/// keypoints (structured pose representation).
///
/// Paper: `Single-Stage Multi-Person Pose Machines <https://arxiv.org/abs/1908.09220>`_ (Nie et al.
/// 2019).
///
/// Args:
///     input_size (tuple): Input size (w, h) in pixels.
///     heatmap_size (tuple): Heatmap size (W, H) in cells.
///     sigma (float or tuple, optional): Standard deviation of the roots' Gaussians and, if there are
///         keypoint heatmaps, of the keypoints', in heatmap cells; also the radius around a root in
///         which displacements have a target. Default: sqrt(W*H) / 32 and half of it, rounded down (a
///         Gaussian of 0 is one cell).
///     generate_keypoint_heatmaps (bool): Whether there is a heatmap a keypoint too. Default: False.
///     root_type (str): ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the
///         center of the box around them. Default: ``'kpt_center'``.
///     minimal_diagonal_length (float): People whose box has a shorter diagonal, in heatmap cells, get
///         no target. Default: 5.
///     background_weight (float): Loss weight where a heatmap is 0. Default: 0.1.
///     decode_nms_kernel (int): Size of the neighborhood, in cells, in which a root has to be the
///         largest; odd. Default: 5.
///     decode_max_instances (int): The most people to decode. Default: 30.
///     decode_thr (float): The response that a root has to exceed. Default: 0.01.
///
/// Raises:
///     InvalidInputError: For a size of 0, an unknown root type, a sigma that is not positive and
///         finite or is missing for keypoints, an even kernel.
#[pyclass(name = "SPR", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct Spr(InitOnce<codecs::Spr>);

#[pymethods]
impl Spr {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size, heatmap_size, sigma=None, generate_keypoint_heatmaps=False, root_type='kpt_center', minimal_diagonal_length=5, background_weight=0.1, decode_nms_kernel=5, decode_max_instances=30, decode_thr=0.01)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size, heatmap_size, sigma=OptionalArg::DEFAULT, generate_keypoint_heatmaps=OptionalArg::DEFAULT, root_type=OptionalArg::DEFAULT, minimal_diagonal_length=OptionalArg::DEFAULT, background_weight=OptionalArg::DEFAULT, decode_nms_kernel=OptionalArg::DEFAULT, decode_max_instances=OptionalArg::DEFAULT, decode_thr=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        input_size: &Bound<'py, PyAny>,
        heatmap_size: &Bound<'py, PyAny>,
        sigma: OptionalArg<'py>,
        generate_keypoint_heatmaps: OptionalArg<'py>,
        root_type: OptionalArg<'py>,
        minimal_diagonal_length: OptionalArg<'py>,
        background_weight: OptionalArg<'py>,
        decode_nms_kernel: OptionalArg<'py>,
        decode_max_instances: OptionalArg<'py>,
        decode_thr: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let input_size = arguments.size("input_size", input_size)?;
        let heatmap_size = arguments.size("heatmap_size", heatmap_size)?;
        let sigmas = arguments.numbers_or_none("sigma", &sigma)?;
        let name = "generate_keypoint_heatmaps";
        let generate = arguments.bool_or(name, &generate_keypoint_heatmaps, false)?;
        let root_type = arguments.str_or("root_type", &root_type, "kpt_center")?;
        let minimal_diagonal_length =
            arguments.number_or("minimal_diagonal_length", &minimal_diagonal_length, 5)?;
        let background_weight =
            arguments.number_or("background_weight", &background_weight, 0.1)?;
        let nms_kernel = arguments.positive_int_or("decode_nms_kernel", &decode_nms_kernel, 5)?;
        let max_instances =
            arguments.positive_int_or("decode_max_instances", &decode_max_instances, 30)?;
        let threshold = arguments.number_or("decode_thr", &decode_thr, 0.01)?;
        let codec = codecs::RootType::named(&root_type)
            .and_then(|root_type| {
                let options = codecs::SprOptions {
                    generate_keypoint_heatmaps: generate,
                    root_type,
                    minimal_diagonal_length,
                    background_weight,
                    nms_kernel,
                    max_instances,
                    threshold,
                    ..Default::default()
                };
                codecs::Spr::new(input_size, heatmap_size, options.with_sigmas(&sigmas)?)
            })
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn field_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        let names = ["heatmaps", "heatmap_weights", "displacements", "displacement_weights"];
        identity_table(py, &names)
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

    /// Standard deviations of the roots' Gaussians and, if there are any, the keypoints', in heatmap
    /// cells.
    #[getter]
    fn sigma<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let given = argument(slf, "sigma")?.into_bound(py);
        if let Ok(pair) = given.cast::<PyTuple>() {
            return Ok(pair.clone());
        }
        if !given.is_none() {
            return PyTuple::new(py, [given]);
        }
        let codec = slf.get().0.get()?;
        let sigmas: Vec<f64> =
            [codec.root_sigma()].into_iter().chain(codec.keypoint_sigma()).collect();
        PyTuple::new(py, sigmas)
    }

    /// Whether there is a heatmap a keypoint too.
    #[getter]
    fn generate_keypoint_heatmaps(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "generate_keypoint_heatmaps")
    }

    /// ``'kpt_center'`` or ``'bbox_center'``.
    #[getter]
    fn root_type(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "root_type")
    }

    /// People whose box has a shorter diagonal, in heatmap cells, get no target.
    #[getter]
    fn minimal_diagonal_length(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "minimal_diagonal_length")
    }

    /// Loss weight where a heatmap is 0.
    #[getter]
    fn background_weight(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "background_weight")
    }

    /// Size of the neighborhood in which a root has to be the largest.
    #[getter]
    fn decode_nms_kernel(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_nms_kernel")
    }

    /// The most people to decode.
    #[getter]
    fn decode_max_instances(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_max_instances")
    }

    /// The response that a root has to exceed.
    #[getter]
    fn decode_thr(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_thr")
    }

    /// Input pixels a heatmap cell, shape (2,), float32.
    #[getter]
    fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
    }

    /// Encode the keypoints of the people in one picture. All that it answers is float32.
    ///
    /// Args:
    ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
    ///         converted). NaN and infinite keypoints count as not visible.
    ///     keypoints_visible (array, optional): Shape (N, K). Above 0 a keypoint counts towards root
    ///         and size, from 0.5 on it is in its heatmap, from 1 on it has displacements. Default:
    ///         all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - heatmaps (array): Shape (1, H, W), the roots'; or (K+1, H, W), the roots' last.
    ///     - heatmap_weights (array): Of that shape; 1 where a heatmap is above 0, else the background
    ///       weight.
    ///     - displacements (array): Shape (2K, H, W), x and y in turn, in heatmap cells from there to
    ///       the keypoint; 0 away from roots. Where people overlap, the smaller one's stay.
    ///     - displacement_weights (array): Of that shape; one over the diagonal of the person's box in
    ///       heatmap cells, 0 away from roots.
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

    /// Encode the people of several pictures, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one a picture,
    ///         of which N may differ; input pixels; as for ``encode``.
    ///     keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
    ///         Default: all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``, and for pictures with different K.
    #[pyo3(signature = (keypoints, keypoints_visible=None, *, out=None))]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        encode_pictures(py, self.0.get()?, keypoints, keypoints_visible, out)
    }

    /// Decode the maps of one picture. Torch tensors are answered with torch tensors on their device.
    ///
    /// Args:
    ///     heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
    ///         float16, float32 or float64.
    ///     displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap cells.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
    ///       dtype, the person with the largest root first.
    ///     - scores (tuple): The responses of the roots, shape (N,), and those of the keypoints, shape
    ///       (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.
    ///
    /// Raises:
    ///     InvalidInputError: For other shapes or dtypes, or maps with fewer cells than people to
    ///         decode.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        heatmaps: &Bound<'py, PyAny>,
        displacements: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_spr(py, self.0.get()?, heatmaps, displacements)
    }

    /// Decode the maps of several pictures, one by one.
    ///
    /// Args:
    ///     batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
    ///         list of B.
    ///     batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.
    ///
    /// Returns:
    ///     tuple: What ``decode`` answers with, as lists of B: keypoints, and scores.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``.
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        batch_heatmaps: &Bound<'py, PyAny>,
        batch_displacements: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_spr_pictures(py, self.0.get()?, batch_heatmaps, batch_displacements)
    }
}
