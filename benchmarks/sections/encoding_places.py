"""Where targets are encoded: in the workers of a loader, in shared buffers, or after the loader."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import FUNCTIONS
from mmpose.registry import KEYPOINT_CODECS
from posecodec_rs import build, set_num_threads
from posecodec_rs.mmpose import encode_data_samples, install, uninstall
from posecodec_rs.torch import SharedMemoryCollate, TargetEncoder
from torch.utils.data import DataLoader, Dataset

from sections.section import Section

Cfg = dict[str, Any]

ROUNDS = 3
"""Epochs per way, which alternate."""
WORKERS = (0, os.cpu_count() or 1)
COLUMNS = [f"{workers} workers{what}" for workers in WORKERS for what in ("", ": CPU per sample")]


UDP: Cfg = {"type": "UDPHeatmap", "input_size": (192, 256), "heatmap_size": (48, 64), "sigma": 2.0}
SPR: Cfg = {"type": "SPR", "input_size": (512, 512), "heatmap_size": (128, 128), "sigma": (4, 2)}
SPR |= {"generate_keypoint_heatmaps": True}


class People(Dataset):
    """Keypoints of crops or of images, with their targets or without."""

    def __init__(self, cfg: Cfg, count: int, encoded_by: str = "") -> None:
        rng = np.random.default_rng(0)
        people = 3 if cfg["type"] == "SPR" else 1
        shape = (256, people, 17, 2)
        points = rng.uniform(0.1, 0.9, shape) * cfg["input_size"]
        self.points, self.visible = points.astype(np.float32), np.ones(shape[:-1], np.float32)
        self.count, self.codec = count, None
        if encoded_by:
            self.codec = build(cfg) if encoded_by == "ours" else KEYPOINT_CODECS.build(cfg)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Any:
        row = number % len(self.points)
        if self.codec is not None:
            return dict(self.codec.encode(self.points[row], self.visible[row]))
        return {"keypoints": self.points[row], "keypoints_visible": self.visible[row]}


def one_thread(_: int) -> None:
    set_num_threads(1)


def in_pytorch() -> Section:
    """Samples per second of torch's loader, of keypoints alone."""
    about = f"""\
Keypoints from memory, torch's `DataLoader`: samples per second, and CPU time of all processes per
sample, medians of {ROUNDS} rounds. The process that reads the batches copies every target once, as
for a GPU. "In the sample" is `encode` in `__getitem__`."""
    columns = ["", *COLUMNS]
    section = Section("Where targets are encoded, PyTorch", about, columns).begin()
    for name, cfg, batch, count in (
        ("`UDPHeatmap`, 17×64×48, batches of 64", UDP, 64, 1920),
        ("`SPR`, 17×128×128 and displacements, batches of 16", SPR, 16, 160),
    ):
        encoder = TargetEncoder(cfg)

        def after(data: Any, encoder: TargetEncoder = encoder) -> Any:
            return encoder(data["keypoints"], data["keypoints_visible"])

        bare = People(cfg, count)
        buffers = 2 * max(WORKERS) + 2
        collate = SharedMemoryCollate(cfg, bare[0], batch, buffers)
        ways: dict[str, tuple[Any, Any, Callable[[Any], Any]]] = {
            "in the sample, MMPose's codec": (People(cfg, count, "mmpose"), None, same),
            "in the sample": (People(cfg, count, "ours"), None, same),
            "in the worker, `SharedMemoryCollate`": (bare, collate, same),
            "after the loader, `TargetEncoder`": (bare, None, after),
            "nothing is encoded": (bare, None, same),
        }

        def measure(way: str, workers: int, ways: Any = ways, batch: int = batch) -> Any:
            data, collate_fn, finish = ways[way]
            loader = DataLoader(
                data,
                batch,
                num_workers=workers,
                collate_fn=collate_fn,
                worker_init_fn=one_thread,
                drop_last=True,
            )
            return measured(loader, finish, batch)

        add_rows(section, name, list(ways), measure)
    return section


def in_mmpose(people: list[Cfg], augmented: Callable[..., Any], batch: int) -> Section:
    """Samples per second of MMPose's loader.

    Args:
        people: Annotations of people in JPEG files.
        augmented: Makes a data set of these and of the last steps of a pipeline.
        batch: Samples per batch.
    """
    about = f"""\
MMPose's pipeline for `UDPHeatmap`, 17×64×48, batches of {batch}: samples per second, and CPU time
of all processes per sample, medians of {ROUNDS} rounds. The images are crops in memory, or JPEGs of
640×480 that are augmented and warped. The process that reads the batches stacks the targets as a
head does."""
    columns = ["", *COLUMNS]
    section = Section("Where targets are encoded, MMPose", about, columns).begin()
    generate = {"type": "GenerateTarget", "encoder": UDP}
    pack = {"type": "PackPoseInputs"}
    ways: dict[str, tuple[list[Cfg], str]] = {
        "in the sample, MMPose's codec": ([generate, pack], "pseudo_collate"),
        "in the sample": ([generate, pack], "pseudo_collate"),
        "after the loader": ([generate | {"defer": True}, pack], "pseudo_collate"),
        "after the loader, `stack_images`": ([generate | {"defer": True}, pack], "stack_images"),
        "nothing is encoded": ([pack], "pseudo_collate"),
    }
    crops = crops_in_memory(people[:64])
    for name, annotations, make in (("crops", crops, Crops), ("JPEGs", people, augmented)):

        def measure(
            way: str, workers: int, annotations: Any = annotations, make: Any = make
        ) -> Any:
            steps, collate = ways[way]
            if "MMPose" not in way:
                install(defer=True)
            try:
                function = FUNCTIONS.get(collate) or pseudo_collate
                loader = DataLoader(
                    make(annotations, steps),
                    batch,
                    num_workers=workers,
                    collate_fn=function,
                    worker_init_fn=one_thread,
                    drop_last=True,
                )
                return measured(loader, stacked_targets, batch)
            finally:
                uninstall()

        add_rows(section, name, list(ways), measure)
    return section


class Crops(Dataset):
    """Images in memory through the end of a pipeline."""

    def __init__(self, samples: list[Cfg], steps: list[Cfg]) -> None:
        self.samples, self.pipeline = samples, Compose(steps)

    def __len__(self) -> int:
        return 640

    def __getitem__(self, number: int) -> Any:
        sample = dict(self.samples[number % len(self.samples)])
        return self.pipeline(sample | {"img": sample["img"].copy()})


def crops_in_memory(samples: Iterable[Cfg]) -> list[Cfg]:
    """Samples of MMPose with random images of the codec's size."""
    rng = np.random.default_rng(0)
    size = (256, 192, 3)
    found = []
    for number, sample in enumerate(samples):
        points = (rng.uniform(0.1, 0.9, (1, 17, 2)) * (192, 256)).astype(np.float32)
        image = rng.integers(0, 255, size, np.uint8)
        found.append(dict(sample) | {"img": image, "keypoints": points, "id": number})
    return found


def same(batch: Any) -> Any:
    return batch


def stacked_targets(batch: Any) -> Cfg:
    """The targets of a batch, encoded if they are not, as MMPose's heads stack them."""
    samples = batch["data_samples"]
    encode_data_samples(samples)
    if "gt_fields" not in samples[0]:
        return {}
    return {
        "heatmaps": torch.stack([sample.gt_fields.heatmaps for sample in samples]),
        "weights": torch.cat([sample.gt_instance_labels.keypoint_weights for sample in samples]),
    }


def measured(loader: Any, finish: Callable[[Any], Cfg], batch: int) -> tuple[float, float]:
    """Samples per second and microseconds of CPU per sample, after the first three batches.

    Every target is copied into the same memory.
    """
    memory: dict[str, torch.Tensor] = {}
    start, cpu = 0.0, 0.0
    iterator = iter(loader)
    workers = [worker.pid for worker in getattr(iterator, "_workers", ())]
    for number in range(len(loader)):
        for name, target in finish(next(iterator)).items():
            memory.setdefault(name, torch.empty_like(target)).copy_(target)
        if number == 2:
            start, cpu = time.perf_counter(), cpu_seconds(workers)
    seen = batch * (len(loader) - 3)
    seconds = time.perf_counter() - start
    return seen / seconds, 1e6 * (cpu_seconds(workers) - cpu) / seen


def cpu_seconds(workers: list[int]) -> float:
    """CPU time of this process and its workers. Of workers, in steps of 10 ms, on Linux."""
    total = time.process_time()
    for process in workers:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


Measure = Callable[[str, int], tuple[float, float]]


def add_rows(section: Section, name: str, ways: list[str], measure: Measure) -> None:
    """Measure all ways with and without workers, in alternation."""
    results: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):
        for workers in WORKERS:
            for way in ways:
                results.setdefault((way, workers), []).append(measure(way, workers))
    for way in ways:
        each = [results[way, workers] for workers in WORKERS]
        cells = []
        for rounds in each:
            rate, cpu = (median(values) for values in zip(*rounds, strict=True))
            cells += [f"{rate:.0f}/s", f"{cpu:.0f} µs"]
        section.add([f"{name}, {way}", *cells], {"sample": name, "way": way, "results": each})
