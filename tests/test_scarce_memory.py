"""Too little memory, at every point: a `MemoryError`, and the process goes on.

A child process lets the address space shrink to what it has, and grow in small steps until a call
succeeds: each time it fails somewhere else. Only `MemoryError` may come of that, and the answers
afterwards are those from before.
"""

import contextlib
import ctypes
import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from bottom_up_samples import BOTTOM_UP, seeded
from further_samples import FURTHER
from numpy.random import Generator
from posecodec_rs import functional, set_num_threads
from samples import CONFIGS, LIFTING, WORTH_THREADS, assert_same
from test_threads import exit_code_of_child

resource = pytest.importorskip("resource")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="what a process has is seen in /proc"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]

Calls = Iterator[tuple[str, Callable[[], Any]]]

ENOUGH = 1 << 27
"""More bytes than any call here takes."""


def address_space() -> int:
    """Bytes that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def every_piece_from_the_system() -> None:
    """Lets glibc take what is 16 KiB or more from the system, and give it back: so it can fail."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for option, value in ((-3, 1 << 14), (-1, 0), (-2, 0)):  # mmap threshold, trim, pad
            libc.mallopt(option, value)


def failures(call: Callable[[], Any]) -> int:
    """How often there was too little memory, until there was enough."""
    failed, number, room = 0, 0, 1 << 12
    while room < ENOUGH:
        number += 1
        set_num_threads(2 + number % 2)  # a pool has to be made each time
        limit = address_space() + room
        try:
            resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
            call()
        except MemoryError:
            failed += 1
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
        room += max(1 << 14, room // 3)
    return failed


def survives(calls: Calls) -> None:
    """Runs the calls in children, each of which ends as it should."""
    failed = []
    for name, call in calls:

        def work(call: Callable[[], Any] = call) -> None:
            every_piece_from_the_system()
            with seeded():
                want = call()  # kept: its memory is not there to be used again
            failures(call)
            with seeded():
                assert_same(call(), want)

        if exit_code_of_child(work) != 0:
            failed.append(name)
    assert not failed


def calls(config: Any, rng: Generator, batch: int) -> Calls:
    """Every method of a codec."""
    codec = config.make()
    if config in LIFTING:
        encoded = [config.inputs(rng), config.inputs(rng, batch)]
        decoded = [dict(enumerate(config.answers(rng, *many))) for many in ((), (batch,))]
    elif config.codec in {other.codec for other in FURTHER}:
        encoded = [config.encode_args(rng), config.encode_args(rng, batch)]
        decoded = [config.decode_args(rng), config.decode_args(rng, batch)]
    else:
        # Whole numbers have weights of a dtype that is converted.
        encoded = [
            {
                "keypoints": config.keypoints(rng, *many),
                "keypoints_visible": config.visible(rng, *many).astype(int),
            }
            for many in ((), (batch,))
        ]
        decoded = [dict(enumerate(config.encoded(rng, *many))) for many in ((), (batch,))]
        halves = {key: array.astype("f2") for key, array in decoded[1].items()}
        yield "batch_decode of float16", lambda: codec.batch_decode(*halves.values())
    yield "encode", lambda: codec.encode(**encoded[0])
    yield "batch_encode", lambda: codec.batch_encode(**encoded[1])
    if config.codec in ("SPR", "AssociativeEmbedding"):
        points, visible = config.pictures(rng)
        yield "batch_encode of pictures", lambda: codec.batch_encode(points, visible)
    if decoded[0]:
        named = any(isinstance(key, str) for key in decoded[0])
        for method, given in zip(("decode", "batch_decode"), decoded, strict=True):
            if (config.codec, method) != ("AssociativeEmbedding", "decode"):
                decode = getattr(codec, method)
                yield method, lambda d=decode, g=given: d(**g) if named else d(*g.values())


def test_memory_is_scarce(rng: Generator) -> None:
    """What the other tests go by: calls fail at several points, and the last ones do not.

    In a process of its own: what other tests have freed would be there to be used again.
    """
    if "IN_A_NEW_PROCESS" not in os.environ:
        this = f"{__file__}::{test_memory_is_scarce.__name__}"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", this]
        environment = {**os.environ, "IN_A_NEW_PROCESS": "1"}
        subprocess.run(command, env=environment, check=True, timeout=120)
        return
    config = next(config for config in CONFIGS if config.codec == "UDPHeatmap")
    codec, points = config.make(), config.keypoints(rng, WORTH_THREADS)

    def work() -> None:
        every_piece_from_the_system()
        # As many as use up what earlier tests left behind to be used again.
        kept = [codec.batch_encode(points) for _ in range(60)]
        assert failures(lambda: codec.batch_encode(points)) >= 5
        assert_same(codec.batch_encode(points), kept[0])

    assert exit_code_of_child(work) == 0


@pytest.mark.parametrize("config", [*CONFIGS, *LIFTING, *BOTTOM_UP, *FURTHER], ids=str)
def test_codecs(config: Any, rng: Generator) -> None:
    survives(calls(config, rng, WORTH_THREADS))


def with_many_keypoints(config: Any) -> Any:
    """The same codec where the maps are small and the keypoints are many."""
    kwargs, count = dict(config.kwargs), 8_000
    if "heatmap_size" in kwargs:
        kwargs["heatmap_size"] = (3, 4, 2)[: len(kwargs["heatmap_size"])]
    if "SimCC" in config.codec:
        kwargs |= {"input_size": (3, 4, 5)[: len(kwargs["input_size"])], "simcc_split_ratio": 1}
    kwargs.pop("joint_indices", None)
    if config.codec == "SPR":
        kwargs["decode_max_instances"] = 3
    if config.codec == "AssociativeEmbedding":
        count = 300  # each candidate may begin a person
        kwargs |= {"decode_topk": 3, "decode_keypoint_order": range(count)}
    if config.codec == "EDPoseLabel":
        kwargs["num_keypoints"] = count = 1000
    return dataclasses.replace(config, kwargs=kwargs, count=count)


@pytest.mark.parametrize("config", [*CONFIGS, *BOTTOM_UP, *FURTHER], ids=str)
def test_many_keypoints(config: Any, rng: Generator) -> None:
    survives(calls(with_many_keypoints(config), rng, 2))


def helper_calls(rng: Generator) -> Calls:
    """Helpers whose scratch grows with what they are given."""
    maps = rng.random((2, 3, 300, 400), np.float32)
    vectors = rng.random((2, 3, 100_000), np.float32)
    points = rng.uniform(0, 300, (1, 3, 2))
    seen, roots = np.ones((1, 3)), points[:, 0]
    many = rng.uniform(1, 3, (1, 30_000, 3))
    many_seen, size = np.ones((1, 30_000), int), (3, 3)
    yield "blur", lambda: functional.gaussian_blur(maps[0], 11)
    yield "blur1d", lambda: functional.gaussian_blur1d(vectors, 11)
    yield "nms", lambda: functional.batch_heatmap_nms(maps, 5)
    yield "maximum", lambda: functional.get_heatmap_maximum(maps)
    yield "simcc", lambda: functional.get_simcc_maximum(vectors[0], vectors[1], True)
    yield "normalized", lambda: functional.get_simcc_normalized(vectors)
    yield "dark", lambda: functional.refine_keypoints_dark_udp(points, maps[0], 61)
    yield "simcc dark", lambda: functional.refine_simcc_dark(points[..., 0], vectors[:1], 61)
    maps_of_many = functional.generate_gaussian_heatmaps
    yield "gaussian", lambda: maps_of_many(size, many[..., :2], many_seen, 1.0)
    offsets = functional.generate_offset_heatmap
    yield "offsets", lambda: offsets(size, many[..., :2], many_seen, 0.1)
    displacements = functional.generate_displacement_heatmap
    args = (points, seen, roots, seen[:, 0], np.ones(1), 50.0)
    yield "displacements", lambda: displacements((300, 400), *args)
    yield "camera", lambda: functional.camera_to_pixel(many, 1.0, 1.0, 0.0, 0.0)


def test_helpers(rng: Generator) -> None:
    survives(helper_calls(rng))


def every_byte_taken() -> list[list[bytes]]:
    """Takes what the C library has left, and lets it get no more.

    Python's own objects go into the gaps between those of the answer, as long as that is kept.
    """
    malloc = ctypes.CDLL(None).malloc
    malloc.restype, malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    sizes = [*(1 << power for power in range(24, 10, -1)), *range(1024, 0, -16)]
    kept = [[bytes(size) for _ in range(400)][::2] for size in range(0, 480, 16)]
    resource.setrlimit(resource.RLIMIT_AS, (address_space(), resource.RLIM_INFINITY))
    for size in sizes:
        while malloc(size):
            pass
    return kept


def from_the_reserve(config: Any, rng: Generator, rounds: int) -> None:
    """Right calls into `out` and wrong ones, where there is no memory beside the reserve."""
    codec, points, visible = config.make(), config.keypoints(rng), config.visible(rng)
    wrong = points[..., :1].copy()
    want, out = codec.encode(points, visible), codec.encode(points * 0, visible)

    def refusal() -> str:
        try:
            codec.encode(wrong, visible, out=out)
        except posecodec_rs.InvalidInputError as error:
            return str(error)
        return "none"

    def work() -> None:
        words = refusal()
        kept = every_byte_taken()
        try:
            for _ in range(rounds):
                codec.encode(points, visible, out=out)
                assert refusal() == words
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
            del kept
        assert_same(out, want)

    assert exit_code_of_child(work) == 0


@pytest.mark.parametrize(
    "config",
    [c for c in (*CONFIGS, *BOTTOM_UP) if c.count < 100 and c.codec != "DecoupledHeatmap"],
    ids=str,
)
def test_no_memory_but_the_reserve(config: Any, rng: Generator) -> None:
    from_the_reserve(config, rng, rounds=3)


def test_the_reserve_is_whole_again_after_each_call(rng: Generator) -> None:
    """So many calls would use it up, were something left there."""
    small = next(config for config in CONFIGS if config.codec == "RegressionLabel" and config.note)
    from_the_reserve(small, rng, rounds=5000)


@pytest.mark.parametrize("config", BOTTOM_UP, ids=str)
def test_nothing_left_for_what_is_decoded(config: Any, rng: Generator) -> None:
    decodings = [call for name, call in calls(config, rng, 2) if "decode" in name]

    def work() -> None:
        kept = every_byte_taken()
        try:
            for decoding in decodings:
                with contextlib.suppress(MemoryError):
                    decoding()
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
            del kept
        for decoding in decodings:
            decoding()

    assert exit_code_of_child(work) == 0
