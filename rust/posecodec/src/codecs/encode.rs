//! What all encoders share: the samples they take, the arrays they fill, batches.

use arrayvec::ArrayVec;
use ndarray::{
    Array, Array2, Array3, ArrayD, ArrayView, ArrayView2, ArrayView3, CowArray, Dimension,
    IntoDimension, Ix2, Ix3, IxDyn,
};

use super::check;
use crate::error::{Error, Result, reserved, room_for_scratch};
use crate::kernels::element::Real;
use crate::kernels::gaussian_heatmap::{GaussianPatch, Span};
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
        if !self.is_finite(index) || !(visibility < V::of(0.5)) && !encode(point) {
            V::zero()
        } else {
            visibility
        }
    }

    /// Whether the keypoint of this flat index is somewhere: NaN and infinity are nowhere.
    #[inline]
    pub(crate) fn is_finite(&self, index: usize) -> bool {
        self.points[index].iter().all(|coordinate| coordinate.is_finite())
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

impl<T: Real, V: Real> Keypoints<'_, T, V> {
    /// All points in map cells.
    pub(crate) fn in_cells(&self, to_cells: impl Fn([T; 2]) -> [T; 2]) -> Vec<[T; 2]> {
        self.points.iter().map(|&point| to_cells(point)).collect()
    }

    /// Those of an instance's points, given `at` map cells, that are visible at all.
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

    /// Stamps the keypoints of all instances, `at` map cells, into the map of their number, and fills
    /// a weight each. Where Gaussians meet, the larger value stays. `stamped` gets every map and the
    /// cells of it that a Gaussian covers.
    pub(crate) fn stamp_instances(
        &self,
        at: &[[T; 2]],
        stamper: &Stamper<'_>,
        maps: &mut [f32],
        weights: &mut [V],
        mut stamped: impl FnMut(usize, &[f32], [Span; 2]),
    ) {
        let [width, height] = stamper.size;
        let mut scratch = [Vec::new(), Vec::new()];
        for (index, weight) in weights.iter_mut().enumerate() {
            let (instance, number) = (index / self.count, index % self.count);
            let map = &mut maps[number * width * height..][..width * height];
            *weight = self.weight(index, |_| {
                let (at, size, merge) = (at[index], stamper.size, instance > 0);
                // On an input one pixel wide, UDP's scale is 0.
                if !(at[0].is_finite() && at[1].is_finite()) {
                    return false;
                }
                let patch = stamper.patches[instance % stamper.patches.len()];
                let spans = patch.stamp(map, size, at, stamper.exact, merge, &mut scratch);
                if let Some(spans) = spans {
                    stamped(number, map, spans);
                }
                spans.is_some()
            });
        }
    }
}

/// How the keypoints of several instances become Gaussians.
pub(crate) struct Stamper<'a> {
    /// Map size `[W, H]`.
    pub(crate) size: [usize; 2],
    /// One for all instances, or one each.
    pub(crate) patches: &'a [&'a GaussianPatch],
    /// Whether the peak lies at the keypoint or in the cell that it rounds to.
    pub(crate) exact: bool,
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
    /// 64-bit integers.
    Int64,
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
    /// The one of [`TargetKind::Int64`]; empty where the codec has none.
    pub integers: &'a mut [i64],
    /// The one of [`TargetKind::Visibility`]; empty where the codec has none.
    pub weights: &'a mut [V],
    /// What they hold before.
    pub memory: Memory,
}

/// The arrays of one sample, filled.
#[derive(Debug)]
pub struct Filled<V> {
    /// Those of [`TargetKind::Float32`], in the order of [`Encode::targets`].
    pub floats: Vec<ArrayD<f32>>,
    /// The one of [`TargetKind::Int64`]; empty where the codec has none.
    pub integers: ArrayD<i64>,
    /// The one of [`TargetKind::Visibility`]; empty where the codec has none.
    pub weights: Array2<V>,
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

    /// How many single-precision values `encode_sample` keeps beside the targets: checked beforehand,
    /// as it could only abort where they could not be had.
    fn scratch(&self) -> usize {
        0
    }

    /// Puts the filled arrays together.
    fn assemble<V: Real>(filled: Filled<V>) -> Self::Targets<V>;

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
                memory: Memory::Zeroed,
            },
        );
        Ok(Self::assemble(filled))
    }
}

/// The keypoints (N, K, D) of one sample and their visibilities (N, K), checked and contiguous.
pub(crate) struct Points<'a, T, V, const D: usize = 2> {
    keypoints: CowArray<'a, T, Ix3>,
    visible: Option<CowArray<'a, V, Ix2>>,
}

impl<'a, T: Real, V: Real, const D: usize> Points<'a, T, V, D> {
    pub(crate) fn new(
        keypoints: ArrayView3<'a, T>,
        visible: Option<ArrayView2<'a, V>>,
        single: Option<&str>,
    ) -> Result<Self> {
        let [_, instances, count] = check_instances::<D>(keypoints.shape(), false, single)?;
        if let Some(visible) = visible
            && visible.dim() != (instances, count)
        {
            let wanted = format!("({instances}, {count}) as `keypoints` is");
            return Err(check::shape("keypoints_visible", &wanted, visible.shape()));
        }
        Ok(Self { keypoints: contiguous(keypoints), visible: visible.map(contiguous) })
    }

    pub(crate) fn sample(&self) -> Keypoints<'_, T, V, D> {
        let (points, _) = self.keypoints.as_slice().expect("contiguous").as_chunks();
        let visible = self.visible.as_ref().map(|visible| visible.as_slice().expect("contiguous"));
        let (instances, count, _) = self.keypoints.dim();
        Keypoints { points, visible, instances, count }
    }
}

/// The array itself where it is contiguous, else a copy that is.
fn contiguous<T: Clone, I: Dimension>(array: ArrayView<'_, T, I>) -> CowArray<'_, T, I> {
    if array.is_standard_layout() {
        array.into()
    } else {
        array.as_standard_layout().into_owned().into()
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
    check_instances::<D>(shape, batched, C::SINGLE_INSTANCE.then_some(C::NAME))
}

/// [`check_keypoints`] for a codec that takes any number of instances, or just one, and then has
/// this name.
///
/// # Errors
/// [`Error::InvalidInput`] for another shape.
pub fn check_instances<const D: usize>(
    shape: &[usize],
    batched: bool,
    single: Option<&str>,
) -> Result<[usize; 3]> {
    let refuse = |reason: &str| {
        let instances = if single.is_some() { "1" } else { "N" };
        let leading = if batched { "B, " } else { "" };
        check::shape("keypoints", &format!("({leading}{instances}, K, {D}){reason}"), shape)
    };
    let found = match (batched, shape) {
        (false, &[instances, count, each]) if each == D => [1, instances, count],
        (true, &[batch, instances, count, each]) if each == D => [batch, instances, count],
        _ => return Err(refuse("")),
    };
    if let Some(name) = single
        && found[1] != 1
    {
        return Err(refuse(&format!(": {name} only support single-instance keypoint encoding")));
    }
    Ok(found)
}

/// A fresh array of zeros, or [`Error::OutOfMemory`].
pub(crate) fn zeros<T: Clone + Default, D: Dimension>(
    purpose: &'static str,
    shape: impl IntoDimension<Dim = D>,
) -> Result<Array<T, D>> {
    let shape = shape.into_dimension();
    let len = shape.size_checked().unwrap_or(usize::MAX);
    let mut values = reserved(purpose, len)?;
    values.resize(len, T::default());
    Ok(Array::from_shape_vec(shape, values).expect("as many values as the shape says"))
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
    let memory = targets.memory;
    if batch == 1 {
        room_for_scratch(codec.scratch())?;
        codec.encode_sample(keypoints, targets);
        return Ok(());
    }
    let SampleTargets { mut floats, mut integers, mut weights, .. } = targets;
    let mut samples = reserved("the samples of a batch", batch)?;
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
/// # Errors
/// [`Error::InvalidInput`] where an array does not have the length that [`Encode::targets`] says.
pub fn encode_samples<C: Encode<D>, T: Real, V: Real, const D: usize>(
    codec: &C,
    samples: Vec<(Keypoints<'_, T, V, D>, SampleTargets<'_, V>)>,
) -> Result<()> {
    let mut values = 0;
    for (keypoints, targets) in &samples {
        let Keypoints { points, visible, instances, count } = *keypoints;
        let lengths = Lengths::of::<_, D>(codec, instances, count);
        let all_fit = points.len() == instances * count
            && visible.is_none_or(|visible| visible.len() == points.len())
            && targets.floats.iter().map(|array| array.len()).eq(lengths.floats)
            && targets.integers.len() == lengths.integers
            && targets.weights.len() == lengths.weights;
        if !all_fit {
            return Err(other_lengths());
        }
        values += targets.floats.iter().map(|array| array.len()).sum::<usize>();
    }
    let at_once = parallel::num_threads().min(samples.len());
    room_for_scratch(codec.scratch().saturating_mul(at_once))?;
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

/// Heatmaps and weights of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapTargets<V> {
    /// (K, H, W), or (3K, H, W) for UDP's `combined`.
    pub heatmaps: Array3<f32>,
    /// (N, K): the visibilities, 0 for keypoints without a target.
    pub keypoint_weights: Array2<V>,
}

impl<V> HeatmapTargets<V> {
    pub(crate) fn assemble(filled: Filled<V>) -> Self {
        let [heatmaps] = dimensioned(filled.floats);
        Self { heatmaps, keypoint_weights: filled.weights }
    }
}

/// The arrays with their number of dimensions in the type. Panics where they are not `M` such.
pub(crate) fn dimensioned<T, D: ndarray::Dimension, const M: usize>(
    arrays: Vec<ArrayD<T>>,
) -> [ndarray::Array<T, D>; M] {
    let mut arrays = arrays.into_iter().map(ndarray::ArrayBase::into_dimensionality::<D>);
    std::array::from_fn(|_| {
        arrays.next().expect("as many arrays as targets").expect("the target's dimensions")
    })
}
