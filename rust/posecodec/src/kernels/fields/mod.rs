//! Fields of vectors: offsets to keypoints and displacements to instances.

pub mod displacement;
pub mod offset;
