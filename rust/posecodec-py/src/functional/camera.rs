//! Projection between camera coordinates and images.

use numpy::PyUntypedArrayMethods;
use posecodec::Float;
use posecodec::Shape;
use posecodec::functional::{self, Intrinsics};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat};

use super::points::{first_columns, in_precision};
use crate::class::OptionalArg;
use crate::class::parse::{describe, flag, integer};
use crate::convert::{
    ComputePrecision, CoordArray, DtypePolicy, PromotedArray, new_array, real_array, try_vec_of,
};
use crate::encode::pair;
use crate::error::{Result, invalid};

/// Project points from camera coordinates to the image.
///
/// Args:
///     kpts_3d (array): Shape (..., D), D at least 3: x, y and depth; float32 or float64 (other dtypes
///         are converted).
///     fx (float): Focal length along x.
///     fy (float): Focal length along y.
///     cx (float): Principal point, x.
///     cy (float): Principal point, y.
///     shift (bool): Add 1e-8 to the depths. Default: False.
///
/// Returns:
///     array: Shape (..., 2), of the points' dtype, in the units of the focal lengths.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype.
#[pyfunction]
#[pyo3(signature = (kpts_3d, fx, fy, cx, cy, shift=OptionalArg::DEFAULT), text_signature = "(kpts_3d, fx, fy, cx, cy, shift=False)")]
pub(crate) fn camera_to_pixel<'py>(
    kpts_3d: &Bound<'py, PyAny>,
    fx: &Bound<'py, PyAny>,
    fy: &Bound<'py, PyAny>,
    cx: &Bound<'py, PyAny>,
    cy: &Bound<'py, PyAny>,
    shift: OptionalArg<'py>,
) -> Result<Bound<'py, PyAny>> {
    let py = kpts_3d.py();
    let shift = shift.parse_or("shift", flag, false)?;
    let (points, columns) = read_points(kpts_3d)?;
    let camera = intrinsics(&points, [fx, fy, cx, cy])?;
    let mut shape: Vec<_> = points.shape().to_vec();
    shape.pop();
    shape.push(2);
    in_precision!(&points, values => {
        let points = first_columns(values, columns)?;
        let mut pixels = try_vec_of(Default::default(), points.len())?;
        functional::camera_to_pixel(&points, camera, shift, &mut pixels)?;
        Ok(new_array(py, "kpts_3d", &shape, pixels.as_flattened())?)
    })
}

/// Convert image points with depths to camera coordinates.
///
/// Args:
///     kpts_3d (array): Shape (..., D), D at least 3: x and y in the units of the focal lengths, and
///         depth; float32 or float64 (other dtypes are converted). Not modified.
///     fx (float): Focal length along x.
///     fy (float): Focal length along y.
///     cx (float): Principal point, x.
///     cy (float): Principal point, y.
///
/// Returns:
///     array: Shape (..., D), of the points' dtype; depths and other columns are unchanged.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype.
#[pyfunction]
pub(crate) fn pixel_to_camera<'py>(
    kpts_3d: &Bound<'py, PyAny>,
    fx: &Bound<'py, PyAny>,
    fy: &Bound<'py, PyAny>,
    cx: &Bound<'py, PyAny>,
    cy: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (mut points, columns) = read_points(kpts_3d)?;
    let camera = intrinsics(&points, [fx, fy, cx, cy])?;
    in_precision!(&mut points, values => {
        let mut moved = first_columns(values, columns)?;
        functional::pixel_to_camera(&mut moved, camera);
        for (row, point) in values.chunks_exact_mut(columns).zip(&moved) {
            row[..3].copy_from_slice(point);
        }
    });
    points.into_array(kpts_3d.py(), "kpts_3d")
}

/// Project poses from camera coordinates to the image, with root-relative depths in the same units.
///
/// Paper: `MotionBERT <https://arxiv.org/abs/2210.06551>`_ (Zhu et al. 2023).
///
/// Args:
///     root_index (int): Index of the root; negative indices count from the end.
///     kpts_3d_cam (array): Shape (N, K, 3) or (K, 3): x, y and depth; float32 or float64 (other dtypes
///         are converted).
///     camera_param (dict): The camera: ``f``, focal lengths, and ``c``, principal point, arrays of
///         shape (2,) or (2, 1), in pixels. They are used in units of 1000 pixels.
///
/// Returns:
///     tuple:
///     - kpts_3d_image (array): As ``kpts_3d_cam``, in units of the image.
///     - factor (array): Shape (N,), of the same dtype: camera units per image unit.
///
/// Raises:
///     InvalidInputError: For a wrong shape, dtype or index, or a camera without ``f`` or ``c``.
#[pyfunction]
pub(crate) fn camera_to_image_coord<'py>(
    root_index: &Bound<'py, PyAny>,
    kpts_3d_cam: &Bound<'py, PyAny>,
    camera_param: &Bound<'py, PyAny>,
) -> Result<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    const NAME: &str = "kpts_3d_cam";
    let py = kpts_3d_cam.py();
    let root = integer("root_index", "must be the integer index of a keypoint", root_index)?;
    let poses = CoordArray::read(kpts_3d_cam, NAME, DtypePolicy::Promote)?;
    let (people, count) = match *poses.shape() {
        [count, 3] => (1, count),
        [people, count, 3] => (people, count),
        _ => {
            let got = format!("shape {}", Shape(poses.shape()));
            return Err(invalid(py, NAME, "must be of shape (N, K, 3) or (K, 3)", got).into());
        }
    };
    let wanted = "must be a dict with the camera's `f` and `c`";
    let Ok(param) = camera_param.cast::<PyDict>() else {
        return Err(invalid(py, "camera_param", wanted, describe(camera_param)).into());
    };
    let part = |key: &str, name: &str| match param.get_item(key)? {
        Some(values) => pair(&values, name),
        None => Err(invalid(py, "camera_param", wanted, format_args!("no `{key}`"))),
    };
    let camera = [part("f", "camera_param['f']")?, part("c", "camera_param['c']")?];
    in_precision!(&poses, values => {
        let (points, _) = values.as_chunks();
        let mut image = try_vec_of(Default::default(), points.len())?;
        let mut factors = try_vec_of(Float::of(0.0), people)?;
        functional::camera_to_image_coord(root, points, count, camera, &mut image, &mut factors)?;
        let image = new_array(py, NAME, poses.shape(), image.as_flattened())?;
        Ok((image, new_array(py, NAME, &[people], &factors)?))
    })
}

/// Points with at least three columns, and the number of columns.
fn read_points<'py>(points: &Bound<'py, PyAny>) -> PyResult<(CoordArray<'py>, usize)> {
    let array = real_array(points, "kpts_3d")?;
    match *array.shape() {
        // `Shape` has at most 5 dimensions.
        [.., columns] if columns >= 3 && array.ndim() <= 5 => {
            Ok((CoordArray::read(array.as_any(), "kpts_3d", DtypePolicy::Promote)?, columns))
        }
        _ => {
            let wanted = "must be of shape (..., D), D at least 3, with at most 5 dimensions";
            let got = format!("shape {}", Shape(array.shape()));
            Err(invalid(points.py(), "kpts_3d", wanted, got))
        }
    }
}

/// Focal lengths and principal point. A Python number has the points' precision, as in NumPy.
fn intrinsics(
    points: &CoordArray<'_>,
    [fx, fy, cx, cy]: [&Bound<'_, PyAny>; 4],
) -> PyResult<Intrinsics> {
    let read = |number: &Bound<'_, PyAny>, name: &str| -> PyResult<f64> {
        if number.is_exact_instance_of::<PyFloat>() {
            let value: f64 = number.extract()?;
            let single = matches!(points, CoordArray::F32(..));
            return Ok(if single { f64::from(value as f32) } else { value });
        }
        let PromotedArray { values, shape, precision } = PromotedArray::read(number, name)?;
        match (values.as_slice(), points) {
            (&[value], CoordArray::F32(..)) if precision == ComputePrecision::Weak => {
                Ok(f64::from(value as f32))
            }
            (&[value], _) => Ok(value),
            _ => {
                let got = format!("shape {}", Shape(&shape));
                Err(invalid(number.py(), name, "must be a number", got))
            }
        }
    };
    let focal = [read(fx, "fx")?, read(fy, "fy")?];
    Ok(Intrinsics { focal, center: [read(cx, "cx")?, read(cy, "cy")?] })
}
