//! Blurs of planes and windows, and the peak of a blurred plane, compared with naive oracles and with each
//! other, at every vector tier.

use crate::common::strategies::{bump, odd, sized_bump};
use crate::common::{self, each_tier};
use half::f16;
use posecodec::HeatmapValue;
use posecodec::kernels::blur::kernel::GaussianKernel;
use posecodec::kernels::blur::{
    BlurBuffers, Border, blur_plane, blur_window, blur_window_with_border, blurred_argmax,
};
use posecodec::kernels::maximum::maximum;
use proptest::prelude::*;

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

/// The peak of the blurred plane, and the pixels around it, are those of the whole blurred plane.
fn check_blurred_argmax<E: HeatmapValue>(plane: &[E], width: usize, size: usize, mirrored: bool) {
    let border = if mirrored { Border::Reflect101 } else { Border::Zero };
    let (kernel, mut buffers) = (GaussianKernel::new(size), BlurBuffers::default());
    each_tier(|tier| {
        let whole = blur_plane(plane, width, &kernel, border, &mut buffers).to_vec();
        let peak = blurred_argmax(plane, width, &kernel, border, &mut buffers);
        let want = maximum(&whole).expect("not empty");
        assert_eq!(peak.maximum.index, want.index, "{tier:?}");
        assert_eq!(peak.maximum.value.to_bits(), want.value.to_bits(), "{tier:?}");
        let unblurred = maximum(plane).expect("not empty").value;
        assert!(
            unblurred.as_f64() == peak.unblurred.as_f64()
                || unblurred.as_f64().is_nan() && peak.unblurred.as_f64().is_nan()
        );
        let [x, y] = [want.index % width, want.index / width];
        for row in y.saturating_sub(1)..(y + 2).min(plane.len() / width) {
            let columns = x.saturating_sub(1)..(x + 2).min(width);
            let bits = |plane: &[f32]| -> Vec<u32> {
                plane[row * width..][columns.clone()].iter().map(|value| value.to_bits()).collect()
            };
            assert_eq!(bits(peak.blurred), bits(&whole), "{tier:?}");
        }
    });
}

/// A map that is as wide and as high as those of networks.
fn wide_bump() -> impl Strategy<Value = (usize, Vec<f32>)> {
    (32usize..80, 32usize..80)
        .prop_flat_map(|(width, height)| bump(width, height).prop_map(move |plane| (width, plane)))
}

proptest! {
    #![proptest_config(common::cases(128))]

    #[test]
    fn blur_matches_oracle(
        (width, plane) in sized_bump(), size in odd(31), mirrored in any::<bool>(),
    ) {
        let want = common::blur(&wide(&plane), width, size, mirrored);
        let largest = plane.iter().fold(0f32, |most, value| most.max(value.abs()));
        let border = if mirrored { Border::Reflect101 } else { Border::Zero };
        let (kernel, mut buffers) = (GaussianKernel::new(size), BlurBuffers::default());
        let mut first: Option<Vec<f32>> = None;
        each_tier(|tier| {
            let blurred = blur_plane(&plane, width, &kernel, border, &mut buffers).to_vec();
            for (got, want) in blurred.iter().zip(&want) {
                assert!((f64::from(*got) - want).abs() <= 2e-6 * f64::from(largest), "{tier:?}");
            }
            // Bit-identical at every tier.
            assert_eq!(first.get_or_insert_with(|| blurred.clone()), &blurred, "{tier:?}");
        });
    }

    #[test]
    fn blurred_argmax_matches_blurred_plane(
        (width, plane) in prop_oneof![1 => sized_bump(), 2 => wide_bump()], size in odd(31),
        mirrored in any::<bool>(),
        lowered in prop_oneof![4 => Just(0f32), 1 => Just(0.5), 1 => Just(2000.0)],
        steps in prop_oneof![4 => Just(1e30f32), 1 => Just(4.0)],
        special in prop::option::weighted(0.1, prop::sample::select(
            &[f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, -f32::MAX][..]
        )),
        at in any::<prop::sample::Index>(),
    ) {
        // Also negative values, and few distinct ones so that many are equal.
        let mut plane: Vec<f32> =
            plane.iter().map(|v| (v * steps).round() / steps - lowered).collect();
        if let Some(special) = special {
            let pixel = at.index(plane.len());
            plane[pixel] = special;
        }
        check_blurred_argmax(&plane, width, size, mirrored);
        let half: Vec<_> = plane.iter().copied().map(f16::from_f32).collect();
        check_blurred_argmax(&half, width, size, mirrored);
        let double: Vec<_> = plane.iter().copied().map(f64::from).collect();
        check_blurred_argmax(&double, width, size, mirrored);
    }

    /// A class map of UDP with noise, near a border or a corner as well.
    #[test]
    fn blurred_argmax_of_disc_matches_blurred_plane(
        center in (-3.0f32..75.0, -3.0f32..70.0), radius in 1.0f32..9.0, size in odd(25),
        mirrored in any::<bool>(), noise in prop_oneof![Just(0f32), 0.0f32..0.3], seed in any::<u32>(),
    ) {
        let (width, height) = (72, 64);
        let mut state = seed | 1;
        let plane: Vec<f32> = (0..width * height).map(|pixel| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let random = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
            let (x, y) = ((pixel % width) as f32 - center.0, (pixel / width) as f32 - center.1);
            f32::from(u8::from(x * x + y * y <= radius * radius)) + noise * random
        }).collect();
        check_blurred_argmax(&plane, width, size, mirrored);
    }

    #[test]
    fn blur_window_matches_blurred_plane(
        (width, plane) in sized_bump(), size in odd(51), pixel in any::<prop::sample::Index>(),
        border in prop::sample::select(vec![Border::Zero, Border::Reflect101, Border::Reflect]),
    ) {
        let pixel = pixel.index(plane.len());
        let (x, y) = (pixel % width, pixel / width);
        let (kernel, mut buffers) = (GaussianKernel::new(size), BlurBuffers::default());
        let height = plane.len() / width;
        each_tier(|tier| {
            let whole = blur_plane(&plane, width, &kernel, border, &mut buffers).to_vec();
            let window = match border {
                Border::Zero => blur_window::<f32, 5>(&plane, width, [x, y], &kernel),
                _ => blur_window_with_border(&plane, width, [x, y], &kernel, border),
            };
            for (row, samples) in window.iter().enumerate() {
                for (column, sample) in samples[..5].iter().enumerate() {
                    let (x, y) = (x + column, y + row);
                    if (2..width + 2).contains(&x) && (2..height + 2).contains(&y) {
                        let plane_sample = whole[(y - 2) * width + x - 2];
                        assert_eq!(sample.to_bits(), plane_sample.to_bits(), "{tier:?}");
                    }
                }
            }
        });
    }

    #[test]
    fn impulse_response_matches_oracle(
        length in 1usize..40, center in any::<prop::sample::Index>(), size in odd(61),
    ) {
        let center = center.index(length);
        let mut point = vec![0.0; length];
        point[center] = 1.0;
        let want = common::blur(&point, length, size, true);
        let mut response = Vec::new();
        let start = GaussianKernel::new(size).impulse_response(center, length, &mut response);
        for (x, want) in want.iter().enumerate() {
            let got = x.checked_sub(start).and_then(|i| response.get(i)).copied().unwrap_or(0.0);
            // One row: all taps along y apply to it and add up to 1.
            prop_assert!((f64::from(got) - want).abs() < 1e-6, "{x}: {got} is not {want}");
        }
    }
}
