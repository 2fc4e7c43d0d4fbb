//! MotionBERT's factors: given, or to be worked out.

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use posecodec::Shape;
use posecodec::codecs::{Camera, DEFAULT_FACTOR, needs_factor};
use pyo3::prelude::*;

use super::camera::Cameras;
use super::poses::Poses;
use crate::call::Call;
use crate::convert::{
    Array, contiguous, promotes_to_single, real_array, try_to_vec, try_with_capacity,
};
use crate::error::invalid;

/// The factors of a call.
pub(super) struct Factors<'py> {
    /// As many for each sample: those given, zeros where they are to be worked out.
    pub(super) values: Vec<f64>,
    /// How many.
    pub(super) each: usize,
    /// The array that was given, (B, F, 1), where it gives them all.
    pub(super) kept: Option<Bound<'py, PyUntypedArray>>,
    /// Whether they are answered in double precision.
    pub(super) double: bool,
}

impl<'py> Factors<'py> {
    /// Reads factors of shape (T,), (T, 1), (B, T) or (B, T, 1), where T may be 1 for all frames.
    ///
    /// Those of a camera whose intrinsics are known are worked out, one a frame of the target;
    /// those of another are the same, one a frame of the keypoints.
    pub(super) fn read(
        py: Python<'py>,
        call: Call,
        keypoints: &Poses<'py>,
        target: Option<&Poses<'py>>,
        cameras: &Cameras<'py>,
        given: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let [batch, keypoint_frames, ..] = keypoints.shape;
        let frames = target.map_or(keypoint_frames, |target| target.shape[1]);
        let given =
            given.map(|given| OptionalArg::read(py, call, batch, frames, given)).transpose()?;
        let sample = |number: usize| given.as_ref().map(|given| given.sample(number));
        let is_derived = |number: &usize| needs_factor(sample(*number));
        if let Some(given) = given.as_ref().filter(|_| !(0..batch).any(|n| is_derived(&n))) {
            let shape = call.shape(batch, &[given.each, 1]);
            let kept = given.array.call_method1("reshape", (shape.to_vec(),))?.cast_into()?;
            return Ok(Self {
                values: try_to_vec(given.numbers.values())?,
                each: given.each,
                kept: Some(kept),
                double: false,
            });
        }
        let is_known = |number: &usize| {
            target.is_some() && cameras.get(*number).is_some_and(Camera::has_intrinsics)
        };
        let derived = || (0..batch).filter(is_derived);
        let each = if derived().any(|number| is_known(&number)) { frames } else { keypoint_frames };
        let mut values = try_with_capacity(batch * each)?;
        for number in 0..batch {
            match sample(number).filter(|_| !is_derived(&number)) {
                Some(given) => values.extend(given.iter().cycle().take(each)),
                None if is_known(&number) => values.extend(std::iter::repeat_n(0.0, each)),
                None => values.extend(std::iter::repeat_n(DEFAULT_FACTOR, each)),
            }
        }
        // Those that are worked out have the target's precision, those that cannot be single.
        let target_double = target.is_some_and(|target| target.values.is_double());
        let derived_double = target_double && derived().any(|number| is_known(&number));
        let given_double = given.as_ref().is_some_and(|given| {
            derived().count() < batch && !promotes_to_single(&given.array.dtype())
        });
        Ok(Self { values, each, kept: None, double: derived_double || given_double })
    }
}

/// An array of factors.
struct OptionalArg<'py> {
    array: Bound<'py, PyUntypedArray>,
    numbers: Array<'py, f64>,
    /// Factors a sample.
    each: usize,
}

impl<'py> OptionalArg<'py> {
    fn read(
        py: Python<'py>,
        call: Call,
        batch: usize,
        frames: usize,
        given: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        let array = real_array(given, "factor")?;
        let leading = usize::from(call == Call::Batch).min(array.shape().len());
        let (samples, each) = array.shape().split_at(leading);
        let each = match *each {
            [each] | [each, 1] if each == frames || each == 1 => each,
            _ => usize::MAX,
        };
        if each == usize::MAX || samples.iter().any(|&samples| samples != batch) {
            let wanted =
                format!("must be of shape {}, one a frame", Shape(&call.shape(batch, &[frames])));
            let got = format!("shape {}", Shape(array.shape()));
            return Err(invalid(py, "factor", &wanted, got));
        }
        Ok(Self { numbers: contiguous(&array)?, array, each })
    }

    fn sample(&self, number: usize) -> &[f64] {
        &self.numbers.values()[number * self.each..][..self.each]
    }
}
