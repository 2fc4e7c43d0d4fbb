//! Functions of numbers.

pub(crate) mod exp;
pub(crate) mod logarithm;
pub mod pairwise_sum;
