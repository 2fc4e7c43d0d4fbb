"""Rows of wrong calls, and what is asked of every refusal."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from posecodec_rs import InvalidInputError


class Bad(NamedTuple):
    """A wrong call, words that its message must have, and what is raised."""

    name: str
    call: Callable[[], object]
    words: tuple[str, ...]
    error: type[Exception] = InvalidInputError


def ones(*shape: int, dtype: Any = np.float32) -> Any:
    return np.ones(shape, dtype)


def assert_refused(
    call: Callable[[], object], words: tuple[str, ...], error: type[Exception]
) -> None:
    """The call raises this error, whose message has these words."""
    with pytest.raises(error) as caught:
        call()
    assert caught.type is error or error is MemoryError
    message = str(caught.value)
    assert "panick" not in message
    for word in words:
        assert word in message
    if error is InvalidInputError:
        assert isinstance(caught.value, ValueError)
        assert isinstance(caught.value, AssertionError)
        patterns = (", but got ", "got invalid", "` was given without `")
        assert any(pattern in message for pattern in patterns)
