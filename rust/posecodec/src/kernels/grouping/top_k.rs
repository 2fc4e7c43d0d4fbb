//! The k largest values of a plane after non-maximum suppression.
//!
//! MMPose suppresses the whole plane and calls `torch.topk`. Here only the pixels that may be among
//! the k largest are tested for suppression:
//!
//! ```text
//! heap = the first k pixels, suppressed      // its top is the one that comes last
//! for each block of up to 64 pixels of one row:
//!     candidates = pixels > top that no direct neighbor exceeds    // vectorized, no branches
//!     for each candidate, in order:
//!         value = the candidate, suppressed with the full window
//!         if value comes before the top: replace the top
//! sort the heap
//! ```
//!
//! On a map of a few peaks, nearly every block has no candidate. The first test is cheap because it
//! compares whole vectors with the top and with the pixels left, right, above and below.
//!
//! Equal values are ordered by index. `torch.topk` leaves their order unspecified.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::float::HeatmapValue;
use crate::kernels::grouping::nms::Neighborhood;
use crate::simd::{Vectorized, dispatch};

/// A value and the index of its pixel.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<E> {
    /// The response.
    pub value: E,
    /// The index of its pixel in the plane.
    pub pixel: usize,
}

/// What comes first is less: NaN before numbers, then the larger value, then the smaller index.
impl<E: HeatmapValue> Ord for Candidate<E> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        let is_number = |candidate: &Self| candidate.value.nan_mask() == E::NOT_NAN;
        let by_value = match (is_number(self), is_number(other)) {
            (true, true) => other.value.order_key().partial_cmp(&self.value.order_key()),
            (one, another) => Some(one.cmp(&another)),
        };
        by_value.unwrap_or(Ordering::Equal).then(self.pixel.cmp(&other.pixel))
    }
}

impl<E: HeatmapValue> PartialOrd for Candidate<E> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E: HeatmapValue> PartialEq for Candidate<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<E: HeatmapValue> Eq for Candidate<E> {}

/// The `k` largest values after non-maximum suppression, the largest first, NaN before numbers; equal
/// values in the order of their pixels. `k` must not exceed the number of pixels.
pub fn top_k<E: HeatmapValue>(neighborhood: Neighborhood<'_, E>, k: usize) -> Vec<Candidate<E>> {
    if k == 0 {
        return Vec::new();
    }
    let candidate = |pixel| Candidate { value: neighborhood.suppressed(pixel), pixel };
    let mut heap: BinaryHeap<_> = (0..k).map(candidate).collect();
    dispatch(HeapPass { neighborhood, heap: &mut heap });
    heap.into_sorted_vec()
}

/// Lets the pixels after the first k into the heap.
struct HeapPass<'a, 'b, E> {
    neighborhood: Neighborhood<'a, E>,
    heap: &'b mut BinaryHeap<Candidate<E>>,
}

/// Pixels of a row that are tested together. For the 30 largest of 128×128 pixels with AVX-512, 16,
/// 32, 64, 128 and 256 take 10.1, 7.1, 6.4, 6.0 and 6.3 µs; rows of small maps end before 128.
const BLOCK: usize = 64;

impl<E: HeatmapValue> Vectorized for HeapPass<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { neighborhood, heap } = self;
        let width = neighborhood.width;
        let mut start = heap.len();
        while start < neighborhood.plane.len() {
            let Some(top) = heap.peek() else { return };
            // Up to the end of a row, so that all have their neighbors at the same distances.
            let row_end = (start / width + 1) * width;
            let end = row_end.min(start + BLOCK);
            let mut is_candidate = [false; BLOCK];
            if set_candidates(&neighborhood, start..end, top.value, &mut is_candidate) {
                let [x, y] = [start + width - row_end, row_end / width - 1];
                for step in set_indices(&is_candidate).take_while(|step| start + step < end) {
                    let value = neighborhood.suppressed_at([x + step, y]);
                    let candidate = Candidate { value, pixel: start + step };
                    if let Some(mut top) = heap.peek_mut()
                        && candidate < *top
                    {
                        *top = candidate;
                    }
                }
            }
            start = end;
        }
    }
}

/// The indices of the flags that are set. Eight flags are read as one integer, whose lowest set bit is
/// the next index: flags that are clear cost nothing.
#[inline(always)]
fn set_indices(flags: &[bool; BLOCK]) -> impl Iterator<Item = usize> {
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().enumerate().flat_map(|(number, eight)| {
        let mut bits = u64::from_le_bytes(eight.map(u8::from));
        std::iter::from_fn(move || {
            let index = bits.trailing_zeros() as usize / 8;
            (bits != 0).then(|| {
                bits &= bits - 1;
                number * 8 + index
            })
        })
    })
}

/// Sets the flags of those `pixels`, all in one row, that may be peaks above the heap's top. Returns
/// whether there are any. A pixel that passes may still be suppressed; one that fails cannot enter.
#[inline(always)]
fn set_candidates<E: HeatmapValue>(
    neighborhood: &Neighborhood<'_, E>,
    pixels: Range<usize>,
    top: E,
    flags: &mut [bool; BLOCK],
) -> bool {
    let Neighborhood { plane, width, radius } = *neighborhood;
    let (start, end) = (pixels.start, pixels.end);
    let values = &plane[pixels];
    let top = top.order_key();
    if !(top >= E::of(0.0).order_key()) {
        // Suppressed pixels are 0 and may enter too.
        flags.fill(true);
        return true;
    }
    let mut any = false;
    for (flag, value) in flags.iter_mut().zip(values) {
        *flag = (value.order_key() > top) | (value.nan_mask() != E::NOT_NAN);
        any |= *flag;
    }
    if !any || radius == 0 {
        return any;
    }
    let count = values.len();
    let first = usize::from(start.is_multiple_of(width));
    let last = count - usize::from(end.is_multiple_of(width));
    if count > first {
        let left = &plane[start + first - 1..end - 1];
        clear_candidates(&mut flags[first..count], &values[first..], left);
    }
    if last > 0 {
        let right = &plane[start + 1..start + 1 + last];
        clear_candidates(&mut flags[..last], &values[..last], right);
    }
    if start >= width {
        let above = &plane[start - width..end - width];
        clear_candidates(&mut flags[..count], values, above);
    }
    if end + width <= plane.len() {
        let below = &plane[start + width..end + width];
        clear_candidates(&mut flags[..count], values, below);
    }
    flags[..count].iter().fold(false, |any, &flag| any | flag)
}

/// Clears the flags of values that their neighbor exceeds.
#[inline(always)]
fn clear_candidates<E: HeatmapValue>(flags: &mut [bool], values: &[E], neighbors: &[E]) {
    for ((flag, value), neighbor) in flags.iter_mut().zip(values).zip(neighbors) {
        *flag &= !(neighbor.order_key() > value.order_key());
    }
}
