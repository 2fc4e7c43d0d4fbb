"""Codecs that lift 2D poses to 3D, and those that take arguments of their own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import posecodec_rs
from posecodec_rs.cli.bench.operation import Operation, fill, maxima, theirs_of

Arguments = dict[str, Any]

FRAMES, KEYPOINTS = 243, 17
"""A sequence as VideoPose3D and MotionBERT take it."""


@dataclass(frozen=True)
class Further:
    """A codec and its arguments.

    Attributes:
        name: Its class.
        args: Its arguments.
        encode: Those of `encode`.
        decode: Those of `decode`, made of what was encoded; None where nothing is decoded.
    """

    name: str
    args: Arguments
    encode: Arguments
    decode: Callable[[Arguments], Arguments] | None

    def operations(self) -> Iterator[Operation]:
        """Encode, and decode where there is such a thing."""
        ours = getattr(posecodec_rs, self.name)(**self.args)
        theirs = theirs_of(self.name, **self.args)
        encoded = ours.encode(**self.encode)
        yield Operation(
            self.name,
            "encode",
            partial(ours.encode, **self.encode),
            fill(encoded.values()),
            theirs and partial(theirs.encode, **self.encode),
        )
        if self.decode is None:
            return
        arguments = self.decode(encoded)
        yield Operation(
            self.name,
            "decode",
            partial(ours.decode, **arguments),
            maxima(value for value in arguments.values() if isinstance(value, np.ndarray)),
            theirs and partial(theirs.decode, **arguments),
        )


def further() -> Iterator[Operation]:
    """Encode and decode of each."""
    rng = np.random.default_rng(0)
    for codec in (*_lifting(rng), _simcc_3d(rng), _hands(rng), _candidates(rng), _boxes(rng)):
        yield from codec.operations()


def _lifting(rng: np.random.Generator) -> Iterator[Further]:
    """One picture, or a sequence."""
    poses = rng.normal((0, 0, 5), 0.3, (FRAMES, KEYPOINTS, 3)).astype(np.float32)
    pixels = (poses[..., :2] / poses[..., 2:] * 1145 + 512).astype(np.float32)
    visible = np.ones((FRAMES, KEYPOINTS), np.float32)
    lens = {"f": np.array([[1145.0], [1144.0]]), "c": np.array([[512.5], [515.5]])}
    camera = {"camera_param": {**lens, "w": 1000, "h": 1002}}
    means = {"keypoints_mean": np.full((KEYPOINTS, 2), 500.0), "target_mean": np.zeros((16, 3))}
    deviations = {"keypoints_std": np.full((KEYPOINTS, 2), 200.0), "target_std": np.ones((16, 3))}
    sizes = {"w": np.full(FRAMES, 1000), "h": np.full(FRAMES, 1002)}

    def inputs(frames: int) -> Arguments:
        return {
            "keypoints": pixels[:frames],
            "keypoints_visible": visible[:frames],
            "lifting_target": poses[:frames],
            "lifting_target_visible": visible[:frames],
        }

    def with_root(encoded: Arguments) -> Arguments:
        root = encoded["target_root"][:, None]
        return {"encoded": encoded["lifting_target_label"], "target_root": root}

    def with_factor(encoded: Arguments) -> Arguments:
        label, factor = encoded["lifting_target_label"], encoded["factor"]
        return {"encoded": label, **sizes, "factor": factor}

    count: Arguments = {"num_keypoints": KEYPOINTS}
    image = {**count, "remove_root": True, **means, **deviations}
    yield Further("ImagePoseLifting", image, inputs(1), with_root)
    video = {**count, "remove_root": True, "normalize_camera": True}
    yield Further("VideoPoseLifting", video, {**inputs(FRAMES), **camera}, with_root)
    motion = {**count, "mode": "train"}
    yield Further("MotionBERTLabel", motion, {**inputs(FRAMES), **camera}, with_factor)


def _simcc_3d(rng: np.random.Generator) -> Further:
    """A whole body as RTMW3D sees it; MMPose has this codec in a project, not in its package."""
    points = rng.uniform(20, 260, (1, 133, 2)).astype(np.float32)
    encode = {"keypoints": points, "keypoints_visible": np.ones((1, 133), np.float32)}

    def vectors(encoded: Arguments) -> Arguments:
        return {axis: encoded[f"keypoint_{axis}_labels"] for axis in "xyz"}

    return Further("SimCC3DLabel", {"input_size": (288, 384, 288)}, encode, vectors)


def _hands(rng: np.random.Generator) -> Further:
    """Two hands: 42 joints of 64³ cells, 44 MB."""
    points = rng.uniform((20, 20, -180), (230, 230, 180), (1, 42, 3)).astype(np.float32)
    encode: Arguments = {"keypoints": points, "keypoints_visible": np.ones((1, 42), np.float32)}
    encode |= {"dataset_keypoint_weights": None, "focal": None, "principal_pt": None}
    encode |= {"rel_root_depth": np.float32(30), "rel_root_valid": np.float32(1)}
    encode |= {"hand_type": np.ones((1, 2), np.float32), "hand_type_valid": np.ones(1)}
    decode: Arguments = {"heatmaps": rng.random((42, 64, 64, 64), np.float32)}
    decode |= {"root_depth": np.ones(1, np.float32), "hand_type": np.ones(2, np.float32)}
    return Further("Hand3DHeatmap", {}, encode, lambda _: decode)


def _candidates(rng: np.random.Generator) -> Further:
    """8 people, and 900 candidates."""
    encode: Arguments = {
        "img_shape": (640, 480),
        "area": rng.uniform(10, 9000, 8).astype(np.float32),
    }
    encode |= {"keypoints": rng.uniform(0, 480, (8, 17, 2)).astype(np.float32)}
    encode |= {"bboxes": rng.uniform(0, 480, (8, 4)).astype(np.float32)}
    columns = {"pred_logits": 2, "pred_boxes": 4, "pred_keypoints": 51}
    decode: Arguments = {
        name: rng.random((900, count), np.float32) for name, count in columns.items()
    }
    decode["input_shapes"] = np.array([480, 640])
    return Further("EDPoseLabel", {}, encode, lambda _: decode)


def _boxes(rng: np.random.Generator) -> Further:
    """8 people."""
    encode: Arguments = {"keypoints": rng.uniform(0, 640, (8, 17, 2)).astype(np.float32)}
    encode |= {"keypoints_visible": np.ones((8, 17), np.float32)}
    encode |= {"bbox": rng.uniform(0, 640, (8, 4)).astype(np.float32)}
    encode |= {"category_id": [1] * 8}
    return Further("YOLOXPoseAnnotationProcessor", {"expand_bbox": True}, encode, None)
