//! The logarithm of whole planes that DARK works on.

use super::{UDP_CLIP, largest};
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, Border, blur_plane};
use crate::kernels::math::logarithm::clip_and_log;
use crate::kernels::maximum::maximum;

/// The logarithm that [`dark_udp_unscaled_offsets`](super::dark_udp_unscaled_offsets) works on with [`Border::Reflect101`], of the whole
/// plane.
pub fn log_plane_unscaled<E: HeatmapValue>(
    plane: &[E],
    width: usize,
    kernel: &GaussianKernel,
) -> Vec<f32> {
    let mut buffers = BlurBuffers::default();
    blur_plane(plane, width, kernel, Border::Reflect101, &mut buffers);
    let mut blurred = buffers.into_blurred();
    clip_and_log(&mut blurred, 1.0, UDP_CLIP);
    blurred
}

/// The logarithm that [`dark_udp_offsets`](super::dark_udp_offsets) works on, of the whole plane: blurred with `kernel`, rescaled
/// and clipped.
pub fn log_plane<E: HeatmapValue>(plane: &[E], width: usize, kernel: &GaussianKernel) -> Vec<f32> {
    let mut buffers = BlurBuffers::default();
    blur_plane(plane, width, kernel, Border::Zero, &mut buffers);
    let mut blurred = buffers.into_blurred();
    let value = maximum(plane).map_or(f32::NAN, |maximum| maximum.value.as_f32());
    let factor = value / largest(&blurred);
    clip_and_log(&mut blurred, factor, UDP_CLIP);
    blurred
}
