//! Decoding SimCC vectors: the bins of both maxima, refined, and what they say of visibility.

use ndarray::{Array2, Array3, ArrayView3};

use super::{SimccLabel, SimccOptions};
use crate::codecs::check;
use crate::codecs::encode::split_off;
use crate::error::{Error, Result, reserved, room_for_scratch};
use crate::kernels::blur::BlurBuffers;
use crate::kernels::element::Response;
use crate::kernels::maximum::{Maximum, maximum};
use crate::kernels::refinement::simcc_dark_offset;
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

/// The vectors of a batch to decode: as many rows along x as along y, row after row.
#[derive(Debug, Clone, Copy)]
pub struct SimccRows<'a, E> {
    /// Responses along x and y.
    pub responses: [&'a [E]; 2],
    /// Bins along x and y.
    pub bins: [usize; 2],
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
    pub fn decode<E: Response>(
        &self,
        simcc_x: ArrayView3<'_, E>,
        simcc_y: ArrayView3<'_, E>,
    ) -> Result<SimccDecoded<E>> {
        let (instances, count, bins_x) = simcc_x.dim();
        let (instances_y, count_y, bins_y) = simcc_y.dim();
        if (instances, count) != (instances_y, count_y) {
            let wanted = format!("({instances}, {count}, Wy) as `simcc_x` is");
            return Err(check::shape("simcc_y", &wanted, simcc_y.shape()));
        }
        let (x, y) = (simcc_x.as_standard_layout(), simcc_y.as_standard_layout());
        let rows = instances * count;
        let mut points = vec![[0f32; 2]; rows];
        let mut scores = vec![E::of(0.0); rows];
        let mut visibility = vec![0f64; if self.options.decode_visibility { rows } else { 0 }];
        self.decode_batch(
            1,
            SimccRows {
                responses: [&x, &y].map(|array| array.as_slice().expect("standard layout")),
                bins: [bins_x, bins_y],
            },
            SimccDecodedRows {
                keypoints: &mut points,
                scores: &mut scores,
                visibility: &mut visibility,
            },
        )?;
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
    pub fn decode_batch<E: Response>(
        &self,
        batch: usize,
        rows: SimccRows<'_, E>,
        decoded: SimccDecodedRows<'_, E>,
    ) -> Result<()> {
        let SimccDecodedRows { mut keypoints, mut scores, mut visibility } = decoded;
        let SimccRows { responses, bins } = rows;
        let count = keypoints.len();
        if count == 0 {
            return Ok(());
        }
        for (axis, argument) in ["simcc_x", "simcc_y"].into_iter().enumerate() {
            if bins[axis] == 0 {
                return Err(Error::invalid(argument, "must hold at least one bin", "none"));
            }
            if responses[axis].len() != count * bins[axis] {
                let wanted = "must hold as many values as the batch has";
                return Err(Error::invalid(argument, wanted, "other lengths"));
            }
        }
        if scores.len() != count
            || ![0, count].contains(&visibility.len())
            || !count.is_multiple_of(batch)
        {
            let wanted = "must hold one value a row of the batch";
            return Err(Error::invalid("decoded", wanted, "other lengths"));
        }
        let (each, seen_each) = (count / batch, visibility.len() / batch);
        room_for_scratch(bins[0].max(bins[1]).saturating_mul(4))?;
        let mut samples = reserved("the samples of a batch", batch)?;
        for sample in 0..batch {
            let part =
                |axis: usize| &responses[axis][sample * each * bins[axis]..][..each * bins[axis]];
            let rows = SimccRows { responses: [part(0), part(1)], bins };
            let decoded = SimccDecodedRows {
                keypoints: split_off(&mut keypoints, each),
                scores: split_off(&mut scores, each),
                visibility: split_off(&mut visibility, seen_each),
            };
            samples.push((rows, decoded));
        }
        let values = responses[0].len() + responses[1].len();
        parallel::for_each(samples, values, |(rows, decoded)| self.decode_rows(rows, decoded));
        Ok(())
    }

    fn decode_rows<E: Response>(&self, rows: SimccRows<'_, E>, decoded: SimccDecodedRows<'_, E>) {
        let SimccOptions { sigma, simcc_split_ratio, decode_beta, .. } = self.options;
        let [x, y] = rows.responses;
        let vectors = x.chunks_exact(rows.bins[0]).zip(y.chunks_exact(rows.bins[1]));
        let mut buffers = BlurBuffers::default();
        for (row, (x, y)) in vectors.enumerate() {
            let vectors = [x, y];
            let found = vectors.map(|vector| maximum(vector).expect("a vector has bins"));
            let score = lesser(found);
            let mut bin = [-1f32; 2];
            if !(score.as_f64() <= 0.0) {
                bin = found.map(|maximum| maximum.index as f32);
                if let Some(kernels) = &self.kernels {
                    for axis in 0..2 {
                        let Maximum { index, value } = found[axis];
                        let (vector, kernel) = (vectors[axis], &kernels[axis]);
                        let offset = simcc_dark_offset(vector, index, value, kernel, &mut buffers);
                        bin[axis] = (index as f64 + offset) as f32;
                    }
                }
            }
            decoded.keypoints[row] = bin.map(|bin| bin / simcc_split_ratio as f32);
            decoded.scores[row] = score;
            if let Some(visibility) = decoded.visibility.get_mut(row) {
                let seen = [0, 1].map(|axis| {
                    softmax_maximum(vectors[axis], found[axis].value, decode_beta, sigma[axis])
                });
                *visibility = if seen[0] > seen[1] { seen[1] } else { seen[0] };
            }
        }
    }
}

/// The lesser maximum; the first where there is no order.
fn lesser<E: Response>([x, y]: [Maximum<E>; 2]) -> E {
    if x.value.as_f64() > y.value.as_f64() { y.value } else { x.value }
}
