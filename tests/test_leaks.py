"""No call leaves an object, a reference or memory behind, whether it returns or raises."""

import gc
import pickle
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import golden_cases
import numpy as np
import posecodec_rs
import pytest
from golden_cases import GoldenCase
from posecodec_rs import InvalidInputError, functional
from processes import PAGE, resident_memory

pytestmark = [
    pytest.mark.slow,  # 300 calls in each of the ways to call every method
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc"),
]


@pytest.fixture(scope="module", autouse=True)
def only_new_objects_are_collected() -> Iterator[None]:
    """Hides what other tests hold from the collector, which would take most of the time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


CALLS = 100
"""Calls per round. A leak of one object per call adds as many objects in every round."""

ROUNDS = 3
"""A cache that fills grows in some rounds, a leak in all of them."""

DTYPES = [np.dtype(letter) for letter in np.typecodes["AllInteger"] + "?efdg"]
"""One object per dtype: a wrong reference count leaves no other trace."""


def assert_no_leak(call: Callable[[], Any], arrays: list[np.ndarray], name: str) -> None:
    """Compares what this process holds before and after each round of calls."""

    def measure() -> tuple[int, int, list[int]]:
        gc.collect()
        references = [sys.getrefcount(value) for value in (*DTYPES, *arrays)]
        return sys.getallocatedblocks(), resident_memory(), references

    def call_often(times: int) -> None:
        for _ in range(times):
            with suppress(InvalidInputError, TypeError):
                call()

    call_often(CALLS // 4)
    measured = [measure()]
    for _ in range(ROUNDS):
        call_often(CALLS)
        measured.append(measure())
    blocks, resident, references = (
        np.diff(np.array(column), axis=0) for column in zip(*measured, strict=True)
    )
    assert min(blocks) < CALLS // 2, f"{name}: {blocks} objects in {CALLS} calls"
    assert min(resident) < CALLS * PAGE, f"{name}: {resident} bytes in {CALLS} calls"
    assert (references.min(axis=0) < CALLS // 2).all(), f"{name}: references are not released"
    assert (references.max(axis=0) > -CALLS // 2).all(), f"{name}: references are released twice"


def one_case_per_method() -> list[GoldenCase]:
    """A recorded call of every method of every codec, and of every helper."""
    found: dict[tuple[str, str], GoldenCase] = {}
    for case in golden_cases.load():
        found.setdefault((case.codec, case.method), case)
    return list(found.values())


def calls_of(case: GoldenCase, args: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """The ways to call what was recorded, with valid and invalid arguments."""
    wrong = args | {next(iter(args)): "wrong"}
    if case.of_helper:
        helper = getattr(functional, case.method)
        return {"valid": partial(helper, **args), "invalid": partial(helper, **wrong)}
    kind, kwargs = getattr(posecodec_rs, case.codec), case.kwargs
    codec = kind(**kwargs)
    method = getattr(codec, case.method)
    found = {
        "valid": partial(method, **args),
        "invalid": partial(method, **wrong),
        "constructor": lambda: repr(kind(**kwargs)) == hash(codec),
        "invalid constructor": partial(kind, **kwargs | {next(iter(kwargs)): "wrong"}),
        "pickle": lambda: pickle.loads(pickle.dumps(codec)) == codec,
    }
    batch = getattr(codec, f"batch_{case.method}", None)
    if batch is not None:
        several = {name: np.stack([value] * 2) for name, value in args.items() if np.ndim(value)}
        found["batch"] = partial(batch, **args | several)
    if case.method == "encode" and "out" in method.__text_signature__:
        found["out"] = partial(method, **args, out=method(**args))
        found["invalid out"] = partial(method, **args, out={"heatmaps": np.ones(1)})
    return found


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in one_case_per_method()])
def test_recorded_calls(case: GoldenCase) -> None:
    args = case.args
    arrays = [value for value in args.values() if isinstance(value, np.ndarray)]
    for name, call in calls_of(case, args).items():
        assert_no_leak(call, arrays, name)


HEATMAP = posecodec_rs.UDPHeatmap((192, 256), (48, 64))
LARGE: dict[str, Any] = {"input_size": (512, 512), "heatmap_size": (128, 128)}
POINTS = np.random.default_rng(0).uniform(0, 190, (12, 1, 17, 2))
MAPS = HEATMAP.batch_encode(POINTS)["heatmaps"]


def calls_with_threads() -> Callable[[], Any]:
    """Batches on a pool that is made again for every second call."""
    threads = iter(range(1_000_000))

    def call() -> None:
        posecodec_rs.set_num_threads(2 + next(threads) % 2)
        HEATMAP.batch_encode(POINTS)

    return call


def calls_of_many_sizes() -> Callable[[], Any]:
    """Arrays of 40 sizes in turn, whose memory the package keeps for the next call."""
    codecs = [posecodec_rs.SPR((512, 512), (100 + side, 128)) for side in range(40)]
    numbers = iter(range(1_000_000))
    return lambda: codecs[next(numbers) % 40].encode(POINTS[0])


def calls_of_a_transform() -> Callable[[], Any]:
    """MMPose's step of a pipeline."""
    encoder = {"type": "MSRAHeatmap", "sigma": 2.0, "input_size": (192, 256)}
    step = posecodec_rs.GenerateTarget(encoder | {"heatmap_size": (48, 64)})
    results = {"keypoints": POINTS[0], "keypoints_visible": POINTS[0, ..., 0]}
    return lambda: step(dict(results))


OTHER_CALLS: dict[str, Callable[[], Callable[[], Any]]] = {
    "reversed maps": lambda: lambda: HEATMAP.decode(MAPS[0, :, ::-1]),
    "float16 maps": lambda: lambda: HEATMAP.batch_decode(MAPS.astype("f2")),
    "lists": lambda: lambda: HEATMAP.encode(POINTS[0].tolist()),
    "an attribute": lambda: lambda: HEATMAP.scale_factor,
    "threads": calls_with_threads,
    "many sizes": calls_of_many_sizes,
    "a transform": calls_of_a_transform,
    "lists of images": lambda: partial(
        posecodec_rs.SPR(**LARGE).batch_encode, [POINTS[0], POINTS[1], POINTS[0, :0]]
    ),
}


@pytest.mark.parametrize("make_call", OTHER_CALLS.values(), ids=OTHER_CALLS)
def test_other_calls(make_call: Callable[[], Callable[[], Any]]) -> None:
    assert_no_leak(make_call(), [POINTS, MAPS], "")


def test_leaks_are_detected() -> None:
    kept: list[Any] = []
    for leak in (object, lambda: np.ones(2 * PAGE // 8), lambda: DTYPES[0]):
        with pytest.raises(AssertionError):
            assert_no_leak(lambda leak=leak: kept.append(leak()), [], "")
