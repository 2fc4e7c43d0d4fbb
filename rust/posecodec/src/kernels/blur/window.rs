//! A few samples of a blurred plane, without blurring the rest.

use super::{add_pair, add_product};
use crate::kernels::element::Response;
use crate::kernels::gaussian_kernel::GaussianKernel;
use crate::simd::{Kernel, dispatch};

/// Rows and columns that a window can have: kernels up to 60 taps around 5 samples.
const WINDOW: usize = 64;

/// The largest kernel that [`blur_window`] takes.
pub const WINDOW_KERNEL: usize = WINDOW - 5;

/// `N`×`N` samples of the blurred plane around the cell `[x, y]`, zeros lying outside the plane.
/// Samples outside the plane are not meaningful. `N` is odd and at most 5; the kernel has at most
/// [`WINDOW_KERNEL`] taps.
#[inline]
pub fn blur_window<E: Response, const N: usize>(
    plane: &[E],
    width: usize,
    [x, y]: [usize; 2],
    kernel: &GaussianKernel,
) -> [[f32; N]; N] {
    dispatch(WindowKernel::<E, N> { plane, width, x, y, kernel })
}

struct WindowKernel<'a, E, const N: usize> {
    plane: &'a [E],
    width: usize,
    x: usize,
    y: usize,
    kernel: &'a GaussianKernel,
}

impl<E: Response, const N: usize> Kernel for WindowKernel<'_, E, N> {
    type Output = [[f32; N]; N];

    #[inline(always)]
    fn run(self) -> [[f32; N]; N] {
        // Room for the usual kernels (7 to 13 taps, 17 to 27), which is cleared for every window.
        match N - 1 + self.kernel.size() {
            0..=16 => self.sum::<16>(),
            17..=32 => self.sum::<32>(),
            _ => self.sum::<WINDOW>(),
        }
    }
}

impl<E: Response, const N: usize> WindowKernel<'_, E, N> {
    /// With room for `C` rows and columns.
    #[inline(always)]
    fn sum<const C: usize>(self) -> [[f32; N]; N] {
        let (taps, radius) = (self.kernel.taps(), self.kernel.radius());
        let reach = N / 2 + radius;
        let height = self.plane.len() / self.width;
        // Columns x - reach ..= x + reach, clipped to the plane; what is clipped counts as zero.
        let first = self.x.saturating_sub(reach);
        let last = (self.x + reach).min(self.width - 1);
        let offset = first + reach - self.x;
        let mut rows = [[0f32; C]; C];
        for (row, to) in rows[..=2 * reach].iter_mut().enumerate() {
            // Row y - reach + row of the plane.
            if self.y + row >= reach && self.y + row - reach < height {
                let from = &self.plane[(self.y + row - reach) * self.width..][first..=last];
                for (to, value) in to[offset..].iter_mut().zip(from) {
                    *to = value.as_f32();
                }
            }
        }
        let mut samples = [[0f32; N]; N];
        for (n, sample) in samples.iter_mut().enumerate() {
            let mut sums = [0f32; C];
            add_product(&mut sums, taps[0], &rows[n + radius]);
            for (distance, &tap) in taps.iter().enumerate().skip(1) {
                let (above, below) = (&rows[n + radius - distance], &rows[n + radius + distance]);
                add_pair(&mut sums, tap, above, below);
            }
            let lanes = |start: usize| -> &[f32; N] {
                sums[start..].first_chunk().expect("room for the window")
            };
            add_product(sample, taps[0], lanes(radius));
            for (distance, &tap) in taps.iter().enumerate().skip(1) {
                add_pair(sample, tap, lanes(radius - distance), lanes(radius + distance));
            }
        }
        samples
    }
}
