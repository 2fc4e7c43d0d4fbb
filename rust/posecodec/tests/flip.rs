//! Flip test: averages compared with their formula, and decoded pairs with decoded averages.

use crate::common::each_tier;
use half::f16;
use ndarray::{Array3, Axis, concatenate, s};
use posecodec::Crop;
use posecodec::Error;
use posecodec::HeatmapValue;
use posecodec::codecs::DecodeHeatmaps;
use posecodec::codecs::heatmaps::{
    HeatmapShift, MegviiHeatmap, MegviiHeatmapOptions, MsraHeatmap, MsraHeatmapOptions, UdpHeatmap,
    UdpHeatmapOptions,
};
use posecodec::codecs::simcc::{Simcc3dLabel, Simcc3dLabelOptions, SimccLabel, SimccLabelOptions};
use posecodec::kernels::flip::{Mirrored, average_mirrored};
use proptest::prelude::*;

/// The average of two values, rounded as torch rounds them.
trait Halved: HeatmapValue + PartialEq {
    fn halved(one: Self, other: Self) -> Self;
}

impl Halved for f32 {
    fn halved(one: f32, other: f32) -> f32 {
        (one + other) * 0.5
    }
}

impl Halved for f64 {
    fn halved(one: f64, other: f64) -> f64 {
        (one + other) * 0.5
    }
}

impl Halved for f16 {
    /// As torch: in single precision, rounded to float16 after each step.
    fn halved(one: f16, other: f16) -> f16 {
        let sum = f16::from_f32(one.to_f32() + other.to_f32());
        f16::from_f32(sum.to_f32() * 0.5)
    }
}

/// The formula, pixel by pixel.
fn averages<E: Halved>(values: &[E], mirrored: &[E], width: usize, turn: Mirrored) -> Vec<E> {
    let pixel = |index: usize| {
        let (row, x) = (index - index % width, index % width);
        let from = match (turn.reversed, turn.shifted && x > 0) {
            (false, _) => x,
            (true, false) => width - 1 - x,
            (true, true) => width - x,
        };
        let other = mirrored[row + from];
        E::halved(values[index], if turn.negated { -other } else { other })
    };
    (0..values.len()).map(pixel).collect()
}

fn check<E: Halved>(values: &[E], mirrored: &[E], width: usize, turn: Mirrored) {
    let want = averages(values, mirrored, width, turn);
    each_tier(|tier| {
        let mut got = vec![E::of(7.0); values.len()];
        average_mirrored(values, mirrored, width, turn, &mut got);
        for (got, want) in got.iter().zip(&want) {
            let same = got == want || (got.as_f64().is_nan() && want.as_f64().is_nan());
            assert!(same, "{tier:?}, {turn:?}: {got:?}, not {want:?}");
        }
    });
}

/// Values over the range of float16: subnormal, overflowing, zero.
fn value() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -1f32..1.0,
        2 => -1e-6f32..1e-6,
        2 => -65504f32..65504.0,
        1 => prop::sample::select(vec![0.0, -0.0, 65504.0, f32::INFINITY, f32::NAN]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn average_mirrored_matches_formula(
        (width, values) in (1usize..70, 1usize..12).prop_flat_map(|(width, height)| {
            (Just(width), prop::collection::vec((value(), value()), width * height))
        }),
        (reversed, shifted, negated) in any::<(bool, bool, bool)>(),
    ) {
        let turn = Mirrored { reversed, shifted: reversed && shifted, negated };
        let (ones, others): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        check(&ones, &others, width, turn);
        let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
        check(&wide(&ones), &wide(&others), width, turn);
        let half = |values: &[f32]| values.iter().copied().map(f16::from_f32).collect::<Vec<_>>();
        check(&half(&ones), &half(&others), width, turn);
    }

    #[test]
    fn crop_corners_round_trip(
        center in [-1e3f64..4e3, -1e3f64..4e3],
        scale in [1f64..4e3, 1f64..4e3],
        input_size in [1usize..600, 1usize..600],
    ) {
        let [w, h] = input_size.map(|side| side as f64);
        let mut corners = [[0.0, 0.0, 1.5], [w, h, -2.5], [w / 2.0, h / 2.0, 0.0]];
        Crop { center, scale, input_size, use_udp: false }.to_image(&mut corners);
        for axis in 0..2 {
            let half = 0.5 * scale[axis];
            let want = [center[axis] - half, center[axis] + half, center[axis]];
            for (corner, want) in corners.iter().zip(want) {
                assert!((corner[axis] - want).abs() < 1e-9 * (want.abs() + scale[axis] + 1e3));
            }
        }
        assert_eq!(corners.map(|corner| corner[2]), [1.5, -2.5, 0.0]);
    }
}

/// The kernel rounds once for both steps: compared for many float16 bits and at its limits.
#[test]
fn float16_averages_round_like_two_steps() {
    let bits = (0..=u16::MAX).step_by(7).chain([0x7bff, 0xfbff, 0x0001, 0x03ff, 0x0400, 0x8001]);
    let ones: Vec<f16> = bits.map(f16::from_bits).collect();
    for other in [0x0000, 0x0001, 0x8001, 0x03ff, 0x3c00, 0x4bff, 0x7bff, 0xfbff, 0x7c00, 0x5bff] {
        let others = vec![f16::from_bits(other); ones.len()];
        check(&ones, &others, ones.len(), Mirrored::default());
    }
}

/// One Gaussian with noise per map, different for each seed.
fn maps(count: usize, seed: u32) -> Array3<f32> {
    let mut state = seed;
    Array3::from_shape_fn((count, 24, 18), |(map, y, x)| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (dx, dy) = (x as f32 - 4.3 - map as f32, y as f32 - 9.8 + 0.4 * map as f32);
        let noise = (state >> 16) as f32 / 65536.0 - 0.5;
        (-(dx * dx + dy * dy) / 9.0).exp() + 0.01 * noise
    })
}

const INDICES: [usize; 4] = [2, 1, 0, 3];

/// The maps of the mirrored image, mirrored back: MMPose's `flip_heatmaps`.
fn mirrored_back(flipped: &Array3<f32>, each: usize, shift: HeatmapShift) -> Array3<f32> {
    let mut mirrored_back = flipped.clone();
    for (keypoint, &other) in INDICES.iter().enumerate() {
        for map in 0..each {
            let mirrored = flipped.slice(s![each * other + map, .., ..;-1]);
            let sign = if each == 3 && map == 1 { -1.0 } else { 1.0 };
            mirrored_back.slice_mut(s![each * keypoint + map, .., ..]).assign(&(&mirrored * sign));
        }
    }
    if shift == HeatmapShift::OnePixel {
        let parts = [mirrored_back.slice(s![.., .., ..1]), mirrored_back.slice(s![.., .., ..-1])];
        mirrored_back = concatenate(Axis(2), &parts).expect("of one height");
    }
    mirrored_back
}

fn check_decoding<C: DecodeHeatmaps>(codec: &C) {
    let each = codec.maps_per_keypoint();
    let (own, flipped) = (maps(4 * each, 1), maps(4 * each, 2));
    for shift in [HeatmapShift::None, HeatmapShift::OnePixel] {
        let averages = (&own + &mirrored_back(&flipped, each, shift)) * 0.5;
        let want = codec.decode(averages.view()).expect("fits");
        let got = codec.decode_flipped(own.view(), flipped.view(), &INDICES, shift).expect("fits");
        assert_eq!(got, want);
    }
    let shift = HeatmapShift::None;
    let of = |indices: &[usize]| codec.decode_flipped(own.view(), flipped.view(), indices, shift);
    assert_argument(of(&[0, 1, 2]), "flip_indices");
    assert_argument(of(&[0, 1, 2, 4]), "flip_indices");
    let narrow = flipped.slice(s![.., .., 1..]);
    assert_argument(codec.decode_flipped(own.view(), narrow, &INDICES, shift), "flipped");
}

fn assert_argument<T: std::fmt::Debug>(refused: posecodec::Result<T>, name: &str) {
    match refused {
        Err(Error::InvalidInput { argument, .. }) => assert_eq!(argument, name),
        other => panic!("{other:?}"),
    }
}

#[test]
fn decode_flipped_matches_decoded_average() {
    let (input, size) = ([72, 96], [18, 24]);
    for unbiased in [false, true] {
        let options = MsraHeatmapOptions { unbiased, blur_kernel_size: 5, ..Default::default() };
        check_decoding(&MsraHeatmap::new(input, size, options).expect("fits"));
    }
    let options = MegviiHeatmapOptions { kernel_size: 5 };
    check_decoding(&MegviiHeatmap::new(input, size, options).expect("fits"));
    for kind in ["gaussian", "combined"] {
        let kind = kind.parse().expect("MMPose's names");
        let options = UdpHeatmapOptions { kind, blur_kernel_size: 5 };
        check_decoding(&UdpHeatmap::new(input, size, options).expect("fits"));
    }
}

/// Vectors (2, 4, bins) of two instances.
fn vectors(seed: u32, bins: usize) -> Array3<f32> {
    let flat = maps(8, seed).into_iter().take(8 * bins).collect();
    Array3::from_shape_vec((2, 4, bins), flat).expect("as many")
}

#[test]
fn simcc_decode_flipped_matches_decoded_average() {
    let own = [10, 20, 30].map(|bins| vectors(1, bins));
    let flipped = [10, 20, 30].map(|bins| vectors(2, bins));
    let averages: [Array3<f32>; 3] = std::array::from_fn(|axis| {
        let mut swapped = flipped[axis].select(Axis(1), &INDICES);
        if axis == 0 {
            swapped.invert_axis(Axis(2));
        }
        (&own[axis] + &swapped) * 0.5
    });
    let ([x, y, z], [fx, fy, fz], [ax, ay, az]) = (own, flipped, averages);

    for use_dark in [false, true] {
        let options = SimccLabelOptions { use_dark, decode_visibility: true, ..Default::default() };
        let codec = SimccLabel::new([5, 10], options).expect("fits");
        let want = codec.decode(ax.view(), ay.view()).expect("fits");
        let flip = |indices: &[usize]| {
            codec.decode_flipped([x.view(), y.view()], [fx.view(), fy.view()], indices)
        };
        assert_eq!(flip(&INDICES).expect("fits"), want);
        assert_argument(flip(&[1, 0]), "flip_indices");
        let swapped = codec.decode_flipped([x.view(), y.view()], [fy.view(), fx.view()], &INDICES);
        assert_argument(swapped, "flipped");
    }
    let codec = Simcc3dLabel::new([5, 10, 15], Simcc3dLabelOptions::default()).expect("fits");
    let want = codec.decode(ax.view(), ay.view(), az.view()).expect("fits");
    let own = [x.view(), y.view(), z.view()];
    let got = codec.decode_flipped(own, [fx.view(), fy.view(), fz.view()], &INDICES);
    assert_eq!(got.expect("fits"), want);
}
