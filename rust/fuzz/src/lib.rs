//! Fuzz targets: arbitrary codecs, and arbitrary calls of them.
//!
//! A call must return a result or an error. It must not panic, abort, hang or read outside of its
//! arguments, and its result must be bit-identical at the widest and at the narrowest vector tier.

mod codecs;
pub mod decode;
pub mod encode;
pub mod functional;
pub mod lift;
mod source;

use arbitrary::{Result, Unstructured};
use posecodec::simd::Tier;

/// A check of some calls with arbitrary arguments.
type Check = fn(&mut Unstructured<'_>) -> Result<()>;

/// Runs one target on the fuzzer's bytes.
pub fn fuzz(data: &[u8], target: fn(&mut Unstructured<'_>) -> Result<()>) {
    // An error means that there were too few bytes.
    let _ = target(&mut Unstructured::new(data));
}

/// Runs one of several checks.
fn one_of(u: &mut Unstructured<'_>, checks: &[Check]) -> Result<()> {
    u.choose(checks)?(u)
}

/// A [`Check`] that makes a codec with a function of [`codecs`] and passes it to another function.
macro_rules! check {
    ($codec:ident, $check:expr) => {
        |u: &mut Unstructured<'_>| match crate::codecs::$codec(u)? {
            Some(codec) => $check(u, &codec),
            None => Ok(()),
        }
    };
}
use check;

/// Calls a function at the widest and at the narrowest tier and compares what it returns.
fn at_two_tiers<T: std::fmt::Debug>(mut call: impl FnMut() -> T) {
    let widest = format!("{:?}", call());
    Tier::force(Some(Tier::Baseline));
    let narrowest = format!("{:?}", call());
    Tier::force(None);
    assert_eq!(widest, narrowest);
}
