//! Conversion of bfloat16, in which networks return maps under torch's autocast.

use half::bf16;

use crate::simd::{Vectorized, dispatch};

/// Converts values to single precision, which is exact. The bits of NaN are kept, as torch keeps them;
/// the crate `half` makes them quiet.
pub fn bf16_to_f32(values: &[bf16], singles: &mut [f32]) {
    dispatch(Convert { values, singles });
}

struct Convert<'a> {
    values: &'a [bf16],
    singles: &'a mut [f32],
}

impl Vectorized for Convert<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (single, value) in self.singles.iter_mut().zip(self.values) {
            *single = f32::from_bits(u32::from(value.to_bits()) << 16);
        }
    }
}
