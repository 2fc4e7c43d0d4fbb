//! The maximum of a map that has a positive value and no NaN.
//!
//! Positive floats have the same order as their bits read as integers:
//!
//! ```text
//! bits            0…0  < positive numbers < 0x7f80_0000 (∞) < NaN            as signed integers
//! negative: 0x8000_0000 … 0xff80_0000 (-∞) < NaN with the sign bit           as unsigned integers
//! ```
//!
//! So the largest signed bits are the maximum, unless they are above infinity's, which is a NaN, or not
//! above 0's. The largest unsigned bits are above -∞'s only if there is a NaN with the sign bit. Two
//! integer maxima per vector cost less than a float maximum and a test for NaN.
//!
//! ```text
//! maximum_positive(values):
//!     bits, unsigned = 0
//!     for each chunk of 512 bytes:
//!         prefetch the chunk 16 ahead
//!         chunk_bits, chunk_unsigned = largest bits of the chunk
//!         if chunk_bits > bits: peak_chunk = chunk           // the first chunk with the maximum
//!         bits, unsigned = max(bits, chunk_bits), max(unsigned, chunk_unsigned)
//!     if bits is NaN or not above 0, or unsigned is NaN: return nothing
//!     return value(bits), first index of bits in peak_chunk  // one chunk of 128 float32
//! ```
//!
//! The loops have no explicit lanes: with lanes, the compiler vectorized them for some tiers, types and
//! profiles only, which changed the time by a factor of ten.

use super::{Maximum, first_key};
use crate::float::HeatmapValue;
use crate::simd::prefetch_ahead;

/// How many chunks ahead memory is prefetched. It may be beyond the end of the slice, where the next
/// map is. For 64 samples of 64×48 maps of f32, 13 MB in all, UDP decodes a map in 810 to 825 cycles with
/// a distance of 16, 845 to 860 with 8, 830 to 840 with 12, 805 to 825 with 20, 825 to 840 with 24.
const PREFETCHED_CHUNKS: usize = 16;

/// Values that are searched together for the index: one bit each of a mask.
const ROW: usize = 32;

/// The maximum with its first index; `None` if it is not above 0 or there is a NaN. Only one chunk of
/// `CHUNK` values is searched for the index.
#[inline(always)]
pub(super) fn maximum_positive<E: HeatmapValue, const CHUNK: usize>(
    values: &[E],
) -> Option<Maximum<E>> {
    let (chunks, rest) = values.as_chunks::<CHUNK>();
    let (mut bits, mut unsigned) = (E::of(0.0).to_signed_bits(), E::of(0.0).to_bits());
    let mut peak_chunk = chunks.len();
    for (number, chunk) in chunks.iter().enumerate() {
        prefetch_ahead(chunk, PREFETCHED_CHUNKS * CHUNK);
        let (chunk_bits, chunk_unsigned) = max_bits(chunk);
        peak_chunk = if chunk_bits > bits { number } else { peak_chunk };
        bits = bits.max(chunk_bits);
        unsigned = unsigned.max(chunk_unsigned);
    }
    let (rest_bits, rest_unsigned) = max_bits(rest);
    if rest_bits > bits {
        (bits, peak_chunk) = (rest_bits, chunks.len());
    }
    let has_nan =
        bits > E::INFINITY_SIGNED_BITS || unsigned.max(rest_unsigned) > E::NEGATIVE_INFINITY_BITS;
    if has_nan || bits <= E::of(0.0).to_signed_bits() {
        return None;
    }
    let value = E::from_signed_bits(bits);
    let index = match chunks.get(peak_chunk) {
        Some(chunk) => first_in_chunk(chunk, bits),
        None => first_key(rest, value.order_key()),
    };
    Some(Maximum { index: peak_chunk * CHUNK + index, value })
}

/// The largest bits, as signed and as unsigned integers.
#[inline(always)]
pub(in crate::kernels) fn max_bits<E: HeatmapValue>(values: &[E]) -> (E::SignedBits, E::Bits) {
    let (mut bits, mut unsigned) = (E::MIN_SIGNED_BITS, E::of(0.0).to_bits());
    for value in values {
        bits = bits.max(value.to_signed_bits());
        unsigned = unsigned.max(value.to_bits());
    }
    (bits, unsigned)
}

/// The first index of these bits in a chunk; any index of it if another thread has overwritten them.
/// No branch per row: it would be mispredicted.
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
    for (lane, value) in rows[first].iter().enumerate() {
        mask |= u32::from(value.to_signed_bits() == bits) << lane;
    }
    first * ROW + mask.trailing_zeros().min(ROW as u32 - 1) as usize
}
