//! The peak of a map that is blurred and rescaled: how Megvii's heatmaps are decoded.

use super::maps::peak;
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, BlurredPeak, Border, blur_plane, blurred_argmax};
use crate::kernels::maximum::{Maximum, maximum};
use crate::kernels::refinement::{Peak, interior_quarter_shift};

/// The location of the maximum of a blurred and scaled map, in heatmap pixels, and its value.
/// If a map of finite values overflows on the way, the maximum of the unblurred map.
pub(crate) fn blurred_peak<E: HeatmapValue>(
    plane: &[E],
    width: usize,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> ([f32; 2], f32) {
    let (pixel, value, before) = rescaled_peak(plane, width, kernel, buffers);
    if !value.is_finite() && before.is_finite() {
        let Maximum { index, .. } = maximum(plane).expect("a map has pixels");
        return ([index % width, index / width].map(|pixel| pixel as f32), before);
    }
    (pixel, value)
}

/// The location and the value of the maximum of a blurred and scaled map, and the maximum of the map.
fn rescaled_peak<E: HeatmapValue>(
    plane: &[E],
    width: usize,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> ([f32; 2], f32, f32) {
    let BlurredPeak { maximum: after, unblurred, blurred } =
        blurred_argmax(plane, width, kernel, Border::Zero, buffers);
    let before = unblurred.as_f32();
    if after.value == 0.0 {
        return ([-1.0; 2], before, before); // an all-zero map: nothing to scale and no maximum
    }
    let factor = before / after.value;
    if factor > 0.0 && factor.is_finite() && before > 0.0 {
        // A positive factor changes neither the location of the maximum nor the signs of slopes.
        let at = [after.index % width, after.index / width];
        let value = after.value * factor;
        return (quarter_from_center(&Peak { plane: blurred, width, at, value }), value, before);
    }
    // With a negative, infinite or NaN factor the maximum may move: scale the whole map.
    let blurred = blur_plane(plane, width, kernel, Border::Zero, buffers);
    for value in &mut *blurred {
        *value *= factor;
    }
    let (value, found) = peak(blurred, width);
    (found.map_or([-1.0; 2], |peak| quarter_from_center(&peak)), value, before)
}

/// The center of the peak's pixel, shifted by a quarter of a pixel towards the larger neighbor
/// along each axis. As in MMPose, a peak near the border stays at the pixel's corner.
fn quarter_from_center(peak: &Peak<'_, f32>) -> [f32; 2] {
    let shift = interior_quarter_shift(peak).map_or([0.0; 2], |shift| shift.map(|d| d + 0.5));
    [0, 1].map(|axis| peak.at[axis] as f32 + shift[axis])
}
