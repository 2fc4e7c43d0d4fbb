//! SimCC labels and responses: vectors of bins along one axis.

use crate::float::{Float, HeatmapValue};
use crate::kernels::gaussian::profiles::exponent;
use crate::kernels::math::exp::exp_negative;
use crate::kernels::math::pairwise_sum::pairwise_sum;
use crate::kernels::maximum::{max_bits, maximum};
use crate::simd::{Vectorized, dispatch};

/// A Gaussian over the bins of an axis, tabulated by distance from its center bin.
#[derive(Clone, PartialEq)]
pub struct SimccProfile {
    /// Values for the distances -r ..= r, where r is the smaller of `radius` and twice the axis.
    table: Vec<f32>,
    /// The largest distance, in bins, with a value that is a normal number in single precision.
    radius: i64,
    exponent: f64,
    norm: Option<f64>,
}

/// Without the table.
impl std::fmt::Debug for SimccProfile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SimccProfile").field("radius", &self.radius).finish_non_exhaustive()
    }
}

impl SimccProfile {
    /// The profile of an axis of `bins` bins. Values are divided by `norm` after they were rounded to
    /// single precision, as MMPose's `normalize` does. `None` if the table cannot be allocated.
    pub fn new(sigma: f64, bins: usize, norm: Option<f64>) -> Option<Self> {
        // exp(-d²/2σ²) is less than 1.2e-38 beyond d = σ·√(2·87.3).
        let radius = (sigma * 13.22).ceil().min(1e15) as i64;
        let mut profile = Self { table: Vec::new(), radius, exponent: exponent(sigma), norm };
        let kept = radius.min(2 * bins as i64);
        profile.table.try_reserve_exact(2 * kept as usize + 1).ok()?;
        for distance in -kept..=kept {
            profile.table.push(profile.value(distance));
        }
        Some(profile)
    }

    fn value(&self, distance: i64) -> f32 {
        let distance = distance as f64;
        let value = exp_negative(self.exponent * distance * distance) as f32;
        self.norm.map_or(value, |norm| (f64::from(value) / norm) as f32)
    }

    /// Draws the Gaussian around the bin `center`, which may be outside, into a vector of zeros.
    #[inline]
    pub fn draw_gaussian(&self, center: i64, vector: &mut [f32]) {
        let bins = vector.len() as i64;
        let start = center.saturating_sub(self.radius).clamp(0, bins);
        let end = center.saturating_add(self.radius).saturating_add(1).clamp(start, bins);
        let kept = self.table.len() as i64 / 2;
        let covered = &mut vector[start as usize..end as usize];
        if start - center >= -kept && end - 1 - center <= kept {
            let first = (start - center + kept) as usize;
            covered.copy_from_slice(&self.table[first..first + covered.len()]);
        } else {
            // The center is farther outside than twice the axis, which is short compared with sigma.
            for (bin, value) in (start..).zip(covered) {
                *value = self.value(bin - center);
            }
        }
    }
}

/// The maximum of the softmax of `vector · beta · sigma`; `largest` is the maximum of `vector`.
///
/// float16 and float32 responses are multiplied by `beta` in single precision, then by `sigma` in double
/// precision, as NumPy promotes them.
///
/// The maximum of a softmax is `1 / Σ exp(vᵢ - top)`. The sum is at least 1, the exponential of the top
/// itself, so exponentials that cannot add up to a rounding error of 1 are left out. On a label or a
/// sharp response, that leaves the bins around the peak:
///
/// ```text
/// limit = the value whose exponential is 2⁻⁵⁵ / bins, if it is positive
/// for each block of 64 values:
///     if all are below the limit: continue                // nearly all blocks
///     for each step of 16 values:
///         if not all are below the limit: sums[lane] += exp(scaled v[lane] - top)
/// ```
pub fn softmax_maximum<E: HeatmapValue>(vector: &[E], largest: E, beta: f64, sigma: f64) -> f64 {
    dispatch(SoftmaxKernel { vector, largest, beta, sigma })
}

struct SoftmaxKernel<'a, E> {
    vector: &'a [E],
    largest: E,
    beta: f64,
    sigma: f64,
}

impl<E: HeatmapValue> SoftmaxKernel<'_, E> {
    /// The signed bits of a positive value whose exponential may be left out, as may those of smaller
    /// values. No value is below the result if there is no such value.
    #[inline(always)]
    fn limit(&self, top: f64) -> E::SignedBits {
        let double = size_of::<E>() == 8;
        let scale = self.sigma * if double { self.beta } else { f64::from(self.beta as f32) };
        let limit = (top - EXPONENT_RANGE - (self.vector.len() as f64).ln()) / scale;
        // Lower by more than the rounding errors of the scaled values and of the limit itself.
        let limit = limit - limit.abs() * if size_of::<E>() == 2 { 2e-3 } else { 1e-5 };
        // A scale that is not positive does not keep the order, and NaN has no order.
        let ordered = self.beta > 0.0 && self.sigma > 0.0 && limit.is_finite() && limit > 0.0;
        if ordered { E::of(limit).to_signed_bits() } else { E::MIN_SIGNED_BITS }
    }
}

/// Whether the signed bits of all values are below a limit: those of negative values are below a positive
/// one's. The vector holds no NaN where the limit is that of a number.
#[inline(always)]
fn all_below<E: HeatmapValue>(values: &[E], limit: E::SignedBits) -> bool {
    max_bits(values).0 < limit
}

impl<E: HeatmapValue> Vectorized for SoftmaxKernel<'_, E> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Self { vector, largest, beta, sigma } = self;
        let wide =
            |single: f32| f64::from((single * beta as f32).clamp(f32::MIN, f32::MAX)) * sigma;
        let double = size_of::<E>() == 8;
        let scale = |value: E| {
            if double { value.as_f64() * beta * sigma } else { wide(value.as_f32()) }
        };
        let top = scale(largest);
        let limit = self.limit(top);
        let mut sums = [0f64; SOFTMAX_LANES];
        let mut singles = [0f32; SOFTMAX_LANES];
        for block in vector.chunks(SOFTMAX_BLOCK) {
            if all_below(block, limit) {
                continue;
            }
            let (steps, rest) = block.as_chunks::<SOFTMAX_LANES>();
            for step in steps {
                if all_below(step, limit) {
                    continue;
                }
                if double {
                    for lane in 0..SOFTMAX_LANES {
                        sums[lane] += exp_negative(scale(step[lane]) - top);
                    }
                } else {
                    E::convert_to_f32(step, &mut singles);
                    for lane in 0..SOFTMAX_LANES {
                        sums[lane] += exp_negative(wide(singles[lane]) - top);
                    }
                }
            }
            for (lane, &value) in rest.iter().enumerate() {
                sums[lane] += exp_negative(scale(value) - top);
            }
        }
        1.0 / sums.iter().sum::<f64>()
    }
}

/// 2^-55 is the exponential of minus this: a quarter of the rounding error of a sum that is at least 1.
const EXPONENT_RANGE: f64 = 55.0 * std::f64::consts::LN_2;

/// Exponentials that are summed in parallel: two AVX-512 vectors of float64.
const SOFTMAX_LANES: usize = 16;

/// Values that are skipped together.
const SOFTMAX_BLOCK: usize = 64;

/// Fills `out` with the softmax of a vector whose maximum is `largest`. Every step is rounded to the
/// vector's own precision and sums are NumPy's, so that values that are equal there are equal here.
pub fn softmax<E: HeatmapValue>(vector: &[E], largest: E, out: &mut [E]) {
    match size_of::<E>() {
        8 => softmax_in::<E, f64>(vector, largest, out),
        _ => softmax_in::<E, f32>(vector, largest, out),
    }
}

/// [`softmax`] with sums in `T`.
fn softmax_in<E: HeatmapValue, T: Float>(vector: &[E], largest: E, out: &mut [E]) {
    let mut exponentials = vec![T::zero(); vector.len()];
    dispatch(ExponentialKernel { vector, largest, exponentials: &mut exponentials });
    let sum = E::of(pairwise_sum(&exponentials).as_f64()).as_f64();
    for (out, exponential) in out.iter_mut().zip(&exponentials) {
        *out = E::of(exponential.as_f64() / sum);
    }
}

struct ExponentialKernel<'a, E, T> {
    vector: &'a [E],
    largest: E,
    exponentials: &'a mut [T],
}

impl<E: HeatmapValue, T: Float> Vectorized for ExponentialKernel<'_, E, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let largest = self.largest.as_f64();
        for (exponential, &value) in self.exponentials.iter_mut().zip(self.vector) {
            let difference = E::of(value.as_f64() - largest).as_f64();
            // The vectorized function is accurate to single precision only.
            let exact =
                if size_of::<T>() == 8 { difference.exp() } else { exp_negative(difference) };
            *exponential = T::of(E::of(exact).as_f64());
        }
    }
}

/// Fills `out` with a vector divided by `scale`, with negative values replaced by 0, and divided by its
/// maximum if that is above 1: MMPose's `get_simcc_normalized`.
pub fn normalize_responses<E: HeatmapValue>(vector: &[E], scale: f64, out: &mut [E]) {
    dispatch(ScaleKernel { vector, scale, out });
    if let Some(largest) = maximum(out).filter(|largest| largest.value.as_f64() > 1.0) {
        dispatch(DivideKernel { values: out, divisor: largest.value.as_f64() });
    }
}

struct ScaleKernel<'a, E> {
    vector: &'a [E],
    scale: f64,
    out: &'a mut [E],
}

impl<E: HeatmapValue> Vectorized for ScaleKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (out, &value) in self.out.iter_mut().zip(self.vector) {
            let scaled = value.as_f64() / self.scale;
            *out = E::of(if scaled < 0.0 { 0.0 } else { scaled });
        }
    }
}

struct DivideKernel<'a, E> {
    values: &'a mut [E],
    divisor: f64,
}

impl<E: HeatmapValue> Vectorized for DivideKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for value in self.values {
            *value = E::of(value.as_f64() / self.divisor);
        }
    }
}
