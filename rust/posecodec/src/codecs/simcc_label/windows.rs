//! Decoding SimCC vectors from windows around their maxima.

use super::SimccLabel;
use crate::check;
use crate::codecs::simcc_axis::SimccAxis;
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::inputs::simcc_rows::smaller;
use crate::kernels::blur::BlurBuffers;
use crate::kernels::refinement::VectorWindow;
use crate::parallel;

/// Windows of P vectors along an axis, each with its maximum in the center.
#[derive(Debug, Clone, Copy)]
pub struct AxisWindows<'a, E> {
    /// (P, S). Bins outside the vector may have any value.
    pub values: &'a [E],
    /// (P,): the bin of each maximum. Of several equal ones the first, and the first NaN if there is one.
    pub indices: &'a [i64],
}

/// What [`SimccLabel::decode_windows`] fills: one item per row.
#[derive(Debug)]
pub struct SimccDecodedWindows<'a, E> {
    /// Points `[x, y]` in input pixels.
    pub keypoints: &'a mut [[f32; 2]],
    /// The smaller of both maxima.
    pub scores: &'a mut [E],
    /// Whether a window is not enough and the row must be decoded from whole vectors.
    pub needs_vectors: &'a mut [bool],
}

/// Rows that a thread decodes at a time.
const ROWS_PER_TASK: usize = 128;

impl SimccLabel {
    /// The number of bins of windows along x and y, odd: 1 without DARK.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if visibilities are decoded, which are computed from whole vectors.
    pub fn window_sizes(&self) -> Result<[usize; 2]> {
        if self.options.decode_visibility {
            let wanted = "must be false for decoding from windows";
            return Err(Error::invalid("decode_visibility", wanted, true));
        }
        Ok(self.axes.each_ref().map(|axis| 2 * axis.window_reach() + 1))
    }

    /// Decodes windows along x and y, on several threads if there are many: bit-identical to decoding
    /// whole vectors, except where `needs_vectors` is set.
    ///
    /// ```
    /// use posecodec::codecs::simcc::{
    ///     AxisWindows, SimccDecodedWindows, SimccLabel, SimccLabelOptions,
    /// };
    ///
    /// let codec = SimccLabel::new([192, 256], SimccLabelOptions::default())?; // two bins per pixel
    /// let x = AxisWindows { values: &[0.5f32], indices: &[100] };
    /// let y = AxisWindows { values: &[0.25], indices: &[30] };
    /// let (mut keypoints, mut scores, mut needs_vectors) = ([[0.0; 2]], [0.0], [false]);
    /// let decoded = SimccDecodedWindows {
    ///     keypoints: &mut keypoints,
    ///     scores: &mut scores,
    ///     needs_vectors: &mut needs_vectors,
    /// };
    /// codec.decode_windows([x, y], decoded)?;
    /// assert_eq!((keypoints[0], scores[0], needs_vectors[0]), ([50.0, 15.0], 0.25, false));
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for other numbers of values than windows of [`Self::window_sizes`] have,
    /// or an index outside its vector.
    pub fn decode_windows<E: HeatmapValue>(
        &self,
        windows: [AxisWindows<'_, E>; 2],
        decoded: SimccDecodedWindows<'_, E>,
    ) -> Result<()> {
        let sizes = self.window_sizes()?;
        let rows = windows[0].indices.len();
        for (axis, name) in ["windows_x", "windows_y"].into_iter().enumerate() {
            check::len(name, "P·S", &[rows, sizes[axis]], windows[axis].values.len())?;
        }
        for (axis, name) in ["indices_x", "indices_y"].into_iter().enumerate() {
            let (indices, bins) = (windows[axis].indices, self.axes[axis].bins);
            check::len(name, "P", &[rows], indices.len())?;
            if let Some(index) = indices.iter().find(|&&index| !(0..bins as i64).contains(&index)) {
                let wanted = format!("must be indices of the {bins} bins of a vector");
                return Err(Error::invalid(name, wanted, index));
            }
        }
        check::len("keypoints", "P", &[rows], decoded.keypoints.len())?;
        check::len("scores", "P", &[rows], decoded.scores.len())?;
        check::len("needs_vectors", "P", &[rows], decoded.needs_vectors.len())?;
        let tasks: Vec<_> = decoded
            .keypoints
            .chunks_mut(ROWS_PER_TASK)
            .zip(decoded.scores.chunks_mut(ROWS_PER_TASK))
            .zip(decoded.needs_vectors.chunks_mut(ROWS_PER_TASK))
            .enumerate()
            .collect();
        let values = windows.iter().map(|windows| windows.values.len()).sum();
        parallel::for_each(tasks, values, &|(task, ((keypoints, scores), needs_vectors))| {
            let mut buffers = WindowBuffers { window: Vec::new(), blur: BlurBuffers::default() };
            let rows = keypoints.iter_mut().zip(scores).zip(needs_vectors).enumerate();
            for (row, ((point, score), needs_vectors)) in rows {
                let row = task * ROWS_PER_TASK + row;
                let windows = [0, 1].map(|axis| {
                    let AxisWindows { values, indices } = windows[axis];
                    (&values[row * sizes[axis]..][..sizes[axis]], indices[row] as usize)
                });
                let [x, y] = windows.map(|(values, _)| values[values.len() / 2]);
                *score = smaller(x, y);
                let mut bins = [-1.0; 2];
                *needs_vectors = false;
                if !(score.as_f64() <= 0.0) {
                    for (axis, (values, index)) in windows.into_iter().enumerate() {
                        match self.axes[axis].bin_of_window(values, index, &mut buffers) {
                            Some(bin) => bins[axis] = bin,
                            None => *needs_vectors = true,
                        }
                    }
                }
                *point = bins.map(|bin| bin / self.options.simcc_split_ratio as f32);
            }
        });
        Ok(())
    }
}

/// Scratch of windows near the end of their vector.
struct WindowBuffers<E> {
    window: Vec<E>,
    blur: BlurBuffers,
}

impl SimccAxis {
    /// The bin of a window's maximum, refined if the codec uses DARK; `None` if the window is not enough.
    fn bin_of_window<E: HeatmapValue>(
        &self,
        values: &[E],
        bin: usize,
        WindowBuffers { window, blur }: &mut WindowBuffers<E>,
    ) -> Option<f32> {
        let (reach, value) = (values.len() / 2, values[values.len() / 2]);
        // The bins of the window that are inside the vector.
        let inside = reach.saturating_sub(bin)..values.len().min(self.bins - bin + reach);
        let values = if inside.len() == values.len() {
            values
        } else {
            window.clear();
            window.resize(values.len(), E::of(0.0));
            window[inside.clone()].copy_from_slice(&values[inside]);
            window
        };
        let bins = self.bins;
        self.bin_from_window(&VectorWindow { values, index: reach, bin, bins, value }, blur)
    }
}
