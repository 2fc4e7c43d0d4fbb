//! `decode` and `batch_decode`, one file per family of codecs: arrays in, keypoints and scores out.

mod bottom_up;
mod device;
mod edpose;
mod flip;
mod hand_3d;
mod heatmaps;
mod lifting;
mod peaks;
mod regression;
mod simcc;
mod windows;

use pyo3::prelude::*;

use crate::call::Call;

pub(crate) use bottom_up::{
    decode_grouped, decode_instance_batch, decode_instances, decode_spr, decode_spr_images,
};
pub(crate) use device::{decode_on_device, decode_people_on_device};
pub(crate) use edpose::{DecodedEdPose, decode_edpose};
pub(crate) use flip::FlipArguments;
pub(crate) use hand_3d::{DecodedHand3d, decode_hand_3d};
pub(crate) use heatmaps::{decode_heatmap_batch, decode_heatmaps};
pub(crate) use lifting::{Scales, decode_frames, decode_poses};
pub(crate) use peaks::decode_spr_peaks;
pub(crate) use regression::decode_regression;
pub(crate) use simcc::{Decoded3d, decode_simcc, decode_simcc_3d};
pub(crate) use windows::{WindowsDecoded, decode_heatmap_windows, decode_simcc_windows};

/// Keypoints and scores.
pub(crate) type Decoded<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// MMPose's name for the argument that is decoded.
pub(crate) fn encoded_name(call: Call) -> &'static str {
    if call == Call::Batch { "batch_encoded" } else { "encoded" }
}
