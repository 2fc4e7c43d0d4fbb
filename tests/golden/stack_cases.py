"""Calls of other projects' functions that are recorded: by name, with keyword arguments.

The arguments are recorded with the results, so that they do not depend on NumPy's version.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random import Generator

Case = tuple[str, dict[str, Any]]
Maps = npt.NDArray[np.float32]

SIZES = ((24, 20), (17, 31))
"""Heights and widths of heatmaps."""

PARSER = {
    "num_joints": 17,
    "max_num_people": 30,
    "detection_threshold": 0.1,
    "tag_threshold": 1.0,
    "use_detection_val": True,
    "ignore_too_much": False,
    "tag_per_joint": True,
    "nms_kernel": 5,
    "nms_padding": 2,
}
"""The options of `HeatmapParser` in MMPose's configs for COCO."""


def heatmaps(rng: Generator, shape: tuple[int, ...]) -> Maps:
    """Peaks on noise: in the middle, near the border and at it; one map in seven has none."""
    height, width = shape[-2:]
    y, x = np.mgrid[:height, :width]
    maps = np.empty((int(np.prod(shape[:-2])), height, width), np.float32)
    for number, plane in enumerate(maps):
        center = rng.uniform([-0.4, -0.4], [width - 0.6, height - 0.6])
        sigma, peak = rng.uniform(1.2, 3), rng.uniform(0.2, 1)
        squares = (x - center[0]) ** 2 + (y - center[1]) ** 2
        plane[:] = peak * np.exp(-squares / (2 * sigma**2)) + rng.normal(0, 0.01, plane.shape)
        if number % 7 == 6:
            plane[:] = -np.abs(plane) - 0.01
    return rounded(maps.reshape(shape))


def rounded(maps: Maps) -> Maps:
    """Multiples of 1/512, which are compressed better."""
    return np.round(maps * 512) / 512


def boxes(rng: Generator, count: int) -> dict[str, npt.NDArray[np.float32]]:
    """Centers and scales of boxes."""
    center = rng.uniform(50, 500, (count, 2)).astype(np.float32)
    return {"center": center, "scale": rng.uniform(0.4, 2, (count, 2)).astype(np.float32)}


def decoding_cases(rng: Generator) -> Iterator[Case]:
    """Decoding to image pixels, refinement, flips."""
    for height, width in SIZES:
        for options in (
            {},
            {"post_process": None},
            {"post_process": "unbiased"},
            {"post_process": "unbiased", "kernel": 7},
            {"post_process": "megvii", "kernel": 9},
            {"use_udp": True, "kernel": 11},
            {"use_udp": True, "kernel": 17},
        ):
            maps = heatmaps(rng, (2, 5, height, width))
            if options.get("use_udp") or options.get("post_process") == "unbiased":
                maps = np.abs(maps)  # without a peak, MMPose reads other maps
            yield (
                "keypoints_from_heatmaps",
                {"heatmaps": maps, **boxes(rng, 2), **options},
            )
        maps = np.abs(heatmaps(rng, (2, 9, height, width)))
        maps[:, 1::3] = rng.uniform(-1, 1, maps[:, 1::3].shape)
        maps[:, 2::3] = rng.uniform(-1, 1, maps[:, 2::3].shape)
        combined = {"use_udp": True, "target_type": "CombinedTarget", "kernel": 5}
        yield "keypoints_from_heatmaps", {"heatmaps": maps, **boxes(rng, 2), **combined}
        for batch in (1, 3):
            maps = np.abs(heatmaps(rng, (batch, 4, height, width)))
            peaks = maps.reshape(batch, 4, -1).argmax(-1)
            peaks = np.stack([peaks % width, peaks // width], axis=-1)
            coords = np.broadcast_to(peaks, (3, 4, 2)).astype(np.float32)
            yield "post_dark_udp", {"coords": coords, "batch_heatmaps": maps, "kernel": 5}
        for use_udp in (False, True):
            coords = rng.uniform(0, width, (6, 5)).astype(np.float32)
            box = {name: values[0] for name, values in boxes(rng, 1).items()}
            size = {"output_size": [width, height], "use_udp": use_udp}
            yield "transform_preds", {"coords": coords, **box, **size}
        for kind, count in (("GaussianHeatmap", 5), ("CombinedTarget", 15)):
            maps = heatmaps(rng, (2, count, height, width))
            pairs = {"flip_pairs": [[0, 1], [3, 4]], "target_type": kind}
            yield "flip_back", {"output_flipped": maps, **pairs}
        maps = heatmaps(rng, (2, 7, 3, height, width))
        maps[:, 6] -= 2  # no response
        yield "keypoints_from_heatmaps3d", {"heatmaps": maps, **boxes(rng, 2)}
        preds = rng.uniform(-0.1, 1.1, (2, 6, 2)).astype(np.float32)
        regression = {"regression_preds": preds, "img_size": [192, 256]}
        yield "keypoints_from_regression", {**regression, **boxes(rng, 2)}


def joints(rng: Generator, people: int, count: int, size: tuple[int, int]) -> Any:
    """Keypoints inside and outside of a size, with visibilities."""
    points = rng.uniform(-0.3, 1.3, (people, count, 2)) * size
    visible = rng.choice([0, 0.4, 1, 2], (people, count, 1))
    return np.concatenate([points, visible], axis=-1)


def top_down_cases(rng: Generator) -> Iterator[Case]:
    """Targets of one person: the options of the class, then a sample."""
    for height, width in SIZES:
        for options in (
            {"sigma": 2},
            {"sigma": 1.5},
            {"sigma": 2, "unbiased_encoding": True},
            {"sigma": [1, 2]},
            {"encoding": "UDP", "sigma": 2},
            {"encoding": "UDP", "sigma": [2, 3]},
            {"encoding": "UDP", "target_type": "CombinedTarget", "valid_radius_factor": 0.2},
            {"encoding": "Megvii", "kernel": (7, 11)},
            {"encoding": "Megvii", "kernel": [(5, 5), (11, 11)]},
        ):
            yield (
                "TopDownGenerateTarget",
                {"options": options, "results": sample(rng, width, height)},
            )
        yield (
            "TopDownGenerateTargetRegression",
            {"options": {}, "results": sample(rng, width, height)},
        )


def sample(rng: Generator, width: int, height: int) -> dict[str, Any]:
    """The dict of a sample before its targets are made."""
    points = joints(rng, 1, 12, (4 * width, 4 * height))[0].astype(np.float32)
    visible = np.repeat(points[:, 2:], 3, axis=1)
    info = {
        "num_joints": 12,
        "image_size": np.array([4 * width, 4 * height]),
        "heatmap_size": np.array([width, height]),
        "joint_weights": rng.uniform(0.5, 2, (12, 1)).astype(np.float32),
        "use_different_joint_weights": bool(rng.integers(2)),
    }
    return {"ann_info": info, "joints_3d": points, "joints_3d_visible": visible}


def bottom_up_cases(rng: Generator) -> Iterator[Case]:
    """Targets of several people, and their grouping."""
    for height, width in SIZES:
        size = np.array([width, height])
        for sigma, use_udp in ((2, False), (2, True), (1.3, False), (1.3, True), (-1, False)):
            options = {"output_size": size, "num_joints": 6, "sigma": sigma, "use_udp": use_udp}
            people = joints(rng, 3, 6, (width, height))
            yield "HeatmapGenerator", {"options": options, "joints": people}
        for tag_per_joint in (True, False):
            options = {"max_num_people": 4, "num_joints": 6, "output_size": size}
            options["tag_per_joint"] = tag_per_joint
            people = joints(rng, 3, 6, (width, height))
            yield "JointsEncoder", {"options": options, "joints": people}
    for count, channels in ((17, 1), (5, 1), (5, 2)):
        for changes in (
            {},
            {"use_udp": True},
            {"ignore_too_much": True, "max_num_people": 2},
            {"use_detection_val": False, "score_per_joint": True},
            {"tag_per_joint": False},
        ):
            maps, tags = tagged_people(rng, count, channels)
            cfg = PARSER | {"num_joints": count, "max_num_people": 6} | changes
            if not cfg["tag_per_joint"]:
                tags = tags[:, :1]
            for adjust, refine in ((True, True), (True, False), (False, True)):
                steps = {"adjust": adjust, "refine": refine}
                yield "HeatmapParser", {"cfg": cfg, "heatmaps": maps, "tags": tags, **steps}


def parser_step_cases(rng: Generator) -> Iterator[Case]:
    """The steps of parsers one after the other."""
    for count, channels in ((17, 1), (5, 2)):
        for changes in ({}, {"tag_per_joint": False, "max_num_people": 30}, {"nms_kernel": 3}):
            cfg = PARSER | {"num_joints": count, "max_num_people": 6} | changes
            cfg["nms_padding"] = cfg["nms_kernel"] // 2
            maps, tags = tagged_people(rng, count, channels)
            tags = tags if cfg["tag_per_joint"] else tags[:, :1]
            yield "HeatmapParser: steps", {"cfg": cfg, "heatmaps": maps, "tags": tags}


def tagged_people(rng: Generator, count: int, channels: int) -> tuple[Maps, Maps]:
    """Heatmaps (1, K, H, W) and tags (1, K, H, W, L) of three people, with missing keypoints."""
    height, width, people = 24, 20, 3
    y, x = np.mgrid[:height, :width]
    maps = rng.uniform(0, 0.05, (1, count, height, width)).astype(np.float32)
    tags = rng.normal(0, 0.05, (1, count, height, width, channels)).astype(np.float32)
    for person in range(people):
        for joint in range(count):
            at = rng.uniform([1, 1], [width - 2, height - 2])
            squares = (x - at[0]) ** 2 + (y - at[1]) ** 2
            peak = np.exp(-squares / 4.5) * rng.uniform(0.3, 1)
            if rng.uniform() < 0.8:
                maps[0, joint] = np.maximum(maps[0, joint], peak)
            tags[0, joint][squares < 9] += 3.3 * person
    return rounded(maps), rounded(tags)


def mmpose0_cases() -> Iterator[Case]:
    """The calls of MMPose 0.x that are recorded."""
    rng = np.random.default_rng(29)
    for cases in (decoding_cases, top_down_cases, bottom_up_cases, parser_step_cases):
        yield from cases(rng)


def hrnet_cases() -> Iterator[Case]:
    """The calls of HRNet's reference implementation that are recorded."""
    rng = np.random.default_rng(18)
    for height, width in SIZES:
        yield "get_max_preds", {"batch_heatmaps": heatmaps(rng, (2, 9, height, width))}
        for post_process in (True, False):
            maps = {"batch_heatmaps": heatmaps(rng, (2, 9, height, width)), **boxes(rng, 2)}
            yield "get_final_preds", {"post_process": post_process, **maps}
        for sigma, weights in ((2, None), (3, rng.uniform(0.5, 2, (8, 1)))):
            points = joints(rng, 1, 8, (4 * width, 4 * height))[0]
            dataset = {
                "num_joints": 8,
                "image_size": np.array([4 * width, 4 * height]),
                "heatmap_size": np.array([width, height]),
                "sigma": sigma,
                "target_type": "gaussian",
                "use_different_joints_weight": weights is not None,
                "joints_weight": 1 if weights is None else weights,
            }
            seen = np.repeat(points[:, 2:], 3, axis=1)
            yield "generate_target", {"dataset": dataset, "joints": points, "joints_vis": seen}
