//! What all encoders share: the samples they take, the arrays they fill, batches.

mod keypoints;
mod targets;

use arrayvec::ArrayVec;
use ndarray::{Array2, ArrayD, ArrayView2, ArrayView3, IxDyn};

use crate::codecs::check::product;
use crate::error::{Error, Result, room_for_points, room_for_scratch, try_with_capacity};
use crate::float::Float;
use crate::parallel;

pub(crate) use keypoints::{GaussianDrawer, Planes, Points};
pub use keypoints::{Keypoints, check_instances, check_keypoints};
pub use targets::{Filled, HeatmapTargets, Init, SampleTargets, Target, TargetKind};
pub(crate) use targets::{arrays, dimensioned, zeros};

/// A codec that turns keypoints of `D` coordinates into training targets.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::{Encode, MsraHeatmap};
///
/// let codec = MsraHeatmap::new([192, 256], [48, 64], 2.0, false, 11)?;
/// let keypoints = array![[[96.0f32, 128.0], [20.0, 40.0]]]; // (N, K, 2)
/// let visible = array![[1.0f32, 0.0]];
/// let targets = codec.encode(keypoints.view(), Some(visible.view()))?;
/// assert_eq!(targets.heatmaps[[0, 32, 24]], 1.0);
/// assert_eq!(targets.keypoint_weights, visible);
/// # Ok::<(), posecodec::Error>(())
/// ```
pub trait Encode<const D: usize = 2>: Sync {
    /// The codec's name in the reference.
    const NAME: &'static str;
    /// Whether a sample must hold one instance, no more and no fewer.
    const SINGLE_INSTANCE: bool;
    /// What [`Encode::encode`] answers with; `V` is the visibilities' type.
    type Targets<V: Float>;

    /// The arrays that a sample of so many instances and keypoints becomes, in the order of the
    /// reference's dict.
    fn targets(&self, instances: usize, keypoints: usize) -> ArrayVec<Target, 4>;

    /// Whether keypoints fill all of their arrays, so that memory need not be zeroed first: memory
    /// that was not is [`Init::Uninit`].
    fn overwrites_plane(&self) -> bool {
        false
    }

    /// Fills the arrays of one sample. Their lengths are those of [`Encode::targets`].
    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V, D>,
        targets: SampleTargets<'_, V>,
    );

    /// How many single-precision values `encode_sample` keeps beside the targets: checked beforehand,
    /// as it could only abort where they could not be had.
    fn scratch(&self) -> usize {
        0
    }

    /// Puts the filled arrays together.
    fn from_arrays<V: Float>(filled: Filled<V>) -> Self::Targets<V>;

    /// Encodes one sample: keypoints (N, K, D) in input pixels, visibilities (N, K) or none.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a shape that does not fit, [`Error::OutOfMemory`] for targets
    /// that do not.
    fn encode<T: Float, V: Float>(
        &self,
        keypoints: ArrayView3<'_, T>,
        keypoints_visible: Option<ArrayView2<'_, V>>,
    ) -> Result<Self::Targets<V>> {
        let single = Self::SINGLE_INSTANCE.then_some(Self::NAME);
        let points = Points::<_, _, D>::new(keypoints, keypoints_visible, single)?;
        let sample = points.sample();
        let (instances, count) = (sample.instances, sample.count);
        let mut filled = Filled {
            floats: Vec::new(),
            integers: ArrayD::from_elem(&[0][..], 0),
            weights: Array2::from_elem((0, 0), V::zero()),
        };
        for target in self.targets(instances, count) {
            match target.kind {
                TargetKind::Float32 => {
                    filled.floats.push(zeros(target.name, IxDyn(&target.shape))?);
                }
                TargetKind::Int64 => filled.integers = zeros(target.name, IxDyn(&target.shape))?,
                TargetKind::Visibility => {
                    filled.weights =
                        Array2::from_elem((target.shape[0], target.shape[1]), V::zero());
                }
            }
        }
        room_for_scratch(self.scratch())?;
        room_for_points(sample.points.len())?;
        self.encode_sample(
            &sample,
            SampleTargets {
                floats: filled
                    .floats
                    .iter_mut()
                    .map(|array| array.as_slice_mut().expect("freshly made"))
                    .collect(),
                integers: filled.integers.as_slice_mut().expect("freshly made"),
                weights: filled.weights.as_slice_mut().expect("freshly made"),
                memory: Init::Zeroed,
            },
        );
        Ok(Self::from_arrays(filled))
    }
}

/// Encodes a batch of B samples into flat arrays, each holding the B samples one after the other;
/// on several threads where it is worth it.
///
/// `keypoints` describes one sample of B after another: `points` and `visible` are B times as long.
///
/// ```
/// use posecodec::codecs::{Keypoints, Init, RegressionLabel, SampleTargets, encode_batch};
///
/// let codec = RegressionLabel::new([100, 200])?;
/// let points = [[50.0f32, 50.0], [25.0, 150.0]]; // of two samples with one keypoint each
/// let keypoints = Keypoints { points: &points, visible: None::<&[f32]>, instances: 1, count: 1 };
/// let [mut labels, mut weights] = [vec![0.0; 4], vec![0.0; 2]];
/// let targets = SampleTargets {
///     floats: [&mut labels[..], &mut weights[..]].into_iter().collect(),
///     integers: &mut [],
///     weights: &mut [],
///     memory: Init::Zeroed,
/// };
/// encode_batch(&codec, 2, &keypoints, targets)?;
/// assert_eq!(labels, [0.5, 0.25, 0.25, 0.75]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] where an array does not have the length that [`Encode::targets`] says.
pub fn encode_batch<C: Encode<D>, T: Float, V: Float, const D: usize>(
    codec: &C,
    batch: usize,
    keypoints: &Keypoints<'_, T, V, D>,
    targets: SampleTargets<'_, V>,
) -> Result<()> {
    let Keypoints { points, visible, instances, count } = *keypoints;
    let each = instances.saturating_mul(count);
    let lengths = Lengths::of::<_, D>(codec, instances, count);
    let fits = |length: usize, each: usize| each.checked_mul(batch) == Some(length);
    let all_fit = fits(points.len(), each)
        && visible.is_none_or(|visible| fits(visible.len(), each))
        && targets.floats.len() == lengths.floats.len()
        && targets.floats.iter().zip(&lengths.floats).all(|(array, &len)| fits(array.len(), len))
        && fits(targets.integers.len(), lengths.integers)
        && fits(targets.weights.len(), lengths.weights);
    if !all_fit {
        return Err(other_lengths());
    }
    // Any number of samples may hold nothing; even their list would take memory.
    let nothing = targets.floats.iter().all(|array| array.is_empty())
        && targets.integers.is_empty()
        && targets.weights.is_empty();
    if nothing {
        return Ok(());
    }
    let memory = targets.memory;
    if batch == 1 {
        room_for_scratch(codec.scratch())?;
        room_for_points(points.len())?;
        codec.encode_sample(keypoints, targets);
        return Ok(());
    }
    let SampleTargets { mut floats, mut integers, mut weights, .. } = targets;
    let mut samples = try_with_capacity("the samples of a batch", batch)?;
    for sample in 0..batch {
        let range = sample * each..(sample + 1) * each;
        let keypoints = Keypoints {
            points: &points[range.clone()],
            visible: visible.map(|visible| &visible[range]),
            instances,
            count,
        };
        let arrays = floats.iter_mut().zip(&lengths.floats);
        let targets = SampleTargets {
            floats: arrays.map(|(rest, &len)| split_off(rest, len)).collect(),
            integers: split_off(&mut integers, lengths.integers),
            weights: split_off(&mut weights, lengths.weights),
            memory,
        };
        samples.push((keypoints, targets));
    }
    encode_samples(codec, samples)
}

/// Encodes samples that may differ in their number of instances, each into its own arrays; on
/// several threads where it is worth it.
///
/// ```
/// use posecodec::codecs::{Keypoints, Init, RegressionLabel, SampleTargets, encode_samples};
///
/// let codec = RegressionLabel::new([100, 200])?;
/// let points = [[50.0f32, 50.0], [25.0, 150.0], [10.0, 20.0]];
/// let [mut labels, mut weights] = [vec![0.0; 6], vec![0.0; 3]];
/// let (labels_of, weights_of) = (labels.split_at_mut(2), weights.split_at_mut(1));
/// let sample = |points, instances, labels, weights| {
///     let keypoints = Keypoints { points, visible: None::<&[f32]>, instances, count: 1 };
///     let floats = [labels, weights].into_iter().collect();
///     let memory = Init::Zeroed;
///     (keypoints, SampleTargets { floats, integers: &mut [], weights: &mut [], memory })
/// };
/// let one = sample(&points[..1], 1, labels_of.0, weights_of.0); // a picture of one person
/// let two = sample(&points[1..], 2, labels_of.1, weights_of.1);
/// encode_samples(&codec, vec![one, two])?;
/// assert_eq!(labels[..4], [0.5, 0.25, 0.25, 0.75]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] where an array does not have the length that [`Encode::targets`] says.
pub fn encode_samples<C: Encode<D>, T: Float, V: Float, const D: usize>(
    codec: &C,
    samples: Vec<(Keypoints<'_, T, V, D>, SampleTargets<'_, V>)>,
) -> Result<()> {
    let (mut values, mut all_points) = (0, 0);
    for (keypoints, targets) in &samples {
        let Keypoints { points, visible, instances, count } = *keypoints;
        let lengths = Lengths::of::<_, D>(codec, instances, count);
        let all_fit = product(&[instances, count]) == Some(points.len())
            && visible.is_none_or(|visible| visible.len() == points.len())
            && targets.floats.iter().map(|array| array.len()).eq(lengths.floats)
            && targets.integers.len() == lengths.integers
            && targets.weights.len() == lengths.weights;
        if !all_fit {
            return Err(other_lengths());
        }
        values += targets.floats.iter().map(|array| array.len()).sum::<usize>();
        all_points += points.len();
    }
    let at_once = parallel::num_threads().min(samples.len());
    room_for_scratch(codec.scratch().saturating_mul(at_once))?;
    room_for_points(all_points)?;
    parallel::for_each(samples, values, |(keypoints, targets)| {
        codec.encode_sample(&keypoints, targets);
    });
    Ok(())
}

/// How many values the arrays of one sample hold.
struct Lengths {
    floats: ArrayVec<usize, 4>,
    integers: usize,
    weights: usize,
}

impl Lengths {
    fn of<C: Encode<D>, const D: usize>(codec: &C, instances: usize, count: usize) -> Self {
        let mut lengths = Self { floats: ArrayVec::new(), integers: 0, weights: 0 };
        for target in codec.targets(instances, count) {
            let len = target.len().unwrap_or(usize::MAX);
            match target.kind {
                TargetKind::Float32 => lengths.floats.push(len),
                TargetKind::Int64 => lengths.integers = len,
                TargetKind::Visibility => lengths.weights = len,
            }
        }
        lengths
    }
}

fn other_lengths() -> Error {
    Error::invalid("targets", "must hold as many values as the batch has", "other lengths")
}

/// The first `len` values of `rest`, which keeps the others.
pub(crate) fn split_off<'a, T>(rest: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    rest.split_off_mut(..len).expect("lengths were checked")
}
