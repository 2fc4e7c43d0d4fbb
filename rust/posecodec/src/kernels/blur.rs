//! Gaussian blur of a plane, whole or in a window, as `cv2.GaussianBlur` computes it.
//!
//! Whole planes and windows add the same products in the same order, so a sample of a window is
//! equal to the bit to the sample of the plane.

use super::element::Response;
use super::gaussian_kernel::GaussianKernel;
use crate::simd::{Kernel, dispatch};

/// What lies outside a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// Zeros.
    Zero,
    /// The plane mirrored at the centre of its outermost cells (OpenCV's `BORDER_REFLECT_101`).
    Reflect101,
}

impl Border {
    /// The cell that stands for `index` on an axis of `length` cells; `None` for a zero.
    #[inline(always)]
    fn cell(self, index: i64, length: usize) -> Option<usize> {
        let last = length as i64 - 1;
        if (0..=last).contains(&index) {
            return Some(index as usize);
        }
        match self {
            Self::Zero => None,
            Self::Reflect101 if last == 0 => Some(0),
            Self::Reflect101 => {
                let folded = index.rem_euclid(2 * last);
                Some(folded.min(2 * last - folded) as usize)
            }
        }
    }
}

/// Columns that are summed at once: two AVX-512 or four AVX2 vectors, all in registers.
const TILE: usize = 32;

/// Blurs a plane `width` wide into `blurred`, which is resized to fit.
pub fn blur_plane<E: Response>(
    plane: &[E],
    width: usize,
    kernel: &GaussianKernel,
    border: Border,
    blurred: &mut Vec<f32>,
    scratch: &mut Vec<f32>,
) {
    // Nothing is summed where nothing is: zero-sized planes have no rows to step through.
    blurred.clear();
    blurred.resize(plane.len(), 0.0);
    if plane.is_empty() {
        return;
    }
    let radius = kernel.radius();
    let height = plane.len() / width;
    // The plane in single precision, rows extended on both sides, and one row after vertical sums.
    let stride = (width + 2 * radius).next_multiple_of(TILE) + TILE;
    scratch.clear();
    scratch.resize(stride * (height + 1), 0.0);
    let (rows, sums) = scratch.split_at_mut(stride * height);
    dispatch(PlaneKernel { plane, width, kernel, border, blurred, rows, sums, stride });
}

struct PlaneKernel<'a, E> {
    plane: &'a [E],
    width: usize,
    kernel: &'a GaussianKernel,
    border: Border,
    blurred: &'a mut [f32],
    rows: &'a mut [f32],
    sums: &'a mut [f32],
    stride: usize,
}

impl<E: Response> Kernel for PlaneKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plane, width, kernel, border, blurred, rows, sums, stride } = self;
        let (taps, radius) = (kernel.taps(), kernel.radius());
        let height = plane.len() / width;
        for (from, row) in plane.chunks_exact(width).zip(rows.chunks_exact_mut(stride)) {
            for (to, value) in row[radius..radius + width].iter_mut().zip(from) {
                *to = value.as_f32();
            }
            for outside in 1..=radius {
                let (before, after) = (-(outside as i64), (width - 1 + outside) as i64);
                if let Some(cell) = border.cell(before, width) {
                    row[radius - outside] = row[radius + cell];
                }
                if let Some(cell) = border.cell(after, width) {
                    row[radius + width - 1 + outside] = row[radius + cell];
                }
            }
        }
        for (y, out) in blurred.chunks_exact_mut(width).enumerate() {
            for start in (0..width + 2 * radius).step_by(TILE) {
                let mut sum = [0f32; TILE];
                for (j, &tap) in taps.iter().enumerate() {
                    let index = (y + j) as i64 - radius as i64;
                    if let Some(row) = border.cell(index, height) {
                        let row = &rows[row * stride + start..][..TILE];
                        for lane in 0..TILE {
                            sum[lane] += tap * row[lane];
                        }
                    }
                }
                sums[start..start + TILE].copy_from_slice(&sum);
            }
            for start in (0..width).step_by(TILE) {
                let mut sum = [0f32; TILE];
                for (j, &tap) in taps.iter().enumerate() {
                    let shifted = &sums[start + j..][..TILE];
                    for lane in 0..TILE {
                        sum[lane] += tap * shifted[lane];
                    }
                }
                let count = TILE.min(width - start);
                out[start..start + count].copy_from_slice(&sum[..count]);
            }
        }
    }
}

/// Columns that a window can have: kernels up to 60 taps around 5 samples.
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
        if N - 1 + self.kernel.taps().len() <= 16 { self.sum::<16>() } else { self.sum::<WINDOW>() }
    }
}

impl<E: Response, const N: usize> WindowKernel<'_, E, N> {
    /// With `C` columns of room: 16 for the usual kernels, which keeps the sums in registers.
    #[inline(always)]
    fn sum<const C: usize>(self) -> [[f32; N]; N] {
        let taps = self.kernel.taps();
        let reach = N / 2 + self.kernel.radius();
        let height = self.plane.len() / self.width;
        // Columns x - reach ..= x + reach, clipped to the plane; what is clipped counts as zero.
        let first = self.x.saturating_sub(reach);
        let last = (self.x + reach).min(self.width - 1);
        let offset = first + reach - self.x;
        let mut sums = [[0f32; C]; N];
        for row in 0..N + taps.len() - 1 {
            // Row y - reach + row of the plane.
            if self.y + row < reach || self.y + row - reach >= height {
                continue;
            }
            let from = &self.plane[(self.y + row - reach) * self.width..][first..=last];
            let mut values = [0f32; C];
            for (to, value) in values[offset..].iter_mut().zip(from) {
                *to = value.as_f32();
            }
            for (n, sum) in sums.iter_mut().enumerate() {
                if n <= row && row - n < taps.len() {
                    let tap = taps[row - n];
                    for lane in 0..C {
                        sum[lane] += tap * values[lane];
                    }
                }
            }
        }
        let mut samples = [[0f32; N]; N];
        for (sample, sum) in samples.iter_mut().zip(&sums) {
            for (j, &tap) in taps.iter().enumerate() {
                for lane in 0..N {
                    sample[lane] += tap * sum[j + lane];
                }
            }
        }
        samples
    }
}

/// Blurs a vector into `blurred`, which is resized to fit; zeros lie outside.
pub fn blur_vector<E: Response>(
    vector: &[E],
    kernel: &GaussianKernel,
    blurred: &mut Vec<f32>,
    scratch: &mut Vec<f32>,
) {
    blurred.clear();
    blurred.resize(vector.len(), 0.0);
    scratch.clear();
    scratch.resize(vector.len() + 2 * kernel.radius() + TILE, 0.0);
    dispatch(VectorKernel { vector, kernel, blurred, extended: scratch });
}

struct VectorKernel<'a, E> {
    vector: &'a [E],
    kernel: &'a GaussianKernel,
    blurred: &'a mut [f32],
    extended: &'a mut [f32],
}

impl<E: Response> Kernel for VectorKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { vector, kernel, blurred, extended } = self;
        for (to, value) in extended[kernel.radius()..].iter_mut().zip(vector) {
            *to = value.as_f32();
        }
        for (number, out) in blurred.chunks_mut(TILE).enumerate() {
            let mut sum = [0f32; TILE];
            for (j, &tap) in kernel.taps().iter().enumerate() {
                let shifted = &extended[number * TILE + j..][..TILE];
                for lane in 0..TILE {
                    sum[lane] += tap * shifted[lane];
                }
            }
            out.copy_from_slice(&sum[..out.len()]);
        }
    }
}

/// Five samples of the blurred vector around the index `at`; zeros lie outside. Samples outside
/// the vector are not meaningful.
#[inline]
pub fn blur_vector_window<E: Response>(
    vector: &[E],
    at: usize,
    kernel: &GaussianKernel,
) -> [f32; 5] {
    let taps = kernel.taps();
    let reach = 2 + kernel.radius();
    let first = at.saturating_sub(reach);
    let last = (at + reach).min(vector.len() - 1);
    let mut samples = [0f32; 5];
    for (n, sample) in samples.iter_mut().enumerate() {
        // Tap j of sample n falls on the index at + n + j - reach.
        let begin = (first + reach).saturating_sub(at + n).min(taps.len());
        let end = (last + reach + 1).saturating_sub(at + n).min(taps.len());
        for j in begin..end {
            *sample += taps[j] * vector[at + n + j - reach].as_f32();
        }
    }
    samples
}
