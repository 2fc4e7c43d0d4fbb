//! The Python class `SKPSHeatmap`, and its decoding.

use posecodec::codecs::heatmaps;
use pyo3::prelude::*;

use crate::call::{Call, enter, shape_error};
use crate::class::{Any, Decoded, codec_class, phrase};
use crate::convert::{NetworkOutput, OutputArray, in_own_precision, new_array};
use crate::decode::encoded_name;
use crate::encode::encode;

codec_class! {
    /// Represent keypoints as Gaussian heatmaps and maps of the offset to each keypoint ("simple
    /// keypoints").
    ///
    /// A project of MMPose: `projects/skps
    /// <https://github.com/open-mmlab/mmpose/tree/main/projects/skps>`_. The heatmaps are those of
    /// ``MSRAHeatmap`` with ``unbiased``.
    class SkpsHeatmap("SKPSHeatmap", heatmaps::SkpsHeatmap);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// Standard deviation of the Gaussian, in heatmap pixels.
        sigma: number;
    }
    raises "For a size of 0 or a sigma that is not positive and finite.";
    build |arguments| heatmaps::SkpsHeatmap::new(
        input_size, heatmap_size, heatmaps::SkpsHeatmapOptions { sigma },
    );
    encode(keypoints; keypoints_visible; out, dtype) |py, codec, call| {
        encode(py, codec, call, keypoints, keypoints_visible, (out, dtype))
    }
    sample_doc {
        /// Encode the keypoints of one sample.
        ///
        /// Args:
        ///     keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (other dtypes are
        ///         converted). NaN and infinite keypoints have weight 0 and maps of zeros.
        ///     keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
        ///         all visible.
        #[doc = phrase!(out)]
        #[doc = phrase!(dtype)]
        ///
        /// Returns:
        ///     dict:
        ///     - heatmaps (array): Shape (K, H, W), 1 at the keypoint, float32.
        ///     - keypoint_weights (array): Shape (K,), the visibilities and their dtype; 0 for keypoints
        ///       whose Gaussian is outside the map.
        ///     - displacements (array): Shape (2K, H, W), float64: for every heatmap pixel the offset to
        ///       the keypoint in heatmap pixels; along x for all keypoints, then along y.
        ///
        /// Raises:
        ///     InvalidInputError: For more than one instance, or a wrong shape, dtype or ``out``.
    }
    batch_doc { #[doc = phrase!(batch_encode "1")] }
    tables {}
    methods {
        #[doc = phrase!(scale_factor)]
        #[getter]
        fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
        }

        /// Decode the maps of one sample: the pixel with the maximum of a heatmap plus the offsets there.
        ///
        /// Args:
        ///     encoded (array or torch.Tensor): Heatmaps, shape (K, H, W), float16, float32 or float64.
        ///     offset_maps (array or torch.Tensor): Shape (2K, H, W), in heatmap pixels.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (1, K, 2), input pixels, float32. Where no value is above 0,
        ///       the offsets of the first pixel.
        ///     - scores (array): Shape (1, K), the maxima, of the heatmaps' dtype.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, or maps without a pixel.
        fn decode<'py>(&self, py: Python<'py>, encoded: Any<'_, 'py>, offset_maps: Any<'_, 'py>) -> Decoded<'py> {
            decode(py, self.0.get()?, Call::Single, encoded, (offset_maps, "offset_maps"))
        }

        /// Decode a batch.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     batch_encoded (array or torch.Tensor): Heatmaps, shape (B, K, H, W), float16, float32 or
        ///         float64.
        ///     batch_offset_maps (array or torch.Tensor): Shape (B, 2K, H, W), in heatmap pixels.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
        ///     - scores (array): Shape (B, 1, K), of the heatmaps' dtype.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``.
        fn batch_decode<'py>(
            &self, py: Python<'py>, batch_encoded: Any<'_, 'py>, batch_offset_maps: Any<'_, 'py>,
        ) -> Decoded<'py> {
            decode(py, self.0.get()?, Call::Batch, batch_encoded, (batch_offset_maps, "batch_offset_maps"))
        }
    }
}

/// Decodes the heatmaps and offset maps of one sample or of a batch.
fn decode<'py>(
    py: Python<'py>,
    codec: &heatmaps::SkpsHeatmap,
    call: Call,
    encoded: Any<'_, 'py>,
    (offset_maps, offsets_name): (Any<'_, 'py>, &'static str),
) -> Decoded<'py> {
    let name = encoded_name(call);
    let maps = NetworkOutput::read(encoded, name)?;
    let offsets = NetworkOutput::read(offset_maps, offsets_name)?;
    let shape = match (call, maps.shape()) {
        (Call::Single, &[count, height, width]) => [1, count, height, width],
        (Call::Batch, &[batch, count, height, width]) => [batch, count, height, width],
        (_, got) => {
            return Err(shape_error(py, name, call, ["(K, H, W)", "(B, K, H, W)"], got));
        }
    };
    let rename = |error: posecodec::Error| {
        error.rename_argument("heatmaps", name).rename_argument("offset_maps", offsets_name)
    };
    let checked = heatmaps::SkpsHeatmap::check_offset_maps(maps.shape(), offsets.shape());
    checked.map_err(|error| crate::error::to_py_err(py, &rename(error)))?;
    let [batch, count, ..] = shape;
    let mut keypoints =
        OutputArray::<f32>::zeros(py, "keypoints", &call.shape(batch, &[1, count, 2]))?;
    let scores = in_own_precision!(&maps, maps => {
        let mut scores = OutputArray::zeros(py, "scores", &call.shape(batch, &[1, count]))?;
        let (points, _) = keypoints.values_mut().as_chunks_mut();
        let (maps, values) = (maps.values(), scores.values_mut());
        in_own_precision!(&offsets, offsets => {
            let offsets = offsets.values();
            enter(py, maps.len(), || {
                let decoded = codec.decode_flat(maps, offsets, shape, points, values);
                decoded.map_err(rename)
            })?;
        });
        scores.into_any()
    });
    Ok((keypoints.into_any(), scores))
}
