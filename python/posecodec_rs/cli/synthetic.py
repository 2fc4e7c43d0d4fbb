"""The 3D samples of the demo, and synthetic ones: a walking figure and two hands."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAMES = 243
"""The length of a sequence in VideoPose3D and MotionBERT."""


@dataclass(frozen=True, eq=False)
class PoseSequence:
    """A body in front of a camera."""

    # Shape (T, 17, 3), meters in camera space: x to the right, y down, z away
    poses: NDArray[np.float32]
    pixels: NDArray[np.float32]  # shape (T, 17, 2), their positions in the image
    camera: dict[str, Any]  # ``f`` and ``c``, shape (2, 1), ``w`` and ``h``; all in pixels


@dataclass(frozen=True, eq=False)
class HandPair:
    """A right and a left hand in front of a camera, 21 joints each, the wrist last."""

    joints: NDArray[np.float64]  # shape (42, 3), millimeters in camera space
    valid: NDArray[np.float32]  # shape (42,), 1 for annotated joints, else 0
    present: NDArray[np.float32]  # shape (2,), 1 for a hand that is in the image: right, left
    focal: NDArray[np.float64]  # shape (2,), focal lengths in pixels of the input
    principal_point: NDArray[np.float64]  # shape (2,), in pixels of the input


def walk() -> PoseSequence:
    """A person walking past the camera, with Human3.6M's joints, 50 frames per second."""
    time = np.arange(FRAMES) / 50
    phase = 2 * np.pi * time  # one stride per second
    root = np.stack([0.9 * (time - time.mean()), 0.02 * np.cos(2 * phase), 5 + 0 * time], axis=-1)

    def limb(start: NDArray[Any], angles: list[NDArray[Any]], lengths: list[float]) -> list[Any]:
        """The joints of a limb, from the body outwards; its parts are swung forwards by angles."""
        joints = []
        for angle, length in zip(angles, lengths, strict=True):
            start = start + length * np.stack([np.sin(angle), np.cos(angle), 0 * angle], axis=-1)
            joints.append(start)
        return joints

    def leg(swing: NDArray[Any], side: float) -> list[Any]:
        hip = root + np.array([0, 0, side * 0.13])
        thigh = 0.5 * np.sin(swing)
        bend = 0.6 * np.maximum(np.cos(swing), 0)
        return [hip, *limb(hip, [thigh, thigh - bend], [0.44, 0.43])]

    def arm(swing: NDArray[Any], side: float) -> list[Any]:
        shoulder = root + np.array([0, -0.46, side * 0.17])
        upper = 0.5 * np.sin(swing)
        return [shoulder, *limb(shoulder, [upper, upper + 0.4], [0.28, 0.25])]

    trunk = [root - np.array([0, height, 0]) for height in (0.24, 0.49, 0.58, 0.7)]
    right, left = phase, phase + np.pi
    joints = [root, *leg(right, -1), *leg(left, 1), *trunk, *arm(right, 1), *arm(left, -1)]
    poses = np.stack(joints, axis=1)
    focal, center = np.array([[1145.0], [1144.0]]), np.array([[512.5], [515.5]])
    pixels = poses[..., :2] / poses[..., 2:] * focal[:, 0] + center[:, 0]
    camera = {"f": focal, "c": center, "w": 1000, "h": 1002}
    return PoseSequence(poses.astype(np.float32), pixels.astype(np.float32), camera)


def hands() -> HandPair:
    """Two open hands next to each other, with InterHand2.6M's joints: tips first."""
    angles = np.radians([40, 14, 0, -14, -28])  # of the fingers, thumb first
    reach = np.cumsum([70, 36, 24, 20]) * np.array([0.75, 1, 1.05, 1, 0.85])[:, None]
    fingers = np.stack(
        [reach * np.sin(angles)[:, None], -reach * np.cos(angles)[:, None], -0.3 * reach], axis=-1
    )
    right = np.concatenate([fingers[:, ::-1].reshape(20, 3), np.zeros((1, 3))])
    left = right * (-1, 1, 1)
    positions = np.array([[-75, 90, 900], [75, 95, 930]])
    joints = np.concatenate([right + positions[0], left + positions[1]])
    ones = np.ones(42, np.float32)
    return HandPair(joints, ones, ones[:2], np.array([520.0, 520.0]), np.array([128.0, 128.0]))
