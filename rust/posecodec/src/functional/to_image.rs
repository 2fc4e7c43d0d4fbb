//! `to_image`.

use crate::crop::Crop;
use crate::error::{Error, Result};
use crate::float::Float;

/// Maps keypoints from input pixels to pixels of the images that the crops come from, in place.
///
/// `keypoints` has rows of `columns` values that begin with x and y; other values, such as depths,
/// stay. The first rows belong to the first crop, and all crops have the same number of rows. The
/// operations are those of MMPose's top-down estimators, computed in double precision and rounded once.
///
/// ```
/// use posecodec::functional::to_image;
/// use posecodec::{Crop, CropOptions};
///
/// let person = [350.0, 220.0, 120.0, 160.0]; // x, y, w, h in the image
/// let crop = Crop::from_box(person, [192, 256], CropOptions::default())?;
/// let mut keypoints = [96.0f32, 128.0, 0.0, 256.0]; // [x, y] of two keypoints
/// to_image(&mut keypoints, 2, &[crop])?;
/// assert_eq!(keypoints, [410.0, 300.0, 335.0, 400.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for fewer than two columns, or values that do not make the same number of
/// rows for each crop.
pub fn to_image<T: Float>(keypoints: &mut [T], columns: usize, crops: &[Crop]) -> Result<()> {
    if keypoints.is_empty() {
        return Ok(());
    }
    let (count, len) = (crops.len(), keypoints.len());
    let fits = columns >= 2 && len.is_multiple_of(columns) && (len / columns).is_multiple_of(count);
    if !fits {
        let wanted = format!("must have rows of at least two columns, evenly for {count} crops");
        let got = format_args!("{len} values in rows of {columns}");
        return Err(Error::invalid("keypoints", wanted, got));
    }
    for (crop, keypoints) in crops.iter().zip(keypoints.chunks_exact_mut(len / count)) {
        crop.to_image_rows(keypoints, columns);
    }
    Ok(())
}
