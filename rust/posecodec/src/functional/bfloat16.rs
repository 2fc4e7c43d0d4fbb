//! `bf16_to_f32`.

use half::bf16;

use super::same_length;
use crate::error::Result;
use crate::kernels::bfloat16;

/// Converts bfloat16 values, such as a network returns under torch's autocast, to single precision: no
/// codec decodes them as they are. The conversion is exact, and keeps the bits of NaN, as torch's does.
///
/// ```
/// use half::bf16;
/// use posecodec::functional::bf16_to_f32;
///
/// let mut singles = [0.0; 2];
/// bf16_to_f32(&[bf16::ONE, bf16::NEG_INFINITY], &mut singles)?;
/// assert_eq!(singles, [1.0, f32::NEG_INFINITY]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for slices of different lengths.
pub fn bf16_to_f32(values: &[bf16], singles: &mut [f32]) -> Result<()> {
    same_length("singles", Some(values.len()), singles.len())?;
    bfloat16::bf16_to_f32(values, singles);
    Ok(())
}
