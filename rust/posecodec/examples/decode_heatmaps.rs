//! Decodes a network's heatmaps without Python: `cargo run --release --example decode_heatmaps`.
//!
//! The network's output is simulated: the targets of known keypoints, multiplied by 0.8.

use ndarray::{Array3, array};
use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
use posecodec::codecs::{DecodeHeatmaps, Encode};

fn main() -> Result<(), posecodec::Error> {
    // A 192×256 input, 48×64 maps: sizes are [w, h], arrays are (H, W).
    let codec = UdpHeatmap::new([192, 256], [48, 64], UdpHeatmapOptions::default())?;

    // Nose, left eye and right eye of one person, in input pixels.
    let keypoints: Array3<f32> = array![[[95.3, 40.1], [101.7, 34.6], [88.2, 34.9]]];
    let targets = codec.encode(keypoints.view(), None)?;
    let heatmaps = targets.heatmaps * 0.8;

    let decoded = codec.decode(heatmaps.view())?;
    println!("{:>8} {:>8} {:>6}", "x", "y", "score");
    for (point, score) in decoded.keypoints.rows().into_iter().zip(&decoded.scores) {
        println!("{:8.2} {:8.2} {:6.2}", point[0], point[1], score);
    }
    Ok(())
}
