"""Batches of 64 with one thread and with all: ours, a loop of MMPose's, and the lower bound."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import goals
import posecodec_rs
from posecodec_rs.cli.codecs.operation import fill, maxima, refill
from posecodec_rs.cli.timing import Call, Timing, measure

from sections.samples import BENCHMARKS, Sample, decode_theirs, make_sample
from sections.section import Section, target

BATCH = 64
CODECS = (
    "MSRAHeatmap",
    "MSRAHeatmap unbiased, DARK",
    "UDPHeatmap",
    "UDPHeatmap combined",
    "MegviiHeatmap",
    "SimCCLabel",
    "SimCCLabel DARK",
)


@dataclass
class Batch:
    """Calls for a batch: ours, the lower bound's, MMPose's in a loop."""

    name: str
    ours: Call
    floor: Call
    theirs: Call | None
    over_floor: float | None = None
    with_threads: float | None = None


def batches() -> Section:
    """Measure."""
    threads = posecodec_rs.get_num_threads()
    about = f"""\
Microseconds per call for {BATCH} samples: ours with one thread and with all {threads}, MMPose's in
a loop, because it has no batches, and the floor with one thread: filling, or the maximum."""
    columns = ["operation", "1 thread", f"{threads} threads", "MMPose", "floor"]
    columns += ["MMPose over 1 thread", "1 thread over floor", "target"]
    columns += [f"{threads} threads over 1", "target"]
    section = Section(f"Batches of {BATCH}", about, columns).begin()
    for batch in _batches():
        calls = [_with_threads(1, batch.ours), _with_threads(0, batch.ours), batch.floor]
        single, several, floor, *theirs = measure(calls + ([batch.theirs] if batch.theirs else []))
        mmpose: Timing | None = theirs[0] if theirs else None
        ratio, shared = single.over(floor), several.over(single)
        section.add(
            [
                batch.name,
                single.with_quartiles,
                several.with_quartiles,
                mmpose.with_quartiles if mmpose else "",
                floor.with_quartiles,
                f"{mmpose.over(single):.1f}" if mmpose else "",
                f"{ratio:.2f}",
                target("≤", batch.over_floor, ratio),
                f"{shared:.2f}",
                target("≤", batch.with_threads if threads == 2 else None, shared),
            ],
            {
                "operation": batch.name,
                "threads": threads,
                "one_thread": asdict(single),
                "all_threads": asdict(several),
                "floor": asdict(floor),
                "mmpose": asdict(mmpose) if mmpose else None,
            },
        )
    posecodec_rs.set_num_threads(0)
    return section


def _with_threads(threads: int, call: Call) -> Call:
    def run() -> Any:
        posecodec_rs.set_num_threads(threads)
        return call()

    return run


def _batches() -> Iterator[Batch]:
    for name in CODECS:
        benchmark = BENCHMARKS[name]
        ours, theirs, sample = benchmark.ours(), benchmark.theirs(), make_sample(benchmark, BATCH)
        people, targets = (sample.keypoints, sample.visible), sample.targets
        loop = theirs and _loop(theirs.encode, sample)
        yield Batch(
            f"{name}, encode",
            lambda: ours.batch_encode(*people),  # noqa: B023 - called in this iteration
            fill(targets.values()),
            loop,
        )
        yield Batch(
            f"{name}, encode(out=)",
            lambda: ours.batch_encode(*people, out=targets),  # noqa: B023
            refill(targets.values()),
            loop,
            goals.BATCH_ENCODE_INTO.get(name),
        )
        yield Batch(
            f"{name}, decode",
            lambda: ours.batch_decode(*sample.maps),  # noqa: B023
            maxima(sample.maps),
            theirs
            and (
                lambda: [
                    decode_theirs(benchmark, theirs, list(maps))  # noqa: B023
                    for maps in zip(*sample.maps, strict=True)  # noqa: B023
                ]
            ),
            goals.BATCH_DECODE.get(name),
            goals.TWO_THREADS,
        )


def _loop(encode: Callable[..., Any], sample: Sample) -> Call:
    pairs = list(zip(sample.keypoints, sample.visible, strict=True))
    return lambda: [encode(points, visible) for points, visible in pairs]
