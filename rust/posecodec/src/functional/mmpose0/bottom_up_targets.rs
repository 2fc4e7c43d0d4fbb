//! `HeatmapGenerator` and `JointsEncoder`.

use super::super::{product, same_length};
use crate::check;
use crate::error::{Error, Result};
use crate::kernels::gaussian::outer_product::outer_product;
use crate::kernels::gaussian::profiles::{AxisProfile, PROFILE_STEP, exponent, fill_profile};

/// Gaussian maps of the keypoints of all people, as MMPose 0.x draws them.
///
/// A Gaussian covers 3σ + 1 pixels on each side of the pixel that the keypoint is truncated to.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapGenerator {
    size: [usize; 2],
    sigma: f64,
    use_udp: bool,
    exponent: f64,
}

impl HeatmapGenerator {
    /// Maps of size `[W, H]`. With `use_udp`, peaks are at the keypoints, not at their pixels.
    /// `sigma` is in heatmap pixels; below 0 it is √(W·H) / 64.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size or a sigma of 0.
    pub fn new(output_size: [usize; 2], sigma: f64, use_udp: bool) -> Result<Self> {
        let size = check::size("output_size", output_size)?;
        let default = ((size[0] * size[1]) as f64).sqrt() / 64.0;
        let sigma = check::positive("sigma", if sigma < 0.0 { default } else { sigma })?;
        Ok(Self { size, sigma, use_udp, exponent: exponent(sigma) })
    }

    /// Standard deviation in heatmap pixels.
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// Fills the maps (M, H, W), which hold zeros, with keypoints (N, K) of x, y and visibility, K at
    /// most M. Where people overlap, the larger value stays.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for more keypoints than maps, slices of the wrong length.
    pub fn fill(
        &self,
        joints: &[[f64; 3]],
        [people, count]: [usize; 2],
        heatmaps: &mut [f32],
    ) -> Result<()> {
        let [width, height] = self.size;
        same_length("joints", product(&[people, count]), joints.len())?;
        let map_len = width * height;
        if heatmaps.len() / map_len < count {
            let wanted = format!("must have at most {} keypoints", heatmaps.len() / map_len);
            return Err(Error::invalid("joints", wanted, count));
        }
        let mut scratch = [Vec::new(), Vec::new()];
        for (index, &[x, y, visible]) in joints.iter().enumerate() {
            let at = [x, y];
            if let Some(pixel) = pixel(at, self.size)
                && visible > 0.0
            {
                let plane = &mut heatmaps[index % count * map_len..][..map_len];
                self.draw(plane, at, pixel, &mut scratch);
            }
        }
        Ok(())
    }

    fn draw(
        &self,
        plane: &mut [f32],
        at: [f64; 2],
        pixel: [usize; 2],
        scratch: &mut [Vec<f32>; 2],
    ) {
        let reach = 3.0 * self.sigma;
        let mut starts = [0; 2];
        for axis in 0..2 {
            let center = pixel[axis] as f64;
            let left = (center - reach - 1.0).round_ties_even();
            let right = (center + reach + 2.0).round_ties_even();
            let (start, end) = (left.max(0.0), right.min(self.size[axis] as f64));
            let shift = if self.use_udp { at[axis] - center } else { 0.0 };
            let profile = &mut scratch[axis];
            let len = (end - start) as usize;
            profile.resize(len.next_multiple_of(PROFILE_STEP), 0.0);
            fill_profile(profile, start - left, reach + 1.0 + shift, self.exponent);
            profile.truncate(len);
            starts[axis] = start as usize;
        }
        let [x, y] = [0, 1].map(|axis| AxisProfile { start: starts[axis], values: &scratch[axis] });
        outer_product(plane, self.size[0], x, y, true);
    }
}

/// The pixel that a point is truncated to; `None` outside the map.
fn pixel(at: [f64; 2], size: [usize; 2]) -> Option<[usize; 2]> {
    let inside = (0..2).all(|axis| at[axis] > -1.0 && at[axis] < size[axis] as f64);
    inside.then(|| at.map(|coordinate| coordinate as usize))
}

/// How [`encode_joints`] numbers heatmap pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagIndex {
    /// In the maps of all keypoints: `k·H·W + y·W + x`.
    PerJoint,
    /// In one map for all keypoints: `y·W + x`.
    Shared,
}

/// Fills the indices (M, K) of people's visible keypoints in maps of size `[W, H]`: the index of the
/// pixel and 1, in the order of the keypoints; the rest of each row stays 0. `joints` are (N, K) of x, y
/// and visibility.
///
/// # Errors
/// [`Error::InvalidInput`] for a size of 0, visible keypoints of more than M people, slices of the wrong
/// length.
pub fn encode_joints(
    joints: &[[f64; 3]],
    [people, count]: [usize; 2],
    output_size: [usize; 2],
    index: TagIndex,
    encoded: &mut [[f32; 2]],
    max_num_people: usize,
) -> Result<()> {
    let [width, height] = check::size("output_size", output_size)?;
    same_length("joints", product(&[people, count]), joints.len())?;
    let row_len = encoded.len().checked_div(max_num_people).unwrap_or(0);
    for (person, joints) in joints.chunks_exact(count.max(1)).enumerate() {
        let mut found = 0;
        for (joint, &[x, y, visible]) in joints.iter().enumerate() {
            let Some([x, y]) = pixel([x, y], output_size).filter(|_| visible > 0.0) else {
                continue;
            };
            if person >= max_num_people || found >= row_len {
                let wanted = format!(
                    "must have at most {max_num_people} people with visible keypoints and \
                     {row_len} of them each"
                );
                let got = format!("keypoint {joint} of person {person}");
                return Err(Error::invalid("joints", wanted, got));
            }
            let map = if index == TagIndex::PerJoint { joint * width * height } else { 0 };
            encoded[person * row_len + found] = [(map + y * width + x) as f32, 1.0];
            found += 1;
        }
    }
    Ok(())
}
