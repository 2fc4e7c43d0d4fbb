"""`ImagePoseLifting`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import ImagePoseLifting

from .shared import bad, lifting, strategies
from .shared.golden import Case, Kwargs, Size
from .shared.golden_lifting import LIFTING_PLAN, lifting_args, lifting_decode_cases
from .spec import Args, Config, Draw, Parity, Spec

NAME = "ImagePoseLifting"

STATISTICS = {
    name: [[offset + 0.25 * k + 0.5 * axis for axis in range(dims)] for k in range(17)]
    for name, offset, dims in (
        ("keypoints_mean", 500.0, 2),
        ("keypoints_std", 90.0, 2),
        ("target_mean", -0.125, 3),
        ("target_std", 0.5, 3),
    )
}
"""Means and deviations of 17 keypoints; the values are exact in single precision."""


def encode_args(config: Config, rng: Generator, *batch: int) -> Args:
    return lifting.pose_args(rng, *batch, 1)


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    return lifting.lifted_args(config, rng, *batch, 1)


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    kept = 17 - bool(config.kwargs.get("remove_root"))
    inputs = 3 if config.kwargs.get("concat_vis") else 2
    flat = config.kwargs.get("reshape_keypoints", True)
    return {
        "keypoint_labels": (17 * inputs, 1) if flat else (1, 17, inputs),
        "keypoint_labels_visible": (1, 17),
        "lifting_target_label": (1, kept, 3),
        "lifting_target_weight": (1, kept),
        "trajectory_weights": (1, 17),
    }


def bad_rows() -> Iterator[bad.Bad]:
    yield from lifting.bad_constructors(ImagePoseLifting)
    row, ones = bad.constructor(ImagePoseLifting, num_keypoints=17), bad.ones
    for mean, std in (("keypoints_mean", "keypoints_std"), ("target_mean", "target_std")):
        yield from lifting.statistic_rows(row, mean, std)
    removed = {"remove_root": True, "target_std": ones(17, 3)}
    yield row("target_mean", ones(17, 3), "(16, D)", "(17, 3)", **removed)
    for value in ("key", 3, [1, 2], [None]):
        yield row("additional_encode_keys", value, "list of str")

    means = {"target_mean": ones(17, 3), "target_std": ones(17, 3)}
    all_means = means | {"keypoints_mean": ones(17, 2), "keypoints_std": ones(17, 2)}
    codec, normalizing = ImagePoseLifting(17), ImagePoseLifting(17, **all_means)
    for label, either in ((NAME, codec), (f"{NAME}-means", normalizing)):
        yield from lifting.bad_encoders(either, label, camera=False)
        yield from lifting.bad_decoders(either, label)
    yield from lifting.bad_depths(codec)
    row = bad.method(normalizing, "encode", {"keypoints": ones(1, 17, 2)}, f"{NAME}-means")
    yield row("keypoints", ones(1, 17, 3), "2 coordinates", "3")
    yield row("lifting_target", ones(2, 17, 3), "(1, 17, 3)")
    yield row("lifting_target", ones(1, 17, 2), "(1, 17, 2)")
    row = bad.method(ImagePoseLifting(17, **means), "decode", {}, f"{NAME}-means")
    yield row("encoded", ones(2, 17, 3), "(1, 17, 3)", "(2, 17, 3)")


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    def statistics(joints: int, kept: int) -> Kwargs:
        return {
            "keypoints_mean": np.round(rng.uniform(400, 600, (joints, 2))).tolist(),
            "keypoints_std": np.round(rng.uniform(50, 100, (joints, 2))),
            "target_mean": np.round(rng.normal(0, 64, (kept, 3))) / 256,
            "target_std": np.round(rng.uniform(64, 256, (kept, 3))) / 256,
        }

    removed = {"remove_root": True, "save_index": True}
    for i, kwargs in enumerate(
        (
            {"num_keypoints": 17},
            {"num_keypoints": 17, **statistics(17, 17), "concat_vis": True},
            {"num_keypoints": 16, **removed, **statistics(16, 15)},
            {"num_keypoints": 5, "root_index": [3, 1], "reshape_keypoints": False},
            {"num_keypoints": 5, **removed, "reshape_keypoints": False, "concat_vis": True},
        )
    ):
        joints = kwargs["num_keypoints"]
        for dtype, visible in LIFTING_PLAN[(size.turn + i) % 2 :: 2]:
            args = lifting_args(rng, size, (1 + i, 1), joints, dtype, visible)
            yield Case(kwargs, "encode", args, f"{1 + i}x{joints} {dtype}, visibility {visible}")
        if i == size.turn + 2 and "target_mean" not in kwargs:
            yield from lifting_decode_cases(rng, kwargs, joints - ("remove_root" in kwargs))
        elif "target_mean" in kwargs:
            one, two, *_ = lifting_decode_cases(rng, kwargs, len(kwargs["target_mean"]))
            yield from (one, two)


@st.composite
def parity_kwargs(draw: st.DrawFn) -> Args:
    """Some of the options, and statistics of keypoints, of targets, of both or none."""
    rng, count = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), strategies.K
    kwargs: Args = draw(
        strategies.chosen(
            {"num_keypoints": st.just(count)},
            root_index=st.integers(0, count - 1) | st.just([1, 3]),
            reshape_keypoints=st.booleans(),
            concat_vis=st.booleans(),
        )
    )
    if draw(st.booleans()):  # MMPose fails with another root
        kwargs |= {"remove_root": True, "save_index": draw(st.booleans()), "root_index": 0}
    if draw(st.booleans()):
        kwargs["keypoints_mean"] = rng.uniform(400, 600, (count, 2))
        kwargs["keypoints_std"] = rng.uniform(50, 100, (count, 2)).tolist()
    if draw(st.booleans()):
        kept = count - bool(kwargs.get("remove_root"))
        kwargs["target_mean"] = rng.normal(0, 0.3, (kept, 3)).tolist()
        kwargs["target_std"] = rng.uniform(0.3, 1, (kept, 3))
    return kwargs


def parity_encode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    return strategies.poses(draw, rng, (draw(strategies.counts), 1))


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    """Means and deviations are in single precision."""
    wider = np.result_type(dtype, np.float32) if config.note == "means" else dtype
    return [wider, np.float32]


SPEC = Spec(
    codec=ImagePoseLifting,
    family="lifting",
    configs=(
        Config(NAME, {"num_keypoints": 17}),
        Config(NAME, {"num_keypoints": 17} | STATISTICS, note="means"),
        Config(
            NAME,
            {
                "num_keypoints": 17,
                "root_index": [7],
                "remove_root": True,
                "save_index": True,
                "reshape_keypoints": False,
                "concat_vis": True,
                "additional_encode_keys": ["camera_param"],
            },
            note="removed",
        ),
    ),
    encode_args=encode_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            {"num_keypoints": 17},
            {
                "root_index": [0],
                "remove_root": False,
                "save_index": False,
                "reshape_keypoints": True,
                "concat_vis": False,
                "keypoints_mean": None,
                "keypoints_std": None,
                "target_mean": None,
                "target_std": None,
            },
        ),
        "means": (
            {"num_keypoints": 17, "root_index": [2, 5], "concat_vis": True}
            | {name: np.array(values, np.float32)[None] for name, values in STATISTICS.items()},
            {},
        ),
    },
    labels=lifting.LABELS,
    instance_items=lifting.TARGETS,
    auxiliary_keys=frozenset(lifting.TARGETS),
    lists_all_items=False,
    optional_args=lifting.OPTIONAL,
    weights="other",
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=parity_kwargs(),
        encode_args=parity_encode_args,
        decode_args=strategies.lifted,
        skipped_notes=frozenset({"removed"}),
    ),
    constant_items=frozenset({"target_root_removed", "target_root_index"}),
    decoded_dtypes=decoded_dtypes,
)
