//! Codecs read from config dicts and written to them.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ndarray::{ArrayViewD, IxDyn, OwnedRepr};
use ndarray_npy::NpzReader;
use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapKind};
use posecodec::codecs::people::{AssociativeEmbedding, RootType, Spr};
use posecodec::codecs::poses::{ImagePoseLifting, MotionBertLabel};
use posecodec::codecs::simcc::{SimccLabel, SimccSmoothing};
use posecodec::config::AnyCodec;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, from_value, json, to_value};

/// A recorded value as JSON: recordings keep tuples apart from lists, and arrays in the archive.
fn plain(recorded: &Value, npz: &mut NpzReader<File>) -> Value {
    let list = recorded.get("tuple").or_else(|| recorded.get("list"));
    if let Some(list) = list {
        return list.as_array().expect("a list").iter().map(|item| plain(item, npz)).collect();
    }
    if let Some(items) = recorded.get("dict") {
        let items = items.as_object().expect("a dict").iter();
        return items
            .map(|(name, value)| (name.clone(), plain(value, npz)))
            .collect::<Map<_, _>>()
            .into();
    }
    if let Some(name) = recorded["array"].as_str() {
        let single = npz.by_name::<OwnedRepr<f32>, IxDyn>(name);
        let values = single.map(|values| values.mapv(f64::from));
        let values = values.or_else(|_| npz.by_name::<OwnedRepr<f64>, IxDyn>(name));
        return nested(values.expect("numbers").view());
    }
    recorded["value"].clone()
}

/// An array as nested lists.
fn nested(array: ArrayViewD<'_, f64>) -> Value {
    match array.ndim() {
        1 => array.iter().copied().collect(),
        _ => array.outer_iter().map(nested).collect(),
    }
}

/// The config dicts of all codecs that were recorded with MMPose.
fn recorded() -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let files =
        fs::read_dir(folder).expect("recordings").map(|entry| entry.expect("a file").path());
    files
        .filter(|path| path.extension().is_some_and(|ext| ext == "npz"))
        .flat_map(configs)
        .collect()
}

fn configs(path: impl AsRef<Path>) -> Vec<Value> {
    let name = path.as_ref().file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
    let mut npz = NpzReader::new(File::open(path).expect("a recording")).expect("an archive");
    let manifest = npz.by_name::<OwnedRepr<u8>, IxDyn>("manifest").expect("bytes");
    let manifest: Value =
        serde_json::from_slice(manifest.as_slice().expect("contiguous")).expect("JSON");
    let cases = manifest["cases"].as_array().expect("cases").iter();
    let configs = cases.filter(|_| name != "functional").map(|case| {
        let mut config = plain(&case["kwargs"], &mut npz);
        config["type"] = name.clone().into();
        config
    });
    configs.collect()
}

#[test]
fn every_recorded_codec_is_read_and_written() {
    let mut types: Vec<String> = Vec::new();
    for config in recorded() {
        let codec: AnyCodec =
            from_value(config.clone()).unwrap_or_else(|error| panic!("{config}: {error}"));
        let written = to_value(&codec).expect("JSON");
        assert_eq!(written["type"], config["type"]);
        assert_eq!(from_value::<AnyCodec>(written).expect("its own form"), codec, "{config}");
        types.push(config["type"].as_str().expect("a name").to_owned());
    }
    types.sort();
    types.dedup();
    assert_eq!(types.len(), 17, "{types:?}");
}

fn read<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(config: Value) -> T {
    let codec: T = from_value(config).expect("valid");
    assert_eq!(from_value::<T>(to_value(&codec).expect("JSON")).expect("its own form"), codec);
    codec
}

#[test]
fn options_have_the_values_of_the_dict() {
    let sizes = json!({"input_size": [192, 256], "heatmap_size": [48, 64]});
    let with = |more: Value| {
        let mut config = sizes.clone();
        for (name, value) in more.as_object().expect("a dict") {
            config[name] = value.clone();
        }
        config
    };
    let udp: UdpHeatmap = read(with(json!({"heatmap_type": "combined", "radius_factor": 0.1})));
    assert_eq!(udp.options().kind, UdpHeatmapKind::Combined { radius_factor: 0.1 });
    let order: Vec<usize> = (0..17).rev().collect();
    let tags: AssociativeEmbedding = read(with(json!({
        "use_udp": true, "decode_keypoint_order": order, "decode_max_instances": null,
    })));
    assert!(tags.options().use_udp && tags.options().max_instances.is_none());
    assert_eq!(tags.options().keypoint_order, order);
    let spr: Spr = read(with(json!({
        "sigma": [4, 2], "generate_keypoint_heatmaps": true, "root_type": "bbox_center",
    })));
    assert_eq!(spr.options().root_type, RootType::BoxCenter);
    assert_eq!((spr.root_sigma(), spr.keypoint_sigma()), (4.0, Some(2.0)));
    let simcc: SimccLabel = read(json!({
        "type": "SimCCLabel", "input_size": [192, 256], "smoothing_type": "standard",
        "label_smooth_weight": 0.2, "sigma": 5,
    }));
    assert_eq!(simcc.options().sigma, [5.0; 2]);
    assert_eq!(simcc.options().smoothing, SimccSmoothing::Standard { label_smooth_weight: 0.2 });
    let lifting: ImagePoseLifting = read(json!({
        "num_keypoints": 2, "root_index": 1,
        "keypoints_mean": [[1, 2], [3, 4]], "keypoints_std": [[1, 1], [2, 2]],
    }));
    assert_eq!(lifting.options().root_index, [1]);
    assert_eq!(lifting.options().keypoints.as_ref().map(|means| means.mean[[1, 0]]), Some(3.0));
    let unused = json!({"num_keypoints": 17, "remove_root": true, "mode": "train"});
    read::<MotionBertLabel>(unused);
}

#[test]
fn wrong_dicts_are_errors() {
    let refused = |config: Value| from_value::<AnyCodec>(config).unwrap_err().to_string();
    let sizes = |extra: &str, value: Value| json!({"type": "MSRAHeatmap", "input_size": [192, 256], "heatmap_size": [48, 64], extra: value});
    assert!(refused(sizes("sigma", json!(-1))).contains("`sigma` must be a positive"));
    assert!(refused(sizes("sigmas", json!(1))).contains("unknown field `sigmas`"));
    assert!(refused(json!({"type": "MSRAHeatmap"})).contains("missing field `input_size`"));
    assert!(refused(json!({"type": "Heatmap"})).contains("unknown variant `Heatmap`"));
    let other = json!({"type": "MSRAHeatmap", "input_size": [192, 256], "heatmap_size": [48, 64]});
    assert!(from_value::<UdpHeatmap>(other).unwrap_err().to_string().contains("unknown variant"));
    let half = json!({"type": "ImagePoseLifting", "num_keypoints": 1, "target_std": [[1]]});
    assert!(refused(half).contains("`target_mean` must be given with `target_std`"));
    let ragged = json!({
        "type": "ImagePoseLifting", "num_keypoints": 2,
        "target_mean": [[1], [1, 2]], "target_std": [[1], [1]],
    });
    assert!(refused(ragged).contains("1 values per keypoint"));
}
