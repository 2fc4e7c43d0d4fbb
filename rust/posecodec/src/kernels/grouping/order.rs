//! Candidates in the order of C++'s `std::partial_sort`, `std::nth_element` and `std::sort`, as in libstdc++.
//!
//! These algorithms decide the order of equal values: see `top_k`.

use crate::float::HeatmapValue;

/// A value and the index of its pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<E> {
    /// The response.
    pub value: E,
    /// The index of its pixel in the plane.
    pub pixel: usize,
}

/// A candidate with its place in the order.
#[derive(Clone, Copy)]
pub(super) struct Ranked<E: HeatmapValue> {
    /// The rank of its value: NaN before numbers, then the larger.
    pub(super) rank: E::SignedBits,
    pub(super) candidate: Candidate<E>,
}

impl<E: HeatmapValue> Ranked<E> {
    #[inline(always)]
    pub(super) fn new(value: E, pixel: usize) -> Self {
        Self { rank: value.rank(), candidate: Candidate { value, pixel } }
    }

    /// Whether this one comes first.
    #[inline(always)]
    pub(super) fn precedes(&self, other: &Self) -> bool {
        self.rank > other.rank
    }
}

/// Fills the hole of a heap with `value`: the hole moves down to a leaf, then the value moves up.
pub(super) fn sift<E: HeatmapValue>(heap: &mut [Ranked<E>], hole: usize, value: Ranked<E>) {
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
pub(super) fn sort_heap<E: HeatmapValue>(heap: &mut [Ranked<E>]) {
    for last in (1..heap.len()).rev() {
        let value = heap[last];
        heap[last] = heap[0];
        sift(&mut heap[..last], 0, value);
    }
}

/// C++'s `std::nth_element`: the candidates before `nth` come before it, the others after.
pub(super) fn select<E: HeatmapValue>(candidates: &mut [Ranked<E>], nth: usize) {
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
pub(super) fn introsort<E: HeatmapValue>(candidates: &mut [Ranked<E>]) {
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

    fn split<E: HeatmapValue>(mut candidates: &mut [Ranked<E>], mut depth: u32) {
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
fn heap_select<E: HeatmapValue>(candidates: &mut [Ranked<E>], middle: usize) {
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
fn partition<E: HeatmapValue>(candidates: &mut [Ranked<E>]) -> usize {
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

fn insertion_sort<E: HeatmapValue>(candidates: &mut [Ranked<E>]) {
    for next in 1..candidates.len() {
        if candidates[next].precedes(&candidates[0]) {
            candidates[..=next].rotate_right(1);
        } else {
            insert(candidates, next);
        }
    }
}

/// Moves a candidate towards the front, up to the last one that does not come after it, which must exist.
fn insert<E: HeatmapValue>(candidates: &mut [Ranked<E>], mut at: usize) {
    while at > 0 && candidates[at].precedes(&candidates[at - 1]) {
        candidates.swap(at, at - 1);
        at -= 1;
    }
}
