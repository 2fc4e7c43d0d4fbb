//! Every decoder: one sample as views of any strides, batches as slices of right and wrong lengths.

use arbitrary::{Result, Unstructured};
use half::f16;
use ndarray::{Array2, Array3, Array4};
use posecodec::codecs::{
    DecodeHeatmaps, DecoupledHeatmap, EdPosePredictions, Hand3dHeatmap, InstanceMaps, Maps,
    RegressionLabel, Simcc3dDecodedRows, SimccDecodedRows, SimccRows, SimccVectors, decode_heatmaps_batch,
};
use posecodec::{Float, HeatmapValue};

use crate::source::{Number, array, claimed, length, number, shape, side, values, view};
use crate::{at_two_tiers, codecs};

/// One codec and what is decoded with it.
pub fn one(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=2)? {
        0 => responses::<f16>(u),
        1 => reals::<f32>(u),
        _ => reals::<f64>(u),
    }
}

fn reals<E: Float + HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=4)? {
        0 => groups::<E>(u),
        1 => roots::<E>(u),
        _ => responses::<E>(u),
    }
}

fn responses<E: HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=8)? {
        0 => codecs::msra(u)?.map_or(Ok(()), |codec| maps::<_, E>(u, &codec)),
        1 => codecs::udp(u)?.map_or(Ok(()), |codec| maps::<_, E>(u, &codec)),
        2 => codecs::megvii(u)?.map_or(Ok(()), |codec| maps::<_, E>(u, &codec)),
        3 => codecs::decoupled(u)?.map_or(Ok(()), |codec| instances::<E>(u, &codec)),
        4 => codecs::hand_3d(u)?.map_or(Ok(()), |codec| volumes::<E>(u, &codec)),
        5 => rows::<E>(u),
        6 => rows_of_three::<E>(u),
        7 => coordinates::<E>(u),
        _ => candidates::<E>(u),
    }
}

fn maps<C: DecodeHeatmaps, E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &C,
) -> Result<()> {
    let [mut count, height, width] = shape(u)?;
    if !u.ratio(1, 12)? {
        count -= count % codec.maps_per_keypoint();
    }
    let heatmaps: Array3<E> = array(u, [count, height, width])?;
    let heatmaps = view(u, &heatmaps)?;
    at_two_tiers(|| codec.decode(heatmaps).map_err(|error| error.to_string()));

    let right = [u.int_in_range(0..=3)?, count, height, width];
    let (len, shape) = (length(u, right.iter().product())?, claimed(u, right)?);
    let flat: Vec<E> = values(u, len)?;
    let each = right[0] * count / codec.maps_per_keypoint();
    let (mut points, mut scores) = (
        vec![Default::default(); length(u, each)?],
        vec![<E as Number>::of(7.0); length(u, each)?],
    );
    let maps = Maps { own: &flat, flipped: None };
    at_two_tiers(|| {
        let done = decode_heatmaps_batch(codec, maps, shape, &mut points, &mut scores);
        (done.map_err(|error| error.to_string()), points.clone(), scores.clone())
    });
    Ok(())
}

fn instances<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &DecoupledHeatmap,
) -> Result<()> {
    let right: [usize; 4] = shape(u)?;
    let heatmaps: Array4<E> = array(u, right)?;
    let columns = if u.arbitrary()? { 1 } else { right[1] };
    let scored = if u.ratio(1, 12)? { shape(u)? } else { [right[0], columns] };
    let instance_scores: Array2<f32> = array(u, scored)?;
    let (maps, scores) = (view(u, &heatmaps)?, view(u, &instance_scores)?);
    at_two_tiers(|| codec.decode(maps, scores).map_err(|error| error.to_string()));

    let count = right[0] * right[1];
    let (len, shape) = (length(u, heatmaps.len())?, claimed(u, right)?);
    let flat: Vec<E> = values(u, len)?;
    let len = length(u, right[0] * columns)?;
    let instance_scores: Vec<f64> = values(u, len)?;
    let (mut keypoints, mut scores) =
        (vec![[0f32; 2]; length(u, count)?], vec![<E as Number>::of(7.0); length(u, count)?]);
    let picture = InstanceMaps {
        heatmaps: &flat,
        shape,
        instance_scores: &instance_scores,
        keypoints: &mut keypoints,
        scores: &mut scores,
    };
    let _ = codec.decode_images(vec![picture]);
    Ok(())
}

fn volumes<E: HeatmapValue + Number>(
    u: &mut Unstructured<'_>,
    codec: &Hand3dHeatmap,
) -> Result<()> {
    let right: [usize; 4] = shape(u)?;
    let heatmaps: Array4<E> = array(u, right)?;
    let heatmaps = view(u, &heatmaps)?;
    at_two_tiers(|| codec.decode(heatmaps).map_err(|error| error.to_string()));
    codec.decode_root(<E as Number>::of(number(u)?));
    Hand3dHeatmap::decode_hand_type(number(u)?);

    let [count, depth, height, width] = right;
    let right = [u.int_in_range(0..=3)?, count, depth, height, width];
    let (len, shape) = (length(u, right.iter().product())?, claimed(u, right)?);
    let flat: Vec<E> = values(u, len)?;
    let each = right[0] * count;
    let (mut points, mut scores) =
        (vec![[0f32; 3]; length(u, each)?], vec![<E as Number>::of(7.0); length(u, each)?]);
    let _ = codec.decode_batch(&flat, shape, &mut points, &mut scores);
    Ok(())
}

fn rows<E: HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let Some(codec) = codecs::simcc(u)? else { return Ok(()) };
    let [instances, count, bins_x] = shape(u)?;
    let bins_y = u.int_in_range(0..=40)?;
    let along_x: Array3<E> = array(u, [instances, count, bins_x])?;
    let other = if u.ratio(1, 12)? { shape(u)? } else { [instances, count, bins_y] };
    let along_y: Array3<E> = array(u, other)?;
    let (x, y) = (view(u, &along_x)?, view(u, &along_y)?);
    at_two_tiers(|| codec.decode(x, y).map_err(|error| error.to_string()));

    let count = length(u, u.len() % 7)?;
    let bins = claimed(u, [bins_x, bins_y])?;
    let (len_x, len_y) = (length(u, count * bins_x)?, length(u, count * bins_y)?);
    let (x, y): (Vec<E>, Vec<E>) = (values(u, len_x)?, values(u, len_y)?);
    let shape = claimed(u, [1, 1, count])?;
    let decoded = SimccDecodedRows {
        keypoints: &mut vec![[0f32; 2]; count],
        scores: &mut vec![<E as Number>::of(7.0); length(u, count)?],
        visibility: &mut vec![0.0; if u.arbitrary()? { length(u, count)? } else { 0 }],
    };
    let own = SimccRows { responses: [&x, &y], bins };
    let _ = codec.decode_batch(shape, SimccVectors { own, flipped: None }, decoded);
    Ok(())
}

fn rows_of_three<E: HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let Some(codec) = codecs::simcc_3d(u)? else { return Ok(()) };
    let [instances, count, bins] = shape(u)?;
    let along_x: Array3<E> = array(u, [instances, count, bins])?;
    let along_y: Array3<E> = array(u, [instances, count, 7])?;
    let other = if u.ratio(1, 12)? { shape(u)? } else { [instances, count, 11] };
    let along_z: Array3<E> = array(u, other)?;
    let (x, y, z) = (view(u, &along_x)?, view(u, &along_y)?, view(u, &along_z)?);
    at_two_tiers(|| codec.decode(x, y, z).map_err(|error| error.to_string()));

    let count = length(u, u.len() % 7)?;
    let bins = claimed(u, [5, 7, 11])?;
    let mut axes = [Vec::new(), Vec::new(), Vec::new()];
    for (axis, bins) in axes.iter_mut().zip([5, 7, 11]) {
        let len = length(u, count * bins)?;
        *axis = values::<E>(u, len)?;
    }
    let shape = claimed(u, [1, 1, count])?;
    let decoded = Simcc3dDecodedRows {
        keypoints: &mut vec![[0f32; 3]; count],
        keypoints_simcc: &mut vec![[0f32; 3]; length(u, count)?],
        scores: &mut vec![<E as Number>::of(7.0); length(u, count)?],
    };
    let own = SimccRows { responses: axes.each_ref().map(Vec::as_slice), bins };
    let _ = codec.decode_batch(shape, SimccVectors { own, flipped: None }, decoded);
    Ok(())
}

fn coordinates<E: HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [instances, count] = shape(u)?;
    let columns = u.int_in_range(0..=5)?;
    let encoded: Array3<E> = array(u, [instances, count, columns])?;
    let encoded = view(u, &encoded)?;
    if u.arbitrary()? {
        let Some(codec) = codecs::integral(u)? else { return Ok(()) };
        at_two_tiers(|| codec.decode(encoded).map_err(|error| error.to_string()));
        return Ok(());
    }
    let Some(codec): Option<RegressionLabel> = codecs::regression(u)? else { return Ok(()) };
    at_two_tiers(|| codec.decode(encoded).map_err(|error| error.to_string()));
    Ok(())
}

fn candidates<E: HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let Some(codec) = codecs::edpose(u)? else { return Ok(()) };
    let [queries, classes] = shape(u)?;
    let logits: Array2<E> = array(u, [queries, classes])?;
    let sides = if u.ratio(1, 16)? { 3 } else { 4 };
    let boxes: Array2<E> = array(u, [queries, sides])?;
    let columns = codec.num_keypoints().saturating_mul(3);
    if columns > 300 {
        return Ok(());
    }
    let columns = length(u, columns)?;
    let keypoints: Array2<E> = array(u, [queries, columns])?;
    let predictions = EdPosePredictions {
        logits: view(u, &logits)?,
        boxes: view(u, &boxes)?,
        keypoints: view(u, &keypoints)?,
    };
    let input = [number(u)?, number(u)?];
    at_two_tiers(|| codec.decode(input, predictions).map_err(|error| error.to_string()));
    let len = length(u, queries * classes)?;
    let _ = codec.best(&values::<E>(u, len)?, classes);
    Ok(())
}

fn groups<E: Float + HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [count, height, width] = shape(u)?;
    let count = count.min(6);
    let Some(codec) = codecs::associative(u, count)? else { return Ok(()) };
    let channels = u.int_in_range(1..=3)?;
    let heatmaps: Array3<E> = array(u, [count, height, width])?;
    let tagged = if u.ratio(1, 12)? { shape(u)? } else { [channels * count, height, width] };
    let tags: Array3<E> = array(u, tagged)?;
    let (maps, tags) = (view(u, &heatmaps)?, view(u, &tags)?);
    at_two_tiers(|| codec.decode(maps, tags).map_err(|error| error.to_string()));

    let batch = u.int_in_range(0..=2)?;
    let shapes = [[batch, count, height, width], [batch, channels * count, height, width]];
    let [len, len_tags] = shapes.map(|shape| shape.iter().product());
    let shapes = [claimed(u, shapes[0])?, claimed(u, shapes[1])?];
    let (len, len_tags) = (length(u, len)?, length(u, len_tags)?);
    let (maps, tags): (Vec<E>, Vec<E>) = (values(u, len)?, values(u, len_tags)?);
    at_two_tiers(|| codec.decode_batch(&maps, &tags, shapes).map_err(|error| error.to_string()));
    Ok(())
}

fn roots<E: Float + HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let Some(codec) = codecs::spr(u)? else { return Ok(()) };
    let [count, height, width] = shape(u)?;
    let heatmaps = if u.arbitrary()? { 1 } else { count / 2 + 1 };
    let displacements: Array3<E> = array(u, [count, height, width])?;
    let other = if u.ratio(1, 12)? { shape(u)? } else { [heatmaps, height, width] };
    let heatmaps: Array3<E> = array(u, other)?;
    let (heatmaps, displacements) = (view(u, &heatmaps)?, view(u, &displacements)?);
    at_two_tiers(|| codec.decode(heatmaps, displacements).map_err(|error| error.to_string()));
    Ok(())
}
