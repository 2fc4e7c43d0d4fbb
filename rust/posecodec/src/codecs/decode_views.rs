//! Decoding maps of any layout.

use arrayvec::ArrayVec;
use ndarray::ArrayView4;

use super::decode::{DecodeHeatmaps, DecodePlan};
use super::decoded_batch::FlippedBatch;
use super::layouts::decode_any_layout;
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
        let contiguous: Option<ArrayVec<_, 2>> = arrays.iter().map(ArrayView4::to_slice).collect();
        if let Some(contiguous) = contiguous {
            return self.fill(maps_of(&contiguous, flip), points, scores);
        }
        let count = self.keypoints();
        check::len("keypoints", "B·K", &[self.batch(), count], points.len())?;
        check::len("scores", "B·K", &[self.batch(), count], scores.len())?;
        decode_any_layout(
            &arrays,
            |samples| {
                (split_off(&mut points, samples * count), split_off(&mut scores, samples * count))
            },
            |samples, values, (points, scores)| {
                self.with_batch(samples).fill(maps_of(values, flip), points, scores)
            },
        )
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
