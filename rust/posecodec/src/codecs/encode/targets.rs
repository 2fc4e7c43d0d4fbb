//! The arrays that encoders fill.

use arrayvec::ArrayVec;
use ndarray::{Array, Array2, Array3, ArrayD, Dimension, IntoDimension};

use crate::codecs::check::product;
use crate::error::{Result, try_with_capacity};

/// What numbers a target holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// Single precision.
    Float32,
    /// 64-bit integers.
    Int64,
    /// Whatever the visibilities are, as they are where all goes well.
    Visibility,
}

/// One array that an encoder fills for a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name in the reference's dict.
    pub name: &'static str,
    /// Its shape for one sample.
    pub shape: ArrayVec<usize, 4>,
    /// What it holds.
    pub kind: TargetKind,
}

impl Target {
    pub(crate) fn float32(name: &'static str, shape: &[usize]) -> Self {
        Self { name, shape: shape.iter().copied().collect(), kind: TargetKind::Float32 }
    }

    pub(crate) fn heatmaps(maps: usize, [width, height]: [usize; 2]) -> Self {
        Self::float32("heatmaps", &[maps, height, width])
    }

    pub(crate) fn weights(kind: TargetKind, instances: usize, keypoints: usize) -> Self {
        let shape = [instances, keypoints].into_iter().collect();
        Self { name: "keypoint_weights", shape, kind }
    }

    /// Number of values; `None` where it is too large to be addressed.
    pub fn len(&self) -> Option<usize> {
        product(&self.shape)
    }

    /// Whether the target holds no value.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }
}

/// What the arrays to be filled hold before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Init {
    /// Zeros, which need not be written again.
    Zeroed,
    /// Anything.
    Uninit,
}

/// The arrays of one sample, to be filled.
#[derive(Debug)]
pub struct SampleTargets<'a, V> {
    /// Those of [`TargetKind::Float32`], in the order of [`Encode::targets`](super::Encode::targets).
    pub floats: ArrayVec<&'a mut [f32], 4>,
    /// The one of [`TargetKind::Int64`]; empty where the codec has none.
    pub integers: &'a mut [i64],
    /// The one of [`TargetKind::Visibility`]; empty where the codec has none.
    pub weights: &'a mut [V],
    /// What they hold before.
    pub memory: Init,
}

/// The arrays of one sample, filled.
#[derive(Debug)]
pub struct Filled<V> {
    /// Those of [`TargetKind::Float32`], in the order of [`Encode::targets`](super::Encode::targets).
    pub floats: Vec<ArrayD<f32>>,
    /// The one of [`TargetKind::Int64`]; empty where the codec has none.
    pub integers: ArrayD<i64>,
    /// The one of [`TargetKind::Visibility`]; empty where the codec has none.
    pub weights: Array2<V>,
}

/// The single-precision arrays by position. Panics where there are not `M` of them.
pub(crate) fn arrays<const M: usize>(floats: ArrayVec<&mut [f32], 4>) -> [&mut [f32]; M] {
    let mut floats = floats.into_iter();
    std::array::from_fn(|_| floats.next().expect("as many arrays as targets"))
}

/// A fresh array of zeros, or [`Error::OutOfMemory`](crate::Error::OutOfMemory).
pub(crate) fn zeros<T: Clone + Default, D: Dimension>(
    purpose: &'static str,
    shape: impl IntoDimension<Dim = D>,
) -> Result<Array<T, D>> {
    let shape = shape.into_dimension();
    let len = shape.size_checked().unwrap_or(usize::MAX);
    let mut values = try_with_capacity(purpose, len)?;
    values.resize(len, T::default());
    Ok(Array::from_shape_vec(shape, values).expect("as many values as the shape says"))
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
    pub(crate) fn from_arrays(filled: Filled<V>) -> Self {
        let [heatmaps] = dimensioned(filled.floats);
        Self { heatmaps, keypoint_weights: filled.weights }
    }
}

/// The arrays with their number of dimensions in the type. Panics where they are not `M` such.
pub(crate) fn dimensioned<T, D: ndarray::Dimension, const M: usize>(
    arrays: Vec<ArrayD<T>>,
) -> [ndarray::Array<T, D>; M] {
    let mut arrays = arrays.into_iter().map(ndarray::ArrayBase::into_dimensionality::<D>);
    std::array::from_fn(|_| {
        arrays.next().expect("as many arrays as targets").expect("the target's dimensions")
    })
}
