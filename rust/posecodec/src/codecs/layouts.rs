//! Batches whose arrays may have any layout: each block of samples is copied to contiguous scratch on
//! the thread that decodes it.
//!
//! Networks that run in channels_last return (B, K, H, W) in the order (B, H, W, K), and a flip test in
//! NumPy returns reversed rows. A copy of the whole batch would be written to new memory and read
//! again from there; scratch of one block stays in the cache.

use std::sync::{Mutex, PoisonError};

use arrayvec::ArrayVec;
use ndarray::{ArrayView3, ArrayView4, ArrayViewMut3, Axis, Slice};

use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::kernels::layout::MapReader;
use crate::parallel;

/// The most arrays of a call: vectors along three axes, and those of flipped images.
const MAX_ARRAYS: usize = 6;

/// Bytes of a block, at least one sample: half of the second-level cache of current server cores.
const BLOCK_BYTES: usize = 1 << 18;

/// Calls `decode` with contiguous values of each array, for blocks of consecutive samples; on several
/// threads if the batch is large enough. All arrays have the same number of samples, their first axis.
///
/// `split` is called for each block, in order, with its number of samples, and returns what `decode`
/// fills. Values that are contiguous are not copied.
///
/// ```
/// use ndarray::{Array4, Axis};
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::slices::{DecodePlan, Maps, decode_any_layout};
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let mut heatmaps = Array4::<f32>::ones((3, 17, 64, 48));
/// heatmaps.invert_axis(Axis(3));
/// let (mut keypoints, mut scores) = (vec![[0.0; 2]; 3 * 17], vec![0.0; 3 * 17]);
/// let (mut points, mut values) = (&mut keypoints[..], &mut scores[..]);
/// decode_any_layout(
///     &[heatmaps.view()],
///     |samples| {
///         let len = samples * 17;
///         (points.split_off_mut(..len).unwrap(), values.split_off_mut(..len).unwrap())
///     },
///     |samples, arrays, (points, values)| {
///         let maps = Maps { own: arrays[0], flipped: None };
///         DecodePlan::new(&codec, [samples, 17, 64, 48])?.fill(maps, points, values)
///     },
/// )?;
/// assert!(scores.iter().all(|&score| score == 1.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// What `decode` returns, and [`Error::OutOfMemory`] for scratch.
///
/// # Panics
/// For more than 6 arrays, or arrays with different numbers of samples.
pub fn decode_any_layout<'a, E: HeatmapValue, T: Send>(
    arrays: &[ArrayView4<'a, E>],
    split: impl FnMut(usize) -> T,
    decode: impl Fn(usize, &[&[E]], T) -> Result<()> + Sync,
) -> Result<()> {
    decode_blocks(arrays, split, |parts, filled, buffer| {
        decode(parts[0].len_of(Axis(0)), &contiguous(parts, buffer)?, filled)
    })
}

/// Calls `decode` with the samples of each block and scratch for [`contiguous`]; on several threads if
/// the batch is large enough.
pub(super) fn decode_blocks<'a, E: HeatmapValue, T: Send>(
    arrays: &[ArrayView4<'a, E>],
    mut split: impl FnMut(usize) -> T,
    decode: impl Fn(&[ArrayView4<'a, E>], T, &mut Vec<E>) -> Result<()> + Sync,
) -> Result<()> {
    let batch = arrays.first().map_or(0, |array| array.len_of(Axis(0)));
    let values: usize = arrays.iter().map(ArrayView4::len).sum();
    let sample_bytes = values.checked_div(batch).unwrap_or(0) * size_of::<E>();
    let block = BLOCK_BYTES.checked_div(sample_bytes).unwrap_or(batch).max(1);
    let mut blocks = Vec::new();
    for first in (0..batch).step_by(block) {
        let samples = block.min(batch - first);
        let part = |array: &ArrayView4<'a, E>| {
            let mut part = *array;
            part.slice_axis_inplace(Axis(0), Slice::from(first..first + samples));
            part
        };
        let parts: ArrayVec<_, MAX_ARRAYS> = arrays.iter().map(part).collect();
        blocks.push((parts, split(samples)));
    }
    let scratch = Mutex::new(Vec::new());
    parallel::try_for_each(blocks, values, &|(parts, filled)| {
        let unused = scratch.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer: Vec<E> = unused.unwrap_or_default();
        let decoded = decode(&parts, filled, &mut buffer);
        scratch.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        decoded
    })
}

/// So many values of the buffer, which grows if it must.
pub(super) fn scratch<E: HeatmapValue>(len: usize, buffer: &mut Vec<E>) -> Result<&mut [E]> {
    if buffer.len() < len {
        let bytes = len.saturating_mul(size_of::<E>());
        buffer
            .try_reserve_exact(len - buffer.len())
            .map_err(|_| Error::OutOfMemory { purpose: "contiguous copies of a sample", bytes })?;
        buffer.resize(len, E::of(0.0));
    }
    Ok(&mut buffer[..len])
}

/// The values of each array in order: its own memory, or a copy in the buffer.
pub(super) fn contiguous<'b, E: HeatmapValue>(
    arrays: &'b [ArrayView4<'_, E>],
    buffer: &'b mut Vec<E>,
) -> Result<ArrayVec<&'b [E], MAX_ARRAYS>> {
    let copied = |array: &&ArrayView4<'_, E>| !array.is_standard_layout();
    let mut rest = scratch(arrays.iter().filter(copied).map(ArrayView4::len).sum(), buffer)?;
    let values = arrays.iter().map(|array| {
        array.to_slice().unwrap_or_else(|| {
            let copy = rest.split_off_mut(..array.len()).expect("the lengths were added");
            let samples = array.outer_iter();
            let copies = copy.chunks_exact_mut((copy.len() / samples.len().max(1)).max(1));
            samples.zip(copies).for_each(|(maps, copy)| copy_maps(&maps, copy));
            copy
        })
    });
    Ok(values.collect())
}

/// Copies the maps (K, H, W) of a sample in row-major order.
fn copy_maps<E: HeatmapValue>(maps: &ArrayView3<'_, E>, copy: &mut [E]) {
    if let Some(reader) = MapReader::new(maps, None) {
        return reader.copy(copy, &mut []);
    }
    let copy = ArrayViewMut3::from_shape(maps.dim(), copy);
    copy.expect("the length of the maps").assign(maps);
}
