"""Codecs that the bench times and the demo does not run: their samples are other ones."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from posecodec_rs.cli.codecs.case import Case, Encoded

Arguments: TypeAlias = dict[str, Any]
Rng: TypeAlias = np.random.Generator


@dataclass(frozen=True)
class BenchOnly(Case[Arguments]):
    """A codec whose samples are the arguments of `encode`."""

    predict: Callable[[Encoded, Rng], Arguments] | None  # makes the arguments of `decode`

    def inputs(self, sample: Arguments) -> Arguments:
        """The sample."""
        return sample

    def outputs(self, _: Arguments, encoded: Encoded, rng: Rng | None = None) -> Arguments | None:
        """What a network predicts."""
        return self.predict and self.predict(encoded, rng or np.random.default_rng(0))


def benchmarks() -> Iterator[tuple[BenchOnly, Callable[[Rng], Arguments]]]:
    """Each codec and what makes its sample."""
    for codec, arguments, sample, predict in (
        ("SimCC3DLabel", {"input_size": (288, 384, 288)}, _whole_body, _vectors),
        ("EDPoseLabel", {}, _people, _candidates),
        ("YOLOXPoseAnnotationProcessor", {"expand_bbox": True}, _boxes, None),
    ):
        yield BenchOnly(codec, codec, arguments, predict), sample


def _whole_body(rng: Rng) -> Arguments:
    """A whole body of 133 keypoints, the input of RTMW3D."""
    points = rng.uniform(20, 260, (1, 133, 2)).astype(np.float32)
    return {"keypoints": points, "keypoints_visible": np.ones((1, 133), np.float32)}


def _vectors(encoded: Encoded, _: Rng) -> Arguments:
    return {axis: encoded[f"keypoint_{axis}_labels"] for axis in "xyz"}


def _people(rng: Rng) -> Arguments:
    """8 people."""
    return {
        "img_shape": (640, 480),
        "keypoints": rng.uniform(0, 480, (8, 17, 2)).astype(np.float32),
        "bboxes": rng.uniform(0, 480, (8, 4)).astype(np.float32),
        "area": rng.uniform(10, 9000, 8).astype(np.float32),
    }


def _candidates(_: Encoded, rng: Rng) -> Arguments:
    """900 candidates, as many as ED-Pose predicts."""
    columns = {"pred_logits": 2, "pred_boxes": 4, "pred_keypoints": 51}
    arrays = {name: rng.random((900, count), np.float32) for name, count in columns.items()}
    return {**arrays, "input_shapes": np.array([480, 640])}


def _boxes(rng: Rng) -> Arguments:
    """8 people with boxes."""
    return {
        "keypoints": rng.uniform(0, 640, (8, 17, 2)).astype(np.float32),
        "keypoints_visible": np.ones((8, 17), np.float32),
        "bbox": rng.uniform(0, 640, (8, 4)).astype(np.float32),
        "category_id": [1] * 8,
    }
