//! Decoding channels_last maps where they lie, without a contiguous copy: maxima of all maps in one pass,
//! then windows around them. Averages of a flip test are copied instead: their rows are transposed anyway.

use std::ops::Range;

use super::layouts::scratch;
use super::windows::{DecodeWindows, DecodedWindows, Windows, decode_part};
use crate::error::{Result, try_with_capacity};
use crate::float::HeatmapValue;
use crate::inputs::maps::SampleMaps;
use crate::kernels::layout::MapReader;
use crate::kernels::refinement::PEAKS_PER_BLOCK;

/// Decodes one sample, bit-identical to contiguous maps. Returns `false`, without having filled
/// anything, if a map has NaN or the codec's options need whole maps.
pub(super) fn decode_pixels<C: DecodeWindows + ?Sized, E: HeatmapValue>(
    codec: &C,
    maps: &MapReader<'_, E>,
    keypoints: &mut [[C::Coordinate; 2]],
    scores: &mut [E],
    buffer: &mut Vec<E>,
) -> Result<bool> {
    let Ok(side) = codec.window_size() else { return Ok(false) };
    let [_, height, width] = maps.shape();
    let Some(maxima) = maps.maxima() else { return Ok(false) };
    let part = scratch(side * side, buffer)?;
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
            let len = columns.len();
            let part = &mut part[..len * rows.len()];
            maps.copy_part(channel, [columns, rows], part);
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
            let map_len = width * height;
            let mut plane = try_with_capacity("a contiguous copy of a map", map_len)?;
            plane.resize(map_len, E::of(0.0));
            let channel = block * PEAKS_PER_BLOCK + lane;
            maps.copy_part(channel, [0..width, 0..height], &mut plane);
            let map = SampleMaps { values: &plane, map_len, width };
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
