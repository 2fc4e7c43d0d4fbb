//! The decoding of HRNet's reference implementation, under its names.

use super::mmpose0::shifted;
use super::samples::{each_sample, one_per_sample};
use crate::error::Result;
use crate::float::{Float, HeatmapValue};
use crate::kernels::refinement::interior_quarter_shift;

/// The affine transform from heatmap pixels to the image that a sample was cropped from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CropTransform {
    /// The image point of the center of the map.
    center: [f64; 2],
    /// Image pixels per heatmap pixel: from the width alone, for both axes.
    columns: [[f64; 2]; 2],
}

impl CropTransform {
    /// The transform of a crop of this center and `width_scale`, the crop's width in units of 200
    /// pixels, for maps `heatmap_width` wide.
    ///
    /// HRNet defines it by three points in single precision; so does this.
    pub fn new<C: Float, S: Float>(center: [C; 2], width_scale: S, heatmap_width: usize) -> Self {
        let half = (width_scale * S::of(200.0)).as_f64() * -0.5;
        let [x, y] = center.map(Float::as_f64);
        let single = |value: f64| value as f32;
        let (origin, above) = ([single(x), single(y)], [single(x), single(y + half)]);
        let direction = [origin[0] - above[0], origin[1] - above[1]];
        let corner = [above[0] - direction[1], above[1] + direction[0]];
        let half_width = heatmap_width as f64 * 0.5;
        let per_pixel = |from: [f32; 2], to: [f32; 2]| {
            [0, 1].map(|axis| (f64::from(to[axis]) - f64::from(from[axis])) / half_width)
        };
        Self {
            center: origin.map(f64::from),
            columns: [per_pixel(corner, above), per_pixel(above, origin)],
        }
    }

    fn apply(&self, point: [f32; 2], middle: [f64; 2]) -> [f32; 2] {
        let [x, y] = [0, 1].map(|axis| f64::from(point[axis]) - middle[axis]);
        [0, 1].map(|axis| {
            (self.columns[0][axis] * x + self.columns[1][axis] * y + self.center[axis]) as f32
        })
    }
}

/// Fills the pixels of the maxima (B, K) of the maps (B, K, H, W), and the maxima; the pixel is (0, 0) if
/// no value is above 0.
///
/// # Errors
/// [`crate::Error::InvalidInput`] for maps without a pixel, slices of the wrong length.
pub fn get_max_preds<E: HeatmapValue>(
    batch_heatmaps: &[E],
    shape: [usize; 4],
    preds: &mut [[f32; 2]],
    maxvals: &mut [E],
) -> Result<()> {
    each_sample(batch_heatmaps, shape, 1, (preds, maxvals), &|mut sample| {
        shifted(&mut sample, |_| [0.0; 2]);
        zero_without_response(sample.keypoints);
    })
}

/// Fills the keypoints (B, K) in image pixels and the maxima. With `post_process`, maxima are moved by a
/// quarter of a pixel towards the larger neighbors.
///
/// # Errors
/// As [`get_max_preds`], and for another number of crops.
pub fn get_final_preds<E: HeatmapValue>(
    batch_heatmaps: &[E],
    shape: [usize; 4],
    post_process: bool,
    crops: &[CropTransform],
    preds: &mut [[f32; 2]],
    maxvals: &mut [E],
) -> Result<()> {
    let [batch, _, height, width] = shape;
    one_per_sample("center", batch, crops.len())?;
    let middle = [width, height].map(|side| side as f64 * 0.5);
    each_sample(batch_heatmaps, shape, 1, (preds, maxvals), &|mut sample| {
        shifted(&mut sample, |peak| match post_process {
            true => interior_quarter_shift(peak).unwrap_or_default(),
            false => [0.0; 2],
        });
        zero_without_response(sample.keypoints);
        for point in sample.keypoints {
            *point = crops[sample.number].apply(*point, middle);
        }
    })
}

/// Replaces the location -1 of maps without a response by 0, HRNet's.
fn zero_without_response(points: &mut [[f32; 2]]) {
    for point in points {
        if *point == [-1.0; 2] {
            *point = [0.0; 2];
        }
    }
}
