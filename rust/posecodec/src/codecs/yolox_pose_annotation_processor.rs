//! `YOLOXPoseAnnotationProcessor`: boxes expanded to contain their keypoints, and class labels.

use arrayvec::ArrayVec;
use ndarray::{Array2, ArrayView2, ArrayView3};

use crate::check;
use crate::element::{ArrayMut, Dtype};
use crate::error::Result;
use crate::float::Float;
use crate::inputs::keypoints::Keypoints;
use crate::plan::{Output, Per};

/// Boxes and labels for YOLOX-Pose, which follows [YOLO-Pose](https://arxiv.org/abs/2204.06806)
/// (Maji et al. 2022), and for RTMO.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::people::{
///     YoloxPoseAnnotationProcessor, YoloxPoseAnnotationProcessorOptions,
/// };
///
/// let keypoints = array![[[10.0f32, 40.0], [90.0, 30.0], [200.0, 200.0]]];
/// let visible = array![[1.0f32, 2.0, 0.0]];
/// let bbox = array![[20.0f32, 20.0, 60.0, 60.0]];
/// let options = YoloxPoseAnnotationProcessorOptions { expand_bbox: true, ..Default::default() };
/// let processor = YoloxPoseAnnotationProcessor::new(options)?;
/// let bbox = processor.expand(keypoints.view(), Some(visible.view()), bbox.view())?;
/// assert_eq!(bbox, array![[10.0f32, 20.0, 90.0, 60.0]]);
/// assert_eq!(YoloxPoseAnnotationProcessor::label(1)?, 0);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YoloxPoseAnnotationProcessor {
    options: YoloxPoseAnnotationProcessorOptions,
}

/// The options of [`YoloxPoseAnnotationProcessor`], with MMPose's defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct YoloxPoseAnnotationProcessorOptions {
    /// Whether boxes are expanded; otherwise they are omitted from the outputs. Default: false.
    pub expand_bbox: bool,
    /// The network's input size `[w, h]`, which is checked but not used, as in MMPose. Default: none.
    pub input_size: Option<[usize; 2]>,
}

/// The outputs of [`YoloxPoseAnnotationProcessor`].
pub type YoloxOutputs = ArrayVec<Output, 2>;

/// The coordinate to which MMPose moves invisible keypoints, in pixels: outside of every image.
const INVISIBLE_COORDINATE: f64 = 1e6;

impl YoloxPoseAnnotationProcessor {
    /// A processor with these options.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a size of 0.
    pub fn new(options: YoloxPoseAnnotationProcessorOptions) -> Result<Self> {
        options.input_size.map(|size| check::size("input_size", size)).transpose()?;
        Ok(Self { options })
    }

    /// The options.
    pub fn options(&self) -> &YoloxPoseAnnotationProcessorOptions {
        &self.options
    }

    /// Expands boxes (N, 4), `[left, top, right, bottom]` in pixels, to contain the keypoints
    /// (N, K, 2) whose visibility (N, K) is not 0; without visibilities, all keypoints.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for shapes that do not fit.
    pub fn expand<T: Float, V: Float, B: Float>(
        &self,
        keypoints: ArrayView3<'_, T>,
        keypoints_visible: Option<ArrayView2<'_, V>>,
        bbox: ArrayView2<'_, B>,
    ) -> Result<Array2<B>> {
        let (instances, count, coordinates) = keypoints.dim();
        if coordinates != 2 {
            return Err(check::shape("keypoints", "(N, K, 2)", keypoints.shape()));
        }
        if let Some(visible) = &keypoints_visible
            && visible.dim() != (instances, count)
        {
            let wanted = format!("({instances}, {count}) as `keypoints` is");
            return Err(check::shape("keypoints_visible", &wanted, visible.shape()));
        }
        if bbox.dim() != (instances, 4) {
            let wanted = format!("({instances}, 4), one box per instance");
            return Err(check::shape("bbox", &wanted, bbox.shape()));
        }
        let points: Vec<[T; 2]> =
            keypoints.rows().into_iter().map(|row| [row[0], row[1]]).collect();
        let visible: Option<Vec<V>> =
            keypoints_visible.map(|visible| visible.iter().copied().collect());
        let keypoints =
            Keypoints { points: &points, visible: visible.as_deref(), instances, count };
        let mut boxes: Vec<[B; 4]> =
            bbox.rows().into_iter().map(|row| std::array::from_fn(|side| row[side])).collect();
        self.expand_boxes(&keypoints, &mut boxes);
        let flat = boxes.into_iter().flatten().collect();
        Ok(Array2::from_shape_vec((instances, 4), flat).expect("one box per instance"))
    }

    /// Expands one box per instance. Ignores NaN and infinite keypoints.
    pub fn expand_boxes<T: Float, V: Float, B: Float>(
        &self,
        keypoints: &Keypoints<'_, T, V>,
        boxes: &mut [[B; 4]],
    ) {
        let Keypoints { points, visible, count, .. } = *keypoints;
        for (instance, corners) in boxes.iter_mut().enumerate() {
            let mut expanded = corners.map(Float::as_f64);
            for index in instance * count..(instance + 1) * count {
                let point = points[index].map(Float::as_f64);
                let is_visible = point.iter().all(|coordinate| coordinate.is_finite())
                    && visible.is_none_or(|visible| visible[index] != V::zero());
                for axis in 0..2 {
                    let [low, high] = if is_visible {
                        [point[axis]; 2]
                    } else {
                        [INVISIBLE_COORDINATE, -INVISIBLE_COORDINATE]
                    };
                    // A comparison with NaN is false, so a side that is NaN stays NaN.
                    if low < expanded[axis] {
                        expanded[axis] = low;
                    }
                    if high > expanded[axis + 2] {
                        expanded[axis + 2] = high;
                    }
                }
            }
            *corners = expanded.map(B::of);
        }
    }

    /// The output `bbox`, if boxes are passed and expanded, and the output `bbox_labels`, if
    /// categories are passed. The arguments are their shapes.
    pub fn outputs(&self, bbox: Option<&[usize]>, category_id: Option<&[usize]>) -> YoloxOutputs {
        let bbox = bbox.filter(|_| self.options.expand_bbox);
        let bbox = bbox.map(|shape| Output::new("bbox", Dtype::Like("bbox"), shape, Per::Instance));
        let labels =
            category_id.map(|shape| Output::new("bbox_labels", Dtype::Int8, shape, Per::Instance));
        bbox.into_iter().chain(labels).collect()
    }

    /// Expands the boxes of all instances, and fills the arrays of [`Self::outputs`] with boxes and
    /// labels.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for arrays of other lengths, and as for [`Self::label`].
    pub fn fill(
        &self,
        boxes: Option<(&Keypoints<'_, f64, f64>, Vec<f64>)>,
        category_id: Option<&[i64]>,
        arrays: ArrayVec<ArrayMut<'_>, 2>,
    ) -> Result<()> {
        let mut arrays = arrays.into_iter();
        let mut next = |len: usize| {
            let array = arrays.next();
            let got = array.as_ref().map_or(0, ArrayMut::len);
            array.filter(|_| got == len).ok_or_else(|| {
                crate::Error::invalid("targets", format!("must have {len} values"), got)
            })
        };
        if let Some((keypoints, mut corners)) = boxes {
            let array = next(corners.len())?;
            self.expand_boxes(keypoints, corners.as_chunks_mut().0);
            array.fill_from(corners.into_iter());
        }
        if let Some(categories) = category_id
            && let ArrayMut::I8(labels) = next(categories.len())?
        {
            for (label, &category) in labels.iter_mut().zip(categories) {
                *label = Self::label(category)?;
            }
        }
        Ok(())
    }

    /// The label of a category: `category_id - 1`, in the 8 bits that MMPose uses.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a label that 8 bits cannot hold, which wraps around in
    /// MMPose.
    pub fn label(category_id: i64) -> Result<i8> {
        let label = category_id.checked_sub(1).and_then(|label| label.try_into().ok());
        label.ok_or_else(|| {
            let wanted = "must be from -127 to 128, because labels are of type int8";
            crate::Error::invalid("category_id", wanted, category_id)
        })
    }
}
