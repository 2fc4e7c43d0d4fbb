//! The exponential of a negative number, written so that it vectorizes.

/// The smallest exponent whose result is a normal number in single precision: e^-87.3 is 1.2e-38.
pub(crate) const MIN_EXPONENT: f64 = -87.3;

/// e^x for x ≤ 0, to 2e-10 relative; 0 below -87.3, NaN for NaN.
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
