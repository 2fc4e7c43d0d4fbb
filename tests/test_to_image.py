"""`to_image`: MMPose's expression, with its operations in their order."""

from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from posecodec_rs import to_image
from specs.shared.bad import Bad, ones

SIZE = (192, 256)


def expression(keypoints: Any, center: Any, scale: Any) -> Any:
    """As MMPose's top-down estimators, which write into their float32 or float64 keypoints."""
    moved = keypoints.copy()
    moved[..., :2] = keypoints[..., :2] / SIZE * scale + center - 0.5 * scale
    return moved


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("of_crop", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(17, 2), (3, 17, 2), (5, 1, 17, 2), (5, 2, 17, 3), (17, 4)])
def test_one_crop(dtype: Any, of_crop: Any, shape: tuple[int, ...], rng: Generator) -> None:
    keypoints = rng.uniform(-50, 300, shape).astype(dtype)
    center, scale = rng.uniform(100, 900, (2, 2)).astype(of_crop)
    want = expression(keypoints, center, scale)
    before = keypoints.copy()
    for one, other in ((center, scale), (center[None], scale), (center.tolist(), scale.tolist())):
        got = to_image(keypoints, one, other, SIZE)
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(keypoints, before)


@pytest.mark.parametrize("shape", [(5, 17, 2), (5, 1, 17, 2), (5, 2, 17, 3)])
def test_one_crop_per_sample(shape: tuple[int, ...], rng: Generator) -> None:
    keypoints = rng.uniform(-50, 300, shape).astype(np.float32)
    center, scale = rng.uniform(100, 900, (2, 5, 2)).astype(np.float32)
    got = to_image(keypoints, center, scale, SIZE)
    for index in range(5):
        want = expression(keypoints[index], center[index], scale[index])
        np.testing.assert_array_equal(got[index], want)
    shared = to_image(keypoints, center, scale[0], SIZE)
    np.testing.assert_array_equal(shared[3], to_image(keypoints[3], center[3], scale[0], SIZE))


def test_corners_and_center() -> None:
    corners = np.float64([[0, 0], [192, 256], [96, 128]])
    got = to_image(corners, (410, 300), (150, 200), SIZE)
    np.testing.assert_array_equal(got, [[335, 200], [485, 400], [410, 300]])


@pytest.mark.parametrize(
    ("dtype", "wanted"),
    [("f2", "f4"), ("i2", "f4"), ("i8", "f8"), (">f4", "f4"), ("g", "f8"), ("?", "f4")],
)
def test_other_numbers_are_converted(dtype: str, wanted: str) -> None:
    keypoints = np.ones((3, 2), dtype)
    got = to_image(keypoints, (10, 10), (20, 20), (20, 20))
    assert got.dtype == wanted
    np.testing.assert_array_equal(got, 1)


@pytest.mark.parametrize("shape", [(0, 2), (0, 17, 2), (3, 0, 2), (0, 1, 17, 2)])
def test_zero_instances(shape: tuple[int, ...]) -> None:
    assert to_image(ones(*shape), (1, 1), (1, 1), SIZE).shape == shape
    if shape[0] == 0 and len(shape) > 2:
        assert to_image(ones(*shape), ones(0, 2), ones(0, 2), SIZE).shape == shape


def test_nonfinite_coordinates() -> None:
    keypoints = np.float32([[np.nan, 1], [np.inf, 2], [3, 4]])
    got = to_image(keypoints, (10, 10), (20, 20), (20, 20))
    np.testing.assert_array_equal(got, keypoints)


POINTS = ones(5, 17, 2)
BAD_ROWS = (
    *(
        Bad(
            f"keypoints {shape}",
            lambda shape=shape: to_image(ones(*shape), (1, 1), (1, 1), SIZE),
            ("`keypoints`", "D at least 2", str(shape)[:12]),
        )
        for shape in ((), (2,), (17, 1), (3, 17, 0), (1, 1, 1, 17, 2), (1, 1, 1, 1, 17, 2))
    ),
    *(
        Bad(
            f"{name} {np.shape(value)}",
            lambda name=name, value=value: to_image(
                POINTS, **{"center": (1, 1), "scale": (1, 1), "input_size": SIZE, name: value}
            ),
            (f"`{name}`", "(2,)", "5 crops"),
        )
        for name in ("center", "scale")
        for value in (1.0, [1.0], [1, 2, 3], ones(4, 2), ones(5, 1, 2), ones(17, 2))
    ),
    *(
        Bad(f"input_size {size!r}", lambda size=size: to_image(POINTS, (1, 1), (1, 1), size), words)
        for size, words in (
            ((0, 256), ("`input_size`", "positive", "(0, 256)")),
            ((192.5, 256), ("`input_size`", "192.5")),
            (192, ("`input_size`", "192")),
            ((192,), ("`input_size`", "1 values")),
        )
    ),
    Bad("a string", lambda: to_image("points", (1, 1), (1, 1), SIZE), ("`keypoints`",)),
    Bad("complex", lambda: to_image(POINTS, [1j, 2], (1, 1), SIZE), ("`center`", "real")),
    Bad("none", lambda: to_image(POINTS, (1, 1), None, SIZE), ("`scale`",)),
)


@pytest.mark.parametrize("bad", [pytest.param(row, id=row.name) for row in BAD_ROWS])
def test_wrong_calls(bad: Bad) -> None:
    bad.check()
