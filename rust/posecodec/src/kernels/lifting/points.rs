//! Loops over points of three coordinates, written so that they vectorize.

use crate::float::Float;

/// A point as four lanes, which are a vector of either precision at every tier.
#[inline(always)]
pub(crate) fn lanes<T: Float>([x, y, z]: [T; 3]) -> [T; 4] {
    [x, y, z, T::zero()]
}

/// Computes four lanes from their indices.
#[inline(always)]
pub(crate) fn lanewise<T>(value: impl Fn(usize) -> T) -> [T; 4] {
    std::array::from_fn(value)
}

/// Fills each point with `step` of the point at the same index, four lanes at a time. The fourth lane is
/// the first of the next point, which is overwritten in the next iteration. (A loop over x, y and z is
/// not vectorized.)
#[inline(always)]
pub(crate) fn each_point<T: Float, L: Float>(
    points: &[[T; 3]],
    filled: &mut [[L; 3]],
    step: impl Fn([T; 4]) -> [L; 4],
) {
    let Some((&last, _)) = points.split_last() else { return };
    let (values, whole) = (points.as_flattened(), filled.as_flattened_mut());
    for start in (0..values.len() - 3).step_by(3) {
        let from: &[T; 4] = values[start..].first_chunk().expect("a point follows");
        let to: &mut [L; 4] = whole[start..].first_chunk_mut().expect("a point follows");
        *to = step(*from);
    }
    if let Some(filled) = filled.last_mut() {
        let [x, y, z, _] = step(lanes(last));
        *filled = [x, y, z];
    }
}
