//! The pixels within a radius of a keypoint.

use std::ops::Range;

/// The columns of a row that are within a disc: those where `squares[column] + square <= limit`.
///
/// `squares` has the squared distances of the columns from the center, which fall up to the column
/// `nearest` and rise from there. The sum is rounded as NumPy rounds it, so that the same pixels are inside.
#[inline(always)]
pub fn disc_row(squares: &[f64], nearest: usize, square: f64, limit: f64) -> Range<usize> {
    let inside = |&along: &f64| along + square <= limit;
    let start = squares[..nearest].partition_point(|along| !inside(along));
    start..nearest + squares[nearest..].partition_point(inside)
}

/// The index of the smallest of squared distances that fall and then rise.
pub fn nearest(squares: &[f64]) -> usize {
    squares.windows(2).take_while(|pair| pair[1] <= pair[0]).count()
}

/// The largest squared distance d² for which `√(d²)² <= radius²`, each step rounded: DeepLabCut computes
/// squares of distances in this way.
pub fn rounded_limit(radius: f64) -> f64 {
    let limit = radius * radius;
    let inside = |square: f64| square.sqrt() * square.sqrt() <= limit;
    let mut last = limit;
    while !inside(last) {
        last = last.next_down();
    }
    while inside(last.next_up()) {
        last = last.next_up();
    }
    last
}
