//! 3D poses as pictures show them, and back, as MotionBERT has them.

use crate::float::Float;
use crate::kernels::lifting::camera::{Intrinsics, RootScale, camera_to_pixel, root_scale};
use crate::kernels::lifting::normalize::ImageUnit;
use crate::kernels::lifting::points::{each_point, lanes, lanewise};
use crate::simd::{Vectorized, dispatch};

/// How poses become labels in image space, less their root.
#[derive(Debug, Clone, Copy)]
pub struct ImageSpace<T> {
    /// Keypoints a frame.
    pub count: usize,
    /// Which of them is the root.
    pub root_index: usize,
    /// The camera that sees them; without one they stay where they are.
    pub camera: Option<Intrinsics>,
    /// The unit of labels; without one labels are times their factor.
    pub unit: Option<ImageUnit<T>>,
}

/// The factor of each frame.
#[derive(Debug)]
pub enum Factors<'a> {
    /// One a frame, or one for all.
    Given(&'a [f64]),
    /// To be filled, one a frame: what the camera says, or this without one.
    Derived(&'a mut [f64], f64),
}

impl Factors<'_> {
    /// The factor of a frame, where the camera says `known`.
    #[inline(always)]
    fn of(&mut self, frame: usize, known: Option<f64>) -> f64 {
        match self {
            Self::Given(given) => given[if given.len() == 1 { 0 } else { frame }],
            Self::Derived(derived, unknown) => {
                derived[frame] = known.unwrap_or(*unknown);
                derived[frame]
            }
        }
    }
}

impl<T: Float> ImageSpace<T> {
    /// Fills labels, and the factors that are to be filled.
    pub fn fill(&self, poses: &[[T; 3]], factors: Factors<'_>, labels: &mut [[T; 3]]) {
        dispatch(ImageSpaceKernel { space: *self, poses, factors, labels });
    }
}

struct ImageSpaceKernel<'a, T> {
    space: ImageSpace<T>,
    poses: &'a [[T; 3]],
    factors: Factors<'a>,
    labels: &'a mut [[T; 3]],
}

impl<T: Float> Vectorized for ImageSpaceKernel<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { space, poses, mut factors, labels } = self;
        let ImageSpace { count, root_index, camera, unit } = space;
        let mut seen = vec![[T::zero(); 3]; count];
        let frames = poses.chunks_exact(count).zip(labels.chunks_exact_mut(count));
        for (frame, (pose, labels)) in frames.enumerate() {
            let mut known = None;
            if let Some(camera) = camera {
                let root = pose[root_index];
                let RootScale { ratio, factor } = root_scale(root, camera);
                known = Some(factor.as_f64());
                for (seen, &point) in seen.iter_mut().zip(pose) {
                    let [x, y] = camera_to_pixel(point, camera, false);
                    *seen = [x, y, ratio * (point[2] - root[2])];
                }
            } else {
                seen.copy_from_slice(pose);
            }
            let factor = factors.of(frame, known);
            if let Some(unit) = unit {
                for value in seen.as_flattened_mut() {
                    *value = unit.length(*value);
                }
                let root = lanes(seen[root_index]);
                let root: [T; 4] = lanewise(|lane| unit.centered(lane, root[lane]));
                each_point(&seen, labels, |point| {
                    lanewise(|lane| unit.centered(lane, point[lane]) - root[lane])
                });
            } else {
                let root = lanes(seen[root_index]);
                each_point(&seen, labels, |point| {
                    lanewise(|lane| T::of((point[lane] - root[lane]).as_f64() * factor))
                });
            }
        }
    }
}

/// How answers in image space become poses again, less their root, divided by 1000.
#[derive(Debug, Clone, Copy)]
pub struct Denormalize<'a> {
    /// Keypoints a frame.
    pub count: usize,
    /// Which of them is the root.
    pub root_index: usize,
    /// Whether keypoint 0 is moved to the origin first.
    pub zero_first: bool,
    /// Widths and heights of pictures: each one for so many frames.
    pub size: Option<([&'a [f64]; 2], usize)>,
    /// Factors: each one for so many frames.
    pub factor: Option<(&'a [f64], usize)>,
}

impl Denormalize<'_> {
    /// Fills poses; each step is rounded as NumPy rounds it.
    pub fn fill<T: Float>(&self, answers: &[[T; 3]], poses: &mut [[T; 3]]) {
        dispatch(RestorationKernel { restoration: *self, answers, poses });
    }
}

struct RestorationKernel<'a, T> {
    restoration: Denormalize<'a>,
    answers: &'a [[T; 3]],
    poses: &'a mut [[T; 3]],
}

/// What the answers of a frame are scaled by.
#[derive(Clone, Copy)]
struct Scale {
    /// Half the width of the picture, and its center in halves of it.
    size: Option<(f64, [f64; 4])>,
    factor: Option<f64>,
}

impl Scale {
    /// One coordinate, rounded after each step.
    #[inline(always)]
    fn restored<T: Float>(&self, lane: usize, value: T) -> T {
        let mut value = value;
        if let Some((half, offset)) = self.size {
            value = T::of((value.as_f64() + offset[lane]) * half);
        }
        if let Some(factor) = self.factor {
            value = T::of(value.as_f64() * factor);
        }
        value
    }
}

impl<T: Float> Vectorized for RestorationKernel<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Denormalize { count, root_index, zero_first, size, factor } = self.restoration;
        let answers = self.answers.chunks_exact(count);
        for (frame, (answer, pose)) in answers.zip(self.poses.chunks_exact_mut(count)).enumerate() {
            let scale = Scale {
                size: size.map(|([widths, heights], each)| {
                    let (width, height) = (widths[frame / each], heights[frame / each]);
                    (width / 2.0, [1.0, height / width, 0.0, 0.0])
                }),
                factor: factor.map(|(factors, each)| factors[frame / each]),
            };
            let zeroed = zero_first && root_index == 0;
            let root = lanes(if zeroed { [T::zero(); 3] } else { answer[root_index] });
            let root: [T; 4] = lanewise(|lane| scale.restored(lane, root[lane]));
            each_point(answer, pose, |point| {
                lanewise(|lane| scale.restored(lane, point[lane]) - root[lane])
            });
            if zero_first {
                let first = |axis| scale.restored(axis, T::zero()) - root[axis];
                pose[0] = std::array::from_fn(first);
            }
        }
        // A pass of its own: whole vectors, where points are three quarters of one.
        let thousand = T::of(1000.0);
        for value in self.poses.as_flattened_mut() {
            *value = *value / thousand;
        }
    }
}
