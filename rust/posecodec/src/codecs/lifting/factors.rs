//! The factors of MotionBERT, from image units to those of the target: passed or derived.

use super::{Camera, DEFAULT_FACTOR, needs_factor};
use crate::element::Dtype;
use crate::error::{Result, try_with_capacity};

/// Factors that were passed.
#[derive(Debug, Clone, Copy)]
pub struct PassedFactors<'a> {
    /// (B, F).
    pub values: &'a [f64],
    /// How many per sample, F: one per frame, or 1.
    pub each: usize,
    /// Whether NumPy computes with them in double precision.
    pub double: bool,
}

/// Factors of a call: `each` per sample.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorValues {
    /// The factors that were passed, zeros for those that are derived.
    pub values: Vec<f64>,
    /// How many per sample.
    pub each: usize,
    /// The number type of the output; `None` if it is the argument itself, all factors being
    /// passed.
    pub dtype: Option<Dtype>,
}

impl FactorValues {
    /// The factors of `batch` samples. Those that were not passed, or whose first is 0, are
    /// derived: one per frame of the target for a camera with known intrinsics; otherwise they are
    /// [`DEFAULT_FACTOR`], one per frame of the keypoints. `target` has the number of frames and
    /// the number type of the 3D poses.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`](crate::Error::OutOfMemory) if they cannot be allocated.
    pub fn new(
        passed: Option<PassedFactors<'_>>,
        [batch, keypoint_frames]: [usize; 2],
        target: Option<(usize, Dtype)>,
        cameras: &[Camera],
    ) -> Result<Self> {
        let sample = |number: usize| {
            passed.map(|passed| &passed.values[number * passed.each..][..passed.each])
        };
        let derived = || (0..batch).filter(|&number| needs_factor(sample(number)));
        if let Some(passed) = passed.filter(|_| derived().next().is_none()) {
            let mut values = try_with_capacity("the factors", passed.values.len())?;
            values.extend_from_slice(passed.values);
            return Ok(Self { values, each: passed.each, dtype: None });
        }
        let is_known = |number: &usize| {
            let camera = cameras.get(if cameras.len() == 1 { 0 } else { *number });
            target.is_some() && camera.is_some_and(Camera::has_intrinsics)
        };
        let any_known = derived().any(|number| is_known(&number));
        let each = target.filter(|_| any_known).map_or(keypoint_frames, |(frames, _)| frames);
        let mut values = try_with_capacity("the factors", batch.saturating_mul(each))?;
        for number in 0..batch {
            match sample(number).filter(|factors| !needs_factor(Some(factors))) {
                Some(factors) => values.extend(factors.iter().cycle().take(each)),
                None if is_known(&number) => values.extend(std::iter::repeat_n(0.0, each)),
                None => values.extend(std::iter::repeat_n(DEFAULT_FACTOR, each)),
            }
        }
        // Derived factors have the target's precision; the default factor has single precision.
        let double_target = target.is_some_and(|(_, dtype)| dtype == Dtype::Float64);
        let double_passed = passed.is_some_and(|passed| passed.double && derived().count() < batch);
        let double = double_target && any_known || double_passed;
        let dtype = Some(if double { Dtype::Float64 } else { Dtype::Float32 });
        Ok(Self { values, each, dtype })
    }
}
