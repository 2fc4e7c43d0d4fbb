//! Decoding the maps of joints, the root depth and the hand type.

use ndarray::{Array2, Array3, ArrayView4, ArrayView5};

use super::Hand3dHeatmap;
use crate::check;
use crate::codecs::decoded_batch::DecodedBatch;
use crate::element::split_off;
use crate::error::{Result, try_with_capacity};
use crate::float::HeatmapValue;
use crate::kernels::maximum::heatmap_3d_maximum;
use crate::parallel;

/// What the maps of [`Hand3dHeatmap`] decode to.
#[derive(Debug, Clone, PartialEq)]
pub struct Hand3dDecoded<E> {
    /// (1, K, 3): input pixels, and millimeters of depth from the hand's root.
    pub keypoints: Array3<f32>,
    /// (1, K).
    pub scores: Array2<E>,
}

impl Hand3dHeatmap {
    /// Decodes maps (K, D, H, W) of any size: the pixel of the maximum, or -1 along each axis if no
    /// value is above 0.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for maps without a pixel.
    pub fn decode<E: HeatmapValue>(&self, heatmaps: ArrayView4<'_, E>) -> Result<Hand3dDecoded<E>> {
        let (count, depth, height, width) = heatmaps.dim();
        let heatmaps = heatmaps.as_standard_layout();
        let mut points = vec![[0f32; 3]; count];
        let mut scores = vec![E::of(0.0); count];
        self.decode_flat(
            heatmaps.as_slice().expect("standard layout"),
            [1, count, depth, height, width],
            &mut points,
            &mut scores,
        )?;
        let flat = points.into_iter().flatten().collect();
        Ok(Hand3dDecoded {
            keypoints: Array3::from_shape_vec((1, count, 3), flat).expect("count points"),
            scores: Array2::from_shape_vec((1, count), scores).expect("count scores"),
        })
    }

    /// Decodes a batch of maps (B, K, D, H, W) to keypoints (B, 1, K, 3); on several threads if the
    /// batch is large enough.
    ///
    /// # Errors
    /// As for [`Self::decode`].
    pub fn decode_batch<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView5<'_, E>,
    ) -> Result<DecodedBatch<f32, E>> {
        let (batch, count, depth, height, width) = heatmaps.dim();
        let heatmaps = heatmaps.as_standard_layout();
        let heatmaps = heatmaps.as_slice().expect("standard layout");
        DecodedBatch::filled(batch, count, |points, scores| {
            self.decode_flat(heatmaps, [batch, count, depth, height, width], points, scores)
        })
    }

    /// Decodes a batch of maps of shape `[B, K, D, H, W]`, flat, into B·K points and scores; on
    /// several threads if the batch is large enough.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for maps without a pixel, or an array of another length than
    /// the shape implies.
    pub fn decode_flat<E: HeatmapValue>(
        &self,
        heatmaps: &[E],
        shape: [usize; 5],
        keypoints: &mut [[f32; 3]],
        scores: &mut [E],
    ) -> Result<()> {
        let [batch, count, depth, height, width] = shape;
        let size = [width, height, depth];
        check::len("keypoints", "B·K", &[batch, count], keypoints.len())?;
        check::len("scores", "B·K", &[batch, count], scores.len())?;
        if keypoints.is_empty() {
            return Ok(());
        }
        if size.contains(&0) {
            return Err(check::no_pixel("heatmaps", &shape));
        }
        check::len("heatmaps", "B·K·D·H·W", &shape, heatmaps.len())?;
        let map_len = size.iter().product::<usize>();
        let (mut keypoints, mut scores) = (keypoints, scores);
        let mut samples = try_with_capacity("the samples of a batch", batch)?;
        for maps in heatmaps.chunks_exact(count * map_len) {
            samples.push((maps, split_off(&mut keypoints, count), split_off(&mut scores, count)));
        }
        parallel::for_each(samples, heatmaps.len(), &|(maps, keypoints, scores)| {
            let decoded = keypoints.iter_mut().zip(scores);
            for (map, (point, score)) in maps.chunks_exact(map_len).zip(decoded) {
                let (pixel, value) = heatmap_3d_maximum(map, size);
                *point = self.to_input(pixel);
                *score = value;
            }
        });
        Ok(())
    }

    /// A heatmap pixel in input pixels and millimeters, in single precision as NumPy computes it.
    fn to_input(&self, pixel: Option<[usize; 3]>) -> [f32; 3] {
        let [x, y, z] = pixel.map_or([-1.0; 3], |pixel| pixel.map(|index| index as f32));
        let [scale_x, scale_y] = self.scale_factor;
        let share = z / self.options.depth_size as f32 - 0.5;
        [x * scale_x, y * scale_y, share * self.options.heatmap3d_depth_bound as f32]
    }

    /// The depth of one hand's root relative to the other's, in millimeters, from its bin among
    /// `root_heatmap_size`.
    pub fn decode_root<E: HeatmapValue>(&self, root_depth: E) -> E {
        let share = root_depth.as_f64() / self.options.root_heatmap_size as f64 - 0.5;
        E::of(share * self.options.root_depth_bound)
    }

    /// 1 if a hand type is present, i.e. if its response is above 0; otherwise 0.
    pub fn decode_hand_type(response: f64) -> i64 {
        i64::from(response > 0.0)
    }
}
