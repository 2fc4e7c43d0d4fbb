//! The transform from a network's input back to the image that it was cropped from.

use crate::float::Float;

/// The part of an image that is a network's input, without rotation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// Its center `[x, y]`, in pixels of the image.
    pub center: [f64; 2],
    /// Its width and height, in pixels of the image.
    pub scale: [f64; 2],
    /// Size of the input `[w, h]`, in pixels.
    pub input_size: [usize; 2],
}

impl Crop {
    /// Transforms keypoints from pixels of the input to pixels of the image, in place. Coordinates after
    /// x and y, such as depths, do not change.
    ///
    /// As MMPose's top-down estimators, with their operations in their order: computed in double
    /// precision and rounded once.
    ///
    /// ```
    /// use posecodec::kernels::crop::Crop;
    ///
    /// let crop = Crop { center: [410.0, 300.0], scale: [150.0, 200.0], input_size: [192, 256] };
    /// let mut keypoints = [[96.0f32, 128.0], [0.0, 256.0]];
    /// crop.to_image(&mut keypoints);
    /// assert_eq!(keypoints, [[410.0, 300.0], [335.0, 400.0]]);
    /// ```
    pub fn to_image<T: Float, const D: usize>(&self, keypoints: &mut [[T; D]]) {
        self.to_image_rows(keypoints.as_flattened_mut(), D);
    }

    /// [`Self::to_image`] for keypoints of any number of columns, at least two, in row-major order.
    pub fn to_image_rows<T: Float>(&self, keypoints: &mut [T], columns: usize) {
        let Self { center, scale, input_size } = self;
        for point in keypoints.chunks_exact_mut(columns) {
            for axis in 0..2 {
                let fraction = point[axis].as_f64() / input_size[axis] as f64;
                let position = fraction * scale[axis] + center[axis] - 0.5 * scale[axis];
                point[axis] = T::of(position);
            }
        }
    }
}
