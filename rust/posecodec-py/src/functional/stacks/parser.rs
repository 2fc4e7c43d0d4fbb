//! `HeatmapParser` and `flip_back` of MMPose 0.x.

use numpy::Element;
use posecodec::functional::mmpose0::{
    self, HeatmapParser, ParsedPeople, ParserOptions, ParserSteps,
};
use posecodec::{Float, HeatmapValue, Shape};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::decode::read_maps;
use crate::call::enter;
use crate::class::parse::{count, exactly, flag, items_up_to, number};
use crate::convert::{Array, NetworkOutput, OutputArray, in_own_precision, new_array};
use crate::error::Result;
use crate::functional::points::{sides_of, wrong_shape};

/// `posecodec_rs.mmpose0.flip_back`.
#[pyfunction]
pub(crate) fn flip_back<'py>(
    output_flipped: &Bound<'py, PyAny>,
    flip_pairs: &Bound<'py, PyAny>,
    maps_per_keypoint: usize,
) -> PyResult<Bound<'py, PyAny>> {
    const MAX_PAIRS: usize = 1 << 16;
    let py = output_flipped.py();
    let wanted = "must be pairs of keypoint indices";
    let pairs = items_up_to(MAX_PAIRS, "flip_pairs", wanted, flip_pairs)?;
    let pairs = pairs.iter().map(|pair| {
        let [left, right] = exactly("flip_pairs", wanted, pair)?;
        Ok([count("flip_pairs", &left)?, count("flip_pairs", &right)?])
    });
    let pairs: Vec<_> = pairs.collect::<PyResult<_>>()?;
    let (maps, shape) = read_maps(output_flipped, "output_flipped")?;
    in_own_precision!(&maps, array => {
        let mut back = OutputArray::uninit(py, "output_flipped", &shape)?;
        let (values, filled) = (array.values(), back.values_mut());
        enter(py, values.len(), || {
            mmpose0::flip_back(values, shape, &pairs, maps_per_keypoint, filled)
        })?;
        Ok(back.into_any())
    })
}

/// Poses (N, K, 3 + L) and scores (N,) of each image. `options` are, in this order, the fields of
/// [`ParserOptions`].
#[pyfunction]
pub(crate) fn parse_heatmaps<'py>(
    heatmaps: &Bound<'py, PyAny>,
    tags: &Bound<'py, PyAny>,
    options: &Bound<'py, PyTuple>,
    adjust: &Bound<'py, PyAny>,
    refine: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyList>> {
    let parser = HeatmapParser::new(read_options(options)?)?;
    let steps = ParserSteps { adjust: flag("adjust", adjust)?, refine: flag("refine", refine)? };
    let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
    let tags = NetworkOutput::read(tags, "tags")?;
    let py = heatmaps.py();
    Ok(match (maps, tags) {
        (NetworkOutput::F32(maps), NetworkOutput::F32(tags)) => {
            parse(py, &parser, &maps, &tags, steps)?
        }
        (maps, tags) => parse(py, &parser, &maps.into_f64()?, &tags.into_f64()?, steps)?,
    })
}

/// The pixels (N, K, M), int64, and values (N, K, M) of the largest values after non-maximum suppression.
#[pyfunction]
pub(crate) fn top_candidates<'py>(
    heatmaps: &Bound<'py, PyAny>,
    nms_kernel: &Bound<'py, PyAny>,
    max_num_people: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    let py = heatmaps.py();
    let candidates = count("max_num_people", max_num_people)?;
    let kernel = count("nms_kernel", nms_kernel)?;
    let (maps, shape) = read_maps(heatmaps, "heatmaps")?;
    // Before memory is requested for more candidates than there are pixels.
    let candidates_shape = [shape[0], shape[1], candidates.min(shape[2].saturating_mul(shape[3]))];
    in_own_precision!(&maps, array => {
        let mut pixels = OutputArray::<i64>::zeros(py, "heatmaps", &candidates_shape)?;
        let mut values = OutputArray::zeros(py, "heatmaps", &candidates_shape)?;
        let (filled, largest) = (pixels.values_mut(), values.values_mut());
        let maps = array.values();
        enter(py, maps.len(), || {
            mmpose0::top_candidates(maps, shape, kernel, candidates, filled, largest)
        })?;
        Ok((pixels.into_any(), values.into_any()))
    })
}

/// For each image, the indices (P, K), int64, of people's candidates, -1 for missing keypoints. `options`
/// as in [`parse_heatmaps`].
#[pyfunction]
pub(crate) fn match_tags<'py>(
    val_k: &Bound<'py, PyAny>,
    tag_k: &Bound<'py, PyAny>,
    options: &Bound<'py, PyTuple>,
) -> Result<Bound<'py, PyList>> {
    let py = val_k.py();
    let parser = HeatmapParser::new(read_options(options)?)?;
    let values = NetworkOutput::read(val_k, "val_k")?;
    let tags = NetworkOutput::read(tag_k, "tag_k")?;
    let shape: [usize; 4] = sides_of(py, "tag_k", "(N, K, M, L)", tags.shape())?;
    if values.shape() != &shape[..3] {
        let wanted = format!("{}, like `tag_k`", Shape(&shape[..3]));
        return Err(wrong_shape(py, "val_k", &wanted, values.shape()).into());
    }
    let images = match (values, tags) {
        (NetworkOutput::F32(values), NetworkOutput::F32(tags)) => {
            matched(py, &parser, &values, &tags, shape)?
        }
        (values, tags) => matched(py, &parser, &values.into_f64()?, &tags.into_f64()?, shape)?,
    };
    let list = PyList::empty(py);
    for people in images {
        let shape = [people.len() / shape[1], shape[1]];
        list.append(new_array(py, "val_k", &shape, &people)?)?;
    }
    Ok(list)
}

fn matched<T: Float + HeatmapValue + Element>(
    py: Python<'_>,
    parser: &HeatmapParser,
    values: &Array<'_, T>,
    tags: &Array<'_, T>,
    shape: [usize; 4],
) -> PyResult<Vec<Vec<i64>>> {
    let (values, tags) = (values.values(), tags.values());
    enter(py, tags.len(), || parser.match_tags(values, tags, shape))
}

fn read_options(options: &Bound<'_, PyTuple>) -> PyResult<ParserOptions> {
    let item = |index: usize| options.get_item(index);
    Ok(ParserOptions {
        num_joints: count("num_joints", &item(0)?)?,
        max_num_people: count("max_num_people", &item(1)?)?,
        detection_threshold: number("detection_threshold", &item(2)?)?,
        tag_threshold: number("tag_threshold", &item(3)?)?,
        use_detection_val: flag("use_detection_val", &item(4)?)?,
        ignore_too_much: flag("ignore_too_much", &item(5)?)?,
        nms_kernel: count("nms_kernel", &item(6)?)?,
        tag_per_joint: flag("tag_per_joint", &item(7)?)?,
        use_udp: flag("use_udp", &item(8)?)?,
    })
}

fn parse<'py, T: Float + HeatmapValue<Compute = T> + Element>(
    py: Python<'py>,
    parser: &HeatmapParser,
    heatmaps: &Array<'py, T>,
    tags: &Array<'py, T>,
    steps: ParserSteps,
) -> PyResult<Bound<'py, PyList>> {
    let shape: [usize; 4] = sides_of(py, "heatmaps", "(N, K, H, W)", heatmaps.shape())?;
    let tag_shape = match *tags.shape() {
        [batch, count, height, width, channels] => [batch, count, height, width, channels],
        [batch, count, height, width] => [batch, count, height, width, 1],
        _ => return Err(wrong_shape(py, "tags", "(N, K, H, W, L)", tags.shape())),
    };
    let (maps, tag_values) = (heatmaps.values(), tags.values());
    let images = enter(py, maps.len(), || parser.parse(maps, tag_values, shape, tag_shape, steps))?;
    let list = PyList::empty(py);
    for ParsedPeople { poses, scores } in images {
        let (count, columns) = (shape[1], 3 + tag_shape[4]);
        let people = scores.len();
        let poses = new_array(py, "heatmaps", &[people, count, columns], &poses)?;
        list.append((poses, new_array(py, "heatmaps", &[people], &scores)?))?;
    }
    Ok(list)
}
