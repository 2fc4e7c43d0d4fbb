//! Decoding SimCC vectors: the refined bins of both maxima, and the visibility that they imply.

use ndarray::{Array2, Array3, ArrayView3, ArrayViewMut2, ArrayViewMut3};

use super::{SimccLabel, SimccLabelOptions};
use crate::check;
use crate::codecs::decoded_batch::contiguous;
use crate::codecs::encode::zeros;
use crate::codecs::simcc_axis::{AxisPeaks, find_axis_peaks};
use crate::codecs::simcc_vectors::{RowReader, SimccVectors, split_batch, with_vectors};
use crate::element::split_off;
use crate::error::{Result, try_with_capacity};
use crate::float::HeatmapValue;
use crate::kernels::blur::BlurBuffers;
use crate::kernels::simcc::softmax_maximum;
use crate::parallel;

/// What [`SimccLabel::decode`] returns.
#[derive(Debug, Clone, PartialEq)]
pub struct SimccDecoded<E> {
    /// (N, K, 2), or (B, K, 2) of a batch; in input pixels.
    pub keypoints: Array3<f32>,
    /// (N, K).
    pub scores: Array2<E>,
    /// (N, K), if the codec has `decode_visibility`.
    pub visibility: Option<Array2<f64>>,
}

/// The outputs of `decode_flat`: one point and one score per row, and optionally one visibility.
#[derive(Debug)]
pub struct SimccDecodedRows<'a, E> {
    /// Points `[x, y]` in input pixels.
    pub keypoints: &'a mut [[f32; 2]],
    /// The smaller of both maxima.
    pub scores: &'a mut [E],
    /// As long as the others, or empty to skip it.
    pub visibility: &'a mut [f64],
}

impl SimccLabel {
    /// Decodes vectors (N, K, Wx) and (N, K, Wy) with the codec's numbers of bins.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for other numbers of bins, or different N or K.
    pub fn decode<E: HeatmapValue>(
        &self,
        simcc_x: ArrayView3<'_, E>,
        simcc_y: ArrayView3<'_, E>,
    ) -> Result<SimccDecoded<E>> {
        self.decode_views([simcc_x, simcc_y], None, |shape| shape)
    }

    /// Decodes the vectors of a batch with one instance per sample, (B, K, Wx) and (B, K, Wy), as
    /// networks return them; on several threads if the batch is large enough. With `flipped`, it
    /// decodes the averages, as [`Self::decode_flipped`] does.
    ///
    /// ```
    /// use ndarray::Array3;
    /// use posecodec::codecs::simcc::{SimccLabel, SimccLabelOptions};
    ///
    /// let codec = SimccLabel::new([192, 256], SimccLabelOptions::default())?;
    /// let [x, y] = [384, 512].map(|bins| Array3::<f32>::zeros((8, 17, bins))); // the network's output
    /// let decoded = codec.decode_batch([x.view(), y.view()], None)?;
    /// assert_eq!(decoded.keypoints.dim(), (8, 17, 2));
    ///
    /// // Into arrays that exist already:
    /// let (mut keypoints, mut scores) = (decoded.keypoints, decoded.scores);
    /// let (points, scores) = (keypoints.view_mut(), scores.view_mut());
    /// codec.decode_batch_into([x.view(), y.view()], None, points, scores, None)?;
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`Self::decode`] and [`Self::decode_flipped`].
    pub fn decode_batch<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 2],
        flipped: Option<([ArrayView3<'_, E>; 2], &[usize])>,
    ) -> Result<SimccDecoded<E>> {
        self.decode_views(vectors, flipped, split_batch)
    }

    /// [`Self::decode_batch`] into the caller's arrays: keypoints (B, K, 2), scores (B, K) and, if
    /// given, visibilities (B, K), in standard layout.
    ///
    /// # Errors
    /// As for [`Self::decode_batch`], and for arrays of another shape or layout.
    pub fn decode_batch_into<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 2],
        flipped: Option<([ArrayView3<'_, E>; 2], &[usize])>,
        keypoints: ArrayViewMut3<'_, f32>,
        scores: ArrayViewMut2<'_, E>,
        visibility: Option<ArrayViewMut2<'_, f64>>,
    ) -> Result<()> {
        let (batch, count, _) = vectors[0].dim();
        let shape = [batch, count];
        let keypoints = contiguous("keypoints", keypoints, &[batch, count, 2])?;
        let visibility = visibility.map(|array| contiguous("visibility", array, &shape));
        let decoded = SimccDecodedRows {
            keypoints: keypoints.as_chunks_mut().0,
            scores: contiguous("scores", scores, &shape)?,
            visibility: visibility.transpose()?.unwrap_or_default(),
        };
        with_vectors(["simcc_x", "simcc_y"], vectors, flipped, |shape, vectors| {
            self.decode_flat(split_batch(shape), vectors, decoded)
        })
    }

    /// A flip test: decodes the averages of vectors (N, K, Wx) and (N, K, Wy) and of those of the
    /// flipped image. `flip_indices` has the index of each keypoint's mirror image.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] as for `decode`, for flipped vectors of another shape, and
    /// unless the indices exchange keypoints in pairs.
    pub fn decode_flipped<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 2],
        flipped: [ArrayView3<'_, E>; 2],
        flip_indices: &[usize],
    ) -> Result<SimccDecoded<E>> {
        self.decode_views(vectors, Some((flipped, flip_indices)), |shape| shape)
    }

    /// Decodes vectors (N, K, bins), whose shape [1, N, K] may be split into samples.
    fn decode_views<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 2],
        flipped: Option<([ArrayView3<'_, E>; 2], &[usize])>,
        split: impl FnOnce([usize; 3]) -> [usize; 3],
    ) -> Result<SimccDecoded<E>> {
        let (instances, count, _) = vectors[0].dim();
        let shape = (instances, count);
        let mut keypoints = zeros("keypoints", (instances, count, 2))?;
        let mut scores = zeros("scores", shape)?;
        let mut visibility =
            if self.options.decode_visibility { Some(zeros("visibility", shape)?) } else { None };
        let points = keypoints.as_slice_mut().expect("standard layout");
        let decoded = SimccDecodedRows {
            keypoints: points.as_chunks_mut().0,
            scores: scores.as_slice_mut().expect("standard layout"),
            visibility: visibility.as_mut().map_or(&mut [], |array: &mut Array2<f64>| {
                array.as_slice_mut().expect("standard layout")
            }),
        };
        with_vectors(["simcc_x", "simcc_y"], vectors, flipped, |shape, vectors| {
            self.decode_flat(split(shape), vectors, decoded)
        })?;
        Ok(SimccDecoded { keypoints, scores, visibility })
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
        vectors: SimccVectors<'_, E>,
        decoded: SimccDecodedRows<'_, E>,
    ) -> Result<()> {
        let SimccDecodedRows { mut keypoints, mut scores, mut visibility } = decoded;
        let outputs = [("keypoints", keypoints.len()), ("scores", scores.len())];
        if !vectors.check(["simcc_x", "simcc_y"], &self.axes, shape, &outputs)? {
            return Ok(());
        }
        if !visibility.is_empty() {
            check::len("visibility", "B·N·K", &shape, visibility.len())?;
        }
        let [batch, instances, count] = shape;
        let (each, visible_each) = (instances * count, visibility.len() / batch);
        let mut samples = try_with_capacity("the samples of a batch", batch)?;
        for sample in 0..batch {
            let decoded = SimccDecodedRows {
                keypoints: split_off(&mut keypoints, each),
                scores: split_off(&mut scores, each),
                visibility: split_off(&mut visibility, visible_each),
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
        mut rows: RowReader<'_, E, 2>,
        decoded: SimccDecodedRows<'_, E>,
    ) {
        let SimccLabelOptions { sigma, simcc_split_ratio, decode_beta, .. } = self.options;
        let mut buffers = BlurBuffers::default();
        let decoded_rows = decoded.keypoints.iter_mut().zip(decoded.scores);
        for (row, (point, row_score)) in decoded_rows.enumerate() {
            let vectors = rows.row(row);
            let AxisPeaks { bins, maxima, score } =
                find_axis_peaks(&self.axes, vectors, &mut buffers);
            *point = bins.map(|bin| bin / simcc_split_ratio as f32);
            *row_score = score;
            if let Some(visibility) = decoded.visibility.get_mut(row) {
                let seen = [0, 1].map(|axis| {
                    softmax_maximum(vectors[axis], maxima[axis].value, decode_beta, sigma[axis])
                });
                *visibility = if seen[0] > seen[1] { seen[1] } else { seen[0] };
            }
        }
    }
}
