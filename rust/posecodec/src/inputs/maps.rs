//! What heatmap decoders read: the maps of a batch or of a sample, and their peaks.

use crate::float::HeatmapValue;
use crate::kernels::maximum::maximum;
use crate::kernels::refinement::Peak;

/// The heatmaps of a batch, flat, and for a flip test those of the flipped images.
///
/// ```
/// use posecodec::codecs::heatmaps::HeatmapShift;
/// use posecodec::codecs::slices::{FlippedMaps, Maps};
///
/// let (heatmaps, mirrored) = (vec![0.5f32; 2 * 64 * 48], vec![0.5; 2 * 64 * 48]);
/// let plain = Maps { own: &heatmaps, flipped: None };
/// let flip_indices = &[1, 0]; // a left wrist and a right one
/// let flipped = FlippedMaps { heatmaps: &mirrored, flip_indices, shift: HeatmapShift::None };
/// let averaged = Maps { flipped: Some(flipped), ..plain };
/// # let _ = averaged;
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Maps<'a, E> {
    /// (B, maps, H, W): the network's output for the images.
    pub own: &'a [E],
    /// The network's output for the flipped images. If given, the averages are decoded.
    pub flipped: Option<FlippedMaps<'a, E>>,
}

/// A network's heatmaps for a batch of horizontally flipped images.
#[derive(Debug, Clone, Copy)]
pub struct FlippedMaps<'a, E> {
    /// Of the same shape as the maps of the images that are not flipped.
    pub heatmaps: &'a [E],
    /// For each keypoint the index of its mirror image: for a left wrist, the index of the right
    /// one.
    pub flip_indices: &'a [usize],
    /// Whether maps are shifted after they are flipped back.
    pub shift: HeatmapShift,
}

/// Whether heatmaps are shifted along x after they are flipped back: MMPose's `shift_heatmap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeatmapShift {
    /// They are not shifted.
    None,
    /// They are shifted to the right by one heatmap pixel; the first column keeps its values.
    OnePixel,
}

/// The heatmaps of one sample, one after another.
#[derive(Debug, Clone, Copy)]
pub struct SampleMaps<'a, E> {
    /// All maps.
    pub values: &'a [E],
    /// Heatmap pixels per map.
    pub map_len: usize,
    /// Heatmap pixels per row.
    pub width: usize,
}

impl<'a, E: HeatmapValue> SampleMaps<'a, E> {
    /// Width and height of a map.
    pub(crate) fn size(&self) -> [usize; 2] {
        [self.width, self.map_len / self.width]
    }

    /// The map with this number.
    pub(crate) fn plane(&self, number: usize) -> &'a [E] {
        &self.values[number * self.map_len..][..self.map_len]
    }

    /// The maximum of a map, and its position if the maximum is above 0 or NaN. MMPose returns a
    /// keypoint without a response at -1, and so do callers.
    pub(crate) fn peak(&self, number: usize) -> (E, Option<Peak<'a, E>>) {
        peak(self.plane(number), self.width)
    }
}

/// The maximum of a map, and its position if the maximum is above 0 or NaN.
pub(crate) fn peak<E: HeatmapValue>(plane: &[E], width: usize) -> (E, Option<Peak<'_, E>>) {
    let found = maximum(plane).expect("a map has at least one pixel");
    let at = [found.index % width, found.index / width];
    let responds = !(found.value.as_f64() <= 0.0);
    (found.value, responds.then_some(Peak { plane, width, at, value: found.value }))
}

/// The coordinates of a peak in heatmap pixels; -1 without one.
pub(crate) fn peak_coordinates<E>(peak: Option<&Peak<'_, E>>) -> [f32; 2] {
    peak.map_or([-1.0; 2], |peak| peak.at.map(|coordinate| coordinate as f32))
}

/// The peak of a map in heatmap pixels, with the offset that `refine` returns added, and the
/// maximum. The coordinates are -1 if no value is above 0.
pub(crate) fn refined_peak<E: HeatmapValue>(
    maps: &SampleMaps<'_, E>,
    number: usize,
    refine: impl FnOnce(&Peak<'_, E>) -> [f32; 2],
) -> ([f32; 2], E) {
    let (value, peak) = maps.peak(number);
    let offset = peak.as_ref().map_or([0.0; 2], refine);
    let coordinates = peak_coordinates(peak.as_ref());
    ([0, 1].map(|axis| coordinates[axis] + offset[axis]), value)
}

/// The peaks of the maps from `first` on. Writes the maximum of each to `scores` and its
/// coordinates in heatmap pixels to `coordinates`, -1 if no value is above 0.
pub(crate) fn peaks<'a, E: HeatmapValue>(
    maps: &SampleMaps<'a, E>,
    first: usize,
    scores: &mut [E],
    coordinates: &mut [[f32; 2]],
) -> impl Iterator<Item = Option<Peak<'a, E>>> {
    let found = scores.iter_mut().zip(coordinates).enumerate();
    found.map(move |(number, (score, coordinates))| {
        let (value, peak) = maps.peak(first + number);
        *score = value;
        *coordinates = peak_coordinates(peak.as_ref());
        peak
    })
}
