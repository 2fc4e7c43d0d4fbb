//! The helpers of MMPose's `mmpose.codecs.utils`, under their names: the parts of its codecs, for those
//! who write their own codecs.
//!
//! They check their arguments, fill slices that the caller allocates, and `refine_*` works in place.
//! Keypoints are in heatmap pixels here, not in input pixels.

mod bfloat16;
mod blur;
mod camera;
pub mod deeplabcut;
mod displacement;
mod gaussian_heatmaps;
mod gaussian_heatmaps_3d;
pub mod hrnet;
mod instances;
mod maxima;
pub mod mmaction;
pub mod mmpose0;
mod nms;
mod refinement;
mod samples;
mod simcc;
pub mod sleap;
mod to_image;
pub mod transformers;

pub use crate::inputs::keypoints::Keypoints;
pub use crate::inputs::pair::Pair;
pub use crate::inputs::simcc_rows::SimccRows;
pub use crate::kernels::lifting::camera::Intrinsics;
pub use bfloat16::bf16_to_f32;
pub use blur::{gaussian_blur, gaussian_blur1d};
pub use camera::{camera_to_image_coord, camera_to_pixel, pixel_to_camera};
pub use displacement::{InstanceRoots, generate_displacement_heatmap, generate_offset_heatmap};
pub use gaussian_heatmaps::{
    generate_gaussian_heatmaps, generate_udp_gaussian_heatmaps, generate_unbiased_gaussian_heatmaps,
};
pub use gaussian_heatmaps_3d::{Volumes, generate_3d_gaussian_heatmaps};
pub use instances::{get_diagonal_lengths, get_instance_bbox, get_instance_root};
pub use maxima::{get_heatmap_3d_maximum, get_heatmap_maximum};
pub use nms::batch_heatmap_nms;
pub use refinement::{
    refine_keypoints, refine_keypoints_dark, refine_keypoints_dark_udp, refine_simcc_dark,
};
pub use simcc::{get_simcc_maximum, get_simcc_normalized, simcc_softmax};
pub use to_image::to_image;

use crate::check;
use crate::check::product;
use crate::error::{Error, Result};
use crate::float::HeatmapValue;
use crate::inputs::maps::SampleMaps;

/// The size of a map, `[W, H]` or `[W, H, D]`, checked before a map is allocated.
///
/// ```
/// use posecodec::functional::check_heatmap_size;
///
/// assert_eq!(check_heatmap_size([48, 64])?, [48, 64]);
/// assert!(check_heatmap_size([48, 0]).is_err());
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for a side of 0, or one above the maximum image side.
pub fn check_heatmap_size<const N: usize>(heatmap_size: [usize; N]) -> Result<[usize; N]> {
    check::size("heatmap_size", heatmap_size)
}

/// Maps of `shape`, whose last `dims` sides are a map's.
///
/// # Errors
/// [`Error::InvalidInput`] for maps without a pixel, or another number of values than the shape implies.
fn maps<'a, E: HeatmapValue>(
    argument: &'static str,
    values: &'a [E],
    shape: &[usize],
    dims: usize,
) -> Result<SampleMaps<'a, E>> {
    let (count, sides) = shape.split_at(shape.len() - dims);
    let map_len = product(sides).filter(|&map_len| map_len > 0);
    let map_len = map_len.ok_or_else(|| check::no_pixel(argument, shape))?;
    let len = product(count).and_then(|count| count.checked_mul(map_len));
    same_length(argument, len, values.len())?;
    Ok(SampleMaps { values, map_len, width: sides[dims - 1] })
}

/// Checks the number of an argument's values.
fn same_length(argument: &'static str, wanted: Option<usize>, got: usize) -> Result<()> {
    if wanted == Some(got) {
        return Ok(());
    }
    let wanted = wanted.map_or("more than memory holds".into(), |wanted| wanted.to_string());
    Err(Error::invalid(argument, format!("must have {wanted} values"), got))
}
