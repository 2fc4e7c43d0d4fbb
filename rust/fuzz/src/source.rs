//! Sizes, numbers and arrays out of the fuzzer's bytes.

use arbitrary::{Result, Unstructured};
use half::f16;
use ndarray::{Array, ArrayView, Dimension, IntoDimension, ShapeBuilder, Slice};

/// The most values that an array gets: enough for every path, few enough for speed.
const MOST_VALUES: usize = 1 << 15;

/// A type of number that the crate takes.
pub(crate) trait Number: Copy + 'static {
    fn of(value: f64) -> Self;
}

impl Number for f16 {
    fn of(value: f64) -> Self {
        Self::from_f64(value)
    }
}

impl Number for f32 {
    fn of(value: f64) -> Self {
        value as Self
    }
}

impl Number for f64 {
    fn of(value: f64) -> Self {
        value
    }
}

impl Number for i64 {
    fn of(value: f64) -> Self {
        value as Self
    }
}

/// A number: an ordinary one, one at a limit of the floats, or any bits.
pub(crate) fn number(u: &mut Unstructured<'_>) -> Result<f64> {
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
    Ok(match u.arbitrary::<u8>()? {
        choice @ 0..20 => LIMITS[usize::from(choice)],
        20..150 => f64::from(u.arbitrary::<i8>()?) / 8.0,
        150..230 => f64::from(u.arbitrary::<i16>()?) / 32.0,
        230..245 => f64::from(f32::from_bits(u.arbitrary()?)),
        _ => f64::from_bits(u.arbitrary()?),
    })
}

/// A number that an option may be: mostly positive and of some size.
pub(crate) fn positive(u: &mut Unstructured<'_>) -> Result<f64> {
    if u.ratio(1, 12)? { number(u) } else { Ok(f64::from(u.arbitrary::<u16>()?) / 1024.0) }
}

/// A side of a size, or another count: mostly small.
pub(crate) fn side(u: &mut Unstructured<'_>) -> Result<usize> {
    Ok(match u.arbitrary::<u8>()? {
        small @ 0..200 => usize::from(small % 40),
        200..245 => u.int_in_range(0..=300)?,
        245..250 => 1 << u.int_in_range(0..=63)?,
        250..253 => usize::MAX >> u.int_in_range(0..=63)?,
        _ => u.arbitrary()?,
    })
}

/// `N` sides, at times one that they share.
pub(crate) fn size<const N: usize>(u: &mut Unstructured<'_>) -> Result<[usize; N]> {
    let mut size = [side(u)?; N];
    for other in &mut size[1..] {
        *other = side(u)?;
    }
    Ok(size)
}

/// So many small numbers of which the product is one of values that are there: a shape.
pub(crate) fn shape<const N: usize>(u: &mut Unstructured<'_>) -> Result<[usize; N]> {
    let mut shape = [0; N];
    let mut room = MOST_VALUES;
    for side in shape.iter_mut().rev() {
        *side = match u.arbitrary::<u8>()? {
            small @ 0..240 => usize::from(small % 20),
            _ => u.int_in_range(0..=300)?,
        }
        .min(room);
        room /= (*side).max(1);
    }
    Ok(shape)
}

/// So many values: the fuzzer's own while its bytes last, then what a generator makes of them.
pub(crate) fn values<E: Number>(u: &mut Unstructured<'_>, count: usize) -> Result<Vec<E>> {
    let (seed, scale): (u64, f64) = (u.arbitrary()?, number(u)?);
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
        let place = u.choose_index(count)?;
        values[place] = E::of(number(u)?);
    }
    Ok(values)
}

/// Points of `D` coordinates.
pub(crate) fn points<E: Number, const D: usize>(
    u: &mut Unstructured<'_>,
    count: usize,
) -> Result<Vec<[E; D]>> {
    let flat = values::<E>(u, count * D)?;
    Ok(flat.as_chunks::<D>().0.to_vec())
}

/// An array of this shape.
pub(crate) fn array<E: Number, D: Dimension>(
    u: &mut Unstructured<'_>,
    shape: impl IntoDimension<Dim = D>,
) -> Result<Array<E, D>> {
    let shape = shape.into_dimension();
    let values = values(u, shape.size())?;
    let transposed = u.arbitrary()?;
    Ok(Array::from_shape_vec(shape.set_f(transposed), values).expect("as many as the shape says"))
}

/// A view of all of an array, some of its axes backwards.
pub(crate) fn view<'a, E, D: Dimension>(
    u: &mut Unstructured<'_>,
    array: &'a Array<E, D>,
) -> Result<ArrayView<'a, E, D>> {
    let backwards: u8 = u.arbitrary()?;
    let mut view = array.view();
    view.slice_each_axis_inplace(|axis| {
        let step = if backwards >> axis.axis.index() & 1 == 1 { -1 } else { 1 };
        Slice { start: 0, end: None, step }
    });
    Ok(view)
}

/// A length: the right one, or seldom another.
pub(crate) fn length(u: &mut Unstructured<'_>, right: usize) -> Result<usize> {
    if u.ratio(1, 16)? { Ok(u.int_in_range(0..=300)?) } else { Ok(right.min(MOST_VALUES)) }
}

/// Sides whose product a slice is said to be of: the right ones, or seldom others.
pub(crate) fn claimed<const N: usize>(
    u: &mut Unstructured<'_>,
    right: [usize; N],
) -> Result<[usize; N]> {
    if u.ratio(1, 8)? { size(u) } else { Ok(right) }
}
