"""How calls are timed: alternating, in rounds."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, TypeAlias

Call: TypeAlias = Callable[[], Any]


@dataclass(frozen=True)
class TimingBudget:
    """How long calls are timed."""

    rounds: int  # how often each call is timed; at least 2
    seconds: float  # how long it is repeated per round; a call that takes longer runs once


THOROUGH = TimingBudget(rounds=9, seconds=0.01)
LARGE = TimingBudget(rounds=7, seconds=0.01)
"""For calls that take milliseconds."""
QUICK = TimingBudget(rounds=3, seconds=0.0005)
"""For a first look: one or two seconds for all operations."""


@dataclass(frozen=True)
class Timing:
    """Microseconds per call: the median of the rounds and its quartiles."""

    median: float
    low: float
    high: float

    @property
    def median_text(self) -> str:
        """The median alone."""
        return _three_digits(self.median)

    @property
    def quartiles_text(self) -> str:
        """Both quartiles."""
        return f"[{_three_digits(self.low)}, {_three_digits(self.high)}]"

    @property
    def with_quartiles(self) -> str:
        """The median and the quartiles."""
        return f"{self.median_text} {self.quartiles_text}"

    def over(self, other: "Timing") -> float:
        """The ratio of the medians, this one over another."""
        return self.median / other.median


def measure(calls: Sequence[Call], budget: TimingBudget = THOROUGH) -> list[Timing]:
    """Time calls alternately, so that a change of the machine's speed affects all of them."""
    repeats = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        repeats.append(max(1, round(budget.seconds / max(time.perf_counter() - start, 1e-7))))
    microseconds: list[list[float]] = [[] for _ in calls]
    for _ in range(budget.rounds):
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


def _three_digits(microseconds: float) -> str:
    """Three significant digits or more: repeated measurements agree to about that."""
    digits = 2 if microseconds < 10 else 1 if microseconds < 100 else 0
    return f"{microseconds:.{digits}f}"
