//! From the cell of the maximum to a fraction of a cell: the quarter shift and DARK.
//!
//! Each function answers with the offset to add. DARK blurs and logs the whole plane in the
//! reference, then looks at a few samples around the maximum. Here only those samples are blurred.
//! The reference's rescaling by (maximum before / maximum after the blur) is a constant in log
//! space and cancels in every derivative, unless a clip bites: the factor is at least 1, so where
//! every needed sample lies above the lower clip and the maximum below the upper one, the window
//! alone is exact. Elsewhere the whole plane is blurred, once, for that maximum.

mod dark;

pub use dark::{
    PEAKS_PER_BLOCK, dark_offset, dark_offsets, dark_udp_offset, dark_udp_offsets, log_plane,
};

use crate::float::HeatmapValue;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::blur::{BlurBuffers, blur_vector, blur_vector_window};
use crate::kernels::maximum::maximum;

/// Lower clip of the logarithm in DARK for UDP and SimCC.
const UDP_CLIP_MIN: f32 = 1e-3;
/// Upper clip of the logarithm in DARK for UDP and SimCC.
const UDP_CLIP_MAX: f32 = 50.0;

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

impl<E: HeatmapValue> Peak<'_, E> {
    fn height(&self) -> usize {
        self.plane.len() / self.width
    }

    /// The response `dx`, `dy` cells from the maximum, which must lie inside.
    fn response(&self, dx: isize, dy: isize) -> E {
        let [x, y] = self.at;
        self.plane[y.wrapping_add_signed(dy) * self.width + x.wrapping_add_signed(dx)]
    }
}

/// A quarter of a cell towards the larger neighbor along each axis (the reference's
/// `refine_keypoints`), under its own rule of how far from the border.
#[inline]
pub fn quarter_shift<E: HeatmapValue>(peak: &Peak<'_, E>) -> [f32; 2] {
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
pub fn sign<E: HeatmapValue>(a: E, b: E) -> f32 {
    let difference = (a.as_f64() - b.as_f64()) as f32;
    if difference == 0.0 { 0.0 } else { difference.signum() }
}

/// DARK along a SimCC vector blurred with `kernel`, as the reference's `refine_simcc_dark`.
pub fn simcc_dark_offset<E: HeatmapValue>(
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
    let clipped = samples.iter().any(|&sample| !(sample >= UDP_CLIP_MIN));
    if clipped || !(value.as_f32() <= UDP_CLIP_MAX) {
        let blurred = blur_vector(vector, kernel, buffers);
        let factor = value.as_f32() / largest(blurred);
        samples = samples.map(|sample| (sample * factor).clamp(UDP_CLIP_MIN, UDP_CLIP_MAX));
    }
    let [dx_2, dx_1, dx0, dx1, dx2] = samples.map(|sample| f64::from(sample).ln());
    let dx = 0.5 * (dx1 - dx_1);
    let dxx = 1e-9 + 0.25 * (dx2 - 2.0 * dx0 + dx_2);
    finite_or_zero([-dx / dxx, 0.0], value)[0]
}

fn largest(values: &[f32]) -> f32 {
    maximum(values).map_or(f32::NAN, |maximum| maximum.value)
}

/// A finite map gives a finite answer: what a singular Hessian would throw out of all bounds stays
/// where it is. A map that holds NaN or infinity gives NaN, as in the reference.
#[inline]
fn finite_or_zero<E: HeatmapValue>(step: [f64; 2], value: E) -> [f64; 2] {
    let finite = step[0].is_finite() && step[1].is_finite();
    if !finite && value.as_f64().is_finite() { [0.0; 2] } else { step }
}
