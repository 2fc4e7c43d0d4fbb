//! Rescaling of a blurred map to the maximum that it had before.

use crate::float::HeatmapValue;
use crate::kernels::maximum::maximum;
use crate::simd::{Vectorized, dispatch};

/// Fills `out` with blurred values, scaled so that their maximum is `largest`. A plane of zeros stays.
pub fn rescale<E: HeatmapValue>(blurred: &[f32], largest: E, out: &mut [E]) {
    let now = maximum(blurred).map_or(f64::NAN, |maximum| f64::from(maximum.value));
    let factor = if now == 0.0 { 1.0 } else { largest.as_f64() / now };
    dispatch(RescaleKernel { blurred, factor, out });
}

struct RescaleKernel<'a, E> {
    blurred: &'a [f32],
    factor: f64,
    out: &'a mut [E],
}

impl<E: HeatmapValue> Vectorized for RescaleKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (out, &value) in self.out.iter_mut().zip(self.blurred) {
            *out = E::of(f64::from(value) * self.factor);
        }
    }
}
