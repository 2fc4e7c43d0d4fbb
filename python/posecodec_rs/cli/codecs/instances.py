"""Codecs that the bench times and the demo does not run: their samples are other ones."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from posecodec_rs.cli.codecs.operation import Benchmark

Arguments = dict[str, Any]


def benchmarks() -> Iterator[Benchmark]:
    """All of them."""
    yield Benchmark(
        "SimCC3DLabel",
        "SimCC3DLabel",
        {"input_size": (288, 384, 288)},
        _whole_body,
        lambda encoded, _: {axis: encoded[f"keypoint_{axis}_labels"] for axis in "xyz"},
    )
    yield Benchmark("EDPoseLabel", "EDPoseLabel", {}, _people, lambda _, rng: _candidates(rng))
    yield Benchmark(
        "YOLOXPoseAnnotationProcessor",
        "YOLOXPoseAnnotationProcessor",
        {"expand_bbox": True},
        _boxes,
        outputs=None,
    )


def _whole_body(rng: np.random.Generator) -> Arguments:
    """A whole body of 133 keypoints, the input of RTMW3D."""
    points = rng.uniform(20, 260, (1, 133, 2)).astype(np.float32)
    return {"keypoints": points, "keypoints_visible": np.ones((1, 133), np.float32)}


def _people(rng: np.random.Generator) -> Arguments:
    """8 people."""
    return {
        "img_shape": (640, 480),
        "keypoints": rng.uniform(0, 480, (8, 17, 2)).astype(np.float32),
        "bboxes": rng.uniform(0, 480, (8, 4)).astype(np.float32),
        "area": rng.uniform(10, 9000, 8).astype(np.float32),
    }


def _candidates(rng: np.random.Generator) -> Arguments:
    """900 candidates, as many as ED-Pose predicts."""
    columns = {"pred_logits": 2, "pred_boxes": 4, "pred_keypoints": 51}
    arrays = {name: rng.random((900, count), np.float32) for name, count in columns.items()}
    return {**arrays, "input_shapes": np.array([480, 640])}


def _boxes(rng: np.random.Generator) -> Arguments:
    """8 people with boxes."""
    return {
        "keypoints": rng.uniform(0, 640, (8, 17, 2)).astype(np.float32),
        "keypoints_visible": np.ones((8, 17), np.float32),
        "bbox": rng.uniform(0, 640, (8, 4)).astype(np.float32),
        "category_id": [1] * 8,
    }
