//! The bottom-up codecs' kernels compared with naive oracles, on generated inputs, at every vector tier;
//! and with recorded results where ties or rounding depend on the order of MMPose's dependencies.

use std::borrow::Cow;

use crate::common::bottom_up::{self as naive, Person};
use crate::common::{self, each_tier};
use half::f16;
use posecodec::kernels::blur::kernel::GaussianKernel;
use posecodec::kernels::fields::displacement::{
    Direction, DisplacementMaps, RootedInstance, fill_displacements,
};
use posecodec::kernels::grouping::bilinear::sample_unaligned;
use posecodec::kernels::grouping::hungarian::linear_sum_assignment;
use posecodec::kernels::grouping::instance::{
    RootType, diagonal_length, instance_bbox, instance_root,
};
use posecodec::kernels::grouping::nms::{Neighborhood, NmsBuffers, suppress};
use posecodec::kernels::grouping::tag_map::TagMap;
use posecodec::kernels::grouping::top_k::{peaks_above, top_k};
use posecodec::kernels::math::pairwise_sum::pairwise_sum;
use posecodec::kernels::refinement::log_plane;
use posecodec::{Float, HeatmapValue};
use proptest::prelude::*;

/// Values many of which are equal, and some not finite if `odd`.
fn values(count: usize, odd: bool) -> impl Strategy<Value = Vec<f32>> {
    let odd = if odd { 1 } else { 0 };
    let levels = (-2i8..6).prop_map(|level| f32::from(level) / 4.0);
    let value = prop_oneof![
        40 => levels,
        30 => -1f32..2.0,
        odd => Just(f32::NAN),
        odd => Just(f32::INFINITY),
        odd => Just(f32::NEG_INFINITY),
    ];
    prop::collection::vec(value, count)
}

/// A plane with its width.
fn plane(odd: bool) -> impl Strategy<Value = (usize, Vec<f32>)> {
    (1usize..80, 1usize..40).prop_flat_map(move |(width, height)| {
        values(width * height, odd).prop_map(move |plane| (width, plane))
    })
}

fn wide<E: HeatmapValue>(values: &[E]) -> Vec<f64> {
    values.iter().map(|value| value.as_f64()).collect()
}

/// Equal, or NaN both.
fn same(one: f64, other: f64) -> bool {
    one == other || one.is_nan() && other.is_nan()
}

fn check_peaks<E: HeatmapValue>(plane: &[E], width: usize, radius: usize, k: usize) {
    let expected = naive::suppressed(&wide(plane), width, radius);
    each_tier(|tier| {
        let neighborhood = Neighborhood { plane, width, radius };
        let mut peaks = plane.to_vec();
        suppress(neighborhood, &mut peaks, &mut NmsBuffers::default());
        assert!(wide(&peaks).iter().zip(&expected).all(|(a, b)| same(*a, *b)), "{tier:?}");
        let largest = top_k(neighborhood, k);
        let mut pixels: Vec<_> = largest.iter().map(|candidate| candidate.pixel).collect();
        for candidate in &largest {
            assert!(same(candidate.value.as_f64(), expected[candidate.pixel]), "{tier:?}");
        }
        pixels.sort_unstable();
        pixels.dedup();
        assert_eq!(pixels.len(), k, "{tier:?}");
        // NaN first, as torch sorts them.
        let mut sorted = expected.clone();
        sorted.sort_by(|a, b| {
            let nan_first = b.is_nan().cmp(&a.is_nan());
            nan_first.then(b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal))
        });
        let got: Vec<_> = largest.iter().map(|candidate| candidate.value.as_f64()).collect();
        assert!(got.iter().zip(&sorted).all(|(a, b)| same(*a, *b)), "{tier:?} {got:?}");
        assert!(peaks_above(neighborhood, k, -0.1).is_none());
        for threshold in [0.0, 0.1, 0.25, 0.7, 3.0] {
            let Some(found) = peaks_above(neighborhood, k, threshold) else { continue };
            let above = largest.iter().filter(|peak| peak.value.as_f64() > threshold);
            assert!(found.iter().map(|peak| peak.pixel).eq(above.map(|peak| peak.pixel)));
            assert!(found.iter().all(|peak| peak.value.as_f64() == expected[peak.pixel]));
        }
    });
}

fn roots_of<T: Float>(points: &[[T; 2]]) {
    let visible = || points.iter().copied();
    let single = |value: T| value.as_f64() as f32;
    if points.is_empty() {
        assert_eq!(instance_root(visible(), RootType::KeypointCenter), None);
        assert_eq!(instance_root(visible(), RootType::BoxCenter), None);
        assert_eq!(instance_bbox(visible()), [0.0; 4]);
        return;
    }
    let axis = |axis: usize| points.iter().map(move |point| point[axis]);
    let mean = |number| {
        single(axis(number).fold(T::zero(), |sum, x| sum + x) / T::of(points.len() as f64))
    };
    let low = |number| axis(number).fold(T::infinity(), T::min);
    let high = |number| axis(number).fold(T::neg_infinity(), T::max);
    let center = |number| single((high(number) + low(number)) / T::of(2.0));
    assert_eq!(instance_root(visible(), RootType::KeypointCenter), Some([mean(0), mean(1)]));
    assert_eq!(instance_root(visible(), RootType::BoxCenter), Some([center(0), center(1)]));
    let bbox = [low(0), low(1), high(0), high(1)].map(single);
    assert_eq!(instance_bbox(visible()), bbox);
    let diagonal = (f64::from(bbox[2] - bbox[0])).hypot(f64::from(bbox[3] - bbox[1]));
    assert!((f64::from(diagonal_length(bbox)) - diagonal).abs() <= 1e-6 * diagonal);
}

fn person(count: usize, [width, height]: [usize; 2]) -> impl Strategy<Value = Person> {
    let coordinate = |side: usize| {
        let side = side as f64;
        prop_oneof![-2.0..side + 2.0, (0.0..side).prop_map(f64::floor)]
    };
    let point = || (coordinate(width), coordinate(height)).prop_map(|(x, y)| [x, y]);
    let points = prop::collection::vec(point(), count);
    let visible = prop::collection::vec(prop::bool::weighted(0.8), count);
    // Few sizes, so that some are equal.
    let diagonal = (1u8..6).prop_map(|size| f64::from(size) * 1.7);
    (points, visible, point(), diagonal).prop_map(|(points, visible, root, diagonal)| Person {
        points,
        visible,
        root,
        diagonal,
    })
}

proptest! {
    #![proptest_config(common::cases(128))]

    #[test]
    fn nms_and_top_k_match_oracle(
        (width, plane) in plane(true), radius in 0usize..5,
        few in any::<prop::sample::Index>(), many in any::<prop::sample::Index>(),
    ) {
        let half: Vec<_> = plane.iter().copied().map(f16::from_f32).collect();
        let double: Vec<_> = plane.iter().copied().map(f64::from).collect();
        // Few and many.
        for k in [few.index(plane.len() / 64 + 1), many.index(plane.len() + 1)] {
            check_peaks(&plane, width, radius, k);
            check_peaks(&half, width, radius, k);
            check_peaks(&double, width, radius, k);
        }
    }

    /// Without equal values, no other algorithm is needed: also on dense maps.
    #[test]
    fn peaks_above_finds_peaks_of_different_values(
        (width, plane) in (1usize..80, 1usize..40).prop_flat_map(|(width, height)| {
            let different = Just((0..width * height).collect::<Vec<_>>()).prop_shuffle();
            (Just(width), different)
        }),
        radius in 0usize..4, k in 0usize..70, share in -0.2f64..1.1,
    ) {
        let values: Vec<f32> = plane.iter().map(|&value| value as f32 + 0.5).collect();
        let threshold = (share * values.len() as f64).max(0.0).floor() + 0.3;
        let expected = naive::suppressed(&wide(&values), width, radius);
        let mut pixels: Vec<_> =
            (0..values.len()).filter(|&pixel| expected[pixel] > threshold).collect();
        pixels.sort_by(|&one, &other| expected[other].total_cmp(&expected[one]));
        pixels.truncate(k);
        each_tier(|tier| {
            let found = peaks_above(Neighborhood { plane: &values, width, radius }, k, threshold);
            let found: Vec<_> =
                found.expect("all differ").into_iter().map(|candidate| candidate.pixel).collect();
            assert_eq!(found, pixels, "{tier:?}");
        });
    }

    #[test]
    fn displacements_match_oracle(
        (size, count, people) in (1usize..24, 1usize..24, 1usize..4).prop_flat_map(|(w, h, k)| {
            (Just([w, h]), Just(k), prop::collection::vec(person(k, [w, h]), 0..6))
        }),
        radius in 0.3f64..9.0,
    ) {
        let [want, want_weights] = naive::displacements(&people, count, size, radius);
        let inside = |root: [f64; 2]| {
            (0..2).all(|axis| root[axis] >= 0.0 && root[axis] < size[axis] as f64)
        };
        let instances: Vec<_> = people.iter().filter(|person| inside(person.root)).map(|person| {
            RootedInstance {
                points: &person.points[..],
                labelled: &person.visible[..],
                root: person.root,
                size: person.diagonal,
                weight: (1.0 / person.diagonal) as f32,
            }
        }).collect();
        each_tier(|tier| {
            let mut displacements = vec![0f32; want.len()];
            let mut weights = vec![0f32; want.len()];
            let maps =
                DisplacementMaps { displacements: &mut displacements, weights: &mut weights, size };
            fill_displacements(maps, &instances, radius, Direction::ToKeypoint);
            assert_eq!(displacements, want, "{tier:?}");
            assert_eq!(weights, want_weights, "{tier:?}");
        });
    }

    #[test]
    fn assignment_has_least_cost(
        (rows, columns) in (1usize..7).prop_flat_map(|rows| (Just(rows), rows..8)),
        levels in prop_oneof![Just(2u32), Just(4), Just(1_000_000)],
        numbers in prop::collection::vec(any::<u32>(), 56),
    ) {
        let costs: Vec<_> =
            numbers[..rows * columns].iter().map(|number| f64::from(number % levels) - 1.0).collect();
        let assigned = linear_sum_assignment(&costs, columns).unwrap();
        prop_assert_eq!(assigned.len(), rows);
        let mut distinct = assigned.clone();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(distinct.len(), rows);
        let cost: f64 =
            assigned.iter().enumerate().map(|(row, column)| costs[row * columns + column]).sum();
        prop_assert_eq!(cost, naive::least_cost(&costs, columns));
    }

    #[test]
    fn assignment_terminates_for_any_costs(
        numbers in prop::collection::vec(any::<f64>(), 36),
    ) {
        let mut assigned = linear_sum_assignment(&numbers, 6).unwrap();
        assigned.sort_unstable();
        prop_assert_eq!(assigned, [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn nearest_tag_matches_oracle(
        (responses, tags) in (1usize..600, 1usize..4).prop_flat_map(|(pixels, channels)| {
            (values(pixels, true), prop::collection::vec(values(pixels, true), channels))
        }),
        wanted in prop::collection::vec(-2f32..3.0, 3),
        stretch in prop_oneof![Just(1f32), Just(40.0)],
    ) {
        let tags: Vec<Vec<f32>> =
            tags.iter().map(|plane| plane.iter().map(|tag| tag * stretch).collect()).collect();
        let tag = &wanted[..tags.len()];
        let want = naive::nearest(&responses, &tags, tag);
        let doubles = |values: &[f32]| -> Vec<f64> { values.iter().copied().map(f64::from).collect() };
        let double_tags: Vec<_> = tags.iter().map(|plane| doubles(plane)).collect();
        let (double_responses, double_tag) = (doubles(&responses), doubles(tag));
        let want_double = naive::nearest(&double_responses, &double_tags, &double_tag);
        let halves = |values: &[f32]| -> Vec<f16> { values.iter().copied().map(f16::from_f32).collect() };
        let (half_responses, half_tags) =
            (halves(&responses), tags.iter().map(|plane| halves(plane)).collect::<Vec<_>>());
        let wide_tags: Vec<_> = half_tags.iter().map(|plane| wide(plane)).collect();
        let want_half = naive::nearest(&wide(&half_responses), &wide_tags, &double_tag);
        each_tier(|tier| {
            let planes = tags.iter().map(Vec::as_slice).collect();
            let map = TagMap::new(Cow::Borrowed(&responses[..]), planes);
            assert_eq!(map.nearest(tag, 100.0), want, "{tier:?}");
            let planes = double_tags.iter().map(Vec::as_slice).collect();
            let map = TagMap::new(Cow::Borrowed(&double_responses[..]), planes);
            assert_eq!(map.nearest(&double_tag, 100.0), want_double, "{tier:?}");
            let planes = half_tags.iter().map(Vec::as_slice).collect();
            let map = TagMap::new(Cow::Borrowed(&half_responses[..]), planes);
            assert_eq!(map.nearest(&double_tag, 100.0), want_half, "{tier:?}");
        });
    }

    #[test]
    fn roots_and_boxes_match_formulas(
        points in prop::collection::vec((-50f64..300.0, -50f64..300.0), 0..20),
    ) {
        let doubles: Vec<_> = points.iter().map(|&(x, y)| [x, y]).collect();
        let singles: Vec<_> = points.iter().map(|&(x, y)| [x as f32, y as f32]).collect();
        roots_of(&doubles);
        roots_of(&singles);
    }

    #[test]
    fn log_plane_matches_oracle(
        (width, plane) in plane(false), radius in 0usize..8, exponent in -4f32..3.0,
    ) {
        let plane: Vec<_> = plane.iter().map(|value| value * 10f32.powf(exponent)).collect();
        let exact = wide(&plane);
        // Rescaling is inaccurate in single precision if the maximum is 0 or nearly removed by the blur.
        let (largest, size) = (common::maximum(&exact).1, 2 * radius + 1);
        let blurred = common::maximum(&common::blur(&exact, width, size, false)).1;
        prop_assume!(largest > 0.0 && blurred > 0.01 * largest);
        let want = common::modulated_log(&exact, width, size, [1e-3, 50.0]);
        let kernel = GaussianKernel::new(size);
        each_tier(|tier| {
            for (got, want) in log_plane(&plane, width, &kernel).iter().zip(&want) {
                // Near zero, a blurred value is the rounding error of larger ones.
                let off = (f64::from(*got).exp() - want.exp()).abs();
                assert!(off <= 1e-4 * want.exp() + 3e-5 * largest, "{tier:?}: {got} is not {want}");
            }
        });
    }

    #[test]
    fn bilinear_sample_matches_oracle(
        (width, plane) in plane(false), at in (-5f64..90.0, -5f64..50.0),
    ) {
        prop_assume!(width > 1 && plane.len() > width);
        let exact = wide(&plane);
        let want = naive::grid_sample(&exact, width, [at.0, at.1]);
        prop_assert!((sample_unaligned(&exact, width, [at.0, at.1]) - want).abs() < 1e-9);
        let got = sample_unaligned(&plane, width, [at.0 as f32, at.1 as f32]);
        prop_assert!((got - want).abs() < 2e-4, "{} is not {}", got, want);
    }

    #[test]
    fn pairwise_sum_of_integers_is_exact(values in prop::collection::vec(-1000i16..1000, 0..2000)) {
        // Integers, whose sum does not depend on the order.
        let floats: Vec<f32> = values.iter().copied().map(f32::from).collect();
        let sum: i32 = values.iter().copied().map(i32::from).sum();
        prop_assert_eq!(f64::from(pairwise_sum(&floats)), f64::from(sum));
    }
}

/// Recorded from torch 2.15 on Linux: `topk` of 256 values, many of which are equal.
#[test]
fn top_k_orders_equal_values_as_torch() {
    let mut plane: Vec<f32> =
        (0..256).map(|pixel| ((pixel * pixel * 7 / 3 + pixel * 5) % 6) as f32).collect();
    let pixels = |plane: &[f32], k: usize| -> Vec<usize> {
        let mut first = None;
        each_tier(|tier| {
            let largest = top_k(Neighborhood { plane, width: 16, radius: 0 }, k);
            let pixels: Vec<_> = largest.into_iter().map(|candidate| candidate.pixel).collect();
            assert_eq!(first.get_or_insert_with(|| pixels.clone()), &pixels, "{tier:?}");
        });
        first.expect("at least one tier")
    };
    assert_eq!(pixels(&plane, 1), [5]);
    assert_eq!(pixels(&plane, 2), [7, 5]);
    assert_eq!(pixels(&plane, 4), [14, 7, 16, 5]);
    assert_eq!(pixels(&plane, 5), [41, 223, 221, 88, 43]);
    let sixteen = [167, 158, 32, 115, 34, 160, 113, 70, 223, 221, 88, 41, 68, 43, 106, 97];
    assert_eq!(pixels(&plane, 16), sixteen);
    let forty = [
        158, 88, 221, 223, 70, 113, 160, 34, 115, 32, 41, 77, 79, 16, 149, 14, 185, 5, 7, 187, 52,
        61, 205, 59, 95, 203, 97, 176, 178, 169, 86, 212, 50, 214, 104, 167, 106, 43, 68, 248,
    ];
    assert_eq!(pixels(&plane, 40), forty);
    for pixel in [3, 77, 200] {
        plane[pixel] = f32::NAN;
    }
    assert_eq!(pixels(&plane, 4), [200, 3, 77, 5]);
    assert_eq!(pixels(&plane, 9), [200, 3, 77, 169, 167, 104, 50, 212, 97]);
}

/// Recorded with munkres 1.1.4: which one of several best assignments it returns.
#[test]
fn equal_costs_are_assigned_like_munkres() {
    let recorded: [([usize; 2], u64, &[usize]); 11] = [
        ([3, 3], 2, &[1, 0, 2]),
        ([4, 4], 1, &[0, 1, 2, 3]),
        ([5, 5], 2, &[4, 1, 3, 2, 0]),
        ([6, 6], 3, &[3, 0, 1, 2, 5, 4]),
        ([7, 9], 2, &[1, 6, 3, 2, 8, 4, 7]),
        ([3, 8], 3, &[2, 0, 1]),
        ([8, 8], 2, &[1, 6, 3, 2, 0, 4, 7, 5]),
        ([12, 12], 4, &[4, 8, 3, 2, 9, 5, 11, 6, 1, 7, 0, 10]),
        ([1, 5], 2, &[1]),
        ([10, 13], 3, &[2, 0, 1, 4, 5, 6, 3, 9, 7, 10]),
        ([9, 9], 100, &[0, 1, 8, 3, 7, 5, 4, 6, 2]),
    ];
    for ([rows, columns], levels, want) in recorded {
        let cost = |pixel: usize| {
            let (i, j) = ((pixel / columns) as u64, (pixel % columns) as u64);
            let mixed = i * 31 + j * 17 + 7 * i * i * j + 3 * j * j * i + 11;
            ((mixed.wrapping_mul(2_654_435_761) >> 13) % levels) as f64
        };
        let costs: Vec<_> = (0..rows * columns).map(cost).collect();
        assert_eq!(
            linear_sum_assignment(&costs, columns).unwrap(),
            want,
            "{rows} x {columns}, {levels} levels"
        );
    }
}

/// Recorded with NumPy 2.4: the bits of sums of single-precision numbers.
#[test]
fn pairwise_sum_is_bit_identical_to_numpy() {
    let recorded = [
        (5, 0x401e_f413),
        (8, 0x4070_4503),
        (100, 0x4249_9f15),
        (129, 0x4282_32be),
        (1000, 0x43fa_1694),
    ];
    for (count, bits) in recorded {
        let values: Vec<f32> =
            (0..count).map(|i| (f64::from(i * 7919 % 1009) / 1009.0) as f32).collect();
        assert_eq!(pairwise_sum(&values).to_bits(), bits, "{count} values");
    }
}
