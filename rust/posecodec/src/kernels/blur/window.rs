//! A few samples of a blurred plane, without blurring the rest: what DARK needs around a peak.
//!
//! The pixels under the kernel are copied into a square of constant size, so that every loop has a
//! constant length:
//!
//! ```text
//! rows = the N - 1 + taps rows around y, C columns around x    // 16, 32 or 64 wide
//! for n in 0..N: sums[n] = column sums of rows n … n + taps    // C columns at once
//! for n in 0..N: samples[n] = sums[n] blurred along x, at N columns around x
//! ```

use super::{Border, add_pair, add_product};
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::simd::{CacheAligned, Vectorized, dispatch};

/// The largest window in rows and columns: 5 samples under a kernel of [`WINDOW_KERNEL`] taps.
const WINDOW: usize = 64;

/// The largest kernel that [`blur_window`] takes.
pub const WINDOW_KERNEL: usize = WINDOW - 5;

/// Samples of a row: one AVX2 vector, of which a window uses 3 or 5 lanes.
const LANES: usize = 8;

/// `N`×`N` samples of the blurred plane around the pixel `[x, y]`, with zeros outside the plane. The
/// other lanes and samples outside the plane are meaningless. `N` must be odd and at most 5; the kernel
/// must have at most [`WINDOW_KERNEL`] taps.
#[inline]
pub fn blur_window<E: HeatmapValue, const N: usize>(
    plane: &[E],
    width: usize,
    [x, y]: [usize; 2],
    kernel: &GaussianKernel,
) -> [[f32; LANES]; N] {
    // Sizes for the usual kernels: 7 to 13 taps, and 17 to 27.
    match N - 1 + kernel.size() {
        0..=16 => dispatch(WindowKernel::<E, N, 16> { plane, width, x, y, kernel }),
        17..=32 => dispatch(WindowKernel::<E, N, 32> { plane, width, x, y, kernel }),
        _ => dispatch(WindowKernel::<E, N, WINDOW> { plane, width, x, y, kernel }),
    }
}

/// [`blur_window`] with another border than zeros outside the plane.
///
/// Near the border, the pixels under the kernel are copied into a plane of their own, with those
/// outside; elsewhere all borders give the same samples.
#[inline]
pub fn blur_window_with_border<E: HeatmapValue, const N: usize>(
    plane: &[E],
    width: usize,
    at: [usize; 2],
    kernel: &GaussianKernel,
    border: Border,
) -> [[f32; LANES]; N] {
    let (reach, height) = (N / 2 + kernel.radius(), plane.len() / width);
    let interior =
        (0..2).all(|axis| (reach..[width, height][axis].saturating_sub(reach)).contains(&at[axis]));
    if interior {
        return blur_window(plane, width, at, kernel);
    }
    let side = 2 * reach + 1;
    let source = |start: usize, index: usize, length: usize| {
        border.pixel((start + index) as i64 - reach as i64, length)
    };
    let mut near = [E::of(0.0); WINDOW * WINDOW];
    let columns: [Option<usize>; WINDOW] = std::array::from_fn(|index| source(at[0], index, width));
    for (index, near) in near.chunks_exact_mut(side).take(side).enumerate() {
        let Some(y) = source(at[1], index, height) else { continue };
        let row = &plane[y * width..][..width];
        for (pixel, &column) in near.iter_mut().zip(&columns) {
            if let Some(column) = column {
                *pixel = row[column];
            }
        }
    }
    blur_window(&near[..side * side], side, [reach; 2], kernel)
}

/// A window of `C` rows and columns.
struct WindowKernel<'a, E, const N: usize, const C: usize> {
    plane: &'a [E],
    width: usize,
    x: usize,
    y: usize,
    kernel: &'a GaussianKernel,
}

impl<E: HeatmapValue, const N: usize, const C: usize> Vectorized for WindowKernel<'_, E, N, C> {
    type Output = [[f32; LANES]; N];

    #[inline(always)]
    fn run(self) -> Self::Output {
        let (taps, radius) = (self.kernel.taps(), self.kernel.radius());
        // The first of `C` columns that include those around x, inside the plane if it is wide enough.
        let first = self.x.saturating_sub(N / 2 + radius).min(self.width.saturating_sub(C));
        let mut rows = CacheAligned([[E::of(0.0); C]; C]);
        self.copy_rows(first, &mut rows.0);
        let mut singles = CacheAligned([[0f32; C]; C]);
        let rows = E::as_f32_slice(rows.0.as_flattened(), singles.0.as_flattened_mut());
        // Column sums for each of the `N` rows of samples, with zeros left and right of the plane.
        let columns = column_sums::<C, N>(rows, taps);
        let mut sums = CacheAligned([[[0f32; C]; 3]; N]);
        for (sums, columns) in sums.0.iter_mut().zip(columns.0) {
            sums[1] = columns;
        }
        // The column of the first sample in a row of `sums`.
        let start = C + self.x - N / 2 - first;
        let mut samples = [[0f32; LANES]; N];
        for (samples, sums) in samples.iter_mut().zip(&sums.0) {
            let sums = sums.as_flattened();
            let lanes = |start: usize| -> &[f32; LANES] {
                sums[start..].first_chunk().expect("room for the window")
            };
            let mut sum = [0f32; LANES];
            add_product(&mut sum, taps[0], lanes(start));
            for (distance, &tap) in taps.iter().enumerate().skip(1) {
                add_pair(&mut sum, tap, lanes(start - distance), lanes(start + distance));
            }
            *samples = sum;
        }
        samples
    }
}

impl<E: HeatmapValue, const N: usize, const C: usize> WindowKernel<'_, E, N, C> {
    /// Copies the rows around y, from the column `first` on; rows outside the plane stay 0.
    #[inline(always)]
    fn copy_rows(&self, first: usize, rows: &mut [[E; C]; C]) {
        let reach = N / 2 + self.kernel.radius();
        let above = reach.saturating_sub(self.y);
        let inside = self.plane.chunks_exact(self.width).skip(self.y.saturating_sub(reach));
        for (row, from) in rows[above..=2 * reach].iter_mut().zip(inside) {
            match from[first..].first_chunk::<C>() {
                Some(from) => *row = *from,
                None => row[..self.width].copy_from_slice(from),
            }
        }
    }
}

/// `N` rows of column sums: the n-th one sums the rows `n .. n + taps` of `C` values each.
#[inline(always)]
fn column_sums<const C: usize, const N: usize>(
    rows: &[f32],
    taps: &[f32],
) -> CacheAligned<[[f32; C]; N]> {
    let radius = taps.len() - 1;
    let values = |row: usize| rows[row * C..].as_chunks::<C>().0.first_chunk::<N>().expect("rows");
    let mut sums = CacheAligned([[0f32; C]; N]);
    let center = values(radius);
    for n in 0..N {
        add_product(&mut sums.0[n], taps[0], &center[n]);
    }
    for (distance, &tap) in taps.iter().enumerate().skip(1) {
        let (before, after) = (values(radius - distance), values(radius + distance));
        for n in 0..N {
            add_pair(&mut sums.0[n], tap, &before[n], &after[n]);
        }
    }
    sums
}
