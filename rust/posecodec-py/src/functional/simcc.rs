//! Maxima and normalization of SimCC vectors.

use numpy::Element;
use posecodec::HeatmapValue;
use posecodec::Shape;
use posecodec::codecs::slices;
use posecodec::functional;
use pyo3::prelude::*;
use slices::SimccRows;

use super::blur::filtered;
use super::maxima::Maxima;
use super::points::sides_of;
use crate::call::enter;
use crate::class::parse::{flag, number};
use crate::class::{Opt, OptionalArg};
use crate::convert::{
    Array, NetworkOutput, OutputArray, ReturnAs, in_own_precision, in_shared_precision,
};
use crate::error::invalid;

/// Find the maxima of SimCC vectors along x and y.
///
/// Paper: `SimCC <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).
///
/// Args:
///     simcc_x (array): Shape (K, Wx) or (N, K, Wx); float16, float32 or float64.
///     simcc_y (array): Shape (K, Wy) or (N, K, Wy).
///     apply_softmax (bool): Apply a softmax to the vectors first. Default: False.
///
/// Returns:
///     tuple:
///     - locs (array): Shape (K, 2) or (N, K, 2), float32: the bins of the first maxima along x and
///       y; -1 where the value is not above 0.
///     - vals (array): Shape (K,) or (N, K), the smaller of both maxima, of the dtype of ``simcc_x``.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, or vectors without a bin.
#[pyfunction]
#[pyo3(signature = (simcc_x, simcc_y, apply_softmax=OptionalArg::DEFAULT), text_signature = "(simcc_x, simcc_y, apply_softmax=False)")]
pub(crate) fn get_simcc_maximum<'py>(
    simcc_x: &Bound<'py, PyAny>,
    simcc_y: &Bound<'py, PyAny>,
    apply_softmax: OptionalArg<'py>,
) -> PyResult<Maxima<'py>> {
    let py = simcc_x.py();
    let softmax = apply_softmax.parse_or("apply_softmax", flag, false)?;
    let (x, dtype) = NetworkOutput::of_any(simcc_x, "simcc_x")?;
    let (y, _) = NetworkOutput::of_any(simcc_y, "simcc_y")?;
    for (name, vectors) in [("simcc_x", &x), ("simcc_y", &y)] {
        if ![2, 3].contains(&vectors.shape().len()) {
            let got = format!("Invalid shape {}", Shape(vectors.shape()));
            return Err(invalid(py, name, "must be of shape (K, W) or (N, K, W)", got));
        }
    }
    let (people, bins_x) = split_last(x.shape());
    let (people_y, bins_y) = split_last(y.shape());
    if people != people_y {
        let got = format!("{} != {}", Shape(x.shape()), Shape(y.shape()));
        return Err(invalid(py, "simcc_y", "must have one vector per vector of `simcc_x`", got));
    }
    let people = people.to_vec();
    let vectors =
        if softmax { [softmaxed(py, &x, bins_x)?, softmaxed(py, &y, bins_y)?] } else { [x, y] };
    let (locations, values) = in_shared_precision!(vectors, arrays => {
        maxima(py, &arrays, [bins_x, bins_y], &people)
    })?;
    Ok((locations, ReturnAs::Array(dtype).convert(values)?))
}

fn split_last(shape: &[usize]) -> (&[usize], usize) {
    let (last, rest) = shape.split_last().expect("two dimensions or three");
    (rest, *last)
}

/// The softmax of vectors, each in its own precision.
fn softmaxed<'py>(
    py: Python<'py>,
    vectors: &NetworkOutput<'py>,
    bins: usize,
) -> PyResult<NetworkOutput<'py>> {
    let softmax = in_own_precision!(vectors, array => filtered(py, array, |vectors, out| {
        functional::simcc_softmax(vectors, bins, out)
    }))?;
    NetworkOutput::read(&softmax, "softmax")
}

fn maxima<'py, E: HeatmapValue + Element>(
    py: Python<'py>,
    arrays: &[Array<'py, E>; 2],
    bins: [usize; 2],
    people: &[usize],
) -> PyResult<Maxima<'py>> {
    let shape: Vec<_> = people.iter().copied().chain([2]).collect();
    let mut locations = OutputArray::<f32>::zeros(py, "simcc_x", &shape)?;
    let mut values = OutputArray::<E>::zeros(py, "simcc_x", people)?;
    let (points, peaks) = (locations.values_mut().as_chunks_mut().0, values.values_mut());
    let rows = SimccRows { responses: arrays.each_ref().map(Array::values), bins };
    let count = rows.responses.iter().map(|responses| responses.len()).sum();
    enter(py, count, || functional::get_simcc_maximum(rows, points, peaks))?;
    Ok((locations.into_any(), values.into_any()))
}

/// Normalize SimCC vectors to the range 0 to 1.
///
/// Args:
///     batch_pred_simcc (array or Tensor): Shape (B, K, W); float16, float32 or float64, of tensors
///         bfloat16 as well.
///     sigma (float, optional): Standard deviation in bins of the Gaussians that the vectors were
///         trained with: they are divided by ``sigma`` · √2π first. Default: not divided.
///
/// Returns:
///     array or Tensor: Of the type, shape and dtype of ``batch_pred_simcc``, on the same device,
///     without gradients. Negative values are set to 0, and vectors with values above 1 are divided
///     by their maximum.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, or a sigma that is not positive and finite.
#[pyfunction]
#[pyo3(signature = (batch_pred_simcc, sigma=None))]
pub(crate) fn get_simcc_normalized<'py>(
    batch_pred_simcc: &Bound<'py, PyAny>,
    sigma: Opt<'_, 'py>,
) -> PyResult<Bound<'py, PyAny>> {
    const NAME: &str = "batch_pred_simcc";
    let py = batch_pred_simcc.py();
    let sigma = sigma.map(|sigma| number("sigma", sigma)).transpose()?;
    let vectors = NetworkOutput::read(batch_pred_simcc, NAME)?;
    let [_, _, bins] = sides_of(py, NAME, "(B, K, W)", vectors.shape())?;
    let return_as = ReturnAs::of(batch_pred_simcc, &vectors)?;
    let normalized = in_own_precision!(&vectors, array => filtered(py, array, |vectors, out| {
        functional::get_simcc_normalized(vectors, bins, sigma, out)
    }))?;
    return_as.convert(normalized)
}
