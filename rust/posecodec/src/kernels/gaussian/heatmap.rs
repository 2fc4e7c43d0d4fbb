//! Gaussian heatmaps, as the reference's `generate_gaussian_heatmaps`,
//! `generate_udp_gaussian_heatmaps` and `generate_unbiased_gaussian_heatmaps`.
//!
//! A Gaussian is separable: one profile along each axis and their outer product, so that W + H
//! exponentials are enough where the reference takes W·H.

use crate::float::Float;
use crate::kernels::math::exp::exp_negative;
use crate::simd::{Vectorized, dispatch};

/// The cells of one axis that a patch of 3 sigma around a rounded center covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelRange {
    /// Cell of the patch's first value; may lie before the axis.
    pub left: i64,
    /// First covered cell of the axis.
    pub start: usize,
    /// One past the last covered cell; not below `start`.
    pub end: usize,
}

impl PixelRange {
    /// How many cells are covered.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether no cell is covered: a patch may touch the border and hold nothing.
    pub fn is_empty(&self) -> bool {
        self.end == self.start
    }
}

/// The reference's 3-sigma patch along one axis.
///
/// It has `ceil(2·3σ + 1)` values around the index `(2·3σ + 1) // 2`, and its corner is truncated
/// toward zero: with a non-integer 3σ the peak may sit a cell off, as it does in the reference.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianPatch {
    radius: f64,
    center: f64,
    exponent: f64,
    profile: Vec<f32>,
}

/// Where the peak of a drawn Gaussian is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Center {
    /// At the heatmap pixel that the keypoint rounds to.
    Rounded,
    /// At the keypoint itself.
    Exact,
}

/// How a Gaussian is combined with the values of the map that it is drawn into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blend {
    /// The map holds zeros where the Gaussian is drawn.
    Overwrite,
    /// The larger value of both stays.
    Max,
}

impl Blend {
    /// How an instance is drawn into the maps of all instances: the first one finds zeros.
    #[inline]
    pub fn of_instance(instance: usize) -> Self {
        if instance == 0 { Self::Overwrite } else { Self::Max }
    }
}

/// Longest profile that is kept as a table: 256 KiB, sigma 10 922. Wider ones are computed as needed.
const LONGEST_TABLE: f64 = 65_536.0;

impl GaussianPatch {
    /// The patch of a Gaussian of this sigma, in cells of the map. Sigma must not be negative; 0 leaves
    /// the one cell.
    pub fn new(sigma: f64) -> Self {
        // Beyond 1e15 cells every patch covers every axis, and integers of that size stay exact.
        let radius = (sigma * 3.0).min(1e15);
        Self::with_extent(sigma, radius, 2.0 * radius + 1.0)
    }

    /// The patch of a sigma that the reference holds in single precision, in which it then computes
    /// the patch's extent. A sigma of 0, or none at all, leaves the one cell.
    pub fn of_single(sigma: f32) -> Self {
        let sigma = if sigma > 0.0 { sigma } else { 0.0 };
        let radius = (sigma * 3.0).min(1e15);
        Self::with_extent(sigma.into(), radius.into(), (2.0 * radius + 1.0).into())
    }

    fn with_extent(sigma: f64, radius: f64, size: f64) -> Self {
        let mut patch = Self {
            radius,
            center: (size / 2.0).floor(),
            exponent: exponent(sigma),
            profile: Vec::new(),
        };
        if size <= LONGEST_TABLE {
            let mut profile = vec![0.0; size.ceil() as usize];
            fill_profile(&mut profile, 0.0, patch.center, patch.exponent);
            patch.profile = profile;
        }
        patch
    }

    /// What the patch around the cell `mu` covers of an axis of `length` cells; `None` where the
    /// reference finds no part of it inside, which drops the keypoint.
    #[inline]
    pub fn span(&self, mu: i64, length: usize) -> Option<PixelRange> {
        let left = (mu as f64 - self.radius) as i64;
        let right = (mu as f64 + self.radius + 1.0) as i64;
        let length = length as i64;
        if left >= length || right < 0 {
            return None;
        }
        let (start, end) = (left.max(0), right.min(length));
        Some(PixelRange { left, start: start as usize, end: end.max(start) as usize })
    }

    /// Draws the patch into a plane, around the pixel that `at` rounds to. Returns the pixels that it
    /// covers, `None` where it is outside.
    ///
    /// `scratch` holds profiles between calls. The coordinates are in heatmap pixels, and rounded in
    /// their own precision, as NumPy rounds them.
    #[inline]
    pub fn draw_gaussian<T: Float>(
        &self,
        plane: &mut [f32],
        [width, height]: [usize; 2],
        at: [T; 2],
        center: Center,
        blend: Blend,
        [scratch_x, scratch_y]: &mut [Vec<f32>; 2],
    ) -> Option<[PixelRange; 2]> {
        let cell = at.map(|coordinate| (coordinate + T::of(0.5)).as_f64() as i64);
        let (x, y) = self.span(cell[0], width).zip(self.span(cell[1], height))?;
        let spans = [x, y];
        if !x.is_empty() && !y.is_empty() {
            let shift = |axis: usize| match center {
                Center::Rounded => 0.0,
                Center::Exact => at[axis].as_f64() - cell[axis] as f64,
            };
            let x = AxisProfile { start: x.start, values: self.profile(x, shift(0), scratch_x) };
            let y = AxisProfile { start: y.start, values: self.profile(y, shift(1), scratch_y) };
            draw_gaussian(plane, width, x, y, blend == Blend::Max);
        }
        Some(spans)
    }

    /// The values of the patch over a span, its peak `shift` cells after the rounded center.
    ///
    /// From the table where the peak is not shifted, else written into `scratch`.
    #[inline]
    pub fn profile<'a>(
        &'a self,
        span: PixelRange,
        shift: f64,
        scratch: &'a mut Vec<f32>,
    ) -> &'a [f32] {
        let first = (span.start as i64 - span.left) as usize;
        if shift == 0.0
            && let Some(values) = self.profile.get(first..first + span.len())
        {
            return values;
        }
        scratch.resize(span.len().next_multiple_of(PROFILE_STEP), 0.0);
        fill_profile(scratch, first as f64, self.center + shift, self.exponent);
        &scratch[..span.len()]
    }
}

/// The factor of the squared distance in a Gaussian's exponent; finite for every positive sigma.
#[inline]
pub(crate) fn exponent(sigma: f64) -> f64 {
    (-0.5 / (sigma * sigma)).max(f64::MIN)
}

/// Profiles are filled in whole steps of this many values, so that no scalar remainder is left. Steps
/// of 4, 8 and 16 measure alike: 0.10 µs for a patch of sigma 2, 0.28 µs for a whole 64×48 plane.
pub(crate) const PROFILE_STEP: usize = 8;

/// `exp(exponent · (first + i - center)²)` for each i; 0 where single precision has no normal number.
#[inline]
pub(crate) fn fill_profile(profile: &mut [f32], first: f64, center: f64, exponent: f64) {
    dispatch(ProfileKernel { profile, first, center, exponent });
}

struct ProfileKernel<'a> {
    profile: &'a mut [f32],
    first: f64,
    center: f64,
    exponent: f64,
}

impl Vectorized for ProfileKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { profile, first, center, exponent } = self;
        for (i, value) in profile.iter_mut().enumerate() {
            let distance = first + f64::from(i as u32) - center;
            *value = exp_negative(exponent * distance * distance) as f32;
        }
    }
}

/// Part of an axis and the values there.
#[derive(Debug, Clone, Copy)]
pub struct AxisProfile<'a> {
    /// The first cell.
    pub start: usize,
    /// A value a cell.
    pub values: &'a [f32],
}

/// Puts the outer product of two strips into a plane `width` wide, which holds zeros; or keeps what is
/// larger where `merge` says that something above 0 may be there already.
#[inline]
pub fn draw_gaussian(
    plane: &mut [f32],
    width: usize,
    x: AxisProfile<'_>,
    y: AxisProfile<'_>,
    merge: bool,
) {
    dispatch(StampKernel { plane, width, x, y, merge });
}

/// Cells of a row that are written at once: one AVX-512 or two AVX2 vectors, and most patches whole.
const LANES: usize = 16;

struct StampKernel<'a> {
    plane: &'a mut [f32],
    width: usize,
    x: AxisProfile<'a>,
    y: AxisProfile<'a>,
    merge: bool,
}

impl Vectorized for StampKernel<'_> {
    type Output = ();

    /// Whole vectors, the zeros beside the strip among them: rows as short as a patch's cost more in
    /// remainders than in all else.
    #[inline(always)]
    fn run(self) {
        let Self { plane, width, x, y, merge } = self;
        let (end, rows) = (x.start + x.values.len(), y.start * width..);
        if width < LANES {
            for (row, &wy) in plane[rows].chunks_exact_mut(width).zip(y.values) {
                put(&mut row[x.start..end], x.values, wy, merge);
            }
            return;
        }
        for start in (x.start..end).step_by(LANES) {
            let start = start.min(width - LANES);
            let (from, to) = (start.max(x.start), end.min(start + LANES));
            let mut values = [0f32; LANES];
            values[from - start..to - start]
                .copy_from_slice(&x.values[from - x.start..to - x.start]);
            for (row, &wy) in plane[rows.clone()].chunks_exact_mut(width).zip(y.values) {
                let cells: &mut [f32; LANES] =
                    row[start..].first_chunk_mut().expect("room for a vector");
                put(cells, &values, wy, merge);
            }
        }
    }
}

/// Part of a row of an outer product; beside the strip it is 0, however large `wy` is.
#[inline(always)]
fn put(cells: &mut [f32], values: &[f32], wy: f32, merge: bool) {
    for (cell, &wx) in cells.iter_mut().zip(values) {
        let product = if wx > 0.0 { wx * wy } else { 0.0 };
        *cell = if merge { cell.max(product) } else { product };
    }
}

/// Whether any of the 3-sigma box around a center that is not rounded lies inside a map of size
/// `[W, H]`; in the center's own precision, as the reference compares.
#[inline]
pub fn reaches<T: Float>(center: [T; 2], size: [usize; 2], sigma: f64) -> bool {
    let radius = T::of(sigma * 3.0);
    (0..2).all(|axis| {
        !(center[axis] - radius >= T::of(size[axis] as f64)
            || center[axis] + radius + T::one() < T::zero())
    })
}

/// Fills a whole plane `width` wide with a Gaussian whose center is not rounded (the reference's
/// `unbiased`), keeping what is larger where `merge` says that something may be there already.
/// `scratch` holds the profiles between calls.
pub fn fill_unbiased(
    plane: &mut [f32],
    width: usize,
    center: [f64; 2],
    sigma: f64,
    merge: bool,
    scratch: &mut Vec<f32>,
) {
    let exponent = exponent(sigma);
    let sides = [width, plane.len() / width];
    let [room_x, room_y] = sides.map(|side| side.next_multiple_of(PROFILE_STEP));
    scratch.resize(room_x + room_y, 0.0);
    let (x, y) = scratch.split_at_mut(room_x);
    fill_profile(x, 0.0, center[0], exponent);
    fill_profile(y, 0.0, center[1], exponent);
    dispatch(OuterProductKernel { plane, x: &x[..width], y, merge });
}

struct OuterProductKernel<'a> {
    plane: &'a mut [f32],
    x: &'a [f32],
    y: &'a [f32],
    merge: bool,
}

impl Vectorized for OuterProductKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { plane, x, y, merge } = self;
        let width = x.len();
        // A product below the least normal number would cost a hundred cycles each and is below every
        // tolerance: 0. What that takes of `wx` is divided for several rows at a time.
        for (rows, factors) in plane.chunks_mut(LANES * width).zip(y.chunks(LANES)) {
            let mut least = [0f32; LANES];
            for (least, wy) in least.iter_mut().zip(factors) {
                *least = f32::MIN_POSITIVE / wy;
            }
            for ((row, &wy), &least) in rows.chunks_exact_mut(width).zip(factors).zip(&least) {
                if width < LANES {
                    write_row_flushing_subnormals(row, x, wy, least, merge);
                    continue;
                }
                for start in (0..width).step_by(LANES) {
                    // The last vector overlaps the one before, so that every one is whole.
                    let start = start.min(width - LANES);
                    let values: [f32; LANES] = *x[start..].first_chunk().expect("a vector");
                    let cells: &mut [f32; LANES] =
                        row[start..].first_chunk_mut().expect("a vector");
                    write_row_flushing_subnormals(cells, &values, wy, least, merge);
                }
            }
        }
    }
}

/// Part of a row of an outer product, of the values that are not below `least`.
#[inline(always)]
fn write_row_flushing_subnormals(
    cells: &mut [f32],
    values: &[f32],
    wy: f32,
    least: f32,
    merge: bool,
) {
    for (cell, &wx) in cells.iter_mut().zip(values) {
        let product = if wx >= least { wx } else { 0.0 } * wy;
        *cell = if merge { cell.max(product) } else { product };
    }
}

/// Divides a plane by its sum; a plane of zeros stays.
pub fn normalize(plane: &mut [f32]) {
    dispatch(NormalizeKernel(plane));
}

struct NormalizeKernel<'a>(&'a mut [f32]);

impl Vectorized for NormalizeKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        const LANES: usize = 32;
        let mut sums = [0f32; LANES];
        let (steps, rest) = self.0.as_chunks::<LANES>();
        for step in steps {
            for lane in 0..LANES {
                sums[lane] += step[lane];
            }
        }
        let sum = sums.iter().sum::<f32>() + rest.iter().sum::<f32>() + 1e-24;
        // A division a cell would take three times as long as all the rest.
        let factor = 1.0 / sum;
        for value in self.0 {
            *value *= factor;
        }
    }
}
