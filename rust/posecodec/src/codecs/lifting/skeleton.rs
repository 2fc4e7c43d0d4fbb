//! The poses that are lifted: the number of keypoints, the root, and the statistics of keypoints.

use ndarray::Array2;

use crate::error::{Error, Result, Shape};

/// The number of keypoints of a pose, and which of them are its root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skeleton {
    count: usize,
    roots: Vec<usize>,
    removed: Option<usize>,
}

impl Skeleton {
    /// A skeleton of `num_keypoints` whose root is the mean of the keypoints `root_index`.
    /// `remove_root` removes a root of one keypoint from the targets.
    ///
    /// # Errors
    /// [`Error::InvalidInput`] for no keypoint, no root, or a root that is none of the keypoints.
    pub fn new(num_keypoints: usize, root_index: &[usize], remove_root: bool) -> Result<Self> {
        if num_keypoints == 0 {
            return Err(Error::invalid("num_keypoints", "must be a positive integer", 0));
        }
        let inside = root_index.iter().all(|&root| root < num_keypoints);
        if !inside || root_index.is_empty() {
            let last = num_keypoints - 1;
            let wanted = format!("must name one or more of the keypoints 0 to {last}");
            return Err(Error::invalid("root_index", wanted, format_args!("{root_index:?}")));
        }
        let removed = (remove_root && root_index.len() == 1).then(|| root_index[0]);
        Ok(Self { count: num_keypoints, roots: root_index.to_vec(), removed })
    }

    /// Number of keypoints, K.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The keypoints whose mean is the root.
    pub fn roots(&self) -> &[usize] {
        &self.roots
    }

    /// The root keypoint, if it is removed from targets.
    pub fn removed(&self) -> Option<usize> {
        self.removed
    }

    /// Number of keypoints of a target: K, or K - 1 without the root.
    pub fn kept(&self) -> usize {
        self.count - usize::from(self.removed.is_some())
    }
}

/// Means and standard deviations of the coordinates of keypoints, (K, D).
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    /// Means, in the unit of the keypoints.
    pub mean: Array2<f32>,
    /// Standard deviations in the same unit, none of them 0.
    pub std: Array2<f32>,
}

impl Statistics {
    /// Checks that both have `count` rows, and that no standard deviation is 0. `names` are the
    /// names of the arguments.
    pub(crate) fn checked(self, names: [&'static str; 2], count: usize) -> Result<Self> {
        let (mean, std) = (self.mean.shape(), self.std.shape());
        if mean[0] != count || mean[1] == 0 {
            let wanted = format!("must be of shape ({count}, D)");
            let got = format!("shape {}", Shape(mean));
            return Err(Error::invalid(names[0], wanted, got));
        }
        if mean != std {
            let wanted = format!("must be of shape {}, as `{}` is", Shape(mean), names[0]);
            return Err(Error::invalid(names[1], wanted, format_args!("shape {}", Shape(std))));
        }
        if let Some(mean) = self.mean.iter().find(|mean| !mean.is_finite()) {
            return Err(Error::invalid(names[0], "must hold finite numbers", mean));
        }
        if let Some(std) = self.std.iter().find(|std| !std.is_finite() || **std == 0.0) {
            let wanted = "must hold finite numbers other than 0, in single precision";
            return Err(Error::invalid(names[1], wanted, std));
        }
        // Kernels read both with the same flat index.
        let Self { mean, std } = self;
        Ok(Self {
            mean: mean.as_standard_layout().into_owned(),
            std: std.as_standard_layout().into_owned(),
        })
    }

    /// Coordinates per keypoint.
    pub fn dims(&self) -> usize {
        self.mean.ncols()
    }

    /// Means and deviations, keypoint by keypoint.
    pub(crate) fn values(&self) -> [&[f32]; 2] {
        [&self.mean, &self.std].map(|array| array.as_slice().expect("standard layout"))
    }
}
