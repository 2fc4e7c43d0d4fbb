//! MMPose's helper functions: results and errors.

use crate::common::{self, each_tier};
use half::bf16;
use posecodec::Error;
use posecodec::codecs::slices;
use posecodec::functional::{
    Keypoints, Volumes, batch_heatmap_nms, bf16_to_f32, gaussian_blur,
    generate_3d_gaussian_heatmaps, generate_gaussian_heatmaps, generate_unbiased_gaussian_heatmaps,
    get_heatmap_maximum, get_simcc_maximum, get_simcc_normalized, refine_keypoints_dark_udp,
    refine_simcc_dark, simcc_softmax,
};
use proptest::prelude::*;
use slices::SimccRows;

/// The center of a Gaussian, in or near a map of 20×20 pixels.
fn center() -> impl Strategy<Value = [f64; 2]> {
    [-5f64..25.0, -5f64..25.0]
}

proptest! {
    #![proptest_config(common::cases(128))]

    #[test]
    fn overlapping_unbiased_gaussians_keep_maximum(
        centers in prop::collection::vec(center(), 1..4), sigma in 0.3f64..4.0,
    ) {
        let visible = vec![1.0f32; centers.len()];
        let people = |points| Keypoints {
            points, visible: Some(&visible[..]), instances: centers.len(), count: 1,
        };
        let (mut got, mut weights) = (vec![0f32; 400], vec![0.0; centers.len()]);
        generate_unbiased_gaussian_heatmaps(
            &people(&centers), [20, 20], sigma, &mut got, &mut weights,
        ).unwrap();
        let mut want = vec![0f32; 400];
        for (number, center) in centers.iter().enumerate() {
            let (mut one, mut weight) = (vec![0f32; 400], [0f32]);
            let alone = Keypoints {
                points: &[*center], visible: Some(&visible[..1]), instances: 1, count: 1,
            };
            generate_unbiased_gaussian_heatmaps(&alone, [20, 20], sigma, &mut one, &mut weight)
                .unwrap();
            want.iter_mut().zip(one).for_each(|(most, value)| *most = most.max(value));
            assert_eq!(weight[0], weights[number]);
        }
        assert_eq!(got, want);
    }

    #[test]
    fn simcc_normalized_matches_formula(
        vector in prop::collection::vec(-3f32..9.0, 1..70), sigma in prop::option::of(0.1f64..9.0),
    ) {
        let mut got = vec![0f32; vector.len()];
        get_simcc_normalized(&vector, vector.len(), sigma, &mut got).unwrap();
        let scale = sigma.map_or(1.0, |sigma| sigma * (2.0 * std::f64::consts::PI).sqrt());
        let scaled: Vec<_> = vector.iter().map(|&v| (f64::from(v) / scale).max(0.0)).collect();
        let largest = scaled.iter().copied().fold(0.0, f64::max);
        let divisor = if largest > 1.0 { largest } else { 1.0 };
        for (got, want) in got.iter().zip(&scaled) {
            prop_assert!((f64::from(*got) - want / divisor).abs() <= 3e-7);
        }
    }

    #[test]
    fn softmax_matches_formula(vector in prop::collection::vec(-9f32..9.0, 1..300)) {
        let want: Vec<_> = vector.iter().map(|&value| f64::from(value).exp()).collect();
        let sum: f64 = want.iter().sum();
        let wide: Vec<_> = vector.iter().copied().map(f64::from).collect();
        each_tier(|tier| {
            let (mut single, mut double) = (vec![0f32; wide.len()], vec![0f64; wide.len()]);
            simcc_softmax(&vector, vector.len(), &mut single).unwrap();
            simcc_softmax(&wide, wide.len(), &mut double).unwrap();
            for (number, want) in want.iter().map(|value| value / sum).enumerate() {
                let error = (f64::from(single[number]) - want).abs();
                assert!(error <= 2e-6 * want, "{tier:?}");
                assert!((double[number] - want).abs() <= 1e-14 * want, "{tier:?}");
            }
        });
    }
}

#[test]
fn points_outside_are_not_refined() {
    let map: Vec<f32> =
        (0..35).map(|pixel| (-0.1 * f64::from(pixel - 17).powi(2)).exp() as f32).collect();
    let outside =
        [[-1.0f64, 2.0], [3.0, -1.0], [7.0, 2.0], [3.0, 5.0], [f64::NAN, 2.0], [1e300, 2.0]];
    let mut points = outside;
    refine_keypoints_dark_udp(&mut points, &map, [1, 5, 7], 3).unwrap();
    assert_eq!(format!("{points:?}"), format!("{outside:?}"));
    let places = [-1.0f32, 35.0, f32::INFINITY, -7.5];
    let mut refined = places;
    refine_simcc_dark(&mut refined, &map.repeat(4), 35, 3).unwrap();
    assert_eq!(refined, places);
}

#[test]
fn blur_of_zeros_is_zeros() {
    let mut blurred = [7.0f32; 9];
    gaussian_blur(&[0.0; 9], [1, 3, 3], 3, &mut blurred).unwrap();
    assert_eq!(blurred, [0.0; 9]);
}

#[test]
fn gaussian_3d_merges_instances() {
    let points = [[4.0f32, 4.0, 0.0], [12.0, 12.0, 0.0]];
    let visible = [1.0f32, 1.0];
    let keypoints = Keypoints { points: &points, visible: Some(&visible), instances: 2, count: 1 };
    let volumes = Volumes { max_bound: 255.0, ..Volumes::new([16, 16, 4], [16.0, 16.0]) };
    let (mut maps, mut weights) = (vec![0.0; 4 * 256], [0.0f32; 2]);
    generate_3d_gaussian_heatmaps(&keypoints, &volumes, &[1.0], &mut maps, &mut weights).unwrap();
    assert_eq!((maps[2 * 256 + 4 * 16 + 4], maps[2 * 256 + 12 * 16 + 12]), (255.0, 255.0));
    assert_eq!(weights, visible);
}

fn assert_invalid(result: posecodec::Result<()>, argument: &str) {
    match result {
        Err(Error::InvalidInput { argument: about, .. }) => assert_eq!(about, argument),
        other => panic!("{other:?}"),
    }
}

#[test]
fn errors_name_the_argument() {
    let points = [[1.0f32, 1.0]; 2];
    let keypoints =
        Keypoints { points: &points, visible: Some(&[1.0f32; 2]), instances: 1, count: 2 };
    let (mut maps, mut weights) = (vec![0f32; 8], [0f32; 2]);
    let mut draw = |size, sigmas: &[f64]| {
        generate_gaussian_heatmaps(&keypoints, size, sigmas, &mut maps, &mut weights)
    };
    draw([2, 2], &[1.0]).unwrap();
    draw([2, 2], &[0.0]).unwrap();
    assert_invalid(draw([0, 2], &[1.0]), "heatmap_size");
    assert_invalid(draw([3, 2], &[1.0]), "heatmaps");
    assert_invalid(draw([2, 2], &[f64::NAN]), "sigma");
    assert_invalid(draw([2, 2], &[]), "sigma");
    let (mut places, mut values) = ([[0.0; 2]; 2], [0f32; 2]);
    assert_invalid(
        get_heatmap_maximum(&[0.0; 8], [1, 2, 2, 3], &mut places, &mut values),
        "heatmaps",
    );
    assert_invalid(get_heatmap_maximum(&[], [1, 2, 0, 3], &mut places, &mut values), "heatmaps");
    assert_invalid(
        get_heatmap_maximum(&[0.0; 8], [1, 1, 4, 2], &mut places, &mut values),
        "locations",
    );
    assert_invalid(batch_heatmap_nms(&[0f32; 8], [1, 2, 2, 2], 4, &mut [0.0; 8]), "kernel_size");
    assert_invalid(batch_heatmap_nms(&[0f32; 8], [1, 2, 2, 2], 3, &mut [0.0; 7]), "peaks");
    let rows = SimccRows { responses: [&[0f32; 4][..], &[0.0; 6]], bins: [2, 4] };
    assert_invalid(get_simcc_maximum(rows, &mut places, &mut values), "simcc_y");
    assert_invalid(get_simcc_normalized(&[0f32; 4], 3, None, &mut [0.0; 4]), "batch_pred_simcc");
    assert_invalid(get_simcc_normalized(&[0f32; 4], 2, Some(0.0), &mut [0.0; 4]), "sigma");
}

/// Every value, NaNs of all payloads included, in slices that do and do not fill whole vectors.
#[test]
fn bfloat16_keeps_its_bits() {
    let values: Vec<bf16> = (0..=u16::MAX).map(bf16::from_bits).collect();
    each_tier(|tier| {
        for len in [0, 1, 7, 8, 15, 16, 33, values.len() - 1, values.len()] {
            let mut singles = vec![1.0; len];
            bf16_to_f32(&values[..len], &mut singles).unwrap();
            let converted = singles.iter().zip(&values);
            for (single, value) in converted {
                assert_eq!(single.to_bits(), u32::from(value.to_bits()) << 16, "{tier:?}");
            }
        }
    });
    assert!(matches!(bf16_to_f32(&values, &mut [0.0]), Err(Error::InvalidInput { .. })));
}
