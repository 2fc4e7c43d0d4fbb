//! `SimCC3DLabel`: one classification vector for each of three axes.

mod decode;

use arrayvec::ArrayVec;
use ndarray::{Array2, Array3};

use super::encode::{
    Encode, EncodePlan, EncodedArrays, Outputs, SampleArrays, VISIBILITY, dimensioned,
    encode_batch, matrix,
};
use super::simcc_axis::{AxisOptions, SimccAxis, bins_of, draw_gaussians, encode_vectors};
use crate::check;
use crate::element::{ArrayMut, Dtype, Floats, with_floats};
use crate::error::{Error, Result, try_with_capacity};
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::plan::{Init, Output, Per, Source, Value};

pub use decode::{Simcc3dDecoded, Simcc3dDecodedRows};

/// The options of [`Simcc3dLabel`], with MMPose's defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Simcc3dLabelOptions {
    /// Standard deviation along x, y and z, in bins. Default: 6 each.
    pub sigma: [f64; 3],
    /// Bins per input pixel. Default: 2.
    pub simcc_split_ratio: f64,
    /// Whether Gaussians are divided by `sigma·√2π`. Default: true.
    pub normalize: bool,
    /// Whether decoding refines with DARK. Default: false.
    pub use_dark: bool,
    /// Indices of the keypoints whose mean depth is the root's; negative ones count from the end.
    /// Default: 0.
    pub root_index: Vec<isize>,
    /// The depth in meters that the input covers in front of the root, and also behind it. Default:
    /// 2.1744869.
    pub z_range: f64,
}

impl Default for Simcc3dLabelOptions {
    fn default() -> Self {
        Self {
            sigma: [6.0; 3],
            simcc_split_ratio: 2.0,
            normalize: true,
            use_dark: false,
            root_index: vec![0],
            z_range: 2.174_486_9,
        }
    }
}

/// Keypoints as three classification vectors: [RTMW](https://arxiv.org/abs/2407.08634) (Jiang et
/// al. 2024), which extends [SimCC](https://arxiv.org/abs/2107.03332) (Li et al. 2022) to 3D.
///
/// Encodes points `[x, y, z]` in pixels of an input that is d pixels deep and whose middle is at
/// the root's depth. [`Simcc3dLabel::points`] computes them from keypoints and depths in meters.
/// Targets: `keypoint_x_labels` (N, K, Wx), `keypoint_y_labels` (N, K, Wy), `keypoint_z_labels`
/// (N, K, Wz) and `keypoint_weights` (N, K), with Wx = w·`simcc_split_ratio` bins.
///
/// ```
/// use ndarray::{Array3, array};
/// use posecodec::codecs::simcc::{Simcc3dLabel, Simcc3dLabelOptions};
/// use posecodec::codecs::Encode;
///
/// let codec = Simcc3dLabel::new([288, 384, 288], Simcc3dLabelOptions::default())?;
/// let keypoints = [[100.0f32, 60.0], [120.5, 64.0]];
/// let meters = [[0.0f32, 0.0, 5.0], [0.1, 0.2, 5.5]];
/// let combined = codec.points::<f32, f32, f32>(&keypoints, Some(&meters), 2)?;
/// assert_eq!(combined.root_z, [5.0]);
/// let points = Array3::from_shape_fn((1, 2, 3), |(_, k, axis)| combined.points[k][axis]);
/// let targets = codec.encode(points.view(), None)?;
/// let decoded = codec.decode(
///     targets.keypoint_x_labels.view(),
///     targets.keypoint_y_labels.view(),
///     targets.keypoint_z_labels.view(),
/// )?;
/// let want = array![[[100.0f32, 60.0, 0.0], [120.5, 64.0, 0.5]]];
/// assert!((decoded.keypoints - want).iter().all(|error| error.abs() < 0.01));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Simcc3dLabel {
    input_size: [usize; 3],
    options: Simcc3dLabelOptions,
    axes: [SimccAxis; 3],
}

/// What [`Simcc3dLabel`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Simcc3dTargets<V> {
    /// (N, K, Wx).
    pub keypoint_x_labels: Array3<f32>,
    /// (N, K, Wy).
    pub keypoint_y_labels: Array3<f32>,
    /// (N, K, Wz).
    pub keypoint_z_labels: Array3<f32>,
    /// (N, K): the visibilities, 0 for keypoints outside.
    pub keypoint_weights: Array2<V>,
}

/// Keypoints with their depths, as [`Simcc3dLabel`] encodes them.
#[derive(Debug, Clone, PartialEq)]
pub struct Simcc3dPoints<T, Z> {
    /// One point `[x, y, z]` per keypoint, in input pixels.
    pub points: Vec<[T; 3]>,
    /// One root depth per instance, in meters; empty without depths.
    pub root_z: Vec<Z>,
}

/// The outputs of [`Simcc3dLabel::encode_with_depths`].
pub type Simcc3dOutputs = ArrayVec<Output, 8>;

impl Simcc3dLabel {
    /// The mean depth of the root in the datasets that RTMW was trained on, in meters. It is
    /// returned for keypoints without depths.
    pub const ROOT_Z: f64 = 5.14388;

    /// A codec of input size `[w, h, d]` in pixels.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0, a sigma, ratio or range that is not positive and
    /// finite, no root, fewer than one bin, or (with DARK) a sigma too small for a blur kernel;
    /// [`Error::OutOfMemory`] for more bins than memory holds.
    pub fn new(input_size: [usize; 3], options: Simcc3dLabelOptions) -> Result<Self> {
        let Simcc3dLabelOptions { sigma, simcc_split_ratio, normalize, use_dark, .. } = options;
        check::positive("z_range", options.z_range)?;
        if options.root_index.is_empty() {
            return Err(Error::invalid("root_index", "must name a keypoint", "none"));
        }
        let gaussian = true;
        let axes =
            AxisOptions { input_size, sigma, simcc_split_ratio, gaussian, normalize, use_dark };
        Ok(Self { axes: axes.axes()?, input_size, options })
    }

    /// Input size `[w, h, d]` in pixels.
    pub fn input_size(&self) -> [usize; 3] {
        self.input_size
    }

    /// Number of bins along x, y and z.
    pub fn bins(&self) -> [usize; 3] {
        std::array::from_fn(|axis| self.axes[axis].bins)
    }

    /// The options of the codec.
    pub fn options(&self) -> &Simcc3dLabelOptions {
        &self.options
    }

    /// Combines keypoints `[x, y]` in input pixels with 3D keypoints `[_, _, z]` in meters, `count`
    /// per instance. The depth z is converted to pixels, relative to the mean depth of the
    /// instance's root keypoints. Without 3D keypoints every z is 1, as in MMPose.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] if the numbers of keypoints and 3D keypoints differ, or for a root
    /// beyond K; [`Error::OutOfMemory`] if the points cannot be allocated.
    pub fn points<P: Float, Z: Float, T: Float>(
        &self,
        keypoints: &[[P; 2]],
        keypoints_3d: Option<&[[Z; 3]]>,
        count: usize,
    ) -> Result<Simcc3dPoints<T, Z>> {
        let (mut points, mut root_z) =
            (try_with_capacity("the points", keypoints.len())?, Vec::new());
        let point = |&[x, y]: &[P; 2], z| [T::of(x.as_f64()), T::of(y.as_f64()), z];
        let Some(points_3d) = keypoints_3d else {
            points.extend(keypoints.iter().map(|keypoint| point(keypoint, T::one())));
            return Ok(Simcc3dPoints { points, root_z });
        };
        if points_3d.len() != keypoints.len() {
            let wanted = format!("must hold {} points, as `keypoints` does", keypoints.len());
            return Err(Error::invalid("keypoints_3d", wanted, points_3d.len()));
        }
        let roots = self.options.root_index.iter();
        let roots = roots.map(|&index| check::index("root_index", index, count));
        let roots = roots.collect::<Result<Vec<_>>>()?;
        let range = Z::of(self.options.z_range);
        let half_depth = Z::of(self.input_size[2] as f64 / 2.0);
        // In the precision of the 3D keypoints, as in NumPy.
        for (keypoints, points_3d) in keypoints.chunks(count).zip(points_3d.chunks(count)) {
            let sum = roots.iter().fold(Z::zero(), |sum, &root| sum + points_3d[root][2]);
            let root = sum / Z::of(roots.len() as f64);
            root_z.push(root);
            points.extend(keypoints.iter().zip(points_3d).map(|(keypoint, point_3d)| {
                let z = ((point_3d[2] - root) / range + Z::one()) * half_depth;
                point(keypoint, T::of(z.as_f64()))
            }));
        }
        Ok(Simcc3dPoints { points, root_z })
    }
}

impl Simcc3dLabel {
    /// Adds the outputs for depths to those that were `encoded`, in MMPose's order. `depths` is the
    /// number type of `keypoints_3d`, if they are given.
    pub fn outputs_with_depths(
        encoded: &Outputs,
        depths: Option<Dtype>,
        instances: usize,
    ) -> Simcc3dOutputs {
        let list = |name, value| Output::value(name, value, Per::List);
        let mut outputs: Simcc3dOutputs = encoded.iter().cloned().collect();
        let weights = outputs.pop().expect("the weights are last");
        let weight_z = Output { name: "weight_z", ..weights.clone() };
        match depths {
            Some(depths) => {
                let argument = "keypoints_3d";
                let target =
                    Output::new("lifting_target", Dtype::Like(argument), &[], Per::Instance);
                outputs.push(target.with_source(Source::CopyOf(argument)));
                outputs.push(Output::new("root_z", depths, &[instances], Per::Instance));
                outputs.push(weights);
                outputs.push(weight_z.with_source(Source::SameAs("keypoint_weights")));
            }
            None => {
                outputs.push(list("lifting_target", Value::None));
                outputs.push(list("root_z", Value::Float(Self::ROOT_Z)));
                outputs.push(weights);
                outputs.push(weight_z);
            }
        }
        outputs.push(list("with_z_label", Value::Bool(depths.is_some())));
        outputs
    }

    /// What MMPose returns for a sample without keypoints: a weight of 1, and zeros in the other
    /// arrays.
    pub fn placeholder_outputs() -> Simcc3dOutputs {
        let list = |name, value| Output::value(name, value, Per::List);
        let array = |name, dtype| Output::new(name, dtype, &[1], Per::Sample);
        Simcc3dOutputs::from([
            array("keypoint_x_labels", Dtype::Float32),
            array("keypoint_y_labels", Dtype::Float32),
            array("keypoint_z_labels", Dtype::Float32),
            list("lifting_target", Value::None),
            list("root_z", Value::Float(Self::ROOT_Z)),
            array("keypoint_weights", Dtype::Float64),
            array("weight_z", Dtype::Float64),
            list("with_z_label", Value::Bool(false)),
        ])
    }

    /// Fills the arrays of [`Self::placeholder_outputs`].
    pub fn fill_placeholders(arrays: ArrayVec<ArrayMut<'_>, 8>) {
        let weights = 3;
        for (number, array) in arrays.into_iter().enumerate() {
            array.fill_finite(if number == weights { 1.0 } else { 0.0 });
        }
    }

    /// Fills the computed arrays of [`Self::outputs_with_depths`] of a batch: keypoints
    /// (B, N, K, 2), their 3D keypoints (B, N, K, 3) in meters and their visibilities.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for inputs or arrays that do not fit the plan.
    pub fn encode_with_depths(
        &self,
        plan: &EncodePlan,
        keypoints: Floats<'_>,
        keypoints_3d: Option<Floats<'_>>,
        visible: Option<Floats<'_>>,
        mut arrays: ArrayVec<ArrayMut<'_>, 8>,
        init: Init,
    ) -> Result<()> {
        // Without depths the last array is `weight_z`. With depths the array before the weights is
        // `root_z`.
        let (root_z, weight_z) = match keypoints_3d {
            Some(_) if arrays.len() == 5 => (Some(arrays.remove(3)), None),
            None if arrays.len() == 5 => (None, arrays.pop()),
            _ => return Err(Error::invalid("targets", "must have 5 arrays", arrays.len())),
        };
        if let Some(weight_z) = weight_z {
            weight_z.fill_finite(0.0);
        }
        let arrays = arrays.into_iter().collect();
        let single = |floats: Floats<'_>| floats.dtype() == Dtype::Float32;
        let count = plan.count;
        if single(keypoints) && keypoints_3d.is_none_or(single) {
            let points = self.combined_points::<f32>(keypoints, keypoints_3d, count, root_z)?;
            encode_batch(self, plan, Floats::F32(points.as_flattened()), visible, arrays, init)
        } else {
            let points = self.combined_points::<f64>(keypoints, keypoints_3d, count, root_z)?;
            encode_batch(self, plan, Floats::F64(points.as_flattened()), visible, arrays, init)
        }
    }

    /// [`Self::points`] for arguments of any precision. Also fills the depths of the roots.
    fn combined_points<T: Float>(
        &self,
        keypoints: Floats<'_>,
        keypoints_3d: Option<Floats<'_>>,
        count: usize,
        root_z: Option<ArrayMut<'_>>,
    ) -> Result<Vec<[T; 3]>> {
        with_floats!(keypoints, keypoints => {
            let keypoints = keypoints.as_chunks().0;
            let Some(points_3d) = keypoints_3d else {
                return Ok(self.points::<_, T, T>(keypoints, None, count)?.points);
            };
            with_floats!(points_3d, points_3d => {
                let combined = self.points(keypoints, Some(points_3d.as_chunks().0), count)?;
                if let Some(root_z) = root_z {
                    if root_z.len() != combined.root_z.len() {
                        let wanted = format!("must have {} values", combined.root_z.len());
                        return Err(Error::invalid("root_z", wanted, root_z.len()));
                    }
                    root_z.fill_from(combined.root_z.iter().map(|root| root.as_f64()));
                }
                Ok(combined.points)
            })
        })
    }
}

impl Encode<3> for Simcc3dLabel {
    const NAME: &'static str = "SimCC3DLabel";
    const SINGLE_INSTANCE: bool = false;
    type Targets<V: Float> = Simcc3dTargets<V>;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        let names = ["keypoint_x_labels", "keypoint_y_labels", "keypoint_z_labels"];
        let labels = names.into_iter().zip(self.bins());
        labels
            .map(|(name, bins)| {
                Output::new(name, Dtype::Float32, &[instances, keypoints, bins], Per::Instance)
            })
            .chain([Output::weights(VISIBILITY, instances, keypoints)])
            .collect()
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V, 3>,
        mut arrays: SampleArrays<'_>,
    ) {
        let vectors = std::array::from_fn(|_| arrays.take());
        let into = (vectors, arrays.take());
        encode_vectors(&self.axes, keypoints, into, arrays.init, |point, vectors| {
            let bins = bins_of(point, self.options.simcc_split_ratio);
            draw_gaussians(&self.axes, bins, vectors)
        });
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> Simcc3dTargets<V> {
        let [keypoint_x_labels, keypoint_y_labels, keypoint_z_labels] = dimensioned(encoded.floats);
        let keypoint_weights = matrix(encoded.weights);
        Simcc3dTargets { keypoint_x_labels, keypoint_y_labels, keypoint_z_labels, keypoint_weights }
    }
}
