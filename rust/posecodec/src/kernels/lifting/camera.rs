//! A pinhole camera: projection of 3D points into the image, and back.
//!
//! NumPy multiplies single-precision points by double-precision intrinsics in double precision and
//! rounds the result to single precision. These functions do the same, step by step.

use crate::float::Float;

/// A camera's intrinsics, in the units of image coordinates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intrinsics {
    /// Focal length along x and y.
    pub focal: [f64; 2],
    /// The principal point.
    pub center: [f64; 2],
}

/// The scale between 3D space and the image at the depth of a pose's root.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RootScale<T> {
    /// Image units per unit of 3D space.
    pub ratio: T,
    /// Units of 3D space per image unit.
    pub factor: T,
}

/// The image position of a point in camera coordinates; `shift` adds 1e-8 to its depth.
#[inline(always)]
pub fn camera_to_pixel<T: Float>(point: [T; 3], camera: Intrinsics, shift: bool) -> [T; 2] {
    let [x, y, depth] = point;
    let depth = if shift { depth + T::of(1e-8) } else { depth };
    let along = |axis: usize, coordinate: T| {
        let scaled = T::of((coordinate / depth).as_f64() * camera.focal[axis]);
        T::of(scaled.as_f64() + camera.center[axis])
    };
    [along(0, x), along(1, y)]
}

/// The point in camera coordinates whose image position is `[x, y]` and whose depth is the third
/// coordinate.
#[inline(always)]
pub fn pixel_to_camera<T: Float>(point: [T; 3], camera: Intrinsics) -> [T; 3] {
    let [x, y, depth] = point;
    let along = |axis: usize, position: T| {
        let centered = T::of(position.as_f64() - camera.center[axis]);
        T::of(centered.as_f64() / camera.focal[axis]) * depth
    };
    [along(0, x), along(1, y), depth]
}

/// The scale at the root: the projected width of a square of side 2, plus 0.001 so that the width of a
/// far one is not 0.
#[inline(always)]
pub fn root_scale<T: Float>(root: [T; 3], camera: Intrinsics) -> RootScale<T> {
    let [x, y, depth] = root;
    let side = T::of(2.0);
    let seen = |shift: T| camera_to_pixel([x + shift, y + shift, depth], camera, false)[0];
    let width = seen(T::one()) - seen(-T::one()) + T::of(0.001);
    RootScale { ratio: width / side, factor: side / width }
}

/// Projects a pose in camera coordinates to image space: positions in the image, and depths relative to the
/// root in image units. Returns the factor from image units back to 3D space.
pub fn camera_to_image_coord<T: Float>(
    root_index: usize,
    pose: &[[T; 3]],
    camera: Intrinsics,
    image: &mut [[T; 3]],
) -> T {
    let root = pose[root_index];
    let scale = root_scale(root, camera);
    for (image, &point) in image.iter_mut().zip(pose) {
        let [x, y] = camera_to_pixel(point, camera, false);
        *image = [x, y, scale.ratio * (point[2] - root[2])];
    }
    scale.factor
}
