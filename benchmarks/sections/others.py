"""What one would use instead: hand-written Numba and torch, Hugging Face's transformers, rtmlib."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import posecodec_rs
from posecodec_rs.cli.bench.measure import measure
from posecodec_rs.cli.bench.top_down import TOP_DOWN

from sections.section import Section

BATCH = 64

ABOUT = f"""\
Microseconds a call, for one sample and for {BATCH} together: Numba and torch on the CPU as one
would write them by hand, compiled before they are timed; what transformers and rtmlib do with a
ViTPose's maps or an RTMPose's vectors. Both sides get the same threads. The difference is how far
the answers lie from ours at most: of labels in shares of the largest value, of keypoints in pixels
of the input, with the median in brackets. The libraries blur otherwise than MMPose, most of all at
the border."""


@dataclass
class Alternative:
    """Something else that does one of our operations.

    Attributes:
        operation: Which.
        name: Whose.
        ours: Our call for a batch.
        theirs: Theirs, with the same arguments and like answers.
        inputs: Of a batch of 64.
        tolerance: How far the answers may lie apart; None where a library's rules are others.
        set_threads: Tells it how many threads to use.
    """

    operation: str
    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    inputs: list[Any]
    tolerance: float | None
    set_threads: Callable[[int], None] = lambda _: None


def others() -> Section:
    """Checks that the answers agree, then measures."""
    threads = posecodec_rs.get_num_threads()
    columns = ["operation", "instead", "samples", "threads", "posecodec_rs", "instead, µs", "ratio"]
    columns += ["difference"]
    section = Section("Instead of this package", ABOUT, columns).begin()
    for each in _installed(threads):
        differences = _differences(each)
        for samples, count in ((1, 1), (BATCH, 1), (BATCH, threads)):
            if count > 1 and each.tolerance is None:
                continue  # the libraries have no threads
            inputs = [array[:samples] for array in each.inputs]
            posecodec_rs.set_num_threads(count)
            each.set_threads(count)
            ours, theirs = measure([_call(each.ours, inputs), _call(each.theirs, inputs)])
            section.add(
                [
                    each.operation,
                    each.name,
                    str(samples),
                    str(count),
                    ours.with_quartiles,
                    theirs.with_quartiles,
                    f"{theirs.over(ours):.1f}",
                    differences,
                ],
                {
                    "operation": each.operation,
                    "instead": each.name,
                    "samples": samples,
                    "threads": count,
                    "ours": asdict(ours),
                    "theirs": asdict(theirs),
                },
            )
    posecodec_rs.set_num_threads(0)
    return section


def _call(function: Callable[..., Any], inputs: list[Any]) -> Callable[[], Any]:
    return lambda: function(*inputs)


def _differences(each: Alternative) -> str:
    """How far the answers lie apart."""
    ours, theirs = each.ours(*each.inputs), each.theirs(*each.inputs)
    if isinstance(ours, dict):
        pairs = zip(ours.values(), theirs, strict=True)
        apart = max(np.abs(a - np.asarray(b)).max() / np.abs(a).max() for a, b in pairs)
        said = f"{apart:.0e}"
    else:
        distances = np.abs(ours[0] - np.asarray(theirs[0]))
        apart = distances.max()
        said = f"{apart:.2g} px ({np.median(distances):.1g})"
    if each.tolerance is not None and apart > each.tolerance:
        raise AssertionError(f"{each.operation} with {each.name} answers otherwise: {said}")
    return said


def _installed(threads: int) -> Iterator[Alternative]:
    for make in (_numba, _torch, _libraries):
        try:
            yield from make(threads)
        except ImportError as error:
            print(f"Not installed: {error.name}")


def _alternatives(
    subject: str,
    tolerances: tuple[float, float],
    name: str,
    make: Callable[[Any], Any],
    wrap: Callable[[Any], Any] = lambda array: array,
    **more: Any,
) -> Iterator[Alternative]:
    """What one library has for a codec; the tolerances of labels and of keypoints."""
    top_down = TOP_DOWN[subject]
    codec, sample = top_down.ours(), top_down.sample(BATCH)
    their = make(codec)
    labels, keypoints = tolerances if hasattr(their, "encode") else (None, None)
    if labels is not None:
        people = [wrap(sample.keypoints), wrap(sample.visible)]
        encode = (codec.batch_encode, their.encode, people, labels)
        yield Alternative(f"{subject}, encode", name, *encode, **more)
    maps = [wrap(array) for array in sample.maps]
    decode = (codec.batch_decode, their.decode, maps, keypoints)
    yield Alternative(f"{subject}, decode", name, *decode, **more)


_udp = partial(_alternatives, "UDPHeatmap", (1e-4, 0.01))
_simcc = partial(_alternatives, "SimCCLabel", (1e-4, 1e-5))


def _numba(threads: int) -> Iterator[Alternative]:
    numba = importlib.import_module("numba")
    codecs = importlib.import_module("alternatives.numba_codecs")

    class Switched:
        """The compilation for one thread or for several, as the threads are set."""

        def __init__(self, make: Any, codec: Any) -> None:
            self.each = {parallel: make(codec, parallel) for parallel in (False, True)}

        def encode(self, *inputs: Any) -> Any:
            return self.each[numba.get_num_threads() > 1].encode(*inputs)

        def decode(self, *inputs: Any) -> Any:
            return self.each[numba.get_num_threads() > 1].decode(*inputs)

    more = {"set_threads": lambda count: numba.set_num_threads(min(count, threads))}
    yield from _udp("Numba", lambda codec: Switched(codecs.Udp, codec), **more)
    yield from _simcc("Numba", lambda codec: Switched(codecs.SimCC, codec), **more)


def _torch(_: int) -> Iterator[Alternative]:
    torch = importlib.import_module("torch")
    codecs = importlib.import_module("alternatives.torch_codecs")
    more = {"set_threads": torch.set_num_threads}
    yield from _udp("torch", codecs.Udp, torch.from_numpy, **more)
    yield from _simcc("torch", codecs.SimCC, torch.from_numpy, **more)


def _libraries(_: int) -> Iterator[Alternative]:
    libraries = importlib.import_module("alternatives.libraries")
    for name, subject, make in (
        ("transformers", _udp, libraries.TransformersUdp),
        ("rtmlib", _udp, libraries.RtmlibUdp),
        ("rtmlib", _simcc, libraries.RtmlibSimCC),
    ):
        try:
            yield from subject(name, make)
        except ImportError as error:
            print(f"Not installed: {error.name}")
