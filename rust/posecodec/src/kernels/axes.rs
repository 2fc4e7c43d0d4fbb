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

/// The pixels of a map: every `stride`-th one of an image, from the first on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UniformGrid {
    /// Map size `[W, H]`.
    pub size: [usize; 2],
    /// Image pixels per pixel of the map.
    pub stride: f64,
}

impl UniformGrid {
    /// The pixels of an axis between two coordinates, in pixels of the map, and up to one before them.
    #[inline(always)]
    pub fn covered(&self, axis: usize, [low, high]: [f64; 2]) -> Range<usize> {
        // What is negative becomes 0.
        let (start, end) = (low as usize, (high + 1.0) as usize);
        let end = end.min(self.size[axis]);
        start.min(end)..end
    }
}
