//! Gaussian heatmaps: MMPose's `generate_gaussian_heatmaps`, `generate_udp_gaussian_heatmaps` and
//! `generate_unbiased_gaussian_heatmaps`.
//!
//! A Gaussian is separable: a map is the outer product of one profile per axis, so W + H exponentials
//! are enough where MMPose computes W·H.

use crate::float::Float;
use crate::kernels::math::exp::exp_negative;
use crate::simd::{Vectorized, dispatch};

/// The pixels of one axis that a patch covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelRange {
    /// The pixel of the patch's first value; may be before the axis.
    pub left: i64,
    /// The first covered pixel of the axis.
    pub start: usize,
    /// One past the last covered pixel; at least `start`.
    pub end: usize,
}

impl PixelRange {
    /// The number of covered pixels.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether no pixel is covered: a patch may touch the border without covering a pixel.
    pub fn is_empty(&self) -> bool {
        self.end == self.start
    }
}

/// MMPose's patch of 3 sigma along one axis; it is the same for both axes.
///
/// It has `ceil(2·3σ + 1)` values around the index `(2·3σ + 1) // 2`, and its corner is truncated toward
/// zero: if 3σ is not an integer, the peak may be one pixel off, as in MMPose.
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

/// The longest profile that is kept as a table: 256 KiB, sigma 10 922. Longer ones are computed per call.
const MAX_TABLE: f64 = 65_536.0;

impl GaussianPatch {
    /// The patch of a Gaussian of this sigma, in heatmap pixels. Sigma must not be negative; 0 covers one
    /// pixel.
    pub fn new(sigma: f64) -> Self {
        // Patches of more than 1e15 pixels cover every axis, and integers of that size are exact.
        let radius = (sigma * 3.0).min(1e15);
        Self::with_extent(sigma, radius, 2.0 * radius + 1.0)
    }

    /// The patch of a sigma that MMPose has in single precision, in which it also computes the extent of
    /// the patch. A sigma of 0 or NaN covers one pixel.
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
        if size <= MAX_TABLE {
            let mut profile = vec![0.0; size.ceil() as usize];
            fill_profile(&mut profile, 0.0, patch.center, patch.exponent);
            patch.profile = profile;
        }
        patch
    }

    /// The pixels of an axis of `length` pixels that the patch around the pixel `mu` covers; `None` if
    /// MMPose finds no part of it inside and drops the keypoint.
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
        let pixel = at.map(|coordinate| (coordinate + T::of(0.5)).as_f64() as i64);
        let (x, y) = self.span(pixel[0], width).zip(self.span(pixel[1], height))?;
        let spans = [x, y];
        if !x.is_empty() && !y.is_empty() {
            let shift = |axis: usize| match center {
                Center::Rounded => 0.0,
                Center::Exact => at[axis].as_f64() - pixel[axis] as f64,
            };
            let x = AxisProfile { start: x.start, values: self.profile(x, shift(0), scratch_x) };
            let y = AxisProfile { start: y.start, values: self.profile(y, shift(1), scratch_y) };
            draw_gaussian(plane, width, x, y, blend == Blend::Max);
        }
        Some(spans)
    }

    /// The values of the patch over a span, with the peak `shift` pixels after the rounded center: from
    /// the table without a shift, otherwise computed into `scratch`.
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

/// Profiles are computed in multiples of this length, so that there is no scalar remainder. Multiples of
/// 4, 8 and 16 take the same time: 0.10 µs for a patch of sigma 2, 0.28 µs for a whole 64×48 plane.
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

/// Values along a part of an axis.
#[derive(Debug, Clone, Copy)]
pub struct AxisProfile<'a> {
    /// The first pixel.
    pub start: usize,
    /// One value per pixel.
    pub values: &'a [f32],
}

/// Writes the outer product of two profiles into a plane `width` wide. If `merge`, the larger value of
/// both stays; otherwise the plane must hold zeros there.
#[inline]
pub fn draw_gaussian(
    plane: &mut [f32],
    width: usize,
    x: AxisProfile<'_>,
    y: AxisProfile<'_>,
    merge: bool,
) {
    dispatch(PatchKernel { plane, width, x, y, merge });
}

/// Pixels of a row that are written together: one AVX-512 or two AVX2 vectors, and most patches at once.
const LANES: usize = 16;

struct PatchKernel<'a> {
    plane: &'a mut [f32],
    width: usize,
    x: AxisProfile<'a>,
    y: AxisProfile<'a>,
    merge: bool,
}

impl Vectorized for PatchKernel<'_> {
    type Output = ();

    /// Rows are written as whole vectors, including zeros on both sides of the profile: a patch row is
    /// shorter than two vectors, and remainders would cost more than everything else.
    #[inline(always)]
    fn run(self) {
        let Self { plane, width, x, y, merge } = self;
        let (end, rows) = (x.start + x.values.len(), y.start * width..);
        if width < LANES {
            for (row, &wy) in plane[rows].chunks_exact_mut(width).zip(y.values) {
                write_row(&mut row[x.start..end], x.values, wy, merge);
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
                let pixels: &mut [f32; LANES] =
                    row[start..].first_chunk_mut().expect("room for a vector");
                write_row(pixels, &values, wy, merge);
            }
        }
    }
}

/// A part of a row of the outer product. Outside the profile it is 0, also if `wy` is infinite.
#[inline(always)]
fn write_row(pixels: &mut [f32], values: &[f32], wy: f32, merge: bool) {
    for (pixel, &wx) in pixels.iter_mut().zip(values) {
        let product = if wx > 0.0 { wx * wy } else { 0.0 };
        *pixel = if merge { pixel.max(product) } else { product };
    }
}

/// Whether a part of the box of 3 sigma around a center that is not rounded is inside a map of size
/// `[W, H]`. Compared in the center's own precision, as in MMPose.
#[inline]
pub fn overlaps_map<T: Float>(center: [T; 2], size: [usize; 2], sigma: f64) -> bool {
    let radius = T::of(sigma * 3.0);
    (0..2).all(|axis| {
        !(center[axis] - radius >= T::of(size[axis] as f64)
            || center[axis] + radius + T::one() < T::zero())
    })
}

/// Fills a whole plane `width` wide with a Gaussian whose center is not rounded: MMPose's `unbiased`. If
/// `merge`, the larger value of both stays.
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
        // A subnormal product would take some hundred cycles and is below every tolerance, so it is
        // flushed to 0. The threshold of `wx` for that is divided for several rows together.
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
                    // The last vector overlaps the one before, so that each one is whole.
                    let start = start.min(width - LANES);
                    let values: [f32; LANES] = *x[start..].first_chunk().expect("a vector");
                    let pixels: &mut [f32; LANES] =
                        row[start..].first_chunk_mut().expect("a vector");
                    write_row_flushing_subnormals(pixels, &values, wy, least, merge);
                }
            }
        }
    }
}

/// A part of a row of the outer product, with 0 for values below `least`.
#[inline(always)]
fn write_row_flushing_subnormals(
    pixels: &mut [f32],
    values: &[f32],
    wy: f32,
    least: f32,
    merge: bool,
) {
    for (pixel, &wx) in pixels.iter_mut().zip(values) {
        let product = if wx >= least { wx } else { 0.0 } * wy;
        *pixel = if merge { pixel.max(product) } else { product };
    }
}

/// Divides a plane by its sum; a plane of zeros does not change.
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
        // One division per plane: one per pixel would take three times as long as everything else.
        let factor = 1.0 / sum;
        for value in self.0 {
            *value *= factor;
        }
    }
}
