//! The most likely pixel of an instance's missing keypoint: the one with the nearest tag.
//!
//! Associative embedding looks for a missing keypoint at the pixel of the least cost
//! `weight · round(|tags - tag|) - response`; the weight is 100 in MMPose 1.x and 1 in MMPose 0.x. Each
//! instance with a missing keypoint searches the same map, so the map is divided into blocks, with bounds
//! that are computed once:
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
//!
//! Maps stay in their own type. Only the pixels of a block whose costs are computed are converted to the
//! type of the computation.

use std::borrow::Cow;

use num_traits::{Float as _, Zero};

use crate::float::{Float, HeatmapValue};
use crate::simd::{Vectorized, dispatch, fold_lanes};

/// Pixels per block. For a map of 128×128 pixels that is searched once, blocks of 32, 64, 128, 256 and
/// 512 take 10.8, 6.4, 4.1, 3.2 and 2.9 µs with AVX-512, most of it for the bounds; with larger blocks,
/// every other search computes more costs.
const BLOCK: usize = 128;

/// The responses and tags of one keypoint, with bounds of both per block of pixels.
#[derive(Debug)]
pub struct TagMap<'a, R: HeatmapValue, E: HeatmapValue> {
    responses: Cow<'a, [R]>,
    /// One plane per channel.
    tags: Vec<&'a [E]>,
    /// The maximum response of each block.
    max_responses: Vec<E::Compute>,
    /// The minimum and maximum tag of each block, one channel after the other.
    tag_ranges: Vec<[E::Compute; 2]>,
}

impl<'a, R: HeatmapValue, E: HeatmapValue> TagMap<'a, R, E> {
    /// `tags` holds one plane per channel, each as long as `responses`.
    pub fn new(responses: Cow<'a, [R]>, tags: Vec<&'a [E]>) -> Self {
        dispatch(Bounds { responses, tags })
    }

    /// The responses.
    pub fn responses(&self) -> &[R] {
        &self.responses
    }

    /// The first pixel of the least cost `weight · round(|tags - tag|) - response`, computed in the
    /// tags' precision. With a weight above the range of responses, that is the nearest tag, and of
    /// equally near ones the largest response. `None` if all costs are NaN or infinite.
    pub fn nearest(&self, tag: &[E::Compute], weight: E::Compute) -> Option<usize> {
        dispatch(Nearest { map: self, tag, weight })
    }
}

struct Bounds<'a, R: HeatmapValue, E: HeatmapValue> {
    responses: Cow<'a, [R]>,
    tags: Vec<&'a [E]>,
}

impl<'a, R: HeatmapValue, E: HeatmapValue> Vectorized for Bounds<'a, R, E> {
    type Output = TagMap<'a, R, E>;

    #[inline(always)]
    fn run(self) -> TagMap<'a, R, E> {
        let Self { responses, tags } = self;
        let blocks = responses.len().div_ceil(BLOCK);
        let (mut max_responses, mut tag_ranges) = (Vec::with_capacity(blocks), Vec::new());
        for block in responses.chunks(BLOCK) {
            max_responses.push(E::Compute::of(range(block)[1]));
        }
        tag_ranges.reserve_exact(blocks * tags.len());
        for plane in &tags {
            for block in plane.chunks(BLOCK) {
                tag_ranges.push(range(block).map(E::Compute::of));
            }
        }
        TagMap { responses, tags, max_responses, tag_ranges }
    }
}

/// The minimum and maximum of a block; NaN is ignored.
#[inline(always)]
fn range<E: HeatmapValue>(block: &[E]) -> [f64; 2] {
    if size_of::<E>() == 2 {
        let mut singles = [0f32; BLOCK];
        let singles = &mut singles[..block.len()];
        E::convert_to_f32(block, singles);
        range_in_lanes(singles)
    } else {
        range_in_lanes(block)
    }
}

/// [`range`] of a type whose order keys do not compare for NaN.
#[inline(always)]
fn range_in_lanes<E: HeatmapValue>(values: &[E]) -> [f64; 2] {
    let [first, last] = [f64::INFINITY, f64::NEG_INFINITY].map(|start| E::of(start).order_key());
    let ends = [extreme(values, first, smaller), extreme(values, last, larger)];
    ends.map(|key| E::from_order_key(key).as_f64())
}

/// The smallest or largest order key. The compiler turns one loop for both into vectors of two values.
#[inline(always)]
fn extreme<E: HeatmapValue>(
    values: &[E],
    start: E::Key,
    better: impl Fn(E::Key, E::Key) -> E::Key,
) -> E::Key {
    const LANES: usize = 16;
    let mut lanes = [start; LANES];
    let (steps, rest) = values.as_chunks::<LANES>();
    for step in steps {
        for lane in 0..LANES {
            lanes[lane] = better(step[lane].order_key(), lanes[lane]);
        }
    }
    let rest = rest.iter().fold(start, |best, value| better(value.order_key(), best));
    lanes.iter().fold(rest, |best, &key| better(key, best))
}

#[inline(always)]
fn larger<K: PartialOrd>(value: K, best: K) -> K {
    if value > best { value } else { best }
}

#[inline(always)]
fn smaller<K: PartialOrd>(value: K, best: K) -> K {
    if value < best { value } else { best }
}

/// Fills `computed` with a block's values, converted.
#[inline(always)]
fn convert<E: HeatmapValue, T: Float>(values: &[E], computed: &mut [T]) {
    if size_of::<E>() == 2 {
        let mut singles = [0f32; BLOCK];
        let singles = &mut singles[..values.len()];
        E::convert_to_f32(values, singles);
        for (computed, &single) in computed.iter_mut().zip(&*singles) {
            *computed = T::of(single.into());
        }
    } else {
        for (computed, value) in computed.iter_mut().zip(values) {
            *computed = T::of(value.as_f64());
        }
    }
}

struct Nearest<'a, R: HeatmapValue, E: HeatmapValue> {
    map: &'a TagMap<'a, R, E>,
    tag: &'a [E::Compute],
    weight: E::Compute,
}

impl<R: HeatmapValue, E: HeatmapValue> Vectorized for Nearest<'_, R, E> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run(self) -> Option<usize> {
        let Self { map, tag, weight } = self;
        let zero = <E::Compute as Zero>::zero();
        let mut best = (E::of(f64::INFINITY).to_compute(), None);
        let (mut costs, mut computed) = ([zero; BLOCK], [zero; BLOCK]);
        for (number, &max_response) in map.max_responses.iter().enumerate() {
            if !(cost(self.tag_distance(number), max_response, weight) < best.0) {
                continue;
            }
            let start = number * BLOCK;
            let end = (start + BLOCK).min(map.responses.len());
            let costs = &mut costs[..end - start];
            let computed = &mut computed[..end - start];
            if let ([plane], &[tag]) = (&map.tags[..], tag) {
                // One channel: the root of a square is the number itself.
                convert(&plane[start..end], computed);
                for (cost, &value) in costs.iter_mut().zip(&*computed) {
                    *cost = (value - tag).abs();
                }
            } else {
                costs.fill(zero);
                for (plane, &tag) in map.tags.iter().zip(tag) {
                    convert(&plane[start..end], computed);
                    for (cost, &value) in costs.iter_mut().zip(&*computed) {
                        let difference = value - tag;
                        *cost = *cost + difference * difference;
                    }
                }
                for cost in &mut *costs {
                    *cost = cost.sqrt();
                }
            }
            convert(&map.responses[start..end], computed);
            for (distance, &response) in costs.iter_mut().zip(&*computed) {
                *distance = cost(*distance, response, weight);
            }
            let least = least(costs);
            if least < best.0 {
                let first = costs.iter().position(|&cost| cost == least);
                best = (least, first.map(|pixel| start + pixel));
            }
        }
        best.1
    }
}

/// The least of some costs, in lanes; NaN is ignored.
#[inline(always)]
fn least<T: Float>(costs: &[T]) -> T {
    const LANES: usize = 16;
    let mut lanes = [T::infinity(); LANES];
    let (steps, rest) = costs.as_chunks::<LANES>();
    for step in steps {
        for lane in 0..LANES {
            lanes[lane] = smaller(step[lane], lanes[lane]);
        }
    }
    rest.iter().fold(fold_lanes(lanes, smaller), |best, &cost| smaller(cost, best))
}

impl<R: HeatmapValue, E: HeatmapValue> Nearest<'_, R, E> {
    /// A lower bound of the distance of a block's tags: the distance to their bounding box.
    #[inline(always)]
    fn tag_distance(&self, block: usize) -> E::Compute {
        let zero = <E::Compute as Zero>::zero();
        let blocks = self.map.max_responses.len();
        let distances = self.tag.iter().enumerate().map(|(channel, &tag)| {
            let [min, max] = self.map.tag_ranges[channel * blocks + block];
            let below = if min > tag { min - tag } else { zero };
            if tag > max { tag - max } else { below }
        });
        if self.tag.len() == 1 {
            return distances.fold(zero, |sum, distance| sum + distance);
        }
        distances.fold(zero, |sum, distance| sum + distance * distance).sqrt()
    }
}

#[inline(always)]
fn cost<T: Float>(distance: T, response: T, weight: T) -> T {
    distance.round_half_even() * weight - response
}
