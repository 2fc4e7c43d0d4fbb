"""Comparison with recorded or live results of other projects."""

import copy
import sys
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parent / "golden"
sys.path.append(str(GOLDEN))

from stack_calls import call, load  # noqa: E402

__all__ = ["assert_alike", "assert_unchanged", "call", "load", "recorded"]


def recorded(name: str) -> list[Any]:
    """The recorded calls of a project and their results."""
    return list(load(GOLDEN / f"{name}.npz"))


def assert_alike(got: Any, want: Any) -> None:
    """Compare arrays, or lists of them: kind of dtype, shape, and values to 1e-4 pixel."""
    if isinstance(want, (list, tuple)):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            assert_alike(one, other)
        return
    got, want = np.asarray(got), np.asarray(want)
    assert (got.shape, got.dtype.kind) == (want.shape, want.dtype.kind)
    # Coordinates of images have one of float32's roundings per operation.
    largest = np.abs(want).max(initial=0)
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-4 if largest > 2 else 1e-5)


def assert_unchanged(module: Any, name: str, arguments: dict[str, Any]) -> Any:
    """Call a function, compare its arguments before and after, and return its results."""
    before = copy.deepcopy(arguments)
    results = call(module, name, arguments)
    added = {"target", "target_weight"}
    kept = {key: value for key, value in arguments.get("results", {}).items() if key not in added}
    np.testing.assert_equal({**arguments, **({"results": kept} if kept else {})}, before)
    return results
