//! Batches on several threads; the only file that knows rayon.
//!
//! The pool is this crate's own, made when a batch first needs it, and belongs to one process:
//! after a fork the child's copy has no threads, so the child forgets it (joining threads that do
//! not exist would hang) and makes its own.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Values read or written below which a batch stays on the caller's thread. On a machine of two
/// cores, two threads take 1.5 to 2.8 times as long as one for 2 samples of 17×64×48 maps (0.1
/// million values; the pool has to be woken), 0.8 times for 6, 0.5 to 0.8 times for 16.
const LEAST_WORK: usize = 1 << 19;

/// The most threads that can be asked for.
pub const MOST_THREADS: usize = 1024;

/// The number of threads asked for with [`set_num_threads`]; 0 for the default.
static REQUESTED: AtomicUsize = AtomicUsize::new(0);

/// The number of threads that batches may use.
///
/// What [`set_num_threads`] said; else the environment variable `POSECODEC_NUM_THREADS`; else the
/// processors that this process may use (affinity and control groups counted).
pub fn num_threads() -> usize {
    match REQUESTED.load(Ordering::Relaxed) {
        0 => default_num_threads(),
        requested => requested,
    }
}

/// Sets the number of threads that batches may use from now on, [`MOST_THREADS`] at most; 0 restores
/// the default.
pub fn set_num_threads(threads: usize) {
    REQUESTED.store(threads.min(MOST_THREADS), Ordering::Relaxed);
}

fn default_num_threads() -> usize {
    // No lock: one that another thread held at a fork would stay closed in the child.
    static DEFAULT: AtomicUsize = AtomicUsize::new(0);
    match DEFAULT.load(Ordering::Relaxed) {
        0 => {
            let threads = std::env::var("POSECODEC_NUM_THREADS")
                .ok()
                .and_then(|text| text.trim().parse().ok())
                .filter(|&threads| threads > 0)
                .or_else(|| std::thread::available_parallelism().ok().map(usize::from))
                .map_or(1, |threads: usize| threads.min(MOST_THREADS));
            DEFAULT.store(threads, Ordering::Relaxed);
            threads
        }
        threads => threads,
    }
}

/// Calls `work` on every item, on several threads where the batch is worth it: `values` is how many
/// values are read or written in all.
pub(crate) fn for_each<T: Send>(items: Vec<T>, values: usize, work: impl Fn(T) + Sync) {
    #[cfg(feature = "rayon")]
    if items.len() > 1 && values >= LEAST_WORK && num_threads() > 1 {
        // Without threads to be had, the batch is done here all the same.
        if let Some(pool) = pool::current(num_threads()) {
            use rayon::iter::{IntoParallelIterator, ParallelIterator};
            return pool.install(|| items.into_par_iter().for_each(&work));
        }
    }
    #[cfg(not(feature = "rayon"))]
    let _ = (values, LEAST_WORK);
    items.into_iter().for_each(work);
}

#[cfg(feature = "rayon")]
mod pool {
    use std::mem::ManuallyDrop;
    use std::sync::Arc;

    use arc_swap::ArcSwapOption;
    use rayon::{ThreadPool, ThreadPoolBuilder};

    static POOL: ArcSwapOption<Pool> = ArcSwapOption::const_empty();

    pub(super) struct Pool {
        threads: ManuallyDrop<ThreadPool>,
        size: usize,
        process: u32,
    }

    impl Pool {
        pub(super) fn install(&self, work: impl FnOnce() + Send) {
            self.threads.install(work);
        }
    }

    impl Drop for Pool {
        fn drop(&mut self) {
            if self.process == std::process::id() {
                // SAFETY: dropped once, here, and not used after.
                unsafe { ManuallyDrop::drop(&mut self.threads) }
            }
        }
    }

    /// This process's pool of `size` threads, made now if there is none.
    pub(super) fn current(size: usize) -> Option<Arc<Pool>> {
        let process = std::process::id();
        let fits = |pool: &Arc<Pool>| pool.size == size && pool.process == process;
        if let Some(pool) = POOL.load_full().filter(fits) {
            return Some(pool);
        }
        let threads = ThreadPoolBuilder::new()
            .num_threads(size)
            .thread_name(|number| format!("posecodec-{number}"))
            .build()
            .ok()?;
        let pool = Arc::new(Pool { threads: ManuallyDrop::new(threads), size, process });
        // Two threads may come here at once; the pool of one of them goes when its batch is done.
        POOL.store(Some(Arc::clone(&pool)));
        Some(pool)
    }
}
