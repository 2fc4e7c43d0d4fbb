//! Which vector instructions the kernels run with.
//!
//! A portable build is compiled for the oldest processor it may meet. Each hot kernel is therefore
//! compiled once a [`Tier`], and the widest that this processor has is chosen when it runs. No
//! kernel uses fused multiply-add, and reductions keep their lanes at every tier, so the answers
//! are the same to the bit whichever tier ran.

use std::sync::atomic::{AtomicU8, Ordering};

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
#[repr(u8)]
pub enum Tier {
    /// What every processor of the architecture has: SSE2 on x86-64, NEON on AArch64.
    Baseline = 1,
    /// 256-bit vectors (x86-64-v3).
    Avx2 = 2,
    /// 512-bit vectors (x86-64-v4).
    Avx512 = 3,
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

    /// The tier that the kernels run with now.
    pub fn current() -> Self {
        match FORCED.load(Ordering::Relaxed) {
            1 => Self::Baseline,
            2 => Self::Avx2,
            3 => Self::Avx512,
            _ => Self::available().pop().unwrap_or(Self::Baseline),
        }
    }

    /// Makes every kernel of this process run with one tier, or with the widest again (`None`).
    ///
    /// For tests and benchmarks; the answers do not change. Returns whether the processor has the
    /// tier; if it has not, nothing changes.
    pub fn force(tier: Option<Self>) -> bool {
        let known = tier.is_none_or(|tier| Self::available().contains(&tier));
        if known {
            FORCED.store(tier.map_or(0, |tier| tier as u8), Ordering::Relaxed);
        }
        known
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

/// The forced tier, or 0 for the widest.
static FORCED: AtomicU8 = AtomicU8::new(0);

/// A kernel that [`dispatch`] compiles once a tier. Its body must be `#[inline(always)]` and hold
/// no closure that the compiler might leave outside: target features do not cross calls.
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

/// Runs a kernel with the widest instructions that the processor has, or with the forced tier.
#[inline]
pub(crate) fn dispatch<K: Vectorized>(kernel: K) -> K::Output {
    let op = Op(kernel);
    #[cfg(target_arch = "x86_64")]
    {
        let widest = FORCED.load(Ordering::Relaxed).wrapping_sub(1);
        if widest >= Tier::Avx512 as u8 - 1
            && let Some(v4) = pulp::x86::V4::try_new()
        {
            return Simd::vectorize(v4, op);
        }
        if widest >= Tier::Avx2 as u8 - 1
            && let Some(v3) = pulp::x86::V3::try_new()
        {
            return Simd::vectorize(v3, op);
        }
    }
    Simd::vectorize(Scalar::new(), op)
}

/// One value out of all lanes, half of them with the other half, and so on: in the same order at every
/// tier.
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

/// Bytes of a cache line on the processors that the kernels are made for.
pub(crate) const CACHE_LINE: usize = 64;

/// What begins with a cache line: vectors that cross one cost twice.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct CacheAligned<T>(pub(crate) T);

/// Asks for the memory of an element that is soon read, where the processor can be asked. It may lie
/// beyond the slice.
#[inline(always)]
pub(crate) fn prefetch<T>(values: &[T], index: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 processor has it, it reads nothing into the program, and it does not
        // fault, wherever it points.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(values.as_ptr().wrapping_add(index).cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, index);
}
