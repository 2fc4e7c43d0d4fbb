//! An axis of SimCC vectors, and what codecs of two and of three axes share.

use super::check;
use super::encode::{Init, Keypoints, split_off};
use crate::error::{Error, Result, Shape, room_for_scratch};
use crate::float::{Float, HeatmapValue};
use crate::kernels::blur::BlurBuffers;
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::maximum::{Maximum, maximum};
use crate::kernels::refinement::simcc_dark_offset;
use crate::kernels::simcc::SimccProfile;
use crate::parallel;

/// What the axes of a codec are made of.
pub(super) struct AxisOptions<const A: usize> {
    /// In pixels.
    pub(super) input_size: [usize; A],
    /// Standard deviation of the Gaussian, in bins.
    pub(super) sigma: [f64; A],
    /// Bins an input pixel.
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
    /// None without Gaussians.
    profile: Option<SimccProfile>,
    /// None without DARK.
    kernel: Option<GaussianKernel>,
}

impl<const A: usize> AxisOptions<A> {
    /// The axes, their options checked.
    pub(super) fn axes(&self) -> Result<[SimccAxis; A]> {
        let Self { sigma, simcc_split_ratio: ratio, .. } = *self;
        let input_size = check::size("input_size", self.input_size)?;
        for sigma in sigma {
            check::positive("sigma", sigma)?;
        }
        check::positive("simcc_split_ratio", ratio)?;
        let bins = input_size.map(|side| (side as f64 * ratio).round_ties_even());
        if bins.iter().any(|&bins| !(1.0..=isize::MAX as f64 / 8.0).contains(&bins)) {
            let wanted = "must leave at least one bin an axis, and no more than memory holds";
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

/// The blur kernel that the reference takes for a sigma: the largest odd size up to
/// (20·sigma - 7) / 3.
fn dark_kernel(sigma: f64) -> Result<GaussianKernel> {
    let size = ((sigma * 20.0 - 7.0) / 3.0).floor();
    if size < 1.0 {
        let wanted = "must be at least 0.5 for use_dark, whose blur kernel follows from it";
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

/// Puts a Gaussian around each bin into vectors of zeros; `false` where any has no part inside.
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

/// Fills the vectors and weights of a sample. `encode` puts a point into its vectors, which hold
/// zeros, and says whether it lies inside.
#[inline]
pub(super) fn encode_vectors<T: Float, V: Float, const A: usize>(
    axes: &[SimccAxis; A],
    keypoints: &Keypoints<'_, T, V, A>,
    (mut vectors, weights): ([&mut [f32]; A], &mut [V]),
    memory: Init,
    mut encode: impl FnMut([T; A], [&mut [f32]; A]) -> bool,
) {
    if memory == Init::Uninit {
        vectors.iter_mut().for_each(|vectors| vectors.fill(0.0));
    }
    for (index, weight) in weights.iter_mut().enumerate() {
        let own = std::array::from_fn(|axis| split_off(&mut vectors[axis], axes[axis].bins));
        *weight = keypoints.weight(index, |point| encode(point, own));
    }
}

/// The vectors of a batch to decode: as many rows along each axis, row after row.
#[derive(Debug, Clone, Copy)]
pub struct SimccRows<'a, E, const A: usize = 2> {
    /// Responses along x and y (and z).
    pub responses: [&'a [E]; A],
    /// Bins along x and y (and z).
    pub bins: [usize; A],
}

impl<'a, E: HeatmapValue, const A: usize> SimccRows<'a, E, A> {
    /// Checks that there are `count` rows of at least one bin, and room for decoding them, on as many
    /// threads as there may be.
    pub(crate) fn check(&self, arguments: [&'static str; A], count: usize) -> Result<()> {
        for (axis, argument) in arguments.into_iter().enumerate() {
            if self.bins[axis] == 0 {
                return Err(Error::invalid(argument, "must hold at least one bin", "none"));
            }
            if count.checked_mul(self.bins[axis]) != Some(self.responses[axis].len()) {
                let wanted = "must hold as many values as the batch has";
                return Err(Error::invalid(argument, wanted, "other lengths"));
            }
        }
        let longest = self.bins.iter().max().copied().unwrap_or(0);
        let at_once = parallel::num_threads().min(count);
        room_for_scratch(longest.saturating_mul(4).saturating_mul(at_once))
    }

    /// The rows of the sample of this number, `each` a sample.
    pub(super) fn sample(&self, number: usize, each: usize) -> Self {
        let part = |axis: usize| {
            let length = each * self.bins[axis];
            &self.responses[axis][number * length..][..length]
        };
        Self { responses: std::array::from_fn(part), bins: self.bins }
    }

    /// One row's vectors.
    pub(crate) fn row(&self, number: usize) -> [&'a [E]; A] {
        let vector =
            |axis: usize| &self.responses[axis][number * self.bins[axis]..][..self.bins[axis]];
        std::array::from_fn(vector)
    }

    /// How many values there are.
    pub(super) fn values(&self) -> usize {
        self.responses.iter().map(|responses| responses.len()).sum()
    }
}

/// Where the vectors of a row are largest.
pub(super) struct AxisPeaks<E, const A: usize> {
    /// The bins, refined with DARK; -1 where there is no response.
    pub(super) bins: [f32; A],
    /// The maxima.
    pub(super) maxima: [Maximum<E>; A],
    /// The lesser of the maxima along x and y; the first where there is no order.
    pub(super) score: E,
}

/// Looks for the maxima of a row's vectors, which have bins.
#[inline]
pub(super) fn locate<E: HeatmapValue, const A: usize>(
    axes: &[SimccAxis; A],
    vectors: [&[E]; A],
    buffers: &mut BlurBuffers,
) -> AxisPeaks<E, A> {
    let maxima = vectors.map(|vector| maximum(vector).expect("a vector has bins"));
    let (x, y) = (maxima[0].value, maxima[1].value);
    let score = if x.as_f64() > y.as_f64() { y } else { x };
    let mut bins = [-1.0; A];
    if !(score.as_f64() <= 0.0) {
        for (axis, bin) in bins.iter_mut().enumerate() {
            let Maximum { index, value } = maxima[axis];
            *bin = index as f32;
            if let Some(kernel) = &axes[axis].kernel {
                let offset = simcc_dark_offset(vectors[axis], index, value, kernel, buffers);
                *bin = (index as f64 + offset) as f32;
            }
        }
    }
    AxisPeaks { bins, maxima, score }
}
