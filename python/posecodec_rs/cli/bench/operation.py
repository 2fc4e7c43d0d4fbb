"""What is measured: an operation, its floor in memory, and the same with MMPose."""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Call: TypeAlias = Callable[[], Any]

NOISE = 0.02
"""Of what a network might answer: its deviation over the largest value of a map."""


@dataclass(frozen=True)
class Operation:
    """Calls that are compared.

    Attributes:
        codec: And what is special about it, as the table has it.
        step: "encode" or "decode".
        ours: This package's call.
        floor: What no encoder or decoder can do without, in NumPy.
        theirs: MMPose's; None where it is not installed, or has no such codec.
    """

    codec: str
    step: str
    ours: Call
    floor: Call
    theirs: Call | None

    @property
    def name(self) -> str:
        """As a row has it."""
        return f"{self.codec}, {self.step}"


@functools.cache
def reference() -> ModuleType | None:
    """MMPose's codecs, with one thread from now on, or None where MMPose cannot be imported."""
    try:
        import cv2
        import mmpose.codecs as codecs
        import torch
    except ImportError:
        return None
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    module: ModuleType = codecs
    return module


def theirs_of(codec: str, *args: Any, **kwargs: Any) -> Any:
    """MMPose's codec of this name, or None."""
    make = getattr(reference(), codec, None)
    return make and make(*args, **kwargs)


def fill(arrays: Iterable[Any]) -> Call:
    """The floor of encoding: new arrays like the targets, filled with a constant."""
    targets = [array for array in arrays if isinstance(array, np.ndarray)]
    return lambda: _fill(np.empty_like(target) for target in targets)


def refill(arrays: Iterable[NDArray[Any]]) -> Call:
    """The floor of encoding into arrays: they are filled with a constant."""
    targets = list(arrays)
    return lambda: _fill(targets)


def _fill(arrays: Iterable[NDArray[Any]]) -> None:
    for array in arrays:
        array.fill(1)


def maxima(maps: Iterable[NDArray[Any]]) -> Call:
    """The floor of decoding: the maximum of the inputs."""
    inputs = list(maps)
    return lambda: [array.max() for array in inputs]


def noisy(target: NDArray[Any], rng: np.random.Generator) -> NDArray[np.float32]:
    """What a network that was trained on a target might answer."""
    largest = target.max(axis=(-2, -1), keepdims=True)  # classes and offsets differ by far
    deviation = NOISE * np.where(largest > 0, largest, target.max())
    noise = rng.normal(0, 1, target.shape) * deviation
    answer: NDArray[np.float32] = (target + noise).astype(np.float32)
    return answer
