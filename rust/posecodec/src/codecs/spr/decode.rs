//! `SPR`: decoding roots and displacements to instances.

use ndarray::{Array1, Array2, Array3, ArrayView3, ArrayView4};

use super::Spr;
use crate::check;
use crate::error::{Error, Result, try_with_capacity};
use crate::float::{Float, HeatmapValue};
use crate::kernels::grouping::bilinear::sample_unaligned;
use crate::kernels::grouping::nms::Neighborhood;
use crate::kernels::grouping::top_k::{Candidate, peaks_above, top_k};
use crate::parallel;

/// The instances of one image, in descending order of score. `T` is the type of the maps, or `f64` for
/// maps of `f16`.
#[derive(Debug, Clone, PartialEq)]
pub struct SprDecoded<T> {
    /// (N, K, 2), in input pixels.
    pub keypoints: Array3<T>,
    /// (N,), the responses of the roots.
    pub root_scores: Array1<T>,
    /// (N, K), the responses of the keypoints, if the codec generates keypoint heatmaps and they
    /// were passed.
    pub keypoint_scores: Option<Array2<T>>,
}

impl Spr {
    /// Decodes one image: heatmaps (1, H, W), or (K+1, H, W) with the root heatmap last, and
    /// displacements (2K, H, W) in heatmap pixels. H and W may have any size.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for an odd number of displacements, no heatmap, maps of different
    /// sizes, or fewer pixels than instances to decode.
    pub fn decode<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView3<'_, E>,
        displacements: ArrayView3<'_, E>,
    ) -> Result<SprDecoded<E::Compute>> {
        let (channels, height, width) = displacements.dim();
        let (maps, rows, columns) = heatmaps.dim();
        let count = channels / 2;
        if !channels.is_multiple_of(2) {
            return Err(check::shape("displacements", "(2K, H, W)", displacements.shape()));
        }
        if maps == 0 {
            return Err(check::shape("heatmaps", "(1, H, W) or (K+1, H, W)", heatmaps.shape()));
        }
        if (rows, columns) != (height, width) {
            let wanted = format!("(2K, {rows}, {columns}), like `heatmaps`");
            return Err(check::shape("displacements", &wanted, displacements.shape()));
        }
        check::not_transposed("heatmaps", self.heatmap_size, [height, width])?;
        let map_len = height * width;
        self.check_pixels(map_len)?;
        let (heatmaps, displacements) =
            (heatmaps.as_standard_layout(), displacements.as_standard_layout());
        let heatmaps = heatmaps.as_slice().expect("standard layout");
        let displacements = displacements.as_slice().expect("standard layout");

        let root_map = &heatmaps[(maps - 1) * map_len..];
        let roots: Vec<_> = if map_len == 0 {
            Vec::new()
        } else {
            let radius = self.options.nms_kernel / 2;
            let neighborhood = Neighborhood { plane: root_map, width, radius };
            let threshold = self.threshold::<E>();
            let most = self.options.max_instances;
            peaks_above(neighborhood, most, threshold).unwrap_or_else(|| {
                let mut roots = top_k(neighborhood, most);
                roots.retain(|root| root.value.as_f64() > threshold);
                roots
            })
        };
        let scored = self.options.generate_keypoint_heatmaps && maps == count + 1;
        let responses = |_, number: usize, at| {
            let map = &heatmaps[number * map_len..][..map_len];
            sample_unaligned(map, width, at)
        };
        let moved =
            |instance: usize, channel| displacements[channel * map_len + roots[instance].pixel];
        Ok(self.instances(&roots, [count, width], moved, scored.then_some(responses)))
    }

    /// Checks that maps have at least as many pixels as there may be instances.
    pub(super) fn check_pixels(&self, pixels: usize) -> Result<()> {
        if self.options.max_instances > pixels {
            let wanted = format!("must be at most the {pixels} pixels of a heatmap");
            return Err(Error::invalid("decode_max_instances", wanted, self.options.max_instances));
        }
        Ok(())
    }

    /// The threshold in the precision of the maps, in which torch compares.
    pub(super) fn threshold<E: HeatmapValue>(&self) -> f64 {
        E::Compute::of(self.options.threshold).as_f64()
    }

    /// The instances with these roots, on maps `width` wide. `moved` returns the displacement of an
    /// instance in a channel, and `responses` the response at a keypoint of an instance.
    pub(super) fn instances<E: HeatmapValue>(
        &self,
        roots: &[Candidate<E>],
        [count, width]: [usize; 2],
        moved: impl Fn(usize, usize) -> E,
        responses: Option<impl Fn(usize, usize, [E::Compute; 2]) -> f64>,
    ) -> SprDecoded<E::Compute> {
        let points = Array3::from_shape_fn((roots.len(), count, 2), |(instance, number, axis)| {
            let pixel = roots[instance].pixel;
            let start = [pixel % width, pixel / width][axis];
            E::Compute::of(start as f64) + moved(instance, 2 * number + axis).to_compute()
        });
        let keypoint_scores = responses.map(|response| {
            Array2::from_shape_fn((roots.len(), count), |(instance, number)| {
                let at = [points[[instance, number, 0]], points[[instance, number, 1]]];
                E::Compute::of(response(instance, number, at))
            })
        });
        let mut keypoints = points;
        for (axis, factor) in self.scale_factor.into_iter().enumerate() {
            let factor = E::Compute::of(factor.into());
            keypoints.index_axis_mut(ndarray::Axis(2), axis).mapv_inplace(|value| value * factor);
        }
        let root_scores = roots.iter().map(|root| root.value.to_compute()).collect();
        SprDecoded { keypoints, root_scores, keypoint_scores }
    }

    /// Decodes a batch: heatmaps (B, 1, H, W) or (B, K+1, H, W), and displacements (B, 2K, H, W); on
    /// several threads if the batch is large enough. Returns the instances of each image.
    ///
    /// # Errors
    /// As for [`Self::decode`], and for different numbers of images.
    pub fn decode_batch<E: HeatmapValue>(
        &self,
        heatmaps: ArrayView4<'_, E>,
        displacements: ArrayView4<'_, E>,
    ) -> Result<Vec<SprDecoded<E::Compute>>> {
        let batch = heatmaps.dim().0;
        if displacements.dim().0 != batch {
            let wanted = format!("({batch}, 2K, H, W), like `heatmaps`");
            return Err(check::shape("displacements", &wanted, displacements.shape()));
        }
        let images = heatmaps.outer_iter().zip(displacements.outer_iter());
        self.decode_images(&images.map(|(maps, moves)| [maps, moves]).collect::<Vec<_>>())
    }

    /// Decodes images: the heatmaps and displacements of each; on several threads if they are large
    /// enough.
    ///
    /// # Errors
    /// As for [`Self::decode`], for the first image that fails.
    pub fn decode_images<E: HeatmapValue>(
        &self,
        images: &[[ArrayView3<'_, E>; 2]],
    ) -> Result<Vec<SprDecoded<E::Compute>>> {
        let mut decoded = try_with_capacity("the images of a batch", images.len())?;
        decoded.resize_with(images.len(), || None);
        let values = images.iter().map(|[heatmaps, _]| heatmaps.len()).sum();
        let images = decoded.iter_mut().zip(images).collect();
        parallel::for_each(images, values, &|(decoded, [heatmaps, displacements])| {
            *decoded = Some(self.decode(*heatmaps, *displacements));
        });
        decoded.into_iter().flatten().collect()
    }
}
