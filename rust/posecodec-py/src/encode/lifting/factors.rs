//! MotionBERT's factors: passed, or derived by the core.

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use posecodec::Shape;
use posecodec::codecs::poses::{Camera, FactorValues};
use posecodec::codecs::slices::{Dtype, PassedFactors};
use pyo3::prelude::*;

use crate::call::Call;
use crate::convert::{Array, contiguous, promotes_to_single, real_array};
use crate::error::{Result, invalid};

/// The factors of a call.
pub(super) struct Factors<'py> {
    pub(super) values: FactorValues,
    /// The array that was passed, (B, F, 1), if it has all of them.
    pub(super) kept: Option<Bound<'py, PyUntypedArray>>,
}

impl<'py> Factors<'py> {
    /// Reads factors of shape (T,), (T, 1), (B, T) or (B, T, 1), where T may be 1 for all frames.
    /// `target` has the number of frames and the number type of the 3D poses.
    pub(super) fn read(
        py: Python<'py>,
        call: Call,
        [batch, keypoint_frames]: [usize; 2],
        target: Option<(usize, Dtype)>,
        cameras: &[Camera],
        passed: Option<&Bound<'py, PyAny>>,
    ) -> Result<Self> {
        let frames = target.map_or(keypoint_frames, |(frames, _)| frames);
        let passed = passed.map(|passed| Passed::read(py, call, [batch, frames], passed));
        let passed = passed.transpose()?;
        let numbers = passed.as_ref().map(|passed| PassedFactors {
            values: passed.numbers.values(),
            each: passed.each,
            double: !promotes_to_single(&passed.array.dtype()),
        });
        let values = FactorValues::new(numbers, [batch, keypoint_frames], target, cameras)?;
        let kept = passed.filter(|_| values.dtype.is_none()).map(|passed| {
            let shape = call.shape(batch, &[passed.each, 1]);
            Ok::<_, PyErr>(passed.array.call_method1("reshape", (shape.to_vec(),))?.cast_into()?)
        });
        Ok(Self { values, kept: kept.transpose()? })
    }
}

/// An array of factors.
struct Passed<'py> {
    array: Bound<'py, PyUntypedArray>,
    numbers: Array<'py, f64>,
    /// Factors per sample.
    each: usize,
}

impl<'py> Passed<'py> {
    fn read(
        py: Python<'py>,
        call: Call,
        [batch, frames]: [usize; 2],
        passed: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        let array = real_array(passed, "factor")?;
        let leading = usize::from(call == Call::Batch).min(array.shape().len());
        let (samples, each) = array.shape().split_at(leading);
        let each = match *each {
            [each] | [each, 1] if each == frames || each == 1 => each,
            _ => usize::MAX,
        };
        if each == usize::MAX || samples.iter().any(|&samples| samples != batch) {
            let wanted = format!(
                "must be of shape {}, one factor per frame",
                Shape(&call.shape(batch, &[frames]))
            );
            let got = format!("shape {}", Shape(array.shape()));
            return Err(invalid(py, "factor", &wanted, got));
        }
        Ok(Self { numbers: contiguous(&array)?, array, each })
    }
}
