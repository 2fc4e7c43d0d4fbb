//! Part affinity fields as SLEAP makes them: unit vectors along an edge, times a ridge around it.
//!
//! The ridge is `exp(-d⁴ / 2σ²)` of the distance d to the edge, which is not separable: each pixel takes an
//! exponential. Only pixels near the edge are computed: values below 1e-16 are zero.
//!
//! ```text
//! for each row of the box around the edge:
//!     columns = those within the radius of the edge's line, as many whole vectors for each row
//!     for each of them:
//!         along = projection onto the edge, between 0 and 1
//!         across = vector from the pixel to the projection
//!         add exp(-|across|⁴ / 2σ²) · unit to both planes
//! ```
//!
//! Distances are computed in the keypoints' precision, in the order of SLEAP, because they are
//! differences of large numbers; so is the exponential.

use std::hint::select_unpredictable;
use std::ops::Range;

use super::lanes::{LANES, whole_vectors};
use super::strip::Strip;
use crate::float::Float;
use crate::kernels::axes::UniformGrid;
use crate::kernels::math::exp::exp_negative_of;
use crate::simd::{Vectorized, dispatch};

/// Values below e^-37, which is 1e-16, are zero.
const MAX_EXPONENT: f64 = 37.0;

/// Adds the field of the edge between two points to the planes of the vectors' x and y. Edges that are not
/// finite, or points, have no field.
///
/// `scratch` holds the columns' coordinates between calls.
pub fn add_edge_field<T: Float>(
    planes: [&mut [f32]; 2],
    grid: UniformGrid,
    [from, to]: [[T; 2]; 2],
    sigma: f64,
    scratch: &mut Vec<T>,
) {
    let step = [to[0] - from[0], to[1] - from[1]];
    let square = step[0] * step[0] + step[1] * step[1];
    let unit = step.map(|side| side / square.sqrt());
    if !square.is_finite() || !unit.iter().all(|side| side.is_finite()) {
        return;
    }
    let radius = (2.0 * MAX_EXPONENT * sigma * sigma).sqrt().sqrt() / grid.stride;
    let points = [from, to].map(|point| point.map(|c| c.as_f64() / grid.stride));
    let [columns, rows] = [0, 1].map(|axis| {
        let [one, other] = points.map(|point| point[axis]);
        grid.covered(axis, [one.min(other) - radius, one.max(other) + radius])
    });
    let strip = Strip::new(points[0], points[1], radius);
    let columns = whole_vectors(columns, grid.size[0]);
    scratch.resize(grid.size[0], T::zero());
    dispatch(EdgeKernel {
        planes,
        grid,
        from,
        step,
        square: square.max(T::one()),
        unit,
        // Neither infinite nor 0, of which the product with a distance might be NaN.
        exponent: T::of(-0.5 / (sigma * sigma)).max(T::min_value()).min(-T::min_positive_value()),
        strip,
        columns,
        rows,
        offsets: scratch,
    });
}

struct EdgeKernel<'a, T> {
    planes: [&'a mut [f32]; 2],
    grid: UniformGrid,
    from: [T; 2],
    step: [T; 2],
    square: T,
    unit: [T; 2],
    exponent: T,
    strip: Strip,
    columns: Range<usize>,
    rows: Range<usize>,
    /// The columns' coordinates, from that of the first point on.
    offsets: &'a mut [T],
}

impl<T: Float> Vectorized for EdgeKernel<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { planes: [along_x, along_y], grid, from, step, square, unit, .. } = self;
        let (width, stride) = (grid.size[0], grid.stride);
        for (column, offset) in self.offsets.iter_mut().enumerate() {
            *offset = T::of(f64::from(column as u32) * stride) - from[0];
        }
        let (most, least) = (self.columns.len(), T::of(-MAX_EXPONENT));
        let len = self.strip.max_len(most).next_multiple_of(LANES).min(most);
        for row in self.rows {
            let y = T::of(row as f64 * stride) - from[1];
            let y_along = y * step[1];
            let start = self.strip.start(row, &self.columns, len);
            let span = start..start + len;
            let in_row = row * width + span.start..row * width + span.end;
            let fields = along_x[in_row.clone()].iter_mut().zip(&mut along_y[in_row]);
            for ((field_x, field_y), &x) in fields.zip(&self.offsets[span]) {
                let along = (x * step[0] + y_along) / square;
                let along = select_unpredictable(along > T::zero(), along, T::zero());
                let along = select_unpredictable(along < T::one(), along, T::one());
                let across = [along * step[0] - x, along * step[1] - y];
                let distance = across[0] * across[0] + across[1] * across[1];
                let exponent = distance * distance * self.exponent;
                let near = exponent >= least;
                let weight = select_unpredictable(near, exp_negative_of(exponent), T::zero());
                *field_x = sum(*field_x, weight * unit[0]);
                *field_y = sum(*field_y, weight * unit[1]);
            }
        }
    }
}

/// The sum in the wider precision, rounded to single.
#[inline(always)]
fn sum<T: Float>(value: f32, added: T) -> f32 {
    (f64::from(value) + added.as_f64()) as f32
}
