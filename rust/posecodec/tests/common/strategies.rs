//! Proptest strategies for maps, sizes, coordinates and sigmas.

use proptest::prelude::*;

/// A map like a network's output: a Gaussian of some height with noise.
pub(crate) fn bump(width: usize, height: usize) -> impl Strategy<Value = Vec<f32>> {
    let center = (-2.0..width as f32 + 2.0, -2.0..height as f32 + 2.0);
    let shape = (0.5f32..6.0, -3.0f32..2.5, 0.0f32..0.05);
    (center, shape, any::<u32>()).prop_map(move |((x0, y0), (sigma, exponent, noise), seed)| {
        let mut state = seed | 1;
        (0..width * height)
            .map(|pixel| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                let random = state as f32 / u32::MAX as f32 - 0.5;
                let (x, y) = ((pixel % width) as f32 - x0, (pixel / width) as f32 - y0);
                let gaussian = (-(x * x + y * y) / (2.0 * sigma * sigma)).exp();
                10f32.powf(exponent) * (gaussian + noise * random)
            })
            .collect()
    })
}

/// A side of a map: mostly small, for speed.
pub(crate) fn side() -> impl Strategy<Value = usize> {
    prop_oneof![12 => 1usize..60, 1 => 60usize..=200]
}

/// Values of a map, some of them equal.
pub(crate) fn response_values(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<f32>> {
    let value = prop_oneof![20 => -1f32..1.0, 2 => Just(0.5), 1 => Just(f32::NEG_INFINITY)];
    prop::collection::vec(value, count)
}

/// A coordinate in pixels: near a map, far from it, or at the limits of floats.
pub(crate) fn coordinate() -> impl Strategy<Value = f64> {
    const LIMITS: [f64; 11] =
        [0.0, -0.5, 1e7, -1e7, 1e30, -1e30, 1e300, -1e300, f64::MAX, f64::MIN, 5e-324];
    prop_oneof![10 => -60.0..240.0, 1 => prop::sample::select(&LIMITS[..]), 1 => any::<f32>().prop_map(f64::from)]
        .prop_filter("finite", |coordinate: &f64| coordinate.is_finite())
}

/// A sigma in pixels: mostly small, for speed.
pub(crate) fn sigma() -> impl Strategy<Value = f64> {
    prop_oneof![8 => 0.1f64..12.0, 1 => 12.0f64..50.0]
}

pub(crate) fn sized_bump() -> impl Strategy<Value = (usize, Vec<f32>)> {
    (side(), side())
        .prop_flat_map(|(width, height)| bump(width, height).prop_map(move |plane| (width, plane)))
}

/// An odd number up to `max`.
pub(crate) fn odd(max: usize) -> impl Strategy<Value = usize> {
    (0..=max / 2).prop_map(|radius| 2 * radius + 1)
}
