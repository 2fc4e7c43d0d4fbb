//! Dense displacements from the pixels around an instance's root to its keypoints: MMPose's
//! `generate_displacement_heatmap`.

use std::ops::Range;

use crate::float::Float;

/// One instance, in heatmap pixels.
#[derive(Debug, Clone, Copy)]
pub struct RootedInstance<'a, T, R> {
    /// Its keypoints.
    pub points: &'a [[T; 2]],
    /// Which of them have a target. Keypoints outside the map have none in any case.
    pub labelled: &'a [bool],
    /// Its root.
    pub root: [R; 2],
    /// Its size: where instances overlap, the displacements of the smaller one stay.
    pub size: f64,
    /// The weight of its displacements.
    pub weight: f32,
}

/// The direction of displacements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the pixels to the keypoint.
    ToKeypoint,
    /// From the keypoint to the pixels.
    FromKeypoint,
}

/// The maps of one image, or a part of them.
#[derive(Debug)]
pub struct DisplacementMaps<'a> {
    /// Two planes (x, y) per keypoint, filled with zeros.
    pub displacements: &'a mut [f32],
    /// As many planes as `displacements`, filled with zeros.
    pub weights: &'a mut [f32],
    /// Map size `[W, H]` in pixels.
    pub size: [usize; 2],
}

/// Fills displacements and weights within `radius` of the roots, instance by instance.
///
/// `instances` must be those whose root is visible and inside the map.
///
/// A pixel is overwritten unless it holds a displacement other than zero and the instance is larger than
/// the last one that wrote to the pixel *for any keypoint*. MMPose does this; so do we.
pub fn fill_displacements<T: Float, R: Float>(
    maps: DisplacementMaps<'_>,
    instances: &[RootedInstance<'_, T, R>],
    radius: f64,
    direction: Direction,
) {
    let part = maps.size.map(|side| 0..side);
    fill_part(maps, part, instances, radius, direction);
}

/// [`fill_displacements`] of a part of the maps, some columns and rows: the planes have these alone.
pub fn fill_part<T: Float, R: Float>(
    maps: DisplacementMaps<'_>,
    part: [Range<usize>; 2],
    instances: &[RootedInstance<'_, T, R>],
    radius: f64,
    direction: Direction,
) {
    let sign = if direction == Direction::ToKeypoint { 1.0 } else { -1.0 };
    let DisplacementMaps { displacements, weights, size: [width, height] } = maps;
    let [first_column, first_row] = [part[0].start, part[1].start];
    let (stride, pixels) = (part[0].len(), part[0].len() * part[1].len());
    let areas: Vec<[Range<usize>; 2]> = instances
        .iter()
        .map(|instance| {
            [0, 1].map(|axis| {
                let Range { start, end } = area(instance.root[axis], radius, [width, height][axis]);
                let start = start.clamp(part[axis].start, part[axis].end);
                start..end.clamp(start, part[axis].end)
            })
        })
        .collect();
    let mut sizes = SizeMap::around(&areas);
    for (instance, [columns, rows]) in instances.iter().zip(&areas) {
        let (size, weight) = (instance.size, instance.weight);
        for (index, point) in instance.points.iter().enumerate() {
            let inside = (0..2).all(|axis| {
                point[axis] >= T::zero() && point[axis] < T::of([width, height][axis] as f64)
            });
            if !inside || !instance.labelled[index] {
                continue;
            }
            let [to_x, to_y] = point.map(Float::as_f64);
            let planes = 2 * index * pixels..2 * (index + 1) * pixels;
            let (x_plane, y_plane) = displacements[planes.clone()].split_at_mut(pixels);
            let (x_weights, y_weights) = weights[planes].split_at_mut(pixels);
            for row in rows.clone() {
                let before = (row - first_row) * stride;
                let in_row =
                    before + columns.start - first_column..before + columns.end - first_column;
                let (x_row, y_row) = (&mut x_plane[in_row.clone()], &mut y_plane[in_row.clone()]);
                let x_weights = &mut x_weights[in_row.clone()];
                let y_weights = &mut y_weights[in_row];
                let sizes = sizes.row(row, columns);
                for (step, last) in sizes.iter_mut().enumerate() {
                    let written = x_row[step] != 0.0 || y_row[step] != 0.0;
                    if written && size > f64::from(*last) {
                        continue;
                    }
                    x_row[step] = (sign * (to_x - (columns.start + step) as f64)) as f32;
                    y_row[step] = (sign * (to_y - row as f64)) as f32;
                    x_weights[step] = weight;
                    y_weights[step] = weight;
                    *last = size as f32;
                }
            }
        }
    }
}

/// The pixels of an axis that [`fill_displacements`] fills, within `radius` of the root. Both ends are
/// computed in the root's own precision and truncated toward zero.
pub fn area<R: Float>(root: R, radius: f64, length: usize) -> Range<usize> {
    let radius = R::of(radius);
    let start = ((root - radius).as_f64() as i64).max(0) as usize;
    let end = ((root + radius).as_f64() as i64).clamp(0, length as i64) as usize;
    start.min(end)..end
}

/// The size of the instance that wrote last to each pixel of a rectangle.
struct SizeMap {
    sizes: Vec<f32>,
    columns: Range<usize>,
    first_row: usize,
}

impl SizeMap {
    /// Covers the smallest rectangle that contains these areas.
    fn around(areas: &[[Range<usize>; 2]]) -> Self {
        let span = |axis: usize| {
            let start = areas.iter().map(|area| area[axis].start).min().unwrap_or(0);
            start..areas.iter().map(|area| area[axis].end).max().unwrap_or(0).max(start)
        };
        let (columns, rows) = (span(0), span(1));
        Self { sizes: vec![0.0; columns.len() * rows.len()], columns, first_row: rows.start }
    }

    fn row(&mut self, row: usize, columns: &Range<usize>) -> &mut [f32] {
        let start =
            (row - self.first_row) * self.columns.len() + columns.start - self.columns.start;
        &mut self.sizes[start..start + columns.len()]
    }
}
