//! OpenCV's Gaussian kernel, whose taps DARK and Megvii depend on.

/// Half of the fixed kernels that OpenCV uses for sizes 3, 5, 7 and 9, in 1/256, centre last.
const FIXED: [&[u8]; 4] = [&[64, 128], &[16, 64, 96], &[8, 28, 56, 72], &[4, 13, 30, 51, 60]];

/// A symmetric Gaussian blur kernel of odd size, as `cv2.getGaussianKernel(size, 0)`: fixed tables
/// up to 9, beyond that sigma = 0.3·((size - 1)/2 - 1) + 0.8.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianKernel {
    taps: Vec<f32>,
}

impl GaussianKernel {
    /// The kernel of `size` taps, which must be odd. Size 1 leaves a map as it is.
    pub fn new(size: usize) -> Self {
        debug_assert!(size % 2 == 1, "an even kernel has no centre");
        let radius = size / 2;
        let half: Vec<f64> = match radius {
            0 => vec![1.0],
            1..=4 => FIXED[radius - 1].iter().map(|&tap| f64::from(tap) / 256.0).collect(),
            _ => {
                let sigma = 0.3 * (radius as f64 - 1.0) + 0.8;
                let half: Vec<f64> = (0..=radius)
                    .map(|i| {
                        let distance = (radius - i) as f64;
                        (-0.5 * distance * distance / (sigma * sigma)).exp()
                    })
                    .collect();
                let sum = 2.0 * half[..radius].iter().sum::<f64>() + half[radius];
                half.into_iter().map(|tap| tap / sum).collect()
            }
        };
        let mirrored = half[..radius].iter().rev();
        Self { taps: half.iter().chain(mirrored).map(|&tap| tap as f32).collect() }
    }

    /// The taps, which add up to 1.
    pub fn taps(&self) -> &[f32] {
        &self.taps
    }

    /// How far the kernel reaches on each side of its centre.
    pub fn radius(&self) -> usize {
        self.taps.len() / 2
    }

    /// The kernel's response along an axis of `length` cells to a single 1 in the cell `centre`,
    /// where the border reflects without repeating the last cell (`BORDER_REFLECT_101`). Written
    /// to `response`; returns the first cell that it covers.
    pub fn impulse_response(&self, centre: usize, length: usize, response: &mut Vec<f32>) -> usize {
        let radius = self.radius();
        let start = centre.saturating_sub(radius);
        let end = (centre + radius + 1).min(length);
        response.clear();
        response.resize(end - start, 0.0);
        if length == 1 {
            // Every tap falls on the one cell.
            response[0] = self.taps.iter().sum();
            return start;
        }
        // The reflected axis repeats every 2·(length - 1) cells; each period holds the centre and
        // its mirror image, which are one cell when the centre is an end.
        let (radius, period) = (radius as i64, 2 * (length as i64 - 1));
        let images = [centre as i64, -(centre as i64)];
        let distinct = if images[1].rem_euclid(period) == images[0] { 1 } else { 2 };
        for &image in &images[..distinct] {
            let mut at = image - (image + radius).div_euclid(period) * period;
            while at < length as i64 + radius {
                let covered = (at - radius).max(start as i64)..(at + radius + 1).min(end as i64);
                for x in covered {
                    response[(x - start as i64) as usize] += self.taps[(at - x + radius) as usize];
                }
                at += period;
            }
        }
        start
    }
}
