//! Batches on several threads; the only file that knows rayon.
//!
//! The caller takes samples as the pool's threads do. The pool is this crate's own, made when a batch
//! first needs it, and belongs to one process: after a fork the child's copy has no threads, so the
//! child forgets it (work for threads that do not exist would wait for ever) and makes its own.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Values read or written below which a batch stays on the caller's thread: a thread has to be woken
/// first. On two cores, two threads take 0.54 to 0.76 times as long as one for 16 samples of 17×64×48
/// maps (0.8 million values), 0.53 to 0.61 times for 24, 0.52 to 0.59 times for 32.
const MIN_PARALLEL_WORK: usize = 1 << 19;

/// The most threads that can be asked for.
pub const MAX_THREADS: usize = 1024;

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

/// Sets the number of threads that batches may use from now on, [`MAX_THREADS`] at most; 0 restores
/// the default.
///
/// ```
/// posecodec::set_num_threads(2);
/// assert_eq!(posecodec::num_threads(), 2);
/// posecodec::set_num_threads(0);
/// ```
pub fn set_num_threads(threads: usize) {
    REQUESTED.store(threads.min(MAX_THREADS), Ordering::Relaxed);
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
                .map_or(1, |threads: usize| threads.min(MAX_THREADS));
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
    if items.len() > 1 && values >= MIN_PARALLEL_WORK && num_threads() > 1 {
        let helpers = num_threads().min(items.len()) - 1;
        // Without threads to be had, the batch is done here all the same.
        if let Some(pool) = pool::current(num_threads() - 1) {
            use std::sync::{Mutex, PoisonError};

            let items = Mutex::new(items.into_iter());
            // Some at a time, so that each core goes on in memory; of what is left half is shared out,
            // so that all end together: by eighths of the batch, two threads took 0.65 times as long as
            // one for 64 encoded samples and so take 0.52. The lock is only held to take them.
            let next = || -> Vec<T> {
                let mut items = items.lock().unwrap_or_else(PoisonError::into_inner);
                let few = (items.len() / (2 * (helpers + 1))).max(1);
                items.by_ref().take(few).collect()
            };
            return pool.help(helpers, || {
                loop {
                    let items = next();
                    if items.is_empty() {
                        break;
                    }
                    items.into_iter().for_each(&work);
                }
            });
        }
    }
    #[cfg(not(feature = "rayon"))]
    let _ = (values, MIN_PARALLEL_WORK);
    items.into_iter().for_each(work);
}

#[cfg(feature = "rayon")]
mod pool {
    use std::hint::spin_loop;
    use std::mem::ManuallyDrop;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use arc_swap::ArcSwapOption;
    use rayon::{ThreadPool, ThreadPoolBuilder};

    /// Bytes of a thread's stack, std's default.
    const STACK: usize = 2 << 20;

    /// How often the caller looks whether the others are done before it sleeps: they have one sample
    /// left at most, and to be woken takes longer, some 30 µs. On two cores, two threads take 0.51 to
    /// 0.53 times as long as one for 64 decoded MSRA samples, 0.56 to 0.70 times without; for SimCC,
    /// 0.56 to 0.67 and 0.63 to 0.77 times.
    const SPINS_BEFORE_SLEEP: usize = 2000;

    static POOL: ArcSwapOption<Pool> = ArcSwapOption::const_empty();

    pub(super) struct Pool {
        threads: ManuallyDrop<ThreadPool>,
        size: usize,
        process: u32,
    }

    impl Pool {
        /// Does the same work here and on so many threads. The caller begins at once, instead of
        /// waiting until a thread is awake, and is awake when all is done.
        pub(super) fn help(&self, helpers: usize, work: impl Fn() + Sync) {
            let working = AtomicUsize::new(helpers);
            self.threads.in_place_scope(|scope| {
                for _ in 0..helpers {
                    scope.spawn(|_| {
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
                // SAFETY: dropped once, here, and not used after.
                unsafe { ManuallyDrop::drop(&mut self.threads) }
            }
        }
    }

    /// This process's pool of `size` threads, made now if there is none; none without memory for it.
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
        // Two threads may come here at once; the pool of one of them goes when its batch is done.
        POOL.store(Some(Arc::clone(&pool)));
        Some(pool)
    }
}
