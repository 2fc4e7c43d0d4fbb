"""`posecodec_rs.mmpose0`: recorded results of MMPose 0.29, wrong calls, and its own rules."""

from typing import Any

import numpy as np
import pytest
from posecodec_rs import InvalidInputError, mmpose0
from stacks import assert_alike, assert_unchanged, recorded

CALLS = recorded("mmpose0")


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_recorded_results(number: int) -> None:
    (name, arguments), want = CALLS[number]
    assert_alike(assert_unchanged(mmpose0, name, arguments), want)


def test_every_function_is_recorded() -> None:
    names = {name.partition(":")[0] for (name, _), _ in CALLS}
    others = {"BottomUpGenerateTarget", "Patched", "install", "patch", "uninstall"}
    assert names | others == set(mmpose0.__all__)


MAPS = np.ones((2, 3, 8, 6), np.float32)
BOXES = {"center": np.ones((2, 2)), "scale": np.ones((2, 2))}


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"heatmaps": MAPS[0]}, "heatmaps"),
        ({"heatmaps": MAPS.astype(int)}, "heatmaps"),
        ({"heatmaps": MAPS[:, :, :0]}, "heatmaps"),
        ({"center": np.ones((3, 2))}, "center"),
        ({"center": np.ones(2)}, "center"),
        ({"center": None}, "center"),
        ({"scale": np.ones((2, 3))}, "scale"),
        ({"post_process": "unbiased", "kernel": 4}, "kernel"),
        ({"post_process": "unbiased", "kernel": -3}, "kernel"),
        ({"post_process": "unbiased", "kernel": 2.5}, "kernel"),
        ({"post_process": "dark"}, "post_process"),
        ({"post_process": 1}, "post_process"),
        ({"post_process": "megvii", "unbiased": True}, "post_process"),
        ({"post_process": None, "unbiased": True}, "post_process"),
        ({"post_process": "megvii", "use_udp": True}, "post_process"),
        ({"use_udp": True, "kernel": 0}, "kernel"),
        ({"use_udp": True, "target_type": "Heatmap"}, "target_type"),
        ({"use_udp": True, "target_type": None}, "target_type"),
        ({"use_udp": True, "target_type": "CombinedTarget", "heatmaps": MAPS[:, :2]}, "heatmaps"),
        (
            {"use_udp": True, "target_type": "CombinedTarget", "valid_radius_factor": 0},
            "valid_radius_factor",
        ),
    ],
)
def test_wrong_calls_of_keypoints_from_heatmaps(changes: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        mmpose0.keypoints_from_heatmaps(**{"heatmaps": MAPS, **BOXES, **changes})


@pytest.mark.parametrize(
    ("name", "arguments", "argument"),
    [
        ("keypoints_from_heatmaps3d", (MAPS, *BOXES.values()), "heatmaps"),
        ("keypoints_from_heatmaps3d", (MAPS[:, :, None], np.ones(2), np.ones(2)), "center"),
        ("keypoints_from_regression", (MAPS, *BOXES.values(), (4, 4)), "regression_preds"),
        ("keypoints_from_regression", (MAPS[:, 0, :, :2], *BOXES.values(), 4), "img_size"),
        ("keypoints_from_regression", (MAPS[:, 0, :, :2], *BOXES.values(), (4, 0)), "img_size"),
        ("post_dark_udp", (MAPS[..., 0, :2], MAPS, 2), "kernel"),
        ("post_dark_udp", (MAPS[:, :2, 0, :2], MAPS), "coords"),
        ("post_dark_udp", (np.ones((3, 3, 2)), MAPS), "coords"),
        ("post_dark_udp", (MAPS[..., 0, :2], MAPS[0]), "batch_heatmaps"),
        ("transform_preds", (np.ones((3, 3)), (1, 1), (1, 1), (4, 4)), "coords"),
        ("transform_preds", (np.ones((3, 2)), (1, 1, 1), (1, 1), (4, 4)), "center"),
        ("transform_preds", (np.ones((3, 2)), (1, 1), 1, (4, 4)), "scale"),
        ("transform_preds", (np.ones((3, 2)), (1, 1), (1, 1), (4, -4)), "output_size"),
        ("transform_preds", (np.ones((3, 2)), (1, 1), (1, 1), (4, 4), "yes"), "use_udp"),
        ("flip_back", (MAPS[0], []), "output_flipped"),
        ("flip_back", (MAPS, [(0, 3)]), "flip_pairs"),
        ("flip_back", (MAPS, [(0, 1, 2)]), "flip_pairs"),
        ("flip_back", (MAPS, 3), "flip_pairs"),
        ("flip_back", (MAPS[:, :2], [], "CombinedTarget"), "output_flipped"),
        ("HeatmapParser", ({"num_joints": 3},), "cfg"),
    ],
)
def test_wrong_calls(name: str, arguments: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        getattr(mmpose0, name)(*arguments)


SAMPLE = {
    "ann_info": {
        "num_joints": 4,
        "image_size": np.array([48, 64]),
        "heatmap_size": np.array([12, 16]),
        "joint_weights": np.ones((4, 1)),
        "use_different_joint_weights": True,
    },
    "joints_3d": np.full((4, 3), 20.0),
    "joints_3d_visible": np.ones((4, 3)),
}


@pytest.mark.parametrize(
    ("options", "changes", "argument"),
    [
        ({"sigma": -1}, {}, "sigma"),
        ({"sigma": "2"}, {}, "sigma"),
        ({"encoding": "SimCC"}, {}, "encoding"),
        ({"encoding": "UDP", "target_type": "Offset"}, {}, "target_type"),
        ({"encoding": "Megvii", "kernel": (4, 5)}, {}, "kernel"),
        ({"encoding": "Megvii", "kernel": 5}, {}, "kernel"),
        (
            {"encoding": "UDP", "target_type": "CombinedTarget", "valid_radius_factor": -1},
            {},
            "valid_radius_factor",
        ),
        ({}, {"joints_3d": np.ones(4)}, "joints_3d"),
        ({}, {"joints_3d_visible": np.ones((3, 3))}, "joints_3d_visible"),
        ({}, {"ann_info": {**SAMPLE["ann_info"], "heatmap_size": (0, 4)}}, "heatmap_size"),  # type: ignore[dict-item]
        ({}, {"ann_info": {**SAMPLE["ann_info"], "image_size": (0, 4)}}, "image_size"),  # type: ignore[dict-item]
        ({}, {"ann_info": {**SAMPLE["ann_info"], "joint_weights": np.ones(3)}}, "joint_weights"),  # type: ignore[dict-item]
    ],
)
def test_wrong_samples(options: Any, changes: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        mmpose0.TopDownGenerateTarget(**options)({**SAMPLE, **changes})


CFG = {
    "num_joints": 3,
    "max_num_people": 2,
    "detection_threshold": 0.1,
    "tag_threshold": 1,
    "use_detection_val": True,
    "ignore_too_much": False,
    "tag_per_joint": True,
    "nms_kernel": 3,
    "nms_padding": 1,
}


@pytest.mark.parametrize(
    ("changes", "maps", "tags", "argument"),
    [
        ({"max_num_people": 0}, MAPS, MAPS, "max_num_people"),
        ({"max_num_people": 49}, MAPS, MAPS, "max_num_people"),
        ({"nms_kernel": 4, "nms_padding": 1.5}, MAPS, MAPS, "nms_kernel"),
        ({"nms_padding": 2}, MAPS, MAPS, "nms_padding"),
        ({"tag_threshold": None}, MAPS, MAPS, "tag_threshold"),
        ({"num_joints": 4}, MAPS, MAPS, "heatmaps"),
        ({}, MAPS[0], MAPS, "heatmaps"),
        ({}, MAPS, MAPS[0], "tags"),
        ({}, MAPS, MAPS[:, :, :7], "tags"),
        ({"tag_per_joint": False}, MAPS, MAPS, "tags"),
    ],
)
def test_wrong_maps_of_a_parser(changes: Any, maps: Any, tags: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        mmpose0.HeatmapParser({**CFG, **changes}).parse(maps, tags)


@pytest.mark.parametrize(
    ("step", "arguments", "argument"),
    [
        ("top_k", (MAPS[0], MAPS), "heatmaps"),
        ("top_k", (MAPS, MAPS[:, :2]), "tags"),
        ("top_k", (MAPS, MAPS[..., None, None]), "tags"),
        ("match", (MAPS, MAPS[:, :, 0, :2], MAPS[:, :, 0]), "loc_k"),
        ("match", (MAPS, MAPS[:, :, :7, :2], MAPS[:, :, :7, 0]), "val_k"),
        ("match", (MAPS[:, :2], MAPS[:, :2, :, :2], MAPS[:, :2, :, 0]), "tag_k"),
        ("adjust", ([MAPS[0]], MAPS[0]), "heatmaps"),
        ("adjust", ([MAPS[0], MAPS[0], MAPS[0]], MAPS), "heatmaps"),
        ("adjust", ([MAPS[0]], MAPS), "results"),
        ("adjust", ([np.full((1, 3, 4), 6.0)], MAPS), "results"),
        ("adjust", ([np.full((1, 3, 4), np.nan)], MAPS), None),
        ("refine", (MAPS, MAPS, np.ones((3, 4))), "heatmap"),
        ("refine", (MAPS[0], MAPS[0, 0], np.ones((3, 4))), "tag"),
        ("refine", (MAPS[0], MAPS[0], np.ones((2, 4))), "keypoints"),
        ("refine", (MAPS[0], MAPS[0], np.ones((3, 2))), "keypoints"),
    ],
)
def test_wrong_steps_of_a_parser(step: str, arguments: Any, argument: str | None) -> None:
    call = getattr(mmpose0.HeatmapParser(CFG), step)
    if argument is None:  # a score of NaN is not above 0
        call(*arguments)
        return
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        call(*arguments)


def test_a_person_without_keypoints() -> None:
    """MMPose raises an IndexError."""
    person = np.zeros((3, 4), np.float32)
    refined = mmpose0.HeatmapParser.refine(MAPS[0], MAPS[0], person)
    assert refined is not person
    assert (refined == person).all()


def test_options_that_are_changed_later() -> None:
    parser = mmpose0.HeatmapParser(CFG)
    parser.params.max_num_people = 5
    assert parser.top_k(MAPS, MAPS)["val_k"].shape == (2, 3, 5)


@pytest.mark.parametrize(
    ("options", "people", "argument"),
    [
        ((0, 3), np.ones((1, 3, 3)), "output_size"),
        (((4, 4, 4), 3), np.ones((1, 3, 3)), "output_size"),
        ((8, 3, 0), np.ones((1, 3, 3)), "sigma"),
        ((8, 3, 2), np.ones((1, 3, 2)), "joints"),
        ((8, 3, 2), np.ones((1, 4, 3)), "joints"),
        ((8, 3, 2, "yes"), np.ones((1, 3, 3)), "use_udp"),
    ],
)
def test_wrong_calls_of_a_generator(options: Any, people: Any, argument: str) -> None:
    def made() -> None:
        mmpose0.HeatmapGenerator(*options)(people)

    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        made()


def test_too_many_people() -> None:
    people = np.ones((3, 2, 3))
    with pytest.raises(InvalidInputError, match=r"^`joints` .* person 2$"):
        mmpose0.JointsEncoder(2, 2, 8, True)(people)
    people[2, :, 2] = 0  # not visible: not in the way
    assert mmpose0.JointsEncoder(2, 2, 8, True)(people).shape == (2, 2, 2)


def test_nobody() -> None:
    """As in MMPose, the array of no people has one axis."""
    for use_udp in (False, True):
        parser = mmpose0.HeatmapParser({**CFG, "use_udp": use_udp})
        assert_alike(parser.parse(0 * MAPS[:1], MAPS[:1]), [[np.zeros(0)], []])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"unbiased_encoding": True},
        {"encoding": "UDP"},
        {"encoding": "UDP", "target_type": "CombinedTarget"},
        {"encoding": "Megvii"},
    ],
)
def test_keypoints_that_are_not_finite(options: Any, value: float) -> None:
    """They are not drawn, with weight 0. MMPose raises a ValueError."""
    joints = np.full((4, 3), 20.0)
    joints[1, 0] = value
    results = mmpose0.TopDownGenerateTarget(**options)({**SAMPLE, "joints_3d": joints})
    maps = results["target"].reshape(4, -1)
    assert maps.any(axis=1).tolist() == [True, False, True, True]
    assert results["target_weight"][:, 0].tolist() == [1, 0, 1, 1]


def test_tags_that_are_not_finite() -> None:
    """Such a candidate is dropped. MMPose's search does not end."""
    maps = np.zeros((1, 3, 8, 6), np.float32)
    maps[0, :, 4, 3] = 0.5
    tags = np.zeros((1, 3, 8, 6, 1), np.float32)
    tags[0, 1] = np.nan
    (poses,), _ = mmpose0.HeatmapParser(CFG).parse(maps, tags, refine=False)
    assert poses[:, :, 2].tolist() == [[0.5, 0, 0.5]]


def test_bottom_up_pipeline_step() -> None:
    people = [np.full((1, 2, 3), 3.0), np.full((1, 2, 3), 5.0)]
    masks = [np.ones((8, 8), bool), np.ones((16, 16), bool)]
    info = {
        "num_joints": 2,
        "num_scales": 2,
        "heatmap_size": [np.array([8, 8]), np.array([16, 16])],
    }
    results = {"ann_info": info, "joints": people, "mask": masks}
    made = mmpose0.BottomUpGenerateTarget(2, 3)(results)
    assert [target.shape for target in made["targets"]] == [(2, 8, 8), (2, 16, 16)]
    assert [encoded.dtype for encoded in made["joints"]] == [np.int32, np.int32]
    assert made["joints"][1].tolist()[0] == [[85, 1], [16 * 16 + 85, 1]]
    assert [mask.dtype for mask in made["masks"]] == [np.float32, np.float32]
    assert masks[0].dtype == bool
    assert made is results


@pytest.mark.parametrize(
    ("arguments", "same"),
    [
        ({"post_process": True}, {"post_process": "default"}),
        ({"post_process": False}, {"post_process": None}),
        ({"post_process": True, "unbiased": True}, {"post_process": "unbiased"}),
        ({"unbiased": True}, {"post_process": "unbiased"}),
    ],
)
def test_deprecated_options(arguments: Any, same: Any, rng: np.random.Generator) -> None:
    maps = {"heatmaps": rng.uniform(size=(2, 3, 8, 6)), **BOXES}
    with pytest.warns(DeprecationWarning, match=repr(same["post_process"])) as warned:
        got = mmpose0.keypoints_from_heatmaps(**maps, **arguments)
    assert warned[0].filename == __file__
    assert_alike(got, mmpose0.keypoints_from_heatmaps(**maps, **same))


@pytest.mark.parametrize(
    "options",
    [
        {"post_process": "unbiased"},
        {"post_process": "megvii"},
        {"use_udp": True},
        {"use_udp": True, "target_type": "CombinedTarget"},
    ],
)
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
def test_maps_without_a_response(options: Any, value: float) -> None:
    """Keypoints are at -1 in heatmap pixels. MMPose reads other maps there, or returns NaN."""
    maps = np.full((1, 3, 9, 11), value, np.float32)
    box = {"center": [[0, 0]], "scale": [[0.055, 0.045]]}
    span = [10, 8] if options.get("use_udp") else [11, 9]
    keypoints, scores = mmpose0.keypoints_from_heatmaps(maps, **box, **options)
    corner = -1 * np.array([11, 9]) / span - np.array([11, 9]) / 2
    np.testing.assert_allclose(keypoints, np.broadcast_to(corner, keypoints.shape), rtol=1e-6)
    assert np.isnan(scores).all() == np.isnan(value)


def test_many_maps() -> None:
    """MMPose's indices into all maps, in float32, are exact below 2**24 only."""
    maps = np.zeros((1, 1, 96, 96), np.float32)
    maps[..., 40:43, 50:53] = [[0.4, 0.6, 0.5], [0.6, 1, 0.7], [0.5, 0.8, 0.6]]
    boxes = {"center": [[0, 0]], "scale": [[1, 1]]}
    one, _ = mmpose0.keypoints_from_heatmaps(maps, **boxes, use_udp=True)
    many = np.repeat(np.repeat(maps, 50, axis=0), 40, axis=1)
    boxes = {name: np.repeat(values, 50, axis=0) for name, values in boxes.items()}
    keypoints, _ = mmpose0.keypoints_from_heatmaps(many, **boxes, use_udp=True)
    assert (keypoints == one[0, 0]).all()


def test_tensors_of_parsers_and_half_maps(rng: np.random.Generator) -> None:
    maps = rng.uniform(size=(2, 3, 8, 6)).astype(np.float16)
    half, scores = mmpose0.keypoints_from_heatmaps(maps, **BOXES, use_udp=True)
    single, _ = mmpose0.keypoints_from_heatmaps(maps.astype(np.float32), **BOXES, use_udp=True)
    assert (half == single).all()
    assert scores.dtype == np.float16
