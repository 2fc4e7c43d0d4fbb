//! The codecs called from Rust: shapes, batches, threads, errors.

use half::f16;
use ndarray::{Array2, Array3, array, s};
use posecodec::codecs::hands::{Hand3dHeatmap, Hand3dHeatmapOptions};
use posecodec::codecs::heatmaps::{
    MegviiHeatmap, MegviiHeatmapOptions, MsraHeatmap, MsraHeatmapOptions, UdpHeatmap,
    UdpHeatmapKind, UdpHeatmapOptions,
};
use posecodec::codecs::people::{
    EdPoseLabel, EdPoseLabelOptions, EdPosePredictions, YoloxPoseAnnotationProcessor,
    YoloxPoseAnnotationProcessorOptions,
};
use posecodec::codecs::regression::{
    IntegralRegressionLabel, IntegralRegressionLabelOptions, RegressionLabel,
};
use posecodec::codecs::simcc::{
    Simcc3dLabel, Simcc3dLabelOptions, SimccLabel, SimccLabelOptions, SimccSmoothing,
};
use posecodec::codecs::slices::{
    ArrayMut, EncodePlan, Floats, Init, Maps, SimccDecodedRows, SimccRows, SimccVectors,
    decode_heatmaps_batch, encode_batch,
};
use posecodec::codecs::{DecodeHeatmaps, Encode};
use posecodec::{Error, Result, num_threads, set_num_threads};

const INPUT: [usize; 2] = [192, 256];
const MAP: [usize; 2] = [48, 64];

fn udp() -> UdpHeatmap {
    UdpHeatmap::new(INPUT, MAP, UdpHeatmapOptions::default()).expect("valid")
}

fn msra(unbiased: bool) -> Result<MsraHeatmap> {
    MsraHeatmap::new(INPUT, MAP, MsraHeatmapOptions { unbiased, ..Default::default() })
}

/// 17 keypoints at least ten pixels from the border, different for each sample.
fn keypoints(sample: usize) -> Array3<f32> {
    Array3::from_shape_fn((1, 17, 2), |(_, k, axis)| {
        let spread = ((k * 37 + axis * 61 + sample * 17) % 97) as f32 / 97.0;
        40.0 + spread * (INPUT[axis] as f32 - 80.0)
    })
}

#[test]
fn udp_heatmaps_round_trip() {
    let keypoints = keypoints(0);
    let codec = udp();
    let targets = codec.encode(keypoints.view(), None).expect("valid");
    assert_eq!(targets.heatmaps.dim(), (17, 64, 48));
    assert_eq!(targets.keypoint_weights, Array2::<f32>::ones((1, 17)));
    let decoded = codec.decode(targets.heatmaps.view()).expect("valid");
    let scale = [192.0 / 191.0, 256.0 / 255.0]; // MMPose's own
    for (decoded, keypoint) in decoded.keypoints.rows().into_iter().zip(keypoints.rows()) {
        for axis in 0..2 {
            let error = decoded[axis] - f64::from(keypoint[axis]) * scale[axis];
            assert!(error.abs() < 1e-3, "{error}");
        }
    }
    // Half precision: the same position within its rounding error.
    let half = targets.heatmaps.mapv(f16::from_f32);
    let from_half = codec.decode(half.view()).expect("valid");
    let moved = (&from_half.keypoints - &decoded.keypoints).mapv(f64::abs);
    assert!(moved.iter().all(|&moved| moved < 0.1));
}

#[test]
fn strided_views_are_read_in_place() {
    let codec = msra(true).expect("valid");
    let targets = codec.encode_mixed::<_, f64>(keypoints(3).view(), None).expect("valid");
    let straight = codec.decode(targets.heatmaps.view()).expect("valid");
    let reversed = targets.heatmaps.slice(s![..;-1, .., ..]);
    let decoded = codec.decode(reversed).expect("valid");
    assert_eq!(decoded.keypoints.slice(s![.., ..;-1, ..]), straight.keypoints);
}

#[test]
fn nonfinite_and_outside_keypoints_have_weight_0() {
    let (nan, infinite) = (f32::NAN, f32::INFINITY);
    let keypoints = array![[[nan, 5.0], [infinite, 5.0], [1e30, 5.0], [-1e30, 5.0], [50.0, 60.0]]];
    let visible = array![[1f32, 1.0, 1.0, 1.0, 0.3]];
    let want = array![[0f32, 0.0, 0.0, 0.0, 0.3]];
    for unbiased in [false, true] {
        let codec = msra(unbiased).expect("valid");
        let targets = codec.encode(keypoints.view(), Some(visible.view())).expect("valid");
        assert_eq!(targets.keypoint_weights, want);
        assert!(targets.heatmaps.iter().all(|&value| value == 0.0));
    }
    let simcc = SimccLabel::new(INPUT, SimccLabelOptions::default()).expect("valid");
    let targets = simcc.encode(keypoints.view(), Some(visible.view())).expect("valid");
    assert_eq!(targets.keypoint_weights, want);
    assert!(targets.keypoint_x_labels.iter().all(|&value| value == 0.0));
}

/// A batch on several threads has the results of its samples.
#[test]
fn batches_match_single_samples() {
    const BATCH: usize = 16; // enough for threads
    set_num_threads(3).expect("few");
    assert_eq!(num_threads(), if cfg!(feature = "rayon") { 3 } else { 1 });
    let codec = udp();
    let samples: Vec<_> = (0..BATCH).map(keypoints).collect();
    let points: Vec<f32> = samples.iter().flatten().copied().collect();
    let mut heatmaps = vec![7f32; BATCH * 17 * 64 * 48];
    let mut weights = vec![7f32; BATCH * 17];
    let plan = EncodePlan::new(&codec, &[BATCH, 1, 17, 2], None, true).expect("valid");
    let arrays = [ArrayMut::F32(&mut heatmaps), ArrayMut::F32(&mut weights)].into_iter().collect();
    encode_batch(&codec, &plan, Floats::F32(&points), None, arrays, Init::Uninit).expect("fits");
    assert_eq!(weights, [1.0; BATCH * 17]);

    let mut decoded = vec![[0f64; 2]; BATCH * 17];
    let mut scores = vec![0f32; BATCH * 17];
    let shape = [BATCH, 17, 64, 48];
    let maps = Maps { own: &heatmaps, flipped: None };
    decode_heatmaps_batch(&codec, maps, shape, &mut decoded, &mut scores).expect("fits");
    for (sample, keypoints) in samples.iter().enumerate() {
        let alone = codec.encode(keypoints.view(), None).expect("valid");
        let pixels = 17 * 64 * 48;
        let batched = &heatmaps[sample * pixels..][..pixels];
        assert_eq!(alone.heatmaps.as_slice().expect("contiguous"), batched);
        let alone = codec.decode(alone.heatmaps.view()).expect("valid");
        let batched: Vec<f64> = decoded[sample * 17..][..17].iter().flatten().copied().collect();
        assert_eq!(alone.keypoints.as_slice().expect("contiguous"), batched);
    }
    set_num_threads(0).expect("the default");
}

#[test]
fn wrong_lengths_are_errors() {
    let codec = udp();
    let plan = EncodePlan::new(&codec, &[1, 17, 2], None, false).expect("valid");
    let points = Floats::F32(&[1.0; 34]);
    let mut weights = [0f32; 17];
    let mut short = vec![0f32; 100];
    let arrays = [ArrayMut::F32(&mut short), ArrayMut::F32(&mut weights)].into_iter().collect();
    assert!(matches!(
        encode_batch(&codec, &plan, points, None, arrays, Init::Zeroed),
        Err(Error::InvalidInput { argument: "heatmaps", .. })
    ));
    let arrays = [ArrayMut::F32(&mut weights)].into_iter().collect();
    assert!(encode_batch(&codec, &plan, points, None, arrays, Init::Zeroed).is_err());
    let maps = Maps { own: &short, flipped: None };
    let refused = decode_heatmaps_batch(&codec, maps, [1, 17, 64, 48], &mut [], &mut weights);
    assert!(refused.is_err());
    let simcc = SimccLabel::new(INPUT, SimccLabelOptions::default()).expect("valid");
    let (mut points, mut scores) = ([[0f32; 2]; 17], [0f32; 17]);
    let own = SimccRows { responses: [&short[..], &short[..]], bins: [384, 512] };
    let vectors = SimccVectors { own, flipped: None };
    let decoded =
        SimccDecodedRows { keypoints: &mut points, scores: &mut scores, visibility: &mut [] };
    assert!(simcc.decode_flat([1, 1, 17], vectors, decoded).is_err());
}

#[test]
fn errors_name_the_argument() {
    let msra = |input, map, changed: fn(&mut MsraHeatmapOptions)| {
        let mut options = MsraHeatmapOptions::default();
        changed(&mut options);
        MsraHeatmap::new(input, map, options).unwrap_err()
    };
    let udp = UdpHeatmap::new(INPUT, [usize::MAX, 2], UdpHeatmapOptions::default());
    let megvii = MegviiHeatmap::new(INPUT, MAP, MegviiHeatmapOptions { kernel_size: 0 });
    let smoothing = |name: &str, weight| {
        name.parse().and_then(|smoothing: SimccSmoothing| smoothing.with_weight(weight))
    };
    let errors: Vec<(Error, &str)> = vec![
        (msra([0, 256], MAP, |_| {}), "`input_size` must be [w, h]"),
        (msra(INPUT, [48, 0], |_| {}), "`heatmap_size`"),
        (msra(INPUT, MAP, |options| options.sigma = 0.0), "`sigma`"),
        (msra(INPUT, MAP, |options| options.sigma = f64::NAN), "got NaN"),
        (msra(INPUT, MAP, |options| options.blur_kernel_size = 10), "odd"),
        (udp.unwrap_err(), "memory"),
        ("round".parse::<UdpHeatmapKind>().unwrap_err(), "got invalid `heatmap_type`"),
        (megvii.unwrap_err(), "`kernel_size`"),
        (smoothing("none", 0.0).unwrap_err(), "\"gaussian\", \"standard\""),
        (smoothing("gaussian", 0.1).unwrap_err(), "is only used for `standard` mode"),
        (smoothing("standard", 1.1).unwrap_err(), "should be in range [0, 1]"),
        (RegressionLabel::check_columns(3).unwrap_err(), "should be 2 or 4 (with sigma)"),
    ];
    for (error, words) in errors {
        assert!(error.to_string().contains(words), "{error} does not contain {words}");
    }
    let hand = |options| Hand3dHeatmap::new(options).unwrap_err().to_string();
    let usual = Hand3dHeatmapOptions::default;
    assert!(
        hand(Hand3dHeatmapOptions { heatmap_size: [64, 0, 64], ..usual() }).contains("[w, h, d]")
    );
    assert!(hand(Hand3dHeatmapOptions { depth_size: 0, ..usual() }).contains("`depth_size`"));
    assert!(hand(Hand3dHeatmapOptions { max_bound: 0.0, ..usual() }).contains("`max_bound`"));
    assert!(hand(Hand3dHeatmapOptions { sigma: 1e9, ..usual() }).contains("at most"));
    let few = Hand3dHeatmapOptions { joint_indices: Some(vec![0, -4]), ..usual() };
    let few = Hand3dHeatmap::new(few).expect("valid");
    assert!(few.encoder(3, None).unwrap_err().to_string().contains("`joint_indices`"));
    let rootless = Simcc3dLabelOptions { root_index: vec![], ..Default::default() };
    let error = Simcc3dLabel::new([96, 128, 96], rootless).unwrap_err();
    assert!(error.to_string().contains("`root_index`"));
    let error = Simcc3dLabel::new([96, 128, 96], Simcc3dLabelOptions::default())
        .and_then(|codec| codec.points::<f32, f32, f32>(&[[0.0; 2]; 4], Some(&[[0.0; 3]; 3]), 4))
        .unwrap_err();
    assert!(error.to_string().contains("`keypoints_3d`"));
    let sized =
        YoloxPoseAnnotationProcessorOptions { input_size: Some([0, 640]), expand_bbox: true };
    let error = YoloxPoseAnnotationProcessor::new(sized).unwrap_err();
    assert!(error.to_string().contains("`input_size`"));
    let none = EdPoseLabelOptions { num_select: 0, ..Default::default() };
    assert!(EdPoseLabel::new(none).unwrap_err().to_string().contains("`num_select`"));
    let dark = SimccLabelOptions { sigma: [0.4, 6.0], use_dark: true, ..Default::default() };
    assert!(SimccLabel::new(INPUT, dark).unwrap_err().to_string().contains("use_dark"));
    let two = Array3::<f32>::zeros((2, 17, 2));
    let options = IntegralRegressionLabelOptions::default();
    let integral = IntegralRegressionLabel::new(INPUT, MAP, options).expect("valid");
    let error = integral.encode(two.view(), None).unwrap_err();
    assert!(error.to_string().contains("only support single-instance"), "{error}");
}

/// Decoded joints are within half a voxel; joints outside have weight 0.
#[test]
fn hand_keypoints_round_trip() {
    let options = Hand3dHeatmapOptions {
        heatmap_size: [64, 64, 16],
        depth_size: 16,
        joint_indices: Some(vec![2, 0, -1]),
        use_different_joint_weights: true,
        ..Default::default()
    };
    let codec = Hand3dHeatmap::new(options).expect("valid");
    let keypoints =
        array![[[100f32, 52., -50.], [1., 2., 3.], [20., 240., 90.], [30., 40., -250.]]];
    let encoder = codec.encoder(4, Some(&[0.5, 2.0, 1.0])).expect("three weights");
    let targets = encoder.encode(keypoints.view(), None).expect("valid");
    assert_eq!(targets.keypoint_weights, array![[0.5f32, 2.0, 0.0]]);
    let maps = targets.heatmaps.into_shape_with_order((3, 16, 64, 64)).expect("three maps");
    let decoded = codec.decode(maps.view()).expect("valid");
    for (found, wanted) in [(0, 2), (1, 0)] {
        for (axis, pixel) in [4.0, 4.0, 25.0].into_iter().enumerate() {
            let error = decoded.keypoints[[0, found, axis]] - keypoints[[0, wanted, axis]];
            assert!(error.abs() <= pixel / 2.0, "{error}");
        }
    }
    assert_eq!(codec.encode_root(-250f64, 1.0).1, 0.0);
    assert_eq!(codec.encode_root(f32::NAN, 1.0), (0.0, 0.0));
    assert_eq!(codec.decode_root(32f32), 0.0);
    assert!(codec.encoder(4, None).is_err());
    assert!(codec.decode(ndarray::Array4::<f32>::zeros((3, 16, 0, 64)).view()).is_err());
}

/// Depths are relative to the roots of the same instance, in the precision of the points.
#[test]
fn simcc_3d_depths_are_root_relative() {
    let options =
        Simcc3dLabelOptions { root_index: vec![0, -1], z_range: 2.0, ..Default::default() };
    let codec = Simcc3dLabel::new([96, 128, 64], options).expect("valid");
    let places =
        [[0f32, 0., 4.], [0., 0., 5.], [0., 0., 6.], [0., 0., 1.], [0., 0., 1.], [0., 0., 3.]];
    let made = codec.points::<f32, f32, f64>(&[[1.0, 2.0]; 6], Some(&places), 3).expect("valid");
    assert_eq!(made.root_z, [5.0, 2.0]);
    let z: Vec<f64> = made.points.iter().map(|point| point[2]).collect();
    assert_eq!(z, [16.0, 32.0, 48.0, 16.0, 16.0, 48.0]);
    let flat = codec.points::<f32, f32, f32>(&[[1.0, 2.0]], None, 1).expect("valid");
    assert_eq!((flat.points, flat.root_z), (vec![[1.0, 2.0, 1.0]], vec![]));
}

#[test]
fn edpose_decode_keeps_best_candidates() {
    let options = EdPoseLabelOptions { num_select: 3, num_keypoints: 1 };
    let codec = EdPoseLabel::new(options).expect("valid");
    let logits = array![[0.2f32, 0.9], [f32::NAN, 0.2], [0.5, 0.1]];
    let boxes = array![[0.5f32, 0.5, 1.0, 0.5], [0., 0., 0., 0.], [0.25, 0.5, 0.5, 1.0]];
    let keypoints = array![[0.5f32, 0.25, 1.0], [0., 0., 1.], [0.1, 0.2, 1.0]];
    let predictions = EdPosePredictions {
        logits: logits.view(),
        boxes: boxes.view(),
        keypoints: keypoints.view(),
    };
    let decoded = codec.decode([100.0, 200.0], predictions).expect("valid");
    assert_eq!(decoded.scores, array![[0.9f32], [0.5], [0.2]]);
    assert_eq!(decoded.boxes.row(0).to_vec(), [0.0, 25.0, 200.0, 75.0]);
    assert_eq!(decoded.boxes.row(1).to_vec(), [0.0, 0.0, 100.0, 100.0]);
    assert_eq!(decoded.boxes.row(2), decoded.boxes.row(0)); // the first of two with 0.2
    assert_eq!(decoded.keypoints[[0, 0, 1]], 25.0);
}

#[test]
fn yolox_labels_fit_in_8_bits() {
    let labels = [1, 0, 128, -127].map(|id| YoloxPoseAnnotationProcessor::label(id).unwrap());
    assert_eq!(labels, [0, -1, 127, -128]);
    for category_id in [129, 300, -128, i64::MIN, i64::MAX] {
        let error = YoloxPoseAnnotationProcessor::label(category_id).unwrap_err().to_string();
        assert!(error.contains("`category_id` must be from -127 to 128"), "{error}");
        assert!(error.contains(&category_id.to_string()), "{error}");
    }
}
