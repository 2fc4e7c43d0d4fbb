//! Maps in channels_last and contiguous maps are decoded bit-identically.

use crate::common::strategies::bump;
use crate::common::{cases, each_tier};
use half::f16;
use ndarray::{Array4, ArrayView4, Axis};
use posecodec::HeatmapValue;
use posecodec::codecs::DecodeHeatmaps;
use posecodec::codecs::heatmaps::{
    DecodedBatch, FlippedBatch, HeatmapShift, MegviiHeatmap, MegviiHeatmapOptions, MsraHeatmap,
    MsraHeatmapOptions, UdpHeatmap, UdpHeatmapOptions,
};
use proptest::prelude::*;

/// Maps of two samples, some of them with values that comparisons must treat with care.
fn maps() -> impl Strategy<Value = [Array4<f32>; 2]> {
    (1usize..36, 1usize..16, 1usize..16).prop_flat_map(|(channels, height, width)| {
        let odd = prop::sample::select(vec![0.0, -0.0, -1.0, 1.0, 60.0, f32::INFINITY, f32::NAN]);
        let odd = prop::collection::vec((any::<prop::sample::Index>(), odd), 0..6);
        let sign = prop_oneof![9 => Just(1f32), 1 => Just(-1f32), 1 => Just(0f32)];
        let plane = (bump(width, height), odd, sign).prop_map(|(mut plane, odd, sign)| {
            plane.iter_mut().for_each(|value| *value *= sign);
            // In most maps no value is replaced, as NaN in one map changes the way for all of a sample.
            if odd.len() == 5 {
                odd.iter().for_each(|(index, value)| *index.get_mut(&mut plane) = *value);
            }
            plane
        });
        let shape = (2, channels, height, width);
        prop::collection::vec(plane, 4 * channels).prop_map(move |mut planes| {
            let others = planes.split_off(2 * channels).concat();
            [planes.concat(), others].map(|flat| Array4::from_shape_vec(shape, flat).expect("fits"))
        })
    })
}

/// A copy in the order (B, H, W, K) of memory, with rows or columns in reverse order.
fn channels_last<E: HeatmapValue>(maps: &Array4<E>, reversed: [bool; 2]) -> Array4<E> {
    let mut view = maps.view();
    let axes = [Axis(2), Axis(3)].into_iter().zip(reversed);
    let reversed_axes: Vec<_> =
        axes.filter(|(_, reversed)| *reversed).map(|(axis, _)| axis).collect();
    reversed_axes.iter().for_each(|&axis| view.invert_axis(axis));
    let pixels = view.permuted_axes([0, 2, 3, 1]).as_standard_layout().into_owned();
    let mut maps = pixels.permuted_axes([0, 3, 1, 2]);
    reversed_axes.iter().for_each(|&axis| maps.invert_axis(axis));
    maps
}

/// All results, with the bits of NaN alike.
fn bits<C: Copy + Into<f64>, E: HeatmapValue>(decoded: &DecodedBatch<C, E>) -> Vec<u64> {
    let keypoints = decoded.keypoints.iter().map(|&value| value.into());
    let all = keypoints.chain(decoded.scores.iter().map(|score| score.as_f64()));
    all.map(|value| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }).collect()
}

fn check<C: DecodeHeatmaps, E: HeatmapValue>(
    codec: &C,
    maps: &[Array4<f32>; 2],
    reversed: [[bool; 2]; 2],
    shift: HeatmapShift,
) where
    C::Coordinate: Into<f64>,
{
    let [own, mirrored] = maps.each_ref().map(|maps| maps.mapv(|value| E::of(f64::from(value))));
    let channels = own.len_of(Axis(1));
    let flip_indices: Vec<usize> = (0..channels).rev().collect();
    let decode = |own: ArrayView4<'_, E>, mirrored: Option<ArrayView4<'_, E>>| {
        let flip_indices = &flip_indices;
        let flipped = mirrored.map(|heatmaps| FlippedBatch { heatmaps, flip_indices, shift });
        bits(&codec.decode_batch(own, flipped).expect("fits"))
    };
    let own_last = channels_last(&own, reversed[0]);
    let mirrored_last = channels_last(&mirrored, reversed[1]);
    let want = decode(own.view(), None);
    let want_flipped = decode(own.view(), Some(mirrored.view()));
    each_tier(|tier| {
        assert_eq!(decode(own_last.view(), None), want, "{tier:?}");
        let flipped = decode(own_last.view(), Some(mirrored_last.view()));
        assert_eq!(flipped, want_flipped, "{tier:?}, flipped");
        let mixed = decode(own_last.view(), Some(mirrored.view()));
        assert_eq!(mixed, want_flipped, "{tier:?}, flipped maps are contiguous");
    });
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn channels_last_decodes_as_contiguous(
        maps in maps(),
        reversed in any::<[[bool; 2]; 2]>(),
        (unbiased, one_pixel) in any::<(bool, bool)>(),
    ) {
        let (_, channels, height, width) = maps[0].dim();
        let shift = if one_pixel { HeatmapShift::OnePixel } else { HeatmapShift::None };
        let (size, input) = ([width, height], [4 * width, 4 * height]);
        let options = MsraHeatmapOptions { unbiased, ..Default::default() };
        let msra = MsraHeatmap::new(input, size, options).expect("fits");
        check::<_, f32>(&msra, &maps, reversed, shift);
        check::<_, f64>(&msra, &maps, reversed, shift);
        check::<_, f16>(&msra, &maps, reversed, shift);
        let udp = UdpHeatmap::new(input, size, UdpHeatmapOptions::default()).expect("fits");
        check::<_, f32>(&udp, &maps, reversed, shift);
        check::<_, f16>(&udp, &maps, reversed, shift);
        // These are copied: the first has a blur too large for windows, the second needs whole maps.
        let options = UdpHeatmapOptions { blur_kernel_size: 25, ..Default::default() };
        let wide = UdpHeatmap::new(input, size, options).expect("fits");
        check::<_, f32>(&wide, &maps, reversed, shift);
        if channels % 3 == 0 {
            let megvii = MegviiHeatmap::new(input, size, MegviiHeatmapOptions { kernel_size: 5 });
            check::<_, f32>(&megvii.expect("fits"), &maps, reversed, shift);
        }
    }
}
