//! The outer product of two profiles: a Gaussian heatmap.

use super::profiles::AxisProfile;
use crate::simd::{Vectorized, dispatch};

/// Writes the outer product of two profiles into a plane `width` wide. If `merge`, the larger value of
/// both stays; otherwise the plane must hold zeros there.
#[inline]
pub fn outer_product(
    plane: &mut [f32],
    width: usize,
    x: AxisProfile<'_>,
    y: AxisProfile<'_>,
    merge: bool,
) {
    dispatch(PatchKernel { plane, width, x, y, merge });
}

/// Pixels of a row that are written together: one AVX-512 or two AVX2 vectors, and most patches at once.
pub(super) const LANES: usize = 16;

struct PatchKernel<'a> {
    plane: &'a mut [f32],
    width: usize,
    x: AxisProfile<'a>,
    y: AxisProfile<'a>,
    merge: bool,
}

impl Vectorized for PatchKernel<'_> {
    type Output = ();

    /// Rows are written as whole vectors, including zeros on both sides of the profile: a patch row is
    /// shorter than two vectors, and remainders would cost more than everything else.
    #[inline(always)]
    fn run(self) {
        let Self { plane, width, x, y, merge } = self;
        let (end, rows) = (x.start + x.values.len(), y.start * width..);
        if width < LANES {
            for (row, &wy) in plane[rows].chunks_exact_mut(width).zip(y.values) {
                write_row(&mut row[x.start..end], x.values, wy, merge);
            }
            return;
        }
        for start in (x.start..end).step_by(LANES) {
            let start = start.min(width - LANES);
            let (from, to) = (start.max(x.start), end.min(start + LANES));
            let mut values = [0f32; LANES];
            values[from - start..to - start]
                .copy_from_slice(&x.values[from - x.start..to - x.start]);
            for (row, &wy) in plane[rows.clone()].chunks_exact_mut(width).zip(y.values) {
                let pixels: &mut [f32; LANES] =
                    row[start..].first_chunk_mut().expect("room for a vector");
                write_row(pixels, &values, wy, merge);
            }
        }
    }
}

/// A part of a row of the outer product. Outside the profile it is 0, also if `wy` is infinite.
#[inline(always)]
fn write_row(pixels: &mut [f32], values: &[f32], wy: f32, merge: bool) {
    for (pixel, &wx) in pixels.iter_mut().zip(values) {
        let product = if wx > 0.0 { wx * wy } else { 0.0 };
        *pixel = if merge { pixel.max(product) } else { product };
    }
}

/// Fills a whole plane, `x.len()` wide, with the outer product of two profiles; products that have no
/// normal number in single precision are 0. If `merge`, the larger value of both stays. Only as many
/// values of `y` are read as the plane has rows.
#[inline]
pub fn full_outer_product(plane: &mut [f32], x: &[f32], y: &[f32], merge: bool) {
    dispatch(OuterProductKernel { plane, x, y, merge });
}

struct OuterProductKernel<'a> {
    plane: &'a mut [f32],
    x: &'a [f32],
    y: &'a [f32],
    merge: bool,
}

impl Vectorized for OuterProductKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plane, x, y, merge } = self;
        let width = x.len();
        // A subnormal product would take some hundred cycles and is below every tolerance, so it is
        // flushed to 0. The threshold of `wx` for that is divided for several rows together.
        for (rows, factors) in plane.chunks_mut(LANES * width).zip(y.chunks(LANES)) {
            let mut least = [0f32; LANES];
            for (least, wy) in least.iter_mut().zip(factors) {
                *least = f32::MIN_POSITIVE / wy;
            }
            for ((row, &wy), &least) in rows.chunks_exact_mut(width).zip(factors).zip(&least) {
                write_row_in_vectors(row, x, wy, least, merge);
            }
        }
    }
}

/// A row of the outer product, with 0 for values below `least`, as whole vectors.
#[inline(always)]
pub(super) fn write_row_in_vectors(
    row: &mut [f32],
    values: &[f32],
    wy: f32,
    least: f32,
    merge: bool,
) {
    if values.len() < LANES {
        write_row_flushing_subnormals(row, values, wy, least, merge);
        return;
    }
    for start in (0..values.len()).step_by(LANES) {
        // The last vector overlaps the one before, so that each one is whole.
        let start = start.min(values.len() - LANES);
        let values: [f32; LANES] = *values[start..].first_chunk().expect("a vector");
        let pixels: &mut [f32; LANES] = row[start..].first_chunk_mut().expect("a vector");
        write_row_flushing_subnormals(pixels, &values, wy, least, merge);
    }
}

/// A part of a row of the outer product, with 0 for values below `least`.
#[inline(always)]
fn write_row_flushing_subnormals(
    pixels: &mut [f32],
    values: &[f32],
    wy: f32,
    least: f32,
    merge: bool,
) {
    for (pixel, &wx) in pixels.iter_mut().zip(values) {
        let product = if wx >= least { wx } else { 0.0 } * wy;
        *pixel = if merge { pixel.max(product) } else { product };
    }
}
