//! Decoding heatmaps from windows around their maxima. All that a decoder needs of a map is its maximum
//! and the pixels around it: a device that holds the maps finds the maxima and copies the windows.

use super::decode::DecodeHeatmaps;
use crate::check::{self, product};
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::inputs::maps::peak_coordinates;
use crate::kernels::blur::WINDOW_KERNEL;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::refinement::{PEAKS_PER_BLOCK, Peak, WindowPeak};
use crate::parallel;

/// Windows of heatmaps, each with its maximum in the center.
#[derive(Debug, Clone, Copy)]
pub struct Windows<'a, E> {
    /// (P, S, S). Pixels outside the map may have any value.
    pub values: &'a [E],
    /// (P,): the pixel of each maximum, as `y·W + x`. Of several equal ones the first, and the first NaN
    /// if there is one.
    pub indices: &'a [i64],
    /// Map size `[W, H]`.
    pub size: [usize; 2],
}

/// What [`decode_windows`] fills: one item per window.
#[derive(Debug)]
pub struct DecodedWindows<'a, C, E> {
    /// Points `[x, y]` in input pixels.
    pub keypoints: &'a mut [[C; 2]],
    /// The maxima.
    pub scores: &'a mut [E],
    /// Whether the window is not enough and the keypoint must be decoded from the whole map.
    pub needs_map: &'a mut [bool],
}

/// Up to eight peaks that are refined together.
pub type PeakBlock<'a, E> = [Option<WindowPeak<'a, E>>; PEAKS_PER_BLOCK];

/// A codec that decodes heatmaps from windows around their maxima.
pub trait DecodeWindows: DecodeHeatmaps {
    /// The side S of the windows, odd.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if the codec's options need whole maps.
    fn window_size(&self) -> Result<usize>;

    /// The offsets of peaks in heatmap pixels. Sets `needs_map` of peaks whose window is not enough.
    fn window_offsets<E: HeatmapValue>(
        &self,
        peaks: &PeakBlock<'_, E>,
        needs_map: &mut [bool; PEAKS_PER_BLOCK],
    ) -> [[f64; 2]; PEAKS_PER_BLOCK];

    /// The location in input pixels of a heatmap pixel and an offset.
    fn to_input(&self, pixel: [f32; 2], offset: [f64; 2]) -> [Self::Coordinate; 2];
}

/// The side of windows for DARK with samples up to `reach` pixels from the maximum, on maps that are
/// blurred with `kernel`.
pub(super) fn dark_window_size(reach: usize, kernel: &GaussianKernel) -> Result<usize> {
    if kernel.size() > WINDOW_KERNEL {
        let wanted = format!("must be at most {WINDOW_KERNEL} for decoding from windows");
        return Err(Error::invalid("blur_kernel_size", wanted, kernel.size()));
    }
    Ok(2 * (reach + kernel.radius()) + 1)
}

/// Windows that a thread decodes at a time.
const WINDOWS_PER_TASK: usize = 16 * PEAKS_PER_BLOCK;

/// Decodes windows, on several threads if there are many: bit-identical to decoding the whole maps,
/// except where `needs_map` is set.
///
/// ```
/// use posecodec::codecs::heatmaps::{
///     DecodedWindows, MsraHeatmap, MsraHeatmapOptions, Windows, decode_windows,
/// };
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let window = [0.1f32, 0.2, 0.3, 0.4, 0.9, 0.8, 0.3, 0.2, 0.1]; // 3 × 3
/// let windows = Windows { values: &window, indices: &[20 * 48 + 10], size: [48, 64] };
/// let (mut keypoints, mut scores, mut needs_map) = ([[0.0; 2]], [0.0], [false]);
/// let decoded = DecodedWindows {
///     keypoints: &mut keypoints,
///     scores: &mut scores,
///     needs_map: &mut needs_map,
/// };
/// decode_windows(&codec, windows, decoded)?;
/// assert_eq!((keypoints[0], scores[0], needs_map[0]), ([41.0, 80.0], 0.9, false));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for another number of values than windows of [`DecodeWindows::window_size`]
/// have, or an index outside the map.
pub fn decode_windows<C: DecodeWindows + ?Sized, E: HeatmapValue>(
    codec: &C,
    windows: Windows<'_, E>,
    decoded: DecodedWindows<'_, C::Coordinate, E>,
) -> Result<()> {
    let side = codec.window_size()?;
    let Windows { values, indices, size } = windows;
    let count = indices.len();
    check::len("windows", "P·S·S", &[count, side, side], values.len())?;
    check::len("keypoints", "P", &[count], decoded.keypoints.len())?;
    check::len("scores", "P", &[count], decoded.scores.len())?;
    check::len("needs_map", "P", &[count], decoded.needs_map.len())?;
    let pixels = product(&size).and_then(|pixels| i64::try_from(pixels).ok()).unwrap_or(i64::MAX);
    if let Some(index) = indices.iter().find(|&&index| !(0..pixels).contains(&index)) {
        let wanted = format!("must be indices of the {pixels} pixels of a map");
        return Err(Error::invalid("indices", wanted, index));
    }
    let tasks: Vec<_> = values
        .chunks(WINDOWS_PER_TASK * side * side)
        .zip(indices.chunks(WINDOWS_PER_TASK))
        .zip(decoded.keypoints.chunks_mut(WINDOWS_PER_TASK))
        .zip(decoded.scores.chunks_mut(WINDOWS_PER_TASK))
        .zip(decoded.needs_map.chunks_mut(WINDOWS_PER_TASK))
        .collect();
    parallel::for_each(tasks, values.len(), &|task| {
        let ((((values, indices), keypoints), scores), needs_map) = task;
        let windows = Windows { values, indices, size };
        decode_part(codec, side, windows, DecodedWindows { keypoints, scores, needs_map });
    });
    Ok(())
}

/// Decodes the windows of one task, a block of peaks at a time.
pub(super) fn decode_part<C: DecodeWindows + ?Sized, E: HeatmapValue>(
    codec: &C,
    side: usize,
    Windows { values, indices, size }: Windows<'_, E>,
    decoded: DecodedWindows<'_, C::Coordinate, E>,
) {
    let mut copies = [const { Vec::new() }; PEAKS_PER_BLOCK];
    let blocks = values
        .chunks(PEAKS_PER_BLOCK * side * side)
        .zip(indices.chunks(PEAKS_PER_BLOCK))
        .zip(decoded.keypoints.chunks_mut(PEAKS_PER_BLOCK))
        .zip(decoded.scores.chunks_mut(PEAKS_PER_BLOCK))
        .zip(decoded.needs_map.chunks_mut(PEAKS_PER_BLOCK));
    for ((((values, indices), keypoints), scores), needs_map) in blocks {
        let mut peaks: PeakBlock<'_, E> = [None; PEAKS_PER_BLOCK];
        let windows = values.chunks_exact(side * side).zip(indices).zip(&mut copies);
        for ((peak, score), ((window, &index), copy)) in
            peaks.iter_mut().zip(&mut *scores).zip(windows)
        {
            let index = index as usize;
            let at = [index % size[0], index / size[0]];
            *score = window[window.len() / 2];
            if !(score.as_f64() <= 0.0) {
                *peak = Some(window_peak(window, side, at, size, copy));
            }
        }
        let mut incomplete = [false; PEAKS_PER_BLOCK];
        let offsets = codec.window_offsets(&peaks, &mut incomplete);
        for (lane, (point, needs_map)) in keypoints.iter_mut().zip(needs_map).enumerate() {
            let at = peaks[lane].map(|peak| Peak { at: peak.at, ..peak.window });
            *point = codec.to_input(peak_coordinates(at.as_ref()), offsets[lane]);
            *needs_map = incomplete[lane];
        }
    }
}

/// The peak of a window, `side` pixels wide and high. Where a part of the window is outside the map, it
/// is copied, with zeros there.
fn window_peak<'a, E: HeatmapValue>(
    window: &'a [E],
    side: usize,
    at: [usize; 2],
    size: [usize; 2],
    copy: &'a mut Vec<E>,
) -> WindowPeak<'a, E> {
    let reach = side / 2;
    let value = window[window.len() / 2];
    // The pixels of the window that are inside the map, along each axis.
    let [columns, rows] = [0, 1].map(|axis| {
        let start = reach.saturating_sub(at[axis]);
        start..side.min(size[axis] - at[axis] + reach)
    });
    let plane = if columns.len() == side && rows.len() == side {
        window
    } else {
        copy.clear();
        copy.resize(side * side, E::of(0.0));
        for row in rows {
            let inside = row * side + columns.start..row * side + columns.end;
            copy[inside.clone()].copy_from_slice(&window[inside]);
        }
        copy
    };
    WindowPeak { window: Peak { plane, width: side, at: [reach; 2], value }, at, size }
}
