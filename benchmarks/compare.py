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
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from types import ModuleType
from typing import Any

import numpy as np
import posecodec_rs

try:
    import cv2
    import mmpose.codecs as mmpose_codecs
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
except ImportError:
    mmpose_codecs = None

ROUNDS = 15
ROUND_SECONDS = 0.01

Call = Callable[[], Any]


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


@dataclass
class Subject:
    """A codec and how it is used."""

    name: str
    codec: str
    kwargs: dict[str, Any]
    keypoints: int = 17

    def build(self, package: ModuleType) -> Any:
        return getattr(package, self.codec)(**self.kwargs)


SMALL = {"input_size": (192, 256), "heatmap_size": (48, 64)}
LARGE = {"input_size": (288, 384), "heatmap_size": (72, 96), "sigma": 3.0, "blur_kernel_size": 17}

SUBJECTS = [
    Subject("RegressionLabel", "RegressionLabel", {"input_size": (192, 256)}),
    Subject("IntegralRegressionLabel", "IntegralRegressionLabel", {**SMALL, "sigma": 2.0}),
    Subject("MSRAHeatmap", "MSRAHeatmap", {**SMALL, "sigma": 2.0}),
    Subject("MSRAHeatmap unbiased, DARK", "MSRAHeatmap", {**SMALL, "sigma": 2.0, "unbiased": True}),
    Subject("UDPHeatmap", "UDPHeatmap", SMALL),
    Subject("UDPHeatmap 72×96, sigma 3", "UDPHeatmap", LARGE),
    Subject("UDPHeatmap 72×96, 133 keypoints", "UDPHeatmap", LARGE, keypoints=133),
    Subject("UDPHeatmap combined", "UDPHeatmap", {**SMALL, "heatmap_type": "combined"}),
    Subject("MegviiHeatmap", "MegviiHeatmap", {**SMALL, "kernel_size": 11}),
    Subject("SimCCLabel", "SimCCLabel", {"input_size": (192, 256)}),
    Subject("SimCCLabel DARK", "SimCCLabel", {"input_size": (192, 256), "use_dark": True}),
    Subject(
        "SimCCLabel visibility",
        "SimCCLabel",
        {"input_size": (192, 256), "decode_visibility": True},
    ),
]


def responses(targets: dict[str, np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """What a network might answer: the targets with noise of 2 % of their largest value."""
    maps = [value for name, value in targets.items() if name != "keypoint_weights"]
    if "keypoint_labels" in targets:
        maps = maps[:1]  # regressed coordinates alone are decoded
    noise = [rng.normal(0, 0.02 * array.max(), array.shape) for array in maps]
    return [(a + n).astype(np.float32) for a, n in zip(maps, noise, strict=True)]


def operations(subject: Subject) -> Iterator[tuple[str, Call, Call, Call | None]]:
    """Name, our call, the floor's and MMPose's, for encode and decode."""
    rng = np.random.default_rng(0)
    ours = subject.build(posecodec_rs)
    theirs = None if mmpose_codecs is None else subject.build(mmpose_codecs)
    size = np.array(subject.kwargs["input_size"])
    keypoints = (rng.random((1, subject.keypoints, 2)) * size).astype(np.float32)
    visible = np.ones((1, subject.keypoints), np.float32)
    targets = ours.encode(keypoints, visible)
    maps = responses(targets, rng)
    in_place = getattr(ours, "use_dark", False)  # MMPose's SimCC DARK writes into its input

    yield (
        f"{subject.name}, encode",
        lambda: ours.encode(keypoints, visible),
        lambda: [array.fill(1) for array in map(np.empty_like, targets.values())],
        theirs and (lambda: theirs.encode(keypoints, visible)),
    )
    yield (
        f"{subject.name}, decode",
        lambda: ours.decode(*maps),
        lambda: [array.max() for array in maps],
        theirs and (lambda: theirs.decode(*([a.copy() for a in maps] if in_place else maps))),
    )


LIFTING = [
    Subject("ImagePoseLifting", "ImagePoseLifting", {"num_keypoints": 17}),
    Subject("VideoPoseLifting, 243 frames", "VideoPoseLifting", {"num_keypoints": 17}),
    Subject("MotionBERTLabel, 243 frames", "MotionBERTLabel", {"num_keypoints": 17}),
]


def lifting_operations(subject: Subject) -> Iterator[tuple[str, Call, Call, Call | None]]:
    """The same for codecs that lift poses: Human3.6M's camera, people five metres before it."""
    rng = np.random.default_rng(0)
    ours = subject.build(posecodec_rs)
    theirs = None if mmpose_codecs is None else subject.build(mmpose_codecs)
    frames = 1 if subject.codec == "ImagePoseLifting" else 243
    shape = (frames, subject.keypoints)
    target = rng.normal([0, 0, 5], 0.5, (*shape, 3)).astype(np.float32)
    keypoints = rng.uniform(100, 900, (*shape, 2)).astype(np.float32)
    arguments: list[Any] = [keypoints, np.ones(shape, np.float32), target, np.ones(shape)]
    if frames > 1:
        f, c = np.array([[1145.0], [1143.8]]), np.array([[512.5], [515.5]])
        arguments.append({"w": 1000, "h": 1002, "f": f, "c": c})
    targets = ours.encode(*arguments)
    answers: list[Any] = [targets["lifting_target_label"]]
    if subject.codec == "MotionBERTLabel":
        answers += [np.full(frames, 1000.0), np.full(frames, 1002.0), targets["factor"]]
    else:
        answers.append(targets["target_root"][:1])

    yield (
        f"{subject.name}, encode",
        lambda: ours.encode(*arguments),
        lambda: [array.fill(1) for array in map(np.empty_like, targets.values())],
        theirs and (lambda: theirs.encode(*arguments)),
    )
    yield (
        f"{subject.name}, decode",
        lambda: ours.decode(*answers),
        lambda: answers[0].max(),
        theirs and (lambda: theirs.decode(*answers)),
    )


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
    for subject in SUBJECTS + LIFTING:
        of_subject = lifting_operations if subject in LIFTING else operations
        for name, ours, floor, theirs in of_subject(subject):
            timings = measure([ours, floor, *([theirs] if theirs else [])])
            row = Row(name, timings[0], timings[1], timings[2] if theirs else None)
            rows.append(row)
            ratio = f"{row.mmpose.median / row.ours.median:.1f}" if row.mmpose else ""
            print(f"| {name} | {row.ours} | {row.floor} | {row.mmpose or ''} | {ratio} |")
    ratios = [row.mmpose.median / row.ours.median for row in rows if row.mmpose]
    if ratios:
        print(f"\nGeometric mean of the ratios: {np.exp(np.log(ratios).mean()):.1f}")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
