//! The keypoint arrays that encoders take: shapes and layout.

use ndarray::{ArrayView, ArrayView2, ArrayView3, CowArray, Dimension, Ix2, Ix3};

use super::{Encode, Outputs};
use crate::check::{self, product};
use crate::element::Dtype;
use crate::error::{Result, Shape};
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;

/// The keypoints (N, K, D) of one sample and their visibilities (N, K), checked and contiguous.
pub(crate) struct Points<'a, T, V, const D: usize = 2> {
    keypoints: CowArray<'a, T, Ix3>,
    visible: Option<CowArray<'a, V, Ix2>>,
}

impl<'a, T: Float, V: Float, const D: usize> Points<'a, T, V, D> {
    pub(crate) fn new(keypoints: ArrayView3<'a, T>, visible: Option<ArrayView2<'a, V>>) -> Self {
        Self { keypoints: contiguous(keypoints), visible: visible.map(contiguous) }
    }

    pub(crate) fn sample(&self) -> Keypoints<'_, T, V, D> {
        let (points, _) = self.keypoints.as_slice().expect("contiguous").as_chunks();
        let visible = self.visible.as_ref().map(|visible| visible.as_slice().expect("contiguous"));
        let (instances, count, _) = self.keypoints.dim();
        Keypoints { points, visible, instances, count }
    }
}

/// The array itself if it is contiguous, otherwise a contiguous copy.
fn contiguous<T: Clone, I: Dimension>(array: ArrayView<'_, T, I>) -> CowArray<'_, T, I> {
    if array.is_standard_layout() {
        array.into()
    } else {
        array.as_standard_layout().into_owned().into()
    }
}

/// The dtype of the weights that are visibilities.
pub(crate) const VISIBILITY: Dtype = Dtype::Like("keypoints_visible");

/// The checked shapes of one call of an encoder, and its outputs. Made once per call.
///
/// ```
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::slices::EncodePlan;
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let plan = EncodePlan::new(&codec, &[8, 1, 17, 2], None, true)?;
/// assert_eq!((plan.batch, plan.instances, plan.count), (8, 1, 17));
/// assert_eq!(plan.outputs[0].name, "heatmaps");
/// assert_eq!(plan.outputs[0].shape[..], [17, 64, 48]); // of each sample
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EncodePlan {
    /// Number of samples, B; 1 for a call that is not batched.
    pub batch: usize,
    /// Number of instances per sample, N.
    pub instances: usize,
    /// Number of keypoints per instance, K.
    pub count: usize,
    /// The outputs, for one sample.
    pub outputs: Outputs,
}

impl EncodePlan {
    /// Checks the shapes of `keypoints`, (N, K, D), or (B, N, K, D) if `batched`, and of the
    /// visibilities, the same without D, and plans the outputs.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for another shape.
    pub fn new<C: Encode<D> + ?Sized, const D: usize>(
        codec: &C,
        keypoints: &[usize],
        visible: Option<&[usize]>,
        batched: bool,
    ) -> Result<Self> {
        let [batch, instances, count] = check_keypoints::<C, D>(keypoints, batched)?;
        check_visible_shape(visible, &keypoints[..keypoints.len() - 1])?;
        Ok(Self { batch, instances, count, outputs: codec.outputs(instances, count) })
    }

    /// Number of keypoints in all samples, B·N·K.
    pub(crate) fn points(&self) -> usize {
        product(&[self.batch, self.instances, self.count]).unwrap_or(usize::MAX)
    }
}

/// Checks that there is one visibility per keypoint, if there are any.
///
/// # Errors
/// [`Error::InvalidInput`](crate::Error::InvalidInput) for another shape.
pub fn check_visible_shape(visible: Option<&[usize]>, keypoints: &[usize]) -> Result<()> {
    match visible {
        Some(visible) if visible != keypoints => {
            let wanted = format!("{}, as `keypoints` is", Shape(keypoints));
            Err(check::shape("keypoints_visible", &wanted, visible))
        }
        _ => Ok(()),
    }
}

/// Checks the shape of keypoints: (N, K, D), or (B, N, K, D) if `batched`, with the number of
/// instances that the codec takes. Returns B (1 for a sample), N and K.
///
/// ```
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::slices::check_keypoints;
///
/// assert_eq!(check_keypoints::<MsraHeatmap, 2>(&[8, 1, 17, 2], true)?, [8, 1, 17]);
/// assert!(check_keypoints::<MsraHeatmap, 2>(&[3, 17, 2], false).is_err()); // three people
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`](crate::Error::InvalidInput) for another shape.
pub fn check_keypoints<C: Encode<D> + ?Sized, const D: usize>(
    shape: &[usize],
    batched: bool,
) -> Result<[usize; 3]> {
    check_instances::<D>(shape, batched, C::SINGLE_INSTANCE.then_some(C::NAME))
}

/// [`check_keypoints`] without the codec's type. `single` is the codec's name if it takes
/// exactly one instance, `None` if it takes any number.
///
/// ```
/// use posecodec::codecs::slices::check_instances;
///
/// assert_eq!(check_instances::<2>(&[3, 17, 2], false, None)?, [1, 3, 17]);
/// assert!(check_instances::<2>(&[3, 17, 2], false, Some("UDPHeatmap")).is_err());
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`](crate::Error::InvalidInput) for another shape.
pub fn check_instances<const D: usize>(
    shape: &[usize],
    batched: bool,
    single: Option<&str>,
) -> Result<[usize; 3]> {
    let refuse = |reason: &str| {
        let instances = if single.is_some() { "1" } else { "N" };
        let leading = if batched { "B, " } else { "" };
        check::shape("keypoints", &format!("({leading}{instances}, K, {D}){reason}"), shape)
    };
    let found = match (batched, shape) {
        (false, &[instances, count, each]) if each == D => [1, instances, count],
        (true, &[batch, instances, count, each]) if each == D => [batch, instances, count],
        _ => return Err(refuse("")),
    };
    if let Some(name) = single
        && found[1] != 1
    {
        return Err(refuse(&format!(": {name} only support single-instance keypoint encoding")));
    }
    Ok(found)
}
