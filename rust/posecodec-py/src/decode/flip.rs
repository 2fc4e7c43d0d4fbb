//! The arguments of a flip test, which `batch_decode` of several codecs takes.

use heatmaps::HeatmapShift;
use posecodec::Shape;
use posecodec::codecs::heatmaps;
use pyo3::prelude::*;

use crate::class::OptionalArg;
use crate::class::parse::{describe, flag, indices, sequence};
use crate::convert::NetworkOutput;
use crate::error::{invalid, invalid_input};

/// The arguments of a flip test, not yet read.
pub(crate) struct FlipArguments<'a, 'py> {
    pub(crate) flipped: Option<&'a Bound<'py, PyAny>>,
    pub(crate) flip_indices: Option<&'a Bound<'py, PyAny>>,
    pub(crate) shift: OptionalArg<'py>,
}

/// A network's output for flipped images, in `A` arrays, and how to flip it back.
pub(crate) struct Flip<'py, const A: usize> {
    pub(crate) flipped: [NetworkOutput<'py>; A],
    pub(crate) flip_indices: Vec<usize>,
    pub(crate) shift: HeatmapShift,
}

impl<'py> FlipArguments<'_, 'py> {
    /// Reads the arguments, if there is a flip test. The arrays must have the shapes and dtypes of
    /// `own`, the arguments `names`. The core checks the number and the values of the indices.
    pub(crate) fn read<const A: usize>(
        self,
        py: Python<'py>,
        names: [&str; A],
        own: &[NetworkOutput<'py>; A],
    ) -> PyResult<Option<Flip<'py, A>>> {
        let Self { flipped, flip_indices, shift } = self;
        let shift = shift.parse_or("shift", flag, false)?;
        let Some(flipped) = flipped else {
            if flip_indices.is_none() && !shift {
                return Ok(None);
            }
            let given = if shift { "shift" } else { "flip_indices" };
            return Err(invalid_input(py, format!("`{given}` was given without `flipped`")));
        };
        let Some(flip_indices) = flip_indices else {
            let message = "`flipped` was given without `flip_indices`, the index of each keypoint's \
                           mirror image";
            return Err(invalid_input(py, message.into()));
        };
        let flip_indices = indices("flip_indices", flip_indices)?;
        let flipped = read_alike(flipped, names, own)?;
        let shift = if shift { HeatmapShift::OnePixel } else { HeatmapShift::None };
        Ok(Some(Flip { flipped, flip_indices, shift }))
    }
}

/// Reads arrays of the same dtypes and shapes as `own`; two or more come as a tuple or a list.
fn read_alike<'py, const A: usize>(
    flipped: &Bound<'py, PyAny>,
    names: [&str; A],
    own: &[NetworkOutput<'py>; A],
) -> PyResult<[NetworkOutput<'py>; A]> {
    let py = flipped.py();
    let arrays = if A == 1 {
        vec![flipped.clone()]
    } else {
        let wanted = format!("must have {A} arrays: {}", names.join(", "));
        let arrays = sequence("flipped", &wanted, flipped)?;
        if arrays.len() != A {
            return Err(invalid(py, "flipped", &wanted, describe(flipped)));
        }
        arrays
    };
    let mut read = Vec::with_capacity(A);
    for ((array, own), name) in arrays.iter().zip(own).zip(names) {
        let array = NetworkOutput::read_in_any_layout(array, "flipped")?;
        if array.shape() != own.shape() {
            let wanted = format!("must have shape {}, like `{name}`", Shape(own.shape()));
            let got = format_args!("shape {}", Shape(array.shape()));
            return Err(invalid(py, "flipped", &wanted, got));
        }
        let (dtype, wanted) = (array.dtype(py), own.dtype(py));
        if !dtype.is(&wanted) {
            let wanted = format!("must have dtype {wanted}, like `{name}`");
            return Err(invalid(py, "flipped", &wanted, dtype));
        }
        read.push(array);
    }
    Ok(read.try_into().unwrap_or_else(|_| unreachable!("A arrays were read")))
}
