//! What all encoders share: planning the outputs, and filling those of one sample or of a batch.

mod batch;
mod encoded_batch;
mod ndarray_outputs;
mod planes;
mod points;
mod target_array;
mod target_lists;

use arrayvec::ArrayVec;
use ndarray::{ArrayView2, ArrayView3, ArrayView4};

use super::sealed::Sealed;
use crate::element::{ArrayMut, Element};
use crate::error::Result;
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::plan::{Init, Output};

pub use batch::{SampleOfList, encode_batch, encode_samples};
pub use encoded_batch::EncodedBatch;
pub use ndarray_outputs::{EncodedArrays, HeatmapTargets};
pub(crate) use ndarray_outputs::{dimensioned, matrix, zeros};
pub(crate) use planes::{draw_planes, overwrite_planes};
pub use points::{EncodePlan, check_instances, check_keypoints, check_visible_shape};
pub(crate) use points::{Points, VISIBILITY};
pub use target_array::{TargetArray, TargetValue};
pub use target_lists::TargetLists;

/// The outputs of an encoder that encodes sample by sample.
pub type Outputs = ArrayVec<Output, MAX_OUTPUTS>;

/// The most outputs that such an encoder has.
pub const MAX_OUTPUTS: usize = 5;

/// A codec that turns keypoints of `D` coordinates into training targets.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::Encode;
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let keypoints = array![[[96.0f32, 128.0], [20.0, 40.0]]]; // (N, K, 2)
/// let visible = array![[1.0f32, 0.0]];
/// let targets = codec.encode(keypoints.view(), Some(visible.view()))?;
/// assert_eq!(targets.heatmaps[[0, 32, 24]], 1.0);
/// assert_eq!(targets.keypoint_weights, visible);
/// # Ok::<(), posecodec::Error>(())
/// ```
pub trait Encode<const D: usize = 2>: Sealed + Sync {
    /// The codec's name in MMPose.
    const NAME: &'static str;
    /// Whether a sample must have exactly one instance.
    const SINGLE_INSTANCE: bool;
    /// What [`Encode::encode`] returns; `V` is the type of the visibilities.
    type Targets<V: Float>;

    /// The outputs for one sample of this many instances and keypoints, in the order of MMPose's
    /// dict.
    #[doc(hidden)]
    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs;

    /// The faster allocation of new arrays: [`Init::Uninit`] if the codec overwrites all values of
    /// nearly every sample. [`Encode::encode_sample`] fills arrays of either kind.
    #[doc(hidden)]
    fn init(&self) -> Init {
        Init::Zeroed
    }

    /// Fills the arrays of one sample, which are those of [`Encode::outputs`].
    #[doc(hidden)]
    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V, D>,
        arrays: SampleArrays<'_>,
    );

    /// The targets made of filled arrays.
    #[doc(hidden)]
    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> Self::Targets<V>;

    /// Encodes one sample: keypoints (N, K, D) in input pixels, visibilities (N, K) or none.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a shape that does not fit,
    /// [`Error::OutOfMemory`](crate::Error::OutOfMemory) if the targets cannot be allocated.
    fn encode<T: Float>(
        &self,
        keypoints: ArrayView3<'_, T>,
        keypoints_visible: Option<ArrayView2<'_, T>>,
    ) -> Result<Self::Targets<T>> {
        self.encode_mixed(keypoints, keypoints_visible)
    }

    /// [`Self::encode`] for visibilities of another type than the keypoints; weights keep theirs.
    ///
    /// # Errors
    /// As for [`Self::encode`].
    fn encode_mixed<T: Float, V: Float>(
        &self,
        keypoints: ArrayView3<'_, T>,
        keypoints_visible: Option<ArrayView2<'_, V>>,
    ) -> Result<Self::Targets<V>> {
        let visible = keypoints_visible.as_ref().map(ndarray::ArrayBase::shape);
        let plan = EncodePlan::new(self, keypoints.shape(), visible, false)?;
        let points = Points::<_, _, D>::new(keypoints, keypoints_visible);
        let mut encoded = EncodedArrays::zeros(&plan.outputs)?;
        self.encode_sample(&points.sample(), encoded.arrays(&plan.outputs));
        Ok(Self::from_arrays(encoded))
    }

    /// Encodes a batch: keypoints (B, N, K, D) in input pixels, visibilities (B, N, K) or none; on
    /// several threads if the batch is large enough.
    ///
    /// ```
    /// use ndarray::{Array4, ArrayView4};
    /// use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
    /// use posecodec::codecs::Encode;
    ///
    /// let codec = UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default())?;
    /// let keypoints = Array4::<f32>::from_elem((8, 1, 17, 2), 96.0);
    /// let mut targets = codec.encode_batch(keypoints.view(), None)?;
    /// let heatmaps: ArrayView4<'_, f32> = targets.view("heatmaps")?;
    /// assert_eq!(heatmaps.dim(), (8, 17, 64, 48));
    /// codec.encode_batch_into(keypoints.view(), None, &mut targets)?; // the next batch
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Self::encode`].
    fn encode_batch<T: Float>(
        &self,
        keypoints: ArrayView4<'_, T>,
        keypoints_visible: Option<ArrayView3<'_, T>>,
    ) -> Result<EncodedBatch> {
        encoded_batch::encode_batch(self, keypoints, keypoints_visible)
    }

    /// [`Self::encode_batch`] into the arrays of an earlier batch of the same shape.
    ///
    /// # Errors
    /// As for [`Self::encode`], and for `targets` of other shapes or types.
    fn encode_batch_into<T: Float>(
        &self,
        keypoints: ArrayView4<'_, T>,
        keypoints_visible: Option<ArrayView3<'_, T>>,
        targets: &mut EncodedBatch,
    ) -> Result<()> {
        encoded_batch::encode_batch_into(self, keypoints, keypoints_visible, targets)
    }
}

/// The arrays of one sample, in the order of [`Encode::outputs`].
#[derive(Debug)]
pub struct SampleArrays<'a> {
    arrays: arrayvec::IntoIter<ArrayMut<'a>, MAX_OUTPUTS>,
    /// What the arrays hold before they are filled.
    pub init: Init,
}

impl<'a> SampleArrays<'a> {
    /// The arrays of one sample, in the order of [`Encode::outputs`].
    pub fn new(arrays: ArrayVec<ArrayMut<'a>, MAX_OUTPUTS>, init: Init) -> Self {
        Self { arrays: arrays.into_iter(), init }
    }

    /// The values of the next array.
    ///
    /// # Panics
    /// If it is not one of [`Encode::outputs`].
    #[inline]
    pub fn take<T: Element>(&mut self) -> &'a mut [T] {
        self.arrays.next().expect("as many arrays as outputs").values()
    }
}
