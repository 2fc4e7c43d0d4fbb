//! Elementary functions and sums.

pub(crate) mod exp;
pub(crate) mod logarithm;
pub mod pairwise_sum;
