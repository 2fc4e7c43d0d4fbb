//! Every helper of `functional`, on slices of right and wrong lengths.

use std::fmt::Debug;

use arbitrary::{Result, Unstructured};
use half::f16;
use posecodec::Error;
use posecodec::codecs::{Keypoints, Pair, SimccRows};
use posecodec::functional::*;
use posecodec::kernels::lifting::camera::Intrinsics;
use posecodec::{Float, HeatmapValue};

use crate::source::{Number, claimed, length, number, points, positive, shape, side, values};
use crate::{at_two_tiers, codecs};

/// One helper and what it is asked.
pub fn one(u: &mut Unstructured<'_>) -> Result<()> {
    match u.int_in_range(0..=5)? {
        0 => of_points::<f32, f32>(u),
        1 => of_points::<f32, f64>(u),
        2 => of_points::<f64, f32>(u),
        3 => of_maps::<f32, f16>(u),
        4 => of_maps::<f64, f32>(u),
        _ => of_maps::<f32, f64>(u),
    }
}

/// A number of taps: mostly odd.
fn taps(u: &mut Unstructured<'_>) -> Result<usize> {
    if u.ratio(1, 8)? { side(u) } else { Ok(2 * u.int_in_range(0..=20)? + 1) }
}

/// What is written over a copy of an array, which must be the same at two tiers.
fn written<T: Clone + Debug>(array: &[T], mut write: impl FnMut(&mut [T]) -> Result<(), Error>) {
    at_two_tiers(|| {
        let mut array = array.to_vec();
        (write(&mut array).map_err(|error| error.to_string()), array)
    });
}

fn of_points<T: Float + Number, V: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [instances, count] = shape(u)?;
    let (instances, count) = (instances.min(5), count.min(9));
    let all = instances * count;
    let len = length(u, all)?;
    let flat: Vec<[T; 2]> = points(u, len)?;
    let len = length(u, all)?;
    let visible: Vec<V> = values(u, len)?;
    let [instances, count] = claimed(u, [instances, count])?;
    let visible = if u.arbitrary()? { Some(&visible[..]) } else { None };
    let keypoints = Keypoints { points: &flat, visible, instances, count };
    let right = [u.int_in_range(0..=40)?, u.int_in_range(0..=40)?];
    let [width, height] = right;
    let map_size = claimed(u, right)?;
    let _ = check_heatmap_size(map_size);
    let cells = width * height;
    let mut weights = vec![V::zero(); length(u, all)?];
    let maps = |u: &mut Unstructured<'_>, planes: usize| -> Result<Vec<f32>> {
        Ok(vec![0.0; length(u, planes * cells)?])
    };
    let planes = count.min(9);
    match u.int_in_range(0..=10)? {
        0 => {
            let len = u.int_in_range(0..=6)?;
            let (sigmas, maps): (Vec<T>, _) = (values(u, len)?, maps(u, planes)?);
            written(&maps, |maps| {
                generate_gaussian_heatmaps(&keypoints, map_size, &sigmas, maps, &mut weights)
            });
        }
        1 => {
            let (sigma, maps) = (<T as Float>::of(positive(u)?), maps(u, planes)?);
            written(&maps, |maps| {
                generate_udp_gaussian_heatmaps(&keypoints, map_size, sigma, maps, &mut weights)
            });
        }
        2 => {
            let (sigma, maps) = (positive(u)?, maps(u, planes)?);
            written(&maps, |maps| {
                generate_unbiased_gaussian_heatmaps(&keypoints, map_size, sigma, maps, &mut weights)
            });
        }
        3 => {
            let (radius, maps) = (positive(u)? / 16.0, maps(u, 3 * planes)?);
            written(&maps, |maps| {
                generate_offset_heatmap(&keypoints, map_size, radius, maps, &mut weights)
            });
        }
        4 => {
            let (len, len_seen) = (length(u, instances)?, length(u, instances)?);
            let (roots, seen): (Vec<[V; 2]>, Vec<f64>) = (points(u, len)?, values(u, len_seen)?);
            let len = length(u, instances)?;
            let diagonals: Vec<V> = values(u, len)?;
            let roots =
                InstanceRoots { roots: &roots, visible: &seen, diagonal_lengths: &diagonals };
            let (radius, displacements) = (number(u)?, maps(u, 2 * planes)?);
            let along = maps(u, 2 * planes)?;
            at_two_tiers(|| {
                let (mut displacements, mut along) = (displacements.clone(), along.clone());
                let done = generate_displacement_heatmap(
                    &keypoints,
                    map_size,
                    &roots,
                    radius,
                    &mut displacements,
                    &mut along,
                );
                (done.map_err(|error| error.to_string()), displacements, along)
            });
        }
        5 => {
            let mut roots = vec![[0f32; 2]; length(u, instances)?];
            let mut seen = vec![0f32; length(u, instances)?];
            let _ = get_instance_root(&keypoints, codecs::root_type(u)?, &mut roots, &mut seen);
        }
        6 => drop(get_instance_bbox(&keypoints, &mut vec![[0f32; 4]; length(u, instances)?])),
        7 => drop(get_diagonal_lengths(&keypoints, &mut vec![0f32; length(u, instances)?])),
        8 => volumes::<T, V>(u)?,
        9 => poses::<T>(u)?,
        _ => {
            let camera =
                Intrinsics { focal: [number(u)?, number(u)?], center: [number(u)?, number(u)?] };
            let len = length(u, 5)?;
            let mut places: Vec<[T; 3]> = points(u, len)?;
            let mut pixels = vec![[T::zero(); 2]; length(u, 5)?];
            let _ = camera_to_pixel(&places, camera, u.arbitrary()?, &mut pixels);
            pixel_to_camera(&mut places, camera);
        }
    }
    Ok(())
}

fn poses<T: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [frames, count] = [u.int_in_range(0..=4)?, u.int_in_range(0..=9)?];
    let len = length(u, frames * count)?;
    let poses: Vec<[T; 3]> = points(u, len)?;
    let mut image = vec![[T::zero(); 3]; length(u, frames * count)?];
    let mut factors = vec![T::zero(); length(u, frames)?];
    let camera =
        [Pair::F64([number(u)?, number(u)?]), Pair::F32([number(u)? as f32, number(u)? as f32])];
    let root = if u.ratio(1, 8)? { u.arbitrary()? } else { u.int_in_range(-9..=9)? };
    let [count] = claimed(u, [count])?;
    let _ = camera_to_image_coord(root, &poses, count, camera, &mut image, &mut factors);
    Ok(())
}

fn volumes<T: Float + Number, V: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [instances, count] = [u.int_in_range(0..=3)?, u.int_in_range(0..=5)?];
    let all = instances * count;
    let (flat, seen): (Vec<[T; 3]>, Vec<V>) = (points(u, all)?, values(u, all)?);
    let visible = if u.arbitrary()? { Some(&seen[..]) } else { None };
    let keypoints = Keypoints { points: &flat, visible, instances, count };
    let indices: Vec<isize> = (0..u.int_in_range(0..=4)?)
        .map(|_| if u.ratio(1, 12)? { u.arbitrary() } else { u.int_in_range(-5..=5) })
        .collect::<Result<_>>()?;
    let joint_indices = if u.arbitrary()? { Some(&indices[..]) } else { None };
    let joints = joint_indices.map_or(count, <[_]>::len);
    let len = length(u, joints)?;
    let factors: Vec<f64> = values(u, len)?;
    let right: [usize; 3] = shape(u)?;
    let cells: usize = right.iter().product();
    let volumes = Volumes {
        heatmap3d_depth_bound: positive(u)?,
        joint_indices,
        max_bound: positive(u)?,
        dataset_keypoint_weights: if u.arbitrary()? { Some(&factors) } else { None },
        double: u.arbitrary()?,
        ..Volumes::new(claimed(u, right)?, [positive(u)?, positive(u)?])
    };
    let len = u.int_in_range(0..=3)?;
    let sigmas: Vec<f64> = (0..len).map(|_| Ok(positive(u)? / 8.0)).collect::<Result<_>>()?;
    let maps = vec![0f32; length(u, joints.saturating_mul(cells).min(1 << 18))?];
    let mut weights = vec![V::zero(); length(u, instances * joints)?];
    at_two_tiers(|| {
        let mut maps = maps.clone();
        let done =
            generate_3d_gaussian_heatmaps(&keypoints, &volumes, &sigmas, &mut maps, &mut weights);
        (done.map_err(|error| error.to_string()), maps, weights.clone())
    });
    Ok(())
}

fn of_maps<T: Float + Number, E: HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let right: [usize; 3] = shape(u)?;
    let all: usize = right.iter().product();
    let len = length(u, all)?;
    let maps: Vec<E> = values(u, len)?;
    let out = vec![<E as Number>::of(7.0); length(u, all)?];
    let shape = claimed(u, right)?;
    let count = right[0];
    let len = length(u, count * 2)?;
    let places: Vec<[T; 2]> = points(u, len)?;
    match u.int_in_range(0..=10)? {
        0 => {
            let taps = taps(u)?;
            written(&out, |out| gaussian_blur(&maps, shape, taps, out));
        }
        1 => {
            let taps = taps(u)?;
            written(&out, |out| gaussian_blur1d(&maps, shape, taps, out));
        }
        2 => {
            let [count, height, width] = shape;
            let mut places = vec![[0f32; 2]; length(u, right[0])?];
            let mut values = vec![<E as Number>::of(0.0); length(u, right[0])?];
            at_two_tiers(|| {
                let shape = [1, count, height, width];
                let done = get_heatmap_maximum(&maps, shape, &mut places, &mut values);
                (done.map_err(|error| error.to_string()), places.clone(), values.clone())
            });
        }
        3 => {
            let [depth, height, width] = right;
            let shape = claimed(u, [1, 1, depth, height, width])?;
            let mut places = vec![[0f32; 3]; length(u, 1)?];
            let mut values = vec![<E as Number>::of(0.0); length(u, 1)?];
            let _ = get_heatmap_3d_maximum(&maps, shape, &mut places, &mut values);
        }
        4 => {
            let (taps, [count, height, width]) = (taps(u)?, shape);
            let shape = [count, 1, height, width];
            written(&out, |out| batch_heatmap_nms(&maps, shape, taps, out));
        }
        5 => written(&places, |places| refine_keypoints(places, &maps, shape)),
        6 => {
            let taps = taps(u)?;
            written(&places, |places| refine_keypoints_dark(places, &maps, shape, taps));
        }
        7 => {
            let taps = taps(u)?;
            written(&places, |places| refine_keypoints_dark_udp(places, &maps, shape, taps));
        }
        8 => {
            let (taps, bins) = (taps(u)?, claimed(u, [right[2]])?[0]);
            let len = length(u, right[0] * right[1])?;
            let places: Vec<T> = values(u, len)?;
            written(&places, |places| refine_simcc_dark(places, &maps, bins, taps));
        }
        9 => {
            let count = right[0] * right[1];
            let len = length(u, count * 7)?;
            let along_y: Vec<E> = values(u, len)?;
            let mut places = vec![[0f32; 2]; length(u, count)?];
            let mut values = vec![<E as Number>::of(0.0); length(u, count)?];
            let rows = SimccRows { responses: [&maps, &along_y], bins: claimed(u, [right[2], 7])? };
            let _ = get_simcc_maximum(rows, &mut places, &mut values);
        }
        _ => {
            let (bins, sigma) = (claimed(u, [right[2]])?[0], number(u)?);
            let sigma = if u.arbitrary()? { Some(sigma) } else { None };
            written(&out, |out| get_simcc_normalized(&maps, bins, sigma, out));
            written(&out, |out| simcc_softmax(&maps, bins, out));
        }
    }
    Ok(())
}
