//! The number types of inputs and outputs, and their memory.

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
            $crate::element::Floats::F32($values) => $body,
            $crate::element::Floats::F64($values) => $body,
        }
    };
}
pub(crate) use with_floats;

/// The nearest single-precision number; finite if `value` is finite.
#[inline(always)]
pub(crate) fn single(value: f64) -> f32 {
    if value.is_finite() {
        value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
    } else {
        value as f32
    }
}

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
        match self {
            Self::F32(filled) => filled.iter_mut().zip(values).for_each(|(f, v)| *f = v as f32),
            Self::F64(filled) => filled.iter_mut().zip(values).for_each(|(f, v)| *f = v),
            Self::I8(_) | Self::I32(_) | Self::I64(_) => {}
        }
    }
}

/// The first `len` values of `rest`, which keeps the others.
pub(crate) fn split_off<'a, T>(rest: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    rest.split_off_mut(..len).expect("lengths were checked")
}
