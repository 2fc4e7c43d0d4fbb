//! `batch_heatmap_nms`.

use super::{maps, same_length};
use crate::check;
use crate::error::{Result, try_collect};
use crate::float::HeatmapValue;
use crate::kernels::grouping::nms::{Neighborhood, NmsBuffers, suppress};
use crate::parallel;

/// Fills `peaks` with the maps' (B, K, H, W) responses that no response in a square of side
/// `kernel_size` exceeds, and zeros elsewhere.
///
/// ```
/// use posecodec::functional::batch_heatmap_nms;
///
/// let (heatmaps, mut peaks) = ([0.2f32, 0.5, 0.1, 0.3, 0.3], [0.0; 5]);
/// batch_heatmap_nms(&heatmaps, [1, 1, 1, 5], 3, &mut peaks)?;
/// assert_eq!(peaks, [0.0, 0.5, 0.0, 0.3, 0.3]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for an even kernel size, slices of the wrong length,
/// [`crate::Error::OutOfMemory`] where scratch would not fit.
pub fn batch_heatmap_nms<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 4],
    kernel_size: usize,
    peaks: &mut [E],
) -> Result<()> {
    let radius = check::kernel_size("kernel_size", kernel_size)? / 2;
    same_length("peaks", Some(heatmaps.len()), peaks.len())?;
    if heatmaps.is_empty() {
        return Ok(());
    }
    let maps = maps("batch_heatmaps", heatmaps, &shape, 2)?;
    let width = shape[3];
    let each = shape[1] * maps.map_len;
    let samples = heatmaps.chunks_exact(each).zip(peaks.chunks_exact_mut(each));
    let samples = try_collect("the samples of a batch", samples)?;
    parallel::for_each(samples, heatmaps.len(), &|(sample, peaks): (&[E], &mut [E])| {
        let mut buffers = NmsBuffers::default();
        for (plane, peaks) in
            sample.chunks_exact(maps.map_len).zip(peaks.chunks_exact_mut(maps.map_len))
        {
            suppress(Neighborhood { plane, width, radius }, peaks, &mut buffers);
        }
    });
    Ok(())
}
