//! The targets of DeepLabCut: what its five target generators make, in the precision of its NumPy code.

mod dekr;
mod heatmaps;
mod part_affinity;
mod simcc;

pub use dekr::{DekrMaps, DekrTargets};
pub use heatmaps::{HeatmapKind, HeatmapMaps, HeatmapTargets, Locref, MapPer};
pub use part_affinity::part_affinity_fields;
pub use simcc::{SimccTargets, SimccVectors};

use super::{product, same_length};
use crate::check;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::kernels::axes::Axes;

/// Keypoints in input pixels, with their visibilities.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a, T> {
    values: &'a [T],
    shape: [usize; 4],
}

impl<'a, T: Float> Labels<'a, T> {
    /// Labels of shape (B, N, K, C), C at least 2: x, y, …, visibility.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for less than 2 columns, or another number of values.
    pub fn new(values: &'a [T], shape: [usize; 4]) -> Result<Self> {
        if shape[3] < 2 {
            return Err(check::shape("keypoints", "(B, N, K, 3)", &shape));
        }
        same_length("keypoints", product(&shape), values.len())?;
        Ok(Self { values, shape })
    }

    fn batch(&self) -> usize {
        self.shape[0]
    }

    fn instances(&self) -> usize {
        self.shape[1]
    }

    fn count(&self) -> usize {
        self.shape[2]
    }

    /// The coordinates and the visibility of a keypoint.
    #[inline(always)]
    fn keypoint(&self, sample: usize, instance: usize, keypoint: usize) -> ([T; 2], T) {
        let [_, instances, count, columns] = self.shape;
        let start = ((sample * instances + instance) * count + keypoint) * columns;
        let row = &self.values[start..start + columns];
        ([row[0], row[1]], row[columns - 1])
    }
}

/// The pixels of a head's maps: their centers in input pixels, truncated to integers as in DeepLabCut.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Grid {
    /// The grid of maps of size `[W, H]`, whose pixels are `stride` input pixels apart.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0, or a stride that is not positive.
    pub fn new(size: [usize; 2], stride: f64) -> Result<Self> {
        let size = check::size("outputs", size)?;
        let stride = check::positive("stride", stride)?;
        let [x, y] = size.map(|length| {
            (0..length).map(|index| (index as f64 * stride + stride / 2.0).trunc()).collect()
        });
        Ok(Self { x, y })
    }

    /// The size `[W, H]` of the maps.
    pub fn size(&self) -> [usize; 2] {
        [self.x.len(), self.y.len()]
    }

    fn pixels(&self) -> usize {
        self.x.len() * self.y.len()
    }

    fn axes(&self) -> Axes<'_> {
        Axes { x: &self.x, y: &self.y }
    }
}

/// Checks the number of samples in an output: `per_sample` values each.
fn check_batch(
    argument: &'static str,
    batch: usize,
    per_sample: &[usize],
    got: usize,
) -> Result<usize> {
    let len = product(per_sample);
    same_length(argument, len.and_then(|len| len.checked_mul(batch)), got)?;
    len.ok_or_else(|| Error::invalid(argument, "must fit in memory", got))
}
