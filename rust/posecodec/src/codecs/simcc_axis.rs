//! An axis of SimCC vectors, and what codecs of two and of three axes share.

use crate::check;
use crate::element::split_off;
use crate::error::{Error, Result, Shape};
use crate::float::{Float, HeatmapValue};
use crate::inputs::keypoints::Keypoints;
use crate::inputs::simcc_rows::smaller;
use crate::kernels::blur::BlurBuffers;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::maximum::{Maximum, maximum};
use crate::kernels::refinement::{
    DARK_REACH, VectorWindow, simcc_dark_offset, simcc_window_dark_offset,
};
use crate::kernels::simcc::SimccProfile;
use crate::plan::Init;

/// The options that determine the axes of a codec.
pub(super) struct AxisOptions<const A: usize> {
    /// In pixels.
    pub(super) input_size: [usize; A],
    /// Standard deviation of the Gaussian, in bins.
    pub(super) sigma: [f64; A],
    /// Bins per input pixel.
    pub(super) simcc_split_ratio: f64,
    /// Whether labels are Gaussians.
    pub(super) gaussian: bool,
    /// Whether Gaussians are divided by `sigma·√2π`.
    pub(super) normalize: bool,
    /// Whether decoding refines with DARK.
    pub(super) use_dark: bool,
}

/// One axis of a codec.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SimccAxis {
    pub(super) bins: usize,
    sigma: f64,
    /// `None` without Gaussians.
    profile: Option<SimccProfile>,
    /// `None` without DARK.
    kernel: Option<GaussianKernel>,
}

impl<const A: usize> AxisOptions<A> {
    /// Checks the options and returns the axes.
    pub(super) fn axes(&self) -> Result<[SimccAxis; A]> {
        let Self { sigma, simcc_split_ratio: ratio, .. } = *self;
        let input_size = check::size("input_size", self.input_size)?;
        for sigma in sigma {
            check::positive("sigma", sigma)?;
        }
        check::positive("simcc_split_ratio", ratio)?;
        let bins = input_size.map(|side| (side as f64 * ratio).round_ties_even());
        if bins.iter().any(|&bins| !(1.0..=isize::MAX as f64 / 8.0).contains(&bins)) {
            let wanted = "must give at least one bin per axis, and no more than memory holds";
            let got = format!("{ratio} with input_size {}", Shape(&input_size));
            return Err(Error::invalid("simcc_split_ratio", wanted, got));
        }
        let axes = bins.iter().zip(sigma).map(|(&bins, sigma)| self.axis(bins as usize, sigma));
        let axes = axes.collect::<Result<Vec<_>>>()?;
        Ok(axes.try_into().expect("as many axes as sizes"))
    }

    fn axis(&self, bins: usize, sigma: f64) -> Result<SimccAxis> {
        let profile = if self.gaussian {
            let norm = self.normalize.then_some(sigma * (std::f64::consts::PI * 2.0).sqrt());
            Some(SimccProfile::new(sigma, bins, norm).ok_or(Error::OutOfMemory {
                purpose: "the Gaussian profile",
                bytes: bins.saturating_mul(2 * size_of::<f32>()),
            })?)
        } else {
            None
        };
        let kernel = if self.use_dark { Some(dark_kernel(sigma)?) } else { None };
        Ok(SimccAxis { bins, sigma, profile, kernel })
    }
}

/// The blur kernel that MMPose uses for a sigma: the largest odd size up to (20·sigma - 7) / 3.
fn dark_kernel(sigma: f64) -> Result<GaussianKernel> {
    let size = ((sigma * 20.0 - 7.0) / 3.0).floor();
    if size < 1.0 {
        let wanted = "must be at least 0.5 with `use_dark`, because it determines the blur kernel";
        return Err(Error::invalid("sigma", wanted, sigma));
    }
    let size = check::limited_kernel_size("sigma", size.min(1e9) as usize)?;
    Ok(GaussianKernel::new(size - usize::from(size.is_multiple_of(2))))
}

/// The bins of a point, rounded in its own precision; they may lie outside.
pub(super) fn bins_of<T: Float, const A: usize>(point: [T; A], simcc_split_ratio: f64) -> [f64; A] {
    let ratio = T::of(simcc_split_ratio);
    point.map(|coordinate| (coordinate * ratio).round_half_even().as_f64())
}

/// Draws a Gaussian around each bin into vectors of zeros. Returns whether all overlap their
/// vectors.
#[inline]
pub(super) fn draw_gaussians<const A: usize>(
    axes: &[SimccAxis; A],
    bins: [f64; A],
    vectors: [&mut [f32]; A],
) -> bool {
    let inside = axes.iter().zip(bins).all(|(axis, bin)| {
        let radius = axis.sigma * 3.0;
        bin - radius < axis.bins as f64 && bin + radius + 1.0 >= 0.0
    });
    if inside {
        for ((axis, bin), vector) in axes.iter().zip(bins).zip(vectors) {
            let profile = axis.profile.as_ref().expect("Gaussian axes have profiles");
            profile.draw_gaussian(bin as i64, vector);
        }
    }
    inside
}

/// Fills the vectors and weights of a sample. `encode` writes a point into its vectors, which hold
/// zeros, and returns whether the point is inside.
#[inline]
pub(super) fn encode_vectors<T: Float, V: Float, const A: usize>(
    axes: &[SimccAxis; A],
    keypoints: &Keypoints<'_, T, V, A>,
    (mut vectors, weights): ([&mut [f32]; A], &mut [V]),
    init: Init,
    mut encode: impl FnMut([T; A], [&mut [f32]; A]) -> bool,
) {
    vectors.iter_mut().for_each(|vectors| init.clear(vectors));
    for (index, weight) in weights.iter_mut().enumerate() {
        let own = std::array::from_fn(|axis| split_off(&mut vectors[axis], axes[axis].bins));
        *weight = keypoints.visibility(index);
        if keypoints.is_labelled(index) && !encode(keypoints.points[index], own) {
            *weight = V::zero();
        }
    }
}

/// The maxima of a row's vectors.
pub(super) struct AxisPeaks<E, const A: usize> {
    /// Their bins, refined with DARK; -1 without a response.
    pub(super) bins: [f32; A],
    /// The values and indices of the maxima.
    pub(super) maxima: [Maximum<E>; A],
    /// The smaller of the maxima along x and y; the one along x if either is NaN.
    pub(super) score: E,
}

/// Finds and refines the maxima of a row's vectors, which have at least one bin.
#[inline]
pub(super) fn find_axis_peaks<E: HeatmapValue, const A: usize>(
    axes: &[SimccAxis; A],
    vectors: [&[E]; A],
    buffers: &mut BlurBuffers,
) -> AxisPeaks<E, A> {
    let maxima = vectors.map(|vector| maximum(vector).expect("a vector has bins"));
    let score = smaller(maxima[0].value, maxima[1].value);
    let mut bins = [-1.0; A];
    if !(score.as_f64() <= 0.0) {
        for (axis, bin) in bins.iter_mut().enumerate() {
            *bin = axes[axis].refined_bin(vectors[axis], maxima[axis], buffers);
        }
    }
    AxisPeaks { bins, maxima, score }
}

impl SimccAxis {
    /// Bins on each side of a maximum that its refinement reads.
    pub(super) fn window_reach(&self) -> usize {
        self.kernel.as_ref().map_or(0, |kernel| DARK_REACH + kernel.radius())
    }

    /// The bin of a window's maximum, refined if the codec uses DARK; `None` if the window is not
    /// enough.
    pub(super) fn bin_from_window<E: HeatmapValue>(
        &self,
        window: &VectorWindow<'_, E>,
        buffers: &mut BlurBuffers,
    ) -> Option<f32> {
        match &self.kernel {
            None => Some(window.bin as f32),
            Some(kernel) => {
                let offset = simcc_window_dark_offset(window, kernel, buffers)?;
                Some((window.bin as f64 + offset) as f32)
            }
        }
    }

    /// The bin of a vector's maximum, refined if the codec uses DARK.
    #[inline]
    fn refined_bin<E: HeatmapValue>(
        &self,
        vector: &[E],
        Maximum { index, value }: Maximum<E>,
        buffers: &mut BlurBuffers,
    ) -> f32 {
        match &self.kernel {
            None => index as f32,
            Some(kernel) => {
                let offset = simcc_dark_offset(vector, index, value, kernel, buffers);
                (index as f64 + offset) as f32
            }
        }
    }
}
