//! Gaussians that are not cut off, at every `stride`-th pixel of an image, in single precision: SLEAP's.
//!
//! A map is written in blocks of rows, with all Gaussians of a block one after the other: the block stays in
//! the processor's first cache, while planes may not fit in the second. Profiles begin and end at multiples of a
//! vector, so that a Gaussian reads the same vectors that the one before has written: others would have to
//! wait until they are in the cache.

use std::ops::Range;

use super::outer_product::{LANES, write_row_in_vectors};
use super::profiles::fill_profile;
use crate::kernels::axes::UniformGrid;
use crate::kernels::math::exp::MIN_EXPONENT;
use crate::simd::{Vectorized, dispatch};

/// Pixels of a block: half of a cache of 32 KiB.
const BLOCK: usize = 4096;

/// The Gaussians of a map, reused from map to map.
#[derive(Debug, Default)]
pub struct SampledGaussians {
    gaussians: Vec<Placed>,
    /// The profiles of all Gaussians.
    values: Vec<f32>,
}

/// A Gaussian, in pixels of the map.
#[derive(Debug)]
struct Placed {
    columns: Range<usize>,
    rows: Range<usize>,
    /// Where its profiles along x and y begin.
    starts: [usize; 2],
}

impl SampledGaussians {
    /// Fills a plane with the maximum of Gaussians around points, which are finite. `exponent` is the
    /// factor of the squared distance in image pixels.
    pub fn fill(
        &mut self,
        plane: &mut [f32],
        grid: UniformGrid,
        points: impl IntoIterator<Item = [f64; 2]>,
        exponent: f64,
    ) {
        let exponent = exponent * grid.stride * grid.stride;
        // Farther away, single precision has no normal number.
        let reach = (MIN_EXPONENT / exponent).sqrt();
        self.gaussians.clear();
        self.values.clear();
        for point in points {
            let center = point.map(|coordinate| coordinate / grid.stride);
            let [columns, rows] = [0, 1].map(|axis| {
                let covered = grid.covered(axis, [center[axis] - reach, center[axis] + reach]);
                let end = covered.end.next_multiple_of(LANES).min(grid.size[axis]);
                covered.start / LANES * LANES..end
            });
            let starts = [(&columns, center[0]), (&rows, center[1])].map(|(span, center)| {
                let start = self.values.len();
                self.values.resize(start + span.len(), 0.0);
                fill_profile(&mut self.values[start..], span.start as f64, center, exponent);
                start
            });
            self.gaussians.push(Placed { columns, rows, starts });
        }
        dispatch(MaximumKernel {
            plane,
            width: grid.size[0],
            gaussians: &self.gaussians,
            values: &self.values,
        });
    }
}

struct MaximumKernel<'a> {
    plane: &'a mut [f32],
    width: usize,
    gaussians: &'a [Placed],
    values: &'a [f32],
}

impl Vectorized for MaximumKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plane, width, gaussians, values } = self;
        let block_rows = (BLOCK / width).max(1);
        for (number, block) in plane.chunks_mut(block_rows * width).enumerate() {
            block.fill(0.0);
            let (first, end) = (number * block_rows, (number + 1) * block_rows);
            for Placed { columns, rows, starts: [start_x, start_y] } in gaussians {
                let (from, to) = (rows.start.max(first), rows.end.min(end));
                if from >= to {
                    continue;
                }
                let x = &values[*start_x..][..columns.len()];
                let y = &values[start_y + from - rows.start..][..to - from];
                let block = block[(from - first) * width..].chunks_exact_mut(width);
                for (row, &wy) in block.zip(y) {
                    // A subnormal product would take some hundred cycles; it is 0.
                    let least = f32::MIN_POSITIVE / wy;
                    write_row_in_vectors(&mut row[columns.clone()], x, wy, least, true);
                }
            }
        }
    }
}
