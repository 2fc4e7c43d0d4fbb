//! The Python class `EDPoseLabel`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple};

use crate::answer::{is_list, map_images};
use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, names, table};
use crate::call::Call;
use crate::edpose::{Annotations, Decoded, decode, encode};
use crate::error::{invalid, raise};

/// Keypoints, boxes and areas in units of the image, as ED-Pose learns them.
///
/// Paper: `Explicit Box Detection Unifies End-to-End Multi-Person Pose Estimation
/// <https://arxiv.org/abs/2302.01593>`_ (Yang et al. 2023).
///
/// Args:
///     num_select (int): Candidates that decoding keeps. Default: 100.
///     num_keypoints (int): Keypoints a candidate, K. Default: 17.
///
/// Raises:
///     InvalidInputError: For a number of 0.
#[pyclass(name = "EDPoseLabel", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct EdPoseLabel(InitOnce<codecs::EdPoseLabel>);

#[pymethods]
impl EdPoseLabel {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(num_select=100, num_keypoints=17)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (num_select=OptionalArg::DEFAULT, num_keypoints=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        num_select: OptionalArg<'py>,
        num_keypoints: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let num_select = arguments.positive_int_or("num_select", &num_select, 100)?;
        let num_keypoints = arguments.positive_int_or("num_keypoints", &num_keypoints, 17)?;
        let codec = codecs::EdPoseLabel::new(num_select, num_keypoints)
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, &["area", "bboxes", "img_shape"])
    }

    #[classattr]
    fn instance_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        table(
            py,
            &[
                ("bbox", "bboxes"),
                ("keypoints", "keypoints"),
                ("keypoints_visible", "keypoints_visible"),
                ("area", "areas"),
            ],
        )
    }

    /// Candidates that decoding keeps.
    #[getter]
    fn num_select(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "num_select")
    }

    /// Keypoints a candidate, K.
    #[getter]
    fn num_keypoints(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "num_keypoints")
    }

    /// Encode the instances of one image. Each array keeps its input's precision; whole numbers become
    /// float64.
    ///
    /// Args:
    ///     img_shape (tuple): Size (w, h) of the image in pixels.
    ///     keypoints (array): Shape (N, K, 2), pixels; float32 or float64 (others are converted).
    ///         NaN and infinite keypoints become 0, and so does their visibility.
    ///     keypoints_visible (array, optional): Shape (N, K) or (N, K, D). Default: all visible.
    ///     area (array, optional): Shape (N,), square pixels.
    ///     bboxes (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - keypoints (array): Shape (N, K, 2), in units of the image's size.
    ///     - area (array): Shape (N,), in units of the image's area; ``None`` without one.
    ///     - bbox (array): Shape (N, 4), the center (x, y) and the size (w, h) in units of the image's
    ///       size; ``None`` without one.
    ///     - keypoints_visible (array): The visibilities, a copy.
    ///
    /// Raises:
    ///     InvalidInputError: For a side that is not positive, or shapes, dtypes or an ``out`` that
    ///         do not fit.
    #[pyo3(signature = (img_shape, keypoints, keypoints_visible=None, area=None, bboxes=None, *, out=None))]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        img_shape: &Bound<'py, PyAny>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        area: Option<&Bound<'py, PyAny>>,
        bboxes: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.0.get()?;
        let annotations = Annotations { img_shape, keypoints, keypoints_visible, area, bboxes };
        encode(py, Call::Single, &annotations, out)
    }

    /// Encode a batch of images.
    ///
    /// Args:
    ///     img_shape (array): Sizes (w, h) of the images in pixels, shape (B, 2), or one for all.
    ///     keypoints (array or list): Shape (B, N, K, 2), pixels, as for ``encode``; or a list of
    ///         arrays (N_i, K, 2), with lists or arrays of all the others, an item an image.
    ///     keypoints_visible (array or list, optional): Shape (B, N, K). Default: all visible.
    ///     area (array or list, optional): Shape (B, N).
    ///     bboxes (array or list, optional): Shape (B, N, 4).
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B; for a list of keypoints, lists of
    ///     them.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``, or for lists of different lengths.
    #[pyo3(signature = (img_shape, keypoints, keypoints_visible=None, area=None, bboxes=None, *, out=None))]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        img_shape: &Bound<'py, PyAny>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        area: Option<&Bound<'py, PyAny>>,
        bboxes: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        self.0.get()?;
        if !is_list(Some(keypoints)) {
            let annotations = Annotations { img_shape, keypoints, keypoints_visible, area, bboxes };
            return encode(py, Call::Batch, &annotations, out);
        }
        if let Some(out) = out {
            let wanted = "must be None for a list of keypoints, whose answers are lists";
            return Err(invalid(py, "out", wanted, out.get_type()));
        }
        let arguments = [
            ("img_shape", Some(img_shape)),
            ("keypoints", Some(keypoints)),
            ("keypoints_visible", keypoints_visible),
            ("area", area),
            ("bboxes", bboxes),
        ];
        let names = ["keypoints", "area", "bbox", "keypoints_visible"];
        map_images(py, arguments, &names, |parts| {
            let [Some(img_shape), Some(keypoints), visible, area, bboxes] = &parts else {
                unreachable!("both were given");
            };
            let annotations = Annotations {
                img_shape,
                keypoints,
                keypoints_visible: visible.as_ref(),
                area: area.as_ref(),
                bboxes: bboxes.as_ref(),
            };
            encode(py, Call::Single, &annotations, None)
        })
    }

    /// Decode the candidates of one image: the S with the largest scores, best first, ``num_select`` or
    /// Q * C where that is less.
    ///
    /// Args:
    ///     input_shapes (array): Size (h, w) of the network's input in pixels, shape (2,).
    ///     pred_logits (array or torch.Tensor): Shape (Q, C), a score a class; float16, float32 or
    ///         float64. Equal scores stay in their order.
    ///     pred_boxes (array or torch.Tensor): Shape (Q, 4), the center (x, y) and the size (w, h) in
    ///         units of the input's size.
    ///     pred_keypoints (array or torch.Tensor): Shape (Q, 3 * K), K pairs (x, y) in units of the
    ///         input's size, then K visibilities.
    ///
    /// Returns:
    ///     tuple:
    ///     - boxes (array): Shape (S, 4), (left, top, right, bottom) in pixels, float64 (float32
    ///       where boxes and ``input_shapes`` are).
    ///     - keypoints (array): Shape (S, K, 2), pixels, float64 as the boxes.
    ///     - scores (array): Shape (S, K), of the scores' dtype, the same for all keypoints.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes or dtypes that do not fit.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        input_shapes: &Bound<'py, PyAny>,
        pred_logits: &Bound<'py, PyAny>,
        pred_boxes: &Bound<'py, PyAny>,
        pred_keypoints: &Bound<'py, PyAny>,
    ) -> PyResult<Decoded<'py>> {
        let predictions = [input_shapes, pred_logits, pred_boxes, pred_keypoints];
        decode(py, self.0.get()?, Call::Single, predictions)
    }

    /// Decode a batch of candidates.
    ///
    /// Args:
    ///     input_shapes (array): Sizes (h, w) in pixels, shape (B, 2).
    ///     pred_logits (array or torch.Tensor): Shape (B, Q, C).
    ///     pred_boxes (array or torch.Tensor): Shape (B, Q, 4).
    ///     pred_keypoints (array or torch.Tensor): Shape (B, Q, 3 * K).
    ///
    /// Returns:
    ///     tuple: The arrays of ``decode``, each with a leading B.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``.
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        input_shapes: &Bound<'py, PyAny>,
        pred_logits: &Bound<'py, PyAny>,
        pred_boxes: &Bound<'py, PyAny>,
        pred_keypoints: &Bound<'py, PyAny>,
    ) -> PyResult<Decoded<'py>> {
        let predictions = [input_shapes, pred_logits, pred_boxes, pred_keypoints];
        decode(py, self.0.get()?, Call::Batch, predictions)
    }
}
