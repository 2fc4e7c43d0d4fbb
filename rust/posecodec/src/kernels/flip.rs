//! Flip test: the average of a network's output for an image and of its output for the mirrored image,
//! mirrored back.

use crate::float::HeatmapValue;
use crate::simd::{Vectorized, dispatch};

/// How the output for a mirrored image is mirrored back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mirrored {
    /// Whether rows are reversed: they are along the mirrored axis.
    pub reversed: bool,
    /// Whether rows are then shifted by one pixel, of which the first stays: MMPose's `shift_heatmap`.
    pub shifted: bool,
    /// Whether values are negated, as offsets along x must be.
    pub negated: bool,
}

/// How the maps of a flipped image are mirrored back and exchanged.
#[derive(Debug, Clone, Copy)]
pub struct MapFlip<'a> {
    /// For each keypoint the index of its mirror image.
    pub indices: &'a [usize],
    /// Whether maps are shifted by one pixel after they are mirrored back.
    pub shifted: bool,
    /// Maps per keypoint, which are exchanged together.
    pub maps_per_keypoint: usize,
    /// Index of the map with offsets along x, among the maps of a keypoint.
    pub x_offsets: Option<usize>,
}

impl MapFlip<'_> {
    /// The map of the flipped image that belongs to this one.
    #[inline(always)]
    pub fn partner(&self, map: usize) -> usize {
        let each = self.maps_per_keypoint;
        self.indices[map / each] * each + map % each
    }

    /// How the partner of a map is mirrored back.
    #[inline(always)]
    pub fn turn(&self, map: usize) -> Mirrored {
        let negated = self.x_offsets == Some(map % self.maps_per_keypoint);
        Mirrored { reversed: true, shifted: self.shifted, negated }
    }
}

/// Fills `averages` with `(values + mirrored back) * 0.5`, each step rounded to the values' type as torch
/// does. Rows are `width` long, and all slices have one length.
///
/// MMPose's `flip_heatmaps` or `flip_vectors` for one plane, and the average that its heads take.
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
                // There is no pixel before the first one, which keeps its own value.
                to[0] = from[width - 1];
                reverse(&from[shift..], &mut to[shift..]);
            }
        } else {
            averages.copy_from_slice(mirrored);
        }
        negate_if(turn.negated, averages);
        E::average(values, averages);
    }
}

#[inline(always)]
fn negate_if<E: HeatmapValue>(negated: bool, values: &mut [E]) {
    if negated {
        for value in values {
            *value = -*value;
        }
    }
}

/// Shifts and negates rows that are mirrored already.
#[inline(always)]
pub(super) fn finish_mirrored<E: HeatmapValue>(rows: &mut [E], width: usize, turn: Mirrored) {
    if turn.shifted {
        for row in rows.chunks_exact_mut(width) {
            row.copy_within(..width - 1, 1);
        }
    }
    negate_if(turn.negated, rows);
}

/// Copies a plane `width` wide with its rows reversed.
pub fn mirror<E: HeatmapValue>(plane: &[E], width: usize, mirrored: &mut [E]) {
    if width > 0 {
        dispatch(MirrorKernel { plane, width, mirrored });
    }
}

struct MirrorKernel<'a, E> {
    plane: &'a [E],
    width: usize,
    mirrored: &'a mut [E],
}

impl<E: HeatmapValue> Vectorized for MirrorKernel<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let rows = self.plane.chunks_exact(self.width);
        for (from, to) in rows.zip(self.mirrored.chunks_exact_mut(self.width)) {
            reverse(from, to);
        }
    }
}

/// Values that are reversed together: one AVX-512 vector of float32.
const LANES: usize = 16;

/// Copies a row in reverse order.
#[inline(always)]
pub(super) fn reverse<E: HeatmapValue>(from: &[E], to: &mut [E]) {
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
