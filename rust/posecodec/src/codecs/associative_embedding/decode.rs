//! `AssociativeEmbedding`: decoding heatmaps and tags to instances.

use std::borrow::Cow;

use ndarray::{Array1, Array2, Array3, ArrayView3, ArrayView4};
use num_traits::Float as _;

use super::AssociativeEmbedding;
use crate::check;
use crate::error::{Error, Result, Shape, try_with_capacity};
use crate::float::{Float, HeatmapValue, single};
use crate::inputs::maps::SampleMaps;
use crate::kernels::blur::BlurBuffers;
use crate::kernels::grouping::by_tags::{
    Group, GroupingRules, TaggedCandidate, group_by_tags, mean_tag,
};
use crate::kernels::grouping::nms::Neighborhood;
use crate::kernels::grouping::tag_map::TagMap;
use crate::kernels::grouping::top_k::{Candidate, peaks_above, top_k};
use crate::kernels::math::pairwise_sum::pairwise_sum;
use crate::kernels::refinement::{Peak, dark_udp_offset, log_plane, quarter_shift};
use crate::parallel;

/// How much more the distance of tags costs than a low response, where a missing keypoint is searched.
const DISTANCE_WEIGHT: f64 = 100.0;

/// The instances of one image, in the order in which grouping created them.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupedKeypoints {
    /// (N, K, 2), in input pixels. A keypoint that was not detected is placed where its heatmap and
    /// its tag fit the instance best.
    pub keypoints: Array3<f32>,
    /// (N, K), the responses. With `use_udp`, a keypoint that was not detected has the logarithm of
    /// the blurred response, as in MMPose.
    pub scores: Array2<f32>,
    /// (N,), the mean response of an instance, 0 for keypoints that were not detected.
    pub instance_scores: Array1<f32>,
}

impl AssociativeEmbedding {
    /// Decodes one image: heatmaps (K, H, W) and tags (L·K, H, W) of any size. Tags are ordered by
    /// channel: the first K maps are channel 0 of the K keypoints.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for tags that do not fit the heatmaps, fewer pixels than candidates,
    /// or a keypoint order of another length than K.
    pub fn decode<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView3<'_, E>,
        tags: ArrayView3<'_, E>,
    ) -> Result<GroupedKeypoints> {
        let (count, height, width) = heatmaps.dim();
        let (channels, rows, columns) = tags.dim();
        let (heatmaps, tags) = (heatmaps.as_standard_layout(), tags.as_standard_layout());
        let shapes = [[1, count, height, width], [1, channels, rows, columns]];
        let maps = heatmaps.as_slice().expect("standard layout");
        let decoded = self.decode_flat(maps, tags.as_slice().expect("standard layout"), shapes)?;
        Ok(decoded.into_iter().next().expect("one for one image"))
    }

    /// Decodes a batch: heatmaps (B, K, H, W) and tags (B, L·K, H, W); on several threads if the batch
    /// is large enough. Returns the instances of each image.
    ///
    /// # Errors
    /// As for [`Self::decode`].
    pub fn decode_batch<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView4<'_, E>,
        tags: ArrayView4<'_, E>,
    ) -> Result<Vec<GroupedKeypoints>> {
        let shapes = [heatmaps.dim(), tags.dim()].map(|(b, k, h, w)| [b, k, h, w]);
        let (heatmaps, tags) = (heatmaps.as_standard_layout(), tags.as_standard_layout());
        let maps = heatmaps.as_slice().expect("standard layout");
        self.decode_flat(maps, tags.as_slice().expect("standard layout"), shapes)
    }

    /// Decodes B images, on several threads if the batch is large enough. The flat heatmaps and
    /// tags have the `shapes` `[B, K, H, W]` and `[B, L·K, H, W]`.
    ///
    /// # Errors
    /// As for [`Self::decode`], and [`Error::OutOfMemory`] if the results cannot be allocated.
    pub fn decode_flat<E: HeatmapValue>(
        &self,
        heatmaps: &[E],
        tags: &[E],
        shapes: [[usize; 4]; 2],
    ) -> Result<Vec<GroupedKeypoints>> {
        self.check_maps(shapes)?;
        let [[batch, count, height, width], [_, channels, ..]] = shapes;
        check::len("heatmaps", "B·K·H·W", &shapes[0], heatmaps.len())?;
        check::len("tags", "B·L·K·H·W", &shapes[1], tags.len())?;
        let map_len = height.saturating_mul(width);
        let mut decoded = try_with_capacity("the images of a batch", batch)?;
        decoded.resize_with(batch, || None);
        let mut images = try_with_capacity("the images of a batch", batch)?;
        for (number, decoded) in decoded.iter_mut().enumerate() {
            let image = ImageMaps {
                heatmaps: SampleMaps {
                    values: &heatmaps[number * count * map_len..],
                    map_len,
                    width,
                },
                tags: SampleMaps { values: &tags[number * channels * map_len..], map_len, width },
                keypoints: count,
                channels: channels.checked_div(count).unwrap_or(0),
            };
            images.push((image, decoded));
        }
        parallel::for_each(images, heatmaps.len() + tags.len(), &|(image, decoded)| {
            *decoded = Some(self.decode_image(&image));
        });
        decoded.into_iter().flatten().collect()
    }

    fn check_maps(&self, [heatmaps, tags]: [[usize; 4]; 2]) -> Result<()> {
        let [batch, count, height, width] = heatmaps;
        let alike = tags[0] == batch && tags[2..] == heatmaps[2..];
        if !alike || (count == 0) != (tags[1] == 0) || count > 0 && !tags[1].is_multiple_of(count) {
            let wanted = format!(
                "({batch}, L*{count}, {height}, {width}), like the heatmaps: Mismatched shapes of \
                 heatmap and tagging map"
            );
            return Err(check::shape("tags", &wanted, &tags));
        }
        check::not_transposed("heatmaps", self.heatmap_size, [height, width])?;
        let map_len = height.saturating_mul(width);
        if self.options.top_k > map_len {
            let wanted = format!("must be at most the {map_len} pixels of a heatmap");
            return Err(Error::invalid("decode_topk", wanted, self.options.top_k));
        }
        let order = &self.options.keypoint_order;
        if order.len() != count {
            let wanted = format!("must have each of the {count} keypoints' index once");
            return Err(Error::invalid("decode_keypoint_order", wanted, Shape(order)));
        }
        Ok(())
    }

    fn decode_image<E: HeatmapValue>(&self, image: &ImageMaps<'_, E>) -> Result<GroupedKeypoints> {
        if self.options.use_udp {
            self.decode_with(image, |plane, width| {
                Cow::Owned(log_plane(plane, width, &self.kernel))
            })
        } else {
            self.decode_with(image, |plane, _| Cow::Borrowed(plane))
        }
    }

    /// Decodes an image. `responses` computes the map of a missing keypoint from its heatmap and width.
    fn decode_with<'a, R: HeatmapValue, E: HeatmapValue>(
        &'a self,
        image: &'a ImageMaps<'a, E>,
        responses: impl Fn(&'a [E], usize) -> Cow<'a, [R]>,
    ) -> Result<GroupedKeypoints> {
        let options = &self.options;
        let largest: Vec<_> = (0..image.keypoints)
            .map(|keypoint| {
                let (plane, width) = (image.heatmaps.plane(keypoint), image.heatmaps.width);
                let neighborhood = Neighborhood { plane, width, radius: options.nms_kernel / 2 };
                peaks_above(neighborhood, options.top_k, options.keypoint_threshold)
                    .unwrap_or_else(|| top_k(neighborhood, options.top_k))
            })
            .collect();
        let candidates: Vec<_> = (0..image.keypoints)
            .map(|keypoint| image.tagged(keypoint, &largest[keypoint], options.keypoint_threshold))
            .collect();
        let rules = GroupingRules::of_threshold(options.tag_threshold);
        let mut groups = group_by_tags(&candidates, &options.keypoint_order, &rules)?;
        groups.truncate(options.max_instances.unwrap_or(usize::MAX));

        let shape = (groups.len(), image.keypoints);
        let mut grouped = GroupedKeypoints {
            keypoints: Array3::zeros((shape.0, shape.1, 2)),
            scores: Array2::zeros(shape),
            instance_scores: Array1::zeros(shape.0),
        };
        let maps = (0..shape.1).map(|_| None).collect();
        let mut refinement = Refinement { codec: self, image, largest, responses, maps };
        for (instance, group) in groups.iter().enumerate() {
            let (points, scores) = refinement.complete(group);
            grouped.instance_scores[instance] = mean_score(group);
            for (keypoint, (point, score)) in points.iter().zip(scores).enumerate() {
                for axis in 0..2 {
                    grouped.keypoints[[instance, keypoint, axis]] =
                        point[axis] * self.scale_factor[axis];
                }
                grouped.scores[[instance, keypoint]] = score;
            }
        }
        Ok(grouped)
    }
}

/// The maps of one image. The slices may continue with the maps of the next images.
struct ImageMaps<'a, E> {
    heatmaps: SampleMaps<'a, E>,
    tags: SampleMaps<'a, E>,
    /// K.
    keypoints: usize,
    /// L.
    channels: usize,
}

impl<'a, E: HeatmapValue> ImageMaps<'a, E> {
    /// The tag planes of a keypoint, one per channel.
    fn tag_planes(&self, keypoint: usize) -> Vec<&'a [E]> {
        (0..self.channels)
            .map(|channel| self.tags.plane(channel * self.keypoints + keypoint))
            .collect()
    }

    /// The candidates above the threshold with their tags. Candidates whose tag is not finite are
    /// dropped.
    fn tagged(
        &self,
        keypoint: usize,
        candidates: &[Candidate<E>],
        threshold: f64,
    ) -> Vec<TaggedCandidate<E::Compute>> {
        let planes = self.tag_planes(keypoint);
        candidates
            .iter()
            .filter(|candidate| candidate.value.as_f64() > threshold)
            .filter_map(|&Candidate { value, pixel }| {
                let value = value.to_compute();
                let tag: Vec<_> = planes.iter().map(|plane| plane[pixel].to_compute()).collect();
                let at = [pixel % self.heatmaps.width, pixel / self.heatmaps.width];
                let finite = tag.iter().all(|value| value.is_finite());
                finite.then_some(TaggedCandidate { at, value, tag })
            })
            .collect()
    }
}

/// Refines groups of heatmap pixels to keypoints, and fills in missing ones.
struct Refinement<'a, R: HeatmapValue, E: HeatmapValue, F> {
    codec: &'a AssociativeEmbedding,
    image: &'a ImageMaps<'a, E>,
    /// The candidates of each keypoint, in descending order of response.
    largest: Vec<Vec<Candidate<E>>>,
    /// Computes the responses in which a missing keypoint is searched for from its heatmap and width.
    responses: F,
    /// The maps in which missing keypoints are searched for, created on first use.
    maps: Vec<Option<TagMap<'a, R, E>>>,
}

/// The score of a detected keypoint; 0 for a missing one.
fn score<T: Float>(found: Option<([usize; 2], T)>) -> f32 {
    found.map_or(0.0, |(_, value)| single(value.as_f64()))
}

/// The mean score of a group's keypoints; finite if the scores are.
fn mean_score<T: Float>(group: &Group<T>) -> f32 {
    let scores: Vec<f32> = group.iter().map(|found| score(*found)).collect();
    let mean = pairwise_sum(&scores) / scores.len() as f32;
    if mean.is_finite() {
        return mean;
    }
    let sum: f64 = scores.iter().copied().map(f64::from).sum();
    single(sum / scores.len() as f64)
}

impl<'a, R, E, F> Refinement<'a, R, E, F>
where
    R: HeatmapValue,
    E: HeatmapValue,
    F: Fn(&'a [E], usize) -> Cow<'a, [R]>,
{
    /// The keypoints of a group in heatmap pixels, and their scores.
    fn complete(&mut self, group: &Group<E::Compute>) -> (Vec<[f32; 2]>, Vec<f32>) {
        let mut scores: Vec<f32> = group.iter().map(|found| score(*found)).collect();
        let mut points: Vec<[f32; 2]> = group
            .iter()
            .enumerate()
            .map(|(keypoint, found)| found.map_or([0.0; 2], |(at, _)| self.refined(keypoint, at)))
            .collect();
        let tags: Vec<_> = (0..points.len())
            .filter(|&keypoint| scores[keypoint] > 0.0)
            .map(|keypoint| self.tag_at(keypoint, points[keypoint]))
            .filter(|tag: &Vec<E::Compute>| tag.iter().all(|value| value.is_finite()))
            .collect();
        if tags.is_empty() {
            return (points, scores);
        }
        let tag = mean_tag(&tags);
        for keypoint in 0..points.len() {
            if !(scores[keypoint] > 0.0)
                && let Some((point, response)) = self.most_likely(keypoint, &tag)
            {
                (points[keypoint], scores[keypoint]) = (point, response);
            }
        }
        (points, scores)
    }

    /// A detected keypoint, refined with its neighbors in the heatmap.
    fn refined(&self, keypoint: usize, at: [usize; 2]) -> [f32; 2] {
        let SampleMaps { width, .. } = self.image.heatmaps;
        let plane = self.image.heatmaps.plane(keypoint);
        // DARK needs the maximum of the whole plane.
        let value = self.largest[keypoint][0].value;
        let peak = Peak { plane, width, at, value };
        let refined = if self.codec.options.use_udp {
            let offset = dark_udp_offset(&peak, &self.codec.kernel, &mut BlurBuffers::default());
            [0, 1].map(|axis| (at[axis] as f64 + offset[axis]) as f32)
        } else {
            let shift = quarter_shift(&peak);
            [0, 1].map(|axis| at[axis] as f32 + shift[axis])
        };
        refined.map(|coordinate| coordinate + self.codec.options.center_shift as f32)
    }

    /// The tag at a location in heatmap pixels. The coordinates are truncated to integers.
    fn tag_at(&self, keypoint: usize, point: [f32; 2]) -> Vec<E::Compute> {
        let SampleMaps { width, map_len, .. } = self.image.tags;
        let [x, y] = [0, 1].map(|axis| {
            let last = [width, map_len / width][axis] - 1;
            (point[axis] as i64).clamp(0, last as i64) as usize
        });
        let planes = self.image.tag_planes(keypoint);
        planes.iter().map(|plane| plane[y * width + x].to_compute()).collect()
    }

    /// The most likely location of a missing keypoint of the instance with this tag, and the
    /// response there. As in MMPose, with `use_udp` the response is the logarithm that DARK works
    /// on.
    fn most_likely(&mut self, keypoint: usize, tag: &[E::Compute]) -> Option<([f32; 2], f32)> {
        let (image, responses) = (self.image, &self.responses);
        let SampleMaps { width, .. } = image.heatmaps;
        let map = self.maps[keypoint].get_or_insert_with(|| {
            let responses = responses(image.heatmaps.plane(keypoint), width);
            TagMap::new(responses, image.tag_planes(keypoint))
        });
        let pixel = map.nearest(tag, E::Compute::of(DISTANCE_WEIGHT))?;
        let point = [(pixel % width) as f32, (pixel / width) as f32];
        Some((point, map.responses()[pixel].as_f32()))
    }
}
