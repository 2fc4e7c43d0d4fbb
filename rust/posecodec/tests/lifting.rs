//! Pose lifting: kernels compared with MMPose's formulas at every vector tier, and the codecs called from
//! Rust.

use crate::common::each_tier;
use ndarray::{Array2, Array3, s};
use posecodec::Error;
use posecodec::codecs::poses::{
    Camera, ImagePoseLifting, ImagePoseLiftingOptions, ImageScale, MotionBertLabel,
    MotionBertLabelOptions, MotionBertMode, Pair, Statistics, VideoPoseLifting,
    VideoPoseLiftingOptions,
};
use posecodec::codecs::{DecodePoses, LiftPose};
use posecodec::kernels::lifting::camera::{
    Intrinsics, camera_to_image_coord, camera_to_pixel, pixel_to_camera,
};
use posecodec::kernels::lifting::normalize::{Identity, LabelLayout, Standardized, fill_labels};
use posecodec::kernels::lifting::root::{fill_centered, fill_roots, fill_weights};
use proptest::prelude::*;

const SIZE: [f64; 2] = [1000.0, 1002.0];
const FOCAL: [f64; 2] = [1145.05, 1143.78];
const CENTER: [f64; 2] = [512.54, 515.45];

fn camera() -> Camera {
    let (focal, center) = (Some(Pair::F64(FOCAL)), Some(Pair::F64(CENTER)));
    Camera::new(SIZE, focal, center).expect("valid")
}

/// 2D poses in pixels and 3D poses some meters before the camera.
fn poses(frames: usize, count: usize) -> (Array3<f64>, Array3<f64>) {
    let spread = |t: usize, k: usize, axis: usize| ((t * 53 + k * 37 + axis * 61) % 97) as f64;
    let keypoints = Array3::from_shape_fn((frames, count, 2), |(t, k, a)| 10.0 * spread(t, k, a));
    let target = Array3::from_shape_fn((frames, count, 3), |(t, k, axis)| {
        spread(t, k, axis) / 97.0 - 0.5 + if axis == 2 { 5.0 } else { 0.0 }
    });
    (keypoints, target)
}

proptest! {
    #[test]
    fn labels_match_formula(
        (frames, count, dims, extra) in (0usize..40, 1usize..20, 1usize..4, 0usize..3),
        transposed: bool,
        standardized: bool,
        seed: u32,
    ) {
        let value = |index: usize| ((index as u32).wrapping_mul(seed | 1) >> 20) as f32;
        let keypoints: Vec<f32> = (0..frames * count * dims).map(value).collect();
        let visible: Vec<f64> = (0..frames * count * extra).map(|i| i as f64).collect();
        let mean: Vec<f32> = (0..count * dims).map(|i| value(i + 7)).collect();
        let std: Vec<f32> = mean.iter().map(|mean| mean + 1.5).collect();
        let layout = LabelLayout { count, dims, extra, transposed };
        let width = dims + extra;
        let mut want = vec![0f64; frames * count * width];
        for (t, k, column) in (0..frames)
            .flat_map(|t| (0..count).flat_map(move |k| (0..width).map(move |c| (t, k, c))))
        {
            let label = if column < dims {
                let value = keypoints[(t * count + k) * dims + column];
                let at = k * dims + column;
                f64::from(if standardized { (value - mean[at]) / std[at] } else { value })
            } else {
                visible[(t * count + k) * extra + column - dims]
            };
            let row = k * width + column;
            want[if transposed { row * frames + t } else { t * count * width + row }] = label;
        }
        prop_assert_eq!(layout.shape(frames).iter().product::<usize>(), want.len());
        each_tier(|_| {
            let mut labels = vec![f64::NAN; want.len()];
            if standardized {
                let normalize = Standardized { mean: &mean, std: &std };
                fill_labels(&keypoints, &visible, layout, normalize, &mut labels);
            } else {
                fill_labels(&keypoints, &visible, layout, Identity, &mut labels);
            }
            assert_eq!(labels, want);
        });
    }

    #[test]
    fn targets_are_root_relative(
        (frames, count, dims, columns) in (0usize..5, 1usize..20, 1usize..5, 1usize..3),
        roots in prop::collection::vec(0usize..20, 1..4),
        remove: bool,
    ) {
        let indices: Vec<usize> = roots.iter().map(|root| root % count).collect();
        let removed = remove.then_some(indices[0]);
        let values: Vec<f64> = (0..frames * count * dims).map(|i| (i * i % 91) as f64).collect();
        let visible: Vec<f64> = (0..frames * count * columns).map(|i| (i % 3) as f64 / 2.0).collect();
        let (mut want, mut want_weights) = (Vec::new(), Vec::new());
        for t in 0..frames {
            for k in (0..count).filter(|&k| Some(k) != removed) {
                for axis in 0..dims {
                    let at = |k: usize| values[(t * count + k) * dims + axis];
                    let sum: f64 = indices.iter().map(|&k| at(k)).sum();
                    want.push(at(k) - sum / indices.len() as f64);
                }
                let seen = &visible[(t * count + k) * columns..][..columns];
                want_weights.extend(seen.iter().map(|&seen| f32::from(u8::from(seen > 0.5))));
            }
        }
        each_tier(|_| {
            let mut found = vec![0f64; frames * dims];
            fill_roots(&values, [count, dims], &indices, &mut found);
            let mut centered = vec![f64::NAN; want.len()];
            fill_centered(&values, [count, dims], &found, removed, Identity, &mut centered);
            assert_eq!(centered, want);
            let mut weights = vec![f32::NAN; want_weights.len()];
            fill_weights(&visible, [count, columns], removed, &mut weights);
            assert_eq!(weights, want_weights);
        });
    }

    #[test]
    fn projection_round_trips(x in -2f64..2.0, y in -2f64..2.0, depth in 0.5f64..9.0) {
        let camera = Intrinsics { focal: FOCAL, center: CENTER };
        let [u, v] = camera_to_pixel([x, y, depth], camera, false);
        prop_assert!((u - (x / depth * FOCAL[0] + CENTER[0])).abs() < 1e-9);
        let back = pixel_to_camera([u, v, depth], camera);
        prop_assert!((back[0] - x).abs() < 1e-12 && (back[1] - y).abs() < 1e-12);
        let shifted = camera_to_pixel([x, y, depth], camera, true);
        prop_assert!(shifted != [u, v] || x.abs() < 1e-9);
    }

    /// A decoded training label is the test label: from image space to the unit of the target.
    #[test]
    fn motionbert_matches_formula(count in 1usize..40, root in 0usize..40, frames in 1usize..5) {
        let root_index = root % count;
        let (_, target) = poses(frames, count);
        let camera = camera();
        let intrinsics = Intrinsics {
            focal: FOCAL.map(|focal| focal / 1000.0),
            center: CENTER.map(|center| center / 1000.0),
        };
        each_tier(|_| {
            let codec = |mode| {
                let options = MotionBertLabelOptions { root_index, mode, ..Default::default() };
                MotionBertLabel::new(count, options).expect("valid")
            };
            let encode = |mode| {
                codec(mode).encode_target(target.view(), None, Some(&camera), None).expect("valid")
            };
            let (test, train) = (encode(MotionBertMode::Test), encode(MotionBertMode::Train));
            let factor = test.factor.expect("has factors");
            for t in 0..frames {
                let flat: Vec<f64> = target.slice(s![t, .., ..]).iter().copied().collect();
                let (pose, _) = flat.as_chunks::<3>();
                let mut image = vec![[0.0; 3]; count];
                let wanted = camera_to_image_coord(root_index, pose, intrinsics, &mut image);
                assert!((factor[t] - wanted).abs() < 1e-12);
                for (k, axis) in (0..count).flat_map(|k| (0..3).map(move |axis| (k, axis))) {
                    let centered = image[k][axis] - image[root_index][axis];
                    assert!((test.label[[t, k, axis]] - centered * wanted).abs() < 1e-12);
                }
            }
            let [widths, heights] = SIZE.map(|side| vec![side; frames]);
            let factor = factor.to_vec();
            let scale = ImageScale { size: Some([&widths, &heights]), factor: Some(&factor) };
            let decoded = codec(MotionBertMode::Test).decode(train.label.view(), scale);
            let moved = (decoded.expect("valid").keypoints - &test.label).mapv(f64::abs);
            assert!(moved.iter().all(|&moved| moved < 1e-12));
        });
    }
}

#[test]
fn video_pose_lifting_round_trips() {
    let (_, target) = poses(4, 17);
    for (root_index, remove_root) in [(vec![0], false), (vec![7], true), (vec![3, 5, 16], false)] {
        let options = VideoPoseLiftingOptions { root_index, remove_root, ..Default::default() };
        let codec = VideoPoseLifting::new(17, options).expect("valid");
        let targets = codec.encode_target(target.view(), None, None, None).expect("valid");
        assert_eq!(targets.label.dim(), (4, if remove_root { 16 } else { 17 }, 3));
        assert_eq!(targets.weight.dim(), (4, targets.label.dim().1));
        assert_eq!(targets.trajectory_weights.expect("has them").dim(), (4, 3));
        let root = targets.root.expect("centered on it");
        let decoded = codec.decode(targets.label.view(), Some(root.view())).expect("valid");
        assert!((decoded.keypoints - &target).iter().all(|&moved| moved.abs() < 1e-14));
        assert_eq!(decoded.scores, Array2::<f32>::ones((4, 17)));
    }
}

#[test]
fn image_pose_lifting_round_trips() {
    let (keypoints, target) = poses(1, 17);
    let statistics = |dims| Statistics {
        mean: Array2::from_shape_fn((17, dims), |(k, axis)| k as f32 - axis as f32),
        std: Array2::from_shape_fn((17, dims), |(k, axis)| 1.0 + (k + axis) as f32),
    };
    let options = ImagePoseLiftingOptions {
        keypoints: Some(statistics(2)),
        target: Some(statistics(3)),
        reshape_keypoints: false,
        ..Default::default()
    };
    let codec = ImagePoseLifting::new(17, options).expect("valid");
    let labels = codec.encode_keypoints(keypoints.view(), None, None).expect("valid");
    let want = (keypoints[[0, 3, 1]] - 2.0) / 5.0;
    assert_eq!(labels[[0, 3, 1]], want);
    let targets = codec.encode_target(target.view(), None, None, None).expect("valid");
    let root = targets.root.expect("centered on it");
    let decoded = codec.decode(targets.label.view(), Some(root.view())).expect("valid");
    assert!((decoded.keypoints - &target).iter().all(|&moved| moved.abs() < 1e-14));
}

#[test]
fn errors_name_the_argument() {
    let video = VideoPoseLifting::new(17, VideoPoseLiftingOptions::default()).expect("valid");
    let (keypoints, target) = poses(2, 17);
    let statistics = |std: f32| ImagePoseLiftingOptions {
        keypoints: Some(Statistics {
            mean: Array2::zeros((17, 2)),
            std: Array2::from_elem((17, 2), std),
        }),
        ..Default::default()
    };
    let motion = MotionBertLabel::new(17, MotionBertLabelOptions::default()).expect("valid");
    let mut flat = target.clone();
    flat[[1, 4, 2]] = 0.0;
    let size_only = Camera::new(SIZE, None, None).expect("valid");
    let focal_only = Camera::new(SIZE, Some(Pair::F64(FOCAL)), None).expect("valid");
    let root = MotionBertLabelOptions { root_index: 17, ..Default::default() };
    let errors: Vec<(Error, &str)> = vec![
        (
            MotionBertLabel::new(0, MotionBertLabelOptions::default()).unwrap_err(),
            "`num_keypoints`",
        ),
        (MotionBertLabel::new(17, root).unwrap_err(), "`root_index`"),
        ("val".parse::<MotionBertMode>().unwrap_err(), "\"train\", \"test\""),
        (ImagePoseLifting::new(17, statistics(0.0)).unwrap_err(), "`keypoints_std`"),
        (ImagePoseLifting::new(16, statistics(1.0)).unwrap_err(), "(16, D)"),
        (Camera::new([0.0, 9.0], None, None).unwrap_err(), "camera_param['w']"),
        (video.encode_keypoints(keypoints.view(), None, None).unwrap_err(), "`camera_param`"),
        (VideoPoseLifting::normalize_camera(&size_only).unwrap_err(), "`f` and `c`"),
        (VideoPoseLifting::normalize_camera(&focal_only).unwrap_err(), "`f` alone"),
        (
            video.encode_target(keypoints.slice(s![.., ..3, ..]), None, None, None).unwrap_err(),
            "17",
        ),
        (
            motion.encode_target(flat.view(), None, Some(&camera()), None).unwrap_err(),
            "frame 1, keypoint 4",
        ),
        (
            motion
                .encode_target(target.view(), None, Some(&size_only), Some(&[1.0; 3]))
                .unwrap_err(),
            "`factor`",
        ),
        (
            motion
                .decode(target.view(), ImageScale { factor: Some(&[1.0; 3]), size: None })
                .unwrap_err(),
            "`factor`",
        ),
        (video.decode(target.slice(s![.., ..5, ..]), None).unwrap_err(), "`encoded`"),
    ];
    for (error, words) in errors {
        assert!(error.to_string().contains(words), "{error} does not contain {words}");
    }
}
