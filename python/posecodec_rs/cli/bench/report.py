"""The results of `posecodec bench`: timings, and the machine that they are from."""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from posecodec_rs.cli.bench.machine import Machine
from posecodec_rs.cli.codecs.operation import Operation
from posecodec_rs.cli.console import Column, Progress, Sheet
from posecodec_rs.cli.text import number
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
        progress: Progress,
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

    @property
    def measured(self) -> bool:
        """Whether there are timings."""
        return bool(self.rows)

    def sheets(self) -> list[Sheet]:
        """The timings as one table: medians, and quartiles where there is room."""
        medians: dict[str, list[Timing | None]] = {
            "posecodec_rs\nµs": [row.ours for row in self.rows],
            "floor\nµs": [row.floor for row in self.rows],
            "MMPose\nµs": [row.mmpose for row in self.rows],
        }
        columns = [Column("Operation", [row.name for row in self.rows])]
        for heading, timings in medians.items():
            columns.append(Column(heading, [each.median_text if each else "-" for each in timings]))
            quartiles = [each.quartiles_text if each else "-" for each in timings]
            columns.append(Column("quartiles", quartiles, drop=1))
        columns.append(Column("ratio", [number(row.ratio, 1) for row in self.rows]))
        return [Sheet(f"Time per call\n{self.machine.about}", columns, self._notes())]

    def _notes(self) -> list[str]:
        mean = self.mean_ratio
        mmpose = (
            "MMPose is not installed." if mean is None else f"Their geometric mean is {mean:.1f}."
        )
        return [
            "Microseconds per call for one sample, on one thread: the median and the quartiles.",
            "Floor: filling new arrays like the targets with a constant, or finding the maximum of "
            f"the inputs, in NumPy. Ratio: MMPose's time over ours. {mmpose}",
        ]
