//! Sums of contiguous values, bit-identical to NumPy's.

use crate::float::Float;

/// The sum of the values in NumPy's pairwise order: more than 128 values are split into halves, fewer
/// are added up in eight partial sums.
pub fn pairwise_sum<T: Float>(values: &[T]) -> T {
    const MAX_BLOCK_LEN: usize = 128;
    if values.len() > MAX_BLOCK_LEN {
        let half = (values.len() / 2) / 8 * 8;
        return pairwise_sum(&values[..half]) + pairwise_sum(&values[half..]);
    }
    let one_by_one = |sum: T, values: &[T]| values.iter().fold(sum, |sum, &value| sum + value);
    let (eights, rest) = values.as_chunks::<8>();
    let Some((&first, eights)) = eights.split_first() else {
        return one_by_one(T::zero(), rest);
    };
    let sums = eights
        .iter()
        .fold(first, |sums, values| std::array::from_fn(|lane| sums[lane] + values[lane]));
    let [a, b, c, d, e, f, g, h] = sums;
    one_by_one(((a + b) + (c + d)) + ((e + f) + (g + h)), rest)
}
