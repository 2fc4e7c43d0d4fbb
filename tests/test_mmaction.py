"""`posecodec_rs.mmaction`: recorded results of MMAction2, and wrong calls."""

from typing import Any

import numpy as np
import pytest
from posecodec_rs import InvalidInputError
from posecodec_rs import mmaction as subject
from posecodec_rs.mmaction import GeneratePoseTarget
from stacks import assert_same_targets, assert_unchanged, recorded

CALLS = recorded("mmaction")
SAMPLE = {"keypoint": np.ones((1, 2, 17, 2), np.float32), "img_shape": (6, 8)}


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_recorded_results(number: int) -> None:
    (name, arguments), want = CALLS[number]
    assert_same_targets(assert_unchanged(subject, name, arguments), want, 1e-6)


def test_names_of_the_heatmaps() -> None:
    step = GeneratePoseTarget()
    assert step(dict(SAMPLE)).keys() - SAMPLE.keys() == {"imgs"}
    results: dict[str, Any] = {**SAMPLE, "imgs": None}
    assert step.transform(results) is results
    assert results["heatmap_imgs"].shape == (2, 17, 6, 8)


def test_repr() -> None:
    assert repr(GeneratePoseTarget(sigma=2.0)).startswith("GeneratePoseTarget(sigma=2.0, use_score")


def test_no_people() -> None:
    results = {"keypoint": np.ones((0, 2, 17, 2), np.float32), "img_shape": (6, 8)}
    assert not GeneratePoseTarget()(results)["imgs"].any()


@pytest.mark.parametrize(
    ("options", "changes", "argument"),
    [
        ({}, {"keypoint": np.ones((2, 17, 2))}, "keypoint"),
        ({}, {"keypoint": np.ones((1, 2, 17, 1))}, "keypoint"),
        ({}, {"keypoint": np.full((1, 2, 17, 2), np.nan)}, "keypoint"),
        ({}, {"keypoint_score": np.ones((1, 2, 16))}, "keypoint_score"),
        ({}, {"keypoint_score": np.full((1, 2, 17), np.nan)}, "keypoint_score"),
        ({"sigma": 0}, {}, "sigma"),
        ({"sigma": "wide"}, {}, "sigma"),
        ({}, {"img_shape": (-4, 8)}, "img_shape"),
        ({"with_limb": True, "skeletons": ((0, 17),)}, {}, "skeletons"),
        ({"with_limb": True, "skeletons": ((0, 1, 2),)}, {}, "skeletons"),
        ({"double": True, "left_kp": (17,)}, {}, "left_kp"),
        ({"double": True, "right_kp": (17,)}, {}, "left_kp"),
    ],
)
def test_wrong_calls(options: Any, changes: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^`{argument}` "):
        GeneratePoseTarget(**options)(SAMPLE | changes)


def test_no_heatmaps() -> None:
    with pytest.raises(InvalidInputError, match=r"^`with_kp` or `with_limb` must be True"):
        GeneratePoseTarget(with_kp=False)
