//! Helper functions, with slices of right and wrong lengths.

use std::fmt::Debug;

use arbitrary::{Result, Unstructured};
use half::f16;
use posecodec::Error;
use posecodec::codecs::poses::Pair;
use posecodec::codecs::slices::{Keypoints, SimccRows};
use posecodec::functional::*;
use posecodec::kernels::lifting::camera::Intrinsics;
use posecodec::{Float, HeatmapValue};

use crate::source::{
    Any, Indices, Number, Odd, Positive, claimed, length, maybe, output, points, shape, values,
};
use crate::{at_two_tiers, codecs};

/// Calls one function.
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

/// Calls a function that writes to an array at two tiers, each time with a copy of the array.
fn written<T: Clone + Debug>(array: &[T], mut write: impl FnMut(&mut [T]) -> Result<(), Error>) {
    at_two_tiers(|| {
        let mut array = array.to_vec();
        (write(&mut array), array)
    });
}

fn of_points<T: Float + Number, V: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [instances, count] = shape(u)?;
    let (instances, count) = (instances.min(5), count.min(9));
    let all = instances * count;
    let (flat, visible) = (points::<T, 2>(u, all)?, values::<V>(u, all)?);
    let [instances, count] = claimed(u, [instances, count])?;
    let visible = maybe(u, &visible[..])?;
    let keypoints = Keypoints { points: &flat, visible, instances, count };
    let right = [u.int_in_range(0..=40)?, u.int_in_range(0..=40)?];
    let map_size = claimed(u, right)?;
    let _ = check_heatmap_size(map_size);
    let mut weights = output(u, V::zero(), all)?;
    let plane = count.min(9) * right[0] * right[1];
    let Positive(size) = u.arbitrary()?;
    match u.int_in_range(0..=10)? {
        0 => {
            let len = u.int_in_range(0..=6)?;
            let (sigmas, maps) = (values::<T>(u, len)?, output(u, 0.0, plane)?);
            written(&maps, |maps| {
                generate_gaussian_heatmaps(&keypoints, map_size, &sigmas, maps, &mut weights)
            });
        }
        1 => written(&output(u, 0.0, plane)?, |maps| {
            let sigma = <T as Float>::of(size);
            generate_udp_gaussian_heatmaps(&keypoints, map_size, sigma, maps, &mut weights)
        }),
        2 => written(&output(u, 0.0, plane)?, |maps| {
            generate_unbiased_gaussian_heatmaps(&keypoints, map_size, size, maps, &mut weights)
        }),
        3 => written(&output(u, 0.0, 3 * plane)?, |maps| {
            generate_offset_heatmap(&keypoints, map_size, size / 16.0, maps, &mut weights)
        }),
        4 => {
            let (roots, seen) = (points::<V, 2>(u, instances)?, values::<f64>(u, instances)?);
            let diagonals = values::<V>(u, instances)?;
            let roots =
                InstanceRoots { roots: &roots, visible: &seen, diagonal_lengths: &diagonals };
            let Any(radius) = u.arbitrary()?;
            let (displacements, along) = (output(u, 0.0, 2 * plane)?, output(u, 0.0, 2 * plane)?);
            at_two_tiers(|| {
                let (mut maps, mut weights) = (displacements.clone(), along.clone());
                let done = generate_displacement_heatmap(
                    &keypoints,
                    map_size,
                    &roots,
                    radius,
                    &mut maps,
                    &mut weights,
                );
                (done, maps, weights)
            });
        }
        5 => {
            let (mut roots, mut seen) =
                (output(u, [0f32; 2], instances)?, output(u, 0f32, instances)?);
            let root_type = codecs::root_type(u.arbitrary()?);
            let _ = get_instance_root(&keypoints, root_type, &mut roots, &mut seen);
        }
        6 => drop(get_instance_bbox(&keypoints, &mut output(u, [0f32; 4], instances)?)),
        7 => drop(get_diagonal_lengths(&keypoints, &mut output(u, 0f32, instances)?)),
        8 => volumes::<T, V>(u)?,
        9 => poses::<T>(u)?,
        _ => {
            let ((Any(fx), Any(fy)), (Any(cx), Any(cy))) = u.arbitrary()?;
            let camera = Intrinsics { focal: [fx, fy], center: [cx, cy] };
            let (mut places, mut pixels) = (points::<T, 3>(u, 5)?, output(u, [T::zero(); 2], 5)?);
            let _ = camera_to_pixel(&places, camera, u.arbitrary()?, &mut pixels);
            pixel_to_camera(&mut places, camera);
        }
    }
    Ok(())
}

fn poses<T: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [frames, count] = [u.int_in_range(0..=4)?, u.int_in_range(0..=9)?];
    let poses = points::<T, 3>(u, frames * count)?;
    let mut image = output(u, [T::zero(); 3], frames * count)?;
    let mut factors = output(u, T::zero(), frames)?;
    let ((Any(fx), Any(fy)), (Any(cx), Any(cy))) = u.arbitrary()?;
    let camera = [Pair::F64([fx, fy]), Pair::F32([cx as f32, cy as f32])];
    let root = if u.ratio(1, 8)? { u.arbitrary()? } else { u.int_in_range(-9..=9)? };
    let [count] = claimed(u, [count])?;
    let _ = camera_to_image_coord(root, &poses, count, camera, &mut image, &mut factors);
    Ok(())
}

fn volumes<T: Float + Number, V: Float + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let [instances, count] = [u.int_in_range(0..=3)?, u.int_in_range(0..=5)?];
    let (flat, seen) = (points::<T, 3>(u, instances * count)?, values::<V>(u, instances * count)?);
    let visible = maybe(u, &seen[..])?;
    let keypoints = Keypoints { points: &flat, visible, instances, count };
    let Indices(indices): Indices<isize> = u.arbitrary()?;
    let joint_indices = maybe(u, &indices[..])?;
    let joints = joint_indices.map_or(count, <[_]>::len);
    let factors = values(u, joints)?;
    let right: [usize; 3] = shape(u)?;
    let (Positive(depth_bound), Positive(max_bound), Positive(width), Positive(height)) =
        u.arbitrary()?;
    let volumes = Volumes {
        heatmap3d_depth_bound: depth_bound,
        joint_indices,
        max_bound,
        dataset_keypoint_weights: maybe(u, &factors[..])?,
        double: u.arbitrary()?,
        ..Volumes::new(claimed(u, right)?, [width, height])
    };
    let sigmas = (0..u.int_in_range(0..=3)?).map(|_| Ok(u.arbitrary::<Positive>()?.0 / 8.0));
    let sigmas: Vec<f64> = sigmas.collect::<Result<_>>()?;
    let voxels: usize = right.iter().product();
    let maps = vec![0f32; length(u, joints.saturating_mul(voxels))?];
    let mut weights = output(u, V::zero(), instances * joints)?;
    at_two_tiers(|| {
        let mut maps = maps.clone();
        let done =
            generate_3d_gaussian_heatmaps(&keypoints, &volumes, &sigmas, &mut maps, &mut weights);
        (done, maps, weights.clone())
    });
    Ok(())
}

fn of_maps<T: Float + Number, E: HeatmapValue + Number>(u: &mut Unstructured<'_>) -> Result<()> {
    let right: [usize; 3] = shape(u)?;
    let [count, height, width] = right;
    let maps = values::<E>(u, count * height * width)?;
    let out = output(u, <E as Number>::of(7.0), count * height * width)?;
    let shape = claimed(u, right)?;
    let places = points::<T, 2>(u, count * 2)?;
    let Odd(size) = u.arbitrary()?;
    match u.int_in_range(0..=10)? {
        0 => written(&out, |out| gaussian_blur(&maps, shape, size, out)),
        1 => written(&out, |out| gaussian_blur1d(&maps, shape, size, out)),
        2 => {
            let mut places = output(u, [0f32; 2], count)?;
            let mut maxima = output(u, <E as Number>::of(0.0), count)?;
            let shape = [1, shape[0], shape[1], shape[2]];
            at_two_tiers(|| {
                let done = get_heatmap_maximum(&maps, shape, &mut places, &mut maxima);
                (done, places.clone(), maxima.clone())
            });
        }
        3 => {
            let shape = claimed(u, [1, 1, count, height, width])?;
            let mut places = output(u, [0f32; 3], 1)?;
            let mut maxima = output(u, <E as Number>::of(0.0), 1)?;
            let _ = get_heatmap_3d_maximum(&maps, shape, &mut places, &mut maxima);
        }
        4 => {
            let shape = [shape[0], 1, shape[1], shape[2]];
            written(&out, |out| batch_heatmap_nms(&maps, shape, size, out));
        }
        5 => written(&places, |places| refine_keypoints(places, &maps, shape)),
        6 => written(&places, |places| refine_keypoints_dark(places, &maps, shape, size)),
        7 => written(&places, |places| refine_keypoints_dark_udp(places, &maps, shape, size)),
        8 => {
            let [bins] = claimed(u, [width])?;
            let places = values::<T>(u, count * height)?;
            written(&places, |places| refine_simcc_dark(places, &maps, bins, size));
        }
        9 => {
            let along_y = values::<E>(u, count * height * 7)?;
            let mut places = output(u, [0f32; 2], count * height)?;
            let mut maxima = output(u, <E as Number>::of(0.0), count * height)?;
            let rows = SimccRows { responses: [&maps, &along_y], bins: claimed(u, [width, 7])? };
            let _ = get_simcc_maximum(rows, &mut places, &mut maxima);
        }
        _ => {
            let ([bins], Any(sigma)) = (claimed(u, [width])?, u.arbitrary()?);
            let sigma = maybe(u, sigma)?;
            written(&out, |out| get_simcc_normalized(&maps, bins, sigma, out));
            written(&out, |out| simcc_softmax(&maps, bins, out));
        }
    }
    Ok(())
}
