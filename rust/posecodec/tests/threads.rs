//! The thread pool: it is replaced and dropped while batches run. CI runs this test under Miri.

#![cfg(feature = "rayon")]

use posecodec::functional::get_heatmap_maximum;
use posecodec::set_num_threads;

const SHAPE: [usize; 4] = [8, 1, 256, 256];

/// Maxima of a batch that is large enough for several threads.
fn maxima(heatmaps: &[f32]) -> [f32; SHAPE[0]] {
    let mut locations = [[0f32; 2]; SHAPE[0]];
    let mut values = [0f32; SHAPE[0]];
    get_heatmap_maximum(heatmaps, SHAPE, &mut locations, &mut values).expect("lengths match");
    values
}

#[test]
fn pools_of_several_sizes() {
    let mut heatmaps = vec![0f32; SHAPE.iter().product()];
    let pixels = SHAPE[2] * SHAPE[3];
    for sample in 0..SHAPE[0] {
        heatmaps[sample * pixels + 17 * sample] = (sample + 1) as f32;
    }
    let expected: [f32; SHAPE[0]] = std::array::from_fn(|sample| (sample + 1) as f32);
    for threads in [2, 3, 2] {
        set_num_threads(threads).expect("few");
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| assert_eq!(maxima(&heatmaps), expected));
            }
        });
    }
    set_num_threads(0).expect("the default");
}
