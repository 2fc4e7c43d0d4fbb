"""`Crop`: from a person's box to the network's input, and back."""

import numpy as np
import pytest
from posecodec_rs import Crop, InvalidInputError, UDPHeatmap, to_image

BOXES = [([311.5, 142.25, 87.3, 201.9], (192, 256)), ([20, 400, 310, 95.5], (256, 192))]
RECORDED = [
    (0, False, [1.0143635, 0, -264.25121, 0, 1.0143634, -118.69317]),
    (0, True, [1.0090804, 0, -262.87491, 0, 1.0104011, -118.22956]),
    (1, False, [0.66064516, 0, 12.387097, 0, 0.66064516, -199.80387]),
    (1, True, [0.65806454, 0, 12.33871, 0, 0.65720433, -198.76323]),
]
"""Matrices of MMPose 1.3.2's `get_warp_matrix` and `get_udp_warp_matrix`."""


@pytest.mark.parametrize(("box", "use_udp", "matrix"), RECORDED)
def test_matrix(box: int, use_udp: bool, matrix: list[float]) -> None:
    crop = Crop.from_box(*BOXES[box], use_udp=use_udp)
    np.testing.assert_allclose(crop.matrix.ravel(), matrix, atol=1e-4)
    points = np.array([[3.25, 7.5], [99.0, -20.0]])
    moved = points @ crop.matrix[:, :2].T + crop.matrix[:, 2]
    np.testing.assert_allclose(crop.to_input(points), moved, rtol=1e-5)


def test_box() -> None:
    tall = Crop.from_box([100, 50, 30, 200], (192, 256))
    assert tall.center.tolist() == [115, 150]
    assert tall.scale.tolist() == [187.5, 250]  # 1.25 times the height; the width follows
    np.testing.assert_allclose(tall.to_input([[115, 150], [115 - 93.75, 25]]), [[96, 128], [0, 0]])
    wide = Crop.from_box([0, 0, 300, 10], (192, 256))
    assert wide.scale.tolist() == [375, 500]
    points = np.array([[3.25, 7.5], [299.0, -20.0]])
    back = wide.to_image(wide.to_input(points))
    np.testing.assert_allclose(back, points, atol=1e-4)
    np.testing.assert_array_equal(
        back, to_image(wide.to_input(points), wide.center, wide.scale, wide.input_size)
    )
    tight = Crop.from_box([0, 0, 300, 10], (192, 256), padding=1)
    assert tight.scale.tolist() == [300, 400]


def test_several_boxes() -> None:
    boxes = np.array([[100, 50, 30, 200], [0, 0, 300, 10]])
    points = np.array([[[3.25, 7.5], [99.0, -20.0]], [[115, 150], [21.25, 25]]])
    crops = Crop.from_box(boxes, (192, 256))
    assert crops.matrix.shape == (2, 2, 3)
    inputs = [
        Crop.from_box(box, (192, 256)).to_input(each)
        for box, each in zip(boxes, points, strict=True)
    ]
    np.testing.assert_array_equal(
        Crop.from_box(boxes[:, None], (192, 256)).to_input(points), inputs
    )
    np.testing.assert_allclose(crops.to_image(np.stack(inputs)), points, atol=1e-4)


def test_udp_restores_keypoints() -> None:
    crop = Crop.from_box([300, 150, 90, 160], (192, 256), use_udp=True)
    codec = UDPHeatmap((192, 256), (48, 64))
    points = np.array([[344.0, 175.0], [352.5, 168.0]])
    decoded, _ = codec.decode(codec.encode(crop.to_input(points)[None])["heatmaps"])
    np.testing.assert_allclose(crop.to_image(decoded)[0], points, atol=1e-3)


@pytest.mark.parametrize(
    ("box", "input_size", "message"),
    [
        ([1, 2, 3], (192, 256), r"`box` must have shape \(\.\.\., 4\).*got shape \(3,\)"),
        ([1, 2, 3, 0], (192, 256), "`box` must have a width and a height above 0"),
        ([1, 2, float("nan"), 1], (192, 256), "`box` must have a width"),
        ([1, 2, 3, 4], (0, 256), "`input_size` must be"),
    ],
)
def test_wrong_boxes(box: list[float], input_size: tuple[int, int], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Crop.from_box(box, input_size)
