//! Sub-pixel refinement of maxima.

use numpy::PyArrayDescrMethods;
use posecodec::Shape;
use posecodec::functional;
use posecodec::{Float, HeatmapValue};
use pyo3::prelude::*;

use super::points::{Columns, Points, first_columns, in_precision, sides_of};
use crate::call::enter;
use crate::class::parse::count;
use crate::convert::{CoordArray, DtypePolicy, NetworkOutput, in_own_precision};
use crate::error::invalid;

/// Move keypoints by a quarter of a heatmap pixel towards the larger neighbor along each axis.
///
/// Args:
///     keypoints (array): Shape (N, K, 2), in heatmap pixels; float16, float32 or float64. Not modified.
///     heatmaps (array): Shape (K, H, W); float16, float32 or float64.
///
/// Returns:
///     array: Shape (N, K, 2), of the keypoints' dtype. Keypoints outside the map are not moved.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype.
#[pyfunction]
pub(crate) fn refine_keypoints<'py>(
    keypoints: &Bound<'py, PyAny>,
    heatmaps: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    Refinement::Quarter.refine(keypoints, heatmaps, Columns::Exactly(2))
}

/// Move keypoints to the nearby peaks, as DARK estimates them.
///
/// Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).
///
/// Args:
///     keypoints (array): Shape (N, K, D), of which x and y, in heatmap pixels, are refined; float16, float32
///         or float64. Not modified.
///     heatmaps (array): Shape (K, H, W); float16, float32 or float64. Not modified.
///     blur_kernel_size (int): Size of the Gaussian that the heatmaps are blurred with, odd.
///
/// Returns:
///     array: Shape (N, K, D), of the keypoints' dtype. Keypoints within two pixels of the border or
///     outside, or where the Hessian is singular, are not moved.
///
/// Raises:
///     InvalidInputError: For an even kernel size, or a wrong shape or dtype.
#[pyfunction]
pub(crate) fn refine_keypoints_dark<'py>(
    keypoints: &Bound<'py, PyAny>,
    heatmaps: &Bound<'py, PyAny>,
    blur_kernel_size: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    Refinement::Dark(kernel(blur_kernel_size)?).refine(keypoints, heatmaps, Columns::AtLeast(2))
}

/// Move keypoints to the nearby peaks, as UDP's variant of DARK estimates them.
///
/// Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
///
/// Args:
///     keypoints (array): Shape (N, K, 2), in heatmap pixels; float16, float32 or float64. Not modified.
///     heatmaps (array): Shape (K, H, W); float16, float32 or float64. Not modified.
///     blur_kernel_size (int): Size of the Gaussian that the heatmaps are blurred with, odd.
///
/// Returns:
///     array: Shape (N, K, 2), of the keypoints' dtype. Keypoints outside, or where the Hessian is
///     singular, are not moved.
///
/// Raises:
///     InvalidInputError: For an even kernel size, or a wrong shape or dtype.
#[pyfunction]
pub(crate) fn refine_keypoints_dark_udp<'py>(
    keypoints: &Bound<'py, PyAny>,
    heatmaps: &Bound<'py, PyAny>,
    blur_kernel_size: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    Refinement::DarkUdp(kernel(blur_kernel_size)?).refine(keypoints, heatmaps, Columns::Exactly(2))
}

/// Move coordinates along one axis to the nearby peaks, as DARK estimates them.
///
/// Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
///
/// Args:
///     keypoints (array): Shape (N, K), in bins; float16, float32 or float64. Not modified.
///     simcc (array): Shape (N, K, W); float16, float32 or float64. Not modified.
///     blur_kernel_size (int): Size of the Gaussian that the vectors are blurred with, odd.
///
/// Returns:
///     array: Shape (N, K), of the keypoints' dtype. Coordinates outside are not moved.
///
/// Raises:
///     InvalidInputError: For an even kernel size, or a wrong shape or dtype.
#[pyfunction]
pub(crate) fn refine_simcc_dark<'py>(
    keypoints: &Bound<'py, PyAny>,
    simcc: &Bound<'py, PyAny>,
    blur_kernel_size: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = keypoints.py();
    let kernel = kernel(blur_kernel_size)?;
    let mut numbers = floats(keypoints)?;
    let vectors = NetworkOutput::read(simcc, "simcc")?;
    let [_, _, bins] = sides_of(py, "simcc", "(N, K, W)", vectors.shape())?;
    let people = &vectors.shape()[..2];
    if numbers.shape() != people {
        let wanted = format!("must have shape {}: one location per vector", Shape(people));
        let got = format!("shape {}", Shape(numbers.shape()));
        return Err(invalid(py, "keypoints", &wanted, got));
    }
    in_precision!(&mut numbers, places => in_own_precision!(&vectors, array => {
        let vectors = array.values();
        enter(py, vectors.len(), || {
            functional::refine_simcc_dark(places, vectors, bins, kernel)
        })
    }))?;
    numbers.into_array(py, "keypoints")
}

/// The method of refinement; DARK with the kernel size of its blur.
#[derive(Clone, Copy)]
enum Refinement {
    Quarter,
    Dark(usize),
    DarkUdp(usize),
}

impl Refinement {
    fn refine<'py>(
        self,
        keypoints: &Bound<'py, PyAny>,
        heatmaps: &Bound<'py, PyAny>,
        columns: Columns,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = keypoints.py();
        let Points { mut numbers, count, columns, .. } =
            Points::of(keypoints, columns, floats(keypoints)?)?;
        let maps = NetworkOutput::read(heatmaps, "heatmaps")?;
        let [planes, height, width] = sides_of(py, "heatmaps", "(K, H, W)", maps.shape())?;
        if planes < count {
            let wanted = format!("must have {count} maps, one per keypoint");
            return Err(invalid(py, "heatmaps", &wanted, planes));
        }
        let shape = [count, height, width];
        in_precision!(&mut numbers, values => {
            let mut places = first_columns(values, columns)?;
            in_own_precision!(&maps, array => {
                let maps = &array.values()[..count * height * width];
                enter(py, maps.len(), || self.apply(&mut places, maps, shape))
            })?;
            for (row, place) in values.chunks_exact_mut(columns).zip(&places) {
                row[..2].copy_from_slice(place);
            }
        });
        numbers.into_array(py, "keypoints")
    }

    fn apply<T: Float, E: HeatmapValue>(
        self,
        places: &mut [[T; 2]],
        maps: &[E],
        shape: [usize; 3],
    ) -> posecodec::Result<()> {
        match self {
            Self::Quarter => functional::refine_keypoints(places, maps, shape),
            Self::Dark(size) => functional::refine_keypoints_dark(places, maps, shape, size),
            Self::DarkUdp(size) => functional::refine_keypoints_dark_udp(places, maps, shape, size),
        }
    }
}

/// The kernel size of a blur.
fn kernel(size: &Bound<'_, PyAny>) -> PyResult<usize> {
    count("blur_kernel_size", size)
}

/// Keypoints of a floating-point dtype.
fn floats<'py>(keypoints: &Bound<'py, PyAny>) -> PyResult<CoordArray<'py>> {
    let numbers = CoordArray::read(keypoints, "keypoints", DtypePolicy::Keep)?;
    match &numbers {
        CoordArray::F64(_, _, Some(dtype)) if dtype.kind() != b'f' => {
            let wanted = "must have a floating-point dtype";
            Err(invalid(keypoints.py(), "keypoints", wanted, dtype))
        }
        _ => Ok(numbers),
    }
}
