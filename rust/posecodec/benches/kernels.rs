//! Timings of the hot kernels, on 64×48 maps as top-down networks put them out.

use criterion::{Criterion, criterion_group, criterion_main};
use posecodec::kernels::blur::{BlurBuffers, Border, blur_plane, blur_summit, blur_window};
use posecodec::kernels::gaussian_heatmap::fill_unbiased;
use posecodec::kernels::gaussian_kernel::GaussianKernel;
use posecodec::kernels::maximum::maximum;
use std::hint::black_box;

fn plane() -> Vec<f32> {
    (0..64 * 48)
        .map(|cell| {
            let (x, y) = ((cell % 48) as f32 - 23.7, (cell / 48) as f32 - 30.2);
            (-(x * x + y * y) / 8.0).exp() + 1e-3 * ((cell * 7919) % 101) as f32 / 101.0
        })
        .collect()
}

fn kernels(criterion: &mut Criterion) {
    let plane = plane();
    let kernel = GaussianKernel::new(11);
    let mut buffers = BlurBuffers::default();
    criterion.bench_function("maximum", |b| b.iter(|| maximum(black_box(&plane[..]))));
    criterion.bench_function("blur_window 3x3", |b| {
        b.iter(|| blur_window::<f32, 3>(black_box(&plane), 48, [24, 30], &kernel));
    });
    criterion.bench_function("blur_window 5x5", |b| {
        b.iter(|| blur_window::<f32, 5>(black_box(&plane), 48, [24, 30], &kernel));
    });
    criterion.bench_function("blur_plane 11", |b| {
        b.iter(|| blur_plane(black_box(&plane), 48, &kernel, Border::Zero, &mut buffers)[0]);
    });
    let wide = GaussianKernel::new(23);
    criterion.bench_function("blur_plane 23 reflected", |b| {
        b.iter(|| blur_plane(black_box(&plane), 48, &wide, Border::Reflect101, &mut buffers)[0]);
    });
    let disc: Vec<f32> =
        plane.iter().map(|&value| f32::from(u8::from(value > 0.2)) + 0.02 * value).collect();
    let largest = maximum(&disc).expect("not empty");
    criterion.bench_function("blur_summit 23 reflected, a disc", |b| {
        let border = Border::Reflect101;
        b.iter(|| blur_summit(black_box(&disc), 48, largest, &wide, border, &mut buffers).0);
    });
    let largest = maximum(&plane).expect("not empty");
    criterion.bench_function("blur_summit 11", |b| {
        let border = Border::Zero;
        b.iter(|| blur_summit(black_box(&plane), 48, largest, &kernel, border, &mut buffers).0);
    });
    let (mut out, mut scratch) = (plane.clone(), Vec::new());
    criterion.bench_function("fill_unbiased", |b| {
        b.iter(|| fill_unbiased(black_box(&mut out), 48, [23.7, 30.2], 2.0, false, &mut scratch));
    });
}

criterion_group!(benches, kernels);
criterion_main!(benches);
