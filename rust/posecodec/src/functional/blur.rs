//! `gaussian_blur` and `gaussian_blur1d`.

use super::{maps, same_length};
use crate::check;
use crate::error::Result;
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, Border, blur_plane, blur_vector, rescale};
use crate::kernels::maximum::maximum;

/// Fills `blurred` with the maps (K, H, W), each blurred with OpenCV's Gaussian with kernel size
/// `kernel` and rescaled to its former maximum, as [DarkPose](https://arxiv.org/abs/1910.06278) (Zhang
/// et al. 2020) modulates heatmaps. Pixels outside count as 0.
///
/// ```
/// use posecodec::functional::gaussian_blur;
///
/// let (heatmaps, mut blurred) = ([0.0f32, 0.0, 2.0, 0.0, 0.0], [0.0; 5]);
/// gaussian_blur(&heatmaps, [1, 1, 5], 3, &mut blurred)?;
/// assert_eq!(blurred, [0.0, 1.0, 2.0, 1.0, 0.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for an even kernel size, slices of the wrong length,
/// [`crate::Error::OutOfMemory`] where scratch would not fit.
pub fn gaussian_blur<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 3],
    kernel: usize,
    blurred: &mut [E],
) -> Result<()> {
    let width = shape[2];
    modulate(("heatmaps", heatmaps), &shape, 2, kernel, blurred, |plane, kernel, buffers| {
        blur_plane(plane, width, kernel, Border::Zero, buffers)
    })
}

/// [`gaussian_blur`] of SimCC vectors (N, K, W), along their one axis.
///
/// ```
/// use posecodec::functional::gaussian_blur1d;
///
/// let (simcc, mut blurred) = ([0.0f32, 0.0, 2.0, 0.0, 0.0], [0.0; 5]);
/// gaussian_blur1d(&simcc, [1, 1, 5], 3, &mut blurred)?;
/// assert_eq!(blurred, [0.0, 1.0, 2.0, 1.0, 0.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// As [`gaussian_blur`].
pub fn gaussian_blur1d<E: HeatmapValue>(
    simcc: &[E],
    shape: [usize; 3],
    kernel: usize,
    blurred: &mut [E],
) -> Result<()> {
    modulate(("simcc", simcc), &shape, 1, kernel, blurred, |vector, kernel, buffers| {
        blur_vector(vector, kernel, buffers)
    })
}

/// Blurs maps of `dims` dimensions, and rescales them.
fn modulate<E: HeatmapValue>(
    (argument, values): (&'static str, &[E]),
    shape: &[usize],
    dims: usize,
    kernel: usize,
    blurred: &mut [E],
    blur: impl for<'a> Fn(&[E], &GaussianKernel, &'a mut BlurBuffers) -> &'a [f32],
) -> Result<()> {
    let kernel = GaussianKernel::new(check::kernel_size("kernel", kernel)?);
    same_length("blurred", Some(values.len()), blurred.len())?;
    if values.is_empty() {
        return Ok(());
    }
    let maps = maps(argument, values, shape, dims)?;
    let width = maps.width;
    let mut buffers = match dims {
        1 => BlurBuffers::for_vectors(width, &kernel)?,
        _ => BlurBuffers::for_planes([width, maps.map_len / width], &kernel)?,
    };
    for (map, out) in values.chunks_exact(maps.map_len).zip(blurred.chunks_exact_mut(maps.map_len))
    {
        let peak = maximum(map).expect("a map has at least one pixel").value;
        rescale(blur(map, &kernel, &mut buffers), peak, out);
    }
    Ok(())
}
