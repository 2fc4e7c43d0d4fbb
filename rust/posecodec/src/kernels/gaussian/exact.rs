//! Gaussians whose profiles and products are computed in double precision and rounded once. Their pixels may
//! be anywhere along the axes: DeepLabCut's and SLEAP's are as far apart as the stride of the network.

use super::profiles::AxisProfile;
use crate::kernels::axes::{Axes, indices_between};
use crate::kernels::math::exp::{MIN_EXPONENT, exp_negative};
use crate::simd::{Vectorized, dispatch};

/// Draws a Gaussian that is not cut off around a center, which is finite: the larger value of both stays.
/// `exponent` is the factor of the squared distance.
///
/// `scratch` holds the profiles between calls.
pub fn draw_gaussian_on(
    plane: &mut [f32],
    axes: Axes<'_>,
    center: [f64; 2],
    exponent: f64,
    scratch: &mut [Vec<f64>; 2],
) {
    // Farther away, single precision has no normal number.
    let reach = (MIN_EXPONENT / exponent).sqrt();
    let mut spans = [0..0, 0..0];
    for (axis, coordinates) in [axes.x, axes.y].into_iter().enumerate() {
        let at = center[axis];
        let span = indices_between(coordinates, [at - reach, at + reach]);
        let squares = coordinates[span.clone()].iter().map(|each| (each - at) * (each - at));
        scratch[axis].clear();
        scratch[axis].extend(squares);
        exponentials(&mut scratch[axis], exponent);
        spans[axis] = span;
    }
    let [x, y] =
        [0, 1].map(|axis| AxisProfile { start: spans[axis].start, values: &scratch[axis][..] });
    if !x.values.is_empty() && !y.values.is_empty() {
        draw_outer_product(plane, axes.x.len(), x, y);
    }
}

/// Replaces squared distances by the values of a Gaussian, `exp(exponent · d²)`; 0 where single precision
/// has no normal number.
pub fn exponentials(squares: &mut [f64], exponent: f64) {
    dispatch(ExponentialKernel { squares, exponent });
}

struct ExponentialKernel<'a> {
    squares: &'a mut [f64],
    exponent: f64,
}

impl Vectorized for ExponentialKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for square in self.squares {
            *square = exp_negative(self.exponent * *square);
        }
    }
}

/// Draws the outer product of two profiles into a plane `width` wide: the larger value of both stays.
pub fn draw_outer_product(
    plane: &mut [f32],
    width: usize,
    x: AxisProfile<'_, f64>,
    y: AxisProfile<'_, f64>,
) {
    dispatch(OuterProductKernel { plane, width, x, y });
}

struct OuterProductKernel<'a> {
    plane: &'a mut [f32],
    width: usize,
    x: AxisProfile<'a, f64>,
    y: AxisProfile<'a, f64>,
}

impl Vectorized for OuterProductKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // A subnormal product would take some hundred cycles; it is 0.
        const MIN: f64 = f32::MIN_POSITIVE as f64;
        let Self { plane, width, x, y } = self;
        let columns = x.start..x.start + x.values.len();
        let rows = plane[y.start * width..].chunks_exact_mut(width);
        for (row, &factor) in rows.zip(y.values) {
            for (pixel, &value) in row[columns.clone()].iter_mut().zip(x.values) {
                let product = value * factor;
                let product = if product >= MIN { product } else { 0.0 };
                *pixel = pixel.max(product as f32);
            }
        }
    }
}
