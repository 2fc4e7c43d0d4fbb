//! The profiles of Gaussian heatmaps: their values along one axis.
//!
//! A Gaussian is separable: a map is the [outer product](super::outer_product) of one profile per axis,
//! so W + H exponentials are enough where MMPose computes W·H.

use std::ops::Range;

use crate::float::Float;
use crate::kernels::math::exp::exp_negative;
use crate::simd::{Vectorized, dispatch};

/// Values along a part of an axis.
#[derive(Debug, Clone, Copy)]
pub struct AxisProfile<'a, T = f32> {
    /// The first pixel.
    pub start: usize,
    /// One value per pixel.
    pub values: &'a [T],
}

impl AxisProfile<'_> {
    /// The pixels that it covers.
    #[inline]
    pub fn covered(&self) -> Range<usize> {
        self.start..self.start + self.values.len()
    }
}

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

/// Where the peak of a Gaussian is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Center {
    /// At the heatmap pixel that the keypoint rounds to.
    Rounded,
    /// At the keypoint itself.
    Exact,
}

/// MMPose's patch of 3 sigma along one axis; it is the same for both axes.
///
/// It has `ceil(2·3σ + 1)` values around the index `(2·3σ + 1) // 2`, and its corner is truncated toward
/// zero: if 3σ is not an integer, the peak may be one pixel off, as in MMPose.
#[derive(Clone, PartialEq)]
pub struct GaussianPatch {
    radius: f64,
    center: f64,
    exponent: f64,
    profile: Vec<f32>,
}

/// The longest profile that is kept as a table: 256 KiB, sigma 10 922. Longer ones are computed per call.
const MAX_TABLE: f64 = 65_536.0;

/// Without the table.
impl std::fmt::Debug for GaussianPatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("GaussianPatch")
            .field("radius", &self.radius)
            .finish_non_exhaustive()
    }
}

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

    /// The patch around the pixel that `at` rounds to: the pixels that it covers along x and y and its
    /// values there, `None` where MMPose drops the keypoint. Along one of the axes it may cover no pixel.
    ///
    /// `scratch` holds values between calls. The coordinates are in heatmap pixels, and rounded in their
    /// own precision, as NumPy rounds them.
    #[inline]
    pub fn profiles<'a, T: Float>(
        &'a self,
        [width, height]: [usize; 2],
        at: [T; 2],
        center: Center,
        [scratch_x, scratch_y]: &'a mut [Vec<f32>; 2],
    ) -> Option<[AxisProfile<'a>; 2]> {
        let pixel = at.map(|coordinate| (coordinate + T::of(0.5)).as_f64() as i64);
        let (x, y) = self.span(pixel[0], width).zip(self.span(pixel[1], height))?;
        let shift = |axis: usize| match center {
            Center::Rounded => 0.0,
            Center::Exact => at[axis].as_f64() - pixel[axis] as f64,
        };
        Some([
            AxisProfile { start: x.start, values: self.profile(x, shift(0), scratch_x) },
            AxisProfile { start: y.start, values: self.profile(y, shift(1), scratch_y) },
        ])
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

/// The profiles along x and y of a Gaussian that is not cut off, centered on a point that is not rounded:
/// MMPose's `unbiased`. Rows whose length is a multiple of 8 are filled fastest.
#[inline]
pub fn unbiased_profiles([x, y]: [&mut [f32]; 2], center: [f64; 2], sigma: f64) {
    let exponent = exponent(sigma);
    fill_profile(x, 0.0, center[0], exponent);
    fill_profile(y, 0.0, center[1], exponent);
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
