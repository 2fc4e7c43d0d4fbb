//! The root and the bounding box of an instance, from its visible keypoints: MMPose's
//! `get_instance_root`, `get_instance_bbox` and `get_diagonal_lengths`.

use crate::error::{Error, Result};
use crate::float::Float;

/// The point that represents an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootType {
    /// The mean of the visible keypoints.
    KeypointCenter,
    /// The center of the box around the visible keypoints.
    BoxCenter,
}

/// From MMPose's names, `kpt_center` and `bbox_center`.
impl std::str::FromStr for RootType {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "kpt_center" => Ok(Self::KeypointCenter),
            "bbox_center" => Ok(Self::BoxCenter),
            _ => {
                let wanted = "is unknown: the value of `root_type` must be 'kpt_center' or \
                              'bbox_center'";
                Err(Error::invalid("root_type", wanted, format_args!("'{name}'")))
            }
        }
    }
}

/// The root of an instance with these visible keypoints; `None` if there are none.
///
/// Keypoints are added one after the other in their own precision, as NumPy does.
pub fn instance_root<T: Float>(
    visible: impl Iterator<Item = [T; 2]> + Clone,
    root_type: RootType,
) -> Option<[f32; 2]> {
    let single = |value: T| value.as_f64() as f32;
    match root_type {
        RootType::KeypointCenter => {
            let (mut sum, mut count) = ([T::zero(); 2], 0u32);
            for point in visible {
                sum = [sum[0] + point[0], sum[1] + point[1]];
                count += 1;
            }
            let count = (count > 0).then(|| T::of(f64::from(count)))?;
            Some(sum.map(|sum| single(sum / count)))
        }
        RootType::BoxCenter => {
            let [low, high] = extremes(visible)?;
            Some([0, 1].map(|axis| single((high[axis] + low[axis]) / T::of(2.0))))
        }
    }
}

/// The box `[x1, y1, x2, y2]` around the visible keypoints; zeros if there are none.
pub fn instance_bbox<T: Float>(visible: impl Iterator<Item = [T; 2]>) -> [f32; 4] {
    extremes(visible).map_or([0.0; 4], |[low, high]| {
        [low[0], low[1], high[0], high[1]].map(|value| value.as_f64() as f32)
    })
}

/// The length of a box's diagonal.
pub fn diagonal_length([x1, y1, x2, y2]: [f32; 4]) -> f32 {
    let (width, height) = (x2 - x1, y2 - y1);
    (width * width + height * height).sqrt()
}

/// The minimum and maximum of each coordinate.
fn extremes<T: Float>(mut points: impl Iterator<Item = [T; 2]>) -> Option<[[T; 2]; 2]> {
    let first = points.next()?;
    Some(points.fold([first; 2], |[low, high], point| {
        [
            [low[0].min(point[0]), low[1].min(point[1])],
            [high[0].max(point[0]), high[1].max(point[1])],
        ]
    }))
}
