//! Flip tests: what a network answers for a mirrored picture, turned back and averaged with what it
//! answers for the picture itself.

use crate::float::HeatmapValue;
use crate::simd::{Vectorized, dispatch};

/// How a map or a vector of a mirrored picture is turned back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mirrored {
    /// Whether rows lie along the mirrored axis: they are read from their end.
    pub reversed: bool,
    /// Whether every cell but a row's first takes the value of the cell before it, once turned back:
    /// the reference's `shift_heatmap`.
    pub shifted: bool,
    /// Whether values change their sign, as offsets along x do.
    pub negated: bool,
}

/// Fills the averages of a map and of the one that is turned back, both of rows of `width` cells:
/// `(one + other) * 0.5`, each step rounded to the values' type, as torch does.
///
/// As the reference's `flip_heatmaps` or `flip_vectors` for one plane, and what its heads do then.
/// All slices are of one length.
pub fn average_mirrored<E: HeatmapValue>(
    values: &[E],
    mirrored: &[E],
    width: usize,
    turn: Mirrored,
    averages: &mut [E],
) {
    if width > 0 {
        dispatch(FlipKernel { values, mirrored, width, turn, averages });
    }
}

struct FlipKernel<'a, E> {
    values: &'a [E],
    mirrored: &'a [E],
    width: usize,
    turn: Mirrored,
    averages: &'a mut [E],
}

impl<E: HeatmapValue> Vectorized for FlipKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { values, mirrored, width, turn, averages } = self;
        if turn.reversed {
            let rows = mirrored.chunks_exact(width).zip(averages.chunks_exact_mut(width));
            for (from, to) in rows {
                let shift = usize::from(turn.shifted);
                // The first cell has none before it and keeps its own value.
                to[0] = from[width - 1];
                reverse(&from[shift..], &mut to[shift..]);
            }
        } else {
            averages.copy_from_slice(mirrored);
        }
        if turn.negated {
            for value in &mut *averages {
                *value = -*value;
            }
        }
        E::average(values, averages);
    }
}

/// Values copied at a time: one AVX-512 vector of float32.
const LANES: usize = 16;

/// Copies a row from its end.
#[inline(always)]
fn reverse<E: HeatmapValue>(from: &[E], to: &mut [E]) {
    if let (Some(first), Some(last)) = (from.first_chunk(), to.last_chunk_mut()) {
        reverse_lanes(first, last);
        // The last lanes of a row may overlap these.
        let (lanes, (_, reversed)) = (to.as_chunks_mut().0, from.as_rchunks());
        for (to, from) in lanes.iter_mut().zip(reversed.iter().rev()) {
            reverse_lanes(from, to);
        }
    } else {
        for (to, &from) in to.iter_mut().zip(from.iter().rev()) {
            *to = from;
        }
    }
}

#[inline(always)]
fn reverse_lanes<E: HeatmapValue>(from: &[E; LANES], to: &mut [E; LANES]) {
    let mut lanes = *from;
    lanes.reverse();
    *to = lanes;
}
