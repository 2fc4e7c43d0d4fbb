//! 3D Gaussian heatmaps: MMPose's `generate_3d_gaussian_heatmaps`.
//!
//! A volume is a stack of planes: (D, H, W), row-major. Its Gaussian is the product of three profiles,
//! and only the voxels of the patch are written: 13³ of 64³ with sigma 2.

use crate::float::Float;
use crate::kernels::gaussian::outer_product::outer_product;
use crate::kernels::gaussian::profiles::{AxisProfile, PROFILE_STEP, exponent, fill_profile};

/// MMPose's patch of 3 sigma around a point that is not rounded.
#[derive(Clone, PartialEq)]
pub struct GaussianPatch3d {
    /// Ascending distances from the point along an axis. Each one rounds to a voxel of the patch.
    offsets: Vec<f32>,
    exponent: f64,
}

/// Scratch for [`GaussianPatch3d`], reused between calls.
#[derive(Debug, Default)]
pub struct Gaussian3dBuffers {
    profiles: [Vec<f32>; 3],
    column: Vec<f32>,
}

/// Without the table.
impl std::fmt::Debug for GaussianPatch3d {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("GaussianPatch3d").finish_non_exhaustive()
    }
}

impl GaussianPatch3d {
    /// The patch of a Gaussian of this sigma, in voxels; sigma must be positive.
    ///
    /// An axis has `ceil(2·3σ + 1)` offsets, kept as a table.
    pub fn new(sigma: f64) -> Self {
        let radius = sigma * 3.0;
        let count = Self::count(sigma) as u32;
        // In single precision, like MMPose's `arange`.
        let offsets = (0..count).map(|index| index as f32 - radius as f32).collect();
        Self { offsets, exponent: exponent(sigma) }
    }

    /// The number of offsets along an axis.
    pub fn count(sigma: f64) -> usize {
        (2.0 * (sigma * 3.0) + 1.0).ceil() as usize
    }

    /// Draws the Gaussian with its peak at the voxel coordinates `[x, y, z]` and the height `peak` into a
    /// volume of size `[w, h, d]`. If `merge`, the larger value of both stays; otherwise the volume must
    /// hold zeros there.
    ///
    /// Each offset is added to the center in the center's precision, rounded half to even and clipped to
    /// the axis, as in MMPose: a patch outside is drawn at the border, and a center at a half skips every
    /// other voxel.
    pub fn draw_gaussian<T: Float>(
        &self,
        volume: &mut [f32],
        [width, height, depth]: [usize; 3],
        center: [T; 3],
        peak: f64,
        merge: bool,
        buffers: &mut Gaussian3dBuffers,
    ) {
        let Gaussian3dBuffers { profiles: [x, y, z], column } = buffers;
        let x = self.profile(center[0], width, x);
        let y = self.profile(center[1], height, y);
        let z = self.profile(center[2], depth, z);
        let planes = volume.chunks_exact_mut(width * height).skip(z.start);
        for (plane, &wz) in planes.zip(z.values) {
            let wz = f64::from(wz) * peak;
            column.clear();
            column.extend(y.values.iter().map(|&wy| (f64::from(wy) * wz) as f32));
            let rows = trimmed(AxisProfile { start: y.start, values: column });
            outer_product(plane, width, x, rows, merge);
        }
    }

    /// The Gaussian along one axis, over the voxels that the offsets round to.
    fn profile<'a, T: Float>(
        &self,
        center: T,
        length: usize,
        values: &'a mut Vec<f32>,
    ) -> AxisProfile<'a> {
        let last = T::of(length as f64 - 1.0);
        let voxel = |offset: &f32| {
            let position = T::of(f64::from(*offset)) + center;
            position.round_half_even().max(T::zero()).min(last).as_f64() as usize
        };
        let (Some(first), Some(end)) = (self.offsets.first(), self.offsets.last()) else {
            return AxisProfile { start: 0, values: &[] };
        };
        let (start, end) = (voxel(first), voxel(end));
        let count = end - start + 1;
        values.resize(count.next_multiple_of(PROFILE_STEP), 0.0);
        fill_profile(values, start as f64, center.as_f64(), self.exponent);
        let mut expected = start;
        for voxel in self.offsets.iter().map(voxel) {
            if voxel > expected {
                values[expected - start..voxel - start].fill(0.0);
            }
            expected = voxel + 1;
        }
        trimmed(AxisProfile { start, values: &values[..count] })
    }
}

/// The profile without the zeros at its ends, which would only cost writes.
fn trimmed(profile: AxisProfile<'_>) -> AxisProfile<'_> {
    let zero = |value: &f32| *value == 0.0;
    let Some(first) = profile.values.iter().position(|value| !zero(value)) else {
        return AxisProfile { start: 0, values: &[] };
    };
    let end =
        profile.values.len() - profile.values.iter().rev().take_while(|value| zero(value)).count();
    AxisProfile { start: profile.start + first, values: &profile.values[first..end] }
}
