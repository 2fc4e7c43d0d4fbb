//! All tests but one in one program: it is linked once.

mod common;

mod batches;
mod blurs;
mod bottom_up;
mod channels_last;
mod codecs;
#[cfg(feature = "serde")]
mod config;
mod crop;
mod fields;
mod flip;
mod functional;
mod half_maps;
mod kernels;
mod lifting;
mod oracles;
mod people;
mod recorded;
mod refusals;
mod simcc_batches;
mod target_lists;
