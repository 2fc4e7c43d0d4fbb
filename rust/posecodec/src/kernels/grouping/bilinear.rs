//! Bilinear interpolation of a map, as torch's `grid_sample` with `padding_mode='border'`.

use crate::float::{Float, HeatmapValue};

/// The interpolated value of a plane `width` wide at `at`, in pixels.
///
/// MMPose scales coordinates to [-1, 1] as for `align_corners=True`, by length - 1, but calls
/// `grid_sample` with `align_corners=False`, which scales them back by length. So the sampled position
/// is up to half a pixel from `at`, most at the borders; this function does the same. NaN samples the
/// first pixel.
pub fn sample_unaligned<T: Float, E: HeatmapValue>(plane: &[E], width: usize, at: [T; 2]) -> f64 {
    let square = Square::around([width, plane.len() / width], at);
    square.interpolate(|[x, y]| plane[y * width + x])
}

/// Pixels on each side of a window for [`sample_window`].
pub const SAMPLE_WINDOW: usize = 4;

/// [`sample_unaligned`] of a plane of `[W, H]` pixels, from a window of it whose first pixel is one before
/// `start` along each axis. Pixels of the window that are outside the plane are not read. `None` if the
/// window does not have the four pixels: this happens only to planes of millions of pixels per axis, if
/// `start` is within a pixel of `at`.
pub fn sample_window<T: Float, E: HeatmapValue>(
    window: &[E],
    start: [usize; 2],
    size: [usize; 2],
    at: [T; 2],
) -> Option<f64> {
    let square = Square::around(size, at);
    // Along each axis, `first` is not after `next`.
    let fits = (0..2).all(|axis| {
        square.first[axis] + 1 >= start[axis] && square.next[axis] + 1 < start[axis] + SAMPLE_WINDOW
    });
    let index = |axis: usize, pixel: usize| pixel + 1 - start[axis];
    fits.then(|| square.interpolate(|[x, y]| window[index(1, y) * SAMPLE_WINDOW + index(0, x)]))
}

/// The four pixels around a sampled position.
struct Square {
    first: [usize; 2],
    next: [usize; 2],
    /// Of the next pixels, along each axis.
    weights: [f64; 2],
}

impl Square {
    #[inline(always)]
    fn around<T: Float>(size: [usize; 2], at: [T; 2]) -> Self {
        let [(x, x_weight), (y, y_weight)] = [0, 1].map(|axis| unaligned(at[axis], size[axis]));
        let next = [(x + 1).min(size[0] - 1), (y + 1).min(size[1] - 1)];
        Self { first: [x, y], next, weights: [x_weight, y_weight] }
    }

    #[inline(always)]
    fn interpolate<E: HeatmapValue>(&self, value: impl Fn([usize; 2]) -> E) -> f64 {
        let Self { first: [x, y], next, weights: [x_weight, y_weight] } = *self;
        let value = |x, y| value([x, y]).as_f64();
        value(x, y) * ((1.0 - x_weight) * (1.0 - y_weight))
            + value(next[0], y) * (x_weight * (1.0 - y_weight))
            + value(x, next[1]) * ((1.0 - x_weight) * y_weight)
            + value(next[0], next[1]) * (x_weight * y_weight)
    }
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
