"""Every codec's operations, ours and MMPose's turn about in one process, one thread each.

`python benchmarks/compare.py [--json FILE]` prints a Markdown table: medians in microseconds a
call, the range of the middle half of the runs in brackets, and the ratio. Beside each stands the
floor: filling the outputs with a constant (encode) or taking the maximum of the inputs (decode) in
NumPy. Where MMPose (1.3.2) is not installed, its columns stay empty.
"""

import argparse
import json
import platform
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles

import numpy as np
import posecodec_rs
from operations import Call, operations

ROUNDS = 15
ROUND_SECONDS = 0.01


@dataclass
class Timing:
    """Microseconds a call: the median of the rounds and its quartiles."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass
class Row:
    """One operation, as it is printed."""

    operation: str
    ours: Timing
    floor: Timing
    mmpose: Timing | None


def measure(calls: list[Call]) -> list[Timing]:
    """Times calls turn about, so that a change of the machine's speed meets them all."""
    repeats = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        repeats.append(max(1, round(ROUND_SECONDS / max(time.perf_counter() - start, 1e-7))))
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, count, times in zip(calls, repeats, seconds, strict=True):
            start = time.perf_counter()
            for _ in range(count):
                call()
            times.append((time.perf_counter() - start) / count * 1e6)
    low_high = [quantiles(times, n=4) for times in seconds]
    return [Timing(median(t), q[0], q[2]) for t, q in zip(seconds, low_high, strict=True)]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # MMPose's, of deprecated NumPy calls
    posecodec_rs.set_num_threads(1)

    _, tier = posecodec_rs.simd_tiers()
    print(f"{platform.processor() or platform.machine()}, {tier}; NumPy {np.__version__}\n")
    print("| operation | posecodec_rs, µs | floor, µs | MMPose, µs | ratio |")
    print("|---|---|---|---|---|")
    rows = []
    for each in operations():
        calls = [each.ours, each.floor, *([each.theirs] if each.theirs else [])]
        timings = measure(calls)
        row = Row(each.name, timings[0], timings[1], timings[2] if each.theirs else None)
        rows.append(row)
        ratio = f"{row.mmpose.median / row.ours.median:.1f}" if row.mmpose else ""
        print(f"| {each.name} | {row.ours} | {row.floor} | {row.mmpose or ''} | {ratio} |")
    ratios = [row.mmpose.median / row.ours.median for row in rows if row.mmpose]
    if ratios:
        print(f"\nGeometric mean of the ratios: {np.exp(np.log(ratios).mean()):.1f}")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
