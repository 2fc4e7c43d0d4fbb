//! The vector instructions that kernels run with, chosen at run time.
//!
//! A portable build is compiled for the oldest processor that it supports. Each hot kernel is therefore
//! compiled once per [`Tier`], and `dispatch` calls the version for the widest tier that the processor
//! has. No kernel uses fused multiply-add, and reductions keep their lanes at every tier, so results are
//! bit-identical at all tiers.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

use pulp::{Scalar, Simd, WithSimd};

/// A set of vector instructions that the kernels are compiled for.
///
/// ```
/// use posecodec::simd::Tier;
///
/// assert_eq!(Tier::available()[0], Tier::Baseline);
/// assert!(Tier::force(Some(Tier::Baseline)));
/// assert_eq!(Tier::current().name(), "baseline");
/// Tier::force(None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// The instructions of every processor of the architecture: SSE2 on x86-64, NEON on AArch64.
    Baseline,
    /// 256-bit vectors (x86-64-v3).
    Avx2,
    /// 512-bit vectors (x86-64-v4).
    Avx512,
}

impl Tier {
    /// The tiers that this processor can run, narrowest first.
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut)]
        let mut tiers = vec![Self::Baseline];
        #[cfg(target_arch = "x86_64")]
        {
            if pulp::x86::V3::is_available() {
                tiers.push(Self::Avx2);
            }
            if pulp::x86::V4::is_available() {
                tiers.push(Self::Avx512);
            }
        }
        tiers
    }

    /// The tier that kernels run with in the calling thread.
    pub fn current() -> Self {
        Self::forced().or_else(|| Self::available().pop()).unwrap_or(Self::Baseline)
    }

    /// Sets the tier of the calling thread and of the batches that it starts; `None` restores the widest.
    ///
    /// For tests and benchmarks; results do not change. Returns whether the processor has the tier. If
    /// not, nothing changes.
    pub fn force(tier: Option<Self>) -> bool {
        let available = tier.is_none_or(|tier| Self::available().contains(&tier));
        if available && tier != Self::forced() {
            ANY_FORCED.store(true, Ordering::Relaxed);
            FORCED.set(tier);
        }
        available
    }

    /// The tier that [`Self::force`] set in the calling thread.
    #[inline]
    pub(crate) fn forced() -> Option<Self> {
        // A thread sees its own store. Other threads need not see it, as their own tier is not forced.
        if ANY_FORCED.load(Ordering::Relaxed) { FORCED.get() } else { None }
    }

    /// The tier's name: `"baseline"`, `"avx2"` or `"avx512"`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

thread_local! {
    static FORCED: Cell<Option<Tier>> = const { Cell::new(None) };
}

/// Whether any thread has ever forced a tier. While none has, a kernel's start costs one load.
static ANY_FORCED: AtomicBool = AtomicBool::new(false);

/// A kernel that [`dispatch`] compiles once per tier. Its body must be `#[inline(always)]` and must not
/// contain a closure that the compiler might not inline: target features do not cross calls.
pub(crate) trait Vectorized {
    type Output;
    fn run(self) -> Self::Output;
}

struct Op<K>(K);

impl<K: Vectorized> WithSimd for Op<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> K::Output {
        self.0.run()
    }
}

/// Runs a kernel at the widest tier that the processor has, or at the forced one.
#[inline]
pub(crate) fn dispatch<K: Vectorized>(kernel: K) -> K::Output {
    let op = Op(kernel);
    #[cfg(target_arch = "x86_64")]
    {
        let widest = Tier::forced().unwrap_or(Tier::Avx512);
        if widest >= Tier::Avx512
            && let Some(v4) = pulp::x86::V4::try_new()
        {
            return Simd::vectorize(v4, op);
        }
        if widest >= Tier::Avx2
            && let Some(v3) = pulp::x86::V3::try_new()
        {
            return Simd::vectorize(v3, op);
        }
    }
    baseline(op)
}

/// Runs a kernel at the lowest tier: a function of its own on x86-64, where few processors need it, so that it
/// is not compiled into each caller.
#[cfg_attr(target_arch = "x86_64", inline(never))]
fn baseline<K: Vectorized>(op: Op<K>) -> K::Output {
    Simd::vectorize(Scalar::new(), op)
}

/// Reduces all lanes to one value: the second half is folded into the first until one lane is left. The
/// order is the same at every tier.
#[inline(always)]
pub(crate) fn fold_lanes<T: Copy, const LANES: usize>(
    mut lanes: [T; LANES],
    one: impl Fn(T, T) -> T,
) -> T {
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            lanes[lane] = one(lanes[lane + half], lanes[lane]);
        }
        half /= 2;
    }
    lanes[0]
}

/// Bytes of a cache line on x86-64 and on most AArch64 processors.
pub(crate) const CACHE_LINE: usize = 64;

/// Aligned to a cache line: a vector that crosses two lines takes two loads.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct CacheAligned<T>(pub(crate) T);

/// How many values ahead rows are prefetched: 8 KiB of float32, as in the search for a maximum.
pub(crate) const PREFETCH_DISTANCE: usize = 2048;

/// Prefetches each cache line that lies `distance` values after one of the slice.
#[inline(always)]
pub(crate) fn prefetch_ahead<T>(values: &[T], distance: usize) {
    for index in (0..values.len()).step_by(CACHE_LINE / size_of::<T>()) {
        prefetch(values, distance + index);
    }
}

/// Prefetches `values[index]`, which may be beyond the slice, on x86-64; a no-op elsewhere.
#[inline(always)]
fn prefetch<T>(values: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 processor has the instruction. It loads no value into the program and
        // does not fault for any address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(values.as_ptr().wrapping_add(index).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, index);
}
