"""Codecs that lift 2D poses to 3D."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

import posecodec_rs as pc
from posecodec_rs.cli import synthetic
from posecodec_rs.cli.codecs.case import Case, Encoded, Floats
from posecodec_rs.cli.synthetic import PoseSequence

MM = 1000.0
"""Millimeters per meter."""

KEYPOINTS = 17

Arguments: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Lifting(Case[PoseSequence]):
    """A lifting codec for `KEYPOINTS` keypoints, in the demo and in the bench."""

    make_inputs: Callable[[PoseSequence], Arguments]
    make_outputs: Callable[[PoseSequence, Encoded], Arguments]
    # Computes how far decoded poses are off along each axis, in millimeters.
    compare: Callable[[PoseSequence, Floats], Floats]

    unit = "mm"

    def inputs(self, sample: PoseSequence) -> Arguments:
        """Poses in 2D and 3D, and the camera if the codec takes it."""
        return self.make_inputs(sample)

    def outputs(
        self, sample: PoseSequence, encoded: Encoded, _: np.random.Generator | None = None
    ) -> Arguments:
        """The labels, and what brings them back to camera or image space."""
        return self.make_outputs(sample, encoded)

    def errors(self, sample: PoseSequence, _: Encoded, decoded: Any) -> list[Floats]:
        """In millimeters."""
        return [np.linalg.norm(self.compare(sample, decoded[0]), axis=-1).ravel()]


def _all_frames(sequence: PoseSequence) -> Arguments:
    """Poses in meters in camera space, as in MMPose's Human3.6M."""
    return {
        "keypoints": sequence.pixels,
        "keypoints_visible": np.ones(sequence.poses.shape[:2], np.float32),
        "lifting_target": sequence.poses,
        "lifting_target_visible": np.ones(sequence.poses.shape[:2], np.float32),
    }


def _first_frame(sequence: PoseSequence) -> Arguments:
    """One frame, because means are those of one pose."""
    return {name: array[:1] for name, array in _all_frames(sequence).items()}


def _with_camera(sequence: PoseSequence) -> Arguments:
    return {**_all_frames(sequence), "camera_param": sequence.camera}


def _labels_and_root(_: PoseSequence, encoded: Encoded) -> Arguments:
    root = encoded["target_root"][:, None]  # per frame
    return {"encoded": encoded["lifting_target_label"], "target_root": root}


def _labels_and_factor(sequence: PoseSequence, encoded: Encoded) -> Arguments:
    frames = len(sequence.poses)
    sides = {side: np.full(frames, sequence.camera[side]) for side in "wh"}
    labels = encoded["lifting_target_label"]
    return {"encoded": labels, **sides, "factor": encoded["factor"]}


def _in_camera_space(sequence: PoseSequence, decoded: Floats) -> Floats:
    return (decoded - sequence.poses[: len(decoded)]) * MM


def _in_image_space(sequence: PoseSequence, decoded: Floats) -> Floats:
    """Compared with the poses that MotionBERT is tested with, which are scaled to the image."""
    codec = pc.MotionBERTLabel(KEYPOINTS, mode="test")
    target: Floats = codec.encode(**_with_camera(sequence))["lifting_target_label"]
    return (decoded - (target - target[:, :1])) * MM


_IMAGE: Arguments = {
    "remove_root": True,
    "keypoints_mean": np.full((KEYPOINTS, 2), 500.0),
    "keypoints_std": np.full((KEYPOINTS, 2), 200.0),
    "target_mean": np.zeros((KEYPOINTS - 1, 3)),
    "target_std": np.full((KEYPOINTS - 1, 3), 0.3),
}
_VIDEO: Arguments = {"remove_root": True, "normalize_camera": True}
_MOTION: Arguments = {"mode": "train"}


def _lifting(codec: str, arguments: Arguments, *functions: Any) -> Lifting:
    return Lifting(codec, codec, {"num_keypoints": KEYPOINTS, **arguments}, *functions)


LIFTING_CODECS = [
    _lifting("ImagePoseLifting", _IMAGE, _first_frame, _labels_and_root, _in_camera_space),
    _lifting("VideoPoseLifting", _VIDEO, _with_camera, _labels_and_root, _in_camera_space),
    _lifting("MotionBERTLabel", _MOTION, _with_camera, _labels_and_factor, _in_image_space),
]
"""The lifting codecs, with the root in the hips, in the order of tables."""


def benchmarks() -> Iterator[tuple[Lifting, Callable[[np.random.Generator], PoseSequence]]]:
    """Every lifting codec, on a sequence as long as VideoPose3D and MotionBERT take it."""
    for codec in LIFTING_CODECS:
        yield codec, lambda _: synthetic.walk()
