//! The targets of DeepLabCut.

use posecodec::functional::deeplabcut::{
    self, DekrMaps, DekrTargets, Grid, HeatmapKind, HeatmapMaps, HeatmapTargets, Labels, Locref,
    MapPer, SimccTargets, SimccVectors,
};
use pyo3::prelude::*;

use crate::call::enter;
use crate::class::parse::{describe, items_up_to, number, size, string};
use crate::convert::{CoordArray, DtypePolicy, OutputArray};
use crate::error::{Result, invalid};
use crate::functional::points::{in_precision, sides_of, wrong_shape};

type Array<'py> = Bound<'py, PyAny>;
type Pair<'py> = (Array<'py>, Array<'py>);

/// Heatmaps and weights (B, M, H, W); with a `locref_scale`, offsets and masks (B, 2M, H, W).
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "the options of the class")]
pub(crate) fn dlc_heatmaps<'py>(
    keypoints: &Bound<'py, PyAny>,
    map_size: &Bound<'py, PyAny>,
    stride: &Bound<'py, PyAny>,
    kind: &Bound<'py, PyAny>,
    per_instance: bool,
    num_heatmaps: usize,
    pos_dist_thresh: &Bound<'py, PyAny>,
    missing_weight: Option<f64>,
    locref_scale: Option<f64>,
) -> Result<(Pair<'py>, Option<Pair<'py>>)> {
    let py = keypoints.py();
    let kind = match &*string("kind", kind)? {
        "gaussian" => HeatmapKind::Gaussian,
        "plateau" => HeatmapKind::Plateau,
        other => return Err(invalid(py, "kind", "must name a kind of heatmap", other).into()),
    };
    let map_per = if per_instance { MapPer::Instance } else { MapPer::Keypoint };
    let (numbers, shape, grid) = read(keypoints, map_size, stride)?;
    let distance = number("pos_dist_thresh", pos_dist_thresh)?;
    let targets = HeatmapTargets::new(kind, map_per, distance, missing_weight)?;
    let ([width, height], batch) = (grid.size(), shape[0]);
    let maps = [batch, num_heatmaps, height, width];
    let pairs = [batch, num_heatmaps.saturating_mul(2), height, width];
    let mut heatmaps = OutputArray::<f32>::uninit(py, "num_heatmaps", &maps)?;
    let mut weights = OutputArray::<f32>::uninit(py, "num_heatmaps", &maps)?;
    let mut locref = locref_scale
        .map(|scale| {
            let offsets = OutputArray::<f32>::uninit(py, "num_heatmaps", &pairs)?;
            let masks = OutputArray::<i64>::uninit(py, "num_heatmaps", &pairs)?;
            PyResult::Ok((offsets, masks, scale))
        })
        .transpose()?;
    let maps = HeatmapMaps {
        heatmaps: heatmaps.values_mut(),
        weights: weights.values_mut(),
        locref: locref.as_mut().map(|(offsets, masks, scale)| Locref {
            offsets: offsets.values_mut(),
            masks: masks.values_mut(),
            scale: *scale,
        }),
    };
    in_precision!(&numbers, values => {
        let labels = Labels::new(values, shape)?;
        enter(py, maps.heatmaps.len(), || targets.fill(&labels, &grid, num_heatmaps, maps))
    })?;
    let locref = locref.map(|(offsets, masks, _)| (offsets.into_any(), masks.into_any()));
    Ok(((heatmaps.into_any(), weights.into_any()), locref))
}

/// Fields (B, 2E, H, W).
#[pyfunction]
pub(crate) fn dlc_part_affinity_fields<'py>(
    keypoints: &Bound<'py, PyAny>,
    map_size: &Bound<'py, PyAny>,
    stride: &Bound<'py, PyAny>,
    graph: &Bound<'py, PyAny>,
    width: &Bound<'py, PyAny>,
) -> Result<Array<'py>> {
    const MAX_EDGES: usize = 1 << 16;
    let py = keypoints.py();
    let (numbers, shape, grid) = read(keypoints, map_size, stride)?;
    let wanted = "must be a list of pairs of integers";
    let mut edges = Vec::new();
    for edge in items_up_to(MAX_EDGES, "graph", wanted, graph)? {
        let pair = edge.extract::<[i64; 2]>();
        edges.push(pair.map_err(|_| invalid(py, "graph", wanted, describe(&edge)))?);
    }
    let width_in_pixels = number("width", width)?;
    let [width, height] = grid.size();
    let shape_of_fields = [shape[0], 2 * edges.len(), height, width];
    let mut fields = OutputArray::<f32>::uninit(py, "graph", &shape_of_fields)?;
    let maps = fields.values_mut();
    in_precision!(&numbers, values => {
        let labels = Labels::new(values, shape)?;
        enter(py, maps.len(), || {
            deeplabcut::part_affinity_fields(&labels, &grid, &edges, width_in_pixels, maps)
        })
    })?;
    Ok(fields.into_any())
}

/// Heatmaps and weights (B, K + 1, H, W), and offsets and weights (B, 2K, H, W).
#[pyfunction]
pub(crate) fn dlc_dekr<'py>(
    keypoints: &Bound<'py, PyAny>,
    area: &Bound<'py, PyAny>,
    map_size: &Bound<'py, PyAny>,
    stride: &Bound<'py, PyAny>,
    num_joints: usize,
    pos_dist_thresh: &Bound<'py, PyAny>,
    bg_weight: &Bound<'py, PyAny>,
) -> Result<[Array<'py>; 4]> {
    let py = keypoints.py();
    let (numbers, shape, grid) = read(keypoints, map_size, stride)?;
    let [batch, instances, count, _] = shape;
    if num_joints.checked_add(1) != Some(count) {
        let wanted = format!("must have {num_joints} keypoints and a center per instance");
        let got = format!("{count} of both");
        return Err(invalid(py, "keypoints", &wanted, got).into());
    }
    let areas = CoordArray::read(area, "area", DtypePolicy::Promote)?;
    if areas.shape() != [batch, instances] {
        let wanted = format!("({batch}, {instances}), as `keypoints` is");
        return Err(wrong_shape(py, "area", &wanted, areas.shape()).into());
    }
    let size = grid.size();
    let targets = DekrTargets::new(
        size,
        number("stride", stride)?,
        number("pos_dist_thresh", pos_dist_thresh)?,
        number("bg_weight", bg_weight)?,
    )?;
    let shape_of = |maps: usize| [batch, maps, size[1], size[0]];
    let array = |maps: usize| OutputArray::<f32>::uninit(py, "outputs", &shape_of(maps));
    let (mut heatmaps, mut weights) = (array(count)?, array(count)?);
    let (mut offsets, mut offset_weights) = (array(2 * num_joints)?, array(2 * num_joints)?);
    let maps = DekrMaps {
        heatmaps: heatmaps.values_mut(),
        heatmap_weights: weights.values_mut(),
        offsets: offsets.values_mut(),
        offset_weights: offset_weights.values_mut(),
    };
    in_precision!(&numbers, values => {
        let labels = Labels::new(values, shape)?;
        in_precision!(&areas, areas => {
            enter(py, maps.heatmaps.len(), || targets.fill(&labels, areas, maps))
        })
    })?;
    Ok([heatmaps, weights, offsets, offset_weights].map(OutputArray::into_any))
}

/// Vectors (B, N, K, W) along x and y, and weights (B, N, K).
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "the options of the class")]
pub(crate) fn dlc_simcc<'py>(
    keypoints: &Bound<'py, PyAny>,
    input_size: &Bound<'py, PyAny>,
    standard: bool,
    sigma: [f64; 2],
    simcc_split_ratio: &Bound<'py, PyAny>,
    label_smooth_weight: f64,
    normalize: bool,
) -> Result<[Array<'py>; 3]> {
    let py = keypoints.py();
    let (numbers, shape) = read_labels(keypoints)?;
    let input_size = size("input_size", input_size)?;
    let ratio = number("simcc_split_ratio", simcc_split_ratio)?;
    let targets = if standard {
        SimccTargets::standard(input_size, ratio, label_smooth_weight)?
    } else {
        SimccTargets::gaussian(input_size, ratio, sigma, normalize)?
    };
    let [batch, instances, count, _] = shape;
    let [bins_x, bins_y] = targets.bins();
    let array =
        |bins: usize| OutputArray::<f32>::uninit(py, "keypoints", &[batch, instances, count, bins]);
    let (mut x, mut y) = (array(bins_x)?, array(bins_y)?);
    let mut weights = OutputArray::<i64>::uninit(py, "keypoints", &[batch, instances, count])?;
    let vectors =
        SimccVectors { x: x.values_mut(), y: y.values_mut(), weights: weights.values_mut() };
    in_precision!(&numbers, values => {
        let labels = Labels::new(values, shape)?;
        enter(py, vectors.x.len(), || targets.fill(&labels, vectors))
    })?;
    Ok([x.into_any(), y.into_any(), weights.into_any()])
}

/// Labels (B, N, K, C) and their shape.
fn read_labels<'py>(keypoints: &Bound<'py, PyAny>) -> Result<(CoordArray<'py>, [usize; 4])> {
    let numbers = CoordArray::read(keypoints, "keypoints", DtypePolicy::Promote)?;
    let shape = sides_of(keypoints.py(), "keypoints", "(B, N, K, 3)", numbers.shape())?;
    Ok((numbers, shape))
}

/// Labels, their shape, and the pixels of maps of size (w, h).
fn read<'py>(
    keypoints: &Bound<'py, PyAny>,
    map_size: &Bound<'py, PyAny>,
    stride: &Bound<'py, PyAny>,
) -> Result<(CoordArray<'py>, [usize; 4], Grid)> {
    let (numbers, shape) = read_labels(keypoints)?;
    Ok((numbers, shape, Grid::new(size("outputs", map_size)?, number("stride", stride)?)?))
}
