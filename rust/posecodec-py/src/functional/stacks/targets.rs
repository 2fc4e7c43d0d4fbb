//! Targets of MMPose 0.x and HRNet.

use posecodec::functional::mmpose0::{
    self, HeatmapGenerator, TagIndex, TargetKind, TopDownTargets,
};
use pyo3::prelude::*;

use super::boxes::sides;
use crate::class::parse::{count, exactly, flag, number, size, string};
use crate::convert::{
    ComputePrecision, NetworkOutput, OutputArray, PromotedArray, new_array, to_f64,
};
use crate::error::{Result, invalid};
use crate::functional::points::{first_columns, wrong_shape};

/// Maps and weights.
type Targets<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// The targets of one person: maps (K or 3K, H, W) and weights (K, 1). `factor` is a sigma, a radius
/// factor or a kernel (w, h), depending on `kind`.
#[pyfunction]
pub(crate) fn top_down_target<'py>(
    joints_3d: &Bound<'py, PyAny>,
    joints_3d_visible: &Bound<'py, PyAny>,
    image_size: &Bound<'py, PyAny>,
    heatmap_size: &Bound<'py, PyAny>,
    kind: &Bound<'py, PyAny>,
    factor: &Bound<'py, PyAny>,
    joint_weights: Option<&Bound<'py, PyAny>>,
) -> Result<Targets<'py>> {
    let py = joints_3d.py();
    let kind = match &*string("encoding", kind)? {
        "msra" => TargetKind::Msra { sigma: number("sigma", factor)? },
        "unbiased" => TargetKind::Unbiased { sigma: number("sigma", factor)? },
        "udp" => TargetKind::Udp { sigma: number("sigma", factor)? },
        "combined" => {
            TargetKind::Combined { radius_factor: number("valid_radius_factor", factor)? }
        }
        "megvii" => {
            let [x, y] = exactly("kernel", "must be (w, h), two odd integers", factor)?;
            TargetKind::Megvii { kernel: [count("kernel", &x)?, count("kernel", &y)?] }
        }
        other => return Err(invalid(py, "encoding", "must name a target", other).into()),
    };
    let [width, height] = size("heatmap_size", heatmap_size)?;
    let targets = TopDownTargets::new(sides("image_size", image_size)?, [width, height], kind)?;
    let joints = rows::<2>("joints_3d", joints_3d)?;
    let visible = rows::<1>("joints_3d_visible", joints_3d_visible)?;
    same_count(joints_3d_visible, "joints_3d_visible", joints.len(), visible.len())?;
    let visible: Vec<f32> = visible.iter().map(|&[visible]| visible as f32).collect();
    let maps = joints.len() * targets.maps_per_keypoint();
    let mut target = OutputArray::<f32>::zeros(py, "heatmap_size", &[maps, height, width])?;
    let mut weights = vec![0.0; joints.len()];
    targets.fill(&joints, &visible, target.values_mut(), &mut weights)?;
    let shape = [joints.len(), 1];
    let weights = match joint_weights {
        None => new_array(py, "joints_3d_visible", &shape, &weights)?,
        Some(factors) => weighed(&to_f64(&weights)?, &shape, ComputePrecision::Single, factors)?,
    };
    Ok((target.into_any(), weights))
}

/// Labels (K, 2), float32, and weights (K, 2).
#[pyfunction]
pub(crate) fn regression_target<'py>(
    joints_3d: &Bound<'py, PyAny>,
    joints_3d_visible: &Bound<'py, PyAny>,
    image_size: &Bound<'py, PyAny>,
    joint_weights: Option<&Bound<'py, PyAny>>,
) -> Result<Targets<'py>> {
    let py = joints_3d.py();
    let image_size = sides("image_size", image_size)?;
    let joints = rows::<2>("joints_3d", joints_3d)?;
    let (visible, precision) = rows_and_precision::<2>("joints_3d_visible", joints_3d_visible)?;
    same_count(joints_3d_visible, "joints_3d_visible", joints.len(), visible.len())?;
    let (mut labels, mut weights) = (vec![[0f32; 2]; joints.len()], vec![[0f64; 2]; joints.len()]);
    mmpose0::regression_target(&joints, &visible, image_size, &mut labels, &mut weights)?;
    let shape = [joints.len(), 2];
    let weights = match joint_weights {
        None => in_precision(py, &shape, weights.as_flattened(), precision)?,
        Some(factors) => weighed(weights.as_flattened(), &shape, precision, factors)?,
    };
    Ok((new_array(py, "joints_3d", &shape, labels.as_flattened())?, weights))
}

/// Maps (M, H, W) of people's keypoints.
#[pyfunction]
pub(crate) fn bottom_up_heatmaps<'py>(
    joints: &Bound<'py, PyAny>,
    output_size: &Bound<'py, PyAny>,
    num_joints: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
    use_udp: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let [width, height] = size("output_size", output_size)?;
    let num_joints = count("num_joints", num_joints)?;
    let (sigma, use_udp) = (number("sigma", sigma)?, flag("use_udp", use_udp)?);
    let generator = HeatmapGenerator::new([width, height], sigma, use_udp)?;
    let (joints_of, people) = people("joints", joints)?;
    let shape = [num_joints, height, width];
    let mut heatmaps = OutputArray::<f32>::zeros(joints.py(), "output_size", &shape)?;
    generator.fill(&joints_of, people, heatmaps.values_mut())?;
    Ok(heatmaps.into_any())
}

/// The sigma of a `HeatmapGenerator`.
#[pyfunction]
pub(crate) fn bottom_up_sigma(
    output_size: &Bound<'_, PyAny>,
    sigma: &Bound<'_, PyAny>,
) -> Result<f64> {
    let generator =
        HeatmapGenerator::new(size("output_size", output_size)?, number("sigma", sigma)?, false)?;
    Ok(generator.sigma())
}

/// Indices (M, K, 2) of people's keypoints.
#[pyfunction]
pub(crate) fn encode_joints<'py>(
    joints: &Bound<'py, PyAny>,
    max_num_people: &Bound<'py, PyAny>,
    num_joints: &Bound<'py, PyAny>,
    output_size: &Bound<'py, PyAny>,
    tag_per_joint: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let max_num_people = count("max_num_people", max_num_people)?;
    let num_joints = count("num_joints", num_joints)?;
    let output_size = size("output_size", output_size)?;
    let index = match flag("tag_per_joint", tag_per_joint)? {
        true => TagIndex::PerJoint,
        false => TagIndex::Shared,
    };
    let (joints_of, people) = people("joints", joints)?;
    let shape = [max_num_people, num_joints, 2];
    let mut encoded = OutputArray::<f32>::zeros(joints.py(), "max_num_people", &shape)?;
    let rows = encoded.values_mut().as_chunks_mut().0;
    mmpose0::encode_joints(&joints_of, people, output_size, index, rows, max_num_people)?;
    Ok(encoded.into_any())
}

/// Weights (K, D) times one number per keypoint or one for all, in the precision of both.
fn weighed<'py>(
    weights: &[f64],
    shape: &[usize; 2],
    precision: ComputePrecision,
    factors: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let py = factors.py();
    let PromotedArray { values, shape: factors_shape, precision: theirs } =
        PromotedArray::read(factors, "joint_weights")?;
    let values = match values[..] {
        [factor] => vec![factor; shape[0]],
        _ if factors_shape[..] == [shape[0], 1] => values,
        _ => {
            let wanted = format!("({}, 1)", shape[0]);
            return Err(wrong_shape(py, "joint_weights", &wanted, &factors_shape).into());
        }
    };
    let mut weights = weights.to_vec();
    mmpose0::weigh(&mut weights, &values)?;
    let precision = match theirs {
        ComputePrecision::Double => theirs,
        ComputePrecision::Weak | ComputePrecision::Single => precision,
    };
    Ok(in_precision(py, shape, &weights, precision)?)
}

fn in_precision<'py>(
    py: Python<'py>,
    shape: &[usize],
    weights: &[f64],
    precision: ComputePrecision,
) -> PyResult<Bound<'py, PyAny>> {
    if precision == ComputePrecision::Double {
        return new_array(py, "joint_weights", shape, weights);
    }
    let weights: Vec<f32> = weights.iter().map(|&weight| weight as f32).collect();
    new_array(py, "joint_weights", shape, &weights)
}

/// The first `D` columns of numbers (K, C).
fn rows<const D: usize>(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Vec<[f64; D]>> {
    Ok(rows_and_precision(name, object)?.0)
}

/// [`rows`], and the precision in which NumPy computes with the numbers.
fn rows_and_precision<const D: usize>(
    name: &str,
    object: &Bound<'_, PyAny>,
) -> PyResult<(Vec<[f64; D]>, ComputePrecision)> {
    let (numbers, _) = NetworkOutput::of_any(object, name)?;
    let precision = match numbers {
        NetworkOutput::F16(_) | NetworkOutput::F32(_) => ComputePrecision::Single,
        NetworkOutput::F64(_) => ComputePrecision::Double,
    };
    let numbers = numbers.into_f64()?;
    match *numbers.shape() {
        [_, columns] if columns >= D => Ok((first_columns(numbers.values(), columns)?, precision)),
        _ => {
            let wanted = format!("(K, D), D at least {D}");
            Err(wrong_shape(object.py(), name, &wanted, numbers.shape()))
        }
    }
}

/// Numbers (N, K, C), C at least 3, and N and K.
fn people(name: &str, object: &Bound<'_, PyAny>) -> PyResult<(Vec<[f64; 3]>, [usize; 2])> {
    let numbers = NetworkOutput::of_any(object, name)?.0.into_f64()?;
    match *numbers.shape() {
        [people, count, columns] if columns >= 3 => {
            Ok((first_columns(numbers.values(), columns)?, [people, count]))
        }
        // A list of no people.
        [0] => Ok((Vec::new(), [0, 0])),
        _ => Err(wrong_shape(object.py(), name, "(N, K, D), D at least 3", numbers.shape())),
    }
}

fn same_count(object: &Bound<'_, PyAny>, name: &str, wanted: usize, got: usize) -> PyResult<()> {
    if wanted == got {
        return Ok(());
    }
    let wanted = format!("must have {wanted} keypoints, like `joints_3d`");
    Err(invalid(object.py(), name, &wanted, got))
}
