//! Decoding SimCC vectors along x, y and z.

use ndarray::{Array2, Array3, ArrayView3, ArrayViewMut2, ArrayViewMut3};

use super::Simcc3dLabel;
use crate::codecs::decoded_batch::contiguous;
use crate::codecs::encode::zeros;
use crate::codecs::simcc_axis::{AxisPeaks, find_axis_peaks};
use crate::codecs::simcc_vectors::{RowReader, SimccVectors, split_batch, with_vectors};
use crate::element::split_off;
use crate::error::{Result, try_with_capacity};
use crate::float::HeatmapValue;
use crate::kernels::blur::BlurBuffers;
use crate::parallel;

/// What [`Simcc3dLabel::decode`] returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Simcc3dDecoded<E> {
    /// (N, K, 3), or (B, K, 3) of a batch: input pixels, and meters from the root's depth.
    pub keypoints: Array3<f32>,
    /// (N, K, 3), all in input pixels.
    pub keypoints_simcc: Array3<f32>,
    /// (N, K).
    pub scores: Array2<E>,
}

/// The outputs of `decode_flat`: two points and one score per row.
#[derive(Debug)]
pub struct Simcc3dDecodedRows<'a, E> {
    /// Points `[x, y, z]` in input pixels, and meters from the root's depth.
    pub keypoints: &'a mut [[f32; 3]],
    /// The same points, all in input pixels.
    pub keypoints_simcc: &'a mut [[f32; 3]],
    /// The smaller of the maxima along x and y.
    pub scores: &'a mut [E],
}

impl Simcc3dLabel {
    /// Decodes vectors (N, K, Wx), (N, K, Wy) and (N, K, Wz) with the codec's numbers of bins.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for other numbers of bins, or different N or K.
    pub fn decode<E: HeatmapValue>(
        &self,
        x: ArrayView3<'_, E>,
        y: ArrayView3<'_, E>,
        z: ArrayView3<'_, E>,
    ) -> Result<Simcc3dDecoded<E>> {
        self.decode_views([x, y, z], None, |shape| shape)
    }

    /// Decodes the vectors of a batch with one instance per sample, (B, K, Wx), (B, K, Wy) and
    /// (B, K, Wz), as networks return them; on several threads if the batch is large enough. With
    /// `flipped`, it decodes the averages, as [`Self::decode_flipped`] does.
    ///
    /// # Errors
    /// As for [`Self::decode`] and [`Self::decode_flipped`].
    pub fn decode_batch<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 3],
        flipped: Option<([ArrayView3<'_, E>; 3], &[usize])>,
    ) -> Result<Simcc3dDecoded<E>> {
        self.decode_views(vectors, flipped, split_batch)
    }

    /// [`Self::decode_batch`] into the caller's arrays: keypoints (B, K, 3) in input pixels and
    /// meters, the same in input pixels alone, and scores (B, K), in standard layout.
    ///
    /// # Errors
    /// As for [`Self::decode_batch`], and for arrays of another shape or layout.
    pub fn decode_batch_into<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 3],
        flipped: Option<([ArrayView3<'_, E>; 3], &[usize])>,
        keypoints: ArrayViewMut3<'_, f32>,
        keypoints_simcc: ArrayViewMut3<'_, f32>,
        scores: ArrayViewMut2<'_, E>,
    ) -> Result<()> {
        let (batch, count, _) = vectors[0].dim();
        let points = [batch, count, 3];
        let decoded = Simcc3dDecodedRows {
            keypoints: contiguous("keypoints", keypoints, &points)?.as_chunks_mut().0,
            keypoints_simcc: contiguous("keypoints_simcc", keypoints_simcc, &points)?
                .as_chunks_mut()
                .0,
            scores: contiguous("scores", scores, &[batch, count])?,
        };
        with_vectors(["x", "y", "z"], vectors, flipped, |shape, vectors| {
            self.decode_flat(split_batch(shape), vectors, decoded)
        })
    }

    /// A flip test: decodes the averages of vectors along x, y and z and of those of the flipped
    /// image. `flip_indices` has the index of each keypoint's mirror image.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] as for `decode`, for flipped vectors of another shape, and
    /// unless the indices exchange keypoints in pairs.
    pub fn decode_flipped<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 3],
        flipped: [ArrayView3<'_, E>; 3],
        flip_indices: &[usize],
    ) -> Result<Simcc3dDecoded<E>> {
        self.decode_views(vectors, Some((flipped, flip_indices)), |shape| shape)
    }

    /// Decodes vectors (N, K, bins), whose shape [1, N, K] may be split into samples.
    fn decode_views<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 3],
        flipped: Option<([ArrayView3<'_, E>; 3], &[usize])>,
        split: impl FnOnce([usize; 3]) -> [usize; 3],
    ) -> Result<Simcc3dDecoded<E>> {
        let (instances, count, _) = vectors[0].dim();
        let mut keypoints = zeros("keypoints", (instances, count, 3))?;
        let mut keypoints_simcc = zeros("keypoints_simcc", (instances, count, 3))?;
        let mut scores = zeros("scores", (instances, count))?;
        let [points, pixels] = [&mut keypoints, &mut keypoints_simcc]
            .map(|array| array.as_slice_mut().expect("standard layout").as_chunks_mut().0);
        let decoded = Simcc3dDecodedRows {
            keypoints: points,
            keypoints_simcc: pixels,
            scores: scores.as_slice_mut().expect("standard layout"),
        };
        with_vectors(["x", "y", "z"], vectors, flipped, |shape, vectors| {
            self.decode_flat(split(shape), vectors, decoded)
        })?;
        Ok(Simcc3dDecoded { keypoints, keypoints_simcc, scores })
    }

    /// Decodes the vectors of a batch of shape `[B, N, K]`, with or without a flip test; on several
    /// threads if the batch is large enough.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for other numbers of bins, slices of other lengths than the
    /// shape implies, flipped vectors of another shape, and unless the flip indices exchange
    /// keypoints in pairs.
    pub fn decode_flat<E: HeatmapValue>(
        &self,
        shape: [usize; 3],
        vectors: SimccVectors<'_, E, 3>,
        decoded: Simcc3dDecodedRows<'_, E>,
    ) -> Result<()> {
        let Simcc3dDecodedRows { mut keypoints, mut keypoints_simcc, mut scores } = decoded;
        let outputs = [
            ("keypoints", keypoints.len()),
            ("keypoints_simcc", keypoints_simcc.len()),
            ("scores", scores.len()),
        ];
        if !vectors.check(["x", "y", "z"], &self.axes, shape, &outputs)? {
            return Ok(());
        }
        let [batch, instances, count] = shape;
        let each = instances * count;
        let mut samples = try_with_capacity("the samples of a batch", batch)?;
        for sample in 0..batch {
            let decoded = Simcc3dDecodedRows {
                keypoints: split_off(&mut keypoints, each),
                keypoints_simcc: split_off(&mut keypoints_simcc, each),
                scores: split_off(&mut scores, each),
            };
            samples.push((vectors.sample(sample, each), decoded));
        }
        parallel::for_each(samples, vectors.own.values(), &|(rows, decoded)| {
            self.decode_rows(rows, decoded);
        });
        Ok(())
    }

    fn decode_rows<E: HeatmapValue>(
        &self,
        mut rows: RowReader<'_, E, 3>,
        decoded: Simcc3dDecodedRows<'_, E>,
    ) {
        let ratio = self.options.simcc_split_ratio as f32;
        let (range, middle) = (self.options.z_range as f32, self.input_size[2] as f32 / 2.0);
        let mut buffers = BlurBuffers::default();
        for row in 0..decoded.scores.len() {
            let AxisPeaks { bins, score, .. } =
                find_axis_peaks(&self.axes, rows.row(row), &mut buffers);
            let [x, y, z] = bins.map(|bin| bin / ratio);
            decoded.keypoints_simcc[row] = [x, y, z];
            decoded.keypoints[row] = [x, y, (z / middle - 1.0) * range];
            decoded.scores[row] = score;
        }
    }
}
