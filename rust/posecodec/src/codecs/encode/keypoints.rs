//! The samples that encoders take.

use ndarray::{ArrayView, ArrayView2, ArrayView3, CowArray, Dimension, Ix2, Ix3};

use super::super::check;
use super::{Encode, Init};
use crate::error::Result;
use crate::float::Float;
use crate::kernels::gaussian::heatmap::{GaussianPatch, PixelRange};

/// The keypoints of one sample: `instances` × `count` points `[x, y]` in input pixels, or of `D`
/// coordinates.
///
/// ```
/// use posecodec::codecs::Keypoints;
///
/// let points = [[95.3f32, 40.1], [101.7, 34.6], [88.2, 34.9]];
/// let visible = [1.0f32, 1.0, 0.0];
/// let person = Keypoints { points: &points, visible: Some(&visible), instances: 1, count: 3 };
/// let all_visible = Keypoints { visible: None, ..person };
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Keypoints<'a, T, V, const D: usize = 2> {
    /// The points, instance by instance.
    pub points: &'a [[T; D]],
    /// A visibility a point; all are visible where there is none.
    pub visible: Option<&'a [V]>,
    /// Number of instances, N.
    pub instances: usize,
    /// Number of keypoints an instance, K.
    pub count: usize,
}

impl<T: Float, V: Float, const D: usize> Keypoints<'_, T, V, D> {
    /// The weight of the keypoint of this flat index: its visibility, or 0 where it has no target.
    ///
    /// `encode` is called where the keypoint is visible and finite, and says whether any of it lies
    /// inside. NaN and infinity are nowhere: no target, no weight.
    #[inline]
    pub(crate) fn weight(&self, index: usize, encode: impl FnOnce([T; D]) -> bool) -> V {
        let point = self.points[index];
        let visibility = self.visible.map_or(V::one(), |visible| visible[index]);
        if !self.is_finite(index) || !(visibility < V::of(0.5)) && !encode(point) {
            V::zero()
        } else {
            visibility
        }
    }

    /// Whether the keypoint of this flat index is somewhere: NaN and infinity are nowhere.
    #[inline]
    pub(crate) fn is_finite(&self, index: usize) -> bool {
        self.points[index].iter().all(|coordinate| coordinate.is_finite())
    }

    /// Fills a weight and `cells` map cells a keypoint. `encode` puts something into its cells,
    /// which hold zeros, or fills them all where `overwrites_plane`.
    #[inline]
    pub(crate) fn encode_planes(
        &self,
        planes: Planes<'_>,
        weights: &mut [V],
        mut encode: impl FnMut(&mut [f32], [T; D]) -> bool,
    ) {
        let Planes { values, cells, overwrites_plane, memory } = planes;
        let dirty = memory == Init::Uninit;
        for (index, (plane, weight)) in values.chunks_exact_mut(cells).zip(weights).enumerate() {
            // Plane by plane, so that it is in the first-level cache when something is put into it:
            // 64 samples take 0.88 times as long as with a fill a sample, one sample as long.
            if dirty && !overwrites_plane {
                plane.fill(0.0);
            }
            let mut filled = false;
            *weight = self.weight(index, |point| {
                filled = encode(plane, point);
                filled
            });
            if dirty && overwrites_plane && !filled {
                plane.fill(0.0);
            }
        }
    }
}

impl<T: Float, V: Float> Keypoints<'_, T, V> {
    /// All points in map cells.
    pub(crate) fn in_heatmap_pixels(
        &self,
        to_heatmap_pixels: impl Fn([T; 2]) -> [T; 2],
    ) -> Vec<[T; 2]> {
        self.points.iter().map(|&point| to_heatmap_pixels(point)).collect()
    }

    /// Those of an instance's points, given `at` map cells, that are visible at all.
    pub(crate) fn visible_of<'a>(
        &'a self,
        instance: usize,
        at: &'a [[T; 2]],
    ) -> impl Iterator<Item = [T; 2]> + Clone + 'a {
        (instance * self.count..(instance + 1) * self.count)
            .filter(|&index| {
                self.is_finite(index)
                    && self.visible.is_none_or(|visible| visible[index] > V::zero())
            })
            .map(|index| at[index])
    }

    /// Stamps the keypoints of all instances, `at` map cells, into the map of their number, and fills
    /// a weight each. Where Gaussians meet, the larger value stays. `stamped` gets every map and the
    /// cells of it that a Gaussian covers.
    pub(crate) fn draw_instances(
        &self,
        at: &[[T; 2]],
        drawer: &GaussianDrawer<'_>,
        maps: &mut [f32],
        weights: &mut [V],
        mut stamped: impl FnMut(usize, &[f32], [PixelRange; 2]),
    ) {
        let [width, height] = drawer.size;
        let mut scratch = [Vec::new(), Vec::new()];
        for (index, weight) in weights.iter_mut().enumerate() {
            let (instance, number) = (index / self.count, index % self.count);
            let map = &mut maps[number * width * height..][..width * height];
            *weight = self.weight(index, |_| {
                let (at, size, merge) = (at[index], drawer.size, instance > 0);
                // On an input one pixel wide, UDP's scale is 0.
                if !(at[0].is_finite() && at[1].is_finite()) {
                    return false;
                }
                let patch = drawer.patches[instance % drawer.patches.len()];
                let spans = patch.draw_gaussian(map, size, at, drawer.exact, merge, &mut scratch);
                if let Some(spans) = spans {
                    stamped(number, map, spans);
                }
                spans.is_some()
            });
        }
    }
}

/// How the keypoints of several instances become Gaussians.
pub(crate) struct GaussianDrawer<'a> {
    /// Map size `[W, H]`.
    pub(crate) size: [usize; 2],
    /// One for all instances, or one each.
    pub(crate) patches: &'a [&'a GaussianPatch],
    /// Whether the peak lies at the keypoint or in the cell that it rounds to.
    pub(crate) exact: bool,
}

/// The cells that keypoints are encoded into: `cells` a keypoint.
pub(crate) struct Planes<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) cells: usize,
    /// Whether a keypoint that lies inside fills all of its cells: [`Encode::overwrites_plane`].
    pub(crate) overwrites_plane: bool,
    pub(crate) memory: Init,
}

/// The keypoints (N, K, D) of one sample and their visibilities (N, K), checked and contiguous.
pub(crate) struct Points<'a, T, V, const D: usize = 2> {
    keypoints: CowArray<'a, T, Ix3>,
    visible: Option<CowArray<'a, V, Ix2>>,
}

impl<'a, T: Float, V: Float, const D: usize> Points<'a, T, V, D> {
    pub(crate) fn new(
        keypoints: ArrayView3<'a, T>,
        visible: Option<ArrayView2<'a, V>>,
        single: Option<&str>,
    ) -> Result<Self> {
        let [_, instances, count] = check_instances::<D>(keypoints.shape(), false, single)?;
        if let Some(visible) = visible
            && visible.dim() != (instances, count)
        {
            let wanted = format!("({instances}, {count}) as `keypoints` is");
            return Err(check::shape("keypoints_visible", &wanted, visible.shape()));
        }
        Ok(Self { keypoints: contiguous(keypoints), visible: visible.map(contiguous) })
    }

    pub(crate) fn sample(&self) -> Keypoints<'_, T, V, D> {
        let (points, _) = self.keypoints.as_slice().expect("contiguous").as_chunks();
        let visible = self.visible.as_ref().map(|visible| visible.as_slice().expect("contiguous"));
        let (instances, count, _) = self.keypoints.dim();
        Keypoints { points, visible, instances, count }
    }
}

/// The array itself where it is contiguous, else a copy that is.
fn contiguous<T: Clone, I: Dimension>(array: ArrayView<'_, T, I>) -> CowArray<'_, T, I> {
    if array.is_standard_layout() {
        array.into()
    } else {
        array.as_standard_layout().into_owned().into()
    }
}

/// Checks the shape of keypoints: (N, K, D), or (B, N, K, D) where `batched`, with the number of
/// instances that the codec takes. Answers with B (1 for a sample), N and K.
///
/// ```
/// use posecodec::codecs::{MsraHeatmap, check_keypoints};
///
/// assert_eq!(check_keypoints::<MsraHeatmap, 2>(&[8, 1, 17, 2], true)?, [8, 1, 17]);
/// assert!(check_keypoints::<MsraHeatmap, 2>(&[3, 17, 2], false).is_err()); // three people
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`](crate::Error::InvalidInput) for another shape.
pub fn check_keypoints<C: Encode<D> + ?Sized, const D: usize>(
    shape: &[usize],
    batched: bool,
) -> Result<[usize; 3]> {
    check_instances::<D>(shape, batched, C::SINGLE_INSTANCE.then_some(C::NAME))
}

/// [`check_keypoints`] for a codec that takes any number of instances, or just one, and then has
/// this name.
///
/// ```
/// use posecodec::codecs::check_instances;
///
/// assert_eq!(check_instances::<2>(&[3, 17, 2], false, None)?, [1, 3, 17]);
/// assert!(check_instances::<2>(&[3, 17, 2], false, Some("UDPHeatmap")).is_err());
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`](crate::Error::InvalidInput) for another shape.
pub fn check_instances<const D: usize>(
    shape: &[usize],
    batched: bool,
    single: Option<&str>,
) -> Result<[usize; 3]> {
    let refuse = |reason: &str| {
        let instances = if single.is_some() { "1" } else { "N" };
        let leading = if batched { "B, " } else { "" };
        check::shape("keypoints", &format!("({leading}{instances}, K, {D}){reason}"), shape)
    };
    let found = match (batched, shape) {
        (false, &[instances, count, each]) if each == D => [1, instances, count],
        (true, &[batch, instances, count, each]) if each == D => [batch, instances, count],
        _ => return Err(refuse("")),
    };
    if let Some(name) = single
        && found[1] != 1
    {
        return Err(refuse(&format!(": {name} only support single-instance keypoint encoding")));
    }
    Ok(found)
}
