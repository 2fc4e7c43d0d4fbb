//! MotionBERT's factors: given, or to be worked out.

use numpy::{PyUntypedArray, PyUntypedArrayMethods};
use posecodec::Shape;
use posecodec::codecs::{Camera, UNKNOWN_FACTOR, derives_factor};
use pyo3::prelude::*;

use super::poses::Poses;
use crate::convert::{contiguous, promotes_to_single, real_array};
use crate::encode::Call;
use crate::error::invalid;

/// The factors of a call.
pub(super) struct Factors<'py> {
    /// (B, T) with zeros where they are to be worked out, or (B, T) or (B, 1) where all are given.
    pub(super) values: Vec<f64>,
    /// The array that was given, (B, T, 1), where it gives them all.
    pub(super) kept: Option<Bound<'py, PyUntypedArray>>,
    /// Whether they are answered in double precision.
    pub(super) double: bool,
}

impl<'py> Factors<'py> {
    /// Reads factors of shape (T,), (T, 1), (B, T) or (B, T, 1), where T may be 1 for all frames.
    pub(super) fn read(
        py: Python<'py>,
        call: Call,
        keypoints: &Poses<'py>,
        target: Option<&Poses<'py>>,
        cameras: &[Camera],
        given: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Self> {
        let [batch, frames, ..] = keypoints.shape;
        // Those that are worked out have the target's precision, those that cannot be single.
        let target_double = target.is_some_and(|target| target.values.is_double());
        let is_known = |camera: &Camera| matches!(camera.intrinsics(), Ok(Some(_)));
        let double = target_double && cameras.iter().any(is_known);
        let unknown = if target.is_some() { 0.0 } else { UNKNOWN_FACTOR };
        let Some(given) = given else {
            return Ok(Self { values: vec![unknown; batch * frames], kept: None, double });
        };
        let given = real_array(given, "factor")?;
        let leading = usize::from(call == Call::Batch);
        let (samples, each) = given.shape().split_at(leading.min(given.shape().len()));
        let fits = matches!(*each, [len] | [len, 1] if len == frames || len == 1);
        if !fits || samples.iter().any(|&samples| samples != batch) {
            let wanted = call.shape(batch, &[frames]);
            let wanted = format!("must be of shape {}, one a frame", Shape(&wanted));
            return Err(invalid(
                py,
                "factor",
                &wanted,
                format_args!("shape {}", Shape(given.shape())),
            ));
        }
        let each = each[0];
        let numbers = contiguous::<f64>(&given)?;
        let numbers = numbers.values();
        let sample = |number: usize| &numbers[number * each..][..each];
        let is_derived = |&number: &usize| derives_factor(Some(sample(number)));
        let derived = (0..batch).filter(is_derived).count();
        if derived == 0 {
            let shape = call.shape(batch, &[each, 1]);
            let kept = given.call_method1("reshape", (shape.to_vec(),))?.cast_into()?;
            return Ok(Self { values: numbers.to_vec(), kept: Some(kept), double });
        }
        let mut values = Vec::with_capacity(batch * frames);
        for number in 0..batch {
            let factors = sample(number);
            if is_derived(&number) {
                values.extend(std::iter::repeat_n(unknown, frames));
            } else {
                values.extend(factors.iter().cycle().take(frames));
            }
        }
        let given_double = derived < batch && !promotes_to_single(&given.dtype());
        Ok(Self { values, kept: None, double: double || given_double })
    }
}
