//! `decode` and `batch_decode` of the bottom-up codecs: maps of an image in, its instances out.

use std::mem::discriminant;

use half::f16;
use numpy::Element;
use numpy::ndarray::ArrayView3;
use posecodec::codecs::people::{
    AssociativeEmbedding, DecoupledHeatmap, GroupedKeypoints, Spr, SprDecoded,
};
use posecodec::codecs::slices::InstanceMaps;
use posecodec::{Float, HeatmapValue, Shape};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::Decoded;
use crate::call::{Call, enter, shape_error};
use crate::convert::{
    Array, NetworkOutput, OutputArray, ReturnAs, array_like, in_own_precision, try_with_capacity,
};
use crate::encode::{each, is_list};
use crate::error::invalid;

/// The maps of one image of `SPR`: heatmaps (1 or K+1, H, W) and displacements (2K, H, W).
struct SprImage<'py> {
    arrays: SprArrays<'py>,
    /// The types of the results that are of the heatmaps' type, and of the displacements'.
    kinds: [ReturnAs<'py>; 2],
}

/// Both maps in one precision.
enum SprArrays<'py> {
    F16([Array<'py, f16>; 2]),
    F32([Array<'py, f32>; 2]),
    F64([Array<'py, f64>; 2]),
}

impl<'py> SprImage<'py> {
    fn read(heatmaps: &Bound<'py, PyAny>, displacements: &Bound<'py, PyAny>) -> PyResult<Self> {
        let py = heatmaps.py();
        let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
        let fields = NetworkOutput::read(displacements, "displacements")?;
        let kinds = [ReturnAs::of(heatmaps, &maps)?, ReturnAs::of(displacements, &fields)?];
        for (output, argument, wanted) in [
            (&maps, "heatmaps", "(1, H, W) or (K+1, H, W)"),
            (&fields, "displacements", "(2K, H, W)"),
        ] {
            if output.shape().len() != 3 {
                return Err(shape_error(py, argument, Call::Single, [wanted, ""], output.shape()));
            }
        }
        let arrays = match (maps, fields) {
            (NetworkOutput::F16(maps), NetworkOutput::F16(fields)) => {
                SprArrays::F16([maps, fields])
            }
            (NetworkOutput::F32(maps), NetworkOutput::F32(fields)) => {
                SprArrays::F32([maps, fields])
            }
            (maps, fields) => SprArrays::F64([maps.into_f64()?, fields.into_f64()?]),
        };
        Ok(Self { arrays, kinds })
    }
}

fn view<'a, E: Element>(array: &'a Array<'_, E>) -> ArrayView3<'a, E> {
    let shape = <[usize; 3]>::try_from(array.shape()).expect("three dimensions, as checked");
    ArrayView3::from_shape(shape, array.values()).expect("the array's own shape")
}

/// Decodes images whose arrays are in one precision.
fn decode_spr_arrays<'py, E>(
    py: Python<'py>,
    codec: &Spr,
    images: &[(&[Array<'py, E>; 2], &[ReturnAs<'py>; 2])],
) -> PyResult<Vec<Decoded<'py>>>
where
    E: HeatmapValue<Compute: Element> + Element,
{
    let mut views = try_with_capacity(images.len())?;
    views.extend(images.iter().map(|([maps, fields], _)| [view(maps), view(fields)]));
    let values = views.iter().map(|[maps, _]| maps.len()).sum();
    let decoded = enter(py, values, || codec.decode_images(&views))?;
    let images = decoded.into_iter().zip(images);
    images.map(|(decoded, (_, kinds))| spr_result(py, decoded, kinds)).collect()
}

/// The results of one image: keypoints, and scores of the roots and the keypoints.
pub(super) fn spr_result<'py, T: Float + Element>(
    py: Python<'py>,
    SprDecoded { keypoints, root_scores, keypoint_scores }: SprDecoded<T>,
    [of_heatmaps, of_displacements]: &[ReturnAs<'py>; 2],
) -> PyResult<Decoded<'py>> {
    let keypoint_scores = keypoint_scores
        .map(|scores| of_heatmaps.convert(array_like(py, "keypoint_scores", &scores)?))
        .transpose()?;
    let root_scores = of_heatmaps.convert(array_like(py, "root_scores", &root_scores)?)?;
    let keypoints = of_displacements.convert(array_like(py, "keypoints", &keypoints)?)?;
    Ok((keypoints, (root_scores, keypoint_scores).into_pyobject(py)?.into_any()))
}

/// Decodes images of `SPR`, those of one precision together.
fn decode_spr_batch<'py>(
    py: Python<'py>,
    codec: &Spr,
    images: &[SprImage<'py>],
) -> PyResult<Vec<Decoded<'py>>> {
    let mut decoded = Vec::new();
    for alike in
        images.chunk_by(|one, other| discriminant(&one.arrays) == discriminant(&other.arrays))
    {
        macro_rules! decode {
            ($precision:ident) => {{
                let mut arrays = Vec::new();
                for image in alike {
                    if let SprArrays::$precision(maps) = &image.arrays {
                        arrays.push((maps, &image.kinds));
                    }
                }
                decode_spr_arrays(py, codec, &arrays)?
            }};
        }
        decoded.extend(match alike[0].arrays {
            SprArrays::F16(_) => decode!(F16),
            SprArrays::F32(_) => decode!(F32),
            SprArrays::F64(_) => decode!(F64),
        });
    }
    Ok(decoded)
}

/// Decodes one image of `SPR`.
pub(crate) fn decode_spr<'py>(
    py: Python<'py>,
    codec: &Spr,
    heatmaps: &Bound<'py, PyAny>,
    displacements: &Bound<'py, PyAny>,
) -> PyResult<Decoded<'py>> {
    let image = SprImage::read(heatmaps, displacements)?;
    let decoded = decode_spr_batch(py, codec, &[image])?;
    Ok(decoded.into_iter().next().expect("one for one image"))
}

/// Decodes images of `SPR`: a list of keypoints and a list of scores.
pub(crate) fn decode_spr_images<'py>(
    py: Python<'py>,
    codec: &Spr,
    heatmaps: &Bound<'py, PyAny>,
    displacements: &Bound<'py, PyAny>,
) -> PyResult<Decoded<'py>> {
    let pairs = pairs(heatmaps, displacements, ["batch_heatmaps", "batch_displacements"])?;
    let images =
        pairs.iter().map(|(heatmaps, displacements)| SprImage::read(heatmaps, displacements));
    let images = images.collect::<PyResult<Vec<_>>>()?;
    let (keypoints, scores) = (PyList::empty(py), PyList::empty(py));
    for decoded in decode_spr_batch(py, codec, &images)? {
        keypoints.append(decoded.0)?;
        scores.append(decoded.1)?;
    }
    Ok((keypoints.into_any(), scores.into_any()))
}

/// Pairs the items of two arguments, one per image.
fn pairs<'py>(
    one: &Bound<'py, PyAny>,
    other: &Bound<'py, PyAny>,
    names: [&str; 2],
) -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
    let wanted = "must be a sequence of arrays, one per image";
    let (one, other) = (each(one, names[0], wanted)?, each(other, names[1], wanted)?);
    if one.len() != other.len() {
        let py = one.first().or(other.first()).expect("one is longer").py();
        let wanted = format!("must have {} images, like `{}`", one.len(), names[0]);
        return Err(invalid(py, names[1], &wanted, format_args!("{} images", other.len())));
    }
    Ok(one.into_iter().zip(other).collect())
}

/// Lists of keypoints, of keypoint scores and of instance scores, one array per image.
type Groups<'py> = (Bound<'py, PyList>, Bound<'py, PyList>, Bound<'py, PyList>);

/// Decodes images of `AssociativeEmbedding`: heatmaps (B, K, H, W) and tags (B, L·K, H, W).
pub(crate) fn decode_grouped<'py>(
    py: Python<'py>,
    codec: &AssociativeEmbedding,
    heatmaps: &Bound<'py, PyAny>,
    tags: &Bound<'py, PyAny>,
) -> PyResult<Groups<'py>> {
    let maps = NetworkOutput::read(heatmaps, "batch_heatmaps")?;
    let tags = NetworkOutput::read(tags, "batch_tags")?;
    let groups = match (maps, tags) {
        (NetworkOutput::F16(maps), NetworkOutput::F16(tags)) => group(py, codec, &maps, &tags)?,
        (NetworkOutput::F32(maps), NetworkOutput::F32(tags)) => group(py, codec, &maps, &tags)?,
        (maps, tags) => group(py, codec, &maps.into_f64()?, &tags.into_f64()?)?,
    };
    let lists = (PyList::empty(py), PyList::empty(py), PyList::empty(py));
    for GroupedKeypoints { keypoints, scores, instance_scores } in groups {
        lists.0.append(array_like(py, "keypoints", &keypoints)?)?;
        lists.1.append(array_like(py, "keypoint_scores", &scores)?)?;
        lists.2.append(array_like(py, "instance_scores", &instance_scores)?)?;
    }
    Ok(lists)
}

fn group<E: HeatmapValue + Element>(
    py: Python<'_>,
    codec: &AssociativeEmbedding,
    heatmaps: &Array<'_, E>,
    tags: &Array<'_, E>,
) -> PyResult<Vec<GroupedKeypoints>> {
    let shape = |array: &Array<'_, E>, argument, wanted| {
        <[usize; 4]>::try_from(array.shape())
            .map_err(|_| shape_error(py, argument, Call::Batch, ["", wanted], array.shape()))
    };
    let shapes = [
        shape(heatmaps, "batch_heatmaps", "(B, K, H, W)")?,
        shape(tags, "batch_tags", "(B, L*K, H, W)")?,
    ];
    let (maps, tags) = (heatmaps.values(), tags.values());
    enter(py, maps.len(), || {
        codec.decode_flat(maps, tags, shapes).map_err(|error| {
            error
                .rename_argument("heatmaps", "batch_heatmaps")
                .rename_argument("tags", "batch_tags")
        })
    })
}

/// Decodes the instances of one image of `DecoupledHeatmap`: heatmaps (N, K, H, W) and scores (N, 1).
pub(crate) fn decode_instances<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    heatmaps: &Bound<'py, PyAny>,
    scores: &Bound<'py, PyAny>,
) -> PyResult<Decoded<'py>> {
    let maps = NetworkOutput::read(heatmaps, "instance_heatmaps")?;
    let Ok(shape) = <[usize; 4]>::try_from(maps.shape()) else {
        let wanted = ["(N, K, H, W)", ""];
        return Err(shape_error(py, "instance_heatmaps", Call::Single, wanted, maps.shape()));
    };
    decode_instance_maps(py, codec, maps, scores, shape, 1, &shape[..2])
}

/// Decodes `DecoupledHeatmap`'s instances in a batch: (M, K, H, W), where each is an image of its
/// own, (B, N, K, H, W), or a list of (N, K, H, W).
pub(crate) fn decode_instance_batch<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    heatmaps: &Bound<'py, PyAny>,
    scores: &Bound<'py, PyAny>,
) -> PyResult<Decoded<'py>> {
    if is_list(Some(heatmaps)) {
        let (keypoints, all_scores) = (PyList::empty(py), PyList::empty(py));
        for (heatmaps, scores) in pairs(heatmaps, scores, ["instance_heatmaps", "instance_scores"])?
        {
            let decoded = decode_instances(py, codec, &heatmaps, &scores)?;
            keypoints.append(decoded.0)?;
            all_scores.append(decoded.1)?;
        }
        return Ok((keypoints.into_any(), all_scores.into_any()));
    }
    let maps = NetworkOutput::read(heatmaps, "instance_heatmaps")?;
    match *maps.shape() {
        [each, count, height, width] => {
            let shape = [each, count, height, width];
            decode_instance_maps(py, codec, maps, scores, shape, each, &[each, 1, count])
        }
        [batch, instances, count, height, width] => {
            let shape = [batch * instances, count, height, width];
            let decoded_shape = [batch, instances, count];
            decode_instance_maps(py, codec, maps, scores, shape, batch, &decoded_shape)
        }
        _ => {
            let wanted = ["", "(M, K, H, W) or (B, N, K, H, W)"];
            Err(shape_error(py, "instance_heatmaps", Call::Batch, wanted, maps.shape()))
        }
    }
}

/// Decodes maps of shape `shape` from `images` images into keypoints and scores of shape `decoded_shape`.
fn decode_instance_maps<'py>(
    py: Python<'py>,
    codec: &DecoupledHeatmap,
    maps: NetworkOutput<'py>,
    scores: &Bound<'py, PyAny>,
    shape: [usize; 4],
    images: usize,
    decoded_shape: &[usize],
) -> PyResult<Decoded<'py>> {
    let instance_scores = NetworkOutput::read(scores, "instance_scores")?;
    let (&count, instances) = decoded_shape.split_last().expect("keypoints are the last");
    let fits = |score_shape: &[usize]| {
        let (last, leading) = score_shape.split_last()?;
        let alike = leading == instances || leading == [shape[0]];
        (alike && (*last == 1 || *last == count)).then_some(())
    };
    if fits(instance_scores.shape()).is_none() {
        let column: Vec<usize> = instances.iter().copied().chain([1]).collect();
        let wanted = format!("must be of shape {}", Shape(&column));
        let got = format!("shape {}", Shape(instance_scores.shape()));
        return Err(invalid(py, "instance_scores", &wanted, got));
    }
    let instance_scores = instance_scores.into_f64()?;
    let instance_scores = instance_scores.values();
    let target = InstanceTarget { codec, shape, images, decoded_shape, instance_scores };
    in_own_precision!(maps, maps => target.decode(py, &maps))
}

struct InstanceTarget<'a> {
    codec: &'a DecoupledHeatmap,
    /// Of the maps.
    shape: [usize; 4],
    images: usize,
    /// Of the scores that come out.
    decoded_shape: &'a [usize],
    instance_scores: &'a [f64],
}

impl InstanceTarget<'_> {
    fn decode<'py, E: HeatmapValue + Element>(
        self,
        py: Python<'py>,
        maps: &Array<'py, E>,
    ) -> PyResult<Decoded<'py>> {
        let Self { codec, shape: [instances, count, height, width], images, decoded_shape, .. } =
            self;
        let points_shape: Vec<usize> = decoded_shape.iter().copied().chain([2]).collect();
        let mut points = OutputArray::<f32>::zeros(py, "keypoints", &points_shape)?;
        let mut scores = OutputArray::<E>::zeros(py, "scores", decoded_shape)?;
        let (keypoints, _) = points.values_mut().as_chunks_mut();
        let values = scores.values_mut();
        let each = instances.checked_div(images).unwrap_or(0);
        // One score per instance, or one per keypoint.
        let scores_each = if instances == 0 { 0 } else { self.instance_scores.len() / images };
        let mut rest = (maps.values(), self.instance_scores, keypoints, values);
        let mut samples = try_with_capacity(images)?;
        samples.extend((0..images).map(|_| InstanceMaps {
            heatmaps: rest.0.split_off(..each * count * height * width).expect("lengths fit"),
            shape: [each, count, height, width],
            instance_scores: rest.1.split_off(..scores_each).expect("lengths fit"),
            keypoints: rest.2.split_off_mut(..each * count).expect("lengths fit"),
            scores: rest.3.split_off_mut(..each * count).expect("lengths fit"),
        }));
        enter(py, maps.values().len(), || codec.decode_images(samples))?;
        Ok((points.into_any(), scores.into_any()))
    }
}
