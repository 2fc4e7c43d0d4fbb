//! The usual maximum: above 0, and nothing is NaN.
//!
//! Above 0 floats order as their bits do as integers. The largest of the bits, taken as signed
//! integers, is therefore the largest value, if there is one above 0, or a NaN; taken as unsigned
//! ones it is a negative NaN, if there is one. Two maxima of integers cost less than one of floats
//! and a test for NaN.

use arrayvec::ArrayVec;

use super::{Maximum, first_key};
use crate::kernels::element::Response;
use crate::simd::{CacheLines, LINE, prefetch};

/// Vectors a chunk, whose largest lanes are kept, so that the position is looked for in one alone: a
/// 64×48 map of f32 from the second-level cache takes 440 cycles with AVX-512, with chunks of 16 it
/// takes 505.
const CHUNK: usize = 8;

/// How many chunks ahead memory is asked for, beyond the end too, where the next map lies. The maxima of
/// 64 samples' maps, 13 MB, take 1.6 times as long as one plain pass without that. With 4, UDP decodes
/// them in 950 to 1010 cycles a map, with 8, 12 and 16 in 1000 to 1040, 1020 to 1070 and 1020 to 1160.
const AHEAD: usize = 4;

/// Chunks a block, and one that is not full.
const CHUNKS: usize = 17;

/// Values a block.
const BLOCK: usize = (CHUNKS - 1) * CHUNK * LANES;

/// Values side by side: two AVX-512 vectors of f32, one of f16. Of 16 f32 the compiler makes single
/// numbers where the program is not optimised as a whole, which takes ten times as long.
const LANES: usize = 32;

/// The first largest value; `None` where it is not above 0, or something is NaN.
#[inline(always)]
pub(super) fn maximum_above_zero<E: Response>(values: &[E]) -> Option<Maximum<E>> {
    let mut summit = None;
    let mut highest = E::of(0.0).bits();
    for (number, block) in values.chunks(BLOCK).enumerate() {
        let (bits, chunk) = largest_bits(block)?;
        if bits > highest {
            highest = bits;
            summit = Some(number * BLOCK + chunk * CHUNK * LANES);
        }
    }
    let start = summit?;
    let value = E::of_bits(highest);
    let index = match values[start..].as_chunks::<LANES>().0.first_chunk() {
        Some(chunk) => first_in_chunk(chunk, highest),
        None => first_key(&values[start..], value.key()),
    };
    Some(Maximum { index: start + index, value })
}

/// The largest bits of a block and the first of its chunks that holds them; `None` where there is a
/// NaN.
#[inline(always)]
fn largest_bits<E: Response>(block: &[E]) -> Option<(E::Bits, usize)> {
    let mut raw = [E::of(0.0).raw(); LANES];
    let mut kept = ArrayVec::<CacheLines<[E::Bits; LANES]>, CHUNKS>::new();
    let (vectors, few) = block.as_chunks::<LANES>();
    let (chunks, rest) = vectors.as_chunks::<CHUNK>();
    for chunk in chunks {
        let cells = chunk.as_flattened();
        for line in (0..cells.len()).step_by(LINE / size_of::<E>()) {
            prefetch(cells, AHEAD * cells.len() + line);
        }
        kept.push(CacheLines(largest_of_chunk(chunk, &mut raw)));
    }
    if chunks.len() * CHUNK * LANES < block.len() {
        let mut padded = [E::of_bits(E::LEAST_BITS); LANES];
        padded[..few.len()].copy_from_slice(few);
        let mut last = [E::LEAST_BITS; LANES];
        for values in rest.iter().chain([&padded]) {
            take_larger(&mut last, &mut raw, values);
        }
        kept.push(CacheLines(last));
    }
    let mut bits = E::LEAST_BITS;
    for CacheLines(kept) in &kept {
        for lane in 0..LANES {
            bits = bits.max(kept[lane]);
        }
    }
    let mut has_nan = bits > E::INFINITY_BITS;
    for lane in 0..LANES {
        has_nan |= raw[lane] > E::NEGATIVE_INFINITY_RAW;
    }
    (!has_nan).then(|| (bits, first_with(kept.iter().map(|kept| &kept.0), bits)))
}

/// The first of some vectors that holds these bits, or 0. Not a branch a vector: it would be guessed
/// wrong.
#[inline(always)]
fn first_with<'a, B: Copy + PartialEq + 'a>(
    vectors: impl DoubleEndedIterator<Item = &'a [B; LANES]> + ExactSizeIterator,
    bits: B,
) -> usize {
    let mut first = 0;
    for (number, vector) in vectors.enumerate().rev() {
        let mut found = false;
        for lane in 0..LANES {
            found |= vector[lane] == bits;
        }
        first = if found { number } else { first };
    }
    first
}

/// The largest bits of a chunk. Lane after lane: vector after vector, the compiler takes the lanes for
/// single numbers.
#[inline(always)]
fn largest_of_chunk<E: Response>(
    chunk: &[[E; LANES]; CHUNK],
    raw: &mut [E::Raw; LANES],
) -> [E::Bits; LANES] {
    let mut bits = [E::LEAST_BITS; LANES];
    for lane in 0..LANES {
        for vector in chunk {
            bits[lane] = bits[lane].max(vector[lane].bits());
            raw[lane] = raw[lane].max(vector[lane].raw());
        }
    }
    bits
}

#[inline(always)]
fn take_larger<E: Response>(
    bits: &mut [E::Bits; LANES],
    raw: &mut [E::Raw; LANES],
    values: &[E; LANES],
) {
    for lane in 0..LANES {
        bits[lane] = bits[lane].max(values[lane].bits());
        raw[lane] = raw[lane].max(values[lane].raw());
    }
}

/// Where a chunk first holds these bits; anywhere in it, if it does not any more.
#[inline(always)]
fn first_in_chunk<E: Response>(chunk: &[[E; LANES]; CHUNK], bits: E::Bits) -> usize {
    let mut row = 0;
    for number in (0..CHUNK).rev() {
        let mut found = false;
        for lane in 0..LANES {
            found |= chunk[number][lane].bits() == bits;
        }
        row = if found { number } else { row };
    }
    let mut mask = 0u32;
    for lane in 0..LANES {
        mask |= u32::from(chunk[row][lane].bits() == bits) << lane;
    }
    row * LANES + mask.trailing_zeros().min(LANES as u32 - 1) as usize
}
