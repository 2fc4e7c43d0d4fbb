//! The Python class `AssociativeEmbedding`.

use posecodec::codecs;
use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument};
use crate::call::Call;
use crate::convert::new_array;
use crate::decode::decode_grouped;
use crate::encode::{encode, encode_pictures};
use crate::error::raise;

/// Represent several people as heatmaps of all of them, and tell them apart by tags that a network
/// learns (associative embedding).
///
/// Papers: `Associative Embedding: End-to-End Learning for Joint Detection and Grouping
/// <https://arxiv.org/abs/1611.05424>`_ (Newell et al. 2017), and with ``use_udp`` `UDP
/// <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
///
/// Args:
///     input_size (tuple): Input size (w, h) in pixels.
///     heatmap_size (tuple): Heatmap size (W, H) in cells.
///     sigma (float, optional): Standard deviation of the Gaussians, in heatmap cells. Default:
///         sqrt(W*H) / 64.
///     use_udp (bool): Gaussians around the exact keypoint, scales of (w-1)/(W-1), and DARK when
///         decoding. Default: False: around the rounded keypoint, w/W, and a quarter of a cell.
///     decode_keypoint_order (list): The order in which keypoints are grouped, each index once;
///         mostly from the head outwards. Needed for decoding. Default: empty.
///     decode_nms_kernel (int): Size of the neighborhood, in cells, in which a candidate has to be the
///         largest; odd. Default: 5.
///     decode_gaussian_kernel (int): Taps of the blur before DARK, with ``use_udp``; odd. Default: 3.
///     decode_keypoint_thr (float): The response that a candidate has to exceed. Default: 0.1.
///     decode_tag_thr (float): The distance of tags from which on a keypoint does not join a person.
///         Default: 1.0.
///     decode_topk (int): The most candidates a keypoint. Default: 30.
///     decode_center_shift (float): Heatmap cells that are added to detected keypoints. Default: 0.0.
///     decode_max_instances (int, optional): The most people to decode. Default: all.
///
/// Raises:
///     InvalidInputError: For a size of 0, a sigma that is not positive and finite, an even kernel, an
///         order with repeats or gaps.
#[pyclass(name = "AssociativeEmbedding", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct AssociativeEmbedding(InitOnce<codecs::AssociativeEmbedding>);

#[pymethods]
impl AssociativeEmbedding {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size, heatmap_size, sigma=None, use_udp=False, decode_keypoint_order=(), decode_nms_kernel=5, decode_gaussian_kernel=3, decode_keypoint_thr=0.1, decode_tag_thr=1.0, decode_topk=30, decode_center_shift=0.0, decode_max_instances=None)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size, heatmap_size, sigma=OptionalArg::DEFAULT, use_udp=OptionalArg::DEFAULT, decode_keypoint_order=OptionalArg::DEFAULT, decode_nms_kernel=OptionalArg::DEFAULT, decode_gaussian_kernel=OptionalArg::DEFAULT, decode_keypoint_thr=OptionalArg::DEFAULT, decode_tag_thr=OptionalArg::DEFAULT, decode_topk=OptionalArg::DEFAULT, decode_center_shift=OptionalArg::DEFAULT, decode_max_instances=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        input_size: &Bound<'py, PyAny>,
        heatmap_size: &Bound<'py, PyAny>,
        sigma: OptionalArg<'py>,
        use_udp: OptionalArg<'py>,
        decode_keypoint_order: OptionalArg<'py>,
        decode_nms_kernel: OptionalArg<'py>,
        decode_gaussian_kernel: OptionalArg<'py>,
        decode_keypoint_thr: OptionalArg<'py>,
        decode_tag_thr: OptionalArg<'py>,
        decode_topk: OptionalArg<'py>,
        decode_center_shift: OptionalArg<'py>,
        decode_max_instances: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let input_size = arguments.size("input_size", input_size)?;
        let heatmap_size = arguments.size("heatmap_size", heatmap_size)?;
        let options = codecs::AssociativeEmbeddingOptions {
            sigma: arguments.number_or_none("sigma", &sigma)?,
            use_udp: arguments.bool_or("use_udp", &use_udp, false)?,
            keypoint_order: arguments
                .counts_or_empty("decode_keypoint_order", &decode_keypoint_order)?,
            nms_kernel: arguments.positive_int_or("decode_nms_kernel", &decode_nms_kernel, 5)?,
            gaussian_kernel: arguments.positive_int_or(
                "decode_gaussian_kernel",
                &decode_gaussian_kernel,
                3,
            )?,
            keypoint_threshold: arguments.number_or(
                "decode_keypoint_thr",
                &decode_keypoint_thr,
                0.1,
            )?,
            tag_threshold: arguments.number_or("decode_tag_thr", &decode_tag_thr, 1.0)?,
            top_k: arguments.positive_int_or("decode_topk", &decode_topk, 30)?,
            center_shift: arguments.number_or("decode_center_shift", &decode_center_shift, 0.0)?,
            max_instances: arguments
                .positive_int_or_none("decode_max_instances", &decode_max_instances)?,
        };
        let codec = codecs::AssociativeEmbedding::new(input_size, heatmap_size, options)
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
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

    /// Standard deviation of the Gaussians, in heatmap cells.
    #[getter]
    fn sigma(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        let given = argument(slf, "sigma")?;
        if !given.is_none(slf.py()) {
            return Ok(given);
        }
        Ok(slf.get().0.get()?.sigma().into_pyobject(slf.py())?.into_any().unbind())
    }

    /// Whether maps are UDP's.
    #[getter]
    fn use_udp(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "use_udp")
    }

    /// The order in which keypoints are grouped.
    #[getter]
    fn decode_keypoint_order<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let order = argument(slf, "decode_keypoint_order")?.into_bound(slf.py());
        Ok(order.cast::<PyTuple>()?.to_list())
    }

    /// Size of the neighborhood in which a candidate has to be the largest.
    #[getter]
    fn decode_nms_kernel(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_nms_kernel")
    }

    /// Taps of the blur before DARK.
    #[getter]
    fn decode_gaussian_kernel(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_gaussian_kernel")
    }

    /// The response that a candidate has to exceed.
    #[getter]
    fn decode_keypoint_thr(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_keypoint_thr")
    }

    /// The distance of tags from which on a keypoint does not join a person.
    #[getter]
    fn decode_tag_thr(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_tag_thr")
    }

    /// The most candidates a keypoint.
    #[getter]
    fn decode_topk(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_topk")
    }

    /// Heatmap cells that are added to detected keypoints.
    #[getter]
    fn decode_center_shift(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_center_shift")
    }

    /// The most people to decode; ``None`` for all.
    #[getter]
    fn decode_max_instances(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "decode_max_instances")
    }

    /// Input pixels a heatmap cell, shape (2,), float32.
    #[getter]
    fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
    }

    /// Encode the keypoints of the people in one picture.
    ///
    /// Args:
    ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
    ///         converted). NaN and infinite keypoints have no target, index 0 and weight 0.
    ///     keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
    ///         all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - heatmaps (array): Shape (K, H, W), float32; where Gaussians meet, the larger.
    ///     - keypoint_indices (array): Shape (N, K, 2), int64: the cell of the keypoint as y*W + x, and
    ///       1 if it is visible and inside, else 0.
    ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for keypoints
    ///       whose Gaussian lies outside.
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
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them; not
    ///         for lists.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B; from lists, ``keypoint_indices`` and
    ///     ``keypoint_weights`` are lists of arrays, one a picture.
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

    /// Not there, as in MMPose, where this codec decodes batches only: see ``batch_decode``.
    ///
    /// Raises:
    ///     NotImplementedError: Always.
    fn decode(&self, encoded: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let _ = encoded;
        Err(PyNotImplementedError::new_err("AssociativeEmbedding decodes with batch_decode"))
    }

    /// Decode the heatmaps and tags of several pictures, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Of equally high candidates, those come first that torch's ``topk`` puts first on Linux.
    /// Candidates whose tag is NaN or infinite belong to nobody.
    ///
    /// Args:
    ///     batch_heatmaps (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
    ///     batch_tags (array or torch.Tensor): Shape (B, L*K, H, W), all keypoints' first channel
    ///         first; float16, float32 or float64.
    ///
    /// Returns:
    ///     tuple:
    ///     - batch_keypoints (list): B arrays of shape (N, K, 2), float32, input pixels. A keypoint
    ///       that was not detected lies where its heatmap and its tag suit the person best.
    ///     - batch_scores (list): B arrays of shape (N, K), float32, the responses. With ``use_udp``, a
    ///       keypoint that was not detected has the logarithm of the blurred response, which may be
    ///       negative: MMPose blurs its maps in place before it looks there.
    ///     - batch_instance_scores (list): B arrays of shape (N,), float32, the mean response, 0 for
    ///       what was not detected.
    ///
    /// Raises:
    ///     InvalidInputError: For other shapes or dtypes, maps that differ in size or with fewer cells
    ///         than candidates, or an order that does not hold each of the K keypoints.
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        batch_heatmaps: &Bound<'py, PyAny>,
        batch_tags: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>, Bound<'py, PyList>)> {
        decode_grouped(py, self.0.get()?, batch_heatmaps, batch_tags)
    }
}
