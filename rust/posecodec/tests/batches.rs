//! Batches of arrays: equal to their samples, checked by name.

use half::f16;
use ndarray::{Array3, Array4, ArrayView3, ArrayView4, Axis, Ix3, Ix4, s};
use posecodec::HeatmapValue;
use posecodec::codecs::hands::{Hand3dHeatmap, Hand3dHeatmapOptions};
use posecodec::codecs::heatmaps::*;
use posecodec::codecs::people::*;
use posecodec::codecs::poses::*;
use posecodec::codecs::regression::*;
use posecodec::codecs::simcc::*;
use posecodec::codecs::{DecodeHeatmaps, Encode};

fn udp() -> UdpHeatmap {
    UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default()).expect("valid")
}

/// Keypoints (B, N, 5, 2) inside an input of 192×256.
fn keypoints(batch: usize, instances: usize) -> Array4<f32> {
    Array4::from_shape_fn((batch, instances, 5, 2), |(b, n, k, axis)| {
        20.0 + ((b * 31 + n * 7 + k * 13 + axis * 5) % 150) as f32
    })
}

fn decodes_like_samples<E: HeatmapValue + PartialEq>(heatmaps: ArrayView4<'_, E>) {
    let (codec, indices) = (udp(), [4, 3, 2, 1, 0]);
    let flipped = heatmaps.slice(s![.., .., .., ..;-1]);
    let (flip_indices, shift) = (&indices[..], HeatmapShift::OnePixel);
    let batch = codec.decode_batch(heatmaps, None).expect("valid");
    let flip = FlippedBatch { heatmaps: flipped, flip_indices, shift };
    let averaged = codec.decode_batch(heatmaps, Some(flip)).expect("valid");
    for (number, (maps, flipped)) in heatmaps.outer_iter().zip(flipped.outer_iter()).enumerate() {
        let one = codec.decode(maps).expect("valid");
        assert_eq!(batch.keypoints.index_axis(Axis(0), number), one.keypoints);
        assert_eq!(batch.scores.index_axis(Axis(0), number), one.scores);
        let one = codec.decode_flipped(maps, flipped, &indices, shift).expect("valid");
        assert_eq!(averaged.keypoints.index_axis(Axis(0), number), one.keypoints);
    }
}

#[test]
fn batches_are_encoded_and_decoded_like_samples() {
    let (codec, keypoints) = (udp(), keypoints(20, 1));
    let mut targets = codec.encode_batch(keypoints.view(), None).expect("valid");
    let first = targets.clone();
    let heatmaps: ArrayView4<'_, f32> = targets.view("heatmaps").expect("there");
    for (number, points) in keypoints.outer_iter().enumerate() {
        let one = codec.encode(points, None).expect("valid");
        assert_eq!(heatmaps.index_axis(Axis(0), number), one.heatmaps);
    }
    let maps = heatmaps.to_owned();
    decodes_like_samples(maps.view());
    decodes_like_samples(maps.slice(s![..;-2, .., .., ..]));
    decodes_like_samples(maps.mapv(f16::from_f32).view());
    decodes_like_samples(maps.mapv(f64::from).view());
    // The arrays are used again.
    let others = keypoints.slice(s![..;-1, .., .., ..]);
    codec.encode_batch_into(others, None, &mut targets).expect("valid");
    assert_ne!(targets, first);
    codec.encode_batch_into(keypoints.view(), None, &mut targets).expect("valid");
    assert_eq!(targets, first);
}

#[test]
fn batches_keep_the_type_of_visibilities() {
    let keypoints = keypoints(3, 2).mapv(f64::from);
    let visible = Array3::<f64>::ones((3, 2, 5));
    let options = AssociativeEmbeddingOptions::default();
    let codec = AssociativeEmbedding::new([192, 256], [48, 64], options).expect("valid");
    let targets = codec.encode_batch(keypoints.view(), Some(visible.view())).expect("valid");
    let names: Vec<_> = targets.iter().map(|(name, array)| (name, array.shape().len())).collect();
    assert_eq!(names, [("heatmaps", 4), ("keypoint_indices", 4), ("keypoint_weights", 3)]);
    targets.view::<i64, Ix4>("keypoint_indices").expect("integers");
    targets.view::<f64, Ix3>("keypoint_weights").expect("as the visibilities");
}

#[test]
fn errors_name_the_array() {
    let (codec, maps) = (udp(), Array4::<f32>::zeros((2, 5, 64, 48)));
    let mut keypoints = Array4::<f64>::zeros((2, 1, 5, 2));
    let mut scores = Array3::<f32>::zeros((2, 1, 4));
    let into = codec.decode_batch_into(maps.view(), None, keypoints.view_mut(), scores.view_mut());
    let error = into.unwrap_err().to_string();
    assert!(error.contains("`scores`") && error.contains("(2, 1, 5)"), "{error}");
    assert!(error.contains("(2, 1, 4)"), "{error}");
    let mut scores = Array3::<f32>::zeros((5, 1, 2)).reversed_axes();
    let into = codec.decode_batch_into(maps.view(), None, keypoints.view_mut(), scores.view_mut());
    assert!(into.unwrap_err().to_string().contains("layout"));
    let flip_indices = &[0, 1, 2, 3, 4][..];
    let small = Array4::<f32>::zeros((1, 5, 64, 48));
    let flip = FlippedBatch { heatmaps: small.view(), flip_indices, shift: HeatmapShift::None };
    let error = codec.decode_batch(maps.view(), Some(flip)).unwrap_err().to_string();
    assert!(error.contains("`flipped`") && error.contains("(1, 5, 64, 48)"), "{error}");

    let msra =
        MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default()).expect("valid");
    let points = Array4::<f32>::zeros((2, 1, 5, 2));
    let mut targets = msra.encode_batch(points.view(), None).expect("valid");
    let fewer = points.slice(s![..1, .., .., ..]);
    let error = msra.encode_batch_into(fewer, None, &mut targets).unwrap_err().to_string();
    assert!(error.contains("`heatmaps`") && error.contains("(1, 5, 64, 48)"), "{error}");
    let twos = Array4::<f32>::zeros((2, 2, 5, 2));
    let error = msra.encode_batch(twos.view(), None).unwrap_err().to_string();
    assert!(error.contains("single-instance"), "{error}");
}

#[test]
fn weights_are_multiplied_by_those_of_the_dataset() {
    let keypoints = keypoints(3, 1).mapv(f64::from);
    let visible = Array3::<f64>::from_elem((3, 1, 5), 0.5);
    let mut targets = udp().encode_batch(keypoints.view(), Some(visible.view())).expect("valid");
    let factors = [1.0, 1.2, 0.0, 2.0, 1.0];
    targets.multiply_weights(&factors).expect("one per keypoint");
    let weights: ArrayView3<'_, f64> = targets.view("keypoint_weights").expect("there");
    for sample in weights.outer_iter() {
        assert!(sample.iter().zip(factors).all(|(&weight, factor)| weight == 0.5 * factor));
    }
    let error = targets.multiply_weights(&[1.0; 4]).unwrap_err().to_string();
    assert!(error.contains("must have 5 weights, one per keypoint, but got 4"), "{error}");
}

#[test]
fn other_batches_are_decoded_like_samples() {
    let maps = |seed: usize, shape: [usize; 4]| {
        let values = (0..shape.iter().product()).map(|i| ((i * 7919 + seed) % 997) as f32 / 997.0);
        Array4::from_shape_vec(shape, values.collect()).expect("as many")
    };
    let heatmaps = maps(1, [3, 5, 24, 16]);
    let skps = SkpsHeatmap::new([64, 96], [16, 24], SkpsHeatmapOptions::default()).expect("valid");
    let offsets = maps(2, [3, 10, 24, 16]);
    let batch = skps.decode_batch(heatmaps.view(), offsets.view()).expect("valid");
    let order =
        AssociativeEmbeddingOptions { keypoint_order: (0..5).collect(), ..Default::default() };
    let tags = AssociativeEmbedding::new([64, 96], [16, 24], order).expect("valid");
    let groups = tags.decode_batch(heatmaps.view(), heatmaps.view()).expect("valid");
    let spr = Spr::new([64, 96], [16, 24], SprOptions::default()).expect("valid");
    let roots = heatmaps.slice(s![.., ..1, .., ..]);
    let people = spr.decode_batch(roots, offsets.view()).expect("valid");
    let hands = Hand3dHeatmap::new(Hand3dHeatmapOptions::default()).expect("valid");
    let volumes = heatmaps.view().insert_axis(Axis(1)); // one joint, five pixels deep
    let joints = hands.decode_batch(volumes).expect("valid");
    for (number, maps) in heatmaps.outer_iter().enumerate() {
        let offsets = offsets.index_axis(Axis(0), number);
        let one = skps.decode(maps, offsets).expect("valid");
        assert_eq!(batch.keypoints.index_axis(Axis(0), number), one.keypoints);
        assert_eq!(tags.decode(maps, maps).expect("valid"), groups[number]);
        let one = spr.decode(roots.index_axis(Axis(0), number), offsets).expect("valid");
        assert_eq!(one, people[number]);
        let one = hands.decode(volumes.index_axis(Axis(0), number)).expect("valid");
        assert_eq!(joints.keypoints.index_axis(Axis(0), number), one.keypoints);
        assert_eq!(joints.scores.index_axis(Axis(0), number), one.scores);
    }
    let fewer = offsets.slice(s![..2, .., .., ..]);
    assert!(spr.decode_batch(roots, fewer).unwrap_err().to_string().contains("(3, 2K, H, W)"));
    assert!(skps.decode_batch(heatmaps.view(), fewer).unwrap_err().to_string().contains("offset"));
}

/// Codecs can be shared by threads and copied.
#[test]
fn codecs_are_values() {
    fn value<T: Send + Sync + Clone + PartialEq + std::fmt::Debug + 'static>(codec: T) {
        assert_eq!(codec.clone(), codec);
        let shown = format!("{codec:?}");
        assert!(shown.len() < 1200, "{shown}");
    }
    let (input, map) = ([192, 256], [48, 64]);
    value(udp());
    value(MsraHeatmap::new(input, map, MsraHeatmapOptions::default()));
    value(MegviiHeatmap::new(input, map, MegviiHeatmapOptions::default()));
    value(SkpsHeatmap::new(input, map, SkpsHeatmapOptions::default()));
    value(SimccLabel::new(input, SimccLabelOptions::default()));
    value(Simcc3dLabel::new([192, 256, 192], Simcc3dLabelOptions::default()));
    value(RegressionLabel::new(input));
    value(IntegralRegressionLabel::new(input, map, IntegralRegressionLabelOptions::default()));
    value(AssociativeEmbedding::new(input, map, AssociativeEmbeddingOptions::default()));
    value(Spr::new(input, map, SprOptions::default()));
    value(DecoupledHeatmap::new(input, map, DecoupledHeatmapOptions::default()));
    value(EdPoseLabel::new(EdPoseLabelOptions::default()));
    value(YoloxPoseAnnotationProcessor::new(YoloxPoseAnnotationProcessorOptions::default()));
    value(Hand3dHeatmap::new(Hand3dHeatmapOptions::default()));
    value(ImagePoseLifting::new(17, ImagePoseLiftingOptions::default()));
    value(VideoPoseLifting::new(17, VideoPoseLiftingOptions::default()));
    value(MotionBertLabel::new(17, MotionBertLabelOptions::default()));
}

#[test]
fn threads_are_limited() {
    assert!(posecodec::set_num_threads(100_000).is_err());
}
