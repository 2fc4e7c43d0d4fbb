"""Inputs that only one codec takes or orders."""

from typing import Any

import numpy as np
from comparison import assert_same
from posecodec_rs import EDPoseLabel, SimCC3DLabel


def test_simcc_3d_without_keypoints() -> None:
    """MMPose passes a number for a sample without keypoints."""
    codec = SimCC3DLabel((96, 128, 96))
    encoded = codec.encode(np.zeros(()))
    labels = [np.zeros(1, np.float32)] * 3
    names = ["keypoint_x_labels", "keypoint_y_labels", "keypoint_z_labels"]
    want: dict[str, Any] = dict(zip(names, labels, strict=True))
    want |= {"lifting_target": [None], "root_z": [5.14388]}
    want |= {"keypoint_weights": np.ones(1), "weight_z": np.zeros(1), "with_z_label": [False]}
    assert_same(encoded, want)


def test_edpose_keeps_the_order_of_equal_scores() -> None:
    codec = EDPoseLabel(num_select=3, num_keypoints=1)
    logits = np.float32([[0.5], [0.9], [np.nan], [0.5], [0.5]])
    keypoints = np.zeros((5, 3), np.float32)
    keypoints[:, 0] = range(5)
    sizes = np.array([1, 1])
    _, points, scores = codec.decode(sizes, logits, np.zeros((5, 4), np.float32), keypoints)
    assert points[:, 0, 0].tolist() == [1, 0, 3]
    assert scores[:, 0].tolist() == [np.float32(0.9), 0.5, 0.5]
