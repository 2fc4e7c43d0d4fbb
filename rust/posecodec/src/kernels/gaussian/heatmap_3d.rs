//! Gaussian heatmaps in three dimensions, as the reference's `generate_3d_gaussian_heatmaps`.
//!
//! A volume is a stack of planes: (D, H, W), row-major. Its Gaussian is the product of three
//! profiles, and only the cells that it reaches are written: 13³ of 64³ with sigma 2.

use crate::float::Float;
use crate::kernels::gaussian::heatmap::{
    AxisProfile, PROFILE_STEP, draw_gaussian, exponent, fill_profile,
};

/// The reference's neighborhood of 3 sigma around a point whose place is not rounded.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianPatch3d {
    /// Distances from the point at which a cell is looked for along an axis, least first.
    offsets: Vec<f32>,
    exponent: f64,
}

/// What a [`GaussianPatch3d`] works with between calls.
#[derive(Debug, Default)]
pub struct Gaussian3dBuffers {
    profiles: [Vec<f32>; 3],
    column: Vec<f32>,
}

impl GaussianPatch3d {
    /// The neighborhood of a Gaussian of this sigma, in cells; sigma must be positive.
    ///
    /// An axis has `ceil(2·3σ + 1)` offsets, kept as a table.
    pub fn new(sigma: f64) -> Self {
        let radius = sigma * 3.0;
        let count = Self::count(sigma) as u32;
        // In single precision, as the reference's `arange`.
        let offsets = (0..count).map(|index| index as f32 - radius as f32).collect();
        Self { offsets, exponent: exponent(sigma) }
    }

    /// The number of offsets along an axis.
    pub fn count(sigma: f64) -> usize {
        (2.0 * (sigma * 3.0) + 1.0).ceil() as usize
    }

    /// Puts the Gaussian around the cell coordinates `[x, y, z]`, `peak` high, into a volume of size
    /// `[w, h, d]`: zeros, or where `merge` says so other Gaussians, of which the larger stays.
    ///
    /// Each offset is added to the center in the center's precision, rounded half to even and clipped
    /// to the axis: a point outside reaches the border, and halves leave out every other cell.
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
            let rows = reached(AxisProfile { start: y.start, values: column });
            draw_gaussian(plane, width, x, rows, merge);
        }
    }

    /// The Gaussian along one axis: its values over the cells that the offsets fall into.
    fn profile<'a, T: Float>(
        &self,
        center: T,
        length: usize,
        values: &'a mut Vec<f32>,
    ) -> AxisProfile<'a> {
        let last = T::of(length as f64 - 1.0);
        let cell = |offset: &f32| {
            let place = T::of(f64::from(*offset)) + center;
            place.round_half_even().max(T::zero()).min(last).as_f64() as usize
        };
        let (Some(first), Some(end)) = (self.offsets.first(), self.offsets.last()) else {
            return AxisProfile { start: 0, values: &[] };
        };
        let (start, end) = (cell(first), cell(end));
        let count = end - start + 1;
        values.resize(count.next_multiple_of(PROFILE_STEP), 0.0);
        fill_profile(values, start as f64, center.as_f64(), self.exponent);
        let mut expected = start;
        for cell in self.offsets.iter().map(cell) {
            if cell > expected {
                values[expected - start..cell - start].fill(0.0);
            }
            expected = cell + 1;
        }
        reached(AxisProfile { start, values: &values[..count] })
    }
}

/// A strip without the zeros at its ends, so that nothing is written where nothing is.
fn reached(strip: AxisProfile<'_>) -> AxisProfile<'_> {
    let zero = |value: &f32| *value == 0.0;
    let Some(first) = strip.values.iter().position(|value| !zero(value)) else {
        return AxisProfile { start: 0, values: &[] };
    };
    let end =
        strip.values.len() - strip.values.iter().rev().take_while(|value| zero(value)).count();
    AxisProfile { start: strip.start + first, values: &strip.values[first..end] }
}
