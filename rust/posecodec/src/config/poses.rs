//! The codecs that lift 2D poses to 3D.

use ndarray::Array2;

use crate::codecs::poses::{
    ImagePoseLifting, ImagePoseLiftingOptions, MotionBertLabel, MotionBertLabelOptions,
    MotionBertMode, Statistics, VideoPoseLifting, VideoPoseLiftingOptions,
};
use crate::config::config;
use crate::config::fields::OneOrMany;
use crate::error::{Error, Result};

/// Means or standard deviations, one row per keypoint.
type Rows = Vec<Vec<f32>>;

config! {
    ImagePoseLifting as "ImagePoseLifting" {
        num_keypoints: usize,
        root_index: Option<OneOrMany<usize>>,
        remove_root: Option<bool>,
        save_index: Option<bool>,
        reshape_keypoints: Option<bool>,
        concat_vis: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        keypoints_mean: Option<Rows>,
        #[serde(skip_serializing_if = "Option::is_none")]
        keypoints_std: Option<Rows>,
        #[serde(skip_serializing_if = "Option::is_none")]
        target_mean: Option<Rows>,
        #[serde(skip_serializing_if = "Option::is_none")]
        target_std: Option<Rows>,
        // For subclasses in Python.
        #[serde(default, skip_serializing)]
        additional_encode_keys: Option<OneOrMany<String>>,
    }
    read(config) {
        let _ = config.additional_encode_keys;
        let usual = ImagePoseLiftingOptions::default();
        let options = ImagePoseLiftingOptions {
            root_index: config.root_index.map_or(usual.root_index, OneOrMany::into_vec),
            remove_root: config.remove_root.unwrap_or(usual.remove_root),
            save_index: config.save_index.unwrap_or(usual.save_index),
            reshape_keypoints: config.reshape_keypoints.unwrap_or(usual.reshape_keypoints),
            concat_vis: config.concat_vis.unwrap_or(usual.concat_vis),
            keypoints: statistics(
                ["keypoints_mean", "keypoints_std"],
                [config.keypoints_mean, config.keypoints_std],
            )?,
            target: statistics(
                ["target_mean", "target_std"],
                [config.target_mean, config.target_std],
            )?,
        };
        ImagePoseLifting::new(config.num_keypoints, options)
    }
    write(codec) {
        let options = codec.options();
        let [keypoints_mean, keypoints_std] = rows(options.keypoints.as_ref());
        let [target_mean, target_std] = rows(options.target.as_ref());
        Config {
            codec: Some(Name::Name),
            num_keypoints: codec.num_keypoints(),
            root_index: Some(OneOrMany::Many(options.root_index.clone())),
            remove_root: Some(options.remove_root),
            save_index: Some(options.save_index),
            reshape_keypoints: Some(options.reshape_keypoints),
            concat_vis: Some(options.concat_vis),
            keypoints_mean,
            keypoints_std,
            target_mean,
            target_std,
            additional_encode_keys: None,
        }
    }
}

config! {
    VideoPoseLifting(VideoPoseLiftingOptions) as "VideoPoseLifting" {
        required { num_keypoints: usize }
        optional {
            "zero_center" zero_center: bool,
            "root_index" root_index: Vec<usize>,
            "remove_root" remove_root: bool,
            "save_index" save_index: bool,
            "reshape_keypoints" reshape_keypoints: bool,
            "concat_vis" concat_vis: bool,
            "normalize_camera" normalize_camera: bool,
        }
    }
}

config! {
    MotionBertLabel(MotionBertLabelOptions) as "MotionBERTLabel" {
        required { num_keypoints: usize }
        optional {
            "root_index" root_index: usize,
            "concat_vis" concat_vis: bool,
            "rootrel" rootrel: bool,
            "mode" mode: MotionBertMode,
        }
        unused { remove_root: bool, save_index: bool }
    }
}

/// Means and standard deviations, both or neither.
fn statistics(names: [&'static str; 2], rows: [Option<Rows>; 2]) -> Result<Option<Statistics>> {
    match rows {
        [None, None] => Ok(None),
        [Some(mean), Some(std)] => {
            Ok(Some(Statistics { mean: matrix(names[0], mean)?, std: matrix(names[1], std)? }))
        }
        [None, Some(_)] => Err(missing(names[0], names[1])),
        [Some(_), None] => Err(missing(names[1], names[0])),
    }
}

fn missing(argument: &'static str, given: &str) -> Error {
    Error::invalid(argument, format!("must be given with `{given}`"), "none")
}

fn matrix(argument: &'static str, rows: Rows) -> Result<Array2<f32>> {
    let columns = rows.first().map_or(0, Vec::len);
    if let Some(row) = rows.iter().find(|row| row.len() != columns) {
        let wanted = format!("must have {columns} values per keypoint, as its first");
        return Err(Error::invalid(argument, wanted, row.len()));
    }
    let shape = (rows.len(), columns);
    let values = rows.into_iter().flatten().collect();
    Ok(Array2::from_shape_vec(shape, values).expect("rows of equal length"))
}

/// Means and standard deviations as rows.
fn rows(statistics: Option<&Statistics>) -> [Option<Rows>; 2] {
    let rows = |array: &Array2<f32>| array.outer_iter().map(|row| row.to_vec()).collect();
    [
        statistics.map(|statistics| rows(&statistics.mean)),
        statistics.map(|statistics| rows(&statistics.std)),
    ]
}
