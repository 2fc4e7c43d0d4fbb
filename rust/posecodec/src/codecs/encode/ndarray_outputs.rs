//! The outputs of one sample as `ndarray` arrays.

use ndarray::{Array, Array2, Array3, ArrayD, Dimension, IntoDimension, IxDyn};

use super::{Outputs, SampleArrays};
use crate::element::{ArrayMut, Dtype};
use crate::error::{Result, try_with_capacity};
use crate::float::Float;
use crate::plan::Init;

/// The arrays of one sample.
#[derive(Debug)]
pub struct EncodedArrays<V> {
    /// Those of [`Dtype::Float32`], in the order of [`Encode::outputs`](super::Encode::outputs).
    pub floats: Vec<ArrayD<f32>>,
    /// Those of [`Dtype::Float64`], in their order.
    pub doubles: Vec<ArrayD<f64>>,
    /// The one of [`Dtype::Int64`]; empty if the codec has none.
    pub integers: ArrayD<i64>,
    /// The one with the dtype of the visibilities; empty if the codec has none.
    pub weights: ArrayD<V>,
}

impl<V: Float> EncodedArrays<V> {
    /// Allocates arrays of zeros for the outputs.
    pub(super) fn zeros(outputs: &Outputs) -> Result<Self> {
        let mut encoded = Self {
            floats: Vec::new(),
            doubles: Vec::new(),
            integers: ArrayD::from_elem(&[0][..], 0),
            weights: ArrayD::from_elem(&[0][..], V::zero()),
        };
        for output in outputs {
            let shape = IxDyn(&output.shape);
            match output.dtype {
                Dtype::Int64 => encoded.integers = zeros(output.name, shape)?,
                Dtype::Like(_) => encoded.weights = zeros(output.name, shape)?,
                Dtype::Float64 => encoded.doubles.push(zeros(output.name, shape)?),
                _ => encoded.floats.push(zeros(output.name, shape)?),
            }
        }
        Ok(encoded)
    }

    /// Their memory, in the order of the outputs.
    pub(super) fn arrays(&mut self, outputs: &Outputs) -> SampleArrays<'_> {
        fn memory<T, D: Dimension>(array: &mut Array<T, D>) -> &mut [T] {
            array.as_slice_mut().expect("freshly made")
        }
        let (mut floats, mut doubles) = (self.floats.iter_mut(), self.doubles.iter_mut());
        let mut integers = Some(&mut self.integers);
        let mut weights = Some(&mut self.weights);
        let arrays = outputs.iter().map(|output| match output.dtype {
            Dtype::Int64 => ArrayMut::I64(memory(integers.take().expect("one of them"))),
            Dtype::Like(_) => V::into_array(memory(weights.take().expect("one of them"))),
            Dtype::Float64 => ArrayMut::F64(memory(doubles.next().expect("one per output"))),
            _ => ArrayMut::F32(memory(floats.next().expect("one per output"))),
        });
        SampleArrays::new(arrays.collect(), Init::Zeroed)
    }
}

/// A new array of zeros, or [`Error::OutOfMemory`](crate::Error::OutOfMemory).
pub(crate) fn zeros<T: Clone + Default, D: Dimension>(
    purpose: &'static str,
    shape: impl IntoDimension<Dim = D>,
) -> Result<Array<T, D>> {
    let shape = shape.into_dimension();
    let len = shape.size_checked().unwrap_or(usize::MAX);
    let mut values = try_with_capacity(purpose, len)?;
    values.resize(len, T::default());
    Ok(Array::from_shape_vec(shape, values).expect("as many values as the shape has"))
}

/// Heatmaps and weights of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapTargets<V> {
    /// (K, H, W), or (3K, H, W) for UDP's `combined`.
    pub heatmaps: Array3<f32>,
    /// (N, K): the visibilities, 0 for keypoints without a target.
    pub keypoint_weights: Array2<V>,
}

impl<V> HeatmapTargets<V> {
    pub(crate) fn from_arrays(encoded: EncodedArrays<V>) -> Self {
        let [heatmaps] = dimensioned(encoded.floats);
        Self { heatmaps, keypoint_weights: matrix(encoded.weights) }
    }
}

/// An array of two dimensions. Panics if it is not one.
pub(crate) fn matrix<T>(array: ArrayD<T>) -> Array2<T> {
    array.into_dimensionality().expect("the output's dimensions")
}

/// The arrays with their number of dimensions in the type. Panics if they are not `M` such arrays.
pub(crate) fn dimensioned<T, D: Dimension, const M: usize>(
    arrays: Vec<ArrayD<T>>,
) -> [Array<T, D>; M] {
    let mut arrays = arrays.into_iter().map(ndarray::ArrayBase::into_dimensionality::<D>);
    std::array::from_fn(|_| {
        arrays.next().expect("as many arrays as outputs").expect("the output's dimensions")
    })
}
