//! `SPR`: a root heatmap and dense displacements from the roots to the keypoints.

mod decode;
mod peaks;
mod profiles;

use std::ops::Range;

use ndarray::Array3;

use super::encode::{Encode, EncodedArrays, Outputs, SampleArrays, dimensioned};
use super::{scale_factor, to_heatmap_pixels};
use crate::check;
use crate::element::Dtype;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::inputs::keypoints::{GaussianDrawer, Keypoints};
use crate::kernels::fields::displacement::{
    Direction, DisplacementMaps, RootedInstance, fill_displacements,
};
use crate::kernels::gaussian::heatmap::Blend;
use crate::kernels::gaussian::profiles::{Center, GaussianPatch};
use crate::kernels::grouping::instance::{RootType, diagonal_length, instance_bbox, instance_root};
use crate::plan::{Init, Output, Per};

pub use decode::SprDecoded;
pub use peaks::SprPeaks;

/// Structured pose representation: [Single-stage Multi-person Pose
/// Machines](https://arxiv.org/abs/1908.09220) (Nie et al. 2019).
///
/// Targets: `heatmaps` and `heatmap_weights` (1, H, W), or (K+1, H, W) with keypoint heatmaps and
/// the root heatmap last; `displacements` and `displacement_weights` (2K, H, W), in heatmap pixels.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::people::{Spr, SprOptions};
/// use posecodec::codecs::Encode;
///
/// let codec = Spr::new([256, 256], [64, 64], SprOptions::default())?;
/// let people = array![[[20.0f32, 20.0], [60.0, 100.0]], [[180.0, 60.0], [240.0, 200.0]]];
/// let targets = codec.encode(people.view(), None)?;
/// assert_eq!(targets.displacements.dim(), (4, 64, 64));
/// let decoded = codec.decode(targets.heatmaps.view(), targets.displacements.view())?;
/// assert_eq!(decoded.keypoints.dim(), (2, 2, 2));
/// for person in people.outer_iter() {
///     assert!(decoded.keypoints.outer_iter().any(|found| found == person));
/// }
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Spr {
    input_size: [usize; 2],
    heatmap_size: [usize; 2],
    scale_factor: [f32; 2],
    root_sigma: f64,
    root_patch: GaussianPatch,
    keypoint_sigma: Option<f64>,
    keypoint_patch: Option<GaussianPatch>,
    options: SprOptions,
}

/// How [`Spr`] encodes and decodes. The defaults are MMPose's.
#[derive(Debug, Clone, PartialEq)]
pub struct SprOptions {
    /// Standard deviation of the roots' Gaussians in heatmap pixels, and the radius within which
    /// displacements have a target. Default: `None`, which is √(W·H) / 32.
    pub root_sigma: Option<f64>,
    /// Standard deviation of the keypoints' Gaussians in heatmap pixels. Default: `None`, which is half
    /// the default root sigma, rounded down.
    pub keypoint_sigma: Option<f64>,
    /// Whether there is one heatmap per keypoint in addition to the root heatmap. Default: false.
    pub generate_keypoint_heatmaps: bool,
    /// How the root is computed. Default: the mean of the visible keypoints.
    pub root_type: RootType,
    /// Instances whose box has a shorter diagonal, in heatmap pixels, are omitted from the targets.
    /// Default: 5.
    pub minimal_diagonal_length: f64,
    /// The loss weight where a heatmap is 0. Default: 0.1.
    pub background_weight: f64,
    /// Size of the neighborhood in which a root must be the maximum; odd. Default: 5.
    pub nms_kernel: usize,
    /// Maximum number of instances to decode. Default: 30.
    pub max_instances: usize,
    /// Decoded roots must have a response above this one. Default: 0.01.
    pub threshold: f64,
}

impl Default for SprOptions {
    fn default() -> Self {
        Self {
            root_sigma: None,
            keypoint_sigma: None,
            generate_keypoint_heatmaps: false,
            root_type: RootType::KeypointCenter,
            minimal_diagonal_length: 5.0,
            background_weight: 0.1,
            nms_kernel: 5,
            max_instances: 30,
            threshold: 0.01,
        }
    }
}

impl SprOptions {
    /// Sets the sigmas from MMPose's argument `sigma`: no value, that of the roots, or those of the
    /// roots and the keypoints.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for more than two values.
    pub fn with_sigmas(mut self, sigmas: &[f64]) -> Result<Self> {
        (self.root_sigma, self.keypoint_sigma) = match *sigmas {
            [] => (None, None),
            [root] => (Some(root), None),
            [root, keypoint] => (Some(root), Some(keypoint)),
            _ => {
                let wanted = "must be a number, or one for roots and one for keypoints";
                return Err(Error::invalid(
                    "sigma",
                    wanted,
                    format_args!("{} values", sigmas.len()),
                ));
            }
        };
        Ok(self)
    }
}

/// What [`Spr`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct SprTargets {
    /// (1, H, W), or (K+1, H, W) with the root heatmap last.
    pub heatmaps: Array3<f32>,
    /// Same shape as `heatmaps`: 1 where a heatmap is above 0, the background weight elsewhere.
    pub heatmap_weights: Array3<f32>,
    /// (2K, H, W), in heatmap pixels, alternating x and y; 0 far from roots.
    pub displacements: Array3<f32>,
    /// Same shape as `displacements`: 1 / diagonal of the instance in heatmap pixels; 0 far from
    /// roots.
    pub displacement_weights: Array3<f32>,
}

heatmap_getters!(Spr, SprOptions);

impl Spr {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0, a sigma that is not positive and finite, a root
    /// sigma without a keypoint sigma if both are needed, or an even kernel.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: SprOptions,
    ) -> Result<Self> {
        let input_size = check::size("input_size", input_size)?;
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        let default = ((heatmap_size[0] * heatmap_size[1]) as f64).sqrt() / 32.0;
        let root_sigma =
            options.root_sigma.map_or(Ok(default), |sigma| check::positive("sigma", sigma))?;
        let keypoint_sigma = match (options.generate_keypoint_heatmaps, options.keypoint_sigma) {
            (false, _) => None,
            // For maps below 64 × 64 this is 0, a Gaussian of one heatmap pixel.
            (true, None) if options.root_sigma.is_none() => Some((default / 2.0).floor()),
            (true, Some(sigma)) => Some(check::positive("sigma", sigma)?),
            (true, None) => {
                let wanted = "must hold two values: sigma for keypoints must be given if \
                              `generate_keypoint_heatmaps` is True. e.g. sigma=(4, 2)";
                return Err(Error::invalid("sigma", wanted, root_sigma));
            }
        };
        check::kernel_size("decode_nms_kernel", options.nms_kernel)?;
        for (name, value) in [
            ("minimal_diagonal_length", options.minimal_diagonal_length),
            ("background_weight", options.background_weight),
            ("decode_thr", options.threshold),
        ] {
            check::finite(name, value)?;
        }
        Ok(Self {
            input_size,
            heatmap_size,
            scale_factor: scale_factor(input_size, heatmap_size),
            root_sigma,
            root_patch: GaussianPatch::new(root_sigma),
            keypoint_sigma,
            keypoint_patch: keypoint_sigma.map(GaussianPatch::new),
            options,
        })
    }

    /// Standard deviation of the roots' Gaussians, in heatmap pixels.
    pub fn root_sigma(&self) -> f64 {
        self.root_sigma
    }

    /// Standard deviation of the keypoints' Gaussians in heatmap pixels, or `None` without keypoint
    /// heatmaps.
    pub fn keypoint_sigma(&self) -> Option<f64> {
        self.keypoint_sigma
    }

    /// The root and the diagonal of each instance, in heatmap pixels; `None` for an instance that
    /// has no visible keypoint or is too small.
    fn roots<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        at: &[[T; 2]],
    ) -> Vec<Option<([f32; 2], f32)>> {
        (0..keypoints.instances)
            .map(|instance| {
                let visible = keypoints.visible_of(instance, at);
                let root = instance_root(visible.clone(), self.options.root_type)?;
                let diagonal = diagonal_length(instance_bbox(visible));
                let small = diagonal < self.options.minimal_diagonal_length as f32;
                (!small).then_some((root, diagonal))
            })
            .collect()
    }

    /// Which keypoints have displacements.
    fn labelled<T: Float, V: Float>(&self, keypoints: &Keypoints<'_, T, V>) -> Vec<bool> {
        (0..keypoints.points.len())
            .map(|index| {
                let visible = keypoints.visible.map_or(V::one(), |visible| visible[index]);
                keypoints.is_finite(index) && !(visible < V::one())
            })
            .collect()
    }

    /// The instances whose root is inside the map.
    fn rooted_instances<'a, T: Float>(
        &self,
        at: &'a [[T; 2]],
        labelled: &'a [bool],
        roots: &[Option<([f32; 2], f32)>],
    ) -> Vec<RootedInstance<'a, T, f32>> {
        let count = at.len().checked_div(roots.len()).unwrap_or(0);
        roots
            .iter()
            .enumerate()
            .filter_map(|(instance, found)| {
                let (root, diagonal_length) = found.filter(|(root, _)| self.is_inside(*root))?;
                let range = instance * count..(instance + 1) * count;
                let (points, labelled) = (&at[range.clone()], &labelled[range]);
                let (size, weight) = (f64::from(diagonal_length), 1.0 / diagonal_length);
                Some(RootedInstance { points, labelled, root, size, weight })
            })
            .collect()
    }

    /// Whether a root is inside the map.
    fn is_inside(&self, root: [f32; 2]) -> bool {
        (0..2).all(|axis| root[axis] >= 0.0 && root[axis] < self.heatmap_size[axis] as f32)
    }
}

impl Encode for Spr {
    const NAME: &'static str = "SPR";
    const SINGLE_INSTANCE: bool = false;
    type Targets<V: Float> = SprTargets;

    fn outputs(&self, _: usize, keypoints: usize) -> Outputs {
        let [width, height] = self.heatmap_size;
        let keypoint_maps = if self.keypoint_patch.is_some() { keypoints } else { 0 };
        let heatmaps = [keypoint_maps.saturating_add(1), height, width];
        let displacements = [keypoints.saturating_mul(2), height, width];
        Outputs::from_iter([
            Output::new("heatmaps", Dtype::Float32, &heatmaps, Per::Sample),
            Output::new("heatmap_weights", Dtype::Float32, &heatmaps, Per::Sample),
            Output::new("displacements", Dtype::Float32, &displacements, Per::Sample),
            Output::new("displacement_weights", Dtype::Float32, &displacements, Per::Sample),
        ])
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let [heatmaps, heatmap_weights, displacements, displacement_weights] =
            std::array::from_fn(|_| arrays.take::<f32>());
        for array in [&mut *heatmaps, displacements, displacement_weights] {
            arrays.init.clear(array);
        }
        let background = self.options.background_weight as f32;
        if background != 0.0 || arrays.init == Init::Uninit {
            heatmap_weights.fill(background);
        }
        let size = self.heatmap_size;
        let map_len = size[0] * size[1];
        let at = keypoints.in_heatmap_pixels(|point| to_heatmap_pixels(point, self.scale_factor));
        let roots = self.roots(keypoints, &at);

        let (keypoint_maps, root_map) = heatmaps.split_at_mut(heatmaps.len() - map_len);
        let (keypoint_weights, root_weights) =
            heatmap_weights.split_at_mut(heatmap_weights.len() - map_len);
        if let Some(patch) = &self.keypoint_patch {
            let drawer = GaussianDrawer { size, patches: &[patch], center: Center::Rounded };
            let mut unused = vec![V::zero(); at.len()];
            keypoints.draw_instances(
                &at,
                &drawer,
                keypoint_maps,
                &mut unused,
                |number, map, covered| {
                    mark_foreground(
                        map,
                        &mut keypoint_weights[number * map_len..],
                        size[0],
                        covered,
                    );
                },
            );
        }
        let mut scratch = [Vec::new(), Vec::new()];
        for (root, _) in roots.iter().flatten() {
            let covered = self.root_patch.draw_gaussian(
                root_map,
                size,
                *root,
                Center::Rounded,
                Blend::Max,
                &mut scratch,
            );
            if let Some(covered) = covered {
                mark_foreground(root_map, root_weights, size[0], covered);
            }
        }
        let labelled = self.labelled(keypoints);
        let instances = self.rooted_instances(&at, &labelled, &roots);
        let maps = DisplacementMaps { displacements, weights: displacement_weights, size };
        fill_displacements(maps, &instances, self.root_sigma, Direction::ToKeypoint);
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> SprTargets {
        let [heatmaps, heatmap_weights, displacements, displacement_weights] =
            dimensioned(encoded.floats);
        SprTargets { heatmaps, heatmap_weights, displacements, displacement_weights }
    }
}

/// Sets weights to 1 where the map, `width` pixels wide, is above 0, among the pixels that a
/// Gaussian covers.
fn mark_foreground(map: &[f32], weights: &mut [f32], width: usize, [x, y]: [Range<usize>; 2]) {
    for row in y {
        let range = row * width + x.start..row * width + x.end;
        for (weight, &value) in weights[range.clone()].iter_mut().zip(&map[range]) {
            if value > 0.0 {
                *weight = 1.0;
            }
        }
    }
}
