"""Results are those of MMPose 0.29, on random maps, options and keypoints."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from posecodec_rs import mmpose0
from stacks import assert_alike, call, theirs_of_mmpose0

THEIRS = theirs_of_mmpose0()

SEEDS = st.integers(0, 2**32 - 1)
SIDES = st.tuples(st.integers(7, 40), st.integers(7, 40))


def compare(name: str, arguments: dict[str, Any]) -> None:
    """Call both; what MMPose changes in place is a copy."""
    want = call(THEIRS, name, copy.deepcopy(arguments), torch.from_numpy)
    assert_alike(call(mmpose0, name, arguments), want)


def people(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Maps with one peak each, of at least 0.3 above noise."""
    *lead, height, width = shape
    y, x = np.mgrid[:height, :width]
    center = rng.uniform(-0.4, [width - 0.6, height - 0.6], (*lead, 2))[..., None, None]
    sigma, peak = rng.uniform(1.2, 3, lead), rng.uniform(0.3, 1, lead)
    squares = (x - center[..., 0, :, :]) ** 2 + (y - center[..., 1, :, :]) ** 2
    maps = peak[..., None, None] * np.exp(-squares / (2 * sigma[..., None, None] ** 2))
    return (maps + rng.uniform(0, 0.005, shape)).astype(np.float32)


@settings(deadline=None, max_examples=100)
@given(
    SEEDS,
    SIDES,
    st.sampled_from(
        [
            {},
            {"post_process": None},
            {"post_process": "unbiased"},
            {"post_process": "megvii"},
            {"unbiased": True},
            {"use_udp": True},
            {"use_udp": True, "target_type": "CombinedTarget"},
        ]
    ),
    st.sampled_from([3, 5, 7, 11, 17]),
    st.floats(0.02, 0.3),
)
def test_keypoints_from_heatmaps(
    seed: int, sides: Any, options: Any, kernel: int, factor: float
) -> None:
    rng = np.random.default_rng(seed)
    maps = people(rng, (2, 6, *sides))
    if "target_type" in options:
        maps[:, [1, 2, 4, 5]] = rng.uniform(-1, 1, (2, 4, *sides))
    box = {"center": rng.uniform(0, 500, (2, 2)), "scale": rng.uniform(0.3, 3, (2, 2))}
    boxes = {name: values.astype(np.float32) for name, values in box.items()}
    # A wider blur leaves a nearly flat map, whose peak is lost in the rounding of float32.
    kernel = min(kernel, 2 * (min(sides) // 4) + 1)
    chosen = {**options, "kernel": kernel, "valid_radius_factor": factor}
    compare("keypoints_from_heatmaps", {"heatmaps": maps, **boxes, **chosen})


@settings(deadline=None, max_examples=60)
@given(SEEDS, SIDES, st.sampled_from([1, 3]), st.sampled_from([3, 5]))
def test_post_dark_udp(seed: int, sides: Any, batch: int, kernel: int) -> None:
    rng = np.random.default_rng(seed)
    maps = people(rng, (batch, 4, *sides))
    pixels = maps.reshape(batch, 4, -1).argmax(-1)
    peaks = np.stack([pixels % sides[1], pixels // sides[1]], axis=-1)
    coords = np.broadcast_to(peaks, (3, 4, 2)).astype(np.float32)
    compare("post_dark_udp", {"coords": coords, "batch_heatmaps": maps, "kernel": kernel})


@settings(deadline=None, max_examples=100)
@given(
    SEEDS,
    SIDES,
    st.sampled_from(
        [
            {"encoding": "MSRA"},
            {"encoding": "MSRA", "unbiased_encoding": True},
            {"encoding": "UDP"},
            {"encoding": "UDP", "target_type": "CombinedTarget"},
            {"encoding": "Megvii", "kernel": (5, 11)},
            {"encoding": "Megvii", "kernel": [(7, 7), (3, 9)]},
        ]
    ),
    st.sampled_from([1, 2, 3, [1, 2]]),
    st.booleans(),
)
def test_top_down_targets(seed: int, sides: Any, options: Any, sigma: Any, weigh: bool) -> None:
    rng = np.random.default_rng(seed)
    width, height = sides
    info = {
        "num_joints": 9,
        "image_size": np.array([4 * width, 4 * height + 3]),
        "heatmap_size": np.array([width, height]),
        "joint_weights": rng.uniform(0.5, 2, (9, 1)).astype(np.float32),
        "use_different_joint_weights": weigh,
    }
    points = rng.uniform(-0.3, 1.3, (9, 3)) * [4 * width, 4 * height, 0]
    visible = np.repeat(rng.choice([0, 0.5, 0.6, 1, 2], (9, 1)), 3, axis=1).astype(np.float32)
    results = {"ann_info": info, "joints_3d": points, "joints_3d_visible": visible}
    compare("TopDownGenerateTarget", {"options": {**options, "sigma": sigma}, "results": results})
    compare("TopDownGenerateTargetRegression", {"options": {}, "results": results})


@settings(deadline=None, max_examples=50)
@given(SEEDS, SIDES, st.sampled_from([1, 2, 1.3, -1]), st.booleans())
def test_bottom_up_targets(seed: int, sides: Any, sigma: float, flag: bool) -> None:
    rng = np.random.default_rng(seed)
    joints = rng.uniform(-0.2, 1.2, (3, 5, 3)) * [*sides, 1]
    joints[..., 2] = rng.choice([0, 1, 2], (3, 5))
    options = {"output_size": np.array(sides), "num_joints": 5}
    generator = {**options, "sigma": sigma, "use_udp": flag}
    compare("HeatmapGenerator", {"options": generator, "joints": joints})
    encoder = {**options, "max_num_people": 4, "tag_per_joint": flag}
    compare("JointsEncoder", {"options": encoder, "joints": joints})


@settings(deadline=None, max_examples=50)
@given(
    SEEDS,
    st.sampled_from([(17, 1), (6, 1), (6, 2)]),
    st.fixed_dictionaries(
        {
            "max_num_people": st.sampled_from([2, 5, 30]),
            "use_detection_val": st.booleans(),
            "ignore_too_much": st.booleans(),
            "tag_per_joint": st.booleans(),
            "score_per_joint": st.booleans(),
            "detection_threshold": st.sampled_from([0.1, 0.3]),
            "nms_kernel": st.sampled_from([3, 5]),
        }
    ),
    st.booleans(),
    st.booleans(),
)
def test_heatmap_parser(
    seed: int, counts: tuple[int, int], options: Any, adjust: bool, refine: bool
) -> None:
    rng = np.random.default_rng(seed)
    count, channels = counts
    maps = np.maximum(people(rng, (1, count, 26, 22)), people(rng, (1, count, 26, 22)))
    planes = count if options["tag_per_joint"] else 1
    tags = rng.integers(0, 4, (1, planes, 26, 22, channels)) * 2.0
    tags += rng.normal(0, 0.05, tags.shape)
    padding = {"nms_padding": options["nms_kernel"] // 2}
    cfg = {"num_joints": count, "tag_threshold": 1.0, **options, **padding}
    inputs = {"heatmaps": maps, "tags": tags.astype(np.float32)}
    compare("HeatmapParser", {"cfg": cfg, **inputs, "adjust": adjust, "refine": refine})


@settings(deadline=None, max_examples=30)
@given(SEEDS, SIDES, st.sampled_from(["GaussianHeatmap", "CombinedTarget"]))
def test_flips_and_conversions(seed: int, sides: Any, target_type: str) -> None:
    rng = np.random.default_rng(seed)
    maps = rng.normal(size=(2, 6, *sides)).astype(np.float32)
    pairs = [[0, 1]] if target_type == "CombinedTarget" else [[0, 1], [5, 3]]
    flip = {"output_flipped": maps, "flip_pairs": pairs, "target_type": target_type}
    compare("flip_back", flip)
    box = {"center": rng.uniform(0, 500, 2), "scale": rng.uniform(0.3, 3, 2)}
    coords = rng.uniform(0, 40, (7, 4))
    for use_udp in (False, True):
        size = {"output_size": list(sides), "use_udp": use_udp}
        compare("transform_preds", {"coords": coords, **box, **size})


@pytest.mark.parametrize("name", mmpose0.__all__)
def test_names(name: str) -> None:
    assert hasattr(THEIRS, name) == (name not in {"Patched", "install", "patch", "uninstall"})
