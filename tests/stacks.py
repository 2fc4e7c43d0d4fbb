"""Comparison with recorded or live results of other projects."""

import copy
import sys
from pathlib import Path
from typing import Any

import numpy as np

GOLDEN = Path(__file__).parent / "golden"
sys.path.append(str(GOLDEN))

from record_stacks import mmpose0 as theirs_of_mmpose0  # noqa: E402
from stack_calls import call, load  # noqa: E402

__all__ = [
    "assert_alike",
    "assert_same_targets",
    "assert_unchanged",
    "call",
    "load",
    "recorded",
    "theirs_of_mmpose0",
]


def recorded(name: str) -> list[Any]:
    """The recorded calls of a project and their results."""
    return list(load(GOLDEN / "stacks" / f"{name}.npz"))


def assert_alike(got: Any, want: Any) -> None:
    """Compare arrays, or lists of them: kind of dtype, shape and values.

    Values are compared to 1e-5, coordinates to 1e-4 of the largest one.
    """
    if isinstance(want, (list, tuple)):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            assert_alike(one, other)
        return
    got, want = np.asarray(got), np.asarray(want)
    assert (got.shape, got.dtype.kind) == (want.shape, want.dtype.kind)
    largest = np.abs(want).max(initial=0)
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-4 * largest if largest > 2 else 1e-5)


def assert_same_targets(got: Any, want: Any, atol: float) -> None:
    """Compare arrays, or lists of them: dtype, shape and values. Integers must be equal."""
    if isinstance(want, list):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            assert_same_targets(one, other, atol)
        return
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    if want.dtype.kind == "i":
        np.testing.assert_array_equal(got, want)
    else:
        # Location refinement maps have values up to the size of the image.
        np.testing.assert_allclose(got, want, rtol=2e-7, atol=atol)


def assert_unchanged(module: Any, name: str, arguments: dict[str, Any]) -> Any:
    """Call a function, compare its arguments before and after, and return its results."""
    before = copy.deepcopy(arguments)
    results = call(module, name, arguments)
    added = {"target", "target_weight"}
    kept = {key: value for key, value in arguments.get("results", {}).items() if key not in added}
    np.testing.assert_equal({**arguments, **({"results": kept} if kept else {})}, before)
    return results
