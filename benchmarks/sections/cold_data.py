"""Decoding maps from the cache and from memory, with one thread and with all.

python -m sections.cold_data
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import goals
import numpy as np
import posecodec_rs
from posecodec_rs.cli.timing import LARGE, Call, measure

from sections.samples import BENCHMARKS, decode_theirs, make_sample
from sections.section import Section, target

CODECS = ("MSRAHeatmap", "UDPHeatmap", "UDPHeatmap combined", "MegviiHeatmap", "SimCCLabel")
COLD_BYTES = 320 << 20
"""More than the caches of any server."""

BATCH = 64
ABOUT = f"""\
Microseconds per sample, decoded one by one and in batches of {BATCH}. In the cache: the same
sample or batch again and again. From memory: {COLD_BYTES >> 20} MB in order, so that each value is
read from DRAM. The floor is NumPy's `max` over the same values."""


def cold_data() -> Section:
    """Measure."""
    threads = posecodec_rs.get_num_threads()
    columns = ["operation", "in the cache", "from memory", "`max` in the cache"]
    columns += [
        "`max` from memory",
        "MMPose from memory",
        "MMPose over ours",
        "from memory over `max`",
    ]
    columns += ["target"]
    section = Section("Maps from memory", ABOUT, columns).begin()
    for name in CODECS:
        benchmark = BENCHMARKS[name]
        codec, theirs, maps = (
            benchmark.ours(),
            benchmark.theirs(),
            make_sample(benchmark, BATCH).maps,
        )
        copies = -(-COLD_BYTES // sum(array.nbytes for array in maps))
        cold = [np.concatenate([array] * copies) for array in maps]
        samples = [list(each) for each in zip(*cold, strict=True)]
        mmpose = theirs and _in_turn(
            samples[: 8 * BATCH],
            lambda each: decode_theirs(benchmark, theirs, each),  # noqa: B023
        )
        decode: Callable[[list[np.ndarray]], Any] = lambda each: codec.decode(*each)  # noqa: B023, E731
        section.add(*_row(f"{name}, decode", decode, samples, 1, mmpose))
        batches = [
            [array[first : first + BATCH] for array in cold]
            for first in range(0, copies * BATCH, BATCH)
        ]
        decode = lambda each: codec.batch_decode(*each)  # noqa: B023, E731
        for count in sorted({1, threads}):
            posecodec_rs.set_num_threads(count)
            label = f"{name}, batch_decode, {count} thread{'s' * (count > 1)}"
            section.add(*_row(label, decode, batches, BATCH, None))
        posecodec_rs.set_num_threads(0)
    return section


def _row(
    name: str,
    decode: Callable[[list[np.ndarray]], Any],
    inputs: list[list[np.ndarray]],
    samples: int,
    mmpose: Call | None,
) -> tuple[list[str], dict[str, Any]]:
    maxima = lambda each: [array.max() for array in each]  # noqa: E731
    calls = [
        lambda: decode(inputs[0]),
        _in_turn(inputs, decode),
        lambda: maxima(inputs[0]),
        _in_turn(inputs, maxima),
    ]
    timings = measure(calls + ([mmpose] if mmpose else []), LARGE)
    per_sample = [
        type(each)(each.median / samples, each.low / samples, each.high / samples)
        for each in timings
    ]
    warm, cold, warm_floor, cold_floor, *theirs = per_sample
    over_floor = cold.over(cold_floor)
    row = [
        name,
        *(each.with_quartiles for each in (warm, cold, warm_floor, cold_floor)),
        theirs[0].with_quartiles if theirs else "",
        f"{theirs[0].over(cold):.0f}" if theirs else "",
        f"{over_floor:.2f}",
        target(
            "≤", goals.COLD_OVER_MAX if name.startswith("UDPHeatmap, batch") else None, over_floor
        ),
    ]
    data = {"cache": warm, "memory": cold, "max_cache": warm_floor, "max_memory": cold_floor}
    data |= {"mmpose": theirs[0]} if theirs else {}
    return row, {"operation": name} | {key: asdict(timing) for key, timing in data.items()}


def _in_turn(inputs: list[list[np.ndarray]], call: Callable[[list[np.ndarray]], Any]) -> Call:
    """Calls with the next inputs each time."""
    endless: Iterator[list[np.ndarray]] = itertools.cycle(inputs)
    return lambda: call(next(endless))


if __name__ == "__main__":
    cold_data()
