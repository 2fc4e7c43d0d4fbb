//! Fields of vectors, and shapes around keypoints and the edges between them.

pub mod band_field;
pub mod disc;
pub mod displacement;
pub mod edge_field;
mod lanes;
pub mod limb;
pub mod offset;
pub mod strip;

use crate::float::Float;

/// The square of a number as NumPy computes that of a scalar: with C's `pow`, which rounds numbers halfway
/// between two others differently from a product.
fn scalar_square<T: Float>(number: T) -> T {
    // Hidden from the compiler, which would multiply.
    number.powf(std::hint::black_box(T::of(2.0)))
}
