//! Gaussian heatmaps, in two dimensions and in three.

use posecodec::Float;
use posecodec::Shape;
use posecodec::functional::{self, Keypoints, Volumes};
use pyo3::prelude::*;

use super::points::{self, Columns, Points, Sigmas, first_columns, in_precision, weighed};
use crate::call::maybe_detach;
use crate::class::OptionalArg;
use crate::class::parse::{flag, keypoint_indices, number, sequence};
use crate::convert::{ComputePrecision, CoordArray, PromotedArray, values_mut, zeros};
use crate::error::{invalid, raise};

/// Heatmaps and weights.
type Maps<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Generate Gaussian heatmaps of keypoints, around the cells that they round to.
///
/// Paper: `Simple Baselines <https://arxiv.org/abs/1804.06208>`_ (Xiao et al. 2018).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in cells.
///     keypoints (array): Shape (N, K, 2), in cells; float32 or float64 (others are converted). NaN
///         and infinite keypoints have no Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
///     sigma (float or array): Standard deviation in cells, or one an instance; 0 is one cell.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the larger value stays.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       keypoints outside.
///
/// Raises:
///     InvalidInputError: For shapes or dtypes that do not fit, a size of 0, sigmas that are negative,
///         not finite or too few.
#[pyfunction]
pub(crate) fn generate_gaussian_heatmaps<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
) -> PyResult<Maps<'py>> {
    let sigmas = Sigmas::read(sigma)?;
    Peaks::Rounded.generate(heatmap_size, keypoints, keypoints_visible, &sigmas)
}

/// Generate Gaussian heatmaps of keypoints, as UDP does: the peaks where the keypoints are.
///
/// Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in cells.
///     keypoints (array): Shape (N, K, 2), in cells; float32 or float64 (others are converted). NaN
///         and infinite keypoints have no Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
///     sigma (float): Standard deviation in cells.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the larger value stays.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       keypoints outside.
///
/// Raises:
///     InvalidInputError: For shapes or dtypes that do not fit, a size of 0, a sigma that is negative
///         or not finite.
#[pyfunction]
pub(crate) fn generate_udp_gaussian_heatmaps<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
) -> PyResult<Maps<'py>> {
    let sigma = Sigmas::one(sigma)?;
    Peaks::Udp.generate(heatmap_size, keypoints, keypoints_visible, &sigma)
}

/// Generate Gaussian heatmaps of keypoints that are neither rounded nor cut off.
///
/// Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in cells.
///     keypoints (array): Shape (N, K, 2), in cells; float32 or float64 (others are converted). NaN
///         and infinite keypoints have no Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
///     sigma (float): Standard deviation in cells.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the larger value stays.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       keypoints outside.
///
/// Raises:
///     InvalidInputError: For shapes or dtypes that do not fit, a size of 0, a sigma that is negative
///         or not finite.
#[pyfunction]
pub(crate) fn generate_unbiased_gaussian_heatmaps<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
) -> PyResult<Maps<'py>> {
    let sigma = Sigmas::one(sigma)?;
    Peaks::Unbiased.generate(heatmap_size, keypoints, keypoints_visible, &sigma)
}

/// Which of the three.
#[derive(Clone, Copy)]
enum Peaks {
    Rounded,
    Udp,
    Unbiased,
}

impl Peaks {
    fn fill<T: Float, V: Float>(
        self,
        keypoints: &Keypoints<'_, T, V>,
        size: [usize; 2],
        sigmas: &Sigmas,
        maps: &mut [f32],
        weights: &mut [V],
    ) -> posecodec::Result<()> {
        match (self, sigmas) {
            (Self::Rounded, Sigmas::Single(sigmas)) => {
                functional::generate_gaussian_heatmaps(keypoints, size, sigmas, maps, weights)
            }
            (Self::Rounded, Sigmas::Double(sigmas)) => {
                functional::generate_gaussian_heatmaps(keypoints, size, sigmas, maps, weights)
            }
            (Self::Udp, Sigmas::Single(sigmas)) => functional::generate_udp_gaussian_heatmaps(
                keypoints, size, sigmas[0], maps, weights,
            ),
            (Self::Udp, Sigmas::Double(sigmas)) => functional::generate_udp_gaussian_heatmaps(
                keypoints, size, sigmas[0], maps, weights,
            ),
            (Self::Unbiased, sigmas) => {
                let sigma = sigmas.to_f64()[0];
                functional::generate_unbiased_gaussian_heatmaps(
                    keypoints, size, sigma, maps, weights,
                )
            }
        }
    }

    /// Reads what the three take, and fills maps and weights.
    fn generate<'py>(
        self,
        heatmap_size: &Bound<'py, PyAny>,
        keypoints: &Bound<'py, PyAny>,
        visible: &Bound<'py, PyAny>,
        sigmas: &Sigmas,
    ) -> PyResult<Maps<'py>> {
        let py = keypoints.py();
        let size = points::heatmap_size(heatmap_size)?;
        let points = Points::read(keypoints, Columns::Exactly(2))?;
        let visible = points.read_visible(visible)?;
        let maps = zeros::<f32>(py, "heatmap_size", &[points.count, size[1], size[0]])?;
        // SAFETY: the array was made here and nobody else knows it yet.
        let values = unsafe { values_mut(&maps) };
        let weights = in_precision!(&points.numbers, places => {
            let (places, _) = places.as_chunks();
            weighed!(py, &visible, points.people(), |seen, weights| {
                let keypoints = points.sample(places, Some(seen));
                maybe_detach(py, values.len(), || {
                    self.fill(&keypoints, size, sigmas, values, &mut weights)
                })
            })
        });
        Ok((maps.into_any(), weights))
    }
}

/// Generate three-dimensional Gaussian heatmaps of keypoints.
///
/// Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).
///
/// Args:
///     heatmap_size (tuple): Size (W, H, D) in cells.
///     keypoints (array): Shape (N, K, C), of which x and y in pixels of the picture and the depth are
///         used; float32 or float64 (others are converted). NaN and infinite keypoints have no
///         Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K).
///     sigma (float or array): Standard deviation in cells, or one an instance.
///     image_size (tuple): Size (w, h) of the picture in pixels.
///     heatmap3d_depth_bound (float): The depth that the maps cover. Default: 400.
///     joint_indices (list, optional): The joints that have a map, by their index. Default: all.
///     max_bound (float): The largest value of the maps. Default: 1.
///     use_different_joint_weights (bool): Multiply visibilities by the dataset's weights. Default:
///         False.
///     dataset_keypoint_weights (array, optional): Shape (K,), a weight a joint with a map.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K·D, H, W), float32. Where instances overlap, the larger value stays.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       depths beyond the bound.
///
/// Raises:
///     InvalidInputError: For shapes, dtypes or indices that do not fit, sizes, bounds or sigmas that
///         are not positive and finite.
#[pyfunction]
#[pyo3(signature = (heatmap_size, keypoints, keypoints_visible, sigma, image_size, heatmap3d_depth_bound=OptionalArg::DEFAULT, joint_indices=None, max_bound=OptionalArg::DEFAULT, use_different_joint_weights=OptionalArg::DEFAULT, dataset_keypoint_weights=None), text_signature = "(heatmap_size, keypoints, keypoints_visible, sigma, image_size, heatmap3d_depth_bound=400.0, joint_indices=None, max_bound=1.0, use_different_joint_weights=False, dataset_keypoint_weights=None)")]
#[allow(clippy::too_many_arguments, reason = "the reference's signature")]
pub(crate) fn generate_3d_gaussian_heatmaps<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
    image_size: &Bound<'py, PyAny>,
    heatmap3d_depth_bound: OptionalArg<'py>,
    joint_indices: Option<&Bound<'py, PyAny>>,
    max_bound: OptionalArg<'py>,
    use_different_joint_weights: OptionalArg<'py>,
    dataset_keypoint_weights: Option<&Bound<'py, PyAny>>,
) -> PyResult<Maps<'py>> {
    let py = keypoints.py();
    let size = points::heatmap_size(heatmap_size)?;
    let [width, height, depth] = size;
    let wanted = "must be (w, h), two positive numbers";
    let sides = sequence("image_size", wanted, image_size)?;
    let [w, h, ..] = sides.as_slice() else {
        return Err(invalid(py, "image_size", wanted, format_args!("{} values", sides.len())));
    };
    let joint_indices =
        joint_indices.map(|indices| keypoint_indices("joint_indices", indices)).transpose()?;
    let weigh = use_different_joint_weights.parse_or("use_different_joint_weights", flag, false)?;
    let weights = if weigh { Some(read_weights(py, dataset_keypoint_weights)?) } else { None };
    let volumes = Volumes {
        heatmap3d_depth_bound: heatmap3d_depth_bound.parse_or(
            "heatmap3d_depth_bound",
            number,
            400.0,
        )?,
        max_bound: max_bound.parse_or("max_bound", number, 1.0)?,
        joint_indices: joint_indices.as_deref(),
        dataset_keypoint_weights: weights.as_deref(),
        double: [double(&heatmap_size.get_item(0)?)?, double(w)? || double(h)?],
        ..Volumes::new(size, [number("image_size", w)?, number("image_size", h)?])
    };
    let sigmas = Sigmas::read(sigma)?.to_f64();
    let points = Points::read(keypoints, Columns::AtLeast(3))?;
    let visible = points.read_visible(keypoints_visible)?;
    let joints = volumes.joints(points.count).map_err(|error| raise(py, &error))?.len();
    let maps = zeros::<f32>(py, "heatmap_size", &[joints.saturating_mul(depth), height, width])?;
    // SAFETY: the array was made here and nobody else knows it yet.
    let values = unsafe { values_mut(&maps) };
    let shape = [points.instances, joints].into_iter().collect();
    let weights = in_precision!(&points.numbers, places => {
        let places = first_columns(places, points.columns)?;
        weighed!(py, &visible, shape, |seen, weights| {
            let keypoints = points.sample(&places, Some(seen));
            maybe_detach(py, values.len(), || {
                functional::generate_3d_gaussian_heatmaps(
                    &keypoints, &volumes, &sigmas, values, &mut weights,
                )
            })
        })
    });
    Ok((maps.into_any(), weights))
}

/// Whether NumPy computes with such a side of a size in double precision: its own integers, unlike
/// Python's, promote what they meet.
fn double(side: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(PromotedArray::read(side, "size")?.precision == ComputePrecision::Double)
}

/// The dataset's weights, which are needed.
fn read_weights<'py>(py: Python<'py>, weights: Option<&Bound<'py, PyAny>>) -> PyResult<Vec<f64>> {
    const NAME: &str = "dataset_keypoint_weights";
    let Some(weights) = weights else {
        let wanted = "cannot be None: to use different joint weights, they are needed";
        return Err(invalid(py, NAME, wanted, "None"));
    };
    let numbers = CoordArray::read(weights, NAME, true)?;
    if numbers.shape().len() != 1 {
        let got = format!("shape {}", Shape(numbers.shape()));
        return Err(invalid(py, NAME, "must be of shape (K,)", got));
    }
    numbers.to_f64()
}
