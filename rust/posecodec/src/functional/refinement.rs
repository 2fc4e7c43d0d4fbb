//! `refine_keypoints`, `refine_keypoints_dark`, `refine_keypoints_dark_udp` and `refine_simcc_dark`.

use super::{maps, same_length};
use crate::check;
use crate::error::{Error, Result};
use crate::float::{Float, HeatmapValue};
use crate::inputs::maps::SampleMaps;
use crate::kernels::blur::BlurBuffers;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::maximum::maximum;
use crate::kernels::refinement::{
    Peak, dark_offset, dark_udp_offset, quarter_shift, simcc_dark_offset,
};

/// Moves keypoints (N, K), in heatmap pixels, by a quarter of a pixel towards the larger neighbor along
/// each axis, on maps (K, H, W). Keypoints near the border stay, as in MMPose.
///
/// ```
/// use posecodec::functional::refine_keypoints;
///
/// let heatmap = [0.0f32, 0.1, 0.5, 0.9, 0.7, 0.0, 0.0];
/// let heatmaps = [heatmap; 5].concat();
/// let mut keypoints = [[3.0f32, 2.0]];
/// refine_keypoints(&mut keypoints, &heatmaps, [1, 5, 7])?;
/// assert_eq!(keypoints, [[3.25, 2.0]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a pixel, slices of the wrong length.
pub fn refine_keypoints<T: Float, E: HeatmapValue>(
    keypoints: &mut [[T; 2]],
    heatmaps: &[E],
    shape: [usize; 3],
) -> Result<()> {
    refine_each_point(keypoints, heatmaps, shape, truncated, &mut |peak| {
        quarter_shift(peak).map(f64::from)
    })
}

/// Moves keypoints (N, K), in heatmap pixels, to the nearby peaks of maps (K, H, W) blurred with
/// kernel size `blur_kernel_size`: [DarkPose](https://arxiv.org/abs/1910.06278) (Zhang et
/// al. 2020). Keypoints within two pixels of the border stay, and those with a singular Hessian.
///
/// ```
/// use posecodec::functional::{Keypoints, generate_unbiased_gaussian_heatmaps, refine_keypoints_dark};
///
/// let points = [[12.3f32, 20.6]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let (mut map, mut weights) = (vec![0.0; 32 * 24], [0.0]);
/// generate_unbiased_gaussian_heatmaps(&keypoints, [24, 32], 2.0, &mut map, &mut weights)?;
///
/// let mut found = [[12.0f32, 21.0]]; // the pixel of the maximum
/// refine_keypoints_dark(&mut found, &map, [1, 32, 24], 11)?;
/// assert!((found[0][0] - 12.3).abs() < 0.01 && (found[0][1] - 20.6).abs() < 0.01);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for an even kernel size, maps without a pixel, slices of the wrong length,
/// [`Error::OutOfMemory`] where scratch would not fit.
pub fn refine_keypoints_dark<T: Float, E: HeatmapValue>(
    keypoints: &mut [[T; 2]],
    heatmaps: &[E],
    shape: [usize; 3],
    blur_kernel_size: usize,
) -> Result<()> {
    let (kernel, mut buffers) = (blur_kernel(blur_kernel_size)?, BlurBuffers::default());
    refine_each_point(keypoints, heatmaps, shape, truncated, &mut |peak| {
        dark_offset(peak, &kernel, &mut buffers)
    })
}

/// [`refine_keypoints_dark`] as in UDP, up to the border:
/// [UDP](https://arxiv.org/abs/1911.07524) (Huang et al. 2020).
///
/// ```
/// use posecodec::functional::{Keypoints, generate_udp_gaussian_heatmaps, refine_keypoints_dark_udp};
///
/// let points = [[12.3f32, 20.6]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let (mut map, mut weights) = (vec![0.0; 32 * 24], [0.0]);
/// generate_udp_gaussian_heatmaps(&keypoints, [24, 32], 2.0, &mut map, &mut weights)?;
///
/// let mut found = [[12.0f32, 21.0]]; // the pixel of the maximum
/// refine_keypoints_dark_udp(&mut found, &map, [1, 32, 24], 11)?;
/// assert!((found[0][0] - 12.3).abs() < 0.01 && (found[0][1] - 20.6).abs() < 0.01);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// As [`refine_keypoints_dark`].
pub fn refine_keypoints_dark_udp<T: Float, E: HeatmapValue>(
    keypoints: &mut [[T; 2]],
    heatmaps: &[E],
    shape: [usize; 3],
    blur_kernel_size: usize,
) -> Result<()> {
    let (kernel, mut buffers) = (blur_kernel(blur_kernel_size)?, BlurBuffers::default());
    refine_each_point(keypoints, heatmaps, shape, flat_pixel, &mut |peak| {
        dark_udp_offset(peak, &kernel, &mut buffers)
    })
}

/// [`refine_keypoints_dark_udp`] along one axis: of locations (N, K), in bins, on SimCC vectors
/// (N, K, W).
///
/// ```
/// use posecodec::functional::refine_simcc_dark;
///
/// let gaussian = |bin: i32| (-(bin as f32 - 30.3).powi(2) / 72.0).exp();
/// let vector: Vec<f32> = (0..64).map(gaussian).collect();
/// let mut locations = [30.0f32]; // the bin of the maximum
/// refine_simcc_dark(&mut locations, &vector, 64, 21)?;
/// assert!((locations[0] - 30.3).abs() < 0.01);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// As [`refine_keypoints_dark`].
pub fn refine_simcc_dark<T: Float, E: HeatmapValue>(
    keypoints: &mut [T],
    simcc: &[E],
    bins: usize,
    blur_kernel_size: usize,
) -> Result<()> {
    let kernel = blur_kernel(blur_kernel_size)?;
    if keypoints.is_empty() {
        return same_length("simcc", Some(0), simcc.len());
    }
    let vectors = maps("simcc", simcc, &[keypoints.len(), bins], 1)?;
    let mut buffers = BlurBuffers::for_vectors(bins, &kernel)?;
    for (number, location) in keypoints.iter_mut().enumerate() {
        let vector = vectors.plane(number);
        // MMPose looks up the location with a margin of two bins, and half a bin for rounding.
        let Some(at) = pixel((*location + T::of(2.5)).trunc() - T::of(2.0), bins) else { continue };
        let value = maximum(vector).expect("a vector has bins").value;
        let offset = simcc_dark_offset(vector, at, value, &kernel, &mut buffers);
        *location = T::of(location.as_f64() + offset);
    }
    Ok(())
}

fn blur_kernel(size: usize) -> Result<GaussianKernel> {
    Ok(GaussianKernel::new(check::kernel_size("blur_kernel_size", size)?))
}

/// Adds to each keypoint inside its map the offset that `offset` returns for its pixel.
pub(super) fn refine_each_point<T: Float, E: HeatmapValue>(
    keypoints: &mut [[T; 2]],
    heatmaps: &[E],
    shape: [usize; 3],
    pixel_of: fn([T; 2], [usize; 2]) -> Option<[usize; 2]>,
    offset: &mut dyn FnMut(&Peak<'_, E>) -> [f64; 2],
) -> Result<()> {
    let [count, height, width] = shape;
    let SampleMaps { values, map_len, .. } = maps("heatmaps", heatmaps, &shape, 2)?;
    if keypoints.is_empty() {
        return Ok(());
    }
    if count == 0 || !keypoints.len().is_multiple_of(count) {
        let wanted = format!("must have {count} points per instance");
        return Err(Error::invalid("keypoints", wanted, keypoints.len()));
    }
    for (number, plane) in values.chunks_exact(map_len).enumerate() {
        let value = maximum(plane).expect("a map has at least one pixel").value;
        for point in keypoints.iter_mut().skip(number).step_by(count) {
            if let Some(at) = pixel_of(*point, [width, height]) {
                let offset = offset(&Peak { plane, width, at, value });
                *point = [0, 1].map(|axis| T::of(point[axis].as_f64() + offset[axis]));
            }
        }
    }
    Ok(())
}

/// [`refine_each_point`] for `coords` (N, K) on maps (N, K, H, W), or (1, K, H, W) for all instances.
/// `argument` names the maps in errors.
pub(super) fn refine_each_instance<T: Float, E: HeatmapValue>(
    coords: &mut [[T; 2]],
    (argument, heatmaps): (&'static str, &[E]),
    shape: [usize; 4],
    pixel_of: fn([T; 2], [usize; 2]) -> Option<[usize; 2]>,
    offset: &mut dyn FnMut(&Peak<'_, E>) -> [f64; 2],
) -> Result<()> {
    let [batch, count, height, width] = shape;
    let maps = maps(argument, heatmaps, &shape, 2)?;
    if coords.is_empty() {
        return Ok(());
    }
    let people = coords.len().checked_div(count).unwrap_or(0);
    if people * count != coords.len() || batch != 1 && batch != people {
        let wanted = format!("must have {count} keypoints for each of {batch} samples");
        return Err(Error::invalid("coords", wanted, coords.len()));
    }
    let of_one_map = people / batch * count;
    let samples = maps.values.chunks_exact(count * maps.map_len);
    for (coords, values) in coords.chunks_exact_mut(of_one_map).zip(samples) {
        refine_each_point(coords, values, [count, height, width], pixel_of, offset)?;
    }
    Ok(())
}

/// The pixel on an axis of `length` that a coordinate is truncated to; `None` outside.
fn pixel<T: Float>(coordinate: T, length: usize) -> Option<usize> {
    let inside = coordinate > -T::one() && coordinate < T::of(length as f64);
    inside.then(|| coordinate.as_f64() as usize)
}

/// The pixel that a point is truncated to.
pub(super) fn truncated<T: Float>(
    point: [T; 2],
    [width, height]: [usize; 2],
) -> Option<[usize; 2]> {
    Some([pixel(point[0], width)?, pixel(point[1], height)?])
}

/// The pixel that MMPose's `refine_keypoints_dark_udp` reads for a point: it computes a flat index into
/// the map with a margin and truncates that, so that a fraction of y moves along x.
pub(super) fn flat_pixel<T: Float>(
    point: [T; 2],
    [width, height]: [usize; 2],
) -> Option<[usize; 2]> {
    let inside =
        |axis: usize, length: usize| point[axis] >= T::zero() && point[axis] < T::of(length as f64);
    if !inside(0, width) || !inside(1, height) {
        return None;
    }
    let stride = width + 2;
    let [x, y] = point.map(|coordinate| coordinate + T::one());
    let index = (x + y * T::of(stride as f64)).as_f64() as usize;
    let (column, row) = (index % stride, index / stride);
    let in_map = (1..=width).contains(&column) && (1..=height).contains(&row);
    in_map.then(|| [column - 1, row - 1])
}
