"""The ends of what floats hold: finite in, finite out. The end of memory: no abort."""

import subprocess
import sys
import textwrap
from contextlib import suppress
from functools import partial
from typing import Any

import golden_cases
import numpy as np
import posecodec_rs
import pytest
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
from samples import SIZES, Config, each_config


@each_config
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
def test_maps_of_the_largest_floats(codec: Any, dtype: type, rng: np.random.Generator) -> None:
    maps = rng.uniform(-1, 1, (6, 64, 48)).astype(dtype) * np.finfo(dtype).max
    maps[1:3] = np.finfo(dtype).max
    points, scores = codec.decode(maps)
    assert np.isfinite(points).all()
    assert np.isfinite(scores).all()


def test_a_peak_that_the_blur_takes_away() -> None:
    """Its rescaling overflows: the map's own maximum stands."""
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


TOO_LARGE = {
    "scratch of a blur": "MegviiHeatmap((4, 4), (4, 4), 3).decode(wide)",
    "scratch of a vector": "SimCCLabel((4, 4), use_dark=True).decode(wide[0], wide[0])",
    "keypoints": "RegressionLabel((4, 4)).encode(numpy.zeros((1, 2**28, 2)))",
    "samples": "RegressionLabel((4, 4)).batch_encode(numpy.broadcast_to(0.0, (2**28, 0, 1, 2)))",
}


@pytest.mark.parametrize("call", TOO_LARGE.values(), ids=TOO_LARGE)
def test_no_memory_is_no_abort(call: str) -> None:
    """Within 6 GB of address space."""
    pytest.importorskip("resource")
    program = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30,) * 2)
        import numpy
        from posecodec_rs import *
        wide = numpy.broadcast_to(numpy.float32(1), (1, 1, 2**29))
        try:
            {call}
        except MemoryError:
            print("MemoryError")
        UDPHeatmap((192, 256), (48, 64)).encode(numpy.ones((1, 17, 2)))
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout in ("MemoryError\n", "")


@pytest.mark.parametrize("option", ["heatmap_type", "smoothing_type", "mode", "root_type"])
def test_words_that_are_no_unicode(option: str) -> None:
    makers: dict[str, Any] = {
        "heatmap_type": lambda word: UDPHeatmap(**SIZES, heatmap_type=word),
        "smoothing_type": lambda word: SimCCLabel((4, 4), smoothing_type=word),
        "mode": lambda word: MotionBERTLabel(17, mode=word),
        "root_type": lambda word: SPR(**SIZES, root_type=word),
    }
    with pytest.raises(InvalidInputError, match=option):
        makers[option]("\ud800")


# NumPy 1 has arrays of 32 dimensions at most, NumPy 2 of 64.
MANY = 24 if np.__version__.startswith("1.") else 40


@pytest.mark.parametrize("more", [1, 2, 3, 4, 5, 9, MANY])
def test_arrays_of_many_dimensions(more: int) -> None:
    """An answer or a refusal, for every array that is an argument of anything."""
    seen = set()
    for case in golden_cases.load():
        asked = [case.method] if case.of_helper else [case.method, f"batch_{case.method}"]
        for name, value in case.args.items():
            if not isinstance(value, np.ndarray) or (case.codec, case.method, name) in seen:
                continue
            seen.add((case.codec, case.method, name))
            of = functional if case.of_helper else getattr(posecodec_rs, case.codec)(**case.kwargs)
            sides = (1,) * more
            for method in filter(partial(hasattr, of), asked):
                for shape in (sides + value.shape, value.shape + sides):
                    with suppress(InvalidInputError, TypeError):
                        getattr(of, method)(**case.args | {name: value.reshape(shape)})
                with suppress(InvalidInputError, TypeError):
                    none = np.empty((0,) * more + value.shape, value.dtype)
                    getattr(of, method)(**case.args | {name: none})
    assert len(seen) > 100
