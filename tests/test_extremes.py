"""Extreme inputs: large floats give finite outputs; arrays of many dimensions do not crash."""

from contextlib import suppress
from functools import cache, partial
from typing import Any

import golden_cases
import numpy as np
import posecodec_rs
import pytest
from golden_cases import GoldenCase
from posecodec_rs import (
    SPR,
    InvalidInputError,
    MegviiHeatmap,
    MotionBERTLabel,
    MSRAHeatmap,
    RegressionLabel,
    SimCCLabel,
    UDPHeatmap,
    functional,
)
from specs import TOP_DOWN, Config, each, of_family
from specs.shared.inputs import SIZES


@each(of_family(*TOP_DOWN))
@pytest.mark.parametrize("far", [1e30, -1e30, 1e300, -np.finfo(np.float64).max])
def test_keypoints_far_out(config: Config, far: float) -> None:
    encoded = config.make().encode(np.array([[[far, 3.0], [3.0, far], [far, far]]]))
    assert all(np.isfinite(array).all() for array in encoded.values())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "codec",
    [
        MSRAHeatmap(**SIZES, sigma=2.0),
        MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True),
        UDPHeatmap(**SIZES),
        UDPHeatmap(**SIZES, heatmap_type="combined"),
        MegviiHeatmap(**SIZES, kernel_size=11),
    ],
    ids=repr,
)
def test_maps_of_largest_floats(codec: Any, dtype: type, rng: np.random.Generator) -> None:
    maps = rng.uniform(-1, 1, (6, 64, 48)).astype(dtype) * np.finfo(dtype).max
    maps[1:3] = np.finfo(dtype).max
    points, scores = codec.decode(maps)
    assert np.isfinite(points).all()
    assert np.isfinite(scores).all()


def test_peak_lost_in_blur() -> None:
    """The rescaling of the blur overflows: the maximum before the blur is kept."""
    maps = np.full((1, 9, 9), -1e30, np.float32)
    maps[0, 4, 4], maps[0, :3, :3], maps[0, 0, 0] = 1e30, 0, 1e-30
    points, scores = MegviiHeatmap((9, 9), (9, 9), 3).decode(maps)
    assert np.isfinite(points).all()
    assert np.isfinite(scores).all()


def test_visibility_of_flat_vectors() -> None:
    flat = np.full((1, 2, 8), 1e37, np.float32)
    codec = SimCCLabel((4, 4), decode_visibility=True)
    _, answer = codec.decode(flat, flat)
    np.testing.assert_allclose(answer[1], 1 / 8)


def test_regressed_coordinates() -> None:
    points, _ = RegressionLabel((192, 256)).decode(np.full((1, 1, 2), np.finfo(np.float64).max))
    assert np.isfinite(points).all()


@pytest.mark.parametrize("option", ["heatmap_type", "smoothing_type", "mode", "root_type"])
def test_strings_with_lone_surrogates(option: str) -> None:
    makers: dict[str, Any] = {
        "heatmap_type": lambda text: UDPHeatmap(**SIZES, heatmap_type=text),
        "smoothing_type": lambda text: SimCCLabel((4, 4), smoothing_type=text),
        "mode": lambda text: MotionBERTLabel(17, mode=text),
        "root_type": lambda text: SPR(**SIZES, root_type=text),
    }
    with pytest.raises(InvalidInputError, match=option):
        makers[option]("\ud800")


# NumPy 1 has arrays of at most 32 dimensions, NumPy 2 of 64.
MANY = 24 if np.__version__.startswith("1.") else 40


@cache
def array_arguments() -> list[tuple[GoldenCase, str]]:
    """Each array argument of each method and helper, of the first recorded call that has it."""
    first = {}
    for case in golden_cases.load():
        for name, value in case.args.items():
            if isinstance(value, np.ndarray):
                first.setdefault((case.codec, case.method, name), case)
    return [(case, name) for (_, _, name), case in first.items()]


@pytest.mark.parametrize("more", [1, 2, 3, 4, 5, 9, MANY])
def test_arrays_of_many_dimensions(more: int) -> None:
    """Every array argument of every method and helper: outputs, or an error that names it."""
    for case, name in array_arguments():
        methods = [case.method] if case.of_helper else [case.method, f"batch_{case.method}"]
        of = functional if case.of_helper else getattr(posecodec_rs, case.codec)(**case.kwargs)
        value, sides = case.args[name], (1,) * more
        for method in filter(partial(hasattr, of), methods):
            for shape in (sides + value.shape, value.shape + sides):
                with suppress(InvalidInputError, TypeError):
                    getattr(of, method)(**case.args | {name: value.reshape(shape)})
            with suppress(InvalidInputError, TypeError):
                none = np.empty((0,) * more + value.shape, value.dtype)
                getattr(of, method)(**case.args | {name: none})
    assert len(array_arguments()) > 100
