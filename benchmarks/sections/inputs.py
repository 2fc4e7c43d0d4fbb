"""Torch tensors and arrays of other layouts, next to contiguous arrays.

python -m sections.inputs
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import goals
import numpy as np
import posecodec_rs
from posecodec_rs.cli.timing import LARGE, measure

from sections.samples import BENCHMARKS, make_sample
from sections.section import Section, target

BATCH = 200
ABOUT_TENSORS = """\
Microseconds per call for one sample: NumPy's array, and torch's tensors of the same values."""

ABOUT_LAYOUTS = f"""\
Microseconds per call of `batch_decode` with `flipped=` for {BATCH} samples, one thread.
channels_last is the layout of networks that run in mixed precision; reversed rows are what
`array[..., ::-1]` returns."""


def inputs() -> Iterator[Section]:
    """Tensors, where torch is installed, then layouts."""
    try:
        import torch
    except ImportError as error:
        print(f"Not installed: {error.name}")
    else:
        yield _tensors(torch)
    yield _layouts()


def _tensors(torch: Any) -> Section:
    columns = ["operation", "array", "float32", "with gradient", "bfloat16"]
    columns += ["float32 less array", "target", "target of bfloat16"]
    section = Section("Torch tensors", ABOUT_TENSORS, columns).begin()
    for name in ("MSRAHeatmap", "UDPHeatmap", "SimCCLabel"):
        benchmark = BENCHMARKS[name]
        codec, maps = benchmark.ours(), make_sample(benchmark).maps
        tensors = [torch.from_numpy(array) for array in maps]
        kinds = {
            "array": maps,
            "float32": tensors,
            "gradient": [tensor.clone().requires_grad_() for tensor in tensors],
            "bfloat16": [tensor.bfloat16() for tensor in tensors],
        }
        timings = dict(
            zip(kinds, measure([_call(codec.decode, each) for each in kinds.values()]), strict=True)
        )
        more = timings["float32"].median - timings["array"].median
        section.add(
            [
                f"{name}, decode",
                *(timing.with_quartiles for timing in timings.values()),
                f"{more:.2f}",
                target("≤", goals.TENSOR_OVERHEAD, more),
                target("≤", goals.BFLOAT16.get(name), timings["bfloat16"].median),
            ],
            {"operation": name} | {kind: asdict(timing) for kind, timing in timings.items()},
        )
    return section


Array = np.ndarray
LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "contiguous": np.ascontiguousarray,
    "every other sample": lambda array: np.repeat(array, 2, axis=0)[1::2],
    "reversed": lambda array: array[..., ::-1].copy()[..., ::-1],
    "channels_last": lambda array: np.moveaxis(np.moveaxis(array, 1, -1).copy(), -1, 1),
    "both": lambda array: LAYOUTS["channels_last"](array[..., ::-1])[..., ::-1],
}


def _layouts() -> Section:
    columns = ["operation", *LAYOUTS, "slowest over contiguous", "target"]
    section = Section("Layouts", ABOUT_LAYOUTS, columns).begin()
    posecodec_rs.set_num_threads(1)
    for name in ("MSRAHeatmap", "UDPHeatmap", "SimCCLabel"):
        benchmark = BENCHMARKS[name]
        codec, maps = benchmark.ours(), make_sample(benchmark, BATCH).maps
        indices = list(range(17))
        layouts = {
            kind: layout
            for kind, layout in LAYOUTS.items()
            if name != "SimCCLabel" or kind in ("contiguous", "every other sample", "reversed")
        }
        calls = []
        for layout in layouts.values():
            own = [layout(array) for array in maps]
            flipped = [layout(array[..., ::-1]) for array in maps]
            calls.append(_flip_test(codec.batch_decode, own, flipped, indices))
        timings = dict(zip(layouts, measure(calls, LARGE), strict=True))
        slowest = max(timing.over(timings["contiguous"]) for timing in timings.values())
        section.add(
            [
                f"{name}, batch_decode",
                *(timings[kind].with_quartiles if kind in timings else "" for kind in LAYOUTS),
                f"{slowest:.2f}",
                target("≤", goals.LAYOUTS, slowest),
            ],
            {"operation": name} | {kind: asdict(timing) for kind, timing in timings.items()},
        )
    posecodec_rs.set_num_threads(0)
    return section


def _call(function: Callable[..., Any], arguments: list[Any]) -> Callable[[], Any]:
    return lambda: function(*arguments)


def _flip_test(
    decode: Callable[..., Any], own: list[Array], flipped: list[Array], indices: list[int]
) -> Callable[[], Any]:
    mirrored: Any = flipped[0] if len(flipped) == 1 else tuple(flipped)
    return lambda: decode(*own, flipped=mirrored, flip_indices=indices)


if __name__ == "__main__":
    list(inputs())
