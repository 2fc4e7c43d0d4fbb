//! SimCC labels and responses, vectors along one axis.

use super::element::Response;
use super::exp::exp_negative;
use crate::simd::{Kernel, dispatch};

/// A Gaussian over the bins of an axis, tabulated by distance from its centre bin, where it is not
/// 0 in single precision.
#[derive(Debug, Clone, PartialEq)]
pub struct SimccProfile {
    /// Values for the distances -reach ..= reach.
    values: Vec<f32>,
}

impl SimccProfile {
    /// The profile of an axis of `bins` bins. `norm` divides every value, as the reference's
    /// `normalize` does after rounding to single precision. `None` where there is no memory for it.
    pub fn new(sigma: f64, bins: usize, norm: Option<f64>) -> Option<Self> {
        // exp(-d²/2σ²) < 1.2e-38, the least normal number, beyond d = σ·√(2·87.3).
        let reach = ((sigma * 13.22).ceil() as usize).min(bins.saturating_sub(1));
        let mut values = Vec::new();
        values.try_reserve_exact(2 * reach + 1).ok()?;
        let exponent = (-0.5 / (sigma * sigma)).max(f64::MIN);
        values.extend((0..=2 * reach).map(|i| {
            let distance = i as f64 - reach as f64;
            let value = exp_negative(exponent * distance * distance) as f32;
            norm.map_or(value, |norm| (f64::from(value) / norm) as f32)
        }));
        Some(Self { values })
    }

    /// Puts the Gaussian around the bin `centre`, which may lie outside, into a vector of zeros.
    #[inline]
    pub fn stamp(&self, centre: i64, vector: &mut [f32]) {
        let reach = self.values.len() as i64 / 2;
        let start = (centre - reach).clamp(0, vector.len() as i64);
        let end = (centre + reach + 1).clamp(start, vector.len() as i64);
        if start < end {
            let first = (start - (centre - reach)) as usize;
            let (start, end) = (start as usize, end as usize);
            vector[start..end].copy_from_slice(&self.values[first..first + end - start]);
        }
    }
}

/// The largest value after a softmax of `vector · scale`, whose largest value is `largest`.
///
/// Single-precision and half responses are multiplied by `beta` in single precision first, then by
/// `sigma` in double, as NumPy promotes.
pub fn softmax_maximum<E: Response>(vector: &[E], largest: E, beta: f64, sigma: f64) -> f64 {
    dispatch(SoftmaxKernel { vector, largest, beta, sigma })
}

struct SoftmaxKernel<'a, E> {
    vector: &'a [E],
    largest: E,
    beta: f64,
    sigma: f64,
}

impl<E: Response> Kernel for SoftmaxKernel<'_, E> {
    type Output = f64;

    #[inline(always)]
    fn run(self) -> f64 {
        const LANES: usize = 16;
        let Self { vector, largest, beta, sigma } = self;
        let double = size_of::<E>() == 8;
        let scaled = |value: E| {
            if double {
                value.as_f64() * beta * sigma
            } else {
                f64::from(value.as_f32() * beta as f32) * sigma
            }
        };
        let top = scaled(largest);
        let mut sums = [0f64; LANES];
        let steps = vector.chunks_exact(LANES);
        let rest = steps.remainder();
        for step in steps {
            for lane in 0..LANES {
                sums[lane] += exp_negative(scaled(step[lane]) - top);
            }
        }
        for (lane, &value) in rest.iter().enumerate() {
            sums[lane] += exp_negative(scaled(value) - top);
        }
        1.0 / sums.iter().sum::<f64>()
    }
}
