//! Gaussian blur of a plane or vector, whole or in a window, as `cv2.GaussianBlur` computes it.
//!
//! The kernel is separable: columns are summed first, then the sums along rows.
//!
//! ```text
//! sums[x]       = k0·plane[y][x] + Σ kd·(plane[y - d][x] + plane[y + d][x])    for d = 1 … radius
//! blurred[y][x] = k0·sums[x]     + Σ kd·(sums[x - d]     + sums[x + d])
//! ```
//!
//! Whole planes and windows add the same products in the same order, so a sample of a window is
//! bit-identical to the sample of the plane. The two pixels at one distance are added before they are
//! multiplied: a symmetric map stays symmetric, as in OpenCV.

pub mod kernel;
mod near_peak;
mod plane;
mod rescale;
mod vector;
mod window;

pub use plane::{BlurredPeak, blur_plane, blurred_argmax};
pub use rescale::rescale;
pub use vector::{blur_vector, blur_vector_window};
pub use window::{WINDOW_KERNEL, blur_window, blur_window_with_border};

use crate::error::{Result, try_with_capacity};
use crate::simd::CACHE_LINE;
use kernel::GaussianKernel;

/// The values outside a plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// Zeros.
    Zero,
    /// The plane mirrored at the center of its outermost pixels (OpenCV's `BORDER_REFLECT_101`).
    Reflect101,
    /// The plane mirrored at the edges of its outermost pixels (SciPy's `reflect`).
    Reflect,
}

impl Border {
    /// The pixel of an axis of `length` pixels that has the value at `index`; `None` for a zero.
    fn pixel(self, index: i64, length: usize) -> Option<usize> {
        let length = length as i64;
        let inside = (0..length).contains(&index);
        match self {
            _ if inside => Some(index as usize),
            Self::Zero => None,
            Self::Reflect101 if length == 1 => Some(0),
            Self::Reflect101 => {
                let folded = index.rem_euclid(2 * (length - 1));
                Some(folded.min(2 * (length - 1) - folded) as usize)
            }
            Self::Reflect => {
                let folded = index.rem_euclid(2 * length);
                Some(folded.min(2 * length - 1 - folded) as usize)
            }
        }
    }
}

/// Columns that are summed together: two AVX-512 or four AVX2 vectors, all in registers. On a 64×48
/// plane with AVX-512, tiles of 16, 32 and 64 take 4.2, 4.0 and 3.9 µs for 11 taps and 8.8, 8.8 and
/// 7.5 µs for 23; a tile of 64 does not fit into the registers of narrower tiers.
const TILE: usize = 32;

/// Values by which a buffer is longer so that a part of it can begin at a cache line.
const ALIGNMENT: usize = CACHE_LINE / size_of::<f32>();

/// Scratch for blurs, reused from plane to plane.
#[derive(Debug, Default)]
pub struct BlurBuffers {
    /// The plane in single precision with margins above and below, its rows padded to whole tiles.
    rows: Vec<f32>,
    /// Which of the rows are filled.
    filled: Vec<bool>,
    /// One row of vertical sums, or a vector, with margins on both sides.
    sums: Vec<f32>,
    /// The column that each one of the left and right margins is a copy of.
    mirrored: Vec<usize>,
    /// An upper bound of each row of the blurred plane.
    bounds: Vec<f32>,
    /// The blurred plane or vector.
    blurred: Vec<f32>,
}

impl BlurBuffers {
    /// Buffers in which planes of size `[w, h]` are blurred without another allocation.
    ///
    /// # Errors
    /// [`crate::Error::OutOfMemory`].
    pub fn for_planes([width, height]: [usize; 2], kernel: &GaussianKernel) -> Result<Self> {
        const PURPOSE: &str = "scratch of a blur";
        let (radius, stride) = (kernel.radius(), width.next_multiple_of(TILE));
        let padded = height + 2 * radius;
        let rows = stride.saturating_mul(padded).saturating_add(ALIGNMENT);
        Ok(Self {
            rows: try_with_capacity(PURPOSE, rows)?,
            filled: try_with_capacity(PURPOSE, padded)?,
            sums: try_with_capacity(PURPOSE, stride + 2 * radius + 2 * TILE)?,
            mirrored: try_with_capacity(PURPOSE, 2 * radius)?,
            bounds: try_with_capacity(
                PURPOSE,
                near_peak::bounds_len([width, height]).max(2 * padded + TILE),
            )?,
            blurred: try_with_capacity("a blurred plane", width.saturating_mul(height))?,
        })
    }

    /// [`for_planes`](Self::for_planes) for planes of a megabyte or more. Buffers for smaller ones are
    /// allocated when they are needed.
    ///
    /// # Errors
    /// [`crate::Error::OutOfMemory`].
    pub fn for_large_planes(size: [usize; 2], kernel: &GaussianKernel) -> Result<Self> {
        const LARGE: usize = 1 << 18;
        let is_large = size[0].saturating_mul(size[1]) >= LARGE;
        if is_large { Self::for_planes(size, kernel) } else { Ok(Self::default()) }
    }

    /// Buffers in which vectors of this length are blurred without another allocation.
    ///
    /// # Errors
    /// [`crate::Error::OutOfMemory`].
    pub fn for_vectors(len: usize, kernel: &GaussianKernel) -> Result<Self> {
        let extended = len.saturating_add(2 * kernel.radius() + TILE);
        Ok(Self {
            sums: try_with_capacity("scratch of a blur", extended)?,
            blurred: try_with_capacity("a blurred vector", len)?,
            ..Self::default()
        })
    }

    /// The plane or vector that was blurred last.
    pub fn into_blurred(self) -> Vec<f32> {
        self.blurred
    }
}

/// The weighted sum of the tiles that begin at `0, step, 2·step, …` in `values`, one per tap on either
/// side of the center.
#[inline(always)]
fn weighted_sum(taps: &[f32], values: &[f32], step: usize) -> [f32; TILE] {
    let tile = |number: usize| -> &[f32; TILE] {
        values[number * step..].first_chunk().expect("room for whole tiles")
    };
    let radius = taps.len() - 1;
    let mut sum = [0f32; TILE];
    add_product(&mut sum, taps[0], tile(radius));
    for (distance, &tap) in taps.iter().enumerate().skip(1) {
        add_pair(&mut sum, tap, tile(radius - distance), tile(radius + distance));
    }
    sum
}

/// Adds `tap` times the values.
#[inline(always)]
fn add_product<const N: usize>(sum: &mut [f32; N], tap: f32, values: &[f32; N]) {
    for lane in 0..N {
        sum[lane] += tap * values[lane];
    }
}

/// Adds `tap` times the sums of the values on both sides.
#[inline(always)]
fn add_pair<const N: usize>(sum: &mut [f32; N], tap: f32, before: &[f32; N], after: &[f32; N]) {
    for lane in 0..N {
        sum[lane] += tap * (before[lane] + after[lane]);
    }
}
