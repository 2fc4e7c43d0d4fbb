//! Encoding 2D poses to a lifting network's input, and 3D poses to its target.

use arrayvec::ArrayVec;
use ndarray::{Array1, Array2, Array3, ArrayD, ArrayView2, ArrayView3};

use super::super::sealed::Sealed;
use super::check::{check_invertible, check_poses, check_visible};
use super::{Camera, Skeleton};
use crate::error::Result;
use crate::float::Float;
use crate::kernels::lifting::normalize::LabelLayout;
use crate::kernels::lifting::root::{fill_reciprocals, fill_weights};

/// One item of the dict that a codec returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputItem {
    /// Its key in MMPose's dict.
    pub name: &'static str,
    /// What the item holds.
    pub field: OutputField,
}

impl OutputItem {
    /// The item with this name and field, if it is requested.
    pub(crate) fn requested(
        (requested, name, field): (bool, &'static str, OutputField),
    ) -> Option<Self> {
        requested.then_some(Self { name, field })
    }
}

/// What an item of an encoder's dict holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputField {
    /// The normalized 2D poses.
    KeypointLabels,
    /// The visibilities of the 2D poses, as they were passed.
    KeypointsVisible,
    /// Means of the 2D poses.
    KeypointsMean,
    /// Standard deviations of the 2D poses.
    KeypointsStd,
    /// The normalized 3D poses.
    TargetLabel,
    /// The weights of the 3D poses.
    TargetWeight,
    /// The visibilities of the 3D poses, as they were passed.
    TargetVisible,
    /// Means of the 3D poses.
    TargetMean,
    /// Standard deviations of the 3D poses.
    TargetStd,
    /// The roots that the 3D poses were centered on.
    TargetRoot,
    /// Whether the root was removed from the 3D poses: always true.
    TargetRootRemoved,
    /// The index of the removed root.
    TargetRootIndex,
    /// The weights of the trajectory.
    TrajectoryWeights,
    /// The camera, normalized.
    CameraParam,
    /// One factor per frame, from image units to those of the target.
    Factor,
}

/// The precision in which a codec returns roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootKind {
    /// The codec returns no roots.
    Absent,
    /// Single precision.
    Float32,
    /// The precision of the target.
    Target,
}

/// Where roots (T, C) are written to.
#[derive(Debug)]
pub enum RootOutput<'a, T> {
    /// They are not requested.
    Absent,
    /// In single precision.
    Float32(&'a mut [f32]),
    /// In the precision of the target.
    Target(&'a mut [T]),
}

/// The factor of each frame of a sample.
#[derive(Debug)]
pub enum Factor<'a> {
    /// The factors that were passed: one per frame, or one for all.
    Given(&'a [f64]),
    /// The memory for factors to derive, one per frame. Empty for a codec that has none.
    Derived(&'a mut [f64]),
}

/// The factor of frames whose camera has no known intrinsics, from which one could be derived.
pub const DEFAULT_FACTOR: f64 = 4.0;

/// Whether factors must be derived: if none are given, or the first is 0.
pub fn needs_factor(given: Option<&[f64]>) -> bool {
    given.is_none_or(|given| given.first() == Some(&0.0))
}

/// The output arrays for the 3D poses of one sample.
#[derive(Debug)]
pub struct TargetBuffers<'a, T> {
    /// (T, K, C), or (T, K - 1, C) without the root.
    pub label: &'a mut [T],
    /// (T, C).
    pub roots: RootOutput<'a, T>,
    /// (T,).
    pub factor: Factor<'a>,
}

/// The training targets of a lifting network.
#[derive(Debug, Clone, PartialEq)]
pub struct PoseTargets<U> {
    /// (T, K, C), or (T, K - 1, C) without the root.
    pub label: Array3<U>,
    /// (T, K) or (T, K - 1), 0 or 1.
    pub weight: Array2<f32>,
    /// The weights of all keypoints (T, K). Without visibilities MMPose returns `1 / target[:, 2]`,
    /// (T, C). `None` for a codec that has no trajectory weights.
    pub trajectory_weights: Option<Array2<U>>,
    /// (T, C), for a codec that returns roots.
    pub root: Option<Array2<U>>,
    /// (T,), for a codec that has factors.
    pub factor: Option<Array1<f64>>,
}

/// A codec that encodes 2D poses as the input of a lifting network, and 3D poses as its targets.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::poses::{Camera, VideoPoseLifting, VideoPoseLiftingOptions};
/// use posecodec::codecs::LiftPose;
///
/// let options = VideoPoseLiftingOptions { reshape_keypoints: false, ..Default::default() };
/// let codec = VideoPoseLifting::new(1, options)?;
/// let camera = Camera::new([1000.0, 1000.0], None, None)?;
/// let pixels = array![[[750.0f32, 500.0]]]; // (T, K, 2)
/// let labels = codec.encode_keypoints(pixels.view(), None, Some(&camera))?;
/// assert_eq!(labels, array![[[0.5f32, 0.0]]].into_dyn()); // half widths from the center
///
/// let target = array![[[0.5f32, 1.0, 4.0]]]; // (T, K, 3), meters
/// let seen = array![[1.0f32]];
/// let targets = codec.encode_target(target.view(), Some(seen.view()), Some(&camera), None)?;
/// assert_eq!(targets.root, Some(array![[0.5, 1.0, 4.0]]));
/// # Ok::<(), posecodec::Error>(())
/// ```
pub trait LiftPose: Sealed + Sync {
    /// The codec's name in MMPose.
    const NAME: &'static str;

    /// The skeleton of the poses.
    fn skeleton(&self) -> &Skeleton;

    /// The items of the encoder's dict, in MMPose's order.
    #[doc(hidden)]
    fn items(&self, with_target: bool) -> ArrayVec<OutputItem, 12>;

    /// Whether labels are reshaped to (K·D, T).
    fn reshapes_labels(&self) -> bool {
        false
    }

    /// Whether visibilities are concatenated to the keypoints.
    fn concatenates_visibilities(&self) -> bool;

    /// The layout of the labels of keypoints with `dims` coordinates and this number of
    /// visibilities per keypoint.
    #[doc(hidden)]
    fn layout(&self, dims: usize, visibilities: usize) -> LabelLayout {
        LabelLayout {
            count: self.skeleton().count(),
            dims,
            extra: if self.concatenates_visibilities() { visibilities } else { 0 },
            transposed: self.reshapes_labels(),
        }
    }

    /// The precision in which roots are returned.
    #[doc(hidden)]
    fn root_kind(&self) -> RootKind {
        RootKind::Absent
    }

    /// The root keypoint, if it is removed from targets.
    fn removed(&self) -> Option<usize> {
        self.skeleton().removed()
    }

    /// Whether the outputs for a target include an item with this field.
    #[doc(hidden)]
    fn has_output(&self, field: OutputField) -> bool {
        self.items(true).iter().any(|item| item.field == field)
    }

    /// The means or standard deviations of an item with this field.
    #[doc(hidden)]
    fn statistics(&self, field: OutputField) -> Option<&Array2<f32>> {
        let _ = field;
        None
    }

    /// Checks that this number of factors fits a target of this number of frames.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::Error::InvalidInput) if it does not fit.
    #[doc(hidden)]
    fn check_factors(&self, factors: usize, frames: usize) -> Result<()> {
        let _ = (factors, frames);
        Ok(())
    }

    /// Checks that keypoints of `dims` coordinates, taken with this camera, can be encoded.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::Error::InvalidInput) for too few or too many coordinates, or a
    /// camera that lacks parameters.
    #[doc(hidden)]
    fn check_keypoints(&self, dims: usize, camera: Option<&Camera>) -> Result<()>;

    /// Checks that a target of shape (T, K, C), taken with this camera, can be encoded.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::Error::InvalidInput) for a shape or values that cannot be encoded.
    #[doc(hidden)]
    fn check_target<U: Float>(
        &self,
        target: &[U],
        shape: [usize; 3],
        camera: Option<&Camera>,
    ) -> Result<()>;

    /// Fills the labels of one sample; `extra` values are concatenated to the keypoints.
    #[doc(hidden)]
    fn fill_keypoints<T: Float, L: Float>(
        &self,
        keypoints: &[T],
        extra: &[L],
        layout: LabelLayout,
        camera: Option<&Camera>,
        labels: &mut [L],
    );

    /// Fills the arrays of one sample's target of shape (T, K, C).
    #[doc(hidden)]
    fn fill_target<U: Float>(
        &self,
        target: &[U],
        shape: [usize; 3],
        camera: Option<&Camera>,
        buffers: TargetBuffers<'_, U>,
    );

    /// Encodes the 2D poses (T, K, D) of one sample, with visibilities (T, K) or none, to the
    /// network's input: (T, K, D), or (K·D, T) if reshaped. Concatenated visibilities add 1 to D.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::Error::InvalidInput) for shapes or a camera that do not fit.
    fn encode_keypoints<T: Float>(
        &self,
        keypoints: ArrayView3<'_, T>,
        visible: Option<ArrayView2<'_, T>>,
        camera: Option<&Camera>,
    ) -> Result<ArrayD<T>> {
        let (frames, count, dims) = keypoints.dim();
        check_poses("keypoints", keypoints.shape(), false, self.skeleton().count())?;
        self.check_keypoints(dims, camera)?;
        let visible = visibilities("keypoints_visible", visible, [frames, count])?;
        let layout = self.layout(dims, 1);
        let shape = layout.shape(frames);
        let mut labels = vec![T::zero(); shape.iter().product()];
        self.fill_keypoints(&flat(keypoints), &visible, layout, camera, &mut labels);
        Ok(ArrayD::from_shape_vec(&*shape, labels).expect("a value a label"))
    }

    /// Encodes the 3D poses (T, K, C) of one sample in camera space, optionally with visibilities
    /// (T, K) and factors (T,).
    ///
    /// # Errors
    /// [`InvalidInput`](crate::Error::InvalidInput) for shapes, values or a camera that do not fit.
    fn encode_target<U: Float>(
        &self,
        target: ArrayView3<'_, U>,
        visible: Option<ArrayView2<'_, U>>,
        camera: Option<&Camera>,
        factor: Option<&[f64]>,
    ) -> Result<PoseTargets<U>> {
        let (frames, count, dims) = target.dim();
        let shape = [frames, count, dims];
        check_poses("lifting_target", &shape, false, self.skeleton().count())?;
        let target = flat(target);
        self.check_target(&target, shape, camera)?;
        let trajectory_weights = match &visible {
            _ if !self.has_output(OutputField::TrajectoryWeights) => None,
            Some(visible) => {
                let seen = |&value: &U| if value > U::of(0.5) { U::one() } else { U::zero() };
                Some(visible.map(seen))
            }
            None => {
                check_invertible(&target, [count, dims])?;
                let mut weights = Array2::zeros((frames, dims));
                let values = weights.as_slice_mut().expect("freshly made");
                fill_reciprocals(&target, [count, dims], values);
                Some(weights)
            }
        };
        let visible = visibilities("lifting_target_visible", visible, [frames, count])?;
        let removed = self.removed();
        let kept = count - usize::from(removed.is_some());
        let mut weight = Array2::zeros((frames, kept));
        let weights = weight.as_slice_mut().expect("freshly made");
        fill_weights(&visible, [count, 1], removed, weights);

        let mut label = Array3::zeros((frames, kept, dims));
        let mut single = Array2::<f32>::zeros((frames, dims));
        let mut root = Array2::<U>::zeros((frames, dims));
        let has_factors = self.has_output(OutputField::Factor);
        let mut factors = Array1::zeros(if has_factors { frames } else { 0 });
        let derived = factors.as_slice_mut().expect("freshly made");
        let factor = match factor {
            Some(given) if !needs_factor(Some(given)) => {
                self.check_factors(given.len(), frames)?;
                for (factor, given) in derived.iter_mut().zip(given.iter().cycle()) {
                    *factor = *given;
                }
                Factor::Given(given)
            }
            _ => Factor::Derived(derived),
        };
        let roots = match self.root_kind() {
            RootKind::Absent => RootOutput::Absent,
            RootKind::Float32 => RootOutput::Float32(single.as_slice_mut().expect("freshly made")),
            RootKind::Target => RootOutput::Target(root.as_slice_mut().expect("freshly made")),
        };
        let side =
            TargetBuffers { label: label.as_slice_mut().expect("freshly made"), roots, factor };
        self.fill_target(&target, shape, camera, side);
        let root = match self.root_kind() {
            RootKind::Absent => None,
            RootKind::Float32 => Some(single.mapv(|value| U::of(f64::from(value)))),
            RootKind::Target => Some(root),
        };
        let factor = has_factors.then_some(factors);
        Ok(PoseTargets { label, weight, trajectory_weights, root, factor })
    }
}

/// The values of an array, in order.
fn flat<T: Float>(array: ArrayView3<'_, T>) -> Vec<T> {
    array.iter().copied().collect()
}

/// Visibilities of this shape, in order; ones if none are given.
fn visibilities<T: Float>(
    argument: &'static str,
    visible: Option<ArrayView2<'_, T>>,
    shape: [usize; 2],
) -> Result<Vec<T>> {
    let Some(visible) = visible else {
        return Ok(vec![T::one(); shape[0] * shape[1]]);
    };
    check_visible(argument, visible.shape(), &shape)?;
    Ok(visible.iter().copied().collect())
}
