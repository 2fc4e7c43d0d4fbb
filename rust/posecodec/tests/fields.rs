//! Kernels of fields, ridges, discs and Gaussians at any positions, compared with naive oracles at every
//! vector tier.

use crate::common::fields::{band_vector, distance, edge_vector};
use crate::common::{self, each_tier};
use posecodec::functional::deeplabcut::{
    DekrMaps, DekrTargets, Grid, HeatmapKind, HeatmapMaps, HeatmapTargets, Labels, Locref, MapPer,
    SimccTargets, SimccVectors, part_affinity_fields,
};
use posecodec::functional::mmaction::{Clip, PoseTargets};
use posecodec::functional::sleap::{self, SamplingGrid};
use posecodec::kernels::axes::{Axes, UniformGrid};
use posecodec::kernels::fields::band_field::write_band_field;
use posecodec::kernels::fields::disc::{disc_row, nearest, rounded_limit};
use posecodec::kernels::fields::edge_field::add_edge_field;
use posecodec::kernels::fields::limb::{Limb, draw_limb};
use posecodec::kernels::fields::strip::Strip;
use posecodec::kernels::flip::mirror;
use posecodec::kernels::gaussian::exact::draw_gaussian_on;
use posecodec::kernels::gaussian::sampled::SampledGaussians;
use proptest::prelude::*;

/// Two points in or near an image of 80×60 pixels: anywhere, at pixels, on a line along an axis, or equal.
fn segment() -> impl Strategy<Value = [[f64; 2]; 2]> {
    let point = || [-20f64..100.0, -20f64..80.0];
    (point(), point(), 0..5u8).prop_map(|(from, to, kind)| match kind {
        0 => [from.map(f64::round), to.map(f64::round)],
        1 => [from, [from[0], to[1]]],
        2 => [from, [to[0], from[1]]],
        3 => [from, [from[0] + to[0] / 100.0, from[1] - to[1] / 100.0]],
        _ => [from, to],
    })
}

/// The coordinates of an axis: multiples of a stride, from half of it on, which may be truncated.
fn axis(length: usize) -> impl Strategy<Value = Vec<f64>> {
    (prop_oneof![Just(1.0), Just(4.0), Just(8.0), 0.3f64..9.0], any::<bool>()).prop_map(
        move |(stride, truncated)| {
            let at = |index| f64::from(index) * stride + stride / 2.0;
            (0..length as u32).map(|i| if truncated { at(i).trunc() } else { at(i) }).collect()
        },
    )
}

fn axes() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    (1usize..40, 1usize..30).prop_flat_map(|(width, height)| (axis(width), axis(height)))
}

/// A grid, and the coordinates of its columns and rows.
fn grid() -> impl Strategy<Value = (UniformGrid, Vec<f64>, Vec<f64>)> {
    let stride = prop_oneof![Just(1.0), Just(2.0), Just(4.0), 0.3f64..9.0];
    (1usize..40, 1usize..30, stride).prop_map(|(width, height, stride)| {
        let axis = |length: usize| (0..length as u32).map(|i| f64::from(i) * stride).collect();
        (UniformGrid { size: [width, height], stride }, axis(width), axis(height))
    })
}

/// Runs a kernel at every tier, compares the tiers with each other, and returns the result.
fn at_all_tiers<T: PartialEq + std::fmt::Debug>(mut run: impl FnMut() -> T) -> T {
    let mut first = None;
    each_tier(|tier| {
        let got = run();
        if let Some(want) = &first {
            assert_eq!(&got, want, "{tier:?}");
        } else {
            first = Some(got);
        }
    });
    first.expect("a tier")
}

fn pixels<'a>(x: &'a [f64], y: &'a [f64]) -> impl Iterator<Item = [f64; 2]> + use<'a> {
    y.iter().flat_map(move |&y| x.iter().map(move |&x| [x, y]))
}

proptest! {
    #![proptest_config(common::cases(128))]

    #[test]
    fn gaussian_on_axes_matches_oracle(
        (x, y) in axes(), centers in prop::collection::vec([-30f64..90.0, -30f64..90.0], 1..4),
        sigma in 0.2f64..30.0,
    ) {
        let exponent = -0.5 / (sigma * sigma);
        let got = at_all_tiers(|| {
            let (mut plane, mut scratch) = (vec![0f32; x.len() * y.len()], Default::default());
            for &center in &centers {
                let axes = Axes { x: &x, y: &y };
                draw_gaussian_on(&mut plane, axes, center, exponent, &mut scratch);
            }
            plane
        });
        for (got, at) in got.into_iter().zip(pixels(&x, &y)) {
            let value = |c: &[f64; 2]| {
                (exponent * ((at[0] - c[0]).powi(2) + (at[1] - c[1]).powi(2))).exp()
            };
            let want = centers.iter().map(value).fold(0.0, f64::max);
            prop_assert!((f64::from(got) - want).abs() <= 6e-8 * want + 1e-37, "{got}, not {want}");
        }
    }

    #[test]
    fn disc_matches_oracle(
        (x, y) in axes(), center in [-30f64..90.0, -30f64..90.0], radius in 0.3f64..40.0,
        rounded in any::<bool>(),
    ) {
        let center = if rounded { center.map(f64::round) } else { center };
        let squares = |axis: &[f64], center: f64| -> Vec<f64> {
            axis.iter().map(|at| (at - center) * (at - center)).collect()
        };
        let (along_x, along_y) = (squares(&x, center[0]), squares(&y, center[1]));
        for limit in [radius * radius, rounded_limit(radius)] {
            for square in along_y.iter().copied() {
                let columns = disc_row(&along_x, nearest(&along_x), square, limit);
                for (column, along) in along_x.iter().enumerate() {
                    prop_assert_eq!(columns.contains(&column), along + square <= limit);
                }
            }
        }
    }

    #[test]
    fn rounded_limit_is_the_last_square(radius in prop_oneof![0.1f64..50.0, Just(17.0), Just(5.0)]) {
        let inside = |square: f64| square.sqrt() * square.sqrt() <= radius * radius;
        let limit = rounded_limit(radius);
        prop_assert!(inside(limit) && !inside(limit.next_up()));
    }

    #[test]
    fn sampled_gaussians_match_oracle(
        (grid, x, y) in grid(), centers in prop::collection::vec([-30f64..90.0, -30f64..90.0], 0..5),
        sigma in 0.2f64..30.0,
    ) {
        let exponent = -0.5 / (sigma * sigma);
        let got = at_all_tiers(|| {
            let mut plane = vec![9f32; x.len() * y.len()];
            let centers = centers.iter().copied();
            SampledGaussians::default().fill(&mut plane, grid, centers, exponent);
            plane
        });
        for (got, at) in got.into_iter().zip(pixels(&x, &y)) {
            let value = |c: &[f64; 2]| {
                (exponent * ((at[0] - c[0]).powi(2) + (at[1] - c[1]).powi(2))).exp()
            };
            let want = centers.iter().map(value).fold(0.0, f64::max);
            prop_assert!((f64::from(got) - want).abs() <= 2e-7 * want + 1e-37, "{got}, not {want}");
        }
    }

    #[test]
    fn strip_has_all_pixels_near_the_line(
        [from, to] in segment(), radius in 0.1f64..30.0, (first, len) in (0usize..40, 0usize..60),
    ) {
        let (strip, columns) = (Strip::new(from, to, radius), first..first + len);
        let step = [to[0] - from[0], to[1] - from[1]];
        let length = step[0].hypot(step[1]);
        for row in 0..60usize {
            let inside = strip.columns(row, &columns);
            prop_assert!(columns.start <= inside.start && inside.end <= columns.end);
            let fixed = strip.max_len(len);
            let start = strip.start(row, &columns, fixed);
            prop_assert!(columns.start <= start && start + fixed <= columns.end);
            let across = |column: usize| {
                let [x, y] = [column as f64 - from[0], row as f64 - from[1]];
                (step[0] * y - step[1] * x).abs() / length
            };
            for column in columns.clone() {
                let near = across(column) < radius - 1e-6;
                prop_assert!(!near || inside.contains(&column), "{inside:?}, not {column}");
                prop_assert!(!near || (start..start + fixed).contains(&column), "{start}");
            }
            if step[1].abs() > 0.01 && inside.len() > 2 {
                let far = inside.clone().skip(2).rev().skip(2).find(|&at| across(at) > radius + 1e-6);
                prop_assert_eq!(far, None);
            }
        }
    }

    #[test]
    fn band_field_matches_oracle(
        (x, y) in axes(), edges in prop::collection::vec(segment(), 1..4),
        width in prop_oneof![0.5f64..40.0, -5f64..-0.5],
    ) {
        let got = at_all_tiers(|| {
            let [mut along_x, mut along_y] = [(); 2].map(|()| vec![0f32; x.len() * y.len()]);
            for &edge in &edges {
                let axes = Axes { x: &x, y: &y };
                write_band_field([&mut along_x, &mut along_y], axes, edge, width);
            }
            [along_x, along_y]
        });
        for (pixel, at) in pixels(&x, &y).enumerate() {
            let mut vectors = edges.iter().filter_map(|&edge| band_vector(at, edge, width));
            let want = vectors.next_back().unwrap_or_default().map(|side| side as f32);
            prop_assert_eq!([got[0][pixel], got[1][pixel]], want);
        }
    }

    #[test]
    fn edge_field_matches_oracle(
        (grid, x, y) in grid(), edges in prop::collection::vec(segment(), 1..4),
        sigma in 0.3f64..40.0,
    ) {
        let run = |single: bool| at_all_tiers(|| {
            let [mut along_x, mut along_y] = [(); 2].map(|()| vec![0f32; x.len() * y.len()]);
            for edge in &edges {
                let planes = [&mut along_x[..], &mut along_y];
                if single {
                    let edge = edge.map(|point| point.map(|c| c as f32));
                    add_edge_field(planes, grid, edge, sigma, &mut Vec::new());
                } else {
                    add_edge_field(planes, grid, *edge, sigma, &mut Vec::new());
                }
            }
            [along_x, along_y]
        });
        let (double, single) = (run(false), run(true));
        for (pixel, at) in pixels(&x, &y).enumerate() {
            let mut want = [0.0; 2];
            for &edge in &edges {
                let vector = edge_vector(at, edge, sigma);
                want = [want[0] + vector[0], want[1] + vector[1]];
            }
            for axis in 0..2 {
                let error = (f64::from(double[axis][pixel]) - want[axis]).abs();
                prop_assert!(error <= 5e-7, "{error}");
                // Coordinates up to 300 have errors of 3e-5 in single precision, and so have distances.
                let error = (f64::from(single[axis][pixel]) - want[axis]).abs();
                prop_assert!(error <= 1e-3, "{error}");
            }
        }
    }

    #[test]
    fn limb_matches_oracle(
        (width, height) in (1usize..60, 1usize..50), edge in segment(), sigma in 0.3f64..4.0,
        value in 0.01f64..1.5, shares in [0f64..1.0, 0f64..1.0, 0f64..1.0, 0f64..1.0],
    ) {
        let [start, end] = edge.map(|point| point.map(|c| c as f32));
        let limb = Limb { start, end, value };
        prop_assume!(limb.squared_length() >= 1.0);
        let range = |low: f64, high: f64, length: usize| {
            let ends = [low, high].map(|share| (share * length as f64) as usize);
            ends[0].min(ends[1])..ends[0].max(ends[1]) + 1
        };
        let (columns, rows) =
            (range(shares[0], shares[1], width), range(shares[2], shares[3], height));
        let got = at_all_tiers(|| {
            let mut plane = vec![0.25f32; width * height];
            draw_limb(&mut plane, width, limb, sigma, columns.clone(), rows.clone());
            plane
        });
        for (pixel, got) in got.into_iter().enumerate() {
            let (column, row) = (pixel % width, pixel / width);
            let off = distance([column as f64, row as f64], [start, end].map(|p| p.map(f64::from)));
            let ridge = value * (-off * off / (2.0 * sigma * sigma)).exp();
            let drawn = columns.contains(&column) && rows.contains(&row);
            let want = if drawn { ridge.max(0.25) } else { 0.25 };
            prop_assert!((f64::from(got) - want).abs() <= 2e-4, "{got}, not {want}");
        }
    }

    #[test]
    fn mirror_reverses_rows((width, height) in (1usize..70, 1usize..9)) {
        let plane: Vec<f32> = (0..(width * height) as u32).map(|value| value as f32).collect();
        let got = at_all_tiers(|| {
            let mut mirrored = vec![0f32; plane.len()];
            mirror(&plane, width, &mut mirrored);
            mirrored
        });
        let want: Vec<_> = plane.chunks(width).flat_map(|row| row.iter().rev().copied()).collect();
        prop_assert_eq!(got, want);
    }
}

/// One sample with a keypoint at (20, 12) in maps of 8×6 pixels, 4 input pixels apart.
fn one_keypoint() -> (Grid, [f64; 3]) {
    (Grid::new([8, 6], 4.0).expect("a grid"), [20.0, 12.0, 1.0])
}

#[test]
fn gaussian_targets_have_offsets_everywhere_and_plateaus_in_discs() {
    let (grid, values) = one_keypoint();
    let labels = Labels::new(&values, [1, 1, 1, 3]).expect("labels");
    for (kind, far) in [(HeatmapKind::Gaussian, 1.8), (HeatmapKind::Plateau, 0.0)] {
        let targets = HeatmapTargets::new(kind, MapPer::Keypoint, 5.0, None).expect("targets");
        let (mut heatmaps, mut weights) = (vec![9.0; 48], vec![9.0; 48]);
        let (mut offsets, mut masks) = (vec![9.0; 96], vec![9; 96]);
        let locref = Locref { offsets: &mut offsets, masks: &mut masks, scale: 0.1 };
        let maps =
            HeatmapMaps { heatmaps: &mut heatmaps, weights: &mut weights, locref: Some(locref) };
        targets.fill(&labels, &grid, 1, maps).expect("filled");
        // The pixel at (18, 10) is 2 pixels to the left and above, that at (2, 2) is 18 and 10.
        let near = 2 * 8 + 4;
        assert_eq!((offsets[near], offsets[48 + near], masks[near]), (0.2, 0.2, 1));
        assert_eq!((offsets[0], masks[0], weights[0]), (far, 0, 1.0));
        let want = if kind == HeatmapKind::Plateau { 1.0 } else { (-8.0f64 / 200.0 * 9.0).exp() };
        assert!((f64::from(heatmaps[near]) - want).abs() < 1e-7);
    }
}

#[test]
fn weights_of_missing_and_undefined_keypoints() {
    let (grid, _) = one_keypoint();
    for (visible, want) in [(0.0, 0.5), (-1.0, 0.0), (2.0, 1.0), (f64::NAN, 1.0)] {
        let values = [20.0, 12.0, visible];
        let labels = Labels::new(&values, [1, 1, 1, 3]).expect("labels");
        let kind = HeatmapKind::Plateau;
        let targets = HeatmapTargets::new(kind, MapPer::Keypoint, 5.0, Some(0.5)).expect("targets");
        let (mut heatmaps, mut weights) = (vec![9.0; 96], vec![9.0; 96]);
        let maps = HeatmapMaps { heatmaps: &mut heatmaps, weights: &mut weights, locref: None };
        targets.fill(&labels, &grid, 2, maps).expect("filled");
        assert_eq!((weights[0], weights[48]), (want, 1.0));
        assert_eq!(heatmaps.iter().any(|&value| value > 0.0), visible > 0.0);
    }
}

#[test]
fn refusals_name_the_argument() {
    let message = |result: posecodec::Result<()>| result.unwrap_err().to_string();
    let (grid, values) = one_keypoint();
    let labels = Labels::new(&values, [1, 1, 1, 3]).expect("labels");
    assert!(Labels::new(&values, [1, 1, 3, 1]).is_err());
    assert!(Grid::new([0, 6], 4.0).is_err());
    assert!(Grid::new([8, 6], 0.0).is_err());
    let kind = HeatmapKind::Gaussian;
    assert!(HeatmapTargets::new(kind, MapPer::Keypoint, 0.0, None).is_err());
    let targets = HeatmapTargets::new(kind, MapPer::Keypoint, 5.0, None).expect("targets");
    let maps = HeatmapMaps { heatmaps: &mut [], weights: &mut [], locref: None };
    assert!(message(targets.fill(&labels, &grid, 0, maps)).starts_with("`num_heatmaps` must"));
    let fields = message(part_affinity_fields(&labels, &grid, &[[0, 1]], 20.0, &mut [0.0]));
    assert!(fields.starts_with("`paf` must have 96 values"));
    assert!(part_affinity_fields(&labels, &grid, &[], f64::NAN, &mut []).is_err());
    let dekr = DekrTargets::new([8, 6], 4.0, 17.0, 0.1).expect("targets");
    for (values, area) in [([f64::NAN, 1.0, 0.0], 1.0), ([f64::INFINITY, 1.0, -1.0], 1.0)] {
        let labels = Labels::new(&values, [1, 1, 1, 3]).expect("labels");
        let maps = DekrMaps {
            heatmaps: &mut [0.0; 48],
            heatmap_weights: &mut [0.0; 48],
            offsets: &mut [],
            offset_weights: &mut [],
        };
        assert!(message(dekr.fill(&labels, &[area], maps)).starts_with("`keypoints` must"));
    }
    assert!(SimccTargets::gaussian([8, 0], 2.0, [1.0; 2], true).is_err());
    assert!(SimccTargets::gaussian([8, 8], 2.0, [1.0, 0.0], true).is_err());
    assert!(SimccTargets::standard([8, 8], -2.0, 0.0).is_err());
    let simcc = SimccTargets::standard([8, 8], 2.0, 0.0).expect("targets");
    let vectors = SimccVectors { x: &mut [0.0; 16], y: &mut [0.0; 15], weights: &mut [0] };
    assert!(message(simcc.fill(&labels, vectors)).starts_with("`y` must have 16 values"));
    let clip = Clip { keypoints: &[[f32::NAN, 1.0]], scores: &[1.0], counts: [1, 1, 1] };
    let pose = PoseTargets::new([4, 4], 0.6, 1e-4).expect("targets");
    assert!(
        message(pose.fill(&clip, true, &[], &[], &mut [0.0; 16])).starts_with("`keypoint` must")
    );
    let limbs = pose.fill(&clip, true, &[[0, 1]], &[], &mut [0.0; 32]);
    assert!(message(limbs).starts_with("`skeletons` must"));
    assert!(PoseTargets::new([4, 4], f64::NAN, 1e-4).is_err());
    let grid = SamplingGrid::new([8, 8], 2.0).expect("a grid");
    let edges =
        sleap::part_affinity_fields(&[[1f32, 2.0]], [1, 1], &[[0, 1]], &grid, 1.5, &mut [0.0; 32]);
    assert!(message(edges).starts_with("`edge_inds` must"));
    assert!(sleap::confidence_maps(&[[1f32, 2.0]], [1, 1], &grid, 0.0, &mut [0.0; 16]).is_err());
}
