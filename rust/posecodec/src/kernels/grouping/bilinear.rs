//! A map's value between its cells, as torch's `grid_sample` with `padding_mode='border'`.

use crate::float::{Float, HeatmapValue};

/// The value of a plane `width` wide at `at`, which counts cells from 0 to length - 1 along each axis,
/// where the reference's sampler takes `align_corners=False`.
///
/// The reference scales coordinates to [-1, 1] by length - 1 and the sampler scales them back by
/// length: what is read lies off `at` by up to half a cell at the borders. NaN reads the first cell.
pub fn sample_unaligned<T: Float, E: HeatmapValue>(plane: &[E], width: usize, at: [T; 2]) -> f64 {
    let sides = [width, plane.len() / width];
    let [(x, x_share), (y, y_share)] = [0, 1].map(|axis| unaligned(at[axis], sides[axis]));
    let next = [(x + 1).min(sides[0] - 1), (y + 1).min(sides[1] - 1)];
    let value = |x: usize, y: usize| plane[y * width + x].as_f64();
    let one = T::one().as_f64();
    value(x, y) * ((one - x_share) * (one - y_share))
        + value(next[0], y) * (x_share * (one - y_share))
        + value(x, next[1]) * ((one - x_share) * y_share)
        + value(next[0], next[1]) * (x_share * y_share)
}

/// The cell before the place along an axis, and the share of the next one, in the coordinate's own
/// precision.
fn unaligned<T: Float>(at: T, length: usize) -> (usize, f64) {
    let two = T::of(2.0);
    let last = T::of((length - 1) as f64);
    let relative = at / last * two - T::one();
    let place = ((relative + T::one()) * T::of(length as f64) - T::one()) / two;
    // The order matters: NaN becomes 0.
    let place = if place > T::zero() { place } else { T::zero() };
    let place = if place < last { place } else { last };
    let cell = place.floor();
    (cell.as_f64() as usize, (place - cell).as_f64())
}
