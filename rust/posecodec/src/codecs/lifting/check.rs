//! Checks of shapes and values that the lifting codecs share.

use crate::check;
use crate::error::{Error, Result, Shape};
use crate::float::Float;
use crate::kernels::lifting::root::{holds_zero, third_items};

/// Checks that an array has the shape (T, K, D) or (K, D), or (B, T, K, D) if `batched`, with K =
/// `count` and D at least 1. Returns B, T, K and D.
///
/// # Errors
/// [`Error::InvalidInput`] for another shape.
pub fn check_poses(
    argument: &'static str,
    shape: &[usize],
    batched: bool,
    count: usize,
) -> Result<[usize; 4]> {
    let found = match (batched, shape) {
        (false, &[keypoints, dims]) => Some([1, 1, keypoints, dims]),
        (false, &[frames, keypoints, dims]) => Some([1, frames, keypoints, dims]),
        (true, &[batch, frames, keypoints, dims]) => Some([batch, frames, keypoints, dims]),
        _ => None,
    };
    found.filter(|&[.., keypoints, dims]| keypoints == count && dims > 0).ok_or_else(|| {
        let leading = if batched { "B, " } else { "" };
        check::shape(argument, &format!("({leading}T, {count}, D)"), shape)
    })
}

/// Checks that there are one or more visibilities per keypoint: `shape` must be `poses`, (T, K), or
/// have one dimension more.
///
/// # Errors
/// [`Error::InvalidInput`] for another shape.
pub fn check_visible(argument: &'static str, shape: &[usize], poses: &[usize]) -> Result<()> {
    if shape.starts_with(poses) && shape.len() <= poses.len() + 1 {
        return Ok(());
    }
    let wanted = format!("must be of shape {}, one per keypoint", Shape(poses));
    Err(Error::invalid(argument, wanted, format_args!("shape {}", Shape(shape))))
}

/// Checks that trajectories can be weighted by `1 / target[:, 2]`: a target of `count` items of
/// `size` values must have a third item, without zeros.
///
/// # Errors
/// [`Error::InvalidInput`] for fewer items, or a third item with a 0.
pub fn check_invertible<T: Float>(target: &[T], [count, size]: [usize; 2]) -> Result<()> {
    const WITHOUT: &str = "must, without `lifting_target_visible`, have a depth to be divided by: ";
    if count < 3 {
        let wanted = format!("{WITHOUT}`lifting_target[:, 2]`");
        return Err(Error::invalid("lifting_target", wanted, format_args!("{count} columns")));
    }
    if third_items(target, [count, size]).any(T::is_zero) {
        let wanted = format!("{WITHOUT}`lifting_target[:, 2]` must not be 0");
        return Err(Error::invalid("lifting_target", wanted, "a depth of 0"));
    }
    Ok(())
}

/// Checks that all points of a target of shape (T, K, 3) can be projected.
///
/// # Errors
/// [`Error::InvalidInput`] for a depth of 0.
pub(crate) fn check_depths<T: Float>(target: &[T], count: usize) -> Result<()> {
    // Targets rarely hold zeros. A vectorized test finds those without; only the others are
    // searched.
    if !holds_zero(target) {
        return Ok(());
    }
    let (points, _) = target.as_chunks::<3>();
    let Some(index) = points.iter().position(|point| point[2].is_zero()) else { return Ok(()) };
    let wanted = "must lie in front of the camera, none at a depth of 0";
    let got = format!("a depth of 0 at frame {}, keypoint {}", index / count, index % count);
    Err(Error::invalid("lifting_target", wanted, got))
}
