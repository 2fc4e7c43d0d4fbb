//! The Python class `DecoupledHeatmap`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table};
use crate::convert::new_array;
use crate::decode::{decode_instance_batch, decode_instances};
use crate::encode::{encode_decoupled, encode_decoupled_pictures};
use crate::error::raise;

/// Represent several people as heatmaps of all of them and heatmaps of each (contextual instance
/// decoupling, CID).
///
/// Paper: `Contextual Instance Decoupling for Robust Multi-Person Pose Estimation
/// <https://openaccess.thecvf.com/content/CVPR2022/html/Wang_Contextual_Instance_Decoupling_for_Robust_Multi-Person_Pose_Estimation_CVPR_2022_paper.html>`_
/// (Wang and Zhang 2022).
///
/// Encoding moves roots by up to a cell at random, and draws people at random where there are too
/// many: from ``numpy.random`` and ``random``, in MMPose's order, so that seeds give its answers.
///
/// Args:
///     input_size (tuple): Input size (w, h) in pixels.
///     heatmap_size (tuple): Heatmap size (W, H) in cells.
///     root_type (str): ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the
///         center of the box around them. Default: ``'kpt_center'``.
///     heatmap_min_overlap (float): The overlap of boxes from which sigmas follow, 0 to 1. Default:
///         0.7.
///     encode_max_instances (int): The most people who get heatmaps of their own. Default: 30.
///
/// Raises:
///     InvalidInputError: For a size of 0, an unknown root type, an overlap that is not between 0
///         and 1.
#[pyclass(name = "DecoupledHeatmap", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct DecoupledHeatmap(InitOnce<codecs::DecoupledHeatmap>);

#[pymethods]
impl DecoupledHeatmap {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size, heatmap_size, root_type='kpt_center', heatmap_min_overlap=0.7, encode_max_instances=30)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size, heatmap_size, root_type=OptionalArg::DEFAULT, heatmap_min_overlap=OptionalArg::DEFAULT, encode_max_instances=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        input_size: &Bound<'py, PyAny>,
        heatmap_size: &Bound<'py, PyAny>,
        root_type: OptionalArg<'py>,
        heatmap_min_overlap: OptionalArg<'py>,
        encode_max_instances: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let input_size = arguments.size("input_size", input_size)?;
        let heatmap_size = arguments.size("heatmap_size", heatmap_size)?;
        let root_type = arguments.str_or("root_type", &root_type, "kpt_center")?;
        let heatmap_min_overlap =
            arguments.number_or("heatmap_min_overlap", &heatmap_min_overlap, 0.7)?;
        let max_instances =
            arguments.positive_int_or("encode_max_instances", &encode_max_instances, 30)?;
        let codec = codecs::RootType::named(&root_type)
            .and_then(|root_type| {
                let options = codecs::DecoupledHeatmapOptions {
                    root_type,
                    heatmap_min_overlap,
                    max_instances,
                };
                codecs::DecoupledHeatmap::new(input_size, heatmap_size, options)
            })
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        Ok(PySet::new(py, ["bbox"])?.unbind())
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["keypoint_weights", "instance_coords"])
    }

    #[classattr]
    fn field_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(py, &["heatmaps", "instance_heatmaps"])
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

    /// ``'kpt_center'`` or ``'bbox_center'``.
    #[getter]
    fn root_type(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "root_type")
    }

    /// The overlap of boxes from which sigmas follow.
    #[getter]
    fn heatmap_min_overlap(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "heatmap_min_overlap")
    }

    /// The most people who get heatmaps of their own.
    #[getter]
    fn encode_max_instances(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "encode_max_instances")
    }

    /// Input pixels a heatmap cell, shape (2,), float32.
    #[getter]
    fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
    }

    /// Encode the keypoints of the people in one picture.
    ///
    /// There is no ``out``: how many people M get heatmaps of their own is known only afterwards.
    ///
    /// Args:
    ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
    ///         converted). NaN and infinite keypoints count as not visible.
    ///     keypoints_visible (array, optional): Shape (N, K). Above 0 a keypoint counts towards root
    ///         and size, from 0.5 on it has a target. Default: all visible.
    ///     bbox (array, optional): Shape (N, 8) or (N, 4, 2), input pixels: left top, left bottom,
    ///         right top and right bottom corner. Default: the boxes around the visible keypoints.
    ///
    /// Returns:
    ///     dict:
    ///     - heatmaps (array): Shape (K+1, H, W), of all people, the roots' last; float32.
    ///     - instance_heatmaps (array): Shape (M*K, H, W), of each chosen person, the smallest first;
    ///       float32 (float64 if M is 0, as MMPose has it).
    ///     - keypoint_weights (array): Shape (M, K), the visibilities and their dtype, 0 for keypoints
    ///       whose Gaussian lies outside; shape (0,), float64, if M is 0.
    ///     - instance_coords (array): Shape (M, 2), the roots in heatmap cells, int32.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes or dtypes that do not fit.
    #[pyo3(signature = (keypoints, keypoints_visible=None, bbox=None))]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        bbox: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        encode_decoupled(py, self.0.get()?, keypoints, keypoints_visible, bbox)
    }

    /// Encode the people of several pictures, one after the other, as seeds want it.
    ///
    /// Args:
    ///     keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one a picture,
    ///         of which N may differ; input pixels; as for ``encode``.
    ///     keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
    ///         Default: all visible.
    ///     bbox (array or list, optional): Shape (B, N, 8), or a list of arrays (N, 8).
    ///
    /// Returns:
    ///     dict: ``heatmaps`` with a leading B, and lists of B arrays for the others.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``, and for pictures with different K.
    #[pyo3(signature = (keypoints, keypoints_visible=None, bbox=None))]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        bbox: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        encode_decoupled_pictures(py, self.0.get()?, keypoints, keypoints_visible, bbox)
    }

    /// Decode the heatmaps of the people in one picture.
    ///
    /// Args:
    ///     instance_heatmaps (array or torch.Tensor): Shape (N, K, H, W), float16, float32 or float64.
    ///     instance_scores (array or torch.Tensor): Shape (N, 1), how certain each person is.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (N, K, 2), input pixels, float32; a quarter of a cell towards
    ///       the larger neighbor. One cell before the first where no value is above 0.
    ///     - scores (array): Shape (N, K), the maxima times the person's score, of the heatmaps' dtype.
    ///
    /// Raises:
    ///     InvalidInputError: For other shapes or dtypes, or maps without a cell.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        instance_heatmaps: &Bound<'py, PyAny>,
        instance_scores: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_instances(py, self.0.get()?, instance_heatmaps, instance_scores)
    }

    /// Decode the heatmaps of the people in several pictures, on several threads where it is worth it
    /// (see :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     instance_heatmaps (array, torch.Tensor or list): Shape (B, N, K, H, W), or a list of arrays
    ///         (N, K, H, W); or shape (M, K, H, W), as MMPose's heads hand them over: then each person
    ///         is answered as a picture of its own.
    ///     instance_scores (array, torch.Tensor or list): Shape (B, N, 1), a list of arrays (N, 1), or
    ///         shape (M, 1).
    ///
    /// Returns:
    ///     tuple: Keypoints and scores with a leading B (N is 1 where maps came as (M, K, H, W)), or
    ///     lists of what ``decode`` answers with.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``.
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        instance_heatmaps: &Bound<'py, PyAny>,
        instance_scores: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        decode_instance_batch(py, self.0.get()?, instance_heatmaps, instance_scores)
    }
}
