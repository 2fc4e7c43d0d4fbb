//! Batches on several threads; the only file that uses rayon.
//!
//! The calling thread processes samples like the threads of the pool:
//!
//! ```text
//! for_each(items):
//!     on the caller and on each helper:
//!         until no item is left:
//!             take max(1, remaining / (2 · threads)) items      // guided scheduling
//!             work on them
//!     the caller spins for some µs, then sleeps until the helpers are done
//! ```
//!
//! The pool is the crate's own. It is started by the first batch that needs it and belongs to one
//! process: after a fork, the child's copy of the pool has no threads, and work sent to it would wait
//! forever. So the child drops its copy without joining any thread and starts its own pool.
//!
//! Times were measured with `cargo bench -p posecodec` on 2 cores of an AMD EPYC with AVX-512 in
//! November 2026, as a share of one thread's time with two threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::error::{Error, Result};

/// The number of values read or written from which on a batch uses several threads: waking a thread
/// takes time. Decoding 16 samples of 17×64×48 maps (0.8 million values) takes 0.54 to 0.76 times as long
/// as with one thread, 24 samples 0.53 to 0.61 times, 32 samples 0.52 to 0.59 times.
const MIN_PARALLEL_WORK: usize = 1 << 19;

/// The maximum of [`set_num_threads`].
pub const MAX_THREADS: usize = 1024;

/// The number of threads set with [`set_num_threads`]; 0 for the default.
static REQUESTED: AtomicUsize = AtomicUsize::new(0);

/// The number of threads that batches may use.
///
/// The number set with [`set_num_threads`]; by default the environment variable
/// `POSECODEC_NUM_THREADS`; without it the processors that this process may use, considering affinity
/// and control groups. Without the feature `rayon` it is always 1.
pub fn num_threads() -> usize {
    if cfg!(not(feature = "rayon")) {
        return 1;
    }
    match REQUESTED.load(Ordering::Relaxed) {
        0 => default_num_threads(),
        requested => requested,
    }
}

/// Sets the number of threads that batches may use, at most [`MAX_THREADS`]; 0 restores the default.
///
/// ```
/// posecodec::set_num_threads(2)?;
/// # #[cfg(feature = "rayon")]
/// assert_eq!(posecodec::num_threads(), 2);
/// posecodec::set_num_threads(0)?;
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for more than [`MAX_THREADS`].
pub fn set_num_threads(num_threads: usize) -> Result<()> {
    if num_threads > MAX_THREADS {
        let wanted = format!("must be an integer from 0 to {MAX_THREADS}");
        return Err(Error::invalid("num_threads", wanted, num_threads));
    }
    REQUESTED.store(num_threads, Ordering::Relaxed);
    Ok(())
}

fn default_num_threads() -> usize {
    // No lock: if another thread held it during a fork, it would stay locked in the child.
    static DEFAULT: AtomicUsize = AtomicUsize::new(0);
    match DEFAULT.load(Ordering::Relaxed) {
        0 => {
            let threads = std::env::var("POSECODEC_NUM_THREADS")
                .ok()
                .and_then(|text| text.trim().parse().ok())
                .filter(|&threads| threads > 0)
                .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
                .map_or(1, |threads: usize| threads.min(MAX_THREADS));
            DEFAULT.store(threads, Ordering::Relaxed);
            threads
        }
        threads => threads,
    }
}

/// Calls `work` on every item, on several threads if the batch is large enough: `values` is the number of
/// values that are read or written in all. `work` is `dyn`, so that this is compiled once per type of item.
pub(crate) fn for_each<T: Send>(items: Vec<T>, values: usize, work: &(dyn Fn(T) + Sync)) {
    #[cfg(feature = "rayon")]
    if items.len() > 1 && values >= MIN_PARALLEL_WORK && num_threads() > 1 {
        let helpers = num_threads().min(items.len()) - 1;
        // If no threads can be started, the caller runs the batch alone.
        if let Some(pool) = pool::current(num_threads() - 1) {
            let items = Mutex::new(items.into_iter());
            // Consecutive items, so that each core walks through memory; fewer towards the end, so that
            // all threads end at the same time. 64 encoded samples take 0.52 times as long as with one
            // thread, and 0.65 times in fixed eighths of the batch. The lock is held to take items only.
            let next = || -> Vec<T> {
                let mut items = items.lock().unwrap_or_else(PoisonError::into_inner);
                let few = (items.len() / (2 * (helpers + 1))).max(1);
                items.by_ref().take(few).collect()
            };
            return pool.run_with_helpers(helpers, &|| {
                loop {
                    let items = next();
                    if items.is_empty() {
                        break;
                    }
                    items.into_iter().for_each(work);
                }
            });
        }
    }
    #[cfg(not(feature = "rayon"))]
    let _ = (values, MIN_PARALLEL_WORK);
    items.into_iter().for_each(work);
}

/// [`for_each`] for `work` that may fail: returns one of the errors. The other items are worked on.
pub(crate) fn try_for_each<T: Send>(
    items: Vec<T>,
    values: usize,
    work: &(dyn Fn(T) -> Result<()> + Sync),
) -> Result<()> {
    let failed = Mutex::new(None);
    for_each(items, values, &|item| {
        if let Err(error) = work(item) {
            failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

#[cfg(feature = "rayon")]
mod pool {
    use std::hint::spin_loop;
    use std::mem::ManuallyDrop;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use arc_swap::ArcSwapOption;
    use rayon::{ThreadPool, ThreadPoolBuilder};

    use crate::simd::Tier;

    /// Bytes of a thread's stack, the default of `std`.
    const STACK: usize = 2 << 20;

    /// Spins before the caller sleeps. The helpers have at most one sample left, and waking the caller
    /// takes longer than that, some 30 µs. 64 decoded MSRA samples take 0.51 to 0.53 times as long as with
    /// one thread, and 0.56 to 0.70 times without spinning; SimCC 0.56 to 0.67 and 0.63 to 0.77 times.
    const SPINS_BEFORE_SLEEP: usize = 2000;

    static POOL: ArcSwapOption<Pool> = ArcSwapOption::const_empty();

    pub(super) struct Pool {
        threads: ManuallyDrop<ThreadPool>,
        size: usize,
        process: u32,
    }

    impl Pool {
        /// Runs `work` on the caller and on `helpers` threads of the pool, and returns when all are done.
        /// The caller begins at once and does not wait for a thread to wake up. Helpers run with the
        /// caller's [`Tier`].
        ///
        /// `work` is `dyn`: rayon's scopes and jobs are compiled once, not for each kind of batch.
        pub(super) fn run_with_helpers(&self, helpers: usize, work: &(dyn Fn() + Sync)) {
            let (working, tier) = (AtomicUsize::new(helpers), Tier::forced());
            self.threads.in_place_scope(|scope| {
                for _ in 0..helpers {
                    scope.spawn(|_| {
                        Tier::force(tier);
                        work();
                        working.fetch_sub(1, Ordering::Relaxed);
                    });
                }
                work();
                for _ in 0..SPINS_BEFORE_SLEEP {
                    if working.load(Ordering::Relaxed) == 0 {
                        break;
                    }
                    spin_loop();
                }
            });
        }
    }

    impl Drop for Pool {
        fn drop(&mut self) {
            if self.process == std::process::id() {
                // SAFETY: `threads` is dropped only here, and not used afterwards.
                unsafe { ManuallyDrop::drop(&mut self.threads) }
            }
        }
    }

    /// This process's pool of `size` threads, which is started if there is none; `None` if that fails.
    pub(super) fn current(size: usize) -> Option<Arc<Pool>> {
        let process = std::process::id();
        let fits = |pool: &Arc<Pool>| pool.size == size && pool.process == process;
        if let Some(pool) = POOL.load_full().filter(fits) {
            return Some(pool);
        }
        let threads = ThreadPoolBuilder::new()
            .num_threads(size)
            .stack_size(STACK)
            .thread_name(|number| format!("posecodec-{number}"))
            .build()
            .ok()?;
        let pool = Arc::new(Pool { threads: ManuallyDrop::new(threads), size, process });
        // If two threads start a pool at the same time, one of the pools ends with its batch.
        POOL.store(Some(Arc::clone(&pool)));
        Some(pool)
    }
}
