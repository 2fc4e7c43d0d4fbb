//! Memory of large arrays, used again.
//!
//! The allocator gives memory of megabytes back to the system as soon as an array goes, and the next
//! array's pages are new: each has to be mapped when it is first touched, which takes longer than
//! all else that an encoder does with it. A picture of 128×128 maps with `SPR` (4.6 MB, 640 pages
//! touched) takes 820 µs in new memory, 140 µs in memory that was used before and has to be zeroed.
//! So a few blocks are kept.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;
use std::sync::Mutex;

use pyo3::prelude::*;

/// Bytes from which on an array's memory comes from here. Up to 2 MB it makes no difference, as the
/// allocator keeps what is small itself; 133 maps of 96×72 cells (3.7 MB), the last eight of them alive,
/// take 72 µs from here and 104 from there.
pub(crate) const LARGE: usize = 1 << 20;

/// The most bytes that are kept while no array uses them: some ten pictures of 128×128 maps.
const MOST_KEPT: usize = 1 << 26;

/// Cache lines and the widest vectors start there.
const ALIGNMENT: usize = 64;

/// Blocks that no array uses, oldest first.
static KEPT: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// A piece of memory.
struct Block {
    start: NonNull<u8>,
    layout: Layout,
}

// SAFETY: a block is the only owner of its memory.
unsafe impl Send for Block {}
// SAFETY: a shared block gives out no more than its address.
unsafe impl Sync for Block {}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and nobody else frees it.
        unsafe { dealloc(self.start.as_ptr(), self.layout) }
    }
}

/// Keeps an array's memory as long as the array lives, as its `base`.
#[pyclass(frozen, module = "posecodec_rs._core")]
pub(crate) struct Init(Option<Block>);

impl Init {
    /// At least so many bytes, all zero where `zeroed` wants it; `None` where there are none.
    pub(crate) fn take(bytes: usize, zeroed: bool) -> Option<Self> {
        if let Some(block) = kept(bytes) {
            if zeroed {
                // SAFETY: the block is at least so long, and nobody else knows it.
                unsafe { block.start.write_bytes(0, bytes) }
            }
            return Some(Self(Some(block)));
        }
        let layout = Layout::from_size_align(bytes.max(1), ALIGNMENT).ok()?;
        // SAFETY: the layout's size is not zero.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        Some(Self(Some(Block { start, layout })))
    }

    /// Where it starts.
    pub(crate) fn start(&self) -> *mut u8 {
        self.0.as_ref().map_or(std::ptr::null_mut(), |block| block.start.as_ptr())
    }
}

impl Drop for Init {
    fn drop(&mut self) {
        // The lock may be another thread's that does not exist here, after a fork: then the block
        // is freed.
        if let Some(block) = self.0.take()
            && block.layout.size() <= MOST_KEPT
            && let Ok(mut kept) = KEPT.try_lock()
        {
            kept.push(block);
            let mut bytes: usize = kept.iter().map(|block| block.layout.size()).sum();
            while bytes > MOST_KEPT {
                bytes -= kept.remove(0).layout.size();
            }
        }
    }
}

/// The smallest kept block of so many bytes, if there is one that is not far larger.
fn kept(bytes: usize) -> Option<Block> {
    let mut kept = KEPT.try_lock().ok()?;
    let fits = |size: usize| (bytes..=bytes.saturating_mul(2)).contains(&size);
    let sizes = kept.iter().enumerate().map(|(number, block)| (block.layout.size(), number));
    let (_, number) = sizes.filter(|&(size, _)| fits(size)).min()?;
    Some(kept.swap_remove(number))
}
