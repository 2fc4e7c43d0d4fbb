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
//! Equal values keep the order of `torch.topk` on Linux, which decides which of two people comes first
//! when their peaks are equally high, as those of targets are. It is the order that libstdc++ leaves:
//! `std::partial_sort` where k is at most a 64th of the plane, else `std::nth_element` and `std::sort`.
//! A stable order was tried: 51 of the recorded results differ then.

use std::ops::Range;

use crate::float::HeatmapValue;
use crate::kernels::grouping::nms::Neighborhood;
use crate::simd::{Vectorized, dispatch};

/// A value and the index of its pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<E> {
    /// The response.
    pub value: E,
    /// The index of its pixel in the plane.
    pub pixel: usize,
}

impl<E: HeatmapValue> Candidate<E> {
    /// Whether this one comes first: NaN before numbers, then the larger.
    #[inline]
    fn precedes(&self, other: &Self) -> bool {
        let nan = |candidate: &Self| candidate.value.nan_mask() != E::NOT_NAN;
        match (nan(self), nan(other)) {
            (false, false) => self.value.order_key() > other.value.order_key(),
            (one, another) => one && !another,
        }
    }
}

/// The `k` largest values after suppression of non-maxima, largest first. `k` must not exceed the
/// number of pixels.
pub fn top_k<E: HeatmapValue>(neighborhood: Neighborhood<'_, E>, k: usize) -> Vec<Candidate<E>> {
    if k == 0 {
        return Vec::new();
    }
    let pixels = neighborhood.plane.len();
    let candidate = |pixel| Candidate { value: neighborhood.suppressed(pixel), pixel };
    if k.saturating_mul(64) <= pixels {
        return sort_partially(neighborhood, (0..k).map(candidate).collect());
    }
    let mut all: Vec<_> = (0..pixels).map(candidate).collect();
    select(&mut all, k - 1);
    introsort(&mut all[..k - 1]);
    all.truncate(k);
    all
}

/// C++'s `std::partial_sort`. `heap` has the first candidates and becomes a heap of the largest so far,
/// with the smallest of them at the top.
fn sort_partially<E: HeatmapValue>(
    neighborhood: Neighborhood<'_, E>,
    mut heap: Vec<Candidate<E>>,
) -> Vec<Candidate<E>> {
    let length = heap.len();
    for hole in (0..length / 2).rev() {
        let value = heap[hole];
        sift(&mut heap, hole, value);
    }
    dispatch(HeapPass { neighborhood, heap: &mut heap });
    sort_heap(&mut heap);
    heap
}

/// Lets the pixels after the first k into the heap.
struct HeapPass<'a, 'b, E> {
    neighborhood: Neighborhood<'a, E>,
    heap: &'b mut [Candidate<E>],
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
            // Up to the end of a row, so that all have their neighbors at the same distances.
            let row_end = (start / width + 1) * width;
            let end = row_end.min(start + BLOCK);
            let mut is_candidate = [false; BLOCK];
            if set_candidates(&neighborhood, start..end, heap[0].value, &mut is_candidate) {
                let [x, y] = [start + width - row_end, row_end / width - 1];
                for step in set_indices(&is_candidate).take_while(|step| start + step < end) {
                    let value = neighborhood.suppressed_at([x + step, y]);
                    let candidate = Candidate { value, pixel: start + step };
                    if candidate.precedes(&heap[0]) {
                        sift(heap, 0, candidate);
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

/// Fills the hole of a heap with `value`: the hole moves down to a leaf, then the value moves up.
fn sift<E: HeatmapValue>(heap: &mut [Candidate<E>], hole: usize, value: Candidate<E>) {
    let (top, length) = (hole, heap.len());
    let mut hole = hole;
    loop {
        let right = 2 * hole + 2;
        let child = if right < length {
            // The child that comes last, as the top is the one that comes last of all.
            if heap[right].precedes(&heap[right - 1]) { right - 1 } else { right }
        } else if right == length {
            right - 1
        } else {
            break;
        };
        heap[hole] = heap[child];
        hole = child;
    }
    while hole > top {
        let parent = (hole - 1) / 2;
        if !heap[parent].precedes(&value) {
            break;
        }
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = value;
}

/// C++'s `std::sort_heap`: removes the top repeatedly.
fn sort_heap<E: HeatmapValue>(heap: &mut [Candidate<E>]) {
    for last in (1..heap.len()).rev() {
        let value = heap[last];
        heap[last] = heap[0];
        sift(&mut heap[..last], 0, value);
    }
}

/// C++'s `std::nth_element`: the candidates before `nth` come before it, the others after.
fn select<E: HeatmapValue>(candidates: &mut [Candidate<E>], nth: usize) {
    let (mut first, mut last) = (0, candidates.len());
    let mut depth = 2 * candidates.len().ilog2();
    while last - first > 3 {
        if depth == 0 {
            let part = &mut candidates[first..last];
            heap_select(part, nth + 1 - first);
            part.swap(0, nth - first);
            return;
        }
        depth -= 1;
        let cut = first + partition(&mut candidates[first..last]);
        if cut <= nth {
            first = cut;
        } else {
            last = cut;
        }
    }
    insertion_sort(&mut candidates[first..last]);
}

/// C++'s `std::sort`.
fn introsort<E: HeatmapValue>(candidates: &mut [Candidate<E>]) {
    const SHORT: usize = 16;
    if candidates.is_empty() {
        return;
    }
    let depth = 2 * candidates.len().ilog2();
    split(candidates, depth);
    let short = candidates.len().min(SHORT);
    insertion_sort(&mut candidates[..short]);
    for next in short..candidates.len() {
        insert(candidates, next);
    }

    fn split<E: HeatmapValue>(mut candidates: &mut [Candidate<E>], mut depth: u32) {
        while candidates.len() > SHORT {
            if depth == 0 {
                let length = candidates.len();
                heap_select(candidates, length);
                sort_heap(candidates);
                return;
            }
            depth -= 1;
            let cut = partition(candidates);
            let (left, right) = candidates.split_at_mut(cut);
            split(right, depth);
            candidates = left;
        }
    }
}

/// Gathers the first `middle` candidates in a heap before the others.
fn heap_select<E: HeatmapValue>(candidates: &mut [Candidate<E>], middle: usize) {
    let (heap, others) = candidates.split_at_mut(middle);
    for hole in (0..middle / 2).rev() {
        let value = heap[hole];
        sift(heap, hole, value);
    }
    for other in others {
        if other.precedes(&heap[0]) {
            let value = std::mem::replace(other, heap[0]);
            sift(heap, 0, value);
        }
    }
}

/// Splits around the median of the second, the middle and the last. Returns the position.
fn partition<E: HeatmapValue>(candidates: &mut [Candidate<E>]) -> usize {
    let (a, b, c) = (1, candidates.len() / 2, candidates.len() - 1);
    let before = |one: usize, other: usize| candidates[one].precedes(&candidates[other]);
    let median = if before(a, b) {
        if before(b, c) {
            b
        } else if before(a, c) {
            c
        } else {
            a
        }
    } else if before(a, c) {
        a
    } else if before(b, c) {
        c
    } else {
        b
    };
    candidates.swap(0, median);
    let pivot = candidates[0];
    let (mut first, mut last) = (1, candidates.len());
    loop {
        while candidates[first].precedes(&pivot) {
            first += 1;
        }
        last -= 1;
        while pivot.precedes(&candidates[last]) {
            last -= 1;
        }
        if first >= last {
            return first;
        }
        candidates.swap(first, last);
        first += 1;
    }
}

fn insertion_sort<E: HeatmapValue>(candidates: &mut [Candidate<E>]) {
    for next in 1..candidates.len() {
        if candidates[next].precedes(&candidates[0]) {
            candidates[..=next].rotate_right(1);
        } else {
            insert(candidates, next);
        }
    }
}

/// Moves a candidate towards the front, up to the last one that does not come after it, which must exist.
fn insert<E: HeatmapValue>(candidates: &mut [Candidate<E>], mut at: usize) {
    while at > 0 && candidates[at].precedes(&candidates[at - 1]) {
        candidates.swap(at, at - 1);
        at -= 1;
    }
}
