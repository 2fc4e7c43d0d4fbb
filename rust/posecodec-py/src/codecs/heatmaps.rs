//! The Python classes of the codecs with heatmaps of one person: MSRA, UDP and Megvii.

use posecodec::codecs::heatmaps::{self, DecodeWindows};
use pyo3::prelude::*;

use crate::class::{Any, Decoded, Opt, OptionalArg, codec_class, identity, phrase};
use crate::convert::new_array;
use crate::decode::{
    FlipArguments, WindowsDecoded, decode_heatmap_batch, decode_heatmap_windows, decode_heatmaps,
    decode_on_device,
};
use crate::encode::encode;

/// [`codec_class!`] with the methods of these codecs. `returns` are the shapes and values that differ.
macro_rules! heatmap_codec {
    (
        returns {
            scale_factor $scale:literal;
            heatmaps $heatmaps:literal;
            channels $channels:literal;
            keypoints $keypoints:literal;
            scores $scores:literal;
            profiles $($profiles:literal)*;
            other_outputs $($other_outputs:literal)*;
            $(windows $windows:literal;)?
        }
        $($class:tt)*
    ) => { codec_class! {
        $($class)*
        encode(keypoints; keypoints_visible; out, dtype) |py, codec, call| {
            encode(py, codec, call, keypoints, keypoints_visible, (out, dtype))
        }
        sample_doc {
            /// Encode the keypoints of one sample.
            ///
            /// Args:
            ///     keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (other dtypes are
            ///         converted). NaN and infinite keypoints have no target and weight 0.
            ///     keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
            ///         all visible.
            #[doc = phrase!(out)]
        #[doc = phrase!(dtype)]
            ///
            /// Returns:
            ///     dict:
            #[doc = concat!("    - heatmaps (array): Shape ", $heatmaps, ", float32.")]
            ///     - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for
            ///       keypoints whose Gaussian is outside the map.
            ///
            /// Raises:
            ///     InvalidInputError: For more than one instance, or a wrong shape, dtype or ``out``.
        }
        batch_doc { #[doc = phrase!(batch_encode "1")] }
        profiles_doc {
            #[doc = phrase!(encode_profiles "products of two\nprofiles in float32: ``y_profiles[..., :, None] * x_profiles[..., None, :]``")]
            $(#[doc = $profiles])*
            #[doc = phrase!(profile_args "1")]
            ///
            /// Returns:
            ///     dict:
            ///     - x_profiles (array): Shape (B, K, W), float32.
            ///     - y_profiles (array): Shape (B, K, H), float32.
            ///     - keypoint_weights (array): As for ``batch_encode``.
            $(#[doc = $other_outputs])*
            ///
            /// Raises:
            ///     InvalidInputError: As for ``batch_encode``.
        }
        tables {
            label_mapping_table: identity ["keypoint_weights"];
            field_mapping_table: identity ["heatmaps"];
        }
        methods {
            #[doc = concat!("Input pixels per heatmap pixel, ", $scale, ", shape (2,), float32.")]
            #[getter]
            fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
            }

            /// Decode the heatmaps of one sample.
            ///
            /// Args:
            #[doc = concat!("    encoded (array or torch.Tensor): Shape (", $channels, ", H, W), float16, float32 or float64.")]
            ///
            /// Returns:
            ///     tuple:
            #[doc = concat!("    - keypoints (array): Shape (1, K, 2), input pixels, ", $keypoints, ". One heatmap pixel")]
            ///       before the first where no value is above 0.
            #[doc = concat!("    - scores (array): Shape (1, K), ", $scores, ", of the heatmaps' dtype.")]
            ///
            /// Raises:
            ///     InvalidInputError: For another shape or dtype, or maps without a pixel.
            fn decode<'py>(&self, py: Python<'py>, encoded: Any<'_, 'py>) -> Decoded<'py> {
                decode_heatmaps(py, self.0.get()?, encoded)
            }

            /// Decode a batch of heatmaps.
            ///
            #[doc = phrase!(threads)]
            #[doc = phrase!(flip)]
            ///
            /// Args:
            #[doc = concat!("    batch_encoded (array or torch.Tensor): Shape (B, ", $channels, ", H, W), float16, float32 or\n        float64.")]
            ///     flipped (array or torch.Tensor, optional): The heatmaps of the mirrored images, of the
            ///         same shape and dtype. Default: no flip test.
            #[doc = phrase!(flip_indices)]
            ///     shift (bool): Move the maps that are flipped back by one pixel to the right; the first
            ///         column stays: ``shift_heatmap`` in MMPose. Default: False.
            ///
            /// Returns:
            ///     tuple:
            #[doc = concat!("    - keypoints (array): Shape (B, 1, K, 2), input pixels, ", $keypoints, ".")]
            ///     - scores (array): Shape (B, 1, K), of the heatmaps' dtype.
            ///
            /// Raises:
            ///     InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
            #[pyo3(signature = (batch_encoded, *, flipped=None, flip_indices=None, shift=OptionalArg::DEFAULT), text_signature = "($self, batch_encoded, *, flipped=None, flip_indices=None, shift=False)")]
            fn batch_decode<'py>(
                slf: &Bound<'py, Self>, batch_encoded: Any<'_, 'py>,
                flipped: Opt<'_, 'py>, flip_indices: Opt<'_, 'py>, shift: OptionalArg<'py>,
            ) -> Decoded<'py> {
                let flip = FlipArguments { flipped, flip_indices, shift };
                if let Some(decoded) = decode_on_device(slf, &[batch_encoded], &flip)? {
                    return Ok(decoded);
                }
                decode_heatmap_batch(slf.py(), slf.get().0.get()?, batch_encoded, flip)
            }

            $(
            #[doc = concat!("Side S of the windows that ``decode_windows`` takes, in heatmap pixels. ", $windows)]
            #[getter]
            fn window_size(&self) -> PyResult<Option<usize>> {
                Ok(self.0.get()?.window_size().ok())
            }

            /// Decode windows around the maxima of heatmaps.
            ///
            /// The results are those of ``batch_decode`` of the whole heatmaps, bit-identical, except where
            /// ``needs_map`` is true.
            ///
            /// Args:
            ///     windows (array or torch.Tensor): Shape (B, K, S, S), with S the ``window_size``; float16,
            ///         float32 or float64. The maximum of each heatmap is at the center: of equal values the
            ///         first, or the first NaN. Pixels outside the heatmap may have any value.
            ///     indices (array or torch.Tensor): Shape (B, K), integers: the pixel of each maximum, as
            ///         y * W + x.
            ///     size (tuple, optional): Size (W, H) of the heatmaps. Default: ``heatmap_size``.
            ///
            /// Returns:
            ///     tuple:
            #[doc = concat!("    - keypoints (array): Shape (B, 1, K, 2), input pixels, ", $keypoints, ".")]
            ///     - scores (array): Shape (B, 1, K), of the windows' dtype.
            ///     - needs_map (array): Shape (B, K), bool: the window is not enough, and the keypoint must
            ///       be decoded from the whole heatmap.
            ///
            /// Raises:
            ///     InvalidInputError: For another shape or dtype, an index outside the heatmap, or if
            ///         ``window_size`` is None.
            #[pyo3(signature = (windows, indices, *, size=None))]
            fn decode_windows<'py>(
                &self, py: Python<'py>, windows: Any<'_, 'py>, indices: Any<'_, 'py>,
                size: Opt<'_, 'py>,
            ) -> WindowsDecoded<'py> {
                decode_heatmap_windows(py, self.0.get()?, windows, indices, size)
            }
            )?
        }
    }};
}

heatmap_codec! {
    returns {
        scale_factor "w/W and h/H";
        heatmaps "(K, H, W), 1 at the keypoint";
        channels "K";
        keypoints "float32";
        scores "the maxima";
        profiles
            "With ``unbiased``, x_profiles below ``numpy.finfo('f4').tiny / y_profiles`` count as 0: heatmaps"
            "have no subnormal numbers.";
        other_outputs;
        windows "None if the blur kernel has more than 59 taps.";
    }
    /// Represent keypoints as Gaussian heatmaps via the "MSRA" approach.
    ///
    /// Papers: `Simple Baselines for Human Pose Estimation and Tracking
    /// <https://arxiv.org/abs/1804.06208>`_ (Xiao et al. 2018); with ``unbiased``, `DarkPose
    /// <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).
    class MsraHeatmap("MSRAHeatmap", heatmaps::MsraHeatmap);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// Standard deviation of the Gaussian, in heatmap pixels.
        sigma: number;
        /// Encode without rounding the center, and decode with DARK instead of a shift by a quarter of
        /// a heatmap pixel.
        unbiased: flag = False;
        /// Kernel size of DARK's Gaussian blur, odd (11 suits sigma 2, 17 suits sigma 3).
        blur_kernel_size: count = 11;
    }
    raises "For a size of 0, a sigma that is not positive and finite, or an even kernel size.";
    build |arguments| {
        let options = heatmaps::MsraHeatmapOptions { sigma, unbiased, blur_kernel_size };
        heatmaps::MsraHeatmap::new(input_size, heatmap_size, options)
    };
}

heatmap_codec! {
    returns {
        scale_factor "(w-1)/(W-1) and (h-1)/(H-1)";
        heatmaps "(K, H, W), or (3K, H, W) for combined maps";
        channels "C";
        keypoints "float64";
        scores "the maxima (of the blurred class maps, if combined)";
        profiles
            "Combined maps are 1 where ``y_squares[..., :, None] + x_squares[..., None, :] <= 1``, else 0, and"
            "the offsets, repeated along the other axis.";
        other_outputs
            "\nInstead of profiles, combined maps have:\n"
            "- x_offsets, y_offsets (array): Shapes (B, K, W) and (B, K, H), float32."
            "- x_squares, y_squares (array): Of these shapes, float64.";
        windows "None for combined maps, or if the blur kernel has more than 59 taps.";
    }
    /// Represent keypoints as heatmaps by Unbiased Data Processing (UDP).
    ///
    /// Paper: `The Devil is in the Details: Delving into Unbiased Data Processing for Human Pose
    /// Estimation <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
    ///
    /// As in MMPose, encoding scales by (w-1)/(W-1) and decoding by w/(W-1): a decoded keypoint is up
    /// to one pixel farther from the origin than the encoded one. For crops that were made with
    /// MMPose's ``use_udp``, :func:`posecodec_rs.to_image` maps it to the image exactly. For plainly
    /// resized crops, multiply decoded keypoints by (w-1)/w and (h-1)/h first.
    class UdpHeatmap("UDPHeatmap", heatmaps::UdpHeatmap);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// ``'gaussian'``, one map per keypoint, or ``'combined'``, three maps per keypoint: 1 near it,
        /// and the offsets to it along x and y in units of the radius.
        heatmap_type: string = "gaussian";
        /// Standard deviation of the Gaussian, in heatmap pixels.
        sigma: number = 2.0;
        /// Radius of the combined maps, in units of max(W, H).
        radius_factor: number = 0.0546875;
        /// Kernel size of the Gaussian blur before decoding, odd for Gaussian maps. Combined maps are
        /// blurred with a kernel of twice this size plus 1.
        blur_kernel_size: count = 11;
    }
    raises "For a size of 0, an unknown type, a sigma or radius factor that is not positive and finite,"
        "or an even kernel size.";
    build |arguments| {
        let kind = heatmap_type.parse::<heatmaps::UdpHeatmapKind>()?.with(sigma, radius_factor);
        let options = heatmaps::UdpHeatmapOptions { kind, blur_kernel_size };
        heatmaps::UdpHeatmap::new(input_size, heatmap_size, options)
    };
}

heatmap_codec! {
    returns {
        scale_factor "w/W and h/H";
        heatmaps "(K, H, W), 255 at the keypoint";
        channels "K";
        keypoints "float32";
        scores "maxima / 255 + 0.5";
        profiles;
        other_outputs;
    }
    /// Represent keypoints as blurred points via the "Megvii" approach.
    ///
    /// Papers: `MSPN <https://arxiv.org/abs/1901.00148>`_ (2019) and `CPN
    /// <https://arxiv.org/abs/1711.07319>`_ (2018).
    class MegviiHeatmap("MegviiHeatmap", heatmaps::MegviiHeatmap);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// Kernel size of the Gaussian, in heatmap pixels; odd.
        kernel_size: count;
    }
    raises "For a size of 0 or an even kernel size.";
    build |arguments| heatmaps::MegviiHeatmap::new(
        input_size, heatmap_size, heatmaps::MegviiHeatmapOptions { kernel_size },
    );
}
