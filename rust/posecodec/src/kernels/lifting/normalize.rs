//! 2D poses as the input of a network that lifts them: normalized, with visibilities beside them or
//! not, frame by frame or transposed; all in one pass.

use arrayvec::ArrayVec;

use crate::float::Float;
use crate::simd::{Vectorized, dispatch};

/// How 2D poses lie as labels.
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
        let width = self.dims.saturating_add(self.extra);
        if self.transposed {
            [self.count.saturating_mul(width), frames].into_iter().collect()
        } else {
            [frames, self.count, width].into()
        }
    }
}

/// How a coordinate becomes a label, by its column: its place among the coordinates of a frame.
pub trait Normalize<T: Float>: Copy {
    /// Whether all keypoints are treated alike: then frames can be walked as one long one, which
    /// leaves no remainder of a vector at the end of each.
    const KEYPOINTS_ALIKE: bool;

    /// The label.
    fn normalized(&self, column: usize, coordinate: T) -> T;

    /// Fills the labels of some columns side by side, from column `first` on.
    #[inline(always)]
    fn fill<L: Float>(&self, first: usize, coordinates: &[T], labels: &mut [L]) {
        for (number, (label, &coordinate)) in labels.iter_mut().zip(coordinates).enumerate() {
            *label = L::of(self.normalized(first + number, coordinate).as_f64());
        }
    }
}

/// Coordinates as they are.
#[derive(Debug, Clone, Copy)]
pub struct Identity;

impl<T: Float> Normalize<T> for Identity {
    const KEYPOINTS_ALIKE: bool = true;

    #[inline(always)]
    fn normalized(&self, _: usize, coordinate: T) -> T {
        coordinate
    }
}

/// Coordinates less their mean, over their deviation; one of each a column.
#[derive(Debug, Clone, Copy)]
pub struct Standardized<'a> {
    /// What is subtracted.
    pub mean: &'a [f32],
    /// What the rest is divided by.
    pub std: &'a [f32],
}

impl<T: Float> Normalize<T> for Standardized<'_> {
    const KEYPOINTS_ALIKE: bool = false;

    #[inline(always)]
    fn normalized(&self, column: usize, coordinate: T) -> T {
        let [mean, std] = [self.mean, self.std].map(|values| T::of(f64::from(values[column])));
        (coordinate - mean) / std
    }

    // Slices of one length: a loop that checks its indices is not vectorized.
    #[inline(always)]
    fn fill<L: Float>(&self, first: usize, coordinates: &[T], labels: &mut [L]) {
        let statistics = self.mean[first..].iter().zip(&self.std[first..]);
        for ((label, &coordinate), (&mean, &std)) in
            labels.iter_mut().zip(coordinates).zip(statistics)
        {
            let centered = coordinate - T::of(f64::from(mean));
            *label = L::of((centered / T::of(f64::from(std))).as_f64());
        }
    }
}

/// A picture of some size as the unit of coordinates: 2 wide, its center at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImageUnit<T> {
    width: T,
    /// The center along x and y. A depth has none: 0, in as many lanes as a vector has.
    center: [f64; 4],
}

impl<T: Float> ImageUnit<T> {
    /// The unit of pictures of width and height.
    pub fn new([width, height]: [f64; 2]) -> Self {
        Self { width: T::of(width), center: [1.0, height / width, 0.0, 0.0] }
    }

    /// A length.
    #[inline(always)]
    pub fn length(&self, value: T) -> T {
        value / self.width * T::of(2.0)
    }

    /// A length from the center: NumPy subtracts that in double precision.
    #[inline(always)]
    pub fn centered(&self, axis: usize, length: T) -> T {
        T::of(length.as_f64() - self.center[axis])
    }

    /// A coordinate.
    #[inline(always)]
    pub fn place(&self, axis: usize, value: T) -> T {
        self.centered(axis, self.length(value))
    }
}

/// The first two of `dims` coordinates in units of a picture, others as they are.
#[derive(Debug, Clone, Copy)]
pub struct ImageNormalized<T> {
    /// The picture.
    pub unit: ImageUnit<T>,
    /// Coordinates a keypoint.
    pub dims: usize,
}

impl<T: Float> Normalize<T> for ImageNormalized<T> {
    const KEYPOINTS_ALIKE: bool = true;

    #[inline(always)]
    fn normalized(&self, column: usize, coordinate: T) -> T {
        if self.dims == 2 {
            return self.unit.place(column % 2, coordinate);
        }
        match column % self.dims {
            axis @ (0 | 1) => self.unit.place(axis, coordinate),
            _ => coordinate,
        }
    }

    #[inline(always)]
    fn fill<L: Float>(&self, first: usize, coordinates: &[T], labels: &mut [L]) {
        if self.dims == 2 {
            let (points, _) = coordinates.as_chunks::<2>();
            let (labels, _) = labels.as_chunks_mut::<2>();
            for (label, point) in labels.iter_mut().zip(points) {
                *label = [0, 1].map(|axis| L::of(self.unit.place(axis, point[axis]).as_f64()));
            }
            return;
        }
        for (number, (label, &coordinate)) in labels.iter_mut().zip(coordinates).enumerate() {
            *label = L::of(self.normalized(first + number, coordinate).as_f64());
        }
    }
}

/// Fills labels with normalized coordinates, each keypoint's followed by its extra values.
pub fn fill_labels<T: Float, L: Float, N: Normalize<T>>(
    frames: &[T],
    extra: &[L],
    layout: LabelLayout,
    normalize: N,
    labels: &mut [L],
) {
    dispatch(LabelKernel { frames, extra, layout, normalize, labels });
}

struct LabelKernel<'a, T, L, N> {
    frames: &'a [T],
    extra: &'a [L],
    layout: LabelLayout,
    normalize: N,
    labels: &'a mut [L],
}

impl<T: Float, L: Float, N: Normalize<T>> Vectorized for LabelKernel<'_, T, L, N> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self { frames, extra, layout, normalize, labels } = self;
        let LabelLayout { dims, extra: columns, transposed, .. } = layout;
        let alike = N::KEYPOINTS_ALIKE && !transposed;
        let count = if alike { (frames.len() / dims).max(1) } else { layout.count };
        match (transposed, dims, columns) {
            (true, ..) => fill_transposed(frames, extra, layout, normalize, labels),
            (false, _, 0) => {
                let width = count * dims;
                let rows = labels.chunks_exact_mut(width).zip(frames.chunks_exact(width));
                for (labels, frame) in rows {
                    normalize.fill(0, frame, labels);
                }
            }
            (false, 2, 1) => fill_pairs(frames, extra, count, normalize, labels),
            _ => fill_beside(frames, extra, count, [dims, columns], normalize, labels),
        }
    }
}

#[inline(always)]
fn label<T: Float, L: Float, N: Normalize<T>>(normalize: N, column: usize, coordinate: T) -> L {
    L::of(normalize.normalized(column, coordinate).as_f64())
}

/// Frame by frame, with a value beside the two coordinates of a keypoint: the usual case, with as
/// many steps as the compiler knows.
#[inline(always)]
fn fill_pairs<T: Float, L: Float, N: Normalize<T>>(
    frames: &[T],
    extra: &[L],
    count: usize,
    normalize: N,
    labels: &mut [L],
) {
    let ((points, _), (labels, _)) = (frames.as_chunks::<2>(), labels.as_chunks_mut::<3>());
    let frames = points.chunks_exact(count).zip(extra.chunks_exact(count));
    for ((points, extra), labels) in frames.zip(labels.chunks_exact_mut(count)) {
        for (keypoint, ((label, point), &extra)) in
            labels.iter_mut().zip(points).zip(extra).enumerate()
        {
            let of = |axis: usize| normalize.normalized(keypoint * 2 + axis, point[axis]);
            *label = [L::of(of(0).as_f64()), L::of(of(1).as_f64()), extra];
        }
    }
}

/// Frame by frame, with values beside the coordinates.
#[inline(always)]
fn fill_beside<T: Float, L: Float, N: Normalize<T>>(
    frames: &[T],
    extra: &[L],
    count: usize,
    [dims, columns]: [usize; 2],
    normalize: N,
    labels: &mut [L],
) {
    let rows = labels.chunks_exact_mut(count * (dims + columns));
    let rows = rows.zip(frames.chunks_exact(count * dims)).zip(extra.chunks_exact(count * columns));
    for ((labels, frame), extra) in rows {
        let points = labels.chunks_exact_mut(dims + columns);
        let points = points.zip(frame.chunks_exact(dims)).zip(extra.chunks_exact(columns));
        for (keypoint, ((labels, point), extra)) in points.enumerate() {
            for axis in 0..dims {
                labels[axis] = label(normalize, keypoint * dims + axis, point[axis]);
            }
            labels[dims..].copy_from_slice(extra);
        }
    }
}

/// A column each frame: blocks of frames, whose values of a row lie together in the labels.
#[inline(always)]
fn fill_transposed<T: Float, L: Float, N: Normalize<T>>(
    frames: &[T],
    extra: &[L],
    layout: LabelLayout,
    normalize: N,
    labels: &mut [L],
) {
    // As many as fill a vector, and few enough to stay in the first-level cache.
    const BLOCK: usize = 16;
    let LabelLayout { count, dims, extra: columns, .. } = layout;
    let width = dims + columns;
    let [stride, extra_stride] = [count * dims, count * columns];
    let total = frames.len() / stride;
    let mut first = 0;
    while first < total {
        let block = BLOCK.min(total - first);
        let frames = &frames[first * stride..][..block * stride];
        let extra = &extra[first * extra_stride..][..block * extra_stride];
        for keypoint in 0..count {
            for axis in 0..dims {
                let column = keypoint * dims + axis;
                let filled = &mut labels[(keypoint * width + axis) * total + first..][..block];
                if block == BLOCK {
                    let values: [T; BLOCK] = std::array::from_fn(|i| frames[i * stride + column]);
                    for i in 0..BLOCK {
                        filled[i] = label(normalize, column, values[i]);
                    }
                } else {
                    for i in 0..block {
                        filled[i] = label(normalize, column, frames[i * stride + column]);
                    }
                }
            }
            for number in 0..columns {
                let row = keypoint * width + dims + number;
                let filled = &mut labels[row * total + first..][..block];
                for i in 0..block {
                    filled[i] = extra[i * extra_stride + keypoint * columns + number];
                }
            }
        }
        first += block;
    }
}
