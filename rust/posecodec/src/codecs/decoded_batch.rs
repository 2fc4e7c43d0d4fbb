//! Batches of heatmaps as `ndarray` arrays.

use arrayvec::ArrayVec;
use ndarray::{Array3, Array4, ArrayView4, ArrayViewMut, ArrayViewMut3, ArrayViewMut4, Dimension};

use super::decode::{DecodeHeatmaps, DecodePlan};
use super::encode::zeros;
use super::layouts::decode_any_layout;
use crate::check;
use crate::element::split_off;
use crate::error::{Error, Result, Shape};
use crate::float::{Float, HeatmapValue};
use crate::inputs::maps::{FlippedMaps, HeatmapShift, Maps};

/// Decoded keypoints of a batch. `C` is the type of the coordinates, `E` that of the maps.
#[derive(Debug, Clone, PartialEq)]
pub struct DecodedBatch<C, E> {
    /// (B, 1, K, 2), in input pixels; (B, 1, K, 3) for codecs of 3D keypoints.
    pub keypoints: Array4<C>,
    /// (B, 1, K).
    pub scores: Array3<E>,
}

impl<C: Float, E: HeatmapValue> DecodedBatch<C, E> {
    /// New arrays for `batch` samples of `count` keypoints, filled by `fill`.
    pub(super) fn filled<const D: usize>(
        batch: usize,
        count: usize,
        fill: impl FnOnce(&mut [[C; D]], &mut [E]) -> Result<()>,
    ) -> Result<Self> {
        let mut keypoints = zeros("keypoints", (batch, 1, count, D))?;
        let mut scores = zeros("scores", (batch, 1, count))?;
        let values = keypoints.as_slice_mut().expect("standard layout");
        fill(values.as_chunks_mut().0, scores.as_slice_mut().expect("standard layout"))?;
        Ok(Self { keypoints, scores })
    }
}

/// The maps of the flipped images of a batch (B, K, H, W), the index of each keypoint's mirror
/// image, and how the maps that are flipped back are shifted.
#[derive(Debug, Clone, Copy)]
pub struct FlippedBatch<'a, E> {
    /// The maps of the flipped images, of the shape of the others.
    pub heatmaps: ArrayView4<'a, E>,
    /// The index of each keypoint's mirror image.
    pub flip_indices: &'a [usize],
    /// Whether maps that are flipped back are moved.
    pub shift: HeatmapShift,
}

/// Decodes a batch into new arrays.
pub(super) fn decode_batch<C: DecodeHeatmaps + ?Sized, E: HeatmapValue>(
    codec: &C,
    heatmaps: ArrayView4<'_, E>,
    flipped: Option<FlippedBatch<'_, E>>,
) -> Result<DecodedBatch<C::Coordinate, E>> {
    let (batch, maps, height, width) = heatmaps.dim();
    let plan = DecodePlan::new(codec, [batch, maps, height, width])?;
    DecodedBatch::filled(batch, plan.keypoints(), |points, scores| {
        plan.fill_views(heatmaps, flipped, points, scores)
    })
}

/// Decodes a batch into the caller's arrays.
pub(super) fn decode_batch_into<C: DecodeHeatmaps + ?Sized, E: HeatmapValue>(
    codec: &C,
    heatmaps: ArrayView4<'_, E>,
    flipped: Option<FlippedBatch<'_, E>>,
    keypoints: ArrayViewMut4<'_, C::Coordinate>,
    scores: ArrayViewMut3<'_, E>,
) -> Result<()> {
    let (batch, maps, height, width) = heatmaps.dim();
    let plan = DecodePlan::new(codec, [batch, maps, height, width])?;
    let count = plan.keypoints();
    let keypoints = contiguous("keypoints", keypoints, &[batch, 1, count, 2])?;
    let scores = contiguous("scores", scores, &[batch, 1, count])?;
    plan.fill_views(heatmaps, flipped, keypoints.as_chunks_mut().0, scores)
}

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

/// The values of an array of the caller's, which must have this shape and be in standard layout.
pub(super) fn contiguous<'a, T, D: Dimension>(
    argument: &'static str,
    array: ArrayViewMut<'a, T, D>,
    shape: &[usize],
) -> Result<&'a mut [T]> {
    if array.shape() != shape {
        return Err(check::shape(argument, &Shape(shape).to_string(), array.shape()));
    }
    let strides = array.strides().to_vec();
    array.into_slice().ok_or_else(|| {
        let got = format_args!("strides {strides:?}").to_string();
        Error::invalid(argument, "must be in standard (row-major, contiguous) layout", got)
    })
}
