//! Batches of SimCC vectors: equal to their samples, in new arrays and in the caller's.

use half::f16;
use ndarray::{Array2, Array3, ArrayView3, Axis, s};
use posecodec::HeatmapValue;
use posecodec::codecs::simcc::*;

const COUNT: usize = 5;
const FLIP_INDICES: [usize; COUNT] = [1, 0, 2, 4, 3];

/// Vectors (B, 5, bins), each with a peak.
fn vectors<E: HeatmapValue>(batch: usize, bins: usize) -> Array3<E> {
    Array3::from_shape_fn((batch, COUNT, bins), |(b, k, bin)| {
        let center = (b * 31 + k * 13) % bins;
        E::of((-(bin as f64 - center as f64).powi(2) / 50.0).exp() + (bin % 7) as f64 * 1e-3)
    })
}

fn label(options: SimccLabelOptions) -> SimccLabel {
    SimccLabel::new([48, 64], options).expect("valid")
}

/// Compares a batch in new arrays, in used arrays, and its instances as those of one sample.
fn is_decoded_like_samples<E: HeatmapValue + PartialEq>() {
    let use_dark = SimccLabelOptions { use_dark: true, ..Default::default() };
    let visible = SimccLabelOptions { decode_visibility: true, ..Default::default() };
    let [x, y] = [vectors::<E>(40, 96), vectors::<E>(40, 128)];
    let both = [x.view(), y.view()];
    let flipped = both.map(|vectors| vectors.slice_move(s![..;-1, .., ..]));
    for options in [SimccLabelOptions::default(), use_dark, visible] {
        let codec = label(options);
        for flip in [None, Some((flipped, &FLIP_INDICES[..]))] {
            let batch = codec.decode_batch(both, flip).expect("valid");
            let instances = match flip {
                None => codec.decode(both[0], both[1]),
                Some((flipped, indices)) => codec.decode_flipped(both, flipped, indices),
            };
            assert_eq!(instances.expect("valid"), batch);
            let mut keypoints = Array3::from_elem((40, COUNT, 2), f32::NAN);
            let mut scores = Array2::from_elem((40, COUNT), E::of(7.0));
            let mut visibility = batch.visibility.as_ref().map(|array| array.mapv(|_| f64::NAN));
            let seen = visibility.as_mut().map(|array| array.view_mut());
            let (points, values) = (keypoints.view_mut(), scores.view_mut());
            codec.decode_batch_into(both, flip, points, values, seen).expect("valid");
            assert_eq!(SimccDecoded { keypoints, scores, visibility }, batch);
        }
    }
}

#[test]
fn batches_are_decoded_like_samples() {
    is_decoded_like_samples::<f16>();
    is_decoded_like_samples::<f32>();
    is_decoded_like_samples::<f64>();
}

fn is_decoded_like_samples_in_3d<E: HeatmapValue + PartialEq>() {
    let codec = Simcc3dLabel::new([48, 64, 40], Simcc3dLabelOptions::default()).expect("valid");
    let [x, y, z] = [96, 128, 80].map(|bins| vectors::<E>(40, bins));
    let all = [x.view(), y.view(), z.view()];
    let flipped = all.map(|vectors| vectors.slice_move(s![..;-1, .., ..]));
    for flip in [None, Some((flipped, &FLIP_INDICES[..]))] {
        let batch = codec.decode_batch(all, flip).expect("valid");
        let instances = match flip {
            None => codec.decode(all[0], all[1], all[2]),
            Some((flipped, indices)) => codec.decode_flipped(all, flipped, indices),
        };
        assert_eq!(instances.expect("valid"), batch);
        let mut keypoints = Array3::from_elem((40, COUNT, 3), f32::NAN);
        let (mut keypoints_simcc, mut scores) =
            (keypoints.clone(), Array2::from_elem((40, COUNT), E::of(7.0)));
        let points = [&mut keypoints, &mut keypoints_simcc].map(|array| array.view_mut());
        let [points, pixels] = points;
        codec.decode_batch_into(all, flip, points, pixels, scores.view_mut()).expect("valid");
        assert_eq!(Simcc3dDecoded { keypoints, keypoints_simcc, scores }, batch);
    }
}

#[test]
fn batches_are_decoded_like_samples_in_3d() {
    is_decoded_like_samples_in_3d::<f16>();
    is_decoded_like_samples_in_3d::<f32>();
    is_decoded_like_samples_in_3d::<f64>();
}

#[test]
fn errors_name_the_array() {
    let codec = label(SimccLabelOptions::default());
    let [x, y] = [vectors::<f32>(3, 96), vectors::<f32>(3, 128)];
    let into = |shape: [usize; 2], visible: Option<[usize; 2]>| {
        let mut keypoints = Array3::zeros((3, COUNT, 2));
        let mut scores = Array2::zeros(shape);
        let mut visibility = visible.map(Array2::zeros);
        let visibility = visibility.as_mut().map(|array| array.view_mut());
        let vectors = [x.view(), y.view()];
        codec
            .decode_batch_into(vectors, None, keypoints.view_mut(), scores.view_mut(), visibility)
            .map_err(|error| error.to_string())
    };
    assert_eq!(into([3, COUNT], Some([3, COUNT])), Ok(()));
    let error = into([3, 4], None).unwrap_err();
    assert!(error.contains("`scores` must be of shape (3, 5), but got shape (3, 4)"), "{error}");
    let error = into([3, COUNT], Some([5, 3])).unwrap_err();
    assert!(error.contains("`visibility`") && error.contains("(5, 3)"), "{error}");
    let mut keypoints = Array3::<f32>::zeros((2, COUNT, 3)).reversed_axes();
    let mut scores = Array2::<f32>::zeros((3, COUNT));
    let (points, scores) = (keypoints.view_mut(), scores.view_mut());
    let short: ArrayView3<'_, f32> = y.slice(s![.., .., 1..]);
    let strided = codec.decode_batch_into([x.view(), y.view()], None, points, scores, None);
    assert!(strided.unwrap_err().to_string().contains("`keypoints` must be in standard"));
    let error = codec.decode_batch([x.view(), short], None).unwrap_err().to_string();
    assert!(error.contains("`simcc_y`") && error.contains("127 bins"), "{error}");
    let fewer = y.slice_axis(Axis(0), (..2).into());
    let error = codec.decode_batch([x.view(), fewer], None).unwrap_err().to_string();
    assert!(error.contains("`simcc_y`") && error.contains("(2, 5, 128)"), "{error}");
}
