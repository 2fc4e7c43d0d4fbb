//! Arguments that several functions read: keypoints, visibilities, sigmas.

use posecodec::Float;
use posecodec::Shape;
use posecodec::functional::{Keypoints, check_heatmap_size};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};

use crate::class::parse::{self, number};
use crate::convert::{ComputePrecision, CoordArray, DtypePolicy, PromotedArray, try_with_capacity};
use crate::error::{Result, invalid};

/// Calls a generic function with numbers in their own precision.
macro_rules! in_precision {
    ($numbers:expr, $values:ident => $call:expr) => {
        match $numbers {
            $crate::convert::CoordArray::F32($values, _) => $call,
            $crate::convert::CoordArray::F64($values, ..) => $call,
        }
    };
}
pub(super) use in_precision;

/// Calls a generic function with visibilities in their own precision and weights of this shape to
/// fill, and returns the weights as an array of the visibilities' dtype.
macro_rules! weighed {
    ($py:expr, $visible:expr, $shape:expr, |$seen:ident, $weights:ident| $call:expr) => {{
        let shape: $crate::call::Shape = $shape;
        let len = shape.iter().product();
        let weights = match $visible {
            $crate::convert::CoordArray::F32($seen, _) => {
                let mut $weights = $crate::convert::try_vec_of(0f32, len)?;
                $call?;
                $crate::convert::CoordArray::F32($weights, shape)
            }
            $crate::convert::CoordArray::F64($seen, _, dtype) => {
                let mut $weights = $crate::convert::try_vec_of(0f64, len)?;
                $call?;
                $crate::convert::CoordArray::F64($weights, shape, dtype.clone())
            }
        };
        weights.into_array($py, "keypoint_weights")?
    }};
}
pub(super) use weighed;

/// A heatmap size (W, H) or (W, H, D) in pixels.
pub(super) fn heatmap_size<const N: usize>(size: &Bound<'_, PyAny>) -> Result<[usize; N]> {
    Ok(check_heatmap_size(parse::size("heatmap_size", size)?)?)
}

/// The sides of an array of `N` dimensions.
pub(super) fn sides_of<const N: usize>(
    py: Python<'_>,
    name: &str,
    wanted: &str,
    shape: &[usize],
) -> PyResult<[usize; N]> {
    shape.try_into().map_err(|_| wrong_shape(py, name, wanted, shape))
}

/// The error for an array of another shape.
pub(super) fn wrong_shape(py: Python<'_>, name: &str, wanted: &str, got: &[usize]) -> PyErr {
    let got = format_args!("shape {}", Shape(got));
    invalid(py, name, &format!("must be of shape {wanted}"), got)
}

/// The number of columns of keypoints.
#[derive(Clone, Copy)]
pub(super) enum Columns {
    Exactly(usize),
    AtLeast(usize),
}

/// Keypoints of shape (N, K, D).
pub(super) struct Points<'py> {
    pub(super) numbers: CoordArray<'py>,
    pub(super) instances: usize,
    pub(super) count: usize,
    pub(super) columns: usize,
}

impl<'py> Points<'py> {
    /// Reads keypoints, and promotes them as NumPy does for a computation.
    pub(super) fn read(keypoints: &Bound<'py, PyAny>, columns: Columns) -> PyResult<Self> {
        Self::of(
            keypoints,
            columns,
            CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?,
        )
    }

    /// Checks the shape of keypoints that were read.
    pub(super) fn of(
        keypoints: &Bound<'py, PyAny>,
        columns: Columns,
        numbers: CoordArray<'py>,
    ) -> PyResult<Self> {
        let (fits, wanted) = match columns {
            Columns::Exactly(exact) => (exact..=exact, format!("must be of shape (N, K, {exact})")),
            Columns::AtLeast(least) => {
                (least..=usize::MAX, format!("must be of shape (N, K, D), D at least {least}"))
            }
        };
        match *numbers.shape() {
            [instances, count, columns] if fits.contains(&columns) => {
                Ok(Self { numbers, instances, count, columns })
            }
            _ => {
                let got = format!("shape {}", Shape(numbers.shape()));
                Err(invalid(keypoints.py(), "keypoints", &wanted, got))
            }
        }
    }

    /// N and K, the shape of their visibilities.
    pub(super) fn people(&self) -> crate::call::Shape {
        [self.instances, self.count].into_iter().collect()
    }

    /// Visibilities of these keypoints, in their own dtype.
    pub(super) fn read_visible(&self, visible: &Bound<'py, PyAny>) -> PyResult<CoordArray<'py>> {
        let numbers = CoordArray::read(visible, "keypoints_visible", DtypePolicy::Keep)?;
        if numbers.shape() == self.people().as_slice() {
            return Ok(numbers);
        }
        let wanted = format!("must be of shape {}, as `keypoints` is", Shape(&self.people()));
        let got = format!("shape {}", Shape(numbers.shape()));
        Err(invalid(visible.py(), "keypoints_visible", &wanted, got))
    }

    /// These points and visibilities for the functions of the crate.
    pub(super) fn sample<'a, T, V, const D: usize>(
        &self,
        points: &'a [[T; D]],
        visible: Option<&'a [V]>,
    ) -> Keypoints<'a, T, V, D> {
        Keypoints { points, visible, instances: self.instances, count: self.count }
    }
}

/// The first `D` of `columns` columns.
pub(super) fn first_columns<T: Float, const D: usize>(
    values: &[T],
    columns: usize,
) -> PyResult<Vec<[T; D]>> {
    let rows = values.chunks_exact(columns);
    let mut first = try_with_capacity(rows.len())?;
    first.extend(rows.map(|row| std::array::from_fn(|column| row[column])));
    Ok(first)
}

/// One or more sigmas, in the precision in which NumPy computes with them.
pub(super) enum Sigmas {
    Single(Vec<f32>),
    Double(Vec<f64>),
}

impl Sigmas {
    /// Reads a number, or one per instance.
    pub(super) fn read(sigma: &Bound<'_, PyAny>) -> PyResult<Self> {
        if sigma.is_exact_instance_of::<PyFloat>() || sigma.is_exact_instance_of::<PyInt>() {
            return Ok(Self::Double(vec![number("sigma", sigma)?]));
        }
        let PromotedArray { values, shape, precision } = PromotedArray::read(sigma, "sigma")?;
        if shape.len() > 1 {
            let wanted = "must be a number, or one per instance";
            return Err(invalid(
                sigma.py(),
                "sigma",
                wanted,
                format_args!("shape {}", Shape(&shape)),
            ));
        }
        Ok(match precision {
            ComputePrecision::Single => {
                Self::Single(values.iter().map(|&sigma| sigma as f32).collect())
            }
            ComputePrecision::Weak | ComputePrecision::Double => Self::Double(values),
        })
    }

    /// Reads a number.
    pub(super) fn one(sigma: &Bound<'_, PyAny>) -> PyResult<Self> {
        let sigmas = Self::read(sigma)?;
        match sigmas.to_f64().len() {
            1 => Ok(sigmas),
            count => {
                let got = format_args!("{count} of them");
                Err(invalid(sigma.py(), "sigma", "must be a number", got))
            }
        }
    }

    /// In double precision.
    pub(super) fn to_f64(&self) -> Vec<f64> {
        match self {
            Self::Single(sigmas) => sigmas.iter().copied().map(f64::from).collect(),
            Self::Double(sigmas) => sigmas.clone(),
        }
    }
}
