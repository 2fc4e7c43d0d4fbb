//! Cells that no cell of their neighborhood exceeds, as the reference's `batch_heatmap_nms` finds
//! them.

use crate::float::HeatmapValue;
use crate::kernels::maximum::larger;
use crate::simd::{Vectorized, dispatch};

/// A plane `width` wide, and how far from a cell its neighborhood reaches.
#[derive(Debug, Clone, Copy)]
pub struct Neighborhood<'a, E> {
    /// The responses, row by row.
    pub plane: &'a [E],
    /// Cells a row.
    pub width: usize,
    /// Cells on each side: a kernel of size k reaches (k - 1) / 2.
    pub radius: usize,
}

impl<E: HeatmapValue> Neighborhood<'_, E> {
    /// The response of a cell, or 0 where some neighbor exceeds it. NaN stays.
    ///
    /// Cells that are equal stay both. A NaN among the neighbors exceeds everything.
    #[inline]
    pub fn suppressed(&self, cell: usize) -> E {
        self.suppressed_at([cell % self.width, cell / self.width])
    }

    /// [`Self::suppressed`] for the cell `[x, y]`.
    #[inline]
    pub(crate) fn suppressed_at(&self, [x, y]: [usize; 2]) -> E {
        let value = self.plane[y * self.width + x];
        // The reference multiplies by 0: there infinity becomes NaN, which `topk` puts first.
        if self.is_peak([x, y]) { value } else { zero_or_nan(value) }
    }

    /// Whether the response of the cell `[x, y]` is a number that no neighbor exceeds.
    #[inline]
    fn is_peak(&self, [x, y]: [usize; 2]) -> bool {
        let value = self.plane[y * self.width + x].order_key();
        let height = self.plane.len() / self.width;
        let columns = x.saturating_sub(self.radius)..(x + self.radius + 1).min(self.width);
        let rows = y.saturating_sub(self.radius)..(y + self.radius + 1).min(height);
        // The cell's own row first: on a slope, that settles it. `!(a <= b)` counts NaN as larger.
        let exceeded = |row: usize| {
            self.plane[row * self.width..][columns.clone()].iter().any(|neighbor| {
                neighbor.nan_mask() != E::NOT_NAN || !(neighbor.order_key() <= value)
            })
        };
        !exceeded(y) && !rows.into_iter().any(|row| row != y && exceeded(row))
    }
}

/// What is left of a response that is suppressed.
#[inline(always)]
fn zero_or_nan<E: HeatmapValue>(value: E) -> E {
    if value.nan_mask() == E::NOT_NAN { E::of(0.0) } else { value }
}

/// The largest keys around each cell of a plane, and what they are made with: kept from plane to plane.
#[derive(Debug)]
pub struct NmsBuffers<E: HeatmapValue> {
    /// The plane's keys with margins on all sides; then the largest of those around.
    largest: Vec<E::Key>,
    /// Where the plane holds NaN, with the same margins; then where NaN is around.
    nan: Vec<u8>,
    /// What is being made of either.
    next: Vec<E::Key>,
    next_nan: Vec<u8>,
}

impl<E: HeatmapValue> Default for NmsBuffers<E> {
    fn default() -> Self {
        Self { largest: Vec::new(), nan: Vec::new(), next: Vec::new(), next_nan: Vec::new() }
    }
}

/// Fills `peaks` with the plane's responses at its peaks, and 0 or NaN elsewhere:
/// [`Neighborhood::suppressed`] for every cell, in a time that hardly hangs on the radius.
pub fn suppress<E: HeatmapValue>(
    neighborhood: Neighborhood<'_, E>,
    peaks: &mut [E],
    buffers: &mut NmsBuffers<E>,
) {
    if !neighborhood.plane.is_empty() {
        dispatch(SuppressKernel { neighborhood, peaks, buffers });
    }
}

struct SuppressKernel<'a, E: HeatmapValue> {
    neighborhood: Neighborhood<'a, E>,
    peaks: &'a mut [E],
    buffers: &'a mut NmsBuffers<E>,
}

impl<E: HeatmapValue> Vectorized for SuppressKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { neighborhood: Neighborhood { plane, width, radius }, peaks, buffers } = self;
        let NmsBuffers { largest, nan, next, next_nan } = buffers;
        let height = plane.len() / width;
        // No neighborhood reaches further than across the plane.
        let (across, down) = (radius.min(width - 1), radius.min(height - 1));
        let stride = width + 2 * across;
        let cells = stride * (height + 2 * down);
        largest.clear();
        largest.resize(cells, E::MIN_KEY);
        let mut has_nan = E::NOT_NAN;
        let rows = largest[down * stride..].chunks_exact_mut(stride);
        for (row, values) in rows.zip(plane.chunks_exact(width)) {
            for (key, &value) in row[across..across + width].iter_mut().zip(values) {
                let flag = value.nan_mask();
                *key = if flag == E::NOT_NAN { value.order_key() } else { E::MIN_KEY };
                has_nan |= flag;
            }
        }
        let has_nan = has_nan != E::NOT_NAN;
        if has_nan {
            nan.clear();
            nan.resize(cells, 0);
            let rows = nan[down * stride..].chunks_exact_mut(stride);
            for (row, values) in rows.zip(plane.chunks_exact(width)) {
                for (nan, value) in row[across..across + width].iter_mut().zip(values) {
                    *nan = u8::from(value.nan_mask() != E::NOT_NAN);
                }
            }
            spread(nan, next_nan, 2 * across + 1, 1);
            spread(nan, next_nan, 2 * down + 1, stride);
        }
        spread(largest, next, 2 * across + 1, 1);
        spread(largest, next, 2 * down + 1, stride);
        let rows = plane.chunks_exact(width).zip(peaks.chunks_exact_mut(width));
        for (y, (values, peaks)) in rows.enumerate() {
            let start = y * stride;
            let around = &largest[start..start + width];
            for ((peak, &value), &most) in peaks.iter_mut().zip(values).zip(around) {
                *peak = if value.order_key() == most { value } else { zero_or_nan(value) };
            }
            if has_nan {
                let around = &nan[start..start + width];
                for ((peak, &value), &nan) in peaks.iter_mut().zip(values).zip(around) {
                    *peak = if nan == 0 { *peak } else { zero_or_nan(value) };
                }
            }
        }
    }
}

/// Makes each value the largest of `window` values that lie `step` apart, itself the first: of two,
/// then of four, of eight, and at last of two overlapping ones.
#[inline(always)]
fn spread<K: Copy + PartialOrd>(
    values: &mut Vec<K>,
    next: &mut Vec<K>,
    window: usize,
    step: usize,
) {
    let mut reached = 1;
    while reached < window {
        let further = reached.min(window - reached);
        next.resize(values.len(), values[0]);
        let (shifted, next_ones) = (&values[further * step..], &mut next[..]);
        for ((next, &value), &other) in next_ones.iter_mut().zip(&*values).zip(shifted) {
            *next = larger(value, other);
        }
        let end = shifted.len();
        next[end..].copy_from_slice(&values[end..]);
        std::mem::swap(values, next);
        reached += further;
    }
}
