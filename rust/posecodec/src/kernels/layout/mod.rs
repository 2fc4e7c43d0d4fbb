//! Maps of any layout: contiguous copies, averages of a flip test, and maxima of maps where they lie.
//!
//! Networks in channels_last return (H, W, K) in memory. Such maps are copied in blocks of rows, which are
//! transposed; maps that lie one after another are a block each:
//!
//! ```text
//! for each block of rows of all maps, which fits into the first-level cache:
//!     transpose it: the rows of map 0, of map 1, ...
//!     if there are maps of the flipped image:
//!         transpose the same rows of them, read from right to left
//!         average the rows of each map with those of its partner
//!     write them to the contiguous maps
//! ```

mod maxima;
mod rows;
mod transpose;

use std::ops::Range;

use ndarray::{ArrayView3, Axis};

use self::maxima::MaximaKernel;
use self::rows::Rows;
use crate::float::HeatmapValue;
use crate::kernels::flip::{MapFlip, finish_mirrored};
use crate::kernels::maximum::Maximum;
use crate::simd::{Vectorized, dispatch};

/// Bytes of pixels that are copied at a time, if their channels lie next to each other: rows of several
/// cache lines of each map, and few enough for the first-level cache.
///
/// A sample of 17 maps of 64×48 takes 14.4, 9.6, 10.0 and 11.6 µs with 1, 2, 4 and 8 rows at a time. AMD
/// EPYC (AVX2), a shared machine, November 2026, minima of 40 runs of 200 copies of one sample.
const BLOCK_BYTES: usize = 1 << 13;

/// The maps (K, H, W) of a sample, whose values are contiguous in some order of the axes; for a flip test
/// the averages with those of the flipped image.
pub struct MapReader<'a, E> {
    own: Rows<'a, E>,
    /// The maps of the flipped image, from right to left.
    mirrored: Option<(Rows<'a, E>, MapFlip<'a>)>,
}

impl<'a, E: HeatmapValue> MapReader<'a, E> {
    /// For maps of one shape. `None` if there are gaps between values of an array, or no values.
    pub fn new(
        own: &ArrayView3<'a, E>,
        flipped: Option<(ArrayView3<'a, E>, MapFlip<'a>)>,
    ) -> Option<Self> {
        let own = Rows::new(own)?;
        let mirrored = match flipped {
            Some((mut maps, flip)) => {
                maps.invert_axis(Axis(2));
                Some((Rows::new(&maps)?, flip))
            }
            None => None,
        };
        Some(Self { own, mirrored })
    }

    /// `[K, H, W]`.
    pub fn shape(&self) -> [usize; 3] {
        self.own.shape()
    }

    /// Whether [`Self::maxima`] and [`Self::copy_part`] can be called: the channels of pixels lie next to
    /// each other, at least eight of them, and there is no flip test.
    pub fn has_maxima(&self) -> bool {
        self.mirrored.is_none() && self.own.by_pixel() && self.shape()[0] >= maxima::LANES
    }

    /// Fills contiguous maps: bit-identical to [`average_mirrored`] of contiguous maps.
    ///
    /// # Panics
    /// Unless `maps` has the length of the maps, and `scratch` that of [`Self::scratch_len`].
    ///
    /// [`average_mirrored`]: crate::kernels::flip::average_mirrored
    pub fn copy(&self, maps: &mut [E], scratch: &mut [E]) {
        dispatch(CopyKernel { reader: self, maps, scratch });
    }

    /// The maximum of each map, with the first index `y·W + x` that holds it. `None` if a map has NaN.
    ///
    /// # Panics
    /// Unless [`Self::has_maxima`].
    pub fn maxima(&self) -> Option<Vec<Maximum<E>>> {
        assert!(self.has_maxima());
        dispatch(MaximaKernel(&self.own))
    }

    /// Copies a part of a map, row by row.
    ///
    /// # Panics
    /// Unless [`Self::has_maxima`], and `part` has the length of the part.
    pub fn copy_part(&self, map: usize, [columns, rows]: [Range<usize>; 2], part: &mut [E]) {
        assert!(self.has_maxima() && part.len() == columns.len() * rows.len());
        self.own.copy_part(map, columns, rows, part);
    }

    /// Values of scratch that [`Self::copy`] needs.
    pub fn scratch_len(&self) -> usize {
        let [maps, rows] = self.block();
        2 * maps * rows * self.shape()[2]
    }

    /// Maps and rows of a block.
    fn block(&self) -> [usize; 2] {
        let [count, height, width] = self.shape();
        let by_pixel =
            self.own.by_pixel() || self.mirrored.as_ref().is_some_and(|(maps, _)| maps.by_pixel());
        if by_pixel {
            [count, (BLOCK_BYTES / size_of::<E>() / (count * width)).clamp(1, height)]
        } else {
            [1, height]
        }
    }
}

struct CopyKernel<'a, 'v, E> {
    reader: &'a MapReader<'v, E>,
    maps: &'a mut [E],
    scratch: &'a mut [E],
}

impl<E: HeatmapValue> Vectorized for CopyKernel<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { reader, maps: copies, scratch } = self;
        let [count, height, width] = reader.shape();
        let [maps, rows] = reader.block();
        let map_len = height * width;
        for first in (0..count).step_by(maps) {
            for top in (0..height).step_by(rows) {
                let (maps, rows) = (first..first + maps, top..(top + rows).min(height));
                let to = &mut copies[first * map_len + top * width..];
                if let Some(mirrored) = &reader.mirrored {
                    average_block(&reader.own, mirrored, [maps, rows], scratch, to);
                } else {
                    reader.own.copy(maps, rows, to, map_len);
                }
            }
        }
    }
}

/// Averages some rows of all maps, or of one.
#[inline(always)]
fn average_block<E: HeatmapValue>(
    own: &Rows<'_, E>,
    (mirrored, flip): &(Rows<'_, E>, MapFlip<'_>),
    [maps, rows]: [Range<usize>; 2],
    scratch: &mut [E],
    to: &mut [E],
) {
    let [count, height, width] = own.shape();
    let len = rows.len() * width;
    let (own_rows, mirrored_rows) = scratch.split_at_mut(maps.len() * len);
    own.copy(maps.clone(), rows.clone(), own_rows, len);
    let from = if maps.len() == count { 0 } else { flip.partner(maps.start) };
    mirrored.copy(from..from + maps.len(), rows, mirrored_rows, len);
    let own_rows = own_rows.chunks_exact(len);
    for ((map, own), to) in maps.zip(own_rows).zip(to.chunks_mut(height * width)) {
        let averages = &mut mirrored_rows[(flip.partner(map) - from) * len..][..len];
        finish_mirrored(averages, width, flip.turn(map));
        E::average(own, averages);
        to[..len].copy_from_slice(averages);
    }
}
