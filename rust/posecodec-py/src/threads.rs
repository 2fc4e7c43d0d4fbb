//! The numbers of threads and the SIMD tiers, as Python functions.

use posecodec::MAX_THREADS;
use posecodec::simd::Tier;
use pyo3::prelude::*;

use crate::class::parse::describe;
use crate::error::{Result, invalid};

/// The number of threads that batches may use.
///
/// The value of :func:`set_num_threads`; else the environment variable ``POSECODEC_NUM_THREADS``; else
/// the processors that this process may use. Calls for one sample use one thread.
#[pyfunction]
pub(crate) fn get_num_threads() -> usize {
    posecodec::num_threads()
}

/// Set the number of threads that batches of this process may use.
///
/// Args:
///     num_threads (int): 1 to 1024; 0 restores the default.
///
/// Raises:
///     InvalidInputError: For another value.
#[pyfunction]
pub(crate) fn set_num_threads(num_threads: &Bound<'_, PyAny>) -> Result<()> {
    let Ok(threads) = num_threads.extract::<usize>() else {
        let wanted = format!("must be an integer from 0 to {MAX_THREADS}");
        return Err(invalid(num_threads.py(), "num_threads", &wanted, describe(num_threads)).into());
    };
    Ok(posecodec::set_num_threads(threads)?)
}

/// The SIMD tiers (sets of vector instructions) of this processor, narrowest first, and the tier that
/// kernels use now: ``(["baseline", "avx2", "avx512"], "avx512")``.
#[pyfunction]
pub(crate) fn simd_tiers() -> (Vec<&'static str>, &'static str) {
    (Tier::available().into_iter().map(Tier::name).collect(), Tier::current().name())
}

/// Set the vector instructions of the calling thread and of the batches that it starts; ``None``
/// restores the widest. For tests and benchmarks: results are bit-identical.
///
/// Args:
///     tier (str, optional): One of :func:`simd_tiers`.
///
/// Raises:
///     InvalidInputError: For a tier that this processor does not have.
#[pyfunction]
#[pyo3(signature = (tier))]
pub(crate) fn force_simd_tier(tier: &Bound<'_, PyAny>) -> PyResult<()> {
    let available = Tier::available();
    let found = tier
        .extract::<String>()
        .ok()
        .and_then(|name| available.iter().copied().find(|candidate| candidate.name() == name));
    if (tier.is_none() || found.is_some()) && Tier::force(found) {
        return Ok(());
    }
    let names: Vec<_> = available.into_iter().map(Tier::name).collect();
    let wanted = format!("must be None or one of {names:?}");
    Err(invalid(tier.py(), "tier", &wanted, describe(tier)))
}
