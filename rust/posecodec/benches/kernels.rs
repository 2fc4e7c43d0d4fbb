//! Timings of the hot kernels.

mod hot;

use criterion::{Criterion, criterion_group, criterion_main};

fn kernels(criterion: &mut Criterion) {
    for mut case in hot::cases() {
        criterion.bench_function(case.name, |bencher| bencher.iter(|| (case.run)()));
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
