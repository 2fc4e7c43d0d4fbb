//! The codecs, one file or folder per codec: its options, checks, encoder and decoder.
//!
//! Every codec has an inherent `new`. The traits [`Encode`] and [`DecodeHeatmaps`] encode and
//! decode one sample from `ndarray` views, or a batch from flat slices. [`LiftPose`] and
//! [`DecodePoses`] do so for the codecs that lift 2D poses to 3D.
//!
//! See the codec for examples of its `…Options`, `…Targets` and `…Decoded` types.
//! The functions `check_*` check shapes before the caller allocates the outputs.

/// The getters of a codec with heatmaps.
macro_rules! heatmap_getters {
    ($codec:ident, $options:ident) => {
        impl $codec {
            /// Input size `[w, h]` in pixels.
            pub fn input_size(&self) -> [usize; 2] {
                self.input_size
            }

            /// Heatmap size `[W, H]`.
            pub fn heatmap_size(&self) -> [usize; 2] {
                self.heatmap_size
            }

            /// The options.
            pub fn options(&self) -> &$options {
                &self.options
            }

            /// Input pixels per heatmap pixel, `[x, y]`.
            pub fn scale_factor(&self) -> [f32; 2] {
                self.scale_factor
            }
        }
    };
}

mod associative_embedding;
mod decode;
mod decoded_batch;
mod decoupled_heatmap;
mod edpose_label;
mod encode;
mod flip;
mod hand_3d_heatmap;
mod image_pose_lifting;
mod integral_regression_label;
mod layouts;
mod lifting;
mod megvii_heatmap;
mod motionbert_label;
mod msra_heatmap;
mod profiles;
mod regression_label;
mod simcc_3d_label;
mod simcc_axis;
mod simcc_label;
mod simcc_vectors;
mod skps_heatmap;
mod spr;
mod udp_heatmap;
mod video_pose_lifting;
mod windows;
mod yolox_pose_annotation_processor;

pub use associative_embedding::{
    AssociativeEmbedding, AssociativeEmbeddingOptions, AssociativeEmbeddingTargets,
    GroupedKeypoints,
};
pub use decode::{DecodeHeatmaps, DecodePlan, Decoded, decode_heatmaps_batch};
pub use decoded_batch::{DecodedBatch, FlippedBatch};
pub use decoupled_heatmap::{
    DecoupledHeatmap, DecoupledHeatmapOptions, DecoupledTargets, InstanceMaps, RandomSource,
    SelectedInstances,
};
pub use edpose_label::{
    EdPoseAnnotations, EdPoseDecoded, EdPoseLabel, EdPoseLabelOptions, EdPosePredictions,
    EdPoseTargets, Image, ScoredPose,
};
pub use encode::{
    Encode, EncodePlan, EncodedArrays, EncodedBatch, HeatmapTargets, MAX_OUTPUTS, Outputs,
    SampleArrays, SampleOfList, TargetArray, check_instances, check_keypoints, check_visible_shape,
    encode_batch,
    encode_samples,
};
pub use hand_3d_heatmap::{Hand3dDecoded, Hand3dEncoder, Hand3dHeatmap, Hand3dHeatmapOptions};
pub use image_pose_lifting::{ImagePoseLifting, ImagePoseLiftingOptions};
pub use integral_regression_label::{
    IntegralRegressionLabel, IntegralRegressionLabelOptions, IntegralRegressionTargets,
};
pub use layouts::decode_any_layout;
pub use lifting::{
    Camera, DEFAULT_FACTOR, DecodePoses, Factor, FactorValues, LiftInputs, LiftOutputs, LiftPlan,
    LiftPose, OutputField, OutputItem, PassedFactors, PoseBatch, PoseShape, PoseTargets, RootKind,
    RootOutput, Skeleton, Statistics, TargetBatch, TargetBuffers, check_invertible, check_poses,
    check_target_batch, check_visible, decode_poses_batch, encode_keypoints_batch,
    encode_target_batch, needs_factor,
};
pub use megvii_heatmap::{MegviiHeatmap, MegviiHeatmapOptions};
pub use motionbert_label::{ImageScale, MotionBertLabel, MotionBertLabelOptions, MotionBertMode};
pub use msra_heatmap::{MsraHeatmap, MsraHeatmapOptions};
pub use profiles::{Profiles, Separable};
pub use regression_label::{RegressionLabel, RegressionTargets};
pub use simcc_3d_label::{
    Simcc3dDecoded, Simcc3dDecodedRows, Simcc3dLabel, Simcc3dLabelOptions, Simcc3dOutputs,
    Simcc3dPoints, Simcc3dTargets,
};
pub use simcc_label::{
    AxisWindows, SimccDecoded, SimccDecodedRows, SimccDecodedWindows, SimccLabel,
    SimccLabelOptions, SimccSmoothing, SimccTargets,
};
pub use simcc_vectors::{FlippedRows, SimccVectors};
pub use skps_heatmap::{SkpsHeatmap, SkpsHeatmapOptions, SkpsTargets};
pub use spr::{Spr, SprDecoded, SprOptions, SprTargets};
pub use udp_heatmap::{UdpHeatmap, UdpHeatmapKind, UdpHeatmapOptions};
pub use video_pose_lifting::{VideoPoseLifting, VideoPoseLiftingOptions};
pub use windows::{DecodeWindows, DecodedWindows, PeakBlock, Windows, decode_windows};
pub use yolox_pose_annotation_processor::{
    YoloxOutputs, YoloxPoseAnnotationProcessor, YoloxPoseAnnotationProcessorOptions,
};

pub use crate::element::{ArrayMut, Dtype, Element, Floats};
use crate::float::Float;
pub use crate::inputs::keypoints::Keypoints;
pub use crate::inputs::maps::{FlippedMaps, HeatmapShift, Maps, SampleMaps};
pub use crate::inputs::pair::Pair;
pub use crate::inputs::simcc_rows::SimccRows;
pub use crate::kernels::grouping::instance::RootType;
pub use crate::kernels::refinement::{Peak, WindowPeak};
pub use crate::plan::{Init, Output, OutputShape, Per, Source, Value};

/// Input pixels per heatmap pixel, `input_size / heatmap_size` in single precision, as NumPy
/// computes it.
fn scale_factor(input_size: [usize; 2], heatmap_size: [usize; 2]) -> [f32; 2] {
    [0, 1].map(|axis| (input_size[axis] as f64 / heatmap_size[axis] as f64) as f32)
}

/// Input pixels per heatmap pixel as UDP computes them, (w-1)/(W-1): the distances between the
/// centers of the outermost pixels.
fn udp_scale_factor(input_size: [usize; 2], heatmap_size: [usize; 2]) -> [f32; 2] {
    [0, 1].map(|axis| {
        let [input, heatmap] = [input_size[axis], heatmap_size[axis]].map(|side| side - 1);
        // On a map that is one pixel wide, MMPose moves all points to that pixel.
        if heatmap == 0 { f32::INFINITY } else { (input as f64 / heatmap as f64) as f32 }
    })
}

/// Converts a point from input pixels to heatmap pixels, in the precision of the point.
fn to_heatmap_pixels<T: Float>(point: [T; 2], scale_factor: [f32; 2]) -> [T; 2] {
    [0, 1].map(|axis| point[axis] / T::of(f64::from(scale_factor[axis])))
}
