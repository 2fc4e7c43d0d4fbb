"""The share of targets in a training step of DeepLabCut and in a data loader of SLEAP.

    python benchmarks/end_to_end_targets.py deeplabcut  # in the environment of `nox --session NAME`
    python benchmarks/end_to_end_targets.py sleap

Theirs and ours alternate in one process. Networks run on a GPU if torch has one.
"""

import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from posecodec_rs.cli.bench.machine import Machine
from sections.section import Section

ROUNDS = 5
BATCH, KEYPOINTS, ANIMALS, SIDE = 8, 12, 3, 448


def main(project: str) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    print(Machine.here().about)
    steps = {"deeplabcut": deeplabcut_step, "sleap": sleap_sample}[project]
    columns = [
        project,
        "everything else",
        "targets, theirs",
        "ours",
        "share, theirs",
        "share, ours",
    ]
    section = Section("Targets in a whole step", "Medians in ms.", columns).begin()
    for name, rest, theirs, ours in steps():
        shares = [f"{100 * each / (rest + each):.1f} %" for each in (theirs, ours)]
        section.add([name, *(f"{each:.2f}" for each in (rest, theirs, ours)), *shares], {})


def deeplabcut_step() -> Iterator[tuple[str, float, float, float]]:
    """ResNet-50 with heatmaps and location refinement: forward, targets, loss, backward."""
    import torch
    from deeplabcut.pose_estimation_pytorch.models import PoseModel
    from deeplabcut.pose_estimation_pytorch.models.target_generators import TARGET_GENERATORS
    from posecodec_rs import deeplabcut as ours

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    options = {"num_heatmaps": KEYPOINTS, "pos_dist_thresh": 17, "locref_std": 7.2801}
    sizes = {"kernel_size": [3], "strides": [2]}
    head = {
        "type": "HeatmapHead",
        "predictor": {"type": "HeatmapPredictor", "location_refinement": True},
        "target_generator": {"type": "HeatmapGaussianGenerator", **options},
        "criterion": {
            "heatmap": {"type": "WeightedMSECriterion", "weight": 1.0},
            "locref": {"type": "WeightedHuberCriterion", "weight": 0.05},
        },
        "heatmap_config": {"channels": [2048, KEYPOINTS], **sizes},
        "locref_config": {"channels": [2048, 2 * KEYPOINTS], **sizes},
    }
    backbone = {"type": "ResNet", "model_name": "resnet50_gn", "output_stride": 16}
    model = PoseModel.build(
        {"backbone": backbone, "backbone_output_channels": 2048, "heads": {"bodypart": head}}
    ).to(device)
    theirs = TARGET_GENERATORS.build({"type": "HeatmapGaussianGenerator", **options})
    rng = np.random.default_rng(0)
    points = rng.uniform(0, SIDE, (BATCH, ANIMALS, KEYPOINTS, 3)).astype(np.float32)
    points[..., 2] = 2
    labels = {"keypoints": torch.from_numpy(points).to(device)}
    images = torch.rand((BATCH, 3, SIDE, SIDE), device=device)
    times: dict[str, list[float]] = {"rest": [], "theirs": [], "ours": []}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        times[name].append(1e3 * (time.perf_counter() - start))
        return result

    generators = {"theirs": theirs, "ours": ours.HeatmapGaussianGenerator(**options)}
    for _ in range(ROUNDS):
        for name, generator in generators.items():
            model.heads["bodypart"].target_generator = generator
            outputs = timed("rest", lambda: model(images))
            targets = timed(name, lambda o=outputs: model.get_target(o, labels))
            times["rest"][-1] += time_of(
                lambda o=outputs, t=targets: model.get_loss(o, t)["total_loss"].backward()
            )
    yield (
        f"ResNet-50, {BATCH} images of {SIDE}×{SIDE}, on {device.type}",
        *(median(each) for each in times.values()),
    )  # type: ignore[misc]


def sleap_sample() -> Iterator[tuple[str, float, float, float]]:
    """A bottom-up dataset over cached images: confidence maps and part affinity fields."""
    import sleap_io
    import torch
    from omegaconf import OmegaConf
    from PIL import Image
    from posecodec_rs import sleap
    from sleap_nn.data.custom_datasets import BottomUpDataset

    torch.set_num_threads(1)  # as the workers of a loader
    rng = np.random.default_rng(0)
    nodes = [f"node {number}" for number in range(7)]
    skeleton = sleap_io.Skeleton(nodes, edges=[(number, number + 1) for number in range(6)])
    with tempfile.TemporaryDirectory() as folder:
        images = rng.integers(0, 255, (4, 512, 512), dtype=np.uint8)
        paths = [str(Path(folder) / f"{number}.png") for number in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            Image.fromarray(image).save(path)
        video = sleap_io.Video.from_filename(paths)
        frames = [
            sleap_io.LabeledFrame(
                video=video,
                frame_idx=number,
                instances=[
                    sleap_io.Instance.from_numpy(rng.uniform(20, 490, (7, 2)), skeleton=skeleton)
                    for _ in range(10)
                ],
            )
            for number in range(len(images))
        ]
        dataset = BottomUpDataset(
            labels=[sleap_io.Labels(frames)],
            confmap_head_config=OmegaConf.create({"sigma": 2.5, "output_stride": 2}),
            pafs_head_config=OmegaConf.create({"sigma": 75.0, "output_stride": 4}),
            max_stride=16,
            cache_img="memory",
        )
        module = sys.modules["sleap_nn.data.custom_datasets"]
        names = ("generate_multiconfmaps", "generate_pafs")
        times: dict[str, list[float]] = {"rest": [], "theirs": [], "ours": []}
        for _ in range(ROUNDS):
            for kind in ("theirs", "ours"):
                if kind == "ours":
                    sleap.install()
                spent = [0.0]
                originals = {name: getattr(module, name) for name in names}
                for name, function in originals.items():
                    setattr(module, name, counted(function, spent))
                total = time_of(lambda: [dataset[number] for number in range(len(frames))])
                for name, function in originals.items():
                    setattr(module, name, function)
                sleap.uninstall()
                times[kind].append(spent[0] / len(frames))
                times["rest"].append((total - spent[0]) / len(frames))
    yield (
        "bottom-up, 512×512, 10 animals, images in memory",
        *(median(each) for each in times.values()),
    )  # type: ignore[misc]


def time_of(work: Callable[[], Any]) -> float:
    """Milliseconds of a call."""
    start = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - start)


def counted(function: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """The function, whose time is added to `spent`, in ms."""

    def call(*arguments: Any, **options: Any) -> Any:
        start = time.perf_counter()
        result = function(*arguments, **options)
        spent[0] += 1e3 * (time.perf_counter() - start)
        return result

    return call


if __name__ == "__main__":
    main(sys.argv[1])
