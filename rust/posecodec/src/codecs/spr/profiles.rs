//! `SPR`: profiles of the heatmaps, and the parts of the displacements that are not 0.

use std::ops::Range;

use super::Spr;
use crate::codecs::encode::{Outputs, SampleArrays};
use crate::codecs::profiles::{Separable, profile_rows, write_profiles};
use crate::codecs::to_heatmap_pixels;
use crate::element::Dtype;
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::kernels::fields::displacement::{Direction, DisplacementMaps, area, fill_part};
use crate::kernels::gaussian::profiles::Center;
use crate::plan::{Output, Per};

/// Profiles (N, M, W) and (N, M, H) of M maps: of the keypoints' if there are any, and of the roots. The
/// heatmaps are the maxima of the people's products. `heatmap_weights` are 1 where a heatmap is above 0.
///
/// The displacements and their weights are 0 outside of patches (N, 2K, h, w) of the maps, one per person,
/// whose first pixels `[x, y]` are `patch_starts` (N, 2). Where patches overlap, they are equal.
impl Separable for Spr {
    fn profile_outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        let maps = if self.keypoint_patch.is_some() { keypoints } else { 0 }.saturating_add(1);
        let rows = profile_rows(&[instances, maps], self.heatmap_size, Per::Instance);
        let [width, height] = self.patch_size();
        let patches = [instances, keypoints.saturating_mul(2), height, width];
        let others = [
            Output::new("displacement_patches", Dtype::Float32, &patches, Per::Instance),
            Output::new("weight_patches", Dtype::Float32, &patches, Per::Instance),
            Output::new("patch_starts", Dtype::Int64, &[instances, 2], Per::Instance),
        ];
        rows.into_iter().chain(others).collect()
    }

    fn encode_profiles<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let [x, y, patches, weights] = std::array::from_fn(|_| arrays.take::<f32>());
        let starts = arrays.take::<i64>();
        for array in [&mut *x, y, patches, weights] {
            arrays.init.clear(array);
        }
        let (size, mut scratch) = (self.heatmap_size, [Vec::new(), Vec::new()]);
        let at = keypoints.in_heatmap_pixels(|point| to_heatmap_pixels(point, self.scale_factor));
        let roots = self.roots(keypoints, &at);
        let maps = if self.keypoint_patch.is_some() { keypoints.count } else { 0 } + 1;
        let mut rows = x.chunks_exact_mut(size[0]).zip(y.chunks_exact_mut(size[1]));
        for (instance, root) in roots.iter().enumerate() {
            for (number, (x, y)) in rows.by_ref().take(maps).enumerate() {
                let profiles = if number + 1 == maps {
                    let patch = &self.root_patch;
                    root.and_then(|(root, _)| {
                        patch.profiles(size, root, Center::Rounded, &mut scratch)
                    })
                } else {
                    let index = instance * keypoints.count + number;
                    let patch = self.keypoint_patch.as_ref().filter(|_| {
                        keypoints.is_labelled(index) && at[index].iter().all(|at| at.is_finite())
                    });
                    patch.and_then(|patch| {
                        patch.profiles(size, at[index], Center::Rounded, &mut scratch)
                    })
                };
                write_profiles([x, y], profiles);
            }
        }
        let labelled = self.labelled(keypoints);
        let instances = self.rooted_instances(&at, &labelled, &roots);
        let each = patches.len().checked_div(roots.len()).unwrap_or(0);
        for (instance, start) in starts.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let part = self.patch(roots[instance].map(|(root, _)| root));
            *start = [part[0].start as i64, part[1].start as i64];
            let range = instance * each..(instance + 1) * each;
            let (displacements, weights) = (&mut patches[range.clone()], &mut weights[range]);
            let maps = DisplacementMaps { displacements, weights, size };
            fill_part(maps, part, &instances, self.root_sigma, Direction::ToKeypoint);
        }
    }
}

impl Spr {
    /// Size `[w, h]` of the patches around roots that have displacements.
    fn patch_size(&self) -> [usize; 2] {
        // Both ends of the area around a root are rounded.
        let side = (2.0 * self.root_sigma).ceil() as usize;
        self.heatmap_size.map(|length| side.saturating_add(2).min(length))
    }

    /// The columns and rows of the patch around a root: those at the start of the maps if there is none.
    fn patch(&self, root: Option<[f32; 2]>) -> [Range<usize>; 2] {
        let root = root.filter(|&root| self.is_inside(root));
        let size = self.patch_size();
        [0, 1].map(|axis| {
            let length = self.heatmap_size[axis];
            let start = root.map_or(0, |root| area(root[axis], self.root_sigma, length).start);
            let start = start.min(length - size[axis]);
            start..start + size[axis]
        })
    }
}
