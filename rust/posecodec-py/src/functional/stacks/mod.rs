//! What `posecodec_rs.mmpose0`, `hrnet`, `transformers`, `deeplabcut`, `sleap` and `mmaction` call. Their
//! Python modules have the signatures and docstrings of those projects, so these functions are private.

mod boxes;
mod dark;
mod decode;
mod deeplabcut;
mod hrnet;
mod mmaction;
mod parser;
mod sleap;
mod targets;
mod transformers;

use pyo3::prelude::*;

/// Adds the functions to the module.
pub(super) fn add_functions(module: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! add {
        ($($name:literal: $file:ident::$function:ident),* $(,)?) => {$(
            module.setattr($name, wrap_pyfunction!($file::$function, module)?)?;
        )*};
    }
    add!(
        "_bottom_up_heatmaps": targets::bottom_up_heatmaps,
        "_bottom_up_sigma": targets::bottom_up_sigma,
        "_confidence_maps": sleap::confidence_maps,
        "_dlc_dekr": deeplabcut::dlc_dekr,
        "_dlc_heatmaps": deeplabcut::dlc_heatmaps,
        "_dlc_part_affinity_fields": deeplabcut::dlc_part_affinity_fields,
        "_dlc_simcc": deeplabcut::dlc_simcc,
        "_encode_joints": targets::encode_joints,
        "_flip_back": parser::flip_back,
        "_get_final_preds": hrnet::get_final_preds,
        "_get_keypoint_predictions": transformers::get_keypoint_predictions,
        "_get_max_preds": hrnet::get_max_preds,
        "_keypoints_from_heatmaps": decode::keypoints_from_heatmaps,
        "_keypoints_from_heatmaps3d": decode::keypoints_from_heatmaps3d,
        "_keypoints_from_regression": boxes::keypoints_from_regression,
        "_match_tags": parser::match_tags,
        "_parse_heatmaps": parser::parse_heatmaps,
        "_part_affinity_fields": sleap::part_affinity_fields,
        "_person_heatmaps": transformers::person_heatmaps,
        "_pose_targets": mmaction::pose_targets,
        "_post_dark_udp": dark::post_dark_udp,
        "_post_dark_unbiased_data_processing": dark::post_dark_unbiased_data_processing,
        "_regression_target": targets::regression_target,
        "_top_candidates": parser::top_candidates,
        "_top_down_target": targets::top_down_target,
        "_transform_preds": boxes::transform_preds,
    );
    Ok(())
}
