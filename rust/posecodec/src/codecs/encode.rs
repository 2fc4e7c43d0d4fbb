//! What all encoders share: the samples they take, the arrays they fill, batches.

use arrayvec::ArrayVec;
use ndarray::{Array2, Array3, ArrayD, ArrayView2, ArrayView3};

use super::check;
use crate::error::{Error, Result, reserved};
use crate::kernels::element::Real;
use crate::parallel;

/// The keypoints of one sample: `instances` × `count` points `[x, y]` in input pixels, or of `D`
/// coordinates.
#[derive(Debug, Clone, Copy)]
pub struct Keypoints<'a, T, V, const D: usize = 2> {
    /// The points, instance by instance.
    pub points: &'a [[T; D]],
    /// A visibility a point; all are visible where there is none.
    pub visible: Option<&'a [V]>,
    /// Number of instances, N.
    pub instances: usize,
    /// Number of keypoints an instance, K.
    pub count: usize,
}

impl<T: Real, V: Real, const D: usize> Keypoints<'_, T, V, D> {
    /// The weight of the keypoint of this flat index: its visibility, or 0 where it has no target.
    ///
    /// `encode` is called where the keypoint is visible and finite, and says whether any of it lies
    /// inside. NaN and infinity are nowhere: no target, no weight.
    #[inline]
    pub(crate) fn weight(&self, index: usize, encode: impl FnOnce([T; D]) -> bool) -> V {
        let point = self.points[index];
        let visibility = self.visible.map_or(V::one(), |visible| visible[index]);
        let nowhere = !point.iter().all(|coordinate| coordinate.is_finite());
        if nowhere || !(visibility < V::of(0.5)) && !encode(point) { V::zero() } else { visibility }
    }

    /// Fills a weight and `cells` map cells a keypoint. `encode` puts something into its cells,
    /// which hold zeros, or fills them all where `fills_all`.
    #[inline]
    pub(crate) fn encode_planes(
        &self,
        planes: Planes<'_>,
        weights: &mut [V],
        mut encode: impl FnMut(&mut [f32], [T; D]) -> bool,
    ) {
        let Planes { values, cells, fills_all, memory } = planes;
        let dirty = memory == Memory::Dirty;
        // One large fill: small ones cost their start-up 17 times over.
        if dirty && !fills_all {
            values.fill(0.0);
        }
        for (index, (plane, weight)) in values.chunks_exact_mut(cells).zip(weights).enumerate() {
            let mut filled = false;
            *weight = self.weight(index, |point| {
                filled = encode(plane, point);
                filled
            });
            if dirty && fills_all && !filled {
                plane.fill(0.0);
            }
        }
    }
}

/// The cells that keypoints are encoded into: `cells` a keypoint.
pub(crate) struct Planes<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) cells: usize,
    /// Whether a keypoint that lies inside fills all of its cells: [`Encode::fills_all`].
    pub(crate) fills_all: bool,
    pub(crate) memory: Memory,
}

/// What numbers a target holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// Single precision.
    Float32,
    /// Whatever the visibilities are, as they are where all goes well.
    Visibility,
}

/// One array that an encoder fills for a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name in the reference's dict.
    pub name: &'static str,
    /// Its shape for one sample.
    pub shape: ArrayVec<usize, 4>,
    /// What it holds.
    pub kind: TargetKind,
}

impl Target {
    pub(crate) fn float32(name: &'static str, shape: &[usize]) -> Self {
        Self { name, shape: shape.iter().copied().collect(), kind: TargetKind::Float32 }
    }

    pub(crate) fn heatmaps(maps: usize, [width, height]: [usize; 2]) -> Self {
        Self::float32("heatmaps", &[maps, height, width])
    }

    pub(crate) fn weights(kind: TargetKind, instances: usize, keypoints: usize) -> Self {
        let shape = [instances, keypoints].into_iter().collect();
        Self { name: "keypoint_weights", shape, kind }
    }

    /// Number of values; `None` where it is too large to be addressed.
    pub fn len(&self) -> Option<usize> {
        self.shape.iter().try_fold(1usize, |product, &side| product.checked_mul(side))
    }

    /// Whether the target holds no value.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }
}

/// What the arrays to be filled hold before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// Zeros, which need not be written again.
    Zeroed,
    /// Anything.
    Dirty,
}

/// The arrays of one sample, to be filled.
#[derive(Debug)]
pub struct SampleTargets<'a, V> {
    /// Those of [`TargetKind::Float32`], in the order of [`Encode::targets`].
    pub floats: ArrayVec<&'a mut [f32], 4>,
    /// The one of [`TargetKind::Visibility`]; empty where the codec has none.
    pub weights: &'a mut [V],
    /// What they hold before.
    pub memory: Memory,
}

/// The single-precision arrays by position. Panics where there are not `M` of them.
pub(crate) fn arrays<const M: usize>(floats: ArrayVec<&mut [f32], 4>) -> [&mut [f32]; M] {
    let mut floats = floats.into_iter();
    std::array::from_fn(|_| floats.next().expect("as many arrays as targets"))
}

/// A codec that turns keypoints of `D` coordinates into training targets.
pub trait Encode<const D: usize = 2>: Sync {
    /// The codec's name in the reference.
    const NAME: &'static str;
    /// Whether a sample must hold one instance, no more and no fewer.
    const SINGLE_INSTANCE: bool;
    /// What [`Encode::encode`] answers with; `V` is the visibilities' type.
    type Targets<V: Real>;

    /// The arrays that a sample of so many instances and keypoints becomes, in the order of the
    /// reference's dict.
    fn targets(&self, instances: usize, keypoints: usize) -> ArrayVec<Target, 4>;

    /// Whether keypoints fill all of their arrays, so that memory need not be zeroed first: memory
    /// that was not is [`Memory::Dirty`].
    fn fills_all(&self) -> bool {
        false
    }

    /// Fills the arrays of one sample. Their lengths are those of [`Encode::targets`].
    fn encode_sample<T: Real, V: Real>(
        &self,
        keypoints: &Keypoints<'_, T, V, D>,
        targets: SampleTargets<'_, V>,
    );

    /// Puts the filled arrays together.
    fn assemble<V: Real>(arrays: Vec<ArrayD<f32>>, weights: Array2<V>) -> Self::Targets<V>;

    /// Encodes one sample: keypoints (N, K, D) in input pixels, visibilities (N, K) or none.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a shape that does not fit, [`Error::OutOfMemory`] for targets
    /// that do not.
    fn encode<T: Real, V: Real>(
        &self,
        keypoints: ArrayView3<'_, T>,
        keypoints_visible: Option<ArrayView2<'_, V>>,
    ) -> Result<Self::Targets<V>> {
        let [_, instances, count] = check_keypoints::<Self, D>(keypoints.shape(), false)?;
        if let Some(visible) = keypoints_visible
            && visible.dim() != (instances, count)
        {
            let wanted = format!("({instances}, {count}) as `keypoints` is");
            return Err(check::shape("keypoints_visible", &wanted, visible.shape()));
        }
        let keypoints = keypoints.as_standard_layout();
        let visible = keypoints_visible.as_ref().map(|visible| visible.as_standard_layout());
        let (mut arrays, mut weights) = (Vec::new(), Array2::from_elem((0, 0), V::zero()));
        for target in self.targets(instances, count) {
            match target.kind {
                TargetKind::Float32 => arrays.push(zeros(&target)?),
                TargetKind::Visibility => {
                    weights = Array2::from_elem((target.shape[0], target.shape[1]), V::zero());
                }
            }
        }
        let (points, _) = keypoints.as_slice().expect("standard layout").as_chunks();
        let sample = Keypoints {
            points,
            visible: visible.as_ref().map(|visible| visible.as_slice().expect("standard layout")),
            instances,
            count,
        };
        self.encode_sample(
            &sample,
            SampleTargets {
                floats: arrays
                    .iter_mut()
                    .map(|array| array.as_slice_mut().expect("freshly made"))
                    .collect(),
                weights: weights.as_slice_mut().expect("freshly made"),
                memory: Memory::Zeroed,
            },
        );
        Ok(Self::assemble(arrays, weights))
    }
}

/// Checks the shape of keypoints: (N, K, D), or (B, N, K, D) where `batched`, with the number of
/// instances that the codec takes. Answers with B (1 for a sample), N and K.
///
/// # Errors
/// [`Error::InvalidInput`] for another shape.
pub fn check_keypoints<C: Encode<D> + ?Sized, const D: usize>(
    shape: &[usize],
    batched: bool,
) -> Result<[usize; 3]> {
    let refuse = |reason: &str| {
        let instances = if C::SINGLE_INSTANCE { "1" } else { "N" };
        let leading = if batched { "B, " } else { "" };
        check::shape("keypoints", &format!("({leading}{instances}, K, {D}){reason}"), shape)
    };
    let found = match (batched, shape) {
        (false, &[instances, count, each]) if each == D => [1, instances, count],
        (true, &[batch, instances, count, each]) if each == D => [batch, instances, count],
        _ => return Err(refuse("")),
    };
    if C::SINGLE_INSTANCE && found[1] != 1 {
        let name = C::NAME;
        return Err(refuse(&format!(": {name} only support single-instance keypoint encoding")));
    }
    Ok(found)
}

fn zeros(target: &Target) -> Result<ArrayD<f32>> {
    let len = target.len().unwrap_or(usize::MAX);
    let mut values = reserved(target.name, len)?;
    values.resize(len, 0.0);
    Ok(ArrayD::from_shape_vec(&*target.shape, values).expect("as many values as the shape says"))
}

/// Encodes a batch of B samples into flat arrays, each holding the B samples one after the other;
/// on several threads where it is worth it.
///
/// `keypoints` describes one sample of B after another: `points` and `visible` are B times as long.
///
/// # Errors
/// [`Error::InvalidInput`] where an array does not have the length that [`Encode::targets`] says.
pub fn encode_batch<C: Encode<D>, T: Real, V: Real, const D: usize>(
    codec: &C,
    batch: usize,
    keypoints: &Keypoints<'_, T, V, D>,
    targets: SampleTargets<'_, V>,
) -> Result<()> {
    let Keypoints { points, visible, instances, count } = *keypoints;
    let each = instances * count;
    let layout = codec.targets(instances, count);
    let float_lengths: ArrayVec<usize, 4> = layout
        .iter()
        .filter(|target| target.kind == TargetKind::Float32)
        .map(|target| target.len().unwrap_or(usize::MAX))
        .collect();
    let weights = layout.iter().find(|target| target.kind == TargetKind::Visibility);
    let weights_each = weights.map_or(0, |target| target.len().unwrap_or(usize::MAX));
    let fits = |length: usize, each: usize| each.checked_mul(batch) == Some(length);
    let all_fit = fits(points.len(), each)
        && visible.is_none_or(|visible| fits(visible.len(), each))
        && targets.floats.len() == float_lengths.len()
        && targets.floats.iter().zip(&float_lengths).all(|(array, &len)| fits(array.len(), len))
        && fits(targets.weights.len(), weights_each);
    if !all_fit {
        let wanted = "must hold as many values as the batch has";
        return Err(Error::invalid("targets", wanted, "other lengths"));
    }

    let memory = targets.memory;
    if batch == 1 {
        codec.encode_sample(keypoints, targets);
        return Ok(());
    }
    let values = targets.floats.iter().map(|array| array.len()).sum();
    let (mut floats, mut weights) = (targets.floats, targets.weights);
    let mut samples = reserved("the samples of a batch", batch)?;
    for sample in 0..batch {
        let range = sample * each..(sample + 1) * each;
        let keypoints = Keypoints {
            points: &points[range.clone()],
            visible: visible.map(|visible| &visible[range]),
            instances,
            count,
        };
        let arrays = floats.iter_mut().zip(&float_lengths);
        let floats = arrays.map(|(rest, &len)| split_off(rest, len)).collect();
        let weights = split_off(&mut weights, weights_each);
        samples.push((keypoints, SampleTargets { floats, weights, memory }));
    }
    parallel::for_each(samples, values, |(keypoints, targets)| {
        codec.encode_sample(&keypoints, targets);
    });
    Ok(())
}

/// The first `len` values of `rest`, which keeps the others.
pub(crate) fn split_off<'a, T>(rest: &mut &'a mut [T], len: usize) -> &'a mut [T] {
    rest.split_off_mut(..len).expect("lengths were checked")
}

/// Heatmaps and weights of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapTargets<V> {
    /// (K, H, W), or (3K, H, W) for UDP's `combined`.
    pub heatmaps: Array3<f32>,
    /// (N, K): the visibilities, 0 for keypoints without a target.
    pub keypoint_weights: Array2<V>,
}

impl<V> HeatmapTargets<V> {
    pub(crate) fn assemble(arrays: Vec<ArrayD<f32>>, keypoint_weights: Array2<V>) -> Self {
        let [heatmaps] = dimensioned(arrays);
        Self { heatmaps, keypoint_weights }
    }
}

/// The arrays with their number of dimensions in the type. Panics where they are not `M` such.
pub(crate) fn dimensioned<D: ndarray::Dimension, const M: usize>(
    arrays: Vec<ArrayD<f32>>,
) -> [ndarray::Array<f32, D>; M] {
    let mut arrays = arrays.into_iter().map(ndarray::ArrayBase::into_dimensionality::<D>);
    std::array::from_fn(|_| {
        arrays.next().expect("as many arrays as targets").expect("the target's dimensions")
    })
}
