//! OpenCV's Gaussian kernel, which DARK and Megvii's codec blur with.

/// Half of the fixed kernels that OpenCV uses for sizes 3, 5, 7 and 9, in 1/256, center first.
const FIXED: [&[u8]; 4] = [&[128, 64], &[96, 64, 16], &[72, 56, 28, 8], &[60, 51, 30, 13, 4]];

/// A symmetric Gaussian blur kernel of odd size, as `cv2.getGaussianKernel(size, 0)`: fixed tables
/// up to 9, beyond that sigma = 0.3·((size - 1)/2 - 1) + 0.8.
#[derive(Clone, PartialEq)]
pub struct GaussianKernel {
    /// The taps from the center outwards; all but the first apply on both sides.
    taps: Vec<f32>,
    /// See [`Self::mirror_excess`].
    mirror_excess: [f32; MIRRORED],
}

/// Pixels next to a border for which [`GaussianKernel::mirror_excess`] is known.
const MIRRORED: usize = 16;

/// Without the table.
impl std::fmt::Debug for GaussianKernel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "GaussianKernel({} taps)", 2 * self.taps.len() - 1)
    }
}

impl GaussianKernel {
    /// The kernel of `size` taps, which must be odd. Size 1 leaves a map as it is.
    pub fn new(size: usize) -> Self {
        debug_assert!(size % 2 == 1, "an even kernel has no center");
        let radius = size / 2;
        let taps = match radius {
            0 => vec![1.0],
            1..=4 => FIXED[radius - 1].iter().map(|&tap| f32::from(tap) / 256.0).collect(),
            _ => return Self::with_sigma(radius, 0.3 * (radius as f64 - 1.0) + 0.8),
        };
        Self::with_taps(taps)
    }

    fn with_taps(taps: Vec<f32>) -> Self {
        let mirror_excess = std::array::from_fn(|index| mirror_excess(&taps, index));
        Self { taps, mirror_excess }
    }

    /// By which share of the center tap a pixel can count for more than once that tap in a blurred value,
    /// by its distance from a border that reflects: its mirror image may be under the kernel as well.
    pub(super) fn mirror_excess(&self) -> &[f32; MIRRORED] {
        &self.mirror_excess
    }

    /// The kernel of a Gaussian that is cut off after `radius` pixels on each side, as SciPy's
    /// `gaussian_filter` and torchvision's `gaussian_blur` compute it.
    pub fn with_sigma(radius: usize, sigma: f64) -> Self {
        let gaussian = |distance: usize| {
            let distance = distance as f64;
            (-0.5 * distance * distance / (sigma * sigma)).exp()
        };
        let sum = 1.0 + 2.0 * (1..=radius).map(gaussian).sum::<f64>();
        Self::with_taps((0..=radius).map(|distance| (gaussian(distance) / sum) as f32).collect())
    }

    /// The taps from the center outwards. All but the first apply on both sides; counted twice, they
    /// add up to 1 with the first.
    pub fn taps(&self) -> &[f32] {
        &self.taps
    }

    /// The number of taps on each side of the center.
    pub fn radius(&self) -> usize {
        self.taps.len() - 1
    }

    /// The kernel size: the taps of both sides and the center.
    pub fn size(&self) -> usize {
        2 * self.radius() + 1
    }

    /// The kernel's response along an axis of `length` pixels to a single 1 in the pixel `center`,
    /// where the border reflects without repeating the last pixel (`BORDER_REFLECT_101`). Written
    /// to `response`; returns the first pixel that it covers.
    pub fn impulse_response(&self, center: usize, length: usize, response: &mut Vec<f32>) -> usize {
        let radius = self.radius();
        let start = center.saturating_sub(radius);
        let end = (center + radius + 1).min(length);
        response.clear();
        response.resize(end - start, 0.0);
        if length == 1 {
            // Every tap falls on the one pixel.
            response[0] = self.taps[0] + 2.0 * self.taps[1..].iter().sum::<f32>();
            return start;
        }
        // The reflected axis repeats every 2·(length - 1) pixels; each period holds the center and
        // its mirror image, which are one pixel when the center is an end.
        let (radius, period) = (radius as i64, 2 * (length as i64 - 1));
        let images = [center as i64, -(center as i64)];
        let distinct = if images[1].rem_euclid(period) == images[0] { 1 } else { 2 };
        for &image in &images[..distinct] {
            let mut at = image - (image + radius).div_euclid(period) * period;
            while at < length as i64 + radius {
                let covered = (at - radius).max(start as i64)..(at + radius + 1).min(end as i64);
                for x in covered {
                    response[(x - start as i64) as usize] += self.taps[at.abs_diff(x) as usize];
                }
                at += period;
            }
        }
        start
    }
}

/// [`GaussianKernel::mirror_excess`] of the pixel with this index.
fn mirror_excess(taps: &[f32], index: usize) -> f32 {
    let tap = |distance: usize| taps.get(distance).copied().unwrap_or(0.0);
    // Pixel 0 has no mirror image.
    let image = |x: usize| if index == 0 { 0.0 } else { tap(index + x) };
    let largest = (0..taps.len()).map(|x| tap(index.abs_diff(x)) + image(x)).fold(0.0, f32::max);
    (largest / taps[0] - 1.0).max(0.0) * (1.0 + 1e-5)
}
