//! `decode` and `batch_decode` of SimCC vectors along two axes or three.

use arrayvec::ArrayVec;
use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::Shape;
use posecodec::codecs::heatmaps::HeatmapShift;
use posecodec::codecs::simcc::{Simcc3dLabel, SimccLabel};
use posecodec::codecs::slices::{
    FlippedRows, Simcc3dDecodedRows, SimccDecodedRows, SimccRows, SimccVectors, decode_any_layout,
};
use pyo3::prelude::*;

use super::Decoded;
use super::flip::{Flip, FlipArguments};
use crate::call::{Call, enter, shape_error};
use crate::convert::{Array, NetworkOutput, OutputArray, in_shared_precision};
use crate::error::invalid;

const ONE_PER_ROW: &str = "one value per row";

/// How SimCC rows are arranged.
#[derive(Clone, Copy)]
struct Layout<const A: usize> {
    call: Call,
    batch: usize,
    /// N and K.
    samples: [usize; 2],
    /// Along each axis.
    bins: [usize; A],
    /// Whether the caller left the instances out.
    flat: bool,
}

impl<const A: usize> Layout<A> {
    /// Of vectors (K, W) or (N, K, W) for one sample, with a leading B for a batch. `first` is
    /// the expected shape of the vectors along the first axis.
    fn of(
        py: Python<'_>,
        call: Call,
        names: [&str; A],
        responses: &[NetworkOutput<'_>; A],
        first: [&str; 2],
    ) -> PyResult<Self> {
        let leading = usize::from(call == Call::Batch);
        let shape = responses[0].shape();
        if ![2, 3].contains(&(shape.len().wrapping_sub(leading))) {
            return Err(shape_error(py, names[0], call, first, shape));
        }
        let (rows, _) = shape.split_at(shape.len() - 1);
        let mut bins = [0; A];
        for axis in 0..A {
            let shape = responses[axis].shape();
            match shape.split_last() {
                Some((&last, own)) if own == rows => bins[axis] = last,
                _ => {
                    let (shown, name) = (Shape(rows), names[0]);
                    let wanted = format!("must be of shape {shown} and bins, like `{name}`");
                    let got = format!("shape {}", Shape(shape));
                    return Err(invalid(py, names[axis], &wanted, got));
                }
            }
        }
        let batch = if call == Call::Batch { rows[0] } else { 1 };
        // (K,) becomes (1, K): one instance.
        let (samples, flat) = match rows[leading..] {
            [instances, count] => ([instances, count], false),
            _ => ([1, rows[leading]], true),
        };
        Ok(Self { call, batch, samples, bins, flat })
    }

    /// The shape with one value per row.
    fn shape(&self) -> crate::call::Shape {
        self.call.shape(self.batch, &self.samples)
    }

    /// The shape with one point per row.
    fn points_shape(&self) -> crate::call::Shape {
        let [instances, count] = self.samples;
        self.call.shape(self.batch, &[instances, count, A])
    }

    /// The vectors of the images, and those of the flipped images if there are any.
    fn vectors<'a, E: Element>(
        &self,
        own: [&'a [E]; A],
        flipped: Option<([&'a [E]; A], &'a [usize])>,
    ) -> SimccVectors<'a, E, A> {
        let rows = |responses| SimccRows { responses, bins: self.bins };
        let flipped = flipped
            .map(|(responses, flip_indices)| FlippedRows { rows: rows(responses), flip_indices });
        SimccVectors { own: rows(own), flipped }
    }

    /// Calls `decode` with the vectors of all samples if they are contiguous, else with those of blocks
    /// of samples. `split` returns the next outputs of a number of rows.
    fn decode<E: HeatmapValue + Element, T: Send>(
        &self,
        py: Python<'_>,
        own: &[Array<'_, E>; A],
        flipped: Option<&Flipped<'_, E, A>>,
        mut split: impl FnMut(usize) -> T + Send,
        decode: impl Fn([usize; 3], SimccVectors<'_, E, A>, T) -> posecodec::Result<()> + Sync + Send,
    ) -> PyResult<()> {
        let [instances, count] = self.samples;
        let flip_indices = flipped.map(|flipped| &*flipped.flip_indices);
        let values = own.iter().map(Array::len).sum();
        let arrays = || own.iter().chain(flipped.iter().flat_map(|flipped| &flipped.arrays));
        if arrays().all(Array::is_contiguous) {
            let flipped = flipped.map(|flipped| flipped.arrays.each_ref().map(Array::values));
            let vectors =
                self.vectors(own.each_ref().map(Array::values), flipped.zip(flip_indices));
            let filled = split(self.batch * instances * count);
            return enter(py, values, || decode([self.batch, instances, count], vectors, filled));
        }
        let views: ArrayVec<_, 6> = arrays().map(|array| array.view(self.call)).collect();
        let decode_block = |samples, arrays: &[&[E]], filled| {
            let (own, flipped) = arrays.split_first_chunk::<A>().expect("one array per axis");
            let vectors = self.vectors(*own, flipped.first_chunk().copied().zip(flip_indices));
            decode([samples, instances, count], vectors, filled)
        };
        let split = |samples: usize| split(samples * instances * count);
        enter(py, values, || decode_any_layout(&views, split, decode_block))
    }
}

/// Reads the arguments of a flip test, which does not shift vectors.
fn read_flip<'py, const A: usize>(
    py: Python<'py>,
    names: [&str; A],
    responses: &[NetworkOutput<'py>; A],
    flip: Option<FlipArguments<'_, 'py>>,
) -> PyResult<Option<Flip<'py, A>>> {
    let Some(flip) = flip else { return Ok(None) };
    let flip = flip.read(py, names, responses)?;
    if flip.as_ref().is_some_and(|flip| flip.shift == HeatmapShift::OnePixel) {
        let wanted = "must be False for SimCC, whose vectors MMPose does not shift";
        return Err(invalid(py, "shift", wanted, "True"));
    }
    Ok(flip)
}

/// The vectors of the flipped images.
struct Flipped<'py, E, const A: usize> {
    arrays: [Array<'py, E>; A],
    flip_indices: Vec<usize>,
}

impl<'py, E: Element, const A: usize> Flipped<'py, E, A> {
    /// Converts them to the precision of the vectors of the images.
    fn of(flip: Option<Flip<'py, A>>) -> PyResult<Option<Self>> {
        let Some(Flip { flipped, flip_indices, .. }) = flip else { return Ok(None) };
        let arrays: PyResult<Vec<_>> = flipped.iter().map(NetworkOutput::of_type::<E>).collect();
        let arrays = arrays?.try_into().unwrap_or_else(|_| unreachable!("one array per axis"));
        Ok(Some(Self { arrays, flip_indices }))
    }
}

/// Decodes vectors along x and y.
pub(crate) fn decode_simcc<'py>(
    py: Python<'py>,
    codec: &SimccLabel,
    call: Call,
    simcc_x: &Bound<'py, PyAny>,
    simcc_y: &Bound<'py, PyAny>,
    flip: Option<FlipArguments<'_, 'py>>,
) -> PyResult<Decoded<'py>> {
    let names = ["simcc_x", "simcc_y"];
    let responses = [
        NetworkOutput::read_in_any_layout(simcc_x, names[0])?,
        NetworkOutput::read_in_any_layout(simcc_y, names[1])?,
    ];
    let first = ["(K, Wx) or (N, K, Wx)", "(B, K, Wx) or (B, N, K, Wx)"];
    let layout = Layout::of(py, call, names, &responses, first)?;
    let flip = read_flip(py, names, &responses, flip)?;
    in_shared_precision!(responses, arrays => {
        decode_two(py, codec, &arrays, Flipped::of(flip)?, layout)
    })
}

fn decode_two<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    codec: &SimccLabel,
    arrays: &[Array<'py, E>; 2],
    flipped: Option<Flipped<'py, E, 2>>,
    layout: Layout<2>,
) -> PyResult<Decoded<'py>> {
    let shape = layout.shape();
    let mut keypoints = OutputArray::<f32>::zeros(py, "keypoints", &layout.points_shape())?;
    let mut scores = OutputArray::<E>::zeros(py, "scores", &shape)?;
    let mut seen = None;
    if codec.options().decode_visibility {
        // MMPose gives keypoints and scores an instance dimension, but not visibilities.
        let flat = layout.flat && layout.call == Call::Single;
        let shape: &[usize] = if flat { &layout.samples[1..] } else { &shape };
        seen = Some(OutputArray::<f64>::zeros(py, "visibility", shape)?);
    }
    let (mut points, _) = keypoints.values_mut().as_chunks_mut();
    let mut row_scores = scores.values_mut();
    let mut visibility = seen.as_mut().map_or(&mut [][..], OutputArray::values_mut);
    let split = |rows: usize| SimccDecodedRows {
        keypoints: points.split_off_mut(..rows).expect(ONE_PER_ROW),
        scores: row_scores.split_off_mut(..rows).expect(ONE_PER_ROW),
        visibility: visibility.split_off_mut(..rows).unwrap_or_default(),
    };
    layout.decode(py, arrays, flipped.as_ref(), split, |shape, vectors, decoded| {
        codec.decode_flat(shape, vectors, decoded)
    })?;
    let scores = match seen {
        Some(seen) => (scores.into_any(), seen.into_any()).into_pyobject(py)?.into_any(),
        None => scores.into_any(),
    };
    Ok((keypoints.into_any(), scores))
}

/// Keypoints, the same in input pixels, and scores.
pub(crate) type Decoded3d<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Decodes vectors along x, y and z.
pub(crate) fn decode_simcc_3d<'py>(
    py: Python<'py>,
    codec: &Simcc3dLabel,
    call: Call,
    [x, y, z]: [&Bound<'py, PyAny>; 3],
    flip: Option<FlipArguments<'_, 'py>>,
) -> PyResult<Decoded3d<'py>> {
    let names = ["x", "y", "z"];
    let responses = [
        NetworkOutput::read_in_any_layout(x, names[0])?,
        NetworkOutput::read_in_any_layout(y, names[1])?,
        NetworkOutput::read_in_any_layout(z, names[2])?,
    ];
    let first = ["(K, Wx) or (N, K, Wx)", "(B, K, Wx) or (B, N, K, Wx)"];
    let layout = Layout::of(py, call, names, &responses, first)?;
    let flip = read_flip(py, names, &responses, flip)?;
    in_shared_precision!(responses, arrays => {
        decode_three(py, codec, &arrays, Flipped::of(flip)?, layout)
    })
}

fn decode_three<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    codec: &Simcc3dLabel,
    arrays: &[Array<'py, E>; 3],
    flipped: Option<Flipped<'py, E, 3>>,
    layout: Layout<3>,
) -> PyResult<Decoded3d<'py>> {
    let shape = layout.points_shape();
    let mut keypoints = OutputArray::<f32>::zeros(py, "keypoints", &shape)?;
    let mut keypoints_simcc = OutputArray::<f32>::zeros(py, "keypoints_simcc", &shape)?;
    let mut scores = OutputArray::<E>::zeros(py, "scores", &layout.shape())?;
    let (mut points, _) = keypoints.values_mut().as_chunks_mut();
    let (mut points_simcc, _) = keypoints_simcc.values_mut().as_chunks_mut();
    let mut row_scores = scores.values_mut();
    let split = |rows: usize| Simcc3dDecodedRows {
        keypoints: points.split_off_mut(..rows).expect(ONE_PER_ROW),
        keypoints_simcc: points_simcc.split_off_mut(..rows).expect(ONE_PER_ROW),
        scores: row_scores.split_off_mut(..rows).expect(ONE_PER_ROW),
    };
    layout.decode(py, arrays, flipped.as_ref(), split, |shape, vectors, decoded| {
        codec.decode_flat(shape, vectors, decoded)
    })?;
    Ok((keypoints.into_any(), keypoints_simcc.into_any(), scores.into_any()))
}
