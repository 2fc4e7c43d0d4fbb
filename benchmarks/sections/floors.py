"""How near the floor is: encoding into arrays that are there, and decoding, in two precisions."""

from collections.abc import Iterator
from dataclasses import asdict

import goals
import numpy as np
from posecodec_rs.cli.bench.measure import measure
from posecodec_rs.cli.bench.operation import maxima, refill
from posecodec_rs.cli.bench.top_down import TOP_DOWN

from sections.section import Section, wanted

ABOUT_ENCODE = """\
Microseconds a call: one sample, one thread. `out=` fills the same arrays again; so does the floor,
NumPy's `array.fill`, and both find them in the cache."""

ABOUT_DECODE = """\
Microseconds a call: one sample, one thread. The floor is NumPy's `max` over the float32 maps."""


def floors() -> Iterator[Section]:
    """Encoding, then decoding."""
    yield _encode()
    yield _decode()


def _encode() -> Section:
    columns = ["codec", "`encode`", "`encode(out=)`", "`fill`", "`out=` over `fill`", "wanted"]
    section = Section("Encoding at the floor", ABOUT_ENCODE, columns).begin()
    for name, subject in TOP_DOWN.items():
        codec, sample = subject.ours(), subject.sample()
        points, visible, targets = sample.keypoints, sample.visible, sample.targets
        encode, into, floor = measure(
            [
                lambda: codec.encode(points, visible),  # noqa: B023 - called before the next turn
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
                wanted("≤", goals.ENCODE_INTO.get(name), ratio),
            ],
            {"codec": name, "encode": asdict(encode), "out": asdict(into), "floor": asdict(floor)},
        )
    return section


def _decode() -> Section:
    columns = ["codec", "float32", "float16", "`max`", "float32 over `max`", "wanted"]
    columns += ["float16 over float32", "wanted"]
    section = Section("Decoding at the floor", ABOUT_DECODE, columns).begin()
    for name, subject in TOP_DOWN.items():
        codec, maps = subject.ours(), subject.sample().maps
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
                wanted("≤", goals.DECODE.get(name), ratio),
                f"{halved:.2f}",
                wanted("≤", goals.HALF_PRECISION, halved),
            ],
            {
                "codec": name,
                "float32": asdict(single),
                "float16": asdict(half),
                "floor": asdict(floor),
            },
        )
    return section
