"""Comparison with lower bounds: encoding into existing arrays, and decoding in two precisions."""

from collections.abc import Iterator
from dataclasses import asdict

import goals
import numpy as np
from posecodec_rs.cli.codecs.operation import maxima, refill
from posecodec_rs.cli.timing import measure

from sections.samples import BENCHMARKS, make_sample
from sections.section import Section, target

ABOUT_ENCODE = """\
Microseconds per call: one sample, one thread. `out=` overwrites the same arrays in each call, and
so does the floor, NumPy's `array.fill`; for both they are in the cache."""

ABOUT_DECODE = """\
Microseconds per call: one sample, one thread. The floor is NumPy's `max` over the float32 maps."""


def lower_bounds() -> Iterator[Section]:
    """Encoding, then decoding."""
    yield _encode()
    yield _decode()


def _encode() -> Section:
    columns = ["codec", "`encode`", "`encode(out=)`", "`fill`", "`out=` over `fill`", "target"]
    section = Section("Encoding at the floor", ABOUT_ENCODE, columns).begin()
    for name, benchmark in BENCHMARKS.items():
        codec, sample = benchmark.ours(), make_sample(benchmark)
        points, visible, targets = sample.keypoints, sample.visible, sample.targets
        encode, into, floor = measure(
            [
                lambda: codec.encode(points, visible),  # noqa: B023 - called in this iteration
                lambda: codec.encode(points, visible, out=targets),  # noqa: B023
                refill(targets.values()),
            ]
        )
        ratio = into.over(floor)
        section.add(
            [
                name,
                *(each.with_quartiles for each in (encode, into, floor)),
                f"{ratio:.2f}",
                target("≤", goals.ENCODE_INTO.get(name), ratio),
            ],
            {"codec": name, "encode": asdict(encode), "out": asdict(into), "floor": asdict(floor)},
        )
    return section


def _decode() -> Section:
    columns = ["codec", "float32", "float16", "`max`", "float32 over `max`", "target"]
    columns += ["float16 over float32", "target"]
    section = Section("Decoding at the floor", ABOUT_DECODE, columns).begin()
    for name, benchmark in BENCHMARKS.items():
        codec, maps = benchmark.ours(), make_sample(benchmark).maps
        halves = [array.astype(np.float16) for array in maps]
        single, half, floor = measure(
            [
                lambda: codec.decode(*maps),  # noqa: B023
                lambda: codec.decode(*halves),  # noqa: B023
                maxima(maps),
            ]
        )
        ratio, halved = single.over(floor), half.over(single)
        section.add(
            [
                name,
                *(each.with_quartiles for each in (single, half, floor)),
                f"{ratio:.2f}",
                target("≤", goals.DECODE.get(name), ratio),
                f"{halved:.2f}",
                target("≤", goals.HALF_PRECISION, halved),
            ],
            {
                "codec": name,
                "float32": asdict(single),
                "float16": asdict(half),
                "floor": asdict(floor),
            },
        )
    return section
