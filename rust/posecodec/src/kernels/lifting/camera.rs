//! A pinhole camera: points in space to places in the picture, and back.
//!
//! NumPy multiplies single-precision points by double-precision intrinsics in double precision and
//! keeps the result in single; so do these, step by step.

use crate::float::Float;

/// A camera's intrinsics: what maps directions to places in the picture, and the units of those.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intrinsics {
    /// Focal length along x and y.
    pub focal: [f64; 2],
    /// The principal point.
    pub center: [f64; 2],
}

/// How large things at the depth of a pose's root appear.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RootScale<T> {
    /// Picture units a unit of space.
    pub ratio: T,
    /// Units of space a picture unit.
    pub factor: T,
}

/// Where a point in the camera's space is seen; `shift` adds 1e-8 to its depth.
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

/// The point in the camera's space that is seen at `[x, y]` in the depth of the third coordinate.
#[inline(always)]
pub fn pixel_to_camera<T: Float>(point: [T; 3], camera: Intrinsics) -> [T; 3] {
    let [x, y, depth] = point;
    let along = |axis: usize, place: T| {
        let centered = T::of(place.as_f64() - camera.center[axis]);
        T::of(centered.as_f64() / camera.focal[axis]) * depth
    };
    [along(0, x), along(1, y), depth]
}

/// How large a square of side 2 around the root appears; 0.001 keeps far ones from vanishing.
#[inline(always)]
pub fn root_scale<T: Float>(root: [T; 3], camera: Intrinsics) -> RootScale<T> {
    let [x, y, depth] = root;
    let side = T::of(2.0);
    let seen = |shift: T| camera_to_pixel([x + shift, y + shift, depth], camera, false)[0];
    let width = seen(T::one()) - seen(-T::one()) + T::of(0.001);
    RootScale { ratio: width / side, factor: side / width }
}

/// Maps a pose in the camera's space to image space: its places in the picture, and its depths
/// behind the root in picture units. Answers with the factor that leads back.
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
