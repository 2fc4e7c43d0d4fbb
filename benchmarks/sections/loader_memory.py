"""Peak memory of torch's data loader with 8 workers that encode, on Linux.

python -m sections.loader_memory

Needs torch and MMPose. Each loader runs in a process of its own. The memory is the proportional set
size of the process and its workers, with shared pages counted once, 50 times a second.
"""

import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
from posecodec_rs.cli.codecs.operation import mmpose_codec

from sections.processes import in_a_process
from sections.section import Section

WORKERS, PREFETCH = 8, 2
"""Of the loader; torch's default for the second."""
WAYS = ("MMPose's codec", "posecodec_rs", "posecodec_rs, limit 0", "nothing is encoded")
CODECS: dict[str, tuple[dict[str, Any], int, int]] = {
    "17×64×48, batches of 64": ({"input_size": (192, 256), "heatmap_size": (48, 64)}, 17, 64),
    "133×96×72, batches of 16": ({"input_size": (288, 384), "heatmap_size": (72, 96)}, 133, 16),
    "308×256×192, batches of 2": ({"input_size": (768, 1024), "heatmap_size": (192, 256)}, 308, 2),
}
"""Options of `UDPHeatmap`, keypoints and samples per batch."""
BATCHES = 48

ABOUT = f"""\
Peak memory in MB of all processes of torch's `DataLoader` with {WORKERS} workers, `prefetch_factor`
{PREFETCH}, over {BATCHES} batches of `UDPHeatmap`'s targets, less that of the process before. The
last column is what the batches hold that the loader prefetches."""


def loader_memory() -> Section:
    """Measure."""
    section = Section("A loader's memory", ABOUT, ["maps", *WAYS, "prefetched"]).begin()
    for name, (_, keypoints, batch) in CODECS.items():
        width, height = CODECS[name][0]["heatmap_size"]
        held = WORKERS * PREFETCH * batch * keypoints * width * height * 4
        peaks = [in_a_process("loader_memory", name, way) for way in WAYS]
        cells = [f"{count / 1e6:.0f}" for count in (*peaks, held)]
        section.add([name, *cells], {"maps": name, **dict(zip(WAYS, peaks, strict=True))})
    return section


class Targets:
    """A data set of one person's targets."""

    def __init__(self, codec: Any, keypoints: int, count: int) -> None:
        rng = np.random.default_rng(0)
        points = rng.uniform(0.1, 0.9, (64, 1, keypoints, 2)) * (192, 256)
        self.points, self.codec, self.count = points.astype(np.float32), codec, count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> dict[str, Any]:
        points = self.points[number % len(self.points)]
        return dict(self.codec.encode(points)) if self.codec else {"keypoints": points}


def peak(name: str, way: str) -> int:
    """The peak over all batches, in bytes, less what the process needs without workers."""
    import posecodec_rs
    from torch.utils.data import DataLoader

    options, keypoints, batch = CODECS[name]
    options = options | {"sigma": 2.0}
    codec: Any = None
    if way.startswith("posecodec_rs"):
        codec = posecodec_rs.UDPHeatmap(**options)
    elif way.startswith("MMPose"):
        codec = mmpose_codec("UDPHeatmap", **options)
    if "limit" in way:
        posecodec_rs.set_cache_limit(0)
    data: Any = Targets(codec, keypoints, BATCHES * batch)
    before, largest, done = _proportional_bytes(), 0, threading.Event()

    def watch() -> None:
        nonlocal largest
        while not done.wait(0.02):
            largest = max(largest, _proportional_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in DataLoader(data, batch, num_workers=WORKERS, prefetch_factor=PREFETCH):
        pass
    done.set()
    watcher.join()
    return largest - before


def _proportional_bytes() -> int:
    """Of this process and its children."""
    children = Path("/proc/self/task").glob("*/children")
    processes = ["self", *(pid for path in children for pid in path.read_text().split())]
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:  # a worker that has ended
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(peak(*sys.argv[1:]))
    else:
        loader_memory()
