//! What codecs and `functional` read: keypoints, heatmaps, SimCC vectors, camera parameters.

pub(crate) mod blurred_peak;
pub(crate) mod keypoints;
pub(crate) mod maps;
pub(crate) mod pair;
pub(crate) mod simcc_rows;
