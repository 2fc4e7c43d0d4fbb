//! Maxima of maps whose channels lie next to each other, as networks in channels_last return them, where
//! they lie.
//!
//! ```text
//! for each row of W pixels of K values:
//!     key[k] = largest order key of the row       // in lanes of 8 channels, without indices
//!     if key[k] > best[k]: best[k], row[k] = key[k], this row
//! for each channel k: search row[k] for the first pixel with the key best[k]
//! ```
//!
//! A transposition loads, shuffles and stores all values; this loads them, and needs single values of one
//! row of each map only.

use super::rows::Rows;
use crate::float::HeatmapValue;
use crate::kernels::maximum::{Maximum, larger, take_larger};
use crate::simd::{PREFETCH_DISTANCE, Vectorized, prefetch_ahead};

/// Channels that are compared together.
pub(super) const LANES: usize = 8;

/// The maximum of each map, or `None` if a map has NaN.
pub(super) struct MaximaKernel<'a, 'v, E>(pub(super) &'a Rows<'v, E>);

impl<E: HeatmapValue> Vectorized for MaximaKernel<'_, '_, E> {
    type Output = Option<Vec<Maximum<E>>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self(maps) = self;
        let [channels, height, width] = maps.shape();
        let mut best = Best { keys: vec![E::MIN_KEY; channels], rows: vec![0; channels] };
        for y in 0..height {
            let (row, _) = maps.row(0, y, channels);
            prefetch_ahead(row, PREFETCH_DISTANCE);
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
            maps.copy_part(channel, 0..width, y..y + 1, &mut line);
            let x = line.iter().position(|value| value.order_key() == key).unwrap_or(0);
            Maximum { index: y * width + x, value: line[x] }
        });
        Some(found.collect())
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
