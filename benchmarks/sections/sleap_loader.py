"""Samples of SLEAP's dataset, with its targets and with ours."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import sleap_io
import torch
from omegaconf import OmegaConf
from PIL import Image
from posecodec_rs import sleap
from sleap_nn.data.custom_datasets import BottomUpDataset

from sections.section import Section
from sections.targets_share import COLUMNS, StepTimes, timed

ROUNDS = 15
IMAGES, SIDE, ANIMALS, NODES = 4, 512, 10, 7
FUNCTIONS = ("generate_multiconfmaps", "generate_pafs")


def measure(_: list[str]) -> list[Section]:
    """Samples of a bottom-up model, whose images are cached."""
    about = f"""\
sleap-nn's `BottomUpDataset`: images of {SIDE}×{SIDE} in memory, {ANIMALS} animals of {NODES} nodes.
Processor time per sample on one thread, as in a loader: medians of {ROUNDS} rounds per package,
which alternate. The targets are confidence maps and part affinity fields. The last column is how
many times faster a whole sample is."""
    section = Section("A data loader of SLEAP", about, COLUMNS).begin()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        labels = [annotated(Path(folder))]
        for name, augmentation in (("not augmented", None), ("rotated", "rotation")):
            data = BottomUpDataset(
                labels=labels,
                confmap_head_config=OmegaConf.create({"sigma": 2.5, "output_stride": 2}),
                pafs_head_config=OmegaConf.create({"sigma": 75.0, "output_stride": 4}),
                max_stride=16,
                cache_img="memory",
                apply_aug=augmentation is not None,
                geometric_aug=augmentation,
            )
            sample_times(data).add_row(section, name)
    torch.set_num_threads(threads)
    return [section]


def annotated(folder: Path) -> sleap_io.Labels:
    """Images of noise, with animals at random places."""
    rng = np.random.default_rng(0)
    edges = [(number, number + 1) for number in range(NODES - 1)]
    skeleton = sleap_io.Skeleton([f"node {number}" for number in range(NODES)], edges=edges)
    paths = [str(folder / f"{number}.png") for number in range(IMAGES)]
    for path in paths:
        Image.fromarray(rng.integers(0, 255, (SIDE, SIDE), dtype=np.uint8)).save(path)
    video = sleap_io.Video.from_filename(paths)
    frames = []
    for number in range(IMAGES):
        points = rng.uniform(20, SIDE - 20, (ANIMALS, NODES, 2))
        animals = [sleap_io.Instance.from_numpy(each, skeleton=skeleton) for each in points]
        frames.append(sleap_io.LabeledFrame(video=video, frame_idx=number, instances=animals))
    return sleap_io.Labels(frames)


def sample_times(data: BottomUpDataset) -> StepTimes:
    """The times of all samples, round by round."""
    module = sys.modules[BottomUpDataset.__module__]
    times = StepTimes()
    for _ in range(ROUNDS):
        for package, spent in times.targets.items():
            if package == "ours":
                sleap.install()
            in_targets: list[float] = []
            replaced = {name: getattr(module, name) for name in FUNCTIONS}
            for name, function in replaced.items():
                setattr(module, name, counted(function, in_targets))
            total, _ = timed(lambda: [data[number] for number in range(IMAGES)], process_time)
            for name, function in replaced.items():
                setattr(module, name, function)
            sleap.uninstall()
            spent.append(sum(in_targets) / IMAGES)
            times.rest.append((total - sum(in_targets)) / IMAGES)
    return times


def counted(function: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """The function, whose milliseconds are appended to `spent`."""

    def call(*arguments: Any, **options: Any) -> Any:
        milliseconds, result = timed(lambda: function(*arguments, **options), process_time)
        spent.append(milliseconds)
        return result

    return call
