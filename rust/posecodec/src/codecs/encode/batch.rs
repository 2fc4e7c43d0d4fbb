//! Encoding batches of samples, on several threads if the batch is large enough.

use arrayvec::ArrayVec;

use super::{Encode, EncodePlan, MAX_OUTPUTS, Outputs, SampleArrays};
use crate::element::{ArrayMut, Dtype, Floats, with_floats};
use crate::error::{Error, Result, try_with_capacity};
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::parallel;
use crate::plan::Init;

/// Fills the arrays of a batch, each with the values of the B samples one after the other; on
/// several threads if the batch is large enough. `plan` must have been made from the shapes of
/// `keypoints` and `visible`.
///
/// ```
/// use posecodec::codecs::regression::RegressionLabel;
/// use posecodec::codecs::slices::{ArrayMut, EncodePlan, Floats, Init, encode_batch};
///
/// let codec = RegressionLabel::new([100, 200])?;
/// let plan = EncodePlan::new(&codec, &[2, 1, 1, 2], None, true)?; // 2 samples of one keypoint
/// let keypoints = Floats::F32(&[50.0, 50.0, 25.0, 150.0]);
/// let [mut labels, mut weights] = [vec![0.0f32; 4], vec![0.0f32; 2]];
/// let arrays = [ArrayMut::F32(&mut labels), ArrayMut::F32(&mut weights)];
/// encode_batch(&codec, &plan, keypoints, None, arrays.into_iter().collect(), Init::Zeroed)?;
/// assert_eq!(labels, [0.5, 0.25, 0.25, 0.75]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for inputs or arrays that do not fit the plan.
pub fn encode_batch<C: Encode<D> + ?Sized, const D: usize>(
    codec: &C,
    plan: &EncodePlan,
    keypoints: Floats<'_>,
    visible: Option<Floats<'_>>,
    arrays: ArrayVec<ArrayMut<'_>, MAX_OUTPUTS>,
    init: Init,
) -> Result<()> {
    with_floats!(keypoints, points => match visible {
        None => fill::<C, _, f32, D>(codec, plan, points, None, arrays, init),
        Some(Floats::F32(visible)) => fill(codec, plan, points, Some(visible), arrays, init),
        Some(Floats::F64(visible)) => fill(codec, plan, points, Some(visible), arrays, init),
    })
}

/// [`encode_batch`] of known types.
pub(super) fn fill<C: Encode<D> + ?Sized, T: Float, V: Float, const D: usize>(
    codec: &C,
    plan: &EncodePlan,
    points: &[T],
    visible: Option<&[V]>,
    arrays: ArrayVec<ArrayMut<'_>, MAX_OUTPUTS>,
    init: Init,
) -> Result<()> {
    let encode = |keypoints: &Keypoints<'_, T, V, D>, arrays: SampleArrays<'_>| {
        codec.encode_sample(keypoints, arrays);
    };
    fill_with(&encode, plan, points, visible, arrays, init)
}

/// Fills the arrays of the samples one by one with `encode`, which is `dyn` so that this is compiled once for
/// all codecs.
fn fill_with<T: Float, V: Float, const D: usize>(
    encode: &(dyn Fn(&Keypoints<'_, T, V, D>, SampleArrays<'_>) + Sync),
    plan: &EncodePlan,
    points: &[T],
    visible: Option<&[V]>,
    mut arrays: ArrayVec<ArrayMut<'_>, MAX_OUTPUTS>,
    init: Init,
) -> Result<()> {
    let EncodePlan { batch, instances, count, ref outputs } = *plan;
    let keypoints = keypoints_of(plan, points, visible)?;
    check_arrays(outputs, &arrays, batch, V::DTYPE)?;
    // Arrays without values may have any number of samples, too many to list them below.
    if arrays.iter().all(ArrayMut::is_empty) {
        return Ok(());
    }
    if batch == 1 {
        encode(&keypoints, SampleArrays::new(arrays, init));
        return Ok(());
    }
    let values = arrays.iter().map(ArrayMut::len).sum();
    let each = instances * count;
    let mut samples = try_with_capacity("the samples of a batch", batch)?;
    for sample in 0..batch {
        let range = sample * each..(sample + 1) * each;
        let keypoints = Keypoints {
            points: &keypoints.points[range.clone()],
            visible: visible.map(|visible| &visible[range]),
            ..keypoints
        };
        let lengths = outputs.iter().map(|output| output.len().unwrap_or(0));
        let parts = arrays.iter_mut().zip(lengths).map(|(array, len)| array.split_off(len));
        samples.push((keypoints, SampleArrays::new(parts.collect(), init)));
    }
    parallel::for_each(samples, values, &|(keypoints, arrays)| encode(&keypoints, arrays));
    Ok(())
}

/// One sample of a list whose samples may differ in their number of instances.
#[derive(Debug)]
pub struct SampleOfList<'a> {
    /// The outputs of this sample: a batch of 1.
    pub plan: &'a EncodePlan,
    /// Keypoints (N, K, D).
    pub keypoints: Floats<'a>,
    /// Visibilities (N, K), or none.
    pub visible: Option<Floats<'a>>,
    /// The arrays to be filled.
    pub arrays: ArrayVec<ArrayMut<'a>, MAX_OUTPUTS>,
}

/// Encodes samples that may differ in their number of instances, each into its own arrays; on
/// several threads if the list is large enough.
///
/// ```
/// use posecodec::codecs::regression::RegressionLabel;
/// use posecodec::codecs::slices::{
///     ArrayMut, EncodePlan, Floats, Init, SampleOfList, encode_samples,
/// };
///
/// let codec = RegressionLabel::new([100, 200])?;
/// let plan = EncodePlan::new(&codec, &[2, 1, 2], None, false)?; // two people, one keypoint each
/// let (mut labels, mut weights) = ([0.0f32; 4], [0.0f32; 2]);
/// let arrays = [ArrayMut::F32(&mut labels), ArrayMut::F32(&mut weights)].into_iter().collect();
/// let keypoints = Floats::F32(&[50.0, 50.0, 25.0, 150.0]);
/// let sample = SampleOfList { plan: &plan, keypoints, visible: None, arrays };
/// encode_samples(&codec, vec![sample], Init::Zeroed)?;
/// assert_eq!(labels, [0.5, 0.25, 0.25, 0.75]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for inputs or arrays that do not fit the plan.
pub fn encode_samples<C: Encode<D> + ?Sized, const D: usize>(
    codec: &C,
    samples: Vec<SampleOfList<'_>>,
    init: Init,
) -> Result<()> {
    let mut values = 0;
    for SampleOfList { plan, keypoints, visible, arrays } in &samples {
        let fits = |len: usize, columns| plan.points().checked_mul(columns) == Some(len);
        if plan.batch != 1 || !fits(keypoints.len(), D) {
            return Err(keypoints_error(plan, keypoints.len()));
        }
        if let Some(visible) = visible.filter(|visible| !fits(visible.len(), 1)) {
            return Err(visible_error(plan, visible.len()));
        }
        let like = visible.map_or(Dtype::Float32, |visible| visible.dtype());
        check_arrays(&plan.outputs, arrays, 1, like)?;
        values += arrays.iter().map(ArrayMut::len).sum::<usize>();
    }
    parallel::for_each(samples, values, &|SampleOfList { plan, keypoints, visible, arrays }| {
        let arrays = SampleArrays::new(arrays, init);
        with_floats!(keypoints, points => match visible {
            None => encode_sample::<C, _, f32, D>(codec, plan, points, None, arrays),
            Some(Floats::F32(visible)) => encode_sample(codec, plan, points, Some(visible), arrays),
            Some(Floats::F64(visible)) => encode_sample(codec, plan, points, Some(visible), arrays),
        });
    });
    Ok(())
}

/// Fills the arrays of a sample whose lengths were checked.
fn encode_sample<C: Encode<D> + ?Sized, T: Float, V: Float, const D: usize>(
    codec: &C,
    plan: &EncodePlan,
    coordinates: &[T],
    visible: Option<&[V]>,
    arrays: SampleArrays<'_>,
) {
    let (points, _) = coordinates.as_chunks();
    let EncodePlan { instances, count, .. } = *plan;
    codec.encode_sample(&Keypoints { points, visible, instances, count }, arrays);
}

/// Checks that the numbers of keypoints and visibilities are those of the plan.
fn keypoints_of<'a, T: Float, V: Float, const D: usize>(
    plan: &EncodePlan,
    coordinates: &'a [T],
    visible: Option<&'a [V]>,
) -> Result<Keypoints<'a, T, V, D>> {
    let (points, rest) = coordinates.as_chunks::<D>();
    if !rest.is_empty() || points.len() != plan.points() {
        return Err(keypoints_error(plan, coordinates.len()));
    }
    if let Some(visible) = visible.filter(|visible| visible.len() != points.len()) {
        return Err(visible_error(plan, visible.len()));
    }
    Ok(Keypoints { points, visible, instances: plan.instances, count: plan.count })
}

fn keypoints_error(plan: &EncodePlan, got: usize) -> Error {
    let wanted = format!("must have the coordinates of {} keypoints", plan.points());
    Error::invalid("keypoints", wanted, format_args!("{got} values"))
}

fn visible_error(plan: &EncodePlan, got: usize) -> Error {
    let wanted = format!("must have {} values, like `keypoints`", plan.points());
    Error::invalid("keypoints_visible", wanted, got)
}

/// Checks that number, lengths and dtypes of the arrays are those of the outputs.
fn check_arrays(
    outputs: &Outputs,
    arrays: &ArrayVec<ArrayMut<'_>, MAX_OUTPUTS>,
    batch: usize,
    like: Dtype,
) -> Result<()> {
    if arrays.len() != outputs.len() {
        let wanted = format!("must have {} arrays", outputs.len());
        return Err(Error::invalid("targets", wanted, arrays.len()));
    }
    outputs.iter().zip(arrays).try_for_each(|(output, array)| output.check(array, batch, like))
}
