//! The functions of `mmpose.codecs.utils`, one group per file: signatures, docstrings and conversions
//! for `posecodec::functional`.

mod blur;
mod camera;
mod gaussian;
mod instances;
mod maxima;
mod offsets;
mod points;
mod refine;
mod simcc;
mod stacks;

use pyo3::prelude::*;

/// Adds the functions to the module but not to its `__all__`, which lists the exports of `posecodec_rs`.
pub(crate) fn add_helpers(module: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! add {
        ($($file:ident::$helper:ident),* $(,)?) => {$(
            module.setattr(stringify!($helper), wrap_pyfunction!($file::$helper, module)?)?;
        )*};
    }
    add!(
        blur::batch_heatmap_nms,
        blur::gaussian_blur,
        blur::gaussian_blur1d,
        camera::camera_to_image_coord,
        camera::camera_to_pixel,
        camera::pixel_to_camera,
        gaussian::generate_3d_gaussian_heatmaps,
        gaussian::generate_gaussian_heatmaps,
        gaussian::generate_udp_gaussian_heatmaps,
        gaussian::generate_unbiased_gaussian_heatmaps,
        instances::get_diagonal_lengths,
        instances::get_instance_bbox,
        instances::get_instance_root,
        maxima::get_heatmap_3d_maximum,
        maxima::get_heatmap_maximum,
        offsets::generate_displacement_heatmap,
        offsets::generate_offset_heatmap,
        refine::refine_keypoints,
        refine::refine_keypoints_dark,
        refine::refine_keypoints_dark_udp,
        refine::refine_simcc_dark,
        simcc::get_simcc_maximum,
        simcc::get_simcc_normalized,
    );
    stacks::add_functions(module)
}
