//! `PartAffinityFieldGenerator`.

use super::{Grid, Labels, check_batch};
use crate::check;
use crate::error::Result;
use crate::float::Float;
use crate::kernels::fields::band_field::write_band_field;
use crate::parallel;

/// Fills the fields (B, 2E, H, W) of the edges of `graph`: along each, unit vectors in a rectangle that
/// reaches `width` input pixels to both sides, times a weight that falls from 1 to 0 at the sides. Where
/// instances overlap, the last one is kept.
///
/// Edges of which a keypoint is not visible, or not in the skeleton, have none.
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a width that is not finite, slices of the wrong length.
pub fn part_affinity_fields<T: Float>(
    labels: &Labels<'_, T>,
    grid: &Grid,
    graph: &[[i64; 2]],
    width: f64,
    fields: &mut [f32],
) -> Result<()> {
    let (width, pixels) = (check::finite("width", width)?, grid.pixels());
    check_batch("paf", labels.batch(), &[2, graph.len(), pixels], fields.len())?;
    let work = fields.len();
    let items: Vec<_> = fields.chunks_exact_mut(2 * pixels).enumerate().collect();
    parallel::for_each(items, work, &|(index, planes)| {
        let (sample, [from, to]) = (index / graph.len(), graph[index % graph.len()]);
        planes.fill(0.0);
        let keypoint =
            |keypoint: i64| usize::try_from(keypoint).ok().filter(|&k| k < labels.count());
        let (Some(from), Some(to)) = (keypoint(from), keypoint(to)) else { return };
        let (along_x, along_y) = planes.split_at_mut(pixels);
        for instance in 0..labels.instances() {
            let ends = [from, to].map(|keypoint| labels.keypoint(sample, instance, keypoint));
            if ends.iter().all(|&(_, visible)| visible > T::zero()) {
                let ends = ends.map(|(point, _)| point);
                write_band_field([along_x, along_y], grid.axes(), ends, width);
            }
        }
    });
    Ok(())
}
