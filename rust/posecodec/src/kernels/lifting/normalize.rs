//! 2D poses as the input of a lifting network: normalized, with or without visibilities, frame by frame
//! or transposed; in one pass.

use arrayvec::ArrayVec;

use crate::float::Float;
use crate::simd::{Vectorized, dispatch};

/// The memory layout of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelLayout {
    /// Keypoints per frame.
    pub count: usize,
    /// Coordinates per keypoint.
    pub dims: usize,
    /// Values that follow the coordinates of a keypoint, such as its visibility.
    pub extra: usize,
    /// Frames are columns: (K·D, T) instead of (T, K, D).
    pub transposed: bool,
}

impl LabelLayout {
    /// The shape of the labels of this number of frames.
    pub fn shape(&self, frames: usize) -> ArrayVec<usize, 3> {
        let width = self.dims.saturating_add(self.extra);
        if self.transposed {
            [self.count.saturating_mul(width), frames].into_iter().collect()
        } else {
            [frames, self.count, width].into()
        }
    }
}

/// The normalization of a coordinate, which may depend on its column: its index in a frame.
pub trait Normalize<T: Float>: Copy {
    /// Whether the normalization is the same for all keypoints. Then all frames are processed as one long
    /// frame, without a remainder of a vector at the end of each.
    const KEYPOINTS_ALIKE: bool;

    /// The normalized coordinate.
    fn normalized(&self, column: usize, coordinate: T) -> T;

    /// Fills the labels of consecutive columns, beginning with column `first`.
    #[inline(always)]
    fn fill<L: Float>(&self, first: usize, coordinates: &[T], labels: &mut [L]) {
        for (number, (label, &coordinate)) in labels.iter_mut().zip(coordinates).enumerate() {
            *label = L::of(self.normalized(first + number, coordinate).as_f64());
        }
    }
}

/// Does not change coordinates.
#[derive(Debug, Clone, Copy)]
pub struct Identity;

impl<T: Float> Normalize<T> for Identity {
    const KEYPOINTS_ALIKE: bool = true;

    #[inline(always)]
    fn normalized(&self, _: usize, coordinate: T) -> T {
        coordinate
    }
}

/// Subtracts a mean and divides by a standard deviation, one of each per column.
#[derive(Debug, Clone, Copy)]
pub struct Standardized<'a> {
    /// The means.
    pub mean: &'a [f32],
    /// The standard deviations.
    pub std: &'a [f32],
}

impl<T: Float> Normalize<T> for Standardized<'_> {
    const KEYPOINTS_ALIKE: bool = false;

    #[inline(always)]
    fn normalized(&self, column: usize, coordinate: T) -> T {
        let [mean, std] = [self.mean, self.std].map(|values| T::of(f64::from(values[column])));
        (coordinate - mean) / std
    }

    // Zipped slices: a loop with bounds checks is not vectorized.
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

/// Image coordinates normalized so that the image is 2 wide and its center is at 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ImageUnit<T> {
    width: T,
    /// The center along x and y, then 0 for depths and for the fourth lane of a vector.
    center: [f64; 4],
}

impl<T: Float> ImageUnit<T> {
    /// For images of this width and height.
    pub fn new([width, height]: [f64; 2]) -> Self {
        Self { width: T::of(width), center: [1.0, height / width, 0.0, 0.0] }
    }

    /// A length in units of half the image width.
    #[inline(always)]
    pub fn length(&self, value: T) -> T {
        value / self.width * T::of(2.0)
    }

    /// A length measured from the center, which NumPy subtracts in double precision.
    #[inline(always)]
    pub fn centered(&self, axis: usize, length: T) -> T {
        T::of(length.as_f64() - self.center[axis])
    }

    /// A coordinate.
    #[inline(always)]
    pub fn position(&self, axis: usize, value: T) -> T {
        self.centered(axis, self.length(value))
    }
}

/// Normalizes the first two of `dims` coordinates by the image size and does not change the others.
#[derive(Debug, Clone, Copy)]
pub struct ImageNormalized<T> {
    /// The image's normalization.
    pub unit: ImageUnit<T>,
    /// Coordinates per keypoint.
    pub dims: usize,
}

impl<T: Float> Normalize<T> for ImageNormalized<T> {
    const KEYPOINTS_ALIKE: bool = true;

    #[inline(always)]
    fn normalized(&self, column: usize, coordinate: T) -> T {
        if self.dims == 2 {
            return self.unit.position(column % 2, coordinate);
        }
        match column % self.dims {
            axis @ (0 | 1) => self.unit.position(axis, coordinate),
            _ => coordinate,
        }
    }

    #[inline(always)]
    fn fill<L: Float>(&self, first: usize, coordinates: &[T], labels: &mut [L]) {
        if self.dims == 2 {
            let (points, _) = coordinates.as_chunks::<2>();
            let (labels, _) = labels.as_chunks_mut::<2>();
            for (label, point) in labels.iter_mut().zip(points) {
                *label = [0, 1].map(|axis| L::of(self.unit.position(axis, point[axis]).as_f64()));
            }
            return;
        }
        for (number, (label, &coordinate)) in labels.iter_mut().zip(coordinates).enumerate() {
            *label = L::of(self.normalized(first + number, coordinate).as_f64());
        }
    }
}

/// Fills labels with normalized coordinates. The extra values of a keypoint follow its coordinates.
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
            _ => fill_with_extra(frames, extra, count, [dims, columns], normalize, labels),
        }
    }
}

#[inline(always)]
fn label<T: Float, L: Float, N: Normalize<T>>(normalize: N, column: usize, coordinate: T) -> L {
    L::of(normalize.normalized(column, coordinate).as_f64())
}

/// Frame by frame, with one extra value after the two coordinates of a keypoint: the usual case, with
/// loops of constant length.
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

/// Frame by frame, with extra values after the coordinates of a keypoint.
#[inline(always)]
fn fill_with_extra<T: Float, L: Float, N: Normalize<T>>(
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

/// One column per frame. Frames are transposed in blocks, because the values of one row are contiguous
/// in the labels.
#[inline(always)]
fn fill_transposed<T: Float, L: Float, N: Normalize<T>>(
    frames: &[T],
    extra: &[L],
    layout: LabelLayout,
    normalize: N,
    labels: &mut [L],
) {
    // Enough frames to fill a vector, and few enough to stay in the first-level cache.
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
