//! The argmax of a blurred plane from one window of it, where bounds exclude every other pixel.
//!
//! A blurred value is a weighted average, so each pass of the blur is bounded by the maximum of its
//! values, and by the sum of the positive ones times the center tap, the largest. The map of a network
//! has one peak, and bounds of rows and of columns leave a few pixels around it:
//!
//! ```text
//! row[y]       = maximum of the 4 rows with row y                             // ≥ row y blurred along x
//!                where it is a quarter of the plane's maximum or more:
//!                min(maximum of row y, k0 · sum of its positive values)
//! row_bound    = row blurred along y
//! y0           = the first of 8 rows around the largest row_bound
//! column[x]    = min(maximum, k0 · sum of positive values) of the rows under the kernel around them
//! column_bound = column blurred along x
//! x0           = the first of 8 columns around the largest column_bound
//! window       = 8×8 blurred pixels from [x0, y0] on; best = their maximum
//! if row_bound · slack < best for all rows above and below the window,
//!    column_bound · slack < best for all columns left and right of it,
//!    and best and its neighbors are inside: return best
//! ```
//!
//! `k0` is the kernel's center and largest tap. `slack` is what rounding may add to a sum. Rows with smaller
//! values have the maximum of four: reducing the lanes of each row to one takes longer than reading it.

use std::ops::{Add, Range};

use super::{BlurBuffers, Border, TILE, add_pair, add_product, weighted_sum};
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::maximum::{Maximum, larger, max_bits};
use crate::simd::{CacheAligned, PREFETCH_DISTANCE, Vectorized, fold_lanes, prefetch_ahead};

/// Rows and columns of the window: one AVX2 vector.
const WINDOW: usize = 8;

/// The largest radius of a kernel for which the columns under a window are one tile.
const MAX_RADIUS: usize = (TILE - WINDOW) / 2;

/// Columns outside a tile: no fewer than the largest radius, and whole vectors.
const MARGIN: usize = TILE / 2;

/// The most rows under a window.
const MAX_ROWS: usize = WINDOW + 2 * MAX_RADIUS;

/// Rows whose maxima are found together. For 17 maps of 64×48, row by row they take 9.8 µs, in blocks of 4
/// rows 5.1 µs; with blocks of 8, decoding takes as long. AMD EPYC (AVX2), a shared machine, `perf record` of
/// a loop over `MegviiHeatmap`'s decoder, 28 November 2026.
const ROWS_PER_BLOCK: usize = 4;

/// A row whose block has at least this share of the plane's maximum is bounded by its own maximum and sum.
const SUMMED_SHARE: f32 = 0.25;

/// A row outside the window whose bound is at least this share of the largest one is rarely below the
/// window's maximum.
const RIVAL_SHARE: f32 = 0.85;

/// The maximum of a blurred plane, and that of the plane itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct NearPeak<E> {
    /// The maximum of the blurred plane with its first index.
    pub(super) maximum: Maximum<f32>,
    /// The maximum of the plane.
    pub(super) unblurred: E,
}

/// Finds the maximum and fills the blurred pixels around it; `None` if a value is not finite or its blur may
/// overflow, no value is positive, the plane is small, or the bounds do not exclude enough.
pub(super) struct FindNearPeak<'a, E> {
    pub(super) plane: &'a [E],
    pub(super) width: usize,
    pub(super) kernel: &'a GaussianKernel,
    pub(super) border: Border,
    pub(super) buffers: &'a mut BlurBuffers,
}

/// How many values of `BlurBuffers::bounds` a plane of size `[w, h]` needs.
pub(super) fn bounds_len([width, height]: [usize; 2]) -> usize {
    5 * (width.max(height).next_multiple_of(TILE) + 2 * MAX_RADIUS + TILE)
}

impl<E: HeatmapValue> Vectorized for FindNearPeak<'_, E> {
    type Output = Option<NearPeak<E>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { plane, width, kernel, border, buffers } = self;
        let (height, radius) = (plane.len() / width, kernel.radius());
        if border == Border::Reflect || radius > MAX_RADIUS || width < TILE || height < MAX_ROWS {
            return None;
        }
        let BlurBuffers { rows: singles, bounds, blurred, .. } = buffers;
        let along = |length: usize| Axis { length, kernel, border };
        singles.resize(singles.len().max(MAX_ROWS * width), 0.0);
        // Values with margins, and the bounds of both axes; and zeros.
        let part = bounds_len([width, height]) / 5;
        bounds.resize(bounds.len().max(5 * part), 0.0);
        let mut parts = bounds.chunks_exact_mut(part);
        let mut next_part = || parts.next().expect("five parts");
        let (row_values, row_bounds) = (next_part(), next_part());
        let (column_values, column_bounds) = (next_part(), next_part());
        let zeros = &mut next_part()[..width];
        zeros.fill(0.0);
        let zeros = &*zeros;

        let rows = &mut row_values[radius..radius + height];
        let unblurred = block_maxima(plane, width, rows)?;
        let summed = SUMMED_SHARE * unblurred.as_f32();
        for (bound, row) in rows.iter_mut().zip(plane.chunks_exact(width)) {
            if *bound >= summed {
                let row = E::as_f32_slice(row, &mut singles[..width]);
                *bound = along(width).row_bound(row);
            }
        }
        let row_bounds = along(height).blur(row_values, row_bounds);
        let y0 = window_start(row_bounds);
        let row_outside = max_outside(row_bounds, y0);
        if row_outside >= RIVAL_SHARE * max_of(row_bounds) {
            return None;
        }

        let first = y0.saturating_sub(radius);
        let last = (y0 + WINDOW + radius).min(height);
        let pixels = &plane[first * width..last * width];
        let inside = E::as_f32_slice(pixels, &mut singles[..pixels.len()]);
        let columns = &mut column_values[radius..radius + width];
        let center = kernel.taps()[0];
        column_maxima(inside, width, |row| center * along(height).weight(first + row), columns);
        let column_bounds = along(width).blur(column_values, column_bounds);
        let x0 = window_start(column_bounds);

        // The rows under the window. Those outside the plane are mirrored, or zeros.
        let mut under = [zeros; MAX_ROWS];
        for (number, row) in under[..WINDOW + 2 * radius].iter_mut().enumerate() {
            if let Some(y) = along(height).inside(y0 + number) {
                *row = &inside[(y - first) * width..][..width];
            }
        }
        let window = blur_under(&under, along(width), x0);
        let best = max_of(window.as_flattened());
        let slack = 1.0 + 1e-5 + 1e-6 * kernel.size() as f32 + 1e-7 * width.max(height) as f32;
        if row_outside.max(max_outside(column_bounds, x0)) * slack >= best {
            return None;
        }
        let found = window.as_flattened().iter().position(|&value| value == best)?;
        let [x, y] = [found % WINDOW, found / WINDOW];
        let (columns, rows) = (neighbors(x, x0, width)?, neighbors(y, y0, height)?);
        blurred.resize(plane.len(), 0.0);
        for y in rows {
            let start = (y0 + y) * width + x0;
            blurred[start..][columns.clone()].copy_from_slice(&window[y][columns.clone()]);
        }
        let maximum = Maximum { index: (y0 + y) * width + x0 + x, value: best };
        Some(NearPeak { maximum, unblurred })
    }
}

/// The rows or columns of the plane, and the border that they are blurred with.
#[derive(Clone, Copy)]
struct Axis<'a> {
    length: usize,
    kernel: &'a GaussianKernel,
    border: Border,
}

impl Axis<'_> {
    /// The index of a value with margins; `None` for a zero.
    #[inline(always)]
    fn inside(self, number: usize) -> Option<usize> {
        let index = number as i64 - self.kernel.radius() as i64;
        match self.border {
            Border::Zero => usize::try_from(index).ok().filter(|&index| index < self.length),
            _ => Some(self.mirrored(index)),
        }
    }

    /// The index that an index is mirrored to. The axis is longer than the margins.
    #[inline(always)]
    fn mirrored(self, index: i64) -> usize {
        let last = self.length as i64 - 1;
        (last - (last - index.abs()).abs()) as usize
    }

    /// Blurs values with margins, which are filled here. The result is a part of `blurred`.
    #[inline(always)]
    fn blur<'b>(self, values: &mut [f32], blurred: &'b mut [f32]) -> &'b [f32] {
        let (radius, length) = (self.kernel.radius(), self.length);
        values[..radius].fill(0.0);
        values[radius + length..].fill(0.0);
        if self.border == Border::Reflect101 {
            for distance in 1..=radius {
                values[radius - distance] = values[radius + distance];
                values[radius + length - 1 + distance] = values[radius + length - 1 - distance];
            }
        }
        for start in (0..length).step_by(TILE) {
            let sum = weighted_sum(self.kernel.taps(), &values[start..], 1);
            *blurred[start..].first_chunk_mut().expect("room for whole tiles") = sum;
        }
        &blurred[..length]
    }

    /// How often the value at an index counts at most in a blurred one, in units of the center tap.
    #[inline(always)]
    fn weight(self, index: usize) -> f32 {
        let excess = self.kernel.mirror_excess();
        let of = |distance: usize| excess.get(distance).copied().unwrap_or(0.0);
        match self.border {
            Border::Zero => 1.0,
            _ => 1.0 + of(index) + of(self.length - 1 - index),
        }
    }

    /// An upper bound of the values of a blurred row: their maximum, or the center tap times the sum of the
    /// positive ones.
    #[inline(always)]
    fn row_bound(self, row: &[f32]) -> f32 {
        let (mut largest, mut sums) = ([0f32; LANES], [0f32; LANES]);
        let (steps, rest) = row.as_chunks::<LANES>();
        for step in steps {
            for lane in 0..LANES {
                let value = larger(step[lane], 0.0);
                largest[lane] = larger(value, largest[lane]);
                sums[lane] += value;
            }
        }
        if let (Border::Reflect101, Some(left), Some(right)) =
            (self.border, row.first_chunk::<LANES>(), row.last_chunk::<LANES>())
        {
            let excess = self.kernel.mirror_excess();
            for lane in 0..LANES {
                sums[lane] += excess[lane] * larger(left[lane], 0.0);
            }
            for lane in 0..LANES {
                sums[lane] += excess[LANES - 1 - lane] * larger(right[lane], 0.0);
            }
        }
        let (mut largest, mut sum) = (fold_lanes(largest, larger), fold_lanes(sums, f32::add));
        for &value in rest {
            largest = larger(value, largest);
            sum += larger(value, 0.0);
        }
        largest.min(self.kernel.taps()[0] * sum)
    }
}

/// Values that are compared or added together.
const LANES: usize = 16;

/// The largest value whose pairs do not overflow: the blur adds two values before it multiplies them.
const MAX_VALUE: f32 = f32::MAX / 2.0;

/// Fills an upper bound of each row, the maximum of its block, and returns the maximum of the plane; `None`
/// if it is not positive, above [`MAX_VALUE`], or a value is not finite.
#[inline(always)]
fn block_maxima<E: HeatmapValue>(plane: &[E], width: usize, bounds: &mut [f32]) -> Option<E> {
    let zero = E::of(0.0).to_signed_bits();
    let (mut signed_bits, mut bits) = (zero, E::of(0.0).to_bits());
    let blocks = plane.chunks(ROWS_PER_BLOCK * width).zip(bounds.chunks_mut(ROWS_PER_BLOCK));
    for (block, bounds) in blocks {
        prefetch_ahead(block, PREFETCH_DISTANCE);
        let (block_signed_bits, block_bits) = max_bits(block);
        let block_signed_bits = block_signed_bits.max(zero);
        bounds.fill(E::from_signed_bits(block_signed_bits).as_f32());
        signed_bits = signed_bits.max(block_signed_bits);
        bits = bits.max(block_bits);
    }
    let largest = E::from_signed_bits(signed_bits);
    // False for infinity and for NaN.
    let bounded = largest.as_f32() <= MAX_VALUE && bits < E::NEGATIVE_INFINITY_BITS;
    (bounded && signed_bits > zero).then_some(largest)
}

/// Fills an upper bound of each column of `rows`: the smaller of its maximum and of the sum of its positive
/// values, each times the weight of its row and the center tap, which is a part of `weight`.
#[inline(always)]
fn column_maxima(rows: &[f32], width: usize, weight: impl Fn(usize) -> f32, bounds: &mut [f32]) {
    for start in (0..width).step_by(TILE) {
        let start = start.min(width - TILE);
        let (mut largest, mut sums) = ([0f32; TILE], [0f32; TILE]);
        for (number, row) in rows.chunks_exact(width).enumerate() {
            let weight = weight(number);
            let values: &[f32; TILE] = row[start..].first_chunk().expect("a whole tile");
            for lane in 0..TILE {
                let value = larger(values[lane], 0.0);
                largest[lane] = larger(value, largest[lane]);
                sums[lane] += weight * value;
            }
        }
        for lane in 0..TILE {
            bounds[start + lane] =
                if sums[lane] < largest[lane] { sums[lane] } else { largest[lane] };
        }
    }
}

/// The first row or column of a window around the largest bound, inside the plane.
#[inline(always)]
fn window_start(bounds: &[f32]) -> usize {
    let largest = max_of(bounds);
    let at = bounds.iter().position(|&bound| bound == largest).unwrap_or(0);
    at.saturating_sub(WINDOW / 2 - 1).min(bounds.len() - WINDOW)
}

/// The largest bound outside a window.
#[inline(always)]
fn max_outside(bounds: &[f32], start: usize) -> f32 {
    larger(max_of(&bounds[..start]), max_of(&bounds[start + WINDOW..]))
}

/// The maximum of values, or 0.
#[inline(always)]
fn max_of(values: &[f32]) -> f32 {
    let Some(last) = values.last_chunk::<LANES>() else {
        return values.iter().copied().fold(0.0, |largest, value| larger(value, largest));
    };
    let mut lanes = [0f32; LANES];
    for step in values.as_chunks::<LANES>().0.iter().chain([last]) {
        for lane in 0..LANES {
            lanes[lane] = larger(step[lane], lanes[lane]);
        }
    }
    fold_lanes(lanes, larger)
}

/// The blurred pixels of the window that begins at the column `x0`, from the rows under it.
#[inline(always)]
fn blur_under(under: &[&[f32]; MAX_ROWS], axis: Axis<'_>, x0: usize) -> [[f32; WINDOW]; WINDOW] {
    let (taps, radius) = (axis.kernel.taps(), axis.kernel.radius());
    // A tile inside the plane that has all columns under the window that are.
    let start = x0.saturating_sub(radius).min(axis.length - TILE);
    let tiles = under.map(|row| row[start..].first_chunk::<TILE>().expect("a whole tile"));
    // Sums of columns, between those left and right of the plane: `line[first + i]` is the column
    // `x0 - radius + i`.
    let first = MARGIN + x0 - radius - start;
    let mut lines = CacheAligned([[0f32; TILE + 2 * MARGIN]; WINDOW]);
    for (line, tiles) in lines.0.iter_mut().zip(tiles.windows(2 * radius + 1)) {
        let mut sums = [0f32; TILE];
        add_product(&mut sums, taps[0], tiles[radius]);
        for (distance, &tap) in taps.iter().enumerate().skip(1) {
            add_pair(&mut sums, tap, tiles[radius - distance], tiles[radius + distance]);
        }
        *line[MARGIN..].first_chunk_mut().expect("room for a tile") = sums;
        if axis.border == Border::Reflect101 {
            let left = 0..radius.saturating_sub(x0);
            let right = (axis.length + radius - x0).min(WINDOW + 2 * radius)..WINDOW + 2 * radius;
            for number in left.chain(right) {
                let column = axis.mirrored((x0 + number) as i64 - radius as i64);
                line[first + number] = sums[column - start];
            }
        }
    }
    let mut window = [[0f32; WINDOW]; WINDOW];
    for (samples, line) in window.iter_mut().zip(&lines.0) {
        let lanes = |number: usize| -> &[f32; WINDOW] {
            line[first + number..].first_chunk().expect("room for the window")
        };
        let mut sum = [0f32; WINDOW];
        add_product(&mut sum, taps[0], lanes(radius));
        for (distance, &tap) in taps.iter().enumerate().skip(1) {
            add_pair(&mut sum, tap, lanes(radius - distance), lanes(radius + distance));
        }
        *samples = sum;
    }
    window
}

/// The indices before, at and after `at` in a window that begins at `start`, without those outside the
/// plane; `None` if one is outside the window only.
#[inline(always)]
fn neighbors(at: usize, start: usize, length: usize) -> Option<Range<usize>> {
    let first = if start + at == 0 { Some(0) } else { at.checked_sub(1) };
    let end = if start + at + 1 == length { at + 1 } else { at + 2 };
    Some(first?..end).filter(|range| range.end <= WINDOW)
}
