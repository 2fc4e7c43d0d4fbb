//! One class map and two offset maps per keypoint: MMPose's `generate_offset_heatmap`.

use crate::float::single;
use crate::simd::{Vectorized, dispatch};

/// One row of offsets along x, and of their squares; reused from keypoint to keypoint.
#[derive(Debug, Default)]
pub struct OffsetBuffers {
    offsets: Vec<f32>,
    squares: Vec<f64>,
}

/// Fills three planes `width` wide: a class map with 1 within `radius` pixels of `center` and 0
/// elsewhere, and the offsets to the center along x and y in units of the radius.
///
/// In double precision, as NumPy computes it.
pub fn fill_offset_planes(
    planes: [&mut [f32]; 3],
    width: usize,
    center: [f64; 2],
    radius: f64,
    buffers: &mut OffsetBuffers,
) {
    let OffsetBuffers { offsets, squares } = buffers;
    offsets.resize(width, 0.0);
    squares.resize(width, 0.0);
    dispatch(OffsetKernel { planes, center, radius, offsets, squares });
}

/// The offsets of the pixels of one axis to the coordinate `center`, in units of the radius, and their
/// squares: [`fill_offset_planes`] along one axis. The class map is 1 where the squares of both axes add
/// up to at most 1.
pub fn offset_profile(offsets: &mut [f32], squares: &mut [f64], center: f64, radius: f64) {
    dispatch(OffsetProfileKernel { offsets, squares, center, radius });
}

struct OffsetProfileKernel<'a> {
    offsets: &'a mut [f32],
    squares: &'a mut [f64],
    center: f64,
    radius: f64,
}

impl Vectorized for OffsetProfileKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { offsets, squares, center, radius } = self;
        for (pixel, (offset, square)) in offsets.iter_mut().zip(squares).enumerate() {
            let exact = (center - pixel as f64) / radius;
            (*offset, *square) = (single(exact), exact * exact);
        }
    }
}

struct OffsetKernel<'a> {
    planes: [&'a mut [f32]; 3],
    center: [f64; 2],
    radius: f64,
    offsets: &'a mut [f32],
    squares: &'a mut [f64],
}

impl Vectorized for OffsetKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { planes: [class, along_x, along_y], center, radius, offsets, squares } = self;
        let width = offsets.len();
        OffsetProfileKernel { offsets, squares, center: center[0], radius }.run();
        let rows = class.chunks_exact_mut(width).zip(along_x.chunks_exact_mut(width));
        let rows = rows.zip(along_y.chunks_exact_mut(width));
        for (y, ((class, along_x), along_y)) in rows.enumerate() {
            let exact = (center[1] - y as f64) / radius;
            along_x.copy_from_slice(offsets);
            along_y.fill(single(exact));
            let square_y = exact * exact;
            if square_y <= 1.0 {
                for (pixel, &square_x) in class.iter_mut().zip(&*squares) {
                    *pixel = if square_x + square_y <= 1.0 { 1.0 } else { 0.0 };
                }
            } else {
                class.fill(0.0);
            }
        }
    }
}
