//! Codecs with arbitrary options.

use arbitrary::{Arbitrary, Result, Unstructured};
use ndarray::Array2;
use posecodec::codecs::{hands::*, heatmaps::*, people::*, poses::*, regression::*, simcc::*};

use crate::source::{Any, Indices, Odd, Positive, Side, Size, input, shape, usually};

/// Defines a function that makes a codec of arbitrary arguments; `None` if they are invalid. The names in
/// the pattern are bound to arbitrary values, `count` is the number of keypoints.
macro_rules! codec {
    ($name:ident($u:ident $(, $count:ident)?) -> $codec:ty, $arguments:pat => $build:expr) => {
        pub(crate) fn $name($u: &mut Unstructured<'_> $(, $count: usize)?) -> Result<Option<$codec>> {
            let $arguments = $u.arbitrary()?;
            Ok($build.ok())
        }
    };
}

codec!(msra(u) -> MsraHeatmap, (Size(input), Size(map), Positive(sigma), unbiased, Odd(kernel)) =>
    MsraHeatmap::new(input, map, MsraHeatmapOptions { sigma, unbiased, blur_kernel_size: kernel }));
codec!(udp(u) -> UdpHeatmap, (Size(input), Size(map), combined, Positive(size), Odd(kernel)) =>
UdpHeatmap::new(input, map, UdpHeatmapOptions {
    kind: udp_kind(combined, size),
    blur_kernel_size: kernel,
}));
codec!(megvii(u) -> MegviiHeatmap, (Size(input), Size(map), Odd(kernel)) =>
    MegviiHeatmap::new(input, map, MegviiHeatmapOptions { kernel_size: kernel }));
codec!(regression(u) -> RegressionLabel, Size(input) => RegressionLabel::new(input));
codec!(integral(u) -> IntegralRegressionLabel,
(Size(input), Size(map), Positive(sigma), unbiased, Odd(kernel), normalize) =>
IntegralRegressionLabel::new(input, map, IntegralRegressionLabelOptions {
    sigma,
    unbiased,
    blur_kernel_size: kernel,
    normalize,
}));
codec!(simcc(u) -> SimccLabel,
(Size(input), smooth, Positive(weight), (Positive(x), Positive(y)), SplitRatio(ratio),
 (normalize, use_dark, decode_visibility), Positive(decode_beta)) =>
SimccLabel::new(input, SimccLabelOptions {
    smoothing: match smooth {
        true => SimccSmoothing::Standard { label_smooth_weight: weight / 32.0 },
        false => SimccSmoothing::Gaussian,
    },
    sigma: [x, y],
    simcc_split_ratio: ratio,
    normalize,
    use_dark,
    decode_visibility,
    decode_beta,
}));
codec!(simcc_3d(u) -> Simcc3dLabel,
(Size(input), (Positive(x), Positive(y), Positive(z)), SplitRatio(ratio), (normalize, use_dark),
 Indices(root_index), Positive(z_range)) =>
Simcc3dLabel::new(input, Simcc3dLabelOptions {
    sigma: [x, y, z],
    simcc_split_ratio: ratio,
    normalize,
    use_dark,
    root_index,
    z_range,
}));
codec!(hand_3d(u) -> Hand3dHeatmap,
(Size(image_size), (Side(root_heatmap_size), Side(heatmap_size_root), Side(depth_size)),
 (Positive(heatmap3d_depth_bound), Positive(root_depth_bound), Positive(max_bound)),
 use_different_joint_weights, Positive(sigma), joint_indices) =>
Hand3dHeatmap::new(Hand3dHeatmapOptions {
    image_size,
    root_heatmap_size,
    heatmap_size: if u.ratio(1, 12)? { u.arbitrary::<Size<3>>()?.0 } else { shape(u)? },
    heatmap_size_root,
    heatmap3d_depth_bound,
    root_depth_bound,
    depth_size,
    use_different_joint_weights,
    sigma: sigma / 8.0,
    joint_indices: Option::map(joint_indices, |Indices(indices)| indices),
    max_bound,
}));
codec!(decoupled(u) -> DecoupledHeatmap,
(Size(input), Size(map), box_center, Positive(overlap), Side(max_instances)) =>
DecoupledHeatmap::new(input, map, DecoupledHeatmapOptions {
    root_type: root_type(box_center),
    heatmap_min_overlap: overlap / 64.0,
    max_instances,
}));
codec!(spr(u) -> Spr,
    (Size(input), Size(map), (Positive(first), Positive(second)), generate_keypoint_heatmaps, box_center,
     Positive(length), Any(background_weight), Odd(nms_kernel), Side(max_instances), Any(threshold)) =>
    SprOptions {
        generate_keypoint_heatmaps,
        root_type: root_type(box_center),
        minimal_diagonal_length: length / 8.0,
        background_weight,
        nms_kernel,
        max_instances,
        threshold,
        ..Default::default()
    }
    .with_sigmas(&[first / 4.0, second / 4.0, 1.0][..u.int_in_range(0..=3)?])
    .and_then(|options| Spr::new(input, map, options)));
codec!(associative(u, count) -> AssociativeEmbedding,
(Size(input), Size(map), sigma, use_udp, (Odd(nms_kernel), Odd(gaussian_kernel)),
 (Any(keypoint_threshold), Any(tag_threshold), Any(center_shift)), max_instances) =>
AssociativeEmbedding::new(input, map, AssociativeEmbeddingOptions {
    sigma: Option::map(sigma, |Positive(sigma)| sigma / 4.0),
    use_udp,
    keypoint_order: keypoint_order(u, count)?,
    nms_kernel,
    gaussian_kernel,
    keypoint_threshold,
    tag_threshold,
    top_k: usually(u, |u| u.int_in_range(1..=12))?,
    center_shift,
    max_instances: Option::map(max_instances, |Side(count)| count),
}));
codec!(edpose(u) -> EdPoseLabel, Side(select) =>
EdPoseLabel::new(EdPoseLabelOptions {
    num_select: select,
    num_keypoints: usually(u, |u| u.int_in_range(1..=9))?,
}));
codec!(yolox(u) -> YoloxPoseAnnotationProcessor, (expand_bbox, size) =>
YoloxPoseAnnotationProcessor::new(YoloxPoseAnnotationProcessorOptions {
    expand_bbox,
    input_size: Option::map(size, |Size(size)| size),
}));
codec!(image_lifting(u, count) -> ImagePoseLifting,
(remove_root, save_index, reshape_keypoints, concat_vis) =>
ImagePoseLifting::new(usually(u, |_| Ok(count))?, ImagePoseLiftingOptions {
    root_index: root_index(u)?,
    remove_root,
    save_index,
    reshape_keypoints,
    concat_vis,
    keypoints: statistics(u, count)?,
    target: statistics(u, count)?,
}));
codec!(video_lifting(u, count) -> VideoPoseLifting,
(zero_center, remove_root, save_index, reshape_keypoints, concat_vis, normalize_camera) =>
VideoPoseLifting::new(usually(u, |_| Ok(count))?, VideoPoseLiftingOptions {
    zero_center,
    root_index: root_index(u)?,
    remove_root,
    save_index,
    reshape_keypoints,
    concat_vis,
    normalize_camera,
}));
codec!(motionbert(u, count) -> MotionBertLabel, (concat_vis, rootrel, train) =>
MotionBertLabel::new(usually(u, |_| Ok(count))?, MotionBertLabelOptions {
    root_index: if u.ratio(1, 4)? { u.arbitrary::<Side>()?.0 } else { 0 },
    concat_vis,
    rootrel,
    mode: if train { MotionBertMode::Train } else { MotionBertMode::Test },
}));

pub(crate) fn associative_of_3(u: &mut Unstructured<'_>) -> Result<Option<AssociativeEmbedding>> {
    associative(u, 3)
}

fn udp_kind(combined: bool, size: f64) -> UdpHeatmapKind {
    if combined {
        UdpHeatmapKind::Combined { radius_factor: size / 16.0 }
    } else {
        UdpHeatmapKind::Gaussian { sigma: size }
    }
}

pub(crate) fn root_type(box_center: bool) -> RootType {
    if box_center { RootType::BoxCenter } else { RootType::KeypointCenter }
}

/// Bins per input pixel: few, so that profiles are computed quickly, or more than memory can hold.
struct SplitRatio(f64);

impl<'a> Arbitrary<'a> for SplitRatio {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let few = f64::from(u.arbitrary::<u8>()?) / 64.0;
        let ratio = if u.ratio(1, 64)? { u.arbitrary::<Any>()?.0 } else { few };
        Ok(Self(if (4.0..1e16).contains(&ratio) { few } else { ratio }))
    }
}

/// All keypoints in ascending or descending order, or rarely any indices.
fn keypoint_order(u: &mut Unstructured<'_>, count: usize) -> Result<Vec<usize>> {
    if u.ratio(1, 8)? {
        return Ok(u.arbitrary::<Indices<usize>>()?.0);
    }
    Ok(if u.arbitrary()? { (0..count).collect() } else { (0..count).rev().collect() })
}

fn root_index(u: &mut Unstructured<'_>) -> Result<Vec<usize>> {
    if u.ratio(1, 4)? { Ok(u.arbitrary::<Indices<usize>>()?.0) } else { Ok(vec![0]) }
}

fn statistics(u: &mut Unstructured<'_>, count: usize) -> Result<Option<Statistics>> {
    if u.arbitrary()? {
        return Ok(None);
    }
    let shape = if u.ratio(1, 8)? { shape::<2>(u)? } else { [count, u.int_in_range(1..=3)?] };
    let array = |u: &mut Unstructured<'_>| Ok(input::<f32, _>(u, shape)?.view().to_owned());
    let mean: Array2<f32> = array(u)?;
    let std = if u.ratio(1, 8)? { array(u)? } else { mean.mapv(|mean| mean.abs() + 0.5) };
    Ok(Some(Statistics { mean, std }))
}
