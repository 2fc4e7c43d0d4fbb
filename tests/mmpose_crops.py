"""Samples with images for MMPose's pipelines, in a module that workers of loaders can import."""

from typing import Any

import numpy as np
from mmpose_stubs import install_stubs

install_stubs()
from mmengine.dataset import Compose  # noqa: E402
from mmpose.datasets import transforms  # noqa: E402
from mmpose.registry import TRANSFORMS  # noqa: E402
from mmpose.testing import get_coco_sample  # noqa: E402

Cfg = dict[str, Any]


def image_sample(number: int, people: int) -> Cfg:
    """A sample with an image, as it comes to `GenerateTarget`."""
    rng = np.random.default_rng(number)
    sample = dict(get_coco_sample(img_shape=(256, 192), num_instances=people))
    sample["keypoints"] = (rng.uniform(-0.1, 1.1, (people, 17, 2)) * (192, 256)).astype(np.float32)
    sample["keypoints_visible"] = rng.choice(np.float32([0, 1, 1, 2]), (people, 17))
    low, high = sample["keypoints"].min(1), sample["keypoints"].max(1)
    sides = [low[:, 0], low[:, 1], high[:, 0], high[:, 1]]
    sample["bbox"] = np.stack([sides[i] for i in (0, 1, 0, 3, 2, 1, 2, 3)], -1)  # as bottom-up
    sample["img"] = rng.integers(0, 255, (256, 192, 3), np.uint8)
    return sample | {"input_size": (192, 256), "id": number, "warp_mat": np.eye(2, 3)}


class Crops:
    """Images and people through a pipeline."""

    def __init__(self, encoder: Any, defer: bool) -> None:
        generate = {"type": "GenerateTarget", "encoder": encoder}
        generate |= {"defer": True} if defer else {}
        self.pipeline = Compose([TRANSFORMS.build(generate), transforms.PackPoseInputs()])

    def __len__(self) -> int:
        return 6

    def __getitem__(self, number: int) -> Cfg:
        return self.pipeline(image_sample(number, 1))
