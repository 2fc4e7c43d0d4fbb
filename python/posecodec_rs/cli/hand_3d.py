"""The demo's fourth table: hands in 3D heatmaps."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

import posecodec_rs as pc
from posecodec_rs.cli.motion import Hands
from posecodec_rs.cli.result import Floats, Result, Tally

INPUT_SIZE = (256, 256)
"""The network's input, (w, h) in pixels; `Hand3DHeatmap`'s default."""

JOINTS = 21
"""A hand's; the last is the wrist, which is its root."""


@dataclass(frozen=True)
class HandCodec:
    """`Hand3DHeatmap`, there and back.

    Attributes:
        name: As the table has it.
        codec: For inputs of `INPUT_SIZE`.
    """

    name: str
    codec: pc.Hand3DHeatmap

    def run(self, samples: Iterable[Hands]) -> Result:
        """Encode and decode all hands, and time some."""
        tally = Tally()
        for hands in samples:
            inputs = inputs_of(hands)
            tally.encoded = self.codec.encode(**inputs)
            outputs = outputs_of(tally.encoded)
            decoded, _, root_depth, _ = self.codec.decode(**outputs)
            weighs = tally.encoded["keypoint_weights"][0] > 0
            off = _in_space(hands, decoded[0], float(root_depth[0])) - hands.joints
            tally.errors.append(np.abs(off)[weighs & _inside(inputs["keypoints"][0])].ravel())
            tally.time(partial(self.codec.encode, **inputs), partial(self.codec.decode, **outputs))
        return tally.result(self.name)


def _roots(hands: Hands) -> tuple[float, float]:
    """The depths of the right and the left wrist."""
    return float(hands.joints[JOINTS - 1, 2]), float(hands.joints[-1, 2])


def inputs_of(hands: Hands) -> dict[str, Any]:
    """Joints in pixels of the input, and millimetres behind their hand's wrist."""
    right, left = _roots(hands)
    pixels = hands.joints[:, :2] / hands.joints[:, 2:] * hands.focal + hands.principal_point
    depths = hands.joints[:, 2:] - np.repeat([right, left], JOINTS)[:, None]
    return {
        "keypoints": np.concatenate([pixels, depths], axis=1)[None].astype(np.float32),
        "keypoints_visible": hands.valid[None],
        "dataset_keypoint_weights": None,
        "rel_root_depth": np.float32(left - right),
        "rel_root_valid": hands.valid[JOINTS - 1] * hands.valid[-1],
        "hand_type": hands.present[None],
        "hand_type_valid": np.ones(1, np.float32),
    }


def outputs_of(encoded: Mapping[str, Any]) -> dict[str, Any]:
    """What `decode` takes, of what was encoded."""
    maps = encoded["heatmaps"]
    return {
        "heatmaps": maps.reshape(-1, 64, *maps.shape[1:]),
        "root_depth": encoded["root_depth"],
        "hand_type": encoded["type"],
    }


def _inside(points: Floats) -> Any:
    return ((points[:, :2] >= 0) & (points[:, :2] <= np.array(INPUT_SIZE) - 1)).all(-1)


def _in_space(hands: Hands, decoded: Floats, root_depth: float) -> Floats:
    """Decoded joints in millimetres of the camera's space, given the right wrist's depth."""
    right, _ = _roots(hands)
    depths = decoded[:, 2] + np.repeat([right, right + root_depth], JOINTS)
    across = (decoded[:, :2] - hands.principal_point) / hands.focal * depths[:, None]
    return np.concatenate([across, depths[:, None]], axis=1)


def hand_3d_codecs() -> list[HandCodec]:
    """The one codec."""
    return [HandCodec("Hand3DHeatmap", pc.Hand3DHeatmap(image_size=INPUT_SIZE))]
