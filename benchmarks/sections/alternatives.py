"""Alternatives: hand-written Numba and torch, Hugging Face's transformers, rtmlib."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import posecodec_rs
from posecodec_rs.cli.timing import measure

from sections.samples import BENCHMARKS, make_sample
from sections.section import Section

BATCH = 64

ABOUT = f"""\
Microseconds per call, for one sample and for a batch of {BATCH}: hand-written Numba and torch on
the CPU, compiled before they are timed; transformers and rtmlib on a ViTPose's heatmaps or an
RTMPose's vectors. Both sides use the same number of threads. The difference is the maximum distance
to our results: of labels as a share of the maximum, of keypoints in pixels of the input, with the
median in brackets. The libraries blur differently from MMPose, especially near the border."""


@dataclass
class Alternative:
    """Another implementation of one of our operations.

    Attributes:
        operation: The operation.
        name: The library.
        ours: Our call for a batch.
        theirs: Theirs, with the same arguments and comparable results.
        inputs: A batch of 64.
        tolerance: Maximum difference of the results; None if the library computes something else.
        set_threads: Sets the library's number of threads.
    """

    operation: str
    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    inputs: list[Any]
    tolerance: float | None
    set_threads: Callable[[int], None] = lambda _: None


def alternatives() -> Section:
    """Check that the results agree, then measure."""
    threads = posecodec_rs.get_num_threads()
    columns = ["operation", "library", "samples", "threads", "posecodec_rs", "library, µs", "ratio"]
    columns += ["difference"]
    section = Section("Compared with other libraries", ABOUT, columns).begin()
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
                    "library": each.name,
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
    """The maximum difference of the results."""
    ours, theirs = each.ours(*each.inputs), each.theirs(*each.inputs)
    if isinstance(ours, dict):
        pairs = zip(ours.values(), theirs, strict=True)
        apart = max(np.abs(a - np.asarray(b)).max() / np.abs(a).max() for a, b in pairs)
        text = f"{apart:.0e}"
    else:
        distances = np.abs(ours[0] - np.asarray(theirs[0]))
        apart = distances.max()
        text = f"{apart:.2g} px ({np.median(distances):.1g})"
    if each.tolerance is not None and apart > each.tolerance:
        raise AssertionError(f"{each.operation} with {each.name} differs: {text}")
    return text


def _installed(threads: int) -> Iterator[Alternative]:
    for make in (_numba, _torch, _libraries):
        try:
            yield from make(threads)
        except ImportError as error:
            print(f"Not installed: {error.name}")


def _alternatives(
    benchmark: str,
    tolerances: tuple[float, float],
    name: str,
    make: Callable[[Any], Any],
    wrap: Callable[[Any], Any] = lambda array: array,
    **more: Any,
) -> Iterator[Alternative]:
    """A library's operations of a codec; the tolerances are of labels and of keypoints."""
    top_down = BENCHMARKS[benchmark]
    codec, sample = top_down.ours(), make_sample(top_down, BATCH)
    their = make(codec)
    labels, keypoints = tolerances if hasattr(their, "encode") else (None, None)
    if labels is not None:
        people = [wrap(sample.keypoints), wrap(sample.visible)]
        encode = (codec.batch_encode, their.encode, people, labels)
        yield Alternative(f"{benchmark}, encode", name, *encode, **more)
    maps = [wrap(array) for array in sample.maps]
    decode = (codec.batch_decode, their.decode, maps, keypoints)
    yield Alternative(f"{benchmark}, decode", name, *decode, **more)


_udp = partial(_alternatives, "UDPHeatmap", (1e-4, 0.01))
_simcc = partial(_alternatives, "SimCCLabel", (1e-4, 1e-5))


def _numba(threads: int) -> Iterator[Alternative]:
    numba = importlib.import_module("numba")
    codecs = importlib.import_module("alternatives.numba_codecs")

    class Switched:
        """The compilation for one thread or for several, by the number that is set."""

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
    for name, benchmark, make in (
        ("transformers", _udp, libraries.TransformersUdp),
        ("rtmlib", _udp, libraries.RtmlibUdp),
        ("rtmlib", _simcc, libraries.RtmlibSimCC),
    ):
        try:
            yield from benchmark(name, make)
        except ImportError as error:
            print(f"Not installed: {error.name}")
