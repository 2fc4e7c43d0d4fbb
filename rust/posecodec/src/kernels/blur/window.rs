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
        let mut rows = [[0f32; C]; C];
        let inside = self.x >= reach && self.x - reach + C <= self.width;
        // Columns x - reach ..= x + reach, clipped to the plane; what is clipped counts as zero.
        let first = self.x.saturating_sub(reach);
        let last = (self.x + reach).min(self.width - 1);
        let offset = first + reach - self.x;
        for (row, to) in rows[..=2 * reach].iter_mut().enumerate() {
            // Row y - reach + row of the plane.
            if self.y + row < reach || self.y + row - reach >= height {
                continue;
            }
            let from = &self.plane[(self.y + row - reach) * self.width..][..self.width];
            if inside {
                // Whole vectors, the values after the last column among them: they are not used.
                E::singles(&from[first..first + C], to);
            } else {
                E::singles(&from[first..=last], &mut to[offset..][..=last - first]);
            }
        }
        // Sums of columns first, a row for each of the `N` rows of samples, and room at the end.
        let mut sums = [[0f32; C]; 6];
        for (n, sums) in sums[..N].iter_mut().enumerate() {
            *sums = column_sums(&rows[n..], taps);
        }
        let sums = sums.as_flattened();
        let mut samples = [[0f32; N]; N];
        for (n, sample) in samples.iter_mut().enumerate() {
            // Of a vector of lanes, N are samples; the others are not used.
            let lanes = |start: usize| -> &[f32; LANES] {
                sums[n * C + start..].first_chunk().expect("room for the window")
            };
            let mut sum = [0f32; LANES];
            add_product(&mut sum, taps[0], lanes(radius));
            for (distance, &tap) in taps.iter().enumerate().skip(1) {
                add_pair(&mut sum, tap, lanes(radius - distance), lanes(radius + distance));
            }
            sample.copy_from_slice(&sum[..N]);
        }
        samples
    }
}

/// Lanes of the sums along rows: one AVX2 vector.
const LANES: usize = 8;

/// The sums of the columns of the first rows, as many as the kernel has taps.
#[inline(always)]
fn column_sums<const C: usize>(rows: &[[f32; C]], taps: &[f32]) -> [f32; C] {
    let radius = taps.len() - 1;
    let mut sums = [0f32; C];
    add_product(&mut sums, taps[0], &rows[radius]);
    for (distance, &tap) in taps.iter().enumerate().skip(1) {
        add_pair(&mut sums, tap, &rows[radius - distance], &rows[radius + distance]);
    }
    sums
}
