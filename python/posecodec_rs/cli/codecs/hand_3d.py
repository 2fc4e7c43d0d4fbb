"""Hands in 3D heatmaps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from posecodec_rs.cli import synthetic
from posecodec_rs.cli.codecs.case import Case, Encoded, Floats
from posecodec_rs.cli.codecs.top_down import inside
from posecodec_rs.cli.synthetic import HandPair

INPUT_SIZE = (256, 256)
"""The network's input, (w, h) in pixels; `Hand3DHeatmap`'s default."""

JOINTS = 21
"""Per hand; the last is the wrist, which is the hand's root."""

Arguments: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class HandCodec(Case[HandPair]):
    """`Hand3DHeatmap` for inputs of `INPUT_SIZE`."""

    unit = "mm"

    def inputs(self, sample: HandPair) -> Arguments:
        """Joints in pixels of the input, and millimeters behind their hand's wrist."""
        right, left = _wrist_depths(sample)
        pixels = sample.joints[:, :2] / sample.joints[:, 2:] * sample.focal + sample.principal_point
        depths = sample.joints[:, 2:] - np.repeat([right, left], JOINTS)[:, None]
        return {
            "keypoints": np.concatenate([pixels, depths], axis=1)[None].astype(np.float32),
            "keypoints_visible": sample.valid[None],
            "dataset_keypoint_weights": None,
            "rel_root_depth": np.float32(left - right),
            "rel_root_valid": sample.valid[JOINTS - 1] * sample.valid[-1],
            "hand_type": sample.present[None],
            "hand_type_valid": np.ones(1, np.float32),
            "focal": None,
            "principal_pt": None,
        }

    def outputs(
        self, _: HandPair, encoded: Encoded, rng: np.random.Generator | None = None
    ) -> Arguments:
        """One volume per joint, the depth between the wrists, and which hands are there."""
        maps = encoded["heatmaps"]
        volumes = maps.reshape(-1, 64, *maps.shape[1:])
        return {
            "heatmaps": rng.random(volumes.shape, np.float32) if rng else volumes,
            "root_depth": encoded["root_depth"],
            "hand_type": encoded["type"],
        }

    def errors(self, sample: HandPair, encoded: Encoded, decoded: Any) -> list[Floats]:
        """In millimeters, of the joints inside the input."""
        joints, _, root_depth, _ = decoded
        off = _in_camera_space(sample, joints[0], float(root_depth[0])) - sample.joints
        points = self.inputs(sample)["keypoints"][0, :, :2]
        counts = (encoded["keypoint_weights"][0] > 0) & inside(points, INPUT_SIZE)
        return [np.linalg.norm(off[counts], axis=-1)]


def _wrist_depths(hands: HandPair) -> tuple[float, float]:
    """Of the right and of the left hand."""
    return float(hands.joints[JOINTS - 1, 2]), float(hands.joints[-1, 2])


def _in_camera_space(hands: HandPair, decoded: Floats, root_depth: float) -> Floats:
    """Decoded joints in millimeters in camera space, given the right wrist's depth."""
    right, _ = _wrist_depths(hands)
    depths = decoded[:, 2] + np.repeat([right, right + root_depth], JOINTS)
    across = (decoded[:, :2] - hands.principal_point) / hands.focal * depths[:, None]
    return np.concatenate([across, depths[:, None]], axis=1)


HAND_CODEC = HandCodec("Hand3DHeatmap", "Hand3DHeatmap", {"image_size": INPUT_SIZE})


def benchmarks() -> Iterator[tuple[HandCodec, Callable[[np.random.Generator], HandPair]]]:
    """Two hands: 42 volumes of 64×64×64 heatmap pixels, 44 MB."""
    yield HAND_CODEC, lambda _: synthetic.hands()
