"""Everything that is measured, in the order of the table."""

from collections.abc import Iterator

from posecodec_rs.cli.bench.bottom_up import bottom_up
from posecodec_rs.cli.bench.further import further
from posecodec_rs.cli.bench.operation import Operation
from posecodec_rs.cli.bench.top_down import TOP_DOWN


def operations() -> Iterator[Operation]:
    """Every operation of every codec: one sample a call, as a network is trained on and answers."""
    for subject in TOP_DOWN.values():
        yield from subject.operations()
    yield from bottom_up()
    yield from further()
