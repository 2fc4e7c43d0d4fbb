//! Decoding SimCC vectors: the bins of both maxima, refined, and what they say of visibility.

use ndarray::{Array2, Array3, ArrayView3};

use super::{SimccLabel, SimccOptions};
use crate::codecs::encode::split_off;
use crate::codecs::flip::{FlippedRows, RowReader, with_rows};
use crate::codecs::simcc_axis::{AxisPeaks, SimccRows, locate};
use crate::error::{Error, Result, try_with_capacity};
use crate::float::HeatmapValue;
use crate::kernels::blur::BlurBuffers;
use crate::kernels::simcc::softmax_maximum;
use crate::parallel;

/// What [`SimccLabel`] decodes to.
#[derive(Debug, Clone, PartialEq)]
pub struct SimccDecoded<E> {
    /// (N, K, 2), in input pixels.
    pub keypoints: Array3<f32>,
    /// (N, K).
    pub scores: Array2<E>,
    /// (N, K), where the codec has `decode_visibility`.
    pub visibility: Option<Array2<f64>>,
}

/// Where decoded rows go: a point, a score and perhaps a visibility a row.
#[derive(Debug)]
pub struct SimccDecodedRows<'a, E> {
    /// Points `[x, y]` in input pixels.
    pub keypoints: &'a mut [[f32; 2]],
    /// The smaller of both maxima.
    pub scores: &'a mut [E],
    /// Filled where it is as long as the others; empty otherwise.
    pub visibility: &'a mut [f64],
}

impl SimccLabel {
    /// Decodes vectors (N, K, Wx) and (N, K, Wy) of any number of bins.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for vectors without a bin, or different N or K.
    pub fn decode<E: HeatmapValue>(
        &self,
        simcc_x: ArrayView3<'_, E>,
        simcc_y: ArrayView3<'_, E>,
    ) -> Result<SimccDecoded<E>> {
        self.decode_views([simcc_x, simcc_y], None)
    }

    /// A flip test: decodes the averages of vectors (N, K, Wx) and (N, K, Wy) and of those that a
    /// network answered for the mirrored picture; `flip_indices` has the index of each keypoint's
    /// mirror image.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] as for `decode`, for flipped vectors of another shape, and for indices
    /// that are not one a keypoint.
    pub fn decode_flipped<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 2],
        flipped: [ArrayView3<'_, E>; 2],
        flip_indices: &[usize],
    ) -> Result<SimccDecoded<E>> {
        self.decode_views(vectors, Some((flipped, flip_indices)))
    }

    fn decode_views<E: HeatmapValue>(
        &self,
        vectors: [ArrayView3<'_, E>; 2],
        flipped: Option<([ArrayView3<'_, E>; 2], &[usize])>,
    ) -> Result<SimccDecoded<E>> {
        let (instances, count, _) = vectors[0].dim();
        let rows = instances * count;
        let mut points = vec![[0f32; 2]; rows];
        let mut scores = vec![E::of(0.0); rows];
        let mut visibility = vec![0f64; if self.options.decode_visibility { rows } else { 0 }];
        let decoded = SimccDecodedRows {
            keypoints: &mut points,
            scores: &mut scores,
            visibility: &mut visibility,
        };
        with_rows(["simcc_x", "simcc_y"], vectors, flipped, |rows, flipped| {
            self.decode_samples(1, rows, flipped, decoded)
        })?;
        let flat = points.into_iter().flatten().collect();
        let shape = (instances, count);
        Ok(SimccDecoded {
            keypoints: Array3::from_shape_vec((instances, count, 2), flat).expect("a point each"),
            scores: Array2::from_shape_vec(shape, scores).expect("a score each"),
            visibility: self
                .options
                .decode_visibility
                .then(|| Array2::from_shape_vec(shape, visibility).expect("a visibility each")),
        })
    }

    /// Decodes the rows of `batch` samples, on several threads where it is worth it.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for vectors without a bin, or arrays of other lengths than the rows.
    pub fn decode_batch<E: HeatmapValue>(
        &self,
        batch: usize,
        rows: SimccRows<'_, E>,
        decoded: SimccDecodedRows<'_, E>,
    ) -> Result<()> {
        self.decode_samples(batch, rows, None, decoded)
    }

    /// A flip test: [`Self::decode_batch`] of the averages of a batch's vectors and of those of the
    /// mirrored pictures, which are turned back while they are read.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] as for [`Self::decode_batch`], and for flipped rows or indices that do
    /// not fit.
    pub fn decode_flipped_batch<E: HeatmapValue>(
        &self,
        batch: usize,
        rows: SimccRows<'_, E>,
        flipped: FlippedRows<'_, E>,
        decoded: SimccDecodedRows<'_, E>,
    ) -> Result<()> {
        self.decode_samples(batch, rows, Some(flipped), decoded)
    }

    fn decode_samples<E: HeatmapValue>(
        &self,
        batch: usize,
        rows: SimccRows<'_, E>,
        flipped: Option<FlippedRows<'_, E>>,
        decoded: SimccDecodedRows<'_, E>,
    ) -> Result<()> {
        let SimccDecodedRows { mut keypoints, mut scores, mut visibility } = decoded;
        let count = keypoints.len();
        if count == 0 {
            return Ok(());
        }
        rows.check(["simcc_x", "simcc_y"], count)?;
        if scores.len() != count
            || ![0, count].contains(&visibility.len())
            || !count.is_multiple_of(batch)
        {
            let wanted = "must hold one value a row of the batch";
            return Err(Error::invalid("decoded", wanted, "other lengths"));
        }
        let (each, seen_each) = (count / batch, visibility.len() / batch);
        RowReader::check(&rows, flipped.as_ref(), each)?;
        let mut samples = try_with_capacity("the samples of a batch", batch)?;
        for sample in 0..batch {
            let decoded = SimccDecodedRows {
                keypoints: split_off(&mut keypoints, each),
                scores: split_off(&mut scores, each),
                visibility: split_off(&mut visibility, seen_each),
            };
            samples.push((RowReader::new(rows, flipped, sample, each), decoded));
        }
        parallel::for_each(samples, rows.values(), |(rows, decoded)| {
            self.decode_rows(rows, decoded);
        });
        Ok(())
    }

    fn decode_rows<E: HeatmapValue>(
        &self,
        mut rows: RowReader<'_, E, 2>,
        decoded: SimccDecodedRows<'_, E>,
    ) {
        let SimccOptions { sigma, simcc_split_ratio, decode_beta, .. } = self.options;
        let mut buffers = BlurBuffers::default();
        let decoded_rows = decoded.keypoints.iter_mut().zip(decoded.scores);
        for (row, (point, row_score)) in decoded_rows.enumerate() {
            let vectors = rows.row(row);
            let AxisPeaks { bins, maxima, score } = locate(&self.axes, vectors, &mut buffers);
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
