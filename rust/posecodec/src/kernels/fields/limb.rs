//! Limbs as ridges: a Gaussian of the distance to a line segment, as PoseC3D draws them.
//!
//! A ridge is not separable, so each pixel takes one exponential; but only pixels whose value is a normal
//! number in single precision are computed. Distances are computed in single precision in the order of
//! PoseC3D, because they are differences of large numbers.

use std::hint::select_unpredictable;
use std::ops::Range;

use super::lanes::whole_vectors;
use super::scalar_square;
use super::strip::Strip;
use crate::kernels::gaussian::profiles::exponent;
use crate::kernels::math::exp::{MIN_EXPONENT, exp_negative_of};
use crate::simd::{Vectorized, dispatch};

/// A line segment between two keypoints in heatmap pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limb {
    /// The first keypoint.
    pub start: [f32; 2],
    /// The second keypoint.
    pub end: [f32; 2],
    /// The value on the segment.
    pub value: f64,
}

impl Limb {
    /// The square of the limb's length.
    #[inline(always)]
    pub fn squared_length(&self) -> f32 {
        let [start, end] = [self.start, self.end];
        scalar_square(start[0] - end[0]) + scalar_square(start[1] - end[1])
    }
}

/// Draws a limb, which is not a point, into the pixels of a box of a plane `width` wide: the larger value
/// of both stays.
pub fn draw_limb(
    plane: &mut [f32],
    width: usize,
    limb: Limb,
    sigma: f64,
    columns: Range<usize>,
    rows: Range<usize>,
) {
    /// Pixels by which the area is larger: distances are rounded to single precision.
    const SLACK: f64 = 0.01;
    let radius = (-2.0 * MIN_EXPONENT).sqrt() * sigma + SLACK;
    dispatch(LimbKernel {
        plane,
        width,
        limb,
        length: limb.squared_length(),
        exponent: (exponent(sigma) as f32).max(f32::MIN),
        strip: Strip::new(limb.start.map(f64::from), limb.end.map(f64::from), radius),
        columns,
        rows,
    });
}

struct LimbKernel<'a> {
    plane: &'a mut [f32],
    width: usize,
    limb: Limb,
    /// The square of the limb's length.
    length: f32,
    exponent: f32,
    strip: Strip,
    columns: Range<usize>,
    rows: Range<usize>,
}

impl Vectorized for LimbKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plane, width, limb: Limb { start, end, value }, length, exponent, .. } = self;
        let step = [end[0] - start[0], end[1] - start[1]];
        let value = value as f32;
        for row in self.rows {
            let drawn = self.strip.columns(row, &self.columns);
            let span = whole_vectors(drawn.clone(), width);
            let y = row as f32;
            let (from_start, from_end) = (y - start[1], y - end[1]);
            let (from_start, from_end) = (from_start * from_start, from_end * from_end);
            let at = span.start as i32;
            let drawn = [drawn.start as i32 as f32, drawn.end as i32 as f32];
            let pixels = &mut plane[row * width + span.start..row * width + span.end];
            for (column, pixel) in pixels.iter_mut().enumerate() {
                let x = (at + column as i32) as f32;
                let (left, right) = (x - start[0], x - end[0]);
                let to_start = left * left + from_start;
                let to_end = right * right + from_end;
                let along = (to_start - to_end + length) / 2.0 / length;
                let across = [x - (start[0] + along * step[0]), y - (start[1] + along * step[1])];
                let to_line = across[0] * across[0] + across[1] * across[1];
                let square = select_unpredictable(along >= 1.0, to_end, to_line);
                let square = select_unpredictable(along <= 0.0, to_start, square);
                let ridge = exp_negative_of(exponent * square) * value;
                // Columns outside the box, up to a whole vector, are not drawn.
                let ridge = if x >= drawn[0] && x < drawn[1] { ridge } else { 0.0 };
                *pixel = pixel.max(ridge);
            }
        }
    }
}
