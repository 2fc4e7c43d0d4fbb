//! Flip tests: decoding what a network answered for pictures together with what it answered for the
//! same pictures mirrored, averaged map by map while they are read.

use ndarray::{ArrayView3, CowArray, Ix3};

use super::check;
use super::decode::{DecodeHeatmaps, Maps, decode_samples};
use super::simcc_axis::SimccRows;
use crate::error::{Error, Result, Shape, room_for_scratch};
use crate::float::HeatmapValue;
use crate::kernels::flip::{Mirrored, average_mirrored};

/// Checks the indices of a flip test: one a keypoint, each that of a keypoint.
///
/// # Errors
/// [`Error::InvalidInput`] for more or fewer of them, or one that no keypoint has.
pub fn check_flip_indices(flip_indices: &[usize], keypoints: usize) -> Result<()> {
    let (argument, count) = ("flip_indices", flip_indices.len());
    if count != keypoints {
        let wanted = format!("must hold an index for each of {keypoints} keypoints");
        return Err(Error::invalid(argument, wanted, format_args!("{count} indices")));
    }
    match flip_indices.iter().find(|&&index| index >= keypoints) {
        None => Ok(()),
        Some(index) => {
            let wanted = format!("must hold indices of {keypoints} keypoints, counted from 0");
            Err(Error::invalid(argument, wanted, index))
        }
    }
}

/// What a network answered for a batch of mirrored pictures, as heatmaps.
#[derive(Debug, Clone, Copy)]
pub struct FlippedMaps<'a, E> {
    /// Of the same shape as the pictures' own maps.
    pub heatmaps: &'a [E],
    /// For each keypoint the index of its mirror image: for a left wrist the right one's.
    pub flip_indices: &'a [usize],
    /// Whether maps that are turned back move on by a cell: the reference's `shift_heatmap`.
    pub shift: bool,
}

/// [`decode_heatmaps_batch`](super::decode_heatmaps_batch) of the averages of a batch's maps and of
/// their mirrored counterparts, which are turned back: of each map in turn, while it is decoded.
///
/// The answers are those of decoding `(heatmaps + flipped) * 0.5`, to the bit.
///
/// # Errors
/// [`Error::InvalidInput`] as for [`decode_heatmaps_batch`](super::decode_heatmaps_batch), and for
/// flipped maps or indices that do not fit.
pub fn decode_flipped_heatmaps_batch<C: DecodeHeatmaps + ?Sized, E: HeatmapValue>(
    codec: &C,
    heatmaps: &[E],
    flipped: FlippedMaps<'_, E>,
    shape: [usize; 4],
    keypoints: &mut [[C::Coordinate; 2]],
    scores: &mut [E],
) -> Result<()> {
    let FlippedMaps { heatmaps: mirrored, flip_indices, shift } = flipped;
    let [_, maps, height, width] = shape;
    check_flip_indices(flip_indices, codec.keypoints(maps)?)?;
    same_length(heatmaps, mirrored)?;
    // Lengths are compared later.
    let cells = height.saturating_mul(width);
    let (each, sample_cells) = (codec.maps_per_keypoint(), maps.saturating_mul(cells));
    room_for_scratch(cells.saturating_mul(2 * each))?;
    decode_samples(codec, heatmaps, shape, keypoints, scores, |sample, maps, keypoints, scores| {
        let mirrored = Maps { values: &mirrored[sample * sample_cells..][..sample_cells], ..maps };
        // A keypoint at a time: its maps are still in the cache when they are decoded.
        let mut averages = vec![E::of(0.0); each * maps.cells];
        for (number, (point, score)) in keypoints.iter_mut().zip(scores).enumerate() {
            for (map, averages) in averages.chunks_exact_mut(maps.cells).enumerate() {
                let negated = codec.mirrored_offsets() == Some(map);
                let turn = Mirrored { reversed: true, shifted: shift, negated };
                let own = maps.plane(each * number + map);
                let other = mirrored.plane(each * flip_indices[number] + map);
                average_mirrored(own, other, maps.width, turn, averages);
            }
            let averages = Maps { values: &averages, ..maps };
            codec.decode_sample(averages, std::slice::from_mut(point), std::slice::from_mut(score));
        }
    })
}

/// What a network answered for a batch of mirrored pictures, as SimCC vectors.
#[derive(Debug, Clone, Copy)]
pub struct FlippedRows<'a, E, const A: usize = 2> {
    /// As many rows and bins as the pictures' own.
    pub rows: SimccRows<'a, E, A>,
    /// For each keypoint of an instance the index of its mirror image: for a left wrist the right
    /// one's.
    pub flip_indices: &'a [usize],
}

/// The vectors of a sample, row by row: as they are, or averaged with those of the mirrored picture.
pub(super) struct RowReader<'a, E, const A: usize> {
    rows: SimccRows<'a, E, A>,
    flipped: Option<FlippedRows<'a, E, A>>,
    averages: [Vec<E>; A],
}

impl<'a, E: HeatmapValue, const A: usize> RowReader<'a, E, A> {
    /// Checks the flipped rows of a batch, if there are any: `each` a sample.
    pub(super) fn check(
        rows: &SimccRows<'_, E, A>,
        flipped: Option<&FlippedRows<'_, E, A>>,
        each: usize,
    ) -> Result<()> {
        let Some(FlippedRows { rows: mirrored, flip_indices }) = flipped else { return Ok(()) };
        let keypoints = flip_indices.len();
        if keypoints == 0 || !each.is_multiple_of(keypoints) {
            let wanted = format!("must hold an index for each keypoint of {each} rows");
            return Err(Error::invalid("flip_indices", wanted, keypoints));
        }
        check_flip_indices(flip_indices, keypoints)?;
        for axis in 0..A {
            same_length(rows.responses[axis], mirrored.responses[axis])?;
        }
        if mirrored.bins != rows.bins {
            return Err(Error::invalid("flipped", "must hold as many bins", "others"));
        }
        room_for_scratch(rows.bins.iter().sum::<usize>().saturating_mul(2))
    }

    /// The rows of the sample of this number, `each` a sample.
    pub(super) fn new(
        rows: SimccRows<'a, E, A>,
        flipped: Option<FlippedRows<'a, E, A>>,
        sample: usize,
        each: usize,
    ) -> Self {
        let flipped = flipped
            .map(|flipped| FlippedRows { rows: flipped.rows.sample(sample, each), ..flipped });
        let length = |axis: usize| if flipped.is_some() { rows.bins[axis] } else { 0 };
        let averages = std::array::from_fn(|axis| vec![E::of(0.0); length(axis)]);
        Self { rows: rows.sample(sample, each), flipped, averages }
    }

    /// One row's vectors.
    #[inline]
    pub(super) fn row(&mut self, number: usize) -> [&[E]; A] {
        let Some(FlippedRows { rows: mirrored, flip_indices }) = self.flipped else {
            return self.rows.row(number);
        };
        let keypoint = number % flip_indices.len();
        let (own, other) =
            (self.rows.row(number), mirrored.row(number - keypoint + flip_indices[keypoint]));
        for (axis, averages) in self.averages.iter_mut().enumerate() {
            // A mirror turns x around and nothing else.
            let turn = Mirrored { reversed: axis == 0, ..Mirrored::default() };
            average_mirrored(own[axis], other[axis], own[axis].len(), turn, averages);
        }
        self.averages.each_ref().map(Vec::as_slice)
    }
}

/// Calls `decode` with the rows of vectors (N, K, bins) along several axes, and with the flipped ones
/// where there are any.
pub(super) fn with_rows<E: HeatmapValue, R, const A: usize>(
    arguments: [&'static str; A],
    vectors: [ArrayView3<'_, E>; A],
    flipped: Option<([ArrayView3<'_, E>; A], &[usize])>,
    decode: impl FnOnce(SimccRows<'_, E, A>, Option<FlippedRows<'_, E, A>>) -> Result<R>,
) -> Result<R> {
    let (instances, count, _) = vectors[0].dim();
    for (argument, vectors) in arguments.into_iter().zip(&vectors) {
        if vectors.shape()[..2] != [instances, count] {
            let wanted = format!("({instances}, {count}, bins) as `{}` is", arguments[0]);
            return Err(check::shape(argument, &wanted, vectors.shape()));
        }
    }
    let bins = vectors.each_ref().map(|vectors| vectors.dim().2);
    let vectors = vectors.each_ref().map(|vectors| vectors.as_standard_layout());
    let rows = SimccRows { responses: vectors.each_ref().map(contiguous), bins };
    let Some((flipped, flip_indices)) = flipped else { return decode(rows, None) };
    check_flip_indices(flip_indices, count)?;
    for (flipped, vectors) in flipped.iter().zip(&vectors) {
        if flipped.dim() != vectors.dim() {
            let wanted = Shape(vectors.shape()).to_string();
            return Err(check::shape("flipped", &wanted, flipped.shape()));
        }
    }
    let flipped = flipped.each_ref().map(|vectors| vectors.as_standard_layout());
    let responses = flipped.each_ref().map(contiguous);
    let flipped = FlippedRows { rows: SimccRows { responses, bins }, flip_indices };
    decode(rows, Some(flipped))
}

fn contiguous<'a, E>(vectors: &'a CowArray<'_, E, Ix3>) -> &'a [E] {
    vectors.as_slice().expect("standard layout")
}

/// Checks that what was answered for mirrored pictures is as long as what was for the pictures.
fn same_length<E>(values: &[E], mirrored: &[E]) -> Result<()> {
    if values.len() == mirrored.len() {
        return Ok(());
    }
    let wanted = format!("must hold {} values, as what it is averaged with", values.len());
    Err(Error::invalid("flipped", wanted, mirrored.len()))
}
