//! The Python class `SimCCLabel`.

use posecodec::codecs::simcc;
use pyo3::prelude::*;

use crate::class::{Any, Decoded, Opt, OptionalArg, codec_class, identity, phrase};
use crate::convert::axes_array;
use crate::decode::{
    FlipArguments, WindowsDecoded, decode_on_device, decode_simcc, decode_simcc_windows,
};
use crate::call::Call;
use crate::encode::encode;

/// One number for all `A` axes, or one per axis, as an array: the type of MMPose's attribute.
pub(super) fn axes<'py, const A: usize>(
    _: &Bound<'py, impl Sized>,
    kept: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    axes_array(&kept, A)
}

codec_class! {
    /// Represent keypoints as one classification vector per axis, "SimCC" (once called SimDR).
    ///
    /// Paper: `SimCC: a Simple Coordinate Classification Perspective for Human Pose Estimation
    /// <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).
    class SimccLabel("SimCCLabel", simcc::SimccLabel);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// ``'gaussian'`` or ``'standard'``.
        smoothing_type: string = "gaussian";
        /// Standard deviation of the Gaussian, in bins, for both axes or one each. The attribute is an
        /// array of shape (2,).
        sigma: per_axis = 6.0 => axes::<2>;
        /// Bins per input pixel.
        simcc_split_ratio: number = 2.0;
        /// With ``'standard'`` smoothing, the share of the bins other than the keypoint's.
        label_smooth_weight: number = 0.0;
        /// Divide Gaussians by sigma * sqrt(2 * pi).
        normalize: flag = True;
        /// Refine decoded keypoints with DARK.
        use_dark: flag = False;
        /// Decode visibilities, too.
        decode_visibility: flag = False;
        /// Scale of the vectors before the softmax from which visibilities are computed.
        decode_beta: number = 150.0;
    }
    raises "For a size of 0, an unknown smoothing, a sigma or ratio that is not positive and finite, or"
        "a smoothing weight outside [0, 1] or with Gaussians.";
    build |arguments| {
        let smoothing = smoothing_type.parse::<simcc::SimccSmoothing>()?.with_weight(label_smooth_weight)?;
        simcc::SimccLabel::new(input_size, simcc::SimccLabelOptions {
            smoothing, sigma, simcc_split_ratio, normalize, use_dark, decode_visibility, decode_beta,
        })
    };
    encode(keypoints; keypoints_visible; out, dtype) |py, codec, call| {
        encode(py, codec, call, keypoints, keypoints_visible, (out, dtype))
    }
    sample_doc {
        /// Encode the keypoints of one sample.
        ///
        /// Args:
        ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
        ///         converted). NaN and infinite keypoints have no target and weight 0.
        ///     keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
        ///         all visible.
        #[doc = phrase!(out)]
        #[doc = phrase!(dtype)]
        ///
        /// Returns:
        ///     dict:
        ///     - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
        ///     - keypoint_y_labels (array): Shape (N, K, Wy), float32, Wy = h * simcc_split_ratio.
        ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
        ///       keypoints outside the input.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``.
    }
    batch_doc { #[doc = phrase!(batch_encode "N")] }
    tables {
        label_mapping_table: identity ["keypoint_x_labels", "keypoint_y_labels", "keypoint_weights"];
    }
    methods {
        /// Decode the vectors of one sample, which are not modified.
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
        ///     InvalidInputError: For another shape or dtype, or vectors without a bin.
        fn decode<'py>(&self, py: Python<'py>, simcc_x: Any<'_, 'py>, simcc_y: Any<'_, 'py>) -> Decoded<'py> {
            decode_simcc(py, self.0.get()?, Call::Single, simcc_x, simcc_y, None)
        }

        /// Decode a batch of vectors.
        ///
        #[doc = phrase!(threads)]
        #[doc = phrase!(flip)]
        ///
        /// Args:
        ///     simcc_x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
        ///     simcc_y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
        ///     flipped (tuple of 2 arrays or tensors, optional): The vectors of the mirrored images, of
        ///         the same shapes and dtypes. Default: no flip test.
        #[doc = phrase!(flip_indices)]
        ///     shift (bool): Only for heatmaps: MMPose does not shift vectors. Default: False.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (B, N, K, 2), input pixels, float32.
        ///     - scores (array): Shape (B, N, K), of the vectors' dtype. With ``decode_visibility`` a
        ///       tuple of scores and visibilities (B, N, K), float64.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
        #[pyo3(signature = (simcc_x, simcc_y, *, flipped=None, flip_indices=None, shift=OptionalArg::DEFAULT), text_signature = "($self, simcc_x, simcc_y, *, flipped=None, flip_indices=None, shift=False)")]
        fn batch_decode<'py>(
            slf: &Bound<'py, Self>, simcc_x: Any<'_, 'py>, simcc_y: Any<'_, 'py>,
            flipped: Opt<'_, 'py>, flip_indices: Opt<'_, 'py>, shift: OptionalArg<'py>,
        ) -> Decoded<'py> {
            let flip = FlipArguments { flipped, flip_indices, shift };
            if let Some(decoded) = decode_on_device(slf, &[simcc_x, simcc_y], &flip)? {
                return Ok(decoded);
            }
            decode_simcc(slf.py(), slf.get().0.get()?, Call::Batch, simcc_x, simcc_y, Some(flip))
        }

        /// Numbers of bins (Sx, Sy) of the windows that ``decode_windows`` takes: 1 without DARK. None with
        /// ``decode_visibility``, which needs whole vectors.
        #[getter]
        fn window_size(&self) -> PyResult<Option<(usize, usize)>> {
            Ok(self.0.get()?.window_sizes().ok().map(|[x, y]| (x, y)))
        }

        /// Decode windows around the maxima of vectors.
        ///
        /// The results are those of ``batch_decode`` of the whole vectors, bit-identical, except where
        /// ``needs_vectors`` is true.
        ///
        /// Args:
        ///     windows_x (array or torch.Tensor): Shape (B, N, K, Sx), with (Sx, Sy) the ``window_size``;
        ///         float16, float32 or float64. The maximum of each vector is at the center: of equal values
        ///         the first, or the first NaN. Bins outside the vector may have any value.
        ///     windows_y (array or torch.Tensor): Shape (B, N, K, Sy).
        ///     indices_x (array or torch.Tensor): Shape (B, N, K), integers: the bin of each maximum.
        ///     indices_y (array or torch.Tensor): Shape (B, N, K).
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (B, N, K, 2), input pixels, float32.
        ///     - scores (array): Shape (B, N, K), of the windows' dtype.
        ///     - needs_vectors (array): Shape (B, N, K), bool: the windows are not enough, and the keypoint
        ///       must be decoded from whole vectors.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, an index outside the vector, or if
        ///         ``window_size`` is None.
        fn decode_windows<'py>(
            &self, py: Python<'py>, windows_x: Any<'_, 'py>, windows_y: Any<'_, 'py>,
            indices_x: Any<'_, 'py>, indices_y: Any<'_, 'py>,
        ) -> WindowsDecoded<'py> {
            decode_simcc_windows(py, self.0.get()?, [windows_x, windows_y], [indices_x, indices_y])
        }
    }
}
