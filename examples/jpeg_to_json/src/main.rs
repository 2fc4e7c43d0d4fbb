//! Keypoints of the people in a JPEG as JSON, without Python:
//! `jpeg_to_json model.onnx image.jpg X,Y,W,H [X,Y,W,H ...]`.
//!
//! Prints one line per box, with keypoints in pixels of the image. `ORT_DYLIB_PATH` is the path of ONNX
//! Runtime's library. The constants and the codec are those of the model that `export.py` writes.
//! Replace them with those of your own model.

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use jpeg_decoder::{Decoder, PixelFormat};
use ort::session::Session;
use ort::value::Tensor;
use posecodec::codecs::DecodeHeatmaps;
use posecodec::codecs::heatmaps::{MsraHeatmap, MsraHeatmapOptions};
use posecodec::ndarray::{Array4, ArrayView4};
use posecodec::{Crop, CropOptions};
use serde::Serialize;

/// Width and height of the network's input.
const INPUT_SIZE: [usize; 2] = [192, 256];
/// Width and height of its heatmaps.
const HEATMAP_SIZE: [usize; 2] = [48, 64];
/// The mean of each channel that the network was trained with, from 0 to 255.
const MEAN: [f32; 3] = [127.5; 3];
/// The standard deviation of each channel.
const STD: [f32; 3] = [127.5; 3];

/// A line of the output.
#[derive(Serialize)]
struct Person {
    /// `[x, y]` in pixels of the image, K of them.
    keypoints: Vec<[f32; 2]>,
    /// The maxima of their heatmaps.
    scores: Vec<f32>,
}

type Result<T, E = Box<dyn Error>> = std::result::Result<T, E>;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Err(error) = run(&arguments) {
        eprintln!("jpeg_to_json: {error}");
        std::process::exit(1);
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let [model, image, first_box, other_boxes @ ..] = arguments else {
        return Err("usage: jpeg_to_json model.onnx image.jpg X,Y,W,H [X,Y,W,H ...]".into());
    };
    let boxes = [first_box].into_iter().chain(other_boxes).map(|text| parse_box(text));
    let crops = boxes.map(|bbox| Ok(Crop::from_box(bbox?, INPUT_SIZE, CropOptions::default())?));
    let crops: Vec<Crop> = crops.collect::<Result<_>>()?;
    let inputs = cut(&Image::read(image)?, &crops);

    let library = std::env::var_os("ORT_DYLIB_PATH");
    let library = library.ok_or("ORT_DYLIB_PATH must be the path of ONNX Runtime's library")?;
    let environment = ort::init_from(Path::new(&library))?.build()?;
    let mut session = Session::builder(&environment)?.commit_from_file(model)?;
    let inputs = Tensor::from_array((inputs.shape().to_vec(), inputs.into_raw_vec_and_offset().0))?;
    let outputs = session.run(ort::inputs![inputs])?;
    let (shape, values) = outputs[0].try_extract_tensor::<f32>()?;
    let [people, keypoints, height, width] = shape[..] else {
        return Err(format!("the network must return (B, K, H, W), but returned {shape:?}").into());
    };
    let shape = [people, keypoints, height, width].map(|side| side as usize);
    let heatmaps = ArrayView4::from_shape(shape, values)?;

    let options = MsraHeatmapOptions { unbiased: true, ..Default::default() };
    let codec = MsraHeatmap::new(INPUT_SIZE, HEATMAP_SIZE, options)?;
    let decoded = codec.decode_batch(heatmaps, None)?;
    let people = decoded.keypoints.outer_iter().zip(decoded.scores.outer_iter());
    for ((keypoints, scores), crop) in people.zip(&crops) {
        let points = keypoints.rows().into_iter().map(|point| [point[0], point[1]]);
        let mut points: Vec<[f32; 2]> = points.collect();
        crop.to_image(&mut points);
        let scores: Vec<f32> = scores.iter().copied().collect();
        println!("{}", serde_json::to_string(&Person { keypoints: points, scores })?);
    }
    Ok(())
}

/// Reads `X,Y,W,H`, in pixels of the image.
fn parse_box(text: &str) -> Result<[f64; 4]> {
    let numbers = text.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>();
    let numbers = numbers.ok().and_then(|numbers| numbers.try_into().ok());
    numbers.ok_or_else(|| format!("a box must be X,Y,W,H, but got {text}").into())
}

/// The crops of an image as the network's input, (B, 3, H, W).
fn cut(image: &Image, crops: &[Crop]) -> Array4<f32> {
    let [width, height] = INPUT_SIZE;
    let mut inputs = Array4::zeros((crops.len(), 3, height, width));
    for (mut input, crop) in inputs.outer_iter_mut().zip(crops) {
        let [[x_step, _, left], [_, y_step, top]] = crop.inverse_matrix();
        for row in 0..height {
            for column in 0..width {
                let at = [x_step * column as f64 + left, y_step * row as f64 + top];
                for (channel, value) in image.sample(at).into_iter().enumerate() {
                    input[[channel, row, column]] = value;
                }
            }
        }
    }
    inputs
}

/// Normalized RGB.
struct Image {
    size: [usize; 2],
    pixels: Vec<[f32; 3]>,
}

impl Image {
    fn read(path: &str) -> Result<Self> {
        let named = |error: &dyn Error| format!("{path}: {error}");
        let file = File::open(path).map_err(|error| named(&error))?;
        let mut decoder = Decoder::new(BufReader::new(file));
        let bytes = decoder.decode().map_err(|error| named(&error))?;
        let info = decoder.info().expect("decoded");
        if info.pixel_format != PixelFormat::RGB24 {
            return Err(format!("{path} must be RGB, but is {:?}", info.pixel_format).into());
        }
        let normalize = |color: &[u8; 3]| {
            [0, 1, 2].map(|channel| (f32::from(color[channel]) - MEAN[channel]) / STD[channel])
        };
        let pixels = bytes.as_chunks().0.iter().map(normalize).collect();
        Ok(Self { size: [info.width.into(), info.height.into()], pixels })
    }

    /// The color between pixels, bilinear; the mean outside the image.
    fn sample(&self, at: [f64; 2]) -> [f32; 3] {
        let corner = at.map(f64::floor);
        let mut color = [0.0; 3];
        for [x, y] in [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]] {
            let pixel = [corner[0] + x, corner[1] + y];
            let [inside_x, inside_y] =
                [0, 1].map(|axis| (0.0..self.size[axis] as f64).contains(&pixel[axis]));
            if inside_x && inside_y {
                let weight = (1.0 - (at[0] - pixel[0]).abs()) * (1.0 - (at[1] - pixel[1]).abs());
                let index = pixel[1] as usize * self.size[0] + pixel[0] as usize;
                for (value, pixel) in color.iter_mut().zip(self.pixels[index]) {
                    *value += weight as f32 * pixel;
                }
            }
        }
        color
    }
}
