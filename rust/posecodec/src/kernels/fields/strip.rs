//! The pixels near a line.

use std::ops::Range;

/// All points within a distance of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strip {
    /// Where the line crosses row 0.
    start: f64,
    /// Columns per row along the line.
    slope: f64,
    /// Columns from the line to the boundary.
    reach: f64,
}

impl Strip {
    /// The strip that reaches `radius` to both sides of the line through two points.
    ///
    /// Lines that are nearly horizontal, or far away, have the whole plane: the columns of a row could not
    /// be computed accurately.
    pub fn new(from: [f64; 2], to: [f64; 2], radius: f64) -> Self {
        const MAX_SLOPE: f64 = 1e4;
        const MAX_COORDINATE: f64 = 1e6;
        let slope = (to[0] - from[0]) / (to[1] - from[1]);
        if slope.abs() < MAX_SLOPE && from.iter().all(|c| c.abs() < MAX_COORDINATE) {
            let reach = radius * slope.hypot(1.0);
            Self { start: from[0] - slope * from[1], slope, reach }
        } else {
            Self { start: 0.0, slope: 0.0, reach: f64::INFINITY }
        }
    }

    /// The number of columns of a row that are inside, or up to three more; `most` at most.
    pub fn max_len(&self, most: usize) -> usize {
        (2.0 * self.reach + 3.0).min(most as f64) as usize
    }

    /// The first of `len` columns of a row, among which are all of them that are inside. `len` is at
    /// least [`Self::max_len`], or the number of the columns.
    #[inline(always)]
    pub fn start(&self, row: usize, columns: &Range<usize>, len: usize) -> usize {
        // Adding 2^52 leaves the nearest integer in the low bits of the sum.
        const TO_INTEGER: f64 = (1u64 << 52) as f64;
        let start = self.start + self.slope * row as f64 - self.reach - 0.5;
        let (first, last) = (columns.start as f64, (columns.end - len) as f64);
        (start.max(first).min(last) + TO_INTEGER).to_bits() as u32 as usize
    }

    /// Those of the columns of a row that are inside, and up to one before and after them.
    #[inline(always)]
    pub fn columns(&self, row: usize, columns: &Range<usize>) -> Range<usize> {
        let center = self.start + self.slope * row as f64;
        let (first, end) = (columns.start as f64, columns.end as f64);
        // Adding 2^52 leaves the nearest integer in the low bits of the sum.
        let nearest = |value: f64| (value + (1u64 << 52) as f64).to_bits() as u32 as usize;
        let start = nearest((center - self.reach - 0.5).max(first).min(end));
        start..nearest((center + self.reach + 1.5).max(first).min(end)).max(start)
    }
}
