//! `DEKRGenerator`.

use super::{Labels, check_batch};
use crate::check;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::kernels::fields::displacement::{
    Direction, DisplacementMaps, RootedInstance, fill_displacements,
};
use crate::kernels::gaussian::exact::{draw_outer_product, exponentials};
use crate::kernels::gaussian::profiles::AxisProfile;
use crate::parallel;

/// The options of the generator.
#[derive(Debug, Clone, PartialEq)]
pub struct DekrTargets {
    size: [usize; 2],
    stride: f64,
    background_weight: f32,
    /// Of keypoints, and of centers, in heatmap pixels.
    sigmas: [f64; 2],
    /// Of the offsets around a center, in heatmap pixels.
    radius: f64,
}

/// The maps of a batch with K keypoints and a center per instance.
#[derive(Debug)]
pub struct DekrMaps<'a> {
    /// Heatmaps (B, K + 1, H, W): the last one is of the centers.
    pub heatmaps: &'a mut [f32],
    /// Their weights, of the same shape: 1 around keypoints, 0 for maps with an undefined one.
    pub heatmap_weights: &'a mut [f32],
    /// Offsets (B, 2K, H, W) from keypoints to the pixels around the instance's center.
    pub offsets: &'a mut [f32],
    /// Their weights, of the same shape: the reciprocal of the square root of the instance's area.
    pub offset_weights: &'a mut [f32],
}

/// The maps of one sample, and what is drawn into them.
struct Sample<'a, T, A> {
    number: usize,
    labels: &'a Labels<'a, T>,
    areas: &'a [A],
    maps: DekrMaps<'a>,
}

impl DekrTargets {
    /// Targets in maps of size `[W, H]`, whose pixels are `stride` input pixels apart: Gaussians of half of
    /// `pos_dist_thresh` input pixels, and offsets within that distance of centers.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size, a stride or a distance that is not positive.
    pub fn new(
        size: [usize; 2],
        stride: f64,
        pos_dist_thresh: f64,
        background_weight: f64,
    ) -> Result<Self> {
        let size = check::size("outputs", size)?;
        let stride = check::positive("stride", stride)?;
        let (distance, scale) =
            (check::positive("pos_dist_thresh", pos_dist_thresh)?, 1.0 / stride);
        let sigmas = [distance / 2.0 * scale, distance * scale];
        let background_weight = background_weight as f32;
        Ok(Self { size, stride, background_weight, sigmas, radius: distance * scale })
    }

    /// Fills the maps of a batch. Of each instance, the last keypoint is its center; `areas` (B, N) are in
    /// input pixels.
    ///
    /// Where Gaussians overlap, the maximum is kept; of offsets, those of the smaller instance.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for labels without a keypoint, centers that are not finite, coordinates of
    /// visible keypoints that are NaN, slices of the wrong length.
    pub fn fill<T: Float, A: Float>(
        &self,
        labels: &Labels<'_, T>,
        areas: &[A],
        maps: DekrMaps<'_>,
    ) -> Result<()> {
        let [width, height] = self.size;
        let (batch, count, instances) = (labels.batch(), labels.count(), labels.instances());
        let Some(joints) = count.checked_sub(1) else {
            return Err(Error::invalid(
                "keypoints",
                "must have a center per instance",
                "no keypoint",
            ));
        };
        check_batch("area", batch, &[instances], areas.len())?;
        let heatmap_shape = [count, height, width];
        let heatmap_len = check_batch("heatmap", batch, &heatmap_shape, maps.heatmaps.len())?;
        check_batch("weights", batch, &heatmap_shape, maps.heatmap_weights.len())?;
        let offset_shape = [2, joints, height, width];
        let offset_len = check_batch("offset", batch, &offset_shape, maps.offsets.len())?;
        check_batch("weights", batch, &offset_shape, maps.offset_weights.len())?;
        let work = 2 * (maps.heatmaps.len() + maps.offsets.len());
        // Without joints there are no offsets to split.
        let mut offsets = maps.offsets.chunks_exact_mut(offset_len.max(1));
        let mut offset_weights = maps.offset_weights.chunks_exact_mut(offset_len.max(1));
        let heatmaps = maps.heatmaps.chunks_exact_mut(heatmap_len);
        let samples: Vec<_> = heatmaps
            .zip(maps.heatmap_weights.chunks_exact_mut(heatmap_len))
            .enumerate()
            .map(|(number, (heatmaps, heatmap_weights))| Sample {
                number,
                labels,
                areas: &areas[number * instances..][..instances],
                maps: DekrMaps {
                    heatmaps,
                    heatmap_weights,
                    offsets: offsets.next().unwrap_or_default(),
                    offset_weights: offset_weights.next().unwrap_or_default(),
                },
            })
            .collect();
        parallel::try_for_each(samples, work, &|sample| self.fill_sample(sample))
    }

    fn fill_sample<T: Float, A: Float>(&self, sample: Sample<'_, T, A>) -> Result<()> {
        let Sample { number, labels, areas, maps } = sample;
        let (pixels, count) = (self.size[0] * self.size[1], labels.count());
        maps.heatmaps.fill(0.0);
        maps.heatmap_weights.fill(self.background_weight);
        maps.offsets.fill(0.0);
        maps.offset_weights.fill(0.0);
        let mut profiles = [Vec::new(), Vec::new()];
        let (mut points, mut drawn) = (Vec::new(), Vec::new());
        for instance in 0..labels.instances() {
            for keypoint in 0..count {
                let (point, visible) = labels.keypoint(number, instance, keypoint);
                let plane = keypoint * pixels..(keypoint + 1) * pixels;
                let weights = &mut maps.heatmap_weights[plane.clone()];
                let at = point.map(|c| (c - T::of(self.stride / 2.0)) / T::of(self.stride));
                if visible == -T::one() {
                    weights.fill(0.0);
                }
                let inside = !(visible <= T::zero()) && self.is_inside(at)?;
                if inside {
                    let sigma = self.sigmas[usize::from(keypoint == count - 1)];
                    self.draw(&mut maps.heatmaps[plane], weights, at, sigma, &mut profiles);
                }
                points.push(at);
                drawn.push(inside);
            }
        }
        let rooted = (0..labels.instances()).map(|instance| {
            let center = labels.keypoint(number, instance, count - 1).0.map(Float::as_f64);
            if let Some(coordinate) = center.iter().find(|coordinate| !coordinate.is_finite()) {
                let wanted = "must have centers that are finite";
                return Err(Error::invalid("keypoints", wanted, coordinate));
            }
            let area = areas[instance];
            Ok(RootedInstance {
                points: &points[instance * count..][..count - 1],
                labelled: &drawn[instance * count..][..count - 1],
                root: center.map(|c| (c.trunc() - self.stride / 2.0) / self.stride),
                size: area.as_f64(),
                weight: (A::one() / area.sqrt()).as_f64() as f32,
            })
        });
        let rooted = rooted.collect::<Result<Vec<_>>>()?;
        let maps = DisplacementMaps {
            displacements: maps.offsets,
            weights: maps.offset_weights,
            size: self.size,
        };
        fill_displacements(maps, &rooted, self.radius, Direction::FromKeypoint);
        Ok(())
    }

    /// Whether a point is inside the maps.
    fn is_inside<T: Float>(&self, at: [T; 2]) -> Result<bool> {
        let outside =
            (0..2).any(|axis| at[axis] < T::zero() || at[axis] >= T::of(self.size[axis] as f64));
        if !outside && at.iter().any(|coordinate| coordinate.is_nan()) {
            let wanted = "must have coordinates where the visibility is not 0 or -1";
            return Err(Error::invalid("keypoints", wanted, "NaN"));
        }
        Ok(!outside)
    }

    /// Draws a Gaussian into the box of 3 sigma around a point inside the maps.
    fn draw<T: Float>(
        &self,
        plane: &mut [f32],
        weights: &mut [f32],
        at: [T; 2],
        sigma: f64,
        profiles: &mut [Vec<f64>; 2],
    ) {
        let width = self.size[0];
        // NumPy divides by this number in the coordinates' precision.
        let exponent = -1.0 / T::of(2.0 * (sigma * sigma)).as_f64();
        let reach = T::of(3.0 * sigma);
        let mut starts = [0; 2];
        for axis in 0..2 {
            let start = (at[axis] - reach - T::one()).floor().as_f64().max(0.0) as usize;
            let end = (at[axis] + reach + T::of(2.0)).ceil().as_f64() as usize;
            let pixels = start..end.min(self.size[axis]);
            profiles[axis].clear();
            profiles[axis].extend(pixels.map(|pixel| {
                let distance = (T::of(pixel as f64) - at[axis]).as_f64();
                distance * distance
            }));
            exponentials(&mut profiles[axis], exponent);
            starts[axis] = start;
        }
        let [x, y] =
            [0, 1].map(|axis| AxisProfile { start: starts[axis], values: &profiles[axis][..] });
        for row in weights.chunks_exact_mut(width).skip(y.start).take(y.values.len()) {
            row[x.start..][..x.values.len()].fill(1.0);
        }
        draw_outer_product(plane, width, x, y);
    }
}
