"""`posecodec_rs.hrnet`: recorded results of HRNet's reference implementation, and wrong calls."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from posecodec_rs import InvalidInputError, hrnet
from stacks import assert_alike, assert_unchanged, recorded

CALLS = recorded("hrnet")
CONFIG = SimpleNamespace(TEST=SimpleNamespace(POST_PROCESS=True))
MAPS = np.ones((2, 3, 8, 6), np.float32)


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_recorded_results(number: int) -> None:
    (name, arguments), want = CALLS[number]
    assert_alike(assert_unchanged(hrnet, name, arguments), want)


def test_every_function_is_recorded() -> None:
    assert {name for (name, _), _ in CALLS} == set(hrnet.__all__)


@pytest.mark.parametrize(
    ("arguments", "argument"),
    [
        ((MAPS[0], np.ones((2, 2)), np.ones((2, 2))), "batch_heatmaps"),
        ((MAPS.astype(bool), np.ones((2, 2)), np.ones((2, 2))), "batch_heatmaps"),
        ((MAPS, np.ones(2), np.ones((2, 2))), "center"),
        ((MAPS, np.ones((3, 2)), np.ones((2, 2))), "center"),
        ((MAPS, np.ones((2, 2)), np.ones((2, 3))), "scale"),
        ((MAPS, np.ones((2, 2)), "large"), "scale"),
    ],
)
def test_wrong_calls(arguments: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        hrnet.get_final_preds(CONFIG, *arguments)
    if argument == "batch_heatmaps":
        with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
            hrnet.get_max_preds(arguments[0])


def test_one_scale_for_both_axes(rng: np.random.Generator) -> None:
    maps, center = rng.uniform(size=(2, 3, 8, 6)), rng.uniform(0, 99, (2, 2))
    want = hrnet.get_final_preds(CONFIG, maps, center, [[2, 7], [3, 9]])  # the width alone is used
    for scale in ([2, 3], [[2], [3]]):
        assert_alike(hrnet.get_final_preds(CONFIG, maps, center, scale), want)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
def test_maps_without_a_response(value: float) -> None:
    locations, maxima = hrnet.get_max_preds(np.full((1, 2, 4, 5), value))
    assert (locations == 0).all()
    np.testing.assert_equal(maxima, np.full((1, 2, 1), value))


def test_another_target_type() -> None:
    dataset = SimpleNamespace(target_type="offset")
    with pytest.raises(InvalidInputError, match=r"^`target_type` must be 'gaussian'"):
        hrnet.generate_target(dataset, np.ones((1, 3)), np.ones((1, 3)))


@pytest.mark.parametrize("count", [2, 4])
def test_another_number_of_keypoints(count: int) -> None:
    dataset = SimpleNamespace(target_type="gaussian", num_joints=3)
    joints = np.ones((count, 3))
    with pytest.raises(InvalidInputError, match=r"^`joints` must have shape \(3, 3\)"):
        hrnet.generate_target(dataset, joints, joints)
