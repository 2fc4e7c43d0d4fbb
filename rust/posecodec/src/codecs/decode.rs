//! What all heatmap decoders share.

use ndarray::{Array2, Array3, ArrayView3};

use super::check::{self, product};
use super::encode::split_off;
use super::flip::{FlippedMaps, decode_flipped_heatmaps_batch};
use crate::error::{Error, Result, Shape, room_for_scratch, try_with_capacity};
use crate::float::{Float, HeatmapValue};
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

impl<C: Float, E: HeatmapValue> Decoded<C, E> {
    /// So many keypoints and scores of one instance, which `fill` fills.
    fn filled(
        count: usize,
        fill: impl FnOnce(&mut [[C; 2]], &mut [E]) -> Result<()>,
    ) -> Result<Self> {
        let mut points = vec![[C::default(); 2]; count];
        let mut scores = vec![E::of(0.0); count];
        fill(&mut points, &mut scores)?;
        let flat = points.into_iter().flatten().collect();
        Ok(Self {
            keypoints: Array3::from_shape_vec((1, count, 2), flat).expect("count points"),
            scores: Array2::from_shape_vec((1, count), scores).expect("count scores"),
        })
    }
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

impl<'a, E: HeatmapValue> Maps<'a, E> {
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
pub(crate) fn peak<E: HeatmapValue>(plane: &[E], width: usize) -> (E, Option<Peak<'_, E>>) {
    let found = maximum(plane).expect("a map has cells");
    let at = [found.index % width, found.index / width];
    let responds = !(found.value.as_f64() <= 0.0);
    (found.value, responds.then_some(Peak { plane, width, at, value: found.value }))
}

/// The largest value of a map and its place in cells, moved as `shift` says; -1 where no value is above
/// 0.
pub(crate) fn shifted_peak<E: HeatmapValue>(
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

/// The peaks of the maps from `first` on, a score each; and their cells, -1 where no value is above 0.
pub(crate) fn peaks<'a, E: HeatmapValue>(
    maps: &Maps<'a, E>,
    first: usize,
    scores: &mut [E],
    cells: &mut [[f32; 2]],
) -> impl Iterator<Item = Option<Peak<'a, E>>> {
    let found = scores.iter_mut().zip(cells).enumerate();
    found.map(move |(number, (score, cell))| {
        let (value, peak) = maps.peak(first + number);
        *score = value;
        *cell = peak.map_or([-1.0; 2], |peak| peak.at.map(|coordinate| coordinate as f32));
        peak
    })
}

/// A codec that turns heatmaps back into keypoints.
///
/// ```
/// use ndarray::Array3;
/// use posecodec::codecs::{DecodeHeatmaps, MsraHeatmap};
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], 2.0, false, 11)?;
/// let mut heatmaps = Array3::<f32>::zeros((17, 64, 48)); // (K, H, W)
/// heatmaps[[0, 20, 10]] = 0.9;
/// let decoded = codec.decode(heatmaps.view())?;
/// assert_eq!(decoded.keypoints[[0, 0, 0]], 40.0); // four pixels a cell
/// assert_eq!(decoded.keypoints[[0, 1, 0]], -4.0); // no response: a cell before the first
/// # Ok::<(), posecodec::Error>(())
/// ```
pub trait DecodeHeatmaps: Sync {
    /// The type of the coordinates that the reference answers with.
    type Coordinate: Float;

    /// The number of maps a keypoint.
    fn maps_per_keypoint(&self) -> usize {
        1
    }

    /// Which of a keypoint's maps holds offsets along x: a mirror changes their sign.
    fn mirrored_offsets(&self) -> Option<usize> {
        None
    }

    /// Decodes one sample, or some of its keypoints: a point `[x, y]` in input pixels and a score a
    /// keypoint. There is at least one cell a map.
    fn decode_sample<E: HeatmapValue>(
        &self,
        maps: Maps<'_, E>,
        keypoints: &mut [[Self::Coordinate; 2]],
        scores: &mut [E],
    );

    /// Decodes one sample of maps (K, H, W) of any size.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a cell, or too few or too many maps a keypoint.
    fn decode<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView3<'_, E>,
    ) -> Result<Decoded<Self::Coordinate, E>> {
        let (maps, height, width) = heatmaps.dim();
        let heatmaps = heatmaps.as_standard_layout();
        let values = heatmaps.as_slice().expect("standard layout");
        Decoded::filled(self.keypoints(maps)?, |points, scores| {
            decode_heatmaps_batch(self, values, [1, maps, height, width], points, scores)
        })
    }

    /// A flip test: decodes the average of the maps of one sample and those that a network answered
    /// for the mirrored picture.
    ///
    /// `flip_indices` has the index of each keypoint's mirror image; with `shift`, maps that are
    /// turned back move on by a cell.
    ///
    /// ```
    /// use ndarray::{Array3, Axis, s};
    /// use posecodec::codecs::{DecodeHeatmaps, MsraHeatmap};
    ///
    /// let codec = MsraHeatmap::new([192, 256], [48, 64], 2.0, false, 11)?;
    /// let mut heatmaps = Array3::<f32>::zeros((2, 64, 48)); // a left wrist and a right one
    /// heatmaps[[0, 10, 12]] = 1.0;
    /// heatmaps[[1, 20, 30]] = 1.0;
    /// // A network that answers alike for the mirrored picture sees them the other way round.
    /// let mirrored = heatmaps.slice(s![..;-1, .., ..;-1]);
    /// let decoded = codec.decode_flipped(heatmaps.view(), mirrored, &[1, 0], false)?;
    /// assert_eq!(decoded, codec.decode(heatmaps.view())?);
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] as for `decode`, for flipped maps of another shape, and for indices
    /// that are not one a keypoint.
    fn decode_flipped<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView3<'_, E>,
        flipped: ArrayView3<'_, E>,
        flip_indices: &[usize],
        shift: bool,
    ) -> Result<Decoded<Self::Coordinate, E>> {
        let (maps, height, width) = heatmaps.dim();
        if flipped.dim() != heatmaps.dim() {
            let wanted = format!("{}, as `heatmaps` is", Shape(heatmaps.shape()));
            return Err(check::shape("flipped", &wanted, flipped.shape()));
        }
        let (heatmaps, flipped) = (heatmaps.as_standard_layout(), flipped.as_standard_layout());
        let values = heatmaps.as_slice().expect("standard layout");
        let flipped = flipped.as_slice().expect("standard layout");
        let flipped = FlippedMaps { heatmaps: flipped, flip_indices, shift };
        Decoded::filled(self.keypoints(maps)?, |points, scores| {
            let shape = [1, maps, height, width];
            decode_flipped_heatmaps_batch(self, values, flipped, shape, points, scores)
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
/// ```
/// use posecodec::codecs::{MsraHeatmap, decode_heatmaps_batch};
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], 2.0, false, 11)?;
/// let heatmaps = vec![1.0f32; 4 * 17 * 64 * 48];
/// let (mut keypoints, mut scores) = (vec![[0.0; 2]; 4 * 17], vec![0.0; 4 * 17]);
/// decode_heatmaps_batch(&codec, &heatmaps, [4, 17, 64, 48], &mut keypoints, &mut scores)?;
/// assert!(scores.iter().all(|&score| score == 1.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a cell, or where an array does not have the length
/// that the shape says.
pub fn decode_heatmaps_batch<C: DecodeHeatmaps + ?Sized, E: HeatmapValue>(
    codec: &C,
    heatmaps: &[E],
    shape: [usize; 4],
    keypoints: &mut [[C::Coordinate; 2]],
    scores: &mut [E],
) -> Result<()> {
    decode_samples(codec, heatmaps, shape, keypoints, scores, |_, maps, keypoints, scores| {
        codec.decode_sample(maps, keypoints, scores);
    })
}

/// The checks and the loop of [`decode_heatmaps_batch`]: `decode` takes the number of a sample, its
/// maps, and where its points and scores go.
pub(super) fn decode_samples<C: DecodeHeatmaps + ?Sized, E: HeatmapValue>(
    codec: &C,
    heatmaps: &[E],
    shape: [usize; 4],
    keypoints: &mut [[C::Coordinate; 2]],
    scores: &mut [E],
    decode: impl Fn(usize, Maps<'_, E>, &mut [[C::Coordinate; 2]], &mut [E]) + Sync,
) -> Result<()> {
    let [batch, maps, height, width] = shape;
    let count = codec.keypoints(maps)?;
    let points = product(&[batch, count]);
    if points == Some(0) && keypoints.is_empty() && scores.is_empty() {
        return Ok(());
    }
    let cells = height.saturating_mul(width);
    if cells == 0 {
        let wanted = "must hold maps of at least one cell";
        return Err(Error::invalid("heatmaps", wanted, format_args!("shape {}", Shape(&shape))));
    }
    let all_fit = product(&[batch, maps, cells]) == Some(heatmaps.len())
        && points == Some(keypoints.len())
        && points == Some(scores.len());
    if !all_fit {
        let wanted = "must hold as many values as the batch has";
        return Err(Error::invalid("heatmaps", wanted, "other lengths"));
    }
    // The largest scratch: a plane in single precision, padded, and the plane blurred.
    let at_once = parallel::num_threads().min(batch);
    room_for_scratch(cells.saturating_mul(4).saturating_mul(at_once))?;
    if batch == 1 {
        decode(0, Maps { values: heatmaps, cells, width }, keypoints, scores);
        return Ok(());
    }
    let (mut keypoints, mut scores) = (keypoints, scores);
    let mut samples = try_with_capacity("the samples of a batch", batch)?;
    for (sample, values) in heatmaps.chunks_exact(maps * cells).enumerate() {
        let maps = Maps { values, cells, width };
        let (points, values) = (split_off(&mut keypoints, count), split_off(&mut scores, count));
        samples.push((sample, maps, points, values));
    }
    parallel::for_each(samples, heatmaps.len(), |(sample, maps, keypoints, scores)| {
        decode(sample, maps, keypoints, scores);
    });
    Ok(())
}
