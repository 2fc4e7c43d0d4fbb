//! The keypoints of one sample, and how they are drawn into heatmaps.

use std::ops::Range;

use crate::float::Float;
use crate::kernels::gaussian::heatmap::Blend;
use crate::kernels::gaussian::profiles::{Center, GaussianPatch};

/// The keypoints of one sample: `instances` × `count` points with `D` coordinates, `[x, y]` in
/// input pixels if `D` is 2.
///
/// ```
/// use posecodec::codecs::slices::Keypoints;
///
/// let points = [[95.3f32, 40.1], [101.7, 34.6], [88.2, 34.9]];
/// let visible = [1.0f32, 1.0, 0.0];
/// let person = Keypoints { points: &points, visible: Some(&visible), instances: 1, count: 3 };
/// let all_visible = Keypoints { visible: None, ..person };
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Keypoints<'a, T, V, const D: usize = 2> {
    /// The points, instance by instance.
    pub points: &'a [[T; D]],
    /// One visibility per point; `None` if all are visible.
    pub visible: Option<&'a [V]>,
    /// Number of instances, N.
    pub instances: usize,
    /// Number of keypoints per instance, K.
    pub count: usize,
}

impl<T: Float, V: Float, const D: usize> Keypoints<'_, T, V, D> {
    /// Whether all coordinates of the keypoint at this flat index are finite.
    #[inline]
    pub(crate) fn is_finite(&self, index: usize) -> bool {
        self.points[index].iter().all(|coordinate| coordinate.is_finite())
    }

    /// The visibility of the keypoint at this flat index; 0 if a coordinate is NaN or infinite.
    #[inline]
    pub(crate) fn visibility(&self, index: usize) -> V {
        if !self.is_finite(index) {
            return V::zero();
        }
        self.visible.map_or(V::one(), |visible| visible[index])
    }

    /// Whether the keypoint at this flat index gets a target: it is finite and its visibility is
    /// not below 0.5.
    #[inline]
    pub(crate) fn is_labelled(&self, index: usize) -> bool {
        self.is_finite(index) && self.visible.is_none_or(|visible| !(visible[index] < V::of(0.5)))
    }
}

impl<T: Float, V: Float> Keypoints<'_, T, V> {
    /// All points in heatmap pixels.
    pub(crate) fn in_heatmap_pixels(
        &self,
        to_heatmap_pixels: impl Fn([T; 2]) -> [T; 2],
    ) -> Vec<[T; 2]> {
        self.points.iter().map(|&point| to_heatmap_pixels(point)).collect()
    }

    /// The points of an instance that are finite and have a visibility above 0. `at` has all
    /// points.
    pub(crate) fn visible_of<'a>(
        &'a self,
        instance: usize,
        at: &'a [[T; 2]],
    ) -> impl Iterator<Item = [T; 2]> + Clone + 'a {
        (instance * self.count..(instance + 1) * self.count)
            .filter(|&index| {
                self.is_finite(index)
                    && self.visible.is_none_or(|visible| visible[index] > V::zero())
            })
            .map(|index| at[index])
    }

    /// Draws the keypoints of all instances into one map per keypoint, and fills one weight per
    /// instance and keypoint. `at` has the points in heatmap pixels. Where Gaussians overlap, the
    /// map keeps the larger value. `drawn` is called with the index of the keypoint, its map and
    /// the pixels that the Gaussian covers.
    pub(crate) fn draw_instances(
        &self,
        at: &[[T; 2]],
        drawer: &GaussianDrawer<'_>,
        maps: &mut [f32],
        weights: &mut [V],
        mut drawn: impl FnMut(usize, &[f32], [Range<usize>; 2]),
    ) {
        let [width, height] = drawer.size;
        let mut scratch = [Vec::new(), Vec::new()];
        for (index, weight) in weights.iter_mut().enumerate() {
            *weight = self.visibility(index);
            if !self.is_labelled(index) {
                continue;
            }
            let (instance, number) = (index / self.count, index % self.count);
            let map = &mut maps[number * width * height..][..width * height];
            match drawer.draw(instance, at[index], map, &mut scratch) {
                Some(covered) => drawn(number, map, covered),
                None => *weight = V::zero(),
            }
        }
    }
}

/// How the keypoints of several instances are drawn as Gaussians.
pub(crate) struct GaussianDrawer<'a> {
    /// Map size `[W, H]`.
    pub(crate) size: [usize; 2],
    /// One patch for all instances, or one per instance.
    pub(crate) patches: &'a [&'a GaussianPatch],
    pub(crate) center: Center,
}

impl GaussianDrawer<'_> {
    /// Draws one keypoint of an instance, `at` in heatmap pixels. Returns the pixels that the
    /// Gaussian covers, or `None` if it is outside.
    #[inline]
    fn draw<T: Float>(
        &self,
        instance: usize,
        at: [T; 2],
        map: &mut [f32],
        scratch: &mut [Vec<f32>; 2],
    ) -> Option<[Range<usize>; 2]> {
        // UDP's scale factor is 0 for an input that is one pixel wide: points are then infinite or
        // NaN.
        if !(at[0].is_finite() && at[1].is_finite()) {
            return None;
        }
        let patch = self.patches[instance % self.patches.len()];
        let blend = Blend::of_instance(instance);
        patch.draw_gaussian(map, self.size, at, self.center, blend, scratch)
    }
}
