//! Decoding maps of any layout.

use arrayvec::ArrayVec;
use ndarray::{ArrayView4, Axis};

use super::channels_last::pixel_pair;
use super::decode::{DecodeHeatmaps, DecodePlan};
use super::decoded_batch::FlippedBatch;
use super::flip::check_flip_indices;
use super::layouts::{contiguous, decode_blocks};
use crate::check;
use crate::element::split_off;
use crate::error::{Result, Shape};
use crate::float::HeatmapValue;
use crate::inputs::maps::{FlippedMaps, HeatmapShift, Maps};

impl<C: DecodeHeatmaps + ?Sized> DecodePlan<'_, C> {
    /// [`Self::fill`] for maps of any layout, of the plan's shape. Maps that are not contiguous are
    /// copied a block of samples at a time.
    ///
    /// # Errors
    /// As for [`Self::fill`], and for maps of another shape.
    pub fn fill_views<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView4<'_, E>,
        flipped: Option<FlippedBatch<'_, E>>,
        mut points: &mut [[C::Coordinate; 2]],
        mut scores: &mut [E],
    ) -> Result<()> {
        let mut arrays: ArrayVec<_, 2> = ArrayVec::new();
        arrays.push(heatmaps);
        arrays.extend(flipped.as_ref().map(|flipped| flipped.heatmaps));
        let flip = flipped.map(|flipped| (flipped.flip_indices, flipped.shift));
        for (argument, array) in ["heatmaps", "flipped"].into_iter().zip(&arrays) {
            if array.shape() != self.shape() {
                let wanted = Shape(&self.shape()).to_string();
                return Err(check::shape(argument, &wanted, array.shape()));
            }
        }
        let slices: Option<ArrayVec<_, 2>> = arrays.iter().map(ArrayView4::to_slice).collect();
        if let Some(slices) = slices {
            return self.fill(maps_of(&slices, flip), points, scores);
        }
        let count = self.keypoints();
        check::len("keypoints", "B·K", &[self.batch(), count], points.len())?;
        check::len("scores", "B·K", &[self.batch(), count], scores.len())?;
        if let Some((flip_indices, _)) = flip {
            check_flip_indices(flip_indices, count)?;
        }
        decode_blocks(
            &arrays,
            |samples| {
                (split_off(&mut points, samples * count), split_off(&mut scores, samples * count))
            },
            |parts, (points, scores), buffer| {
                if self.fill_channels_last(parts, flip, points, scores)? {
                    return Ok(());
                }
                let values = contiguous(parts, buffer)?;
                let samples = parts[0].len_of(Axis(0));
                self.with_batch(samples).fill(maps_of(&values, flip), points, scores)
            },
        )
    }

    /// Decodes some samples in channels_last. Returns `false` if they must be copied.
    fn fill_channels_last<E: HeatmapValue>(
        &self,
        arrays: &[ArrayView4<'_, E>],
        flip: Option<(&[usize], HeatmapShift)>,
        points: &mut [[C::Coordinate; 2]],
        scores: &mut [E],
    ) -> Result<bool> {
        let count = self.keypoints();
        let filled = points.chunks_mut(count.max(1)).zip(scores.chunks_mut(count.max(1)));
        for (sample, (points, scores)) in filled.enumerate() {
            let Some(maps) = pixel_pair(arrays, sample, flip) else { return Ok(false) };
            if !self.codec.decode_channels_last(&maps, points, scores)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Contiguous maps, with those of the flipped images for a flip test.
fn maps_of<'a, E>(values: &[&'a [E]], flip: Option<(&'a [usize], HeatmapShift)>) -> Maps<'a, E> {
    let flipped = values.get(1).zip(flip);
    let flipped = flipped.map(|(heatmaps, (flip_indices, shift))| FlippedMaps {
        heatmaps,
        flip_indices,
        shift,
    });
    Maps { own: values[0], flipped }
}
