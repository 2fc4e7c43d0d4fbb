//! The arguments of a flip test, which `batch_decode` of several codecs takes.

use posecodec::Shape;
use posecodec::codecs::check_flip_indices;
use pyo3::prelude::*;

use crate::class::OptionalArg;
use crate::class::parse::{describe, flag, indices, sequence};
use crate::convert::NetworkOutput;
use crate::error::{invalid, raise};

/// What a call says of mirrored pictures, as it came.
pub(crate) struct FlipArguments<'a, 'py> {
    pub(crate) flipped: Option<&'a Bound<'py, PyAny>>,
    pub(crate) flip_indices: Option<&'a Bound<'py, PyAny>>,
    pub(crate) shift: OptionalArg<'py>,
}

/// What a network answered for mirrored pictures, in `A` arrays, and how it is turned back.
pub(crate) struct Flip<'py, const A: usize> {
    pub(crate) flipped: [NetworkOutput<'py>; A],
    pub(crate) flip_indices: Vec<usize>,
    pub(crate) shift: bool,
}

impl<'py> FlipArguments<'_, 'py> {
    /// Reads them, where there is a flip test: arrays like `own`, whose arguments' names are `names`,
    /// and an index for each of so many keypoints.
    pub(crate) fn read<const A: usize>(
        self,
        py: Python<'py>,
        names: [&str; A],
        own: &[NetworkOutput<'py>; A],
        keypoints: usize,
    ) -> PyResult<Option<Flip<'py, A>>> {
        let Self { flipped, flip_indices, shift } = self;
        let shift = shift.parse_or("shift", flag, false)?;
        let Some(flipped) = flipped else {
            if flip_indices.is_none() && !shift {
                return Ok(None);
            }
            let other = if shift { "shift" } else { "flip_indices" };
            let wanted = format!("must be given, what `{other}` is for");
            return Err(invalid(py, "flipped", &wanted, "None"));
        };
        let wanted = "must be given with `flipped`, the index of each keypoint's mirror image";
        let flip_indices = match flip_indices {
            Some(given) => indices("flip_indices", given)?,
            None => return Err(invalid(py, "flip_indices", wanted, "None")),
        };
        check_flip_indices(&flip_indices, keypoints).map_err(|error| raise(py, &error))?;
        let flipped = read_alike(flipped, names, own)?;
        Ok(Some(Flip { flipped, flip_indices, shift }))
    }
}

/// Reads arrays of the dtypes and shapes that others have; several come as a tuple or a list.
fn read_alike<'py, const A: usize>(
    flipped: &Bound<'py, PyAny>,
    names: [&str; A],
    own: &[NetworkOutput<'py>; A],
) -> PyResult<[NetworkOutput<'py>; A]> {
    let py = flipped.py();
    let arrays = if A == 1 {
        vec![flipped.clone()]
    } else {
        let wanted = format!("must hold {A} arrays: {}", names.join(", "));
        let arrays = sequence("flipped", &wanted, flipped)?;
        if arrays.len() != A {
            return Err(invalid(py, "flipped", &wanted, describe(flipped)));
        }
        arrays
    };
    let mut read = Vec::with_capacity(A);
    for ((array, own), name) in arrays.iter().zip(own).zip(names) {
        let array = NetworkOutput::read(array, "flipped")?;
        if array.shape() != own.shape() {
            let wanted = format!("must be of shape {}, as `{name}` is", Shape(own.shape()));
            let got = format_args!("shape {}", Shape(array.shape()));
            return Err(invalid(py, "flipped", &wanted, got));
        }
        let (dtype, wanted) = (array.dtype(py), own.dtype(py));
        if !dtype.is(&wanted) {
            let wanted = format!("must be of dtype {wanted}, as `{name}` is");
            return Err(invalid(py, "flipped", &wanted, dtype));
        }
        read.push(array);
    }
    Ok(read.try_into().unwrap_or_else(|_| unreachable!("as many as were asked for")))
}
