//! The number types of input arrays.

use std::ops::{BitOr, BitOrAssign, Neg};

use half::f16;
use half::slice::HalfFloatSliceExt;

pub(crate) use crate::element::single;
use crate::element::{Element, Floats};

mod sealed {
    pub trait Sealed {}
    impl Sealed for half::f16 {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A coordinate or a visibility: `f32` or `f64`.
///
/// Coordinates are rounded in their own precision, as NumPy does, so that a float32 keypoint rounds to
/// the same heatmap pixel as in MMPose.
pub trait Float: num_traits::Float + Element + std::fmt::Debug + sealed::Sealed + 'static {
    /// The nearest number of this type.
    fn of(value: f64) -> Self;
    /// The same number in double precision.
    fn as_f64(self) -> f64;
    /// Rounded to the nearest integer, half to even, as `np.around`.
    fn round_half_even(self) -> Self;
    /// These numbers, their type known at run time.
    fn floats(values: &[Self]) -> Floats<'_>;
    /// The numbers as values of this type, if they are.
    fn of_floats(floats: Floats<'_>) -> Option<&[Self]>;
}

macro_rules! float {
    ($float:ty, $floats:ident) => {
        impl Float for $float {
            #[inline(always)]
            fn of(value: f64) -> Self {
                value as Self
            }
            #[inline(always)]
            fn as_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn round_half_even(self) -> Self {
                self.round_ties_even()
            }
            #[inline(always)]
            fn floats(values: &[Self]) -> Floats<'_> {
                Floats::$floats(values)
            }
            #[inline(always)]
            fn of_floats(floats: Floats<'_>) -> Option<&[Self]> {
                if let Floats::$floats(values) = floats { Some(values) } else { None }
            }
        }
    };
}
float!(f32, F32);
float!(f64, F64);

/// A value of a heatmap or a SimCC vector: `f16`, `f32` or `f64`.
///
/// Maxima are compared in the value's own precision. All later steps work in single precision, like
/// MMPose's blur.
///
/// Three integer views of the bits let the kernels compare values without branches: [`Self::order_key`]
/// orders all numbers, [`Self::to_signed_bits`] orders positive ones, and [`Self::to_bits`] finds NaNs
/// with the sign bit.
pub trait HeatmapValue:
    Copy + Default + Neg<Output = Self> + Send + Sync + std::fmt::Debug + sealed::Sealed + 'static
{
    /// The type of [`Self::order_key`]: an integer for `f16`, whose comparison vectorizes at every tier,
    /// and the float itself for the others.
    type Key: Copy + PartialOrd + Send + Sync;
    /// The type of [`Self::nan_mask`]: an integer as wide as the value, as lanes of one width vectorize.
    type Flag: Copy + PartialEq + BitOr<Output = Self::Flag> + BitOrAssign;
    /// The mask of a number.
    const NOT_NAN: Self::Flag;
    /// The order key of negative infinity.
    const MIN_KEY: Self::Key;

    /// A signed integer as wide as the value. Positive values have the order of their signed bits; NaNs
    /// without the sign bit come after them.
    type SignedBits: Copy + Ord;
    /// An unsigned integer as wide as the value. NaNs with the sign bit have the largest bits.
    type Bits: Copy + Ord;
    /// The precision in which bottom-up codecs compute: double for `f16`, the value's own for the others.
    type Compute: Float;
    /// The smallest signed integer.
    const MIN_SIGNED_BITS: Self::SignedBits;
    /// The signed bits of infinity. Larger ones are NaN.
    const INFINITY_SIGNED_BITS: Self::SignedBits;
    /// The bits of negative infinity. Larger ones are NaN.
    const NEGATIVE_INFINITY_BITS: Self::Bits;

    /// The bits as a signed integer.
    fn to_signed_bits(self) -> Self::SignedBits;
    /// The bits as an unsigned integer.
    fn to_bits(self) -> Self::Bits;
    /// The value with these signed bits.
    fn from_signed_bits(bits: Self::SignedBits) -> Self;
    /// The value to compare: it orders numbers as the values themselves.
    fn order_key(self) -> Self::Key;
    /// The value with this order key.
    fn from_order_key(key: Self::Key) -> Self;
    /// An integer with the order of the numbers: 0 and -0 have the same, and NaN has the largest.
    fn rank(self) -> Self::SignedBits;
    /// All bits set for NaN, all bits clear for a number.
    fn nan_mask(self) -> Self::Flag;
    /// The nearest value of this type.
    fn of(value: f64) -> Self;
    /// The nearest single-precision number; finite if the value is finite.
    fn as_f32(self) -> f32;
    /// The same number in double precision.
    fn as_f64(self) -> f64;
    /// The same number in [`Self::Compute`].
    #[inline(always)]
    fn to_compute(self) -> Self::Compute {
        Self::Compute::of(self.as_f64())
    }
    /// Replaces `others` by the averages of two slices of one length: `(value + other) * 0.5`, each step
    /// rounded to this type.
    fn average(values: &[Self], others: &mut [Self]);

    /// Converts a slice to single precision, into a slice of the same length.
    #[inline(always)]
    fn convert_to_f32(values: &[Self], singles: &mut [f32]) {
        for (single, value) in singles.iter_mut().zip(values) {
            *single = value.as_f32();
        }
    }

    /// The slice in single precision: converted into a buffer of the same length, or the slice itself if
    /// it is of single precision.
    #[inline(always)]
    fn as_f32_slice<'a>(values: &'a [Self], buffer: &'a mut [f32]) -> &'a [f32] {
        Self::convert_to_f32(values, buffer);
        buffer
    }
}

/// [`HeatmapValue::rank`]: the magnitude of a positive number's bits, and minus that of a negative one's.
macro_rules! rank_of_bits {
    ($value:expr, $bits:ty) => {{
        let bits = HeatmapValue::to_signed_bits($value);
        let magnitude = if bits < 0 { <$bits>::MIN.wrapping_sub(bits) } else { bits };
        if $value.nan_mask() == Self::NOT_NAN { magnitude } else { <$bits>::MAX }
    }};
}

macro_rules! heatmap_value {
    ($float:ty, $flag:ty, $bits:ty, $single:expr; $($own:tt)*) => {
        impl HeatmapValue for $float {
            type Key = $float;
            type Flag = $flag;
            const NOT_NAN: $flag = 0;
            const MIN_KEY: $float = <$float>::NEG_INFINITY;
            type SignedBits = $bits;
            type Bits = $flag;
            const MIN_SIGNED_BITS: $bits = <$bits>::MIN;
            const INFINITY_SIGNED_BITS: $bits = <$float>::INFINITY.to_bits() as $bits;
            const NEGATIVE_INFINITY_BITS: $flag = <$float>::NEG_INFINITY.to_bits();
            type Compute = $float;

            #[inline(always)]
            fn to_signed_bits(self) -> $bits {
                self.to_bits() as $bits
            }
            #[inline(always)]
            fn to_bits(self) -> $flag {
                self.to_bits()
            }
            #[inline(always)]
            fn from_signed_bits(bits: $bits) -> Self {
                Self::from_bits(bits as $flag)
            }

            #[inline(always)]
            fn order_key(self) -> $float {
                self
            }
            #[inline(always)]
            fn from_order_key(key: $float) -> Self {
                key
            }
            #[inline(always)]
            fn rank(self) -> $bits {
                rank_of_bits!(self, $bits)
            }
            #[inline(always)]
            fn nan_mask(self) -> $flag {
                if self.is_nan() { <$flag>::MAX } else { 0 }
            }
            #[inline(always)]
            fn of(value: f64) -> Self {
                value as Self
            }
            #[inline(always)]
            fn as_f32(self) -> f32 {
                $single(self)
            }
            #[inline(always)]
            fn as_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn average(values: &[Self], others: &mut [Self]) {
                for (other, &value) in others.iter_mut().zip(values) {
                    *other = (value + *other) * 0.5;
                }
            }

            $($own)*
        }
    };
}
heatmap_value! { f32, u32, i32, std::convert::identity;
    #[inline(always)]
    fn convert_to_f32(values: &[Self], singles: &mut [f32]) {
        singles.copy_from_slice(values);
    }
    #[inline(always)]
    fn as_f32_slice<'a>(values: &'a [Self], _: &'a mut [f32]) -> &'a [f32] {
        values
    }
}
heatmap_value! { f64, u64, i64, single; }

impl HeatmapValue for f16 {
    type Key = i16;
    type Flag = u16;
    const NOT_NAN: u16 = 0;
    const MIN_KEY: i16 = i16::MIN;
    type SignedBits = i16;
    type Bits = u16;
    const MIN_SIGNED_BITS: i16 = i16::MIN;
    const INFINITY_SIGNED_BITS: i16 = f16::INFINITY.to_bits() as i16;
    const NEGATIVE_INFINITY_BITS: u16 = f16::NEG_INFINITY.to_bits();
    type Compute = f64;

    #[inline(always)]
    fn to_signed_bits(self) -> i16 {
        self.to_bits() as i16
    }
    #[inline(always)]
    fn to_bits(self) -> u16 {
        self.to_bits()
    }
    #[inline(always)]
    fn from_signed_bits(bits: i16) -> Self {
        Self::from_bits(bits as u16)
    }

    /// The bits as an integer with the order of the floats: the bits of negative ones are inverted.
    #[inline(always)]
    fn order_key(self) -> i16 {
        let bits = self.to_bits() as i16;
        bits ^ ((bits >> 15) & i16::MAX)
    }
    #[inline(always)]
    fn from_order_key(key: i16) -> Self {
        Self::from_bits((key ^ ((key >> 15) & i16::MAX)) as u16)
    }
    #[inline(always)]
    fn rank(self) -> i16 {
        rank_of_bits!(self, i16)
    }
    #[inline(always)]
    fn nan_mask(self) -> u16 {
        if (self.to_bits() & 0x7fff) as i16 > 0x7c00 { u16::MAX } else { 0 }
    }
    #[inline(always)]
    fn of(value: f64) -> Self {
        f16::from_f64(value)
    }
    #[inline(always)]
    fn as_f32(self) -> f32 {
        self.to_f32()
    }
    #[inline(always)]
    fn as_f64(self) -> f64 {
        f64::from(self.to_f32())
    }

    /// Halving is exact once the sum is rounded, so one conversion to float16 rounds both steps. But a sum
    /// above the largest float16 is infinite before it is halved.
    #[inline(always)]
    fn average(values: &[Self], others: &mut [Self]) {
        const BLOCK: usize = 512;
        const OVERFLOW: f32 = 65520.0;
        let (mut ones, mut halves) = ([0f32; BLOCK], [0f32; BLOCK]);
        for (values, others) in values.chunks(BLOCK).zip(others.chunks_mut(BLOCK)) {
            let (ones, halves) = (&mut ones[..values.len()], &mut halves[..values.len()]);
            values.convert_to_f32_slice(ones);
            others.convert_to_f32_slice(halves);
            for (half, &one) in halves.iter_mut().zip(&*ones) {
                let sum = *half + one;
                *half = sum * if sum.abs() < OVERFLOW { 0.5 } else { f32::INFINITY };
            }
            others.convert_from_f32_slice(halves);
        }
    }

    /// Converts the whole slice with the processor's instruction; per value, its availability would be
    /// tested each time.
    #[inline(always)]
    fn convert_to_f32(values: &[Self], singles: &mut [f32]) {
        values.convert_to_f32_slice(singles);
    }
}
