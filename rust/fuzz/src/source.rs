//! Numbers, sizes and arrays made of the fuzzer's bytes.

use arbitrary::{Arbitrary, Result, Unstructured};
use half::f16;
use ndarray::{Array, ArrayView, Dimension, IntoDimension, ShapeBuilder, Slice};

/// The maximum length of an array: enough for every branch, and fast.
const MAX_VALUES: usize = 1 << 15;

/// A number type of the crate's inputs.
pub(crate) trait Number: Copy + 'static {
    fn of(value: f64) -> Self;
}

macro_rules! number {
    ($($number:ty: $convert:expr),*) => {
        $(impl Number for $number {
            fn of(value: f64) -> Self {
                $convert(value)
            }
        })*
    };
}
number!(f16: f16::from_f64, f32: |value| value as f32, f64: |value| value, i64: |value| value as i64);

/// Any number: an ordinary one, a limit of the floats, or any bits.
pub(crate) struct Any(pub(crate) f64);

impl<'a> Arbitrary<'a> for Any {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const LIMITS: [f64; 20] = [
            0.0,
            -0.0,
            0.5,
            1.0,
            -1.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            f32::MAX as f64,
            f32::MIN as f64,
            f32::MIN_POSITIVE as f64,
            1e-45,
            65504.0,
            6e-8,
            9.2e18,
            -9.3e18,
        ];
        Ok(Self(match u.arbitrary::<u8>()? {
            choice @ 0..20 => LIMITS[usize::from(choice)],
            20..150 => f64::from(u.arbitrary::<i8>()?) / 8.0,
            150..230 => f64::from(u.arbitrary::<i16>()?) / 32.0,
            230..245 => f64::from(f32::from_bits(u.arbitrary()?)),
            _ => f64::from_bits(u.arbitrary()?),
        }))
    }
}

/// A number for an option: mostly positive and below 64.
pub(crate) struct Positive(pub(crate) f64);

impl<'a> Arbitrary<'a> for Positive {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let usual = f64::from(u.arbitrary::<u16>()?) / 1024.0;
        Ok(Self(if u.ratio(1, 12)? { u.arbitrary::<Any>()?.0 } else { usual }))
    }
}

/// A side of a size, or another count: mostly small.
pub(crate) struct Side(pub(crate) usize);

impl<'a> Arbitrary<'a> for Side {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(match u.arbitrary::<u8>()? {
            small @ 0..200 => usize::from(small % 40),
            200..245 => u.int_in_range(0..=300)?,
            245..250 => 1 << u.int_in_range(0..=63)?,
            250..253 => usize::MAX >> u.int_in_range(0..=63)?,
            _ => u.arbitrary()?,
        }))
    }
}

/// `N` sides.
pub(crate) struct Size<const N: usize>(pub(crate) [usize; N]);

impl<'a, const N: usize> Arbitrary<'a> for Size<N> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(u.arbitrary::<[Side; N]>()?.map(|side| side.0)))
    }
}

/// A kernel size: mostly odd.
pub(crate) struct Odd(pub(crate) usize);

impl<'a> Arbitrary<'a> for Odd {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self(usually(u, |u| Ok(2 * u.int_in_range(0..=30)? + 1))?))
    }
}

/// Indices: mostly few and small.
pub(crate) struct Indices<T>(pub(crate) Vec<T>);

impl<'a> Arbitrary<'a> for Indices<usize> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        (0..u.int_in_range(0..=3)?)
            .map(|_| Ok(u.arbitrary::<Side>()?.0))
            .collect::<Result<_>>()
            .map(Self)
    }
}

impl<'a> Arbitrary<'a> for Indices<isize> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let index = |u: &mut Unstructured<'a>| match u.ratio(1, 12)? {
            true => u.arbitrary(),
            false => u.int_in_range(-6..=6),
        };
        (0..u.int_in_range(0..=5)?).map(|_| index(u)).collect::<Result<_>>().map(Self)
    }
}

/// The usual count, or rarely any.
pub(crate) fn usually<'a>(
    u: &mut Unstructured<'a>,
    usual: impl FnOnce(&mut Unstructured<'a>) -> Result<usize>,
) -> Result<usize> {
    if u.ratio(1, 12)? { Ok(u.arbitrary::<Side>()?.0) } else { usual(u) }
}

/// The value or nothing.
pub(crate) fn maybe<T>(u: &mut Unstructured<'_>, value: T) -> Result<Option<T>> {
    Ok(u.arbitrary::<bool>()?.then_some(value))
}

/// Small sides whose product is at most [`MAX_VALUES`].
pub(crate) fn shape<const N: usize>(u: &mut Unstructured<'_>) -> Result<[usize; N]> {
    let mut shape = [0; N];
    let mut remaining = MAX_VALUES;
    for side in shape.iter_mut().rev() {
        *side = match u.arbitrary::<u8>()? {
            small @ 0..240 => usize::from(small % 20),
            _ => u.int_in_range(0..=300)?,
        }
        .min(remaining);
        remaining /= (*side).max(1);
    }
    Ok(shape)
}

/// The right shape, or rarely another one.
pub(crate) fn shape_or<const N: usize>(
    u: &mut Unstructured<'_>,
    right: [usize; N],
) -> Result<[usize; N]> {
    if u.ratio(1, 12)? { shape(u) } else { Ok(right) }
}

/// The right sizes, or rarely any: what a call claims the size of a slice to be.
pub(crate) fn claimed<const N: usize>(
    u: &mut Unstructured<'_>,
    right: [usize; N],
) -> Result<[usize; N]> {
    if u.ratio(1, 8)? { Ok(u.arbitrary::<Size<N>>()?.0) } else { Ok(right) }
}

/// The right length, or rarely another one.
pub(crate) fn length(u: &mut Unstructured<'_>, right: usize) -> Result<usize> {
    if u.ratio(1, 16)? { Ok(u.int_in_range(0..=300)?) } else { Ok(right.min(MAX_VALUES)) }
}

/// Values: pseudo-random ones, up to 24 of which are replaced by [`Any`].
fn exactly<E: Number>(u: &mut Unstructured<'_>, count: usize) -> Result<Vec<E>> {
    let (seed, Any(scale)): (u64, Any) = u.arbitrary()?;
    let own = u.int_in_range(0..=24)?.min(count);
    let mut state = seed | 1;
    let mut values: Vec<E> = (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            E::of((state >> 40) as f64 / f64::from(1 << 24) * scale)
        })
        .collect();
    for _ in 0..own {
        let index = u.choose_index(count)?;
        values[index] = E::of(u.arbitrary::<Any>()?.0);
    }
    Ok(values)
}

/// Values of the right number, or rarely of another one.
pub(crate) fn values<E: Number>(u: &mut Unstructured<'_>, right: usize) -> Result<Vec<E>> {
    let count = length(u, right)?;
    exactly(u, count)
}

/// Points of `D` coordinates, of the right number or rarely of another one.
pub(crate) fn points<E: Number, const D: usize>(
    u: &mut Unstructured<'_>,
    right: usize,
) -> Result<Vec<[E; D]>> {
    let count = length(u, right)?;
    Ok(exactly::<E>(u, count * D)?.as_chunks::<D>().0.to_vec())
}

/// A buffer for outputs, of the right length or rarely of another one.
pub(crate) fn output<E: Copy>(u: &mut Unstructured<'_>, value: E, right: usize) -> Result<Vec<E>> {
    Ok(vec![value; length(u, right)?])
}

/// An array in row- or column-major order, of which some axes are reversed.
pub(crate) struct Input<E, D: Dimension> {
    array: Array<E, D>,
    reversed: u8,
}

/// An array of this shape.
pub(crate) fn input<E: Number, D: Dimension>(
    u: &mut Unstructured<'_>,
    shape: impl IntoDimension<Dim = D>,
) -> Result<Input<E, D>> {
    let shape = shape.into_dimension();
    let values = exactly(u, shape.size())?;
    let (transposed, reversed) = u.arbitrary()?;
    let array = Array::from_shape_vec(shape.set_f(transposed), values).expect("one per element");
    Ok(Input { array, reversed })
}

impl<E, D: Dimension> Input<E, D> {
    pub(crate) fn view(&self) -> ArrayView<'_, E, D> {
        let mut view = self.array.view();
        view.slice_each_axis_inplace(|axis| {
            let step = if self.reversed >> axis.axis.index() & 1 == 1 { -1 } else { 1 };
            Slice { start: 0, end: None, step }
        });
        view
    }
}
