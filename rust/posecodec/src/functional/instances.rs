//! `get_instance_root`, `get_instance_bbox` and `get_diagonal_lengths`.

use super::gaussian_heatmaps::check_points;
use super::same_length;
use crate::error::Result;
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::kernels::grouping::instance::RootType;
use crate::kernels::grouping::instance::{diagonal_length, instance_bbox, instance_root};

/// Fills one root and one visibility per instance, from keypoints with a visibility above 0; 0 without
/// any.
///
/// ```
/// use posecodec::codecs::people::RootType;
/// use posecodec::functional::{Keypoints, get_instance_root};
///
/// let points = [[0.0f32, 0.0], [3.0, 6.0], [6.0, 9.0], [70.0, 70.0]];
/// let visible = Some(&[1.0f32, 1.0, 1.0, 0.0][..]);
/// let keypoints = Keypoints { points: &points, visible, instances: 1, count: 4 };
/// let (mut roots, mut seen) = ([[0.0; 2]], [0.0]);
/// get_instance_root(&keypoints, RootType::KeypointCenter, &mut roots, &mut seen)?;
/// assert_eq!((roots, seen), ([[3.0, 5.0]], [1.0]));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for slices of the wrong length.
pub fn get_instance_root<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V>,
    root_type: RootType,
    roots: &mut [[f32; 2]],
    visible: &mut [f32],
) -> Result<()> {
    check_points(keypoints)?;
    same_length("roots", Some(keypoints.instances), roots.len())?;
    same_length("roots_visible", Some(keypoints.instances), visible.len())?;
    for (instance, (root, seen)) in roots.iter_mut().zip(visible).enumerate() {
        let points = keypoints.visible_of(instance, keypoints.points);
        let found = instance_root(points, root_type);
        (*root, *seen) = found.map_or(([0.0; 2], 0.0), |root| (root, 1.0));
    }
    Ok(())
}

/// Fills a box `[x1, y1, x2, y2]` an instance, around its keypoints with a visibility above 0; zeros
/// where there are none.
///
/// ```
/// use posecodec::functional::{Keypoints, get_instance_bbox};
///
/// let points = [[3.0f32, 8.0], [1.0, 9.0], [70.0, 70.0]];
/// let visible = Some(&[1.0f32, 2.0, 0.0][..]);
/// let mut boxes = [[0.0; 4]];
/// let keypoints = Keypoints { points: &points, visible, instances: 1, count: 3 };
/// get_instance_bbox(&keypoints, &mut boxes)?;
/// assert_eq!(boxes, [[1.0, 8.0, 3.0, 9.0]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for slices of the wrong length.
pub fn get_instance_bbox<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V>,
    boxes: &mut [[f32; 4]],
) -> Result<()> {
    check_points(keypoints)?;
    same_length("boxes", Some(keypoints.instances), boxes.len())?;
    for (instance, bbox) in boxes.iter_mut().enumerate() {
        *bbox = instance_bbox(keypoints.visible_of(instance, keypoints.points));
    }
    Ok(())
}

/// Fills the length of the diagonal of each instance's box: see [`get_instance_bbox`].
///
/// ```
/// use posecodec::functional::{Keypoints, get_diagonal_lengths};
///
/// let points = [[2.0f32, 2.0], [5.0, 6.0]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32; 2]), instances: 1, count: 2 };
/// let mut lengths = [0.0];
/// get_diagonal_lengths(&keypoints, &mut lengths)?;
/// assert_eq!(lengths, [5.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for slices of the wrong length.
pub fn get_diagonal_lengths<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V>,
    lengths: &mut [f32],
) -> Result<()> {
    check_points(keypoints)?;
    same_length("lengths", Some(keypoints.instances), lengths.len())?;
    for (instance, length) in lengths.iter_mut().enumerate() {
        let points = keypoints.visible_of(instance, keypoints.points);
        *length = diagonal_length(instance_bbox(points));
    }
    Ok(())
}
