//! Conversions of small arrays, and the precision to which NumPy promotes them.

use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt};

use super::{CoordArray, DtypePolicy, cast, new_array, to_f64, try_to_vec};
use crate::call::Shape;

impl<'py> CoordArray<'py> {
    /// The number of values.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::F32(values, _) => values.len(),
            Self::F64(values, ..) => values.len(),
        }
    }

    /// The numbers in double precision.
    pub(crate) fn to_f64(&self) -> PyResult<Vec<f64>> {
        match self {
            Self::F32(values, _) => to_f64(values),
            Self::F64(values, ..) => try_to_vec(values),
        }
    }

    /// The same values without the dtype that they were converted from: results are float64.
    pub(crate) fn native(self) -> Self {
        match self {
            Self::F64(values, shape, _) => Self::F64(values, shape, None),
            single => single,
        }
    }

    /// A new array of the values, in the original dtype.
    pub(crate) fn into_array(self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::F32(values, shape) => new_array(py, name, &shape, &values),
            Self::F64(values, shape, None) => new_array(py, name, &shape, &values),
            Self::F64(values, shape, Some(dtype)) => cast(&values, &shape, &dtype),
        }
    }
}

/// How NumPy promotes a number in a computation with others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ComputePrecision {
    /// A Python number: to the others' precision.
    Weak,
    Single,
    Double,
}

/// Values in double precision, and their original precision.
pub(crate) struct PromotedArray {
    pub(crate) values: Vec<f64>,
    pub(crate) shape: Shape,
    pub(crate) precision: ComputePrecision,
}

impl PromotedArray {
    /// Reads a number, a numeric array, a torch tensor or nested lists.
    pub(crate) fn read(object: &Bound<'_, PyAny>, argument: &str) -> PyResult<Self> {
        let weak =
            object.is_exact_instance_of::<PyFloat>() || object.is_exact_instance_of::<PyInt>();
        let numbers = CoordArray::read(object, argument, DtypePolicy::Promote)?;
        let precision = match &numbers {
            _ if weak => ComputePrecision::Weak,
            CoordArray::F32(..) => ComputePrecision::Single,
            CoordArray::F64(..) => ComputePrecision::Double,
        };
        Ok(Self {
            shape: numbers.shape().iter().copied().collect(),
            values: numbers.to_f64()?,
            precision,
        })
    }
}
