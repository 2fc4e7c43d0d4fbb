//! Flip tests: averages a network's outputs for an image and for the flipped image while they are
//! decoded, one keypoint at a time.

use crate::error::{Error, Result, Shape, try_with_capacity};
use crate::float::HeatmapValue;
use crate::inputs::maps::SampleMaps;
use crate::kernels::flip::{MapFlip, average_mirrored};

/// Checks the indices of a flip test: one per keypoint, and the mirror image of a keypoint's mirror
/// image is the keypoint itself.
pub(super) fn check_flip_indices(flip_indices: &[usize], keypoints: usize) -> Result<()> {
    let (argument, count) = ("flip_indices", flip_indices.len());
    if count != keypoints {
        let wanted = format!("must have one index for each of {keypoints} keypoints");
        return Err(Error::invalid(argument, wanted, format_args!("{count} indices")));
    }
    if let Some(index) = flip_indices.iter().find(|&&index| index >= keypoints) {
        let wanted = format!("must be indices of {keypoints} keypoints, counted from 0");
        return Err(Error::invalid(argument, wanted, index));
    }
    let exchanged = |(keypoint, &partner): (usize, &usize)| flip_indices[partner] == keypoint;
    if flip_indices.iter().enumerate().all(exchanged) {
        return Ok(());
    }
    let wanted = "must exchange keypoints in pairs: keypoint i has index j if j has index i";
    Err(Error::invalid(argument, wanted, Shape(flip_indices)))
}

/// Checks that the output for flipped images has as many values as the output for the images.
pub(super) fn check_flipped_len<E>(own: &[E], flipped: &[E]) -> Result<()> {
    if own.len() == flipped.len() {
        return Ok(());
    }
    let wanted = format!("must have as many values as the unflipped output ({})", own.len());
    Err(Error::invalid("flipped", wanted, flipped.len()))
}

/// Averages a sample's maps with those of its flipped image, one keypoint at a time, so that the
/// averages are still in the cache when they are decoded.
pub(super) struct MapAverager<'a, E> {
    own: SampleMaps<'a, E>,
    flipped: SampleMaps<'a, E>,
    flip: MapFlip<'a>,
    /// The maps of one keypoint.
    averages: Vec<E>,
}

impl<'a, E: HeatmapValue> MapAverager<'a, E> {
    /// For the sample with this number, whose maps are `own`; `heatmaps` are those of all flipped images.
    /// Lengths and indices were checked.
    pub(super) fn new(
        own: SampleMaps<'a, E>,
        heatmaps: &'a [E],
        sample: usize,
        flip: MapFlip<'a>,
    ) -> Result<Self> {
        let len = own.values.len();
        let flipped = SampleMaps { values: &heatmaps[sample * len..][..len], ..own };
        let len = flip.maps_per_keypoint * own.map_len;
        let mut averages = try_with_capacity("the averaged maps of a keypoint", len)?;
        averages.resize(len, E::of(0.0));
        Ok(Self { own, flipped, flip, averages })
    }

    /// The averaged maps of a keypoint, bit-identical to `(heatmaps + flipped) * 0.5`.
    pub(super) fn keypoint(&mut self, number: usize) -> SampleMaps<'_, E> {
        let SampleMaps { map_len, width, .. } = self.own;
        let first = self.flip.maps_per_keypoint * number;
        for (map, averages) in (first..).zip(self.averages.chunks_exact_mut(map_len)) {
            let flipped = self.flipped.plane(self.flip.partner(map));
            average_mirrored(self.own.plane(map), flipped, width, self.flip.turn(map), averages);
        }
        SampleMaps { values: &self.averages, map_len, width }
    }
}
