//! Every vectorized kernel compared with a naive oracle, on generated inputs, at every vector tier.

use crate::common::strategies::{bump, coordinate, odd, response_values, side, sigma, sized_bump};
use crate::common::{self, each_tier};
use half::f16;
use posecodec::HeatmapValue;
use posecodec::kernels::blur::kernel::GaussianKernel;
use posecodec::kernels::blur::{BlurBuffers, blur_vector};
use posecodec::kernels::fields::offset::{OffsetBuffers, fill_offset_planes};
use posecodec::kernels::gaussian::heatmap::{Blend, fill_unbiased};
use posecodec::kernels::gaussian::heatmap_3d::{Gaussian3dBuffers, GaussianPatch3d};
use posecodec::kernels::gaussian::outer_product::outer_product;
use posecodec::kernels::gaussian::profiles::{AxisProfile, Center, GaussianPatch};
use posecodec::kernels::maximum::{heatmap_3d_maximum, maximum};
use posecodec::kernels::refinement::{
    Peak, dark_offset, dark_udp_offset, quarter_shift, simcc_dark_offset,
};
use posecodec::kernels::simcc::{SimccProfile, softmax_maximum};
use proptest::prelude::*;

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().copied().map(f64::from).collect()
}

fn check_maximum<E: HeatmapValue>(values: &[E]) {
    let exact: Vec<f64> = values.iter().map(|value| value.as_f64()).collect();
    let (index, largest) = common::maximum(&exact);
    each_tier(|tier| {
        let found = maximum(values).expect("not empty");
        assert_eq!(found.index, index, "{tier:?}");
        assert_eq!(found.value.as_f64().to_bits(), exact[index].to_bits(), "{tier:?} {largest}");
    });
}

/// Compares the refinements of a plane's maximum.
fn check_refinements<E: HeatmapValue>(plane: &[E], width: usize, size: usize) {
    let exact: Vec<f64> = plane.iter().map(|value| value.as_f64()).collect();
    let (index, value) = common::maximum(&exact);
    if value <= 0.0 {
        return;
    }
    let at = [index % width, index / width];
    let (x, y) = (at[0] as i64, at[1] as i64);
    let (kernel, mut buffers) = (GaussianKernel::new(size), BlurBuffers::default());
    let peak = Peak { plane, width, at, value: plane[index] };
    let near = |got: [f64; 2], (want, sensitivity): ([f64; 2], f64)| {
        // The rounding error of single precision in differences of logarithms: one for the gradient, and
        // one for the Hessian, times the step.
        let step = want[0].abs().max(want[1].abs());
        let allowed = 1e-4 + 1e-6 * (1.0 + step) * sensitivity;
        (0..2).all(|axis| (got[axis] - want[axis]).abs() <= allowed)
    };
    each_tier(|tier| {
        if let Some(want) = common::dark(&exact, width, x, y, size) {
            let got = dark_offset(&peak, &kernel, &mut buffers);
            assert!(near(got, want), "{tier:?}: {got:?} is not {want:?}");
        }
        if let Some(want) = common::dark_udp(&exact, width, x, y, size) {
            let got = dark_udp_offset(&peak, &kernel, &mut buffers);
            assert!(near(got, want), "{tier:?}: {got:?} is not {want:?}");
        }
    });
    let shift = quarter_shift(&peak).map(f64::from);
    assert_eq!(shift, common::quarter(&exact, width, x, y));
}

/// The maximum of the softmax of `vector · scale · 1.5`, with infinities as in single precision.
fn check_softmax<E: HeatmapValue>(vector: &[E], scale: f64) {
    let largest = maximum(vector).expect("not empty").value;
    let scaled = |value: E| match size_of::<E>() {
        8 => value.as_f64() * scale * 1.5,
        _ => f64::from((value.as_f32() * scale as f32).clamp(f32::MIN, f32::MAX)) * 1.5,
    };
    let sum: f64 = vector.iter().map(|&value| (scaled(value) - scaled(largest)).exp()).sum();
    let mut first = None;
    each_tier(|tier| {
        let got = softmax_maximum(vector, largest, scale, 1.5);
        let near = (got - 1.0 / sum).abs() < 1e-4 || got.is_nan() && sum.is_nan();
        // With a negative scale, exponentials above 1 are outside the domain of the kernel's exponential.
        assert!(near || scale < 0.0, "{tier:?}: {got} is not {}", 1.0 / sum);
        assert_eq!(*first.get_or_insert(got.to_bits()), got.to_bits(), "{tier:?}");
    });
}

proptest! {
    #![proptest_config(common::cases(128))]

    #[test]
    fn maximum_matches_numpy(
        values in prop_oneof![12 => response_values(1..9000), 1 => response_values(9000..40_001)],
        nan in prop::option::weighted(0.3, any::<prop::sample::Index>()),
        negative_nan in any::<bool>(),
    ) {
        let mut values = values;
        if let Some(nan) = nan {
            let index = nan.index(values.len());
            values[index] = if negative_nan { -f32::NAN } else { f32::NAN };
        }
        check_maximum(&values);
        check_maximum(&values.iter().copied().map(f64::from).collect::<Vec<_>>());
        check_maximum(&values.iter().copied().map(f16::from_f32).collect::<Vec<_>>());
    }

    #[test]
    fn gaussian_3d_matches_oracle(
        size in [1usize..20, 1..16, 1..12],
        share in [-0.4f64..1.4, -0.4..1.4, -0.4..1.4],
        halves in any::<bool>(),
        sigma in prop_oneof![
            9 => Just(1.0), 9 => Just(2.0), 9 => Just(2.5), 9 => 0.1f64..4.0, 1 => 4.0f64..50.0
        ],
        peak in prop_oneof![Just(1.0), Just(255.0), 0.01f64..10.0],
    ) {
        let mut center = [0, 1, 2].map(|axis| share[axis] * size[axis] as f64);
        if halves {
            center = center.map(|coordinate| (2.0 * coordinate).round() / 2.0);
        }
        let want = common::gaussian_patch_3d(size, center, sigma);
        each_tier(|tier| {
            let (patch, mut buffers) = (GaussianPatch3d::new(sigma), Gaussian3dBuffers::default());
            let mut volume = vec![0f32; want.len()];
            patch.draw_gaussian(&mut volume, size, center, peak, false, &mut buffers);
            for (got, want) in volume.iter().zip(&want) {
                let error = (f64::from(*got) - want * peak).abs();
                // Profiles have no subnormal numbers; the peak scales the missing ones.
                let allowed = 1e-6 * want * peak + 1e-37 * peak.max(1.0);
                assert!(error <= allowed, "{tier:?}: {got}, not {want}");
            }
            // Merging a smaller Gaussian changes nothing.
            let before = volume.clone();
            patch.draw_gaussian(&mut volume, size, center, 0.5 * peak, true, &mut buffers);
            assert_eq!(volume, before);
        });
    }

    #[test]
    fn volume_maximum_returns_its_voxel(
        size in [1usize..20, 1..16, 1..12], at in any::<prop::sample::Index>(),
    ) {
        let [width, height, depth] = size;
        let mut volume = vec![-1f32; width * height * depth];
        assert_eq!(heatmap_3d_maximum(&volume, size), (None, -1.0));
        let index = at.index(volume.len());
        volume[index] = 0.5;
        let (pixel, value) = heatmap_3d_maximum(&volume, size);
        let [x, y, z] = pixel.expect("a response");
        assert_eq!(((z * height + y) * width + x, value), (index, 0.5));
    }

    #[test]
    fn gaussian_patch_matches_oracle(
        sides in (side(), side()), sigma in sigma(), exact in any::<bool>(),
        at in (coordinate(), coordinate()),
    ) {
        let (width, height) = sides;
        let want = common::gaussian_patch([width, height], [at.0, at.1], sigma, exact);
        let single = [at.0, at.1].map(|coordinate| (coordinate as f32).clamp(f32::MIN, f32::MAX));
        let want_single = common::gaussian_patch([width, height], single, sigma, exact);
        let patch = GaussianPatch::new(sigma);
        let center = if exact { Center::Exact } else { Center::Rounded };
        each_tier(|tier| {
            let pixel = [at.0, at.1].map(|coordinate| (coordinate + 0.5) as i64);
            let spans = patch.span(pixel[0], width).zip(patch.span(pixel[1], height));
            assert_eq!(spans.is_some(), want.is_some(), "{tier:?}");
            let mut drawn = vec![0f32; width * height];
            let inside = patch.draw_gaussian(
                &mut drawn,
                [width, height],
                [at.0, at.1],
                center,
                Blend::Overwrite,
                &mut [Vec::new(), Vec::new()],
            );
            assert_eq!(inside.is_some(), want.is_some(), "{tier:?}");
            let mut rounded = vec![0f32; width * height];
            let (size, mut scratch) = ([width, height], [Vec::new(), Vec::new()]);
            let inside = patch.draw_gaussian(&mut rounded, size, single, center, Blend::Overwrite, &mut scratch);
            assert_eq!(inside.is_some(), want_single.is_some(), "{tier:?}");
            for (got, want) in rounded.iter().zip(want_single.iter().flatten()) {
                assert!((f64::from(*got) - want).abs() <= 3e-7 * want + 1e-37, "{got} {want}");
            }
            let (Some((x, y)), Some(want)) = (spans, &want) else { return };
            let shift = if exact { [at.0 - pixel[0] as f64, at.1 - pixel[1] as f64] } else { [0.0; 2] };
            let (mut scratch_x, mut scratch_y) = (Vec::new(), Vec::new());
            let mut plane = vec![0f32; width * height];
            if !x.is_empty() && !y.is_empty() {
                let x = AxisProfile { start: x.start, values: patch.profile(x, shift[0], &mut scratch_x) };
                let y = AxisProfile { start: y.start, values: patch.profile(y, shift[1], &mut scratch_y) };
                outer_product(&mut plane, width, x, y, true);
            }
            for (got, want) in plane.iter().zip(want) {
                assert!((f64::from(*got) - want).abs() <= 3e-7 * want + 1e-37, "{got} {want}");
            }
            assert_eq!(drawn, plane, "{tier:?}");
        });
    }

    #[test]
    fn unbiased_gaussian_matches_formula(
        sides in (side(), side()), sigma in 0.1f64..50.0, at in (coordinate(), coordinate()),
    ) {
        let (width, height) = sides;
        each_tier(|tier| {
            let mut plane = vec![7f32; width * height];
            fill_unbiased(&mut plane, width, [at.0, at.1], sigma, false, &mut Vec::new());
            for (pixel, got) in plane.iter().enumerate() {
                let (x, y) = ((pixel % width) as f64 - at.0, (pixel / width) as f64 - at.1);
                let want = (-(x * x + y * y) / (2.0 * sigma * sigma)).exp();
                assert!((f64::from(*got) - want).abs() <= 3e-7 * want + 3e-38, "{tier:?}");
            }
        });
    }

    #[test]
    fn offset_maps_match_oracle(
        sides in (side(), side()), at in (coordinate(), coordinate()), radius in 0.3f64..40.0,
    ) {
        let (width, height) = sides;
        let pixels = width * height;
        each_tier(|_| {
            let [mut class, mut along_x, mut along_y] = [0, 1, 2].map(|_| vec![7f32; pixels]);
            let planes = [&mut class[..], &mut along_x[..], &mut along_y[..]];
            fill_offset_planes(planes, width, [at.0, at.1], radius, &mut OffsetBuffers::default());
            let want = common::offsets([width, height], [at.0, at.1], radius);
            for (got, want) in [class, along_x, along_y].iter().zip(&want) {
                // Clamped where single precision overflows and double precision does not.
                let largest = f64::from(f32::MAX);
                let clamp = |want: f64| want.clamp(-largest, largest);
                let want = want.iter().map(|&want| if want.is_finite() { clamp(want) } else { want });
                assert!(got.iter().copied().eq(want.map(|want| want as f32)));
            }
        });
    }

    #[test]
    fn refinement_matches_oracle((width, plane) in sized_bump(), size in odd(31)) {
        check_refinements(&plane, width, size);
        check_refinements(&plane.iter().copied().map(f16::from_f32).collect::<Vec<_>>(), width, size);
        check_refinements(&plane.iter().copied().map(f64::from).collect::<Vec<_>>(), width, size);
    }

    #[test]
    fn simcc_dark_matches_oracle(vector in (3usize..300).prop_flat_map(|w| bump(w, 1)), size in odd(51)) {
        let exact = wide(&vector);
        let (index, value) = common::maximum(&exact);
        if value <= 0.0 {
            return Ok(());
        }
        let want = common::simcc_dark(&exact, index as i64, size);
        let kernel = GaussianKernel::new(size);
        let mut buffers = BlurBuffers::default();
        each_tier(|tier| {
            let got = simcc_dark_offset(&vector, index, value as f32, &kernel, &mut buffers);
            assert!(want.abs() > 1.0 || (got - want).abs() < 1e-3, "{tier:?}: {got} is not {want}");
            let blurred = blur_vector(&vector, &kernel, &mut buffers)[index];
            let naive = common::blur(&exact, exact.len(), size, false)[index];
            // One row: the naive blur has zeros above and below.
            let center_tap = common::gaussian_kernel(size)[size / 2];
            assert!((f64::from(blurred) * center_tap - naive).abs() <= 2e-6 * value);
        });
    }

    #[test]
    fn simcc_profile_matches_formula(sigma in 0.1f64..50.0, bins in 1usize..300, center in prop_oneof![8 => -400i64..700, 1 => any::<i64>()]) {
        let profile = SimccProfile::new(sigma, bins, None).expect("memory");
        let mut vector = vec![0f32; bins];
        profile.draw_gaussian(center, &mut vector);
        for (bin, got) in vector.iter().enumerate() {
            let distance = bin as f64 - center as f64;
            let want = (-distance * distance / (2.0 * sigma * sigma)).exp();
            prop_assert!((f64::from(*got) - want).abs() <= 1e-7 * want + 2e-38);
        }
    }

    #[test]
    fn softmax_maximum_matches_formula(vector in (1usize..300).prop_flat_map(|w| bump(w, 1)), scale in 0f64..200.0) {
        let (_, largest) = common::maximum(&wide(&vector));
        let sum: f64 = vector.iter().map(|v| {
            let scaled = |value: f32| f64::from(value * scale as f32) * 1.5;
            (scaled(*v) - scaled(largest as f32)).exp()
        }).sum();
        each_tier(|_| {
            let got = softmax_maximum(&vector, largest as f32, scale, 1.5);
            assert!((got - 1.0 / sum).abs() < 1e-8);
        });
    }

    /// Blocks that are skipped do not change the result; neither do NaN and infinity disappear.
    #[test]
    fn softmax_maximum_of_long_vectors_matches_formula(
        vector in (64usize..900).prop_flat_map(|w| bump(w, 1)), scale in -20f64..400.0,
        special in prop::option::of(prop::sample::select(
            &[f32::NAN, f32::INFINITY, f32::NEG_INFINITY][..]
        )),
        at in any::<prop::sample::Index>(),
    ) {
        let mut vector = vector;
        if let Some(special) = special {
            let bin = at.index(vector.len());
            vector[bin] = special;
        }
        let half: Vec<_> = vector.iter().copied().map(f16::from_f32).collect();
        check_softmax(&vector, scale);
        check_softmax(&half, scale);
        check_softmax(&vector.iter().copied().map(f64::from).collect::<Vec<_>>(), scale);
    }
}
