//! `EDPoseLabel`: keypoints, boxes and areas in units of the image, and the selection of
//! candidates.

mod decode;

use arrayvec::ArrayVec;
use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2, ArrayView3};

use crate::check;
use crate::element::{ArrayMut, Dtype, split_off};
use crate::error::Result;
use crate::float::Float;
use crate::plan::{Output, Per, Value};

pub use decode::{EdPoseDecoded, EdPosePredictions, ScoredPose};

/// Keypoints, boxes and areas in units of the image: [ED-Pose](https://arxiv.org/abs/2302.01593)
/// (Yang et al. 2023). Decoding keeps the candidates with the highest scores.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::people::{EdPoseLabel, EdPoseLabelOptions};
///
/// let codec = EdPoseLabel::new(EdPoseLabelOptions::default())?;
/// let bboxes = array![[160.0f32, 120.0, 480.0, 360.0]];
/// let targets = codec.encode::<_, f32>(
///     [640.0, 480.0],
///     array![[[320.0f32, 120.0]]].view(),
///     None,
///     None,
///     Some(bboxes.view()),
/// )?;
/// assert_eq!(targets.keypoints, array![[[0.5f32, 0.25]]]);
/// assert_eq!(targets.bbox, Some(array![[0.5f32, 0.5, 0.5, 0.5]]));
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct EdPoseLabel {
    options: EdPoseLabelOptions,
}

/// The options of [`EdPoseLabel`], with MMPose's defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdPoseLabelOptions {
    /// Number of candidates that decoding keeps. Default: 100.
    pub num_select: usize,
    /// Number of keypoints per candidate, K. Default: 17.
    pub num_keypoints: usize,
}

impl Default for EdPoseLabelOptions {
    fn default() -> Self {
        Self { num_select: 100, num_keypoints: 17 }
    }
}

/// What [`EdPoseLabel`] encodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct EdPoseTargets<T, V> {
    /// (N, K, 2), in units of the image's size; 0 for NaN and infinite keypoints.
    pub keypoints: Array3<T>,
    /// (N,), in units of the image's area.
    pub area: Option<Array1<T>>,
    /// (N, 4): `[x, y, w, h]` of the center and the size, in units of the image's size.
    pub bbox: Option<Array2<T>>,
    /// (N, K), 0 for NaN and infinite keypoints.
    pub keypoints_visible: Array2<V>,
}

impl EdPoseLabel {
    /// A codec with these options.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a number of 0.
    pub fn new(options: EdPoseLabelOptions) -> Result<Self> {
        check::count("num_select", options.num_select)?;
        check::count("num_keypoints", options.num_keypoints)?;
        Ok(Self { options })
    }

    /// Number of keypoints per candidate, K.
    pub fn num_keypoints(&self) -> usize {
        self.options.num_keypoints
    }

    /// The options.
    pub fn options(&self) -> &EdPoseLabelOptions {
        &self.options
    }

    /// Encodes an image of size `img_shape` `[w, h]` in pixels: keypoints (N, K, 2), visibilities
    /// (N, K), areas (N,) in square pixels and boxes (N, 4), `[left, top, right, bottom]`.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a side that is not positive and finite, or shapes that do
    /// not fit.
    pub fn encode<T: Float, V: Float>(
        &self,
        img_shape: [f64; 2],
        keypoints: ArrayView3<'_, T>,
        keypoints_visible: Option<ArrayView2<'_, V>>,
        area: Option<ArrayView1<'_, T>>,
        bboxes: Option<ArrayView2<'_, T>>,
    ) -> Result<EdPoseTargets<T, V>> {
        let image = Image::new(img_shape)?;
        let (instances, count, coordinates) = keypoints.dim();
        if coordinates != 2 {
            return Err(check::shape("keypoints", "(N, K, 2)", keypoints.shape()));
        }
        let wanted = |shape: &str| format!("{shape} as `keypoints` is");
        if let Some(visible) = &keypoints_visible
            && visible.dim() != (instances, count)
        {
            let wanted = wanted(&format!("({instances}, {count})"));
            return Err(check::shape("keypoints_visible", &wanted, visible.shape()));
        }
        if let Some(area) = &area
            && area.dim() != instances
        {
            return Err(check::shape("area", &wanted(&format!("({instances},)")), area.shape()));
        }
        if let Some(bboxes) = &bboxes
            && bboxes.dim() != (instances, 4)
        {
            let wanted = wanted(&format!("({instances}, 4)"));
            return Err(check::shape("bboxes", &wanted, bboxes.shape()));
        }

        let mut points: Vec<[T; 2]> =
            keypoints.rows().into_iter().map(|row| [row[0], row[1]]).collect();
        let mut visible = match keypoints_visible {
            Some(visible) => visible.iter().copied().collect(),
            None => vec![V::one(); points.len()],
        };
        image.normalize_points(&mut points, &mut visible);
        let flat = points.into_iter().flatten().collect();
        Ok(EdPoseTargets {
            keypoints: Array3::from_shape_vec(keypoints.dim(), flat).expect("a point each"),
            area: area.map(|area| area.mapv(|area| image.normalize_area(area))),
            bbox: bboxes.map(|bboxes| {
                let boxes = bboxes
                    .rows()
                    .into_iter()
                    .flat_map(|row| image.normalize_box(std::array::from_fn(|side| row[side])));
                Array2::from_shape_vec((instances, 4), boxes.collect()).expect("a box each")
            }),
            keypoints_visible: Array2::from_shape_vec((instances, count), visible)
                .expect("a visibility each"),
        })
    }
}

/// What [`EdPoseLabel`] encodes of a batch of images with the same number of instances.
#[derive(Debug, Clone, PartialEq)]
pub struct EdPoseAnnotations {
    /// The images.
    pub images: Vec<Image>,
    /// Keypoints (B, N, K, 2) in pixels.
    pub keypoints: Vec<f64>,
    /// Visibilities (B, N, K), or (B, N, K, m).
    pub visible: Vec<f64>,
    /// Areas (B, N) in square pixels.
    pub area: Option<Vec<f64>>,
    /// Boxes (B, N, 4), `[left, top, right, bottom]` in pixels.
    pub bboxes: Option<Vec<f64>>,
}

impl EdPoseAnnotations {
    /// The outputs for one image with `instances` instances and `count` keypoints per instance,
    /// whose visibilities have the shape `visible`.
    pub fn outputs(&self, [instances, count]: [usize; 2], visible: &[usize]) -> [Output; 4] {
        let array = |name, argument, shape: &[usize]| {
            Output::new(name, Dtype::Like(argument), shape, Per::Instance)
        };
        let or_none = |given: bool, output: Output| {
            if given { output } else { Output::value(output.name, Value::None, Per::Call) }
        };
        [
            array("keypoints", "keypoints", &[instances, count, 2]),
            or_none(self.area.is_some(), array("area", "area", &[instances])),
            or_none(self.bboxes.is_some(), array("bbox", "bboxes", &[instances, 4])),
            array("keypoints_visible", "keypoints_visible", visible),
        ]
    }

    /// Fills the arrays of [`Self::outputs`] of all images. Computes in double precision: a
    /// quotient of single-precision numbers, rounded to single precision, is then the same as
    /// NumPy's.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for arrays of other lengths.
    pub fn fill(mut self, arrays: ArrayVec<ArrayMut<'_>, 4>) -> Result<()> {
        let images = self.images.len().max(1);
        let mut rest = (&mut self.keypoints[..], &mut self.visible[..]);
        let [points_each, visible_each] = [rest.0.len() / images, rest.1.len() / images];
        let areas_each = self.area.as_ref().map_or(0, Vec::len) / images;
        let boxes_each = self.bboxes.as_ref().map_or(0, Vec::len) / images;
        let mut areas = self.area.as_deref_mut().unwrap_or_default();
        let mut boxes = self.bboxes.as_deref_mut().unwrap_or_default();
        for image in &self.images {
            let (points, _) = split_off(&mut rest.0, points_each).as_chunks_mut();
            image.normalize_points(points, split_off(&mut rest.1, visible_each));
            for area in split_off(&mut areas, areas_each) {
                *area = image.normalize_area(*area);
            }
            for bbox in split_off(&mut boxes, boxes_each).as_chunks_mut::<4>().0 {
                *bbox = image.normalize_box(*bbox);
            }
        }
        let Self { keypoints, area, bboxes, visible, .. } = self;
        let values = [Some(keypoints), area, bboxes, Some(visible)];
        for (array, values) in arrays.into_iter().zip(values.into_iter().flatten()) {
            if array.len() != values.len() {
                let wanted = format!("must have {} values", values.len());
                return Err(crate::Error::invalid("targets", wanted, array.len()));
            }
            array.fill_from(values.into_iter());
        }
        Ok(())
    }
}

/// The size of an image: the unit of the targets of [`EdPoseLabel`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Image {
    size: [f64; 2],
}

impl Image {
    /// An image of size `[w, h]` in pixels.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a side that is not positive and finite.
    pub fn new(img_shape: [f64; 2]) -> Result<Self> {
        for side in img_shape {
            check::positive("img_shape", side)?;
        }
        Ok(Self { size: img_shape })
    }

    /// Divides a coordinate by the size along an axis. MMPose stores sizes in single precision.
    fn share<T: Float>(&self, coordinate: T, axis: usize) -> T {
        coordinate / T::of(f64::from(self.size[axis] as f32))
    }

    /// Converts points from pixels to units of the image's size. NaN and infinite points become 0,
    /// and so do their visibilities. All points have the same number of visibilities.
    pub fn normalize_points<T: Float, V: Float>(&self, points: &mut [[T; 2]], visible: &mut [V]) {
        let each = visible.len().checked_div(points.len()).unwrap_or(0);
        for (index, point) in points.iter_mut().enumerate() {
            if point.iter().all(|coordinate| coordinate.is_finite()) {
                *point = [self.share(point[0], 0), self.share(point[1], 1)];
            } else {
                *point = [T::zero(); 2];
                visible[index * each..][..each].fill(V::zero());
            }
        }
    }

    /// Converts a box from `[left, top, right, bottom]` in pixels to `[x, y, w, h]`, the center and
    /// the size, in units of the image's size.
    pub fn normalize_box<T: Float>(&self, [left, top, right, bottom]: [T; 4]) -> [T; 4] {
        let half = T::of(0.5);
        [
            self.share((right + left) * half, 0),
            self.share((bottom + top) * half, 1),
            self.share(right - left, 0),
            self.share(bottom - top, 1),
        ]
    }

    /// Converts an area from square pixels to units of the image's area.
    pub fn normalize_area<T: Float>(&self, area: T) -> T {
        area / T::of(self.size[0] * self.size[1])
    }
}
