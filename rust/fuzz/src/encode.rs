//! Every encoder: one sample as views of any strides, batches as slices of right and wrong lengths.

use arbitrary::{Result, Unstructured};
use arrayvec::ArrayVec;
use ndarray::{Array1, Array2, Array3};
use posecodec::Float;
use posecodec::codecs::{
    ArrayMut, DecoupledHeatmap, Dtype, EdPoseLabel, Encode, EncodePlan, Hand3dHeatmap, Image, Init,
    RandomSource, Simcc3dLabel, YoloxPoseAnnotationProcessor, encode_batch,
};

use crate::source::{Number, array, length, number, points, shape, side, values, view};
use crate::{at_two_tiers, codecs};

/// The most values that a call's targets may hold.
const MOST_TARGETS: usize = 1 << 17;

/// One codec and what is encoded with it.
pub fn one(u: &mut Unstructured<'_>) -> Result<()> {
    if u.arbitrary()? { with::<f32, f32>(u) } else { with::<f64, f32>(u) }
}

fn with<T: Float + Number, V: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=11)? {
        0 => codecs::msra(u)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        1 => codecs::udp(u)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        2 => codecs::megvii(u)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        3 => codecs::regression(u)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        4 => codecs::integral(u)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        5 => codecs::simcc(u)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        6 => codecs::spr(u)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        7 => codecs::associative(u, 3)?.map_or(Ok(()), |codec| encode::<_, T, V, 2>(u, &codec)),
        8 => codecs::simcc_3d(u)?.map_or(Ok(()), |codec| simcc_3d::<T, V>(u, &codec)),
        9 => codecs::hand_3d(u)?.map_or(Ok(()), |codec| hand_3d::<T, V>(u, &codec)),
        10 => codecs::decoupled(u)?.map_or(Ok(()), |codec| decoupled::<T, V>(u, &codec)),
        _ => boxes::<T, V>(u),
    }
}

/// How many values so many samples' targets hold; none where they are too many.
fn room<C: Encode<D>, const D: usize>(codec: &C, [batch, n, k]: [usize; 3]) -> Option<usize> {
    let each = |sum: usize, len: Option<usize>| sum.checked_add(len?);
    let all = codec.outputs(n, k).iter().map(|output| output.len()).try_fold(0, each)?;
    let all = all.checked_add(codec.scratch())?.checked_mul(batch.max(1))?;
    (all <= MOST_TARGETS).then_some(all)
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
    if room(codec, [1, instances, count]).is_none() {
        return Ok(());
    }
    let coordinates = if u.ratio(1, 12)? { u.int_in_range(0..=4)? } else { D };
    let keypoints: Array3<T> = array(u, [instances, count, coordinates])?;
    let seen = if u.ratio(1, 12)? { shape(u)? } else { [instances, count] };
    let visible: Array2<V> = array(u, seen)?;
    let keypoints = view(u, &keypoints)?;
    let visible = if u.arbitrary()? { Some(view(u, &visible)?) } else { None };
    at_two_tiers(|| codec.encode(keypoints, visible).map_err(|error| error.to_string()));
    batch::<C, T, V, D>(u, codec, [instances, count])
}

fn batch<C: Encode<D>, T: Float + Number, V: Float + Number, const D: usize>(
    u: &mut Unstructured<'_>,
    codec: &C,
    [instances, count]: [usize; 2],
) -> Result<()> {
    let batch = if u.ratio(1, 32)? { side(u)? } else { u.int_in_range(0..=3)? };
    let Some(_) = room(codec, [batch, instances, count]) else { return Ok(()) };
    let all = batch.saturating_mul(instances * count);
    let len = length(u, all.saturating_mul(D))?;
    let coordinates: Vec<T> = values(u, len)?;
    let len = length(u, all)?;
    let visible: Vec<V> = values(u, len)?;
    let visible = if u.arbitrary()? { Some(V::floats(&visible)) } else { None };
    let outputs = codec.outputs(instances, count);
    let (mut floats, mut integers, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for output in &outputs {
        let len = length(u, batch.saturating_mul(output.len().unwrap_or(0)))?;
        match output.dtype {
            Dtype::Int64 => integers = vec![7; len],
            Dtype::Like(_) => weights = vec![V::one(); len],
            _ => floats.push(vec![7f32; len]),
        }
    }
    let plan = EncodePlan { batch, instances, count, outputs };
    at_two_tiers(|| {
        let (mut rest, mut one, mut seen) = (floats.iter_mut(), Some(&mut integers), Some(&mut weights));
        let arrays = plan.outputs.iter().filter_map(|output| match output.dtype {
            Dtype::Int64 => one.take().map(|values| ArrayMut::I64(values)),
            Dtype::Like(_) => seen.take().map(|values| V::into_array(values)),
            _ => rest.next().map(|values| ArrayMut::F32(values)),
        });
        let arrays = arrays.collect::<ArrayVec<_, 4>>();
        let coordinates = T::floats(&coordinates);
        let done = encode_batch(codec, &plan, coordinates, visible, arrays, Init::Uninit);
        (done.map_err(|error| error.to_string()), floats.clone(), integers.clone(), weights.clone())
    });
    Ok(())
}

fn simcc_3d<T: Float + Number, V: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &Simcc3dLabel,
) -> Result<()> {
    let [instances, count] = shape(u)?;
    let flat: Vec<[T; 2]> = points(u, instances * count)?;
    let len = length(u, flat.len())?;
    let places: Vec<[V; 3]> = points(u, len)?;
    let places = if u.arbitrary()? { Some(&places[..]) } else { None };
    at_two_tiers(|| {
        codec.points::<T, V, T>(&flat, places, count).map_err(|error| error.to_string())
    });
    encode::<_, T, V, 3>(u, codec)
}

fn hand_3d<T: Float + Number, V: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &Hand3dHeatmap,
) -> Result<()> {
    codec.encode_root(T::zero() + <T as Float>::of(number(u)?), number(u)?);
    let count = u.int_in_range(0..=8)?;
    let len = u.int_in_range(0..=8)?;
    let weights: Vec<f64> = values(u, len)?;
    let weights = if u.arbitrary()? { Some(&weights[..]) } else { None };
    let Ok(encoder) = codec.encoder(count, weights) else { return Ok(()) };
    let instances = u.int_in_range(0..=3)?;
    if room(&encoder, [1, instances, count]).is_none() {
        return Ok(());
    }
    let keypoints: Array3<T> = array(u, [instances, count, 3])?;
    let visible: Array2<V> = array(u, [instances, count])?;
    let visible = if u.arbitrary()? { Some(visible.view()) } else { None };
    at_two_tiers(|| encoder.encode(keypoints.view(), visible).map_err(|error| error.to_string()));
    batch::<_, T, V, 3>(u, &encoder, [instances, count])
}

/// Jitter and samples, out of the fuzzer's bytes; at times not what was asked for.
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
    if width.saturating_mul(height).saturating_mul(maps) > MOST_TARGETS {
        return Ok(());
    }
    let keypoints: Array3<T> = array(u, [instances, count, 2])?;
    let visible: Array2<V> = array(u, [instances, count])?;
    let rows = if u.ratio(1, 12)? { side(u)? % 50 } else { instances };
    let corners: Array2<f64> = array(u, [rows, 8])?;
    let keypoints = view(u, &keypoints)?;
    let visible = if u.arbitrary()? { Some(view(u, &visible)?) } else { None };
    let corners = if u.arbitrary()? { Some(view(u, &corners)?) } else { None };
    let bytes = u.bytes(u.len().min(16))?;
    at_two_tiers(|| {
        let encoded = codec.encode(keypoints, visible, corners, &mut Bytes(bytes));
        encoded.map_err(|error| error.to_string())
    });
    Ok(())
}

fn boxes<T: Float + Number, V: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [instances, count] = shape(u)?;
    let coordinates = if u.ratio(1, 12)? { u.int_in_range(0..=4)? } else { 2 };
    let keypoints: Array3<T> = array(u, [instances, count, coordinates])?;
    let seen = if u.ratio(1, 12)? { shape(u)? } else { [instances, count] };
    let visible: Array2<V> = array(u, seen)?;
    let rows = if u.ratio(1, 12)? { side(u)? % 50 } else { instances };
    let (corners, area): (Array2<T>, Array1<T>) = (array(u, [rows, 4])?, array(u, rows)?);
    let (keypoints, corners) = (view(u, &keypoints)?, view(u, &corners)?);
    let visible = if u.arbitrary()? { Some(view(u, &visible)?) } else { None };
    let image = [number(u)?.abs(), number(u)?.abs()];
    let area = if u.arbitrary()? { Some(view(u, &area)?) } else { None };
    if let Some(codec) = codecs::edpose(u)? {
        let codec: EdPoseLabel = codec;
        let encoded = codec.encode(image, keypoints, visible, area, Some(corners));
        if let Ok(image) = Image::new(image) {
            let (mut points, mut visible) = (points::<T, 2>(u, 5)?, values::<V>(u, 10)?);
            image.normalize_points(&mut points, &mut visible);
        }
        drop(encoded);
    }
    if let Some(codec) = codecs::yolox(u)? {
        let _ = codec.expand(keypoints, visible, corners);
        YoloxPoseAnnotationProcessor::label(u.arbitrary()?);
    }
    Ok(())
}
