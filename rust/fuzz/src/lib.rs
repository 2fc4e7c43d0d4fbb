//! What the fuzz targets call: arbitrary constructors, then arbitrary calls of what they made.
//!
//! An answer or an error is right; a panic, an abort, a hang or a read outside the arrays is not.
//! Every call is made at two vector tiers, which must answer the same, to the bit.

mod codecs;
pub mod decode;
pub mod encode;
pub mod functional;
pub mod lift;
mod source;

use arbitrary::Unstructured;
use posecodec::simd::Tier;

/// Runs one target on the fuzzer's bytes.
pub fn fuzz(data: &[u8], target: fn(&mut Unstructured<'_>) -> arbitrary::Result<()>) {
    // Too few bytes are no finding.
    let _ = target(&mut Unstructured::new(data));
}

/// Asks at the widest and at the narrowest tier: what both say must be the same.
fn at_two_tiers<T: std::fmt::Debug>(mut ask: impl FnMut() -> T) {
    let widest = format!("{:?}", ask());
    Tier::force(Some(Tier::Baseline));
    let narrowest = format!("{:?}", ask());
    Tier::force(None);
    assert_eq!(widest, narrowest);
}
