//! Parts of rows as vectors of [`LANES`] values.
//!
//! The rows of a shape are short, so they are read and written as whole vectors: remainders would take
//! longer than everything else. Lanes outside a span are masked by the kernels.

use std::ops::Range;

/// Values of a row that are computed together: one AVX-512 or two AVX2 vectors of float64.
pub(super) const LANES: usize = 8;

/// Where a vector of a span begins, and which of its lanes belong to the span.
pub(super) struct Part {
    pub(super) at: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The vectors that cover a span of a row. The last one of a row is moved back, so that it is whole.
#[inline(always)]
pub(super) fn parts(span: Range<usize>, width: usize) -> impl Iterator<Item = Part> {
    let last = width.saturating_sub(LANES);
    span.clone().step_by(LANES).map(move |start| {
        let at = start.min(last);
        Part { at, from: start - at, to: (span.end - at).min(LANES) }
    })
}

/// The values from `at` on; zeros after the end of a row that is shorter than a vector.
#[inline(always)]
pub(super) fn load<T: Copy + Default>(row: &[T], at: usize) -> [T; LANES] {
    let values = &row[at..];
    values.first_chunk().copied().unwrap_or_else(|| {
        let mut lanes = [T::default(); LANES];
        lanes[..values.len()].copy_from_slice(values);
        lanes
    })
}

/// Replaces the values from `at` on, up to the end of the row.
#[inline(always)]
pub(super) fn store(row: &mut [f32], at: usize, lanes: &[f32; LANES]) {
    let values = &mut row[at..];
    if let Some(values) = values.first_chunk_mut() {
        *values = *lanes;
    } else {
        let len = values.len();
        values.copy_from_slice(&lanes[..len]);
    }
}
