//! From the cell of the maximum to a fraction of a cell: the quarter shift and DARK.
//!
//! Each function answers with the offset to add. DARK blurs and logs the whole plane in the
//! reference, then looks at a few samples around the maximum. Here only those samples are blurred.
//! The reference's rescaling by (maximum before / maximum after the blur) is a constant in log
//! space and cancels in every derivative, unless a clip bites: the factor is at least 1, so where
//! every needed sample lies above the lower clip and the maximum below the upper one, the window
//! alone is exact. Elsewhere the whole plane is blurred, once, for that maximum.

use super::blur::{
    BlurBuffers, Border, WINDOW_KERNEL, blur_plane, blur_vector, blur_vector_window, blur_window,
};
use super::element::Response;
use super::gaussian_kernel::GaussianKernel;
use super::logarithm::{self, clip_and_log};
use super::maximum::maximum;

/// Lower clip of DARK's logarithm.
const DARK_LEAST: f32 = 1e-10;
/// Lower clip of the logarithm in DARK for UDP and SimCC.
const UDP_LEAST: f32 = 1e-3;
/// Upper clip of the logarithm in DARK for UDP and SimCC.
const UDP_LARGEST: f32 = 50.0;

/// A plane of responses and its largest value.
#[derive(Debug, Clone, Copy)]
pub struct Peak<'a, E> {
    /// The responses, row by row.
    pub plane: &'a [E],
    /// Cells a row.
    pub width: usize,
    /// The cell of the maximum as `[x, y]`.
    pub at: [usize; 2],
    /// The maximum.
    pub value: E,
}

impl<E: Response> Peak<'_, E> {
    fn height(&self) -> usize {
        self.plane.len() / self.width
    }

    /// The response `dx`, `dy` cells from the maximum, which must lie inside.
    fn response(&self, dx: isize, dy: isize) -> E {
        let [x, y] = self.at;
        self.plane[y.wrapping_add_signed(dy) * self.width + x.wrapping_add_signed(dx)]
    }
}

/// A quarter of a cell towards the larger neighbour along each axis (the reference's
/// `refine_keypoints`), under its own rule of how far from the border.
#[inline]
pub fn quarter_shift<E: Response>(peak: &Peak<'_, E>) -> [f32; 2] {
    let [x, y] = peak.at;
    let (width, height) = (peak.width, peak.height());
    let mut shift = [0.0; 2];
    if 1 < x && x + 1 < width && 0 < y {
        shift[0] = 0.25 * sign(peak.response(1, 0), peak.response(-1, 0));
    }
    if 1 < y && y + 1 < height && 0 < x {
        shift[1] = 0.25 * sign(peak.response(0, 1), peak.response(0, -1));
    }
    shift
}

/// The sign of a difference, as `np.sign`: 0 for equal, NaN where there is no order.
#[inline]
pub fn sign<E: Response>(a: E, b: E) -> f32 {
    let difference = (a.as_f64() - b.as_f64()) as f32;
    if difference == 0.0 { 0.0 } else { difference.signum() }
}

/// The samples that DARK's derivatives are made of, by row and column of a 5-wide window.
const THIRTEEN: [(usize, usize); 13] = [
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

/// DARK (Zhang et al. 2020, <https://arxiv.org/abs/1910.06278>) on a map blurred with `kernel`, as
/// the reference's `refine_keypoints_dark`. No offset within two cells of the border.
pub fn dark_offset<E: Response>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [f64; 2] {
    let [x, y] = peak.at;
    if x <= 1 || y <= 1 || x + 2 >= peak.width || y + 2 >= peak.height() {
        return [0.0; 2];
    }
    let samples =
        logarithms::<E, 5, 16>(peak, kernel, [DARK_LEAST, f32::INFINITY], &THIRTEEN, buffers);
    let at = |dx: isize, dy: isize| {
        samples[2usize.wrapping_add_signed(dy)][2usize.wrapping_add_signed(dx)]
    };
    let gradient = [0.5 * (at(1, 0) - at(-1, 0)), 0.5 * (at(0, 1) - at(0, -1))];
    let dxx = 0.25 * (at(2, 0) - 2.0 * at(0, 0) + at(-2, 0));
    let dxy = 0.25 * (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1));
    let dyy = 0.25 * (at(0, 2) - 2.0 * at(0, 0) + at(0, -2));
    newton_step(gradient, [dxx, dxy, dyy], peak.value)
}

/// DARK as UDP uses it (Huang et al. 2020, <https://arxiv.org/abs/1911.07524>) on a map blurred
/// with `kernel`, as the reference's `refine_keypoints_dark_udp`. Beyond the border lies the
/// outermost sample again.
pub fn dark_udp_offset<E: Response>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> [f64; 2] {
    let [x, y] = peak.at;
    let columns = clamped(x, peak.width);
    let rows = clamped(y, peak.height());
    // The seven samples, by row and column of the window; at the border some coincide.
    let seven = [(1, 1), (1, 2), (2, 1), (2, 2), (0, 0), (1, 0), (0, 1)]
        .map(|(row, column): (usize, usize)| (rows[row], columns[column]));
    let samples = logarithms::<E, 3, 8>(peak, kernel, [UDP_LEAST, UDP_LARGEST], &seven, buffers);
    let [i, ix1, iy1, ix1y1, ix1_y1_, ix1_, iy1_] = seven.map(|(row, column)| samples[row][column]);
    let gradient = [0.5 * (ix1 - ix1_), 0.5 * (iy1 - iy1_)];
    let dxx = ix1 - 2.0 * i + ix1_;
    let dyy = iy1 - 2.0 * i + iy1_;
    let dxy = 0.5 * (ix1y1 - ix1 - iy1 + i + i - ix1_ - iy1_ + ix1_y1_);
    let epsilon = f64::from(f32::EPSILON);
    newton_step(gradient, [dxx + epsilon, dxy, dyy + epsilon], peak.value)
}

/// DARK along a SimCC vector blurred with `kernel`, as the reference's `refine_simcc_dark`.
pub fn simcc_dark_offset<E: Response>(
    vector: &[E],
    at: usize,
    value: E,
    kernel: &GaussianKernel,
    buffers: &mut BlurBuffers,
) -> f64 {
    let last = vector.len() - 1;
    let nearby = [-2, -1, 0, 1, 2].map(|step| at.saturating_add_signed(step).min(last));
    let window = blur_vector_window(vector, at, kernel, buffers);
    let mut samples = nearby.map(|cell| window[cell + 2 - at]);
    let clipped = samples.iter().any(|&sample| !(sample >= UDP_LEAST));
    if clipped || !(value.as_f32() <= UDP_LARGEST) {
        let blurred = blur_vector(vector, kernel, buffers);
        let factor = value.as_f32() / largest(blurred);
        samples = samples.map(|sample| (sample * factor).clamp(UDP_LEAST, UDP_LARGEST));
    }
    let [dx_2, dx_1, dx0, dx1, dx2] = samples.map(|sample| f64::from(sample).ln());
    let dx = 0.5 * (dx1 - dx_1);
    let dxx = 1e-9 + 0.25 * (dx2 - 2.0 * dx0 + dx_2);
    finite_or_zero([-dx / dxx, 0.0], value)[0]
}

/// Offsets 0, 1, 2 of a 3-wide window around `at` that stand for the cells before, at and after
/// it, the outermost cell standing for its neighbour beyond the border.
fn clamped(at: usize, length: usize) -> [usize; 3] {
    [usize::from(at == 0), 1, if at + 1 == length { 1 } else { 2 }]
}

/// The logarithms of the blurred, rescaled and clipped plane in a window around the peak, at the
/// cells of the window that are needed: row and column each, as many as `LANES` at most.
fn logarithms<E: Response, const N: usize, const LANES: usize>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    clip: [f32; 2],
    needed: &[(usize, usize)],
    buffers: &mut BlurBuffers,
) -> [[f64; N]; N] {
    let mut samples = [1f32; LANES];
    if !window_samples::<E, N>(peak, kernel, clip, needed, &mut samples) {
        plane_samples::<E, N>(peak, kernel, clip, needed, &mut samples, buffers);
    }
    let mut window = [[0.0; N]; N];
    for (&(row, column), logarithm) in needed.iter().zip(logarithm::logarithms(samples)) {
        window[row][column] = logarithm;
    }
    window
}

/// The samples from a window alone; whether that is exact.
#[inline]
fn window_samples<E: Response, const N: usize>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    [least, most]: [f32; 2],
    needed: &[(usize, usize)],
    samples: &mut [f32],
) -> bool {
    if kernel.size() > WINDOW_KERNEL || !(peak.value.as_f32() <= most) {
        return false;
    }
    let window = blur_window::<E, N>(peak.plane, peak.width, peak.at, kernel);
    for (sample, &(row, column)) in samples.iter_mut().zip(needed) {
        *sample = window[row][column];
    }
    samples.iter().all(|&sample| sample >= least)
}

/// The samples from the whole plane, rescaled and clipped.
fn plane_samples<E: Response, const N: usize>(
    peak: &Peak<'_, E>,
    kernel: &GaussianKernel,
    [least, most]: [f32; 2],
    needed: &[(usize, usize)],
    samples: &mut [f32],
    buffers: &mut BlurBuffers,
) {
    let blurred = blur_plane(peak.plane, peak.width, kernel, Border::Zero, buffers);
    let factor = peak.value.as_f32() / largest(blurred);
    let [x, y] = peak.at;
    for (sample, &(row, column)) in samples.iter_mut().zip(needed) {
        let cell = (y + row - N / 2) * peak.width + x + column - N / 2;
        *sample = (blurred[cell] * factor).clamp(least, most);
    }
}

/// The plane as [`dark_udp_offset`] sees it, blurred with `kernel`, rescaled, clipped, in logarithms.
pub fn log_plane<E: Response>(plane: &[E], width: usize, kernel: &GaussianKernel) -> Vec<f32> {
    let mut buffers = BlurBuffers::default();
    blur_plane(plane, width, kernel, Border::Zero, &mut buffers);
    let mut blurred = buffers.into_blurred();
    let value = maximum(plane).map_or(f32::NAN, |maximum| maximum.value.as_f32());
    let factor = value / largest(&blurred);
    clip_and_log(&mut blurred, factor, [UDP_LEAST, UDP_LARGEST]);
    blurred
}

fn largest(values: &[f32]) -> f32 {
    maximum(values).map_or(f32::NAN, |maximum| maximum.value)
}

/// One Newton step to the summit; none where the Hessian `[dxx, dxy, dyy]` is singular.
#[inline]
fn newton_step<E: Response>([dx, dy]: [f64; 2], [dxx, dxy, dyy]: [f64; 3], value: E) -> [f64; 2] {
    let determinant = dxx * dyy - dxy * dxy;
    let step = [(dxy * dy - dyy * dx) / determinant, (dxy * dx - dxx * dy) / determinant];
    finite_or_zero(step, value)
}

/// A finite map gives a finite answer: what a singular Hessian would throw out of all bounds stays
/// where it is. A map that holds NaN or infinity gives NaN, as in the reference.
#[inline]
fn finite_or_zero<E: Response>(step: [f64; 2], value: E) -> [f64; 2] {
    let finite = step[0].is_finite() && step[1].is_finite();
    if !finite && value.as_f64().is_finite() { [0.0; 2] } else { step }
}
