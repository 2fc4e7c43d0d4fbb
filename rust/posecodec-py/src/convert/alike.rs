//! Arrays that are decoded together, in the same precision.

use arrayvec::ArrayVec;
use half::f16;
use pyo3::prelude::*;

use super::{Array, NetworkOutput};

/// Several arrays of one precision: their own, or float64 if they differ.
pub(crate) enum SamePrecision<'py, const A: usize> {
    F16([Array<'py, f16>; A]),
    F32([Array<'py, f32>; A]),
    F64([Array<'py, f64>; A]),
}

impl<'py, const A: usize> SamePrecision<'py, A> {
    pub(crate) fn of(responses: [NetworkOutput<'py>; A]) -> PyResult<Self> {
        macro_rules! all_alike {
            ($variant:ident) => {
                if responses.iter().all(|array| matches!(array, NetworkOutput::$variant(_))) {
                    return Ok(Self::$variant(responses.map(|array| match array {
                        NetworkOutput::$variant(array) => array,
                        _ => unreachable!("all have this variant"),
                    })));
                }
            };
        }
        all_alike!(F32);
        all_alike!(F16);
        let doubles = responses.into_iter().map(NetworkOutput::into_f64);
        let arrays: ArrayVec<_, A> = doubles.collect::<PyResult<_>>()?;
        Ok(Self::F64(arrays.into_inner().unwrap_or_else(|_| unreachable!("A arrays"))))
    }
}
