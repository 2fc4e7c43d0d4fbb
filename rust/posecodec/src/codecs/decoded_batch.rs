//! Arrays of a batch: decoded keypoints, and the maps of flipped images.

use ndarray::{Array3, Array4, ArrayView4, ArrayViewMut, Dimension};

use super::encode::zeros;
use crate::check;
use crate::error::{Error, Result, Shape};
use crate::float::{Float, HeatmapValue};
use crate::inputs::maps::HeatmapShift;

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
