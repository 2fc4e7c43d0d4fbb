//! The coordinates of the pixels of a map along its axes, where they are not 0, 1, 2, ….

use std::ops::Range;

/// The coordinates of the columns and of the rows of a map.
#[derive(Debug, Clone, Copy)]
pub struct Axes<'a> {
    /// Of the columns, in ascending order.
    pub x: &'a [f64],
    /// Of the rows, in ascending order.
    pub y: &'a [f64],
}

/// The indices of an axis whose coordinates are between `low` and `high`.
#[inline(always)]
pub fn indices_between(axis: &[f64], [low, high]: [f64; 2]) -> Range<usize> {
    let start = axis.partition_point(|&coordinate| coordinate < low);
    let end = axis.partition_point(|&coordinate| coordinate <= high);
    start..end.max(start)
}
