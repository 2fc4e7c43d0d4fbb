//! `keypoints_from_heatmaps`, `keypoints_from_heatmaps3d` and `keypoints_from_regression`.

use super::PersonBox;
use crate::check;
use crate::error::Result;
use crate::float::{Float, HeatmapValue};
use crate::functional::maxima::get_heatmap_3d_maximum;
use crate::functional::refinement::{flat_pixel, refine_each_instance};
use crate::functional::samples::{Sample, each_sample, one_per_sample};
use crate::functional::{product, same_length};
use crate::inputs::blurred_peak::blurred_peak;
use crate::inputs::maps::peak_coordinates;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{
    BlurBuffers, Border, WINDOW_KERNEL, blur_plane, blur_window_with_border, blurred_argmax,
};
use crate::kernels::refinement::{
    PEAKS_PER_BLOCK, Peak, dark_offsets, dark_udp_unscaled_offset, dark_udp_unscaled_offsets,
    interior_quarter_shift,
};

/// How [`keypoints_from_heatmaps`] refines the pixels of the maxima.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoding(Method);

#[derive(Debug, Clone, PartialEq)]
enum Method {
    Maximum,
    QuarterShift,
    Dark(GaussianKernel),
    Megvii(GaussianKernel),
    DarkUdp(GaussianKernel),
    Combined { class: GaussianKernel, offsets: GaussianKernel, radius_factor: f64 },
}

impl Decoding {
    /// No refinement: `post_process=None`.
    pub const fn maximum() -> Self {
        Self(Method::Maximum)
    }

    /// A quarter of a pixel towards the larger neighbors: `post_process='default'`.
    pub const fn quarter_shift() -> Self {
        Self(Method::QuarterShift)
    }

    /// DARK on maps blurred with `kernel` taps: `post_process='unbiased'`.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for an even kernel.
    pub fn dark(kernel: usize) -> Result<Self> {
        Ok(Self(Method::Dark(taps(kernel)?)))
    }

    /// The maximum of the map blurred with `kernel` taps: `post_process='megvii'`.
    ///
    /// # Errors
    /// As [`Self::dark`].
    pub fn megvii(kernel: usize) -> Result<Self> {
        Ok(Self(Method::Megvii(taps(kernel)?)))
    }

    /// DARK of UDP: `use_udp=True`.
    ///
    /// # Errors
    /// As [`Self::dark`].
    pub fn dark_udp(kernel: usize) -> Result<Self> {
        Ok(Self(Method::DarkUdp(taps(kernel)?)))
    }

    /// Class maps and offset maps in units of `valid_radius_factor` · H: `use_udp=True` with
    /// `target_type='CombinedTarget'`.
    ///
    /// # Errors
    /// As [`Self::dark`], and for a factor that is not positive and finite.
    pub fn combined(kernel: usize, valid_radius_factor: f64) -> Result<Self> {
        let offsets = taps(kernel)?;
        let class = GaussianKernel::new(2 * kernel + 1);
        let radius_factor = check::positive("valid_radius_factor", valid_radius_factor)?;
        Ok(Self(Method::Combined { class, offsets, radius_factor }))
    }

    /// The number of maps per keypoint.
    pub fn maps_per_keypoint(&self) -> usize {
        match self.0 {
            Method::Combined { .. } => 3,
            _ => 1,
        }
    }

    fn uses_udp(&self) -> bool {
        matches!(self.0, Method::DarkUdp(_) | Method::Combined { .. })
    }
}

fn taps(kernel: usize) -> Result<GaussianKernel> {
    Ok(GaussianKernel::new(check::kernel_size("kernel", kernel)?))
}

/// Fills the keypoints (B, K), in image pixels, and the scores (B, K) of the maps (B, K, H, W), or
/// (B, 3K, H, W) for [`Decoding::combined`]. `boxes` are the boxes of the samples in their images.
///
/// As in MMPose 0.x, the location of a map without a value above 0 is -1 in heatmap pixels, and it is
/// not refined.
///
/// ```
/// use posecodec::functional::mmpose0::{Decoding, PersonBox, keypoints_from_heatmaps};
///
/// let heatmaps = [[0.0f32, 0.1, 0.5, 0.9, 0.7, 0.0, 0.0]; 5].concat();
/// let boxes = [PersonBox::new([70.0, 50.0], [140.0f32, 100.0], 1.0)]; // 20 image pixels per heatmap pixel
/// let (mut keypoints, mut scores) = ([[0.0; 2]], [0.0]);
/// let (shape, decoding) = ([1, 1, 5, 7], Decoding::maximum());
/// keypoints_from_heatmaps(&heatmaps, shape, &decoding, &boxes, &mut keypoints, &mut scores)?;
/// assert_eq!((keypoints, scores), ([[60.0, 0.0]], [0.9]));
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for maps without a pixel, slices of the wrong length.
pub fn keypoints_from_heatmaps<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 4],
    decoding: &Decoding,
    boxes: &[PersonBox],
    keypoints: &mut [[f32; 2]],
    scores: &mut [E],
) -> Result<()> {
    let [batch, _, height, width] = shape;
    one_per_sample("center", batch, boxes.len())?;
    let size = [width, height].map(|side| side as f64);
    let filled = (keypoints, scores);
    each_sample(heatmaps, shape, decoding.maps_per_keypoint(), filled, &|mut sample| {
        decode(&decoding.0, &mut sample);
        let restore = boxes[sample.number].restore(size, decoding.uses_udp());
        for point in sample.keypoints {
            *point = restore.apply(*point);
        }
    })
}

/// Fills the keypoints in heatmap pixels, and the scores.
fn decode<E: HeatmapValue>(method: &Method, sample: &mut Sample<'_, E>) {
    let mut buffers = BlurBuffers::default();
    match method {
        Method::Maximum => shifted(sample, |_| [0.0; 2]),
        Method::QuarterShift => {
            shifted(sample, |peak| interior_quarter_shift(peak).unwrap_or_default());
        }
        Method::Dark(kernel) => {
            refined(sample, |block| dark_offsets(block, kernel, &mut buffers));
        }
        Method::DarkUdp(kernel) => {
            refined(sample, |block| {
                dark_udp_unscaled_offsets(block, kernel, Border::Reflect101, &mut buffers)
            });
        }
        Method::Megvii(kernel) => {
            let maps = sample.maps;
            for (number, (point, score)) in
                sample.keypoints.iter_mut().zip(&mut *sample.scores).enumerate()
            {
                let (pixel, value) =
                    blurred_peak(maps.plane(number), maps.width, kernel, &mut buffers);
                *point = if value.is_nan() { [-1.0; 2] } else { pixel };
                *score = E::of(f64::from(value) / 255.0 + 0.5);
            }
        }
        Method::Combined { class, offsets, radius_factor } => {
            let height = sample.maps.map_len / sample.maps.width;
            let radius = (radius_factor * height as f64) as f32;
            combined(sample, class, offsets, radius, &mut buffers);
        }
    }
}

/// The maxima, moved by the offset that `offset` returns.
pub(in crate::functional) fn shifted<E: HeatmapValue>(
    sample: &mut Sample<'_, E>,
    offset: impl Fn(&Peak<'_, E>) -> [f32; 2],
) {
    for number in 0..sample.keypoints.len() {
        let (value, peak) = sample.positive_peak(number);
        let (at, moved) = (peak_coordinates(peak.as_ref()), peak.map(|peak| offset(&peak)));
        let moved = moved.unwrap_or_default();
        sample.keypoints[number] = [at[0] + moved[0], at[1] + moved[1]];
        sample.scores[number] = value;
    }
}

/// The maxima, moved by offsets that are computed for a block of peaks at a time.
fn refined<'a, E: HeatmapValue>(
    sample: &mut Sample<'a, E>,
    mut offsets: impl FnMut([Option<Peak<'a, E>>; PEAKS_PER_BLOCK]) -> [[f64; 2]; PEAKS_PER_BLOCK],
) {
    for start in (0..sample.keypoints.len()).step_by(PEAKS_PER_BLOCK) {
        let mut peaks = [None; PEAKS_PER_BLOCK];
        let block = start..sample.keypoints.len().min(start + PEAKS_PER_BLOCK);
        for (number, peak) in block.clone().zip(&mut peaks) {
            (sample.scores[number], *peak) = sample.positive_peak(number);
            sample.keypoints[number] = peak_coordinates(peak.as_ref());
        }
        for (point, offset) in sample.keypoints[block].iter_mut().zip(offsets(peaks)) {
            *point = [0, 1].map(|axis| (f64::from(point[axis]) + offset[axis]) as f32);
        }
    }
}

/// The maximum of each blurred class map, moved by the blurred offsets there in units of `radius`.
fn combined<E: HeatmapValue>(
    sample: &mut Sample<'_, E>,
    class_kernel: &GaussianKernel,
    offset_kernel: &GaussianKernel,
    radius: f32,
    buffers: &mut BlurBuffers,
) {
    let (maps, border) = (sample.maps, Border::Reflect101);
    let points = sample.keypoints.iter_mut().zip(&mut *sample.scores);
    for (number, (point, score)) in points.enumerate() {
        let [class, along_x, along_y] = [0, 1, 2].map(|map| maps.plane(3 * number + map));
        let peak = blurred_argmax(class, maps.width, class_kernel, border, buffers).maximum;
        *score = E::of(f64::from(peak.value));
        *point = [-1.0; 2];
        if peak.value > 0.0 {
            let at = [peak.index % maps.width, peak.index / maps.width];
            let mut blurred =
                |plane| blurred_at(plane, maps.width, at, offset_kernel, buffers) * radius;
            let offset = [blurred(along_x), blurred(along_y)];
            *point = [at[0] as f32 + offset[0], at[1] as f32 + offset[1]];
        }
    }
}

/// One pixel of a blurred plane.
fn blurred_at<E: HeatmapValue>(
    plane: &[E],
    width: usize,
    at: [usize; 2],
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> f32 {
    if kernel.size() > WINDOW_KERNEL {
        let blurred = blur_plane(plane, width, kernel, Border::Reflect101, buffers);
        return blurred[at[1] * width + at[0]];
    }
    blur_window_with_border::<E, 1>(plane, width, at, kernel, Border::Reflect101)[0][0]
}

/// Fills the keypoints (B, K) and the scores (B, K) of the maps (B, K, D, H, W): x and y in image
/// pixels, z in heatmap pixels; -1 in heatmap pixels without a value above 0.
///
/// # Errors
/// As [`keypoints_from_heatmaps`].
pub fn keypoints_from_heatmaps3d<E: HeatmapValue>(
    heatmaps: &[E],
    shape: [usize; 5],
    boxes: &[PersonBox],
    keypoints: &mut [[f32; 3]],
    scores: &mut [E],
) -> Result<()> {
    let [batch, count, _, height, width] = shape;
    one_per_sample("center", batch, boxes.len())?;
    get_heatmap_3d_maximum(heatmaps, shape, keypoints, scores)?;
    if count == 0 {
        return Ok(());
    }
    let size = [width, height].map(|side| side as f64);
    let samples = keypoints.chunks_exact_mut(count).zip(scores.chunks_exact(count));
    for ((points, scores), person) in samples.zip(boxes) {
        let restore = person.restore(size, false);
        for ([x, y, z], score) in points.iter_mut().zip(scores) {
            if score.as_f64().is_nan() {
                [*x, *y, *z] = [-1.0; 3];
            }
            [*x, *y] = restore.apply([*x, *y]);
        }
    }
    Ok(())
}

/// Converts keypoints (B, K), in units of the input size `[w, h]`, to image pixels.
///
/// # Errors
/// [`crate::Error::InvalidInput`] for an input size that is not positive and finite, or keypoints that are
/// not K per box.
pub fn keypoints_from_regression(
    keypoints: &mut [[f64; 2]],
    shape: [usize; 2],
    boxes: &[PersonBox],
    img_size: [f64; 2],
) -> Result<()> {
    let [batch, count] = shape;
    same_length("regression_preds", product(&shape), keypoints.len())?;
    one_per_sample("center", batch, boxes.len())?;
    for side in img_size {
        check::positive("img_size", side)?;
    }
    if count == 0 {
        return Ok(());
    }
    for (points, person) in keypoints.chunks_exact_mut(count).zip(boxes) {
        let restore = person.restore::<f64>(img_size, false);
        for point in points {
            *point = restore.apply([point[0] * img_size[0], point[1] * img_size[1]]);
        }
    }
    Ok(())
}

/// Moves keypoints (B, K), in heatmap pixels, to the nearby peaks of maps (B, K, H, W), or (1, K, H, W)
/// for all of them: DARK as MMPose 0.x computes it for UDP. Keypoints outside their map stay.
///
/// ```
/// use posecodec::functional::{Keypoints, generate_udp_gaussian_heatmaps, mmpose0::post_dark_udp};
///
/// let points = [[12.3f32, 20.6]];
/// let keypoints = Keypoints { points: &points, visible: Some(&[1.0f32]), instances: 1, count: 1 };
/// let (mut map, mut weights) = (vec![0.0; 32 * 24], [0.0]);
/// generate_udp_gaussian_heatmaps(&keypoints, [24, 32], 2.0, &mut map, &mut weights)?;
///
/// let mut found = [[12.0f32, 21.0]]; // the pixel of the maximum
/// post_dark_udp(&mut found, &map, [1, 1, 32, 24], 3)?;
/// assert!((found[0][0] - 12.3).abs() < 0.01 && (found[0][1] - 20.6).abs() < 0.01);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for an even kernel, maps without a pixel, slices of the wrong length.
pub fn post_dark_udp<T: Float, E: HeatmapValue>(
    coords: &mut [[T; 2]],
    batch_heatmaps: &[E],
    shape: [usize; 4],
    kernel: usize,
) -> Result<()> {
    let (kernel, mut buffers) = (taps(kernel)?, BlurBuffers::default());
    let maps = ("batch_heatmaps", batch_heatmaps);
    refine_each_instance(coords, maps, shape, flat_pixel, &mut |peak| {
        dark_udp_unscaled_offset(peak, &kernel, Border::Reflect101, &mut buffers)
    })
}
