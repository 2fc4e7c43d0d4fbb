//! The targets of several codecs for the same batch.

use super::{EncodedBatch, TargetArray};
use crate::error::{Error, Result};

/// Encoders' weights of the keypoints, of which each has its own.
const WEIGHTS: &str = "keypoint_weights";

/// Lists of arrays by name: the targets of several codecs for the same batch, in the form of MMPose's
/// `GenerateTarget` with several encoders.
///
/// As in MMPose, the weights of the dataset's keypoints have no effect then: use
/// [`EncodedBatch::multiply_weights`] before, if yours should have one.
///
/// ```
/// use ndarray::{Array4, ArrayView4};
/// use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
/// use posecodec::codecs::regression::RegressionLabel;
/// use posecodec::codecs::{Encode, TargetLists};
///
/// let keypoints = Array4::<f32>::from_elem((8, 1, 17, 2), 96.0);
/// let fine = MsraHeatmap::new([192, 256], [48, 64], MsraHeatmapOptions::default())?;
/// let fine = fine.encode_batch(keypoints.view(), None)?;
///
/// // Two levels of a network:
/// let coarse = MsraHeatmap::new([192, 256], [24, 32], MsraHeatmapOptions::default())?;
/// let coarse = coarse.encode_batch(keypoints.view(), None)?;
/// let targets = TargetLists::multilevel([fine.clone(), coarse])?;
/// let coarse: Option<ArrayView4<'_, f32>> = targets.get("heatmaps")[1].view();
/// assert_eq!(coarse.map(|heatmaps| heatmaps.dim()), Some((8, 17, 32, 24)));
///
/// // Heatmaps and coordinates:
/// let coordinates = RegressionLabel::new([192, 256])?;
/// let coordinates = coordinates.encode_batch(keypoints.view(), None)?;
/// let targets = TargetLists::combined([fine, coordinates])?;
/// let names: Vec<_> = targets.iter().map(|(name, arrays)| (name, arrays.len())).collect();
/// assert_eq!(names, [("heatmaps", 1), ("keypoint_labels", 1), ("keypoint_weights", 2)]);
/// # Ok::<(), posecodec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TargetLists {
    lists: Vec<(&'static str, Vec<TargetArray>)>,
}

impl TargetLists {
    /// Lists with one array per codec, which all have the same targets:
    /// `GenerateTarget(multilevel=True)`.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for codecs with other targets than the first.
    pub fn multilevel(levels: impl IntoIterator<Item = EncodedBatch>) -> Result<Self> {
        let mut targets = Self::default();
        for (level, encoded) in levels.into_iter().enumerate() {
            if level > 0 && !targets.has_names_of(&encoded) {
                let wanted = format!("must have the same targets, {}", listed(targets.names()));
                return Err(Error::invalid("levels", wanted, listed(encoded.names())));
            }
            for (name, array) in encoded {
                targets.list(name).push(array);
            }
        }
        Ok(targets)
    }

    /// All targets of codecs that have different ones: `GenerateTarget` without `multilevel`. Each
    /// list has one array, except for `keypoint_weights`, which is last and has one array per codec.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for other targets that two codecs have.
    pub fn combined(encoded: impl IntoIterator<Item = EncodedBatch>) -> Result<Self> {
        let (mut targets, mut weights) = (Self::default(), Vec::new());
        for (name, array) in encoded.into_iter().flatten() {
            if name == WEIGHTS {
                weights.push(array);
            } else if targets.get(name).is_empty() {
                targets.list(name).push(array);
            } else {
                return Err(Error::invalid(name, "must be a target of one codec", "two"));
            }
        }
        if !weights.is_empty() {
            targets.lists.push((WEIGHTS, weights));
        }
        Ok(targets)
    }

    /// The arrays with the name that MMPose's dict has, such as `"heatmaps"`: none if no codec has it.
    pub fn get(&self, name: &str) -> &[TargetArray] {
        self.iter()
            .find_map(|(found, arrays)| (found == name).then_some(arrays))
            .unwrap_or_default()
    }

    /// Names and arrays, in the order of MMPose's dict.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &[TargetArray])> {
        self.lists.iter().map(|(name, arrays)| (*name, &arrays[..]))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|(name, _)| name)
    }

    fn has_names_of(&self, encoded: &EncodedBatch) -> bool {
        self.lists.len() == encoded.names().count()
            && encoded.names().all(|name| !self.get(name).is_empty())
    }

    /// The list of this name, which is added if it is missing.
    fn list(&mut self, name: &'static str) -> &mut Vec<TargetArray> {
        let found = self.lists.iter().position(|(found, _)| *found == name);
        let number = found.unwrap_or_else(|| {
            self.lists.push((name, Vec::new()));
            self.lists.len() - 1
        });
        &mut self.lists[number].1
    }
}

/// The names in a message.
fn listed(names: impl Iterator<Item = &'static str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
