//! The targets of a batch as `ndarray` arrays.

use ndarray::{ArrayD, ArrayView, ArrayView3, ArrayView4, Dimension, IxDyn};

use super::batch::fill;
use super::ndarray_outputs::zeros;
use super::{Encode, EncodePlan, Outputs, TargetArray, TargetValue};
use crate::element::Dtype;
use crate::error::{Error, Result, Shape};
use crate::float::Float;
use crate::plan::Init;

/// The targets of a batch: one array per output of the codec, each with a leading B.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EncodedBatch {
    arrays: Vec<(&'static str, TargetArray)>,
}

impl EncodedBatch {
    /// The array with the name that MMPose's dict has, such as `"heatmaps"`.
    pub fn get(&self, name: &str) -> Option<&TargetArray> {
        self.iter().find_map(|(found, array)| (found == name).then_some(array))
    }

    /// The array of this name with its number type and dimensions.
    ///
    /// ```
    /// use ndarray::{Array4, ArrayView4};
    /// use posecodec::codecs::Encode;
    /// use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
    ///
    /// let codec = UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default())?;
    /// let targets = codec.encode_batch(Array4::<f32>::zeros((8, 1, 17, 2)).view(), None)?;
    /// let heatmaps: ArrayView4<'_, f32> = targets.view("heatmaps")?;
    /// assert_eq!(heatmaps.dim(), (8, 17, 64, 48));
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a name that the codec does not have, and for another type or
    /// number of dimensions than the array's.
    pub fn view<T: TargetValue, D: Dimension>(&self, name: &str) -> Result<ArrayView<'_, T, D>> {
        let found = self.arrays.iter().find(|(found, _)| *found == name);
        let Some(&(name, ref array)) = found else {
            let names: Vec<_> = self.names().collect();
            return Err(Error::invalid("name", format!("must be one of {names:?}"), name));
        };
        array.view().ok_or_else(|| {
            let (dtype, shape) = (array.dtype(), Shape(array.shape()));
            let wanted = format!("must be viewed as {dtype:?} of shape {shape}");
            let dimensions = D::NDIM.unwrap_or(shape.0.len());
            Error::invalid(name, wanted, format!("{:?} of {dimensions} dimensions", T::DTYPE))
        })
    }

    /// Names, in the order of MMPose's dict.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.arrays.iter().map(|(name, _)| *name)
    }

    /// Names and arrays, in the order of MMPose's dict.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &TargetArray)> {
        self.arrays.iter().map(|(name, array)| (*name, array))
    }

    /// Multiplies the weights of all samples by those of the dataset's keypoints, one per keypoint, as
    /// MMPose's `GenerateTarget(use_dataset_keypoint_weights=True)` does. Without weights, such as those
    /// of a codec for displacements, nothing changes.
    ///
    /// ```
    /// use ndarray::{Array4, ArrayView3};
    /// use posecodec::codecs::Encode;
    /// use posecodec::codecs::simcc::{SimccLabel, SimccLabelOptions};
    ///
    /// let codec = SimccLabel::new([192, 256], SimccLabelOptions::default())?;
    /// let keypoints = Array4::<f32>::from_elem((8, 1, 3, 2), 96.0);
    /// let mut targets = codec.encode_batch(keypoints.view(), None)?;
    /// targets.multiply_weights(&[1.0, 1.2, 1.5])?;
    /// let weights: ArrayView3<'_, f32> = targets.view("keypoint_weights")?;
    /// assert_eq!(weights[[7, 0, 2]], 1.5);
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for another number of weights than keypoints.
    pub fn multiply_weights(&mut self, dataset_keypoint_weights: &[f64]) -> Result<()> {
        let weights = self.arrays.iter_mut().find(|(name, _)| *name == "keypoint_weights");
        let Some((_, weights)) = weights else { return Ok(()) };
        let count = weights.shape().last().copied().unwrap_or(0);
        if dataset_keypoint_weights.len() != count {
            let wanted = format!("must have {count} weights, one per keypoint");
            let got = dataset_keypoint_weights.len();
            return Err(Error::invalid("dataset_keypoint_weights", wanted, got));
        }
        fn multiply<T: Float>(weights: &mut ArrayD<T>, factors: &[f64]) {
            let factors = factors.iter().cycle();
            for (weight, &factor) in weights.iter_mut().zip(factors) {
                *weight = *weight * T::of(factor);
            }
        }
        match weights {
            TargetArray::F32(weights) => multiply(weights, dataset_keypoint_weights),
            TargetArray::F64(weights) => multiply(weights, dataset_keypoint_weights),
            TargetArray::I64(_) => {}
        }
        Ok(())
    }

    /// Arrays of zeros for the outputs; weights have the type `V`.
    fn zeros<V: Float>(outputs: &Outputs, batch: usize) -> Result<Self> {
        let arrays = outputs.iter().map(|output| {
            let shape = batch_shape(&output.shape, batch);
            Ok((
                output.name,
                match dtype_of::<V>(output.dtype) {
                    Dtype::Float64 => TargetArray::F64(zeros(output.name, IxDyn(&shape))?),
                    Dtype::Int64 => TargetArray::I64(zeros(output.name, IxDyn(&shape))?),
                    _ => TargetArray::F32(zeros(output.name, IxDyn(&shape))?),
                },
            ))
        });
        Ok(Self { arrays: arrays.collect::<Result<_>>()? })
    }

    /// Checks that there is one array per output, of its name, shape and type.
    fn check<V: Float>(&self, outputs: &Outputs, batch: usize) -> Result<()> {
        if self.arrays.len() != outputs.len() {
            let wanted = format!("must have {} arrays", outputs.len());
            return Err(Error::invalid("targets", wanted, self.arrays.len()));
        }
        for (output, (name, array)) in outputs.iter().zip(&self.arrays) {
            let shape = batch_shape(&output.shape, batch);
            let dtype = dtype_of::<V>(output.dtype);
            if *name != output.name || array.shape() != shape || array.dtype() != dtype {
                let wanted = format!("must be {dtype:?} of shape {}", Shape(&shape));
                let got = array.dtype();
                let got = format!("`{name}`, {got:?} of shape {}", Shape(array.shape()));
                return Err(Error::invalid(output.name, wanted, got));
            }
        }
        Ok(())
    }
}

/// Names and arrays, in the order of MMPose's dict.
impl IntoIterator for EncodedBatch {
    type Item = (&'static str, TargetArray);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.arrays.into_iter()
    }
}

/// The number type of an output whose weights have the type `V`.
fn dtype_of<V: Float>(dtype: Dtype) -> Dtype {
    if matches!(dtype, Dtype::Like(_)) { V::DTYPE } else { dtype }
}

fn batch_shape(shape: &[usize], batch: usize) -> Vec<usize> {
    [batch].into_iter().chain(shape.iter().copied()).collect()
}

/// Encodes a batch into new arrays.
pub(super) fn encode_batch<C: Encode<D> + ?Sized, T: Float, V: Float, const D: usize>(
    codec: &C,
    keypoints: ArrayView4<'_, T>,
    visible: Option<ArrayView3<'_, V>>,
) -> Result<EncodedBatch> {
    let plan = plan(codec, &keypoints, visible.as_ref())?;
    let mut encoded = EncodedBatch::zeros::<V>(&plan.outputs, plan.batch)?;
    fill_arrays(codec, &plan, keypoints, visible, &mut encoded, Init::Zeroed)?;
    Ok(encoded)
}

/// Encodes a batch into the arrays of an earlier one.
pub(super) fn encode_batch_into<C: Encode<D> + ?Sized, T: Float, V: Float, const D: usize>(
    codec: &C,
    keypoints: ArrayView4<'_, T>,
    visible: Option<ArrayView3<'_, V>>,
    encoded: &mut EncodedBatch,
) -> Result<()> {
    let plan = plan(codec, &keypoints, visible.as_ref())?;
    encoded.check::<V>(&plan.outputs, plan.batch)?;
    fill_arrays(codec, &plan, keypoints, visible, encoded, Init::Uninit)
}

fn plan<C: Encode<D> + ?Sized, T, V, const D: usize>(
    codec: &C,
    keypoints: &ArrayView4<'_, T>,
    visible: Option<&ArrayView3<'_, V>>,
) -> Result<EncodePlan> {
    EncodePlan::new(codec, keypoints.shape(), visible.map(ndarray::ArrayBase::shape), true)
}

fn fill_arrays<C: Encode<D> + ?Sized, T: Float, V: Float, const D: usize>(
    codec: &C,
    plan: &EncodePlan,
    keypoints: ArrayView4<'_, T>,
    visible: Option<ArrayView3<'_, V>>,
    encoded: &mut EncodedBatch,
    init: Init,
) -> Result<()> {
    let points = keypoints.as_standard_layout();
    let points = points.as_slice().expect("standard layout");
    let visible = visible.as_ref().map(|visible| visible.as_standard_layout());
    let visible = visible.as_ref().map(|visible| visible.as_slice().expect("standard layout"));
    let arrays = encoded.arrays.iter_mut();
    let arrays = arrays.map(|(_, array)| array.values_mut().expect("was made in standard layout"));
    fill(codec, plan, points, visible, arrays.collect(), init)
}
