"""Wrong calls of the helpers raise errors, in MMPose's words where it has some, and never panic."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import golden_cases
import numpy as np
import pytest
from posecodec_rs import InvalidInputError, functional
from specs.shared.bad import Bad, ones
from specs.shared.messages import EMPTY_MAPS, NUMERIC

CASES = {case.method: case for case in golden_cases.load() if case.of_helper}
"""One valid call of each helper."""


def bad_calls() -> Iterator[Bad]:
    def bad(helper: str, argument: str, value: Any, *words: str, **others: Any) -> Bad:
        given = {argument: value, **others}

        def call() -> object:
            return getattr(functional, helper)(**CASES[helper].args | given)

        return Bad(f"{helper}({argument}={value!r:.40})", call, words or (f"`{argument}`",))

    kinds = [f"generate_{kind}gaussian_heatmaps" for kind in ("", "udp_", "unbiased_")]
    drawn = [*kinds, "generate_offset_heatmap", "generate_displacement_heatmap"]
    for helper in drawn:
        for size in ((0, 4), (4, -1), (4,), (4, 4, 4), 48, None, "4x", (4.5, 4)):
            yield bad(helper, "heatmap_size", size)
        yield bad(helper, "heatmap_size", (2**40, 4), "memory")
    for helper in (*drawn, "generate_3d_gaussian_heatmaps"):
        for points in (ones(2), ones(2, 3), ones(1, 2, 1), ones(1, 1, 2, 2), None, "points"):
            yield bad(helper, "keypoints", points)
        for seen in (None, ones(1, 1), ones(2), ones(1, 5, 2), np.array([["a"]])):
            yield bad(helper, "keypoints_visible", seen)
        yield bad(helper, "keypoints", np.array([[["x", "y"]]]), NUMERIC)
    for helper in (*kinds, "generate_3d_gaussian_heatmaps"):
        for sigma in (-1, np.nan, np.inf, None, "wide", (), ones(1, 1), ones(2, 2), 1j):
            yield bad(helper, "sigma", sigma)
    yield bad(kinds[0], "sigma", (1.0,) * 2, "instances", keypoints=ones(3, 5, 2),
              keypoints_visible=ones(3, 5))  # fmt: skip
    yield bad(kinds[1], "sigma", (1.0, 2.0), "a number")
    yield bad("generate_3d_gaussian_heatmaps", "sigma", 1e9, "at most")
    for argument, values in {
        "heatmap_size": ((4, 4), (4, 4, 0)),
        "image_size": ((4,), (0, 4), (np.nan, 4), None, "4x4"),
        "heatmap3d_depth_bound": (0, np.nan, None),
        "joint_indices": ([5], [-6], [0.5], "ab", 3),
        "max_bound": (0, -1, np.inf, "high"),
        "use_different_joint_weights": ("yes", 2, None),
    }.items():
        for value in values:
            yield bad("generate_3d_gaussian_heatmaps", argument, value)
    for weights in (None, ones(4), ones(5, 1), "heavy"):
        argument, others = "dataset_keypoint_weights", {"use_different_joint_weights": True}
        yield bad("generate_3d_gaussian_heatmaps", argument, weights, **others)
    for factor in (0, -1, np.nan, None, ones(2)):
        yield bad("generate_offset_heatmap", "radius_factor", factor)
    for argument, value in (
        ("roots", ones(1, 3)), ("roots_visible", ones(9)), ("diagonal_lengths", ones(1, 1)),
        ("radius", np.inf), ("radius", "far"),
    ):  # fmt: skip
        yield bad("generate_displacement_heatmap", argument, value)

    wanted = "the value of `root_type` must be 'kpt_center' or 'bbox_center', but got"
    yield bad("get_instance_root", "root_type", "head", wanted)
    yield bad("get_instance_root", "root_type", None)
    for helper in ("get_instance_root", "get_instance_bbox", "get_diagonal_lengths"):
        for points in (ones(2, 3, 3), ones(3, 2), None, "points"):
            yield bad(helper, "keypoints", points)
        yield bad(helper, "keypoints_visible", ones(9, 9))

    for helper in ("get_heatmap_maximum", "get_heatmap_3d_maximum"):
        for shape in ((3,), (2, 3), (1, 2, 3, 4, 5, 6)):
            yield bad(helper, "heatmaps", ones(*shape), "Invalid shape")
        yield bad(helper, "heatmaps", None, NUMERIC)
        yield bad(helper, "heatmaps", ones(1, 2, 0, 3), EMPTY_MAPS)
    yield bad("get_simcc_maximum", "simcc_x", ones(3), "Invalid shape (3,)")
    yield bad("get_simcc_maximum", "simcc_y", ones(1, 2, 3, 4), "Invalid shape (1, 2, 3, 4)")
    yield bad("get_simcc_maximum", "simcc_y", ones(4, 5), "(2, 5) != (4, 5)", simcc_x=ones(2, 5))
    yield bad("get_simcc_maximum", "simcc_x", ones(2, 0), "at least one bin", simcc_y=ones(2, 3))
    yield bad("get_simcc_maximum", "apply_softmax", "no")

    for helper, argument in (("gaussian_blur", "heatmaps"), ("gaussian_blur1d", "simcc")):
        for kernel in (4, 0, -3, 11.0, None, "11", True, 2**17 + 1):
            yield bad(helper, "kernel", kernel)
        for maps in (ones(3), ones(2, 3), ones(1, 2, 3, 4), ones(2, 3, 4, dtype=int), None):
            yield bad(helper, argument, maps)
    for kernel in (4, 0, -3, 3.0, None, "3", True):
        words = ("The kernel_size should be an odd integer", repr(kernel))
        yield bad("batch_heatmap_nms", "kernel_size", kernel, *words)
    for maps in (ones(2, 3, 4), ones(1, 1, 3, 4, dtype=int), None, [["a"]]):
        yield bad("batch_heatmap_nms", "batch_heatmaps", maps)
    for vectors in (ones(2, 3), ones(1, 1, 3, dtype=int), None):
        yield bad("get_simcc_normalized", "batch_pred_simcc", vectors)
    for sigma in (0, -1, np.nan, "wide", ones(2)):
        yield bad("get_simcc_normalized", "sigma", sigma)

    refining = [name for name in functional.__all__ if name.startswith("refine")]
    for helper in refining:
        for points in (ones(2), ones(1, 1, 1, 1), ones(1, 2, 2, dtype=int), None, "points"):
            yield bad(helper, "keypoints", points)
    for helper in refining[1:]:
        for kernel in (4, -3, 5.0, None):
            yield bad(helper, "blur_kernel_size", kernel)
    for helper in refining[:3]:
        for maps in (ones(3, 4), ones(1, 3, 4), ones(9, 0, 4), ones(9, 3, 4, dtype=int), None):
            yield bad(helper, "heatmaps", maps)
    yield bad("refine_simcc_dark", "simcc", ones(2, 3))
    yield bad("refine_simcc_dark", "keypoints", ones(2, 3), simcc=ones(2, 4, 9))

    for helper in ("camera_to_pixel", "pixel_to_camera"):
        for points in (ones(2, 2), 3.0, None, ones(1, 1, 1, 1, 1, 3)):
            yield bad(helper, "kpts_3d", points)
        for argument in ("fx", "fy", "cx", "cy"):
            yield bad(helper, argument, ones(2))
            yield bad(helper, argument, "far")
    yield bad("camera_to_pixel", "shift", "a little")
    for root in (5, -6, 0.5, None):
        yield bad("camera_to_image_coord", "root_index", root)
    for camera in (None, {}, {"f": ones(2)}, {"f": ones(3), "c": ones(2)}, {"f": "f", "c": "c"}):
        yield bad("camera_to_image_coord", "camera_param", camera, "camera_param")
    for poses in (ones(3), ones(1, 5, 2), ones(1, 1, 5, 3), None):
        yield bad("camera_to_image_coord", "kpts_3d_cam", poses)


ROWS = list(bad_calls())


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in ROWS])
def test_wrong_calls(bad: Bad) -> None:
    bad.check()


class Hostile:
    """Raises an error for everything."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __len__(self) -> int:
        raise RuntimeError("len")

    def __float__(self) -> float:
        raise RuntimeError("float")


ODD: list[Callable[[], Any]] = [
    *(lambda value=value: value for value in (None, 0, -1, 10**30, 1e308, np.nan, True, "a", b"b")),
    *(lambda value=value: value for value in ((), [], {}, [[]], [1, [2]], 1j, object, Hostile())),
    *(lambda dims=dims: np.zeros((0,) * dims) for dims in range(1, 6)),
    *(lambda dims=dims: np.full((2,) * dims, np.nan) for dims in range(7)),
    lambda: np.full((2, 3, 2), 1e300),
    lambda: np.zeros((1, 2**20), ">f2"),
    lambda: np.zeros((2, 2, 2), "M8[s]"),
    lambda: np.array([[[1, None]]], object),
    lambda: np.broadcast_to(np.float32(1), (2**29, 2**29, 2)),
    lambda: iter([1, 2]),
]


@pytest.mark.parametrize("helper", CASES)
def test_odd_input_returns_or_raises(helper: str) -> None:
    for argument in CASES[helper].args:
        for odd in ODD:
            given = CASES[helper].args | {argument: odd()}
            with (
                contextlib.suppress(InvalidInputError, MemoryError),
                np.errstate(all="ignore"),
            ):
                getattr(functional, helper)(**given)
