//! Gaussian heatmaps: MMPose's `generate_gaussian_heatmaps`, `generate_udp_gaussian_heatmaps` and
//! `generate_unbiased_gaussian_heatmaps`. Each is the outer product of its profiles.

use std::ops::Range;

use super::outer_product::{full_outer_product, outer_product};
use super::profiles::{Center, GaussianPatch, PROFILE_STEP, unbiased_profiles};
use crate::float::Float;
use crate::simd::{Vectorized, dispatch};

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

impl GaussianPatch {
    /// Draws the patch into a plane, around the pixel that `at` rounds to. Returns the pixels that it
    /// covers, `None` where it is outside. See [`Self::profiles`].
    #[inline]
    pub fn draw_gaussian<T: Float>(
        &self,
        plane: &mut [f32],
        size: [usize; 2],
        at: [T; 2],
        center: Center,
        blend: Blend,
        scratch: &mut [Vec<f32>; 2],
    ) -> Option<[Range<usize>; 2]> {
        let [x, y] = self.profiles(size, at, center, scratch)?;
        if !x.values.is_empty() && !y.values.is_empty() {
            outer_product(plane, size[0], x, y, blend == Blend::Max);
        }
        Some([x.covered(), y.covered()])
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
    let sides = [width, plane.len() / width];
    let [room_x, room_y] = sides.map(|side| side.next_multiple_of(PROFILE_STEP));
    scratch.resize(room_x + room_y, 0.0);
    let (x, y) = scratch.split_at_mut(room_x);
    unbiased_profiles([x, y], center, sigma);
    full_outer_product(plane, &x[..width], y, merge);
}

/// Divides a plane by its sum; a plane of zeros does not change.
pub fn normalize(plane: &mut [f32]) {
    dispatch(NormalizeKernel(plane));
}

/// The factor that [`normalize`] multiplies a plane with.
pub fn normalization_factor(plane: &[f32]) -> f32 {
    dispatch(NormalizationFactorKernel(plane))
}

struct NormalizeKernel<'a>(&'a mut [f32]);

impl Vectorized for NormalizeKernel<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // One division per plane: one per pixel would take three times as long as everything else.
        let factor = NormalizationFactorKernel(self.0).run();
        for value in self.0 {
            *value *= factor;
        }
    }
}

struct NormalizationFactorKernel<'a>(&'a [f32]);

impl Vectorized for NormalizationFactorKernel<'_> {
    type Output = f32;

    #[inline(always)]
    fn run(self) -> f32 {
        const LANES: usize = 32;
        let mut sums = [0f32; LANES];
        let (steps, rest) = self.0.as_chunks::<LANES>();
        for step in steps {
            for lane in 0..LANES {
                sums[lane] += step[lane];
            }
        }
        1.0 / (sums.iter().sum::<f32>() + rest.iter().sum::<f32>() + 1e-24)
    }
}
