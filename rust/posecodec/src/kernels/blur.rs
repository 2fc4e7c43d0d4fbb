//! Gaussian blur of a plane, whole or in a window, as `cv2.GaussianBlur` computes it.
//!
//! Whole planes and windows add the same products in the same order, so a sample of a window is
//! equal to the bit to the sample of the plane. Cells that lie on both sides of the centre are added
//! before they are multiplied: a symmetric map stays symmetric, as it does in OpenCV.

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

/// The cell of an axis of `length` cells that stands for `index` under [`Border::Reflect101`].
fn reflect101(index: i64, length: usize) -> usize {
    let last = length as i64 - 1;
    if last == 0 {
        return 0;
    }
    let folded = index.rem_euclid(2 * last);
    folded.min(2 * last - folded) as usize
}

/// Columns that are summed at once: two AVX-512 or four AVX2 vectors, all in registers. On a 64×48
/// plane with AVX-512, tiles of 16, 32 and 64 take 4.2, 4.0 and 3.9 µs for 11 taps and 8.8, 8.8 and
/// 7.5 µs for 23; 64 has no room in the registers of narrower tiers.
const TILE: usize = 32;

/// Buffers for the blur of planes, kept from plane to plane.
#[derive(Debug, Default)]
pub struct BlurBuffers {
    /// The plane in single precision with margins above and below, rows rounded up to whole tiles.
    rows: Vec<f32>,
    /// One row of vertical sums with margins left and right, and room for a tile at the end.
    sums: Vec<f32>,
    /// Which column stands for each of the margins' left and right.
    mirrored: Vec<usize>,
    /// The blurred plane.
    blurred: Vec<f32>,
}

/// Blurs a plane `width` wide.
pub fn blur_plane<'a, E: Response>(
    plane: &[E],
    width: usize,
    kernel: &GaussianKernel,
    border: Border,
    buffers: &'a mut BlurBuffers,
) -> &'a mut [f32] {
    let BlurBuffers { rows, sums, mirrored, blurred } = buffers;
    blurred.resize(plane.len(), 0.0);
    if plane.is_empty() {
        return blurred;
    }
    let radius = kernel.radius();
    let height = plane.len() / width;
    let stride = width.next_multiple_of(TILE);
    let rows = aligned(rows, stride * (height + 2 * radius));
    sums.resize(stride + 2 * radius + TILE, 0.0);
    mirrored.clear();
    if border == Border::Reflect101 {
        let outside = (-(radius as i64)..0).chain(width as i64..(width + radius) as i64);
        mirrored.extend(outside.map(|column| reflect101(column, width)));
    }
    dispatch(PlaneKernel { plane, width, kernel, mirrored, blurred, rows, sums, stride });
    blurred
}

/// The first `len` values of the buffer that begin at a cache line: vectors that cross one cost
/// twice.
fn aligned(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    const LINE: usize = 64;
    buffer.resize(len + LINE / size_of::<f32>(), 0.0);
    let offset = buffer.as_ptr().align_offset(LINE).min(LINE / size_of::<f32>());
    &mut buffer[offset..offset + len]
}

struct PlaneKernel<'a, E> {
    plane: &'a [E],
    width: usize,
    kernel: &'a GaussianKernel,
    /// Empty for zeros outside.
    mirrored: &'a [usize],
    blurred: &'a mut [f32],
    rows: &'a mut [f32],
    sums: &'a mut [f32],
    stride: usize,
}

impl<E: Response> PlaneKernel<'_, E> {
    /// Copies the plane into the middle of `rows` and continues it above and below.
    #[inline(always)]
    fn pad(&mut self) {
        let (stride, radius) = (self.stride, self.kernel.radius());
        let height = self.plane.len() / self.width;
        let rows = self.rows[radius * stride..].chunks_exact_mut(stride);
        for (from, row) in self.plane.chunks_exact(self.width).zip(rows) {
            for (to, value) in row.iter_mut().zip(from) {
                *to = value.as_f32();
            }
        }
        for outside in (0..radius).chain(radius + height..2 * radius + height) {
            if self.mirrored.is_empty() {
                self.rows[outside * stride..][..stride].fill(0.0);
            } else {
                let inside = radius + reflect101(outside as i64 - radius as i64, height);
                self.rows.copy_within(inside * stride..(inside + 1) * stride, outside * stride);
            }
        }
    }
}

impl<E: Response> Kernel for PlaneKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        self.pad();
        let Self { width, kernel, mirrored, blurred, rows, sums, stride, .. } = self;
        let (taps, radius) = (kernel.taps(), kernel.radius());
        for (y, out) in blurred.chunks_exact_mut(width).enumerate() {
            for start in (0..width).step_by(TILE) {
                let sum = weighted_sum(taps, &rows[y * stride + start..], stride);
                *tile_mut(sums, radius + start) = sum;
            }
            let (left, right) = mirrored.split_at(mirrored.len() / 2);
            for (outside, &column) in left.iter().enumerate() {
                sums[outside] = sums[radius + column];
            }
            for (outside, &column) in right.iter().enumerate() {
                sums[radius + width + outside] = sums[radius + column];
            }
            if mirrored.is_empty() {
                sums[..radius].fill(0.0);
                sums[radius + width..][..radius].fill(0.0);
            }
            if width < TILE {
                out.copy_from_slice(&weighted_sum(taps, sums, 1)[..width]);
                continue;
            }
            for start in (0..width).step_by(TILE) {
                // The last tile overlaps the one before, so that every tile is whole.
                let start = start.min(width - TILE);
                *tile_mut(out, start) = weighted_sum(taps, &sums[start..], 1);
            }
        }
    }
}

#[inline(always)]
fn tile_mut(values: &mut [f32], start: usize) -> &mut [f32; TILE] {
    values[start..].first_chunk_mut().expect("room for whole tiles")
}

/// A tile of sums around the tile in the middle of `values`; the taps' tiles lie `step` apart.
#[inline(always)]
fn weighted_sum(taps: &[f32], values: &[f32], step: usize) -> [f32; TILE] {
    let tile = |number: usize| -> &[f32; TILE] {
        values[number * step..].first_chunk().expect("room for whole tiles")
    };
    let radius = taps.len() - 1;
    let mut sum = [0f32; TILE];
    add_product(&mut sum, taps[0], tile(radius));
    for (distance, &tap) in taps.iter().enumerate().skip(1) {
        add_pair(&mut sum, tap, tile(radius - distance), tile(radius + distance));
    }
    sum
}

/// Adds `tap` times the values.
#[inline(always)]
fn add_product<const N: usize>(sum: &mut [f32; N], tap: f32, values: &[f32; N]) {
    for lane in 0..N {
        sum[lane] += tap * values[lane];
    }
}

/// Adds `tap` times the sums of the values on both sides.
#[inline(always)]
fn add_pair<const N: usize>(sum: &mut [f32; N], tap: f32, before: &[f32; N], after: &[f32; N]) {
    for lane in 0..N {
        sum[lane] += tap * (before[lane] + after[lane]);
    }
}

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

/// Blurs a vector; zeros lie outside.
pub fn blur_vector<'a, E: Response>(
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

impl<E: Response> Kernel for VectorKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { vector, kernel, blurred, extended } = self;
        for (to, value) in extended[kernel.radius()..].iter_mut().zip(vector) {
            *to = value.as_f32();
        }
        for (number, out) in blurred.chunks_mut(TILE).enumerate() {
            let sum = weighted_sum(kernel.taps(), &extended[number * TILE..], 1);
            out.copy_from_slice(&sum[..out.len()]);
        }
    }
}

/// Five samples of the blurred vector around the index `at`; zeros lie outside. Samples outside
/// the vector are not meaningful.
pub fn blur_vector_window<E: Response>(
    vector: &[E],
    at: usize,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [f32; 5] {
    let reach = 2 + kernel.radius();
    let first = at.saturating_sub(reach);
    let last = (at + reach).min(vector.len() - 1);
    // The values that the taps fall on, with zeros for those outside.
    let window = &mut buffers.sums;
    window.clear();
    window.resize(first + reach - at, 0.0);
    window.extend(vector[first..=last].iter().map(|value| value.as_f32()));
    window.resize(2 * reach + WINDOW_LANES, 0.0);
    let [a, b, c, d, e, ..] = dispatch(VectorWindowKernel { window, taps: kernel.taps() });
    [a, b, c, d, e]
}

/// Five samples and some to spare: one AVX2 vector.
const WINDOW_LANES: usize = 8;

struct VectorWindowKernel<'a> {
    window: &'a [f32],
    taps: &'a [f32],
}

impl Kernel for VectorWindowKernel<'_> {
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
