"""The demo's third table: codecs that lift 2D poses to 3D."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import posecodec_rs as pc
from posecodec_rs.cli.motion import Movement
from posecodec_rs.cli.result import Floats, Result, Tally

MM = 1000.0
"""Millimetres a metre."""

KEYPOINTS = 17


@dataclass(frozen=True)
class Lifting:
    """A lifting codec, and how it goes there and back.

    Attributes:
        name: As the table has it.
        codec: For `KEYPOINTS` keypoints.
        inputs: The arguments of `encode`.
        outputs: Of what was encoded, the arguments of `decode`.
        errors: How far the decoded poses are off, in millimetres.
    """

    name: str
    codec: Any
    inputs: Callable[[Movement], Mapping[str, Any]]
    outputs: Callable[[Movement, Mapping[str, Any]], Mapping[str, Any]]
    errors: Callable[[Movement, Floats], Floats]

    def run(self, movements: Iterable[Movement]) -> Result:
        """Encode and decode every movement, and time some."""
        tally = Tally()
        for movement in movements:
            inputs = self.inputs(movement)
            tally.encoded = self.codec.encode(**inputs)
            outputs = self.outputs(movement, tally.encoded)
            decoded = self.codec.decode(**outputs)[0]
            tally.errors.append(np.abs(self.errors(movement, decoded)).ravel())
            tally.time(partial(self.codec.encode, **inputs), partial(self.codec.decode, **outputs))
        return tally.result(self.name)


def _of_the_camera(movement: Movement) -> Mapping[str, Any]:
    """Poses in metres of the camera's space, as MMPose's Human3.6M has them."""
    visible = np.ones(movement.poses.shape[:2], np.float32)
    return {
        "keypoints": movement.pixels,
        "lifting_target": movement.poses,
        "lifting_target_visible": visible,
    }


def _of_one_picture(movement: Movement) -> Mapping[str, Any]:
    """The first frame alone: means are those of one pose."""
    return {name: array[:1] for name, array in _of_the_camera(movement).items()}


def _with_camera(movement: Movement) -> Mapping[str, Any]:
    return {**_of_the_camera(movement), "camera_param": movement.camera}


def _labels_and_root(_: Movement, encoded: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"encoded": encoded["lifting_target_label"], "target_root": encoded["target_root"]}


def _from_the_camera(movement: Movement, decoded: Floats) -> Floats:
    return (decoded - movement.poses[: len(decoded)]) * MM


def _labels_and_factor(movement: Movement, encoded: Mapping[str, Any]) -> Mapping[str, Any]:
    frames = len(movement.poses)
    return {
        "encoded": encoded["lifting_target_label"],
        "w": np.full(frames, movement.camera["w"], np.float32),
        "h": np.full(frames, movement.camera["h"], np.float32),
        "factor": encoded["factor"],
    }


def _from_the_picture(movement: Movement, decoded: Floats) -> Floats:
    """Against the poses that MotionBERT is tested with: as the picture shows them, scaled."""
    tested = pc.MotionBERTLabel(KEYPOINTS, mode="test").encode(**_with_camera(movement))
    target: Floats = tested["lifting_target_label"]
    return (decoded - (target - target[:, :1])) * MM


def body_3d_codecs() -> list[Lifting]:
    """Every lifting codec, with the root in the hips."""
    means: dict[str, Any] = {
        "keypoints_mean": np.full((KEYPOINTS, 2), 500.0),
        "keypoints_std": np.full((KEYPOINTS, 2), 200.0),
        "target_mean": np.zeros((KEYPOINTS - 1, 3)),
        "target_std": np.full((KEYPOINTS - 1, 3), 0.3),
    }
    camera = (_labels_and_root, _from_the_camera)
    return [
        Lifting(
            "ImagePoseLifting",
            pc.ImagePoseLifting(KEYPOINTS, remove_root=True, **means),
            _of_one_picture,
            *camera,
        ),
        Lifting(
            "VideoPoseLifting",
            pc.VideoPoseLifting(KEYPOINTS, remove_root=True, normalize_camera=True),
            _with_camera,
            *camera,
        ),
        Lifting(
            "MotionBERTLabel",
            pc.MotionBERTLabel(KEYPOINTS, mode="train"),
            _with_camera,
            _labels_and_factor,
            _from_the_picture,
        ),
    ]
