//! The Python class `SimCC3DLabel`.

use posecodec::codecs;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet, PyTuple};

use crate::arguments::{Arguments, OptionalArg};
use crate::base::{BaseKeypointCodec, InitOnce, argument, identity_table, names, table};
use crate::call::Call;
use crate::convert::axes_array;
use crate::decode_simcc::{Decoded3d, decode_simcc_3d};
use crate::error::raise;
use crate::flip::FlipArguments;
use crate::simcc_3d::encode;

/// Represent keypoints as one classification vector an axis, depth included: "SimCC" in three
/// dimensions, as RTMW3D learns it (``projects/rtmpose3d`` in MMPose's repository).
///
/// Papers: `RTMW <https://arxiv.org/abs/2407.08634>`_ (Jiang et al. 2024), `SimCC
/// <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).
///
/// Args:
///     input_size (tuple): Input size (w, h, d) in pixels; its depth d covers 2 * z_range.
///     sigma (float or tuple): Standard deviation of the Gaussian, in bins, for all axes or one
///         each. Default: 6.0.
///     simcc_split_ratio (float): Bins an input pixel. Default: 2.0.
///     normalize (bool): Divide Gaussians by sigma * sqrt(2 * pi). Default: True.
///     use_dark (bool): Refine decoded keypoints with DARK. Default: False.
///     root_index (int or tuple): Keypoint whose depth is the root's, or several, whose mean is; from
///         the end where negative. Default: 0.
///     z_range (float, optional): Depth in meters before the root that the input covers, and behind
///         it. Default: 2.1744869.
///
/// Raises:
///     InvalidInputError: For a size of 0, a sigma, ratio or range that is not positive and finite,
///         or no root.
#[pyclass(name = "SimCC3DLabel", module = "posecodec_rs", extends = BaseKeypointCodec, subclass, frozen)]
pub(crate) struct Simcc3dLabel(InitOnce<codecs::Simcc3dLabel>);

#[pymethods]
impl Simcc3dLabel {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs), text_signature = "(input_size, sigma=6.0, simcc_split_ratio=2.0, normalize=True, use_dark=False, root_index=0, z_range=None)")]
    fn new(
        _args: &Bound<'_, PyTuple>,
        _kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyClassInitializer<Self> {
        BaseKeypointCodec::derived(Self(InitOnce::empty()))
    }

    #[pyo3(signature = (input_size, sigma=OptionalArg::DEFAULT, simcc_split_ratio=OptionalArg::DEFAULT, normalize=OptionalArg::DEFAULT, use_dark=OptionalArg::DEFAULT, root_index=OptionalArg::DEFAULT, z_range=OptionalArg::DEFAULT))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        input_size: &Bound<'py, PyAny>,
        sigma: OptionalArg<'py>,
        simcc_split_ratio: OptionalArg<'py>,
        normalize: OptionalArg<'py>,
        use_dark: OptionalArg<'py>,
        root_index: OptionalArg<'py>,
        z_range: OptionalArg<'py>,
    ) -> PyResult<()> {
        let arguments = Arguments::new(slf.py());
        let usual = codecs::Simcc3dOptions::default();
        let input_size = arguments.size("input_size", input_size)?;
        let options = codecs::Simcc3dOptions {
            sigma: arguments.number_per_axis_or("sigma", &sigma, 6.0)?,
            simcc_split_ratio: arguments.number_or("simcc_split_ratio", &simcc_split_ratio, 2.0)?,
            normalize: arguments.bool_or("normalize", &normalize, true)?,
            use_dark: arguments.bool_or("use_dark", &use_dark, false)?,
            root_index: arguments.index_or_indices_or("root_index", &root_index, 0)?,
            z_range: arguments.number_or_none("z_range", &z_range)?.unwrap_or(usual.z_range),
        };
        let codec = codecs::Simcc3dLabel::new(input_size, options)
            .map_err(|error| raise(slf.py(), &error))?;
        slf.get().0.fill(slf, arguments, codec)
    }

    #[classattr]
    fn auxiliary_encode_keys(py: Python<'_>) -> PyResult<Py<PySet>> {
        names(py, &["keypoints_3d"])
    }

    #[classattr]
    fn label_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        identity_table(
            py,
            &[
                "keypoint_x_labels",
                "keypoint_y_labels",
                "keypoint_z_labels",
                "keypoint_weights",
                "weight_z",
                "with_z_label",
            ],
        )
    }

    #[classattr]
    fn instance_mapping_table(py: Python<'_>) -> PyResult<Py<PyDict>> {
        table(
            py,
            &[
                ("bbox", "bboxes"),
                ("bbox_score", "bbox_scores"),
                ("bbox_scale", "bbox_scales"),
                ("lifting_target", "lifting_target"),
                ("lifting_target_visible", "lifting_target_visible"),
                ("camera_param", "camera_params"),
                ("root_z", "root_z"),
            ],
        )
    }

    /// Input size (w, h, d) in pixels.
    #[getter]
    fn input_size(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "input_size")
    }

    /// Standard deviation of the Gaussian along x, y and z, in bins, shape (3,).
    #[getter]
    fn sigma<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        axes_array(argument(slf, "sigma")?.bind(slf.py()), 3)
    }

    /// Bins an input pixel.
    #[getter]
    fn simcc_split_ratio(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        argument(slf, "simcc_split_ratio")
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

    /// The keypoints whose mean depth is the root's, a list.
    #[getter]
    fn root_index(&self) -> PyResult<Vec<isize>> {
        Ok(self.0.get()?.options().root_index.clone())
    }

    /// The mean depth of roots in the datasets that RTMW3D was trained on, in meters, a list of one.
    #[getter]
    fn root_z(&self) -> PyResult<[f64; 1]> {
        self.0.get().map(|_| [codecs::Simcc3dLabel::ROOT_Z])
    }

    /// Depth in meters before the root that the input covers, and behind it.
    #[getter]
    fn z_range(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let options = self.0.get()?.options();
        Ok(options.z_range.into_pyobject(py)?.into_any().unbind())
    }

    /// Encode the keypoints of one sample; nothing is written into them.
    ///
    /// Args:
    ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
    ///         converted). NaN and infinite keypoints have no target and weight 0. A single number
    ///         is the reference's sign of no keypoints: labels and weights are of shape (1,).
    ///     keypoints_3d (array, optional): Shape (N, K, 3), meters, of which the depths z are
    ///         encoded, relative to each instance's own root. Default: no depths.
    ///     keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
    ///         all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict:
    ///     - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
    ///     - keypoint_y_labels (array): Shape (N, K, Wy), float32.
    ///     - keypoint_z_labels (array): Shape (N, K, Wz), float32; around depth 1 without depths.
    ///     - lifting_target (array): A copy of ``keypoints_3d``; else ``[None]``.
    ///     - root_z (array): Shape (N,), depths of the roots in meters; else a list, the mean one.
    ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
    ///       keypoints outside along any axis.
    ///     - weight_z (array): ``keypoint_weights`` with depths, zeros without.
    ///     - with_z_label (list): One bool, whether there are depths.
    ///
    /// Raises:
    ///     InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, or a root beyond K.
    #[pyo3(signature = (keypoints, keypoints_3d=None, keypoints_visible=None, *, out=None))]
    fn encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_3d: Option<&Bound<'py, PyAny>>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let more = [keypoints_3d, keypoints_visible];
        encode(py, self.0.get()?, Call::Single, keypoints, more, out)
    }

    /// Encode a batch, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// Args:
    ///     keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
    ///     keypoints_3d (array, optional): Shape (B, N, K, 3), meters. Default: no depths.
    ///     keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
    ///     out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.
    ///
    /// Returns:
    ///     dict: The arrays of ``encode``, each with a leading B; lists hold B items.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``encode``.
    #[pyo3(signature = (keypoints, keypoints_3d=None, keypoints_visible=None, *, out=None))]
    fn batch_encode<'py>(
        &self,
        py: Python<'py>,
        keypoints: &Bound<'py, PyAny>,
        keypoints_3d: Option<&Bound<'py, PyAny>>,
        keypoints_visible: Option<&Bound<'py, PyAny>>,
        out: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let more = [keypoints_3d, keypoints_visible];
        encode(py, self.0.get()?, Call::Batch, keypoints, more, out)
    }

    /// Decode the vectors of one sample; they are left as they are.
    ///
    /// Args:
    ///     x (array or torch.Tensor): Shape (K, Wx) or (N, K, Wx), float16, float32 or float64.
    ///     y (array or torch.Tensor): Shape (K, Wy) or (N, K, Wy).
    ///     z (array or torch.Tensor): Shape (K, Wz) or (N, K, Wz).
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (N, K, 3), float32: input pixels, and meters behind the
    ///       root; N is 1 for (K, W). One bin before the first where no value is above 0.
    ///     - keypoints_simcc (array): Shape (N, K, 3), float32, the same all in input pixels.
    ///     - scores (array): Shape (N, K), the smaller of the maxima along x and y, of the vectors'
    ///       dtype.
    ///
    /// Raises:
    ///     InvalidInputError: For other shapes or dtypes, or vectors without a bin.
    fn decode<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        y: &Bound<'py, PyAny>,
        z: &Bound<'py, PyAny>,
    ) -> PyResult<Decoded3d<'py>> {
        decode_simcc_3d(py, self.0.get()?, Call::Single, [x, y, z], None)
    }

    /// Decode a batch of vectors, on several threads where it is worth it (see
    /// :func:`posecodec_rs.set_num_threads`).
    ///
    /// With ``flipped``, a flip test: the vectors are averaged one by one, as they are decoded, with
    /// those of the mirrored pictures; only those along x are turned around.
    ///
    /// Args:
    ///     x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
    ///     y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
    ///     z (array or torch.Tensor): Shape (B, K, Wz) or (B, N, K, Wz).
    ///     flipped (tuple of 3 arrays or tensors, optional): What the network answered for the mirrored pictures,
    ///         of the same shapes and dtypes. Default: no flip test.
    ///     flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
    ///         image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
    ///     shift (bool): For heatmaps; vectors are not shifted, as in MMPose. Default: False.
    ///
    /// Returns:
    ///     tuple:
    ///     - keypoints (array): Shape (B, N, K, 3), float32: input pixels, and meters.
    ///     - keypoints_simcc (array): Shape (B, N, K, 3), float32, all in input pixels.
    ///     - scores (array): Shape (B, N, K), of the vectors' dtype.
    ///
    /// Raises:
    ///     InvalidInputError: As for ``decode``; for what does not fit the flip test.
    #[pyo3(signature = (x, y, z, *, flipped=None, flip_indices=None, shift=OptionalArg::DEFAULT), text_signature = "($self, x, y, z, *, flipped=None, flip_indices=None, shift=False)")]
    fn batch_decode<'py>(
        &self,
        py: Python<'py>,
        x: &Bound<'py, PyAny>,
        y: &Bound<'py, PyAny>,
        z: &Bound<'py, PyAny>,
        flipped: Option<&Bound<'py, PyAny>>,
        flip_indices: Option<&Bound<'py, PyAny>>,
        shift: OptionalArg<'py>,
    ) -> PyResult<Decoded3d<'py>> {
        let flip = FlipArguments { flipped, flip_indices, shift };
        decode_simcc_3d(py, self.0.get()?, Call::Batch, [x, y, z], Some(flip))
    }
}
