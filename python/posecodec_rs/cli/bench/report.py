"""The results of `posecodec bench`: timings, and the machine that they are from."""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rich.table import Table

from posecodec_rs.cli import console
from posecodec_rs.cli.bench.machine import Machine
from posecodec_rs.cli.codecs.operation import Operation
from posecodec_rs.cli.timing import THOROUGH, Timing, TimingBudget, measure


@dataclass(frozen=True)
class Row:
    """The timings of an operation."""

    codec: str
    step: str
    ours: Timing
    floor: Timing
    mmpose: Timing | None

    @classmethod
    def of(cls, operation: Operation, budget: TimingBudget = THOROUGH) -> "Row":
        """Time an operation, its lower bound and MMPose's."""
        calls = [operation.ours, operation.floor]
        if operation.theirs:
            calls.append(operation.theirs)
        ours, floor, *theirs = measure(calls, budget)
        return cls(operation.codec, operation.step, ours, floor, theirs[0] if theirs else None)

    @property
    def name(self) -> str:
        """The codec and the step."""
        return f"{self.codec}, {self.step}"

    @property
    def ratio(self) -> float | None:
        """MMPose's time over this package's."""
        return self.mmpose.over(self.ours) if self.mmpose else None


@dataclass(frozen=True)
class Report:
    """Timings of operations, and their machine."""

    machine: Machine
    rows: Sequence[Row]

    @classmethod
    def of(
        cls,
        operations: Sequence[Operation],
        progress: console.Progress,
        budget: TimingBudget = THOROUGH,
    ) -> "Report":
        """Time operations.

        Args:
            operations: The operations.
            progress: Counts operations under a name while they are iterated over.
            budget: How long each is timed.
        """
        rows = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # MMPose uses deprecated parts of NumPy
            for operation in operations:
                rows += [Row.of(each, budget) for each in progress(operation.name, [operation])]
        return cls(Machine.here(), rows)

    @property
    def mean_ratio(self) -> float | None:
        """The geometric mean of the ratios; None where MMPose is not installed."""
        ratios = [row.ratio for row in self.rows if row.ratio is not None]
        return float(np.exp(np.log(ratios).mean())) if ratios else None

    def as_json(self) -> dict[str, Any]:
        """For programs: times in microseconds."""
        rows = [{**asdict(row), "ratio": row.ratio} for row in self.rows]
        return {"machine": asdict(self.machine), "operations": rows, "mean_ratio": self.mean_ratio}

    def table(self, width: int) -> Table:
        """The timings as a table for this number of terminal columns."""
        wide = width >= console.WIDE
        made = console.table(f"Time per call\n{self.machine.about}", self._caption())
        made.add_column("Operation", overflow="fold")
        console.add_numbers(made, "posecodec_rs\nµs", "floor\nµs", "MMPose\nµs", "ratio")
        for row in self.rows:
            times = [
                "-" if timing is None else timing.with_quartiles if wide else timing.median_text
                for timing in (row.ours, row.floor, row.mmpose)
            ]
            made.add_row(row.name, *times, console.number(row.ratio, 1))
        return made

    def _caption(self) -> str:
        mean = self.mean_ratio
        mmpose = (
            "MMPose is not installed." if mean is None else f"Their geometric mean is {mean:.1f}."
        )
        return (
            "Microseconds per call for one sample, on one thread: the median and, in brackets, the "
            "quartiles. Floor: filling new arrays like the targets with a constant, or finding the "
            f"maximum of the inputs, in NumPy. Ratio: MMPose's time over ours. {mmpose}"
        )
