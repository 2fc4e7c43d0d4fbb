//! The Python extension module `posecodec_rs._core`: signatures, docstrings and conversions around
//! the crate `posecodec`. No arithmetic stands here.

mod answer;
mod arguments;
mod base;
mod call;
mod codecs;
mod convert;
mod crop;
mod decode;
mod decode_simcc;
mod edpose;
mod encode;
mod error;
mod flip;
mod functional;
mod hand_3d;
mod lifting;
mod memory;
mod reserve;
mod simcc_3d;
mod threads;
mod yolox_pose;

use pyo3::prelude::*;

// Sound without the GIL, on free-threaded Python: classes are frozen, what their `__init__` makes is
// set once (`base.rs`), and what else is shared is a lock or an atomic (`memory.rs`, `error.rs`;
// `parallel.rs` and `simd.rs` of the crate). Arrays are their caller's to guard, as in NumPy.
#[pymodule(gil_used = false)]
mod _core {
    use super::*;

    #[pymodule_export]
    use crate::base::{BaseKeypointCodec, rebuild};
    #[pymodule_export]
    use crate::codecs::{
        AssociativeEmbedding, DecoupledHeatmap, EdPoseLabel, Hand3dHeatmap, ImagePoseLifting,
        IntegralRegressionLabel, MegviiHeatmap, MotionBertLabel, MsraHeatmap, RegressionLabel,
        Simcc3dLabel, SimccLabel, Spr, UdpHeatmap, VideoPoseLifting, YoloxPoseAnnotationProcessor,
    };
    #[pymodule_export]
    use crate::crop::to_image;
    #[pymodule_export]
    use crate::functional::{
        batch_heatmap_nms, camera_to_image_coord, camera_to_pixel, gaussian_blur, gaussian_blur1d,
        generate_3d_gaussian_heatmaps, generate_displacement_heatmap, generate_gaussian_heatmaps,
        generate_offset_heatmap, generate_udp_gaussian_heatmaps,
        generate_unbiased_gaussian_heatmaps, get_diagonal_lengths, get_heatmap_3d_maximum,
        get_heatmap_maximum, get_instance_bbox, get_instance_root, get_simcc_maximum,
        get_simcc_normalized, pixel_to_camera, refine_keypoints, refine_keypoints_dark,
        refine_keypoints_dark_udp, refine_simcc_dark,
    };
    #[pymodule_export]
    use crate::threads::{force_simd_tier, get_num_threads, set_num_threads, simd_tiers};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("InvalidInputError", crate::error::invalid_input_type(module.py())?)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
