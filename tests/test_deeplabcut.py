"""`posecodec_rs.deeplabcut`: recorded results of DeepLabCut, and wrong calls."""

from typing import Any

import numpy as np
import pytest
from posecodec_rs import InvalidInputError, deeplabcut
from stacks import assert_same_targets, assert_unchanged, recorded

CALLS = recorded("deeplabcut")
LABELS = {"keypoints": np.ones((1, 2, 3, 3), np.float32), "area": np.ones((1, 2), np.float32)}
OUTPUTS = {head: np.zeros((1, 1, 4, 5), np.float32) for head in ("heatmap", "locref", "paf", "x")}
OUTPUTS["offset"] = OUTPUTS["heatmap"]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_recorded_results(number: int) -> None:
    (name, arguments), want = CALLS[number]
    # DEKR's Gaussians are computed in the precision of the keypoints: in single precision, theirs
    # are off by up to this.
    atol = 2e-7 if name == "DEKRGenerator" else 1e-7
    assert_same_targets(assert_unchanged(deeplabcut, name, arguments), want, atol)


def test_every_generator_is_recorded() -> None:
    generators = {name for name in deeplabcut.__all__ if name.endswith("Generator")}
    assert {name for (name, _), _ in CALLS} == generators


def test_attributes_are_those_of_deeplabcut() -> None:
    generator = deeplabcut.HeatmapGaussianGenerator(3, 17, label_keypoint_key="points")
    assert (generator.std, generator.dist_thresh_sq) == (2 * 17.0 / 3, 289.0)
    assert generator.heatmap_mode is generator.Mode.KEYPOINT
    assert generator.Mode("individual") is generator.Mode.INDIVIDUAL
    assert generator.label_keypoint_key == "points"
    assert deeplabcut.PartAffinityFieldGenerator([[0, 1]], 20).num_limbs == 1
    assert deeplabcut.DEKRGenerator(3, 17).num_heatmaps == 4


def test_visible_keypoints_that_are_nan() -> None:
    labels = {"keypoints": np.array([[[[np.nan, 4, 1]], [[8, 8, 1]]]])}
    heatmap, locref = (
        deeplabcut.HeatmapGaussianGenerator(1, 17)(4, OUTPUTS, labels)[head]
        for head in ("heatmap", "locref")
    )
    assert np.isnan(heatmap["target"]).all()
    assert np.isfinite(locref["target"]).all()  # of the last animal
    plateau = deeplabcut.HeatmapPlateauGenerator(1, 5)(4, OUTPUTS, labels)["heatmap"]["target"]
    assert set(np.unique(plateau)) == {0, 1}


def test_half_precision() -> None:
    """Computed in single precision."""
    keypoints = np.random.default_rng(0).uniform(0, 16, (1, 2, 2, 3)).astype(np.float16)
    generator = deeplabcut.PartAffinityFieldGenerator([[0, 1]], 5.0)
    got, want = (
        generator(4, OUTPUTS, {"keypoints": each})["paf"]["target"]
        for each in (keypoints, keypoints.astype(np.float32))
    )
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("generator", deeplabcut.GENERATORS)
@pytest.mark.parametrize("tensors", [False, pytest.param(True, marks=pytest.mark.torch)])
def test_results_are_of_the_outputs_kind(generator: Any, tensors: bool) -> None:
    options: dict[str, Any] = {
        "DEKRGenerator": {"num_joints": 2, "pos_dist_thresh": 17},
        "PartAffinityFieldGenerator": {"graph": [(0, 1)], "width": 20},
        "SimCCGenerator": {"input_size": (16, 16)},
    }.get(generator.__name__, {"num_heatmaps": 3, "pos_dist_thresh": 17})
    outputs, labels = OUTPUTS, LABELS
    if tensors:
        torch = pytest.importorskip("torch")
        outputs = {head: torch.from_numpy(values) for head, values in OUTPUTS.items()}
        labels = {key: torch.from_numpy(values) for key, values in LABELS.items()}
    for head in generator(**options)(8.0, outputs, labels).values():
        for values in head.values():
            assert type(values) is type(outputs["heatmap"])


HEATMAPS = deeplabcut.HeatmapGaussianGenerator(3, 17)
FIELDS = deeplabcut.PartAffinityFieldGenerator([[0, 1]], 20.0)
DEKR = deeplabcut.DEKRGenerator(2, 17)
SIMCC = deeplabcut.SimCCGenerator((16, 16))


@pytest.mark.parametrize(
    ("generator", "stride", "labels", "argument"),
    [
        (HEATMAPS, 0, {}, "stride"),
        (HEATMAPS, np.nan, {}, "stride"),
        (HEATMAPS, 4, {"keypoints": np.ones((2, 2, 3, 3))}, r"outputs\['heatmap'\]"),
        (HEATMAPS, 4, {"keypoints": np.ones((1, 2, 4, 3))}, "num_heatmaps"),
        (HEATMAPS, 4, {"keypoints": np.ones((1, 2, 3, 1))}, "keypoints"),
        (HEATMAPS, 4, {"keypoints": np.ones((1, 2))}, "keypoints"),
        (HEATMAPS, 4, {"keypoints": np.ones((1, 2, 3, 3), complex)}, "keypoints"),
        (FIELDS, 4, {"keypoints": np.ones((1, 3, 3))}, "keypoints"),
        (DEKR, 4, {"keypoints": np.ones((1, 2, 4, 3))}, "keypoints"),
        (DEKR, 4, {"area": np.ones((1, 3))}, "area"),
        (DEKR, 4, {"keypoints": np.full((1, 2, 3, 3), np.nan)}, "keypoints"),
        (SIMCC, 4, {"keypoints": np.ones((0, 2, 3, 3))}, "keypoints"),
        (SIMCC, 4, {"keypoints": np.ones((1, 2, 3, 2))}, "keypoints"),
    ],
)
def test_wrong_calls(generator: Any, stride: float, labels: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^`{argument}` "):
        generator(stride, OUTPUTS, LABELS | labels)


@pytest.mark.parametrize("ids", [[[0, 2]], [[0]], [[0, 1], [1, 0]]])
def test_wrong_individuals(ids: Any) -> None:
    generator = deeplabcut.HeatmapGaussianGenerator(2, 17, heatmap_mode="INDIVIDUAL")
    with pytest.raises(InvalidInputError, match=r"^`individual_ids` "):
        generator(4, OUTPUTS, LABELS | {"individual_ids": np.array(ids)})


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"smoothing_type": "box"}, "smoothing_type"),
        ({"label_smooth_weight": 0.1}, "label_smooth_weight"),
        ({"label_smooth_weight": 2, "smoothing_type": "standard"}, "label_smooth_weight"),
    ],
)
def test_wrong_options_of_simcc(options: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^`{argument}` "):
        deeplabcut.SimCCGenerator((16, 16), **options)


@pytest.mark.parametrize("graph", [[[0]], [[0, 1, 2]], [["a", "b"]], 5])
def test_wrong_graphs(graph: Any) -> None:
    generator = deeplabcut.PartAffinityFieldGenerator([], 20.0)
    generator.graph = graph
    with pytest.raises(InvalidInputError, match=r"^`graph` "):
        generator(4, OUTPUTS, LABELS)
