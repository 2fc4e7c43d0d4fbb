"""The ends of what floats hold: finite in, finite out. The end of memory: no abort."""

import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import pytest
from posecodec_rs import MegviiHeatmap, MSRAHeatmap, RegressionLabel, SimCCLabel, UDPHeatmap
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
