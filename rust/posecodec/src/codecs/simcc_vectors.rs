//! What SimCC decoders read: one vector per axis and row, with or without a flip test.

use ndarray::{ArrayView3, CowArray, Ix3};

use super::flip::{check_flip_indices, check_flipped_len};
use super::simcc_axis::SimccAxis;
use crate::check::{self, product};
use crate::error::{Error, Result, Shape};
use crate::float::HeatmapValue;
use crate::inputs::simcc_rows::SimccRows;
use crate::kernels::flip::{Mirrored, average_mirrored};

/// The vectors of a batch, flat, and for a flip test those of the flipped images.
#[derive(Debug, Clone, Copy)]
pub struct SimccVectors<'a, E, const A: usize = 2> {
    /// The network's output for the images.
    pub own: SimccRows<'a, E, A>,
    /// The network's output for the flipped images. If given, the averages are decoded.
    pub flipped: Option<FlippedRows<'a, E, A>>,
}

/// A network's vectors for a batch of horizontally flipped images.
#[derive(Debug, Clone, Copy)]
pub struct FlippedRows<'a, E, const A: usize = 2> {
    /// As many rows and bins as for the images that are not flipped.
    pub rows: SimccRows<'a, E, A>,
    /// For each keypoint of an instance the index of its mirror image: for a left wrist, the index
    /// of the right one.
    pub flip_indices: &'a [usize],
}

impl<'a, E: HeatmapValue, const A: usize> SimccVectors<'a, E, A> {
    /// Checks the vectors of a batch of shape `[B, N, K]`, which must have as many bins as the
    /// codec's axes. Returns false if there is nothing to decode.
    pub(super) fn check(
        &self,
        arguments: [&'static str; A],
        axes: &[SimccAxis; A],
        shape: [usize; 3],
        outputs: &[(&'static str, usize)],
    ) -> Result<bool> {
        if let Some(FlippedRows { flip_indices, .. }) = self.flipped {
            check_flip_indices(flip_indices, shape[2])?;
        }
        if product(&shape) == Some(0) && outputs.iter().all(|&(_, len)| len == 0) {
            return Ok(false);
        }
        self.own.check(arguments, "B·N·K", &shape)?;
        for ((argument, axis), bins) in arguments.into_iter().zip(axes).zip(self.own.bins) {
            if bins != axis.bins {
                let wanted = format!("must have the codec's {} bins per vector", axis.bins);
                return Err(Error::invalid(argument, wanted, format_args!("{bins} bins")));
            }
        }
        for &(output, len) in outputs {
            check::len(output, "B·N·K", &shape, len)?;
        }
        let Some(FlippedRows { rows: flipped, .. }) = &self.flipped else { return Ok(true) };
        for axis in 0..A {
            check_flipped_len(self.own.responses[axis], flipped.responses[axis])?;
        }
        if flipped.bins != self.own.bins {
            let wanted = format!(
                "must have the same number of bins as the unflipped vectors {}",
                Shape(&self.own.bins)
            );
            return Err(Error::invalid("flipped", wanted, Shape(&flipped.bins)));
        }
        Ok(true)
    }

    /// The vectors of the sample with this number, `each` rows per sample.
    pub(super) fn sample(&self, number: usize, each: usize) -> RowReader<'a, E, A> {
        let own = self.own.sample(number, each);
        let flipped = self
            .flipped
            .map(|flipped| FlippedRows { rows: flipped.rows.sample(number, each), ..flipped });
        let len = |axis: usize| if flipped.is_some() { own.bins[axis] } else { 0 };
        let averages = std::array::from_fn(|axis| vec![E::of(0.0); len(axis)]);
        RowReader { vectors: SimccVectors { own, flipped }, averages }
    }
}

/// Reads the vectors of a sample row by row: as they are, or averaged with those of the flipped
/// image.
pub(super) struct RowReader<'a, E, const A: usize> {
    vectors: SimccVectors<'a, E, A>,
    averages: [Vec<E>; A],
}

impl<E: HeatmapValue, const A: usize> RowReader<'_, E, A> {
    /// The vectors of one row.
    #[inline]
    pub(super) fn row(&mut self, number: usize) -> [&[E]; A] {
        let own = self.vectors.own.row(number);
        let Some(FlippedRows { rows: flipped, flip_indices }) = self.vectors.flipped else {
            return own;
        };
        let keypoint = number % flip_indices.len();
        let flipped = flipped.row(number - keypoint + flip_indices[keypoint]);
        for (axis, averages) in self.averages.iter_mut().enumerate() {
            // A horizontal flip reverses x and nothing else.
            let turn = Mirrored { reversed: axis == 0, ..Mirrored::default() };
            average_mirrored(own[axis], flipped[axis], own[axis].len(), turn, averages);
        }
        self.averages.each_ref().map(Vec::as_slice)
    }
}

/// Calls `decode` with the shape `[1, N, K]` and the vectors of arrays (N, K, bins), one per axis.
pub(super) fn with_vectors<E: HeatmapValue, R, const A: usize>(
    arguments: [&'static str; A],
    vectors: [ArrayView3<'_, E>; A],
    flipped: Option<([ArrayView3<'_, E>; A], &[usize])>,
    decode: impl FnOnce([usize; 3], SimccVectors<'_, E, A>) -> Result<R>,
) -> Result<R> {
    let (instances, count, _) = vectors[0].dim();
    for (argument, vectors) in arguments.into_iter().zip(&vectors) {
        if vectors.shape()[..2] != [instances, count] {
            let wanted = format!("({instances}, {count}, W), like `{}`", arguments[0]);
            return Err(check::shape(argument, &wanted, vectors.shape()));
        }
    }
    let shape = [1, instances, count];
    let bins = vectors.each_ref().map(|vectors| vectors.dim().2);
    let vectors = vectors.each_ref().map(|vectors| vectors.as_standard_layout());
    let own = SimccRows { responses: vectors.each_ref().map(contiguous), bins };
    let Some((flipped, flip_indices)) = flipped else {
        return decode(shape, SimccVectors { own, flipped: None });
    };
    for (flipped, vectors) in flipped.iter().zip(&vectors) {
        if flipped.dim() != vectors.dim() {
            let wanted = Shape(vectors.shape()).to_string();
            return Err(check::shape("flipped", &wanted, flipped.shape()));
        }
    }
    let flipped = flipped.each_ref().map(|vectors| vectors.as_standard_layout());
    let rows = SimccRows { responses: flipped.each_ref().map(contiguous), bins };
    decode(shape, SimccVectors { own, flipped: Some(FlippedRows { rows, flip_indices }) })
}

/// The shape `[B, 1, K]` of a batch with one instance per sample, from that of one sample with B
/// instances.
pub(super) fn split_batch([_, batch, count]: [usize; 3]) -> [usize; 3] {
    [batch, 1, count]
}

fn contiguous<'a, E>(vectors: &'a CowArray<'_, E, Ix3>) -> &'a [E] {
    vectors.as_slice().expect("standard layout")
}
