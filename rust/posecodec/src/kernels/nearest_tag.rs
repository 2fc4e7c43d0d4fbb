//! Where on a map a missing keypoint of an instance most likely is, by tag and response.

use super::element::{Real, Response};
use crate::simd::{Kernel, dispatch};

/// The first cell of the least `100 · round(|tags - tag|) - response`, in the tags' precision: the
/// nearest tag, and among those equally near the largest response. `None` where every cost is NaN.
///
/// `tags` holds a plane a channel, each as long as `responses`.
pub fn nearest_tag<T: Real, E: Response>(
    responses: &[E],
    tags: &[&[T]],
    tag: &[T],
) -> Option<usize> {
    dispatch(NearestTag { responses, tags, tag })
}

struct NearestTag<'a, T, E> {
    responses: &'a [E],
    tags: &'a [&'a [T]],
    tag: &'a [T],
}

/// Cells a block: costs stay in the first-level cache until the least is found among them.
const BLOCK: usize = 512;

impl<T: Real, E: Response> Kernel for NearestTag<'_, T, E> {
    type Output = Option<usize>;

    #[inline(always)]
    fn run(self) -> Option<usize> {
        let mut best = (T::infinity(), None);
        let mut costs = [T::zero(); BLOCK];
        for (number, responses) in self.responses.chunks(BLOCK).enumerate() {
            let start = number * BLOCK;
            let costs = &mut costs[..responses.len()];
            costs.fill(T::zero());
            for (plane, &tag) in self.tags.iter().zip(self.tag) {
                for (cost, &value) in costs.iter_mut().zip(&plane[start..]) {
                    let difference = value - tag;
                    *cost = *cost + difference * difference;
                }
            }
            let mut least = T::infinity();
            let hundred = T::of(100.0);
            for (cost, &response) in costs.iter_mut().zip(responses) {
                let near = cost.sqrt().round_half_even() * hundred;
                *cost = near - T::of(response.as_f64());
                least = if *cost < least { *cost } else { least };
            }
            if least < best.0 {
                let first = costs.iter().position(|&cost| cost == least);
                best = (least, first.map(|cell| start + cell));
            }
        }
        best.1
    }
}
