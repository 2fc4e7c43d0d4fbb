//! `VideoPoseLifting`: 2D poses of several frames in units of the image, and root-relative 3D
//! poses.

use arrayvec::ArrayVec;

use super::lifting::{
    Camera, DecodePoses, LiftPose, OutputField, OutputItem, RootKind, RootOutput, Skeleton,
    TargetBuffers, needed,
};
use crate::error::{Error, Result};
use crate::float::Float;
use crate::inputs::pair::Pair;
use crate::kernels::lifting::normalize::{Identity, LabelLayout, Standardized, fill_labels};
use crate::kernels::lifting::root::{fill_centered, fill_roots};

/// The options of [`VideoPoseLifting`], with MMPose's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoPoseLiftingOptions {
    /// Whether targets are centered on their root. Default: true.
    pub zero_center: bool,
    /// The keypoints whose mean is the root. Default: 0.
    pub root_index: Vec<usize>,
    /// Whether the root is removed from centered targets, if it is one keypoint. Default: false.
    pub remove_root: bool,
    /// Whether the outputs include the index of the removed keypoint. Default: false.
    pub save_index: bool,
    /// Whether labels are reshaped to (K·D, T). Default: true.
    pub reshape_keypoints: bool,
    /// Whether visibilities are concatenated to the keypoints. Default: false.
    pub concat_vis: bool,
    /// Whether the outputs include the camera in units of the image. Default: false.
    pub normalize_camera: bool,
}

impl Default for VideoPoseLiftingOptions {
    fn default() -> Self {
        Self {
            zero_center: true,
            root_index: vec![0],
            remove_root: false,
            save_index: false,
            reshape_keypoints: true,
            concat_vis: false,
            normalize_camera: false,
        }
    }
}

/// 2D poses relative to the center of the image, in units of half its width: [3D human pose
/// estimation in video with temporal convolutions](https://arxiv.org/abs/1811.11742) (Pavllo et al.
/// 2019).
///
/// Keypoints and the camera are in pixels. Targets keep their unit: MMPose reads Human3.6M in
/// meters.
///
/// ```
/// use ndarray::{Array3, array};
/// use posecodec::codecs::poses::{Camera, VideoPoseLifting, VideoPoseLiftingOptions};
/// use posecodec::codecs::LiftPose;
///
/// let codec = VideoPoseLifting::new(1, VideoPoseLiftingOptions::default())?;
/// let camera = Camera::new([1000.0, 800.0], None, None)?;
/// let keypoints = array![[[750.0f32, 400.0]], [[500.0, 300.0]]]; // two frames of one keypoint
/// let labels = codec.encode_keypoints(keypoints.view(), None, Some(&camera))?;
/// assert_eq!(labels, array![[0.5, 0.0], [0.0, -0.2]].into_dyn());
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct VideoPoseLifting {
    skeleton: Skeleton,
    options: VideoPoseLiftingOptions,
}

impl VideoPoseLifting {
    /// A codec of poses with `num_keypoints` keypoints.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for no keypoint, or a root that is none of them.
    pub fn new(num_keypoints: usize, options: VideoPoseLiftingOptions) -> Result<Self> {
        let skeleton = Skeleton::new(num_keypoints, &options.root_index, options.remove_root)?;
        Ok(Self { skeleton, options })
    }

    /// Number of keypoints, K.
    pub fn num_keypoints(&self) -> usize {
        self.skeleton.count()
    }

    /// The options.
    pub fn options(&self) -> &VideoPoseLiftingOptions {
        &self.options
    }

    /// The focal lengths and the principal point of a camera in units of half the width of its
    /// images. The principal point is relative to their center.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if they are not known.
    pub fn normalize_camera(camera: &Camera) -> Result<[Pair; 2]> {
        let [focal, center] = camera.known_intrinsics()?;
        let (middle, scale) = half_size(camera);
        Ok([focal.normalized([0.0; 2], scale), center.normalized(middle, scale)])
    }
}

/// The center of a camera's images and half their width, in pixels, in MMPose's single precision.
fn half_size(camera: &Camera) -> ([f32; 2], f32) {
    let half = camera.size().map(|side| (0.5 * side) as f32);
    (half, half[0])
}

impl LiftPose for VideoPoseLifting {
    const NAME: &'static str = "VideoPoseLifting";

    fn skeleton(&self) -> &Skeleton {
        &self.skeleton
    }

    fn items(&self, with_target: bool) -> ArrayVec<OutputItem, 12> {
        let centered = with_target && self.options.zero_center;
        let removed = with_target && self.removed().is_some();
        [
            (centered, "target_root", OutputField::TargetRoot),
            (removed, "target_root_removed", OutputField::TargetRootRemoved),
            (removed && self.options.save_index, "target_root_index", OutputField::TargetRootIndex),
            (self.options.normalize_camera, "camera_param", OutputField::CameraParam),
            (true, "keypoint_labels", OutputField::KeypointLabels),
            (true, "keypoints_visible", OutputField::KeypointsVisible),
            (with_target, "lifting_target_label", OutputField::TargetLabel),
            (with_target, "lifting_target_weight", OutputField::TargetWeight),
            (with_target, "trajectory_weights", OutputField::TrajectoryWeights),
        ]
        .into_iter()
        .filter_map(OutputItem::requested)
        .collect()
    }

    fn reshapes_labels(&self) -> bool {
        self.options.reshape_keypoints
    }

    fn concatenates_visibilities(&self) -> bool {
        self.options.concat_vis
    }

    fn root_kind(&self) -> RootKind {
        if self.options.zero_center { RootKind::Target } else { RootKind::Absent }
    }

    fn removed(&self) -> Option<usize> {
        self.skeleton.removed().filter(|_| self.options.zero_center)
    }

    fn check_keypoints(&self, dims: usize, camera: Option<&Camera>) -> Result<()> {
        let camera = needed(camera)?;
        if dims != 2 {
            return Err(Error::invalid("keypoints", "must have 2 coordinates", dims));
        }
        if self.options.normalize_camera { camera.known_intrinsics().map(drop) } else { Ok(()) }
    }

    fn check_target<U: Float>(&self, _: &[U], _: [usize; 3], _: Option<&Camera>) -> Result<()> {
        Ok(())
    }

    fn fill_keypoints<T: Float, L: Float>(
        &self,
        keypoints: &[T],
        extra: &[L],
        layout: LabelLayout,
        camera: Option<&Camera>,
        labels: &mut [L],
    ) {
        let Some(camera) = camera else { return };
        let (middle, scale) = half_size(camera);
        let mean = middle.repeat(self.skeleton.count());
        let std = vec![scale; mean.len()];
        let normalize = Standardized { mean: &mean, std: &std };
        fill_labels(keypoints, extra, layout, normalize, labels);
    }

    fn fill_target<U: Float>(
        &self,
        target: &[U],
        [_, count, dims]: [usize; 3],
        _: Option<&Camera>,
        buffers: TargetBuffers<'_, U>,
    ) {
        let RootOutput::Target(roots) = buffers.roots else {
            buffers.label.copy_from_slice(target);
            return;
        };
        let shape = [count, dims];
        fill_roots(target, shape, self.skeleton.roots(), roots);
        fill_centered(target, shape, roots, self.removed(), Identity, buffers.label);
    }
}

impl DecodePoses for VideoPoseLifting {
    fn skeleton(&self) -> &Skeleton {
        &self.skeleton
    }
}
