//! `get_heatmap_maximum` and `get_heatmap_3d_maximum`.

use super::{maps, product, same_length};
use crate::error::{Result, try_collect};
use crate::float::HeatmapValue;
use crate::inputs::maps::{SampleMaps, peak, peak_coordinates};
use crate::kernels::maximum::heatmap_3d_maximum;
use crate::parallel;

/// Fills the location `[x, y]` and the value of the first maximum of each map (..., H, W); the location
/// is -1 if no value is above 0. NaN counts as the maximum.
///
/// ```
/// use posecodec::functional::get_heatmap_maximum;
///
/// let heatmaps = [0.1f32, 0.9, 0.3, 0.4, /* the second: */ 0.0, 0.0, 0.0, 0.0];
/// let (mut locations, mut values) = ([[0.0; 2]; 2], [0.0; 2]);
/// get_heatmap_maximum(&heatmaps, [1, 2, 2, 2], &mut locations, &mut values)?;
/// assert_eq!((locations, values), ([[1.0, 0.0], [-1.0, -1.0]], [0.9, 0.0]));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for maps without a pixel, slices of the wrong length.
pub fn get_heatmap_maximum<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 4],
    locations: &mut [[f32; 2]],
    values: &mut [E],
) -> Result<()> {
    let [batch, count, ..] = shape;
    let maps = maps("heatmaps", heatmaps, &shape, 2)?;
    each_sample(&maps, [batch, count], locations, values, |map| {
        let (value, peak) = peak(map, maps.width);
        (peak_coordinates(peak.as_ref()), value)
    })
}

/// [`get_heatmap_maximum`] of maps (..., D, H, W): locations are `[x, y, z]`.
///
/// ```
/// use posecodec::functional::get_heatmap_3d_maximum;
///
/// let heatmaps = [0.1f32, 0.2, /* the second plane: */ 0.9, 0.3];
/// let (mut locations, mut values) = ([[0.0; 3]], [0.0]);
/// get_heatmap_3d_maximum(&heatmaps, [1, 1, 2, 1, 2], &mut locations, &mut values)?;
/// assert_eq!((locations, values), ([[0.0, 0.0, 1.0]], [0.9]));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// As [`get_heatmap_maximum`].
pub fn get_heatmap_3d_maximum<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 5],
    locations: &mut [[f32; 3]],
    values: &mut [E],
) -> Result<()> {
    let [batch, count, depth, height, width] = shape;
    let maps = maps("heatmaps", heatmaps, &shape, 3)?;
    each_sample(&maps, [batch, count], locations, values, |map| {
        let (pixel, value) = heatmap_3d_maximum(map, [width, height, depth]);
        (pixel.map_or([-1.0; 3], |pixel| pixel.map(|index| index as f32)), value)
    })
}

/// Fills one location and one value per map, on several threads if the batch is large enough.
fn each_sample<E: HeatmapValue, const D: usize>(
    maps: &SampleMaps<'_, E>,
    [batch, count]: [usize; 2],
    locations: &mut [[f32; D]],
    values: &mut [E],
    find: impl Fn(&[E]) -> ([f32; D], E) + Sync,
) -> Result<()> {
    let each = product(&[batch, count]);
    same_length("locations", each, locations.len())?;
    same_length("values", each, values.len())?;
    if locations.is_empty() {
        return Ok(());
    }
    let samples = maps.values.chunks_exact(count * maps.map_len);
    let samples =
        samples.zip(locations.chunks_exact_mut(count)).zip(values.chunks_exact_mut(count));
    let samples = try_collect("the samples of a batch", samples)?;
    parallel::for_each(samples, maps.values.len(), &|((maps_of, locations), values)| {
        let found = maps_of.chunks_exact(maps.map_len).map(&find);
        for ((location, value), found) in locations.iter_mut().zip(values).zip(found) {
            (*location, *value) = found;
        }
    });
    Ok(())
}
