//! `camera_to_pixel`, `pixel_to_camera` and `camera_to_image_coord`.

use super::same_length;
use crate::check;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::inputs::pair::{Pair, intrinsics_over_1000};
use crate::kernels::lifting::camera;
use crate::kernels::lifting::camera::Intrinsics;

/// Projects points in the camera's space to pixel coordinates; `shift` adds 1e-8 to their depths, which
/// must not be 0.
///
/// ```
/// use posecodec::functional::{Intrinsics, camera_to_pixel};
///
/// let camera = Intrinsics { focal: [1145.0, 1143.0], center: [512.0, 515.0] };
/// let mut pixels = [[0.0; 2]];
/// camera_to_pixel(&[[0.5, -0.5, 2.0]], camera, false, &mut pixels)?;
/// assert_eq!(pixels, [[798.25, 229.25]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for slices of different lengths.
pub fn camera_to_pixel<T: Float>(
    points: &[[T; 3]],
    intrinsics: Intrinsics,
    shift: bool,
    pixels: &mut [[T; 2]],
) -> Result<()> {
    same_length("pixels", Some(points.len()), pixels.len())?;
    for (pixel, &point) in pixels.iter_mut().zip(points) {
        *pixel = camera::camera_to_pixel(point, intrinsics, shift);
    }
    Ok(())
}

/// Maps pixel coordinates `[x, y]` with a depth to points in the camera's space, in place.
///
/// ```
/// use posecodec::functional::{Intrinsics, pixel_to_camera};
///
/// let camera = Intrinsics { focal: [1145.0, 1143.0], center: [512.0, 515.0] };
/// let mut points = [[798.25, 229.25, 2.0]];
/// pixel_to_camera(&mut points, camera);
/// assert_eq!(points, [[0.5, -0.5, 2.0]]);
/// ```
pub fn pixel_to_camera<T: Float>(points: &mut [[T; 3]], intrinsics: Intrinsics) {
    for point in points {
        *point = camera::pixel_to_camera(*point, intrinsics);
    }
}

/// Fills poses of `count` keypoints as [MotionBERT](https://arxiv.org/abs/2210.06551) (Zhu et al.
/// 2023) uses them: pixel coordinates, and depths relative to the root in image units. Also fills
/// the factor of each pose that converts depths back.
///
/// Focal lengths and principal point are in pixels; MMPose counts them in thousands here.
///
/// ```
/// use posecodec::functional::Pair;
/// use posecodec::functional::camera_to_image_coord;
///
/// let (focal, center) = (Pair::F64([1145.0, 1143.0]), Pair::F64([512.0, 515.0]));
/// let pose = [[0.0, 0.0, 4.0], [0.5, 0.25, 4.0]]; // two keypoints, meters
/// let (mut image, mut factors) = ([[0.0; 3]; 2], [0.0]);
/// camera_to_image_coord(0, &pose, 2, [focal, center], &mut image, &mut factors)?;
/// assert_eq!(image[0], [0.512, 0.515, 0.0]); // the root, in thousands of pixels
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for a root beyond the keypoints, slices of the wrong length.
pub fn camera_to_image_coord<T: Float>(
    root_index: isize,
    poses: &[[T; 3]],
    count: usize,
    [focal, center]: [Pair; 2],
    image: &mut [[T; 3]],
    factors: &mut [T],
) -> Result<()> {
    let root = check::index("root_index", root_index, count)?;
    same_length("image", Some(poses.len()), image.len())?;
    if poses.len() != factors.len().saturating_mul(count) {
        let wanted = format!("must hold {count} points a pose");
        return Err(Error::invalid("kpts_3d_cam", wanted, poses.len()));
    }
    let intrinsics = intrinsics_over_1000([focal, center]);
    let poses = poses.chunks_exact(count).zip(image.chunks_exact_mut(count));
    for ((pose, image), factor) in poses.zip(factors) {
        *factor = camera::camera_to_image_coord(root, pose, intrinsics, image);
    }
    Ok(())
}
