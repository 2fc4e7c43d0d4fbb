//! Decoders: single samples as views of any strides, batches as slices of right and wrong lengths.

use arbitrary::{Result, Unstructured};
use half::f16;
use posecodec::codecs::DecodeHeatmaps;
use posecodec::codecs::hands::Hand3dHeatmap;
use posecodec::codecs::heatmaps::HeatmapShift;
use posecodec::codecs::people::{
    AssociativeEmbedding, DecoupledHeatmap, EdPoseLabel, EdPosePredictions, Spr,
};
use posecodec::codecs::regression::{IntegralRegressionLabel, RegressionLabel};
use posecodec::codecs::simcc::{Simcc3dLabel, SimccLabel};
use posecodec::codecs::slices::{
    FlippedMaps, FlippedRows, InstanceMaps, Maps, Simcc3dDecodedRows, SimccDecodedRows, SimccRows,
    SimccVectors, decode_heatmaps_batch,
};
use posecodec::{Float, HeatmapValue};

use crate::source::{
    Any, Indices, Number, claimed, input, length, maybe, output, shape, shape_or, values,
};
use crate::{Check, at_two_tiers, check, codecs, one_of};

/// Decodes with one codec.
pub fn one(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=2)? {
        0 => one_of(u, &checks::<f16>()),
        1 => float::<f32>(u),
        _ => float::<f64>(u),
    }
}

/// The checks of codecs that decode every type of response.
fn checks<E: HeatmapValue + Number>() -> [Check; 10] {
    [
        check!(msra, heatmaps::<_, E>),
        check!(udp, heatmaps::<_, E>),
        check!(megvii, heatmaps::<_, E>),
        check!(decoupled, instances::<E>),
        check!(hand_3d, volumes::<E>),
        check!(simcc, simcc::<E>),
        check!(simcc_3d, simcc_3d::<E>),
        check!(integral, integral::<E>),
        check!(regression, regression::<E>),
        check!(edpose, candidates::<E>),
    ]
}

fn float<E: Float + HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=4)? {
        0 => groups::<E>(u),
        1 => check!(spr, roots::<E>)(u),
        _ => one_of(u, &checks::<E>()),
    }
}

/// Flip indices for `count` keypoints: mostly valid.
fn flip_indices(u: &mut Unstructured<'_>, count: usize) -> Result<Vec<usize>> {
    if u.ratio(1, 8)? {
        Ok(u.arbitrary::<Indices<usize>>()?.0)
    } else {
        Ok((0..count).rev().collect())
    }
}

fn heatmaps<C: DecodeHeatmaps, E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &C,
) -> Result<()> {
    let [mut count, height, width] = shape(u)?;
    if !u.ratio(1, 12)? {
        count -= count % codec.maps_per_keypoint();
    }
    let heatmaps = input::<E, _>(u, [count, height, width])?;
    at_two_tiers(|| codec.decode(heatmaps.view()));

    let right = [u.int_in_range(0..=3)?, count, height, width];
    let own = values::<E>(u, right.iter().product())?;
    let mirrored = values::<E>(u, own.len())?;
    let indices = flip_indices(u, count / codec.maps_per_keypoint())?;
    let shift = if u.arbitrary()? { HeatmapShift::OnePixel } else { HeatmapShift::None };
    let flipped = FlippedMaps { heatmaps: &mirrored, flip_indices: &indices, shift };
    let maps = Maps { own: &own, flipped: maybe(u, flipped)? };
    let (shape, keypoints) = (claimed(u, right)?, right[0] * count / codec.maps_per_keypoint());
    let mut points = output(u, [C::Coordinate::default(); 2], keypoints)?;
    let mut scores = output(u, <E as Number>::of(7.0), keypoints)?;
    at_two_tiers(|| {
        let done = decode_heatmaps_batch(codec, maps, shape, &mut points, &mut scores);
        (done, points.clone(), scores.clone())
    });
    Ok(())
}

fn instances<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &DecoupledHeatmap,
) -> Result<()> {
    let right: [usize; 4] = shape(u)?;
    let heatmaps = input::<E, _>(u, right)?;
    let columns = if u.arbitrary()? { 1 } else { right[1] };
    let scored = shape_or(u, [right[0], columns])?;
    let instance_scores = input::<f32, _>(u, scored)?;
    at_two_tiers(|| codec.decode(heatmaps.view(), instance_scores.view()));

    let (keypoints, shape) = (right[0] * right[1], claimed(u, right)?);
    let image = InstanceMaps {
        heatmaps: &values::<E>(u, right.iter().product())?,
        shape,
        instance_scores: &values::<f64>(u, right[0] * columns)?,
        keypoints: &mut output(u, [0f32; 2], keypoints)?,
        scores: &mut output(u, <E as Number>::of(7.0), keypoints)?,
    };
    let _ = codec.decode_images(vec![image]);
    Ok(())
}

fn volumes<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &Hand3dHeatmap,
) -> Result<()> {
    let right: [usize; 4] = shape(u)?;
    let heatmaps = input::<E, _>(u, right)?;
    at_two_tiers(|| codec.decode(heatmaps.view()));
    let (Any(depth), Any(hand_type)) = u.arbitrary()?;
    codec.decode_root(<E as Number>::of(depth));
    Hand3dHeatmap::decode_hand_type(hand_type);

    let [count, depth, height, width] = right;
    let right = [u.int_in_range(0..=3)?, count, depth, height, width];
    let flat = values::<E>(u, right.iter().product())?;
    let (shape, keypoints) = (claimed(u, right)?, right[0] * count);
    let mut points = output(u, [0f32; 3], keypoints)?;
    let mut scores = output(u, <E as Number>::of(7.0), keypoints)?;
    let _ = codec.decode_flat(&flat, shape, &mut points, &mut scores);
    Ok(())
}

/// Calls `decode` with flat vectors of a batch along each axis, and the number of rows.
fn with_rows<E: HeatmapValue + Number, const A: usize>(
    u: &mut Unstructured<'_>,
    right: [usize; A],
    decode: impl FnOnce(&mut Unstructured<'_>, [usize; 3], SimccVectors<'_, E, A>) -> Result<()>,
) -> Result<()> {
    let shape: [usize; 3] =
        [u.int_in_range(0..=2)?, u.int_in_range(0..=3)?, u.int_in_range(0..=6)?];
    let rows: usize = shape.iter().product();
    let axes = |u: &mut Unstructured<'_>| -> Result<Vec<Vec<E>>> {
        right.iter().map(|&bins| values::<E>(u, rows * bins)).collect()
    };
    let (own, mirrored, bins) = (axes(u)?, axes(u)?, claimed(u, right)?);
    let [own, mirrored] = [&own, &mirrored]
        .map(|axes| SimccRows { responses: std::array::from_fn(|axis| &axes[axis][..]), bins });
    let flip_indices = flip_indices(u, shape[2])?;
    let flipped = FlippedRows { rows: mirrored, flip_indices: &flip_indices };
    let vectors = SimccVectors { own, flipped: maybe(u, flipped)? };
    let shape = claimed(u, shape)?;
    decode(u, shape, vectors)
}

/// The number of rows of a shape `[B, N, K]`, if it is small.
fn rows([batch, instances, count]: [usize; 3]) -> usize {
    batch.saturating_mul(instances).saturating_mul(count)
}

fn simcc<E: HeatmapValue + Number>(u: &mut Unstructured<'_>, codec: &SimccLabel) -> Result<()> {
    let ([instances, count, bins_x], bins_y) = (shape(u)?, u.int_in_range(0..=40)?);
    let x = input::<E, _>(u, [instances, count, bins_x])?;
    let other = shape_or(u, [instances, count, bins_y])?;
    let y = input::<E, _>(u, other)?;
    at_two_tiers(|| codec.decode(x.view(), y.view()));
    with_rows::<E, 2>(u, [bins_x, bins_y], |u, shape, vectors| {
        let seen = if u.arbitrary()? { length(u, rows(shape))? } else { 0 };
        let decoded = SimccDecodedRows {
            keypoints: &mut output(u, [0f32; 2], rows(shape))?,
            scores: &mut output(u, <E as Number>::of(7.0), rows(shape))?,
            visibility: &mut vec![0.0; seen],
        };
        let _ = codec.decode_flat(shape, vectors, decoded);
        Ok(())
    })
}

fn simcc_3d<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &Simcc3dLabel,
) -> Result<()> {
    let [instances, count, bins] = shape(u)?;
    let x = input::<E, _>(u, [instances, count, bins])?;
    let y = input::<E, _>(u, [instances, count, 7])?;
    let other = shape_or(u, [instances, count, 11])?;
    let z = input::<E, _>(u, other)?;
    at_two_tiers(|| codec.decode(x.view(), y.view(), z.view()));
    with_rows::<E, 3>(u, [5, 7, 11], |u, shape, vectors| {
        let decoded = Simcc3dDecodedRows {
            keypoints: &mut output(u, [0f32; 3], rows(shape))?,
            keypoints_simcc: &mut output(u, [0f32; 3], rows(shape))?,
            scores: &mut output(u, <E as Number>::of(7.0), rows(shape))?,
        };
        let _ = codec.decode_flat(shape, vectors, decoded);
        Ok(())
    })
}

fn integral<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &IntegralRegressionLabel,
) -> Result<()> {
    let [instances, count] = shape(u)?;
    let columns = u.int_in_range(0..=5)?;
    let encoded = input::<E, _>(u, [instances, count, columns])?;
    at_two_tiers(|| codec.decode(encoded.view()));
    Ok(())
}

fn regression<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &RegressionLabel,
) -> Result<()> {
    let [instances, count] = shape(u)?;
    let columns = u.int_in_range(0..=5)?;
    let encoded = input::<E, _>(u, [instances, count, columns])?;
    at_two_tiers(|| codec.decode(encoded.view()));
    Ok(())
}

fn candidates<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &EdPoseLabel,
) -> Result<()> {
    let [queries, classes] = shape(u)?;
    let columns = codec.num_keypoints().saturating_mul(3);
    if columns > 300 {
        return Ok(());
    }
    let columns = length(u, columns)?;
    let sides = if u.ratio(1, 16)? { 3 } else { 4 };
    let logits = input::<E, _>(u, [queries, classes])?;
    let boxes = input::<E, _>(u, [queries, sides])?;
    let keypoints = input::<E, _>(u, [queries, columns])?;
    let (logits, boxes, keypoints) = (logits.view(), boxes.view(), keypoints.view());
    let predictions = EdPosePredictions { logits, boxes, keypoints };
    let (Any(width), Any(height)) = u.arbitrary()?;
    at_two_tiers(|| codec.decode([width, height], predictions));
    let _ = codec.best(&values::<E>(u, queries * classes)?, classes);
    Ok(())
}

fn groups<E: Float + HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [count, height, width] = shape(u)?;
    let count = count.min(6);
    let Some(codec): Option<AssociativeEmbedding> = codecs::associative(u, count)? else {
        return Ok(());
    };
    let channels = u.int_in_range(1..=3)? * count;
    let heatmaps = input::<E, _>(u, [count, height, width])?;
    let tagged = shape_or(u, [channels, height, width])?;
    let tags = input::<E, _>(u, tagged)?;
    at_two_tiers(|| codec.decode(heatmaps.view(), tags.view()));

    let batch = u.int_in_range(0..=2)?;
    let right = [[batch, count, height, width], [batch, channels, height, width]];
    let maps = values::<E>(u, right[0].iter().product())?;
    let tags = values::<E>(u, right[1].iter().product())?;
    let shapes = [claimed(u, right[0])?, claimed(u, right[1])?];
    at_two_tiers(|| codec.decode_flat(&maps, &tags, shapes));
    Ok(())
}

fn roots<E: Float + HeatmapValue + Number>(u: &mut Unstructured<'_>, codec: &Spr) -> Result<()> {
    let [count, height, width] = shape(u)?;
    let displacements = input::<E, _>(u, [count, height, width])?;
    let maps = if u.arbitrary()? { 1 } else { count / 2 + 1 };
    let other = shape_or(u, [maps, height, width])?;
    let heatmaps = input::<E, _>(u, other)?;
    at_two_tiers(|| codec.decode(heatmaps.view(), displacements.view()));
    Ok(())
}
