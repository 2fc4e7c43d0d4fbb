//! `MotionBERTLabel`: 2D poses in units of the image, and 3D poses projected into it.

use arrayvec::ArrayVec;
use ndarray::{Array2, ArrayView3};

use super::decode::Decoded;
use super::lifting::{
    Camera, DEFAULT_FACTOR, Factor, LiftPose, OutputField, OutputItem, Skeleton, TargetBuffers,
    check_depths, check_poses, needed,
};
use crate::check;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::inputs::pair::intrinsics_over_1000;
use crate::kernels::lifting::motionbert::{Denormalize, Factors, ImageSpace};
use crate::kernels::lifting::normalize::{ImageNormalized, ImageUnit, LabelLayout, fill_labels};

/// The unit of the labels that [`MotionBertLabel`] encodes from targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MotionBertMode {
    /// Half the width of the image: the labels that the network is trained with.
    Train,
    /// The target's unit, for comparison with decoded poses.
    Test,
}

/// From MMPose's names, `"train"` and `"test"`, in upper or lower case.
impl std::str::FromStr for MotionBertMode {
    type Err = Error;

    fn from_str(mode: &str) -> Result<Self> {
        match mode.to_lowercase().as_str() {
            "train" => Ok(Self::Train),
            "test" => Ok(Self::Test),
            _ => Err(Error::UnknownOption {
                codec: MotionBertLabel::NAME,
                argument: "mode",
                got: mode.to_owned(),
                options: &["train", "test"],
            }),
        }
    }
}

/// The options of [`MotionBertLabel`], with MMPose's defaults. MMPose also has `remove_root` and
/// `save_index`, but does not use them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MotionBertLabelOptions {
    /// The root. Default: keypoint 0.
    pub root_index: usize,
    /// Whether visibilities are concatenated to the keypoints. Default: false.
    pub concat_vis: bool,
    /// Whether decoding moves keypoint 0 to the origin first. Default: false.
    pub rootrel: bool,
    /// The unit of the labels. Default: [`MotionBertMode::Test`].
    pub mode: MotionBertMode,
}

impl Default for MotionBertLabelOptions {
    fn default() -> Self {
        Self { root_index: 0, concat_vis: false, rootrel: false, mode: MotionBertMode::Test }
    }
}

/// 2D poses relative to the center of the image, in units of half its width, and 3D poses projected
/// into the image with depths in the same unit: [MotionBERT](https://arxiv.org/abs/2210.06551) (Zhu
/// et al. 2023).
///
/// Keypoints and the camera are in pixels. Labels for training are also in units of half the width.
/// Factors convert thousands of pixels to the target's unit, so decoding divides by 1000: targets
/// in meters, in camera space, are decoded to meters.
///
/// ```
/// use ndarray::{Array3, array};
/// use posecodec::codecs::poses::{Camera, ImageScale, MotionBertLabel, MotionBertLabelOptions};
/// use posecodec::codecs::LiftPose;
///
/// let codec = MotionBertLabel::new(2, MotionBertLabelOptions::default())?;
/// let camera = Camera::new([1000.0, 1000.0], None, None)?;
/// let keypoints = array![[[750.0f32, 500.0], [500.0, 0.0]]];
/// let labels = codec.encode_keypoints(keypoints.view(), None, Some(&camera))?;
/// assert_eq!(labels, array![[[0.5, 0.0], [0.0, -1.0]]].into_dyn());
///
/// let encoded = array![[[0.0f32, 0.0, 0.0], [0.5, 0.0, 0.25]]];
/// let scale = ImageScale { size: Some([&[1000.0], &[1000.0]]), factor: Some(&[4.0]) };
/// let decoded = codec.decode(encoded.view(), scale)?;
/// assert_eq!(decoded.keypoints, array![[[0.0, 0.0, 0.0], [1.0, 0.0, 0.5]]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MotionBertLabel {
    skeleton: Skeleton,
    options: MotionBertLabelOptions,
}

/// Scales for decoding from image units: one, one per frame, or a number that divides the number of
/// frames.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ImageScale<'a> {
    /// Widths and heights of images, in pixels.
    pub size: Option<[&'a [f64]; 2]>,
    /// Factors that convert thousands of pixels to the target's unit.
    pub factor: Option<&'a [f64]>,
}

impl MotionBertLabel {
    /// A codec of poses with `num_keypoints` keypoints.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for no keypoint, or a root that is none of them.
    pub fn new(num_keypoints: usize, options: MotionBertLabelOptions) -> Result<Self> {
        let skeleton = Skeleton::new(num_keypoints, &[options.root_index], false)?;
        Ok(Self { skeleton, options })
    }

    /// Number of keypoints, K.
    pub fn num_keypoints(&self) -> usize {
        self.skeleton.count()
    }

    /// The options.
    pub fn options(&self) -> &MotionBertLabelOptions {
        &self.options
    }

    /// Decodes a network's output (N, K, 3) for N frames to root-relative poses in the target's
    /// unit. The scores are 1.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for another shape, or scales that do not fit.
    pub fn decode<T: Float>(
        &self,
        encoded: ArrayView3<'_, T>,
        scale: ImageScale<'_>,
    ) -> Result<Decoded<T, f32>> {
        check_poses("encoded", encoded.shape(), false, self.skeleton.count())?;
        let (frames, count, dims) = encoded.dim();
        if dims != 3 {
            return Err(check::shape("encoded", &format!("(N, {count}, 3)"), encoded.shape()));
        }
        let mut keypoints = encoded.as_standard_layout().into_owned();
        let (points, _) = keypoints.as_slice_mut().expect("standard layout").as_chunks_mut();
        let copied = points.to_vec();
        self.decode_frames(&copied, scale, points)?;
        Ok(Decoded { keypoints, scores: Array2::ones((frames, count)) })
    }

    /// Decodes frames of K points each, stored one after the other.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for scales that are not positive or do not fit the frames.
    pub fn decode_frames<T: Float>(
        &self,
        encoded: &[[T; 3]],
        scale: ImageScale<'_>,
        keypoints: &mut [[T; 3]],
    ) -> Result<()> {
        let count = self.skeleton.count();
        let frames = encoded.len() / count;
        if !encoded.len().is_multiple_of(count) {
            let wanted = format!("must have {count} points per frame");
            return Err(Error::invalid(
                "encoded",
                wanted,
                format_args!("{} points", encoded.len()),
            ));
        }
        check::len("keypoints", "N·K", &[frames, count], keypoints.len())?;
        let [widths, heights] = scale.size.unwrap_or_default();
        let frames_each = |name, values: &[f64]| match values.len() {
            0 => Ok(usize::MAX),
            len if frames.is_multiple_of(len) => Ok((frames / len).max(1)),
            len => Err(Error::invalid(name, format!("must fit {frames} frames"), len)),
        };
        let factors = scale.factor.unwrap_or_default();
        let each = [
            frames_each("w", widths)?,
            frames_each("h", heights)?,
            frames_each("factor", factors)?,
        ];
        if widths.len() != heights.len() {
            let wanted = format!("must hold {} values, as `w` does", widths.len());
            return Err(Error::invalid("h", wanted, heights.len()));
        }
        for (name, sides) in [("w", widths), ("h", heights)] {
            if let Some(side) = sides.iter().find(|side| !(1e-30..=1e30).contains(*side)) {
                return Err(Error::invalid(name, "must hold positive finite pixels", side));
            }
        }
        let denormalize = Denormalize {
            count,
            root_index: self.options.root_index,
            zero_first: self.options.rootrel,
            size: (!widths.is_empty()).then_some(([widths, heights], each[0])),
            factor: (!factors.is_empty()).then_some((factors, each[2])),
        };
        denormalize.fill(encoded, keypoints);
        Ok(())
    }
}

impl LiftPose for MotionBertLabel {
    const NAME: &'static str = "MotionBERTLabel";

    fn skeleton(&self) -> &Skeleton {
        &self.skeleton
    }

    fn items(&self, with_target: bool) -> ArrayVec<OutputItem, 12> {
        [
            (true, "keypoint_labels", OutputField::KeypointLabels),
            (true, "keypoint_labels_visible", OutputField::KeypointsVisible),
            (with_target, "lifting_target_label", OutputField::TargetLabel),
            (with_target, "lifting_target_weight", OutputField::TargetWeight),
            (with_target, "lifting_target", OutputField::TargetLabel),
            (with_target, "lifting_target_visible", OutputField::TargetVisible),
            (true, "factor", OutputField::Factor),
        ]
        .into_iter()
        .filter_map(OutputItem::requested)
        .collect()
    }

    fn concatenates_visibilities(&self) -> bool {
        self.options.concat_vis
    }

    fn check_keypoints(&self, dims: usize, camera: Option<&Camera>) -> Result<()> {
        needed(camera)?.intrinsics()?;
        if dims < 2 {
            return Err(Error::invalid("keypoints", "must have 2 coordinates or more", dims));
        }
        Ok(())
    }

    fn check_factors(&self, factors: usize, frames: usize) -> Result<()> {
        if self.options.mode == MotionBertMode::Train || factors == frames || factors == 1 {
            return Ok(());
        }
        let wanted = format!("must be one, or one for each of {frames} frames of the target");
        Err(Error::invalid("factor", wanted, factors))
    }

    fn check_target<U: Float>(
        &self,
        target: &[U],
        shape: [usize; 3],
        camera: Option<&Camera>,
    ) -> Result<()> {
        let [_, count, dims] = shape;
        if dims != 3 {
            let wanted = format!("(T, {count}, 3)");
            return Err(check::shape("lifting_target", &wanted, &shape));
        }
        let projected = needed(camera)?.intrinsics()?.is_some();
        if projected { check_depths(target, count) } else { Ok(()) }
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
        let unit = ImageUnit::<T>::new(camera.size());
        let normalize = ImageNormalized { unit, dims: layout.dims };
        fill_labels(keypoints, extra, layout, normalize, labels);
    }

    fn fill_target<U: Float>(
        &self,
        target: &[U],
        [_, count, _]: [usize; 3],
        camera: Option<&Camera>,
        buffers: TargetBuffers<'_, U>,
    ) {
        let Some(camera) = camera else { return };
        let test = self.options.mode == MotionBertMode::Test;
        let space = ImageSpace {
            count,
            root_index: self.options.root_index,
            camera: camera.intrinsics().ok().flatten().map(intrinsics_over_1000),
            unit: (!test).then(|| ImageUnit::new(camera.size().map(|side| side / 1000.0))),
        };
        let (poses, _) = target.as_chunks::<3>();
        let factors = match buffers.factor {
            // Labels in image units do not need factors.
            Factor::Given(_) if !test => Factors::Given(&[1.0]),
            Factor::Given(given) => Factors::Given(given),
            Factor::Derived(derived) => Factors::Derived(derived, DEFAULT_FACTOR),
        };
        let (labels, _) = buffers.label.as_chunks_mut::<3>();
        space.fill(poses, factors, labels);
    }
}
