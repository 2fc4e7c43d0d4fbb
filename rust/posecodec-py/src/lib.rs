//! The Python extension module `posecodec_rs._core`: signatures, docstrings and conversions for the
//! crate `posecodec`, which does all arithmetic.

mod call;
mod class;
mod codecs;
mod convert;
mod decode;
mod encode;
mod error;
mod functional;
mod memory;
mod threads;
mod to_image;

use pyo3::prelude::*;

// Sound without the GIL, on free-threaded Python: classes are frozen, `__init__` sets a codec once
// (`class/base.rs`), and other shared state is a lock or an atomic (`memory/`, `error.rs`;
// `parallel.rs` and `simd.rs` of the crate). As in NumPy, callers synchronize access to arrays.
#[pymodule(gil_used = false)]
mod _core {
    use super::*;
    use crate::class::unpickle;
    use crate::functional::add_helpers;

    #[pymodule_export]
    use crate::class::BaseKeypointCodec;
    #[pymodule_export]
    use crate::memory::{cache_clear, get_cache_limit, set_cache_limit};
    #[pymodule_export]
    use crate::threads::{force_simd_tier, get_num_threads, set_num_threads, simd_tiers};
    #[pymodule_export]
    use crate::to_image::to_image;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::memory::register_forks();
        crate::codecs::add_classes(module)?;
        module.add("InvalidInputError", crate::error::invalid_input_type(module.py())?)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        // `setattr` adds these without an entry in `__all__`, which lists the exports of `posecodec_rs`.
        module.setattr("_unpickle", wrap_pyfunction!(unpickle, module)?)?;
        add_helpers(module)
    }
}
