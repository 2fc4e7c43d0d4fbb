"""A training step of DeepLabCut, with its targets and with ours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from deeplabcut.pose_estimation_pytorch.models import PoseModel
from deeplabcut.pose_estimation_pytorch.models.target_generators import TARGET_GENERATORS
from posecodec_rs import deeplabcut

from sections.section import Section
from sections.targets_share import COLUMNS, StepTimes, timed

ROUNDS = 3
BATCH, KEYPOINTS, ANIMALS, SIDE = 8, 12, 3, 448


def measure(_: list[str]) -> list[Section]:
    """Forward, targets, loss, backward and the optimizer, one after the other as in DeepLabCut."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    about = f"""\
DeepLabCut's ResNet-50 with heatmaps and location refinement, {KEYPOINTS} keypoints of {ANIMALS}
animals, on {device.type}: medians of {ROUNDS} steps per package, which alternate. Everything else
is the forward pass, the loss, the backward pass and AdamW. On a GPU it takes a small part of the
time on a CPU, and the targets as long as here. The last column is how many times faster the whole
step is."""
    section = Section("A training step of DeepLabCut", about, COLUMNS).begin()
    options: dict[str, Any] = {"num_heatmaps": KEYPOINTS, "pos_dist_thresh": 17}
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
    config = {"backbone": backbone, "backbone_output_channels": 2048, "heads": {"bodypart": head}}
    model = PoseModel.build(config).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    generators = {
        "theirs": TARGET_GENERATORS.build({"type": "HeatmapGaussianGenerator", **options}),
        "ours": deeplabcut.HeatmapGaussianGenerator(**options),
    }
    rng = np.random.default_rng(0)
    points = rng.uniform(0, SIDE, (BATCH, ANIMALS, KEYPOINTS, 3)).astype(np.float32)
    points[..., 2] = 2
    labels = {"keypoints": torch.from_numpy(points).to(device)}
    images = torch.rand((BATCH, 3, SIDE, SIDE), device=device)

    def finished(work: Callable[[], Any]) -> Any:
        result = work()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return result

    def learn(outputs: Any, targets: Any) -> None:
        model.get_loss(outputs, targets)["total_loss"].backward()
        optimizer.step()
        optimizer.zero_grad()

    times = StepTimes()
    for _ in range(ROUNDS):
        for package, generator in generators.items():
            del model.heads["bodypart"].target_generator  # theirs is a submodule, ours an attribute
            model.heads["bodypart"].target_generator = generator
            forward, outputs = timed(lambda: finished(lambda: model(images)))
            spent, targets = timed(lambda o=outputs: finished(lambda: model.get_target(o, labels)))
            learning, _ = timed(lambda o=outputs, t=targets: finished(lambda: learn(o, t)))
            times.rest.append(forward + learning)
            times.targets[package].append(spent)
    times.add_row(section, f"{BATCH} images of {SIDE}×{SIDE}")
    return [section]
