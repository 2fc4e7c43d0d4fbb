//! `to_image`: from a crop back to the image.

use posecodec::functional;
use posecodec::{Crop, Shape};
use pyo3::prelude::*;

use crate::class::parse::size;
use crate::convert::{CoordArray, DtypePolicy, try_with_capacity};
use crate::error::{Result, invalid};

/// Map keypoints from a network's input back to the image that it was cropped from.
///
/// As MMPose's top-down estimators: ``keypoints / input_size * scale + center - 0.5 * scale``. A crop
/// that was rotated needs its inverse affine transform instead.
///
/// Args:
///     keypoints (array): Shape (K, D), (N, K, D) or (B, N, K, D), D at least 2: x and y in input
///         pixels, and values that stay, such as a depth; float32 or float64 (others are
///         converted).
///     center (array): The crop's center in pixels of the image: shape (2,) or (1, 2), or, for
///         keypoints of several crops, (B, K, D) or (B, N, K, D), shape (B, 2).
///     scale (array): The crop's width and height in pixels of the image, of the same
///         shapes as ``center``.
///     input_size (tuple): Input size (w, h) in pixels.
///
/// Returns:
///     array: Keypoints in pixels of the image, of the same shape and dtype, computed in float64.
///
/// Raises:
///     InvalidInputError: For shapes or dtypes that do not fit, or an input size of 0.
#[pyfunction]
pub(crate) fn to_image<'py>(
    keypoints: &Bound<'py, PyAny>,
    center: &Bound<'py, PyAny>,
    scale: &Bound<'py, PyAny>,
    input_size: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let py = keypoints.py();
    let input_size: [usize; 2] = size("input_size", input_size)?;
    if input_size.contains(&0) {
        let wanted = "must be (w, h), two positive integers";
        return Err(invalid(py, "input_size", wanted, Shape(&input_size)).into());
    }
    let mut points = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?.native();
    let (crops, columns) = match *points.shape() {
        [_, columns @ 2..=usize::MAX] => (1, columns),
        [crops, _, columns @ 2..=usize::MAX] | [crops, _, _, columns @ 2..=usize::MAX] => {
            (crops, columns)
        }
        ref shape => {
            let wanted = "must be of shape (K, D), (N, K, D) or (B, N, K, D), D at least 2";
            let got = format_args!("shape {}", Shape(shape));
            return Err(invalid(py, "keypoints", wanted, got).into());
        }
    };
    let center = pairs(center, "center", crops)?;
    let scale = pairs(scale, "scale", crops)?;
    // No value has no crop, however many the shape claims.
    let crops = if points.count() == 0 { 0 } else { crops };
    let mut each = try_with_capacity(crops)?;
    each.extend((0..crops).map(|number| Crop {
        center: center[number % center.len()],
        scale: scale[number % scale.len()],
        input_size,
        use_udp: false, // the transform back is the same
    }));
    match &mut points {
        CoordArray::F32(values, _) => functional::to_image(values, columns, &each),
        CoordArray::F64(values, ..) => functional::to_image(values, columns, &each),
    }?;
    Ok(points.into_array(py, "keypoints")?)
}

/// One pair of numbers for all crops, or one per crop.
fn pairs(object: &Bound<'_, PyAny>, argument: &str, crops: usize) -> PyResult<Vec<[f64; 2]>> {
    let numbers = CoordArray::read(object, argument, DtypePolicy::Promote)?;
    let shape = numbers.shape();
    if !matches!(shape, [2] | [1, 2]) && shape != [crops, 2] {
        let several = format!("must be of shape (2,), or (B, 2): one per crop, for {crops} crops");
        let wanted = if crops == 1 { "must be of shape (2,)" } else { &several };
        let got = format_args!("shape {}", Shape(shape));
        return Err(invalid(object.py(), argument, wanted, got));
    }
    Ok(numbers.to_f64()?.as_chunks().0.to_vec())
}
