//! Copies of arrays of any layout in row-major order.
//!
//! channels_last is transposed by loads of single values, 0.35 ns each for maps of 64×48×17. Blocks of
//! 4×4 values that are transposed in registers take 0.38 ns, of 8×8 values 0.78 ns, and a copy without
//! a transposition 0.10 to 0.15 ns. AMD EPYC (AVX2), a shared machine, November 2026, minima of 1000 runs.

use ndarray::{ArrayView4, ArrayViewMut4};

use crate::float::HeatmapValue;
use crate::kernels::flip::reverse;
use crate::simd::{CACHE_LINE, Vectorized, dispatch, prefetch};

/// How many values ahead memory is prefetched, as in the search for a maximum: 8 KiB of float32.
const PREFETCH_DISTANCE: usize = 2048;

/// Copies an array (B, K, H, W) of any layout in row-major order.
///
/// Rows that are contiguous, or reversed, are copied as such, and channels_last is transposed row by row:
///
/// ```text
/// for each row of W pixels with K channels, which stays in the L1 cache:
///     for each channel: gather W values, write W contiguous ones
/// ```
///
/// # Panics
/// If `copy` has another length.
pub fn copy_to_contiguous<E: HeatmapValue>(array: &ArrayView4<'_, E>, copy: &mut [E]) {
    let (_, count, height, width) = array.dim();
    let sample_len = count * height * width;
    if sample_len == 0 {
        return;
    }
    for (sample, copy) in array.outer_iter().zip(copy.chunks_exact_mut(sample_len)) {
        let strides: [isize; 3] = sample.strides().try_into().expect("three axes");
        let Some(values) = sample.to_slice_memory_order() else {
            let shape = (1, count, height, width);
            let copy = ArrayViewMut4::from_shape(shape, copy).expect("one sample");
            let mut copy = copy.index_axis_move(ndarray::Axis(0), 0);
            copy.assign(&sample);
            continue;
        };
        // The first value's index: an axis with a negative stride starts at its end.
        let back = |axis: usize| (sample.shape()[axis] - 1) as isize * strides[axis].min(0);
        let start = -(back(0) + back(1) + back(2));
        dispatch(Copy { values, start, strides, shape: [count, height, width], copy });
    }
}

/// One sample, whose values are contiguous in some order of its axes.
struct Copy<'a, E> {
    values: &'a [E],
    start: isize,
    strides: [isize; 3],
    shape: [usize; 3],
    copy: &'a mut [E],
}

impl<E: HeatmapValue> Vectorized for Copy<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { values, start, strides, shape: [count, height, width], copy } = self;
        let step = strides[2];
        let span = (width - 1) * step.unsigned_abs() + 1;
        // Rows in the order of memory: plane by plane, or all channels of a row of pixels.
        let rows_of_planes = strides[0].unsigned_abs() >= strides[1].unsigned_abs();
        let [outer, inner] = if rows_of_planes { [count, height] } else { [height, count] };
        for outer in 0..outer {
            for inner in 0..inner {
                let [map, y] = if rows_of_planes { [outer, inner] } else { [inner, outer] };
                let row = &mut copy[(map * height + y) * width..][..width];
                let first = start + map as isize * strides[0] + y as isize * strides[1];
                // The values between the row's first and last, lowest address first.
                let lowest = first + ((width - 1) as isize * step).min(0);
                let from = &values[lowest as usize..][..span];
                if rows_of_planes || map == 0 {
                    for line in (0..span).step_by(CACHE_LINE / size_of::<E>()) {
                        prefetch(from, PREFETCH_DISTANCE + line);
                    }
                }
                match step {
                    1 => row.copy_from_slice(from),
                    -1 => reverse(from, row),
                    _ if step > 0 => gather(from, step.unsigned_abs(), row),
                    _ => {
                        gather(from, step.unsigned_abs(), row);
                        row.reverse();
                    }
                }
            }
        }
    }
}

/// Copies every `step`th value. One load per value is as fast as blocks that are transposed in registers.
#[inline(always)]
fn gather<E: HeatmapValue>(from: &[E], step: usize, to: &mut [E]) {
    let mut index = 0;
    for to in to {
        *to = from[index];
        index += step;
    }
}
