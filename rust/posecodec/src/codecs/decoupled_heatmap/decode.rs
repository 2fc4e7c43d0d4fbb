//! `DecoupledHeatmap`: heatmaps of instances to keypoints.

use ndarray::{Array2, Array3, ArrayView2, ArrayView4};

use super::DecoupledHeatmap;
use crate::check;
use crate::codecs::decode::Decoded;
use crate::codecs::maps::{SampleMaps, refined_peak};
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::kernels::refinement::quarter_shift;
use crate::parallel;

/// The instances of one picture, to be decoded, and where to.
#[derive(Debug)]
pub struct InstanceMaps<'a, E, S> {
    /// Flat heatmaps.
    pub heatmaps: &'a [E],
    /// `[N, K, H, W]`.
    pub shape: [usize; 4],
    /// A score an instance, or a score a keypoint.
    pub instance_scores: &'a [S],
    /// N·K points in input pixels.
    pub keypoints: &'a mut [[f32; 2]],
    /// N·K scores.
    pub scores: &'a mut [E],
}

impl DecoupledHeatmap {
    /// Decodes the heatmaps (N, K, H, W) of N instances, of any size, whose roots have the scores
    /// (N, 1), or which have a score a keypoint (N, K). What comes out are keypoints (N, K, 2) in
    /// input pixels and their responses times those scores.
    ///
    /// ```
    /// use ndarray::{Array4, array};
    /// use posecodec::codecs::{DecoupledHeatmap, DecoupledHeatmapOptions};
    ///
    /// let options = DecoupledHeatmapOptions::default();
    /// let codec = DecoupledHeatmap::new([512, 512], [128, 128], options)?;
    /// let mut heatmaps = Array4::<f32>::zeros((1, 17, 128, 128)); // one person's
    /// heatmaps[[0, 0, 20, 10]] = 0.8;
    /// let decoded = codec.decode(heatmaps.view(), array![[0.5f32]].view())?;
    /// assert_eq!(decoded.keypoints[[0, 0, 0]], 40.0); // four pixels a cell
    /// assert_eq!(decoded.scores[[0, 0]], 0.4);
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a cell or scores that do not fit.
    pub fn decode<E: HeatmapValue, S: HeatmapValue>(
        &self,
        instance_heatmaps: ArrayView4<'_, E>,
        instance_scores: ArrayView2<'_, S>,
    ) -> Result<Decoded<f32, E>> {
        let (instances, count, height, width) = instance_heatmaps.dim();
        if instance_scores.nrows() != instances || ![1, count].contains(&instance_scores.ncols()) {
            let wanted = format!("({instances}, 1)");
            return Err(check::shape("instance_scores", &wanted, instance_scores.shape()));
        }
        let heatmaps = instance_heatmaps.as_standard_layout();
        let instance_scores = instance_scores.as_standard_layout();
        let mut points = vec![[0.0; 2]; instances * count];
        let mut scores = vec![E::of(0.0); instances * count];
        self.decode_pictures(vec![InstanceMaps {
            heatmaps: heatmaps.as_slice().expect("standard layout"),
            shape: [instances, count, height, width],
            instance_scores: instance_scores.as_slice().expect("standard layout"),
            keypoints: &mut points,
            scores: &mut scores,
        }])?;
        let flat = points.into_iter().flatten().collect();
        Ok(Decoded {
            keypoints: Array3::from_shape_vec((instances, count, 2), flat).expect("a point each"),
            scores: Array2::from_shape_vec((instances, count), scores).expect("a score each"),
        })
    }

    /// Decodes pictures, on several threads where it is worth it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a cell, or where an array does not have the length
    /// that the shape says.
    pub fn decode_pictures<E: HeatmapValue, S: HeatmapValue>(
        &self,
        pictures: Vec<InstanceMaps<'_, E, S>>,
    ) -> Result<()> {
        let mut values = 0;
        for picture in &pictures {
            let [instances, count, height, width] = picture.shape;
            let keypoints = instances.saturating_mul(count);
            if keypoints > 0 && (height == 0 || width == 0) {
                return Err(check::no_pixel("instance_heatmaps", &picture.shape));
            }
            check::len("instance_heatmaps", "N·K·H·W", &picture.shape, picture.heatmaps.len())?;
            check::len("keypoints", "N·K", &picture.shape[..2], picture.keypoints.len())?;
            check::len("scores", "N·K", &picture.shape[..2], picture.scores.len())?;
            if ![instances, keypoints].contains(&picture.instance_scores.len()) {
                let wanted = format!("must have N = {instances} or N·K = {keypoints} values");
                let got = picture.instance_scores.len();
                return Err(Error::invalid("instance_scores", wanted, got));
            }
            values += picture.heatmaps.len();
        }
        parallel::for_each(pictures, values, |picture| self.decode_picture(picture));
        Ok(())
    }

    fn decode_picture<E: HeatmapValue, S: HeatmapValue>(&self, picture: InstanceMaps<'_, E, S>) {
        let InstanceMaps { heatmaps, shape, instance_scores, keypoints, scores } = picture;
        let [_, count, height, width] = shape;
        // Sides may be any where there are no maps.
        let maps = SampleMaps { values: heatmaps, map_len: height.saturating_mul(width), width };
        let per_keypoint = instance_scores.len() == scores.len();
        for (number, (point, score)) in keypoints.iter_mut().zip(scores).enumerate() {
            let (cell, value) = refined_peak(&maps, number, quarter_shift);
            *point = [cell[0] * self.scale_factor[0], cell[1] * self.scale_factor[1]];
            let weight = instance_scores[if per_keypoint { number } else { number / count }];
            *score = E::of(value.as_f64() * weight.as_f64());
        }
    }
}
