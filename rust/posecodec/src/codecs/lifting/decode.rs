//! Decoding: what a network that lifts answers becomes 3D poses again.

use ndarray::{Array2, Array3, ArrayView2, ArrayView3};

use super::{Skeleton, Statistics};
use crate::check;
use crate::codecs::Decoded;
use crate::error::{Error, Result, Shape, try_collect};
use crate::float::Float;
use crate::kernels::lifting::root::Restore;
use crate::parallel;

/// A codec whose answers are poses less their root, normalized or not.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::{DecodePoses, VideoPoseLifting, VideoPoseLiftingOptions};
///
/// let codec = VideoPoseLifting::new(2, VideoPoseLiftingOptions::default())?;
/// let answer = array![[[0.0f32, 0.0, 0.0], [0.5, 0.25, 0.0]]]; // (N, K, 3), from the root
/// let root = array![[1.0f32, 1.0, 4.0]];
/// let decoded = codec.decode(answer.view(), Some(root.view()))?;
/// assert_eq!(decoded.keypoints, array![[[1.0, 1.0, 4.0], [1.5, 1.25, 4.0]]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
pub trait DecodePoses: Sync {
    /// The poses.
    fn skeleton(&self) -> &Skeleton;

    /// Where target keypoints usually are: what was subtracted from them and divided by.
    fn target_statistics(&self) -> Option<&Statistics> {
        None
    }

    /// Checks the shape of encoded poses (N, K, C), where K may be 1 of a trajectory, and answers
    /// with the number of keypoints that they have decoded: with roots one more where the codec
    /// removes them.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for a shape that does not fit.
    fn decoded_keypoints(&self, shape: [usize; 3], with_roots: bool) -> Result<usize> {
        let skeleton = self.skeleton();
        let (whole, kept) = (skeleton.count(), skeleton.kept());
        let [poses, count, dims] = shape;
        if let Some(statistics) = self.target_statistics() {
            let wanted = [1, kept, statistics.dims()];
            if shape != wanted {
                let wanted = format!("{}, as `target_mean` is", Shape(&wanted));
                return Err(check::shape("encoded", &wanted, &[poses, count, dims]));
            }
        }
        if ![whole, kept, 1].contains(&count) || dims == 0 {
            let wanted = format!("(N, {kept}, C)");
            return Err(check::shape("encoded", &wanted, &shape));
        }
        let inserted = skeleton.removed().filter(|_| with_roots);
        if let Some(root) = inserted.filter(|&root| root > count) {
            let wanted = format!("(N, {kept}, C): the root is inserted at {root}");
            return Err(check::shape("encoded", &wanted, &shape));
        }
        Ok(count + usize::from(inserted.is_some()))
    }

    /// Decodes poses (N, K, C): back to their unit, and with roots (1, C) or (N, C) back to where
    /// they were. The scores are 1.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for shapes that do not fit.
    fn decode<T: Float>(
        &self,
        encoded: ArrayView3<'_, T>,
        target_root: Option<ArrayView2<'_, T>>,
    ) -> Result<Decoded<T, f32>> {
        let (poses, count, dims) = encoded.dim();
        let decoded = self.decoded_keypoints([poses, count, dims], target_root.is_some())?;
        let encoded = encoded.as_standard_layout();
        let roots = target_root.map(|roots| {
            let [rows, columns] = [roots.nrows(), roots.ncols()];
            if (rows != 1 && rows != poses) || columns != dims {
                return Err(check::shape("target_root", &format!("(1, {dims})"), roots.shape()));
            }
            Ok(roots.iter().copied().collect::<Vec<T>>())
        });
        let roots = roots.transpose()?;
        let mut keypoints = Array3::zeros((poses, decoded, dims));
        decode_poses_batch(
            self,
            encoded.as_slice().expect("standard layout"),
            [1, poses, count, dims],
            roots.as_deref(),
            keypoints.as_slice_mut().expect("freshly made"),
        )?;
        Ok(Decoded { keypoints, scores: Array2::ones((poses, decoded)) })
    }
}

/// Decodes a batch of encoded poses (B, N, K, C), flat; on several threads where it is worth it.
/// `roots` are one a sample, (B, 1, C), or one a pose, (B, N, C).
///
/// ```
/// use posecodec::codecs::{VideoPoseLifting, VideoPoseLiftingOptions, decode_poses_batch};
///
/// let codec = VideoPoseLifting::new(1, VideoPoseLiftingOptions::default())?;
/// let answers = [0.0f32, 0.0, 0.0, 0.5, 0.0, 0.0]; // of two samples
/// let roots = [1.0f32, 1.0, 4.0, 1.0, 1.0, 5.0];
/// let mut keypoints = [0.0f32; 6];
/// decode_poses_batch(&codec, &answers, [2, 1, 1, 3], Some(&roots), &mut keypoints)?;
/// assert_eq!(keypoints, [1.0, 1.0, 4.0, 1.5, 1.0, 5.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`Error::InvalidInput`] for a shape that does not fit, or an array of another length than it
/// says.
pub fn decode_poses_batch<D: DecodePoses + ?Sized, T: Float, L: Float>(
    codec: &D,
    encoded: &[T],
    shape: [usize; 4],
    roots: Option<&[L]>,
    keypoints: &mut [L],
) -> Result<()> {
    let [batch, poses, count, dims] = shape;
    let decoded = codec.decoded_keypoints([poses, count, dims], roots.is_some())?;
    let roots_fit = |roots: &[L]| {
        [&[batch, dims][..], &[batch, poses, dims]]
            .iter()
            .any(|shape| check::product(shape) == Some(roots.len()))
    };
    let fits = check::product(&shape) == Some(encoded.len())
        && check::product(&[batch, poses, decoded, dims]) == Some(keypoints.len())
        && roots.is_none_or(roots_fit);
    if !fits {
        let wanted = "must hold as many values as the batch has";
        return Err(Error::invalid("encoded", wanted, "other lengths"));
    }
    if encoded.is_empty() {
        return Ok(());
    }
    let restore = Restore {
        count,
        dims,
        statistics: codec.target_statistics().map(Statistics::values),
        roots: roots.map(|roots| (roots, batch * poses * dims / roots.len())),
        inserted: codec.skeleton().removed(),
    };
    if batch == 1 {
        restore.fill(0, encoded, keypoints);
        return Ok(());
    }
    let values = keypoints.len();
    let samples = encoded.chunks_exact(poses * count * dims);
    let samples = samples.zip(keypoints.chunks_exact_mut(poses * decoded * dims)).enumerate();
    let samples = try_collect("the samples of a batch", samples)?;
    parallel::for_each(samples, values, |(sample, (encoded, keypoints))| {
        restore.fill(sample * poses, encoded, keypoints);
    });
    Ok(())
}
