//! `flip_back`.

use super::super::{maps, same_length};
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::inputs::maps::SampleMaps;

/// Fills `back` with the maps (B, K, H, W) of mirrored images, mirrored back: rows are reversed, and the
/// maps of each of `pairs` change places. With `maps_per_keypoint` 3, the second map of each keypoint
/// holds offsets along x, which change their sign.
///
/// ```
/// use posecodec::functional::mmpose0::flip_back;
///
/// let (flipped, mut back) = ([0.1f32, 0.2, /* the second map: */ 0.3, 0.4], [0.0; 4]);
/// flip_back(&flipped, [1, 2, 1, 2], &[[0, 1]], 1, &mut back)?;
/// assert_eq!(back, [0.4, 0.3, 0.2, 0.1]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a pixel, pairs of keypoints that do not exist, slices of the
/// wrong length.
pub fn flip_back<E: HeatmapValue>(
    flipped: &[E],
    shape: [usize; 4],
    pairs: &[[usize; 2]],
    maps_per_keypoint: usize,
    back: &mut [E],
) -> Result<()> {
    let channels = shape[1];
    let SampleMaps { map_len, width, .. } = maps("output_flipped", flipped, &shape, 2)?;
    same_length("back", Some(flipped.len()), back.len())?;
    if maps_per_keypoint == 0 || !channels.is_multiple_of(maps_per_keypoint) {
        let wanted = format!("must have {maps_per_keypoint} maps per keypoint");
        return Err(Error::invalid("output_flipped", wanted, format!("{channels} maps")));
    }
    let mut sources: Vec<_> = (0..channels / maps_per_keypoint).collect();
    for &[left, right] in pairs {
        if left.max(right) >= sources.len() {
            let wanted = format!("must be pairs of indices below {}", sources.len());
            return Err(Error::invalid("flip_pairs", wanted, format!("({left}, {right})")));
        }
        (sources[left], sources[right]) = (right, left);
    }
    if channels == 0 {
        return Ok(());
    }
    let sample_len = channels * map_len;
    for (from, to) in flipped.chunks_exact(sample_len).zip(back.chunks_exact_mut(sample_len)) {
        for (number, to) in to.chunks_exact_mut(map_len).enumerate() {
            let (keypoint, map) = (number / maps_per_keypoint, number % maps_per_keypoint);
            let from = &from[(sources[keypoint] * maps_per_keypoint + map) * map_len..][..map_len];
            for (from, to) in from.chunks_exact(width).zip(to.chunks_exact_mut(width)) {
                for (to, &from) in to.iter_mut().zip(from.iter().rev()) {
                    *to = if maps_per_keypoint == 3 && map == 1 { -from } else { from };
                }
            }
        }
    }
    Ok(())
}
