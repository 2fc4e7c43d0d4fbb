"""An interrupt, an exception, or another thread's write in the middle of a call.

No lock stays taken, and the process goes on. Too little memory is tested in
`test_scarce_memory.py`, forks in `test_threads.py`.
"""

import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import arrays, assert_same
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import InvalidInputError, functional, set_num_threads
from processes import DEADLINE
from specs import CONFIGS, PARALLEL_BATCH_SIZE, Config, each, of_family, seeded
from specs.shared.inputs import SIZES

pytestmark = pytest.mark.slow  # calls run until a signal or another thread has interfered

LONG = """
    import signal
    import numpy, posecodec_rs

    # A shell makes its background jobs ignore this signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    posecodec_rs.set_num_threads(2)
    points = numpy.random.default_rng(0).uniform(0, 256, (300, 1, 17, 2))
    codec = posecodec_rs.UDPHeatmap((192, 256), (48, 64))
    few = codec.batch_encode(points[:50])
    out = codec.batch_encode(points)
    maps = out["heatmaps"].copy()
    want = codec.batch_decode(maps[:50])
    try:
        print("begins", flush=True)
        while True:
            {call}
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    for name, array in codec.batch_encode(points[:50], out=few).items():
        assert array is few[name]
        array[...] = array  # writable, as before
    for got, wanted in zip(codec.batch_decode(few["heatmaps"]), want):
        numpy.testing.assert_array_equal(got, wanted)
    posecodec_rs.set_num_threads(3)  # another pool
    codec.batch_encode(points, out=out)
    print("went on")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no such signals")
@pytest.mark.parametrize(
    "call",
    [
        "codec.batch_encode(points)",
        "codec.batch_encode(points, out=out)",
        "codec.batch_decode(maps)",
    ],
)
@pytest.mark.parametrize("after", [0.01, 0.1])
def test_interrupt_in_batch(call: str, after: float) -> None:
    program = textwrap.dedent(LONG).format(call=call)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        try:
            assert child.stdout.readline() == "begins\n"
            threading.Event().wait(after)
            child.send_signal(signal.SIGINT)
            printed, errors = child.communicate(timeout=DEADLINE)
        finally:
            child.kill()
    assert (child.returncode, printed) == (0, "interrupted\nwent on\n"), errors


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timers")
def test_signal_handlers_call_codecs_and_raise(rng: Generator) -> None:
    """Python runs signal handlers between two of its instructions, and never within a call."""
    codec = posecodec_rs.UDPHeatmap(**SIZES)
    points = rng.uniform(0, 190, (PARALLEL_BATCH_SIZE, 1, 17, 2))
    want = codec.batch_encode(points)
    handled, armed = [], []

    def handler(*_: object) -> None:
        handled.append(codec.batch_encode(points))
        if armed:
            raise RuntimeError(armed.pop())

    def encode_forever() -> None:
        armed.append("in the middle")  # from here on, `pytest.raises` expects it
        while True:
            assert_same(codec.batch_encode(points), want)

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.003, 0.003)
        for _ in range(10):
            with pytest.raises(RuntimeError, match="in the middle"):
                encode_forever()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    for answer in handled:
        assert_same(answer, want)


class FailingSequence(list[Any]):
    """Images, the third of which cannot be read."""

    def __iter__(self) -> Iterator[Any]:
        yield from self[:2]
        raise OSError("the disk is gone")

    def __getitem__(self, index: Any) -> Any:
        if index == 2:
            raise OSError("the disk is gone")
        return super().__getitem__(index)


@each(of_family("bottom-up"))
def test_exception_in_batch_of_images(config: Config, rng: Generator) -> None:
    codec = config.make()
    images = [config.encode_args(rng) for _ in range(4)]
    points, visible = ([args[name] for args in images] for name in images[0])
    with seeded():
        want = codec.batch_encode(points, visible)
    bad = [*points[:2], np.full((1, config.count + 1, 2), 3.0), *points[3:]]
    for call in (
        lambda: codec.batch_encode(bad, visible),
        lambda: codec.batch_encode([*points[:3], "no image"], visible),
        lambda: codec.batch_encode(points, [*visible[:3], None]),
    ):
        with seeded(), pytest.raises(InvalidInputError):
            call()
    with seeded(), pytest.raises((OSError, InvalidInputError), match="disk is gone"):
        codec.batch_encode(FailingSequence(points), visible)
    with seeded():
        assert_same(codec.batch_encode(points, visible), want)
    for array in (*points, *visible):
        array += 1  # no buffer of theirs is exported any more


@contextmanager
def written_meanwhile(maps: NDArray[Any], others: list[NDArray[Any]]) -> Iterator[None]:
    """Another thread copies one array after another into the maps until the block ends."""
    ended = threading.Event()

    def write() -> None:
        while not ended.is_set():
            for other in others:
                np.copyto(maps, other)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def noises(rng: Generator, maps: NDArray[Any]) -> list[NDArray[Any]]:
    """Other values for these maps: all magnitudes and signs, NaN and infinity, zeros."""
    normal = rng.normal(0, 1, maps.shape)
    wild = np.where(rng.random(maps.shape) < 0.01, rng.choice([np.nan, np.inf, -np.inf]), -normal)
    with np.errstate(over="ignore"):
        return [array.astype(maps.dtype) for array in (normal, wild, 0 * normal, 1e30 * normal)]


def shapes_and_dtypes(answer: Any) -> list[Any]:
    return [(array.shape, array.dtype) for array in arrays(answer)]


MAPS = [
    config
    for config in CONFIGS
    if config.spec.decodes and config.spec.family not in ("regression", "lifting")
]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@each(MAPS)
def test_maps_change_while_they_are_decoded(config: Config, dtype: str, rng: Generator) -> None:
    """The caller's race, as in NumPy: outputs of the usual shapes, and no crash."""
    codec = config.make()
    call = lambda: codec.batch_decode(*given.values())  # noqa: E731
    given = {
        key: value.astype(dtype) if value.dtype.kind == "f" and key != "root_depth" else value
        for key, value in config.decode_args(rng, PARALLEL_BATCH_SIZE).items()
    }
    largest = max(given, key=lambda key: given[key].size)
    form = shapes_and_dtypes(call())
    with written_meanwhile(given[largest], noises(rng, given[largest])):
        for _ in range(20):
            answer = call()
            if not config.spec.decodes_to_lists:  # these find other instances
                assert shapes_and_dtypes(answer) == form


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_peak_appears_and_disappears(dtype: str) -> None:
    """At the end of each map, where an index that is off by one is out of bounds."""
    maps = np.zeros((2000, 4, 8, 8), dtype)
    others = [maps.copy(), maps.copy()]
    others[1][..., -1, -1] = 1
    sizes = {"input_size": (32, 32), "heatmap_size": (8, 8)}
    codecs = (
        posecodec_rs.MSRAHeatmap(**sizes, sigma=2.0),
        posecodec_rs.UDPHeatmap(**sizes),
        posecodec_rs.MegviiHeatmap(**sizes, kernel_size=3),
    )
    flat = maps.reshape(2000, 4, 64)
    simcc = posecodec_rs.SimCCLabel((32, 32), use_dark=True)
    with written_meanwhile(maps, others):
        for _ in range(30):
            for codec in codecs:
                points, scores = codec.batch_decode(maps)
                assert np.isfinite(points).all()
                assert np.isfinite(scores).all()
            points, _ = simcc.batch_decode(flat, flat)
            assert np.isfinite(points).all()
            places, values = functional.get_heatmap_maximum(maps)
            assert places.max() <= 7
            assert np.isfinite(values).all()


def test_keypoints_change_while_they_are_encoded(rng: Generator) -> None:
    """They are copied first: the heatmap of a keypoint is that of one value or the other."""
    codec = posecodec_rs.MSRAHeatmap(**SIZES, sigma=2.0)
    points = rng.uniform(0, 190, (200, 1, 17, 2))
    out = codec.batch_encode(points, points[..., 0])
    others = [points.copy(), points * np.nan, points * 1e30, -points]
    with written_meanwhile(points, others):
        for _ in range(20):
            codec.batch_encode(points, points[..., 0], out=out)
            assert np.isfinite(out["heatmaps"]).all()


def test_out_changes_while_it_is_filled(rng: Generator) -> None:
    codec = posecodec_rs.UDPHeatmap(**SIZES)
    points = rng.uniform(0, 190, (200, 1, 17, 2))
    out = codec.batch_encode(points)
    want = {name: array.copy() for name, array in out.items()}
    with written_meanwhile(out["heatmaps"], noises(rng, out["heatmaps"])):
        for _ in range(10):
            assert codec.batch_encode(points, out=out) is out
    assert_same(codec.batch_encode(points, out=out), want)


def test_number_of_threads_changes_during_calls(rng: Generator) -> None:
    """A pool is replaced while other threads still use it."""
    codec = posecodec_rs.UDPHeatmap(**SIZES)
    points = rng.uniform(0, 190, (PARALLEL_BATCH_SIZE, 1, 17, 2))
    want = codec.batch_encode(points)
    ended = threading.Event()

    def set_threads() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            set_num_threads(1 + number % 4)

    thread = threading.Thread(target=set_threads)
    thread.start()
    try:
        for _ in range(100):
            assert_same(codec.batch_encode(points), want)
    finally:
        ended.set()
        thread.join()
