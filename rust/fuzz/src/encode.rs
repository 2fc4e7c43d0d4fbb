//! Encoders: single samples as views of any strides, batches as slices of right and wrong lengths.

use arbitrary::{Result, Unstructured};
use posecodec::Float;
use posecodec::codecs::Encode;
use posecodec::codecs::hands::Hand3dHeatmap;
use posecodec::codecs::people::{
    DecoupledHeatmap, EdPoseLabel, RandomSource, YoloxPoseAnnotationProcessor,
};
use posecodec::codecs::simcc::Simcc3dLabel;
use posecodec::codecs::slices::{ArrayMut, Dtype, EncodePlan, Image, Init, encode_batch};

use crate::source::{
    Any, Number, Side, input, maybe, output, points, shape, shape_or, usually, values,
};
use crate::{Check, at_two_tiers, check, one_of};

/// The maximum number of values in the targets of a call.
const MAX_TARGETS: usize = 1 << 17;

/// Encodes with one codec.
pub fn one(u: &mut Unstructured<'_>) -> Result<()> {
    if u.arbitrary()? { with::<f32, f32>(u) } else { with::<f64, f32>(u) }
}

fn with<T: Float + Number, V: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let checks: &[Check] = &[
        check!(msra, encode::<_, T, V, 2>),
        check!(udp, encode::<_, T, V, 2>),
        check!(megvii, encode::<_, T, V, 2>),
        check!(regression, encode::<_, T, V, 2>),
        check!(integral, encode::<_, T, V, 2>),
        check!(simcc, encode::<_, T, V, 2>),
        check!(spr, encode::<_, T, V, 2>),
        check!(associative_of_3, encode::<_, T, V, 2>),
        check!(simcc_3d, simcc_3d::<T, V>),
        check!(hand_3d, hand_3d::<T, V>),
        check!(decoupled, decoupled::<T, V>),
        check!(edpose, edpose::<T, V>),
        check!(yolox, yolox::<T, V>),
    ];
    one_of(u, checks)
}

/// Whether the targets of a batch are small enough.
fn fits<C: Encode<D>, const D: usize>(codec: &C, [batch, n, k]: [usize; 3]) -> bool {
    let add = |sum: usize, len: Option<usize>| sum.checked_add(len?);
    let each = codec.outputs(n, k).iter().map(|output| output.len()).try_fold(0, add);
    each.and_then(|each| each.checked_mul(batch.max(1))).is_some_and(|all| all <= MAX_TARGETS)
}

fn encode<C: Encode<D>, T: Float + Number, V: Float + Number, const D: usize>(
    u: &mut Unstructured<'_>,
    codec: &C,
) -> Result<()>
where
    C::Targets<V>: std::fmt::Debug,
{
    let [mut instances, count] = shape(u)?;
    if C::SINGLE_INSTANCE && !u.ratio(1, 12)? {
        instances = 1;
    }
    if !fits(codec, [1, instances, count]) {
        return Ok(());
    }
    let coordinates = if u.ratio(1, 12)? { u.int_in_range(0..=4)? } else { D };
    let keypoints = input::<T, _>(u, [instances, count, coordinates])?;
    let seen = shape_or(u, [instances, count])?;
    let visible = input::<V, _>(u, seen)?;
    let visible = maybe(u, visible.view())?;
    at_two_tiers(|| codec.encode_mixed(keypoints.view(), visible));
    batch::<C, T, V, D>(u, codec, [instances, count])
}

fn batch<C: Encode<D>, T: Float + Number, V: Float + Number, const D: usize>(
    u: &mut Unstructured<'_>,
    codec: &C,
    [instances, count]: [usize; 2],
) -> Result<()> {
    let batch = if u.ratio(1, 32)? { u.arbitrary::<Side>()?.0 } else { u.int_in_range(0..=3)? };
    if !fits(codec, [batch, instances, count]) {
        return Ok(());
    }
    let all = batch.saturating_mul(instances * count);
    let coordinates = values::<T>(u, all.saturating_mul(D))?;
    let visible = values::<V>(u, all)?;
    let visible = maybe(u, V::floats(&visible))?;
    let outputs = codec.outputs(instances, count);
    let (mut floats, mut integers, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for wanted in &outputs {
        let all = batch.saturating_mul(wanted.len().unwrap_or(0));
        match wanted.dtype {
            Dtype::Int64 => integers = output(u, 7, all)?,
            Dtype::Like(_) => weights = output(u, V::one(), all)?,
            _ => floats.push(output(u, 7f32, all)?),
        }
    }
    let plan = EncodePlan { batch, instances, count, outputs };
    at_two_tiers(|| {
        let mut floats_left = floats.iter_mut();
        let (mut integers_left, mut weights_left) = (Some(&mut integers), Some(&mut weights));
        let arrays = plan.outputs.iter().filter_map(|output| match output.dtype {
            Dtype::Int64 => integers_left.take().map(|values| ArrayMut::I64(values)),
            Dtype::Like(_) => weights_left.take().map(|values| V::into_array(values)),
            _ => floats_left.next().map(|values| ArrayMut::F32(values)),
        });
        let (arrays, coordinates) = (arrays.collect(), T::floats(&coordinates));
        let done = encode_batch(codec, &plan, coordinates, visible, arrays, Init::Uninit);
        (done, floats.clone(), integers.clone(), weights.clone())
    });
    Ok(())
}

fn simcc_3d<T: Float + Number, V: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &Simcc3dLabel,
) -> Result<()> {
    let [instances, count] = shape(u)?;
    let (flat, deep) = (points::<T, 2>(u, instances * count)?, points(u, instances * count)?);
    let deep: Option<&[[V; 3]]> = maybe(u, &deep[..])?;
    at_two_tiers(|| codec.points::<T, V, T>(&flat, deep, count));
    encode::<_, T, V, 3>(u, codec)
}

fn hand_3d<T: Float + Number, V: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &Hand3dHeatmap,
) -> Result<()> {
    let (Any(depth), Any(valid)) = u.arbitrary()?;
    codec.encode_root(<T as Float>::of(depth), valid);
    let (count, len) = (u.int_in_range(0..=8)?, u.int_in_range(0..=8)?);
    let weights = values(u, len)?;
    let Ok(encoder) = codec.encoder(count, maybe(u, &weights[..])?) else { return Ok(()) };
    let instances = u.int_in_range(0..=3)?;
    if !fits(&encoder, [1, instances, count]) {
        return Ok(());
    }
    let keypoints = input::<T, _>(u, [instances, count, 3])?;
    let visible = input::<V, _>(u, [instances, count])?;
    let visible = maybe(u, visible.view())?;
    at_two_tiers(|| encoder.encode_mixed(keypoints.view(), visible));
    batch::<_, T, V, 3>(u, &encoder, [instances, count])
}

/// Jitter and samples of the fuzzer's bytes; at times fewer than requested.
struct Bytes<'a>(&'a [u8]);

impl RandomSource for Bytes<'_> {
    fn jitter(&mut self, roots: usize) -> Vec<[i64; 2]> {
        let mut steps = self.0.iter().cycle().map(|&byte| i64::from(byte % 3) - 1);
        (0..roots).map_while(|_| Some([steps.next()?, steps.next()?])).collect()
    }

    fn sample(&mut self, population: usize, count: usize) -> Vec<usize> {
        let bytes = self.0.iter().map(|&byte| usize::from(byte));
        bytes.chain(0..population).take(count).collect()
    }
}

fn decoupled<T: Float + Number, V: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &DecoupledHeatmap,
) -> Result<()> {
    let [instances, count] = shape(u)?;
    let [width, height] = codec.heatmap_size();
    let maps = (count + 1) * (instances + 1);
    if width.saturating_mul(height).saturating_mul(maps) > MAX_TARGETS {
        return Ok(());
    }
    let keypoints = input::<T, _>(u, [instances, count, 2])?;
    let visible = input::<V, _>(u, [instances, count])?;
    let rows = usually(u, |_| Ok(instances))? % 50;
    let corners = input::<f64, _>(u, [rows, 8])?;
    let (visible, corners) = (maybe(u, visible.view())?, maybe(u, corners.view())?);
    let bytes = u.bytes(u.len().min(16))?;
    at_two_tiers(|| codec.encode(keypoints.view(), visible, corners, &mut Bytes(bytes)));
    Ok(())
}

fn edpose<T: Float + Number, V: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &EdPoseLabel,
) -> Result<()> {
    let [instances, count] = shape(u)?;
    let shape = shape_or(u, [instances, count, 2])?;
    let keypoints = input::<T, _>(u, shape)?;
    let seen = shape_or(u, [instances, count])?;
    let visible = input::<V, _>(u, seen)?;
    let rows = usually(u, |_| Ok(instances))? % 50;
    let (corners, area) = (input::<T, _>(u, [rows, 4])?, input::<T, _>(u, rows)?);
    let (visible, area) = (maybe(u, visible.view())?, maybe(u, area.view())?);
    let (Any(width), Any(height)) = u.arbitrary()?;
    let image = [width.abs(), height.abs()];
    let _ = codec.encode(image, keypoints.view(), visible, area, Some(corners.view()));
    if let Ok(image) = Image::new(image) {
        let (mut points, mut visible) = (points::<T, 2>(u, 5)?, values::<V>(u, 10)?);
        image.normalize_points(&mut points, &mut visible);
    }
    Ok(())
}

fn yolox<T: Float + Number, V: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &YoloxPoseAnnotationProcessor,
) -> Result<()> {
    let [instances, count] = shape(u)?;
    let shape = shape_or(u, [instances, count, 2])?;
    let keypoints = input::<T, _>(u, shape)?;
    let seen = shape_or(u, [instances, count])?;
    let visible = input::<V, _>(u, seen)?;
    let rows = usually(u, |_| Ok(instances))? % 50;
    let corners = input::<T, _>(u, [rows, 4])?;
    let _ = codec.expand(keypoints.view(), maybe(u, visible.view())?, corners.view());
    let _ = YoloxPoseAnnotationProcessor::label(u.arbitrary()?);
    Ok(())
}
