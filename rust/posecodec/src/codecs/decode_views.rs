//! Decoding maps of any layout.

use arrayvec::ArrayVec;
use ndarray::{ArrayView4, Axis};

use super::decode::{DecodeHeatmaps, DecodePlan};
use super::decoded_batch::FlippedBatch;
use super::flip::check_flip_indices;
use super::layouts::{contiguous, decode_blocks, scratch};
use crate::check;
use crate::element::split_off;
use crate::error::{Result, Shape};
use crate::float::HeatmapValue;
use crate::inputs::maps::{FlippedMaps, HeatmapShift, Maps};
use crate::kernels::layout::MapReader;

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
                let plan = self.with_batch(parts[0].len_of(Axis(0)));
                if let Some(samples) = plan.readers(parts, flip) {
                    return plan.with_batch(1).fill_samples(&samples, points, scores, buffer);
                }
                let values = contiguous(parts, buffer)?;
                plan.fill(maps_of(&values, flip), points, scores)
            },
        )
    }

    /// The maps of each sample; for a flip test their averages. `None` for arrays with gaps between values.
    fn readers<'a, E: HeatmapValue>(
        &self,
        arrays: &[ArrayView4<'a, E>],
        flip: Option<(&'a [usize], HeatmapShift)>,
    ) -> Option<Vec<MapReader<'a, E>>> {
        let sample = |array: &ArrayView4<'a, E>, sample| array.index_axis_move(Axis(0), sample);
        let flip = flip.map(|(indices, shift)| self.map_flip(indices, shift));
        let reader = |number| {
            let flipped = arrays.get(1).zip(flip);
            let flipped = flipped.map(|(array, flip)| (sample(array, number), flip));
            MapReader::new(&sample(&arrays[0], number), flipped)
        };
        (0..self.batch()).map(reader).collect()
    }

    /// Decodes samples one by one, for a plan of one sample.
    fn fill_samples<E: HeatmapValue>(
        &self,
        samples: &[MapReader<'_, E>],
        points: &mut [[C::Coordinate; 2]],
        scores: &mut [E],
        buffer: &mut Vec<E>,
    ) -> Result<()> {
        let count = self.keypoints();
        let filled = points.chunks_exact_mut(count).zip(scores.chunks_exact_mut(count));
        for (maps, (points, scores)) in samples.iter().zip(filled) {
            if maps.has_maxima() && self.codec.decode_channels_last(maps, points, scores, buffer)? {
                continue;
            }
            let len = maps.shape().iter().product();
            let values = scratch(len + maps.scratch_len(), buffer)?;
            let (own, blocks) = values.split_at_mut(len);
            maps.copy(own, blocks);
            self.fill(Maps { own, flipped: None }, points, scores)?;
        }
        Ok(())
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
