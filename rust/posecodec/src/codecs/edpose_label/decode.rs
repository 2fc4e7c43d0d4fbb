//! Decoding the candidates with the highest scores to input pixels.

use std::cmp::Ordering;

use ndarray::{Array2, Array3, ArrayView2};

use super::EdPoseLabel;
use crate::check;
use crate::error::{Error, Result, try_with_capacity};
use crate::float::{Float, HeatmapValue};

/// A network's output for one image: Q candidates.
#[derive(Debug, Clone, Copy)]
pub struct EdPosePredictions<'a, E> {
    /// (Q, C): one score per class.
    pub logits: ArrayView2<'a, E>,
    /// (Q, 4): `[x, y, w, h]` of the center and the size, in units of the input's size.
    pub boxes: ArrayView2<'a, E>,
    /// (Q, 3·K): K pairs `[x, y]` in units of the input's size, then K visibilities.
    pub keypoints: ArrayView2<'a, E>,
}

/// What [`EdPoseLabel`] decodes to: the S candidates with the highest scores, in descending order.
#[derive(Debug, Clone, PartialEq)]
pub struct EdPoseDecoded<E> {
    /// (S, 4): `[left, top, right, bottom]` in pixels.
    pub boxes: Array2<f64>,
    /// (S, K, 2), in pixels.
    pub keypoints: Array3<f64>,
    /// (S, K), the candidate's score for each keypoint.
    pub scores: Array2<E>,
}

impl EdPoseLabel {
    /// Decodes the candidates of an input of size `[h, w]`.
    ///
    /// ```
    /// use ndarray::array;
    /// use posecodec::codecs::people::{EdPoseLabel, EdPoseLabelOptions, EdPosePredictions};
    ///
    /// // The best candidate, of one keypoint:
    /// let codec = EdPoseLabel::new(EdPoseLabelOptions { num_select: 1, num_keypoints: 1 })?;
    /// let logits = array![[0.1f32], [0.9]];
    /// let boxes = array![[0.5, 0.5, 1.0, 1.0], [0.5, 0.5, 0.5, 0.5]];
    /// let keypoints = array![[0.0, 0.0, 1.0], [0.25, 0.5, 1.0]];
    /// let [logits, boxes, keypoints] = [logits.view(), boxes.view(), keypoints.view()];
    /// let predictions = EdPosePredictions { logits, boxes, keypoints };
    /// let decoded = codec.decode([480.0, 640.0], predictions)?; // [h, w]
    /// assert_eq!(decoded.boxes, array![[160.0, 120.0, 480.0, 360.0]]);
    /// assert_eq!(decoded.keypoints, array![[[160.0, 240.0]]]);
    /// assert_eq!(decoded.scores, array![[0.9]]);
    /// # Ok::<(), posecodec::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for shapes that do not fit.
    pub fn decode<E: HeatmapValue>(
        &self,
        input_shape: [f64; 2],
        predictions: EdPosePredictions<'_, E>,
    ) -> Result<EdPoseDecoded<E>> {
        let EdPosePredictions { logits, boxes, keypoints } = predictions;
        self.check(logits.shape(), boxes.shape(), keypoints.shape())?;
        let [logits, boxes, keypoints] =
            [logits, boxes, keypoints].map(|array| array.as_standard_layout().into_owned());
        let [logits_flat, boxes, keypoints] =
            [&logits, &boxes, &keypoints].map(|array| array.as_slice().expect("standard layout"));
        let best = self.best(logits_flat, logits.dim().1)?;
        let candidates: Vec<usize> = best.iter().map(|scored| scored.candidate).collect();
        let (count, each) = (best.len(), self.options.num_keypoints);
        let (mut corners, mut points) = (vec![[0.0; 4]; count], vec![[0.0; 2]; count * each]);
        let mut scores = vec![E::of(0.0); count * each];
        self.decode_boxes(&candidates, boxes, input_shape, &mut corners);
        self.decode_points(&candidates, keypoints, input_shape, &mut points);
        self.decode_scores(&best, &mut scores);
        let (corners, points) = (corners.into_iter().flatten(), points.into_iter().flatten());
        Ok(EdPoseDecoded {
            boxes: Array2::from_shape_vec((count, 4), corners.collect())
                .expect("one box per candidate"),
            keypoints: Array3::from_shape_vec((count, each, 2), points.collect())
                .expect("one point per keypoint"),
            scores: Array2::from_shape_vec((count, each), scores).expect("one score per keypoint"),
        })
    }

    /// Checks the shapes of one image's predictions: (Q, C), (Q, 4) and (Q, 3·K).
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for other shapes.
    pub fn check(&self, logits: &[usize], boxes: &[usize], keypoints: &[usize]) -> Result<()> {
        let &[candidates, _] = logits else {
            return Err(check::shape("pred_logits", "(Q, C)", logits));
        };
        for (argument, got, columns) in [
            ("pred_boxes", boxes, 4),
            ("pred_keypoints", keypoints, 3 * self.options.num_keypoints),
        ] {
            if got != [candidates, columns] {
                let wanted = format!("({candidates}, {columns}), for Q = {candidates} candidates");
                return Err(check::shape(argument, &wanted, got));
            }
        }
        Ok(())
    }

    /// The number of scores that are kept, out of this number.
    pub fn kept(&self, scores: usize) -> usize {
        self.options.num_select.min(scores)
    }

    /// The highest scores of (Q, C) in descending order. Equal scores keep their order, NaN is
    /// last.
    ///
    /// # Errors
    /// [`crate::Error::InvalidInput`] for a number of scores that is no multiple of `classes`,
    /// [`crate::Error::OutOfMemory`] if the candidates cannot be allocated.
    pub fn best<E: HeatmapValue>(
        &self,
        logits: &[E],
        classes: usize,
    ) -> Result<Vec<ScoredPose<E>>> {
        if !logits.len().is_multiple_of(classes) {
            let wanted = format!("must have {classes} scores per candidate");
            return Err(Error::invalid("pred_logits", wanted, logits.len()));
        }
        let mut scored = try_with_capacity("the order of the scores", logits.len())?;
        let candidate = |index: usize| index / classes;
        scored.extend(logits.iter().enumerate().map(|(index, &score)| (index, score)));
        let order = |one: &(usize, E), other: &(usize, E)| {
            descending(one.1, other.1).then(one.0.cmp(&other.0))
        };
        let kept = self.kept(scored.len());
        if kept < scored.len() {
            scored.select_nth_unstable_by(kept, order);
            scored.truncate(kept);
        }
        scored.sort_unstable_by(order);
        let scored = scored.into_iter();
        Ok(scored.map(|(index, score)| ScoredPose { candidate: candidate(index), score }).collect())
    }

    /// The boxes of these candidates: `[left, top, right, bottom]` in pixels.
    pub fn decode_boxes<E: HeatmapValue, T: Float>(
        &self,
        candidates: &[usize],
        boxes: &[E],
        [height, width]: [f64; 2],
        corners: &mut [[T; 4]],
    ) {
        let (boxes, _) = boxes.as_chunks::<4>();
        for (&candidate, corners) in candidates.iter().zip(corners) {
            let [x, y, w, h] = boxes[candidate].map(HeatmapValue::as_f64);
            let (left, top) = (x - 0.5 * w, y - 0.5 * h);
            *corners =
                [left * width, top * height, (left + w) * width, (top + h) * height].map(T::of);
        }
    }

    /// The keypoints of these candidates, in pixels.
    pub fn decode_points<E: HeatmapValue, T: Float>(
        &self,
        candidates: &[usize],
        keypoints: &[E],
        [height, width]: [f64; 2],
        points: &mut [[T; 2]],
    ) {
        let each = self.options.num_keypoints;
        for (&candidate, points) in candidates.iter().zip(points.chunks_exact_mut(each)) {
            let (pairs, _) = keypoints[candidate * 3 * each..][..2 * each].as_chunks::<2>();
            for (point, &[x, y]) in points.iter_mut().zip(pairs) {
                *point = [T::of(x.as_f64() * width), T::of(y.as_f64() * height)];
            }
        }
    }

    /// The scores of the best candidates, one copy per keypoint.
    pub fn decode_scores<E: HeatmapValue>(&self, best: &[ScoredPose<E>], scores: &mut [E]) {
        for (scored, scores) in best.iter().zip(scores.chunks_exact_mut(self.options.num_keypoints))
        {
            scores.fill(scored.score);
        }
    }
}

/// A candidate by its index, and the score of one of its classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredPose<E> {
    /// The index of the candidate.
    pub candidate: usize,
    /// The score.
    pub score: E,
}

/// Orders scores from high to low, with NaN last.
fn descending<E: HeatmapValue>(one: E, other: E) -> Ordering {
    let (one, other) = (one.as_f64(), other.as_f64());
    other.partial_cmp(&one).unwrap_or_else(|| one.is_nan().cmp(&other.is_nan()))
}
