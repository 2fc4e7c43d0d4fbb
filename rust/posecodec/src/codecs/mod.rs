//! The codecs, in a module per kind: what a network returns.
//!
//! Every codec has an inherent `new` that takes sizes and options. The traits [`Encode`] and
//! [`DecodeHeatmaps`] encode and decode one sample or a batch of `ndarray` views. [`LiftPose`] and
//! [`DecodePoses`] do so for the codecs that lift 2D poses to 3D.
//!
//! See the codec for examples of its `…Options`, `…Targets` and `…Decoded` types.

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
mod channels_last;
mod decode;
mod decode_views;
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

pub use decode::DecodeHeatmaps;
pub use encode::{Encode, EncodedBatch, TargetArray, TargetLists, TargetValue};
pub use lifting::{DecodePoses, LiftPose};

use crate::float::Float;

/// One heatmap per keypoint, for one person per input.
pub mod heatmaps {
    pub use super::decode::Decoded;
    pub use super::decoded_batch::{DecodedBatch, FlippedBatch};
    pub use super::encode::HeatmapTargets;
    pub use super::megvii_heatmap::{MegviiHeatmap, MegviiHeatmapOptions};
    pub use super::msra_heatmap::{MsraHeatmap, MsraHeatmapOptions};
    pub use super::profiles::{Profiles, Separable};
    pub use super::skps_heatmap::{SkpsHeatmap, SkpsHeatmapOptions, SkpsTargets};
    pub use super::udp_heatmap::{UdpHeatmap, UdpHeatmapKind, UdpHeatmapOptions};
    pub use super::windows::{DecodeWindows, DecodedWindows, Windows, decode_windows};
    pub use crate::inputs::maps::HeatmapShift;
}

/// One vector per axis and keypoint.
pub mod simcc {
    pub use super::simcc_3d_label::{
        Simcc3dDecoded, Simcc3dLabel, Simcc3dLabelOptions, Simcc3dPoints, Simcc3dTargets,
    };
    pub use super::simcc_label::{
        AxisWindows, SimccDecoded, SimccDecodedWindows, SimccLabel, SimccLabelOptions,
        SimccSmoothing, SimccTargets,
    };
}

/// Coordinates.
pub mod regression {
    pub use super::integral_regression_label::{
        IntegralRegressionLabel, IntegralRegressionLabelOptions, IntegralRegressionTargets,
    };
    pub use super::regression_label::{RegressionLabel, RegressionTargets};
}

/// Several people per input.
pub mod people {
    pub use super::associative_embedding::{
        AssociativeEmbedding, AssociativeEmbeddingOptions, AssociativeEmbeddingTargets,
        GroupedKeypoints,
    };
    pub use super::decoupled_heatmap::{
        DecoupledHeatmap, DecoupledHeatmapOptions, DecoupledTargets, RandomSource,
    };
    pub use super::edpose_label::{
        EdPoseDecoded, EdPoseLabel, EdPoseLabelOptions, EdPosePredictions, EdPoseTargets,
    };
    pub use super::spr::{Spr, SprDecoded, SprOptions, SprPeaks, SprTargets};
    pub use super::yolox_pose_annotation_processor::{
        YoloxPoseAnnotationProcessor, YoloxPoseAnnotationProcessorOptions,
    };
    pub use crate::kernels::grouping::instance::RootType;
}

/// 3D heatmaps of two hands.
pub mod hands {
    pub use super::hand_3d_heatmap::{
        Hand3dDecoded, Hand3dEncoder, Hand3dHeatmap, Hand3dHeatmapOptions,
    };
}

/// 3D poses from 2D poses.
pub mod poses {
    pub use super::image_pose_lifting::{ImagePoseLifting, ImagePoseLiftingOptions};
    pub use super::lifting::{
        Camera, DEFAULT_FACTOR, Factor, FactorValues, PoseTargets, Skeleton, Statistics,
    };
    pub use super::motionbert_label::{
        ImageScale, MotionBertLabel, MotionBertLabelOptions, MotionBertMode,
    };
    pub use super::video_pose_lifting::{VideoPoseLifting, VideoPoseLiftingOptions};
    pub use crate::inputs::pair::Pair;
}

/// Plans of outputs, and functions that fill the caller's slices: for programs that own the memory, such
/// as bindings. Most programs need none of them.
pub mod slices {
    pub use super::decode::{DecodePlan, decode_heatmaps_batch};
    pub use super::decoupled_heatmap::{InstanceMaps, SelectedInstances};
    pub use super::edpose_label::{EdPoseAnnotations, Image, ScoredPose};
    pub use super::encode::{
        EncodePlan, EncodedArrays, MAX_OUTPUTS, Outputs, SampleArrays, SampleOfList,
        check_instances, check_keypoints, check_visible_shape, encode_batch, encode_samples,
    };
    pub use super::layouts::decode_any_layout;
    pub use super::lifting::{
        LiftInputs, LiftOutputs, LiftPlan, OutputField, OutputItem, PassedFactors, PoseBatch,
        PoseShape, RootKind, RootOutput, TargetBatch, TargetBuffers, check_invertible, check_poses,
        check_target_batch, check_visible, decode_poses_batch, encode_keypoints_batch,
        encode_target_batch, needs_factor,
    };
    pub use super::simcc_3d_label::{Simcc3dDecodedRows, Simcc3dOutputs};
    pub use super::simcc_label::SimccDecodedRows;
    pub use super::simcc_vectors::{FlippedRows, SimccVectors};
    pub use super::windows::PeakBlock;
    pub use super::yolox_pose_annotation_processor::YoloxOutputs;
    pub use crate::element::{ArrayMut, Dtype, Element, Floats};
    pub use crate::inputs::keypoints::Keypoints;
    pub use crate::inputs::maps::{FlippedMaps, Maps, SampleMaps};
    pub use crate::inputs::simcc_rows::SimccRows;
    pub use crate::kernels::refinement::{Peak, WindowPeak};
    pub use crate::plan::{Init, Output, OutputShape, Per, Source, Value};
}

/// Traits that only this crate implements.
mod sealed {
    use super::{hands::*, heatmaps::*, people::*, poses::*, regression::*, simcc::*};

    pub trait Sealed {}

    macro_rules! sealed {
        ($($codec:ty),* $(,)?) => { $(impl Sealed for $codec {})* };
    }
    sealed!(
        AssociativeEmbedding,
        Hand3dEncoder<'_>,
        ImagePoseLifting,
        IntegralRegressionLabel,
        MegviiHeatmap,
        MotionBertLabel,
        MsraHeatmap,
        RegressionLabel,
        Simcc3dLabel,
        SimccLabel,
        SkpsHeatmap,
        Spr,
        UdpHeatmap,
        VideoPoseLifting,
    );
    impl<C> Sealed for Profiles<'_, C> {}
}

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
