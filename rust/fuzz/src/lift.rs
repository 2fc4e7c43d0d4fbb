//! The codecs that lift poses: one sample as views of any strides, batches as slices of right and
//! wrong lengths.

use arbitrary::{Result, Unstructured};
use ndarray::{Array2, Array3};
use posecodec::Float;
use posecodec::codecs::{
    Camera, DecodePoses, ImageScale, LiftPose, MotionBertLabel, Pair, PoseBatch, RootKind,
    RootOutput, TargetBatch, VideoPoseLifting, check_target_batch, decode_poses_batch,
    encode_keypoints_batch, encode_target_batch,
};

use crate::source::{Number, array, claimed, length, number, points, shape, values, view};
use crate::{at_two_tiers, codecs};

/// One codec, poses that are encoded with it, and answers that are decoded.
pub fn one(u: &mut Unstructured<'_>) -> Result<()> {
    if u.arbitrary()? { with::<f32>(u) } else { with::<f64>(u) }
}

fn with<T: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let count = u.int_in_range(0..=9)?;
    match u.int_in_range(0..=2)? {
        0 => {
            let Some(codec) = codecs::image_lifting(u, count)? else { return Ok(()) };
            encode::<_, T>(u, &codec, count)?;
            decode::<_, T>(u, &codec, count)
        }
        1 => {
            let Some(codec) = codecs::video_lifting(u, count)? else { return Ok(()) };
            encode::<_, T>(u, &codec, count)?;
            decode::<_, T>(u, &codec, count)
        }
        _ => {
            let Some(codec) = codecs::motionbert(u, count)? else { return Ok(()) };
            encode::<_, T>(u, &codec, count)?;
            frames::<T>(u, &codec, count)
        }
    }
}

fn pair(u: &mut Unstructured<'_>) -> Result<Option<Pair>> {
    let values = [number(u)?, number(u)?];
    Ok(match u.int_in_range(0..=5)? {
        0 => None,
        1 => Some(Pair::F32(values.map(|value| value as f32))),
        _ => Some(Pair::F64(values)),
    })
}

fn camera(u: &mut Unstructured<'_>) -> Result<Option<Camera>> {
    let size = if u.ratio(1, 12)? { [number(u)?, number(u)?] } else { [1000.0, 1002.0] };
    let camera = if u.arbitrary()? {
        Camera::new(size, pair(u)?, pair(u)?)
    } else {
        Camera::new(size, Some(Pair::F64([1145.0, 1143.0])), Some(Pair::F64([512.0, 515.0])))
    };
    if let Ok(camera) = &camera {
        let _ = VideoPoseLifting::normalize_camera(camera);
    }
    Ok(camera.ok())
}

fn encode<C: LiftPose, T: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &C,
    count: usize,
) -> Result<()> {
    let frames = u.int_in_range(0..=9)?;
    let dims = if u.ratio(1, 6)? { u.int_in_range(0..=4)? } else { 3 };
    let poses: Array3<T> = array(u, [frames, count, dims])?;
    let seen = if u.ratio(1, 12)? { shape(u)? } else { [frames, count] };
    let visible: Array2<T> = array(u, seen)?;
    let camera = camera(u)?;
    let poses = view(u, &poses)?;
    let visible = if u.arbitrary()? { Some(view(u, &visible)?) } else { None };
    let len = if u.arbitrary()? { 1 } else { length(u, frames)? };
    let factor: Vec<f64> = values(u, len)?;
    let factor = if u.arbitrary()? { Some(&factor[..]) } else { None };
    at_two_tiers(|| {
        let labels = codec.encode_keypoints(poses, visible, camera.as_ref());
        labels.map_err(|error| error.to_string())
    });
    at_two_tiers(|| {
        let targets = codec.encode_target(poses, visible, camera.as_ref(), factor);
        targets.map_err(|error| error.to_string())
    });
    batch::<C, T>(u, codec, [frames, count, dims], camera)
}

fn batch<C: LiftPose, T: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &C,
    [frames, count, dims]: [usize; 3],
    camera: Option<Camera>,
) -> Result<()> {
    let batch = u.int_in_range(0..=3)?;
    let len = length(u, batch * frames * count * dims)?;
    let poses: Vec<T> = values(u, len)?;
    let shape = claimed(u, [batch, frames, count, dims])?;
    let cameras: Vec<Camera> = camera.into_iter().cycle().take(u.int_in_range(0..=3)?).collect();
    let poses = PoseBatch { values: &poses, shape, cameras: &cameras };
    let layout = codec.layout(dims, 1);
    let labels = layout.shape(frames).iter().fold(1usize, |all, &side| all.saturating_mul(side));
    let len = length(u, batch * frames * count * layout.extra)?;
    let extra: Vec<f64> = values(u, len)?;
    let mut labels = vec![0f64; length(u, batch.saturating_mul(labels))?];
    if codec.check_keypoints(dims, poses.camera(0)).is_ok() {
        let _ = encode_keypoints_batch(codec, poses, &extra, layout, &mut labels);
    }
    if check_target_batch(codec, poses).is_err() {
        return Ok(());
    }
    let kept = count.saturating_sub(usize::from(codec.removed().is_some()));
    let mut label = vec![T::zero(); length(u, batch * frames * kept * dims)?];
    let roots = length(u, batch * frames * dims)?;
    let (mut single, mut own) = (vec![0f32; roots], vec![T::zero(); roots]);
    let each = if u.arbitrary()? { frames } else { 1 };
    let len = length(u, batch * each)?;
    let mut factor: Vec<f64> = if u.arbitrary()? { values(u, len)? } else { vec![0.0; len] };
    let into = TargetBatch {
        label: &mut label,
        roots: match codec.root_kind() {
            RootKind::Absent => RootOutput::Absent,
            RootKind::Float32 => RootOutput::Float32(&mut single),
            RootKind::Target => RootOutput::Target(&mut own),
        },
        factor: &mut factor,
    };
    let _ = encode_target_batch(codec, poses, into);
    Ok(())
}

fn decode<C: DecodePoses, T: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &C,
    count: usize,
) -> Result<()> {
    let (poses, dims) = (u.int_in_range(0..=5)?, u.int_in_range(0..=4)?);
    let count = if u.ratio(1, 4)? { u.int_in_range(0..=10)? } else { count };
    let encoded: Array3<T> = array(u, [poses, count, dims])?;
    let rows = if u.arbitrary()? { 1 } else { poses };
    let rooted = if u.ratio(1, 12)? { shape(u)? } else { [rows, dims] };
    let root: Array2<T> = array(u, rooted)?;
    let (encoded, root) = (view(u, &encoded)?, view(u, &root)?);
    let root = if u.arbitrary()? { Some(root) } else { None };
    at_two_tiers(|| codec.decode(encoded, root).map_err(|error| error.to_string()));

    let batch = u.int_in_range(0..=3)?;
    let len = length(u, batch * poses * count * dims)?;
    let encoded: Vec<T> = values(u, len)?;
    let shape = claimed(u, [batch, poses, count, dims])?;
    let len = length(u, batch * rows * dims)?;
    let roots: Vec<f64> = values(u, len)?;
    let roots = if u.arbitrary()? { Some(&roots[..]) } else { None };
    let kept = codec.decoded_keypoints([poses, count, dims], roots.is_some()).unwrap_or(count);
    let mut keypoints = vec![0f64; length(u, batch * poses * kept * dims)?];
    let _ = decode_poses_batch(codec, &encoded, shape, roots, &mut keypoints);
    Ok(())
}

fn frames<T: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &MotionBertLabel,
    count: usize,
) -> Result<()> {
    let poses = u.int_in_range(0..=5)?;
    let dims = if u.ratio(1, 8)? { u.int_in_range(0..=4)? } else { 3 };
    let encoded: Array3<T> = array(u, [poses, count, dims])?;
    let encoded = view(u, &encoded)?;
    let mut scales: [Vec<f64>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    for scale in &mut scales {
        let len = if u.arbitrary()? { 1 } else { length(u, poses)? };
        *scale = if u.ratio(1, 4)? { values(u, len)? } else { vec![1000.0; len] };
    }
    let [widths, heights, factor] = &scales;
    let scale = ImageScale {
        size: if u.arbitrary()? { Some([widths, heights]) } else { None },
        factor: if u.arbitrary()? { Some(factor) } else { None },
    };
    at_two_tiers(|| codec.decode(encoded, scale).map_err(|error| error.to_string()));
    let len = length(u, poses * count)?;
    let encoded: Vec<[T; 3]> = points(u, len)?;
    let mut keypoints = vec![[T::zero(); 3]; length(u, poses * count)?];
    let _ = codec.decode_frames(&encoded, scale, &mut keypoints);
    Ok(())
}
