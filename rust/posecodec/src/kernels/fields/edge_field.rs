//! Part affinity fields as SLEAP makes them: unit vectors along an edge, times a ridge around it.
//!
//! The ridge is `exp(-d⁴ / 2σ²)` of the distance d to the edge. Only pixels whose value is a normal number
//! in single precision are computed. Distances are computed in the keypoints' precision, in the order of
//! SLEAP, because they are differences of large numbers.

use super::capsule::Capsule;
use super::lanes::{LANES, load, parts, store};
use crate::float::Float;
use crate::kernels::axes::{Axes, indices_between};
use crate::kernels::math::exp::{MIN_EXPONENT, exp_negative};
use crate::simd::{Vectorized, dispatch};

/// Adds the field of the edge between two points to the planes of the vectors' x and y. Edges that are not
/// finite, or points, have no field.
pub fn add_edge_field<T: Float>(
    planes: [&mut [f32]; 2],
    axes: Axes<'_>,
    [from, to]: [[T; 2]; 2],
    sigma: f64,
) {
    let step = [to[0] - from[0], to[1] - from[1]];
    let square = step[0] * step[0] + step[1] * step[1];
    let unit = step.map(|side| side / square.sqrt());
    if !square.is_finite() || !unit.iter().all(|side| side.is_finite()) {
        return;
    }
    /// The part by which the area is larger: distances are rounded to single precision.
    const SLACK: f64 = 1.01;
    let radius = SLACK * (-2.0 * MIN_EXPONENT * sigma * sigma).sqrt().sqrt();
    let points = [from, to].map(|point| point.map(Float::as_f64));
    dispatch(EdgeKernel {
        planes,
        axes,
        from,
        step,
        square: square.max(T::one()),
        unit,
        divisor: T::of(2.0 * sigma * sigma),
        capsule: Capsule::new(points[0], points[1], radius),
    });
}

struct EdgeKernel<'a, T> {
    planes: [&'a mut [f32]; 2],
    axes: Axes<'a>,
    from: [T; 2],
    step: [T; 2],
    square: T,
    unit: [T; 2],
    divisor: T,
    capsule: Capsule,
}

impl<T: Float> Vectorized for EdgeKernel<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { planes: [along_x, along_y], axes, from, step, square, unit, divisor, capsule } =
            self;
        let width = axes.x.len();
        for row in indices_between(axes.y, capsule.y_range()) {
            let Some(range) = capsule.x_range(axes.y[row]) else { continue };
            let y = T::of(axes.y[row]) - from[1];
            let in_row = row * width..(row + 1) * width;
            let (row_x, row_y) = (&mut along_x[in_row.clone()], &mut along_y[in_row]);
            for part in parts(indices_between(axes.x, range), width) {
                let columns = load(axes.x, part.at);
                let mut exponents = [0f64; LANES];
                for lane in 0..LANES {
                    let x = T::of(columns[lane]) - from[0];
                    let along = (x * step[0] + y * step[1]) / square;
                    let along = if along > T::zero() { along } else { T::zero() };
                    let along = if along < T::one() { along } else { T::one() };
                    let across = [along * step[0] - x, along * step[1] - y];
                    let distance = across[0] * across[0] + across[1] * across[1];
                    exponents[lane] = (-(distance * distance) / divisor).as_f64();
                }
                let (mut x, mut y) = (load(row_x, part.at), load(row_y, part.at));
                for lane in 0..LANES {
                    let drawn = lane >= part.from && lane < part.to;
                    let value = if drawn { exp_negative(exponents[lane]) } else { 0.0 };
                    let value = T::of(value);
                    x[lane] = (f64::from(x[lane]) + (value * unit[0]).as_f64()) as f32;
                    y[lane] = (f64::from(y[lane]) + (value * unit[1]).as_f64()) as f32;
                }
                store(row_x, part.at, &x);
                store(row_y, part.at, &y);
            }
        }
    }
}
