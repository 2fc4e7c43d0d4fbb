//! Where a map is largest, and how large: one pass, as NumPy's `argmax` and `max`.

use super::element::Response;
use crate::simd::{Kernel, dispatch};

/// The first largest value of a slice, or its first NaN.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Maximum<E> {
    /// Its index.
    pub index: usize,
    /// The value itself.
    pub value: E,
}

/// The first largest value, or the first NaN where there is one; `None` of an empty slice.
///
/// As the reference's `get_heatmap_maximum` for one plane: `np.argmax` and `np.amax`.
#[inline]
pub fn maximum<E: Response>(values: &[E]) -> Option<Maximum<E>> {
    if values.is_empty() {
        return None;
    }
    Some(dispatch(MaximumKernel(values)))
}

struct MaximumKernel<'a, E>(&'a [E]);

/// Values a block: small enough that the search for the position, which follows the search for the
/// maximum, finds the block in the first-level cache (16 KiB of float32), large enough that the
/// reduction over lanes at its end is lost in it. 1024 to 8192 measure alike on 64×48 maps.
const BLOCK: usize = 4096;

impl<E: Response> Kernel for MaximumKernel<'_, E> {
    type Output = Maximum<E>;

    #[inline(always)]
    fn run(self) -> Maximum<E> {
        let (mut best_block, mut best) = (0, E::LEAST);
        for (number, block) in self.0.chunks(BLOCK).enumerate() {
            let (key, has_nan) = largest_key(block);
            if has_nan {
                let index = number * BLOCK + first_nan(block);
                return Maximum { index, value: self.0[index] };
            }
            if number == 0 || key > best {
                (best_block, best) = (number, key);
            }
        }
        let start = best_block * BLOCK;
        let index = start + first_key(&self.0[start..], best);
        Maximum { index, value: self.0[index] }
    }
}

/// The largest key of a block, and whether a NaN was among its values.
#[inline(always)]
fn largest_key<E: Response>(block: &[E]) -> (E::Key, bool) {
    // 128 is the largest `LANES`; the unused lanes are never touched.
    let mut largest = [E::LEAST; 128];
    let mut nan = [false; 128];
    let steps = block.chunks_exact(E::LANES);
    let rest = steps.remainder();
    for step in steps {
        for lane in 0..E::LANES {
            let (value, key) = (step[lane], step[lane].key());
            if key > largest[lane] {
                largest[lane] = key;
            }
            nan[lane] |= value.is_nan();
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        if value.key() > largest[lane] {
            largest[lane] = value.key();
        }
        nan[lane] |= value.is_nan();
    }
    let (mut key, mut has_nan) = (E::LEAST, false);
    for lane in 0..E::LANES {
        if largest[lane] > key {
            key = largest[lane];
        }
        has_nan |= nan[lane];
    }
    (key, has_nan)
}

/// The index of the first value with this key.
#[inline(always)]
fn first_key<E: Response>(values: &[E], key: E::Key) -> usize {
    let mut start = 0;
    for step in values.chunks_exact(E::LANES) {
        let mut found = false;
        for value in step {
            found |= value.key() == key;
        }
        if found {
            break;
        }
        start += E::LANES;
    }
    while start < values.len() - 1 && values[start].key() != key {
        start += 1;
    }
    start
}

#[inline(always)]
fn first_nan<E: Response>(values: &[E]) -> usize {
    let mut index = 0;
    while index < values.len() - 1 && !values[index].is_nan() {
        index += 1;
    }
    index
}
