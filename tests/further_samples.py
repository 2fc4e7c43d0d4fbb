"""Configurations of the codecs whose calls are not like the others', and inputs for them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.random import Generator
from samples import VISIBILITIES, Config, responses


@dataclass(frozen=True)
class FurtherConfig(Config):
    """A codec whose `encode` and `decode` take arguments of their own."""

    @property
    def instances(self) -> int:
        return 1 if self.codec == "Hand3DHeatmap" else 2

    def size(self) -> Any:
        """Width and height that keypoints lie in."""
        size = self.kwargs.get("image_size") or self.kwargs.get("input_size") or (640, 480)
        return np.array(size[:2])

    def encode_args(self, rng: Generator, *batch: int) -> dict[str, Any]:
        """What `encode` takes, or `batch_encode` with a `batch`."""
        people = (*batch, self.instances, self.count)
        points = (rng.uniform(-0.2, 1.2, (*people, 2)) * self.size()).astype(np.float32)
        args: dict[str, Any] = {
            "keypoints": points,
            "keypoints_visible": rng.choice(VISIBILITIES, people),
        }
        if self.codec == "SimCC3DLabel":
            if self.note == "depths":
                args["keypoints_3d"] = rng.uniform(4, 6, (*people, 3)).astype(np.float32)
        elif self.codec == "Hand3DHeatmap":
            depths = rng.uniform(-250, 250, (*people, 1)).astype(np.float32)
            args["keypoints"] = np.concatenate([points, depths], -1)
            joints = len(self.kwargs.get("joint_indices") or range(self.count))
            args["dataset_keypoint_weights"] = rng.random(joints, np.float32)
            args["rel_root_depth"] = rng.uniform(-300, 300, (*batch, 1)).astype(np.float32)
            args["rel_root_valid"] = np.ones((*batch, 1), np.float32)
            args["hand_type"] = rng.integers(0, 2, (*batch, 1, 2)).astype(np.float32)
            args["hand_type_valid"] = np.ones((*batch, 1), np.int64)
        elif self.codec == "EDPoseLabel":
            args["img_shape"] = rng.integers(100, 900, (*batch, 2))
            args["area"] = rng.uniform(10, 9000, people[:-1]).astype(np.float32)
            args["bboxes"] = rng.uniform(0, 640, (*people[:-1], 4)).astype(np.float32)
        else:
            args["bbox"] = rng.uniform(0, 640, (*people[:-1], 4)).astype(np.float32)
            args["category_id"] = rng.integers(1, 80, people[:-1])
        return args

    def decode_args(self, rng: Generator, *batch: int) -> dict[str, Any]:
        """What `decode` takes, or `batch_decode` with a `batch`; empty where nothing is decoded."""
        if self.codec == "SimCC3DLabel":
            ratio = self.kwargs.get("simcc_split_ratio", 2.0)
            people = (*batch, self.instances, self.count)
            lengths = (round(side * ratio) for side in self.kwargs["input_size"])
            return {
                axis: responses(rng, people, (length,))
                for axis, length in zip("xyz", lengths, strict=True)
            }
        if self.codec == "Hand3DHeatmap":
            width, height, depth = self.kwargs["heatmap_size"]
            return {
                "heatmaps": responses(rng, (*batch, self.count), (depth, height, width)),
                "root_depth": rng.uniform(0, 64, (*batch, 1)).astype(np.float32),
                "hand_type": rng.normal(0, 1, (*batch, 2)).astype(np.float32),
            }
        if self.codec == "EDPoseLabel":
            columns = {"logits": 2, "boxes": 4, "keypoints": 3 * self.kwargs["num_keypoints"]}
            args: dict[str, Any] = {
                f"pred_{name}": rng.random((*batch, 30, count), np.float32)
                for name, count in columns.items()
            }
            return {"input_shapes": rng.integers(100, 900, (*batch, 2)), **args}
        return {}


VOLUMES: dict[str, Any] = {"image_size": (96, 64), "heatmap_size": (24, 16, 8), "depth_size": 8}

FURTHER = (
    FurtherConfig("SimCC3DLabel", {"input_size": (96, 128, 64)}, 6),
    FurtherConfig(
        "SimCC3DLabel",
        {"input_size": (96, 128, 64), "sigma": (4.9, 5.66, 3), "root_index": (1, -1), "z_range": 1},
        6,
        note="depths",
    ),
    FurtherConfig(
        "SimCC3DLabel",
        {
            "input_size": (70, 50, 30),
            "simcc_split_ratio": 1.5,
            "normalize": False,
            "use_dark": True,
        },
        6,
        note="dark",
    ),
    FurtherConfig("Hand3DHeatmap", VOLUMES, 10),
    FurtherConfig(
        "Hand3DHeatmap",
        VOLUMES
        | {
            "joint_indices": (0, 3, -1),
            "sigma": 1.5,
            "max_bound": 255,
            "use_different_joint_weights": True,
        },
        10,
        note="joints",
    ),
    FurtherConfig("EDPoseLabel", {"num_select": 20, "num_keypoints": 6}, 6),
    FurtherConfig("YOLOXPoseAnnotationProcessor", {}, 6),
    FurtherConfig(
        "YOLOXPoseAnnotationProcessor",
        {"expand_bbox": True, "input_size": (640, 640)},
        6,
        note="expand",
    ),
)
"""Several of each codec."""

each_further = pytest.mark.parametrize("config", FURTHER, ids=str)
each_decoding = pytest.mark.parametrize(
    "config", [config for config in FURTHER if "YOLOX" not in config.codec], ids=str
)


def by_image(args: dict[str, Any], image: int) -> dict[str, Any]:
    """An image's part of a batch's arguments."""
    shared = "dataset_keypoint_weights"
    return {name: value if name == shared else value[image] for name, value in args.items()}
