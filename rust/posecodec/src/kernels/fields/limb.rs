//! Limbs as ridges: a Gaussian of the distance to a line segment, as PoseC3D draws them.
//!
//! A ridge is not separable, so each pixel takes one exponential; but only pixels whose value is a normal
//! number in single precision are computed. Distances are computed in single precision in the order of
//! PoseC3D, because they are differences of large numbers.

use std::ops::Range;

use super::capsule::Capsule;
use super::lanes::{LANES, load, parts, store};
use super::scalar_square;
use crate::kernels::axes::indices_between;
use crate::kernels::math::exp::{MIN_EXPONENT, exp_negative};
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

/// Draws a limb, which is not a point, into the pixels of a box of a plane: the larger value of both
/// stays. `axis` has the coordinates 0, 1, 2, … of the plane's columns.
pub fn draw_limb(
    plane: &mut [f32],
    axis: &[f64],
    limb: Limb,
    sigma: f64,
    columns: Range<usize>,
    rows: Range<usize>,
) {
    /// Pixels by which the area is larger: distances are rounded to single precision.
    const SLACK: f64 = 0.01;
    let radius = (-2.0 * MIN_EXPONENT).sqrt() * sigma + SLACK;
    let capsule = Capsule::new(limb.start.map(f64::from), limb.end.map(f64::from), radius);
    let exponent = -0.5 / (sigma * sigma);
    dispatch(LimbKernel { plane, axis, limb, exponent, capsule, columns, rows });
}

struct LimbKernel<'a> {
    plane: &'a mut [f32],
    axis: &'a [f64],
    limb: Limb,
    exponent: f64,
    capsule: Capsule,
    columns: Range<usize>,
    rows: Range<usize>,
}

impl Vectorized for LimbKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plane, axis, limb, exponent, capsule, columns, rows } = self;
        let width = axis.len();
        let [start, end] = [limb.start, limb.end];
        let step = [end[0] - start[0], end[1] - start[1]];
        let length = limb.squared_length();
        for row in rows {
            let Some(range) = capsule.x_range(row as f64) else { continue };
            let span = indices_between(&axis[columns.clone()], range);
            let span = columns.start + span.start..columns.start + span.end;
            let pixels = &mut plane[row * width..][..width];
            let y = row as f32;
            let (from_start, from_end) = (y - start[1], y - end[1]);
            let (from_start, from_end) = (from_start * from_start, from_end * from_end);
            for part in parts(span, width) {
                let mut squares = [0f64; LANES];
                for lane in 0..LANES {
                    let x = (part.at + lane) as f32;
                    let (left, right) = (x - start[0], x - end[0]);
                    let to_start = left * left + from_start;
                    let to_end = right * right + from_end;
                    let along = (to_start - to_end + length) / 2.0 / length;
                    let across =
                        [x - (start[0] + along * step[0]), y - (start[1] + along * step[1])];
                    let to_line = across[0] * across[0] + across[1] * across[1];
                    let square = if along >= 1.0 { to_end } else { to_line };
                    let square = if along <= 0.0 { to_start } else { square };
                    squares[lane] = f64::from(square);
                }
                let mut values = load(pixels, part.at);
                for lane in 0..LANES {
                    let value = (exp_negative(exponent * squares[lane]) * limb.value) as f32;
                    let drawn = lane >= part.from && lane < part.to;
                    values[lane] = values[lane].max(if drawn { value } else { 0.0 });
                }
                store(pixels, part.at, &values);
            }
        }
    }
}
