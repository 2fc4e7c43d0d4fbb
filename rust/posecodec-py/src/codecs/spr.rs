//! The Python class `SPR`.

use posecodec::codecs::people;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::call::Call;
use crate::class::{Any, Decoded, Opt, codec_class, identity, phrase};
use crate::convert::new_array;
use crate::decode::{decode_people_on_device, decode_spr, decode_spr_images, decode_spr_peaks};
use crate::encode::encode_images;

/// One or two standard deviations as a tuple, also where the argument is `None`.
fn sigmas<'py>(slf: &Bound<'py, Spr>, kept: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    if kept.is_none() {
        let codec = slf.get().0.get()?;
        let sigmas: Vec<f64> =
            [codec.root_sigma()].into_iter().chain(codec.keypoint_sigma()).collect();
        return Ok(PyTuple::new(py, sigmas)?.into_any());
    }
    Ok(if kept.is_instance_of::<PyTuple>() { kept } else { PyTuple::new(py, [kept])?.into_any() })
}

codec_class! {
    /// Represent several people as a heatmap of their roots and displacements from the roots to their
    /// keypoints (structured pose representation).
    ///
    /// Paper: `Single-Stage Multi-Person Pose Machines <https://arxiv.org/abs/1908.09220>`_ (Nie et al.
    /// 2019).
    class Spr("SPR", people::Spr);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// Standard deviation of the roots' Gaussians and, if there are keypoint heatmaps, of the
        /// keypoints', in heatmap pixels; also the radius around a root in which displacements have a
        /// target. By default sqrt(W*H) / 32 and half of it, rounded down (a Gaussian of 0 is one
        /// pixel). The attribute is a tuple.
        sigma: numbers = None => sigmas;
        /// Also encode a heatmap per keypoint.
        generate_keypoint_heatmaps: flag = False;
        /// ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the center of the
        /// box around them.
        root_type: string = "kpt_center";
        /// People whose box has a shorter diagonal, in heatmap pixels, get no target.
        minimal_diagonal_length: number = 5;
        /// Loss weight where a heatmap is 0.
        background_weight: number = 0.1;
        /// Size of the neighborhood, in heatmap pixels, of which a root must be the maximum; odd.
        decode_nms_kernel: count = 5;
        /// Maximum number of people to decode.
        decode_max_instances: count = 30;
        /// The value that a root must exceed.
        decode_thr: number = 0.01;
    }
    raises "For a size of 0, an unknown root type, a sigma that is not positive and finite or is missing"
        "for keypoints, or an even kernel size.";
    build |arguments| {
        let options = people::SprOptions {
            generate_keypoint_heatmaps,
            root_type: root_type.parse()?,
            minimal_diagonal_length,
            background_weight,
            nms_kernel: decode_nms_kernel,
            max_instances: decode_max_instances,
            threshold: decode_thr,
            ..Default::default()
        };
        people::Spr::new(input_size, heatmap_size, options.with_sigmas(&sigma)?)
    };
    encode(keypoints; keypoints_visible; out, dtype) |py, codec, call| {
        encode_images(py, codec, call, keypoints, keypoints_visible, (out, dtype))
    }
    sample_doc {
        /// Encode the keypoints of the people in one image. All targets are float32.
        ///
        /// Args:
        ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
        ///         converted). NaN and infinite keypoints count as not visible.
        ///     keypoints_visible (array, optional): Shape (N, K). Above 0 a keypoint counts towards root
        ///         and size, from 0.5 on it is in its heatmap, from 1 on it has displacements. Default:
        ///         all visible.
        #[doc = phrase!(out)]
        #[doc = phrase!(dtype)]
        ///
        /// Returns:
        ///     dict:
        ///     - heatmaps (array): Shape (1, H, W), the roots'; or (K+1, H, W), the roots' last.
        ///     - heatmap_weights (array): Of that shape; 1 where a heatmap is above 0, else the background
        ///       weight.
        ///     - displacements (array): Shape (2K, H, W), x and y alternating, in heatmap pixels to the
        ///       keypoint; 0 away from roots. Where people overlap, those of the smaller one.
        ///     - displacement_weights (array): Of that shape; 1 / the diagonal of the person's box in
        ///       heatmap pixels, 0 away from roots.
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
        #[doc = phrase!(dtype)]
        ///
        /// Returns:
        ///     dict: The arrays of ``encode``, each with a leading B.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``, or for images with different K.
    }
    profiles_doc {
        #[doc = phrase!(encode_profiles "the maxima of the people's\nproducts in float32: ``(y_profiles[..., :, None] * x_profiles[..., None, :]).max(1)``")]
        /// ``heatmap_weights`` are 1 where a heatmap is above 0, else the background weight.
        /// ``displacements`` and ``displacement_weights`` are 0 outside of the patches. Where patches
        /// overlap, they are equal.
        #[doc = phrase!(profile_args "N")]
        ///
        /// Returns:
        ///     dict:
        ///     - x_profiles (array): Shape (B, N, M, W), float32, for M = 1 or K + 1 heatmaps, the roots'
        ///       last.
        ///     - y_profiles (array): Shape (B, N, M, H), float32.
        ///     - displacement_patches (array): Shape (B, N, 2K, h, w), float32: a part of the displacements
        ///       around each person's root.
        ///     - weight_patches (array): The same part of the displacement weights.
        ///     - patch_starts (array): Shape (B, N, 2), int64: the first pixel (x, y) of each patch.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``batch_encode``.
    }
    tables {
        field_mapping_table: identity ["heatmaps", "heatmap_weights", "displacements", "displacement_weights"];
    }
    methods {
        #[doc = phrase!(scale_factor)]
        #[getter]
        fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
        }

        /// Decode the maps of one image. For torch tensors, the results are torch tensors on the same
        /// device.
        ///
        /// Args:
        ///     heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
        ///         float16, float32 or float64.
        ///     displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap pixels.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
        ///       dtype, the person with the highest root value first.
        ///     - scores (tuple): The values of the roots, shape (N,), and those of the keypoints, shape
        ///       (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, or maps with fewer pixels than people to
        ///         decode.
        fn decode<'py>(
            slf: &Bound<'py, Self>, heatmaps: Any<'_, 'py>, displacements: Any<'_, 'py>,
        ) -> Decoded<'py> {
            let maps = [heatmaps, displacements];
            if let Some(decoded) = decode_people_on_device(slf, Call::Single, maps)? {
                return Ok(decoded);
            }
            decode_spr(slf.py(), slf.get().0.get()?, heatmaps, displacements)
        }

        /// Decode the maps of a batch of images.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
        ///         list of B.
        ///     batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.
        ///
        /// Returns:
        ///     tuple: The results of ``decode``, as lists of B: keypoints, and scores.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``.
        fn batch_decode<'py>(
            slf: &Bound<'py, Self>, batch_heatmaps: Any<'_, 'py>, batch_displacements: Any<'_, 'py>,
        ) -> Decoded<'py> {
            let maps = [batch_heatmaps, batch_displacements];
            if let Some(decoded) = decode_people_on_device(slf, Call::Batch, maps)? {
                return Ok(decoded);
            }
            decode_spr_images(slf.py(), slf.get().0.get()?, batch_heatmaps, batch_displacements)
        }

        /// Decode images from the peaks of their root heatmaps.
        ///
        /// The results are those of ``batch_decode`` of the whole maps, bit-identical, except where they
        /// are None: equal values above the threshold, or NaN, need the whole maps.
        ///
        /// Args:
        ///     values (array or torch.Tensor): Shape (B, P), with P = min(decode_max_instances + 1, H * W);
        ///         float16, float32 or float64: the largest values of the root heatmaps in descending order,
        ///         NaN first, after pixels of which one in the neighborhood is larger were set to 0.
        ///     indices (array or torch.Tensor): Shape (B, P), integers: their pixels, as y * W + x.
        ///     displacements (array or torch.Tensor): Shape (B, 2K, P): the displacements at these pixels.
        ///     windows (array or torch.Tensor, optional): Shape (B, K, P, 4, 4), with keypoint heatmaps: the
        ///         pixels from -1 to 2 along y and x around each keypoint's location in its heatmap. Along
        ///         each axis the location is the peak's pixel plus the displacement rounded down, limited to
        ///         the heatmap, and 0 for NaN. Pixels outside the heatmap may have any value.
        ///     size (tuple, optional): Size (W, H) of the heatmaps. Default: ``heatmap_size``.
        ///
        /// Returns:
        ///     tuple: The results of ``decode``, as lists of B: keypoints, and scores. Both are None for an
        ///     image that must be decoded from the whole maps.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, values in another order, an index outside the
        ///         heatmap, a negative ``decode_thr``, or heatmaps with fewer pixels than people to decode.
        #[pyo3(signature = (values, indices, displacements, windows=None, *, size=None))]
        fn decode_peaks<'py>(
            &self, py: Python<'py>, values: Any<'_, 'py>, indices: Any<'_, 'py>,
            displacements: Any<'_, 'py>, windows: Opt<'_, 'py>, size: Opt<'_, 'py>,
        ) -> Decoded<'py> {
            decode_spr_peaks(py, self.0.get()?, values, indices, displacements, windows, size)
        }
    }
}
