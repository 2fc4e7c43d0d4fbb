//! `SimCCGenerator`.

use super::{Labels, check_batch};
use crate::check;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::kernels::simcc::SimccProfile;

/// The options of the generator.
#[derive(Debug, Clone, PartialEq)]
pub struct SimccTargets {
    split_ratio: f64,
    bins: [usize; 2],
    smoothing: Smoothing,
}

#[derive(Debug, Clone, PartialEq)]
enum Smoothing {
    Gaussian { profiles: [SimccProfile; 2], radius: [f64; 2] },
    Standard { weight: f64 },
}

/// The vectors of a batch.
#[derive(Debug)]
pub struct SimccVectors<'a> {
    /// Along x (B, N, K, Wx).
    pub x: &'a mut [f32],
    /// Along y (B, N, K, Wy).
    pub y: &'a mut [f32],
    /// 1 for visible keypoints inside, else 0 (B, N, K).
    pub weights: &'a mut [i64],
}

impl SimccTargets {
    /// Gaussians, of a sigma in bins per axis; divided by `σ·√(2π)` if `normalize`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size, ratio or sigma that is not positive, [`Error::OutOfMemory`].
    pub fn gaussian(
        input_size: [usize; 2],
        split_ratio: f64,
        sigma: [f64; 2],
        normalize: bool,
    ) -> Result<Self> {
        let bins = bins(input_size, split_ratio)?;
        for sigma in sigma {
            check::positive("sigma", sigma)?;
        }
        let root = (2.0 * std::f64::consts::PI).sqrt();
        let profile = |axis: usize| {
            let norm = normalize.then_some(sigma[axis] * root);
            SimccProfile::new(sigma[axis], bins[axis], norm)
                .ok_or(Error::OutOfMemory { purpose: "a SimCC profile", bytes: 8 * bins[axis] })
        };
        let profiles = [profile(0)?, profile(1)?];
        let smoothing = Smoothing::Gaussian { profiles, radius: sigma.map(|sigma| 3.0 * sigma) };
        Ok(Self { split_ratio, bins, smoothing })
    }

    /// One bin per keypoint. Of its 1, `label_smooth_weight` is distributed to the other bins.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size or ratio that is not positive.
    pub fn standard(
        input_size: [usize; 2],
        split_ratio: f64,
        label_smooth_weight: f64,
    ) -> Result<Self> {
        let smoothing = Smoothing::Standard { weight: label_smooth_weight };
        Ok(Self { split_ratio, bins: bins(input_size, split_ratio)?, smoothing })
    }

    /// The numbers of bins along x and y.
    pub fn bins(&self) -> [usize; 2] {
        self.bins
    }

    /// Fills the vectors of a batch. Keypoints of a visibility below 0.5 have none.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for slices of the wrong length.
    pub fn fill<T: Float>(&self, labels: &Labels<'_, T>, vectors: SimccVectors<'_>) -> Result<()> {
        let [batch, instances, count, _] = labels.shape;
        let [bins_x, bins_y] = self.bins;
        check_batch("x", batch, &[instances, count, bins_x], vectors.x.len())?;
        check_batch("y", batch, &[instances, count, bins_y], vectors.y.len())?;
        check_batch("weights", batch, &[instances, count], vectors.weights.len())?;
        let rows = vectors.x.chunks_exact_mut(bins_x).zip(vectors.y.chunks_exact_mut(bins_y));
        for (index, ((x, y), weight)) in rows.zip(vectors.weights).enumerate() {
            let row = index / count;
            let (point, visible) = labels.keypoint(row / instances, row % instances, index % count);
            x.fill(0.0);
            y.fill(0.0);
            *weight = i64::from(visible > T::zero());
            // NaN counts as visible here, as in NumPy's comparison.
            if !(visible < T::of(0.5)) && !self.draw(point, [x, y]) {
                *weight = 0;
            }
        }
        Ok(())
    }

    /// Draws a keypoint. Returns whether it is inside.
    fn draw<T: Float>(&self, point: [T; 2], vectors: [&mut [f32]; 2]) -> bool {
        let bin = point.map(|coordinate| {
            let bin = (coordinate * T::of(self.split_ratio)).round_half_even().as_f64();
            // As processors convert what is no 64-bit integer.
            if bin.abs() < 9.2e18 { bin as i64 } else { i64::MIN }
        });
        match &self.smoothing {
            Smoothing::Gaussian { profiles, radius } => {
                let outside = (0..2).any(|axis| {
                    let center = bin[axis] as f64;
                    center - radius[axis] >= self.bins[axis] as f64
                        || center + radius[axis] + 1.0 < 0.0
                });
                if !outside {
                    for ((profile, vector), bin) in profiles.iter().zip(vectors).zip(bin) {
                        profile.draw_gaussian(bin, vector);
                    }
                }
                !outside
            }
            &Smoothing::Standard { weight } => {
                let inside = (0..2).all(|axis| (0..self.bins[axis] as i64).contains(&bin[axis]));
                if inside {
                    for (vector, bin) in vectors.into_iter().zip(bin) {
                        if weight > 0.0 {
                            vector.fill((weight / (vector.len() as f64 - 1.0)) as f32);
                        }
                        vector[bin as usize] = (1.0 - weight) as f32;
                    }
                }
                inside
            }
        }
    }
}

/// The numbers of bins along both axes.
fn bins(input_size: [usize; 2], split_ratio: f64) -> Result<[usize; 2]> {
    let input_size = check::size("input_size", input_size)?;
    let ratio = check::positive("simcc_split_ratio", split_ratio)?;
    let bins = input_size.map(|side| (side as f64 * ratio).round_ties_even() as usize);
    check::size("simcc_split_ratio", bins)
}
