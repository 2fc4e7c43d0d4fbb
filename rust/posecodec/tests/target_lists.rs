//! Targets of several codecs in lists, compared with MMPose's recorded results.

use ndarray::{Array3, ArrayD, Axis};
use posecodec::Float;
use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
use posecodec::codecs::regression::RegressionLabel;
use posecodec::codecs::{Encode, EncodedBatch, TargetArray, TargetLists};

use crate::recorded::{Reader, recorded_calls};

/// A batch of one sample with the recorded keypoints.
fn encoded(codec: &impl Encode, reader: &Reader<'_>) -> EncodedBatch {
    fn batch<T: Float>(codec: &impl Encode, reader: &Reader<'_>) -> EncodedBatch {
        let array = |name| {
            let values = reader.optional(name)?.values.mapv(T::of);
            Some(values.insert_axis(Axis(0)))
        };
        let keypoints = array("keypoints").expect("there").into_dimensionality().expect("4D");
        let visible = array("keypoints_visible");
        let visible = visible.map(|array| array.into_dimensionality().expect("3D"));
        let visible = visible.as_ref().map(|array: &Array3<T>| array.view());
        codec.encode_batch(keypoints.view(), visible).expect("valid")
    }
    if reader.optional("keypoints").expect("there").single {
        batch::<f32>(codec, reader)
    } else {
        batch::<f64>(codec, reader)
    }
}

fn msra(reader: &Reader<'_>) -> EncodedBatch {
    let options = MsraHeatmapOptions {
        sigma: reader.number("sigma", f64::NAN),
        unbiased: reader.flag("unbiased"),
        ..Default::default()
    };
    let [input, map] = ["input_size", "heatmap_size"].map(|name| reader.sides(name));
    encoded(&MsraHeatmap::new(input, map, options).expect("valid"), reader)
}

fn regression(reader: &Reader<'_>) -> EncodedBatch {
    encoded(&RegressionLabel::new(reader.sides("input_size")).expect("valid"), reader)
}

/// Compares the sample of a batch with a recorded array.
fn is_recorded(got: &TargetArray, want: Option<&ArrayD<f64>>) {
    let got = match got {
        TargetArray::F32(array) => array.mapv(f64::from),
        TargetArray::F64(array) => array.clone(),
        TargetArray::I64(array) => array.mapv(|value| value as f64),
    };
    let (got, want) = (got.index_axis_move(Axis(0), 0), want.expect("recorded"));
    assert_eq!(got.shape(), want.shape());
    let close = |(got, want): (&f64, &f64)| (got - want).abs() <= 1e-5 * want.abs() + 1e-6;
    assert!(got.iter().zip(want).all(close));
}

#[test]
fn different_targets_are_combined() {
    let (heatmaps, coordinates) =
        (recorded_calls("MSRAHeatmap", "encode"), recorded_calls("RegressionLabel", "encode"));
    for (one, other) in heatmaps.0.iter().zip(&coordinates.0) {
        let (one, other) = (Reader(one, &heatmaps.1), Reader(other, &coordinates.1));
        let targets = TargetLists::combined([msra(&one), regression(&other)]).expect("valid");
        let names: Vec<_> = targets.iter().map(|(name, arrays)| (name, arrays.len())).collect();
        assert_eq!(names, [("heatmaps", 1), ("keypoint_labels", 1), ("keypoint_weights", 2)]);
        is_recorded(&targets.get("heatmaps")[0], one.item("heatmaps"));
        is_recorded(&targets.get("keypoint_labels")[0], other.item("keypoint_labels"));
        let weights = targets.get("keypoint_weights");
        is_recorded(&weights[0], one.item("keypoint_weights"));
        is_recorded(&weights[1], other.item("keypoint_weights"));
        let twice = TargetLists::combined([msra(&one), msra(&one)]).unwrap_err().to_string();
        assert_eq!(twice, "`heatmaps` must be a target of one codec, but got two");
    }
}

#[test]
fn equal_targets_are_levels() {
    let (cases, arrays) = recorded_calls("MSRAHeatmap", "encode");
    for pair in cases.windows(2) {
        let levels = [Reader(&pair[0], &arrays), Reader(&pair[1], &arrays)];
        let targets = TargetLists::multilevel(levels.iter().map(msra)).expect("valid");
        let names: Vec<_> = targets.iter().map(|(name, arrays)| (name, arrays.len())).collect();
        assert_eq!(names, [("heatmaps", 2), ("keypoint_weights", 2)]);
        for (level, reader) in levels.iter().enumerate() {
            for (name, arrays) in targets.iter() {
                is_recorded(&arrays[level], reader.item(name));
            }
        }
    }
}

#[test]
fn levels_with_other_targets_are_errors() {
    let [heatmaps, coordinates] =
        ["MSRAHeatmap", "RegressionLabel"].map(|codec| recorded_calls(codec, "encode"));
    let heatmaps = msra(&Reader(&heatmaps.0[0], &heatmaps.1));
    let coordinates = regression(&Reader(&coordinates.0[0], &coordinates.1));
    let error = TargetLists::multilevel([heatmaps, coordinates]).unwrap_err().to_string();
    let want = "`levels` must have the same targets, `heatmaps`, `keypoint_weights`, but got \
                `keypoint_labels`, `keypoint_weights`";
    assert_eq!(error, want);
    assert_eq!(TargetLists::multilevel([]), Ok(TargetLists::default()));
}

#[test]
fn arrays_are_viewed_as_what_they_are() {
    let (cases, arrays) = recorded_calls("MSRAHeatmap", "encode");
    let targets = msra(&Reader(&cases[0], &arrays));
    let heatmaps: ndarray::ArrayView4<'_, f32> = targets.view("heatmaps").expect("its own");
    assert_eq!(Some(heatmaps), targets.get("heatmaps").and_then(TargetArray::view));
    let error = targets.view::<f64, ndarray::Ix3>("heatmaps").unwrap_err().to_string();
    let want = "`heatmaps` must be viewed as Float32 of shape (1, 5, 32, 24), but got Float64 of 3 \
                dimensions";
    assert_eq!(error, want);
    let error = targets.view::<f32, ndarray::Ix3>("weights").unwrap_err().to_string();
    let want = r#"`name` must be one of ["heatmaps", "keypoint_weights"], but got weights"#;
    assert_eq!(error, want);
    let owned: Vec<_> = targets.clone().into_iter().collect();
    assert!(owned.iter().map(|(name, array)| (*name, array)).eq(targets.iter()));
}
