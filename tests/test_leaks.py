"""No object, reference or memory is left behind, whether a call is answered or refused."""

import gc
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import golden_cases
import numpy as np
import posecodec_rs
import pytest
from golden_cases import GoldenCase
from posecodec_rs import InvalidInputError, functional

CALLS = 2000
"""Of each of some five ways to call a method: 10,000."""

BLOCKS = 200
"""What Python's own caches may keep."""

MEGABYTES = 8
"""What allocators may keep."""

DTYPES = [np.dtype(letter) for letter in np.typecodes["AllInteger"] + "?efdg"]
"""One object each: a reference too many or too few leaves no other trace."""


def first_of_each() -> list[GoldenCase]:
    """A recorded call of every codec's method and every helper."""
    found: dict[tuple[str, str], GoldenCase] = {}
    for case in golden_cases.load():
        found.setdefault((case.codec, case.method), case)
    return list(found.values())


def resident() -> int:
    """Bytes of this process in memory."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def ways(case: GoldenCase, args: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """The ways to call what was recorded, right and wrong."""
    wrong = args | {next(iter(args)): "wrong"}
    if case.of_helper:
        helper = getattr(functional, case.method)
        return {"answer": partial(helper, **args), "refusal": partial(helper, **wrong)}
    kind, kwargs = getattr(posecodec_rs, case.codec), case.kwargs
    codec = kind(**kwargs)
    method = getattr(codec, case.method)
    found = {
        "answer": partial(method, **args),
        "refusal": partial(method, **wrong),
        "constructor": lambda: repr(kind(**kwargs)) == hash(codec),
        "refused constructor": partial(kind, **kwargs | {next(iter(kwargs)): "wrong"}),
    }
    batch = getattr(codec, f"batch_{case.method}", None)
    if batch is not None:
        several = {name: np.stack([value] * 2) for name, value in args.items() if np.ndim(value)}
        found["batch"] = partial(batch, **args | several)
    if case.method == "encode" and case.codec != "DecoupledHeatmap":
        found["out"] = partial(method, **args, out=method(**args))
        found["refused out"] = partial(method, **args, out={"heatmaps": np.ones(1)})
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")
@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in first_of_each()])
def test_nothing_is_left_behind(case: GoldenCase) -> None:
    args = case.args
    for way, call in ways(case, args).items():

        def repeat(
            times: int, call: Callable[[], Any] = call
        ) -> tuple[int, list[int], int, list[int]]:
            for _ in range(times):
                with suppress(InvalidInputError, TypeError):
                    call()
            gc.collect()
            held = [value for value in args.values() if isinstance(value, np.ndarray)]
            references = [sys.getrefcount(value) for value in held]
            of_dtypes = [sys.getrefcount(dtype) for dtype in DTYPES]
            return sys.getallocatedblocks(), references, resident(), of_dtypes

        repeat(CALLS // 4)
        before, after = repeat(1), repeat(CALLS)
        assert after[0] - before[0] < BLOCKS, way
        assert after[1] == before[1], way
        assert after[2] - before[2] < MEGABYTES << 20, way
        np.testing.assert_allclose(after[3], before[3], rtol=0, atol=BLOCKS, err_msg=way)
