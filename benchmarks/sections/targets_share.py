"""The share of targets in the time of a whole step, with a project's own code and with ours."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from sections.section import Section

COLUMNS = ["", "everything else", "targets, theirs", "ours", "share, theirs", "ours", "step"]


class StepTimes:
    """Milliseconds of a step's parts, round by round."""

    def __init__(self) -> None:
        self.rest: list[float] = []
        self.targets: dict[str, list[float]] = {"theirs": [], "ours": []}

    def add_row(self, section: Section, name: str) -> None:
        """Add the medians, the shares of the targets, and how many times faster the step is."""
        rest = median(self.rest)
        theirs, ours = (median(each) for each in self.targets.values())
        section.add(
            [
                name,
                *(f"{each:.2f} ms" for each in (rest, theirs, ours)),
                *(f"{each / (rest + each):.1%}" for each in (theirs, ours)),
                f"{(rest + theirs) / (rest + ours):.2f}×",
            ],
            {"step": name, "rest": self.rest, **self.targets},
        )


def timed(
    work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter
) -> tuple[float, Any]:
    """The milliseconds of a call, and its result."""
    start = clock()
    result = work()
    return 1e3 * (clock() - start), result
