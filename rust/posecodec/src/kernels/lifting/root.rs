//! 3D poses as the target of a lifting network, and back: roots, root-relative poses, weights.
//!
//! Poses are flat: frame by frame, keypoint by keypoint, `dims` coordinates each. Each function reads its
//! input once and writes its output once.

use crate::float::Float;
use crate::kernels::lifting::normalize::Normalize;
use crate::kernels::lifting::points::{each_point, lanes, lanewise};
use crate::simd::{Vectorized, dispatch};

/// The root of each frame: the mean of the keypoints at `indices`, summed in the precision `R`.
pub fn fill_roots<T: Float, R: Float>(
    frames: &[T],
    [count, dims]: [usize; 2],
    indices: &[usize],
    roots: &mut [R],
) {
    for (frame, root) in frames.chunks_exact(count * dims).zip(roots.chunks_exact_mut(dims)) {
        for (axis, root) in root.iter_mut().enumerate() {
            let values = indices.iter().map(|index| R::of(frame[index * dims + axis].as_f64()));
            let sum = values.reduce(|sum, value| sum + value).unwrap_or_else(R::zero);
            *root = R::of(sum.as_f64() / indices.len() as f64);
        }
    }
}

/// Fills frames with root-relative poses, without the keypoint `removed`, normalized.
pub fn fill_centered<T: Float, R: Float, N: Normalize<T>>(
    frames: &[T],
    shape: [usize; 2],
    roots: &[R],
    removed: Option<usize>,
    normalize: N,
    centered: &mut [T],
) {
    dispatch(CenterKernel { frames, shape, roots, removed, normalize, centered });
}

struct CenterKernel<'a, T, R, N> {
    frames: &'a [T],
    shape: [usize; 2],
    roots: &'a [R],
    removed: Option<usize>,
    normalize: N,
    centered: &'a mut [T],
}

impl<T: Float, R: Float, N: Normalize<T>> Vectorized for CenterKernel<'_, T, R, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { frames, shape: [count, dims], roots, removed, normalize, centered } = self;
        let cut = removed.unwrap_or(count) * dims;
        let kept = (count - usize::from(removed.is_some())) * dims;
        let rows = frames.chunks_exact(count * dims).zip(roots.chunks_exact(dims));
        for ((frame, root), centered) in rows.zip(centered.chunks_exact_mut(kept.max(1))) {
            let (before, after) = frame.split_at(cut);
            let after = after.get(dims..).unwrap_or_default();
            let (centered_before, centered_after) = centered.split_at_mut(cut.min(kept));
            center(before, root, 0, normalize, centered_before);
            center(after, root, cut, normalize, centered_after);
        }
    }
}

/// Fills `centered` with points relative to `root`; `first` is the column of the first value.
#[inline(always)]
fn center<T: Float, R: Float, N: Normalize<T>>(
    points: &[T],
    root: &[R],
    first: usize,
    normalize: N,
    centered: &mut [T],
) {
    // In 3D, loops of constant length are vectorized.
    if let [x, y, z] = *root {
        let root = [x, y, z].map(|value| T::of(value.as_f64()));
        let (points, _) = points.as_chunks::<3>();
        let (centered, _) = centered.as_chunks_mut::<3>();
        for (number, (filled, point)) in centered.iter_mut().zip(points).enumerate() {
            for axis in 0..3 {
                let column = first + number * 3 + axis;
                filled[axis] = normalize.normalized(column, point[axis] - root[axis]);
            }
        }
        return;
    }
    let dims = root.len();
    for (index, (filled, &value)) in centered.iter_mut().zip(points).enumerate() {
        let root = T::of(root[index % dims].as_f64());
        *filled = normalize.normalized(first + index, value - root);
    }
}

/// The transform from a network's outputs to poses.
#[derive(Debug, Clone, Copy)]
pub struct Restore<'a, L> {
    /// Keypoints per output.
    pub count: usize,
    /// Coordinates per keypoint.
    pub dims: usize,
    /// Means and standard deviations of all values, if outputs are standardized.
    pub statistics: Option<[&'a [f32]; 2]>,
    /// Roots that are added to poses, and the number of poses per root.
    pub roots: Option<(&'a [L], usize)>,
    /// The index at which the root itself is inserted.
    pub inserted: Option<usize>,
}

impl<L: Float> Restore<'_, L> {
    /// Fills poses from `outputs`; `first` is the number of the first one.
    pub fn fill<T: Float>(&self, first: usize, outputs: &[T], poses: &mut [L]) {
        dispatch(RestoreKernel { restore: *self, first, outputs, poses });
    }

    /// The index at which a root is inserted; none without roots.
    fn insertion(&self) -> Option<usize> {
        self.inserted.filter(|_| self.roots.is_some())
    }
}

struct RestoreKernel<'a, T, L> {
    restore: Restore<'a, L>,
    first: usize,
    outputs: &'a [T],
    poses: &'a mut [L],
}

impl<T: Float, L: Float> Vectorized for RestoreKernel<'_, T, L> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { restore, first, outputs, poses } = self;
        let Restore { count, dims, statistics, roots, .. } = restore;
        let insertion = restore.insertion();
        let filled = (count + usize::from(insertion.is_some())) * dims;
        let at = insertion.unwrap_or(count) * dims;
        let rows = outputs.chunks_exact(count * dims).zip(poses.chunks_exact_mut(filled));
        for (number, (output, pose)) in (first..).zip(rows) {
            let root = roots.map(|(roots, each)| &roots[number / each * dims..][..dims]);
            let (before, after) = output.split_at(at);
            let (pose_before, rest) = pose.split_at_mut(at);
            let (inserted, pose_after) = rest.split_at_mut(rest.len() - after.len());
            if let Some(root) = root.filter(|_| !inserted.is_empty()) {
                inserted.copy_from_slice(root);
            }
            restore_points(before, 0, statistics, root, pose_before);
            restore_points(after, at, statistics, root, pose_after);
        }
    }
}

/// Undoes the standardization of points and adds their root; `first` is the column of the first value.
#[inline(always)]
fn restore_points<T: Float, L: Float>(
    output: &[T],
    first: usize,
    statistics: Option<[&[f32]; 2]>,
    root: Option<&[L]>,
    pose: &mut [L],
) {
    if let (None, Some(&[x, y, z])) = (statistics, root) {
        let root = lanes([x, y, z]);
        let ((output, _), (pose, _)) = (output.as_chunks::<3>(), pose.as_chunks_mut::<3>());
        each_point(output, pose, |point| lanewise(|lane| L::of(point[lane].as_f64()) + root[lane]));
        return;
    }
    for (index, (filled, &value)) in pose.iter_mut().zip(output).enumerate() {
        let scaled = statistics.map_or(value, |[mean, std]| {
            let [mean, std] = [mean, std].map(|values| T::of(f64::from(values[first + index])));
            value * std + mean
        });
        let scaled = L::of(scaled.as_f64());
        *filled = root.map_or(scaled, |root| scaled + root[index % root.len()]);
    }
}

/// Fills weights with 1 where a visibility is above 0.5, else 0; `columns` values per keypoint, without
/// the keypoint `removed`.
pub fn fill_weights<V: Float>(
    visible: &[V],
    [count, columns]: [usize; 2],
    removed: Option<usize>,
    weights: &mut [f32],
) {
    let Some(removed) = removed else {
        dispatch(WeightKernel { visible, weights });
        return;
    };
    let kept = ((count - 1) * columns).max(1);
    let frames = visible.chunks_exact((count * columns).max(1));
    for (frame, weights) in frames.zip(weights.chunks_exact_mut(kept)) {
        let (before, after) = frame.split_at(removed * columns);
        let (weights_before, weights_after) = weights.split_at_mut(before.len());
        fill_thresholded(before, weights_before);
        fill_thresholded(&after[columns..], weights_after);
    }
}

struct WeightKernel<'a, V> {
    visible: &'a [V],
    weights: &'a mut [f32],
}

impl<V: Float> Vectorized for WeightKernel<'_, V> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        fill_thresholded(self.visible, self.weights);
    }
}

#[inline(always)]
fn fill_thresholded<V: Float>(visible: &[V], weights: &mut [f32]) {
    for (filled, &visible) in weights.iter_mut().zip(visible) {
        *filled = if visible > V::of(0.5) { 1.0 } else { 0.0 };
    }
}

/// Whether any value is 0.
pub fn holds_zero<T: Float>(values: &[T]) -> bool {
    dispatch(ZeroKernel(values))
}

struct ZeroKernel<'a, T>(&'a [T]);

impl<T: Float> Vectorized for ZeroKernel<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        // No early exit: a loop with one is not vectorized.
        self.0.iter().fold(false, |found, value| found | value.is_zero())
    }
}

/// Fills `1 / array[:, 2]`, as MMPose computes it: the reciprocals of the third of every `count` items of
/// `size` values. MMPose's index 2 selects the third keypoint, not the third coordinate.
pub fn fill_reciprocals<T: Float>(values: &[T], [count, size]: [usize; 2], reciprocals: &mut [T]) {
    for (filled, &value) in reciprocals.iter_mut().zip(third_items(values, [count, size])) {
        *filled = value.recip();
    }
}

/// The third of every `count` items of `size` values: `array[:, 2]`.
pub fn third_items<T>(values: &[T], [count, size]: [usize; 2]) -> impl Iterator<Item = &T> {
    values.chunks_exact((count * size).max(1)).flat_map(move |items| &items[2 * size..3 * size])
}
