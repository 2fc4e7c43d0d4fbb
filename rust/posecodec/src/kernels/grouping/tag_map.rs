//! Where on a map a missing keypoint of an instance most likely is, by tag and response.

use std::borrow::Cow;

use crate::float::Float;
use crate::simd::{Vectorized, dispatch};

/// Cells a block. For a map of 128×128 cells that is asked once, blocks of 32, 64, 128, 256 and 512
/// take 10.8, 6.4, 4.1, 3.2 and 2.9 µs with AVX-512, most of it to make the bounds; larger ones leave
/// more cells to look at to every further question.
const BLOCK: usize = 128;

/// The responses and tags of one keypoint's maps, with bounds on both in every block of cells.
///
/// A block whose bounds say that it holds nothing better than what was found is not looked at: for
/// one instance after another, that leaves a few blocks of a map.
#[derive(Debug)]
pub struct TagMap<'a, T: Clone> {
    responses: Cow<'a, [T]>,
    /// A plane a channel.
    tags: Vec<&'a [T]>,
    /// The largest response of each block.
    most: Vec<T>,
    /// The least and the largest tag of each block, one channel after the other.
    ranges: Vec<[T; 2]>,
}

impl<'a, T: Float> TagMap<'a, T> {
    /// `tags` holds a plane a channel, each as long as `responses`.
    pub fn new(responses: Cow<'a, [T]>, tags: Vec<&'a [T]>) -> Self {
        dispatch(Bounds { responses, tags })
    }

    /// The responses.
    pub fn responses(&self) -> &[T] {
        &self.responses
    }

    /// The first cell of the least `100 · round(|tags - tag|) - response`, in the tags' precision: the
    /// nearest tag, and among those equally near the largest response. `None` where no cost is a
    /// number below infinity.
    pub fn nearest(&self, tag: &[T]) -> Option<usize> {
        dispatch(Nearest { map: self, tag })
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
        let (mut most, mut ranges) = (Vec::with_capacity(blocks), Vec::new());
        for block in responses.chunks(BLOCK) {
            most.push(extreme(block, T::neg_infinity(), larger));
        }
        ranges.reserve_exact(blocks * tags.len());
        for plane in &tags {
            for block in plane.chunks(BLOCK) {
                let least = extreme(block, T::infinity(), smaller);
                let largest = extreme(block, T::neg_infinity(), larger);
                ranges.push([least, largest]);
            }
        }
        TagMap { responses, tags, most, ranges }
    }
}

/// The extreme of some values, in lanes; NaN is none.
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
}

impl<T: Float> Vectorized for Nearest<'_, T> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run(self) -> Option<usize> {
        let Self { map, tag } = self;
        let mut best = (T::infinity(), None);
        let mut costs = [T::zero(); BLOCK];
        for (number, &most) in map.most.iter().enumerate() {
            // Every operation rounds monotonically, so the bound holds to the bit.
            if !(cost(self.gap(number), most) < best.0) {
                continue;
            }
            let start = number * BLOCK;
            let responses = &map.responses[start..(start + BLOCK).min(map.responses.len())];
            let costs = &mut costs[..responses.len()];
            if let ([plane], &[tag]) = (&map.tags[..], tag) {
                // The root of a square is the number itself.
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
                *distance = cost(*distance, response);
            }
            let least = extreme(costs, T::infinity(), smaller);
            if least < best.0 {
                let first = costs.iter().position(|&cost| cost == least);
                best = (least, first.map(|cell| start + cell));
            }
        }
        best.1
    }
}

impl<T: Float> Nearest<'_, T> {
    /// The least distance of a block's tags.
    #[inline(always)]
    fn gap(&self, block: usize) -> T {
        let blocks = self.map.most.len();
        let gaps = self.tag.iter().enumerate().map(|(channel, &tag)| {
            let [least, largest] = self.map.ranges[channel * blocks + block];
            let below = if least > tag { least - tag } else { T::zero() };
            if tag > largest { tag - largest } else { below }
        });
        if self.tag.len() == 1 {
            return gaps.fold(T::zero(), |sum, gap| sum + gap);
        }
        gaps.fold(T::zero(), |sum, gap| sum + gap * gap).sqrt()
    }
}

#[inline(always)]
fn cost<T: Float>(distance: T, response: T) -> T {
    distance.round_half_even() * T::of(100.0) - response
}
