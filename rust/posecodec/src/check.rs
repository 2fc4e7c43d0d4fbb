//! Checks of arguments that codecs and `functional` share.

use crate::error::{Error, Result, Shape};
use crate::kernels::gaussian::heatmap_3d::GaussianPatch3d;

/// The maximum side of an image or a heatmap.
const MAX_SIDE: usize = 1 << 20;

/// The number of values of an array of this shape; `None` if it overflows.
pub(crate) fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |product, &side| product.checked_mul(side))
}

/// Checks a size `[w, h]` or `[w, h, d]`: all sides must be positive and at most [`MAX_SIDE`].
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

/// Checks that a number is positive, and in a range in which arithmetic does not overflow.
pub(crate) fn positive(argument: &'static str, value: f64) -> Result<f64> {
    if (1e-30..=1e30).contains(&value) {
        Ok(value)
    } else {
        let wanted = "must be a positive finite number, between 1e-30 and 1e30";
        Err(Error::invalid(argument, wanted, value))
    }
}

/// Checks a standard deviation: [`positive`], or 0 for a Gaussian of one heatmap pixel.
pub(crate) fn sigma(argument: &'static str, sigma: f64) -> Result<f64> {
    if sigma == 0.0 { Ok(sigma) } else { positive(argument, sigma) }
}

/// The 3D Gaussian of a standard deviation, which must be [`positive`].
pub(crate) fn gaussian_patch_3d(sigma: f64) -> Result<GaussianPatch3d> {
    /// Offsets along an axis: MMPose allocates arrays of their cube.
    const MAX_OFFSETS: usize = 1 << 16;
    if GaussianPatch3d::count(positive("sigma", sigma)?) > MAX_OFFSETS {
        let wanted = format!("must be at most {}", MAX_OFFSETS / 6);
        return Err(Error::invalid("sigma", wanted, sigma));
    }
    Ok(GaussianPatch3d::new(sigma))
}

/// Checks that there is one sigma for all instances, or one per instance.
pub(crate) fn sigmas(sigmas: usize, instances: usize) -> Result<()> {
    if sigmas == 1 || sigmas >= instances {
        return Ok(());
    }
    let wanted = format!("must be a number, or one for each of {instances} instances");
    Err(Error::invalid("sigma", wanted, format_args!("{sigmas} values")))
}

/// Checks that a number is neither infinite nor NaN.
pub(crate) fn finite(argument: &'static str, value: f64) -> Result<f64> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Error::invalid(argument, "must be a finite number", value))
    }
}

/// Checks a number of heatmap pixels or bins: at least 1, and at most [`MAX_SIDE`].
pub(crate) fn count(argument: &'static str, count: usize) -> Result<usize> {
    if (1..=MAX_SIDE).contains(&count) {
        return Ok(count);
    }
    let wanted = format!("must be a positive integer, at most {MAX_SIDE}");
    Err(Error::invalid(argument, wanted, count))
}

/// The position of an index in an axis of `length`; a negative index counts from the end.
pub(crate) fn index(argument: &'static str, index: isize, length: usize) -> Result<usize> {
    let position =
        if index < 0 { length.checked_sub(index.unsigned_abs()) } else { Some(index as usize) };
    position.filter(|&position| position < length).ok_or_else(|| {
        let wanted =
            format!("must be between -{length} and {length} - 1: there are {length} keypoints");
        Error::invalid(argument, wanted, index)
    })
}

/// Checks a number of taps: odd, and at most the number that [`limited_kernel_size`] allows.
pub(crate) fn kernel_size(argument: &'static str, size: usize) -> Result<usize> {
    if size.is_multiple_of(2) {
        return Err(Error::invalid(argument, "must be a positive odd integer", size));
    }
    limited_kernel_size(argument, size)
}

/// Checks that a kernel with this number of taps can be allocated.
pub(crate) fn limited_kernel_size(argument: &'static str, size: usize) -> Result<usize> {
    // Wider than any heatmap in use, and small enough that a plane with its margins fits in memory.
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

/// Checks that maps are not transposed: W rows and H columns for a codec of heatmap size `[W, H]`.
/// As in MMPose, other sizes than the codec's are decoded.
pub(crate) fn not_transposed(
    argument: &'static str,
    [width, height]: [usize; 2],
    [rows, columns]: [usize; 2],
) -> Result<()> {
    if width == height || [rows, columns] != [width, height] {
        return Ok(());
    }
    let wanted = format!("must have {height} rows and {width} columns per map, not be transposed");
    Err(Error::invalid(argument, wanted, format_args!("{rows} rows and {columns} columns")))
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
