//! 2D poses as the input of a network that lifts them, 3D poses as its target.
//!
//! Poses are flat: frame by frame, keypoint by keypoint, `dims` coordinates each. Each function
//! reads its array once and writes its answer once.

use arrayvec::ArrayVec;

use super::element::Real;

/// How 2D poses become input labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelLayout {
    /// Keypoints a frame.
    pub count: usize,
    /// Coordinates a keypoint.
    pub dims: usize,
    /// Values that follow the coordinates of a keypoint, such as its visibility.
    pub extra: usize,
    /// Frames are columns: (K·D, T) instead of (T, K, D).
    pub transposed: bool,
}

impl LabelLayout {
    /// The shape of the labels of so many frames.
    pub fn shape(&self, frames: usize) -> ArrayVec<usize, 3> {
        let width = self.dims + self.extra;
        if self.transposed {
            [self.count * width, frames].into_iter().collect()
        } else {
            [frames, self.count, width].into()
        }
    }
}

/// Fills labels with `normalised(keypoint, axis, coordinate)`, each keypoint's followed by its
/// extra values.
#[inline(always)]
pub fn fill_labels<T: Real, L: Real>(
    frames: &[T],
    extra: &[L],
    layout: LabelLayout,
    labels: &mut [L],
    normalised: impl Fn(usize, usize, T) -> T,
) {
    let LabelLayout { count, dims, extra: columns, transposed } = layout;
    let label = |keypoint: usize, axis: usize, coordinate: T| {
        L::of(normalised(keypoint, axis, coordinate).as_f64())
    };
    let width = dims + columns;
    if transposed {
        let rows = labels.len().checked_div(count * width).unwrap_or(0);
        for (row, labels) in labels.chunks_exact_mut(rows.max(1)).enumerate() {
            let (keypoint, axis) = (row / width, row % width);
            if axis < dims {
                let coordinates = frames[keypoint * dims + axis..].iter().step_by(count * dims);
                for (filled, &coordinate) in labels.iter_mut().zip(coordinates) {
                    *filled = label(keypoint, axis, coordinate);
                }
            } else {
                let first = keypoint * columns + axis - dims;
                let values = extra[first..].iter().step_by(count * columns);
                for (filled, &value) in labels.iter_mut().zip(values) {
                    *filled = value;
                }
            }
        }
        return;
    }
    for (number, labels) in labels.chunks_exact_mut(width).enumerate() {
        let (coordinates, rest) = labels.split_at_mut(dims);
        let keypoint = number % count;
        for (axis, filled) in coordinates.iter_mut().enumerate() {
            *filled = label(keypoint, axis, frames[number * dims + axis]);
        }
        rest.copy_from_slice(&extra[number * columns..][..columns]);
    }
}

/// The root of each frame: the mean of some of its keypoints, added up in the precision `R`.
pub fn fill_roots<T: Real, R: Real>(
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

/// Fills each frame with its poses less its root, without the keypoint that is `removed`;
/// `finished(index, value)` has the last word on each value, by its index in the frame filled.
#[inline(always)]
pub fn fill_centred<T: Real, R: Real>(
    frames: &[T],
    [count, dims]: [usize; 2],
    roots: &[R],
    removed: Option<usize>,
    centred: &mut [T],
    finished: impl Fn(usize, T) -> T,
) {
    let cut = removed.unwrap_or(count);
    let kept = count - usize::from(removed.is_some());
    let frames = frames.chunks_exact(count * dims).zip(roots.chunks_exact(dims));
    for ((frame, root), centred) in frames.zip(centred.chunks_exact_mut((kept * dims).max(1))) {
        for (keypoint, filled) in centred.chunks_exact_mut(dims).enumerate() {
            let point = &frame[(keypoint + usize::from(keypoint >= cut)) * dims..][..dims];
            for axis in 0..dims {
                let value = point[axis] - T::of(root[axis].as_f64());
                filled[axis] = finished(keypoint * dims + axis, value);
            }
        }
    }
}

/// Fills a pose with `scaled(index, value)` of each value, moved to its root; `inserted` says
/// before which keypoint the root itself comes in.
#[inline(always)]
pub fn fill_restored<T: Real, L: Real>(
    pose: &[T],
    dims: usize,
    root: Option<&[L]>,
    inserted: Option<usize>,
    restored: &mut [L],
    scaled: impl Fn(usize, T) -> T,
) {
    let gap = root.zip(inserted);
    let at = gap.map_or(usize::MAX, |(_, keypoint)| keypoint);
    for (keypoint, point) in pose.chunks_exact(dims).enumerate() {
        let filled = &mut restored[(keypoint + usize::from(keypoint >= at)) * dims..][..dims];
        for axis in 0..dims {
            let value = L::of(scaled(keypoint * dims + axis, point[axis]).as_f64());
            filled[axis] = root.map_or(value, |root| value + root[axis]);
        }
    }
    if let Some((root, keypoint)) = gap {
        restored[keypoint * dims..][..dims].copy_from_slice(root);
    }
}

/// 1 for what is visible (above 0.5), else 0; `columns` values a keypoint, without the one that is
/// `removed`.
pub fn fill_weights<V: Real>(
    visible: &[V],
    [count, columns]: [usize; 2],
    removed: Option<usize>,
    weights: &mut [f32],
) {
    let weight = |visible: V| if visible > V::of(0.5) { 1.0 } else { 0.0 };
    let Some(removed) = removed else {
        for (filled, &visible) in weights.iter_mut().zip(visible) {
            *filled = weight(visible);
        }
        return;
    };
    let kept = ((count - 1) * columns).max(1);
    let frames = visible.chunks_exact((count * columns).max(1));
    for (frame, weights) in frames.zip(weights.chunks_exact_mut(kept)) {
        let (before, after) = frame.split_at(removed * columns);
        for (filled, &visible) in weights.iter_mut().zip(before.iter().chain(&after[columns..])) {
            *filled = weight(visible);
        }
    }
}

/// Fills `1 / second[2]` of arrays `[first, second, …]`: a reciprocal each of the third of every
/// `count` items of `size` values.
pub fn fill_reciprocals<T: Real>(values: &[T], [count, size]: [usize; 2], reciprocals: &mut [T]) {
    for (filled, &value) in reciprocals.iter_mut().zip(thirds(values, [count, size])) {
        *filled = value.recip();
    }
}

/// The third of every `count` items of `size` values.
pub fn thirds<T>(values: &[T], [count, size]: [usize; 2]) -> impl Iterator<Item = &T> {
    values.chunks_exact((count * size).max(1)).flat_map(move |items| &items[2 * size..3 * size])
}
