//! Spans of rows as whole vectors.

use std::ops::Range;

/// Values of a row that are computed together: one AVX2 vector of float32, or two of float64.
pub(super) const LANES: usize = 8;

/// The span, extended to whole vectors as far as the row is wide enough.
///
/// The rows of a shape are short: the remainder of a loop would take longer than everything else. Its body
/// computes or masks the values outside the span.
#[inline(always)]
pub(super) fn whole_vectors(span: Range<usize>, width: usize) -> Range<usize> {
    let len = span.len().next_multiple_of(LANES).min(width);
    let start = span.start.min(width - len);
    start..start + len
}
