"""Where codecs differ from MMPose 1.3.2 on purpose; nothing else may differ.

The first line of each test describes what MMPose does with the same input.
"""

import subprocess
import sys
import textwrap
import warnings
from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import (
    EDPoseLabel,
    Hand3DHeatmap,
    InvalidInputError,
    MegviiHeatmap,
    MSRAHeatmap,
    SimCC3DLabel,
    SimCCLabel,
    UDPHeatmap,
    YOLOXPoseAnnotationProcessor,
)
from specs import TOP_DOWN, Config, each, of_family
from specs.shared.inputs import SIZES

each_config = each(of_family(*TOP_DOWN))
each_heatmap_config = each(of_family("heatmap"))
INPUT = np.array(SIZES["input_size"])
HEATMAP = np.array(SIZES["heatmap_size"])


def bump(x: float, y: float) -> NDArray[np.float32]:
    """A map of `SIZES` with a Gaussian of sigma 2."""
    columns, rows = np.meshgrid(np.arange(HEATMAP[0]), np.arange(HEATMAP[1]))
    return np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 8).astype(np.float32)


def without_a_peak() -> list[NDArray[np.float32]]:
    """Maps of `SIZES` without a value above 0."""
    flat = np.zeros(HEATMAP[::-1], np.float32)
    return [flat, flat - 1, bump(20, 30) - 2, -bump(20, 30)]


@each_config
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nonfinite_keypoints(config: Config, value: float, rng: Generator) -> None:
    """MMPose: NaN maps with `unbiased`, and NumPy's warnings about casts of NaN to integers."""
    codec = config.make()
    points = config.keypoints(rng)
    points[:, 1::2, 1] = value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoded = codec.encode(points, np.full(points.shape[:2], 2.0))
    assert not encoded.pop("keypoint_weights")[:, 1::2].any()
    for array in encoded.values():
        assert not array.reshape(*points.shape[:2], -1)[:, 1::2].any()


@pytest.mark.parametrize("flat", without_a_peak(), ids=["zero", "negative", "bump", "pit"])
@pytest.mark.parametrize("codec", [MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True)])
def test_dark_of_a_map_without_a_peak(codec: Any, flat: NDArray[np.float32]) -> None:
    """MMPose: -1 as well, with NumPy's warnings of 0 / 0."""
    maps = np.stack([bump(20.3, 30.4), flat])
    points, scores = codec.decode(maps)
    np.testing.assert_array_equal(points[0, 1], -codec.scale_factor)
    assert scores[0, 1] == flat.max()
    assert_same(points[:, :1], codec.decode(maps[:1])[0])


@pytest.mark.parametrize("flat", without_a_peak(), ids=["zero", "negative", "bump", "pit"])
def test_udp_of_a_map_without_a_peak(flat: NDArray[np.float32]) -> None:
    """MMPose: NaN, or refined with the values of the keypoint before: index -1 wraps round."""
    codec = UDPHeatmap(**SIZES)
    maps = np.stack([bump(20.3, 30.4), flat])
    points, scores = codec.decode(maps)
    np.testing.assert_allclose(points[0, 1], -INPUT / (HEATMAP - 1), rtol=1e-6)
    assert scores[0, 1] == flat.max()
    assert_same(points[:, :1], codec.decode(maps[:1])[0])


@pytest.mark.parametrize("flat", without_a_peak(), ids=["zero", "negative", "bump", "pit"])
def test_udp_offsets_of_a_map_without_a_peak(flat: NDArray[np.float32], rng: Generator) -> None:
    """MMPose: offset by another keypoint's offsets: index -1 wraps round."""
    codec = UDPHeatmap(**SIZES, heatmap_type="combined")
    offsets = rng.normal(0, 1, (4, *flat.shape)).astype(np.float32)
    maps = np.stack([bump(20.3, 30.4), *offsets[:2], flat, *offsets[2:]])
    points, scores = codec.decode(maps)
    np.testing.assert_allclose(points[0, 1], -INPUT / (HEATMAP - 1), rtol=1e-6)
    assert scores[0, 1] <= 0
    assert_same(points[:, :1], codec.decode(maps[:3])[0])


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_simcc_dark_of_vectors_without_a_peak(value: float, rng: Generator) -> None:
    """MMPose: NaN, or refined around the second bin."""
    codec = SimCCLabel((96, 64), use_dark=True)
    x, y = rng.random((1, 2, 192)), rng.random((1, 2, 128))
    want, _ = codec.decode(x[:, :1], y[:, :1])
    y[:, 1] = value
    points, scores = codec.decode(x, y)
    np.testing.assert_array_equal(points[0, 1], -0.5)
    assert scores[0, 1] == value
    assert_same(points[:, :1], want)


def test_megvii_of_an_all_zero_map() -> None:
    """MMPose: 0 / 0, a keypoint in the corner [0, 0] and a score of NaN."""
    codec = MegviiHeatmap(**SIZES, kernel_size=11)
    maps = np.stack([255 * bump(20.3, 30.4), np.zeros_like(bump(0, 0))])
    points, scores = codec.decode(maps)
    np.testing.assert_array_equal(points[0, 1], -codec.scale_factor)
    assert scores[0, 1] == 0.5
    assert_same(points[:, :1], codec.decode(maps[:1])[0])


def test_udp_of_a_singular_hessian() -> None:
    """MMPose: `numpy.linalg.LinAlgError`, and the whole batch fails."""
    codec = UDPHeatmap((36, 36), (9, 9), blur_kernel_size=3)
    pixels = np.arange(9, dtype=np.float32)
    usual = np.exp(-((pixels - 3.3) ** 2 + (pixels[:, None] - 4.4) ** 2) / 4)
    nearly_flat = 0.2 + 1e-7 * np.random.default_rng(24).integers(0, 2, (9, 9))
    maps = np.stack([usual, nearly_flat]).astype(np.float32)
    points, _ = codec.decode(maps)
    assert np.isfinite(points).all()
    assert_same(points[:, :1], codec.decode(maps[:1])[0])


def test_dark_of_a_singular_hessian() -> None:
    """MMPose: unrefined too, in this codec, which looks at the determinant first."""
    codec = MSRAHeatmap((36, 36), (9, 9), 2.0, unbiased=True, blur_kernel_size=3)
    ridge = np.exp(-((np.arange(9) - 4.2) ** 2) / 4)
    maps = np.stack([np.tile(ridge, (9, 1)), np.tile(ridge[:, None], 9), np.full((9, 9), 0.5)])
    maps[:, 4, 4] += 1e-12  # a peak too small for the blur in single precision
    points, _ = codec.decode(maps)
    np.testing.assert_array_equal(points, np.full((1, 3, 2), 16))


@pytest.mark.parametrize("decode_visibility", [True, False])
def test_simcc_dark_leaves_its_input_alone(decode_visibility: bool, rng: Generator) -> None:
    """MMPose: blurs and logs its input in place, and takes visibilities from what is left."""
    x, y = (rng.random((2, 5, bins)).astype(np.float32) for bins in (192, 128))
    before = x.copy(), y.copy()
    codec = SimCCLabel((96, 64), use_dark=True, decode_visibility=decode_visibility)
    answer = codec.decode(x, y)
    assert_same((x, y), before)
    assert_same(codec.decode(x, y), answer)
    if decode_visibility:
        plain = SimCCLabel((96, 64), decode_visibility=True)
        assert_same(answer[1], plain.decode(x, y)[1])


@each_heatmap_config
def test_decoding_leaves_its_input_alone(config: Config, rng: Generator) -> None:
    """MMPose: copies here, but its helpers, which do the same, work in place."""
    (maps,) = config.encoded(rng)
    before = maps.copy()
    config.make().decode(maps)
    assert_same(maps, before)


def test_megvii_without_visibilities(rng: Generator) -> None:
    """MMPose: `AttributeError: 'NoneType' object has no attribute 'copy'`."""
    codec = MegviiHeatmap(**SIZES, kernel_size=11)
    points = rng.uniform(-50, 300, (1, 17, 2)).astype(np.float32)
    assert_same(codec.encode(points), codec.encode(points, np.ones((1, 17), np.float32)))


@each_config
def test_errors_are_value_errors_and_assertion_errors(config: Config, rng: Generator) -> None:
    """MMPose: `AssertionError` here, `ValueError` there, NumPy's own errors elsewhere."""
    assert issubclass(InvalidInputError, ValueError)
    assert issubclass(InvalidInputError, AssertionError)
    codec = config.make()
    wrong = np.zeros(5)
    for method, arguments in ((codec.encode, 1), (codec.decode, len(config.encoded(rng)))):
        for kind in (ValueError, AssertionError, InvalidInputError):
            with pytest.raises(kind, match="but got shape"):
                method(*[wrong] * arguments)


@pytest.mark.parametrize(
    ("call", "phrase"),
    [
        (
            lambda: MSRAHeatmap(**SIZES, sigma=2.0).encode(np.zeros((2, 5, 2))),
            "MSRAHeatmap only support single-instance keypoint encoding",
        ),
        (
            lambda: UDPHeatmap(**SIZES).encode(np.zeros((2, 5, 2))),
            "UDPHeatmap only support single-instance keypoint encoding",
        ),
        (
            lambda: MegviiHeatmap(**SIZES, kernel_size=5).encode(np.zeros((2, 5, 2))),
            "MegviiHeatmap only support single-instance keypoint encoding",
        ),
        (
            lambda: UDPHeatmap(**SIZES, heatmap_type="round"),
            "UDPHeatmap got invalid `heatmap_type`",
        ),
        (
            lambda: SimCCLabel((4, 4), smoothing_type="uniform"),
            "SimCCLabel got invalid `smoothing_type`",
        ),
        (
            lambda: SimCCLabel((4, 4), label_smooth_weight=0.1),
            "`label_smooth_weight` is only used for `standard` mode",
        ),
        (
            lambda: SimCCLabel((4, 4), smoothing_type="standard", label_smooth_weight=1.1),
            r"`label_smooth_weight` should be in range \[0, 1\]",
        ),
    ],
)
def test_messages_of_mmpose(call: Any, phrase: str) -> None:
    """MMPose: the same message, after an `assert` or in a `ValueError`."""
    with pytest.raises(InvalidInputError, match=phrase):
        call()


def test_wrong_input_raises_without_asserts_too() -> None:
    """MMPose: its asserts are gone under `-O`, and it returns wrong values."""
    program = """
        import numpy, posecodec_rs
        assert False, "asserts are on"
        codec = posecodec_rs.MSRAHeatmap((192, 256), (48, 64), 2.0)
        try:
            codec.encode(numpy.zeros((2, 5, 2)))
        except posecodec_rs.InvalidInputError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-O", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "single-instance" in done.stdout


def test_messages_have_the_shape_and_the_expected_one() -> None:
    """MMPose: usually only one of them."""
    with pytest.raises(InvalidInputError) as caught:
        UDPHeatmap(**SIZES).decode(np.zeros((64, 48)))
    assert str(caught.value) == "`encoded` must be of shape (K, H, W), but got shape (64, 48)"


@pytest.mark.parametrize(
    ("codec", "scale"),
    [
        (MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True, blur_kernel_size=1), 1.0),
        (UDPHeatmap(**SIZES, blur_kernel_size=1), np.array(SIZES["input_size"]) / (191, 255)),
    ],
    ids=["dark", "udp"],
)
def test_a_blur_kernel_of_size_1(codec: Any, scale: Any) -> None:
    """MMPose: `ValueError`, as it slices the map by an empty border."""
    keypoints = np.array([[[61.3, 77.7], [120.2, 180.9]]])
    points, _ = codec.decode(codec.encode(keypoints)["heatmaps"])
    # Without a blur, the logarithm of a Gaussian is a parabola: its peak is found exactly.
    np.testing.assert_allclose(points, keypoints * scale, atol=1e-3)


def test_simcc_dark_of_vectors_without_instances(rng: Generator) -> None:
    """MMPose: `ValueError`, as it unpacks three dimensions."""
    codec = SimCCLabel((192, 256), use_dark=True)
    targets = codec.encode(rng.uniform(20, 170, (1, 5, 2)))
    x, y = targets["keypoint_x_labels"], targets["keypoint_y_labels"]
    for flat, full in zip(codec.decode(x[0], y[0]), codec.decode(x, y), strict=True):
        np.testing.assert_array_equal(flat, full)


def test_depths_of_several_people() -> None:
    """MMPose: `ValueError`, or, with as many people as keypoints, another person's root."""
    codec = SimCC3DLabel((96, 128, 96), root_index=(0, 1))
    points = np.full((2, 2, 2), 40.0)
    locations = np.array([[[0, 0, 4], [0, 0, 5]], [[0, 0, 7], [0, 0, 9]]], np.float64)
    answer = codec.encode(points, locations)
    assert_same(answer["root_z"], np.array([4.5, 8.0]))
    for person in (0, 1):
        alone = codec.encode(points[person : person + 1], locations[person : person + 1])
        for name in ("keypoint_z_labels", "root_z", "lifting_target", "weight_z"):
            assert_same(answer[name][person : person + 1], alone[name])


def test_depths_leave_their_input_alone(rng: Generator) -> None:
    """MMPose: subtracts the root's depth from the caller's array."""
    locations = rng.uniform(4, 6, (1, 6, 3))
    before = locations.copy()
    answer = SimCC3DLabel((96, 128, 96)).encode(rng.uniform(0, 90, (1, 6, 2)), locations)
    assert_same(locations, before)
    assert_same(answer["lifting_target"], before)
    assert answer["lifting_target"] is not locations


def test_simcc_3d_dark_leaves_its_input_alone(rng: Generator) -> None:
    """MMPose: blurs and logs its input in place."""
    vectors = [rng.random((1, 6, bins)).astype(np.float32) for bins in (192, 256, 192)]
    before = [vector.copy() for vector in vectors]
    SimCC3DLabel((96, 128, 96), use_dark=True).decode(*vectors)
    assert_same(vectors, before)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nonfinite_joints(value: float) -> None:
    """MMPose: `IndexError`."""
    points = np.full((1, 3, 3), 30.0)
    points[0, 1, 2] = value
    codec = Hand3DHeatmap((64, 64), 16, (16, 16, 8), depth_size=8)
    answer = codec.encode(points, None, None, value, 1.0, [1, 0], 1)
    assert answer["keypoint_weights"].tolist() == [[1, 0, 1]]
    assert not answer["heatmaps"][8:16].any()
    assert (answer["root_depth"].tolist(), answer["root_depth_weight"].tolist()) == ([0], [0])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nonfinite_instances(value: float) -> None:
    """MMPose: NaN labels; boxes that are NaN or infinite."""
    points = np.array([[[10.0, 20.0], [value, 30.0]]])
    answer = EDPoseLabel().encode((100, 200), points, np.ones((1, 2, 2)))
    np.testing.assert_allclose(answer["keypoints"], [[[0.1, 0.1], [0, 0]]], rtol=1e-15)
    assert answer["keypoints_visible"].tolist() == [[[1, 1], [0, 0]]]
    boxes = np.array([[15.0, 25.0, 40.0, 50.0]])
    expand = YOLOXPoseAnnotationProcessor(expand_bbox=True)
    assert expand.encode(points, np.ones((1, 2)), boxes)["bbox"].tolist() == [[10, 20, 40, 50]]


def test_boxes_are_not_written_to() -> None:
    """MMPose: grows the caller's own boxes."""
    boxes = np.array([[15.0, 25.0, 40.0, 50.0]])
    codec = YOLOXPoseAnnotationProcessor(expand_bbox=True)
    answer = codec.encode(np.array([[[90.0, 10.0]]]), np.ones((1, 1)), boxes)
    assert boxes.tolist() == [[15, 25, 40, 50]]
    assert answer["bbox"].tolist() == [[15, 10, 90, 50]]


def test_boxes_without_visibilities() -> None:
    """MMPose: `AttributeError: 'NoneType' object has no attribute 'ndim'`."""
    codec = YOLOXPoseAnnotationProcessor(expand_bbox=True)
    points, boxes = np.array([[[90.0, 10.0], [1.0, 2.0]]]), np.array([[15.0, 25.0, 40.0, 50.0]])
    seen = codec.encode(points, np.ones((1, 2)), boxes)
    assert_same(codec.encode(points, bbox=boxes), seen)


@pytest.mark.parametrize("category_id", [129, 300, -128, 2**62])
def test_yolox_labels_beyond_int8(category_id: int) -> None:
    """MMPose: the label wraps around."""
    codec = YOLOXPoseAnnotationProcessor()
    with pytest.raises(InvalidInputError, match=f"`category_id` must be .*, but got {category_id}"):
        codec.encode(category_id=[1, category_id])
    labels = codec.encode(category_id=[-127, 1, 128])["bbox_labels"]
    assert_same(labels, np.array([-128, 0, 127], np.int8))
