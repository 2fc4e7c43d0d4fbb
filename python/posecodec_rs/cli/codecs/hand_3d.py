"""Hands in 3D heatmaps."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import posecodec_rs as pc
from posecodec_rs.cli import synthetic
from posecodec_rs.cli.codecs.demo_codec import DemoCodec, Floats
from posecodec_rs.cli.codecs.operation import Benchmark
from posecodec_rs.cli.codecs.top_down import inside
from posecodec_rs.cli.synthetic import HandPair

INPUT_SIZE = (256, 256)
"""The network's input, (w, h) in pixels; `Hand3DHeatmap`'s default."""

JOINTS = 21
"""Per hand; the last is the wrist, which is the hand's root."""

Arguments = dict[str, Any]


class HandCodec(DemoCodec[HandPair]):
    """`Hand3DHeatmap` for inputs of `INPUT_SIZE`."""

    def __init__(self) -> None:
        """Make the codec."""
        self.unit = "mm"
        self.name = "Hand3DHeatmap"
        self.codec: Any = pc.Hand3DHeatmap(image_size=INPUT_SIZE)

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
        }

    def outputs(self, _: HandPair, encoded: Mapping[str, Any]) -> Arguments:
        """One volume per joint, the depth between the wrists, and which hands are there."""
        maps = encoded["heatmaps"]
        return {
            "heatmaps": maps.reshape(-1, 64, *maps.shape[1:]),
            "root_depth": encoded["root_depth"],
            "hand_type": encoded["type"],
        }

    def errors(self, sample: HandPair, encoded: Mapping[str, Any], decoded: Any) -> list[Floats]:
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


def hand_3d_codecs() -> list[HandCodec]:
    """The one codec."""
    return [HandCodec()]


def benchmarks() -> Iterator[Benchmark]:
    """Two hands: 42 volumes of 64×64×64 heatmap pixels, 44 MB."""
    hands, codec = synthetic.hands(), HandCodec()

    def outputs(encoded: Mapping[str, Any], rng: np.random.Generator) -> Arguments:
        volumes = codec.outputs(hands, encoded)
        return {**volumes, "heatmaps": rng.random(volumes["heatmaps"].shape, np.float32)}

    inputs = {**codec.inputs(hands), "focal": None, "principal_pt": None}
    yield Benchmark(codec.name, codec.name, {}, lambda _: inputs, outputs)
