//! Decoding of batches sample by sample, on several threads.

use super::{maps, product, same_length};
use crate::check;
use crate::error::{Error, Result, try_collect};
use crate::float::HeatmapValue;
use crate::inputs::maps::SampleMaps;
use crate::kernels::refinement::Peak;
use crate::parallel;

/// The keypoints of one sample: its number in the batch, its maps, and what to fill.
pub(super) struct Sample<'a, E> {
    pub(super) number: usize,
    pub(super) maps: SampleMaps<'a, E>,
    pub(super) keypoints: &'a mut [[f32; 2]],
    pub(super) scores: &'a mut [E],
}

impl<'a, E: HeatmapValue> Sample<'a, E> {
    /// The maximum of a map, and its position if the maximum is above 0. A NaN is not above 0, unlike
    /// in [`SampleMaps::peak`].
    pub(super) fn positive_peak(&self, number: usize) -> (E, Option<Peak<'a, E>>) {
        let (value, peak) = self.maps.peak(number);
        (value, peak.filter(|peak| peak.value.as_f64() > 0.0))
    }
}

/// Calls `decode` for each sample of the maps (B, C, H, W), with `maps_per_keypoint` maps per keypoint.
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a pixel, slices of the wrong length.
pub(super) fn each_sample<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 4],
    maps_per_keypoint: usize,
    (keypoints, scores): (&mut [[f32; 2]], &mut [E]),
    decode: &(dyn Fn(Sample<'_, E>) + Sync),
) -> Result<()> {
    let [batch, channels, ..] = shape;
    let SampleMaps { map_len, width, .. } = maps("heatmaps", heatmaps, &shape, 2)?;
    if !channels.is_multiple_of(maps_per_keypoint) {
        let wanted = format!("must have {maps_per_keypoint} maps per keypoint");
        return Err(Error::invalid("heatmaps", wanted, format!("{channels} maps")));
    }
    let count = channels / maps_per_keypoint;
    let points = product(&[batch, count]);
    same_length("keypoints", points, keypoints.len())?;
    same_length("scores", points, scores.len())?;
    if keypoints.is_empty() {
        return Ok(());
    }
    let samples = heatmaps.chunks_exact(channels * map_len).enumerate();
    let samples =
        samples.zip(keypoints.chunks_exact_mut(count)).zip(scores.chunks_exact_mut(count));
    let samples = samples.map(|(((number, values), keypoints), scores)| Sample {
        number,
        maps: SampleMaps { values, map_len, width },
        keypoints,
        scores,
    });
    let samples = try_collect("the samples of a batch", samples)?;
    parallel::for_each(samples, heatmaps.len(), decode);
    Ok(())
}

/// Checks that there is one value per sample.
pub(super) fn one_per_sample(argument: &'static str, batch: usize, got: usize) -> Result<()> {
    if got == batch {
        return Ok(());
    }
    Err(check::shape(argument, &format!("({batch}, 2): one per sample"), &[got, 2]))
}
