//! Bottom-up decoding: peaks, their tags, and the assignment of candidates to instances.

pub mod bilinear;
pub mod by_tags;
pub mod hungarian;
pub mod instance;
pub mod nms;
mod order;
pub mod tag_map;
pub mod top_k;
