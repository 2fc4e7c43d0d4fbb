//! SimCC labels and responses, vectors along one axis.

use crate::float::{Float, HeatmapValue};
use crate::kernels::gaussian::heatmap::exponent;
use crate::kernels::math::exp::exp_negative;
use crate::kernels::math::pairwise_sum::pairwise_sum;
use crate::kernels::maximum::maximum;
use crate::simd::{Vectorized, dispatch};

/// A Gaussian over the bins of an axis, tabulated by distance from its center bin.
#[derive(Debug, Clone, PartialEq)]
pub struct SimccProfile {
    /// Values for the distances -r ..= r, where r is the lesser of `reach` and twice the axis.
    table: Vec<f32>,
    /// Bins from the center beyond which single precision holds no normal number.
    reach: i64,
    exponent: f64,
    norm: Option<f64>,
}

impl SimccProfile {
    /// The profile of an axis of `bins` bins. `norm` divides every value, as the reference's
    /// `normalize` does after rounding to single precision. `None` where there is no memory for it.
    pub fn new(sigma: f64, bins: usize, norm: Option<f64>) -> Option<Self> {
        // exp(-d²/2σ²) is less than 1.2e-38 beyond d = σ·√(2·87.3).
        let reach = (sigma * 13.22).ceil().min(1e15) as i64;
        let mut profile = Self { table: Vec::new(), reach, exponent: exponent(sigma), norm };
        let kept = reach.min(2 * bins as i64);
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

    /// Puts the Gaussian around the bin `center`, which may lie outside, into a vector of zeros.
    #[inline]
    pub fn draw_gaussian(&self, center: i64, vector: &mut [f32]) {
        let bins = vector.len() as i64;
        let start = center.saturating_sub(self.reach).clamp(0, bins);
        let end = center.saturating_add(self.reach).saturating_add(1).clamp(start, bins);
        let kept = self.table.len() as i64 / 2;
        let covered = &mut vector[start as usize..end as usize];
        if start - center >= -kept && end - 1 - center <= kept {
            let first = (start - center + kept) as usize;
            covered.copy_from_slice(&self.table[first..first + covered.len()]);
        } else {
            // Far outside an axis that is short beside its sigma.
            for (bin, value) in (start..).zip(covered) {
                *value = self.value(bin - center);
            }
        }
    }
}

/// The largest value after a softmax of `vector · scale`, whose largest value is `largest`.
///
/// Single-precision and half responses are multiplied by `beta` in single precision first, then by
/// `sigma` in double, as NumPy promotes.
pub fn softmax_maximum<E: HeatmapValue>(vector: &[E], largest: E, beta: f64, sigma: f64) -> f64 {
    dispatch(SoftmaxKernel { vector, largest, beta, sigma })
}

struct SoftmaxKernel<'a, E> {
    vector: &'a [E],
    largest: E,
    beta: f64,
    sigma: f64,
}

impl<E: HeatmapValue> Vectorized for SoftmaxKernel<'_, E> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        let Self { vector, largest, beta, sigma } = self;
        let wide =
            |single: f32| f64::from((single * beta as f32).clamp(f32::MIN, f32::MAX)) * sigma;
        let double = size_of::<E>() == 8;
        let top = if double { largest.as_f64() * beta * sigma } else { wide(largest.as_f32()) };
        let mut sums = [0f64; SOFTMAX_LANES];
        let mut scaled = [0f64; SOFTMAX_BLOCK];
        let mut convert_to_f32 = [0f32; SOFTMAX_BLOCK];
        for block in vector.chunks(SOFTMAX_BLOCK) {
            let scaled = &mut scaled[..block.len()];
            if double {
                for (scaled, value) in scaled.iter_mut().zip(block) {
                    *scaled = value.as_f64() * beta * sigma;
                }
            } else {
                let convert_to_f32 = &mut convert_to_f32[..block.len()];
                E::convert_to_f32(block, convert_to_f32);
                for (scaled, &single) in scaled.iter_mut().zip(&*convert_to_f32) {
                    *scaled = wide(single);
                }
            }
            let (steps, rest) = scaled.as_chunks::<SOFTMAX_LANES>();
            for step in steps {
                for lane in 0..SOFTMAX_LANES {
                    sums[lane] += exp_negative(step[lane] - top);
                }
            }
            for (lane, &value) in rest.iter().enumerate() {
                sums[lane] += exp_negative(value - top);
            }
        }
        1.0 / sums.iter().sum::<f64>()
    }
}

/// Exponentials that are summed side by side: two AVX-512 vectors of float64.
const SOFTMAX_LANES: usize = 16;

/// Values that are converted at once. Half floats would take 6 times as long as float32 one by one, and
/// 2.4 times by 16.
const SOFTMAX_BLOCK: usize = 256;

/// Fills `out` with the softmax of a vector whose largest value is `largest`: every step rounded to
/// the vector's own precision and summed as NumPy does, so that what is equal there is equal here.
pub fn softmax<E: HeatmapValue>(vector: &[E], largest: E, out: &mut [E]) {
    match size_of::<E>() {
        8 => softmax_in::<E, f64>(vector, largest, out),
        _ => softmax_in::<E, f32>(vector, largest, out),
    }
}

/// The same, summed in `T`.
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
            // The vectorized one is as good as single precision, no better.
            let exact =
                if size_of::<T>() == 8 { difference.exp() } else { exp_negative(difference) };
            *exponential = T::of(E::of(exact).as_f64());
        }
    }
}

/// Fills `out` with a vector divided by `scale`, negative values made 0; and where the largest is
/// above 1, divided by it. As the reference's `get_simcc_normalized`.
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
