//! Outputs in three steps: a codec plans the outputs of a call from shapes alone, the caller
//! allocates them, and the codec fills them.

use arrayvec::ArrayVec;

use crate::check::product;
use crate::error::{Error, Result};
use crate::float::{Float, single};

/// The shape of an output for one sample.
pub type OutputShape = ArrayVec<usize, 4>;

/// The number type of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dtype {
    /// Single precision.
    Float32,
    /// Double precision.
    Float64,
    /// 8-bit integers.
    Int8,
    /// 32-bit integers.
    Int32,
    /// 64-bit integers.
    Int64,
    /// The dtype of the argument of this name; single precision if it was omitted.
    Like(&'static str),
}

/// The dimension over which an output has one entry or one array each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// One array per sample, of a shape that does not depend on the number of instances.
    Sample,
    /// One row per frame of a sample.
    Frame,
    /// One row per instance of a sample.
    Instance,
    /// One item of a list per sample, which is not an array.
    List,
    /// One item per call, which is not an array.
    Call,
}

/// Where the values of an output come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Source {
    /// The codec computes them.
    Computed,
    /// The array of the argument of this name, as it was passed.
    Argument(&'static str),
    /// A copy of that array.
    CopyOf(&'static str),
    /// The values of the earlier output of this name.
    SameAs(&'static str),
    /// This value.
    Value(Value),
}

/// An output that is not an array.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// No value.
    None,
    /// A truth value.
    Bool(bool),
    /// The index of a keypoint.
    Index(usize),
    /// A number.
    Float(f64),
    /// The cameras with normalized intrinsics, in the form in which the caller describes cameras.
    Cameras,
}

/// One output of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Its key in the dict that MMPose's codec returns.
    pub name: &'static str,
    /// The number type.
    pub dtype: Dtype,
    /// The shape for one sample; empty for an output that is not an array.
    pub shape: OutputShape,
    /// The dimension over which it has one entry or one array each.
    pub per: Per,
    /// Where its values come from.
    pub source: Source,
}

impl Output {
    /// An array that the codec computes.
    pub(crate) fn new(name: &'static str, dtype: Dtype, shape: &[usize], per: Per) -> Self {
        let shape = shape.iter().copied().collect();
        Self { name, dtype, shape, per, source: Source::Computed }
    }

    /// An item that is not an array.
    pub(crate) fn value(name: &'static str, value: Value, per: Per) -> Self {
        let (dtype, shape, source) = (Dtype::Float32, OutputShape::new(), Source::Value(value));
        Self { name, dtype, shape, per, source }
    }

    /// The output with values from another source.
    pub(crate) fn from_source(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// `heatmaps`: (`maps`, H, W).
    pub(crate) fn heatmaps(maps: usize, [width, height]: [usize; 2]) -> Self {
        Self::new("heatmaps", Dtype::Float32, &[maps, height, width], Per::Sample)
    }

    /// `keypoint_weights`: (N, K).
    pub(crate) fn weights(dtype: Dtype, instances: usize, keypoints: usize) -> Self {
        Self::new("keypoint_weights", dtype, &[instances, keypoints], Per::Instance)
    }

    /// Whether the codec fills it.
    pub fn is_computed(&self) -> bool {
        self.source == Source::Computed
    }

    /// Number of values per sample; `None` if they cannot be addressed.
    pub fn len(&self) -> Option<usize> {
        product(&self.shape)
    }

    /// Whether the output has no value.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Checks the length and the number type of the array for this output of `batch` samples.
    /// `like` is the number type that [`Dtype::Like`] stands for.
    pub(crate) fn check(&self, array: &ArrayMut<'_>, batch: usize, like: Dtype) -> Result<()> {
        let dtype = if matches!(self.dtype, Dtype::Like(_)) { like } else { self.dtype };
        if array.dtype() != dtype {
            let wanted = format!("must hold {dtype:?} values");
            return Err(Error::invalid(self.name, wanted, format!("{:?}", array.dtype())));
        }
        let len = self.len().and_then(|len| len.checked_mul(batch));
        if len != Some(array.len()) {
            let len = len.map_or_else(|| "more".to_owned(), |len| len.to_string());
            let wanted = format!("must have {len} values");
            return Err(Error::invalid(self.name, wanted, array.len()));
        }
        Ok(())
    }
}

/// What the values of a new array are before they are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Init {
    /// Zeros, which need no clearing.
    Zeroed,
    /// Any value.
    Uninit,
}

impl Init {
    /// Writes zeros, unless the values are zeros already.
    #[inline]
    pub(crate) fn clear(self, values: &mut [f32]) {
        if self == Self::Uninit {
            values.fill(0.0);
        }
    }
}

/// The numbers of an argument.
#[derive(Debug, Clone, Copy)]
pub enum Floats<'a> {
    /// In single precision.
    F32(&'a [f32]),
    /// In double precision.
    F64(&'a [f64]),
}

impl Floats<'_> {
    /// Their number type.
    pub fn dtype(&self) -> Dtype {
        match self {
            Self::F32(_) => Dtype::Float32,
            Self::F64(_) => Dtype::Float64,
        }
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
        }
    }

    /// Whether there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Evaluates an expression with the values of [`Floats`] in their own type.
macro_rules! with_floats {
    ($floats:expr, $values:ident => $body:expr) => {
        match $floats {
            $crate::plan::Floats::F32($values) => $body,
            $crate::plan::Floats::F64($values) => $body,
        }
    };
}
pub(crate) use with_floats;

/// The memory of one output.
#[derive(Debug)]
pub enum ArrayMut<'a> {
    /// Single precision.
    F32(&'a mut [f32]),
    /// Double precision.
    F64(&'a mut [f64]),
    /// 8-bit integers.
    I8(&'a mut [i8]),
    /// 32-bit integers.
    I32(&'a mut [i32]),
    /// 64-bit integers.
    I64(&'a mut [i64]),
}

/// A number that an output can hold.
pub trait Element: Copy + Default + Send + Sync {
    /// The number type.
    const DTYPE: Dtype;
    /// The array as values of this type, or `None` if it has another type.
    fn of_array(array: ArrayMut<'_>) -> Option<&mut [Self]>;
    /// These values as the memory of an output.
    fn into_array(values: &mut [Self]) -> ArrayMut<'_>;
}

macro_rules! elements {
    ($($element:ty, $variant:ident, $dtype:ident;)*) => {
        $(
            impl Element for $element {
                const DTYPE: Dtype = Dtype::$dtype;

                #[inline]
                fn of_array(array: ArrayMut<'_>) -> Option<&mut [Self]> {
                    if let ArrayMut::$variant(values) = array { Some(values) } else { None }
                }

                #[inline]
                fn into_array(values: &mut [Self]) -> ArrayMut<'_> {
                    ArrayMut::$variant(values)
                }
            }

        )*

        impl<'a> ArrayMut<'a> {
            /// The number type.
            pub fn dtype(&self) -> Dtype {
                match self {
                    $(Self::$variant(_) => Dtype::$dtype,)*
                }
            }

            /// Number of values.
            pub fn len(&self) -> usize {
                match self {
                    $(Self::$variant(values) => values.len(),)*
                }
            }

            /// Removes the first `len` values and returns them.
            ///
            /// # Panics
            /// If there are fewer.
            pub fn split_off(&mut self, len: usize) -> Self {
                match self {
                    $(Self::$variant(values) => Self::$variant(split_off(values, len)),)*
                }
            }
        }
    };
}
elements! {
    f32, F32, Float32;
    f64, F64, Float64;
    i8, I8, Int8;
    i32, I32, Int32;
    i64, I64, Int64;
}

impl<'a> ArrayMut<'a> {
    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values in their own type, which was checked before.
    #[inline]
    pub(crate) fn values<T: Element>(self) -> &'a mut [T] {
        T::of_array(self).expect("the dtype was checked")
    }

    /// Fills the array with a number, rounded to its precision; a finite one stays finite.
    pub(crate) fn fill_finite(self, value: f64) {
        match self {
            Self::F32(filled) => filled.fill(single(value)),
            Self::F64(filled) => filled.fill(value),
            Self::I8(_) | Self::I32(_) | Self::I64(_) => {}
        }
    }

    /// Fills the array with one number per value, rounded to its precision.
    pub(crate) fn fill_from(self, values: impl Iterator<Item = f64>) {
        fn fill<T: Float>(filled: &mut [T], values: impl Iterator<Item = f64>) {
            filled.iter_mut().zip(values).for_each(|(filled, value)| *filled = T::of(value));
        }
        match self {
            Self::F32(filled) => fill(filled, values),
            Self::F64(filled) => fill(filled, values),
            Self::I8(_) | Self::I32(_) | Self::I64(_) => {}
        }
    }
}

/// The first `len` values of `rest`, which keeps the others.
pub(crate) fn split_off<'a, T>(rest: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    rest.split_off_mut(..len).expect("lengths were checked")
}
