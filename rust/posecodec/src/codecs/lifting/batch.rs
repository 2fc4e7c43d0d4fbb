//! Encoding batches of poses, on several threads if the batch is large enough.

use super::check::check_poses;
use super::encode::needs_factor;
use super::{Camera, Factor, LiftPose, OutputField, RootOutput, TargetBuffers};
use crate::check::{self, product};
use crate::element::split_off;
use crate::error::{Error, Result, Shape, try_with_capacity};
use crate::float::Float;
use crate::kernels::lifting::normalize::LabelLayout;
use crate::parallel;

/// The poses of B samples, one after the other.
#[derive(Debug, Clone, Copy)]
pub struct PoseBatch<'a, T> {
    /// All coordinates.
    pub values: &'a [T],
    /// B, T, K and D.
    pub shape: [usize; 4],
    /// None, one for all samples or one per sample.
    pub cameras: &'a [Camera],
}

impl<'a, T> PoseBatch<'a, T> {
    /// The values of one sample and its camera.
    fn sample(&self, number: usize) -> (&'a [T], Option<&'a Camera>) {
        let each: usize = self.shape[1..].iter().product();
        (&self.values[number * each..][..each], self.camera(number))
    }

    /// The camera of one sample.
    pub fn camera(&self, number: usize) -> Option<&'a Camera> {
        self.cameras.get(if self.cameras.len() == 1 { 0 } else { number })
    }

    fn check<C: LiftPose>(&self, argument: &'static str, codec: &C) -> Result<()> {
        let [batch, ..] = check_poses(argument, &self.shape, true, codec.skeleton().count())?;
        check::len(argument, "B·T·K·D", &self.shape, self.values.len())?;
        if self.cameras.len() <= 1 || self.cameras.len() == batch {
            return Ok(());
        }
        let wanted = format!("must be one camera for all samples, or {batch}: one per sample");
        Err(Error::invalid("camera_param", wanted, self.cameras.len()))
    }
}

/// The output arrays for the 3D poses of B samples, each B times as long as in [`TargetBuffers`].
#[derive(Debug)]
pub struct TargetBatch<'a, T> {
    /// (B, T, K, C), or (B, T, K - 1, C) without the root.
    pub label: &'a mut [T],
    /// (B, T, C).
    pub roots: RootOutput<'a, T>,
    /// (B, T). The factors of a sample are derived if the first of them is 0, and kept otherwise.
    /// If all are kept, they may also be (B, 1), or of any number that [`LiftPose::check_factors`]
    /// allows.
    pub factor: &'a mut [f64],
}

fn too_large(argument: &'static str, shape: &[usize]) -> Error {
    let wanted = "must have a shape whose outputs memory holds";
    Error::invalid(argument, wanted, format_args!("shape {}", Shape(shape)))
}

/// Fills the labels of a batch of keypoints. `extra` has the visibilities to concatenate to the
/// keypoints.
///
/// ```
/// use posecodec::codecs::poses::{Camera, VideoPoseLifting, VideoPoseLiftingOptions};
/// use posecodec::codecs::slices::{PoseBatch, encode_keypoints_batch};
/// use posecodec::codecs::LiftPose;
///
/// let options = VideoPoseLiftingOptions { reshape_keypoints: false, ..Default::default() };
/// let codec = VideoPoseLifting::new(1, options)?;
/// let camera = Camera::new([1000.0, 1000.0], None, None)?;
/// let pixels = [750.0f32, 500.0, 500.0, 0.0]; // two samples
/// let keypoints = PoseBatch { values: &pixels, shape: [2, 1, 1, 2], cameras: &[camera] };
/// let mut labels = [0.0f32; 4];
/// encode_keypoints_batch(&codec, keypoints, &[], codec.layout(2, 0), &mut labels)?;
/// assert_eq!(labels, [0.5, 0.0, 0.0, -1.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for an array of another length than the shape implies.
pub fn encode_keypoints_batch<C: LiftPose, T: Float, L: Float>(
    codec: &C,
    keypoints: PoseBatch<'_, T>,
    extra: &[L],
    layout: LabelLayout,
    labels: &mut [L],
) -> Result<()> {
    keypoints.check("keypoints", codec)?;
    let [batch, frames, count, dims] = keypoints.shape;
    let each = [product(&[frames, count, layout.extra]), product(&layout.shape(frames))];
    let [Some(extra_each), Some(labels_each)] = each else {
        return Err(too_large("keypoints", &keypoints.shape));
    };
    if [layout.count, layout.dims] != [count, dims] {
        let wanted = format!("must be of {count} keypoints with {dims} coordinates");
        let got = format_args!("{} with {}", layout.count, layout.dims);
        return Err(Error::invalid("layout", wanted, got));
    }
    check::len("extra", "B·T·K·m", &[batch, extra_each], extra.len())?;
    check::len("labels", "B·T·K·D", &[batch, labels_each], labels.len())?;
    if labels.is_empty() {
        return Ok(());
    }
    if batch == 1 {
        codec.fill_keypoints(keypoints.values, extra, layout, keypoints.camera(0), labels);
        return Ok(());
    }
    let (values, mut labels) = (labels.len(), labels);
    let mut samples = try_with_capacity("the samples of a batch", batch)?;
    for number in 0..batch {
        samples.push((number, split_off(&mut labels, labels_each)));
    }
    parallel::for_each(samples, values, &|(number, labels)| {
        let (values, camera) = keypoints.sample(number);
        let extra = &extra[number * extra_each..][..extra_each];
        codec.fill_keypoints(values, extra, layout, camera, labels);
    });
    Ok(())
}

/// Checks that all targets of a batch can be encoded; see [`LiftPose::check_target`].
///
/// # Errors
/// [`Error::InvalidInput`] for a shape or values that cannot.
pub fn check_target_batch<C: LiftPose, U: Float>(
    codec: &C,
    target: PoseBatch<'_, U>,
) -> Result<()> {
    target.check("lifting_target", codec)?;
    let [batch, frames, count, dims] = target.shape;
    // Samples without a frame differ only in their cameras, so one check per camera is enough.
    let empty = target.values.is_empty();
    let checked = if empty { batch.min(target.cameras.len().max(1)) } else { batch };
    (0..checked).try_for_each(|number| {
        let (values, camera) = target.sample(number);
        codec.check_target(values, [frames, count, dims], camera)
    })
}

/// Fills the labels, roots and factors of a batch of 3D poses.
///
/// ```
/// use posecodec::codecs::poses::{VideoPoseLifting, VideoPoseLiftingOptions};
/// use posecodec::codecs::slices::{
///     PoseBatch, RootOutput, TargetBatch, check_target_batch, encode_target_batch,
/// };
///
/// let codec = VideoPoseLifting::new(1, VideoPoseLiftingOptions::default())?;
/// let poses = [0.5f32, 1.0, 4.0, 0.5, 1.0, 5.0]; // two samples
/// let target = PoseBatch { values: &poses, shape: [2, 1, 1, 3], cameras: &[] };
/// check_target_batch(&codec, target)?;
/// let (mut label, mut roots) = ([1.0f32; 6], [0.0; 6]);
/// let roots_of = RootOutput::Target(&mut roots);
/// let into = TargetBatch { label: &mut label, roots: roots_of, factor: &mut [] };
/// encode_target_batch(&codec, target, into)?;
/// assert_eq!((label, roots), ([0.0; 6], poses));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for an array of another length than the shape implies.
pub fn encode_target_batch<C: LiftPose, U: Float>(
    codec: &C,
    target: PoseBatch<'_, U>,
    into: TargetBatch<'_, U>,
) -> Result<()> {
    target.check("lifting_target", codec)?;
    let TargetBatch { label, roots, factor } = into;
    let [batch, frames, count, dims] = target.shape;
    let kept = count - usize::from(codec.removed().is_some());
    let each = [product(&[frames, kept, dims]), product(&[frames, dims])];
    let [Some(label_each), Some(roots_each)] = each else {
        return Err(too_large("lifting_target", &target.shape));
    };
    check::len("label", "B·T·K·C", &[batch, label_each], label.len())?;
    match &roots {
        RootOutput::Absent => Ok(()),
        RootOutput::Float32(roots) => {
            check::len("roots", "B·T·C", &[batch, roots_each], roots.len())
        }
        RootOutput::Target(roots) => {
            check::len("roots", "B·T·C", &[batch, roots_each], roots.len())
        }
    }?;
    let factor_each = factor.len() / batch.max(1);
    let factor_error = || check::len("factor", "B·T", &[batch, frames], factor.len());
    let derived = |factors: &[f64]| needs_factor(Some(factors));
    if factor_each.checked_mul(batch) != Some(factor.len())
        || factor_each != frames && factor.chunks(factor_each.max(1)).any(derived)
    {
        factor_error()?;
    }
    if label_each == 0 && roots_each == 0 && factor.is_empty() {
        return Ok(());
    }
    if codec.has_output(OutputField::Factor) && batch > 0 {
        if factor_each == 0 && frames > 0 {
            factor_error()?;
        }
        codec.check_factors(factor_each, frames)?;
    }
    let shape = [frames, count, dims];
    let fill = |(number, buffers): (usize, TargetBuffers<'_, U>)| {
        let (values, camera) = target.sample(number);
        codec.fill_target(values, shape, camera, buffers);
    };
    let (values, mut label, mut roots, mut factor) = (label.len(), label, roots, factor);
    let mut samples = try_with_capacity("the samples of a batch", batch)?;
    for number in 0..batch {
        let factor = split_off(&mut factor, factor_each);
        let buffers = TargetBuffers {
            label: split_off(&mut label, label_each),
            roots: match &mut roots {
                RootOutput::Absent => RootOutput::Absent,
                RootOutput::Float32(rest) => RootOutput::Float32(split_off(rest, roots_each)),
                RootOutput::Target(rest) => RootOutput::Target(split_off(rest, roots_each)),
            },
            factor: if needs_factor(Some(factor)) || factor.is_empty() {
                Factor::Derived(factor)
            } else {
                Factor::Given(factor)
            },
        };
        samples.push((number, buffers));
    }
    parallel::for_each(samples, values, &fill);
    Ok(())
}
