"""The calls that the bench times: a codec's, its lower bound in NumPy, and MMPose's."""

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from posecodec_rs.cli.timing import Call

Inputs: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""Arguments of a call, by position or by name."""

NOISE = 0.02
"""Standard deviation of a simulated network's output, as a share of a map's maximum."""


@dataclass(frozen=True)
class Operation:
    """Calls that are compared."""

    codec: str  # the codec and its variant, as tables name it
    step: str  # "encode" or "decode"
    ours: Call
    floor: Call  # the memory traffic that no encoder or decoder can avoid, in NumPy
    theirs: Call | None  # MMPose's; None where it is not installed, or has no such codec

    @property
    def name(self) -> str:
        """The codec and the step, as tables name the operation."""
        return f"{self.codec}, {self.step}"


def bind(method: Callable[..., Any], inputs: Inputs) -> Call:
    """The call of a method with these arguments."""
    if isinstance(inputs, Mapping):
        return functools.partial(method, **inputs)
    return functools.partial(method, *inputs)


@functools.cache
def mmpose_codecs() -> ModuleType | None:
    """MMPose's codecs, limited to one thread, or None where MMPose cannot be imported."""
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


def mmpose_codec(codec: str, **arguments: Any) -> Any:
    """MMPose's codec of this name, or None."""
    make = getattr(mmpose_codecs(), codec, None)
    return make and make(**arguments)


def fill(arrays: Iterable[Any]) -> Call:
    """The lower bound of encoding: new arrays like the targets, filled with a constant."""
    targets = [array for array in arrays if isinstance(array, np.ndarray)]
    return lambda: _fill(np.empty_like(target) for target in targets)


def refill(arrays: Iterable[NDArray[Any]]) -> Call:
    """The lower bound of encoding into arrays: they are filled with a constant."""
    targets = list(arrays)
    return lambda: _fill(targets)


def _fill(arrays: Iterable[NDArray[Any]]) -> None:
    for array in arrays:
        array.fill(1)


def maxima(maps: Iterable[NDArray[Any]]) -> Call:
    """The lower bound of decoding: the maximum of the inputs."""
    inputs = list(maps)
    return lambda: [array.max() for array in inputs]


def noisy(target: NDArray[Any], rng: np.random.Generator) -> NDArray[np.float32]:
    """A simulated network's output: a target with noise."""
    largest = target.max(axis=(-2, -1), keepdims=True)  # maxima of classes and offsets differ
    deviation = NOISE * np.where(largest > 0, largest, target.max())
    noise = rng.normal(0, 1, target.shape) * deviation
    output: NDArray[np.float32] = (target + noise).astype(np.float32)
    return output
