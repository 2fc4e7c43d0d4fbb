//! The argmax of a blurred plane from one window of it, where bounds exclude every other pixel.
//!
//! A blurred value is a weighted average, so each pass of the blur is bounded by the maximum of its
//! values, and by the sum of the positive ones times the center tap, the largest. The map of a network
//! has one peak, and bounds of rows and of columns leave a few pixels around it:
//!
//! ```text
//! row[y]       = min(maximum of row y, k0 · sum of its positive values)       // ≥ row y blurred along x
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
//! `k0` is the kernel's center and largest tap. `slack` is what rounding may add to a sum. Sums are of
//! rows with a maximum near that of the plane; for others, the maximum is small enough.

use std::ops::{Add, Range};

use super::window::column_sums;
use super::{BlurBuffers, Border, TILE, add_pair, add_product, weighted_sum};
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::maximum::{Maximum, larger, max_bits};
use crate::simd::{CACHE_LINE, CacheAligned, Vectorized, fold_lanes, prefetch};

/// Rows and columns of the window: one AVX2 vector.
const WINDOW: usize = 8;

/// The largest radius of a kernel for which the columns under a window are one tile.
const MAX_RADIUS: usize = (TILE - WINDOW) / 2;

/// The most rows under a window.
const MAX_ROWS: usize = WINDOW + 2 * MAX_RADIUS;

/// How many values ahead memory is prefetched, as in the search for a maximum: 8 KiB of float32.
const PREFETCH_DISTANCE: usize = 2048;

/// A row whose maximum is at least this share of the plane's is also bounded by its sum.
const SUMMED_SHARE: f32 = 0.125;

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
        bounds.clear();
        bounds.resize(5 * part, 0.0);
        let mut parts = bounds.chunks_exact_mut(part);
        let mut next_part = || parts.next().expect("five parts");
        let (row_values, row_bounds) = (next_part(), next_part());
        let (column_values, column_bounds) = (next_part(), next_part());
        let zeros = &*next_part();

        let rows = &mut row_values[radius..radius + height];
        let unblurred = row_maxima(plane, width, rows)?;
        let summed = SUMMED_SHARE * unblurred.as_f32();
        for (bound, row) in rows.iter_mut().zip(plane.chunks_exact(width)) {
            if *bound >= summed {
                let row = E::as_f32_slice(row, &mut singles[..width]);
                *bound = bound.min(along(width).max_sum(row));
            }
        }
        let row_bounds = along(height).blur(row_values, row_bounds);
        let y0 = window_start(row_bounds);
        let rival = RIVAL_SHARE * max_of(row_bounds);
        if !all_below(row_bounds, y0, 1.0, rival) {
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
        let mut under = [&zeros[..width]; MAX_ROWS];
        for (number, row) in under[..WINDOW + 2 * radius].iter_mut().enumerate() {
            if let Some(y) = along(height).inside(y0 + number) {
                *row = &inside[(y - first) * width..][..width];
            }
        }
        let window = blur_under(&under, along(width), x0);
        let best = max_of(window.as_flattened());
        let slack = 1.0 + 1e-5 + 1e-6 * kernel.size() as f32 + 1e-7 * width.max(height) as f32;
        if !all_below(row_bounds, y0, slack, best) || !all_below(column_bounds, x0, slack, best) {
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

    /// An upper bound of the values of a blurred row: the center tap times the sum of the positive ones.
    #[inline(always)]
    fn max_sum(self, row: &[f32]) -> f32 {
        let mut sums = [0f32; LANES];
        let (steps, rest) = row.as_chunks::<LANES>();
        for step in steps {
            for lane in 0..LANES {
                sums[lane] += larger(step[lane], 0.0);
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
        let rest: f32 = rest.iter().map(|&value| larger(value, 0.0)).sum();
        self.kernel.taps()[0] * (fold_lanes(sums, f32::add) + rest)
    }
}

/// Values that are compared or added together.
const LANES: usize = 16;

/// The largest value whose pairs do not overflow: the blur adds two values before it multiplies them.
const MAX_VALUE: f32 = f32::MAX / 2.0;

/// Fills the maximum of each row, and returns that of the plane; `None` if it is not positive, above
/// [`MAX_VALUE`], or a value is not finite.
#[inline(always)]
fn row_maxima<E: HeatmapValue>(plane: &[E], width: usize, maxima: &mut [f32]) -> Option<E> {
    let zero = E::of(0.0).to_signed_bits();
    let (mut signed_bits, mut bits) = (zero, E::of(0.0).to_bits());
    for (row, maximum) in plane.chunks_exact(width).zip(maxima) {
        for line in (0..width).step_by(CACHE_LINE / size_of::<E>()) {
            prefetch(row, PREFETCH_DISTANCE + line);
        }
        let (row_signed_bits, row_bits) = max_bits(row);
        let row_signed_bits = row_signed_bits.max(zero);
        *maximum = E::from_signed_bits(row_signed_bits).as_f32();
        signed_bits = signed_bits.max(row_signed_bits);
        bits = bits.max(row_bits);
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

/// Whether all bounds outside a window are below a value.
#[inline(always)]
fn all_below(bounds: &[f32], start: usize, slack: f32, value: f32) -> bool {
    let mut below = true;
    for &bound in bounds[..start].iter().chain(&bounds[start + WINDOW..]) {
        below &= bound * slack < value;
    }
    below
}

/// The maximum of values of which one is positive.
#[inline(always)]
fn max_of(values: &[f32]) -> f32 {
    let mut lanes = [0f32; LANES];
    let (steps, rest) = values.as_chunks::<LANES>();
    for step in steps {
        for lane in 0..LANES {
            lanes[lane] = larger(step[lane], lanes[lane]);
        }
    }
    rest.iter().copied().fold(fold_lanes(lanes, larger), larger)
}

/// The blurred pixels of the window that begins at the column `x0`, from the rows under it.
#[inline(always)]
fn blur_under(under: &[&[f32]; MAX_ROWS], axis: Axis<'_>, x0: usize) -> [[f32; WINDOW]; WINDOW] {
    let (taps, radius) = (axis.kernel.taps(), axis.kernel.radius());
    // A tile inside the plane that has all columns under the window that are.
    let start = x0.saturating_sub(radius).min(axis.length - TILE);
    let mut rows = CacheAligned([[0f32; TILE]; MAX_ROWS]);
    for (row, from) in rows.0.iter_mut().zip(under) {
        *row = *from[start..].first_chunk().expect("a whole tile");
    }
    let sums = column_sums::<TILE, WINDOW>(rows.0.as_flattened(), taps);
    // The same sums with those left and right of the plane: `line[TILE + i]` is the column
    // `x0 - radius + i`.
    let mut lines = CacheAligned([[0f32; 3 * TILE]; WINDOW]);
    for (line, sums) in lines.0.iter_mut().zip(&sums.0) {
        let first = TILE + start + radius - x0;
        *line[first..].first_chunk_mut().expect("room for a tile") = *sums;
        if axis.border == Border::Reflect101 {
            let left = 0..radius.saturating_sub(x0);
            let right = (axis.length + radius - x0).min(WINDOW + 2 * radius)..WINDOW + 2 * radius;
            for number in left.chain(right) {
                let column = axis.mirrored((x0 + number) as i64 - radius as i64);
                line[TILE + number] = sums[column - start];
            }
        }
    }
    let mut window = [[0f32; WINDOW]; WINDOW];
    for (samples, line) in window.iter_mut().zip(&lines.0) {
        let lanes = |number: usize| -> &[f32; WINDOW] {
            line[TILE + number..].first_chunk().expect("room for the window")
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
