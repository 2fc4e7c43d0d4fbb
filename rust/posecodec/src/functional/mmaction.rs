//! The targets of PoseC3D: MMAction2's and PYSKL's `GeneratePoseTarget`.

use std::ops::Range;

use super::{product, same_length};
use crate::check;
use crate::error::{Error, Result};
use crate::kernels::fields::limb::{Limb, draw_limb};
use crate::kernels::flip::mirror;
use crate::kernels::gaussian::outer_product::outer_product;
use crate::kernels::gaussian::profiles::{AxisProfile, PROFILE_STEP, exponent, fill_profile};

/// People's keypoints in the frames of a clip.
#[derive(Debug, Clone, Copy)]
pub struct Clip<'a> {
    /// Coordinates in heatmap pixels, one entry per person, frame and keypoint.
    pub keypoints: &'a [[f32; 2]],
    /// Their confidences.
    pub scores: &'a [f64],
    /// The numbers of people, frames and keypoints.
    pub counts: [usize; 3],
}

/// The heatmaps of a clip.
///
/// ```
/// use posecodec::functional::mmaction::{Clip, PoseTargets};
///
/// let targets = PoseTargets::new([8, 6], 0.6, 1e-4)?;
/// let clip = Clip { keypoints: &[[4.0, 3.0]], scores: &[0.5], counts: [1, 1, 1] };
/// let mut maps = vec![0.0; 6 * 8];
/// targets.fill(&clip, true, &[], &[], &mut maps)?;
/// assert_eq!((maps[3 * 8 + 4], maps[0]), (0.5, 0.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PoseTargets {
    size: [usize; 2],
    sigma: f64,
    min_score: f64,
}

impl PoseTargets {
    /// Maps of size `[W, H]`. Keypoints with a score below `min_score` are not drawn.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a sigma that is not positive, or a size that does not fit in memory.
    pub fn new(size: [usize; 2], sigma: f64, min_score: f64) -> Result<Self> {
        let sigma = check::positive("sigma", sigma)?;
        // Maps without a pixel are empty.
        check::size("img_shape", size.map(|side| side.max(1)))?;
        Ok(Self { size, sigma, min_score })
    }

    /// Fills the maps (T, C, H, W): of keypoints, if `with_keypoints`, then of limbs.
    ///
    /// The ridges of limbs, pairs of keypoints, are drawn from the first map on, also over the maps of
    /// keypoints. With `mirrored`, there are 2T frames: the second half has the maps with these numbers,
    /// mirrored, one for each map.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for indices out of range, keypoints with a score that are not finite, slices
    /// of the wrong length.
    pub fn fill(
        &self,
        clip: &Clip<'_>,
        with_keypoints: bool,
        limbs: &[[isize; 2]],
        mirrored: &[isize],
        maps: &mut [f32],
    ) -> Result<()> {
        let [people, frames, count] = clip.counts;
        let [width, height] = self.size;
        let limbs = limbs
            .iter()
            .map(|&[a, b]| {
                Ok([check::index("skeletons", a, count)?, check::index("skeletons", b, count)?])
            })
            .collect::<Result<Vec<_>>>()?;
        let channels = limbs.len() + if with_keypoints { count } else { 0 };
        let mirrored = mirrored
            .iter()
            .map(|&channel| check::index("left_kp", channel, channels))
            .collect::<Result<Vec<_>>>()?;
        same_length("keypoint", product(&clip.counts), clip.keypoints.len())?;
        same_length("keypoint_score", Some(clip.keypoints.len()), clip.scores.len())?;
        let halves = if mirrored.is_empty() { 1 } else { 2 };
        let (frame_len, plane_len) = (product(&[channels, height, width]), width * height);
        let half = frame_len.and_then(|len| len.checked_mul(frames));
        same_length("maps", half.and_then(|len| len.checked_mul(halves)), maps.len())?;
        let (Some(half), Some(frame_len)) = (half, frame_len) else { return Ok(()) };
        if half == 0 {
            return Ok(());
        }
        let (maps, copies) = maps.split_at_mut(half);
        let mut copies = copies.chunks_exact_mut(frame_len);
        let mut profiles = [Vec::new(), Vec::new()];
        for (frame, planes) in maps.chunks_exact_mut(frame_len).enumerate() {
            let index =
                |person: usize, keypoint: usize| (person * frames + frame) * count + keypoint;
            for (channel, plane) in planes.chunks_exact_mut(plane_len).enumerate() {
                plane.fill(0.0);
                for person in 0..people {
                    if with_keypoints && channel < count {
                        let at = index(person, channel);
                        let (point, score) = (clip.keypoints[at], clip.scores[at]);
                        self.draw_keypoint(plane, point, score, &mut profiles)?;
                    }
                }
                let Some(&[start, end]) = limbs.get(channel) else { continue };
                for person in 0..people {
                    let [start, end] = [index(person, start), index(person, end)];
                    let scores = [clip.scores[start], clip.scores[end]];
                    let points = [clip.keypoints[start], clip.keypoints[end]];
                    self.draw_limb(plane, points, scores, &mut profiles)?;
                }
            }
            if let Some(copies) = copies.next() {
                for (&channel, copy) in mirrored.iter().zip(copies.chunks_exact_mut(plane_len)) {
                    mirror(&planes[channel * plane_len..][..plane_len], width, copy);
                }
            }
        }
        Ok(())
    }

    fn draw_keypoint(
        &self,
        plane: &mut [f32],
        point: [f32; 2],
        score: f64,
        profiles: &mut [Vec<f32>; 2],
    ) -> Result<()> {
        if score < self.min_score {
            return Ok(());
        }
        check_finite(&[point], score)?;
        let spans = [0, 1].map(|axis| self.span(axis, point[axis], point[axis]));
        if spans.iter().any(Range::is_empty) {
            return Ok(());
        }
        for axis in 0..2 {
            let (profile, span) = (&mut profiles[axis], &spans[axis]);
            profile.resize(span.len().next_multiple_of(PROFILE_STEP), 0.0);
            fill_profile(profile, span.start as f64, point[axis].into(), exponent(self.sigma));
            profile.truncate(span.len());
        }
        for value in &mut profiles[1] {
            *value = (f64::from(*value) * score) as f32;
        }
        let [x, y] =
            [0, 1].map(|axis| AxisProfile { start: spans[axis].start, values: &profiles[axis] });
        outer_product(plane, self.size[0], x, y, true);
        Ok(())
    }

    fn draw_limb(
        &self,
        plane: &mut [f32],
        [start, end]: [[f32; 2]; 2],
        scores: [f64; 2],
        profiles: &mut [Vec<f32>; 2],
    ) -> Result<()> {
        let value = if scores[1] < scores[0] { scores[1] } else { scores[0] };
        if value < self.min_score {
            return Ok(());
        }
        check_finite(&[start, end], value)?;
        let span =
            |axis: usize| self.span(axis, start[axis].min(end[axis]), start[axis].max(end[axis]));
        let (columns, rows) = (span(0), span(1));
        let limb = Limb { start, end, value };
        if columns.is_empty() || rows.is_empty() {
            return Ok(());
        }
        if limb.squared_length() < 1.0 {
            return self.draw_keypoint(plane, start, scores[0], profiles);
        }
        draw_limb(plane, self.size[0], limb, self.sigma, columns, rows);
        Ok(())
    }

    /// The pixels of an axis from 3 sigma before `low` to 3 sigma after `high`, truncated in single
    /// precision.
    fn span(&self, axis: usize, low: f32, high: f32) -> Range<usize> {
        let reach = (3.0 * self.sigma) as f32;
        let start = ((low - reach) as i64).max(0) as usize;
        let end = ((high + reach) as i64).saturating_add(1).clamp(0, self.size[axis] as i64);
        start..end as usize
    }
}

fn check_finite(points: &[[f32; 2]], score: f64) -> Result<()> {
    if let Some(&[x, y]) = points.iter().find(|point| !point.iter().all(|c| c.is_finite())) {
        let wanted = "must be finite where the score is not below the minimum";
        return Err(Error::invalid("keypoint", wanted, format_args!("({x}, {y})")));
    }
    check::finite("keypoint_score", score).map(drop)
}
