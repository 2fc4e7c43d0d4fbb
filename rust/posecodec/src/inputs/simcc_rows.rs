//! The output of a SimCC network: one vector per axis and row.

use crate::check;
use crate::error::{Error, Result};
use crate::float::HeatmapValue;

/// One vector per axis for each row, row after row.
#[derive(Debug, Clone, Copy)]
pub struct SimccRows<'a, E, const A: usize = 2> {
    /// Responses along x and y (and z).
    pub responses: [&'a [E]; A],
    /// Bins along x and y (and z).
    pub bins: [usize; A],
}

impl<'a, E: HeatmapValue, const A: usize> SimccRows<'a, E, A> {
    /// Checks that there is at least one bin per vector, and one vector per axis for each row of
    /// `shape`, which `formula` names.
    pub(crate) fn check(
        &self,
        arguments: [&'static str; A],
        formula: &str,
        shape: &[usize],
    ) -> Result<()> {
        for (axis, argument) in arguments.into_iter().enumerate() {
            let bins = self.bins[axis];
            if bins == 0 {
                return Err(Error::invalid(argument, "must have at least one bin", "none"));
            }
            let sides: Vec<usize> = shape.iter().copied().chain([bins]).collect();
            check::len(argument, &format!("{formula}·W"), &sides, self.responses[axis].len())?;
        }
        Ok(())
    }

    /// The rows of the sample with this number, `each` per sample.
    pub(crate) fn sample(&self, number: usize, each: usize) -> Self {
        let part = |axis: usize| {
            let length = each * self.bins[axis];
            &self.responses[axis][number * length..][..length]
        };
        Self { responses: std::array::from_fn(part), bins: self.bins }
    }

    /// The vectors of one row.
    pub(crate) fn row(&self, number: usize) -> [&'a [E]; A] {
        let vector =
            |axis: usize| &self.responses[axis][number * self.bins[axis]..][..self.bins[axis]];
        std::array::from_fn(vector)
    }

    /// The number of values along all axes.
    #[must_use]
    pub fn values(&self) -> usize {
        self.responses.iter().map(|responses| responses.len()).sum()
    }
}

/// The smaller of two values; the first if either is NaN.
#[inline]
pub(crate) fn smaller<E: HeatmapValue>(one: E, other: E) -> E {
    if one.as_f64() > other.as_f64() { other } else { one }
}
