"""The pool of memory for outputs: what it keeps and returns, with threads and in forks."""

import gc
import os
import sys
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import arrays, assert_same
from numpy.random import Generator
from posecodec_rs import InvalidInputError, UDPHeatmap
from processes import exit_code_of_child, needs_fork, resident_memory, run
from specs import Config, each_config
from specs.shared.inputs import SIZES

CODEC = UDPHeatmap(**SIZES)
MIB = 2**20

needs_proc = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="memory is read from /proc"
)


@pytest.fixture(autouse=True)
def default_limit() -> Iterator[None]:
    before = posecodec_rs.get_cache_limit()
    posecodec_rs.cache_clear()
    yield
    posecodec_rs.set_cache_limit(before)


def people(rng: Generator, count: int = 1) -> Any:
    return rng.uniform(0, 190, (count, 1, 17, 2)).astype(np.float32)


def held(count: int, rng: Generator) -> list[np.ndarray]:
    """Heatmaps of samples that are alive at once, every page written."""
    kept = [CODEC.encode(points)["heatmaps"] for points in people(rng, count)]
    for array in kept:
        array.fill(1)
    return kept


@each_config
@pytest.mark.parametrize("batch", [(), (3,)], ids=["sample", "batch"])
def test_outputs_in_used_memory(config: Config, batch: tuple[int, ...], rng: Generator) -> None:
    """Memory with any values gives the same outputs as new memory."""
    codec, args = config.make(), config.encode_args(rng, *batch)
    encode = config.batch_encode if batch else config.encode
    want = encode(codec, **args)
    used = [array for _ in range(4) for array in arrays(encode(codec, **args))]
    for array in used:
        if array.base is not None and not any(map(partial(np.shares_memory, array), arrays(args))):
            array.view(np.uint8).fill(0xFF)
    del used, array
    for _ in range(4):
        assert_same(encode(codec, **args), want)


def test_list_of_images_in_used_memory(rng: Generator) -> None:
    codec = posecodec_rs.SPR((512, 512), (128, 128))
    images = list(rng.uniform(0, 500, (3, 2, 17, 2)))
    want = codec.batch_encode(images)
    used = codec.batch_encode(images)
    for array in arrays(used):
        array.fill(np.nan)
    del used, array
    assert_same(codec.batch_encode(images), want)


@needs_proc
def test_cache_clear_returns_memory(rng: Generator) -> None:
    kept = held(200, rng)  # 42 MB
    full = resident_memory()
    del kept
    assert resident_memory() > full - 20 * MIB
    posecodec_rs.cache_clear()
    assert resident_memory() < full - 30 * MIB


@needs_proc
def test_cache_clear_returns_memory_next_to_arrays(rng: Generator) -> None:
    """A few arrays remain in memory that was allocated with the others."""
    kept = held(200, rng)
    full = resident_memory()
    remaining = kept[::50]
    del kept
    posecodec_rs.cache_clear()
    assert resident_memory() < full - 30 * MIB
    assert all((array == 1).all() for array in remaining)
    others = held(20, rng)
    assert not any(np.shares_memory(one, other) for one in remaining for other in others)


@needs_proc
def test_limit(rng: Generator) -> None:
    posecodec_rs.set_cache_limit(16 * MIB)
    before = resident_memory()
    for _ in range(3):
        kept = held(400, rng)  # 84 MB
        del kept
    assert resident_memory() < before + 50 * MIB


@needs_proc
def test_lowering_the_limit_returns_memory(rng: Generator) -> None:
    kept = held(200, rng)
    full = resident_memory()
    del kept
    posecodec_rs.set_cache_limit(MIB)
    assert resident_memory() < full - 30 * MIB


def test_limit_of_0_turns_the_pool_off(rng: Generator) -> None:
    pooled = CODEC.encode(people(rng)[0])["heatmaps"]
    assert pooled.base is not None
    copy = pooled.copy()
    posecodec_rs.set_cache_limit(0)
    own = CODEC.encode(people(rng)[0])["heatmaps"]
    assert own.base is None
    assert own.flags.owndata
    np.testing.assert_array_equal(pooled, copy)
    del pooled
    posecodec_rs.set_cache_limit(MIB)
    assert CODEC.encode(people(rng)[0])["heatmaps"].base is not None


def test_limit_is_returned() -> None:
    for limit in (0, 1, 10**12):
        posecodec_rs.set_cache_limit(limit)
        assert posecodec_rs.get_cache_limit() == limit


@pytest.mark.parametrize("limit", [-1, 2**70, 1.5, "1", None, True])
def test_invalid_limit(limit: Any) -> None:
    with pytest.raises(InvalidInputError, match="`num_bytes` must be an integer of at least 0"):
        posecodec_rs.set_cache_limit(limit)


@pytest.mark.parametrize(("text", "want"), [("0", 0), (" 12 ", 12), ("-1", None), ("?", None)])
def test_limit_of_the_environment(text: str, want: int | None) -> None:
    program = "import posecodec_rs; print(posecodec_rs.get_cache_limit())"
    got = int(run(program, POSECODEC_CACHE_LIMIT=text))
    assert got == (posecodec_rs.get_cache_limit() if want is None else want)


def test_views_outlive_the_cache(rng: Generator) -> None:
    heatmaps = CODEC.batch_encode(people(rng, 8))["heatmaps"]
    view, want = heatmaps[3, :, 10:20], heatmaps[3, :, 10:20].copy()
    del heatmaps
    posecodec_rs.cache_clear()
    posecodec_rs.set_cache_limit(0)
    gc.collect()
    held(50, rng)
    np.testing.assert_array_equal(view, want)


def test_tracemalloc_counts_outputs(rng: Generator) -> None:
    points = people(rng, 16)
    held(1, rng)
    tracemalloc.start()
    try:
        heatmaps = CODEC.batch_encode(points)["heatmaps"]
        snapshot = tracemalloc.take_snapshot()
    finally:
        tracemalloc.stop()
    domain = np.lib.tracemalloc_domain
    numpy = snapshot.filter_traces([tracemalloc.DomainFilter(True, domain)])
    assert sum(trace.size for trace in numpy.traces) >= heatmaps.nbytes


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forks(rng: Generator) -> None:
    """Parent and child use and free arrays from before the fork, each its own."""
    points = people(rng, 40)
    want = [CODEC.encode(each) for each in points]
    del want[10:20]  # unused memory next to arrays

    def work() -> None:
        copies = [each["heatmaps"].copy() for each in want]
        for each in want[::2]:
            each["heatmaps"].fill(np.nan)
        del want[::2]
        again = [CODEC.encode(each) for each in points]
        for each, copy in zip(want, copies[1::2], strict=True):
            np.testing.assert_array_equal(each["heatmaps"], copy)
        want.clear()
        posecodec_rs.cache_clear()
        assert_same(CODEC.encode(points[0]), again[0])

    copies = [each["heatmaps"].copy() for each in want]
    for _ in range(3):
        assert exit_code_of_child(work) == 0
        for each, copy in zip(want, copies, strict=True):
            np.testing.assert_array_equal(each["heatmaps"], copy)
        assert_same(CODEC.encode(points[0]), want[0])


@needs_fork
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_forks_while_threads_encode(rng: Generator) -> None:
    points = people(rng, 16)
    want = [CODEC.encode(each) for each in points]
    stop = False

    def encode() -> None:
        while not stop:
            CODEC.batch_encode(points)

    def work() -> None:
        for each, one in zip(points, want, strict=True):
            assert_same(CODEC.encode(each), one)

    with ThreadPoolExecutor(3) as executor:
        running = [executor.submit(encode) for _ in range(3)]
        try:
            codes = [exit_code_of_child(work) for _ in range(10)]
        finally:
            stop = True
        for each in running:
            each.result()
    assert codes == [0] * 10


def test_threads_with_clears_and_limits(rng: Generator) -> None:
    points = people(rng, 64)
    want = [CODEC.encode(each)["heatmaps"] for each in points]

    def work(number: int) -> None:
        kept = []
        for step in range(50):
            index = (number + step) % 60
            count = 1 + step % 4
            got = CODEC.batch_encode(points[index : index + count])["heatmaps"]
            np.testing.assert_array_equal(got, want[index : index + count])
            kept.append((index, count, got))
            if step % 7 == number % 7:
                posecodec_rs.cache_clear()
            if step % 11 == number % 11:
                posecodec_rs.set_cache_limit((step % 3) * MIB)
            for index, count, array in kept[-5:]:
                np.testing.assert_array_equal(array, want[index : index + count])
            del kept[:-5]

    with ThreadPoolExecutor(os.cpu_count() or 2) as executor:
        list(executor.map(work, range(8)))
