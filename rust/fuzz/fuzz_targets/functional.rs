#![no_main]
//! See [`posecodec_fuzz::functional`].

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| posecodec_fuzz::fuzz(data, posecodec_fuzz::functional::one));
