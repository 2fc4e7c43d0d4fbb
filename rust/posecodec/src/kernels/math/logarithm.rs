//! The natural logarithm, written so that it vectorizes.

use crate::simd::{Vectorized, dispatch};

/// Replaces each value v by `ln(clamp(v · factor, min, max))`. The limits must be normal and positive;
/// NaN stays.
pub(crate) fn clip_and_log(values: &mut [f32], factor: f32, [min, max]: [f32; 2]) {
    dispatch(ClipAndLog { values, factor, min, max });
}

struct ClipAndLog<'a> {
    values: &'a mut [f32],
    factor: f32,
    min: f32,
    max: f32,
}

impl Vectorized for ClipAndLog<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for value in self.values {
            *value = ln((*value * self.factor).clamp(self.min, self.max)) as f32;
        }
    }
}

/// ln x of a normal positive number; NaN and infinity stay.
///
/// x = m·2^e with √½ ≤ m < √2, and ln m = 2·artanh s with s = (m - 1) / (m + 1). As |s| ≤ 0.172, eight
/// terms of the series s + s³/3 + s⁵/5 + … leave an error of 1e-12.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f64 {
    const SQRT_HALF: u32 = 0x3f35_04f3;
    let bits = x.to_bits();
    let exponent = (bits.wrapping_sub(SQRT_HALF) as i32) >> 23;
    let mantissa = f64::from(f32::from_bits(bits.wrapping_sub((exponent << 23) as u32)));
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut series = 1.0 / 15.0;
    for divisor in [13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        series = series * square + 1.0 / divisor;
    }
    let logarithm = f64::from(exponent) * std::f64::consts::LN_2 + 2.0 * s * series;
    if x.is_finite() { logarithm } else { f64::from(x) }
}
