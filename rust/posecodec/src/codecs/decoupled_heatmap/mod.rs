//! `DecoupledHeatmap`: heatmaps of all instances, and heatmaps of each instance.

mod decode;

use arrayvec::ArrayVec;
use ndarray::{Array2, Array3, ArrayView2, ArrayView3};

use super::encode::{Points, VISIBILITY, check_instances, check_visible_shape, zeros};
use super::{scale_factor, to_heatmap_pixels};
use crate::check;
use crate::element::{ArrayMut, Dtype};
use crate::error::Result;
use crate::float::Float;
use crate::inputs::keypoints::{GaussianDrawer, Keypoints};
use crate::kernels::gaussian::heatmap::Blend;
use crate::kernels::gaussian::profiles::{Center, GaussianPatch};
use crate::kernels::grouping::instance::{RootType, diagonal_length, instance_bbox, instance_root};
use crate::plan::{Output, Per};

pub use decode::InstanceMaps;

/// Contextual instance decoupling: [Contextual Instance Decoupling for Robust Multi-Person Pose
/// Estimation](https://openaccess.thecvf.com/content/CVPR2022/html/Wang_Contextual_Instance_Decoupling_for_Robust_Multi-Person_Pose_Estimation_CVPR_2022_paper.html)
/// (Wang and Zhang 2022).
///
/// Targets: `heatmaps` (K+1, H, W) of all instances, the root heatmap last; and for M selected
/// instances `instance_heatmaps` (M·K, H, W), `keypoint_weights` (M, K) and `instance_coords`
/// (M, 2).
///
/// ```
/// use ndarray::{Array3, array};
/// use posecodec::codecs::people::{DecoupledHeatmap, DecoupledHeatmapOptions, RandomSource};
///
/// /// No jitter, and the first instances.
/// struct NoJitter;
/// impl RandomSource for NoJitter {
///     fn jitter(&mut self, roots: usize) -> Vec<[i64; 2]> {
///         vec![[0, 0]; roots]
///     }
///     fn sample(&mut self, _: usize, count: usize) -> Vec<usize> {
///         (0..count).collect()
///     }
/// }
///
/// let codec = DecoupledHeatmap::new([128, 128], [64, 64], DecoupledHeatmapOptions::default())?;
/// let people = array![[[20.0f32, 20.0], [60.0, 90.0]], [[90.0, 30.0], [120.0, 100.0]]];
/// let targets = codec.encode::<_, f32, f32>(people.view(), None, None, &mut NoJitter)?;
/// assert_eq!(targets.heatmaps.dim(), (3, 64, 64));
/// assert_eq!(targets.instance_coords, array![[52, 32], [20, 27]]); // the smaller one first
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct DecoupledHeatmap {
    input_size: [usize; 2],
    heatmap_size: [usize; 2],
    scale_factor: [f32; 2],
    options: DecoupledHeatmapOptions,
}

/// How [`DecoupledHeatmap`] encodes. The defaults are MMPose's.
#[derive(Debug, Clone, PartialEq)]
pub struct DecoupledHeatmapOptions {
    /// How the root is computed. Default: the mean of the visible keypoints.
    pub root_type: RootType,
    /// Minimum IoU with a box whose corners are off by three sigmas; it determines sigma from the
    /// size of the box, like `gaussian_radius` in CenterNet. Default: 0.7.
    pub heatmap_min_overlap: f64,
    /// Maximum number of instances that get heatmaps of their own. Default: 30.
    pub max_instances: usize,
}

impl Default for DecoupledHeatmapOptions {
    fn default() -> Self {
        Self { root_type: RootType::KeypointCenter, heatmap_min_overlap: 0.7, max_instances: 30 }
    }
}

/// The source of the encoder's random numbers.
pub trait RandomSource {
    /// One step `[x, y]` of -1, 0 or 1 per root; `roots` is the number of roots.
    fn jitter(&mut self, roots: usize) -> Vec<[i64; 2]>;
    /// `count` different numbers below `population`.
    fn sample(&mut self, population: usize, count: usize) -> Vec<usize>;
}

/// What [`DecoupledHeatmap`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct DecoupledTargets<V> {
    /// (K+1, H, W): one map per keypoint, and the map of the roots last.
    pub heatmaps: Array3<f32>,
    /// (M·K, H, W): K maps per selected instance.
    pub instance_heatmaps: Array3<f32>,
    /// (M, K): the visibilities, 0 for keypoints without a target.
    pub keypoint_weights: Array2<V>,
    /// (M, 2): the roots of the selected instances in heatmap pixels, jittered by up to one pixel.
    pub instance_coords: Array2<i32>,
}

/// The instances that get heatmaps of their own, and what is needed to draw them.
#[derive(Debug, Clone)]
pub struct SelectedInstances<T> {
    /// The instances, in the order of the targets.
    pub instances: Vec<usize>,
    /// Their roots in heatmap pixels.
    pub coords: Vec<[i32; 2]>,
    /// All keypoints in heatmap pixels.
    at: Vec<[T; 2]>,
    /// One sigma per instance, in heatmap pixels.
    sigmas: Vec<f32>,
}

heatmap_getters!(DecoupledHeatmap, DecoupledHeatmapOptions);

impl DecoupledHeatmap {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a size of 0 or an overlap that is
    /// not between 0 and 1.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: DecoupledHeatmapOptions,
    ) -> Result<Self> {
        let input_size = check::size("input_size", input_size)?;
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        let overlap = options.heatmap_min_overlap;
        if !(0.0..=1.0).contains(&overlap) {
            let wanted = "must be a number from 0 to 1";
            return Err(crate::Error::invalid("heatmap_min_overlap", wanted, overlap));
        }
        let scale_factor = scale_factor(input_size, heatmap_size);
        Ok(Self { input_size, heatmap_size, scale_factor, options })
    }

    /// Encodes one image: keypoints (N, K, 2) in input pixels, optional visibilities (N, K), and
    /// the corners of the boxes (N, 8). Without boxes, those around the visible keypoints are used.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for a shape that does not fit,
    /// [`Error::OutOfMemory`](crate::Error::OutOfMemory) if the targets cannot be allocated.
    pub fn encode<T: Float, V: Float, B: Float>(
        &self,
        keypoints: ArrayView3<'_, T>,
        keypoints_visible: Option<ArrayView2<'_, V>>,
        bbox: Option<ArrayView2<'_, B>>,
        random: &mut dyn RandomSource,
    ) -> Result<DecoupledTargets<V>> {
        let [_, instances, count] = check_instances::<2>(keypoints.shape(), false, None)?;
        let visible = keypoints_visible.as_ref().map(ndarray::ArrayBase::shape);
        check_visible_shape(visible, &[instances, count])?;
        let points = Points::new(keypoints, keypoints_visible);
        let sample = points.sample();
        if let Some(bbox) = &bbox
            && bbox.dim() != (sample.instances, 8)
        {
            let wanted = format!("({}, 8), four corners each", sample.instances);
            return Err(check::shape("bbox", &wanted, bbox.shape()));
        }
        let boxes: Option<Vec<[B; 8]>> = bbox.map(|bbox| {
            bbox.outer_iter().map(|corners| std::array::from_fn(|i| corners[i])).collect()
        });
        let [width, height] = self.heatmap_size;
        let mut heatmaps = zeros("heatmaps", [sample.count + 1, height, width])?;
        let sigmas = match &boxes {
            Some(boxes) => self.sigmas_of_boxes(boxes),
            None => self.sigmas_of_keypoints(&sample),
        };
        let filling = heatmaps.as_slice_mut().expect("freshly made");
        let selection = self.encode_heatmaps(&sample, sigmas, filling, random);
        let chosen = selection.instances.len();
        let maps = chosen.saturating_mul(sample.count);
        let mut instance_heatmaps = zeros("instance_heatmaps", [maps, height, width])?;
        let mut keypoint_weights = Array2::from_elem((chosen, sample.count), V::zero());
        self.encode_instances(
            &sample,
            &selection,
            instance_heatmaps.as_slice_mut().expect("freshly made"),
            keypoint_weights.as_slice_mut().expect("freshly made"),
        );
        let coords = selection.coords.iter().flatten().copied().collect();
        let instance_coords = Array2::from_shape_vec((chosen, 2), coords).expect("two each");
        Ok(DecoupledTargets { heatmaps, instance_heatmaps, keypoint_weights, instance_coords })
    }

    /// One sigma per instance in heatmap pixels, from the corners of its box in input pixels: left
    /// top, left bottom, right top, right bottom.
    pub fn sigmas_of_boxes<B: Float>(&self, boxes: &[[B; 8]]) -> Vec<f32> {
        boxes.iter().map(|corners| self.sigma(corners)).collect()
    }

    /// One sigma per instance in heatmap pixels, from the box around its visible keypoints.
    pub fn sigmas_of_keypoints<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
    ) -> Vec<f32> {
        (0..keypoints.instances)
            .map(|instance| {
                let visible = keypoints.visible_of(instance, keypoints.points);
                let [x1, y1, x2, y2] = instance_bbox(visible);
                self.sigma(&[x1, y1, x1, y2, x2, y1, x2, y2])
            })
            .collect()
    }

    /// Fills the heatmaps (K+1, H, W) of all instances, which must hold zeros, and selects the
    /// instances that get heatmaps of their own. `sigmas` has one value per instance.
    pub fn encode_heatmaps<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        sigmas: Vec<f32>,
        heatmaps: &mut [f32],
        random: &mut dyn RandomSource,
    ) -> SelectedInstances<T> {
        let size = self.heatmap_size;
        let at = keypoints.in_heatmap_pixels(|point| to_heatmap_pixels(point, self.scale_factor));
        let patches: Vec<_> = sigmas.iter().map(|&sigma| GaussianPatch::of_single(sigma)).collect();
        let map_len = size[0] * size[1];
        let (keypoint_maps, root_map) = heatmaps.split_at_mut(keypoints.count * map_len);
        let mut unused = vec![V::zero(); at.len()];
        let all: Vec<_> = patches.iter().collect();
        let drawer = GaussianDrawer { size, patches: &all, center: Center::Rounded };
        keypoints.draw_instances(&at, &drawer, keypoint_maps, &mut unused, |_, _, _| ());

        let mut roots = Vec::new();
        let mut scratch = [Vec::new(), Vec::new()];
        for (instance, patch) in patches.iter().enumerate() {
            let visible = keypoints.visible_of(instance, &at);
            let Some(root) = instance_root(visible.clone(), self.options.root_type) else {
                continue;
            };
            // MMPose draws the root in the precision of the keypoints.
            let [x, y] = root.map(|coordinate| T::of(coordinate.into()));
            if patch
                .draw_gaussian(root_map, size, [x, y], Center::Rounded, Blend::Max, &mut scratch)
                .is_some()
            {
                roots.push((diagonal_length(instance_bbox(visible)), instance, root));
            }
        }
        // Small instances first. Keypoints that overflow single precision have a diagonal of NaN:
        // last.
        roots.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
        let (instances, coords) = self.choose(&roots, random);
        SelectedInstances { instances, coords, at, sigmas }
    }

    /// Selects the instances that get heatmaps of their own, and jitters their roots by up to one
    /// heatmap pixel. Drops instances whose root coincides with an earlier one, and samples
    /// `max_instances` of the rest if there are more.
    fn choose(
        &self,
        roots: &[(f32, usize, [f32; 2])],
        random: &mut dyn RandomSource,
    ) -> (Vec<usize>, Vec<[i32; 2]>) {
        let mut chosen: Vec<([f64; 2], usize)> = Vec::new();
        for ((_, instance, root), step) in roots.iter().zip(random.jitter(roots.len())) {
            let location = [0, 1].map(|axis| {
                let last = (self.heatmap_size[axis] - 1) as f64;
                (f64::from(root[axis]) + step[axis] as f64).clamp(0.0, last)
            });
            if chosen.iter().all(|(taken, _)| *taken != location) {
                chosen.push((location, *instance));
            }
        }
        let max_instances = self.options.max_instances;
        if chosen.len() > max_instances {
            let sampled = random.sample(chosen.len(), max_instances);
            chosen = sampled.into_iter().filter_map(|index| chosen.get(index).copied()).collect();
        }
        chosen
            .into_iter()
            .map(|(location, instance)| (instance, location.map(|x| x as i32)))
            .unzip()
    }

    /// The output for all instances of an image with `count` keypoints per instance.
    pub fn outputs(&self, count: usize) -> [Output; 1] {
        [Output::heatmaps(count.saturating_add(1), self.heatmap_size)]
    }

    /// The outputs for the selected instances of an image with `count` keypoints per instance.
    pub fn instance_outputs<T>(
        &self,
        selection: &SelectedInstances<T>,
        count: usize,
    ) -> [Output; 3] {
        let [width, height] = self.heatmap_size;
        let selected = selection.instances.len();
        let maps = [selected.saturating_mul(count), height, width];
        let coords = Output::new("instance_coords", Dtype::Int32, &[selected, 2], Per::Instance);
        let weights = if selected == 0 {
            // MMPose allocates these two with `np.empty((0, ...))`, which is double precision.
            Output::new("keypoint_weights", Dtype::Float64, &[0], Per::Instance)
        } else {
            Output::weights(VISIBILITY, selected, count)
        };
        let dtype = if selected == 0 { Dtype::Float64 } else { Dtype::Float32 };
        [Output::new("instance_heatmaps", dtype, &maps, Per::Instance), weights, coords]
    }

    /// Fills the arrays of [`Self::instance_outputs`]; the maps must hold zeros.
    ///
    /// # Errors
    /// [`Error::InvalidInput`](crate::Error::InvalidInput) for arrays of other lengths or dtypes.
    pub fn fill_instances<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        selection: &SelectedInstances<T>,
        arrays: [ArrayMut<'_>; 3],
    ) -> Result<()> {
        let outputs = self.instance_outputs(selection, keypoints.count);
        for (output, array) in outputs.iter().zip(&arrays) {
            output.check(array, 1, V::DTYPE)?;
        }
        if selection.instances.is_empty() {
            return Ok(());
        }
        let [maps, weights, coords] = arrays;
        self.encode_instances(keypoints, selection, maps.values(), weights.values());
        coords.values().copy_from_slice(selection.coords.as_flattened());
        Ok(())
    }

    /// Fills the maps and the weights of the selected instances; the maps must hold zeros.
    fn encode_instances<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        selection: &SelectedInstances<T>,
        maps: &mut [f32],
        weights: &mut [V],
    ) {
        let count = keypoints.count;
        if count == 0 {
            return;
        }
        let [width, height] = self.heatmap_size;
        let maps = maps.chunks_exact_mut(count * width * height);
        let targets = maps.zip(weights.chunks_exact_mut(count));
        for (&instance, (maps, weights)) in selection.instances.iter().zip(targets) {
            let range = instance * count..(instance + 1) * count;
            let one = Keypoints {
                points: &keypoints.points[range.clone()],
                visible: keypoints.visible.map(|visible| &visible[range.clone()]),
                instances: 1,
                count,
            };
            // MMPose uses this sigma in double precision.
            let sigma = f64::from(selection.sigmas[instance]);
            let patch = GaussianPatch::new(if sigma > 0.0 { sigma } else { 0.0 });
            let drawer = GaussianDrawer {
                size: self.heatmap_size,
                patches: &[&patch],
                center: Center::Rounded,
            };
            one.draw_instances(&selection.at[range], &drawer, maps, weights, |_, _, _| ());
        }
    }

    /// The sigma of an instance in heatmap pixels: a third of the minimum of three radii, at which
    /// two boxes of its size have the minimum overlap when they are shifted, nested or enclosing.
    /// As in MMPose, each radius is (b + √(b² - 4ac)) / 2, computed in the precision of the boxes.
    fn sigma<B: Float>(&self, corners: &[B; 8]) -> f32 {
        let scaled: [B; 8] =
            std::array::from_fn(|i| corners[i] / B::of(self.scale_factor[i % 2].into()));
        let side = |corner: usize| {
            let [x, y] = [0, 1].map(|axis| scaled[axis] - scaled[2 * corner + axis]);
            (x * x + y * y).sqrt()
        };
        let (height, width) = (side(1), side(2));
        let overlap = self.options.heatmap_min_overlap;
        let radius =
            |b: B, four_a: f64, c: B| (b + (b * b - B::of(four_a) * c).sqrt()) / B::of(2.0);
        let (sum, area) = (height + width, width * height);
        let radii: ArrayVec<B, 3> = ArrayVec::from([
            radius(sum, 4.0, area * B::of(1.0 - overlap) / B::of(1.0 + overlap)),
            radius(B::of(2.0) * sum, 16.0, B::of(1.0 - overlap) * width * height),
            radius(
                B::of(-2.0 * overlap) * sum,
                4.0 * (4.0 * overlap),
                B::of(overlap - 1.0) * width * height,
            ),
        ]);
        let smallest = radii
            .iter()
            .skip(1)
            .fold(radii[0], |smallest, &radius| if radius < smallest { radius } else { smallest });
        (smallest / B::of(3.0)).as_f64() as f32
    }
}
