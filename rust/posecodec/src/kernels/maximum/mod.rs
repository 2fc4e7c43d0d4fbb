//! The maximum of a map and its index, as NumPy's `argmax` and `max` return them.
//!
//! Two searches. The usual map has a positive maximum and no NaN; `maximum_positive` finds it
//! with integer instructions and returns nothing for any other map. Then the general search runs:
//!
//! ```text
//! maximum(values):
//!     if f16 or f32: return maximum_positive(values), if it finds one
//!     for each block of 4096 values:                     // fits into the first-level cache
//!         key, has_nan = largest order key of the block  // in lanes, 4 independent chains
//!         if has_nan: return the first NaN of the block  // as np.argmax does
//!         if key > best: best_block, best = block, key
//!     return the first value of best_block whose key is best
//! ```
//!
//! The value is found first and its index second, in one block, so that the pass over the map does not
//! carry an index per lane.

mod positive;

use std::ops::BitOr;

pub(super) use positive::max_bits;
use positive::maximum_positive;

use crate::float::HeatmapValue;
use crate::simd::{Vectorized, dispatch, fold_lanes};

/// The maximum of a slice and the first index that holds it; or the first NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Maximum<E> {
    /// Its index.
    pub index: usize,
    /// The value itself.
    pub value: E,
}

/// The maximum with its first index, or the first NaN if there is one; `None` for an empty slice.
///
/// MMPose's `get_heatmap_maximum` for one plane: `np.argmax` and `np.amax`.
#[inline]
pub fn maximum<E: HeatmapValue>(values: &[E]) -> Option<Maximum<E>> {
    if values.is_empty() {
        return None;
    }
    Some(dispatch(MaximumKernel(values)))
}

/// The maximum of a volume of size `[w, h, d]`, (D, H, W) row-major: its voxel `[x, y, z]` and its
/// value. No voxel if the maximum is not above 0.
///
/// MMPose's `get_heatmap_3d_maximum` for one volume, which returns -1 for no voxel. Panics for an empty
/// volume.
#[inline]
pub fn heatmap_3d_maximum<E: HeatmapValue>(
    volume: &[E],
    [width, height, _]: [usize; 3],
) -> (Option<[usize; 3]>, E) {
    let Maximum { index, value } = maximum(volume).expect("a volume has voxels");
    let row = index / width;
    let responds = !(value.as_f64() <= 0.0);
    (responds.then_some([index % width, row % height, row / height]), value)
}

struct MaximumKernel<'a, E>(&'a [E]);

/// Values per block: small enough that the search for the index finds the block in the first-level
/// cache (16 KiB of float32), large enough that the reduction over lanes at its end takes no
/// noticeable time. 1024 to 8192 take the same time on 64×48 maps.
const BLOCK: usize = 4096;

impl<E: HeatmapValue> Vectorized for MaximumKernel<'_, E> {
    type Output = Maximum<E>;

    #[inline(always)]
    fn run(self) -> Maximum<E> {
        let usual = match size_of::<E>() {
            // Chunks of 512 bytes: 1024 and 2048 bytes take 1.02 and 1.27 times as long with AVX-512,
            // 1.08 and 1.37 with AVX2, for 64×48 maps of f32 in the second-level cache.
            2 => maximum_positive::<E, 256>(self.0),
            4 => maximum_positive::<E, 128>(self.0),
            // Tiers below AVX-512 have no instruction for the maximum of 64-bit integers.
            _ => None,
        };
        usual.unwrap_or_else(|| maximum_general(self.0))
    }
}

/// The maximum of any values: see the pseudo-code above.
#[inline(always)]
fn maximum_general<E: HeatmapValue>(values: &[E]) -> Maximum<E> {
    let (mut best_block, mut best) = (0, E::MIN_KEY);
    for (number, block) in values.chunks(BLOCK).enumerate() {
        let (key, has_nan) = largest_key(block);
        if has_nan {
            let index = number * BLOCK + first_nan(block);
            return Maximum { index, value: values[index] };
        }
        if number == 0 || key > best {
            (best_block, best) = (number, key);
        }
    }
    let start = best_block * BLOCK;
    let index = start + first_key(&values[start..], best);
    Maximum { index, value: values[index] }
}

/// The largest order key of a block, and whether the block holds a NaN.
#[inline(always)]
fn largest_key<E: HeatmapValue>(block: &[E]) -> (E::Key, bool) {
    // One AVX-512 vector of lanes, but two for f64: with one, the compiler's code takes 1.24 instead of
    // 0.34 µs for a 64×48 map.
    match size_of::<E>() {
        2 => largest_in_lanes::<E, 32>(block),
        _ => largest_in_lanes::<E, 16>(block),
    }
}

#[inline(always)]
fn largest_in_lanes<E: HeatmapValue, const LANES: usize>(block: &[E]) -> (E::Key, bool) {
    // Independent chains hide the latency of the comparison: with AVX-512, 2, 4 and 8 of them take
    // 0.29, 0.18 and 0.19 µs for a 64×48 map of f32, and 0.16 µs each for one of f16.
    const CHAINS: usize = 4;
    let mut largest = [[E::MIN_KEY; LANES]; CHAINS];
    let mut nan = [[E::NOT_NAN; LANES]; CHAINS];
    let (lanes, rest) = block.as_chunks::<LANES>();
    let (steps, few) = lanes.as_chunks::<CHAINS>();
    for step in steps {
        for chain in 0..CHAINS {
            take_larger(&mut largest[chain], &mut nan[chain], &step[chain]);
        }
    }
    for lanes in few {
        take_larger(&mut largest[0], &mut nan[0], lanes);
    }
    let [mut largest, others @ ..] = largest;
    let [mut nan, others_nan @ ..] = nan;
    for chain in 0..CHAINS - 1 {
        for lane in 0..LANES {
            largest[lane] = larger(others[chain][lane], largest[lane]);
            nan[lane] |= others_nan[chain][lane];
        }
    }
    let mut key = fold_lanes(largest, larger);
    let mut has_nan = fold_lanes(nan, BitOr::bitor);
    for &value in rest {
        key = larger(value.order_key(), key);
        has_nan |= value.nan_mask();
    }
    (key, has_nan != E::NOT_NAN)
}

#[inline(always)]
pub(in crate::kernels) fn take_larger<E: HeatmapValue, const LANES: usize>(
    largest: &mut [E::Key; LANES],
    nan: &mut [E::Flag; LANES],
    values: &[E; LANES],
) {
    for lane in 0..LANES {
        largest[lane] = larger(values[lane].order_key(), largest[lane]);
        nan[lane] |= values[lane].nan_mask();
    }
}

/// The larger of two values; the second if they do not compare, as with NaN.
#[inline(always)]
pub(in crate::kernels) fn larger<K: PartialOrd>(one: K, other: K) -> K {
    if one > other { one } else { other }
}

/// The index of the first value with this order key. If no value has it, because another thread wrote
/// to the slice in between, any index of the slice.
#[inline(always)]
fn first_key<E: HeatmapValue>(values: &[E], key: E::Key) -> usize {
    // With AVX-512, steps of 16, 64 and 256 values take 0.19, 0.18 and 0.18 µs for a 64×48 map of f32,
    // including the search for the maximum, and 0.19, 0.16 and 0.17 µs for one of f16.
    const STEP: usize = 64;
    let mut start = 0;
    let (steps, _) = values.as_chunks::<STEP>();
    for step in steps {
        let mut found = false;
        for value in step {
            found |= value.order_key() == key;
        }
        if found {
            // The smallest index with the key, without a branch per value. It stays inside the step even
            // if another thread writes to the slice meanwhile and the key is gone.
            let mut first = STEP as u32 - 1;
            for (index, value) in step.iter().enumerate() {
                let candidate = if value.order_key() == key { index as u32 } else { STEP as u32 };
                first = first.min(candidate);
            }
            return start + first as usize;
        }
        start += STEP;
    }
    while start < values.len() - 1 && values[start].order_key() != key {
        start += 1;
    }
    start.min(values.len() - 1)
}

#[inline(always)]
fn first_nan<E: HeatmapValue>(values: &[E]) -> usize {
    let mut index = 0;
    while index < values.len() - 1 && values[index].nan_mask() == E::NOT_NAN {
        index += 1;
    }
    index
}
