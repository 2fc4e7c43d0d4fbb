//! A pool of memory for large arrays.
//!
//! The system's allocator returns blocks of megabytes to the kernel as soon as an array is freed. The
//! pages of the next array are new and have to be mapped on first access, which takes longer than
//! encoding. An image of 128×128 maps with `SPR` (4.6 MB, 640 pages written) takes 820 µs in new memory
//! and 140 µs in memory that is reused and zeroed. So a few freed blocks are kept.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;
use std::sync::Mutex;

use posecodec::codecs::Init;
use pyo3::prelude::*;

/// Minimum bytes of an array whose memory is pooled. Below 2 MB it makes no difference, because the
/// system's allocator keeps small blocks. 133 maps of 96×72 pixels (3.7 MB), with the last eight arrays
/// alive, take 72 µs with the pool and 104 µs without.
pub(crate) const MIN_POOLED_BYTES: usize = 1 << 20;

/// Maximum bytes of unused blocks: about ten images of 128×128 maps.
const MAX_UNUSED_BYTES: usize = 1 << 26;

/// Alignment of cache lines and of the widest vectors.
const ALIGNMENT: usize = 64;

/// Blocks that no array uses, oldest first.
static UNUSED: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// A block of memory.
struct Block {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: a block is the only owner of its memory.
unsafe impl Send for Block {}
// SAFETY: a shared block only gives its address.
unsafe impl Sync for Block {}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and freed only here.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}

/// The memory of an array, which keeps it alive as its `base`.
#[pyclass(frozen, module = "posecodec_rs._core")]
pub(crate) struct PooledMemory(Option<Block>);

impl PooledMemory {
    /// At least this many bytes, or `None` if allocation fails.
    pub(crate) fn take(bytes: usize, init: Init) -> Option<Self> {
        if let Some(block) = take_unused(bytes) {
            if init == Init::Zeroed {
                // SAFETY: the block has at least this many bytes, and no other code has it.
                unsafe { block.start.write_bytes(0, bytes) }
            }
            return Some(Self(Some(block)));
        }
        let layout = Layout::from_size_align(bytes.max(1), ALIGNMENT).ok()?;
        // SAFETY: the layout's size is not 0.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        Some(Self(Some(Block { start, layout })))
    }

    /// The address of the first byte.
    pub(crate) fn start(&self) -> *mut u8 {
        self.0.as_ref().map_or(std::ptr::null_mut(), |block| block.start.as_ptr())
    }
}

impl Drop for PooledMemory {
    fn drop(&mut self) {
        // After a fork, a thread that does not exist in this process may hold the lock: then the block
        // is freed.
        if let Some(block) = self.0.take()
            && block.layout.size() <= MAX_UNUSED_BYTES
            && let Ok(mut unused) = UNUSED.try_lock()
        {
            unused.push(block);
            let mut bytes: usize = unused.iter().map(|block| block.layout.size()).sum();
            while bytes > MAX_UNUSED_BYTES {
                bytes -= unused.remove(0).layout.size();
            }
        }
    }
}

/// Takes the smallest unused block of at least `bytes` and at most twice as many.
fn take_unused(bytes: usize) -> Option<Block> {
    let mut unused = UNUSED.try_lock().ok()?;
    let fits = |size: usize| (bytes..=bytes.saturating_mul(2)).contains(&size);
    let sizes = unused.iter().enumerate().map(|(number, block)| (block.layout.size(), number));
    let (_, number) = sizes.filter(|&(size, _)| fits(size)).min()?;
    Some(unused.swap_remove(number))
}
