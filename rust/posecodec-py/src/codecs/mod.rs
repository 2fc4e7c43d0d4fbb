//! One thin Python class a codec.

mod image_pose_lifting;
mod integral_regression_label;
mod megvii_heatmap;
mod motionbert_label;
mod msra_heatmap;
mod regression_label;
mod simcc_label;
mod udp_heatmap;
mod video_pose_lifting;

pub(crate) use image_pose_lifting::ImagePoseLifting;
pub(crate) use integral_regression_label::IntegralRegressionLabel;
pub(crate) use megvii_heatmap::MegviiHeatmap;
pub(crate) use motionbert_label::MotionBertLabel;
pub(crate) use msra_heatmap::MsraHeatmap;
pub(crate) use regression_label::RegressionLabel;
pub(crate) use simcc_label::SimccLabel;
pub(crate) use udp_heatmap::UdpHeatmap;
pub(crate) use video_pose_lifting::VideoPoseLifting;
