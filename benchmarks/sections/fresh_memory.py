"""Outputs that are kept, as a loader keeps its samples: encoded, filled by NumPy, and by MMPose.

python -m sections.fresh_memory
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import goals
import numpy as np
import posecodec_rs
from posecodec_rs.cli.codecs.operation import mmpose_codec
from posecodec_rs.cli.timing import LARGE, Call, Timing, measure

from sections.section import Section, target

ALIVE_BYTES = 240 << 20
"""Outputs that are alive at once, unless one alone is larger."""

ABOUT = """\
Microseconds per call, including allocation. Reused: outputs are dropped at once, so that the next
ones get the same memory. Kept: up to 64 outputs, of 240 MB in all, are alive, and are then dropped
together. `fill`: NumPy fills new arrays of the same shapes, kept too, with one thread."""


@dataclass(frozen=True)
class Encoding:
    """An encoder's call: one sample, or a batch of this size."""

    name: str
    codec: str
    arguments: dict[str, Any]
    keypoints: int = 17
    batch: int | None = None

    def points(self) -> list[np.ndarray]:
        """The arguments of the call."""
        people = (*(() if self.batch is None else (self.batch,)), 1, self.keypoints)
        size = np.array(self.arguments["input_size"])
        points = np.random.default_rng(0).random((*people, 2)) * size
        return [points.astype(np.float32), np.ones(people, np.float32)]


UDP = {"input_size": (192, 256), "heatmap_size": (48, 64)}
ENCODINGS = (
    Encoding("SimCCLabel", "SimCCLabel", {"input_size": (192, 256), "sigma": (4.9, 5.66)}),
    Encoding("UDPHeatmap", "UDPHeatmap", UDP),
    Encoding("UDPHeatmap combined", "UDPHeatmap", UDP | {"heatmap_type": "combined"}),
    Encoding(
        "UDPHeatmap 72×96, 133 keypoints",
        "UDPHeatmap",
        {"input_size": (288, 384), "heatmap_size": (72, 96), "sigma": 3.0},
        keypoints=133,
    ),
    Encoding(
        "UDPHeatmap 192×256, 308 keypoints (Sapiens)",
        "UDPHeatmap",
        {"input_size": (768, 1024), "heatmap_size": (192, 256), "sigma": 6.0},
        keypoints=308,
    ),
    Encoding("UDPHeatmap, batch of 64", "UDPHeatmap", UDP, batch=64),
    Encoding("UDPHeatmap, batch of 330 (69 MB)", "UDPHeatmap", UDP, batch=330),
    Encoding("UDPHeatmap, batch of 660 (138 MB)", "UDPHeatmap", UDP, batch=660),
    Encoding("UDPHeatmap, batch of 2400 (501 MB)", "UDPHeatmap", UDP, batch=2400),
    Encoding(
        "SimCCLabel, batch of 256",
        "SimCCLabel",
        {"input_size": (192, 256), "sigma": (4.9, 5.66)},
        batch=256,
    ),
)


def fresh_memory() -> Section:
    """Measure."""
    threads = posecodec_rs.get_num_threads()
    columns = ["operation", "reused", "kept", f"kept, {threads} threads", "`fill`", "MMPose"]
    columns += ["kept over `fill`", "target", "MMPose over kept", "target"]
    columns += [f"{threads} threads over 1", "target"]
    section = Section("Outputs that are kept", ABOUT, columns).begin()
    for encoding in ENCODINGS:
        section.add(*_row(encoding, threads))
    return section


def _row(encoding: Encoding, threads: int) -> tuple[list[str], dict[str, Any]]:
    inputs, is_batch = encoding.points(), encoding.batch is not None
    codec = getattr(posecodec_rs, encoding.codec)(**encoding.arguments)
    encode = codec.batch_encode if is_batch else codec.encode
    outputs = [array for array in encode(*inputs).values() if isinstance(array, np.ndarray)]
    shapes = [(array.shape, array.dtype) for array in outputs]
    alive = max(1, min(64, ALIVE_BYTES // sum(array.nbytes for array in outputs)))
    del outputs
    ours: Call = lambda: encode(*inputs)  # noqa: E731
    calls = {"reused": (1, ours), "kept": (alive, ours), "fill": (alive, lambda: _filled(shapes))}
    if is_batch:
        calls["threads"] = (alive, ours)
    elif theirs := mmpose_codec(encoding.codec, **encoding.arguments):
        calls["mmpose"] = (alive, lambda: theirs.encode(*inputs))
    timed = [
        _with_threads(threads if name == "threads" else 1, _kept(count, call))
        for name, (count, call) in calls.items()
    ]
    measured = zip(calls.items(), measure(timed, LARGE), strict=True)
    timings = {name: _per_call(timing, count) for (name, (count, _)), timing in measured}
    kept = timings["kept"]
    over_fill = kept.over(timings["fill"])
    faster = timings["mmpose"].over(kept) if "mmpose" in timings else None
    shared = timings["threads"].over(kept) if "threads" in timings else None
    cells = [
        timings[name].with_quartiles if name in timings else ""
        for name in ("reused", "kept", "threads", "fill", "mmpose")
    ]
    row = [
        encoding.name,
        *cells,
        f"{over_fill:.2f}",
        target("≤", goals.KEPT_OVER_FILL, over_fill),
        "" if faster is None else f"{faster:.1f}",
        target("≥", goals.KEPT_FASTER_THAN_MMPOSE, faster),
        "" if shared is None else f"{shared:.2f}",
        target("≤", goals.TWO_THREADS_ENCODE if threads == 2 else None, shared),
    ]
    timings_as_json = {name: asdict(timing) for name, timing in timings.items()}
    return row, {"operation": encoding.name, "threads": threads, **timings_as_json}


def _filled(shapes: list[tuple[tuple[int, ...], np.dtype]]) -> list[np.ndarray]:
    arrays = [np.empty(shape, dtype) for shape, dtype in shapes]
    for array in arrays:
        array.fill(0)
    return arrays


def _kept(count: int, call: Call) -> Callable[[], list[Any]]:
    return lambda: [call() for _ in range(count)]


def _with_threads(count: int, call: Call) -> Call:
    def run() -> Any:
        posecodec_rs.set_num_threads(count)
        result = call()
        posecodec_rs.set_num_threads(0)
        return result

    return run


def _per_call(timing: Timing, count: int) -> Timing:
    return Timing(timing.median / count, timing.low / count, timing.high / count)


if __name__ == "__main__":
    fresh_memory()
