//! The Python classes of the codecs that regress coordinates.

use posecodec::codecs::regression;
use pyo3::prelude::*;

use super::MsraHeatmap;
use crate::class::{Any, Decoded, codec_class, identity, phrase, sub_codec};
use crate::decode::decode_regression;
use crate::call::Call;
use crate::encode::encode;

/// [`codec_class!`] with the methods of these codecs. `encode` has the number of instances and the
/// items that differ, `decode` the function that gives the decoder of the coordinates; `attributes` are
/// other getters.
macro_rules! regression_codec {
    (
        encode { instances $instances:literal; nonfinite $nonfinite:literal; $(heatmaps $heatmaps:literal;)? raises $raises:literal; }
        decode $decoder:expr;
        $(profiles_doc $profiles_doc:tt)?
        tables $tables:tt
        attributes {$($attributes:tt)*}
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
            #[doc = concat!("    keypoints (array): Shape (", $instances, ", K, 2), input pixels; float32 or float64 (other dtypes are")]
            #[doc = concat!("        converted). NaN and infinite keypoints have ", $nonfinite, " and weight 0.")]
            #[doc = concat!("    keypoints_visible (array, optional): Shape (", $instances, ", K); below 0.5 is unlabelled. Default:")]
            ///         all visible.
            #[doc = phrase!(out)]
        #[doc = phrase!(dtype)]
            ///
            /// Returns:
            ///     dict:
            #[doc = concat!("    - keypoint_labels (array): Shape (", $instances, ", K, 2), float32, in units of the input size.")]
            $(#[doc = concat!("    - heatmaps (array): ", $heatmaps)])?
            #[doc = concat!("    - keypoint_weights (array): Shape (", $instances, ", K), float32; 1 for visible keypoints inside the")]
            ///       input, else 0.
            ///
            /// Raises:
            #[doc = concat!("    InvalidInputError: For ", $raises)]
        }
        batch_doc { #[doc = phrase!(batch_encode $instances)] }
        $(profiles_doc $profiles_doc)?
        tables $tables
        methods {
            $($attributes)*
            /// Decode the regressed coordinates of one sample.
            ///
            /// Args:
            ///     encoded (array or torch.Tensor): Shape (N, K, 2), in units of the input size, or
            ///         (N, K, 4) with one sigma per axis; float16, float32 or float64.
            ///
            /// Returns:
            ///     tuple:
            ///     - keypoints (array): Shape (N, K, 2), input pixels, float64.
            ///     - scores (array): Shape (N, K): 1 - mean sigma, of the input's dtype; without sigmas 1,
            ///       float32.
            ///
            /// Raises:
            ///     InvalidInputError: For another shape or dtype.
            fn decode<'py>(&self, py: Python<'py>, encoded: Any<'_, 'py>) -> Decoded<'py> {
                decode_regression(py, $decoder(self.0.get()?), Call::Single, encoded)
            }

            /// Decode a batch of regressed coordinates.
            ///
            /// Args:
            ///     batch_encoded (array or torch.Tensor): Shape (B, N, K, 2) or (B, N, K, 4).
            ///
            /// Returns:
            ///     tuple:
            ///     - keypoints (array): Shape (B, N, K, 2), input pixels, float64.
            ///     - scores (array): Shape (B, N, K), as for ``decode``.
            ///
            /// Raises:
            ///     InvalidInputError: As for ``decode``.
            fn batch_decode<'py>(&self, py: Python<'py>, batch_encoded: Any<'_, 'py>) -> Decoded<'py> {
                decode_regression(py, $decoder(self.0.get()?), Call::Batch, batch_encoded)
            }
        }
    }};
}

regression_codec! {
    encode {
        instances "N";
        nonfinite "label 0";
        raises "a wrong shape, dtype or ``out``.";
    }
    decode std::convert::identity;
    tables { label_mapping_table: identity ["keypoint_labels", "keypoint_weights"]; }
    attributes {}
    /// Represent keypoints as coordinates in units of the input size, which a network regresses.
    ///
    /// Papers: `DeepPose <https://arxiv.org/abs/1312.4659>`_ (Toshev and Szegedy 2014); with sigmas, `RLE
    /// <https://arxiv.org/abs/2107.11291>`_ (Li et al. 2021).
    class RegressionLabel("RegressionLabel", regression::RegressionLabel);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
    }
    raises "For a size of 0.";
    build |arguments| regression::RegressionLabel::new(input_size);
}

regression_codec! {
    encode {
        instances "1";
        nonfinite "no target";
        heatmaps "Shape (K, H, W), float32.";
        raises "more than one instance, or a wrong shape, dtype or ``out``.";
    }
    decode regression::IntegralRegressionLabel::keypoint_codec;
    profiles_doc {
        #[doc = phrase!(encode_profiles "products in float32:\n``y_profiles[..., :, None] * x_profiles[..., None, :] * heatmap_factors[..., None, None]``")]
        /// With ``unbiased``, x_profiles below ``numpy.finfo('f4').tiny / y_profiles`` count as 0.
        #[doc = phrase!(profile_args "1")]
        ///
        /// Returns:
        ///     dict:
        ///     - keypoint_labels (array): As for ``batch_encode``.
        ///     - x_profiles (array): Shape (B, K, W), float32.
        ///     - y_profiles (array): Shape (B, K, H), float32.
        ///     - heatmap_factors (array): Shape (B, K), float32.
        ///     - keypoint_weights (array): As for ``batch_encode``.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``batch_encode``.
    }
    tables {
        label_mapping_table: identity ["keypoint_labels", "keypoint_weights"];
        field_mapping_table: identity ["heatmaps"];
    }
    attributes {
        /// The codec of the heatmaps, a :class:`MSRAHeatmap`.
        #[getter]
        fn heatmap_codec<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            let names = ["input_size", "heatmap_size", "sigma", "unbiased", "blur_kernel_size"];
            sub_codec::<MsraHeatmap, _>(slf, &names)
        }

        /// The codec of the coordinates, a :class:`RegressionLabel`.
        #[getter]
        fn keypoint_codec<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
            sub_codec::<RegressionLabel, _>(slf, &["input_size"])
        }
    }
    /// Represent keypoints as coordinates and as heatmaps that add up to 1.
    ///
    /// Paper: `DSNT <https://arxiv.org/abs/1801.07372>`_ (Nibali et al. 2018).
    class IntegralRegressionLabel("IntegralRegressionLabel", regression::IntegralRegressionLabel);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// Standard deviation of the Gaussian, in heatmap pixels.
        sigma: number;
        /// Encode without rounding the center.
        unbiased: flag = False;
        /// As for :class:`MSRAHeatmap`; odd.
        blur_kernel_size: count = 11;
        /// Divide every heatmap by its sum.
        normalize: flag = True;
    }
    raises "For a size of 0, a sigma that is not positive and finite, or an even kernel size.";
    build |arguments| regression::IntegralRegressionLabel::new(
        input_size,
        heatmap_size,
        regression::IntegralRegressionLabelOptions { sigma, unbiased, blur_kernel_size, normalize },
    );
}
