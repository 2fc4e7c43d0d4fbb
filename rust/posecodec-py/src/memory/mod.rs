//! A pool of memory for arrays of 16 KiB and more.
//!
//! A loader keeps its samples until it collates them, so that the next sample is written to memory that
//! is new to the process. The kernel maps and zeroes such memory on first access, page by page, which
//! takes longer than encoding. So the pool maps huge pages where the system has them, and keeps what is
//! freed:
//!
//! ```text
//! take(bytes):
//!     round up to a size class                        // 8 per power of two
//!     the piece of this class that was freed last      // its values are in the cache, but old
//!     or the next new piece of the class's newest chunk     // zeros
//!     or the first piece of a new chunk                 // 18 to 32 MiB of pieces, or one larger piece
//! drop(piece):
//!     keep the piece for its class
//!     if no array uses its chunk, and much memory is unused: the kernel may take the pages (MADV_FREE)
//!     while more than the limit is unused: unmap the chunk without arrays that was used least recently
//! before a fork:
//!     unmap the chunks without arrays, discard unused pieces of others and do not use them again
//! ```
//!
//! After a fork, the first process that writes to a page copies it, which takes longer than a new page; so
//! neither process keeps unused memory. The lock is held during the fork: no thread leaves it locked.
//!
//! CPU time per encoded sample that is kept, without the pool and with it, on an AMD EPYC with AVX2 that
//! other processes shared, 28 November 2026, `python -m sections.fresh_memory` in `benchmarks`: 17 maps of
//! 64×48 pixels 201 and 30 µs, 133 of 96×72 2774 and 505 µs, 308 of 256×192 49.7 and 5.1 ms. Times below
//! are of prototypes on a 2-core AMD EPYC with AVX-512, November 2026.

mod chunk;

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use posecodec::codecs::slices::Init;
use pyo3::prelude::*;

use crate::class::parse::integer;
pub(crate) use chunk::MIN_POOLED_BYTES;
use chunk::{Chunk, SizeClass};

/// Unused bytes above which the kernel may take the pages of unused chunks. `MADV_FREE` takes 14 to 58 µs
/// per 64 MiB, and using the pages again nothing.
const MAX_RESIDENT_BYTES: usize = 64 << 20;

/// Default limit of unused bytes: 64 samples of 133 maps of 96×72 pixels; lower without `MADV_FREE`.
const DEFAULT_LIMIT: usize =
    if cfg!(target_os = "linux") { 4 * MAX_RESIDENT_BYTES } else { MAX_RESIDENT_BYTES };

/// The limit in bytes.
const LIMIT_VARIABLE: &str = "POSECODEC_CACHE_LIMIT";

static POOL: Mutex<Pool> = Mutex::new(Pool {
    limit: None,
    chunks: Vec::new(),
    classes: Vec::new(),
    unused_bytes: 0,
    clock: 0,
});

fn pool() -> MutexGuard<'static, Pool> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A piece of a chunk, by their indices.
#[derive(Clone, Copy)]
struct Piece {
    chunk: usize,
    number: usize,
}

/// The pieces of one size.
#[derive(Default)]
struct Class {
    /// Freed pieces, the last one last.
    unused: Vec<Piece>,
    /// The chunk that may have pieces that were not used yet.
    newest: Option<usize>,
}

struct Pool {
    /// Maximum of `unused_bytes`; `None` until it is set or first used.
    limit: Option<usize>,
    /// `None` where a chunk was unmapped.
    chunks: Vec<Option<Chunk>>,
    /// By index of the size class.
    classes: Vec<Class>,
    /// Bytes of all freed pieces that are kept.
    unused_bytes: usize,
    /// Counts takes and drops.
    clock: u64,
}

impl Pool {
    fn limit(&mut self) -> usize {
        *self.limit.get_or_insert_with(|| {
            let text = std::env::var(LIMIT_VARIABLE).ok();
            text.and_then(|text| text.trim().parse().ok()).unwrap_or(DEFAULT_LIMIT)
        })
    }

    fn chunk(&mut self, index: usize) -> &mut Chunk {
        self.chunks[index].as_mut().expect("a piece's chunk is mapped")
    }

    /// A piece of this class, its address, and what it holds; `None` without memory.
    fn take(&mut self, class: SizeClass) -> Option<(Piece, *mut u8, Init)> {
        if self.classes.len() <= class.index {
            self.classes.resize_with(class.index + 1, Class::default);
        }
        self.clock += 1;
        let clock = self.clock;
        let (piece, init) = if let Some(piece) = self.classes[class.index].unused.pop() {
            self.unused_bytes -= class.bytes;
            (piece, Init::Uninit)
        } else {
            (self.new_piece(class)?, Init::Zeroed)
        };
        let chunk = self.chunk(piece.chunk);
        chunk.used += 1;
        chunk.last_use = clock;
        Some((piece, chunk.start(piece.number), init))
    }

    /// A piece that was not used before.
    fn new_piece(&mut self, class: SizeClass) -> Option<Piece> {
        let with_room = self.classes[class.index].newest.filter(|&index| {
            self.chunks[index].as_ref().is_some_and(|chunk| chunk.touched < class.pieces)
        });
        let index = match with_room {
            Some(index) => index,
            None => {
                let chunk = Some(Chunk::new(class)?);
                let index = self.chunks.iter().position(Option::is_none).unwrap_or_else(|| {
                    self.chunks.push(None);
                    self.chunks.len() - 1
                });
                self.chunks[index] = chunk;
                self.classes[class.index].newest = Some(index);
                index
            }
        };
        let chunk = self.chunk(index);
        chunk.touched += 1;
        Some(Piece { chunk: index, number: chunk.touched - 1 })
    }

    /// Keeps a piece that no array uses any more. Returns chunks to unmap without the lock.
    fn put(&mut self, piece: Piece) -> Vec<Chunk> {
        self.clock += 1;
        let (clock, limit) = (self.clock, self.limit());
        let chunk = self.chunk(piece.chunk);
        chunk.used -= 1;
        chunk.last_use = clock;
        let (class, all_unused) = (chunk.class, chunk.used == 0);
        if chunk.retired {
            let unmapped = if all_unused { self.chunks[piece.chunk].take() } else { None };
            return unmapped.into_iter().collect();
        }
        self.unused_bytes += class.bytes;
        let resident = self.unused_bytes <= MAX_RESIDENT_BYTES;
        if all_unused && !resident && self.unused_bytes <= limit {
            self.chunk(piece.chunk).release_lazily();
        }
        self.classes[class.index].unused.push(piece);
        self.trim(limit)
    }

    /// Removes chunks that no array uses, the least recently used first, until at most `limit` bytes
    /// are unused.
    fn trim(&mut self, limit: usize) -> Vec<Chunk> {
        let mut removed = Vec::new();
        while self.unused_bytes > limit {
            let chunks = self.chunks.iter().enumerate();
            let unused = chunks.filter_map(|(index, chunk)| {
                chunk.as_ref().filter(|chunk| chunk.used == 0).map(|chunk| (chunk.last_use, index))
            });
            let Some((_, index)) = unused.min() else { break };
            removed.extend(self.remove(index));
        }
        removed
    }

    /// Removes a chunk that no array uses.
    fn remove(&mut self, index: usize) -> Option<Chunk> {
        let chunk = self.chunks[index].take()?;
        let class = &mut self.classes[chunk.class.index];
        class.unused.retain(|piece| piece.chunk != index);
        class.newest = class.newest.filter(|&newest| newest != index);
        self.unused_bytes -= chunk.touched * chunk.class.bytes;
        Some(chunk)
    }

    /// Removes all unused memory. Returns chunks to unmap without the lock.
    fn clear(&mut self) -> Vec<Chunk> {
        let mut removed = Vec::new();
        for class in &mut self.classes {
            class.newest = None;
            for piece in class.unused.drain(..) {
                if let Some(chunk) =
                    self.chunks[piece.chunk].as_ref().filter(|chunk| chunk.used > 0)
                {
                    chunk.discard(piece.number);
                }
            }
        }
        for slot in &mut self.chunks {
            match slot {
                Some(chunk) if chunk.used > 0 => chunk.retired = true,
                _ => removed.extend(slot.take()),
            }
        }
        self.unused_bytes = 0;
        removed
    }
}

/// The memory of an array, which keeps it alive as its `base`.
#[pyclass(frozen, module = "posecodec_rs._core")]
pub(crate) struct PooledMemory(Piece);

impl PooledMemory {
    /// Memory of at least this many bytes, its address, aligned to 64 bytes or more, and what it holds.
    /// `None` if the pool is off, or has no memory.
    pub(crate) fn take(bytes: usize) -> Option<(Self, *mut u8, Init)> {
        let mut pool = pool();
        if pool.limit() == 0 {
            return None;
        }
        let (piece, start, init) = pool.take(SizeClass::of(bytes))?;
        Some((Self(piece), start, init))
    }
}

impl Drop for PooledMemory {
    fn drop(&mut self) {
        let removed = pool().put(self.0);
        drop(removed);
    }
}

/// Lets the pool take part in forks of this process.
pub(crate) fn register_forks() {
    thread_local! {
        static HELD: Cell<Option<MutexGuard<'static, Pool>>> = const { Cell::new(None) };
    }

    extern "C" fn before() {
        let mut pool = pool();
        drop(pool.clear());
        // If the thread is ending, the lock is opened here.
        let _ = HELD.try_with(|held| held.set(Some(pool)));
    }

    extern "C" fn after() {
        let _ = HELD.try_with(Cell::take);
    }

    #[cfg(unix)]
    {
        // SAFETY: the functions are never unloaded, because CPython unloads no extension module. In
        // the child, `after` only opens a lock that this very thread holds.
        let _ = unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
    }
}

/// Return the memory that is kept for the next outputs to the system.
///
/// Outputs of 16 KiB and more are allocated from a pool, which keeps up to :func:`get_cache_limit`
/// bytes of what was freed. Arrays that are in use keep their memory.
#[pyfunction]
pub(crate) fn cache_clear() {
    let removed = pool().clear();
    drop(removed);
}

/// The maximum number of unused bytes that are kept for the next outputs.
///
/// The value of :func:`set_cache_limit`; else the environment variable ``POSECODEC_CACHE_LIMIT``; else
/// 256 MiB on Linux, of which the system takes back all but 64 MiB when it needs memory, and 64 MiB
/// on other systems.
#[pyfunction]
pub(crate) fn get_cache_limit() -> usize {
    pool().limit()
}

/// Set the maximum number of unused bytes that this process keeps for the next outputs.
///
/// Args:
///     num_bytes (int): The limit; with 0, NumPy allocates all outputs, and nothing is kept.
///
/// Raises:
///     InvalidInputError: For a negative number, and what is not an integer.
#[pyfunction]
pub(crate) fn set_cache_limit(num_bytes: &Bound<'_, PyAny>) -> PyResult<()> {
    let limit = integer("num_bytes", "must be an integer of at least 0", num_bytes)?;
    let mut pool = pool();
    pool.limit = Some(limit);
    let removed = if limit == 0 { pool.clear() } else { pool.trim(limit) };
    drop(pool);
    drop(removed);
    Ok(())
}
