//! Bottom-up decoders of maps in half precision: as of the same numbers in double precision.

use half::f16;
use ndarray::Array3;
use posecodec::HeatmapValue;
use posecodec::codecs::Encode;
use posecodec::codecs::people::{
    AssociativeEmbedding, AssociativeEmbeddingOptions, Spr, SprOptions,
};
use proptest::prelude::*;

const SIDE: usize = 32;
const KEYPOINTS: usize = 3;

/// Three people in a map, as encoded, with noise in steps that make some values equal.
fn noisy(maps: &Array3<f32>, noise: &[f32], steps: f32) -> Array3<f16> {
    let mut noise = noise.iter().cycle();
    maps.mapv(|value| {
        let value = value + noise.next().expect("endless");
        f16::from_f32((value * steps).round() / steps)
    })
}

fn wide(maps: &Array3<f16>) -> Array3<f64> {
    maps.mapv(HeatmapValue::as_f64)
}

fn people() -> impl Strategy<Value = Array3<f32>> {
    prop::collection::vec(0f32..128.0, 3 * KEYPOINTS * 2).prop_map(|coordinates| {
        Array3::from_shape_vec((3, KEYPOINTS, 2), coordinates).expect("two per keypoint")
    })
}

fn noise() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-0.2f32..0.2, 997)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn associative_embedding_is_that_of_doubles(
        people in people(), noise in noise(), steps in prop_oneof![Just(16f32), Just(4096.0)],
        use_udp in any::<bool>(), keypoint_threshold in prop_oneof![Just(0.1f64), Just(0.0), Just(-0.3)],
    ) {
        let options = AssociativeEmbeddingOptions {
            keypoint_order: (0..KEYPOINTS).collect(),
            use_udp,
            keypoint_threshold,
            top_k: 10,
            ..Default::default()
        };
        let codec = AssociativeEmbedding::new([128, 128], [SIDE, SIDE], options).expect("valid");
        let heatmaps = codec.encode::<f32>(people.view(), None).expect("valid").heatmaps;
        let tags = noisy(&heatmaps.mapv(|value| 3.0 * value), &noise[1..], steps);
        let heatmaps = noisy(&heatmaps, &noise, steps);
        let half = codec.decode(heatmaps.view(), tags.view()).expect("valid");
        let double = codec.decode(wide(&heatmaps).view(), wide(&tags).view()).expect("valid");
        prop_assert_eq!(half, double);
    }

    #[test]
    fn spr_is_that_of_doubles(
        people in people(), noise in noise(), steps in prop_oneof![Just(16f32), Just(4096.0)],
        threshold in prop_oneof![Just(0.01f64), Just(0.0), Just(-0.3)],
    ) {
        let options = SprOptions {
            generate_keypoint_heatmaps: true,
            max_instances: 10,
            threshold,
            ..Default::default()
        };
        let codec = Spr::new([128, 128], [SIDE, SIDE], options).expect("valid");
        let targets = codec.encode::<f32>(people.view(), None).expect("valid");
        let heatmaps = noisy(&targets.heatmaps, &noise, steps);
        let displacements = noisy(&targets.displacements, &noise[1..], steps);
        let half = codec.decode(heatmaps.view(), displacements.view()).expect("valid");
        let [maps, fields] = [wide(&heatmaps), wide(&displacements)];
        let double = codec.decode(maps.view(), fields.view()).expect("valid");
        prop_assert_eq!(&half, &double);
        // Images are decoded in order.
        let empty = Array3::<f64>::zeros(maps.raw_dim());
        let images = [[maps.view(), fields.view()], [empty.view(), fields.view()]];
        let both = codec.decode_images(&images).expect("valid");
        prop_assert_eq!(&both[0], &double);
        prop_assert_eq!(&both[1], &codec.decode(empty.view(), fields.view()).expect("valid"));
        let wrong = Array3::<f64>::zeros((2 * KEYPOINTS + 1, SIDE, SIDE));
        let images = [[maps.view(), fields.view()], [maps.view(), wrong.view()]];
        prop_assert!(codec.decode_images(&images).is_err());
    }
}
