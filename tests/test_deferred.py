"""`GenerateTarget(defer=True)` and `encode_deferred`: the targets of encoding in the loader."""

import copy
import pickle
import random
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import GenerateTarget, InvalidInputError, RegressionLabel, encode_deferred
from specs import CONFIGS, Config, each, seeded
from specs.shared.bad import ones
from specs.shared.inputs import SIZES

KEY = "deferred_targets"
TABLES = ("field_mapping_table", "instance_mapping_table", "label_mapping_table")
MSRA: dict[str, Any] = {"type": "MSRAHeatmap", **SIZES, "sigma": 2.0}
SMALL = MSRA | {"heatmap_size": (24, 32)}
REGRESSION: dict[str, Any] = {"type": "RegressionLabel", "input_size": (192, 256)}
EMBEDDING: dict[str, Any] = {"type": "AssociativeEmbedding", **SIZES}

copies: dict[str, Callable[[Any], Any]] = {
    "the same": lambda item: item,
    "pickled": lambda item: pickle.loads(pickle.dumps(item)),
    "copied": copy.deepcopy,
}


class AreaLabel(RegressionLabel):
    """Overrides `encode` with one more argument, and not `batch_encode`."""

    auxiliary_encode_keys: ClassVar = {"area"}

    def encode(self, keypoints: Any, keypoints_visible: Any = None, area: Any = None) -> Any:
        return {**super().encode(keypoints, keypoints_visible), "areas": area}


class DoubledLabel(RegressionLabel):
    """Overrides `encode` alone."""

    def encode(self, keypoints: Any, keypoints_visible: Any = None, *, out: Any = None) -> Any:
        return super().encode(2 * keypoints, keypoints_visible, out=out)


def assert_encoded(got: dict[str, Any], sample: dict[str, Any], given: dict[str, Any]) -> None:
    """Targets are those that a step has added, tables apart."""
    added = {key for key, item in sample.items() if item is not given.get(key)}
    assert added - {*TABLES, "keypoints_visible_weights"} <= got.keys()
    assert_same(got, {key: sample[key] for key in got})


def check(
    encoder: Any,
    samples: list[dict[str, Any]],
    convert: Callable[[Any], Any] = copies["the same"],
    **options: Any,
) -> None:
    """Deferred targets are those of a step that encodes, in a batch and one by one."""
    direct = GenerateTarget(encoder, **options)
    deferring = convert(GenerateTarget(encoder, **options, defer=True))
    with seeded():
        want = [direct(dict(sample)) for sample in samples]
    with seeded():
        state, after = random.getstate(), np.random.get_state()[2]  # noqa: NPY002
        deferred = [convert(deferring(dict(sample))[KEY]) for sample in samples]
        assert (random.getstate(), np.random.get_state()[2]) == (state, after)  # noqa: NPY002
    with seeded():
        encoded = encode_deferred(deferred)
    assert len(encoded) == len(samples)
    for got, one, sample in zip(encoded, want, samples, strict=True):
        assert_encoded(got, one, sample)


# `encode` of lifting codecs takes no `additional_encode_keys`.
@each(config for config in CONFIGS if "additional_encode_keys" not in config.kwargs)
@pytest.mark.parametrize("convert", copies.values(), ids=copies)
def test_every_codec(config: Config, convert: Any, rng: Generator) -> None:
    encoder = {"type": config.codec, **config.kwargs}
    check(encoder, [config.encode_args(rng) for _ in range(3)], convert)


def crop(rng: Generator, people: int = 1, dtype: Any = np.float32) -> dict[str, Any]:
    points = rng.uniform(-20, 270, (people, 17, 2)).astype(dtype)
    visible = rng.choice(np.array([0, 1, 2], dtype), (people, 17))
    factors = np.linspace(0.5, 1.5, 17, dtype=np.float32)
    return {
        "keypoints": points,
        "keypoints_visible": visible,
        "dataset_keypoint_weights": factors,
        "area": 12,
    }


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("encoder", "multilevel"),
    [
        (MSRA, False),
        (EMBEDDING, False),
        ([MSRA, SMALL], True),
        ([MSRA, REGRESSION], False),
        ([MSRA], False),
        ([], False),
        ({"type": AreaLabel, "input_size": (192, 256)}, False),
        ([MSRA, {"type": AreaLabel, "input_size": (192, 256)}], False),
        ({"type": DoubledLabel, "input_size": (192, 256)}, False),
    ],
    ids=str,
)
def test_encoders(encoder: Any, multilevel: bool, weighted: bool, rng: Generator) -> None:
    samples = [crop(rng) for _ in range(4)]
    samples[1]["transformed_keypoints"] = samples[1]["keypoints"] / 2
    visible = samples[2]["keypoints_visible"]
    samples[2]["keypoints_visible"] = np.stack([visible, visible / 2], -1)
    check(encoder, samples[:2], multilevel=multilevel, use_dataset_keypoint_weights=weighted)
    got = [
        GenerateTarget(encoder, multilevel=multilevel, defer=defer)(dict(samples[2]))
        for defer in (False, True)
    ]
    for key in ("keypoints_visible", "keypoints_visible_weights"):
        assert_same(got[1][key], got[0][key])


@pytest.mark.parametrize("encoder", [REGRESSION, EMBEDDING, SMALL], ids=str)
def test_samples_that_differ(encoder: dict[str, Any], rng: Generator) -> None:
    """In dtype, and in the number of people where the codec encodes several."""
    several = encoder is not SMALL
    numbers = (1, 3, 1, 2, 3) if several else (1, 1, 1, 1, 1)
    dtypes = (np.float32, np.float64, np.float64, np.float32, np.float32)
    samples = [crop(rng, *each) for each in zip(numbers, dtypes, strict=True)]
    check(encoder, samples)
    check(encoder, samples, use_dataset_keypoint_weights=True)


def test_steps_that_differ(rng: Generator) -> None:
    """As in a concatenation of data sets."""
    steps = [
        GenerateTarget(MSRA, defer=True),
        GenerateTarget([SMALL, SMALL], multilevel=True, defer=True),
        GenerateTarget(REGRESSION, defer=True),
    ]
    samples = [crop(rng) for _ in range(6)]
    deferred = [steps[i % 3](dict(sample))[KEY] for i, sample in enumerate(samples)]
    got = encode_deferred(pickle.loads(pickle.dumps(deferred)))
    for i, sample in enumerate(samples):
        direct = GenerateTarget(steps[i % 3].encoder_cfg, multilevel=i % 3 == 1)
        assert_encoded(got[i], direct(dict(sample)), sample)
    assert encode_deferred([]) == []


def test_placeholders_have_shapes_and_no_values(rng: Generator) -> None:
    sample = crop(rng)
    one = GenerateTarget(MSRA, defer=True)(dict(sample))
    assert one["heatmaps"].shape == (17, 64, 48)
    assert (one["heatmaps"].ndim, one["heatmaps"].dtype) == (3, np.float32)
    assert repr(one["heatmaps"]) == "EncodedLater(shape=(17, 64, 48), dtype=float32)"
    with pytest.raises(InvalidInputError, match=r"\(17, 64, 48\) .*defer=True"):
        np.asarray(one["heatmaps"])
    several = GenerateTarget([MSRA, SMALL], multilevel=True, defer=True)(dict(sample))
    assert [level.shape[1:] for level in several["heatmaps"]] == [(64, 48), (32, 24)]


def test_tables_leave_out_what_is_encoded_later(rng: Generator) -> None:
    got = GenerateTarget(MSRA, defer=True)(crop(rng))
    assert got["field_mapping_table"] == {}
    assert got["label_mapping_table"] == {KEY: KEY}
    assert posecodec_rs.MSRAHeatmap.field_mapping_table == {"heatmaps": "heatmaps"}


def test_later_changes_of_the_sample_change_nothing(rng: Generator) -> None:
    sample = crop(rng)
    (want,) = encode_deferred([GenerateTarget(MSRA, defer=True)(copy.deepcopy(sample))[KEY]])
    deferred = GenerateTarget(MSRA, defer=True)(sample)[KEY]
    sample["keypoints"] += 5
    sample["keypoints_visible"][:] = 0
    assert_same(encode_deferred([deferred])[0], want)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"keypoints": ones(17, 2)}, "`keypoints`"),
        ({"keypoints": ones(2, 17, 2), "keypoints_visible": ones(2, 17)}, "single-instance"),
        ({"keypoints": None}, "requires 'transformed_keypoints' or 'keypoints'"),
        ({"keypoints_visible": ones(1, 16)}, "`keypoints_visible`"),
        ({"dataset_keypoint_weights": ones(16)}, "`dataset_keypoint_weights`"),
        ({"dataset_keypoint_weights": None}, "requires 'dataset_keypoint_weights'"),
    ],
)
def test_samples_are_checked_in_the_loader(
    change: dict[str, Any], words: str, rng: Generator
) -> None:
    step = GenerateTarget(MSRA, use_dataset_keypoint_weights=True, defer=True)
    sample = crop(rng)
    step(dict(sample))
    for _ in range(2):
        results = sample | change
        with pytest.raises(InvalidInputError, match=words):
            step(results)
        assert KEY not in results


def test_conflicts_of_encoders(rng: Generator) -> None:
    with pytest.raises(InvalidInputError, match="Overlapping item"):
        GenerateTarget([MSRA, MSRA], defer=True)(crop(rng))
    with pytest.raises(KeyError, match="area"):
        GenerateTarget([{"type": AreaLabel, "input_size": (9, 9)}], defer=True)(
            {"keypoints": ones(1, 17, 2), "keypoints_visible": ones(1, 17)}
        )


def test_other_preprocessors_are_refused(rng: Generator) -> None:
    deferred = GenerateTarget(MSRA, defer=True)(crop(rng))[KEY]
    assert len(deferred) == 1
    with pytest.raises(InvalidInputError, match="EncodingDataPreprocessor"):
        deferred.to("cpu")


def test_repr() -> None:
    assert repr(GenerateTarget(REGRESSION, defer=True)).endswith("weights=False, defer=True)")
