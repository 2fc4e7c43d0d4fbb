//! The Python class `AssociativeEmbedding`.

use posecodec::codecs::people;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::class::{Any, codec_class, list, phrase};
use crate::convert::new_array;
use crate::decode::decode_grouped;
use crate::encode::encode_images;

/// The standard deviation, also where the argument is `None`.
fn sigma<'py>(
    slf: &Bound<'py, AssociativeEmbedding>,
    kept: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    if kept.is_none() {
        return slf.get().0.get()?.sigma().into_bound_py_any(slf.py());
    }
    Ok(kept)
}

codec_class! {
    /// Represent several people as heatmaps of all of them, and distinguish them by tags that a network
    /// learns (associative embedding).
    ///
    /// Papers: `Associative Embedding: End-to-End Learning for Joint Detection and Grouping
    /// <https://arxiv.org/abs/1611.05424>`_ (Newell et al. 2017), and with ``use_udp`` `UDP
    /// <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
    class AssociativeEmbedding("AssociativeEmbedding", people::AssociativeEmbedding);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// Standard deviation of the Gaussians, in heatmap pixels; sqrt(W*H) / 64 by default.
        sigma: optional_number = None => sigma;
        /// Center Gaussians on the exact keypoint, scale by (w-1)/(W-1), and decode with DARK; else
        /// center them on the rounded keypoint, scale by w/W, and shift by a quarter of a pixel.
        use_udp: flag = False;
        /// The order in which keypoints are grouped, each index once; usually from the head outwards.
        /// Required for decoding.
        decode_keypoint_order: indices = () => list;
        /// Size of the neighborhood, in heatmap pixels, of which a candidate must be the maximum; odd.
        decode_nms_kernel: count = 5;
        /// Kernel size of the blur before DARK, with ``use_udp``; odd.
        decode_gaussian_kernel: count = 3;
        /// The heatmap value that a candidate must exceed.
        decode_keypoint_thr: number = 0.1;
        /// The distance of tags from which on a keypoint does not join a person.
        decode_tag_thr: number = 1.0;
        /// Maximum number of candidates per keypoint.
        decode_topk: count = 30;
        /// Heatmap pixels that are added to detected keypoints.
        decode_center_shift: number = 0.0;
        /// Maximum number of people to decode; all by default.
        decode_max_instances: optional_count = None;
    }
    raises "For a size of 0, a sigma that is not positive and finite, an even kernel size, or an order"
        "with repeats or gaps.";
    build |arguments| people::AssociativeEmbedding::new(
        input_size,
        heatmap_size,
        people::AssociativeEmbeddingOptions {
            sigma,
            use_udp,
            keypoint_order: decode_keypoint_order,
            nms_kernel: decode_nms_kernel,
            gaussian_kernel: decode_gaussian_kernel,
            keypoint_threshold: decode_keypoint_thr,
            tag_threshold: decode_tag_thr,
            top_k: decode_topk,
            center_shift: decode_center_shift,
            max_instances: decode_max_instances,
        },
    );
    encode(keypoints; keypoints_visible; out, dtype) |py, codec, call| {
        encode_images(py, codec, call, keypoints, keypoints_visible, (out, dtype))
    }
    sample_doc {
        /// Encode the keypoints of the people in one image.
        ///
        /// Args:
        ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
        ///         converted). NaN and infinite keypoints have no target, index 0 and weight 0.
        ///     keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
        ///         all visible.
        #[doc = phrase!(out)]
        #[doc = phrase!(dtype)]
        ///
        /// Returns:
        ///     dict:
        ///     - heatmaps (array): Shape (K, H, W), float32; the maximum where Gaussians overlap.
        ///     - keypoint_indices (array): Shape (N, K, 2), int64: the pixel of the keypoint as y*W + x,
        ///       and 1 if it is visible and inside, else 0.
        ///     - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for keypoints
        ///       whose Gaussian is outside the map.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape, dtype or ``out``.
    }
    batch_doc {
        /// Encode the people of a batch of images.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        #[doc = phrase!(image_args)]
        #[doc = phrase!(out)]
        ///         Not for lists.
        #[doc = phrase!(dtype)]
        ///
        /// Returns:
        ///     dict: The arrays of ``encode``, each with a leading B; from lists, ``keypoint_indices`` and
        ///     ``keypoint_weights`` are lists of arrays, one per image.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``, or for images with different K.
    }
    profiles_doc {
        #[doc = phrase!(encode_profiles "the maxima of the people's\nproducts in float32: ``(y_profiles[..., :, None] * x_profiles[..., None, :]).max(1)``")]
        #[doc = phrase!(profile_args "N")]
        ///
        /// Returns:
        ///     dict:
        ///     - x_profiles (array): Shape (B, N, K, W), float32.
        ///     - y_profiles (array): Shape (B, N, K, H), float32.
        ///     - keypoint_indices, keypoint_weights (array): As for ``batch_encode``.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``batch_encode``.
    }
    tables {}
    methods {
        #[doc = phrase!(scale_factor)]
        #[getter]
        fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
        }

        /// Not implemented: as in MMPose, this codec only decodes batches. See ``batch_decode``.
        ///
        /// Raises:
        ///     NotImplementedError: Always.
        fn decode(&self, encoded: Any<'_, '_>) -> PyResult<Py<PyAny>> {
            let _ = encoded;
            Err(PyNotImplementedError::new_err("AssociativeEmbedding decodes with batch_decode"))
        }

        /// Decode the heatmaps and tags of a batch of images.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Candidates with equal values are in the order of torch's ``topk`` on Linux. Candidates whose tag
        /// is NaN or infinite belong to no person.
        ///
        /// Args:
        ///     batch_heatmaps (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
        ///     batch_tags (array or torch.Tensor): Shape (B, L*K, H, W), the first channel of all keypoints
        ///         first; float16, float32 or float64.
        ///
        /// Returns:
        ///     tuple:
        ///     - batch_keypoints (list): B arrays of shape (N, K, 2), float32, input pixels. A keypoint
        ///       that was not detected is where its heatmap and its tag match the person best.
        ///     - batch_scores (list): B arrays of shape (N, K), float32, the heatmap values. With
        ///       ``use_udp``, a keypoint that was not detected has the logarithm of the blurred value,
        ///       which may be negative: MMPose blurs its maps in place before it reads that value.
        ///     - batch_instance_scores (list): B arrays of shape (N,), float32, the mean value, with 0 for
        ///       keypoints that were not detected.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, maps of different sizes or with fewer pixels
        ///         than candidates, or an order that does not have each of the K keypoints.
        fn batch_decode<'py>(
            &self, py: Python<'py>, batch_heatmaps: Any<'_, 'py>, batch_tags: Any<'_, 'py>,
        ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>, Bound<'py, PyList>)> {
            decode_grouped(py, self.0.get()?, batch_heatmaps, batch_tags)
        }
    }
}
