"""The codecs of the command line, one file per kind of sample.

A codec has one entry, in the file of its kind. The demo, `roundtrip`, the bench and the figures
iterate over these entries, so a new codec needs no change elsewhere.
"""

from collections.abc import Iterator

import numpy as np

from posecodec_rs.cli.codecs import bottom_up, hand_3d, instances, lifting, top_down
from posecodec_rs.cli.codecs.operation import Operation

KINDS = (top_down, bottom_up, lifting, hand_3d, instances)
"""In the order of the bench's table."""


def operations() -> Iterator[Operation]:
    """Every operation of every codec of the bench, in all its variants: one sample per call."""
    for kind in KINDS:
        for case, make_sample in kind.benchmarks():
            rng = np.random.default_rng(0)
            yield from case.operations(make_sample(rng), rng)
