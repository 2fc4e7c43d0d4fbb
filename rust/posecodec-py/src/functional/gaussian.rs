//! Gaussian heatmaps in 2D and 3D.

use posecodec::Float;
use posecodec::Shape;
use posecodec::functional::{self, Keypoints, Volumes};
use pyo3::prelude::*;

use super::points::{self, Columns, Points, Sigmas, first_columns, in_precision, weighed};
use crate::call::enter;
use crate::class::OptionalArg;
use crate::class::parse::{flag, keypoint_indices, number, sequence};
use crate::convert::{ComputePrecision, CoordArray, DtypePolicy, OutputArray, PromotedArray};
use crate::error::{Result, invalid};

/// Heatmaps and weights.
type Maps<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// Generate Gaussian heatmaps of keypoints, centered on their rounded coordinates.
///
/// Paper: `Simple Baselines <https://arxiv.org/abs/1804.06208>`_ (Xiao et al. 2018).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in pixels.
///     keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are
///         converted). NaN and infinite keypoints have no Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
///     sigma (float or array): Standard deviation in heatmap pixels, or one per instance; 0 is one
///         pixel.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the maximum.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       keypoints outside the map.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, a size of 0, or sigmas that are negative, not
///         finite or too few.
#[pyfunction]
pub(crate) fn generate_gaussian_heatmaps<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
) -> PyResult<Maps<'py>> {
    let sigmas = Sigmas::read(sigma)?;
    Center::Rounded.generate(heatmap_size, keypoints, keypoints_visible, &sigmas)
}

/// Generate Gaussian heatmaps of keypoints, as UDP does: centered on the exact coordinates.
///
/// Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in pixels.
///     keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are
///         converted). NaN and infinite keypoints have no Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
///     sigma (float): Standard deviation in heatmap pixels.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the maximum.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       keypoints outside the map.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, a size of 0, or a sigma that is negative or
///         not finite.
#[pyfunction]
pub(crate) fn generate_udp_gaussian_heatmaps<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
) -> PyResult<Maps<'py>> {
    let sigma = Sigmas::one(sigma)?;
    Center::Udp.generate(heatmap_size, keypoints, keypoints_visible, &sigma)
}

/// Generate Gaussian heatmaps of keypoints that are neither rounded nor truncated.
///
/// Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).
///
/// Args:
///     heatmap_size (tuple): Size (W, H) in pixels.
///     keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are
///         converted). NaN and infinite keypoints have no Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
///     sigma (float): Standard deviation in heatmap pixels.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the maximum.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       keypoints outside the map.
///
/// Raises:
///     InvalidInputError: For a wrong shape or dtype, a size of 0, or a sigma that is negative or
///         not finite.
#[pyfunction]
pub(crate) fn generate_unbiased_gaussian_heatmaps<'py>(
    heatmap_size: &Bound<'py, PyAny>,
    keypoints: &Bound<'py, PyAny>,
    keypoints_visible: &Bound<'py, PyAny>,
    sigma: &Bound<'py, PyAny>,
) -> PyResult<Maps<'py>> {
    let sigma = Sigmas::one(sigma)?;
    Center::Unbiased.generate(heatmap_size, keypoints, keypoints_visible, &sigma)
}

/// The three ways to center a Gaussian.
#[derive(Clone, Copy)]
enum Center {
    Rounded,
    Udp,
    Unbiased,
}

impl Center {
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

    /// Reads the arguments, and fills maps and weights.
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
        let shape = [points.count, size[1], size[0]];
        let mut maps = OutputArray::<f32>::zeros(py, "heatmap_size", &shape)?;
        let values = maps.values_mut();
        let weights = in_precision!(&points.numbers, places => {
            let (places, _) = places.as_chunks();
            weighed!(py, &visible, points.people(), |seen, weights| {
                let keypoints = points.sample(places, Some(seen));
                enter(py, values.len(), || {
                    self.fill(&keypoints, size, sigmas, values, &mut weights)
                })
            })
        });
        Ok((maps.into_any(), weights))
    }
}

/// Generate 3D Gaussian heatmaps of keypoints.
///
/// Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).
///
/// Args:
///     heatmap_size (tuple): Size (W, H, D) in pixels.
///     keypoints (array): Shape (N, K, C), of which x and y in image pixels and the depth are used;
///         float32 or float64 (other dtypes are converted). NaN and infinite keypoints have no
///         Gaussian and weight 0.
///     keypoints_visible (array): Shape (N, K).
///     sigma (float or array): Standard deviation in heatmap pixels, or one per instance.
///     image_size (tuple): Size (w, h) of the image in pixels.
///     heatmap3d_depth_bound (float): The depth that the maps cover. Default: 400.
///     joint_indices (list, optional): Indices of the joints that have a map. Default: all.
///     max_bound (float): Maximum of the maps. Default: 1.
///     use_different_joint_weights (bool): Multiply visibilities by the dataset's weights. Default:
///         False.
///     dataset_keypoint_weights (array, optional): Shape (K,), one weight per joint with a map.
///
/// Returns:
///     tuple:
///     - heatmaps (array): Shape (K·D, H, W), float32. Where instances overlap, the maximum.
///     - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
///       depths beyond the bound.
///
/// Raises:
///     InvalidInputError: For wrong shapes, dtypes or indices, or sizes, bounds or sigmas that are
///         not positive and finite.
#[pyfunction]
#[pyo3(signature = (heatmap_size, keypoints, keypoints_visible, sigma, image_size, heatmap3d_depth_bound=OptionalArg::DEFAULT, joint_indices=None, max_bound=OptionalArg::DEFAULT, use_different_joint_weights=OptionalArg::DEFAULT, dataset_keypoint_weights=None), text_signature = "(heatmap_size, keypoints, keypoints_visible, sigma, image_size, heatmap3d_depth_bound=400.0, joint_indices=None, max_bound=1.0, use_different_joint_weights=False, dataset_keypoint_weights=None)")]
#[allow(clippy::too_many_arguments, reason = "MMPose's signature")]
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
) -> Result<Maps<'py>> {
    let py = keypoints.py();
    let size = points::heatmap_size(heatmap_size)?;
    let [width, height, depth] = size;
    let wanted = "must be (w, h), two positive numbers";
    let sides = sequence("image_size", wanted, image_size)?;
    let [w, h, ..] = sides.as_slice() else {
        return Err(
            invalid(py, "image_size", wanted, format_args!("{} values", sides.len())).into()
        );
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
    let joints = volumes.joints(points.count)?.len();
    let shape = [joints.saturating_mul(depth), height, width];
    let mut maps = OutputArray::<f32>::zeros(py, "heatmap_size", &shape)?;
    let values = maps.values_mut();
    let shape = [points.instances, joints].into_iter().collect();
    let weights = in_precision!(&points.numbers, places => {
        let places = first_columns(places, points.columns)?;
        weighed!(py, &visible, shape, |seen, weights| {
            let keypoints = points.sample(&places, Some(seen));
            enter(py, values.len(), || {
                functional::generate_3d_gaussian_heatmaps(
                    &keypoints, &volumes, &sigmas, values, &mut weights,
                )
            })
        })
    });
    Ok((maps.into_any(), weights))
}

/// Whether NumPy computes with this side of a size in double precision: NumPy's integers, unlike
/// Python's, promote single precision to double.
fn double(side: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(PromotedArray::read(side, "size")?.precision == ComputePrecision::Double)
}

/// The dataset's weights, which are required.
fn read_weights<'py>(py: Python<'py>, weights: Option<&Bound<'py, PyAny>>) -> PyResult<Vec<f64>> {
    const NAME: &str = "dataset_keypoint_weights";
    let Some(weights) = weights else {
        let wanted = "must be given with `use_different_joint_weights`";
        return Err(invalid(py, NAME, wanted, "None"));
    };
    let numbers = CoordArray::read(weights, NAME, DtypePolicy::Promote)?;
    if numbers.shape().len() != 1 {
        let got = format!("shape {}", Shape(numbers.shape()));
        return Err(invalid(py, NAME, "must be of shape (K,)", got));
    }
    numbers.to_f64()
}
