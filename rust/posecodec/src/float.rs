//! The number types of the arrays that come in.

use std::ops::{BitOr, BitOrAssign, Neg};

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::plan::{Element, Floats};

mod sealed {
    pub trait Sealed {}
    impl Sealed for half::f16 {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// A coordinate or a visibility: `f32` or `f64`.
///
/// Coordinates are rounded in their own precision, as NumPy does, so that a float32 keypoint falls
/// into the cell that the reference puts it in.
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

macro_rules! real {
    ($real:ty, $floats:ident) => {
        impl Float for $real {
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
real!(f32, F32);
real!(f64, F64);

/// The nearest single-precision number, a finite one where this one is.
#[inline(always)]
pub(crate) fn single(value: f64) -> f32 {
    if value.is_finite() {
        value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
    } else {
        value as f32
    }
}

/// A value of a heatmap or a SimCC vector: `f16`, `f32` or `f64`.
///
/// Maxima are compared in the value's own precision; everything after works on single precision,
/// as the reference's blur does.
pub trait HeatmapValue:
    Copy + Neg<Output = Self> + Send + Sync + std::fmt::Debug + sealed::Sealed + 'static
{
    /// What the values compare as: integers for `f16`, which order as the floats do and vectorize
    /// everywhere, and the value itself for the others.
    type Key: Copy + PartialOrd + Send + Sync;
    /// An integer as wide as the value, in which NaNs are noted: lanes of one width vectorize.
    type Flag: Copy + PartialEq + BitOr<Output = Self::Flag> + BitOrAssign;
    /// No NaN.
    const NOT_NAN: Self::Flag;
    /// The key of the least value, negative infinity.
    const MIN_KEY: Self::Key;

    /// The bits as a signed integer: they order as the values do above 0, and NaNs with a clear sign
    /// come after them.
    type SignedBits: Copy + Ord;
    /// The bits as an unsigned integer: NaNs with their sign set come last.
    type Bits: Copy + Ord;
    /// The least signed integer.
    const MIN_SIGNED_BITS: Self::SignedBits;
    /// The bits of infinity, beyond which NaNs begin.
    const INFINITY_SIGNED_BITS: Self::SignedBits;
    /// The bits of negative infinity, beyond which NaNs begin.
    const NEGATIVE_INFINITY_BITS: Self::Bits;

    /// This value's bits.
    fn to_signed_bits(self) -> Self::SignedBits;
    /// This value's bits.
    fn to_bits(self) -> Self::Bits;
    /// The value of these bits.
    fn from_signed_bits(bits: Self::SignedBits) -> Self;
    /// What this value compares as.
    fn order_key(self) -> Self::Key;
    /// All bits set where this value is not a number, else clear.
    fn nan_mask(self) -> Self::Flag;
    /// The nearest value of this type.
    fn of(value: f64) -> Self;
    /// The nearest single-precision number, a finite one where this one is.
    fn as_f32(self) -> f32;
    /// The same number in double precision.
    fn as_f64(self) -> f64;
    /// The averages of two slices of one length, into the second: `(one + other) * 0.5`, each step
    /// rounded to this type.
    fn average(values: &[Self], others: &mut [Self]);

    /// The nearest single-precision numbers of a slice, into one of the same length.
    #[inline(always)]
    fn convert_to_f32(values: &[Self], convert_to_f32: &mut [f32]) {
        for (single, value) in convert_to_f32.iter_mut().zip(values) {
            *single = value.as_f32();
        }
    }

    /// The same in a buffer of the same length, or the slice itself where it is of single precision.
    #[inline(always)]
    fn as_f32_slice<'a>(values: &'a [Self], buffer: &'a mut [f32]) -> &'a [f32] {
        Self::convert_to_f32(values, buffer);
        buffer
    }
}

macro_rules! response {
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
response! { f32, u32, i32, std::convert::identity;
    #[inline(always)]
    fn convert_to_f32(values: &[Self], convert_to_f32: &mut [f32]) {
        convert_to_f32.copy_from_slice(values);
    }
    #[inline(always)]
    fn as_f32_slice<'a>(values: &'a [Self], _: &'a mut [f32]) -> &'a [f32] {
        values
    }
}
response! { f64, u64, i64, single; }

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

    /// The bits as an integer that orders as the floats do: negative ones count downwards.
    #[inline(always)]
    fn order_key(self) -> i16 {
        let bits = self.to_bits() as i16;
        bits ^ ((bits >> 15) & i16::MAX)
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

    /// Halving rounds nothing that the sum's rounding has not rounded, so that one conversion does
    /// for both; but a sum beyond the largest float16 is infinite before it is halved.
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

    /// With the processor's conversion, which one value at a time would have to look for each time.
    #[inline(always)]
    fn convert_to_f32(values: &[Self], convert_to_f32: &mut [f32]) {
        values.convert_to_f32_slice(convert_to_f32);
    }
}
