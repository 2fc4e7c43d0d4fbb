"""The calls that the bench times: a codec's, its lower bound in NumPy, and MMPose's."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

import posecodec_rs
from posecodec_rs.cli.timing import Call

Inputs: TypeAlias = Sequence[Any] | Mapping[str, Any]
"""Arguments of a call, by position or by name."""

NOISE = 0.02
"""Standard deviation of a simulated network's output, as a share of a map's maximum."""


@dataclass(frozen=True)
class Operation:
    """Calls that are compared.

    Attributes:
        codec: The codec and its variant, as tables name it.
        step: "encode" or "decode".
        ours: This package's call.
        floor: The memory traffic that no encoder or decoder can avoid, in NumPy.
        theirs: MMPose's; None where it is not installed, or has no such codec.
    """

    codec: str
    step: str
    ours: Call
    floor: Call
    theirs: Call | None

    @property
    def name(self) -> str:
        """The codec and the step, as tables name the operation."""
        return f"{self.codec}, {self.step}"


@dataclass(frozen=True)
class Benchmark:
    """A codec and the arguments of its calls, as the bench times them.

    Attributes:
        name: As tables name it.
        codec: Its class.
        arguments: The constructor's.
        inputs: Makes the arguments of `encode`.
        outputs: Makes the arguments of `decode` from the targets; None if there is no `decode`.
        method: The method that decodes.
        as_tensors: Whether decoding gets torch tensors where torch is installed, as MMPose's heads
            pass them. MMPose then writes into them.
        writes_inputs: Whether MMPose's `decode` writes into its inputs: it gets copies.
    """

    name: str
    codec: str
    arguments: Mapping[str, Any]
    inputs: Callable[[np.random.Generator], Inputs]
    outputs: Callable[[Mapping[str, Any], np.random.Generator], Inputs] | None
    method: str = "decode"
    as_tensors: bool = False
    writes_inputs: bool = False

    def ours(self) -> Any:
        """This package's codec."""
        return getattr(posecodec_rs, self.codec)(**self.arguments)

    def theirs(self) -> Any:
        """MMPose's codec, or None."""
        return mmpose_codec(self.codec, **self.arguments)

    def operations(self) -> Iterator[Operation]:
        """Encode, and decode where the codec has it."""
        rng = np.random.default_rng(0)
        ours, theirs, inputs = self.ours(), self.theirs(), self.inputs(rng)
        encoded = bind(ours.encode, inputs)()
        yield Operation(
            self.name,
            "encode",
            bind(ours.encode, inputs),
            fill(encoded.values()),
            theirs and bind(theirs.encode, inputs),
        )
        if self.outputs is None:
            return
        outputs = self.outputs(encoded, rng)
        arrays = list(outputs.values() if isinstance(outputs, Mapping) else outputs)
        if self.as_tensors and mmpose_codecs() is not None:
            import torch

            outputs = [torch.from_numpy(array) for array in arrays]
        yield Operation(
            self.name,
            "decode",
            bind(getattr(ours, self.method), outputs),
            maxima(array for array in arrays if isinstance(array, np.ndarray)),
            theirs and functools.partial(self.decode_theirs, theirs, outputs),
        )

    def decode_theirs(self, codec: Any, outputs: Inputs) -> Any:
        """MMPose's call; it gets copies if it writes into its inputs."""
        if not isinstance(outputs, Mapping):
            if self.as_tensors:
                outputs = [tensor.clone() for tensor in outputs]
            elif self.writes_inputs:
                outputs = [array.copy() for array in outputs]
        return bind(getattr(codec, self.method), outputs)()


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
