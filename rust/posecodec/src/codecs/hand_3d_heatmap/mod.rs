//! `Hand3DHeatmap`: one 3D Gaussian per joint of two hands, the depth between their roots, the hand
//! type.

mod decode;

use super::encode::{Encode, EncodedArrays, HeatmapTargets, Outputs, SampleArrays, VISIBILITY};
use super::scale_factor;
use crate::check;
use crate::element::{ArrayMut, Dtype};
use crate::error::{Error, Result, try_with_capacity};
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::kernels::gaussian::heatmap_3d::{Gaussian3dBuffers, GaussianPatch3d};
use crate::plan::{Output, Per, Source};

pub use decode::Hand3dDecoded;

/// The options of [`Hand3dHeatmap`], with MMPose's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Hand3dHeatmapOptions {
    /// Input size `[w, h]` in pixels. Default: 256×256.
    pub image_size: [usize; 2],
    /// Bins of the root depth that the network returns, for decoding. Default: 64.
    pub root_heatmap_size: usize,
    /// Size `[W, H, D]` of a joint's map, in heatmap pixels. Default: 64×64×64.
    pub heatmap_size: [usize; 3],
    /// The depth in millimeters that a map covers: half of it in front of the root, half behind.
    /// Default: 400.
    pub heatmap3d_depth_bound: f64,
    /// Bins of the encoded root depth. Default: 64.
    pub heatmap_size_root: usize,
    /// The root depth in millimeters that the bins cover. Default: 400.
    pub root_depth_bound: f64,
    /// Heatmap pixels along the depth of the maps that the network returns, for decoding. Default:
    /// 64.
    pub depth_size: usize,
    /// Whether visibilities are multiplied by the weights of the dataset's keypoints. Default: false.
    pub use_different_joint_weights: bool,
    /// Standard deviation of the Gaussian, in heatmap pixels. Default: 2.
    pub sigma: f64,
    /// Indices of the joints that have a map; negative ones count from the end. By default all.
    pub joint_indices: Option<Vec<isize>>,
    /// The maximum of a map. Default: 1.
    pub max_bound: f64,
}

impl Default for Hand3dHeatmapOptions {
    fn default() -> Self {
        Self {
            image_size: [256; 2],
            root_heatmap_size: 64,
            heatmap_size: [64; 3],
            heatmap3d_depth_bound: 400.0,
            heatmap_size_root: 64,
            root_depth_bound: 400.0,
            depth_size: 64,
            use_different_joint_weights: false,
            sigma: 2.0,
            joint_indices: None,
            max_bound: 1.0,
        }
    }
}

/// The joints of two hands as 3D Gaussians, with the depth of one hand's root relative to the
/// other's, and the hand type: [InterHand2.6M](https://arxiv.org/abs/2008.09309) (Moon et al.
/// 2020).
///
/// Keypoints are `[x, y, z]`: input pixels, and the depth in millimeters relative to the hand's
/// root. Targets: `heatmaps` (K·D, H, W) and `keypoint_weights` (N, K), 0 for joints beyond the
/// depth bound. [`Hand3dHeatmap::encode_root`] encodes the root depth.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::hands::{Hand3dHeatmap, Hand3dHeatmapOptions};
/// use posecodec::codecs::Encode;
///
/// let codec = Hand3dHeatmap::new(Hand3dHeatmapOptions::default())?;
/// let keypoints = array![[[100.0f32, 52.0, -50.0]]];
/// let targets = codec.encoder(1, None)?.encode(keypoints.view(), None)?;
/// assert_eq!(targets.heatmaps.dim(), (64, 64, 64));
/// let maps = targets.heatmaps.into_shape_with_order((1, 64, 64, 64)).expect("a map");
/// assert_eq!(codec.decode(maps.view())?.keypoints, keypoints);
/// assert_eq!(codec.encode_root(30.0f32, 1.0), (36.8, 1.0));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Hand3dHeatmap {
    options: Hand3dHeatmapOptions,
    scale_factor: [f32; 2],
    patch: GaussianPatch3d,
}

impl Hand3dHeatmap {
    /// A codec with these options.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0, or a sigma or bound that is not positive and
    /// finite.
    pub fn new(options: Hand3dHeatmapOptions) -> Result<Self> {
        let image_size = check::size("image_size", options.image_size)?;
        let [width, height, _] = check::size("heatmap_size", options.heatmap_size)?;
        for (argument, size) in [
            ("root_heatmap_size", options.root_heatmap_size),
            ("heatmap_size_root", options.heatmap_size_root),
            ("depth_size", options.depth_size),
        ] {
            check::count(argument, size)?;
        }
        check::positive("heatmap3d_depth_bound", options.heatmap3d_depth_bound)?;
        check::positive("root_depth_bound", options.root_depth_bound)?;
        check::positive("max_bound", options.max_bound)?;
        let scale_factor = scale_factor(image_size, [width, height]);
        Ok(Self { patch: check::gaussian_patch_3d(options.sigma)?, scale_factor, options })
    }

    /// The options of the codec.
    pub fn options(&self) -> &Hand3dHeatmapOptions {
        &self.options
    }

    /// Input pixels per heatmap pixel, along x and y.
    pub fn scale_factor(&self) -> [f32; 2] {
        self.scale_factor
    }

    /// The encoder of samples of `count` joints, K. `dataset_keypoint_weights` has one weight per
    /// selected joint; it is required with `use_different_joint_weights` and otherwise ignored.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for joint indices beyond K, or weights that are missing or not one
    /// per selected joint.
    pub fn encoder<'a>(
        &'a self,
        count: usize,
        dataset_keypoint_weights: Option<&'a [f64]>,
    ) -> Result<Hand3dEncoder<'a>> {
        const WEIGHTS: &str = "dataset_keypoint_weights";
        let selected = self.options.joint_indices.as_deref();
        let mut joints = try_with_capacity("the joints", selected.map_or(count, <[_]>::len))?;
        match selected {
            None => joints.extend(0..count),
            Some(indices) => {
                for &index in indices {
                    joints.push(check::index("joint_indices", index, count)?);
                }
            }
        }
        let weights = dataset_keypoint_weights.filter(|_| self.options.use_different_joint_weights);
        match weights {
            None if self.options.use_different_joint_weights => {
                let wanted = "cannot be None: To use different joint weights, they are needed";
                return Err(Error::invalid(WEIGHTS, wanted, "None"));
            }
            Some(weights) if weights.len() != joints.len() => {
                let wanted = format!("({},), one per joint with a heatmap", joints.len());
                return Err(check::shape(WEIGHTS, &wanted, &[weights.len()]));
            }
            _ => {}
        }
        Ok(Hand3dEncoder { codec: self, joints, weights })
    }

    /// The bin among `heatmap_size_root` of the depth of the left hand's root relative to the right
    /// hand's, in millimeters; and its weight: `rel_root_valid`, or 0 for a bin that does not
    /// exist.
    ///
    /// NaN and infinity have bin 0 and weight 0.
    pub fn encode_root<T: Float>(&self, rel_root_depth: T, rel_root_valid: f64) -> (T, f64) {
        let size = T::of(self.options.heatmap_size_root as f64);
        let share = rel_root_depth / T::of(self.options.root_depth_bound);
        let bin = (share + T::of(0.5)) * size;
        if !bin.is_finite() {
            return (T::zero(), 0.0);
        }
        (bin, if bin >= T::zero() && bin <= size { rel_root_valid } else { 0.0 })
    }
}

impl Hand3dHeatmap {
    /// The outputs that follow those of [`Hand3dEncoder`]. `dtypes` are those of the encoded root
    /// depths and of their weights.
    pub fn root_outputs([depth, weight]: [Dtype; 2]) -> [Output; 4] {
        let kept = |name, argument| {
            let output = Output::new(name, Dtype::Like(argument), &[], Per::Sample);
            output.with_source(Source::Argument(argument))
        };
        [
            Output::new("root_depth", depth, &[1], Per::Sample),
            kept("type", "hand_type"),
            kept("type_weight", "hand_type_valid"),
            Output::new("root_depth_weight", weight, &[1], Per::Sample),
        ]
    }

    /// Fills the encoded root depths of a batch and their weights: [`Self::encode_root`], computed
    /// in the precision `computed`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for slices of different lengths.
    pub fn fill_roots(
        &self,
        [depths, valid]: [&[f64]; 2],
        computed: Dtype,
        [mut bins, mut weights]: [ArrayMut<'_>; 2],
    ) -> Result<()> {
        if [valid.len(), bins.len(), weights.len()] != [depths.len(); 3] {
            let wanted = format!("must have {} values, like `rel_root_depth`", depths.len());
            return Err(Error::invalid("rel_root_valid", wanted, valid.len()));
        }
        for (&depth, &valid) in depths.iter().zip(valid) {
            let (bin, weight) = if computed == Dtype::Float32 {
                let (bin, weight) = self.encode_root(depth as f32, valid);
                (f64::from(bin), weight)
            } else {
                self.encode_root(depth, valid)
            };
            bins.split_off(1).fill_finite(bin);
            weights.split_off(1).fill_finite(weight);
        }
        Ok(())
    }
}

/// A [`Hand3dHeatmap`] that encodes samples of a given number of joints:
/// [`Hand3dHeatmap::encoder`].
#[derive(Debug, Clone)]
pub struct Hand3dEncoder<'a> {
    codec: &'a Hand3dHeatmap,
    /// The joints that have a map.
    joints: Vec<usize>,
    /// One factor per joint, by which its visibility is multiplied.
    weights: Option<&'a [f64]>,
}

impl Hand3dEncoder<'_> {
    /// A joint in heatmap pixels of its map. As in NumPy, where sizes are 64-bit integers, the
    /// result is in double precision; only the division of the depth by its bound keeps the
    /// keypoint's precision.
    fn center<T: Float>(&self, [x, y, z]: [T; 3]) -> [f64; 3] {
        let options = &self.codec.options;
        let [width, height, depth] = options.heatmap_size.map(|side| side as f64);
        let share = z / T::of(options.heatmap3d_depth_bound) + T::of(0.5);
        [
            x.as_f64() * width / options.image_size[0] as f64,
            y.as_f64() * height / options.image_size[1] as f64,
            share.as_f64() * depth,
        ]
    }
}

impl Encode<3> for Hand3dEncoder<'_> {
    const NAME: &'static str = "Hand3DHeatmap";
    const SINGLE_INSTANCE: bool = false;
    type Targets<V: Float> = HeatmapTargets<V>;

    fn outputs(&self, instances: usize, _: usize) -> Outputs {
        let [width, height, depth] = self.codec.options.heatmap_size;
        let joints = self.joints.len();
        Outputs::from_iter([
            Output::heatmaps(joints.saturating_mul(depth), [width, height]),
            Output::weights(VISIBILITY, instances, joints),
        ])
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V, 3>,
        mut arrays: SampleArrays<'_>,
    ) {
        let Hand3dHeatmapOptions { heatmap_size, max_bound, .. } = self.codec.options;
        let (heatmaps, weights) = (arrays.take(), arrays.take::<V>());
        arrays.init.clear(heatmaps);
        if self.joints.is_empty() {
            return;
        }
        let mut buffers = Gaussian3dBuffers::default();
        for (instance, weights) in weights.chunks_exact_mut(self.joints.len()).enumerate() {
            let volumes = heatmaps.chunks_exact_mut(heatmap_size.iter().product());
            for (number, (volume, weight)) in volumes.zip(weights).enumerate() {
                let index = instance * keypoints.count + self.joints[number];
                let point = keypoints.points[index];
                *weight = V::zero();
                if !point.iter().all(|coordinate| coordinate.is_finite()) {
                    continue;
                }
                let center = self.center(point);
                let merge = instance > 0;
                let patch = &self.codec.patch;
                patch.draw_gaussian(volume, heatmap_size, center, max_bound, merge, &mut buffers);
                // MMPose draws a joint beyond the depth bound too; only its weight is 0.
                if (0.0..heatmap_size[2] as f64).contains(&center[2]) {
                    let visibility = keypoints.visibility(index);
                    let factor = self.weights.map_or(1.0, |weights| weights[number]);
                    *weight = V::of(visibility.as_f64() * factor);
                }
            }
        }
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> HeatmapTargets<V> {
        HeatmapTargets::from_arrays(encoded)
    }
}
