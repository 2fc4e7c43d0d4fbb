//! The oracles compared with numbers computed by hand or by other libraries.

use crate::common::{
    at, blur, bottom_up, dark, dark_udp, gaussian_kernel, gaussian_patch, gaussian_patch_3d,
    maximum, simcc_dark,
};

#[test]
fn maximum_returns_first_index() {
    assert_eq!(maximum(&[1.0, 3.0, 3.0]), (1, 3.0));
    assert_eq!(maximum(&[1.0, f64::NAN, 3.0]).0, 1);
}

#[test]
fn gaussian_kernel_matches_opencv() {
    assert_eq!(gaussian_kernel(5), [0.0625, 0.25, 0.375, 0.25, 0.0625]);
    // cv2.getGaussianKernel(11, 0)
    let eleven = [0.00881223, 0.02714358, 0.06511406, 0.12164907, 0.17699836, 0.20056541];
    for (tap, want) in gaussian_kernel(11).iter().zip(eleven) {
        assert!((tap - want).abs() < 1e-8, "{tap} is not {want}");
    }
}

#[test]
fn borders_match_opencv() {
    let row: Vec<f64> = vec![10.0, 20.0, 30.0];
    let seen: Vec<f64> = (-5..8).map(|x| at(&row, 3, x, 0, true)).collect();
    let want = [20., 10., 20., 30., 20., 10., 20., 30., 20., 10., 20., 30., 20.];
    assert_eq!(seen, want);
    assert_eq!(at(&row, 3, -1, 0, false), 0.0);
}

#[test]
fn blur_of_a_point_is_the_kernel() {
    let mut plane = vec![0.0; 49];
    plane[24] = 1.0;
    let blurred = blur(&plane, 7, 5, false);
    assert_eq!(blurred[24], 0.375 * 0.375);
    assert_eq!(blurred[24 + 2], 0.375 * 0.0625);
}

/// The logarithm of a Gaussian is quadratic, so one Newton step finds its peak exactly.
#[test]
fn dark_finds_peak_of_gaussian() {
    let (x0, y0) = (10.3, 9.8);
    let plane: Vec<f64> = (0..400)
        .map(|pixel| {
            let (x, y) = (f64::from(pixel % 20) - x0, f64::from(pixel / 20) - y0);
            (-(x * x + y * y) / 8.0).exp()
        })
        .collect();
    for offset in [dark(&plane, 20, 10, 10, 1), dark_udp(&plane, 20, 10, 10, 1)] {
        let (offset, _) = offset.expect("not singular");
        assert!((offset[0] - 0.3).abs() < 1e-5 && (offset[1] + 0.2).abs() < 1e-5, "{offset:?}");
    }
    let vector: Vec<f64> = plane[10 * 20..11 * 20].iter().map(|value| value * 40.0).collect();
    assert!((simcc_dark(&vector, 10, 1) - 0.3).abs() < 1e-6);
}

#[test]
fn gaussian_patch_is_truncated_like_mmpose() {
    let plane = gaussian_patch([9, 9], [4.2, 3.9], 1.0, false).expect("inside");
    assert_eq!(plane[4 * 9 + 4], 1.0);
    assert!((plane[4 * 9 + 5] - (-0.5f64).exp()).abs() < 1e-12);
    assert_eq!(plane[8 * 9 + 4], 0.0); // three pixels of four below fit
    // With 3σ = 4.5 and a corner before 0, the peak is one pixel to the right of the keypoint.
    let plane = gaussian_patch([9, 9], [2.0, 4.6], 1.5, false).expect("inside");
    assert_eq!(plane[5 * 9 + 3], 1.0);
    assert!(gaussian_patch([9, 9], [15.0, 4.0], 1.0, false).is_none());
}

#[test]
fn gaussian_3d_is_clipped_and_rounded_like_mmpose() {
    let ball = gaussian_patch_3d([9, 8, 7], [4.0, 4.0, 3.0], 1.0);
    assert_eq!(ball[(3 * 8 + 4) * 9 + 4], 1.0);
    assert!((ball[(4 * 8 + 4) * 9 + 5] - (-1f64).exp()).abs() < 1e-12);
    assert_eq!(ball[(3 * 8 + 4) * 9 + 8], 0.0); // four pixels away
    // A center at a half skips every other voxel: 1.5 and 2.5 both round to 2.
    let row = gaussian_patch_3d([9, 1, 1], [4.5, 0.0, 0.0], 1.0);
    let covered: Vec<usize> = (0..9).filter(|&pixel| row[pixel] > 0.0).collect();
    assert_eq!(covered, [2, 4, 6, 8]);
    // A patch outside is drawn at the border.
    let row = gaussian_patch_3d([3, 1, 1], [-5.0, 0.0, 0.0], 1.0);
    assert_eq!(row, [(-12.5f64).exp(), 0.0, 0.0]);
}

/// Recorded with torch 2.15.
#[test]
fn grid_sample_matches_torch() {
    let plane: Vec<f64> = (0..12).map(|value| f64::from(value * value)).collect();
    let recorded = [
        ([0.0, 0.0], 0.0),
        ([3.0, 2.0], 121.0),
        ([1.5, 0.5], 9.5),
        ([-4.0, 9.0], 64.0),
        ([2.2, 1.9], 109.099_998),
    ];
    for (at, want) in recorded {
        let got = bottom_up::grid_sample(&plane, 4, at);
        assert!((got - want).abs() < 1e-4, "{got} is not {want}");
    }
}

#[test]
fn suppressed_keeps_local_maxima() {
    let row = [1.0, 3.0, 3.0, 2.0, f64::NAN, 5.0, 4.0];
    let peaks = bottom_up::suppressed(&row, 7, 1);
    assert_eq!(peaks[..3], [0.0, 3.0, 3.0]);
    assert!(peaks[4].is_nan());
    assert_eq!([peaks[3], peaks[5], peaks[6]], [0.0; 3]);
}

#[test]
fn least_cost_tries_all_assignments() {
    let costs = [4.0, 1.0, 3.0, 2.0, 0.0, 5.0, 3.0, 2.0, 2.0];
    assert_eq!(bottom_up::least_cost(&costs, 3), 5.0);
    assert_eq!(bottom_up::least_cost(&costs[..6], 3), 3.0);
}

/// The smaller instance's displacements stay, except where they are 0: at the keypoint itself.
#[test]
fn displacements_of_smaller_instance_stay() {
    let person = |x: f64, diagonal: f64| bottom_up::Person {
        points: vec![[x, 0.0]],
        visible: vec![true],
        root: [2.0, 0.0],
        diagonal,
    };
    let people = [person(2.0, 2.0), person(4.0, 4.0)];
    let [along, weights] = bottom_up::displacements(&people, 1, [5, 1], 1.0);
    assert_eq!(along, [0., 1., 2., 0., 0., 0., 0., 0., 0., 0.]);
    assert_eq!(weights[..5], [0.0, 0.5, 0.25, 0.0, 0.0]);
}
