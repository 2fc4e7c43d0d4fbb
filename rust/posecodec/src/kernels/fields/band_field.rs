//! Part affinity fields as DeepLabCut makes them: unit vectors along an edge, in a rectangle around it,
//! times a weight that falls from 1 on the edge to 0 at the rectangle's sides.

use std::hint::select_unpredictable;

use super::lanes::whole_vectors;
use super::scalar_square;
use crate::float::Float;
use crate::kernels::axes::{Axes, indices_between};
use crate::simd::{Vectorized, dispatch};

/// Overwrites the planes of the vectors' x and y with the field of the edge between two points, in the
/// rectangle that reaches `width` to both sides.
///
/// Vectors are computed in the keypoints' precision and distances in double precision, as NumPy computes
/// them in DeepLabCut, so that the same pixels are inside.
pub fn write_band_field<T: Float>(
    planes: [&mut [f32]; 2],
    axes: Axes<'_>,
    [from, to]: [[T; 2]; 2],
    width: f64,
) {
    let step = [to[0] - from[0], to[1] - from[1]];
    let length = (scalar_square(step[0]) + scalar_square(step[1])).as_f64().sqrt();
    let unit = step.map(|side| side / T::of(length));
    // A band of no width covers no pixel: distances are divided by it.
    let drawn = length > 0.0 && unit.iter().all(|side| side.is_finite()) && width != 0.0;
    if !drawn {
        return;
    }
    let along = [from, to].map(|point| unit[0] * point[0] + unit[1] * point[1]);
    let along = along.map(Float::as_f64);
    dispatch(BandKernel {
        planes,
        axes,
        unit: unit.map(Float::as_f64),
        along: [along[0].min(along[1]), along[0].max(along[1])],
        offset: (from[1] * unit[0] - from[0] * unit[1]).as_f64(),
        rows: [from[1].min(to[1]).as_f64(), from[1].max(to[1]).as_f64()],
        width,
    });
}

struct BandKernel<'a> {
    planes: [&'a mut [f32]; 2],
    axes: Axes<'a>,
    unit: [f64; 2],
    /// The first and the last distance along the edge's direction.
    along: [f64; 2],
    /// The distance of the edge's line from the origin.
    offset: f64,
    /// The first and the last coordinate of the edge along y.
    rows: [f64; 2],
    width: f64,
}

impl BandKernel<'_> {
    /// Coordinates along x on the line at `y` outside of which no pixel is inside.
    #[inline(always)]
    fn x_range(&self, y: f64) -> [f64; 2] {
        let [x, reach] = [self.unit[0], self.width.abs()];
        let middle = y * x - self.offset;
        let along = solve(x, self.along.map(|end| end - self.unit[1] * y));
        let across = solve(self.unit[1], [middle - reach, middle + reach]);
        [along[0].max(across[0]), along[1].min(across[1])]
    }
}

/// The range of x for which `factor · x` is between two numbers, or nearly.
#[inline(always)]
fn solve(factor: f64, [low, high]: [f64; 2]) -> [f64; 2] {
    if factor.abs() < 1e-6 {
        return [f64::NEG_INFINITY, f64::INFINITY];
    }
    let ends = [low / factor, high / factor];
    [ends[0].min(ends[1]) - SLACK, ends[0].max(ends[1]) + SLACK]
}

/// Input pixels by which the area is larger that is compared with the rectangle.
const SLACK: f64 = 0.5;

impl Vectorized for BandKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(mut self) {
        let [along_x, along_y] = std::mem::take(&mut self.planes);
        let (axes, unit, columns) = (self.axes, self.unit, self.axes.x.len());
        let reach = self.width.abs() + SLACK;
        for row in indices_between(axes.y, [self.rows[0] - reach, self.rows[1] + reach]) {
            let y = axes.y[row];
            let in_row = row * columns..(row + 1) * columns;
            let (row_x, row_y) = (&mut along_x[in_row.clone()], &mut along_y[in_row]);
            let span = whole_vectors(indices_between(axes.x, self.x_range(y)), columns);
            let fields = row_x[span.clone()].iter_mut().zip(&mut row_y[span.clone()]);
            for ((field_x, field_y), &x) in fields.zip(&axes.x[span]) {
                let along = unit[0] * x + unit[1] * y;
                let across = ((y * unit[0] - x * unit[1]) - self.offset) / self.width;
                let weight = 1.0 - across.abs();
                let inside = (along >= self.along[0]) & (along <= self.along[1]);
                let inside = inside & (across.abs() <= 1.0);
                // A store on a condition would take some ten times as long.
                let [x, y] = unit.map(|side| (side * weight) as f32);
                *field_x = select_unpredictable(inside, x, *field_x);
                *field_y = select_unpredictable(inside, y, *field_y);
            }
        }
    }
}
