//! `SPR`: decoding from the peaks of the root heatmap, and from what the other maps have there. A device
//! that holds the maps finds the peaks and copies these values.

use std::cell::Cell;

use super::{Spr, SprDecoded};
use crate::check;
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::kernels::grouping::bilinear::{SAMPLE_WINDOW, sample_window};
use crate::kernels::grouping::top_k::Candidate;

/// The peaks of one image.
#[derive(Debug, Clone, Copy)]
pub struct SprPeaks<'a, E> {
    /// Map size `[W, H]`.
    pub size: [usize; 2],
    /// K, the number of keypoints.
    pub keypoints: usize,
    /// (P,): the P largest values of the root heatmap after suppression of non-maxima, in descending order,
    /// with NaN first. P is [`Spr::candidates`].
    pub values: &'a [E],
    /// (P,): their pixels, as `y·W + x`.
    pub indices: &'a [i64],
    /// (2K, P): the displacements there.
    pub displacements: &'a [E],
    /// (K, P, 4, 4): from the heatmap of each keypoint the pixels x - 1 to x + 2 and y - 1 to y + 2 around
    /// its location, which is the peak's pixel plus the displacement, each axis rounded down and limited to
    /// the map; NaN counts as 0. Pixels outside the map may have any value. `None` without keypoint
    /// heatmaps.
    pub windows: Option<&'a [E]>,
}

impl Spr {
    /// P, the number of peaks that [`Self::decode_peaks`] takes from maps of `[W, H]` pixels: one more than
    /// the instances, or all pixels.
    pub fn candidates(&self, size: [usize; 2]) -> usize {
        self.options.max_instances.saturating_add(1).min(size[0].saturating_mul(size[1]))
    }

    /// Decodes one image from its peaks: bit-identical to [`Self::decode`] of the maps. `None` if that
    /// needs the maps, because a value is NaN or peaks above the threshold have equal values, whose order
    /// depends on all pixels.
    ///
    /// ```
    /// use posecodec::codecs::people::{Spr, SprOptions, SprPeaks};
    ///
    /// let options = SprOptions { max_instances: 1, ..SprOptions::default() };
    /// let codec = Spr::new([256, 256], [64, 64], options)?;
    /// let peaks = SprPeaks {
    ///     size: [64, 64],
    ///     keypoints: 1,
    ///     values: &[0.9f32, 0.2],
    ///     indices: &[20 * 64 + 10, 40 * 64 + 30],
    ///     displacements: &[1.5, 0.0, -2.0, 0.0],
    ///     windows: None,
    /// };
    /// let decoded = codec.decode_peaks(peaks)?.expect("different values");
    /// assert_eq!(decoded.keypoints.as_slice(), Some([46.0, 72.0].as_slice()));
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a negative threshold, for slices of other lengths, an index outside the
    /// map, values that are not in descending order, or fewer pixels than instances to decode.
    pub fn decode_peaks<E: HeatmapValue>(
        &self,
        peaks: SprPeaks<'_, E>,
    ) -> Result<Option<SprDecoded<E::Compute>>> {
        let SprPeaks { size, keypoints: count, values, indices, displacements, windows } = peaks;
        let threshold = self.threshold::<E>();
        if !(threshold >= 0.0) {
            // Below it, the order of equal values counts, too.
            let wanted = "must be at least 0 for decoding from peaks";
            return Err(Error::invalid("decode_thr", wanted, self.options.threshold));
        }
        let pixels = size[0].saturating_mul(size[1]);
        self.check_pixels(pixels)?;
        let candidates = self.candidates(size);
        check::len("values", "P", &[candidates], values.len())?;
        check::len("indices", "P", &[candidates], indices.len())?;
        check::len("displacements", "2K·P", &[2, count, candidates], displacements.len())?;
        let each = SAMPLE_WINDOW * SAMPLE_WINDOW;
        if let Some(windows) = windows {
            check::len("windows", "K·P·4·4", &[count, candidates, each], windows.len())?;
        }
        let is_pixel = |index: i64| usize::try_from(index).is_ok_and(|index| index < pixels);
        if let Some(index) = indices.iter().find(|&&index| !is_pixel(index)) {
            let wanted = format!("must be indices of the {pixels} pixels of a map");
            return Err(Error::invalid("indices", wanted, index));
        }
        if let Some(pair) = values.windows(2).find(|pair| pair[0].rank() < pair[1].rank()) {
            let wanted = "must be in descending order, NaN first";
            let got = format_args!("{} before {}", pair[0].as_f64(), pair[1].as_f64());
            return Err(Error::invalid("values", wanted, got));
        }
        if values.first().is_some_and(|value| value.as_f64().is_nan()) {
            return Ok(None);
        }
        let mut roots: Vec<_> = values
            .iter()
            .zip(indices)
            .take_while(|(value, _)| value.as_f64() > threshold)
            .map(|(&value, &index)| Candidate { value, pixel: index as usize })
            .collect();
        if roots.windows(2).any(|pair| pair[0].value.rank() == pair[1].value.rank()) {
            return Ok(None);
        }
        roots.truncate(self.options.max_instances);

        let moved =
            |instance: usize, channel: usize| displacements[channel * candidates + instance];
        let windows = windows.filter(|_| self.options.generate_keypoint_heatmaps);
        let complete = Cell::new(true);
        let responses = windows.map(|windows| {
            let (roots, complete) = (&roots, &complete);
            move |instance: usize, number: usize, at: [E::Compute; 2]| {
                let window = &windows[(number * candidates + instance) * each..][..each];
                let pixel = roots[instance].pixel;
                let start = [0, 1].map(|axis| {
                    let root = [pixel % size[0], pixel / size[0]][axis];
                    rounded_down(root, moved(instance, 2 * number + axis), size[axis])
                });
                let response = sample_window(window, start, size, at);
                complete.set(complete.get() && response.is_some());
                response.unwrap_or_default()
            }
        });
        let decoded = self.instances(&roots, [count, size[0]], moved, responses);
        Ok(complete.get().then_some(decoded))
    }
}

/// A pixel plus a displacement, rounded down and limited to the pixels below `side`.
fn rounded_down<E: HeatmapValue>(pixel: usize, displacement: E, side: usize) -> usize {
    let steps = displacement.as_f64().floor();
    // Conversions of floats are limited to the range of the integer.
    let steps = if steps.is_nan() { i64::MIN } else { steps as i64 };
    (pixel as i64).saturating_add(steps).clamp(0, side as i64 - 1) as usize
}
