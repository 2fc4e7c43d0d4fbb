//! The exponential of a negative number, written so that it vectorizes.

use crate::float::Float;

/// The smallest exponent whose result is a normal number in single precision: e^-87.3 is 1.2e-38.
pub(crate) const MIN_EXPONENT: f64 = -87.3;

/// e^x for x ≤ 0, to 3e-10 relative; 0 below -87.3, NaN for NaN.
///
/// Cody–Waite reduction x = n·ln 2 + r with |r| ≤ ln 2 / 2, a Taylor polynomial of degree 8 for e^r, and
/// 2^n written into the exponent's bits. There is no branch and no table, so that a loop over it is
/// vectorized at every tier. Callers round the result to single precision.
#[inline(always)]
pub(crate) fn exp_negative(x: f64) -> f64 {
    // Adding 1.5·2^52 leaves the nearest integer in the low bits of the sum.
    const TO_INTEGER: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

    let shifted = x * std::f64::consts::LOG2_E + TO_INTEGER;
    let n = shifted - TO_INTEGER;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.0 / 40_320.0;
    p = p * r + 1.0 / 5_040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    if x < MIN_EXPONENT { 0.0 } else { p * power }
}

/// e^x for x ≤ 0, to 2e-7 relative; 0 below -87.3, NaN for NaN.
///
/// [`exp_negative`] in single precision: a vector has twice as many lanes, and the polynomial is of degree 5
/// (minimax on |r| ≤ ln 2 / 2, 1 at 0).
#[inline(always)]
fn exp_negative_single(x: f32) -> f32 {
    // 1.5·2^23.
    const TO_INTEGER: f32 = 12_582_912.0;
    // Its products with integers up to 2^15 are exact.
    const LN_2_HIGH: f32 = 355.0 / 512.0;
    const LN_2_LOW: f32 = -2.121_944_4e-4;

    let shifted = x * std::f32::consts::LOG2_E + TO_INTEGER;
    let n = shifted - TO_INTEGER;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 8.290_306e-3;
    p = p * r + 4.189_797_6e-2;
    p = p * r + 0.166_676_37;
    p = p * r + 0.499_991_5;
    p = p * r + 0.999_999_7;
    p = p * r + 1.0;
    let power = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    if x < MIN_EXPONENT as f32 { 0.0 } else { p * power }
}

/// e^x for x ≤ 0 in the number's own precision, or nearly: 2e-7 relative for single, 3e-10 for double.
#[inline(always)]
pub(crate) fn exp_negative_of<T: Float>(x: T) -> T {
    let x = x.as_f64();
    if size_of::<T>() == size_of::<f32>() {
        // Both conversions are of a single-precision number and are compiled to nothing.
        T::of(exp_negative_single(x as f32).into())
    } else {
        T::of(exp_negative(x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_accurate() {
        for step in 0..=873_000 {
            let x = -f64::from(step) * 1e-4;
            let single = x as f32;
            let error = (f64::from(exp_negative_of(single)) / f64::from(single).exp() - 1.0).abs();
            assert!(error <= 2e-7, "{x}: {error}");
            let error = (exp_negative_of(x) / x.exp() - 1.0).abs();
            assert!(error <= 3e-10, "{x}: {error}");
        }
    }

    #[test]
    fn exponentials_of_special_numbers() {
        for x in [0.0, -0.0] {
            assert_eq!((exp_negative_of(x as f32), exp_negative_of(x)), (1.0, 1.0));
        }
        for x in [-87.31, -1e30, f64::NEG_INFINITY] {
            assert_eq!((exp_negative_of(x as f32), exp_negative_of(x)), (0.0, 0.0));
        }
        assert!(exp_negative_of(f32::NAN).is_nan() && exp_negative_of(f64::NAN).is_nan());
    }
}
