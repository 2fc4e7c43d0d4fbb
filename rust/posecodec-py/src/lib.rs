//! The Python extension module `posecodec_rs._core`: signatures, docstrings and conversions around
//! the crate `posecodec`. No arithmetic stands here.

mod arguments;
mod base;
mod codecs;
mod convert;
mod decode;
mod encode;
mod error;
mod lifting;
mod threads;

use pyo3::prelude::*;

#[pymodule]
mod _core {
    use super::*;

    #[pymodule_export]
    use crate::base::{BaseKeypointCodec, rebuild};
    #[pymodule_export]
    use crate::codecs::{
        ImagePoseLifting, IntegralRegressionLabel, MegviiHeatmap, MotionBertLabel, MsraHeatmap,
        RegressionLabel, SimccLabel, UdpHeatmap, VideoPoseLifting,
    };
    #[pymodule_export]
    use crate::threads::{force_simd_tier, get_num_threads, set_num_threads, simd_tiers};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("InvalidInputError", crate::error::invalid_input_type(module.py())?)?;
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
