//! Reading rows of maps whose values are contiguous in some order of the axes.

use std::ops::Range;

use ndarray::ArrayView3;

use super::transpose::channels_to_rows;
use crate::float::HeatmapValue;
use crate::kernels::flip::reverse;
use crate::simd::{PREFETCH_DISTANCE, prefetch_ahead};

/// The maps (K, H, W) of a sample, whose values are contiguous in some order of the axes.
pub(super) struct Rows<'a, E> {
    values: &'a [E],
    /// Index of the first value: an axis with a negative stride starts at its end.
    start: isize,
    strides: [isize; 3],
    shape: [usize; 3],
}

impl<'a, E: HeatmapValue> Rows<'a, E> {
    /// `None` for maps without values, or with gaps between them.
    pub(super) fn new(maps: &ArrayView3<'a, E>) -> Option<Self> {
        let values = maps.to_slice_memory_order().filter(|values| !values.is_empty())?;
        let strides: [isize; 3] = maps.strides().try_into().expect("three axes");
        let shape: [usize; 3] = maps.shape().try_into().expect("three axes");
        let back = |axis: usize| (shape[axis] - 1) as isize * strides[axis].min(0);
        let start = -(back(0) + back(1) + back(2));
        Some(Self { values, start, strides, shape })
    }

    /// `[K, H, W]`.
    pub(super) fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Whether the channels of a pixel lie next to each other, and pixels of a row too.
    pub(super) fn by_pixel(&self) -> bool {
        self.strides[0] == 1 && self.strides[2].unsigned_abs() == self.shape[0]
    }

    /// Copies rows of some maps in row-major order. The first row of each map is `map_len` values after
    /// that of the map before.
    #[inline(always)]
    pub(super) fn copy(
        &self,
        maps: Range<usize>,
        rows: Range<usize>,
        to: &mut [E],
        map_len: usize,
    ) {
        if self.by_pixel() && maps.len() == self.shape[0] {
            let transposed = match size_of::<E>() {
                2 => self.transpose::<8>(rows.clone(), to, map_len),
                4 => self.transpose::<4>(rows.clone(), to, map_len),
                _ => self.transpose::<2>(rows.clone(), to, map_len),
            };
            if transposed {
                return;
            }
        }
        let width = self.shape[2];
        for (place, map) in maps.enumerate() {
            for (row, y) in rows.clone().enumerate() {
                self.copy_row(map, y, &mut to[place * map_len + row * width..][..width]);
            }
        }
    }

    /// Copies rows of all maps, whose channels lie next to each other. Returns `false` for maps smaller
    /// than the blocks.
    #[inline(always)]
    fn transpose<const N: usize>(&self, rows: Range<usize>, to: &mut [E], map_len: usize) -> bool {
        let [count, _, width] = self.shape;
        if count < N || width < N {
            return false;
        }
        for first in (0..count).step_by(N) {
            // The last channels may overlap those before, and are then copied again.
            let channel = first.min(count - N);
            for (row, y) in rows.clone().enumerate() {
                let (pixels, reversed) = self.row(0, y, count);
                if first == 0 {
                    prefetch_ahead(pixels, PREFETCH_DISTANCE);
                }
                let to = &mut to[channel * map_len + row * width..];
                channels_to_rows::<E, N>(pixels, [count, channel], reversed, to, map_len);
            }
        }
        true
    }

    /// Copies one row of one map.
    #[inline(always)]
    fn copy_row(&self, map: usize, y: usize, to: &mut [E]) {
        let (from, reversed) = self.row(map, y, 1);
        prefetch_ahead(from, PREFETCH_DISTANCE);
        match (self.strides[2].unsigned_abs(), reversed) {
            (1, false) => to.copy_from_slice(from),
            (1, true) => reverse(from, to),
            _ => self.copy_part(map, 0..self.shape[2], y..y + 1, to),
        }
    }

    /// Copies a part of a map, row by row.
    #[inline(always)]
    pub(super) fn copy_part(
        &self,
        map: usize,
        columns: Range<usize>,
        rows: Range<usize>,
        part: &mut [E],
    ) {
        for (to, y) in part.chunks_exact_mut(columns.len()).zip(rows) {
            let (row, reversed) = self.row(map, y, 1);
            let step = self.strides[2].unsigned_abs();
            let offset = columns.start * step;
            if reversed {
                gather(row, row.len() - 1 - offset, step.wrapping_neg(), to);
            } else {
                gather(row, offset, step, to);
            }
        }
    }

    /// The memory of a row, from its first to its last pixel, of which `channels` values belong to it; and
    /// whether its last pixel comes first.
    #[inline(always)]
    pub(super) fn row(&self, map: usize, y: usize, channels: usize) -> (&'a [E], bool) {
        let step = self.strides[2];
        let last = (self.shape[2] as isize - 1) * step;
        let first = self.start + map as isize * self.strides[0] + y as isize * self.strides[1];
        let lowest = first + last.min(0);
        (&self.values[lowest as usize..][..last.unsigned_abs() + channels], step < 0)
    }
}

/// Copies the values at `index`, `index + step` and so on; a step back wraps around.
#[inline(always)]
fn gather<E: HeatmapValue>(from: &[E], mut index: usize, step: usize, to: &mut [E]) {
    for to in to {
        *to = from[index];
        index = index.wrapping_add(step);
    }
}
