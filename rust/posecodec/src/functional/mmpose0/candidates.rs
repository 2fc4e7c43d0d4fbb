//! The first two steps of [`HeatmapParser::parse`] on their own: candidates, and their groups.

use super::super::{maps, product, same_length};
use super::HeatmapParser;
use crate::check;
use crate::error::{Error, Result, try_with_capacity};
use crate::float::{Float, HeatmapValue};
use crate::inputs::maps::SampleMaps;
use crate::kernels::grouping::by_tags::TaggedCandidate;
use crate::kernels::grouping::nms::Neighborhood;
use crate::kernels::grouping::top_k::top_k;

/// Fills the pixels (B, K, M) and the values (B, K, M) of the M largest values of each map (B, K, H, W)
/// after suppression of non-maxima, largest first. Equal values have the order of `torch.topk`.
///
/// # Errors
/// [`Error::InvalidInput`] for an even kernel, more candidates than pixels, slices of the wrong length.
pub fn top_candidates<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 4],
    nms_kernel: usize,
    max_num_people: usize,
    pixels: &mut [i64],
    values: &mut [E],
) -> Result<()> {
    let radius = check::kernel_size("nms_kernel", nms_kernel)? / 2;
    let count = check::count("max_num_people", max_num_people)?;
    let SampleMaps { map_len, width, .. } = maps("heatmaps", heatmaps, &shape, 2)?;
    if count > map_len {
        let wanted = format!("must be at most the {map_len} pixels of a heatmap");
        return Err(Error::invalid("max_num_people", wanted, count));
    }
    let len = product(&[shape[0], shape[1], count]);
    same_length("pixels", len, pixels.len())?;
    same_length("values", len, values.len())?;
    let filled = pixels.chunks_exact_mut(count).zip(values.chunks_exact_mut(count));
    for (plane, (pixels, values)) in heatmaps.chunks_exact(map_len).zip(filled) {
        let found = top_k(Neighborhood { plane, width, radius }, count);
        for (candidate, (pixel, value)) in found.into_iter().zip(pixels.iter_mut().zip(values)) {
            (*pixel, *value) = (candidate.pixel as i64, candidate.value);
        }
    }
    Ok(())
}

impl HeatmapParser {
    /// The people of each image: for each keypoint the index of its candidate, or -1. Values (B, K, M)
    /// and tags (B, K, M, L) are those of the candidates, in descending order of value. Candidates that
    /// are not above the threshold, or whose tag is not finite, join no one.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for shapes that do not fit, [`Error::OutOfMemory`] if the cost matrices
    /// cannot be allocated.
    pub fn match_tags<T: Float>(
        &self,
        values: &[T],
        tags: &[T],
        shape: [usize; 4],
    ) -> Result<Vec<Vec<i64>>> {
        let [batch, count, candidates, channels] = shape;
        if count != self.options.num_joints || shape[1..].contains(&0) {
            let wanted = format!("(N, {}, M, L)", self.options.num_joints);
            return Err(check::shape("tag_k", &wanted, &shape));
        }
        same_length("tag_k", product(&shape), tags.len())?;
        same_length("val_k", product(&shape[..3]), values.len())?;
        let mut people = try_with_capacity("the images of a batch", batch)?;
        let images = values.chunks_exact(count * candidates);
        for (values, tags) in images.zip(tags.chunks_exact(count * candidates * channels)) {
            let joints =
                values.chunks_exact(candidates).zip(tags.chunks_exact(candidates * channels));
            let candidates: Vec<_> = joints
                .map(|(values, tags)| self.above_threshold(values, tags.chunks_exact(channels)))
                .collect();
            let groups = self.grouped(&candidates)?;
            let index = |found: Option<([usize; 2], T)>| found.map_or(-1, |([at, _], _)| at as i64);
            people.push(groups.concat().into_iter().map(index).collect());
        }
        Ok(people)
    }

    /// The candidates of a keypoint; x of their location is their index.
    fn above_threshold<'a, T: Float>(
        &self,
        values: &[T],
        tags: impl Iterator<Item = &'a [T]>,
    ) -> Vec<TaggedCandidate<T>> {
        let candidates = values.iter().zip(tags).enumerate().map(|(index, (&value, tag))| {
            TaggedCandidate { at: [index, 0], value, tag: tag.to_vec() }
        });
        candidates
            .filter(|each| each.value.as_f64() > self.options.detection_threshold)
            .filter(|each| each.tag.iter().all(|value| value.is_finite()))
            .collect()
    }
}
