"""The codecs of the command line, one file per kind of sample.

A codec has one entry, in the file of its kind. The demo, `roundtrip`, the bench and the figures
iterate over these entries, so a new codec needs no change elsewhere.
"""

from collections.abc import Iterator

from posecodec_rs.cli.codecs import bottom_up, hand_3d, instances, lifting, top_down
from posecodec_rs.cli.codecs.operation import Benchmark, Operation

KINDS = (top_down, bottom_up, lifting, hand_3d, instances)
"""In the order of the bench's table."""


def benchmarks() -> Iterator[Benchmark]:
    """Every codec of the bench, in all its variants."""
    for kind in KINDS:
        yield from kind.benchmarks()


def operations() -> Iterator[Operation]:
    """Every operation of every codec: one sample per call."""
    for benchmark in benchmarks():
        yield from benchmark.operations()
