//! What the codecs that lift 2D poses to 3D share: skeletons, cameras, arrays and batches.

mod batch;
mod camera;
mod check;
mod decode;
mod encode;
mod factors;
mod plan;
mod skeleton;

pub use batch::{
    PoseBatch, TargetBatch, check_target_batch, encode_keypoints_batch, encode_target_batch,
};
pub use camera::Camera;
pub use check::{check_invertible, check_poses, check_visible};
pub use decode::{DecodePoses, decode_poses_batch};
pub use encode::{
    DEFAULT_FACTOR, Factor, LiftPose, OutputField, OutputItem, PoseTargets, RootKind, RootOutput,
    TargetBuffers, needs_factor,
};
pub use factors::{FactorValues, PassedFactors};
pub use plan::{LiftInputs, LiftOutputs, LiftPlan, PoseShape};
pub use skeleton::{Skeleton, Statistics};

pub(crate) use camera::needed;
pub(crate) use check::check_depths;
