//! `DecoupledHeatmap`: decoding heatmaps of instances to keypoints.

use ndarray::{Array2, Array3, ArrayView2, ArrayView4};

use super::DecoupledHeatmap;
use crate::check;
use crate::codecs::decode::Decoded;
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::inputs::maps::{SampleMaps, refined_peak};
use crate::kernels::refinement::quarter_shift;
use crate::parallel;

/// The instances of one image, and the output arrays of their keypoints.
#[derive(Debug)]
pub struct InstanceMaps<'a, E, S> {
    /// Flat heatmaps.
    pub heatmaps: &'a [E],
    /// `[N, K, H, W]`.
    pub shape: [usize; 4],
    /// One score per instance, or one per keypoint.
    pub instance_scores: &'a [S],
    /// N·K points in input pixels.
    pub keypoints: &'a mut [[f32; 2]],
    /// N·K scores.
    pub scores: &'a mut [E],
}

impl DecoupledHeatmap {
    /// Decodes the heatmaps (N, K, H, W) of N instances, of any size. The scores of the instances
    /// are one per root (N, 1), or one per keypoint (N, K). Returns keypoints (N, K, 2) in input
    /// pixels, and their responses times those scores.
    ///
    /// ```
    /// use ndarray::{Array4, array};
    /// use posecodec::codecs::people::{DecoupledHeatmap, DecoupledHeatmapOptions};
    ///
    /// let options = DecoupledHeatmapOptions::default();
    /// let codec = DecoupledHeatmap::new([512, 512], [128, 128], options)?;
    /// let mut heatmaps = Array4::<f32>::zeros((1, 17, 128, 128)); // one person's
    /// heatmaps[[0, 0, 20, 10]] = 0.8;
    /// let decoded = codec.decode(heatmaps.view(), array![[0.5f32]].view())?;
    /// assert_eq!(decoded.keypoints[[0, 0, 0]], 40.0); // four input pixels per heatmap pixel
    /// assert_eq!(decoded.scores[[0, 0]], 0.4);
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a pixel or scores that do not fit.
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
        self.decode_images(vec![InstanceMaps {
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

    /// Decodes the images of a batch, on several threads if the batch is large enough.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for maps without a pixel, or an array of another length than the
    /// shape implies.
    pub fn decode_images<E: HeatmapValue, S: HeatmapValue>(
        &self,
        images: Vec<InstanceMaps<'_, E, S>>,
    ) -> Result<()> {
        let mut values = 0;
        for image in &images {
            let [instances, count, height, width] = image.shape;
            let keypoints = instances.saturating_mul(count);
            if keypoints > 0 && (height == 0 || width == 0) {
                return Err(check::no_pixel("instance_heatmaps", &image.shape));
            }
            check::not_transposed("instance_heatmaps", self.heatmap_size(), [height, width])?;
            check::len("instance_heatmaps", "N·K·H·W", &image.shape, image.heatmaps.len())?;
            check::len("keypoints", "N·K", &image.shape[..2], image.keypoints.len())?;
            check::len("scores", "N·K", &image.shape[..2], image.scores.len())?;
            if ![instances, keypoints].contains(&image.instance_scores.len()) {
                let wanted = format!("must have N = {instances} or N·K = {keypoints} values");
                let got = image.instance_scores.len();
                return Err(Error::invalid("instance_scores", wanted, got));
            }
            values += image.heatmaps.len();
        }
        parallel::for_each(images, values, &|image| self.decode_image(image));
        Ok(())
    }

    fn decode_image<E: HeatmapValue, S: HeatmapValue>(&self, image: InstanceMaps<'_, E, S>) {
        let InstanceMaps { heatmaps, shape, instance_scores, keypoints, scores } = image;
        let [_, count, height, width] = shape;
        // An empty batch may have sides whose product overflows.
        let maps = SampleMaps { values: heatmaps, map_len: height.saturating_mul(width), width };
        let per_keypoint = instance_scores.len() == scores.len();
        for (number, (point, score)) in keypoints.iter_mut().zip(scores).enumerate() {
            let (pixel, value) = refined_peak(&maps, number, quarter_shift);
            *point = [pixel[0] * self.scale_factor[0], pixel[1] * self.scale_factor[1]];
            let weight = instance_scores[if per_keypoint { number } else { number / count }];
            *score = E::of(value.as_f64() * weight.as_f64());
        }
    }
}
