//! Bilinear interpolation of a map, as torch's `grid_sample` with `padding_mode='border'`.

use crate::float::{Float, HeatmapValue};

/// The interpolated value of a plane `width` wide at `at`, in pixels.
///
/// MMPose scales coordinates to [-1, 1] as for `align_corners=True`, by length - 1, but calls
/// `grid_sample` with `align_corners=False`, which scales them back by length. So the sampled position
/// is up to half a pixel from `at`, most at the borders; this function does the same. NaN samples the
/// first pixel.
pub fn sample_unaligned<T: Float, E: HeatmapValue>(plane: &[E], width: usize, at: [T; 2]) -> f64 {
    let sides = [width, plane.len() / width];
    let [(x, x_weight), (y, y_weight)] = [0, 1].map(|axis| unaligned(at[axis], sides[axis]));
    let next = [(x + 1).min(sides[0] - 1), (y + 1).min(sides[1] - 1)];
    let value = |x: usize, y: usize| plane[y * width + x].as_f64();
    let one = T::one().as_f64();
    value(x, y) * ((one - x_weight) * (one - y_weight))
        + value(next[0], y) * (x_weight * (one - y_weight))
        + value(x, next[1]) * ((one - x_weight) * y_weight)
        + value(next[0], next[1]) * (x_weight * y_weight)
}

/// The pixel before the sampled position along an axis, and the weight of the pixel after it, in the
/// coordinate's own precision.
fn unaligned<T: Float>(at: T, length: usize) -> (usize, f64) {
    let two = T::of(2.0);
    let last = T::of((length - 1) as f64);
    let relative = at / last * two - T::one();
    let position = ((relative + T::one()) * T::of(length as f64) - T::one()) / two;
    // In this order, NaN becomes 0.
    let position = if position > T::zero() { position } else { T::zero() };
    let position = if position < last { position } else { last };
    let pixel = position.floor();
    (pixel.as_f64() as usize, (position - pixel).as_f64())
}
