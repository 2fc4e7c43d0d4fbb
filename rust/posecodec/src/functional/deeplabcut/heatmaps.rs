//! `HeatmapGaussianGenerator` and `HeatmapPlateauGenerator`.

use super::{Grid, Labels, check_batch};
use crate::check;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::kernels::fields::disc::{disc_row, nearest, rounded_limit};
use crate::kernels::gaussian::exact::draw_gaussian_on;
use crate::kernels::gaussian::profiles::exponent;
use crate::parallel;

/// What is drawn around a keypoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeatmapKind {
    /// A Gaussian that is not cut off; location refinement maps have the offsets of all pixels to the
    /// last keypoint.
    Gaussian,
    /// 1 within the distance; location refinement maps have the offsets of these pixels.
    Plateau,
}

/// What a heatmap is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapPer {
    /// A keypoint, of all instances.
    Keypoint,
    /// An instance, with all its keypoints.
    Instance,
}

/// The options of the generators.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapTargets {
    kind: HeatmapKind,
    map_per: MapPer,
    exponent: f64,
    /// The largest squared distance of a pixel from a keypoint.
    limit: f64,
    missing_weight: Option<f32>,
}

/// The maps of a batch.
#[derive(Debug)]
pub struct HeatmapMaps<'a> {
    /// Heatmaps (B, M, H, W).
    pub heatmaps: &'a mut [f32],
    /// Their weights, of the same shape: 0 for maps with an undefined keypoint, else 1.
    pub weights: &'a mut [f32],
    /// Location refinement, if it is wanted.
    pub locref: Option<Locref<'a>>,
}

/// Location refinement maps of a batch.
#[derive(Debug)]
pub struct Locref<'a> {
    /// Offsets to keypoints (B, 2M, H, W), times `scale`.
    pub offsets: &'a mut [f32],
    /// 1 within the distance of a keypoint, else 0; of the same shape.
    pub masks: &'a mut [i64],
    /// The factor of the offsets.
    pub scale: f64,
}

/// The maps of one keypoint or instance.
struct Planes<'a> {
    heatmap: &'a mut [f32],
    weights: &'a mut [f32],
    locref: Option<(&'a mut [f32], &'a mut [i64], f64)>,
}

/// Squared distances and profiles, reused from keypoint to keypoint.
#[derive(Default)]
struct Scratch {
    squares: [Vec<f64>; 2],
    profiles: [Vec<f64>; 2],
}

impl HeatmapTargets {
    /// Targets with discs of a radius of `pos_dist_thresh` input pixels, and Gaussians of two thirds of it.
    /// With `missing_weight`, maps with a keypoint of visibility 0 have this weight.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a distance that is not positive.
    pub fn new(
        kind: HeatmapKind,
        map_per: MapPer,
        pos_dist_thresh: f64,
        missing_weight: Option<f64>,
    ) -> Result<Self> {
        let radius = check::positive("pos_dist_thresh", pos_dist_thresh)?;
        let limit = match kind {
            HeatmapKind::Gaussian => rounded_limit(radius),
            HeatmapKind::Plateau => radius * radius,
        };
        let exponent = exponent(2.0 * radius / 3.0);
        let missing_weight = missing_weight.map(|weight| weight as f32);
        Ok(Self { kind, map_per, exponent, limit, missing_weight })
    }

    /// Fills the maps of a batch, `num_heatmaps` per sample.
    ///
    /// Keypoints of a visibility above 0 are drawn; those of -1 are undefined, and their map has weight 0.
    /// Where several keypoints are in a map, the maximum is kept of Gaussians, and the last of offsets and
    /// weights.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for more keypoints, or instances, than maps, slices of the wrong length.
    pub fn fill<T: Float>(
        &self,
        labels: &Labels<'_, T>,
        grid: &Grid,
        num_heatmaps: usize,
        maps: HeatmapMaps<'_>,
    ) -> Result<()> {
        let groups = match self.map_per {
            MapPer::Keypoint => labels.count(),
            MapPer::Instance => labels.instances(),
        };
        if groups > num_heatmaps {
            let wanted = format!("must be at least {groups}, one for each");
            return Err(Error::invalid("num_heatmaps", wanted, num_heatmaps));
        }
        let (batch, pixels) = (labels.batch(), grid.pixels());
        let per_sample = [num_heatmaps, pixels];
        check_batch("heatmap", batch, &per_sample, maps.heatmaps.len())?;
        check_batch("weights", batch, &per_sample, maps.weights.len())?;
        let values = maps.heatmaps.len();
        let heatmaps = maps.heatmaps.chunks_exact_mut(pixels);
        let mut planes: Vec<_> = heatmaps
            .zip(maps.weights.chunks_exact_mut(pixels))
            .map(|(heatmap, weights)| Planes { heatmap, weights, locref: None })
            .collect();
        let mut work = 2 * values;
        if let Some(Locref { offsets, masks, scale }) = maps.locref {
            let per_sample = [2, num_heatmaps, pixels];
            check_batch("locref", batch, &per_sample, offsets.len())?;
            check_batch("locref", batch, &per_sample, masks.len())?;
            let pairs =
                offsets.chunks_exact_mut(2 * pixels).zip(masks.chunks_exact_mut(2 * pixels));
            for (planes, (offsets, masks)) in planes.iter_mut().zip(pairs) {
                planes.locref = Some((offsets, masks, scale));
            }
            work += 4 * values;
        }
        let items: Vec<_> = planes.into_iter().enumerate().collect();
        parallel::for_each(items, work, &|(index, planes)| {
            let (sample, map) = (index / num_heatmaps, index % num_heatmaps);
            let count = match self.map_per {
                _ if map >= groups => 0,
                MapPer::Keypoint => labels.instances(),
                MapPer::Instance => labels.count(),
            };
            let keypoints = (0..count).map(|number| match self.map_per {
                MapPer::Keypoint => labels.keypoint(sample, number, map),
                MapPer::Instance => labels.keypoint(sample, map, number),
            });
            self.fill_map(keypoints, grid, planes);
        });
        Ok(())
    }

    /// Fills the maps of some keypoints, in their order.
    fn fill_map<T: Float>(
        &self,
        keypoints: impl Iterator<Item = ([T; 2], T)>,
        grid: &Grid,
        Planes { heatmap, weights, mut locref }: Planes<'_>,
    ) {
        let width = grid.x.len();
        let (mut weight, mut last, mut scratch) = (1.0, None, Scratch::default());
        heatmap.fill(0.0);
        if let Some((offsets, masks, _)) = &mut locref {
            if self.kind == HeatmapKind::Plateau {
                offsets.fill(0.0);
            }
            masks.fill(0);
        }
        let mut has_nan = false;
        for (point, visible) in keypoints {
            if let Some(missing) = self.missing_weight
                && visible == T::zero()
            {
                weight = missing;
            } else if visible == -T::one() {
                weight = 0.0;
            } else if visible > T::zero() {
                let point = point.map(Float::as_f64);
                last = Some(point);
                if self.kind == HeatmapKind::Gaussian {
                    has_nan |= point.iter().any(|coordinate| coordinate.is_nan());
                    if point.iter().all(|coordinate| coordinate.is_finite()) {
                        let profiles = &mut scratch.profiles;
                        draw_gaussian_on(heatmap, grid.axes(), point, self.exponent, profiles);
                    }
                }
                if self.kind == HeatmapKind::Plateau || locref.is_some() {
                    self.draw_disc(point, grid, heatmap, &mut locref, &mut scratch.squares);
                }
            }
        }
        if has_nan {
            // NumPy's maximum with NaN is NaN.
            heatmap.fill(f32::NAN);
        }
        weights.fill(weight);
        if let (HeatmapKind::Gaussian, Some((offsets, _, scale))) = (self.kind, locref) {
            let (along_x, along_y) = offsets.split_at_mut(grid.pixels());
            let Some([x, y]) = last else {
                along_x.fill(0.0);
                along_y.fill(0.0);
                return;
            };
            let offset = |center: f64, at: &f64| ((center - at) * scale) as f32;
            let (first, rest) = along_x.split_at_mut(width);
            first.iter_mut().zip(&grid.x).for_each(|(to, at)| *to = offset(x, at));
            rest.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(first));
            for (row, at) in along_y.chunks_exact_mut(width).zip(&grid.y) {
                row.fill(offset(y, at));
            }
        }
    }

    /// Marks the pixels within the distance of a point.
    fn draw_disc(
        &self,
        point: [f64; 2],
        grid: &Grid,
        heatmap: &mut [f32],
        locref: &mut Option<(&mut [f32], &mut [i64], f64)>,
        squares: &mut [Vec<f64>; 2],
    ) {
        let (width, pixels) = (grid.x.len(), grid.pixels());
        for (axis, positions) in [&grid.x, &grid.y].into_iter().enumerate() {
            squares[axis].clear();
            let square = |at: &f64| (at - point[axis]) * (at - point[axis]);
            squares[axis].extend(positions.iter().map(square));
        }
        let [squares_x, squares_y] = squares;
        let (center, plateau) = (nearest(squares_x), self.kind == HeatmapKind::Plateau);
        for (row, &square) in squares_y.iter().enumerate() {
            let columns = disc_row(squares_x, center, square, self.limit);
            if columns.is_empty() {
                continue;
            }
            let inside = row * width + columns.start..row * width + columns.end;
            if plateau {
                heatmap[inside.clone()].fill(1.0);
            }
            if let Some((offsets, masks, scale)) = locref {
                masks[inside.clone()].fill(1);
                masks[pixels + inside.start..pixels + inside.end].fill(1);
                if plateau {
                    let along_x = offsets[inside.clone()].iter_mut();
                    for (to, at) in along_x.zip(&grid.x[columns]) {
                        *to = ((point[0] - at) * *scale) as f32;
                    }
                    let along_y = ((point[1] - grid.y[row]) * *scale) as f32;
                    offsets[pixels + inside.start..pixels + inside.end].fill(along_y);
                }
            }
        }
    }
}
