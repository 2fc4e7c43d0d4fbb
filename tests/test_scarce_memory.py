"""Too little memory for an output or a buffer is a `MemoryError`, and the process goes on.

Each call runs in a child process whose address space may not grow by more than a part of what the
call needs.
"""

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from posecodec_rs import (
    SPR,
    AssociativeEmbedding,
    DecoupledHeatmap,
    MegviiHeatmap,
    MSRAHeatmap,
    RegressionLabel,
    SimCCLabel,
    UDPHeatmap,
    functional,
)
from processes import address_space, exit_code_of_child
from specs.shared.inputs import SIZES

resource = pytest.importorskip("resource")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]

LIMIT = 4 << 20
"""Bytes by which the address space may grow: enough for Python, less than any call here needs."""


def disable_malloc_cache() -> None:
    """Makes glibc return freed memory to the system, so that no call can use it again."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in ((-3, 1 << 14), (-1, 0), (-2, 0)):  # mmap threshold, trim, pad
            libc.mallopt(option, value)


def with_limit(call: Callable[[], Any]) -> None:
    """Runs `call` with an address space that may grow by `LIMIT` bytes."""
    unlimited = (resource.RLIM_INFINITY,) * 2
    resource.setrlimit(resource.RLIMIT_AS, (address_space() + LIMIT, resource.RLIM_INFINITY))
    try:
        call()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, unlimited)


HEATMAP = UDPHeatmap(**SIZES)
POINTS = np.random.default_rng(0).uniform(0, 190, (256, 1, 17, 2))


def outputs() -> Callable[[], Any]:
    """Heatmaps that NumPy allocates: 53 MB."""
    return lambda: HEATMAP.batch_encode(POINTS)


def converted_input() -> Callable[[], Any]:
    """Heatmaps in the other byte order, which are copied before they are read."""
    maps = np.ones((256, 17, 64, 48), ">f4")
    return lambda: HEATMAP.batch_decode(maps)


def scratch() -> Callable[[], Any]:
    """A blurred copy of a heatmap: 16 MB."""
    maps = np.random.default_rng(0).random((1, 2048, 2048), np.float32)
    return lambda: functional.gaussian_blur(maps, 11)


def reused_memory() -> Callable[[], Any]:
    """Maps of several people, in memory that the package would use again."""
    people = [POINTS[:3, 0]] * 8
    codec = SPR((512, 512), (128, 128))
    return lambda: codec.batch_encode(people)


@pytest.mark.parametrize("make_call", [outputs, converted_input, scratch, reused_memory])
def test_memory_error(make_call: Callable[[], Callable[[], Any]]) -> None:
    call = make_call()

    def work() -> None:
        disable_malloc_cache()
        want = call()  # kept, so that its memory is not used again
        with pytest.raises(MemoryError):
            with_limit(call)
        assert_same(call(), want)

    assert exit_code_of_child(work) == 0


WIDE = np.broadcast_to(np.float32(1), (1, 1, 2**24))
"""A row of as many pixels takes 64 MB, once it is copied."""

MAPS = np.zeros((1, 3, 1024, 4096), np.float32)
"""A map takes 16 MB, and so does scratch for a blurred one."""

SMALL: dict[str, Any] = {"input_size": (4, 4), "heatmap_size": (4, 4)}
ONE = np.ones((1, 1, 2))
TAGS = AssociativeEmbedding(**SMALL, decode_keypoint_order=[0], use_udp=True)


def flip_test() -> Any:
    return UDPHeatmap(**SMALL).batch_decode(MAPS, flipped=MAPS, flip_indices=[0, 1, 2])


TOO_LARGE: dict[str, Callable[[], Any]] = {
    "Megvii's scratch": lambda: MegviiHeatmap((4, 4), (4, 4), 3).decode(MAPS[0]),
    "scratch of combined maps": lambda: UDPHeatmap(**SMALL, heatmap_type="combined").decode(
        MAPS[0]
    ),
    "scratch of DARK": lambda: MSRAHeatmap(**SMALL, sigma=2, unbiased=True).decode(MAPS[0]),
    "averages of a flip test": flip_test,
    "a copy of reversed maps": lambda: UDPHeatmap(**SMALL).decode(MAPS[0, ..., ::-1]),
    "Megvii's blur": lambda: MegviiHeatmap((4, 4), (4, 4), 3).decode(WIDE),
    "SimCC's blur": lambda: SimCCLabel((4, 4), use_dark=True).decode(WIDE[0], WIDE[0]),
    "many keypoints": lambda: RegressionLabel((4, 4)).encode(np.zeros((1, 2**22, 2))),
    "SPR's maps": lambda: SPR((4, 4), (2**12, 2**12)).encode(ONE),
    "SPR's keypoints": lambda: SPR((4, 4), (64, 64)).encode(np.ones((1, 2**14, 2))),
    "SPR's images": lambda: SPR(**SMALL).batch_decode(np.broadcast_to(1.0, (2**58, 1)), []),
    "SPR's decoding": lambda: SPR(**SMALL).decode(WIDE, np.broadcast_to(WIDE, (2, 1, 2**24))),
    "DecoupledHeatmap's maps": lambda: DecoupledHeatmap((4, 4), (2**12, 2**12)).encode(ONE),
    "AssociativeEmbedding's maps": lambda: AssociativeEmbedding(
        (4, 4), (2**12, 2**12), decode_keypoint_order=[0]
    ).encode(ONE),
    "AssociativeEmbedding's decoding": lambda: TAGS.batch_decode(WIDE[None], WIDE[None]),
}


@pytest.mark.parametrize("call", TOO_LARGE.values(), ids=TOO_LARGE)
def test_too_large(call: Callable[[], Any]) -> None:
    def work() -> None:
        disable_malloc_cache()
        want = HEATMAP.batch_encode(POINTS[:2])
        with pytest.raises(MemoryError):
            with_limit(call)
        assert_same(HEATMAP.batch_encode(POINTS[:2]), want)

    assert exit_code_of_child(work) == 0
