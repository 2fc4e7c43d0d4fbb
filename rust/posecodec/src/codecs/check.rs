//! Checks of arguments that several codecs share.

use crate::error::{Error, Result, Shape};

/// A size `[w, h]` in pixels: both sides positive, and `w`·`h` values of 4 bytes addressable.
pub(crate) fn size(argument: &'static str, size: [usize; 2]) -> Result<[usize; 2]> {
    let [w, h] = size;
    if w == 0 || h == 0 {
        return Err(Error::invalid(
            argument,
            "must be [w, h], two positive integers",
            Shape(&size),
        ));
    }
    match w.checked_mul(h) {
        Some(cells) if cells <= isize::MAX as usize / 8 => Ok(size),
        _ => Err(Error::invalid(
            argument,
            "must be [w, h] with w * h values that fit in memory",
            Shape(&size),
        )),
    }
}

/// A finite number above zero.
pub(crate) fn positive(argument: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(Error::invalid(argument, "must be a positive finite number", value))
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
