//! Checks of arguments that codecs and `functional` share.

use crate::error::{Error, Result, Shape};
use crate::kernels::gaussian::heatmap_3d::GaussianPatch3d;

/// The longest side of an image or a heatmap.
const MAX_SIDE: usize = 1 << 20;

/// How many values an array of this shape holds; `None` where that cannot be said.
pub(crate) fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |product, &side| product.checked_mul(side))
}

/// A size `[w, h]` or `[w, h, d]` in pixels or cells: all sides positive, and at most [`MAX_SIDE`].
pub(crate) fn size<const N: usize>(argument: &'static str, size: [usize; N]) -> Result<[usize; N]> {
    let (sides, number) = if N == 3 { ("[w, h, d]", "three") } else { ("[w, h]", "two") };
    if size.contains(&0) {
        let wanted = format!("must be {sides}, {number} positive integers");
        return Err(Error::invalid(argument, wanted, Shape(&size)));
    }
    if size.iter().any(|&side| side > MAX_SIDE) {
        let wanted = format!("must be {sides} of at most {MAX_SIDE} each, to fit in memory");
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

/// A standard deviation: a number that is [`positive`], or 0 for a Gaussian of one cell.
pub(crate) fn sigma(argument: &'static str, sigma: f64) -> Result<f64> {
    if sigma == 0.0 { Ok(sigma) } else { positive(argument, sigma) }
}

/// The neighborhood of a three-dimensional Gaussian whose sigma is [`positive`].
pub(crate) fn gaussian_patch_3d(sigma: f64) -> Result<GaussianPatch3d> {
    /// Offsets along an axis; the reference makes their cube.
    const MAX_OFFSETS: usize = 1 << 16;
    if GaussianPatch3d::count(positive("sigma", sigma)?) > MAX_OFFSETS {
        let wanted = format!("must be at most {}", MAX_OFFSETS / 6);
        return Err(Error::invalid("sigma", wanted, sigma));
    }
    Ok(GaussianPatch3d::new(sigma))
}

/// That there are sigmas for so many instances: one for all, or one each.
pub(crate) fn sigmas(sigmas: usize, instances: usize) -> Result<()> {
    if sigmas == 1 || sigmas >= instances {
        return Ok(());
    }
    let wanted = format!("must be a number, or one for each of {instances} instances");
    Err(Error::invalid("sigma", wanted, format_args!("{sigmas} values")))
}

/// A number that is neither infinite nor none.
pub(crate) fn finite(argument: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::invalid(argument, "must be a finite number", value))
    }
}

/// A number of heatmap pixels or bins: at least one, and at most the side of an image.
pub(crate) fn count(argument: &'static str, count: usize) -> Result<usize> {
    if (1..=MAX_SIDE).contains(&count) {
        return Ok(count);
    }
    let wanted = format!("must be a positive integer, at most {MAX_SIDE}");
    Err(Error::invalid(argument, wanted, count))
}

/// The place in an axis of `length` that an index says, from the end where it is negative.
pub(crate) fn index(argument: &'static str, index: isize, length: usize) -> Result<usize> {
    let place =
        if index < 0 { length.checked_sub(index.unsigned_abs()) } else { Some(index as usize) };
    place.filter(|&place| place < length).ok_or_else(|| {
        let wanted =
            format!("must be between -{length} and {length} - 1: there are {length} keypoints");
        Error::invalid(argument, wanted, index)
    })
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
    const MAX_TAPS: usize = 1 << 16;
    if size > MAX_TAPS {
        let wanted = format!("must be at most {MAX_TAPS}");
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

/// The error for maps without a pixel.
pub(crate) fn no_pixel(argument: &'static str, shape: &[usize]) -> Error {
    let wanted = "must have at least one pixel per map";
    Error::invalid(argument, wanted, format_args!("shape {}", Shape(shape)))
}

/// Checks the number of an array's values: the product of `sides`, which `formula` names.
pub(crate) fn len(
    argument: &'static str,
    formula: &str,
    sides: &[usize],
    got: usize,
) -> Result<()> {
    let len = product(sides);
    if len == Some(got) {
        return Ok(());
    }
    let len = len.map_or("more than memory holds".into(), |len| len.to_string());
    Err(Error::invalid(argument, format!("must have {formula} = {len} values"), got))
}
