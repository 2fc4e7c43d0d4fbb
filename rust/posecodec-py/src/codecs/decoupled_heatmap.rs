//! The Python class `DecoupledHeatmap`.

use posecodec::codecs::people;
use pyo3::prelude::*;

use crate::class::{Any, Decoded, codec_class, identity, key_set, phrase};
use crate::convert::new_array;
use crate::decode::{decode_instance_batch, decode_instances};
use crate::encode::encode_decoupled;

codec_class! {
    /// Represent several people as heatmaps of all of them and heatmaps of each (contextual instance
    /// decoupling, CID).
    ///
    /// Paper: `Contextual Instance Decoupling for Robust Multi-Person Pose Estimation
    /// <https://openaccess.thecvf.com/content/CVPR2022/html/Wang_Contextual_Instance_Decoupling_for_Robust_Multi-Person_Pose_Estimation_CVPR_2022_paper.html>`_
    /// (Wang and Zhang 2022).
    ///
    /// Encoding shifts roots by up to one pixel at random, and draws people at random if there are too
    /// many: from ``numpy.random`` and ``random``, in MMPose's order, so that equal seeds give equal
    /// results.
    class DecoupledHeatmap("DecoupledHeatmap", people::DecoupledHeatmap);
    args {
        /// Input size (w, h) in pixels.
        input_size: size;
        /// Heatmap size (W, H) in pixels.
        heatmap_size: size;
        /// ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the center of the
        /// box around them.
        root_type: string = "kpt_center";
        /// The overlap of boxes from which sigmas are computed, 0 to 1.
        heatmap_min_overlap: number = 0.7;
        /// Maximum number of people who get heatmaps of their own.
        encode_max_instances: count = 30;
    }
    raises "For a size of 0, an unknown root type, or an overlap that is not between 0 and 1.";
    build |arguments| {
        let root_type = root_type.parse()?;
        people::DecoupledHeatmap::new(input_size, heatmap_size, people::DecoupledHeatmapOptions {
            root_type, heatmap_min_overlap, max_instances: encode_max_instances,
        })
    };
    encode(keypoints; keypoints_visible, bbox) |py, codec, call| {
        encode_decoupled(py, codec, call, keypoints, keypoints_visible, bbox)
    }
    sample_doc {
        /// Encode the keypoints of the people in one image.
        ///
        /// There is no ``out``: the number M of people with heatmaps of their own is only known afterwards.
        ///
        /// Args:
        ///     keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
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
        ///       float32 (float64 if M is 0, as in MMPose).
        ///     - keypoint_weights (array): Shape (M, K), the visibilities and their dtype, 0 for keypoints
        ///       whose Gaussian is outside the map; shape (0,), float64, if M is 0.
        ///     - instance_coords (array): Shape (M, 2), the roots in heatmap pixels, int32.
        ///
        /// Raises:
        ///     InvalidInputError: For a wrong shape or dtype.
    }
    batch_doc {
        /// Encode the people of a batch of images, one image after the other, in the order of the random
        /// numbers.
        ///
        /// Args:
        #[doc = phrase!(image_args)]
        ///     bbox (array or list, optional): Shape (B, N, 8), or a list of arrays (N, 8).
        ///
        /// Returns:
        ///     dict: ``heatmaps`` with a leading B, and lists of B arrays for the others.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``encode``, or for images with different K.
    }
    tables {
        auxiliary_encode_keys: key_set ["bbox"];
        label_mapping_table: identity ["keypoint_weights", "instance_coords"];
        field_mapping_table: identity ["heatmaps", "instance_heatmaps"];
    }
    methods {
        #[doc = phrase!(scale_factor)]
        #[getter]
        fn scale_factor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            new_array(py, "scale_factor", &[2], &self.0.get()?.scale_factor())
        }

        /// Decode the heatmaps of the people in one image.
        ///
        /// Args:
        ///     instance_heatmaps (array or torch.Tensor): Shape (N, K, H, W), float16, float32 or float64.
        ///     instance_scores (array or torch.Tensor): Shape (N, 1), the confidence of each person.
        ///
        /// Returns:
        ///     tuple:
        ///     - keypoints (array): Shape (N, K, 2), input pixels, float32; shifted by a quarter of a heatmap
        ///       pixel towards the larger neighbor. One pixel before the first where no value is above 0.
        ///     - scores (array): Shape (N, K), the maxima times the person's score, of the heatmaps' dtype.
        ///
        /// Raises:
        ///     InvalidInputError: For another shape or dtype, or maps without a pixel.
        fn decode<'py>(
            &self, py: Python<'py>, instance_heatmaps: Any<'_, 'py>, instance_scores: Any<'_, 'py>,
        ) -> Decoded<'py> {
            decode_instances(py, self.0.get()?, instance_heatmaps, instance_scores)
        }

        /// Decode the heatmaps of the people in a batch of images.
        ///
        #[doc = phrase!(threads)]
        ///
        /// Args:
        ///     instance_heatmaps (array, torch.Tensor or list): Shape (B, N, K, H, W), or a list of arrays
        ///         (N, K, H, W); or shape (M, K, H, W), as MMPose's heads pass them: then each person is
        ///         an image of its own.
        ///     instance_scores (array, torch.Tensor or list): Shape (B, N, 1), a list of arrays (N, 1), or
        ///         shape (M, 1).
        ///
        /// Returns:
        ///     tuple: Keypoints and scores with a leading B (N is 1 for maps of shape (M, K, H, W)), or
        ///     lists of the results of ``decode``.
        ///
        /// Raises:
        ///     InvalidInputError: As for ``decode``.
        fn batch_decode<'py>(
            &self, py: Python<'py>, instance_heatmaps: Any<'_, 'py>, instance_scores: Any<'_, 'py>,
        ) -> Decoded<'py> {
            decode_instance_batch(py, self.0.get()?, instance_heatmaps, instance_scores)
        }
    }
}
