"""The first calls of a process: after its start, and after a fork.

`python -m sections.first_calls ours|theirs NAME` is such a process; it prints microseconds.
"""

import json
import os
import sys
import time
from statistics import median

import numpy as np
from posecodec_rs.cli.codecs.operation import mmpose_codecs

from sections.processes import in_a_process
from sections.samples import BENCHMARKS, NUM_KEYPOINTS
from sections.section import Section

CODECS = ("UDPHeatmap", "UDPHeatmap 72×96, 133 keypoints", "SimCCLabel")
PROCESSES = 5

ABOUT = f"""\
Microseconds of a call of `encode`: the first one of a new process, the first and the second one of
a forked worker whose parent has encoded. Medians of {PROCESSES} processes."""


def first_calls() -> Section | None:
    """Measure; None where the system has no fork."""
    if not hasattr(os, "fork"):
        return None
    columns = ["operation", "library", "first of a process", "first of a fork", "second of a fork"]
    section = Section("First calls", ABOUT, columns).begin()
    packages = ("ours", "theirs") if mmpose_codecs() else ("ours",)
    for name in CODECS:
        for package in packages:
            runs = [in_a_process("first_calls", package, name) for _ in range(PROCESSES)]
            medians = [median(column) for column in zip(*runs, strict=True)]
            library = "posecodec_rs" if package == "ours" else "MMPose"
            cells = [f"{value:.0f}" for value in medians]
            data = dict(zip(("start", "fork", "fork_again"), medians, strict=True))
            section.add(
                [f"{name}, encode", library, *cells],
                {"operation": name, "library": library, **data},
            )
    return section


def times(package: str, name: str) -> list[float]:
    """Microseconds of the first call here, and of two calls in a fork."""
    benchmark = BENCHMARKS[name]
    codec = benchmark.ours() if package == "ours" else benchmark.theirs()
    size = np.array(benchmark.arguments["input_size"])
    people = (1, NUM_KEYPOINTS[name])
    points = (np.random.default_rng(0).random((*people, 2)) * size).astype(np.float32)
    visible = np.ones(people, np.float32)

    def timed() -> float:
        start = time.perf_counter()
        codec.encode(points, visible)
        return (time.perf_counter() - start) * 1e6

    first = timed()
    for _ in range(20):
        timed()
    ended, ends = os.pipe()
    if os.fork() == 0:
        os.write(ends, json.dumps([timed(), timed()]).encode())
        os._exit(0)
    os.close(ends)
    os.wait()
    return [first, *json.loads(os.read(ended, 1000))]


if __name__ == "__main__":
    print(json.dumps(times(*sys.argv[1:])))
