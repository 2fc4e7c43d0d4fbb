"""Comparison of nested results, bit by bit."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def arrays(result: Any) -> list[NDArray[Any]]:
    """The arrays of a nested result, in order."""
    if isinstance(result, np.ndarray):
        return [result]
    if isinstance(result, dict):
        result = list(result.values())
    if not isinstance(result, list | tuple):
        return []
    return [array for part in result for array in arrays(part)]


def assert_same(got: Any, want: Any) -> None:
    """Nested results are bit-identical: types, keys, shapes, dtypes, values."""
    assert type(got) is type(want)
    if isinstance(want, np.ndarray):
        assert (got.dtype, got.shape) == (want.dtype, want.shape)
        np.testing.assert_array_equal(got, want)
        assert got.tobytes() == want.tobytes()
    elif isinstance(want, dict):
        assert list(got) == list(want)
        for key in want:
            assert_same(got[key], want[key])
    elif isinstance(want, list | tuple):
        assert len(got) == len(want)
        for one, other in zip(got, want, strict=True):
            assert_same(one, other)
    else:
        assert got == want
