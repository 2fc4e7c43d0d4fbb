"""How calls are timed: turn about, in rounds."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from posecodec_rs.cli.bench.operation import Call, Operation


@dataclass(frozen=True)
class Effort:
    """How long is measured.

    Attributes:
        rounds: How often each call has its turn; at least 2.
        seconds: How long a turn takes; a call that takes longer is made once.
    """

    rounds: int
    seconds: float


THOROUGH = Effort(rounds=15, seconds=0.01)
QUICK = Effort(rounds=3, seconds=0.0005)
"""For a look: a second or two in all."""


@dataclass(frozen=True)
class Timing:
    """Microseconds a call: the median of the rounds and its quartiles."""

    median: float
    low: float
    high: float

    @property
    def shown(self) -> str:
        """The median alone."""
        return _figures(self.median)

    @property
    def with_quartiles(self) -> str:
        """The median and the quartiles."""
        return f"{self.shown} [{_figures(self.low)}, {_figures(self.high)}]"

    def over(self, floor: "Timing") -> float:
        """How many times as long as another."""
        return self.median / floor.median


@dataclass(frozen=True)
class Row:
    """The timings of an operation."""

    codec: str
    step: str
    ours: Timing
    floor: Timing
    mmpose: Timing | None

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{self.codec}, {self.step}"

    @property
    def ratio(self) -> float | None:
        """How many times as long MMPose takes."""
        return self.mmpose.over(self.ours) if self.mmpose else None


def measure(calls: Sequence[Call], effort: Effort = THOROUGH) -> list[Timing]:
    """Times calls turn about, so that a change of the machine's speed meets them all."""
    repeats = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        repeats.append(max(1, round(effort.seconds / max(time.perf_counter() - start, 1e-7))))
    microseconds: list[list[float]] = [[] for _ in calls]
    for _ in range(effort.rounds):
        for call, count, times in zip(calls, repeats, microseconds, strict=True):
            start = time.perf_counter()
            for _ in range(count):
                call()
            times.append((time.perf_counter() - start) / count * 1e6)
    quartiles = [quantiles(times, n=4, method="inclusive") for times in microseconds]
    return [
        Timing(median(times), low, high)
        for times, (low, _, high) in zip(microseconds, quartiles, strict=True)
    ]


def run(operation: Operation, effort: Effort = THOROUGH) -> Row:
    """Times an operation, its floor and MMPose's."""
    calls = [operation.ours, operation.floor]
    if operation.theirs:
        calls.append(operation.theirs)
    ours, floor, *theirs = measure(calls, effort)
    return Row(operation.codec, operation.step, ours, floor, theirs[0] if theirs else None)


def _figures(microseconds: float) -> str:
    """Three figures or more: what is steady."""
    digits = 2 if microseconds < 10 else 1 if microseconds < 100 else 0
    return f"{microseconds:.{digits}f}"
