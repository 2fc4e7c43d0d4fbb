//! Crops compared with MMPose's, and errors of wrong ones.

use posecodec::{Crop, CropOptions};

type Recorded = ([f64; 4], [usize; 2], bool, [f64; 8]);

/// `bbox_xyxy2cs`, `TopdownAffine._fix_aspect_ratio`, `get_warp_matrix` and `get_udp_warp_matrix` of
/// MMPose 1.3.2 for a box, an input size and whether UDP is used: center, scale, and the factors and
/// shifts of the matrix. Its arithmetic is in single precision.
const RECORDED: [Recorded; 4] = [
    (
        [311.5, 142.25, 87.3, 201.9],
        [192, 256],
        false,
        [355.15, 243.2, 189.28125, 252.375, 1.0143635, 1.0143634, -264.25121, -118.69317],
    ),
    (
        [311.5, 142.25, 87.3, 201.9],
        [192, 256],
        true,
        [355.15, 243.2, 189.28125, 252.375, 1.0090804, 1.0104011, -262.87491, -118.22956],
    ),
    (
        [20.0, 400.0, 310.0, 95.5],
        [256, 192],
        false,
        [175.0, 447.75, 387.5, 290.625, 0.66064516, 0.66064516, 12.387097, -199.80387],
    ),
    (
        [20.0, 400.0, 310.0, 95.5],
        [256, 192],
        true,
        [175.0, 447.75, 387.5, 290.625, 0.65806454, 0.65720433, 12.33871, -198.76323],
    ),
];

#[test]
fn crops_are_those_of_mmpose() {
    for (bbox, input_size, use_udp, wanted) in RECORDED {
        let options = CropOptions { use_udp, ..Default::default() };
        let crop = Crop::from_box(bbox, input_size, options).expect("valid");
        let [[x, zero, left], [other, y, top]] = crop.matrix();
        assert_eq!([zero, other], [0.0; 2]);
        let ([cx, cy], [w, h]) = (crop.center, crop.scale);
        for (got, wanted) in [cx, cy, w, h, x, y, left, top].into_iter().zip(wanted) {
            assert!((got - wanted).abs() < 1e-4, "{got} {wanted} {crop:?}");
        }
        // There and back.
        let point = [bbox[0], bbox[1] + 10.0];
        let input = crop.to_input(point);
        assert!((input[0] - (x * point[0] + left)).abs() < 1e-9);
        let [[x, _, left], [_, y, top]] = crop.inverse_matrix();
        for (got, wanted) in [x * input[0] + left, y * input[1] + top].into_iter().zip(point) {
            assert!((got - wanted).abs() < 1e-9);
        }
        let mut keypoints = [input];
        if !use_udp {
            crop.to_image(&mut keypoints);
            assert!((keypoints[0][1] - point[1]).abs() < 1e-9);
        }
    }
}

#[test]
fn wrong_crops_are_errors() {
    let options = CropOptions::default();
    let refused =
        |bbox, size, options| Crop::from_box(bbox, size, options).unwrap_err().to_string();
    for bbox in [[0.0, 0.0, 0.0, 5.0], [0.0, 0.0, 5.0, -1.0], [f64::NAN, 0.0, 5.0, 5.0]] {
        assert!(refused(bbox, [192, 256], options).contains("`bbox` must be [x, y, w, h]"));
    }
    let bbox = [0.0, 0.0, 5.0, 5.0];
    assert!(refused(bbox, [0, 256], options).contains("`input_size`"));
    let padding = CropOptions { padding: 0.0, ..options };
    assert!(refused(bbox, [192, 256], padding).contains("`padding`"));
}
