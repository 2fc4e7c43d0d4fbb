//! The memory that the pool maps: pieces of one size, in chunks.

use memmap2::{MmapOptions, MmapRaw};

/// Minimum bytes of an array whose memory is pooled. With 64 KiB, labels of `SimCCLabel` (26 and 35 KB)
/// take 4.0 µs per sample of which 64 are kept alive, with 16 KiB 1.7 µs; freed at once, 1.5 µs either way.
pub(crate) const MIN_POOLED_BYTES: usize = 1 << 14;

/// Bytes of a huge page, to which chunks are aligned.
const HUGE_PAGE: usize = 2 << 20;

/// Maximum bytes of a chunk of several pieces. With 8 size classes per power of two, all chunks are then
/// multiples of huge pages.
const MAX_CHUNK_BYTES: usize = 32 << 20;

/// A size to which pieces are rounded up.
#[derive(Clone, Copy)]
pub(super) struct SizeClass {
    /// Index among all classes.
    pub(super) index: usize,
    /// Bytes per piece.
    pub(super) bytes: usize,
    /// Pieces per chunk.
    pub(super) pieces: usize,
}

impl SizeClass {
    /// The class of pieces of at least this many bytes.
    pub(super) fn of(bytes: usize) -> Self {
        let bytes = bytes.max(MIN_POOLED_BYTES);
        // 2^exponent < bytes <= 2^(exponent + 1), in 9 to 16 eighths of 2^exponent.
        let exponent = (bytes - 1).ilog2() as usize;
        let eighths = bytes.div_ceil(1 << (exponent - 3));
        Self {
            index: 8 * (exponent + 1 - MIN_POOLED_BYTES.ilog2() as usize) + eighths - 9,
            bytes: eighths << (exponent - 3),
            pieces: (MAX_CHUNK_BYTES >> (exponent + 1)).max(1),
        }
    }
}

/// Memory that is mapped at once, for pieces of one size.
pub(super) struct Chunk {
    map: MmapRaw,
    /// Offset of the first piece, which is aligned to huge pages.
    offset: usize,
    pub(super) class: SizeClass,
    /// Pieces that an array uses.
    pub(super) used: usize,
    /// Pieces that were used before. Those after them are zeros.
    pub(super) touched: usize,
    /// Whether its freed pieces are not used again.
    pub(super) retired: bool,
    /// When a piece was last taken or freed.
    pub(super) last_use: u64,
}

impl Chunk {
    pub(super) fn new(class: SizeClass) -> Option<Self> {
        let bytes = class.bytes * class.pieces;
        let map = MmapOptions::new().len(bytes.checked_add(HUGE_PAGE)?).map_anon().ok()?;
        let map = MmapRaw::from(map);
        let offset = map.as_ptr().align_offset(HUGE_PAGE);
        // A system without huge pages refuses; its pages are smaller.
        #[cfg(target_os = "linux")]
        let _ = map.advise_range(memmap2::Advice::HugePage, offset, bytes);
        Some(Self { map, offset, class, used: 0, touched: 0, retired: false, last_use: 0 })
    }

    /// The address of a piece.
    pub(super) fn start(&self, piece: usize) -> *mut u8 {
        self.map.as_mut_ptr().wrapping_add(self.offset + piece * self.class.bytes)
    }

    /// Lets the kernel take all pages until they are written again. No array may use the chunk.
    pub(super) fn release_lazily(&self) {
        #[cfg(target_os = "linux")]
        {
            let bytes = self.class.bytes * self.class.pieces;
            let advice = memmap2::UncheckedAdvice::Free;
            // SAFETY: no array uses the chunk, and its pieces are taken as if they had any values.
            let _ = unsafe { self.map.unchecked_advise_range(advice, self.offset, bytes) };
        }
    }

    /// Discards the pages of a piece that no array uses.
    pub(super) fn discard(&self, piece: usize) {
        #[cfg(target_os = "linux")]
        {
            // SAFETY: only reads a constant of the system.
            let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
            let start = piece * self.class.bytes;
            let (first, end) = (start.next_multiple_of(page), start + self.class.bytes);
            let bytes = (end / page * page).saturating_sub(first);
            let advice = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: whole pages, because the first piece starts at one, of a piece that no array uses
            // and that is not used again.
            let _ = unsafe { self.map.unchecked_advise_range(advice, self.offset + first, bytes) };
        }
        #[cfg(not(target_os = "linux"))]
        let _ = piece;
    }
}
