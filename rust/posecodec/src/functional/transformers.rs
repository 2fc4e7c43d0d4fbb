//! The decoding and the targets of Hugging Face transformers' ViTPose and Sapiens2, under their names.

use super::refinement::{flat_pixel, refine_each_instance, truncated};
use super::samples::each_sample;
use super::{mmpose0, product, same_length};
use crate::check;
use crate::error::{Error, Result};
use crate::float::{Float, HeatmapValue};
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, Border};
use crate::kernels::gaussian::outer_product::outer_product;
use crate::kernels::gaussian::profiles::{AxisProfile, PROFILE_STEP, exponent, fill_profile};
use crate::kernels::refinement::{dark_udp_offset, dark_udp_unscaled_offset};

/// Fills the pixels of the maxima (B, K) of the maps (B, K, H, W), and the maxima; the pixel is (-1, -1)
/// if no value is above 0.
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a pixel, slices of the wrong length.
pub fn get_keypoint_predictions<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 4],
    locations: &mut [[f32; 2]],
    scores: &mut [E],
) -> Result<()> {
    each_sample(heatmaps, shape, 1, (locations, scores), &|mut sample| {
        mmpose0::shifted(&mut sample, |_| [0.0; 2]);
    })
}

/// How [`post_dark_unbiased_data_processing`] blurs maps.
#[derive(Debug, Clone, PartialEq)]
pub struct Blur(Method);

#[derive(Debug, Clone, PartialEq)]
enum Method {
    /// SciPy's `gaussian_filter`, without rescaling.
    VitPose(GaussianKernel),
    /// A Gaussian with zeros outside, rescaled.
    Sapiens2(GaussianKernel),
}

impl Blur {
    /// ViTPose's: sigma 0.8 cut off after `(kernel - 1) / 2` pixels, and maps mirrored at their edges.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a kernel of 0.
    pub fn vitpose(kernel: usize) -> Result<Self> {
        let kernel = check::count("kernel", check::limited_kernel_size("kernel", kernel)?)?;
        Ok(Self(Method::VitPose(GaussianKernel::with_sigma((kernel - 1) / 2, 0.8))))
    }

    /// Sapiens2's: the sigma that OpenCV computes for large kernels.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for an even kernel, or one of 1.
    pub fn sapiens2(blur_kernel_size: usize) -> Result<Self> {
        const ARGUMENT: &str = "blur_kernel_size";
        let radius = check::kernel_size(ARGUMENT, blur_kernel_size)? / 2;
        if radius == 0 {
            return Err(Error::invalid(ARGUMENT, "must be above 1", blur_kernel_size));
        }
        let sigma = 0.3 * (radius as f64 - 1.0) + 0.8;
        Ok(Self(Method::Sapiens2(GaussianKernel::with_sigma(radius, sigma))))
    }
}

/// Moves keypoints (B, K), in heatmap pixels, to the nearby peaks of maps (B, K, H, W), or (1, K, H, W)
/// for all of them, by DARK. Keypoints outside their map stay.
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a pixel, slices of the wrong length.
pub fn post_dark_unbiased_data_processing<T: Float, E: HeatmapValue>(
    coords: &mut [[T; 2]],
    heatmaps: &[E],
    shape: [usize; 4],
    blur: &Blur,
) -> Result<()> {
    let (mut buffers, maps) = (BlurBuffers::default(), ("heatmaps", heatmaps));
    match &blur.0 {
        Method::VitPose(kernel) => {
            refine_each_instance(coords, maps, shape, flat_pixel, &mut |peak| {
                dark_udp_unscaled_offset(peak, kernel, Border::Reflect, &mut buffers)
            })
        }
        Method::Sapiens2(kernel) => {
            refine_each_instance(coords, maps, shape, truncated, &mut |peak| {
                dark_udp_offset(peak, kernel, &mut buffers)
            })
        }
    }
}

/// The maps of a person in Sapiens2's crop around a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PersonHeatmaps {
    center: [f32; 2],
    scale: [f32; 2],
    size: [usize; 2],
    sigma: f64,
}

impl PersonHeatmaps {
    /// Maps of `output_size` `[h, w]`, divided by `downscale_factor`, for a box `[x, y, w, h]`. The crop
    /// is 1.25 times as large as the box, in the aspect ratio of the output.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for sizes or a sigma that are not positive.
    pub fn new(
        person: [f32; 4],
        output_size: [usize; 2],
        downscale_factor: usize,
        sigma: f64,
    ) -> Result<Self> {
        const PADDING: f32 = 1.25;
        let output_size = check::size("output_size", output_size)?;
        let factor = check::count("downscale_factor", downscale_factor)?;
        let [height, width] = output_size.map(|side| side / factor);
        let size = check::size("output_size", [width, height])?;
        let sigma = check::positive("sigma", sigma)?;
        let [x, y, w, h] = person;
        let aspect = (output_size[1] as f64 / output_size[0] as f64) as f32;
        let padded = [w * PADDING, h * PADDING];
        let scale = if padded[0] > padded[1] * aspect {
            [padded[0], padded[0] / aspect]
        } else {
            [padded[1] * aspect, padded[1]]
        };
        Ok(Self { center: [x + 0.5 * w, y + 0.5 * h], scale, size, sigma })
    }

    /// The maps' size `[W, H]`.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// Fills the maps (K, H, W), which hold zeros, and the weights (K,): 1 for keypoints whose visibility
    /// is above 0 and whose Gaussian is inside, else 0.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for slices of the wrong length.
    pub fn fill(
        &self,
        keypoints: &[[f32; 2]],
        visible: Option<&[f32]>,
        heatmaps: &mut [f32],
        weights: &mut [f32],
    ) -> Result<()> {
        let [width, height] = self.size;
        let visible_len = visible.map_or(keypoints.len(), <[f32]>::len);
        same_length("keypoints", Some(keypoints.len()), visible_len)?;
        same_length("heatmaps", product(&[keypoints.len(), height, width]), heatmaps.len())?;
        same_length("weights", Some(keypoints.len()), weights.len())?;
        let mut profiles = [Vec::new(), Vec::new()];
        let planes = heatmaps.chunks_exact_mut(width * height).zip(weights);
        for (number, (point, (plane, weight))) in keypoints.iter().zip(planes).enumerate() {
            let seen = visible.is_none_or(|visible| visible[number] > 0.0);
            let drawn = seen && self.draw(plane, *point, &mut profiles);
            *weight = f32::from(u8::from(drawn));
        }
        Ok(())
    }

    /// Draws a keypoint, unless all of its Gaussian is outside.
    fn draw(&self, plane: &mut [f32], point: [f32; 2], profiles: &mut [Vec<f32>; 2]) -> bool {
        let radius = (self.sigma * 3.0) as i64;
        let mut starts = [0; 2];
        for axis in 0..2 {
            let last = (self.size[axis] - 1) as f32;
            let at = ((point[axis] - self.center[axis]) / self.scale[axis] + 0.5) * last;
            if !at.is_finite() {
                return false;
            }
            let pixel = (at + 0.5) as i64;
            let left = pixel.saturating_sub(radius);
            let right = pixel.saturating_add(radius).saturating_add(1);
            let length = self.size[axis] as i64;
            if left >= length || right < 0 {
                return false;
            }
            let (start, end) = (left.max(0), right.min(length));
            let (profile, len) = (&mut profiles[axis], (end - start) as usize);
            profile.resize(len.next_multiple_of(PROFILE_STEP), 0.0);
            fill_profile(profile, start as f64, at.into(), exponent(self.sigma));
            profile.truncate(len);
            starts[axis] = start as usize;
        }
        let [x, y] =
            [0, 1].map(|axis| AxisProfile { start: starts[axis], values: &profiles[axis] });
        if !x.values.is_empty() && !y.values.is_empty() {
            outer_product(plane, self.size[0], x, y, false);
        }
        true
    }
}
