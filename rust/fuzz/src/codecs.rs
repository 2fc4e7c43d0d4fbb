//! Codecs with arbitrary options. `None` where a constructor refused.

use arbitrary::{Result, Unstructured};
use ndarray::Array2;
use posecodec::codecs::*;

use crate::source::{array, number, positive, shape, side, size};

pub(crate) fn sizes(u: &mut Unstructured<'_>) -> Result<[[usize; 2]; 2]> {
    Ok([size(u)?, size(u)?])
}

/// A number of taps: mostly odd.
fn taps(u: &mut Unstructured<'_>) -> Result<usize> {
    if u.ratio(1, 12)? { side(u) } else { Ok(2 * u.int_in_range(0..=30)? + 1) }
}

pub(crate) fn root_type(u: &mut Unstructured<'_>) -> Result<RootType> {
    Ok(if u.arbitrary()? { RootType::BoxCenter } else { RootType::KeypointCenter })
}

pub(crate) fn indices(u: &mut Unstructured<'_>) -> Result<Vec<usize>> {
    (0..u.int_in_range(0..=3)?).map(|_| side(u)).collect()
}

fn signed_indices(u: &mut Unstructured<'_>) -> Result<Vec<isize>> {
    let index = |u: &mut Unstructured<'_>| {
        Ok(if u.ratio(1, 12)? { u.arbitrary()? } else { u.int_in_range(-6..=6)? })
    };
    (0..u.int_in_range(0..=5)?).map(|_| index(u)).collect()
}

pub(crate) fn msra(u: &mut Unstructured<'_>) -> Result<Option<MsraHeatmap>> {
    let [input, map] = sizes(u)?;
    Ok(MsraHeatmap::new(input, map, positive(u)?, u.arbitrary()?, taps(u)?).ok())
}

pub(crate) fn udp(u: &mut Unstructured<'_>) -> Result<Option<UdpHeatmap>> {
    let [input, map] = sizes(u)?;
    let kind = if u.arbitrary()? {
        UdpHeatmapKind::Gaussian { sigma: positive(u)? }
    } else {
        UdpHeatmapKind::Combined { radius_factor: positive(u)? / 16.0 }
    };
    Ok(UdpHeatmap::new(input, map, kind, taps(u)?).ok())
}

pub(crate) fn megvii(u: &mut Unstructured<'_>) -> Result<Option<MegviiHeatmap>> {
    let [input, map] = sizes(u)?;
    Ok(MegviiHeatmap::new(input, map, taps(u)?).ok())
}

pub(crate) fn regression(u: &mut Unstructured<'_>) -> Result<Option<RegressionLabel>> {
    Ok(RegressionLabel::new(size(u)?).ok())
}

pub(crate) fn integral(u: &mut Unstructured<'_>) -> Result<Option<IntegralRegressionLabel>> {
    let [input, map] = sizes(u)?;
    let (sigma, unbiased, taps) = (positive(u)?, u.arbitrary()?, taps(u)?);
    Ok(IntegralRegressionLabel::new(input, map, sigma, unbiased, taps, u.arbitrary()?).ok())
}

/// Bins an input pixel: few, that a profile of them is made in no time, or more than memory holds.
fn split_ratio(u: &mut Unstructured<'_>) -> Result<f64> {
    let few = f64::from(u.arbitrary::<u8>()?) / 64.0;
    let any = if u.ratio(1, 64)? { number(u)? } else { few };
    Ok(if (4.0..1e16).contains(&any) { few } else { any })
}

pub(crate) fn simcc(u: &mut Unstructured<'_>) -> Result<Option<SimccLabel>> {
    let smoothing = if u.arbitrary()? {
        SimccSmoothing::Gaussian
    } else {
        SimccSmoothing::Standard { label_smooth_weight: positive(u)? / 32.0 }
    };
    let options = SimccOptions {
        smoothing,
        sigma: [positive(u)?, positive(u)?],
        simcc_split_ratio: split_ratio(u)?,
        normalize: u.arbitrary()?,
        use_dark: u.arbitrary()?,
        decode_visibility: u.arbitrary()?,
        decode_beta: positive(u)?,
    };
    Ok(SimccLabel::new(size(u)?, options).ok())
}

pub(crate) fn simcc_3d(u: &mut Unstructured<'_>) -> Result<Option<Simcc3dLabel>> {
    let options = Simcc3dOptions {
        sigma: [positive(u)?, positive(u)?, positive(u)?],
        simcc_split_ratio: split_ratio(u)?,
        normalize: u.arbitrary()?,
        use_dark: u.arbitrary()?,
        root_index: signed_indices(u)?,
        z_range: positive(u)?,
    };
    Ok(Simcc3dLabel::new(size(u)?, options).ok())
}

pub(crate) fn hand_3d(u: &mut Unstructured<'_>) -> Result<Option<Hand3dHeatmap>> {
    let options = Hand3dOptions {
        image_size: size(u)?,
        root_heatmap_size: side(u)?,
        heatmap_size: if u.ratio(1, 12)? { size(u)? } else { shape(u)? },
        heatmap_size_root: side(u)?,
        heatmap3d_depth_bound: positive(u)?,
        root_depth_bound: positive(u)?,
        depth_size: side(u)?,
        use_different_joint_weights: u.arbitrary()?,
        sigma: positive(u)? / 8.0,
        joint_indices: if u.arbitrary()? { Some(signed_indices(u)?) } else { None },
        max_bound: positive(u)?,
    };
    Ok(Hand3dHeatmap::new(options).ok())
}

pub(crate) fn decoupled(u: &mut Unstructured<'_>) -> Result<Option<DecoupledHeatmap>> {
    let options = DecoupledHeatmapOptions {
        root_type: root_type(u)?,
        heatmap_min_overlap: positive(u)? / 64.0,
        max_instances: side(u)?,
    };
    let [input, map] = sizes(u)?;
    Ok(DecoupledHeatmap::new(input, map, options).ok())
}

pub(crate) fn spr(u: &mut Unstructured<'_>) -> Result<Option<Spr>> {
    let sigmas = [positive(u)? / 4.0, positive(u)? / 4.0, 1.0];
    let options = SprOptions {
        generate_keypoint_heatmaps: u.arbitrary()?,
        root_type: root_type(u)?,
        minimal_diagonal_length: positive(u)? / 8.0,
        background_weight: number(u)?,
        nms_kernel: taps(u)?,
        max_instances: side(u)?,
        threshold: number(u)?,
        ..Default::default()
    };
    let Ok(options) = options.with_sigmas(&sigmas[..u.int_in_range(0..=3)?]) else {
        return Ok(None);
    };
    let [input, map] = sizes(u)?;
    Ok(Spr::new(input, map, options).ok())
}

pub(crate) fn associative(
    u: &mut Unstructured<'_>,
    count: usize,
) -> Result<Option<AssociativeEmbedding>> {
    let mut keypoint_order: Vec<usize> = (0..count).collect();
    if u.ratio(1, 8)? {
        keypoint_order = indices(u)?;
    } else if u.arbitrary()? {
        keypoint_order.reverse();
    }
    let options = AssociativeEmbeddingOptions {
        sigma: if u.arbitrary()? { Some(positive(u)? / 4.0) } else { None },
        use_udp: u.arbitrary()?,
        keypoint_order,
        nms_kernel: taps(u)?,
        gaussian_kernel: taps(u)?,
        keypoint_threshold: number(u)?,
        tag_threshold: number(u)?,
        top_k: if u.ratio(1, 12)? { side(u)? } else { u.int_in_range(1..=12)? },
        center_shift: number(u)?,
        max_instances: if u.arbitrary()? { Some(side(u)?) } else { None },
    };
    let [input, map] = sizes(u)?;
    Ok(AssociativeEmbedding::new(input, map, options).ok())
}

pub(crate) fn edpose(u: &mut Unstructured<'_>) -> Result<Option<EdPoseLabel>> {
    let keypoints = if u.ratio(1, 12)? { side(u)? } else { u.int_in_range(1..=9)? };
    Ok(EdPoseLabel::new(side(u)?, keypoints).ok())
}

pub(crate) fn yolox(u: &mut Unstructured<'_>) -> Result<Option<YoloxPoseAnnotationProcessor>> {
    let size = if u.arbitrary()? { Some(size(u)?) } else { None };
    Ok(YoloxPoseAnnotationProcessor::new(u.arbitrary()?, size).ok())
}

/// The number of keypoints that a lifting codec has, at times not that of the poses.
fn keypoints(u: &mut Unstructured<'_>, count: usize) -> Result<usize> {
    if u.ratio(1, 12)? { side(u) } else { Ok(count) }
}

fn statistics(u: &mut Unstructured<'_>, count: usize) -> Result<Option<Statistics>> {
    if u.arbitrary()? {
        return Ok(None);
    }
    let shape = if u.ratio(1, 8)? { shape::<2>(u)? } else { [count, u.int_in_range(1..=3)?] };
    let mean: Array2<f32> = array(u, shape)?;
    let std = if u.ratio(1, 8)? { array(u, shape)? } else { mean.mapv(|mean| mean.abs() + 0.5) };
    Ok(Some(Statistics { mean, std }))
}

pub(crate) fn image_lifting(
    u: &mut Unstructured<'_>,
    count: usize,
) -> Result<Option<ImagePoseLifting>> {
    let options = ImagePoseLiftingOptions {
        root_index: if u.ratio(1, 4)? { indices(u)? } else { vec![0] },
        remove_root: u.arbitrary()?,
        save_index: u.arbitrary()?,
        reshape_keypoints: u.arbitrary()?,
        concat_vis: u.arbitrary()?,
        keypoints: statistics(u, count)?,
        target: statistics(u, count)?,
    };
    Ok(ImagePoseLifting::new(keypoints(u, count)?, options).ok())
}

pub(crate) fn video_lifting(
    u: &mut Unstructured<'_>,
    count: usize,
) -> Result<Option<VideoPoseLifting>> {
    let options = VideoPoseLiftingOptions {
        zero_center: u.arbitrary()?,
        root_index: if u.ratio(1, 4)? { indices(u)? } else { vec![0] },
        remove_root: u.arbitrary()?,
        save_index: u.arbitrary()?,
        reshape_keypoints: u.arbitrary()?,
        concat_vis: u.arbitrary()?,
        normalize_camera: u.arbitrary()?,
    };
    Ok(VideoPoseLifting::new(keypoints(u, count)?, options).ok())
}

pub(crate) fn motionbert(
    u: &mut Unstructured<'_>,
    count: usize,
) -> Result<Option<MotionBertLabel>> {
    let options = MotionBertOptions {
        root_index: if u.ratio(1, 4)? { side(u)? } else { 0 },
        concat_vis: u.arbitrary()?,
        rootrel: u.arbitrary()?,
        mode: if u.arbitrary()? { MotionBertMode::Train } else { MotionBertMode::Test },
    };
    Ok(MotionBertLabel::new(keypoints(u, count)?, options).ok())
}
