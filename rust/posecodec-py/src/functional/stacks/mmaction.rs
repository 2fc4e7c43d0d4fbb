//! The targets of MMAction2 and PYSKL.

use half::f16;
use posecodec::functional::mmaction::{Clip, PoseTargets};
use pyo3::prelude::*;

use crate::call::enter;
use crate::class::parse::{describe, exactly, flag, items_up_to, keypoint_indices, number};
use crate::convert::{NetworkOutput, OutputArray};
use crate::error::{Result, invalid};
use crate::functional::points::{first_columns, wrong_shape};

/// Maps (T or 2T, C, H, W) of a clip. `scores` may be None: 1 for all keypoints.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "the options of the class")]
pub(crate) fn pose_targets<'py>(
    keypoint: &Bound<'py, PyAny>,
    keypoint_score: Option<&Bound<'py, PyAny>>,
    scaling: &Bound<'py, PyAny>,
    img_shape: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
    min_score: f64,
    with_kp: &Bound<'py, PyAny>,
    skeletons: &Bound<'py, PyAny>,
    mirrored: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let py = keypoint.py();
    let points = NetworkOutput::of_any(keypoint, "keypoint")?.0.of_type::<f32>()?;
    let counts = match *points.shape() {
        [people, frames, count, columns] if columns >= 2 => [people, frames, count],
        _ => return Err(wrong_shape(py, "keypoint", "(M, T, V, 2)", points.shape()).into()),
    };
    let mut places = first_columns::<f32, 2>(points.values(), points.shape()[3])?;
    let scaling = number("scaling", scaling)?;
    if scaling != 1.0 {
        for coordinate in places.as_flattened_mut() {
            *coordinate *= scaling as f32;
        }
    }
    let (scores, min_score) = match keypoint_score {
        None => (vec![1.0; places.len()], min_score),
        Some(scores) => read_scores(scores, &counts, min_score)?,
    };
    let wanted = "must be (h, w), two numbers that are not negative";
    let mut size = [0; 2];
    for (side, pixels) in size.iter_mut().zip(exactly::<2>("img_shape", wanted, img_shape)?) {
        let scaled = number("img_shape", &pixels)? * scaling + 0.5;
        if !(0.0..1e9).contains(&scaled) {
            return Err(invalid(py, "img_shape", wanted, describe(img_shape)).into());
        }
        *side = scaled as usize;
    }
    let [height, width] = size;
    let targets = PoseTargets::new([width, height], number("sigma", sigma)?, min_score)?;
    let with_kp = flag("with_kp", with_kp)?;
    let limbs = read_pairs("skeletons", skeletons)?;
    let mirrored = keypoint_indices("left_kp", mirrored)?;
    let channels = limbs.len() + if with_kp { counts[2] } else { 0 };
    let frames = counts[1] * if mirrored.is_empty() { 1 } else { 2 };
    let shape = [frames, channels, height, width];
    let mut maps = OutputArray::<f32>::uninit(py, "img_shape", &shape)?;
    let values = maps.values_mut();
    let clip = Clip { keypoints: &places, scores: &scores, counts };
    enter(py, values.len(), || targets.fill(&clip, with_kp, &limbs, &mirrored, values))?;
    Ok(maps.into_any())
}

/// Scores (M, T, V), and the minimum in their precision, in which NumPy compares them.
fn read_scores(
    scores: &Bound<'_, PyAny>,
    counts: &[usize; 3],
    min_score: f64,
) -> PyResult<(Vec<f64>, f64)> {
    const NAME: &str = "keypoint_score";
    let (output, _) = NetworkOutput::of_any(scores, NAME)?;
    if output.shape() != counts {
        let [people, frames, count] = counts;
        let wanted = format!("({people}, {frames}, {count}), as `keypoint` is");
        return Err(wrong_shape(scores.py(), NAME, &wanted, output.shape()));
    }
    let min_score = match &output {
        NetworkOutput::F16(_) => f16::from_f64(min_score).to_f64(),
        NetworkOutput::F32(_) => f64::from(min_score as f32),
        NetworkOutput::F64(_) => min_score,
    };
    Ok((output.into_f64()?.values().to_vec(), min_score))
}

/// Pairs of indices.
pub(super) fn read_pairs(name: &str, pairs: &Bound<'_, PyAny>) -> PyResult<Vec<[isize; 2]>> {
    const MAX_PAIRS: usize = 1 << 16;
    let wanted = "must be a list of pairs of integers";
    let pairs = items_up_to(MAX_PAIRS, name, wanted, pairs)?;
    let read = |pair: &Bound<'_, PyAny>| {
        let indices = keypoint_indices(name, pair)?;
        indices.as_slice().try_into().map_err(|_| {
            invalid(pair.py(), name, wanted, format_args!("{} of them", indices.len()))
        })
    };
    pairs.iter().map(read).collect()
}
