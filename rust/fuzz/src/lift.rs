//! Pose lifting: single samples as views of any strides, batches as slices of right and wrong lengths.

use arbitrary::{Result, Unstructured};
use posecodec::Float;
use posecodec::codecs::poses::{Camera, ImageScale, MotionBertLabel, Pair, VideoPoseLifting};
use posecodec::codecs::slices::{
    PoseBatch, RootKind, RootOutput, TargetBatch, check_target_batch, decode_poses_batch,
    encode_keypoints_batch, encode_target_batch,
};
use posecodec::codecs::{DecodePoses, LiftPose};

use crate::source::{Any, Number, claimed, input, length, maybe, output, points, shape_or, values};
use crate::{at_two_tiers, codecs};

/// Encodes and decodes with one codec.
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
    let (Any(x), Any(y)) = u.arbitrary()?;
    Ok(match u.int_in_range(0..=5)? {
        0 => None,
        1 => Some(Pair::F32([x as f32, y as f32])),
        _ => Some(Pair::F64([x, y])),
    })
}

fn camera(u: &mut Unstructured<'_>) -> Result<Option<Camera>> {
    let (Any(width), Any(height)) = u.arbitrary()?;
    let size = if u.ratio(1, 12)? { [width, height] } else { [1000.0, 1002.0] };
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
    let poses = input::<T, _>(u, [frames, count, dims])?;
    let seen = shape_or(u, [frames, count])?;
    let visible = input::<T, _>(u, seen)?;
    let visible = maybe(u, visible.view())?;
    let camera = camera(u)?;
    let len = if u.arbitrary()? { 1 } else { frames };
    let factor = values(u, len)?;
    let factor = maybe(u, &factor[..])?;
    at_two_tiers(|| codec.encode_keypoints(poses.view(), visible, camera.as_ref()));
    at_two_tiers(|| codec.encode_target(poses.view(), visible, camera.as_ref(), factor));
    batch::<C, T>(u, codec, [frames, count, dims], camera)
}

fn batch<C: LiftPose, T: Float + Number>(
    u: &mut Unstructured<'_>,
    codec: &C,
    [frames, count, dims]: [usize; 3],
    camera: Option<Camera>,
) -> Result<()> {
    let batch = u.int_in_range(0..=3)?;
    let poses = values::<T>(u, batch * frames * count * dims)?;
    let shape = claimed(u, [batch, frames, count, dims])?;
    let cameras: Vec<Camera> = camera.into_iter().cycle().take(u.int_in_range(0..=3)?).collect();
    let poses = PoseBatch { values: &poses, shape, cameras: &cameras };
    let layout = codec.layout(dims, 1);
    let labels = layout.shape(frames).iter().fold(batch, |all, &side| all.saturating_mul(side));
    let extra = values(u, batch * frames * count * layout.extra)?;
    let mut labels = output(u, 0f64, labels)?;
    if codec.check_keypoints(dims, poses.camera(0)).is_ok() {
        let _ = encode_keypoints_batch(codec, poses, &extra, layout, &mut labels);
    }
    if check_target_batch(codec, poses).is_err() {
        return Ok(());
    }
    let kept = count.saturating_sub(usize::from(codec.removed().is_some()));
    let roots = length(u, batch * frames * dims)?;
    let each = if u.arbitrary()? { frames } else { 1 };
    let known = u.arbitrary::<bool>()?;
    let into = TargetBatch {
        label: &mut output(u, T::zero(), batch * frames * kept * dims)?,
        roots: match codec.root_kind() {
            RootKind::Absent => RootOutput::Absent,
            RootKind::Float32 => RootOutput::Float32(&mut vec![0f32; roots]),
            RootKind::Target => RootOutput::Target(&mut vec![T::zero(); roots]),
        },
        factor: &mut if known { values(u, batch * each)? } else { output(u, 0.0, batch * each)? },
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
    let encoded = input::<T, _>(u, [poses, count, dims])?;
    let rows = if u.arbitrary()? { 1 } else { poses };
    let rooted = shape_or(u, [rows, dims])?;
    let root = input::<T, _>(u, rooted)?;
    let root = maybe(u, root.view())?;
    at_two_tiers(|| codec.decode(encoded.view(), root));

    let batch = u.int_in_range(0..=3)?;
    let encoded = values::<T>(u, batch * poses * count * dims)?;
    let shape = claimed(u, [batch, poses, count, dims])?;
    let roots = values::<f64>(u, batch * rows * dims)?;
    let roots = maybe(u, &roots[..])?;
    let kept = codec.decoded_keypoints([poses, count, dims], roots.is_some()).unwrap_or(count);
    let mut keypoints = output(u, 0f64, batch * poses * kept * dims)?;
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
    let encoded = input::<T, _>(u, [poses, count, dims])?;
    let mut scale = || -> Result<Vec<f64>> {
        let len = if u.arbitrary()? { 1 } else { poses };
        if u.ratio(1, 4)? { values(u, len) } else { output(u, 1000.0, len) }
    };
    let (widths, heights, factor) = (scale()?, scale()?, scale()?);
    let scale =
        ImageScale { size: maybe(u, [&widths[..], &heights[..]])?, factor: maybe(u, &factor[..])? };
    at_two_tiers(|| codec.decode(encoded.view(), scale));
    let encoded = points::<T, 3>(u, poses * count)?;
    let mut keypoints = output(u, [T::zero(); 3], poses * count)?;
    let _ = codec.decode_frames(&encoded, scale, &mut keypoints);
    Ok(())
}
