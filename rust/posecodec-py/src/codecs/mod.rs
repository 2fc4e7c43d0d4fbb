//! One thin Python class a codec.

mod associative_embedding;
mod decoupled_heatmap;
mod edpose_label;
mod hand_3d_heatmap;
mod image_pose_lifting;
mod integral_regression_label;
mod megvii_heatmap;
mod motionbert_label;
mod msra_heatmap;
mod regression_label;
mod simcc_3d_label;
mod simcc_label;
mod spr;
mod udp_heatmap;
mod yolox_pose_annotation_processor;

pub(crate) use associative_embedding::AssociativeEmbedding;
pub(crate) use decoupled_heatmap::DecoupledHeatmap;
pub(crate) use edpose_label::EdPoseLabel;
pub(crate) use hand_3d_heatmap::Hand3dHeatmap;
mod video_pose_lifting;

pub(crate) use image_pose_lifting::ImagePoseLifting;
pub(crate) use integral_regression_label::IntegralRegressionLabel;
pub(crate) use megvii_heatmap::MegviiHeatmap;
pub(crate) use motionbert_label::MotionBertLabel;
pub(crate) use msra_heatmap::MsraHeatmap;
pub(crate) use regression_label::RegressionLabel;
pub(crate) use simcc_3d_label::Simcc3dLabel;
pub(crate) use simcc_label::SimccLabel;
pub(crate) use spr::Spr;
pub(crate) use udp_heatmap::UdpHeatmap;
pub(crate) use video_pose_lifting::VideoPoseLifting;
pub(crate) use yolox_pose_annotation_processor::YoloxPoseAnnotationProcessor;
