//! Heatmaps as profiles: a Gaussian map is the outer product of one profile per axis, W + H values
//! instead of W·H. They are multiplied where the map is needed, for example on another device.

use super::encode::{Encode, EncodedArrays, Outputs, SampleArrays, VISIBILITY};
use crate::element::Dtype;
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::kernels::gaussian::profiles::AxisProfile;
use crate::plan::{Init, Output, Per};

/// A codec whose heatmaps are products of one profile along x and one along y.
///
/// The heatmap pixel (x, y) of a keypoint is `x_profile[x] * y_profile[y]` in single precision,
/// bit-identical to [`Encode`]'s. Where several instances share a map, it is the maximum of their
/// products.
pub trait Separable: Encode {
    /// The outputs for one sample of this many instances and keypoints: `x_profiles` (K, W) and
    /// `y_profiles` (K, H), with a leading N where several instances share a map, and the outputs of
    /// [`Encode`] that are not maps.
    fn profile_outputs(&self, instances: usize, keypoints: usize) -> Outputs;

    /// Fills the arrays of one sample, which are those of [`Self::profile_outputs`].
    fn encode_profiles<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        arrays: SampleArrays<'_>,
    );
}

/// Encodes keypoints to the profiles of a codec's heatmaps.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::heatmaps::{Profiles, UdpHeatmap, UdpHeatmapOptions};
/// use posecodec::codecs::Encode;
///
/// let codec = UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default())?;
/// let keypoints = array![[[95.5f32, 127.5]]];
/// let profiles = Profiles(&codec).encode(keypoints.view(), None)?;
/// let [x, y] = [&profiles.floats[0], &profiles.floats[1]]; // (K, W) and (K, H)
/// let heatmaps = codec.encode(keypoints.view(), None)?.heatmaps;
/// assert_eq!(heatmaps[[0, 30, 20]], y[[0, 30]] * x[[0, 20]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug)]
pub struct Profiles<'c, C>(pub &'c C);

impl<C: Separable> Encode for Profiles<'_, C> {
    const NAME: &'static str = C::NAME;
    const SINGLE_INSTANCE: bool = C::SINGLE_INSTANCE;
    type Targets<V: Float> = EncodedArrays<V>;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        self.0.profile_outputs(instances, keypoints)
    }

    fn init(&self) -> Init {
        Init::Uninit
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        arrays: SampleArrays<'_>,
    ) {
        self.0.encode_profiles(keypoints, arrays);
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> EncodedArrays<V> {
        encoded
    }
}

/// `x_profiles` and `y_profiles` of rows that have the dimensions `leading`.
pub(super) fn profile_rows(
    leading: &[usize],
    [width, height]: [usize; 2],
    per: Per,
) -> [Output; 2] {
    [("x_profiles", width), ("y_profiles", height)].map(|(name, side)| {
        let mut output = Output::new(name, Dtype::Float32, leading, per);
        output.shape.push(side);
        output
    })
}

/// The outputs of a codec that encodes one instance: one row of each profile per keypoint, and weights.
pub(super) fn single_instance_outputs(
    instances: usize,
    keypoints: usize,
    size: [usize; 2],
) -> Outputs {
    let weights = Output::weights(VISIBILITY, instances, keypoints);
    profile_rows(&[keypoints], size, Per::Sample).into_iter().chain([weights]).collect()
}

/// Fills one row of each profile per keypoint, and its weight. `write` gets rows of zeros, the keypoint's
/// index and its coordinates, and returns
/// whether the keypoint's Gaussian is inside; if it is outside, the rows must stay zeros.
#[inline]
pub(super) fn fill_rows<T: Float, V: Float>(
    keypoints: &Keypoints<'_, T, V>,
    ([x, y], [width, height]): ([&mut [f32]; 2], [usize; 2]),
    weights: &mut [V],
    mut write: impl FnMut([&mut [f32]; 2], usize, [T; 2]) -> bool,
) {
    x.fill(0.0);
    y.fill(0.0);
    let rows = x.chunks_exact_mut(width).zip(y.chunks_exact_mut(height));
    for (index, ((x, y), weight)) in rows.zip(weights).enumerate() {
        *weight = keypoints.visibility(index);
        if keypoints.is_labelled(index) && !write([x, y], index, keypoints.points[index]) {
            *weight = V::zero();
        }
    }
}

/// Writes profiles into rows of zeros; returns whether there are any.
#[inline]
pub(super) fn write_profiles(
    rows: [&mut [f32]; 2],
    profiles: Option<[AxisProfile<'_>; 2]>,
) -> bool {
    let Some(profiles) = profiles else { return false };
    for (row, profile) in rows.into_iter().zip(profiles) {
        row[profile.covered()].copy_from_slice(profile.values);
    }
    true
}
