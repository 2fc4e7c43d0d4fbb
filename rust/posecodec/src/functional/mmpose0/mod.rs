//! The functions of MMPose 0.29 that decode heatmaps and make targets, under their names.
//!
//! Their results differ from those of MMPose 1.x: keypoints are in pixels of the whole image, UDP's DARK
//! blurs without rescaling, a quarter shift needs both axes to be inside, and the unit of offset maps
//! depends on the height alone.

mod bottom_up_targets;
mod boxes;
mod candidates;
mod decode;
mod flip;
mod parser;
mod targets;

pub use bottom_up_targets::{HeatmapGenerator, TagIndex, encode_joints};
pub use boxes::{PIXELS_PER_SCALE, PersonBox, transform_preds};
pub use candidates::top_candidates;
pub use decode::{
    Decoding, keypoints_from_heatmaps, keypoints_from_heatmaps3d, keypoints_from_regression,
    post_dark_udp,
};
pub use flip::flip_back;
pub use parser::{HeatmapParser, ParsedPeople, ParserOptions, ParserSteps};
pub use targets::{TargetKind, TopDownTargets, regression_target, weigh};

pub(super) use decode::shifted;
