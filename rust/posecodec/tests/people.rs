//! `Spr` from peaks: the instances of whole maps.

use ndarray::Array3;
use posecodec::codecs::people::{Spr, SprOptions, SprPeaks};
use proptest::prelude::*;

use crate::common::bottom_up as naive;

const COUNT: usize = 2;

/// What [`Spr::decode_peaks`] takes from maps (K+1, H, W) and displacements (2K, H, W).
struct Taken {
    values: Vec<f64>,
    indices: Vec<i64>,
    displacements: Vec<f64>,
    windows: Vec<f64>,
}

impl Taken {
    fn from(codec: &Spr, maps: &Array3<f64>, fields: &Array3<f64>) -> Self {
        let (_, height, width) = maps.dim();
        let plane: Vec<f64> =
            maps.outer_iter().next_back().expect("of roots").iter().copied().collect();
        let suppressed = naive::suppressed(&plane, width, codec.options().nms_kernel / 2);
        let mut order: Vec<usize> = (0..plane.len()).collect();
        let first = |pixel: &usize| {
            if suppressed[*pixel].is_nan() { f64::INFINITY } else { suppressed[*pixel] }
        };
        order.sort_by(|one, other| first(other).total_cmp(&first(one)));
        order.sort_by_key(|&pixel| !suppressed[pixel].is_nan());
        order.truncate(codec.candidates([width, height]));
        let at = |channel: usize, pixel: usize| fields[[channel, pixel / width, pixel % width]];
        let displacements =
            (0..2 * COUNT).flat_map(|channel| order.iter().map(move |&pixel| at(channel, pixel)));
        let mut windows = Vec::new();
        for number in 0..COUNT {
            for &pixel in &order {
                let start = [0, 1].map(|axis| {
                    let moved = at(2 * number + axis, pixel).floor();
                    let moved = if moved.is_nan() { f64::NEG_INFINITY } else { moved };
                    let root = [pixel % width, pixel / width][axis] as f64;
                    (root + moved).clamp(0.0, [width, height][axis] as f64 - 1.0) as i64
                });
                windows.extend((0..16).map(|index| {
                    let at = [start[1] - 1 + index / 4, start[0] - 1 + index % 4];
                    let [y, x] = at.map(|at| usize::try_from(at).unwrap_or(usize::MAX));
                    maps.get([number, y, x]).copied().unwrap_or(f64::NAN)
                }));
            }
        }
        Self {
            values: order.iter().map(|&pixel| suppressed[pixel]).collect(),
            indices: order.iter().map(|&pixel| pixel as i64).collect(),
            displacements: displacements.collect(),
            windows,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn peaks_decode_like_maps(
        [height, width] in prop::array::uniform2(1usize..12),
        values in prop::collection::vec(-0.5f64..1.0, 997),
        moves in prop::collection::vec(-20f64..20.0, 991),
        special in prop_oneof![4 => Just(None), 1 => Just(Some(f64::NAN)), 1 => Just(Some(f64::INFINITY))],
        steps in prop_oneof![Just(1e6), Just(4.0)],
        radius in 0usize..3, most in 0usize..8, threshold in prop_oneof![Just(0.0), Just(0.3)],
    ) {
        let options = SprOptions {
            root_sigma: Some(4.0),
            keypoint_sigma: Some(2.0),
            generate_keypoint_heatmaps: true,
            nms_kernel: 2 * radius + 1,
            max_instances: most.min(height * width),
            threshold,
            ..Default::default()
        };
        let codec = Spr::new([4 * width, 4 * height], [width, height], options).expect("valid");
        let mut values = values.iter().map(|value| (value * steps).round() / steps).cycle();
        let mut moves = moves.iter().copied().cycle();
        let mut maps =
            Array3::from_shape_simple_fn((COUNT + 1, height, width), || values.next().expect("endless"));
        let mut fields =
            Array3::from_shape_simple_fn((2 * COUNT, height, width), || moves.next().expect("endless"));
        if let Some(value) = special {
            maps[[COUNT, height / 2, width / 2]] = value;
            fields[[1, height / 3, width / 3]] = value;
        }
        let taken = Taken::from(&codec, &maps, &fields);
        let decoded = codec.decode_peaks(SprPeaks {
            size: [width, height],
            keypoints: COUNT,
            values: &taken.values,
            indices: &taken.indices,
            displacements: &taken.displacements,
            windows: Some(&taken.windows),
        }).expect("valid");
        let above = taken.values.iter().filter(|&&value| value > threshold).count();
        let mut distinct = taken.values[..above].to_vec();
        distinct.dedup();
        prop_assert_eq!(decoded.is_some(), distinct.len() == above && !taken.values[0].is_nan());
        if let Some(decoded) = decoded {
            let want = codec.decode(maps.view(), fields.view()).expect("valid");
            // As text, NaN equals NaN.
            prop_assert_eq!(format!("{decoded:?}"), format!("{want:?}"));
        }
    }
}
