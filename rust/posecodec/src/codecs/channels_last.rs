//! Decoding channels_last maps where they lie, without a contiguous copy: maxima of all maps in one pass,
//! then windows around them.

use std::ops::Range;

use ndarray::{ArrayView4, Axis};

use super::windows::{DecodeWindows, DecodedWindows, Windows, decode_part};
use crate::error::{Result, try_with_capacity};
use crate::float::HeatmapValue;
use crate::inputs::maps::{HeatmapShift, SampleMaps};
use crate::kernels::channels_last::{FlippedPixels, PixelMaps, PixelPair};
use crate::kernels::refinement::PEAKS_PER_BLOCK;

/// The maps of a sample with this number, if they are in channels_last, and those of the flipped image
/// too. One map per keypoint, and a valid flip index for each.
pub(super) fn pixel_pair<'a, E: HeatmapValue>(
    arrays: &[ArrayView4<'a, E>],
    sample: usize,
    flip: Option<(&'a [usize], HeatmapShift)>,
) -> Option<PixelPair<'a, E>> {
    let pixels =
        |array: &ArrayView4<'a, E>| PixelMaps::new(&array.index_axis_move(Axis(0), sample));
    let own = pixels(&arrays[0])?;
    let flipped = match (arrays.get(1), flip) {
        (Some(array), Some((partners, shift))) => {
            let shifted = shift == HeatmapShift::OnePixel;
            Some(FlippedPixels { maps: pixels(array)?, partners, shifted })
        }
        _ => None,
    };
    Some(PixelPair { own, flipped })
}

/// Decodes one sample, bit-identical to contiguous maps. Returns `false`, without having filled
/// anything, if a map has NaN or the codec's options need whole maps.
pub(super) fn decode_pixels<C: DecodeWindows + ?Sized, E: HeatmapValue>(
    codec: &C,
    maps: &PixelPair<'_, E>,
    keypoints: &mut [[C::Coordinate; 2]],
    scores: &mut [E],
) -> Result<bool> {
    let Ok(side) = codec.window_size() else { return Ok(false) };
    let [_, height, width] = maps.own.shape();
    let (mut buffer, mut part) = (Vec::new(), Vec::new());
    let Some(maxima) = maps.maxima(&mut buffer) else { return Ok(false) };
    let mut values = try_with_capacity("windows around maxima", PEAKS_PER_BLOCK * side * side)?;
    values.resize(PEAKS_PER_BLOCK * side * side, E::of(0.0));
    let blocks = maxima
        .chunks(PEAKS_PER_BLOCK)
        .zip(keypoints.chunks_mut(PEAKS_PER_BLOCK))
        .zip(scores.chunks_mut(PEAKS_PER_BLOCK));
    for (block, ((maxima, keypoints), scores)) in blocks.enumerate() {
        let mut indices = [0; PEAKS_PER_BLOCK];
        for (lane, (maximum, window)) in
            maxima.iter().zip(values.chunks_exact_mut(side * side)).enumerate()
        {
            indices[lane] = maximum.index as i64;
            let channel = block * PEAKS_PER_BLOCK + lane;
            let (columns, left) = inside(maximum.index % width, width, side);
            let (rows, top) = inside(maximum.index / width, height, side);
            part.resize(columns.len() * rows.len(), E::of(0.0));
            let len = columns.len();
            maps.copy(channel, [columns, rows], &mut part, &mut buffer);
            for (row, part) in part.chunks_exact(len).enumerate() {
                window[(top + row) * side + left..][..len].copy_from_slice(part);
            }
        }
        let count = maxima.len();
        let windows = Windows {
            values: &values[..count * side * side],
            indices: &indices[..count],
            size: [width, height],
        };
        let mut needs_map = [false; PEAKS_PER_BLOCK];
        let needs_map = &mut needs_map[..count];
        decode_part(codec, side, windows, DecodedWindows { keypoints, scores, needs_map });
        for lane in (0..count).filter(|&lane| needs_map[lane]) {
            let mut plane = try_with_capacity("a contiguous copy of a map", width * height)?;
            plane.resize(width * height, E::of(0.0));
            let channel = block * PEAKS_PER_BLOCK + lane;
            maps.copy(channel, [0..width, 0..height], &mut plane, &mut buffer);
            let map = SampleMaps { values: &plane, map_len: plane.len(), width };
            let (point, score) = (lane..lane + 1, lane..lane + 1);
            codec.decode_sample(map, &mut keypoints[point], &mut scores[score])?;
        }
    }
    Ok(true)
}

/// The pixels of a window around `at` that are inside a map, along one axis, and the place of the first
/// of them in the window.
fn inside(at: usize, len: usize, side: usize) -> (Range<usize>, usize) {
    let reach = side / 2;
    let range = at.saturating_sub(reach)..(at + reach + 1).min(len);
    let first = reach.saturating_sub(at);
    (range, first)
}
