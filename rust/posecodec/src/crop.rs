//! The geometry of top-down crops: from a person's box to the network's input, and back.

use crate::check;
use crate::error::{Error, Result};
use crate::float::Float;

/// The part of an image that is a network's input, without rotation.
///
/// ```
/// use posecodec::{Crop, CropOptions};
///
/// let person = [300.0, 150.0, 90.0, 160.0]; // x, y, w, h in the image
/// let crop = Crop::from_box(person, [192, 256], CropOptions::default())?;
/// assert_eq!((crop.center, crop.scale), ([345.0, 230.0], [150.0, 200.0]));
/// assert_eq!(crop.to_input([345.0, 230.0]), [96.0, 128.0]);
/// let [[factor, 0.0, shift], _] = crop.matrix() else { unreachable!("no rotation") };
/// assert!((factor * 345.0 + shift - 96.0).abs() < 1e-9);
///
/// let mut keypoints = [[96.0f32, 128.0], [0.0, 256.0]]; // decoded
/// crop.to_image(&mut keypoints);
/// assert_eq!(keypoints, [[345.0, 230.0], [270.0, 330.0]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Crop {
    /// Its center `[x, y]`, in pixels of the image.
    pub center: [f64; 2],
    /// Its width and height, in pixels of the image.
    pub scale: [f64; 2],
    /// Size of the input `[w, h]`, in pixels.
    pub input_size: [usize; 2],
    /// As [`CropOptions::use_udp`].
    pub use_udp: bool,
}

/// How [`Crop::from_box`] crops, with MMPose's defaults.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CropOptions {
    /// The crop's size relative to the box. Default: 1.25.
    pub padding: f64,
    /// Whether the crop's borders become the centers of the outermost pixels of the input, as in
    /// MMPose's `TopdownAffine(use_udp=True)`: for [`UdpHeatmap`].
    /// Default: false.
    ///
    /// [`UdpHeatmap`]: crate::codecs::heatmaps::UdpHeatmap
    pub use_udp: bool,
}

impl Default for CropOptions {
    fn default() -> Self {
        Self { padding: 1.25, use_udp: false }
    }
}

impl Crop {
    /// The crop around a box `[x, y, w, h]` in pixels of the image: MMPose's `GetBBoxCenterScale` and
    /// `TopdownAffine`. The box is padded, and its shorter side is extended to the input's aspect
    /// ratio.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a box without an area or with a coordinate that is not finite, an
    /// input size of 0, or a padding that is not positive and finite.
    pub fn from_box(bbox: [f64; 4], input_size: [usize; 2], options: CropOptions) -> Result<Self> {
        let [x, y, w, h] = bbox;
        if !bbox.iter().all(|value| value.is_finite()) || w <= 0.0 || h <= 0.0 {
            let wanted = "must be [x, y, w, h] of finite numbers, w and h above 0";
            return Err(Error::invalid("bbox", wanted, format_args!("{bbox:?}")));
        }
        let padding = check::positive("padding", options.padding)?;
        let sides = check::size("input_size", input_size)?.map(|side| side as f64);
        let aspect_ratio = sides[0] / sides[1];
        let width = padding * w.max(h * aspect_ratio);
        Ok(Self {
            center: [x + w / 2.0, y + h / 2.0],
            scale: [width, width / aspect_ratio],
            input_size,
            use_udp: options.use_udp,
        })
    }

    /// The matrix that transforms pixels of the image to pixels of the input, in the form that
    /// OpenCV's `warpAffine` takes.
    pub fn matrix(&self) -> [[f64; 3]; 2] {
        let [x, y] = [0, 1].map(|axis| {
            let (factor, size) = self.axis(axis);
            (factor, size / 2.0 - self.center[axis] * factor)
        });
        [[x.0, 0.0, x.1], [0.0, y.0, y.1]]
    }

    /// The matrix that transforms pixels of the input to pixels of the image, for programs that sample
    /// the image themselves.
    pub fn inverse_matrix(&self) -> [[f64; 3]; 2] {
        let [[x, _, left], [_, y, top]] = self.matrix();
        [[1.0 / x, 0.0, -left / x], [0.0, 1.0 / y, -top / y]]
    }

    /// Transforms a point from pixels of the image to pixels of the input.
    pub fn to_input(&self, point: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|axis| {
            let (factor, size) = self.axis(axis);
            (point[axis] - self.center[axis]) * factor + size / 2.0
        })
    }

    /// Input pixels per pixel of the image, and the size of the input between its borders.
    fn axis(&self, axis: usize) -> (f64, f64) {
        let size = self.input_size[axis] as f64 - f64::from(u8::from(self.use_udp));
        (size / self.scale[axis], size)
    }

    /// Transforms decoded keypoints from pixels of the input to pixels of the image, in place; with and
    /// without `use_udp` alike, because [`UdpHeatmap`] decodes accordingly.
    /// Coordinates after x and y, such as depths, do not change.
    ///
    /// As MMPose's top-down estimators, with their operations in their order: computed in double
    /// precision and rounded once.
    ///
    /// [`UdpHeatmap`]: crate::codecs::heatmaps::UdpHeatmap
    pub fn to_image<T: Float, const D: usize>(&self, keypoints: &mut [[T; D]]) {
        self.to_image_rows(keypoints.as_flattened_mut(), D);
    }

    /// [`Self::to_image`] for keypoints of any number of columns, at least two, in row-major order.
    pub(crate) fn to_image_rows<T: Float>(self, keypoints: &mut [T], columns: usize) {
        let Self { center, scale, input_size, .. } = self;
        for point in keypoints.chunks_exact_mut(columns) {
            for axis in 0..2 {
                let fraction = point[axis].as_f64() / input_size[axis] as f64;
                let position = fraction * scale[axis] + center[axis] - 0.5 * scale[axis];
                point[axis] = T::of(position);
            }
        }
    }
}
