"""What was measured, on which machine."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from posecodec_rs.cli.bench.machine import Machine
from posecodec_rs.cli.bench.measure import THOROUGH, Effort, Row, run
from posecodec_rs.cli.bench.operation import Operation


@dataclass(frozen=True)
class Report:
    """Timings of operations, and where they were taken."""

    machine: Machine
    rows: Sequence[Row]

    @classmethod
    def of(
        cls,
        operations: Sequence[Operation],
        counted: Callable[[str, Iterable[Operation]], Iterator[Operation]],
        effort: Effort = THOROUGH,
    ) -> "Report":
        """Measures.

        Args:
            operations: What.
            counted: Counts operations under a name while they are taken.
            effort: For how long.
        """
        rows = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # MMPose's, of what NumPy gave up
            for operation in operations:
                rows += [run(each, effort) for each in counted(operation.name, [operation])]
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
