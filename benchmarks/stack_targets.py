"""Calls of DeepLabCut's, sleap-nn's and MMAction2's targets that `stacks.py` times.

Sizes are those of the projects' defaults; each call is timed on one thread.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

Calls = Iterator[tuple[str, Callable[[], Any], Callable[[], Any]]]
"""What is called, and the call with the project's code and with ours."""


def arrays_of(results: Any) -> list[Any]:
    """The arrays in what a call returns."""
    if isinstance(results, dict):
        return [array for each in results.values() for array in arrays_of(each)]
    return [np.asarray(results)]


def deeplabcut(rng: Generator) -> Calls:
    """The five generators, with three animals."""
    import torch
    from deeplabcut.pose_estimation_pytorch.models import target_generators as theirs
    from posecodec_rs import deeplabcut as ours

    side, stride, animals, count = 56, 8.0, 3, 12
    edges = [[a, b] for a in range(count) for b in range(a)]
    options: dict[str, dict[str, Any]] = {
        "HeatmapGaussianGenerator": {"num_heatmaps": count, "pos_dist_thresh": 17},
        "HeatmapPlateauGenerator": {"num_heatmaps": count, "pos_dist_thresh": 17},
        "PartAffinityFieldGenerator": {"graph": edges, "width": 20.0},
        "DEKRGenerator": {"num_joints": count - 1, "pos_dist_thresh": 17},
        "SimCCGenerator": {"input_size": (256, 256)},
    }
    for name, arguments in options.items():
        batch = 64 if name == "SimCCGenerator" else 8
        people = 1 if name == "SimCCGenerator" else animals
        size = 256 if name == "SimCCGenerator" else side * stride
        points = rng.uniform(0, size, (batch, people, count, 3)).astype(np.float32)
        points[..., 2] = 2
        heads = ("heatmap", "locref", "paf", "offset", "x")
        outputs = {head: torch.zeros((batch, 1, side, side)) for head in heads}
        area = torch.from_numpy(rng.uniform(1e3, 1e4, (batch, people)).astype(np.float32))
        labels = {"keypoints": torch.from_numpy(points), "area": area}
        generators = [getattr(module, name)(**arguments) for module in (theirs, ours)]
        calls = [
            lambda g=each, o=outputs, l=labels: g(stride, o, l)  # noqa: E741
            for each in generators
        ]
        yield f"DeepLabCut, `{name}`, batch of {batch}", calls[0], calls[1]


def sleap(rng: Generator) -> Calls:
    """Maps and fields of ten animals."""
    import torch
    from posecodec_rs import sleap as ours
    from sleap_nn.data import confidence_maps, edge_maps

    torch.set_num_threads(1)
    instances = torch.from_numpy(rng.uniform(0, 512, (1, 10, 7, 2)).astype(np.float32))
    edges = torch.Tensor([[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6]])
    one = instances[:, 0]
    crop, image = (256, 256), (512, 512)
    calls: tuple[tuple[str, Any, str, tuple[Any, ...]], ...] = (
        ("7×128×128", confidence_maps, "generate_confmaps", (one / 2, crop, 2.5, 2)),
        (
            "10 animals, 7×256×256",
            confidence_maps,
            "generate_multiconfmaps",
            (instances, image, 10, 2.5, 2),
        ),
        ("10 animals, 12×128×128", edge_maps, "generate_pafs", (instances, image, 75.0, 4, edges)),
    )
    for label, module, name, arguments in calls:
        functions = [getattr(each, name) for each in (module, ours)]
        both = [lambda f=function, a=arguments: f(*a) for function in functions]
        yield f"sleap-nn, `{name}`, {label}", both[0], both[1]


def mmaction(rng: Generator) -> Calls:
    """A clip of 48 frames with two people."""
    from mmaction.datasets.transforms.pose_transforms import GeneratePoseTarget as Theirs
    from posecodec_rs.mmaction import GeneratePoseTarget as Ours

    people, frames, count, side = 2, 48, 17, 56
    center = rng.uniform(15, 41, (people, 1, 1, 2))
    points = (center + rng.normal(0, 9, (people, frames, count, 2))).astype(np.float16)
    scores = rng.uniform(0.3, 1, points.shape[:-1]).astype(np.float16)
    sample = {"keypoint": points, "keypoint_score": scores, "img_shape": (side, side)}
    for label, options in (
        ("keypoints", {}),
        ("limbs", {"with_kp": False, "with_limb": True}),
        ("keypoints, `double`", {"double": True}),
    ):
        steps = [step(**options) for step in (Theirs, Ours)]
        calls = [lambda s=step: s(dict(sample))["imgs"] for step in steps]
        yield f"MMAction2, `GeneratePoseTarget`, {label}", calls[0], calls[1]
