//! Checks of arguments that several codecs share.

use crate::error::{Error, Result, Shape};

/// A size `[w, h]` in pixels or cells: both sides positive, neither beyond any picture.
pub(crate) fn size(argument: &'static str, size: [usize; 2]) -> Result<[usize; 2]> {
    const LONGEST: usize = 1 << 20;
    if size.contains(&0) {
        let wanted = "must be [w, h], two positive integers";
        return Err(Error::invalid(argument, wanted, Shape(&size)));
    }
    if size.iter().any(|&side| side > LONGEST) {
        let wanted = format!("must be [w, h] of at most {LONGEST} each, to fit in memory");
        return Err(Error::invalid(argument, wanted, Shape(&size)));
    }
    Ok(size)
}

/// A number above zero, and not so far from one that arithmetic with it overflows.
pub(crate) fn positive(argument: &'static str, value: f64) -> Result<f64> {
    if (1e-30..=1e30).contains(&value) {
        Ok(value)
    } else {
        let wanted = "must be a positive finite number, between 1e-30 and 1e30";
        Err(Error::invalid(argument, wanted, value))
    }
}

/// A number that is neither infinite nor none.
pub(crate) fn finite(argument: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::invalid(argument, "must be a finite number", value))
    }
}

/// An odd number of taps, small enough that a kernel may be made of it.
pub(crate) fn kernel_size(argument: &'static str, size: usize) -> Result<usize> {
    if size.is_multiple_of(2) {
        return Err(Error::invalid(argument, "must be a positive odd integer", size));
    }
    limited_kernel_size(argument, size)
}

/// A number of taps small enough that a kernel may be made of it.
pub(crate) fn limited_kernel_size(argument: &'static str, size: usize) -> Result<usize> {
    // A blur wider than any map: a plane and its margins still fit in memory.
    const LARGEST: usize = 1 << 16;
    if size > LARGEST {
        let wanted = format!("must be at most {LARGEST}");
        return Err(Error::invalid(argument, wanted, size));
    }
    Ok(size)
}

/// The error for an array of the wrong shape.
pub(crate) fn shape(argument: &'static str, wanted: &str, got: &[usize]) -> Error {
    Error::invalid(
        argument,
        format!("must be of shape {wanted}"),
        format_args!("shape {}", Shape(got)),
    )
}
