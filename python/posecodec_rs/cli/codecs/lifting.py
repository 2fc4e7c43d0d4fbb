"""Codecs that lift 2D poses to 3D."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import posecodec_rs as pc
from posecodec_rs.cli import synthetic
from posecodec_rs.cli.codecs.demo_codec import DemoCodec, Floats
from posecodec_rs.cli.codecs.operation import Benchmark
from posecodec_rs.cli.synthetic import PoseSequence

MM = 1000.0
"""Millimeters per meter."""

KEYPOINTS = 17

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Lifting(DemoCodec[PoseSequence]):
    """A lifting codec for `KEYPOINTS` keypoints, in the demo and in the bench.

    Attributes:
        name: Its class.
        arguments: The constructor's.
        make_inputs: Makes the arguments of `encode`.
        make_outputs: Makes the arguments of `decode` from the targets.
        compare: Computes how far decoded poses are off along each axis, in millimeters.
    """

    unit = "mm"

    name: str
    arguments: Arguments
    make_inputs: Callable[[PoseSequence], Arguments]
    make_outputs: Callable[[PoseSequence, Mapping[str, Any]], Arguments]
    compare: Callable[[PoseSequence, Floats], Floats]

    @property
    def codec(self) -> Any:
        """The codec."""
        return getattr(pc, self.name)(KEYPOINTS, **self.arguments)

    def inputs(self, sample: PoseSequence) -> Arguments:
        """Poses in 2D and 3D, and the camera if the codec takes it."""
        return self.make_inputs(sample)

    def outputs(self, sample: PoseSequence, encoded: Mapping[str, Any]) -> Arguments:
        """The labels, and what brings them back to camera or image space."""
        return self.make_outputs(sample, encoded)

    def errors(self, sample: PoseSequence, _: Mapping[str, Any], decoded: Any) -> list[Floats]:
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


def _labels_and_root(_: PoseSequence, encoded: Mapping[str, Any]) -> Arguments:
    root = encoded["target_root"][:, None]  # per frame
    return {"encoded": encoded["lifting_target_label"], "target_root": root}


def _labels_and_factor(sequence: PoseSequence, encoded: Mapping[str, Any]) -> Arguments:
    frames = len(sequence.poses)
    return {
        "encoded": encoded["lifting_target_label"],
        "w": np.full(frames, sequence.camera["w"]),
        "h": np.full(frames, sequence.camera["h"]),
        "factor": encoded["factor"],
    }


def _in_camera_space(sequence: PoseSequence, decoded: Floats) -> Floats:
    return (decoded - sequence.poses[: len(decoded)]) * MM


def _in_image_space(sequence: PoseSequence, decoded: Floats) -> Floats:
    """Compared with the poses that MotionBERT is tested with, which are scaled to the image."""
    codec = pc.MotionBERTLabel(KEYPOINTS, mode="test")
    target: Floats = codec.encode(**_with_camera(sequence))["lifting_target_label"]
    return (decoded - (target - target[:, :1])) * MM


ENTRIES = (
    Lifting(
        "ImagePoseLifting",
        {
            "remove_root": True,
            "keypoints_mean": np.full((KEYPOINTS, 2), 500.0),
            "keypoints_std": np.full((KEYPOINTS, 2), 200.0),
            "target_mean": np.zeros((KEYPOINTS - 1, 3)),
            "target_std": np.full((KEYPOINTS - 1, 3), 0.3),
        },
        _first_frame,
        _labels_and_root,
        _in_camera_space,
    ),
    Lifting(
        "VideoPoseLifting",
        {"remove_root": True, "normalize_camera": True},
        _with_camera,
        _labels_and_root,
        _in_camera_space,
    ),
    Lifting(
        "MotionBERTLabel", {"mode": "train"}, _with_camera, _labels_and_factor, _in_image_space
    ),
)
"""The lifting codecs, with the root in the hips, in the order of tables."""


def lifting_codecs() -> Sequence[Lifting]:
    """Every lifting codec."""
    return ENTRIES


def benchmarks() -> Iterator[Benchmark]:
    """Every lifting codec, on a sequence as long as VideoPose3D and MotionBERT take it."""
    sequence = synthetic.walk()
    for entry in ENTRIES:
        yield Benchmark(
            entry.name,
            entry.name,
            {"num_keypoints": KEYPOINTS, **entry.arguments},
            lambda _, entry=entry: entry.inputs(sequence),  # type: ignore[misc]
            lambda encoded, _, entry=entry: entry.outputs(sequence, encoded),  # type: ignore[misc]
        )
