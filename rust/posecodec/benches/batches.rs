//! Batches of arrays next to the functions on slices that they call: 32 samples of 17 keypoints, on one
//! thread, because times on several vary more than these differ.

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::{Array3, Array4, ArrayView4};
use posecodec::codecs::heatmaps::{UdpHeatmap, UdpHeatmapOptions};
use posecodec::codecs::simcc::{SimccLabel, SimccLabelOptions};
use posecodec::codecs::slices::{
    ArrayMut, DecodePlan, EncodePlan, Floats, Init, Maps, SimccDecodedRows, SimccRows,
    SimccVectors, encode_batch,
};
use posecodec::codecs::{DecodeHeatmaps, Encode};

const BATCH: usize = 32;
const COUNT: usize = 17;

/// Keypoints (B, 1, K, 2) inside an input of 192×256.
fn keypoints() -> Array4<f32> {
    Array4::from_shape_fn((BATCH, 1, COUNT, 2), |(b, _, k, axis)| {
        20.0 + ((b * 31 + k * 13 + axis * 5) % 150) as f32
    })
}

fn heatmaps(criterion: &mut Criterion) {
    posecodec::set_num_threads(1).expect("valid");
    let options = UdpHeatmapOptions::default();
    let codec = UdpHeatmap::new([192, 256], [48, 64], options).expect("valid");
    let keypoints = keypoints();
    let mut targets = codec.encode_batch(keypoints.view(), None).expect("valid");
    let heatmaps: ArrayView4<'_, f32> = targets.view("heatmaps").expect("there");
    let heatmaps = heatmaps.to_owned();

    let mut group = criterion.benchmark_group("UdpHeatmap::decode");
    group.bench_function("decode_batch", |bencher| {
        bencher.iter(|| codec.decode_batch(heatmaps.view(), None));
    });
    let mut decoded = codec.decode_batch(heatmaps.view(), None).expect("valid");
    group.bench_function("decode_batch_into", |bencher| {
        bencher.iter(|| {
            let (points, scores) = (decoded.keypoints.view_mut(), decoded.scores.view_mut());
            codec.decode_batch_into(heatmaps.view(), None, points, scores)
        });
    });
    let own = heatmaps.as_slice().expect("standard layout");
    let (mut points, mut scores) = (vec![[0f64; 2]; BATCH * COUNT], vec![0f32; BATCH * COUNT]);
    group.bench_function("slices", |bencher| {
        bencher.iter(|| {
            let plan = DecodePlan::new(&codec, [BATCH, COUNT, 64, 48])?;
            plan.fill(Maps { own, flipped: None }, &mut points, &mut scores)
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("UdpHeatmap::encode");
    group.bench_function("encode_batch_into", |bencher| {
        bencher.iter(|| codec.encode_batch_into(keypoints.view(), None, &mut targets));
    });
    let flat = keypoints.as_slice().expect("standard layout");
    let (mut maps, mut weights) = (vec![0f32; own.len()], vec![0f32; BATCH * COUNT]);
    group.bench_function("slices", |bencher| {
        bencher.iter(|| {
            let plan = EncodePlan::new(&codec, keypoints.shape(), None, true)?;
            let arrays = [ArrayMut::F32(&mut maps), ArrayMut::F32(&mut weights)];
            let arrays = arrays.into_iter().collect();
            encode_batch(&codec, &plan, Floats::F32(flat), None, arrays, Init::Uninit)
        });
    });
    group.finish();
}

fn vectors(criterion: &mut Criterion) {
    posecodec::set_num_threads(1).expect("valid");
    let codec = SimccLabel::new([192, 256], SimccLabelOptions::default()).expect("valid");
    let bins = codec.bins();
    let labels = bins.map(|bins| {
        Array3::from_shape_fn((BATCH, COUNT, bins), |(b, k, bin)| {
            let center = (b * 31 + k * 13) % bins;
            (-(bin as f32 - center as f32).powi(2) / 72.0).exp()
        })
    });

    let mut group = criterion.benchmark_group("SimccLabel::decode");
    let [x, y] = labels.each_ref().map(|labels| labels.view());
    group.bench_function("decode_batch", |bencher| {
        bencher.iter(|| codec.decode_batch([x, y], None));
    });
    let mut decoded = codec.decode_batch([x, y], None).expect("valid");
    group.bench_function("decode_batch_into", |bencher| {
        bencher.iter(|| {
            let (points, scores) = (decoded.keypoints.view_mut(), decoded.scores.view_mut());
            codec.decode_batch_into([x, y], None, points, scores, None)
        });
    });
    let responses = labels.each_ref().map(|labels| labels.as_slice().expect("standard layout"));
    let (mut points, mut scores) = (vec![[0f32; 2]; BATCH * COUNT], vec![0f32; BATCH * COUNT]);
    group.bench_function("slices", |bencher| {
        bencher.iter(|| {
            let vectors = SimccVectors { own: SimccRows { responses, bins }, flipped: None };
            let (keypoints, scores) = (&mut points[..], &mut scores[..]);
            let decoded = SimccDecodedRows { keypoints, scores, visibility: &mut [] };
            codec.decode_flat([BATCH, 1, COUNT], vectors, decoded)
        });
    });
    group.finish();
}

criterion_group!(benches, heatmaps, vectors);
criterion_main!(benches);
