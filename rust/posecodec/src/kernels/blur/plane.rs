//! Blur of a plane, and the argmax of a blurred plane, which blurs a few of its rows only.
//!
//! A blurred value is a weighted average, so it cannot exceed the maximum of the values under the
//! kernel. That gives two bounds, the first of which needs no blur at all:
//!
//! ```text
//! blurred_argmax(plane):
//!     row_max[y]   = max(0, maximum of row y)
//!     row_bound[y] = blur of row_max along y                 // ≥ every value of blurred row y
//!     for each row y, beginning with the one of the largest bound:
//!         if row_bound[y] · slack < best: continue           // nearly all rows of a map with one peak
//!         sums = column sums around row y
//!         if min(max(sums), k0 · sum of positive sums) · slack < best: continue
//!         row = sums blurred along x
//!         if max(row) > best: best = max(row), with its index
//!     blur the rows above and below the best one as well     // the caller's quarter shift reads them
//! ```
//!
//! `k0` is the kernel's center and largest tap. `slack` is what rounding may add to a sum. Of equal
//! values the first in row-major order is returned, as `np.argmax` does.

use std::ops::Add;

use super::near_peak::{FindNearPeak, NearPeak};
use super::{ALIGNMENT, BlurBuffers, Border, TILE, weighted_sum};
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::maximum::{Maximum, larger, max_bits, maximum};
use crate::simd::{CACHE_LINE, Vectorized, dispatch, fold_lanes};

/// Blurs a plane `width` wide.
pub fn blur_plane<'a, E: HeatmapValue>(
    plane: &[E],
    width: usize,
    kernel: &GaussianKernel,
    border: Border,
    buffers: &'a mut BlurBuffers,
) -> &'a mut [f32] {
    buffers.blurred.resize(plane.len(), 0.0);
    if !plane.is_empty() {
        let (blur, blurred, _) = PlaneBlur::new(plane, width, kernel, border, buffers);
        dispatch(WholeKernel { blur, blurred });
    }
    &mut buffers.blurred
}

/// The maximum of a blurred plane.
#[derive(Debug)]
pub struct BlurredPeak<'a, E> {
    /// The maximum of the blurred plane with its first index.
    pub maximum: Maximum<f32>,
    /// The maximum of the plane itself, or NaN.
    pub unblurred: E,
    /// The blurred plane, of which only the pixel of the maximum and those next to it are valid.
    pub blurred: &'a mut [f32],
}

/// The maximum of a blurred plane, which has at least one pixel.
///
/// Most planes have one peak, around which `near_peak` finds the maximum. See the module for how rows of
/// other planes are skipped.
pub fn blurred_argmax<'a, E: HeatmapValue>(
    plane: &[E],
    width: usize,
    kernel: &GaussianKernel,
    border: Border,
    buffers: &'a mut BlurBuffers,
) -> BlurredPeak<'a, E> {
    let find = FindNearPeak { plane, width, kernel, border, buffers: &mut *buffers };
    if let Some(NearPeak { maximum, unblurred }) = dispatch(find) {
        return BlurredPeak { maximum, unblurred, blurred: &mut buffers.blurred };
    }
    let unblurred = maximum(plane).expect("a plane has pixels").value;
    if !unblurred.as_f32().is_finite() {
        let blurred = blur_plane(plane, width, kernel, border, buffers);
        let maximum = maximum(blurred).expect("as many pixels");
        return BlurredPeak { maximum, unblurred, blurred };
    }
    buffers.blurred.resize(plane.len(), 0.0);
    let (blur, blurred, bounds) = PlaneBlur::new(plane, width, kernel, border, buffers);
    let maximum = dispatch(BlurredArgmax { blur, blurred, bounds });
    BlurredPeak { maximum, unblurred, blurred: &mut buffers.blurred }
}

/// A plane with its borders, and the kernel that it is blurred with.
struct PlaneBlur<'a, E> {
    plane: &'a [E],
    width: usize,
    kernel: &'a GaussianKernel,
    border: Border,
    /// The column that each one of the left and right margins is a copy of; empty for zeros outside.
    mirrored: &'a [usize],
    /// The plane in single precision, with margins above and below. Rows are filled when needed.
    rows: &'a mut [f32],
    /// Which of `rows` are filled.
    filled: &'a mut [bool],
    /// Values per row of `rows`.
    stride: usize,
    /// A row of vertical sums, with margins left and right.
    sums: &'a mut [f32],
}

impl<'a, E: HeatmapValue> PlaneBlur<'a, E> {
    /// Also returns the blurred plane and the bounds, which are parts of the same buffers.
    fn new(
        plane: &'a [E],
        width: usize,
        kernel: &'a GaussianKernel,
        border: Border,
        buffers: &'a mut BlurBuffers,
    ) -> (Self, &'a mut [f32], &'a mut Vec<f32>) {
        let BlurBuffers { rows, filled, sums, mirrored, bounds, blurred } = buffers;
        let radius = kernel.radius();
        let height = plane.len() / width;
        let stride = width.next_multiple_of(TILE);
        sums.clear();
        sums.resize((stride + 2 * radius + TILE).next_multiple_of(TILE), 0.0);
        mirrored.clear();
        let outside = (-(radius as i64)..0).chain(width as i64..(width + radius) as i64);
        mirrored.extend(outside.filter_map(|column| border.pixel(column, width)));
        let padded = height + 2 * radius;
        filled.clear();
        filled.resize(padded, false);
        let rows = aligned(rows, stride * padded);
        let blur = Self { plane, width, kernel, border, mirrored, rows, filled, stride, sums };
        (blur, blurred, bounds)
    }

    /// The row of the plane that one of `rows` is a copy of; `None` for a row of zeros.
    #[inline(always)]
    fn inside(&self, number: usize) -> Option<&'a [E]> {
        let height = self.plane.len() / self.width;
        let y = self.border.pixel(number as i64 - self.kernel.radius() as i64, height)?;
        Some(&self.plane[y * self.width..][..self.width])
    }

    /// Fills those of `rows` that row `y` is summed from, unless they are filled already.
    #[inline(always)]
    fn fill_around(&mut self, y: usize) {
        for number in y..y + self.kernel.size() {
            if !self.filled[number] {
                self.fill(number);
                self.filled[number] = true;
            }
        }
    }

    /// Fills one of `rows`.
    #[inline(always)]
    fn fill(&mut self, number: usize) {
        let inside = self.inside(number);
        let row = &mut self.rows[number * self.stride..][..self.stride];
        let (row, rest) = row.split_at_mut(inside.map_or(0, <[E]>::len));
        E::convert_to_f32(inside.unwrap_or_default(), row);
        rest.fill(0.0);
    }

    /// An upper bound of each row of the blurred plane: the maxima of the rows, blurred. Negative
    /// maxima count as 0, so that rounding cannot make a bound too small. The plane must not hold NaN.
    #[inline(always)]
    fn bounds<'b>(&self, height: usize, bounds: &'b mut Vec<f32>) -> &'b [f32] {
        let padded = height + 2 * self.kernel.radius() + TILE;
        bounds.clear();
        bounds.resize(padded + height.next_multiple_of(TILE), 0.0);
        let (along, across) = bounds.split_at_mut(padded);
        for (number, bound) in along.iter_mut().enumerate().take(self.filled.len()) {
            *bound = self.inside(number).map_or(0.0, largest_above_zero);
        }
        for start in (0..height).step_by(TILE) {
            *tile_mut(across, start) = weighted_sum(self.kernel.taps(), &along[start..], 1);
        }
        &across[..height]
    }

    /// Sums the columns around row `y` into `sums`, and fills its margins left and right.
    #[inline(always)]
    fn sum_columns(&mut self, y: usize) {
        let (radius, width) = (self.kernel.radius(), self.width);
        for start in (0..width).step_by(TILE) {
            let values = &self.rows[y * self.stride + start..];
            let sum = weighted_sum(self.kernel.taps(), values, self.stride);
            *tile_mut(self.sums, radius + start) = sum;
        }
        let (left, right) = self.mirrored.split_at(self.mirrored.len() / 2);
        for (outside, &column) in left.iter().enumerate() {
            self.sums[outside] = self.sums[radius + column];
        }
        for (outside, &column) in right.iter().enumerate() {
            self.sums[radius + width + outside] = self.sums[radius + column];
        }
        if self.mirrored.is_empty() {
            self.sums[..radius].fill(0.0);
            self.sums[radius + width..][..radius].fill(0.0);
        }
    }

    /// Blurs `sums` along the row: the blurred row.
    #[inline(always)]
    fn sum_row(&self, out: &mut [f32]) {
        let taps = self.kernel.taps();
        if self.width < TILE {
            out.copy_from_slice(&weighted_sum(taps, self.sums, 1)[..self.width]);
            return;
        }
        for start in (0..self.width).step_by(TILE) {
            // The last tile overlaps the one before, so that every tile is whole.
            let start = start.min(self.width - TILE);
            *tile_mut(out, start) = weighted_sum(taps, &self.sums[start..], 1);
        }
    }
}

/// `len` values of the buffer, beginning at a cache line: a vector that crosses two lines takes two
/// loads.
fn aligned(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    buffer.resize(len + ALIGNMENT, 0.0);
    let offset = buffer.as_ptr().align_offset(CACHE_LINE).min(ALIGNMENT);
    &mut buffer[offset..offset + len]
}

#[inline(always)]
fn tile_mut(values: &mut [f32], start: usize) -> &mut [f32; TILE] {
    values[start..].first_chunk_mut().expect("room for whole tiles")
}

struct WholeKernel<'a, E> {
    blur: PlaneBlur<'a, E>,
    blurred: &'a mut [f32],
}

impl<E: HeatmapValue> Vectorized for WholeKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { mut blur, blurred } = self;
        for number in 0..blur.filled.len() {
            blur.fill(number);
        }
        for (y, out) in blurred.chunks_exact_mut(blur.width).enumerate() {
            blur.sum_columns(y);
            blur.sum_row(out);
        }
    }
}

struct BlurredArgmax<'a, E> {
    blur: PlaneBlur<'a, E>,
    blurred: &'a mut [f32],
    bounds: &'a mut Vec<f32>,
}

impl<E: HeatmapValue> Vectorized for BlurredArgmax<'_, E> {
    type Output = Maximum<f32>;

    #[inline(always)]
    fn run(self) -> Maximum<f32> {
        let Self { mut blur, blurred, bounds } = self;
        let width = blur.width;
        let height = blurred.len() / width;
        // Slack for rounding in both the sum and its bound.
        let slack = 1.0 + 1e-6 * blur.kernel.size() as f32;
        let row_bounds = blur.bounds(height, bounds);
        let center = blur.kernel.taps()[0];
        let mut best = Maximum { index: 0, value: f32::NEG_INFINITY };
        let cannot_exceed = |bound: f32, found: f32| found > 0.0 && bound * slack < found;
        let first = position(row_bounds, largest(row_bounds));
        for y in std::iter::once(first).chain((0..height).filter(|&y| y != first)) {
            if cannot_exceed(row_bounds[y], best.value) {
                continue;
            }
            blur.fill_around(y);
            blur.sum_columns(y);
            let (max_sum, positive_sum) = max_and_sum(blur.sums);
            if cannot_exceed(max_sum.min(center * positive_sum), best.value) {
                continue;
            }
            let row = &mut blurred[y * width..][..width];
            blur.sum_row(row);
            let value = largest(row);
            // Rows are visited in order except for the first one: of equal values, the first in the
            // plane is kept.
            if value > best.value || value == best.value && y < best.index / width {
                best = Maximum { index: y * width + position(row, value), value };
            }
        }
        let y = best.index / width;
        for y in [y.checked_sub(1), Some(y + 1).filter(|&y| y < height)].into_iter().flatten() {
            blur.fill_around(y);
            blur.sum_columns(y);
            blur.sum_row(&mut blurred[y * width..][..width]);
        }
        best
    }
}

/// The maximum and the sum of the positive values, both at least 0. The length must be a multiple of
/// [`LANES`].
#[inline(always)]
fn max_and_sum(values: &[f32]) -> (f32, f32) {
    let (mut largest, mut sum) = ([0f32; LANES], [0f32; LANES]);
    for values in values.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            let value = larger(values[lane], 0.0);
            largest[lane] = larger(value, largest[lane]);
            sum[lane] += value;
        }
    }
    (fold_lanes(largest, larger), fold_lanes(sum, f32::add))
}

/// Values that are compared together: one AVX-512 or two AVX2 vectors.
const LANES: usize = 16;

/// The first index of a value, or 0.
#[inline(always)]
fn position(values: &[f32], value: f32) -> usize {
    values.iter().position(|&other| other == value).unwrap_or(0)
}

/// The maximum of a few values, at least 0; none may be NaN. It compares bits, which need no conversion.
#[inline(always)]
fn largest_above_zero<E: HeatmapValue>(values: &[E]) -> f32 {
    let (bits, _) = max_bits(values);
    E::from_signed_bits(bits.max(E::of(0.0).to_signed_bits())).as_f32()
}

/// The maximum of a few values, none of them NaN.
#[inline(always)]
fn largest(values: &[f32]) -> f32 {
    let mut lanes = [f32::NEG_INFINITY; LANES];
    let (steps, rest) = values.as_chunks::<LANES>();
    for step in steps {
        for lane in 0..LANES {
            lanes[lane] = larger(step[lane], lanes[lane]);
        }
    }
    rest.iter().copied().fold(fold_lanes(lanes, larger), larger)
}
