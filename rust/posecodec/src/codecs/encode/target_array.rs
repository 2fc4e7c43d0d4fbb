//! An array of targets whose number type is known at run time.

use ndarray::{ArrayD, ArrayView, ArrayViewD, Dimension};

use crate::codecs::sealed::Sealed;
use crate::element::{ArrayMut, Dtype, Element};

/// One array of an [`EncodedBatch`](super::EncodedBatch).
#[derive(Debug, Clone, PartialEq)]
pub enum TargetArray {
    /// In single precision.
    F32(ArrayD<f32>),
    /// In double precision.
    F64(ArrayD<f64>),
    /// Integers.
    I64(ArrayD<i64>),
}

impl TargetArray {
    /// The array with its number type and dimensions, if it has these.
    ///
    /// ```
    /// use ndarray::{ArrayD, ArrayView1, ArrayView2};
    /// use posecodec::codecs::TargetArray;
    ///
    /// let array = TargetArray::F32(ArrayD::zeros(vec![8, 17]));
    /// let weights: Option<ArrayView2<'_, f32>> = array.view();
    /// assert_eq!(weights.map(|weights| weights.dim()), Some((8, 17)));
    /// let other: Option<ArrayView1<'_, f64>> = array.view();
    /// assert!(other.is_none());
    /// ```
    pub fn view<T: TargetValue, D: Dimension>(&self) -> Option<ArrayView<'_, T, D>> {
        T::view(self)?.into_dimensionality().ok()
    }

    /// Its shape.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::F32(array) => array.shape(),
            Self::F64(array) => array.shape(),
            Self::I64(array) => array.shape(),
        }
    }

    /// Its number type.
    pub(super) fn dtype(&self) -> Dtype {
        match self {
            Self::F32(_) => Dtype::Float32,
            Self::F64(_) => Dtype::Float64,
            Self::I64(_) => Dtype::Int64,
        }
    }

    /// Its values, if they are in standard layout.
    pub(super) fn values_mut(&mut self) -> Option<ArrayMut<'_>> {
        Some(match self {
            Self::F32(array) => ArrayMut::F32(array.as_slice_mut()?),
            Self::F64(array) => ArrayMut::F64(array.as_slice_mut()?),
            Self::I64(array) => ArrayMut::I64(array.as_slice_mut()?),
        })
    }
}

/// A number type of targets: `f32`, `f64` or `i64`.
pub trait TargetValue: Sealed + Element {
    /// The array, if it has this type.
    #[doc(hidden)]
    fn view(array: &TargetArray) -> Option<ArrayViewD<'_, Self>>;
}

macro_rules! target_values {
    ($($value:ty, $variant:ident;)*) => {$(
        impl Sealed for $value {}

        impl TargetValue for $value {
            fn view(array: &TargetArray) -> Option<ArrayViewD<'_, Self>> {
                if let TargetArray::$variant(array) = array { Some(array.view()) } else { None }
            }
        }
    )*};
}
target_values! {
    f32, F32;
    f64, F64;
    i64, I64;
}
