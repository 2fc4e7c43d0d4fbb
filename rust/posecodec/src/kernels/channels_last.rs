//! Maps whose channels lie next to each other, as networks in channels_last return them: maxima, and
//! copies of parts of a map, without a transposition of all values.
//!
//! ```text
//! for each row of W pixels of K values:
//!     if there are maps of the flipped image: average the row with theirs, mirrored and permuted
//!     key[k] = largest order key of the row       // in lanes of 8 channels, without indices
//!     if key[k] > best[k]: best[k], row[k] = key[k], this row
//! for each channel k: search row[k] for the first pixel with the key best[k]
//! ```
//!
//! A transposition loads and stores each value alone; this loads eight at a time, and needs single
//! values for one row and one window of each map only.

use std::ops::Range;

use ndarray::ArrayView3;

use crate::float::HeatmapValue;
use crate::kernels::maximum::{Maximum, larger, take_larger};
use crate::simd::{CACHE_LINE, Vectorized, dispatch, prefetch};

/// Channels that are compared together.
const LANES: usize = 8;

/// How many values ahead memory is prefetched, as in the copies of [`super::layout`].
const PREFETCH_DISTANCE: usize = 2048;

/// The maps of one sample, (K, H, W), in the order (H, W, K) of memory. Rows may be reversed.
#[derive(Debug, Clone, Copy)]
pub struct PixelMaps<'a, E> {
    values: &'a [E],
    /// Of the first row in `values`; that of the last row, if rows lie in reverse order.
    first_row: usize,
    row_step: isize,
    /// Whether the first pixel of a row in memory is the last of the map.
    reversed: bool,
    shape: [usize; 3],
}

impl<'a, E: HeatmapValue> PixelMaps<'a, E> {
    /// The maps, if they have this layout and at least eight channels.
    pub fn new(maps: &ArrayView3<'a, E>) -> Option<Self> {
        let (channels, height, width) = maps.dim();
        let strides: [isize; 3] = maps.strides().try_into().expect("three axes");
        let [step, row_step] = [strides[2], strides[1]];
        let adjacent = strides[0] == 1 && step.unsigned_abs() == channels;
        if channels < LANES || height == 0 || width == 0 || !adjacent {
            return None;
        }
        let values = maps.to_slice_memory_order()?;
        let first_row = (height - 1) * row_step.min(0).unsigned_abs();
        let shape = [channels, height, width];
        Some(Self { values, first_row, row_step, reversed: step < 0, shape })
    }

    /// `[K, H, W]`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// The pixels of a row in the order of memory, each with K values.
    #[inline(always)]
    fn row(&self, y: usize) -> &'a [E] {
        let [channels, _, width] = self.shape;
        let start = self.first_row.wrapping_add_signed(y as isize * self.row_step);
        &self.values[start..][..width * channels]
    }

    /// The place of a column in the rows of memory, and the column at a place.
    #[inline(always)]
    fn place(&self, x: usize) -> usize {
        if self.reversed { self.shape[2] - 1 - x } else { x }
    }
}

/// Maps of a sample, and for a flip test those of the flipped image, of the same shape.
#[derive(Debug, Clone, Copy)]
pub struct PixelPair<'a, E> {
    /// The maps of the image.
    pub own: PixelMaps<'a, E>,
    /// Those of the flipped image. If given, averages are read.
    pub flipped: Option<FlippedPixels<'a, E>>,
}

/// The maps of a flipped image.
#[derive(Debug, Clone, Copy)]
pub struct FlippedPixels<'a, E> {
    /// Of the same shape as those of the image.
    pub maps: PixelMaps<'a, E>,
    /// For each channel that of its mirror image.
    pub partners: &'a [usize],
    /// Whether maps are shifted by one pixel after they are mirrored back.
    pub shifted: bool,
}

/// Channels that are copied together: single loads, one store.
const EXCHANGED: usize = 4;

impl<E: HeatmapValue> FlippedPixels<'_, E> {
    /// The place of the pixel that is mirrored to column `x`. There is none before the first column, which
    /// keeps its own value when maps are shifted.
    #[inline(always)]
    fn place(&self, x: usize) -> usize {
        let mirrored = x.saturating_sub(usize::from(self.shifted));
        self.maps.place(self.maps.shape[2] - 1 - mirrored)
    }

    /// Fills a row, mirrored back and with channels exchanged, in the order of memory of `own`.
    #[inline(always)]
    fn mirror_row(&self, own: &PixelMaps<'_, E>, y: usize, mirrored: &mut [E]) {
        let (row, channels) = (self.maps.row(y), own.shape[0]);
        // The last channels may overlap those before, and then get the same values again.
        for first in (0..channels).step_by(EXCHANGED) {
            let first = first.min(channels - EXCHANGED);
            let partners: [usize; EXCHANGED] =
                *self.partners[first..].first_chunk().expect("four channels");
            for (place, to) in mirrored.chunks_exact_mut(channels).enumerate() {
                let from = &row[self.place(own.place(place)) * channels..][..channels];
                let to: &mut [E; EXCHANGED] = to[first..].first_chunk_mut().expect("four channels");
                *to = partners.map(|partner| from[partner]);
            }
        }
    }
}

impl<E: HeatmapValue> PixelPair<'_, E> {
    /// The maximum of each map, with the first index `y·W + x` that holds it. `None` if a map has NaN.
    ///
    /// `row` is scratch.
    pub fn maxima(&self, row: &mut Vec<E>) -> Option<Vec<Maximum<E>>> {
        dispatch(MaximaKernel { maps: self, row })
    }

    /// Copies a part of a map, row by row. `mirrored` is scratch.
    pub fn copy(
        &self,
        channel: usize,
        [columns, rows]: [Range<usize>; 2],
        part: &mut [E],
        mirrored: &mut Vec<E>,
    ) {
        dispatch(CopyKernel { maps: self, channel, columns, rows, part, mirrored });
    }

    /// [`Self::copy`] inside a kernel.
    #[inline(always)]
    fn copy_part(
        &self,
        channel: usize,
        columns: Range<usize>,
        rows: Range<usize>,
        part: &mut [E],
        mirrored: &mut Vec<E>,
    ) {
        let (own, channels, width) = (&self.own, self.own.shape[0], columns.len());
        for (part, y) in part.chunks_exact_mut(width).zip(rows.clone()) {
            let row = own.row(y);
            for (to, x) in part.iter_mut().zip(columns.clone()) {
                *to = row[own.place(x) * channels + channel];
            }
        }
        let Some(flipped) = &self.flipped else { return };
        mirrored.resize(part.len(), E::of(0.0));
        for (mirrored, y) in mirrored.chunks_exact_mut(width).zip(rows) {
            let (row, partner) = (flipped.maps.row(y), flipped.partners[channel]);
            for (to, x) in mirrored.iter_mut().zip(columns.clone()) {
                *to = row[flipped.place(x) * channels + partner];
            }
        }
        E::average(part, mirrored);
        part.copy_from_slice(mirrored);
    }
}

struct CopyKernel<'a, 'v, E> {
    maps: &'a PixelPair<'v, E>,
    channel: usize,
    columns: Range<usize>,
    rows: Range<usize>,
    part: &'a mut [E],
    mirrored: &'a mut Vec<E>,
}

impl<E: HeatmapValue> Vectorized for CopyKernel<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.maps.copy_part(self.channel, self.columns, self.rows, self.part, self.mirrored);
    }
}

struct MaximaKernel<'a, 'v, E> {
    maps: &'a PixelPair<'v, E>,
    row: &'a mut Vec<E>,
}

impl<E: HeatmapValue> Vectorized for MaximaKernel<'_, '_, E> {
    type Output = Option<Vec<Maximum<E>>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { maps, row: merged } = self;
        let PixelPair { own, flipped } = maps;
        let [channels, height, width] = own.shape;
        let mut best = Best { keys: vec![E::MIN_KEY; channels], rows: vec![0; channels] };
        if flipped.is_some() {
            merged.resize(width * channels, E::of(0.0));
        }
        for y in 0..height {
            let mut row = own.row(y);
            prefetch_after(row);
            if let Some(flipped) = flipped {
                prefetch_after(flipped.maps.row(y));
                flipped.mirror_row(own, y, merged);
                E::average(row, merged);
                row = merged;
            }
            // The last eight channels may overlap those before, and then get the same keys again.
            for first in (0..channels).step_by(LANES) {
                if best.take_row(row, channels, first.min(channels - LANES), y) {
                    return None;
                }
            }
        }
        let mut line = vec![E::of(0.0); width];
        let found = best.keys.iter().zip(&best.rows).enumerate().map(|(channel, (&key, &y))| {
            let y = y as usize;
            maps.copy_part(channel, 0..width, y..y + 1, &mut line, merged);
            let x = line.iter().position(|value| value.order_key() == key).unwrap_or(0);
            Maximum { index: y * width + x, value: line[x] }
        });
        Some(found.collect())
    }
}

/// Prefetches what lies some rows after this one.
#[inline(always)]
fn prefetch_after<E>(row: &[E]) {
    for line in (0..row.len()).step_by(CACHE_LINE / size_of::<E>()) {
        prefetch(row, PREFETCH_DISTANCE + line);
    }
}

/// The largest key of each channel so far, and its row.
struct Best<E: HeatmapValue> {
    keys: Vec<E::Key>,
    rows: Vec<u32>,
}

impl<E: HeatmapValue> Best<E> {
    /// Takes the largest keys of eight channels in a row. Returns whether there is a NaN.
    #[inline(always)]
    fn take_row(&mut self, row: &[E], channels: usize, first: usize, y: usize) -> bool {
        // Independent chains hide the latency of the comparison.
        const CHAINS: usize = 4;
        let mut largest = [[E::MIN_KEY; LANES]; CHAINS];
        let mut nan = [[E::NOT_NAN; LANES]; CHAINS];
        let mut steps = row.chunks_exact(CHAINS * channels);
        for step in &mut steps {
            for chain in 0..CHAINS {
                let values = step[chain * channels + first..].first_chunk();
                let values = values.expect("eight channels");
                take_larger(&mut largest[chain], &mut nan[chain], values);
            }
        }
        for pixel in steps.remainder().chunks_exact(channels) {
            let values = pixel[first..].first_chunk().expect("eight channels");
            take_larger(&mut largest[0], &mut nan[0], values);
        }
        let (keys, rows) = (&mut self.keys[first..][..LANES], &mut self.rows[first..][..LANES]);
        let mut has_nan = false;
        for lane in 0..LANES {
            let mut key = largest[0][lane];
            let mut flag = nan[0][lane];
            for chain in 1..CHAINS {
                key = larger(largest[chain][lane], key);
                flag |= nan[chain][lane];
            }
            let is_larger = key > keys[lane];
            keys[lane] = if is_larger { key } else { keys[lane] };
            rows[lane] = if is_larger { y as u32 } else { rows[lane] };
            has_nan |= flag != E::NOT_NAN;
        }
        has_nan
    }
}
