//! `ImagePoseLifting`: the 2D pose of one image, normalized, and the root-relative 3D pose.

use arrayvec::ArrayVec;
use ndarray::Array2;

use super::lifting::{
    Camera, DecodePoses, LiftPose, OutputField, OutputItem, RootKind, RootOutput, Skeleton,
    Statistics, TargetBuffers,
};
use crate::error::{Error, Result, Shape};
use crate::float::Float;
use crate::kernels::lifting::normalize::{Identity, LabelLayout, Standardized, fill_labels};
use crate::kernels::lifting::root::{fill_centered, fill_roots};

/// The options of [`ImagePoseLifting`], with MMPose's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct ImagePoseLiftingOptions {
    /// The keypoints whose mean is the root. Default: 0.
    pub root_index: Vec<usize>,
    /// Whether the root is removed from targets, if it is one keypoint. Default: false.
    pub remove_root: bool,
    /// Whether the outputs include the index of the removed keypoint. Default: false.
    pub save_index: bool,
    /// Whether labels are reshaped to (K·D, T). Default: true.
    pub reshape_keypoints: bool,
    /// Whether visibilities are concatenated to the keypoints. Default: false.
    pub concat_vis: bool,
    /// Means and standard deviations of the 2D keypoints, (K, D), in pixels. Default: none.
    pub keypoints: Option<Statistics>,
    /// Means and standard deviations of the root-relative 3D keypoints, (K, C), or (K - 1, C) if
    /// the root is removed. Default: none.
    pub target: Option<Statistics>,
}

impl Default for ImagePoseLiftingOptions {
    fn default() -> Self {
        Self {
            root_index: vec![0],
            remove_root: false,
            save_index: false,
            reshape_keypoints: true,
            concat_vis: false,
            keypoints: None,
            target: None,
        }
    }
}

/// 2D poses minus their means, divided by their standard deviations: [A simple yet effective
/// baseline for 3d human pose estimation](https://arxiv.org/abs/1705.03098) (Martinez et al. 2017).
///
/// Keypoints are in pixels. Targets keep their unit if they are not divided by standard deviations:
/// MMPose reads Human3.6M in meters.
///
/// ```
/// use ndarray::{Array3, array};
/// use posecodec::codecs::poses::{ImagePoseLifting, ImagePoseLiftingOptions};
/// use posecodec::codecs::{DecodePoses, LiftPose};
///
/// let options = ImagePoseLiftingOptions { remove_root: true, ..Default::default() };
/// let codec = ImagePoseLifting::new(17, options)?;
/// let keypoints = Array3::<f32>::ones((1, 17, 2));
/// let labels = codec.encode_keypoints(keypoints.view(), None, None)?;
/// assert_eq!(labels.shape(), [34, 1]);
///
/// let target = Array3::<f32>::from_shape_fn((1, 17, 3), |(_, k, axis)| (k + axis) as f32);
/// let seen = ndarray::Array2::ones((1, 17));
/// let targets = codec.encode_target(target.view(), Some(seen.view()), None, None)?;
/// assert_eq!(targets.label.dim(), (1, 16, 3));
/// let root = targets.root.expect("centered on it");
/// assert_eq!(root, array![[0.0, 1.0, 2.0]]);
/// assert_eq!(codec.decode(targets.label.view(), Some(root.view()))?.keypoints, target);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ImagePoseLifting {
    skeleton: Skeleton,
    options: ImagePoseLiftingOptions,
}

impl ImagePoseLifting {
    /// A codec of poses with `num_keypoints` keypoints.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for no keypoint, a root that is none of them, means or standard
    /// deviations of another shape or that are not finite, or a standard deviation of 0.
    pub fn new(num_keypoints: usize, options: ImagePoseLiftingOptions) -> Result<Self> {
        let skeleton = Skeleton::new(num_keypoints, &options.root_index, options.remove_root)?;
        let mut options = options;
        let checked = |statistics: Option<Statistics>, names, count| {
            statistics.map(|statistics| statistics.checked(names, count)).transpose()
        };
        let names = ["keypoints_mean", "keypoints_std"];
        options.keypoints = checked(options.keypoints, names, num_keypoints)?;
        let names = ["target_mean", "target_std"];
        options.target = checked(options.target, names, skeleton.kept())?;
        Ok(Self { skeleton, options })
    }

    /// Number of keypoints, K.
    pub fn num_keypoints(&self) -> usize {
        self.skeleton.count()
    }

    /// The options.
    pub fn options(&self) -> &ImagePoseLiftingOptions {
        &self.options
    }
}

impl LiftPose for ImagePoseLifting {
    const NAME: &'static str = "ImagePoseLifting";

    fn skeleton(&self) -> &Skeleton {
        &self.skeleton
    }

    fn items(&self, with_target: bool) -> ArrayVec<OutputItem, 12> {
        let removed = with_target && self.skeleton.removed().is_some();
        let target = with_target && self.options.target.is_some();
        let keypoints = self.options.keypoints.is_some();
        [
            (removed, "target_root_removed", OutputField::TargetRootRemoved),
            (removed && self.options.save_index, "target_root_index", OutputField::TargetRootIndex),
            (keypoints, "keypoints_mean", OutputField::KeypointsMean),
            (keypoints, "keypoints_std", OutputField::KeypointsStd),
            (target, "target_mean", OutputField::TargetMean),
            (target, "target_std", OutputField::TargetStd),
            (true, "keypoint_labels", OutputField::KeypointLabels),
            (true, "keypoint_labels_visible", OutputField::KeypointsVisible),
            (with_target, "lifting_target_label", OutputField::TargetLabel),
            (with_target, "lifting_target_weight", OutputField::TargetWeight),
            (with_target, "trajectory_weights", OutputField::TrajectoryWeights),
            (with_target, "target_root", OutputField::TargetRoot),
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
        RootKind::Float32
    }

    fn statistics(&self, field: OutputField) -> Option<&Array2<f32>> {
        match field {
            OutputField::KeypointsMean => {
                self.options.keypoints.as_ref().map(|keypoints| &keypoints.mean)
            }
            OutputField::KeypointsStd => {
                self.options.keypoints.as_ref().map(|keypoints| &keypoints.std)
            }
            OutputField::TargetMean => self.options.target.as_ref().map(|target| &target.mean),
            OutputField::TargetStd => self.options.target.as_ref().map(|target| &target.std),
            _ => None,
        }
    }

    fn check_keypoints(&self, dims: usize, _: Option<&Camera>) -> Result<()> {
        match &self.options.keypoints {
            Some(statistics) if statistics.dims() != dims => {
                let wanted = format!("must have {} coordinates, as the means", statistics.dims());
                Err(Error::invalid("keypoints", wanted, dims))
            }
            _ => Ok(()),
        }
    }

    fn check_target<U: Float>(
        &self,
        _: &[U],
        [frames, count, dims]: [usize; 3],
        _: Option<&Camera>,
    ) -> Result<()> {
        match &self.options.target {
            Some(statistics) if frames != 1 || statistics.dims() != dims => {
                let shape = [1, count, statistics.dims()];
                let wanted = format!("must be of shape {}, as the means", Shape(&shape));
                let got = format!("shape {}", Shape(&[frames, count, dims]));
                Err(Error::invalid("lifting_target", wanted, got))
            }
            _ => Ok(()),
        }
    }

    fn fill_keypoints<T: Float, L: Float>(
        &self,
        keypoints: &[T],
        extra: &[L],
        layout: LabelLayout,
        _: Option<&Camera>,
        labels: &mut [L],
    ) {
        match self.options.keypoints.as_ref().map(Statistics::values) {
            None => fill_labels(keypoints, extra, layout, Identity, labels),
            Some([mean, std]) => {
                fill_labels(keypoints, extra, layout, Standardized { mean, std }, labels);
            }
        }
    }

    fn fill_target<U: Float>(
        &self,
        target: &[U],
        [_, count, dims]: [usize; 3],
        _: Option<&Camera>,
        buffers: TargetBuffers<'_, U>,
    ) {
        let RootOutput::Float32(roots) = buffers.roots else { return };
        let (shape, removed) = ([count, dims], self.skeleton.removed());
        fill_roots(target, shape, self.skeleton.roots(), roots);
        match self.options.target.as_ref().map(Statistics::values) {
            None => fill_centered(target, shape, roots, removed, Identity, buffers.label),
            Some([mean, std]) => {
                let normalize = Standardized { mean, std };
                fill_centered(target, shape, roots, removed, normalize, buffers.label);
            }
        }
    }
}

impl DecodePoses for ImagePoseLifting {
    fn skeleton(&self) -> &Skeleton {
        &self.skeleton
    }

    fn target_statistics(&self) -> Option<&Statistics> {
        self.options.target.as_ref()
    }
}
