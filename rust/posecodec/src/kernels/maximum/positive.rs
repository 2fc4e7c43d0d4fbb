//! The usual maximum: above 0, and nothing is NaN.
//!
//! Above 0 floats order as their bits do as integers. The largest of the bits, taken as signed
//! integers, is therefore the largest value, if there is one above 0, or a NaN; taken as unsigned
//! ones it is a negative NaN, if there is one. Two maxima of integers cost less than one of floats
//! and a test for NaN.
//!
//! The loops are as plain as they are on purpose: with lanes written out, whether the compiler made
//! vectors of them changed with the tier, the type and the profile, by a factor of ten.

use super::{Maximum, first_key};
use crate::float::HeatmapValue;
use crate::simd::{CACHE_LINE, prefetch};

/// How many chunks ahead memory is asked for, beyond the end too, where the next map lies. Of 64
/// samples' 64×48 maps of f32, 13 MB, UDP decodes one in 810 to 825 cycles with 16, in 845 to 860 with
/// 8, 830 to 840 with 12, 805 to 825 with 20, 825 to 840 with 24.
const PREFETCH_DISTANCE: usize = 16;

/// Values that are searched at once for the position.
const ROW: usize = 32;

/// The first largest value; `None` where it is not above 0, or something is NaN. The position is
/// looked for in one chunk of `CHUNK` values alone.
#[inline(always)]
pub(super) fn maximum_positive<E: HeatmapValue, const CHUNK: usize>(
    values: &[E],
) -> Option<Maximum<E>> {
    let (chunks, rest) = values.as_chunks::<CHUNK>();
    let (mut bits, mut raw) = (E::of(0.0).to_signed_bits(), E::of(0.0).to_bits());
    let mut summit = chunks.len();
    for (number, chunk) in chunks.iter().enumerate() {
        for line in (0..CHUNK).step_by(CACHE_LINE / size_of::<E>()) {
            prefetch(chunk, PREFETCH_DISTANCE * CHUNK + line);
        }
        let (chunk_bits, chunk_raw) = max_bits(chunk);
        summit = if chunk_bits > bits { number } else { summit };
        bits = bits.max(chunk_bits);
        raw = raw.max(chunk_raw);
    }
    let (rest_bits, rest_raw) = max_bits(rest);
    if rest_bits > bits {
        (bits, summit) = (rest_bits, chunks.len());
    }
    let has_nan = bits > E::INFINITY_SIGNED_BITS || raw.max(rest_raw) > E::NEGATIVE_INFINITY_BITS;
    if has_nan || bits <= E::of(0.0).to_signed_bits() {
        return None;
    }
    let value = E::from_signed_bits(bits);
    let index = match chunks.get(summit) {
        Some(chunk) => first_in_chunk(chunk, bits),
        None => first_key(rest, value.order_key()),
    };
    Some(Maximum { index: summit * CHUNK + index, value })
}

/// The largest bits, as signed and as unsigned integers.
#[inline(always)]
pub(in crate::kernels) fn max_bits<E: HeatmapValue>(values: &[E]) -> (E::SignedBits, E::Bits) {
    let (mut bits, mut raw) = (E::MIN_SIGNED_BITS, E::of(0.0).to_bits());
    for value in values {
        bits = bits.max(value.to_signed_bits());
        raw = raw.max(value.to_bits());
    }
    (bits, raw)
}

/// Where a chunk first holds these bits; anywhere in it, if it does not any more. Not a branch a
/// row: it would be guessed wrong.
#[inline(always)]
fn first_in_chunk<E: HeatmapValue, const CHUNK: usize>(
    chunk: &[E; CHUNK],
    bits: E::SignedBits,
) -> usize {
    let (rows, _) = chunk.as_chunks::<ROW>();
    let mut first = 0;
    for (number, row) in rows.iter().enumerate().rev() {
        let mut found = false;
        for value in row {
            found |= value.to_signed_bits() == bits;
        }
        first = if found { number } else { first };
    }
    let mut mask = 0u32;
    for (place, value) in rows[first].iter().enumerate() {
        mask |= u32::from(value.to_signed_bits() == bits) << place;
    }
    first * ROW + mask.trailing_zeros().min(ROW as u32 - 1) as usize
}
