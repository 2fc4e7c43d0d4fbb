//! The most likely pixel of an instance's missing keypoint: the one with the nearest tag.
//!
//! Associative embedding looks for a missing keypoint at the pixel of the least cost
//! `weight · round(|tags - tag|) - response`; the weight is 100 in MMPose 1.x and 1 in MMPose 0.x. Each instance with a missing keypoint searches the same map,
//! so the map is divided into blocks, with bounds that are computed once:
//!
//! ```text
//! TagMap::new:
//!     for each block of 128 pixels: max_response, [min_tag, max_tag] per channel
//! nearest(tag):
//!     for each block:
//!         distance = distance of tag to the box [min_tag, max_tag]
//!         if cost(distance, max_response) ≥ least: continue       // nearly all blocks
//!         costs = cost of each pixel of the block
//!         if min(costs) < least: least, nearest = min(costs), its first pixel
//! ```
//!
//! Every operation rounds monotonically, so a rounded bound is never above the rounded cost of a pixel
//! in its block: the result is exact.

use std::borrow::Cow;

use crate::float::Float;
use crate::simd::{Vectorized, dispatch};

/// Pixels per block. For a map of 128×128 pixels that is searched once, blocks of 32, 64, 128, 256 and
/// 512 take 10.8, 6.4, 4.1, 3.2 and 2.9 µs with AVX-512, most of it for the bounds; with larger blocks,
/// every other search computes more costs.
const BLOCK: usize = 128;

/// The responses and tags of one keypoint, with bounds of both per block of pixels.
#[derive(Debug)]
pub struct TagMap<'a, T: Clone> {
    responses: Cow<'a, [T]>,
    /// One plane per channel.
    tags: Vec<&'a [T]>,
    /// The maximum response of each block.
    max_responses: Vec<T>,
    /// The minimum and maximum tag of each block, one channel after the other.
    tag_ranges: Vec<[T; 2]>,
}

impl<'a, T: Float> TagMap<'a, T> {
    /// `tags` holds one plane per channel, each as long as `responses`.
    pub fn new(responses: Cow<'a, [T]>, tags: Vec<&'a [T]>) -> Self {
        dispatch(Bounds { responses, tags })
    }

    /// The responses.
    pub fn responses(&self) -> &[T] {
        &self.responses
    }

    /// The first pixel of the least cost `weight · round(|tags - tag|) - response`, computed in the
    /// tags' precision. With a weight above the range of responses, that is the nearest tag, and of
    /// equally near ones the largest response. `None` if all costs are NaN or infinite.
    pub fn nearest(&self, tag: &[T], weight: T) -> Option<usize> {
        dispatch(Nearest { map: self, tag, weight })
    }
}

struct Bounds<'a, T: Clone> {
    responses: Cow<'a, [T]>,
    tags: Vec<&'a [T]>,
}

impl<'a, T: Float> Vectorized for Bounds<'a, T> {
    type Output = TagMap<'a, T>;

    #[inline(always)]
    fn run(self) -> TagMap<'a, T> {
        let Self { responses, tags } = self;
        let blocks = responses.len().div_ceil(BLOCK);
        let (mut max_responses, mut tag_ranges) = (Vec::with_capacity(blocks), Vec::new());
        for block in responses.chunks(BLOCK) {
            max_responses.push(extreme(block, T::neg_infinity(), larger));
        }
        tag_ranges.reserve_exact(blocks * tags.len());
        for plane in &tags {
            for block in plane.chunks(BLOCK) {
                let min = extreme(block, T::infinity(), smaller);
                let max = extreme(block, T::neg_infinity(), larger);
                tag_ranges.push([min, max]);
            }
        }
        TagMap { responses, tags, max_responses, tag_ranges }
    }
}

/// The minimum or maximum of some values, in lanes; NaN is ignored.
#[inline(always)]
fn extreme<T: Float>(values: &[T], start: T, better: impl Fn(T, T) -> T) -> T {
    const LANES: usize = 16;
    let mut lanes = [start; LANES];
    let (steps, rest) = values.as_chunks::<LANES>();
    for step in steps {
        for lane in 0..LANES {
            lanes[lane] = better(step[lane], lanes[lane]);
        }
    }
    let rest = rest.iter().fold(start, |best, &value| better(value, best));
    lanes.iter().fold(rest, |best, &lane| better(lane, best))
}

#[inline(always)]
fn larger<T: Float>(value: T, best: T) -> T {
    if value > best { value } else { best }
}

#[inline(always)]
fn smaller<T: Float>(value: T, best: T) -> T {
    if value < best { value } else { best }
}

struct Nearest<'a, T: Clone> {
    map: &'a TagMap<'a, T>,
    tag: &'a [T],
    weight: T,
}

impl<T: Float> Vectorized for Nearest<'_, T> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run(self) -> Option<usize> {
        let Self { map, tag, weight } = self;
        let mut best = (T::infinity(), None);
        let mut costs = [T::zero(); BLOCK];
        for (number, &max_response) in map.max_responses.iter().enumerate() {
            if !(cost(self.tag_distance(number), max_response, weight) < best.0) {
                continue;
            }
            let start = number * BLOCK;
            let responses = &map.responses[start..(start + BLOCK).min(map.responses.len())];
            let costs = &mut costs[..responses.len()];
            if let ([plane], &[tag]) = (&map.tags[..], tag) {
                // One channel: the root of a square is the number itself.
                for (cost, &value) in costs.iter_mut().zip(&plane[start..]) {
                    *cost = (value - tag).abs();
                }
            } else {
                costs.fill(T::zero());
                for (plane, &tag) in map.tags.iter().zip(tag) {
                    for (cost, &value) in costs.iter_mut().zip(&plane[start..]) {
                        let difference = value - tag;
                        *cost = *cost + difference * difference;
                    }
                }
                for cost in &mut *costs {
                    *cost = cost.sqrt();
                }
            }
            for (distance, &response) in costs.iter_mut().zip(responses) {
                *distance = cost(*distance, response, weight);
            }
            let least = extreme(costs, T::infinity(), smaller);
            if least < best.0 {
                let first = costs.iter().position(|&cost| cost == least);
                best = (least, first.map(|pixel| start + pixel));
            }
        }
        best.1
    }
}

impl<T: Float> Nearest<'_, T> {
    /// A lower bound of the distance of a block's tags: the distance to their bounding box.
    #[inline(always)]
    fn tag_distance(&self, block: usize) -> T {
        let blocks = self.map.max_responses.len();
        let distances = self.tag.iter().enumerate().map(|(channel, &tag)| {
            let [min, max] = self.map.tag_ranges[channel * blocks + block];
            let below = if min > tag { min - tag } else { T::zero() };
            if tag > max { tag - max } else { below }
        });
        if self.tag.len() == 1 {
            return distances.fold(T::zero(), |sum, distance| sum + distance);
        }
        distances.fold(T::zero(), |sum, distance| sum + distance * distance).sqrt()
    }
}

#[inline(always)]
fn cost<T: Float>(distance: T, response: T, weight: T) -> T {
    distance.round_half_even() * weight - response
}
