//! The decoding of HRNet's reference implementation.

use posecodec::functional::hrnet::{self, CropTransform};
use pyo3::prelude::*;

use super::decode::{Keypoints, fill, read_maps};
use crate::convert::{CoordArray, DtypePolicy, in_own_precision};
use crate::functional::points::{in_precision, wrong_shape};

/// `posecodec_rs.hrnet.get_max_preds`.
#[pyfunction]
pub(crate) fn get_max_preds<'py>(batch_heatmaps: &Bound<'py, PyAny>) -> PyResult<Keypoints<'py>> {
    let (maps, shape) = read_maps(batch_heatmaps, "batch_heatmaps")?;
    in_own_precision!(&maps, array => {
        fill(batch_heatmaps.py(), array, [shape[0], shape[1]], |maps, preds, maxvals| {
            hrnet::get_max_preds(maps, shape, preds, maxvals)
        })
    })
}

/// `posecodec_rs.hrnet.get_final_preds`.
#[pyfunction]
pub(crate) fn get_final_preds<'py>(
    batch_heatmaps: &Bound<'py, PyAny>,
    center: &Bound<'py, PyAny>,
    scale: &Bound<'py, PyAny>,
    post_process: bool,
) -> PyResult<Keypoints<'py>> {
    let (maps, shape) = read_maps(batch_heatmaps, "batch_heatmaps")?;
    let crops = crops(center, scale, shape)?;
    in_own_precision!(&maps, array => {
        fill(batch_heatmaps.py(), array, [shape[0], shape[1]], |maps, preds, maxvals| {
            hrnet::get_final_preds(maps, shape, post_process, &crops, preds, maxvals)
        })
    })
}

/// Centers (N, 2) and scales (N, 2), or (N,) for the same scale along both axes.
fn crops(
    center: &Bound<'_, PyAny>,
    scale: &Bound<'_, PyAny>,
    [batch, _, _, width]: [usize; 4],
) -> PyResult<Vec<CropTransform>> {
    let centers = CoordArray::read(center, "center", DtypePolicy::Promote)?;
    let scales = CoordArray::read(scale, "scale", DtypePolicy::Promote)?;
    if centers.shape() != [batch, 2] {
        let wanted = format!("({batch}, 2)");
        return Err(wrong_shape(center.py(), "center", &wanted, centers.shape()));
    }
    let columns = match *scales.shape() {
        [of] if of == batch => 1,
        [of, columns @ (1 | 2)] if of == batch => columns,
        _ => {
            let wanted = format!("({batch}, 2) or ({batch},)");
            return Err(wrong_shape(scale.py(), "scale", &wanted, scales.shape()));
        }
    };
    Ok(in_precision!(&centers, centers => in_precision!(&scales, scales => {
        let centers = centers.as_chunks::<2>().0.iter();
        let widths = scales.iter().step_by(columns);
        centers.zip(widths).map(|(&center, &scale)| CropTransform::new(center, scale, width)).collect()
    })))
}
