//! 3D poses in image space, the labels and outputs of MotionBERT, and back.

use crate::float::Float;
use crate::kernels::lifting::camera::{Intrinsics, RootScale, camera_to_pixel, root_scale};
use crate::kernels::lifting::normalize::ImageUnit;
use crate::kernels::lifting::points::{each_point, lanes, lanewise};
use crate::simd::{Vectorized, dispatch};

/// The transform from poses to root-relative labels in image space.
#[derive(Debug, Clone, Copy)]
pub struct ImageSpace<T> {
    /// Keypoints per frame.
    pub count: usize,
    /// Index of the root keypoint.
    pub root_index: usize,
    /// The camera that projects poses into the image. Without one, poses are in image space already.
    pub camera: Option<Intrinsics>,
    /// The unit of labels. Without one, labels are multiplied by the factor of their frame.
    pub unit: Option<ImageUnit<T>>,
}

/// The factor of each frame.
#[derive(Debug)]
pub enum Factors<'a> {
    /// One per frame, or one for all frames.
    Given(&'a [f64]),
    /// Filled with one per frame: the camera's factor, or the given default without a camera.
    Derived(&'a mut [f64], f64),
}

impl Factors<'_> {
    /// The factor of a frame; `known` is the camera's.
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
    /// Fills labels, and factors if they are [`Factors::Derived`].
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
        let mut projected = vec![[T::zero(); 3]; count];
        let frames = poses.chunks_exact(count).zip(labels.chunks_exact_mut(count));
        for (frame, (pose, labels)) in frames.enumerate() {
            let mut known = None;
            if let Some(camera) = camera {
                let root = pose[root_index];
                let RootScale { ratio, factor } = root_scale(root, camera);
                known = Some(factor.as_f64());
                for (projected, &point) in projected.iter_mut().zip(pose) {
                    let [x, y] = camera_to_pixel(point, camera, false);
                    *projected = [x, y, ratio * (point[2] - root[2])];
                }
            } else {
                projected.copy_from_slice(pose);
            }
            let factor = factors.of(frame, known);
            if let Some(unit) = unit {
                for value in projected.as_flattened_mut() {
                    *value = unit.length(*value);
                }
                let root = lanes(projected[root_index]);
                let root: [T; 4] = lanewise(|lane| unit.centered(lane, root[lane]));
                each_point(&projected, labels, |point| {
                    lanewise(|lane| unit.centered(lane, point[lane]) - root[lane])
                });
            } else {
                let root = lanes(projected[root_index]);
                each_point(&projected, labels, |point| {
                    lanewise(|lane| T::of((point[lane] - root[lane]).as_f64() * factor))
                });
            }
        }
    }
}

/// The transform from outputs in image space to root-relative poses, divided by 1000.
#[derive(Debug, Clone, Copy)]
pub struct Denormalize<'a> {
    /// Keypoints per frame.
    pub count: usize,
    /// Index of the root keypoint.
    pub root_index: usize,
    /// Whether keypoint 0 is moved to the origin first.
    pub zero_first: bool,
    /// Widths and heights of images, and the number of frames per image size.
    pub size: Option<([&'a [f64]; 2], usize)>,
    /// Factors, and the number of frames per factor.
    pub factor: Option<(&'a [f64], usize)>,
}

impl Denormalize<'_> {
    /// Fills poses from the network's `outputs`; each step is rounded as NumPy rounds it.
    ///
    /// Coordinates alternate between x, y and z, and so do the constants of a frame. Twelve coordinates
    /// are four points and three vectors of four, whose constants are the same in every block:
    ///
    /// ```text
    /// for each frame:
    ///     offset = [1, h/w, 0, 1, h/w, 0, …], root = [x, y, z, x, y, z, …] of the restored root
    ///     for each block of 12 coordinates; the last block overlaps the one before:
    ///         poses = (restored(outputs) - root) / 1000
    /// ```
    pub fn fill<T: Float>(&self, outputs: &[[T; 3]], poses: &mut [[T; 3]]) {
        dispatch(DenormalizeKernel { transform: *self, outputs, poses });
    }
}

struct DenormalizeKernel<'a, T> {
    transform: Denormalize<'a>,
    outputs: &'a [[T; 3]],
    poses: &'a mut [[T; 3]],
}

/// Coordinates that are computed together: a multiple of 3 axes and of the 4 lanes of a vector.
const BLOCK: usize = 12;

/// The constants of three axes for all lanes of a block.
#[inline(always)]
fn repeated<T: Copy>([x, y, z]: [T; 3]) -> [T; BLOCK] {
    [x, y, z, x, y, z, x, y, z, x, y, z]
}

/// The transform of one frame.
struct FrameTransform<T> {
    /// Half the width of the image, and the image's center in units of that.
    size: Option<(f64, [f64; BLOCK])>,
    factor: Option<f64>,
    /// The restored root.
    root: [T; BLOCK],
}

impl<T: Float> FrameTransform<T> {
    /// One coordinate in the target's unit times 1000, rounded after each step.
    #[inline(always)]
    fn restored(&self, lane: usize, value: T) -> T {
        let mut value = value;
        if let Some((half, offset)) = &self.size {
            value = T::of((value.as_f64() + offset[lane]) * half);
        }
        if let Some(factor) = self.factor {
            value = T::of(value.as_f64() * factor);
        }
        value
    }

    /// One coordinate relative to the root, in the target's unit.
    #[inline(always)]
    fn relative(&self, lane: usize, value: T) -> T {
        (self.restored(lane, value) - self.root[lane]) / T::of(1000.0)
    }

    /// Fills the coordinates of a frame.
    #[inline(always)]
    fn fill(&self, output: &[T], pose: &mut [T]) {
        let (blocks, rest) = output.as_chunks::<BLOCK>();
        for (filled, block) in pose.as_chunks_mut::<BLOCK>().0.iter_mut().zip(blocks) {
            self.fill_block(block, filled);
        }
        if rest.is_empty() {
            return;
        }
        if let (Some(block), Some(filled)) = (output.last_chunk(), pose.last_chunk_mut()) {
            // It begins at a point: all lengths are multiples of 3.
            self.fill_block(block, filled);
        } else {
            for (lane, (filled, &value)) in pose.iter_mut().zip(rest).enumerate() {
                *filled = self.relative(lane, value);
            }
        }
    }

    #[inline(always)]
    fn fill_block(&self, block: &[T; BLOCK], filled: &mut [T; BLOCK]) {
        for lane in 0..BLOCK {
            filled[lane] = self.relative(lane, block[lane]);
        }
    }
}

impl<T: Float> Vectorized for DenormalizeKernel<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Denormalize { count, root_index, zero_first, size, factor } = self.transform;
        let outputs = self.outputs.chunks_exact(count);
        for (frame, (output, pose)) in outputs.zip(self.poses.chunks_exact_mut(count)).enumerate() {
            let size = size.map(|([widths, heights], each)| {
                let (width, height) = (widths[frame / each], heights[frame / each]);
                (width / 2.0, repeated([1.0, height / width, 0.0]))
            });
            let factor = factor.map(|(factors, each)| factors[frame / each]);
            let mut transform = FrameTransform { size, factor, root: [T::zero(); BLOCK] };
            let zeroed = zero_first && root_index == 0;
            let root = if zeroed { [T::zero(); 3] } else { output[root_index] };
            transform.root = repeated([0, 1, 2].map(|axis| transform.restored(axis, root[axis])));
            transform.fill(output.as_flattened(), pose.as_flattened_mut());
            if zero_first {
                pose[0] = [0, 1, 2].map(|axis| transform.relative(axis, T::zero()));
            }
        }
    }
}
