//! `AssociativeEmbedding`: heatmaps of the keypoints of all people, and tags that group them.

mod decode;

use ndarray::{Array2, Array3};

use super::encode::{
    Encode, EncodedArrays, Outputs, SampleArrays, VISIBILITY, dimensioned, matrix,
};
use super::profiles::{Separable, fill_rows, profile_rows, write_profiles};
use super::{scale_factor, to_heatmap_pixels, udp_scale_factor};
use crate::check;
use crate::element::Dtype;
use crate::error::{Error, Result, Shape};
use crate::float::Float;
use crate::inputs::keypoints::{GaussianDrawer, Keypoints};
use crate::kernels::blur::kernel::GaussianKernel;
use crate::kernels::gaussian::profiles::{Center, GaussianPatch};
use crate::plan::{Output, Per};

pub use decode::GroupedKeypoints;

/// [Associative Embedding: End-to-End Learning for Joint Detection and
/// Grouping](https://arxiv.org/abs/1611.05424) (Newell et al. 2017), with `use_udp` on maps of
/// [UDP](https://arxiv.org/abs/1911.07524) (Huang et al. 2020).
///
/// Targets: `heatmaps` (K, H, W) of all instances; `keypoint_indices` (N, K, 2), the heatmap pixel
/// `y·W + x` of each keypoint and whether it is visible there; and `keypoint_weights` (N, K).
///
/// ```
/// use ndarray::{Array3, array};
/// use posecodec::codecs::people::{AssociativeEmbedding, AssociativeEmbeddingOptions};
/// use posecodec::codecs::Encode;
///
/// let options =
///     AssociativeEmbeddingOptions { keypoint_order: vec![0, 1], ..Default::default() };
/// let codec = AssociativeEmbedding::new([128, 128], [64, 64], options)?;
/// let people = array![[[20.0f32, 20.0], [60.0, 90.0]], [[90.0, 30.0], [120.0, 100.0]]];
/// let targets = codec.encode(people.view(), None)?;
/// assert_eq!(targets.keypoint_indices[[0, 0, 0]], 10 * 64 + 10);
///
/// // Tags that are far apart for the two people, who are left and right of column 36.
/// let tags = Array3::from_shape_fn((2, 64, 64), |(_, _, x)| if x < 36 { 0.0f32 } else { 9.0 });
/// let decoded = codec.decode(targets.heatmaps.view(), tags.view())?;
/// assert_eq!(decoded.keypoints.dim(), (2, 2, 2));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AssociativeEmbedding {
    input_size: [usize; 2],
    heatmap_size: [usize; 2],
    scale_factor: [f32; 2],
    sigma: f64,
    patch: GaussianPatch,
    kernel: GaussianKernel,
    options: AssociativeEmbeddingOptions,
}

/// How [`AssociativeEmbedding`] encodes and decodes. The defaults are MMPose's.
#[derive(Debug, Clone, PartialEq)]
pub struct AssociativeEmbeddingOptions {
    /// Standard deviation of the Gaussians in heatmap pixels. Default: `None`, which is
    /// √(W·H) / 64.
    pub sigma: Option<f64>,
    /// With UDP, Gaussians are centered on the exact keypoint, scale factors are (w-1)/(W-1), and
    /// decoding refines with DARK. Without it, Gaussians are centered on the rounded keypoint,
    /// scale factors are w/W, and decoding shifts by a quarter of a pixel.
    /// Default: false.
    pub use_udp: bool,
    /// The order in which keypoints are grouped: each index below K once. Required for decoding.
    /// Default: empty.
    pub keypoint_order: Vec<usize>,
    /// Size of the neighborhood in which a candidate must be the maximum; odd. Default: 5.
    pub nms_kernel: usize,
    /// Taps of the blur before DARK, with `use_udp`; odd. Default: 3.
    pub gaussian_kernel: usize,
    /// Candidates must have a response above this one. Default: 0.1.
    pub keypoint_threshold: f64,
    /// A keypoint joins an instance if the distance between their tags is below this one.
    /// Default: 1.
    pub tag_threshold: f64,
    /// Maximum number of candidates per keypoint. Default: 30.
    pub top_k: usize,
    /// Heatmap pixels that are added to the coordinates of detected keypoints. Default: 0.
    pub center_shift: f64,
    /// Maximum number of instances to decode. Default: `None` for all.
    pub max_instances: Option<usize>,
}

impl Default for AssociativeEmbeddingOptions {
    fn default() -> Self {
        Self {
            sigma: None,
            use_udp: false,
            keypoint_order: Vec::new(),
            nms_kernel: 5,
            gaussian_kernel: 3,
            keypoint_threshold: 0.1,
            tag_threshold: 1.0,
            top_k: 30,
            center_shift: 0.0,
            max_instances: None,
        }
    }
}

/// What [`AssociativeEmbedding`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct AssociativeEmbeddingTargets<V> {
    /// (K, H, W).
    pub heatmaps: Array3<f32>,
    /// (N, K, 2): the keypoint's heatmap pixel as `y·W + x`, and 1 if it is visible and inside, or
    /// 0.
    pub keypoint_indices: Array3<i64>,
    /// (N, K): the visibilities, 0 for keypoints whose Gaussian lies outside.
    pub keypoint_weights: Array2<V>,
}

heatmap_getters!(AssociativeEmbedding, AssociativeEmbeddingOptions);

impl AssociativeEmbedding {
    /// A codec of input size `[w, h]` in pixels and heatmap size `[W, H]`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a size of 0, a sigma that is not positive and finite, an even
    /// kernel, a keypoint order with repeats or gaps, or a number that is not finite.
    pub fn new(
        input_size: [usize; 2],
        heatmap_size: [usize; 2],
        options: AssociativeEmbeddingOptions,
    ) -> Result<Self> {
        let input_size = check::size("input_size", input_size)?;
        let heatmap_size = check::size("heatmap_size", heatmap_size)?;
        let default = ((heatmap_size[0] * heatmap_size[1]) as f64).sqrt() / 64.0;
        let sigma = options.sigma.map_or(Ok(default), |sigma| check::positive("sigma", sigma))?;
        check::kernel_size("decode_nms_kernel", options.nms_kernel)?;
        check::kernel_size("decode_gaussian_kernel", options.gaussian_kernel)?;
        for (name, value) in [
            ("decode_keypoint_thr", options.keypoint_threshold),
            ("decode_center_shift", options.center_shift),
        ] {
            check::finite(name, value)?;
        }
        if options.tag_threshold.is_nan() {
            let wanted = "must be a number";
            return Err(Error::invalid("decode_tag_thr", wanted, options.tag_threshold));
        }
        let order = &options.keypoint_order;
        let mut sorted = order.clone();
        sorted.sort_unstable();
        if sorted.iter().enumerate().any(|(index, &keypoint)| index != keypoint) {
            let wanted = "must hold each keypoint's index once";
            return Err(Error::invalid("decode_keypoint_order", wanted, Shape(order)));
        }
        let scale_factor =
            if options.use_udp { udp_scale_factor } else { scale_factor }(input_size, heatmap_size);
        Ok(Self {
            input_size,
            heatmap_size,
            scale_factor,
            sigma,
            patch: GaussianPatch::new(sigma),
            kernel: GaussianKernel::new(options.gaussian_kernel),
            options,
        })
    }

    /// Standard deviation of the Gaussians, in heatmap pixels.
    pub fn sigma(&self) -> f64 {
        self.sigma
    }

    /// The heatmap pixel to which a point rounds, as `y·W + x`, and whether it is inside. As in
    /// MMPose, a point outside also has an index, which is out of range or that of another pixel.
    fn index<T: Float>(&self, at: [T; 2]) -> (i64, bool) {
        let [width, height] = self.heatmap_size.map(|side| side as i64);
        let [x, y] = at.map(|coordinate| {
            let rounded = (coordinate + T::of(0.5)).as_f64();
            // A value beyond int64 becomes its minimum, as NumPy's cast does on x86-64.
            if rounded.abs() < i64::MAX as f64 { rounded as i64 } else { i64::MIN }
        });
        let inside = (0..width).contains(&x) && (0..height).contains(&y);
        (y.wrapping_mul(width).wrapping_add(x), inside)
    }
}

impl Encode for AssociativeEmbedding {
    const NAME: &'static str = "AssociativeEmbedding";
    const SINGLE_INSTANCE: bool = false;
    type Targets<V: Float> = AssociativeEmbeddingTargets<V>;

    fn outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        Outputs::from_iter([
            Output::heatmaps(keypoints, self.heatmap_size),
            Output::new(
                "keypoint_indices",
                Dtype::Int64,
                &[instances, keypoints, 2],
                Per::Instance,
            ),
            Output::weights(VISIBILITY, instances, keypoints),
        ])
    }

    fn encode_sample<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let heatmaps = arrays.take();
        let indices = arrays.take();
        arrays.init.clear(heatmaps);
        let at = keypoints.in_heatmap_pixels(|point| to_heatmap_pixels(point, self.scale_factor));
        let size = self.heatmap_size;
        let center = self.center();
        let drawer = GaussianDrawer { size, patches: &[&self.patch], center };
        keypoints.draw_instances(&at, &drawer, heatmaps, arrays.take(), |_, _, _| ());
        self.encode_indices(keypoints, &at, indices);
    }

    fn from_arrays<V: Float>(encoded: EncodedArrays<V>) -> AssociativeEmbeddingTargets<V> {
        let [heatmaps] = dimensioned(encoded.floats);
        let [keypoint_indices] = dimensioned(vec![encoded.integers]);
        AssociativeEmbeddingTargets {
            heatmaps,
            keypoint_indices,
            keypoint_weights: matrix(encoded.weights),
        }
    }
}

/// Profiles (N, K, W) and (N, K, H). The heatmaps are the maxima of the people's products.
impl Separable for AssociativeEmbedding {
    fn profile_outputs(&self, instances: usize, keypoints: usize) -> Outputs {
        let leading = [instances, keypoints];
        let rows = profile_rows(&leading, self.heatmap_size, Per::Instance);
        rows.into_iter().chain(self.outputs(instances, keypoints).into_iter().skip(1)).collect()
    }

    fn encode_profiles<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        mut arrays: SampleArrays<'_>,
    ) {
        let (size, mut scratch) = (self.heatmap_size, [Vec::new(), Vec::new()]);
        let rows = ([arrays.take(), arrays.take()], size);
        let indices = arrays.take();
        let at = keypoints.in_heatmap_pixels(|point| to_heatmap_pixels(point, self.scale_factor));
        fill_rows(keypoints, rows, arrays.take(), |rows, index, _| {
            let at = at[index];
            let finite = at[0].is_finite() && at[1].is_finite();
            finite
                && write_profiles(rows, self.patch.profiles(size, at, self.center(), &mut scratch))
        });
        self.encode_indices(keypoints, &at, indices);
    }
}

impl AssociativeEmbedding {
    /// Where Gaussians are centered.
    fn center(&self) -> Center {
        if self.options.use_udp { Center::Exact } else { Center::Rounded }
    }

    /// Fills the heatmap pixel of each keypoint, and whether it is visible there. `at` has the points in
    /// heatmap pixels.
    fn encode_indices<T: Float, V: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        at: &[[T; 2]],
        indices: &mut [i64],
    ) {
        let (indices, _) = indices.as_chunks_mut::<2>();
        for (index, entry) in indices.iter_mut().enumerate() {
            let visible = keypoints.visible.is_none_or(|visible| visible[index] > V::of(0.5));
            *entry = if keypoints.is_finite(index) {
                let (pixel, inside) = self.index(at[index]);
                [pixel, (visible && inside).into()]
            } else {
                [0, 0]
            };
        }
    }
}
