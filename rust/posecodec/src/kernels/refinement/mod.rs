//! Sub-pixel refinement of a maximum: the quarter shift and DARK. Each function returns the offset to
//! add to the pixel of the maximum.

mod dark;
mod log_plane;

pub use dark::{
    DARK_REACH, DARK_UDP_REACH, PEAKS_PER_BLOCK, dark_offset, dark_offsets, dark_udp_offset,
    dark_udp_offsets, dark_udp_unscaled_offset, dark_udp_unscaled_offsets, dark_udp_window_offsets,
    dark_window_offsets,
};
pub use log_plane::{log_plane, log_plane_unscaled};

use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, blur_vector, blur_vector_window};
use crate::kernels::maximum::maximum;

/// Lower clip of the logarithm in DARK for UDP and SimCC.
const UDP_CLIP_MIN: f32 = 1e-3;
/// Upper clip of the logarithm in DARK for UDP and SimCC.
const UDP_CLIP_MAX: f32 = 50.0;
/// Both clips.
const UDP_CLIP: [f32; 2] = [UDP_CLIP_MIN, UDP_CLIP_MAX];

/// A plane of responses and its maximum.
#[derive(Debug, Clone, Copy)]
pub struct Peak<'a, E> {
    /// The responses, row by row.
    pub plane: &'a [E],
    /// Pixels per row.
    pub width: usize,
    /// The pixel of the maximum as `[x, y]`.
    pub at: [usize; 2],
    /// The maximum.
    pub value: E,
}

impl<E: HeatmapValue> Peak<'_, E> {
    fn height(&self) -> usize {
        self.plane.len() / self.width
    }

    /// The response `dx`, `dy` pixels from the maximum, which must be inside the plane.
    fn response(&self, dx: isize, dy: isize) -> E {
        let [x, y] = self.at;
        self.plane[y.wrapping_add_signed(dy) * self.width + x.wrapping_add_signed(dx)]
    }
}

/// A peak of which a window is known, not the whole map.
#[derive(Debug, Clone, Copy)]
pub struct WindowPeak<'a, E> {
    /// The window, with the peak at its center and zeros outside the map.
    pub window: Peak<'a, E>,
    /// The pixel of the maximum in the map, as `[x, y]`.
    pub at: [usize; 2],
    /// Map size `[W, H]`.
    pub size: [usize; 2],
}

/// A quarter of a pixel towards the larger neighbor along each axis: MMPose's `refine_keypoints`.
///
/// MMPose shifts x only where 1 < x < W - 1 and y > 0, and y only where 1 < y < H - 1 and x > 0.
#[inline]
pub fn quarter_shift<E: HeatmapValue>(peak: &Peak<'_, E>) -> [f32; 2] {
    quarter_shift_at(peak, peak.at, [peak.width, peak.height()])
}

/// [`quarter_shift`] from a window of at least 3 × 3 pixels.
#[inline]
pub fn window_quarter_shift<E: HeatmapValue>(peak: &WindowPeak<'_, E>) -> [f32; 2] {
    quarter_shift_at(&peak.window, peak.at, peak.size)
}

/// [`quarter_shift`] of a peak that is at this pixel of a map of this size.
#[inline]
fn quarter_shift_at<E: HeatmapValue>(
    peak: &Peak<'_, E>,
    [x, y]: [usize; 2],
    [width, height]: [usize; 2],
) -> [f32; 2] {
    let mut shift = [0.0; 2];
    if 1 < x && x + 1 < width && 0 < y {
        shift[0] = 0.25 * sign(peak.response(1, 0), peak.response(-1, 0));
    }
    if 1 < y && y + 1 < height && 0 < x {
        shift[1] = 0.25 * sign(peak.response(0, 1), peak.response(0, -1));
    }
    shift
}

/// A quarter of a pixel towards the larger neighbor along both axes, or `None` where one of them is too
/// near to the border: the rule of HRNet, of MMPose 0.x and of Megvii's codec.
#[inline]
pub fn interior_quarter_shift<E: HeatmapValue>(peak: &Peak<'_, E>) -> Option<[f32; 2]> {
    let [x, y] = peak.at;
    let interior = 1 < x && x + 1 < peak.width && 1 < y && y + 1 < peak.height();
    interior.then(|| {
        let along_x = sign(peak.response(1, 0), peak.response(-1, 0));
        let along_y = sign(peak.response(0, 1), peak.response(0, -1));
        [0.25 * along_x, 0.25 * along_y]
    })
}

/// The sign of `a - b`, as `np.sign`: 0 for equal values, NaN for NaN.
#[inline]
pub fn sign<E: HeatmapValue>(a: E, b: E) -> f32 {
    let difference = (a.as_f64() - b.as_f64()) as f32;
    if difference == 0.0 { 0.0 } else { difference.signum() }
}

/// A part of a SimCC vector around its maximum.
#[derive(Debug, Clone, Copy)]
pub struct VectorWindow<'a, E> {
    /// The responses.
    pub values: &'a [E],
    /// The index of the maximum among them.
    pub index: usize,
    /// The bin of the maximum.
    pub bin: usize,
    /// The number of bins of the vector.
    pub bins: usize,
    /// The maximum.
    pub value: E,
}

/// DARK along a SimCC vector blurred with `kernel`: MMPose's `refine_simcc_dark`.
///
/// Five samples of the logarithm L around the maximum give the step `-L' / L''` with
/// `L' = (L[1] - L[-1]) / 2` and `L'' = (L[2] - 2·L[0] + L[-2]) / 4 + 1e-9`. As in [`dark_offsets`],
/// the blurred samples are enough unless a clip applies; then the whole vector is blurred.
pub fn simcc_dark_offset<E: HeatmapValue>(
    vector: &[E],
    at: usize,
    value: E,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> f64 {
    let window = VectorWindow { values: vector, index: at, bin: at, bins: vector.len(), value };
    let samples = simcc_samples(&window, kernel, buffers).unwrap_or_else(|| {
        let blurred = blur_vector(vector, kernel, buffers);
        let factor = value.as_f32() / largest(blurred);
        let [least, most] = UDP_CLIP;
        window.sampled().map(|bin| (blurred[bin] * factor).clamp(least, most))
    });
    simcc_dark_step(samples, value)
}

/// [`simcc_dark_offset`] from a window that has [`DARK_REACH`] and the kernel's radius on each side of
/// the maximum, with zeros outside the vector; `None` if the window is not enough.
pub fn simcc_window_dark_offset<E: HeatmapValue>(
    window: &VectorWindow<'_, E>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> Option<f64> {
    let samples = simcc_samples(window, kernel, buffers)?;
    Some(simcc_dark_step(samples, window.value))
}

impl<E: HeatmapValue> VectorWindow<'_, E> {
    /// The bins of the five samples; the outermost bin is repeated beyond the end.
    fn sampled(&self) -> [usize; 5] {
        [-2, -1, 0, 1, 2].map(|step| self.bin.saturating_add_signed(step).min(self.bins - 1))
    }
}

/// The samples of the blurred vector; `None` if a clip applies.
fn simcc_samples<E: HeatmapValue>(
    window: &VectorWindow<'_, E>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> Option<[f32; 5]> {
    let blurred = blur_vector_window(window.values, window.index, kernel, buffers);
    let samples = window.sampled().map(|bin| blurred[bin + 2 - window.bin]);
    let clipped = samples.iter().any(|&sample| !(sample >= UDP_CLIP_MIN));
    (!clipped && window.value.as_f32() <= UDP_CLIP_MAX).then_some(samples)
}

fn simcc_dark_step<E: HeatmapValue>(samples: [f32; 5], value: E) -> f64 {
    let [dx_2, dx_1, dx0, dx1, dx2] = samples.map(|sample| f64::from(sample).ln());
    let dx = 0.5 * (dx1 - dx_1);
    let dxx = 1e-9 + 0.25 * (dx2 - 2.0 * dx0 + dx_2);
    finite_or_zero([-dx / dxx, 0.0], value)[0]
}

fn largest(values: &[f32]) -> f32 {
    maximum(values).map_or(f32::NAN, |maximum| maximum.value)
}

/// The step, or no step if the Hessian is singular and the map is finite: a finite map has finite
/// keypoints. A map that holds NaN or infinity gives NaN, as in MMPose.
#[inline]
fn finite_or_zero<E: HeatmapValue>(step: [f64; 2], value: E) -> [f64; 2] {
    let finite = step[0].is_finite() && step[1].is_finite();
    if !finite && value.as_f64().is_finite() { [0.0; 2] } else { step }
}
