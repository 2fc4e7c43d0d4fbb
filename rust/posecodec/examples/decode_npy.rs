//! Decodes the heatmaps in a NumPy file to JSON, one line per sample:
//! `cargo run --release --example decode_npy -- heatmaps.npy --input-size 192x256`.
//!
//! The file contains float16, float32 or float64 of shape (K, H, W) or (B, K, H, W): the output of
//! a network trained with `UDPHeatmap`, saved with `np.save`.

use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::PathBuf;

use clap::Parser;
use half::f16;
use npyz::{Deserialize, NpyFile, Order};
use posecodec::HeatmapValue;
use posecodec::codecs::DecodeHeatmaps;
use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
use posecodec::ndarray::ArrayView4;
use serde::Serialize;

/// Decode a network's heatmaps to keypoints, as UDPHeatmap does.
#[derive(Parser)]
struct Arguments {
    /// A file of np.save: (K, H, W) or (B, K, H, W), float16, float32 or float64.
    heatmaps: PathBuf,
    /// Width and height of the network's input in pixels, such as 192x256.
    #[arg(long, value_parser = size)]
    input_size: [usize; 2],
    /// Kernel size of the blur before refinement: 11 for 48x64 maps of sigma 2, 17 for 72x96 of 3.
    #[arg(long, default_value_t = 11)]
    blur_kernel_size: usize,
}

/// A line of the output: the keypoints of one sample.
#[derive(Serialize)]
struct Sample {
    /// `[x, y]` in pixels of the input, K of them.
    keypoints: Vec<[f64; 2]>,
    /// The maxima of their heatmaps.
    scores: Vec<f64>,
}

fn main() {
    if let Err(error) = run(&Arguments::parse()) {
        eprintln!("decode_npy: {error}");
        std::process::exit(1);
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let path = arguments.heatmaps.display();
    let file = File::open(&arguments.heatmaps).map_err(|cause| format!("{path}: {cause}"))?;
    let npy = NpyFile::new(BufReader::new(file))
        .map_err(|cause| format!("{path} is not a file of np.save ({cause})"))?;
    match npy.dtype().descr().trim_matches(['\'', '<', '>']) {
        "f2" => decode::<f16>(arguments, npy, f64::from),
        "f4" => decode::<f32>(arguments, npy, f64::from),
        "f8" => decode::<f64>(arguments, npy, |value| value),
        other => {
            Err(format!("{path} must have dtype float16, float32 or float64, but got {other}")
                .into())
        }
    }
}

/// Reads the values, decodes them in their own precision, and prints.
fn decode<E: HeatmapValue + Deserialize>(
    arguments: &Arguments,
    npy: NpyFile<impl Read>,
    to_f64: fn(E) -> f64,
) -> Result<(), Box<dyn Error>> {
    let path = arguments.heatmaps.display();
    let lengths: Vec<usize> =
        npy.shape().iter().map(|&length| usize::try_from(length)).collect::<Result<_, _>>()?;
    let shape = match (npy.order(), lengths.as_slice()) {
        (Order::C, &[maps, height, width]) => [1, maps, height, width],
        (Order::C, &[batch, maps, height, width]) => [batch, maps, height, width],
        (Order::C, other) => {
            return Err(format!(
                "{path} must be of shape (K, H, W) or (B, K, H, W), but is of {other:?}"
            )
            .into());
        }
        (Order::Fortran, _) => {
            return Err(format!(
                "{path} is in Fortran's order: save np.ascontiguousarray(heatmaps)"
            )
            .into());
        }
    };
    let values: Vec<E> =
        npy.into_vec().map_err(|cause| format!("{path} ends too early ({cause})"))?;

    let [_, _, height, width] = shape;
    let blur_kernel_size = arguments.blur_kernel_size;
    let options = UdpHeatmapOptions { blur_kernel_size, ..Default::default() };
    let codec = UdpHeatmap::new(arguments.input_size, [width, height], options)?;
    let decoded = codec.decode_batch(ArrayView4::from_shape(shape, &values)?, None)?;

    let mut output = std::io::stdout().lock();
    for (keypoints, scores) in decoded.keypoints.outer_iter().zip(decoded.scores.outer_iter()) {
        let points = keypoints.rows().into_iter();
        let line = Sample {
            keypoints: points.map(|point| [point[0], point[1]]).collect(),
            scores: scores.iter().map(|&score| to_f64(score)).collect(),
        };
        serde_json::to_writer(&mut output, &line)?;
        writeln!(output)?;
    }
    Ok(())
}

/// `192x256` as `[192, 256]`.
fn size(text: &str) -> Result<[usize; 2], String> {
    let sides = text.split_once('x').and_then(|(w, h)| Some([w.parse().ok()?, h.parse().ok()?]));
    sides.ok_or_else(|| format!("must be width and height, such as 192x256, but got {text}"))
}
