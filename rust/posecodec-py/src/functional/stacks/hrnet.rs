//! The decoding of HRNet's reference implementation.

use posecodec::Shape;
use posecodec::functional::hrnet::{self, CropTransform};
use pyo3::prelude::*;

use super::decode::{Keypoints, fill, named_wrong_shape};
use crate::convert::{CoordArray, DtypePolicy, NetworkOutput, in_own_precision};
use crate::error::invalid;
use crate::functional::points::in_precision;

/// `posecodec_rs.hrnet.get_max_preds`.
#[pyfunction]
pub(crate) fn get_max_preds<'py>(batch_heatmaps: &Bound<'py, PyAny>) -> PyResult<Keypoints<'py>> {
    let (maps, shape) = read(batch_heatmaps)?;
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
    let (maps, shape) = read(batch_heatmaps)?;
    let crops = crops(center, scale, shape)?;
    in_own_precision!(&maps, array => {
        fill(batch_heatmaps.py(), array, [shape[0], shape[1]], |maps, preds, maxvals| {
            hrnet::get_final_preds(maps, shape, post_process, &crops, preds, maxvals)
        })
    })
}

fn read<'py>(batch_heatmaps: &Bound<'py, PyAny>) -> PyResult<(NetworkOutput<'py>, [usize; 4])> {
    let maps = NetworkOutput::read(batch_heatmaps, "batch_heatmaps")?;
    match <[usize; 4]>::try_from(maps.shape()) {
        Ok(shape) => Ok((maps, shape)),
        Err(_) => {
            Err(named_wrong_shape(batch_heatmaps, "batch_heatmaps", "(N, K, H, W)", maps.shape()))
        }
    }
}

/// Centers (N, 2) and scales (N, 2), or (N,) for the same scale along both axes.
fn crops(
    center: &Bound<'_, PyAny>,
    scale: &Bound<'_, PyAny>,
    [batch, _, _, width]: [usize; 4],
) -> PyResult<Vec<CropTransform>> {
    let centers = CoordArray::read(center, "center", DtypePolicy::Promote)?;
    let scales = CoordArray::read(scale, "scale", DtypePolicy::Promote)?;
    let check =
        |object: &Bound<'_, PyAny>, name, numbers: &CoordArray<'_>, fits, wanted: String| {
            let got = format!("shape {}", Shape(numbers.shape()));
            if fits { Ok(()) } else { Err(invalid(object.py(), name, &wanted, got)) }
        };
    let wanted = format!("must be of shape ({batch}, 2)");
    check(center, "center", &centers, centers.shape() == [batch, 2], wanted)?;
    let columns = match *scales.shape() {
        [of] if of == batch => 1,
        [of, columns @ (1 | 2)] if of == batch => columns,
        _ => 0,
    };
    let wanted = format!("must be of shape ({batch}, 2) or ({batch},)");
    check(scale, "scale", &scales, columns > 0, wanted)?;
    Ok(in_precision!(&centers, centers => in_precision!(&scales, scales => {
        let centers = centers.as_chunks::<2>().0.iter();
        let widths = scales.iter().step_by(columns);
        centers.zip(widths).map(|(&center, &scale)| CropTransform::new(center, scale, width)).collect()
    })))
}
