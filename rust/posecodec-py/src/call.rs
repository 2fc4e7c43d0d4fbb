//! What `encode` and `decode` of every codec share: calls for one sample or for a batch, the error
//! for an array of the wrong shape, and releasing the interpreter.

use arrayvec::ArrayVec;
use pyo3::prelude::*;

use crate::error::{invalid, to_py_err};

/// A shape. Codecs have arrays of at most 5 dimensions.
pub(crate) type Shape = ArrayVec<usize, 5>;

/// Values read or written below which the interpreter is kept: some 5 µs of work. Releasing it
/// takes 0.1 µs, but getting it back from a busy Python thread takes milliseconds (measured: 4 µs
/// become 1 085), so a single sample of 17×64×48 maps is not worth it.
const MIN_WORK_TO_DETACH: usize = 1 << 16;

/// Runs `work`, with the interpreter released if the work reads or writes enough values.
pub(crate) fn maybe_detach<R: Send>(
    py: Python<'_>,
    values: usize,
    work: impl FnOnce() -> R + Send,
) -> R {
    let (mut work, mut result) = (Some(work), None);
    // `dyn`: otherwise `work` would be compiled into both branches.
    let run: &mut (dyn FnMut() + Send) = &mut || result = work.take().map(|work| work());
    if values >= MIN_WORK_TO_DETACH {
        py.detach(run);
    } else {
        run();
    }
    result.expect("`work` has run")
}

/// Runs `work`, with the interpreter released if the work reads or writes enough values, and
/// converts its error.
pub(crate) fn enter<R: Send>(
    py: Python<'_>,
    values: usize,
    work: impl FnOnce() -> posecodec::Result<R> + Send,
) -> PyResult<R> {
    maybe_detach(py, values, work).map_err(|error| to_py_err(py, &error))
}

/// Whether arguments have a leading batch dimension.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Single,
    Batch,
}

impl Call {
    /// The shape of an array in this call: `shape`, after the batch size if there is a batch.
    pub(crate) fn shape(self, batch: usize, shape: &[usize]) -> Shape {
        let leading = (self == Self::Batch).then_some(batch);
        leading.into_iter().chain(shape.iter().copied()).collect()
    }
}

/// Whether a shape has a batch's leading dimension, where it must, and the shape after it.
pub(crate) fn with_batch_axis(call: Call, batch: usize, shape: &[usize]) -> (bool, &[usize]) {
    match (call, shape) {
        (Call::Single, shape) => (true, shape),
        (Call::Batch, [first, rest @ ..]) => (*first == batch, rest),
        (Call::Batch, []) => (false, shape),
    }
}

/// The error for an array of the wrong shape. `wanted` has the shape of a single sample and that of
/// a batch.
pub(crate) fn shape_error(
    py: Python<'_>,
    argument: &str,
    call: Call,
    wanted: [&str; 2],
    got: &[usize],
) -> PyErr {
    let wanted = wanted[usize::from(call == Call::Batch)];
    let got = format_args!("shape {}", posecodec::Shape(got));
    invalid(py, argument, &format!("must be of shape {wanted}"), got)
}
