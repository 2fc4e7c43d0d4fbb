//! Blur of a vector, whole or five samples of it.

use super::{BlurBuffers, TILE, add_pair, add_product, weighted_sum};
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::simd::{Vectorized, dispatch};

/// Blurs a vector with zeros outside.
pub fn blur_vector<'a, E: HeatmapValue>(
    vector: &[E],
    kernel: &GaussianKernel,
    buffers: &'a mut BlurBuffers,
) -> &'a [f32] {
    let BlurBuffers { blurred, sums: extended, .. } = buffers;
    blurred.resize(vector.len(), 0.0);
    extended.clear();
    extended.resize(vector.len() + 2 * kernel.radius() + TILE, 0.0);
    dispatch(VectorKernel { vector, kernel, blurred, extended });
    blurred
}

struct VectorKernel<'a, E> {
    vector: &'a [E],
    kernel: &'a GaussianKernel,
    blurred: &'a mut [f32],
    extended: &'a mut [f32],
}

impl<E: HeatmapValue> Vectorized for VectorKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { vector, kernel, blurred, extended } = self;
        E::convert_to_f32(vector, &mut extended[kernel.radius()..][..vector.len()]);
        for (number, out) in blurred.chunks_mut(TILE).enumerate() {
            let sum = weighted_sum(kernel.taps(), &extended[number * TILE..], 1);
            out.copy_from_slice(&sum[..out.len()]);
        }
    }
}

/// Five samples of the blurred vector around the index `at`, with zeros outside. Samples outside the
/// vector are meaningless.
pub fn blur_vector_window<E: HeatmapValue>(
    vector: &[E],
    at: usize,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [f32; 5] {
    let reach = 2 + kernel.radius();
    let first = at.saturating_sub(reach);
    let last = (at + reach).min(vector.len() - 1);
    // The values under the taps, with zeros for those outside.
    let window = &mut buffers.sums;
    window.clear();
    window.resize(2 * reach + WINDOW_LANES, 0.0);
    E::convert_to_f32(&vector[first..=last], &mut window[first + reach - at..][..=last - first]);
    let [a, b, c, d, e, ..] = dispatch(VectorWindowKernel { window, taps: kernel.taps() });
    [a, b, c, d, e]
}

/// One AVX2 vector, of which five lanes are used.
const WINDOW_LANES: usize = 8;

struct VectorWindowKernel<'a> {
    window: &'a [f32],
    taps: &'a [f32],
}

impl Vectorized for VectorWindowKernel<'_> {
    type Output = [f32; WINDOW_LANES];

    #[inline(always)]
    fn run(self) -> [f32; WINDOW_LANES] {
        let lanes = |start: usize| -> &[f32; WINDOW_LANES] {
            self.window[start..].first_chunk().expect("room for the window")
        };
        let radius = self.taps.len() - 1;
        let mut samples = [0f32; WINDOW_LANES];
        add_product(&mut samples, self.taps[0], lanes(radius));
        for (distance, &tap) in self.taps.iter().enumerate().skip(1) {
            add_pair(&mut samples, tap, lanes(radius - distance), lanes(radius + distance));
        }
        samples
    }
}
