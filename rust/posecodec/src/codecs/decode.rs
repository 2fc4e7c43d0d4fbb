//! What all heatmap decoders share.

use ndarray::{Array2, Array3, ArrayView3};

use super::encode::split_off;
use crate::error::{Error, Result, Shape, reserved, room_for_scratch};
use crate::kernels::element::{Real, Response};
use crate::kernels::maximum::maximum;
use crate::kernels::refinement::Peak;
use crate::parallel;

/// Decoded keypoints of one sample. `C` is the coordinates' type, `E` that of the maps.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<C, E> {
    /// (N, K, 2), in input pixels.
    pub keypoints: Array3<C>,
    /// (N, K).
    pub scores: Array2<E>,
}

/// The heatmaps of one sample: planes of `width` cells a row, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Maps<'a, E> {
    /// All planes.
    pub values: &'a [E],
    /// Cells a plane.
    pub cells: usize,
    /// Cells a row.
    pub width: usize,
}

impl<'a, E: Response> Maps<'a, E> {
    /// The plane of this number.
    pub(crate) fn plane(&self, number: usize) -> &'a [E] {
        &self.values[number * self.cells..][..self.cells]
    }

    /// The largest value of a plane, and its place where that is above 0 or NaN. The reference puts
    /// a keypoint without a response at -1, and so do callers.
    pub(crate) fn peak(&self, number: usize) -> (E, Option<Peak<'a, E>>) {
        peak(self.plane(number), self.width)
    }
}

/// The largest value of a plane, and its place where that is above 0 or NaN.
pub(crate) fn peak<E: Response>(plane: &[E], width: usize) -> (E, Option<Peak<'_, E>>) {
    let found = maximum(plane).expect("a map has cells");
    let at = [found.index % width, found.index / width];
    let responds = !(found.value.as_f64() <= 0.0);
    (found.value, responds.then_some(Peak { plane, width, at, value: found.value }))
}

/// The largest value of a map and its place in cells, moved as `shift` says; -1 where no value is above
/// 0.
pub(crate) fn shifted_peak<E: Response>(
    maps: &Maps<'_, E>,
    number: usize,
    shift: impl FnOnce(&Peak<'_, E>) -> [f32; 2],
) -> ([f32; 2], E) {
    let (value, peak) = maps.peak(number);
    let cell = peak.map_or([-1.0; 2], |peak| {
        let shift = shift(&peak);
        [0, 1].map(|axis| peak.at[axis] as f32 + shift[axis])
    });
    (cell, value)
}

/// A codec that turns heatmaps back into keypoints.
pub trait DecodeHeatmaps: Sync {
    /// The type of the coordinates that the reference answers with.
    type Coordinate: Real;

    /// The number of maps a keypoint.
    fn maps_per_keypoint(&self) -> usize {
        1
    }

    /// Decodes one sample: a point `[x, y]` in input pixels and a score a keypoint. There is at
    /// least one cell a map.
    fn decode_sample<E: Response>(
        &self,
        maps: Maps<'_, E>,
        keypoints: &mut [[Self::Coordinate; 2]],
        scores: &mut [E],
    );

    /// Decodes one sample of maps (K, H, W) of any size.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a cell, or too few or too many maps a keypoint.
    fn decode<E: Response>(
        &self,
        heatmaps: ArrayView3<'_, E>,
    ) -> Result<Decoded<Self::Coordinate, E>> {
        let (maps, height, width) = heatmaps.dim();
        let heatmaps = heatmaps.as_standard_layout();
        let count = self.keypoints(maps)?;
        let mut points = vec![[Self::Coordinate::default(); 2]; count];
        let mut scores = vec![E::of(0.0); count];
        decode_heatmaps_batch(
            self,
            heatmaps.as_slice().expect("standard layout"),
            [1, maps, height, width],
            &mut points,
            &mut scores,
        )?;
        let flat = points.into_iter().flatten().collect();
        Ok(Decoded {
            keypoints: Array3::from_shape_vec((1, count, 2), flat).expect("count points"),
            scores: Array2::from_shape_vec((1, count), scores).expect("count scores"),
        })
    }

    /// The number of keypoints that so many maps stand for.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] where they stand for no whole number of keypoints.
    fn keypoints(&self, maps: usize) -> Result<usize> {
        let each = self.maps_per_keypoint();
        if maps.is_multiple_of(each) {
            Ok(maps / each)
        } else {
            let wanted = format!("must hold {each} maps a keypoint");
            Err(Error::invalid("heatmaps", wanted, format_args!("{maps} maps")))
        }
    }
}

/// Decodes a batch of maps of shape `[B, maps, H, W]`, flat, into B·K points and scores; on several
/// threads where it is worth it.
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a cell, or where an array does not have the length
/// that the shape says.
pub fn decode_heatmaps_batch<C: DecodeHeatmaps + ?Sized, E: Response>(
    codec: &C,
    heatmaps: &[E],
    shape: [usize; 4],
    keypoints: &mut [[C::Coordinate; 2]],
    scores: &mut [E],
) -> Result<()> {
    let [batch, maps, height, width] = shape;
    let count = codec.keypoints(maps)?;
    if batch * count == 0 && keypoints.is_empty() && scores.is_empty() {
        return Ok(());
    }
    let cells = height * width;
    if cells == 0 {
        let wanted = "must hold maps of at least one cell";
        return Err(Error::invalid("heatmaps", wanted, format_args!("shape {}", Shape(&shape))));
    }
    let all_fit = heatmaps.len() == batch * maps * cells
        && keypoints.len() == batch * count
        && scores.len() == batch * count;
    if !all_fit {
        let wanted = "must hold as many values as the batch has";
        return Err(Error::invalid("heatmaps", wanted, "other lengths"));
    }
    // The largest scratch: a plane in single precision, padded, and the plane blurred.
    room_for_scratch(cells.saturating_mul(4))?;
    if batch == 1 {
        codec.decode_sample(Maps { values: heatmaps, cells, width }, keypoints, scores);
        return Ok(());
    }
    let (mut keypoints, mut scores) = (keypoints, scores);
    let mut samples = reserved("the samples of a batch", batch)?;
    for values in heatmaps.chunks_exact(maps * cells) {
        let maps = Maps { values, cells, width };
        samples.push((maps, split_off(&mut keypoints, count), split_off(&mut scores, count)));
    }
    parallel::for_each(samples, heatmaps.len(), |(maps, keypoints, scores)| {
        codec.decode_sample(maps, keypoints, scores);
    });
    Ok(())
}
