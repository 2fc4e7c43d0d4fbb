"""`GenerateTarget`: encoded items in a sample's dict. `with_mmpose` compares with MMPose's."""

import copy
import pickle
from typing import Any, ClassVar

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import GenerateTarget, InvalidInputError, RegressionLabel
from specs import TOP_DOWN, Config, each, of_family
from specs.shared.inputs import SIZES

CONFIGS = of_family(*TOP_DOWN)
each_config = each(CONFIGS)
MSRA = {"type": "MSRAHeatmap", **SIZES, "sigma": 2.0}
REGRESSION = {"type": "RegressionLabel", "input_size": (192, 256)}
TABLES = ("field_mapping_table", "instance_mapping_table", "label_mapping_table")


class AreaLabel(RegressionLabel):
    """A codec with one more argument and with all tables."""

    auxiliary_encode_keys: ClassVar = {"area"}
    field_mapping_table: ClassVar = {"areas": "areas"}
    instance_mapping_table: ClassVar = {"bbox": "bboxes"}

    def encode(self, keypoints: Any, keypoints_visible: Any = None, area: Any = None) -> Any:
        return {**super().encode(keypoints, keypoints_visible), "areas": area}


AREA = {"type": AreaLabel, "input_size": (192, 256)}


@pytest.fixture
def sample(rng: Generator) -> dict[str, Any]:
    """The items of a pipeline, for one person."""
    config = Config("MSRAHeatmap", SIZES)
    weights = np.linspace(1, 1.5, config.count, dtype=np.float32)
    sample = {"keypoints": config.keypoints(rng), "keypoints_visible": config.visible(rng)}
    return {"img_id": 7, **sample, "dataset_keypoint_weights": weights}


@each_config
@pytest.mark.parametrize("name", ["keypoints", "transformed_keypoints"])
def test_one_encoder(config: Config, name: str, rng: Generator) -> None:
    points, visible = config.keypoints(rng), config.visible(rng)
    results = {"keypoints": points * 0, name: points, "keypoints_visible": visible, "other": 3}
    before = dict(results)
    step = GenerateTarget({"type": config.codec, **config.kwargs})
    got = step(results)
    assert got is results
    codec = config.make()
    tables = {name: getattr(codec, name) for name in TABLES if getattr(codec, name)}
    assert_same(
        {key: got[key] for key in got if key not in {*before, *TABLES}},
        codec.encode(points, visible),
    )
    assert {name: got[name] for name in TABLES if name in got} == tables
    assert all(got[name] is before[name] for name in before)
    assert list(step.transform(dict(before))) == list(got)


def test_visibilities_with_weights(sample: dict[str, Any]) -> None:
    step = GenerateTarget(MSRA)
    visible = sample["keypoints_visible"]
    want = step(dict(sample))
    both = np.stack([visible, visible / 2], -1)
    got = step(sample | {"keypoints_visible": both})
    assert_same(got.pop("keypoints_visible_weights"), both[..., 1])
    assert_same(got.pop("keypoints_visible"), want.pop("keypoints_visible"))
    assert_same(got["heatmaps"], want["heatmaps"])
    assert_same(got["keypoint_weights"], want["keypoint_weights"])


@pytest.mark.parametrize("encoder", [MSRA, REGRESSION])
def test_weights_of_the_dataset(encoder: dict[str, Any], sample: dict[str, Any]) -> None:
    plain = GenerateTarget(encoder)(dict(sample))
    weighted = GenerateTarget(encoder, use_dataset_keypoint_weights=True)(dict(sample))
    want = plain["keypoint_weights"] * sample["dataset_keypoint_weights"]
    assert_same(weighted["keypoint_weights"], want)


def test_levels(sample: dict[str, Any]) -> None:
    encoders = [MSRA, MSRA | {"heatmap_size": (24, 32)}]
    step = GenerateTarget(encoders, multilevel=True, use_dataset_keypoint_weights=True)
    got = step(dict(sample))
    for level, encoder in enumerate(encoders):
        want = GenerateTarget(encoder)(dict(sample))
        for key in (
            "heatmaps",
            "keypoint_weights",
        ):  # lists are not weighted
            assert_same(got[key][level], want[key])
    assert [len(got[key]) for key in ("heatmaps", "keypoint_weights")] == [2, 2]
    assert got["label_mapping_table"] == {"keypoint_weights": "keypoint_weights"}


def test_a_combination(sample: dict[str, Any]) -> None:
    encoders = [MSRA, AREA]
    got = GenerateTarget(encoders, use_dataset_keypoint_weights=True)(sample | {"area": 12})
    one, other = (GenerateTarget(each)(sample | {"area": 12}) for each in encoders)
    assert_same(got["heatmaps"], one["heatmaps"])
    assert_same(got["keypoint_labels"], other["keypoint_labels"])
    for weights, wanted in zip(got["keypoint_weights"], (one, other), strict=True):
        assert_same(weights, wanted["keypoint_weights"])
    assert got["areas"] == 12
    assert got["field_mapping_table"] == {"heatmaps": "heatmaps", "areas": "areas"}
    assert got["instance_mapping_table"] == {"bbox": "bboxes"}
    assert {*got["label_mapping_table"]} == {"keypoint_labels", "keypoint_weights"}


def test_tables_of_classes_are_left_alone(sample: dict[str, Any]) -> None:
    before = copy.deepcopy(posecodec_rs.MSRAHeatmap.field_mapping_table)
    got = GenerateTarget([MSRA, REGRESSION])(sample)
    got["field_mapping_table"]["more"] = "more"
    assert posecodec_rs.MSRAHeatmap.field_mapping_table == before


def test_additional_arguments_of_codecs(sample: dict[str, Any]) -> None:
    assert GenerateTarget(AREA)(sample | {"area": 12})["areas"] == 12
    assert GenerateTarget(AREA)(dict(sample))["areas"] is None
    with pytest.raises(KeyError, match="area"):
        GenerateTarget([AREA])(dict(sample))


@pytest.mark.parametrize("config", CONFIGS[::4], ids=str)
def test_copies(config: Config, rng: Generator) -> None:
    cfg = {"type": config.codec, **config.kwargs}
    step = GenerateTarget(cfg)
    points, visible = config.keypoints(rng), config.visible(rng)
    results = {"keypoints": points, "keypoints_visible": visible}
    want = step(dict(results))
    cfg["input_size"] = (1, 1)  # the config is not the step's
    for other in (pickle.loads(pickle.dumps(step)), copy.deepcopy(step), step):
        got = other(dict(results))
        assert [got.pop(name, None) for name in TABLES] == [want.get(name) for name in TABLES]
        assert_same(got, {name: want[name] for name in got})
        assert repr(other) == repr(step)


def test_repr() -> None:
    assert repr(GenerateTarget(REGRESSION)) == (
        "GenerateTarget(encoder={'type': 'RegressionLabel', 'input_size': (192, 256)}, "
        "use_dataset_keypoint_weights=False)"
    )


def test_the_deprecated_argument() -> None:
    with pytest.warns(DeprecationWarning, match="`target_type` is deprecated"):
        step = GenerateTarget(REGRESSION, "heatmap")
    assert repr(step) == repr(GenerateTarget(REGRESSION))


def test_no_visibilities(sample: dict[str, Any]) -> None:
    del sample["keypoints_visible"]
    with pytest.raises(InvalidInputError, match="GenerateTarget requires 'keypoints_visible'"):
        GenerateTarget(MSRA)(sample)


@pytest.mark.parametrize("name", ["keypoints", "keypoints_visible", "dataset_keypoint_weights"])
def test_lists(name: str, sample: dict[str, Any]) -> None:
    step = GenerateTarget(MSRA, use_dataset_keypoint_weights=True)
    got = step(sample | {name: sample[name].tolist()})
    want = step(dict(sample))
    np.testing.assert_array_equal(got["heatmaps"], want["heatmaps"])
    np.testing.assert_allclose(got["keypoint_weights"], want["keypoint_weights"])


def test_a_list_of_visibilities_with_weights(sample: dict[str, Any]) -> None:
    visible = sample["keypoints_visible"]
    both = np.stack([visible, visible / 2], -1)
    got = GenerateTarget(MSRA)(sample | {"keypoints_visible": both.tolist()})
    np.testing.assert_array_equal(got["keypoints_visible_weights"], both[..., 1])
