//! The helpers of `mmpose.codecs.utils`, a group a file: signatures, docstrings and conversions around
//! `posecodec::functional`.

mod blur;
mod camera;
mod gaussian;
mod instances;
mod maxima;
mod offsets;
mod points;
mod refine;
mod simcc;

pub(crate) use blur::{batch_heatmap_nms, gaussian_blur, gaussian_blur1d};
pub(crate) use camera::{camera_to_image_coord, camera_to_pixel, pixel_to_camera};
pub(crate) use gaussian::{
    generate_3d_gaussian_heatmaps, generate_gaussian_heatmaps, generate_udp_gaussian_heatmaps,
    generate_unbiased_gaussian_heatmaps,
};
pub(crate) use instances::{get_diagonal_lengths, get_instance_bbox, get_instance_root};
pub(crate) use maxima::{get_heatmap_3d_maximum, get_heatmap_maximum};
pub(crate) use offsets::{generate_displacement_heatmap, generate_offset_heatmap};
pub(crate) use refine::{
    refine_keypoints, refine_keypoints_dark, refine_keypoints_dark_udp, refine_simcc_dark,
};
pub(crate) use simcc::{get_simcc_maximum, get_simcc_normalized};
