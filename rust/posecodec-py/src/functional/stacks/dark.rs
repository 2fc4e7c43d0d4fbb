//! DARK of keypoints in heatmap pixels.

use posecodec::functional::mmpose0;
use posecodec::functional::transformers::{self, Blur};
use posecodec::{Float, HeatmapValue};
use pyo3::prelude::*;

use super::decode::read_maps;
use crate::call::enter;
use crate::class::parse::{count, string};
use crate::convert::{CoordArray, DtypePolicy, NetworkOutput, in_own_precision};
use crate::error::Result;
use crate::functional::points::{first_columns, in_precision, sides_of, wrong_shape};

/// `posecodec_rs.mmpose0.post_dark_udp`.
#[pyfunction]
pub(crate) fn post_dark_udp<'py>(
    coords: &Bound<'py, PyAny>,
    batch_heatmaps: &Bound<'py, PyAny>,
    kernel: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    const NAME: &str = "batch_heatmaps";
    let dark = Dark::Mmpose0 { kernel: count("kernel", kernel)? };
    let maps = NetworkOutput::read(batch_heatmaps, NAME)?;
    let shape = sides_of(coords.py(), NAME, "(B, K, H, W)", maps.shape())?;
    dark.refine(coords, NAME, &maps, shape)
}

/// Refined keypoints (N, K, 2). `model` is `'vitpose'` or `'sapiens2'`.
#[pyfunction]
pub(crate) fn post_dark_unbiased_data_processing<'py>(
    coords: &Bound<'py, PyAny>,
    heatmaps: &Bound<'py, PyAny>,
    kernel: &Bound<'py, PyAny>,
    model: &Bound<'py, PyAny>,
) -> Result<Bound<'py, PyAny>> {
    let dark = Dark::Transformers(match &*string("model", model)? {
        "vitpose" => Blur::vitpose(count("kernel", kernel)?)?,
        _ => Blur::sapiens2(count("blur_kernel_size", kernel)?)?,
    });
    let (maps, shape) = read_maps(heatmaps, "heatmaps")?;
    Ok(dark.refine(coords, "heatmaps", &maps, shape)?)
}

/// The project whose DARK refines keypoints.
enum Dark {
    Mmpose0 { kernel: usize },
    Transformers(Blur),
}

impl Dark {
    /// Keypoints (N, K, 2), refined on maps (N, K, H, W), or (1, K, H, W) for all of them.
    fn refine<'py>(
        &self,
        coords: &Bound<'py, PyAny>,
        name: &str,
        maps: &NetworkOutput<'py>,
        shape: [usize; 4],
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = coords.py();
        let [batch, planes, ..] = shape;
        let mut numbers = CoordArray::read(coords, "coords", DtypePolicy::Promote)?;
        let people = match *numbers.shape() {
            [people, keypoints, 2] if keypoints == planes => Some(people),
            _ => None,
        };
        if people.is_none_or(|people| batch != 1 && batch != people) {
            let people = if batch == 1 { "N".into() } else { batch.to_string() };
            let wanted = format!("({people}, {planes}, 2), like `{name}`");
            return Err(wrong_shape(py, "coords", &wanted, numbers.shape()));
        }
        in_precision!(&mut numbers, values => {
            let mut points = first_columns(values, 2)?;
            in_own_precision!(maps, array => {
                let maps = array.values();
                enter(py, maps.len(), || self.apply(&mut points, maps, shape))
            })?;
            values.copy_from_slice(points.as_flattened());
        });
        numbers.into_array(py, "coords")
    }

    fn apply<T: Float, E: HeatmapValue>(
        &self,
        points: &mut [[T; 2]],
        maps: &[E],
        shape: [usize; 4],
    ) -> posecodec::Result<()> {
        match self {
            Self::Mmpose0 { kernel } => mmpose0::post_dark_udp(points, maps, shape, *kernel),
            Self::Transformers(blur) => {
                transformers::post_dark_unbiased_data_processing(points, maps, shape, blur)
            }
        }
    }
}
