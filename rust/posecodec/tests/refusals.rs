//! Slices and shapes that do not fit together are errors, also if their sizes overflow. Found by the fuzz
//! targets.

use half::f16;
use posecodec::codecs::hands::{Hand3dHeatmap, Hand3dHeatmapOptions};
use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
use posecodec::codecs::people::{
    AssociativeEmbedding, AssociativeEmbeddingOptions, DecoupledHeatmap, DecoupledHeatmapOptions,
    EdPoseLabel, EdPoseLabelOptions,
};
use posecodec::codecs::poses::{
    Camera, MotionBertLabel, MotionBertLabelOptions, MotionBertMode, VideoPoseLifting,
    VideoPoseLiftingOptions,
};
use posecodec::codecs::regression::RegressionLabel;
use posecodec::codecs::simcc::{Simcc3dLabel, Simcc3dLabelOptions};
use posecodec::codecs::slices::{
    ArrayMut, EncodePlan, Floats, Init, InstanceMaps, Maps, PoseBatch, RootKind, RootOutput,
    Simcc3dDecodedRows, SimccRows, SimccVectors, TargetBatch, check_target_batch,
    decode_heatmaps_batch, decode_poses_batch, encode_batch, encode_keypoints_batch,
    encode_target_batch,
};
use posecodec::codecs::{Encode, LiftPose};
use posecodec::functional::get_heatmap_maximum;

/// A side whose square overflows `usize` to 0.
const HALF: usize = 1 << (usize::BITS / 2);
const SIZE: [usize; 2] = [16, 16];

fn udp() -> UdpHeatmap {
    UdpHeatmap::new([64, 64], SIZE, UdpHeatmapOptions::default()).expect("valid")
}

#[test]
fn overflowing_shapes_are_errors() {
    let maps = [f16::ONE; 4];
    let heatmaps = Maps { own: &maps, flipped: None };
    for shape in [[HALF, HALF, 2, 2], [1, 1, HALF, HALF], [HALF, 1, HALF, 1], [2, HALF, HALF, 3]] {
        let (mut points, mut scores) = ([[0.0; 2]; 1], [f16::ZERO]);
        assert!(decode_heatmaps_batch(&udp(), heatmaps, shape, &mut points, &mut scores).is_err());
        assert!(decode_heatmaps_batch(&udp(), heatmaps, shape, &mut [], &mut []).is_err());
    }
    let hands = Hand3dHeatmap::new(Hand3dHeatmapOptions::default()).expect("valid");
    for shape in [[HALF, HALF, 1, 1, 1], [1, 1, HALF, HALF, 1]] {
        let (mut points, mut scores) = ([[0.0; 3]; 1], [f16::ZERO]);
        assert!(hands.decode_flat(&maps, shape, &mut points, &mut scores).is_err());
        assert!(hands.decode_flat(&maps, shape, &mut [], &mut []).is_err());
    }
    let decoupled = DecoupledHeatmap::new([64, 64], SIZE, DecoupledHeatmapOptions::default());
    for shape in [[HALF, HALF, 1, 1], [1, 1, HALF, HALF]] {
        let picture = InstanceMaps {
            heatmaps: &maps,
            shape,
            instance_scores: &[1f32],
            keypoints: &mut [[0.0; 2]; 1],
            scores: &mut [f16::ZERO],
        };
        assert!(decoupled.as_ref().expect("valid").decode_images(vec![picture]).is_err());
    }
    let options =
        AssociativeEmbeddingOptions { keypoint_order: vec![0], top_k: 1, ..Default::default() };
    let groups = AssociativeEmbedding::new([64, 64], SIZE, options).expect("valid");
    for shape in [[HALF, 1, HALF, 1], [1, 1, HALF, HALF]] {
        assert!(groups.decode_flat(&[1f32; 4], &[1f32; 4], [shape; 2]).is_err());
    }
    let simcc = Simcc3dLabel::new([8, 8, 8], Simcc3dLabelOptions::default()).expect("valid");
    let decoded = Simcc3dDecodedRows {
        keypoints: &mut [[0.0; 3]; 2],
        keypoints_simcc: &mut [[0.0; 3]; 2],
        scores: &mut [f16::ZERO; 2],
    };
    let own = SimccRows { responses: [&[], &[], &[]], bins: [1 << (usize::BITS - 1); 3] };
    let vectors = SimccVectors { own, flipped: None };
    assert!(simcc.decode_flat([1, 1, 2], vectors, decoded).is_err());
}

#[test]
fn overflowing_samples_are_errors() {
    let codec = udp();
    for batch in [0, 1, 2] {
        let outputs = codec.outputs(HALF, HALF);
        let plan = EncodePlan { batch, instances: HALF, count: HALF, outputs };
        let arrays = [ArrayMut::F32(&mut []), ArrayMut::F32(&mut [])].into_iter().collect();
        let encoded = encode_batch(&codec, &plan, Floats::F32(&[]), None, arrays, Init::Zeroed);
        assert!(encoded.is_err());
    }
    assert_eq!(codec.outputs(HALF, HALF).last().expect("weights").len(), None);
}

#[test]
fn wrong_keypoint_counts_are_errors() {
    let options = VideoPoseLiftingOptions { remove_root: true, ..Default::default() };
    let codec = VideoPoseLifting::new(3, options).expect("valid");
    for (shape, values) in [([1, 1, 0, 3], 0), ([1, 1, 1, 3], 3), ([1, HALF, HALF, 3], 0)] {
        let values = vec![0f32; values];
        let poses = PoseBatch { values: &values, shape, cameras: &[] };
        let into = TargetBatch {
            label: &mut [],
            roots: RootOutput::Target(&mut [0f32; 3]),
            factor: &mut [],
        };
        assert!(encode_target_batch(&codec, poses, into).is_err(), "{shape:?}");
    }
    for shape in [[HALF, HALF, 2, 3], [1, HALF, 2, HALF]] {
        assert!(decode_poses_batch(&codec, &[0f32; 0], shape, None, &mut [0f32; 0]).is_err());
    }
    assert_eq!(codec.root_kind(), RootKind::Target);
    // Too many frames, and the layout of other poses.
    let layout = codec.layout(2, 1);
    let encode = |layout, shape| {
        let poses = PoseBatch { values: &[0f32; 0], shape, cameras: &[] };
        encode_keypoints_batch(&codec, poses, &[0f32; 0], layout, &mut [])
    };
    assert!(encode(layout, [0, usize::MAX, 3, 2]).is_err());
    assert!(encode(codec.layout(3, 1), [0, 1, 3, 2]).is_err());
    // Any number of samples without frames is valid.
    let poses = PoseBatch { values: &[0f32; 0], shape: [usize::MAX, 0, 3, 3], cameras: &[] };
    assert!(check_target_batch(&codec, poses).is_ok());
    // Zero poses may have any number of coordinates.
    assert!(encode(codec.layout(usize::MAX, 1), [0, 1, 3, usize::MAX]).is_ok());
}

#[test]
fn scores_without_classes_are_errors() {
    let options = EdPoseLabelOptions { num_select: 5, ..Default::default() };
    let codec = EdPoseLabel::new(options).expect("valid");
    for classes in [0, 3] {
        assert!(codec.best(&[0.5f32; 4], classes).is_err(), "{classes} classes");
    }
    assert!(codec.best::<f32>(&[], 0).expect("nothing to choose from").is_empty());
}

#[test]
fn empty_batch_allocates_nothing() {
    let codec = RegressionLabel::new([64, 64]).expect("valid");
    let plan = EncodePlan::new(&codec, &[usize::MAX, 0, 17, 2], None, true).expect("valid");
    let arrays = [ArrayMut::F32(&mut []), ArrayMut::F32(&mut [])].into_iter().collect();
    encode_batch(&codec, &plan, Floats::F32(&[]), None, arrays, Init::Uninit).expect("no work");
}

#[test]
fn zero_instances_may_have_any_map_size() {
    let codec = DecoupledHeatmap::new([64, 64], SIZE, DecoupledHeatmapOptions::default());
    let picture = InstanceMaps::<f32, f32> {
        heatmaps: &[],
        shape: [0, 17, HALF, HALF],
        instance_scores: &[],
        keypoints: &mut [],
        scores: &mut [],
    };
    codec.expect("valid").decode_images(vec![picture]).expect("nothing to do");
}

#[test]
fn wrong_number_of_factors_is_error() {
    let options = MotionBertLabelOptions { mode: MotionBertMode::Test, ..Default::default() };
    let codec = MotionBertLabel::new(1, options).expect("valid");
    let camera = [Camera::new([64.0, 64.0], None, None).expect("valid")];
    let target = PoseBatch { values: &[0.5f32; 9], shape: [1, 3, 1, 3], cameras: &camera };
    let encode = |factor: &mut [f64]| {
        let into = TargetBatch { label: &mut [0f32; 9], roots: RootOutput::Absent, factor };
        encode_target_batch(&codec, target, into)
    };
    assert!(encode(&mut []).is_err());
    assert!(encode(&mut [1.0; 2]).is_err());
    assert!(encode(&mut [1.0]).is_ok());
    assert!(encode(&mut [0.0; 3]).is_ok());
}

#[test]
fn empty_batch_has_no_maxima() {
    let none: [f32; 0] = [];
    get_heatmap_maximum(&none, [0, HALF, HALF, 1], &mut [], &mut []).expect("nothing to do");
}
