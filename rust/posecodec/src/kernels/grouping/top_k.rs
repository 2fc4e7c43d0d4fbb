//! The k largest values of a plane after non-maximum suppression.
//!
//! MMPose suppresses the whole plane and calls `torch.topk`. Here only the pixels that may be among
//! the k largest are tested for suppression. [`peaks_above`] finds the peaks above a threshold, which is
//! all that a decoder uses:
//!
//! ```text
//! limit = threshold
//! for each chunk of some rows:
//!     if its maximum ≤ limit: continue                        // most chunks of most maps
//!     for each block of up to 64 pixels of one row:
//!         candidates = pixels > limit that no direct neighbor exceeds  // vectorized, no branches
//!         peaks += candidates that the full window does not exceed
//!         if there are 5/4 k peaks: keep the k + 1 largest; limit = the smallest of them
//! sort the peaks
//! if two of the first k + 1 are equal, or a value is not finite: use top_k
//! ```
//!
//! Different values have one order. Equal values keep the order of `torch.topk` on Linux, which decides
//! which of two people comes first when their peaks are equally high, as those of targets are. It is the
//! order that libstdc++ leaves: `std::partial_sort` where k is at most a 64th of the plane, else
//! `std::nth_element` and `std::sort`. It depends on all values, those below the threshold as well. So
//! [`top_k`] repeats these algorithms, and skips the pixels that cannot enter the heap:
//!
//! ```text
//! heap = the first k pixels, suppressed      // its top is the one that comes last
//! for each chunk, block and candidate as above, with limit = top:
//!     value = the candidate, suppressed with the full window
//!     if value comes before the top: replace the top
//! sort the heap
//! ```
//!
//! A stable order was tried: 51 of the recorded results differ then.

use std::cmp::Reverse;
use std::ops::Range;

use crate::float::HeatmapValue;
use crate::kernels::grouping::nms::Neighborhood;
use crate::kernels::grouping::order::{Ranked, introsort, select, sift, sort_heap};
use crate::kernels::maximum::max_bits;
use crate::simd::{Vectorized, dispatch};

pub use crate::kernels::grouping::order::Candidate;

/// The peaks above a threshold of 0 or more, largest first: those of [`top_k`] that are above it. `None`
/// if [`top_k`] has to order them, or for a negative threshold.
pub fn peaks_above<E: HeatmapValue>(
    neighborhood: Neighborhood<'_, E>,
    k: usize,
    threshold: f64,
) -> Option<Vec<Candidate<E>>> {
    if !(threshold >= 0.0) {
        return None;
    }
    let mut peaks = dispatch(PeaksAbove { neighborhood, k, threshold })?;
    peaks.sort_unstable_by_key(|peak| Reverse(peak.rank));
    if peaks.windows(2).take(k).any(|pair| pair[0].rank == pair[1].rank) {
        return None;
    }
    Some(peaks.into_iter().take(k).map(|peak| peak.candidate).collect())
}

struct PeaksAbove<'a, E> {
    neighborhood: Neighborhood<'a, E>,
    k: usize,
    threshold: f64,
}

impl<E: HeatmapValue> Vectorized for PeaksAbove<'_, E> {
    /// The k + 1 largest peaks, and some others; `None` if a value is not finite.
    type Output = Option<Vec<Ranked<E>>>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        let Self { neighborhood, k, threshold } = self;
        let plane = neighborhood.plane;
        // The threshold may lie between two values of the type: then one that is not above it.
        let rounded = [threshold, 0.99 * threshold, 0.0].map(E::of);
        let not_above = rounded.into_iter().find(|value| value.as_f64() <= threshold);
        let mut limit = not_above.expect("0 is not above the threshold");
        let mut peaks = Vec::new();
        let mut largest_bits = E::of(0.0).to_bits();
        for chunk in chunks(&neighborhood, 0) {
            let (signed_bits, bits) = max_bits(&plane[chunk.clone()]);
            largest_bits = largest_bits.max(bits);
            if signed_bits <= limit.to_signed_bits() {
                continue;
            }
            if signed_bits >= E::INFINITY_SIGNED_BITS {
                return None;
            }
            for (pixels, at) in blocks(&neighborhood, chunk) {
                if max_bits(&plane[pixels.clone()]).0 <= limit.to_signed_bits() {
                    continue;
                }
                let mut is_candidate = [false; BLOCK];
                if !set_candidates(&neighborhood, pixels.clone(), limit, &mut is_candidate) {
                    continue;
                }
                for step in set_indices(&is_candidate) {
                    let pixel = pixels.start + step;
                    let value = plane[pixel];
                    if value.as_f64() > threshold && neighborhood.is_peak([at[0] + step, at[1]]) {
                        peaks.push(Ranked::new(value, pixel));
                    }
                }
                if peaks.len() > k.saturating_add((k / EXCESS).max(MIN_EXCESS)) {
                    let (_, smallest, _) =
                        peaks.select_nth_unstable_by(k, |one, other| other.rank.cmp(&one.rank));
                    limit = smallest.candidate.value;
                    peaks.truncate(k + 1);
                }
            }
        }
        (largest_bits < E::NEGATIVE_INFINITY_BITS).then_some(peaks)
    }
}

/// The `k` largest values after suppression of non-maxima, largest first. `k` must not exceed the
/// number of pixels.
pub fn top_k<E: HeatmapValue>(neighborhood: Neighborhood<'_, E>, k: usize) -> Vec<Candidate<E>> {
    if k == 0 {
        return Vec::new();
    }
    let pixels = neighborhood.plane.len();
    let ranked = |pixel| Ranked::new(neighborhood.suppressed(pixel), pixel);
    let largest = if k.saturating_mul(64) <= pixels {
        sort_partially(neighborhood, (0..k).map(ranked).collect())
    } else {
        let mut all: Vec<_> = (0..pixels).map(ranked).collect();
        select(&mut all, k - 1);
        introsort(&mut all[..k - 1]);
        all.truncate(k);
        all
    };
    largest.into_iter().map(|ranked| ranked.candidate).collect()
}

/// C++'s `std::partial_sort`. `heap` has the first candidates and becomes a heap of the largest so far,
/// with the smallest of them at the top.
fn sort_partially<E: HeatmapValue>(
    neighborhood: Neighborhood<'_, E>,
    mut heap: Vec<Ranked<E>>,
) -> Vec<Ranked<E>> {
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
struct HeapPass<'a, 'b, E: HeatmapValue> {
    neighborhood: Neighborhood<'a, E>,
    heap: &'b mut [Ranked<E>],
}

impl<E: HeatmapValue> Vectorized for HeapPass<'_, '_, E> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { neighborhood, heap } = self;
        for chunk in chunks(&neighborhood, heap.len()) {
            let top = heap[0].candidate.value;
            let (signed_bits, bits) = max_bits(&neighborhood.plane[chunk.clone()]);
            // Suppressed pixels are 0 and enter a heap whose top is negative.
            if top.order_key() >= E::of(0.0).order_key()
                && signed_bits <= top.to_signed_bits()
                && bits <= E::NEGATIVE_INFINITY_BITS
            {
                continue;
            }
            for (pixels, at) in blocks(&neighborhood, chunk) {
                let top = heap[0].candidate.value;
                let mut is_candidate = [false; BLOCK];
                if !set_candidates(&neighborhood, pixels.clone(), top, &mut is_candidate) {
                    continue;
                }
                for step in set_indices(&is_candidate).take_while(|&step| step < pixels.len()) {
                    let value = neighborhood.suppressed_at([at[0] + step, at[1]]);
                    let ranked = Ranked::new(value, pixels.start + step);
                    if ranked.precedes(&heap[0]) {
                        sift(heap, 0, ranked);
                    }
                }
            }
        }
    }
}

/// Pixels of a row that are tested together. For the 30 largest of 128×128 pixels with AVX-512, 16,
/// 32, 64, 128 and 256 take 10.1, 7.1, 6.4, 6.0 and 6.3 µs; rows of small maps end before 128.
const BLOCK: usize = 64;

/// The share of k, and the least number, by which peaks may exceed k before the smallest are dropped. In a
/// plane of 128×128 random values and for k = 30, a quarter takes 19.0 µs, k itself 21.7 µs, and `top_k`
/// 19.6 µs. AMD EPYC (AVX2), a shared machine, 28 November 2026, minima of 60 rounds over 17 planes.
const EXCESS: usize = 4;
const MIN_EXCESS: usize = 8;

/// Pixels that are skipped together, at least a row.
const CHUNK: usize = 512;

/// The pixels from `start` on, in chunks of whole rows but for the first.
#[inline(always)]
fn chunks<E>(
    neighborhood: &Neighborhood<'_, E>,
    start: usize,
) -> impl Iterator<Item = Range<usize>> + use<E> {
    let (width, pixels) = (neighborhood.width, neighborhood.plane.len());
    let rows = (CHUNK / width).max(1);
    let mut start = start;
    std::iter::from_fn(move || {
        let chunk = start..((start / width + rows) * width).min(pixels);
        start = chunk.end;
        (!chunk.is_empty()).then_some(chunk)
    })
}

/// The blocks of a chunk, each with its first pixel as `[x, y]`. A block ends with its row, so that all
/// of its pixels have their neighbors at the same distances.
#[inline(always)]
fn blocks<E>(
    neighborhood: &Neighborhood<'_, E>,
    chunk: Range<usize>,
) -> impl Iterator<Item = (Range<usize>, [usize; 2])> + use<E> {
    let width = neighborhood.width;
    let [mut x, mut y] = [chunk.start % width, chunk.start / width];
    let mut start = chunk.start;
    std::iter::from_fn(move || {
        let length = BLOCK.min(width - x);
        let block = (start < chunk.end).then_some((start..start + length, [x, y]));
        start += length;
        [x, y] = if x + length == width { [0, y + 1] } else { [x + length, y] };
        block
    })
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
