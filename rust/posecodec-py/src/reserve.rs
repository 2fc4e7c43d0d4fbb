//! Memory for what is small when the system has none left.
//!
//! Rust ends the process where a vector cannot have its memory. What grows with the caller's arrays
//! is asked for in a way that may fail, and becomes a `MemoryError`. What does not, such as a shape, a
//! job for a thread or the message of that very error, comes from here if it must.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of the reserve: pages that take no memory until they are touched.
const SIZE: usize = 4 << 20;

/// The largest piece, in bytes. What may be larger has to be asked for.
const LARGEST: usize = 1 << 16;

/// Pieces start at multiples of this.
const ALIGNMENT: usize = 64;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator {
    memory: Init(UnsafeCell::new([MaybeUninit::uninit(); SIZE])),
    state: AtomicU64::new(0),
};

/// The system's allocator, and the reserve where that has nothing.
struct Allocator {
    memory: Init,
    /// How many pieces are in use (the upper half), and where the last one ends (the lower half).
    /// When none is in use, the reserve is whole again.
    state: AtomicU64,
}

#[repr(align(64))]
struct Init(UnsafeCell<[MaybeUninit<u8>; SIZE]>);

// SAFETY: it is only handed out in pieces, each to one owner.
unsafe impl Sync for Init {}

const PIECE: u64 = 1 << 32;

impl Allocator {
    fn start(&self) -> *mut u8 {
        self.memory.0.get().cast()
    }

    fn holds(&self, piece: *mut u8) -> bool {
        (piece as usize).wrapping_sub(self.start() as usize) < SIZE
    }

    /// A piece of the reserve; null where there is none.
    #[cold]
    fn take(&self, layout: Layout) -> *mut u8 {
        if layout.size() > LARGEST || layout.align() > ALIGNMENT {
            return null_mut();
        }
        let size = layout.size().next_multiple_of(ALIGNMENT) as u64;
        let taken = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| {
            let fits = state % PIECE + size <= SIZE as u64;
            fits.then_some(state + size + PIECE)
        });
        taken.map_or(null_mut(), |before| self.start().wrapping_add((before % PIECE) as usize))
    }

    #[cold]
    fn give_back(&self) {
        let given = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| {
            let rest = state - PIECE;
            Some(if rest < PIECE { 0 } else { rest })
        });
        debug_assert!(given.is_ok());
    }
}

// SAFETY: every piece comes from the system's allocator and goes back there, or from the reserve,
// whose pieces do not overlap as long as they are in use.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let piece = unsafe { System.alloc(layout) };
        if piece.is_null() { self.take(layout) } else { piece }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let piece = unsafe { System.alloc_zeroed(layout) };
        if !piece.is_null() {
            return piece;
        }
        let piece = self.take(layout);
        if !piece.is_null() {
            // SAFETY: a piece is as long as was asked for.
            unsafe { piece.write_bytes(0, layout.size()) }
        }
        piece
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if self.holds(piece) {
            self.give_back();
        } else {
            // SAFETY: what is not the reserve's came from the system.
            unsafe { System.dealloc(piece, layout) }
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.holds(piece) {
            // SAFETY: what is not the reserve's came from the system.
            let moved = unsafe { System.realloc(piece, layout, size) };
            if !moved.is_null() {
                return moved;
            }
        }
        // SAFETY: the caller's promise: such a layout there is.
        let new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: both pieces are as long as what is copied, and different ones.
        unsafe {
            let moved = self.alloc(new);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(piece, layout.size().min(size));
                self.dealloc(piece, layout);
            }
            moved
        }
    }
}
