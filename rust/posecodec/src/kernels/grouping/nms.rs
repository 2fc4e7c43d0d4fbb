//! Non-maximum suppression: MMPose's `batch_heatmap_nms`.
//!
//! A pixel is a peak if no pixel of the square around it is larger. [`Neighborhood::suppressed`] tests
//! one pixel. [`suppress`] computes a whole plane in a time that hardly depends on the radius:
//!
//! ```text
//! max = the plane with margins
//! repeat along rows, then along columns, with reach = 1, 2, 4, … up to 2·radius + 1:
//!     max[i] = larger(max[i], max[i + reach])            // maximum of 2·reach pixels
//! peak = plane == max
//! ```

use crate::float::HeatmapValue;
use crate::kernels::maximum::larger;
use crate::simd::{Vectorized, dispatch};

/// A plane `width` wide, and the radius of the square that a peak is the maximum of.
#[derive(Debug, Clone, Copy)]
pub struct Neighborhood<'a, E> {
    /// The responses, row by row.
    pub plane: &'a [E],
    /// Pixels per row.
    pub width: usize,
    /// Pixels on each side of the center: (k - 1) / 2 for a kernel of size k.
    pub radius: usize,
}

impl<E: HeatmapValue> Neighborhood<'_, E> {
    /// The response of a pixel, or 0 if a pixel of its neighborhood is larger. NaN stays.
    ///
    /// Two equal maxima both stay. A NaN among the neighbors is larger than any number.
    #[inline]
    pub fn suppressed(&self, pixel: usize) -> E {
        self.suppressed_at([pixel % self.width, pixel / self.width])
    }

    /// [`Self::suppressed`] for the pixel `[x, y]`.
    #[inline]
    pub(crate) fn suppressed_at(&self, [x, y]: [usize; 2]) -> E {
        let value = self.plane[y * self.width + x];
        // MMPose multiplies by 0, which keeps NaN, and `topk` puts NaN first. An infinity becomes 0 here.
        if self.is_peak([x, y]) { value } else { zero_or_nan(value) }
    }

    /// Whether the response of the pixel `[x, y]` is a number and no neighbor is larger.
    #[inline]
    pub(crate) fn is_peak(&self, [x, y]: [usize; 2]) -> bool {
        let value = self.plane[y * self.width + x].order_key();
        let height = self.plane.len() / self.width;
        let columns = x.saturating_sub(self.radius)..(x + self.radius + 1).min(self.width);
        let rows = y.saturating_sub(self.radius)..(y + self.radius + 1).min(height);
        // The pixel's own row first: on a slope, it has a larger neighbor. `!(a <= b)` counts NaN as
        // larger.
        let exceeded = |row: usize| {
            self.plane[row * self.width..][columns.clone()].iter().any(|neighbor| {
                neighbor.nan_mask() != E::NOT_NAN || !(neighbor.order_key() <= value)
            })
        };
        !exceeded(y) && !rows.into_iter().any(|row| row != y && exceeded(row))
    }
}

/// The value of a suppressed pixel.
#[inline(always)]
fn zero_or_nan<E: HeatmapValue>(value: E) -> E {
    if value.nan_mask() == E::NOT_NAN { E::of(0.0) } else { value }
}

/// Scratch for [`suppress`], reused from plane to plane.
#[derive(Debug)]
pub struct NmsBuffers<E: HeatmapValue> {
    /// The plane's order keys with margins on all sides; in the end, the maximum around each pixel.
    largest: Vec<E::Key>,
    /// 1 where the plane holds NaN, with the same margins; in the end, 1 where NaN is around.
    nan: Vec<u8>,
    /// The next state of `largest`.
    next: Vec<E::Key>,
    /// The next state of `nan`.
    next_nan: Vec<u8>,
}

impl<E: HeatmapValue> Default for NmsBuffers<E> {
    fn default() -> Self {
        Self { largest: Vec::new(), nan: Vec::new(), next: Vec::new(), next_nan: Vec::new() }
    }
}

/// Fills `peaks` with the plane's responses at its peaks, and 0 or NaN elsewhere:
/// [`Neighborhood::suppressed`] for every pixel.
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
        // A neighborhood ends at the borders of the plane.
        let (across, down) = (radius.min(width - 1), radius.min(height - 1));
        let stride = width + 2 * across;
        let pixels = stride * (height + 2 * down);
        largest.clear();
        largest.resize(pixels, E::MIN_KEY);
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
            nan.resize(pixels, 0);
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

/// Replaces each value by the maximum of `window` values that are `step` apart, beginning with itself:
/// of 2, 4, 8, … values, and finally of two overlapping runs.
#[inline(always)]
fn spread<K: Copy + PartialOrd>(
    values: &mut Vec<K>,
    next: &mut Vec<K>,
    window: usize,
    step: usize,
) {
    let mut reach = 1;
    while reach < window {
        let distance = reach.min(window - reach);
        next.resize(values.len(), values[0]);
        let (shifted, next_ones) = (&values[distance * step..], &mut next[..]);
        for ((next, &value), &other) in next_ones.iter_mut().zip(&*values).zip(shifted) {
            *next = larger(value, other);
        }
        let end = shifted.len();
        next[end..].copy_from_slice(&values[end..]);
        std::mem::swap(values, next);
        reach += distance;
    }
}
