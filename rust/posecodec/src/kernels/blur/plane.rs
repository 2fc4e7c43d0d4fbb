//! Blur of a plane: all of it, or as much as shows where it is largest.

use std::ops::Add;

use super::{BlurBuffers, Border, TILE, reflect101, weighted_sum};
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

/// The first largest value of a blurred plane `width` wide whose own is `largest`; and the blurred
/// plane, of which only the summit's row and those next to it need be right.
///
/// A blur is an average: it cannot exceed the largest value under its taps. Rows whose bound lies
/// below what was found already are left out, which on a map with one bump is all but a few.
pub fn blurred_argmax<'a, E: HeatmapValue>(
    plane: &[E],
    width: usize,
    largest: Maximum<E>,
    kernel: &GaussianKernel,
    border: Border,
    buffers: &'a mut BlurBuffers,
) -> (Maximum<f32>, &'a mut [f32]) {
    if !largest.value.as_f32().is_finite() {
        let blurred = blur_plane(plane, width, kernel, border, buffers);
        return (maximum(blurred).expect("a plane with a largest value"), blurred);
    }
    buffers.blurred.resize(plane.len(), 0.0);
    let (blur, blurred, bounds) = PlaneBlur::new(plane, width, kernel, border, buffers);
    let summit = dispatch(BlurredArgmax { blur, blurred, bounds });
    (summit, &mut buffers.blurred)
}

/// A plane, its surroundings, and how it is blurred.
struct PlaneBlur<'a, E> {
    plane: &'a [E],
    width: usize,
    kernel: &'a GaussianKernel,
    /// Which column stands for each of the margins' left and right; empty for zeros outside.
    mirrored: &'a [usize],
    /// The plane in single precision, with margins above and below, as far as it was needed.
    rows: &'a mut [f32],
    /// Which of `rows` are filled.
    filled: &'a mut [bool],
    /// Values a row of `rows`.
    stride: usize,
    /// A row of vertical sums, with margins left and right.
    sums: &'a mut [f32],
}

impl<'a, E: HeatmapValue> PlaneBlur<'a, E> {
    /// Also hands out the blurred plane and the bounds, which the buffers hold too.
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
        if border == Border::Reflect101 {
            let outside = (-(radius as i64)..0).chain(width as i64..(width + radius) as i64);
            mirrored.extend(outside.map(|column| reflect101(column, width)));
        }
        let padded = height + 2 * radius;
        filled.clear();
        filled.resize(padded, false);
        let rows = aligned(rows, stride * padded);
        (Self { plane, width, kernel, mirrored, rows, filled, stride, sums }, blurred, bounds)
    }

    /// The row of the plane that stands at one of `rows`; `None` where zeros stand there.
    #[inline(always)]
    fn inside(&self, number: usize) -> Option<&'a [E]> {
        let height = self.plane.len() / self.width;
        let y = match number.checked_sub(self.kernel.radius()).filter(|&y| y < height) {
            Some(y) => y,
            None if self.mirrored.is_empty() => return None,
            None => reflect101(number as i64 - self.kernel.radius() as i64, height),
        };
        Some(&self.plane[y * self.width..][..self.width])
    }

    /// Fills those of `rows` that a row is summed from, where they are not filled yet.
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

    /// The most that each row can be after the blur: the rows' largest values, blurred. What is
    /// below 0 counts as 0, so that rounding cannot make a bound less than it should be. There is no
    /// NaN in the plane.
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

    /// Sums the columns around a row into `sums`, and continues it left and right.
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

    /// Sums `sums` along the row: the blurred row.
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

/// The first `len` values of the buffer that begin at a cache line: vectors that cross one cost
/// twice.
fn aligned(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    buffer.resize(len + CACHE_LINE / size_of::<f32>(), 0.0);
    let offset = buffer.as_ptr().align_offset(CACHE_LINE).min(CACHE_LINE / size_of::<f32>());
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
        // What rounding may lift a sum above its bound, which is itself rounded.
        let slack = 1.0 + 1e-6 * blur.kernel.size() as f32;
        let reached = blur.bounds(height, bounds);
        let center = blur.kernel.taps()[0];
        let mut summit = Maximum { index: 0, value: f32::NEG_INFINITY };
        let cannot_exceed = |bound: f32, found: f32| found > 0.0 && bound * slack < found;
        let first = position(reached, largest(reached));
        for y in std::iter::once(first).chain((0..height).filter(|&y| y != first)) {
            if cannot_exceed(reached[y], summit.value) {
                continue;
            }
            blur.fill_around(y);
            blur.sum_columns(y);
            let (largest_sum, mass) = max_and_sum(blur.sums);
            if cannot_exceed(largest_sum.min(center * mass), summit.value) {
                continue;
            }
            let row = &mut blurred[y * width..][..width];
            blur.sum_row(row);
            let value = largest(row);
            // Rows come in order but for the first: of equal values the one that is first wins.
            if value > summit.value || value == summit.value && y < summit.index / width {
                summit = Maximum { index: y * width + position(row, value), value };
            }
        }
        let y = summit.index / width;
        for y in [y.checked_sub(1), Some(y + 1).filter(|&y| y < height)].into_iter().flatten() {
            blur.fill_around(y);
            blur.sum_columns(y);
            blur.sum_row(&mut blurred[y * width..][..width]);
        }
        summit
    }
}

/// The largest of some whole vectors of values and the sum of those above 0, or 0.
#[inline(always)]
fn max_and_sum(values: &[f32]) -> (f32, f32) {
    let (mut largest, mut mass) = ([0f32; LANES], [0f32; LANES]);
    for values in values.as_chunks::<LANES>().0 {
        for lane in 0..LANES {
            let value = larger(values[lane], 0.0);
            largest[lane] = larger(value, largest[lane]);
            mass[lane] += value;
        }
    }
    (fold_lanes(largest, larger), fold_lanes(mass, f32::add))
}

/// Values that are compared at once: one AVX-512 or two AVX2 vectors.
const LANES: usize = 16;

/// The first place of a value, or 0.
#[inline(always)]
fn position(values: &[f32], value: f32) -> usize {
    values.iter().position(|&other| other == value).unwrap_or(0)
}

/// The largest of a few values, none of them NaN, or 0. By their bits, which need no conversion.
#[inline(always)]
fn largest_above_zero<E: HeatmapValue>(values: &[E]) -> f32 {
    let (bits, _) = max_bits(values);
    E::from_signed_bits(bits.max(E::of(0.0).to_signed_bits())).as_f32()
}

/// The largest of a few values, none of them NaN.
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
