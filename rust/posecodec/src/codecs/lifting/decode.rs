//! Decoding the output of a lifting network to 3D poses.

use ndarray::{Array2, Array3, ArrayView2, ArrayView3};

use super::super::sealed::Sealed;
use super::{Skeleton, Statistics};
use crate::check;
use crate::codecs::decode::Decoded;
use crate::error::{Result, Shape, try_collect};
use crate::float::Float;
use crate::kernels::lifting::root::Restore;
use crate::parallel;

/// A codec that decodes root-relative poses, normalized or not.
///
/// ```
/// use ndarray::array;
/// use posecodec::codecs::poses::{VideoPoseLifting, VideoPoseLiftingOptions};
/// use posecodec::codecs::DecodePoses;
///
/// let codec = VideoPoseLifting::new(2, VideoPoseLiftingOptions::default())?;
/// let encoded = array![[[0.0f32, 0.0, 0.0], [0.5, 0.25, 0.0]]]; // (N, K, 3), relative to the root
/// let root = array![[1.0f32, 1.0, 4.0]];
/// let decoded = codec.decode(encoded.view(), Some(root.view()))?;
/// assert_eq!(decoded.keypoints, array![[[1.0, 1.0, 4.0], [1.5, 1.25, 4.0]]]);
/// # Ok::<(), posecodec::Error>(())
/// ```
pub trait DecodePoses: Sealed + Sync {
    /// The skeleton of the poses.
    fn skeleton(&self) -> &Skeleton;

    /// The mean and standard deviation of target keypoints, if they were standardized.
    #[doc(hidden)]
    fn target_statistics(&self) -> Option<&Statistics> {
        None
    }

    /// Checks the shape of encoded poses (N, K, C); K may also be 1, for a trajectory. Returns the
    /// number of keypoints of decoded poses: one more with roots, if the codec removes them.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a shape that does not fit.
    #[doc(hidden)]
    fn decoded_keypoints(&self, shape: [usize; 3], with_roots: bool) -> Result<usize> {
        let skeleton = self.skeleton();
        let (whole, kept) = (skeleton.count(), skeleton.kept());
        let [poses, count, dims] = shape;
        if let Some(statistics) = self.target_statistics() {
            let wanted = [1, kept, statistics.dims()];
            if shape != wanted {
                let wanted = format!("{}, like `target_mean`", Shape(&wanted));
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

    /// Decodes poses (N, K, C): denormalizes them and adds roots (1, C) or (N, C), if given. The
    /// scores are 1.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for shapes that do not fit.
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

/// Decodes a batch of encoded poses (B, N, K, C), flat; on several threads if the batch is large
/// enough. `roots` are one per sample, (B, 1, C), or one per pose, (B, N, C).
///
/// ```
/// use posecodec::codecs::poses::{VideoPoseLifting, VideoPoseLiftingOptions};
/// use posecodec::codecs::slices::decode_poses_batch;
///
/// let codec = VideoPoseLifting::new(1, VideoPoseLiftingOptions::default())?;
/// let encoded = [0.0f32, 0.0, 0.0, 0.5, 0.0, 0.0]; // two samples
/// let roots = [1.0f32, 1.0, 4.0, 1.0, 1.0, 5.0];
/// let mut keypoints = [0.0f32; 6];
/// decode_poses_batch(&codec, &encoded, [2, 1, 1, 3], Some(&roots), &mut keypoints)?;
/// assert_eq!(keypoints, [1.0, 1.0, 4.0, 1.5, 1.0, 5.0]);
/// # Ok::<(), posecodec::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::InvalidInput`] for a shape that does not fit, or an array of another length than
/// the shape implies.
pub fn decode_poses_batch<D: DecodePoses + ?Sized, T: Float, L: Float>(
    codec: &D,
    encoded: &[T],
    shape: [usize; 4],
    roots: Option<&[L]>,
    keypoints: &mut [L],
) -> Result<()> {
    let [batch, poses, count, dims] = shape;
    let decoded = codec.decoded_keypoints([poses, count, dims], roots.is_some())?;
    check::len("encoded", "B·N·K·C", &shape, encoded.len())?;
    check::len("keypoints", "B·N·K·C", &[batch, poses, decoded, dims], keypoints.len())?;
    let per_sample = check::product(&[batch, dims]);
    if let Some(roots) = roots
        && per_sample != Some(roots.len())
    {
        check::len("target_root", "B·N·C", &[batch, poses, dims], roots.len())?;
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
    parallel::for_each(samples, values, &|(sample, (encoded, keypoints))| {
        restore.fill(sample * poses, encoded, keypoints);
    });
    Ok(())
}
