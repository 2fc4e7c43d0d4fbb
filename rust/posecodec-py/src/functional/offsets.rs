//! Offset and displacement heatmaps.

use posecodec::Float;
use posecodec::Shape;
use posecodec::functional::{self, InstanceRoots};
use pyo3::prelude::*;

use super::points::{self, Columns, Points, first_columns, in_precision, weighed};
use crate::call::enter;
use crate::class::parse::number;
use crate::convert::{CoordArray, DtypePolicy, OutputArray};
use crate::error::invalid;

/// Two arrays.
type Pair<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Generate offset heatmaps of keypoints: for each keypoint three maps, which are 1 near it and the
/// offsets to it along x and y.
///
/// Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in pixels.
///     keypoints (array): Shape (N, K, D), of which x and y, in heatmap pixels, are used; float32 or float64
///         (other dtypes are converted). NaN and infinite keypoints have no maps and weight 0.
///     keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
///     radius_factor (float): The radius, which is the unit of offsets, in units of max(W, H).
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K·3, H, W), float32. Where instances overlap, the last one's.
///     - keypoint_weights (array): The visibilities.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, a size of 0, or a factor that is not positive
///         and finite.
#[pyfunction]
pub(crate) fn generate_offset_heatmap<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    radius_factor: &Bound<'py, PyAny>,
) -> PyResult<Pair<'py>> {
    let py = keypoints.py();
    let size = points::heatmap_size(heatmap_size)?;
    let radius_factor = number("radius_factor", radius_factor)?;
    let points = Points::read(keypoints, Columns::AtLeast(2))?;
    let visible = points.read_visible(keypoints_visible)?;
    let shape = [points.count.saturating_mul(3), size[1], size[0]];
    let mut maps = OutputArray::<f32>::zeros(py, "heatmap_size", &shape)?;
    let values = maps.values_mut();
    let weights = in_precision!(&points.numbers, places => {
        let places = first_columns(places, points.columns)?;
        weighed!(py, &visible, points.people(), |seen, weights| {
            let keypoints = points.sample(&places, Some(seen));
            enter(py, values.len(), || {
                let weights = &mut weights;
                functional::generate_offset_heatmap(&keypoints, size, radius_factor, values, weights)
            })
        })
    });
    Ok((maps.into_any(), weights))
}

/// Generate displacement heatmaps of keypoints: around each instance's root, the vectors from each
/// pixel to the keypoints.
///
/// Paper: `Single-stage Multi-person Pose Machines <https://arxiv.org/abs/1908.09220>`_ (Nie et al.
/// 2019).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in pixels.
///     keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are converted). Those
///         outside have no displacements.
///     keypoints_visible (array): Shape (N, K); below 1 a keypoint has no displacements.
///     roots (array): Shape (N, 2), in heatmap pixels; instances whose root is outside have none.
///     roots_visible (array): Shape (N,); below 1 an instance has none.
///     diagonal_lengths (array): Shape (N,), in heatmap pixels, of the instances' boxes. Where
///         instances overlap, the maps have the smaller one's values.
///     radius (float): Radius around the roots in which there are displacements, in heatmap
///         pixels.
///
/// Returns:
///     tuple:
///     - displacements (array): Shape (K·2, H, W), float32, in heatmap pixels.
///     - displacement_weights (array): Shape (K·2, H, W), float32: 1 / the diagonal; 0 far from
///       roots.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, a size of 0, or a radius that is not finite.
#[pyfunction]
pub(crate) fn generate_displacement_heatmap<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    roots: &Bound<'py, PyAny>,
    roots_visible: &Bound<'py, PyAny>,
    diagonal_lengths: &Bound<'py, PyAny>,
    radius: &Bound<'py, PyAny>,
) -> PyResult<Pair<'py>> {
    let py = keypoints.py();
    let size = points::heatmap_size(heatmap_size)?;
    let radius = number("radius", radius)?;
    let points = Points::read(keypoints, Columns::Exactly(2))?;
    let seen = points.read_visible(keypoints_visible)?.to_f64()?;
    let instances = points.instances;
    let roots = numbers_of(roots, "roots", &[instances, 2])?;
    let visible = numbers_of(roots_visible, "roots_visible", &[instances])?.to_f64()?;
    let lengths = numbers_of(diagonal_lengths, "diagonal_lengths", &[instances])?;
    let shape = [points.count.saturating_mul(2), size[1], size[0]];
    let mut maps = OutputArray::<f32>::zeros(py, "heatmap_size", &shape)?;
    let mut weights = OutputArray::<f32>::zeros(py, "heatmap_size", &shape)?;
    let into = [maps.values_mut(), weights.values_mut()];
    // Roots and lengths in one precision: single if both are, as NumPy computes.
    if let (CoordArray::F32(roots, _), CoordArray::F32(diagonal_lengths, _)) = (&roots, &lengths) {
        let roots =
            InstanceRoots { roots: roots.as_chunks().0, visible: &visible, diagonal_lengths };
        displace(py, &points, &seen, size, &roots, radius, into)?;
    } else {
        let (roots, diagonal_lengths) = (roots.to_f64()?, &lengths.to_f64()?);
        let roots =
            InstanceRoots { roots: roots.as_chunks().0, visible: &visible, diagonal_lengths };
        displace(py, &points, &seen, size, &roots, radius, into)?;
    }
    Ok((maps.into_any(), weights.into_any()))
}

/// Fills displacements and their weights.
fn displace<R: Float>(
    py: Python<'_>,
    points: &Points<'_>,
    visible: &[f64],
    size: [usize; 2],
    roots: &InstanceRoots<'_, R>,
    radius: f64,
    [maps, weights]: [&mut [f32]; 2],
) -> PyResult<()> {
    in_precision!(&points.numbers, places => {
        let keypoints = points.sample(places.as_chunks().0, Some(visible));
        enter(py, maps.len(), || {
            functional::generate_displacement_heatmap(
                &keypoints, size, roots, radius, maps, weights,
            )
        })
    })
}

/// Numbers of one shape.
fn numbers_of<'py>(
    object: &Bound<'py, PyAny>,
    name: &str,
    shape: &[usize],
) -> PyResult<CoordArray<'py>> {
    let numbers = CoordArray::read(object, name, DtypePolicy::Promote)?;
    if numbers.shape() == shape {
        return Ok(numbers);
    }
    let wanted = format!("must be of shape {}, one entry per instance", Shape(shape));
    let got = format!("shape {}", Shape(numbers.shape()));
    Err(invalid(object.py(), name, &wanted, got))
}
