//! The k largest values of a plane after non-maximum suppression, as `torch.topk` finds them.
//!
//! Equal values come in the order in which the reference's torch (on Linux, where it is built with
//! libstdc++) gives them. That order is none that one would choose: it is what partial sorting in a
//! heap leaves behind where k is at most a 64th of the plane, and else what quickselect and
//! introsort do. It decides which instance comes first where two peaks are equally high, as clean
//! targets' are, so the same steps are taken here.

use std::ops::Range;

use crate::float::HeatmapValue;
use crate::kernels::grouping::nms::Neighborhood;
use crate::simd::{Vectorized, dispatch};

/// A value and its cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<E> {
    /// The response.
    pub value: E,
    /// Its cell.
    pub cell: usize,
}

impl<E: HeatmapValue> Candidate<E> {
    /// Whether this one comes first: NaN before numbers, then the larger.
    #[inline]
    fn precedes(&self, other: &Self) -> bool {
        let nan = |candidate: &Self| candidate.value.nan_mask() != E::NOT_NAN;
        match (nan(self), nan(other)) {
            (false, false) => self.value.key() > other.value.key(),
            (one, another) => one && !another,
        }
    }
}

/// The `k` largest values after suppression of non-maxima, largest first. `k` must not exceed the
/// number of cells.
pub fn top_k<E: HeatmapValue>(neighborhood: Neighborhood<'_, E>, k: usize) -> Vec<Candidate<E>> {
    if k == 0 {
        return Vec::new();
    }
    let cells = neighborhood.plane.len();
    let candidate = |cell| Candidate { value: neighborhood.suppressed(cell), cell };
    if k.saturating_mul(64) <= cells {
        return sort_partially(neighborhood, (0..k).map(candidate).collect());
    }
    let mut all: Vec<_> = (0..cells).map(candidate).collect();
    select(&mut all, k - 1);
    introsort(&mut all[..k - 1]);
    all.truncate(k);
    all
}

/// C++'s `std::partial_sort`, where `heap` holds the first candidates: a heap of the largest so far,
/// the least of them on top.
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

/// Lets the cells behind the heap's own into the heap.
struct HeapPass<'a, 'b, E> {
    neighborhood: Neighborhood<'a, E>,
    heap: &'b mut [Candidate<E>],
}

/// Cells that are looked at together, in a row. For the 30 largest of 128×128 cells with AVX-512, 16,
/// 32, 64, 128 and 256 take 10.1, 7.1, 6.4, 6.0 and 6.3 µs; rows of small maps end before 128.
const BLOCK: usize = 64;

impl<E: HeatmapValue> Vectorized for HeapPass<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { neighborhood, heap } = self;
        let mut start = heap.len();
        while start < neighborhood.plane.len() {
            // Up to the end of a row, so that all have their neighbors at the same distances.
            let row_end = (start / neighborhood.width + 1) * neighborhood.width;
            let end = row_end.min(start + BLOCK);
            let mut may_enter = [false; BLOCK];
            if candidates(&neighborhood, start..end, heap[0].value, &mut may_enter) {
                let at = [start + neighborhood.width - row_end, row_end / neighborhood.width - 1];
                for step in candidates_in(&may_enter).take_while(|step| start + step < end) {
                    let value = neighborhood.suppressed_at([at[0] + step, at[1]]);
                    let candidate = Candidate { value, cell: start + step };
                    if candidate.precedes(&heap[0]) {
                        sift(heap, 0, candidate);
                    }
                }
            }
            start = end;
        }
    }
}

/// The indices of marks, eight of which are passed over at once.
#[inline(always)]
fn candidates_in(marks: &[bool; BLOCK]) -> impl Iterator<Item = usize> {
    let (eights, _) = marks.as_chunks::<8>();
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

/// Marks those of some cells in a row that may be peaks above the heap's top, as far as that can be
/// said without a branch a cell: most are no match for it, or for a cell next to them. Answers with
/// whether there are any.
#[inline(always)]
fn candidates<E: HeatmapValue>(
    neighborhood: &Neighborhood<'_, E>,
    cells: Range<usize>,
    top: E,
    marks: &mut [bool; BLOCK],
) -> bool {
    let Neighborhood { plane, width, radius } = *neighborhood;
    let (start, end) = (cells.start, cells.end);
    let values = &plane[cells];
    let top = top.key();
    if !(top >= E::of(0.0).key()) {
        // Suppressed cells are 0 and may enter too.
        marks.fill(true);
        return true;
    }
    let mut any = false;
    for (mark, value) in marks.iter_mut().zip(values) {
        *mark = (value.key() > top) | (value.nan_mask() != E::NOT_NAN);
        any |= *mark;
    }
    if !any || radius == 0 {
        return any;
    }
    let count = values.len();
    let first = usize::from(start.is_multiple_of(width));
    let last = count - usize::from(end.is_multiple_of(width));
    if count > first {
        clear_candidates(
            &mut marks[first..count],
            &values[first..],
            &plane[start + first - 1..end - 1],
        );
    }
    if last > 0 {
        clear_candidates(&mut marks[..last], &values[..last], &plane[start + 1..start + 1 + last]);
    }
    if start >= width {
        clear_candidates(&mut marks[..count], values, &plane[start - width..end - width]);
    }
    if end + width <= plane.len() {
        clear_candidates(&mut marks[..count], values, &plane[start + width..end + width]);
    }
    marks[..count].iter().fold(false, |any, &mark| any | mark)
}

/// Takes the mark from values that are exceeded by the value next to them.
#[inline(always)]
fn clear_candidates<E: HeatmapValue>(marks: &mut [bool], values: &[E], neighbors: &[E]) {
    for ((mark, value), neighbor) in marks.iter_mut().zip(values).zip(neighbors) {
        *mark &= !(neighbor.key() > value.key());
    }
}

/// Puts `value` into the hole of a heap: the hole sinks to the bottom, then the value rises.
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

/// C++'s `std::sort_heap`: takes the top away, again and again.
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

/// Splits around the median of the second, the middle and the last; answers with where.
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

/// Moves a candidate back behind those that do not come after it; one such there must be.
fn insert<E: HeatmapValue>(candidates: &mut [Candidate<E>], mut at: usize) {
    while at > 0 && candidates[at].precedes(&candidates[at - 1]) {
        candidates.swap(at, at - 1);
        at -= 1;
    }
}
