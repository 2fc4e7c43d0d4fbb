//! DARK (Zhang et al. 2020, <https://arxiv.org/abs/1910.06278>) on maps, for eight peaks at a time.
//!
//! Near its peak, the logarithm L of a Gaussian heatmap is a quadratic function. DARK blurs the map,
//! takes its logarithm, and makes one Newton step from the pixel m of the maximum to the peak µ:
//!
//! ```text
//! µ = m - H⁻¹ g        g = [Lx, Ly],  H = [[Lxx, Lxy], [Lxy, Lyy]]
//!
//! µx - mx = (Lxy·Ly - Lyy·Lx) / (Lxx·Lyy - Lxy²)
//! µy - my = (Lxy·Lx - Lxx·Ly) / (Lxx·Lyy - Lxy²)
//! ```
//!
//! MMPose's two forms differ in the samples of L that the derivatives are made of:
//!
//! ```text
//! dark_offsets, 13 samples                     dark_udp_offsets, 7 samples
//!
//!  y-2  .  .  0  .  .                          y-1  4  6  .
//!  y-1  .  1  2  3  .                          y    5  0  1
//!  y    4  5  6  7  8                          y+1  .  2  3
//!  y+1  .  9 10 11  .                              x-1 x x+1
//!  y+2  .  . 12  .  .
//!      x-2   x   x+2
//!
//! Lx  = (L7 - L5) / 2                          Lx  = (L1 - L5) / 2
//! Ly  = (L10 - L2) / 2                         Ly  = (L2 - L6) / 2
//! Lxx = (L8 - 2·L6 + L4) / 4                   Lxx = L1 - 2·L0 + L5 + ε
//! Lyy = (L12 - 2·L6 + L0) / 4                  Lyy = L2 - 2·L0 + L6 + ε
//! Lxy = (L11 - L3 - L9 + L1) / 4               Lxy = (L3 - L1 - L2 + 2·L0 - L5 - L6 + L4) / 2
//! ```
//!
//! with ε the machine epsilon of float32.
//!
//! # Strategy
//! MMPose blurs the whole map, scales it by (maximum before / maximum after the blur), clips it and
//! takes logarithms. In log space the scale is an added constant and cancels in every derivative, unless
//! values are clipped. So the samples alone are enough if no clip applies:
//!
//! ```text
//! for each peak:
//!     samples = the blurred map around m, from a window of the map          // blur_window
//!     if a sample is below the lower clip, the maximum above the upper one,
//!        or the kernel too large for the window:
//!         samples = the map blurred as a whole, scaled and clipped, around m
//! logarithms, derivatives and steps of eight peaks, one per SIMD lane
//! ```
//!
//! The scale is at least 1, because a blur cannot raise the maximum: a sample above the lower clip stays
//! above it. Logarithms and divisions have long latencies; eight peaks in the lanes of one vector take
//! hardly longer than one.

use super::{Peak, UDP_CLIP, UDP_CLIP_MAX, UDP_CLIP_MIN, WindowPeak, finite_or_zero, largest};
use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{
    BlurBuffers, Border, WINDOW_KERNEL, blur_plane, blur_window, blur_window_with_border,
};
use crate::kernels::math::logarithm::ln;
use crate::simd::{Vectorized, dispatch};

/// Peaks that are refined together: one AVX-512 vector in double precision.
pub const PEAKS_PER_BLOCK: usize = 8;

/// Clips of DARK's logarithm; there is no upper one.
const LOG_CLIP: [f32; 2] = [1e-10, f32::INFINITY];

/// Pixels on each side of the peak that [`dark_offsets`] samples.
pub const DARK_REACH: usize = 2;

/// Pixels on each side of the peak that [`dark_udp_offsets`] samples.
pub const DARK_UDP_REACH: usize = 1;

/// The samples 0 to 12 of `dark_offsets` as row and column of a 5-wide window.
const DARK_STENCIL: [(usize, usize); 13] = [
    (0, 2),
    (1, 1),
    (1, 2),
    (1, 3),
    (2, 0),
    (2, 1),
    (2, 2),
    (2, 3),
    (2, 4),
    (3, 1),
    (3, 2),
    (3, 3),
    (4, 2),
];

/// Offsets of the first [`PEAKS_PER_BLOCK`] peaks on maps blurred with `kernel`: MMPose's
/// `refine_keypoints_dark`. No offset within two pixels of the border, nor for `None`.
pub fn dark_offsets<'a, E: HeatmapValue>(
    peaks: impl IntoIterator<Item = Option<Peak<'a, E>>>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [[f64; 2]; PEAKS_PER_BLOCK] {
    let block = Block::of(peaks, |_, peak| {
        let inside = has_dark_stencil(peak.at, [peak.width, peak.height()]);
        inside.then(|| {
            (peak.value, samples::<E, 5, 13>(peak, kernel, LOG_CLIP, &DARK_STENCIL, buffers))
        })
    });
    block.offsets(dispatch(DarkSteps(&block.samples)))
}

/// [`dark_offsets`] from windows that have [`DARK_REACH`] and the kernel's radius on each side of the
/// peak. Sets `needs_map` of a peak, and returns no offset for it, if its window is not enough.
pub fn dark_window_offsets<E: HeatmapValue>(
    peaks: &[Option<WindowPeak<'_, E>>; PEAKS_PER_BLOCK],
    kernel: &GaussianKernel,
    needs_map: &mut [bool; PEAKS_PER_BLOCK],
) -> [[f64; 2]; PEAKS_PER_BLOCK] {
    let block = Block::of(*peaks, |lane, WindowPeak { window, at, size }| {
        if !has_dark_stencil(*at, *size) {
            return None;
        }
        let samples = window_samples::<E, 5, 13>(window, kernel, LOG_CLIP, &DARK_STENCIL);
        needs_map[lane] = samples.is_none();
        samples.map(|samples| (window.value, samples))
    });
    block.offsets(dispatch(DarkSteps(&block.samples)))
}

/// Whether a pixel has all samples of [`DARK_STENCIL`] on a map of this size.
fn has_dark_stencil(at: [usize; 2], size: [usize; 2]) -> bool {
    (0..2).all(|axis| (DARK_REACH..size[axis].saturating_sub(DARK_REACH)).contains(&at[axis]))
}

/// [`dark_offsets`] of one peak.
pub fn dark_offset<E: HeatmapValue>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [f64; 2] {
    dark_offsets([Some(*peak)], kernel, buffers)[0]
}

/// Offsets of the first [`PEAKS_PER_BLOCK`] peaks on maps blurred with `kernel`, by DARK as UDP uses it
/// (Huang et al. 2020, <https://arxiv.org/abs/1911.07524>): MMPose's `refine_keypoints_dark_udp`. The
/// outermost samples are repeated beyond the border. No offset for `None`.
pub fn dark_udp_offsets<'a, E: HeatmapValue>(
    peaks: impl IntoIterator<Item = Option<Peak<'a, E>>>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [[f64; 2]; PEAKS_PER_BLOCK] {
    let block = Block::of(peaks, |_, peak| {
        let seven = udp_stencil(peak.at, [peak.width, peak.height()]);
        Some((peak.value, samples::<E, 3, 7>(peak, kernel, UDP_CLIP, &seven, buffers)))
    });
    block.offsets(dispatch(DarkUdpSteps(&block.samples)))
}

/// [`dark_udp_offsets`] from windows that have [`DARK_UDP_REACH`] and the kernel's radius on each side
/// of the peak. Sets `needs_map` of a peak, and returns no offset for it, if its window is not enough.
pub fn dark_udp_window_offsets<E: HeatmapValue>(
    peaks: &[Option<WindowPeak<'_, E>>; PEAKS_PER_BLOCK],
    kernel: &GaussianKernel,
    needs_map: &mut [bool; PEAKS_PER_BLOCK],
) -> [[f64; 2]; PEAKS_PER_BLOCK] {
    let block = Block::of(*peaks, |lane, WindowPeak { window, at, size }| {
        let seven = udp_stencil(*at, *size);
        let samples = window_samples::<E, 3, 7>(window, kernel, UDP_CLIP, &seven);
        needs_map[lane] = samples.is_none();
        samples.map(|samples| (window.value, samples))
    });
    block.offsets(dispatch(DarkUdpSteps(&block.samples)))
}

/// [`dark_udp_offsets`] on maps with any border, which are not rescaled after the blur: with
/// [`Border::Reflect101`], `post_dark_udp` of MMPose 0.x. Without the rescaling, a window is always
/// enough.
pub fn dark_udp_unscaled_offsets<'a, E: HeatmapValue>(
    peaks: impl IntoIterator<Item = Option<Peak<'a, E>>>,
    kernel: &GaussianKernel,
    border: Border,
    buffers: &mut BlurBuffers,
) -> [[f64; 2]; PEAKS_PER_BLOCK] {
    let block = Block::of(peaks, |_, peak| {
        let seven = udp_stencil(peak.at, [peak.width, peak.height()]);
        let samples = if kernel.size() > WINDOW_KERNEL {
            let blurred = blur_plane(peak.plane, peak.width, kernel, border, buffers);
            seven.map(|sample| blurred[pixel_of::<E, 3>(peak, sample)])
        } else {
            let (plane, width) = (peak.plane, peak.width);
            let window = blur_window_with_border::<E, 3>(plane, width, peak.at, kernel, border);
            seven.map(|(row, column)| window[row][column])
        };
        Some((peak.value, samples.map(|sample| sample.clamp(UDP_CLIP_MIN, UDP_CLIP_MAX))))
    });
    block.offsets(dispatch(DarkUdpSingleSteps(&block.samples)))
}

/// [`dark_udp_unscaled_offsets`] of one peak.
pub fn dark_udp_unscaled_offset<E: HeatmapValue>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    border: Border,
    buffers: &mut BlurBuffers,
) -> [f64; 2] {
    dark_udp_unscaled_offsets([Some(*peak)], kernel, border, buffers)[0]
}

/// The samples 0 to 6 of `dark_udp_offsets` as row and column of a 3-wide window around the pixel `at` of
/// a map of this size; at the border some coincide.
fn udp_stencil(at: [usize; 2], size: [usize; 2]) -> [(usize, usize); 7] {
    let [columns, rows] = [0, 1].map(|axis| clamped(at[axis], size[axis]));
    [(1, 1), (1, 2), (2, 1), (2, 2), (0, 0), (1, 0), (0, 1)]
        .map(|(row, column): (usize, usize)| (rows[row], columns[column]))
}

/// The index of a sample of an `N`-wide window in the peak's plane.
fn pixel_of<E, const N: usize>(peak: &Peak<'_, E>, (row, column): (usize, usize)) -> usize {
    let [x, y] = peak.at;
    (y + row - N / 2) * peak.width + x + column - N / 2
}

/// [`dark_udp_offsets`] of one peak.
pub fn dark_udp_offset<E: HeatmapValue>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [f64; 2] {
    dark_udp_offsets([Some(*peak)], kernel, buffers)[0]
}

/// Indices into a 3-wide window around `at` of the pixels before, at and after it. Beyond the border,
/// the index of the outermost pixel is repeated.
fn clamped(at: usize, length: usize) -> [usize; 3] {
    [usize::from(at == 0), 1, if at + 1 == length { 1 } else { 2 }]
}

/// The peaks that are refined together: `S` samples and a maximum each.
struct Block<E, const S: usize> {
    samples: [[f32; PEAKS_PER_BLOCK]; S],
    values: [Option<E>; PEAKS_PER_BLOCK],
}

impl<E: HeatmapValue, const S: usize> Block<E, S> {
    /// Collects the maximum and the samples of each peak, by its number; `samples` returns `None` for one
    /// that is not refined.
    #[inline]
    fn of<P>(
        peaks: impl IntoIterator<Item = Option<P>>,
        mut samples: impl FnMut(usize, &P) -> Option<(E, [f32; S])>,
    ) -> Self {
        // Unused lanes hold 1.0, so that they do not hit subnormals or NaN.
        let mut block =
            Self { samples: [[1.0; PEAKS_PER_BLOCK]; S], values: [None; PEAKS_PER_BLOCK] };
        for (lane, peak) in peaks.into_iter().take(PEAKS_PER_BLOCK).enumerate() {
            if let Some(peak) = peak
                && let Some((value, samples)) = samples(lane, &peak)
            {
                for (lanes, sample) in block.samples.iter_mut().zip(samples) {
                    lanes[lane] = sample;
                }
                block.values[lane] = Some(value);
            }
        }
        block
    }

    #[inline]
    fn offsets(&self, steps: Steps) -> [[f64; 2]; PEAKS_PER_BLOCK] {
        let mut offsets = [[0.0; 2]; PEAKS_PER_BLOCK];
        for (lane, (offset, value)) in offsets.iter_mut().zip(self.values).enumerate() {
            if let Some(value) = value {
                *offset = finite_or_zero([steps[0][lane], steps[1][lane]], value);
            }
        }
        offsets
    }
}

/// Newton steps along x and along y, one per lane; not finite if the Hessian is singular.
type Steps = [[f64; PEAKS_PER_BLOCK]; 2];

struct DarkSteps<'a>(&'a [[f32; PEAKS_PER_BLOCK]; 13]);

impl Vectorized for DarkSteps<'_> {
    type Output = Steps;

    #[inline(always)]
    fn run(self) -> Steps {
        let mut steps = [[0.0; PEAKS_PER_BLOCK]; 2];
        for lane in 0..PEAKS_PER_BLOCK {
            let log = |sample: usize| ln(self.0[sample][lane]);
            let (y_2, x_1y_1, y_1, x1y_1) = (log(0), log(1), log(2), log(3));
            let (x_2, x_1, center, x1, x2) = (log(4), log(5), log(6), log(7), log(8));
            let (x_1y1, y1, x1y1, y2) = (log(9), log(10), log(11), log(12));
            let gradient = [0.5 * (x1 - x_1), 0.5 * (y1 - y_1)];
            let dxx = 0.25 * (x2 - 2.0 * center + x_2);
            let dxy = 0.25 * (x1y1 - x1y_1 - x_1y1 + x_1y_1);
            let dyy = 0.25 * (y2 - 2.0 * center + y_2);
            [steps[0][lane], steps[1][lane]] = newton_step(gradient, [dxx, dxy, dyy]);
        }
        steps
    }
}

struct DarkUdpSteps<'a>(&'a [[f32; PEAKS_PER_BLOCK]; 7]);

impl Vectorized for DarkUdpSteps<'_> {
    type Output = Steps;

    #[inline(always)]
    fn run(self) -> Steps {
        let mut steps = [[0.0; PEAKS_PER_BLOCK]; 2];
        for lane in 0..PEAKS_PER_BLOCK {
            let log = |sample: usize| ln(self.0[sample][lane]);
            let (i, ix1, iy1, ix1y1) = (log(0), log(1), log(2), log(3));
            let (ix1_y1_, ix1_, iy1_) = (log(4), log(5), log(6));
            let gradient = [0.5 * (ix1 - ix1_), 0.5 * (iy1 - iy1_)];
            let dxx = ix1 - 2.0 * i + ix1_;
            let dyy = iy1 - 2.0 * i + iy1_;
            let dxy = 0.5 * (ix1y1 - ix1 - iy1 + i + i - ix1_ - iy1_ + ix1_y1_);
            let epsilon = f64::from(f32::EPSILON);
            [steps[0][lane], steps[1][lane]] =
                newton_step(gradient, [dxx + epsilon, dxy, dyy + epsilon]);
        }
        steps
    }
}

/// [`DarkUdpSteps`] with logarithms and derivatives in single precision, like MMPose 0.x. Far from a
/// peak, where the Hessian is nearly singular, their rounding shows.
struct DarkUdpSingleSteps<'a>(&'a [[f32; PEAKS_PER_BLOCK]; 7]);

impl Vectorized for DarkUdpSingleSteps<'_> {
    type Output = Steps;

    #[inline(always)]
    fn run(self) -> Steps {
        let mut steps = [[0.0; PEAKS_PER_BLOCK]; 2];
        for lane in 0..PEAKS_PER_BLOCK {
            let log = |sample: usize| ln(self.0[sample][lane]) as f32;
            let (i, ix1, iy1, ix1y1) = (log(0), log(1), log(2), log(3));
            let (ix1_y1_, ix1_, iy1_) = (log(4), log(5), log(6));
            let gradient = [0.5 * (ix1 - ix1_), 0.5 * (iy1 - iy1_)];
            let dxx = f64::from(ix1 - 2.0 * i + ix1_);
            let dyy = f64::from(iy1 - 2.0 * i + iy1_);
            let dxy = 0.5 * (ix1y1 - ix1 - iy1 + i + i - ix1_ - iy1_ + ix1_y1_);
            let epsilon = f64::from(f32::EPSILON);
            let hessian = [dxx + epsilon, dxy.into(), dyy + epsilon];
            [steps[0][lane], steps[1][lane]] = newton_step(gradient.map(f64::from), hessian);
        }
        steps
    }
}

/// One Newton step, `-H⁻¹ g`, from the gradient and the Hessian `[dxx, dxy, dyy]`.
#[inline(always)]
fn newton_step([dx, dy]: [f64; 2], [dxx, dxy, dyy]: [f64; 3]) -> [f64; 2] {
    let determinant = dxx * dyy - dxy * dxy;
    [(dxy * dy - dyy * dx) / determinant, (dxy * dx - dxx * dy) / determinant]
}

/// Samples of the blurred, rescaled and clipped plane in an `N`-wide window around the maximum, at the
/// given rows and columns of the window.
#[inline]
fn samples<E: HeatmapValue, const N: usize, const S: usize>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    clip: [f32; 2],
    needed: &[(usize, usize); S],
    buffers: &mut BlurBuffers,
) -> [f32; S] {
    window_samples::<E, N, S>(peak, kernel, clip, needed)
        .unwrap_or_else(|| plane_samples::<E, N, S>(peak, kernel, clip, needed, buffers))
}

/// The samples from a window alone; `None` if that would not be exact.
#[inline]
fn window_samples<E: HeatmapValue, const N: usize, const S: usize>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    [least, most]: [f32; 2],
    needed: &[(usize, usize); S],
) -> Option<[f32; S]> {
    if kernel.size() > WINDOW_KERNEL || !(peak.value.as_f32() <= most) {
        return None;
    }
    let window = blur_window::<E, N>(peak.plane, peak.width, peak.at, kernel);
    let samples = needed.map(|(row, column)| window[row][column]);
    samples.iter().all(|&sample| sample >= least).then_some(samples)
}

/// The samples from the whole plane, blurred, rescaled and clipped.
#[cold]
fn plane_samples<E: HeatmapValue, const N: usize, const S: usize>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    [least, most]: [f32; 2],
    needed: &[(usize, usize); S],
    buffers: &mut BlurBuffers,
) -> [f32; S] {
    let blurred = blur_plane(peak.plane, peak.width, kernel, Border::Zero, buffers);
    let factor = peak.value.as_f32() / largest(blurred);
    needed.map(|sample| (blurred[pixel_of::<E, N>(peak, sample)] * factor).clamp(least, most))
}
