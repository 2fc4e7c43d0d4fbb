//! Naive oracles: MMPose's formulas in double precision, a few lines each. `oracles.rs` and `recorded.rs`
//! compare them with hand-computed and recorded numbers.

pub(crate) mod bottom_up;
pub(crate) mod fields;
pub(crate) mod strategies;

use posecodec::Float;
use posecodec::simd::Tier;
use proptest::prelude::ProptestConfig;

/// The number of cases of a property, unless `PROPTEST_CASES` sets it.
pub(crate) fn cases(default: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_some() {
        config
    } else {
        ProptestConfig { cases: default, ..config }
    }
}

/// Runs a check at every vector tier of this processor. The tier is forced in the calling thread only, so
/// that tests can run in parallel.
pub(crate) fn each_tier(mut check: impl FnMut(Tier)) {
    for tier in Tier::available() {
        assert!(Tier::force(Some(tier)));
        check(tier);
    }
    assert!(Tier::force(None));
}

/// `np.argmax` and `np.max`: the first NaN, else the first largest.
pub(crate) fn maximum(values: &[f64]) -> (usize, f64) {
    if let Some(index) = values.iter().position(|value| value.is_nan()) {
        return (index, f64::NAN);
    }
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (values.iter().position(|&value| value == largest).expect("it is there"), largest)
}

/// `cv2.getGaussianKernel(size, 0)`.
pub(crate) fn gaussian_kernel(size: usize) -> Vec<f64> {
    let fixed: &[f64] = match size {
        1 => &[256.0],
        3 => &[64.0, 128.0, 64.0],
        5 => &[16.0, 64.0, 96.0, 64.0, 16.0],
        7 => &[8.0, 28.0, 56.0, 72.0, 56.0, 28.0, 8.0],
        9 => &[4.0, 13.0, 30.0, 51.0, 60.0, 51.0, 30.0, 13.0, 4.0],
        _ => &[],
    };
    if !fixed.is_empty() {
        return fixed.iter().map(|tap| tap / 256.0).collect();
    }
    let sigma = 0.3 * ((size as f64 - 1.0) * 0.5 - 1.0) + 0.8;
    let center = (size as f64 - 1.0) / 2.0;
    let taps: Vec<f64> =
        (0..size).map(|i| (-(i as f64 - center).powi(2) / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f64 = taps.iter().sum();
    taps.iter().map(|tap| tap / sum).collect()
}

/// The value of a plane at any position: 0 outside, or mirrored as `BORDER_REFLECT_101`.
pub(crate) fn at(plane: &[f64], width: usize, x: i64, y: i64, mirrored: bool) -> f64 {
    let height = plane.len() / width;
    let fold = |mut index: i64, length: usize| {
        let last = length as i64 - 1;
        while index < 0 || index > last {
            if last == 0 {
                return 0;
            }
            index = if index < 0 { -index } else { 2 * last - index };
        }
        index
    };
    let inside = (0..width as i64).contains(&x) && (0..height as i64).contains(&y);
    if !inside && !mirrored {
        return 0.0;
    }
    plane[fold(y, height) as usize * width + fold(x, width) as usize]
}

/// `cv2.GaussianBlur(plane, (size, size), 0)`.
pub(crate) fn blur(plane: &[f64], width: usize, size: usize, mirrored: bool) -> Vec<f64> {
    let (taps, radius) = (gaussian_kernel(size), size as i64 / 2);
    let sample = |x: i64, y: i64| {
        let mut sum = 0.0;
        for (j, tap_y) in taps.iter().enumerate() {
            for (i, tap_x) in taps.iter().enumerate() {
                let (x, y) = (x + i as i64 - radius, y + j as i64 - radius);
                sum += tap_x * tap_y * at(plane, width, x, y, mirrored);
            }
        }
        sum
    };
    (0..plane.len() as i64)
        .map(|pixel| sample(pixel % width as i64, pixel / width as i64))
        .collect()
}

/// MMPose's `gaussian_blur` of one plane, clipped, and its logarithm.
pub(crate) fn modulated_log(
    plane: &[f64],
    width: usize,
    size: usize,
    [least, most]: [f64; 2],
) -> Vec<f64> {
    let blurred = blur(plane, width, size, false);
    let factor = maximum(plane).1 / maximum(&blurred).1;
    blurred.iter().map(|value| (value * factor).clamp(least, most).ln()).collect()
}

/// `-H⁻¹·g` for a gradient and a Hessian `[dxx, dxy, dyy]`, and the factor from an error in them to an
/// error of the step: the inverse of the Hessian's smaller eigenvalue. `None` if it is singular.
fn newton([dx, dy]: [f64; 2], [dxx, dxy, dyy]: [f64; 3]) -> Option<([f64; 2], f64)> {
    let determinant = dxx * dyy - dxy * dxy;
    let step = [(dxy * dy - dyy * dx) / determinant, (dxy * dx - dxx * dy) / determinant];
    let sensitivity = (dxx.abs() + dyy.abs() + dxy.abs()) / determinant.abs();
    (determinant != 0.0).then_some((step, sensitivity))
}

/// MMPose's `refine_keypoints_dark` for one keypoint.
pub(crate) fn dark(
    plane: &[f64],
    width: usize,
    x: i64,
    y: i64,
    size: usize,
) -> Option<([f64; 2], f64)> {
    let height = (plane.len() / width) as i64;
    if !(1 < x && x < width as i64 - 2 && 1 < y && y < height - 2) {
        return Some(([0.0; 2], 0.0));
    }
    let log = modulated_log(plane, width, size, [1e-10, f64::INFINITY]);
    let l = |dx: i64, dy: i64| log[((y + dy) * width as i64 + x + dx) as usize];
    let dx = 0.5 * (l(1, 0) - l(-1, 0));
    let dy = 0.5 * (l(0, 1) - l(0, -1));
    let dxx = 0.25 * (l(2, 0) - 2.0 * l(0, 0) + l(-2, 0));
    let dxy = 0.25 * (l(1, 1) - l(1, -1) - l(-1, 1) + l(-1, -1));
    let dyy = 0.25 * (l(0, 2) - 2.0 * l(0, 0) + l(0, -2));
    newton([dx, dy], [dxx, dxy, dyy])
}

/// MMPose's `refine_keypoints_dark_udp` for one keypoint.
pub(crate) fn dark_udp(
    plane: &[f64],
    width: usize,
    x: i64,
    y: i64,
    size: usize,
) -> Option<([f64; 2], f64)> {
    let height = (plane.len() / width) as i64;
    let log = modulated_log(plane, width, size, [1e-3, 50.0]);
    let l = |dx: i64, dy: i64| {
        let (x, y) = ((x + dx).clamp(0, width as i64 - 1), (y + dy).clamp(0, height - 1));
        log[(y * width as i64 + x) as usize]
    };
    let dx = 0.5 * (l(1, 0) - l(-1, 0));
    let dy = 0.5 * (l(0, 1) - l(0, -1));
    let dxx = l(1, 0) - 2.0 * l(0, 0) + l(-1, 0);
    let dyy = l(0, 1) - 2.0 * l(0, 0) + l(0, -1);
    let dxy = 0.5 * (l(1, 1) - l(1, 0) - l(0, 1) + 2.0 * l(0, 0) - l(-1, 0) - l(0, -1) + l(-1, -1));
    let epsilon = f64::from(f32::EPSILON);
    newton([dx, dy], [dxx + epsilon, dxy, dyy + epsilon])
}

/// MMPose's `refine_simcc_dark` for one vector.
pub(crate) fn simcc_dark(vector: &[f64], x: i64, size: usize) -> f64 {
    let taps = gaussian_kernel(size);
    let last = vector.len() as i64 - 1;
    let blurred: Vec<f64> = (0..=last)
        .map(|x| {
            let value = |i: i64| if (0..=last).contains(&i) { vector[i as usize] } else { 0.0 };
            let tap = |(j, tap): (usize, &f64)| tap * value(x + j as i64 - size as i64 / 2);
            taps.iter().enumerate().map(tap).sum()
        })
        .collect();
    let factor = maximum(vector).1 / maximum(&blurred).1;
    let l = |d: i64| (blurred[(x + d).clamp(0, last) as usize] * factor).clamp(1e-3, 50.0).ln();
    let dx = 0.5 * (l(1) - l(-1));
    let dxx = 1e-9 + 0.25 * (l(2) - 2.0 * l(0) + l(-2));
    -dx / dxx
}

/// MMPose's `generate_gaussian_heatmaps` (`exact` false) or `generate_udp_gaussian_heatmaps`
/// (`exact` true) for one keypoint in pixels, rounded in its own precision; `None` where it is dropped.
pub(crate) fn gaussian_patch<T: Float>(
    [width, height]: [usize; 2],
    at: [T; 2],
    sigma: f64,
    exact: bool,
) -> Option<Vec<f64>> {
    let radius = sigma * 3.0;
    let size = 2.0 * radius + 1.0;
    let mu = at.map(|coordinate| (coordinate + T::of(0.5)).trunc().as_f64());
    let at = at.map(Float::as_f64);
    let corner = mu.map(|mu| (mu - radius).trunc());
    let end = mu.map(|mu| (mu + radius + 1.0).trunc());
    let sides = [width as f64, height as f64];
    if (0..2).any(|axis| corner[axis] >= sides[axis] || end[axis] < 0.0) {
        return None;
    }
    let center =
        [0, 1].map(|axis| (size / 2.0).floor() + if exact { at[axis] - mu[axis] } else { 0.0 });
    let mut plane = vec![0.0; width * height];
    for y in 0..height {
        for x in 0..width {
            let pixel = [x as f64, y as f64];
            if (0..2).all(|axis| pixel[axis] >= corner[axis] && pixel[axis] < end[axis]) {
                let squares: f64 =
                    (0..2).map(|axis| (pixel[axis] - corner[axis] - center[axis]).powi(2)).sum();
                plane[y * width + x] = (-squares / (2.0 * sigma * sigma)).exp();
            }
        }
    }
    Some(plane)
}

/// MMPose's `generate_unbiased_gaussian_heatmaps` for one keypoint in pixels; `None` where it is
/// dropped.
pub(crate) fn gaussian(
    [width, height]: [usize; 2],
    [x0, y0]: [f64; 2],
    sigma: f64,
) -> Option<Vec<f64>> {
    let radius = sigma * 3.0;
    let inside = |at: f64, side: usize| at - radius < side as f64 && at + radius + 1.0 >= 0.0;
    (inside(x0, width) && inside(y0, height)).then(|| {
        let squares = |pixel: usize| {
            ((pixel % width) as f64 - x0).powi(2) + ((pixel / width) as f64 - y0).powi(2)
        };
        (0..width * height).map(|pixel| (-squares(pixel) / (2.0 * sigma * sigma)).exp()).collect()
    })
}

/// MMPose's `generate_offset_heatmap` for one keypoint: 1 within the radius, and the offsets to it along x
/// and y.
pub(crate) fn offsets([width, height]: [usize; 2], at: [f64; 2], radius: f64) -> [Vec<f64>; 3] {
    let pixels =
        || (0..width * height).map(|pixel| [(pixel % width) as f64, (pixel / width) as f64]);
    let along = |axis: usize| pixels().map(|pixel| (at[axis] - pixel[axis]) / radius).collect();
    let (x, y): (Vec<f64>, Vec<f64>) = (along(0), along(1));
    let inside = |(x, y): (&f64, &f64)| f64::from(u8::from(x * x + y * y <= 1.0));
    [x.iter().zip(&y).map(inside).collect(), x, y]
}

/// MMPose's `refine_keypoints` for one keypoint: a quarter of a pixel towards the larger side.
pub(crate) fn quarter(plane: &[f64], width: usize, x: i64, y: i64) -> [f64; 2] {
    let height = (plane.len() / width) as i64;
    let slope = |dx: i64, dy: i64| {
        let slope =
            at(plane, width, x + dx, y + dy, false) - at(plane, width, x - dx, y - dy, false);
        if slope == 0.0 { 0.0 } else { 0.25 * slope.signum() }
    };
    let free_x = 1 < x && x < width as i64 - 1 && 0 < y && y < height;
    let free_y = 1 < y && y < height - 1 && 0 < x && x < width as i64;
    [if free_x { slope(1, 0) } else { 0.0 }, if free_y { slope(0, 1) } else { 0.0 }]
}

/// `generate_3d_gaussian_heatmaps` for one joint at a center in voxels: the values of (D, H, W).
pub(crate) fn gaussian_patch_3d([w, h, d]: [usize; 3], center: [f64; 3], sigma: f64) -> Vec<f64> {
    let radius = (sigma * 3.0) as f32;
    let count = (2.0 * (sigma * 3.0) + 1.0).ceil() as usize;
    let pixels = |axis: usize, length: usize| -> Vec<usize> {
        let place = |offset: usize| f64::from(offset as f32 - radius) + center[axis];
        let clipped = |offset| place(offset).round_ties_even().clamp(0.0, length as f64 - 1.0);
        (0..count).map(|offset| clipped(offset) as usize).collect()
    };
    let mut volume = vec![0.0; w * h * d];
    for &z in &pixels(2, d) {
        for &y in &pixels(1, h) {
            for &x in &pixels(0, w) {
                let away = [x, y, z].into_iter().zip(center).map(|(c, m)| (c as f64 - m).powi(2));
                let value = (-away.sum::<f64>() / (2.0 * sigma * sigma)).exp();
                volume[(z * h + y) * w + x] = value;
            }
        }
    }
    volume
}
