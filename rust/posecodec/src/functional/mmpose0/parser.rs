//! `HeatmapParser`: people from heatmaps and tags.

use std::borrow::Cow;

use super::super::{maps, product, same_length};
use crate::check;
use crate::error::{Error, Result, try_with_capacity};
use crate::float::{Float, HeatmapValue};
use crate::inputs::maps::SampleMaps;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, Border};
use crate::kernels::grouping::by_tags::{
    Group, GroupingRules, TaggedCandidate, group_by_tags, mean_tag,
};
use crate::kernels::grouping::nms::Neighborhood;
use crate::kernels::grouping::tag_map::TagMap;
use crate::kernels::grouping::top_k::top_k;
use crate::kernels::math::pairwise_sum::pairwise_sum;
use crate::kernels::refinement::{Peak, dark_udp_unscaled_offset, log_plane_unscaled};

/// How [`HeatmapParser`] groups keypoints: the options of MMPose 0.x's class of the same name.
#[derive(Debug, Clone, PartialEq)]
pub struct ParserOptions {
    /// K.
    pub num_joints: usize,
    /// Maximum number of candidates per keypoint; with `ignore_too_much`, also of people.
    pub max_num_people: usize,
    /// Candidates must have a response above this one.
    pub detection_threshold: f64,
    /// A keypoint joins a person if the distance between their tags is below this one.
    pub tag_threshold: f64,
    /// Whether distances are rounded, so that of equally near candidates the larger response wins.
    pub use_detection_val: bool,
    /// Whether people beyond `max_num_people` are dropped.
    pub ignore_too_much: bool,
    /// Size of the neighborhood in which a candidate must be the maximum; odd.
    pub nms_kernel: usize,
    /// Whether there is one tag map per keypoint, or one for all.
    pub tag_per_joint: bool,
    /// Whether keypoints are refined with DARK instead of a quarter shift.
    pub use_udp: bool,
}

/// Which steps follow the grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParserSteps {
    /// Whether keypoints are moved within their heatmap pixel.
    pub adjust: bool,
    /// Whether missing keypoints are searched for in the first image.
    pub refine: bool,
}

/// Groups the keypoints of images to people.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapParser {
    pub(super) options: ParserOptions,
    kernel: GaussianKernel,
}

/// The people of one image.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParsedPeople {
    /// (N, K, 3 + L): x, y, score and tag; zeros for missing keypoints.
    pub poses: Vec<f32>,
    /// (N,): the mean scores before missing keypoints are searched for.
    pub scores: Vec<f32>,
}

/// Taps of the blur before DARK.
const DARK_TAPS: usize = 3;

/// The order in which the 17 keypoints of COCO are grouped.
const COCO_ORDER: [usize; 17] = [0, 1, 2, 3, 4, 5, 6, 11, 12, 7, 8, 9, 10, 13, 14, 15, 16];

impl HeatmapParser {
    /// A parser with these options.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for an even kernel or a threshold that is NaN.
    pub fn new(options: ParserOptions) -> Result<Self> {
        check::kernel_size("nms_kernel", options.nms_kernel)?;
        check::count("max_num_people", options.max_num_people)?;
        check::finite("detection_threshold", options.detection_threshold)?;
        if options.tag_threshold.is_nan() {
            return Err(Error::invalid("tag_threshold", "must be a number", options.tag_threshold));
        }
        Ok(Self { options, kernel: GaussianKernel::new(DARK_TAPS) })
    }

    /// The people of each image: heatmaps (B, K, H, W) and tags (B, K, H, W, L), or (B, 1, H, W, L)
    /// without `tag_per_joint`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for shapes that do not fit, [`Error::OutOfMemory`] if the cost matrices
    /// cannot be allocated.
    pub fn parse<T: Float + HeatmapValue<Compute = T>>(
        &self,
        heatmaps: &[T],
        tags: &[T],
        shape: [usize; 4],
        tag_shape: [usize; 5],
        steps: ParserSteps,
    ) -> Result<Vec<ParsedPeople>> {
        let [batch, count, height, width] = shape;
        let channels = tag_shape[4];
        self.check_shapes(shape, tag_shape)?;
        same_length("tags", product(&tag_shape), tags.len())?;
        let SampleMaps { map_len, .. } = maps("heatmaps", heatmaps, &shape, 2)?;
        if self.options.max_num_people > map_len {
            let wanted = format!("must be at most the {map_len} pixels of a heatmap");
            return Err(Error::invalid("max_num_people", wanted, self.options.max_num_people));
        }
        let tag_count = tag_shape[1];
        let mut people = try_with_capacity("the images of a batch", batch)?;
        let images = heatmaps.chunks_exact(count * map_len);
        for (number, values) in images.enumerate() {
            let tags = &tags[number * tag_count * map_len * channels..];
            let image = Image {
                heatmaps: SampleMaps { values, map_len, width },
                size: [width, height],
                tags: planes(&tags[..tag_count * map_len * channels], map_len, channels),
                channels,
                tag_per_joint: self.options.tag_per_joint,
            };
            let refine = steps.refine && number == 0;
            people.push(self.parse_image(&image, ParserSteps { refine, ..steps })?);
        }
        Ok(people)
    }

    fn check_shapes(&self, shape: [usize; 4], tags: [usize; 5]) -> Result<()> {
        let [batch, count, height, width] = shape;
        if count != self.options.num_joints || count == 0 {
            let wanted = format!("(N, {}, H, W)", self.options.num_joints);
            return Err(check::shape("heatmaps", &wanted, &shape));
        }
        let planes = if self.options.tag_per_joint { count } else { 1 };
        if tags[..4] != [batch, planes, height, width] || tags[4] == 0 {
            let wanted = format!("({batch}, {planes}, {height}, {width}, L)");
            return Err(check::shape("tags", &wanted, &tags));
        }
        Ok(())
    }

    fn parse_image<T: Float + HeatmapValue<Compute = T>>(
        &self,
        image: &Image<'_, T>,
        steps: ParserSteps,
    ) -> Result<ParsedPeople> {
        let options = &self.options;
        let joints = 0..options.num_joints;
        let candidates: Vec<_> = joints.map(|joint| image.candidates(joint, options)).collect();
        let groups = self.grouped(&candidates)?;

        let columns = 3 + image.channels;
        let mut people = ParsedPeople::default();
        let mut searched =
            Searched { image, log: steps.adjust && options.use_udp, maps: Vec::new() };
        for group in &groups {
            let mut pose = image.pose(group);
            if steps.adjust {
                self.adjust(image, &mut pose);
            }
            let scores: Vec<f32> = pose.chunks_exact(columns).map(|joint| joint[2]).collect();
            people.scores.push(pairwise_sum(&scores) / scores.len() as f32);
            if steps.refine {
                self.complete(&mut searched, &mut pose);
            }
            people.poses.extend(pose);
        }
        Ok(people)
    }

    /// The groups of the candidates of each keypoint.
    pub(super) fn grouped<T: Float>(
        &self,
        candidates: &[Vec<TaggedCandidate<T>>],
    ) -> Result<Vec<Group<T>>> {
        let options = &self.options;
        let rules = GroupingRules {
            threshold: options.tag_threshold,
            prefer_response: options.use_detection_val,
            max_joined: if options.ignore_too_much { options.max_num_people } else { usize::MAX },
        };
        let count = candidates.len();
        let order: Vec<_> =
            if count == COCO_ORDER.len() { COCO_ORDER.to_vec() } else { (0..count).collect() };
        let mut groups = group_by_tags(candidates, &order, &rules)?;
        groups.truncate(rules.max_joined);
        Ok(groups)
    }

    /// Moves keypoints within their heatmap pixel.
    fn adjust<T: Float + HeatmapValue<Compute = T>>(&self, image: &Image<'_, T>, pose: &mut [f32]) {
        let mut buffers = BlurBuffers::default();
        for (joint, row) in pose.chunks_exact_mut(3 + image.channels).enumerate() {
            let at = [row[0] as usize, row[1] as usize];
            if self.options.use_udp {
                // Missing keypoints, at the first pixel, are moved as well.
                let (plane, width) = (image.heatmaps.plane(joint), image.heatmaps.width);
                let peak = Peak { plane, width, at, value: plane[at[1] * width + at[0]] };
                let border = Border::Reflect101;
                let offset = dark_udp_unscaled_offset(&peak, &self.kernel, border, &mut buffers);
                for axis in 0..2 {
                    row[axis] = (f64::from(row[axis]) + offset[axis]) as f32;
                }
            } else if row[2] > 0.0 {
                let shift = image.always_shifted(image.heatmaps.plane(joint), at);
                for axis in 0..2 {
                    row[axis] += shift[axis] + 0.5;
                }
            }
        }
    }

    /// Places each missing keypoint where its heatmap and its tag fit the person best.
    fn complete<T: Float + HeatmapValue<Compute = T>>(
        &self,
        searched: &mut Searched<'_, T>,
        pose: &mut [f32],
    ) {
        let image = searched.image;
        let columns = 3 + image.channels;
        let tags: Vec<Vec<T>> = pose
            .chunks_exact(columns)
            .enumerate()
            .filter(|(_, row)| row[2] > 0.0)
            .map(|(joint, row)| image.tag_at(joint, [row[0], row[1]]))
            .filter(|tag| tag.iter().all(|value| value.is_finite()))
            .collect();
        if tags.is_empty() {
            return;
        }
        let tag = mean_tag(&tags);
        for (joint, row) in pose.chunks_exact_mut(columns).enumerate() {
            if row[2] == 0.0
                && let Some((at, response, responses)) = searched.most_likely(joint, &tag)
                && response > 0.0
            {
                let shift = image.always_shifted(responses, at);
                let half = if self.options.use_udp { 0.0 } else { 0.5 };
                for axis in 0..2 {
                    row[axis] = at[axis] as f32 + half + shift[axis];
                }
                row[2] = response;
            }
        }
    }
}

/// The tags as one plane per keypoint and channel: channels come last in MMPose's tensors.
fn planes<T: Float>(tags: &[T], map_len: usize, channels: usize) -> Cow<'_, [T]> {
    if channels == 1 {
        return Cow::Borrowed(tags);
    }
    let mut planes = Vec::with_capacity(tags.len());
    for map in tags.chunks_exact(map_len * channels) {
        for channel in 0..channels {
            planes.extend(map.iter().skip(channel).step_by(channels));
        }
    }
    Cow::Owned(planes)
}

/// The maps of one image.
struct Image<'a, T: Clone> {
    heatmaps: SampleMaps<'a, T>,
    size: [usize; 2],
    /// One plane per keypoint and channel.
    tags: Cow<'a, [T]>,
    channels: usize,
    tag_per_joint: bool,
}

impl<T: Float + HeatmapValue<Compute = T>> Image<'_, T> {
    /// The tag planes of a keypoint, one per channel.
    fn tag_planes(&self, joint: usize) -> Vec<&[T]> {
        let map_len = self.heatmaps.map_len;
        let first = if self.tag_per_joint { joint * self.channels } else { 0 };
        (first..first + self.channels)
            .map(|plane| &self.tags[plane * map_len..][..map_len])
            .collect()
    }

    /// The candidates above the threshold with their tags, in descending order of response.
    /// Candidates whose tag is not finite are dropped.
    fn candidates(&self, joint: usize, options: &ParserOptions) -> Vec<TaggedCandidate<T>> {
        let (plane, width) = (self.heatmaps.plane(joint), self.heatmaps.width);
        let planes = self.tag_planes(joint);
        top_k(Neighborhood { plane, width, radius: options.nms_kernel / 2 }, options.max_num_people)
            .into_iter()
            .filter(|candidate| Float::as_f64(candidate.value) > options.detection_threshold)
            .map(|candidate| TaggedCandidate {
                at: [candidate.pixel % width, candidate.pixel / width],
                value: candidate.value,
                tag: planes.iter().map(|plane| plane[candidate.pixel]).collect(),
            })
            .filter(|candidate| candidate.tag.iter().all(|value| value.is_finite()))
            .collect()
    }

    /// The rows x, y, score and tag of a group's keypoints.
    fn pose(&self, group: &Group<T>) -> Vec<f32> {
        let columns = 3 + self.channels;
        let mut pose = vec![0.0; group.len() * columns];
        for (joint, (row, found)) in pose.chunks_exact_mut(columns).zip(group).enumerate() {
            let &Some((at, value)) = found else { continue };
            (row[0], row[1], row[2]) = (at[0] as f32, at[1] as f32, HeatmapValue::as_f32(value));
            let pixel = at[1] * self.heatmaps.width + at[0];
            for (tag, plane) in row[3..].iter_mut().zip(self.tag_planes(joint)) {
                *tag = HeatmapValue::as_f32(plane[pixel]);
            }
        }
        pose
    }

    /// A quarter of a pixel towards the larger neighbor along each axis, and away from the origin only
    /// if the farther neighbor is larger. At the border, the pixel is its own neighbor.
    fn always_shifted(&self, plane: &[T], [x, y]: [usize; 2]) -> [f32; 2] {
        let [width, height] = self.size;
        let value = |x: usize, y: usize| HeatmapValue::as_f64(plane[y * width + x]);
        let right = value((x + 1).min(width - 1), y) > value(x.saturating_sub(1), y);
        let below = value(x, (y + 1).min(height - 1)) > value(x, y.saturating_sub(1));
        [right, below].map(|farther| if farther { 0.25 } else { -0.25 })
    }

    /// The tag at a location in heatmap pixels, whose coordinates are truncated to integers.
    fn tag_at(&self, joint: usize, point: [f32; 2]) -> Vec<T> {
        let [x, y] =
            [0, 1].map(|axis| (point[axis] as i64).clamp(0, self.size[axis] as i64 - 1) as usize);
        let pixel = y * self.size[0] + x;
        self.tag_planes(joint).iter().map(|plane| plane[pixel]).collect()
    }
}

/// The maps in which missing keypoints are searched for, created on first use.
struct Searched<'a, T: HeatmapValue> {
    image: &'a Image<'a, T>,
    /// Whether they hold the logarithms that DARK works on, as in MMPose on a CPU.
    log: bool,
    maps: Vec<Option<TagMap<'a, T, T>>>,
}

impl<T: Float + HeatmapValue<Compute = T>> Searched<'_, T> {
    /// The pixel of a keypoint of the person with this tag, the response there, and all responses.
    fn most_likely(&mut self, joint: usize, tag: &[T]) -> Option<([usize; 2], f32, &[T])> {
        let image = self.image;
        self.maps.resize_with(image.heatmaps.values.len() / image.heatmaps.map_len, || None);
        let (log, kernel) = (self.log, GaussianKernel::new(DARK_TAPS));
        let map = self.maps[joint].get_or_insert_with(|| {
            let (plane, width) = (image.heatmaps.plane(joint), image.heatmaps.width);
            let responses = if log {
                let log = log_plane_unscaled(plane, width, &kernel);
                Cow::Owned(log.into_iter().map(|value| <T as Float>::of(value.into())).collect())
            } else {
                Cow::Borrowed(plane)
            };
            TagMap::new(responses, image.tag_planes(joint))
        });
        let pixel = map.nearest(tag, T::one())?;
        let at = [pixel % image.size[0], pixel / image.size[0]];
        let responses = map.responses();
        Some((at, HeatmapValue::as_f32(responses[pixel]), responses))
    }
}
