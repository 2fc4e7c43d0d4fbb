"""`Hand3DHeatmap`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import Hand3DHeatmap

from .shared import bad, strategies
from .shared.golden import Case, Kwargs, Size, noise, place, visibilities
from .shared.inputs import keypoint_args, responses
from .shared.messages import KEYPOINT_INDICES
from .spec import Args, Config, Draw, Parity, Spec

NAME = "Hand3DHeatmap"
VOLUMES: Args = {"image_size": (96, 64), "heatmap_size": (24, 16, 8), "depth_size": 8}


def joints(config: Config) -> int:
    """Keypoints that are encoded."""
    return len(config.kwargs.get("joint_indices") or range(config.count))


def encode_args(config: Config, rng: Generator, *batch: int) -> Args:
    args = keypoint_args(config, rng, *batch)
    depths = rng.uniform(-250, 250, (*batch, 1, config.count, 1)).astype(np.float32)
    return {
        "keypoints": np.concatenate([args["keypoints"], depths], -1),
        "keypoints_visible": args["keypoints_visible"],
        "dataset_keypoint_weights": rng.random(joints(config), np.float32),
        "rel_root_depth": rng.uniform(-300, 300, (*batch, 1)).astype(np.float32),
        "rel_root_valid": np.ones((*batch, 1), np.float32),
        "hand_type": rng.integers(0, 2, (*batch, 1, 2)).astype(np.float32),
        "hand_type_valid": np.ones((*batch, 1), np.int64),
    }


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    width, height, depth = config.kwargs["heatmap_size"]
    return {
        "heatmaps": responses(rng, (*batch, config.count), (depth, height, width)),
        "root_depth": rng.uniform(0, 64, (*batch, 1)).astype(np.float32),
        "hand_type": rng.normal(0, 1, (*batch, 2)).astype(np.float32),
    }


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    width, height, depth = config.kwargs["heatmap_size"]
    count = joints(config)
    return {"heatmaps": (count * depth, height, width), "keypoint_weights": (1, count)}


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(Hand3DHeatmap)
    yield from bad.sizes_3d(row, "heatmap_size")
    yield from bad.sizes(row, "image_size")
    for argument in ("root_heatmap_size", "heatmap_size_root", "depth_size"):
        yield from bad.positive_integers(row, argument)
    for argument in ("heatmap3d_depth_bound", "root_depth_bound", "max_bound", "sigma"):
        yield from bad.positive_numbers(row, argument)
        for value in (None, (1, 1)):
            yield row(argument, value, "number")
    yield row("sigma", 1e9, "at most")
    for value in (3, "012", (0, 1.5), (True,), (None,), [[0]], 2**70):
        yield row("joint_indices", value, KEYPOINT_INDICES)
    yield from bad.bools(row, "use_different_joint_weights")
    yield from bad_encoders()
    yield from bad_decoders()


def bad_encoders() -> Iterator[bad.Bad]:
    (hand, some), rng, ones = SPEC.configs, np.random.default_rng(0), bad.ones
    row = bad.method(hand.make(), "encode", hand.encode_args(rng))
    batch = bad.method(hand.make(), "batch_encode", hand.encode_args(rng, 2))
    for value in (ones(10, 3), ones(1, 10, 2), ones(1, 1, 10, 3), 3.0, "joints"):
        yield row("keypoints", value)
    yield row("keypoints_visible", ones(1, 9), "(1, 10)", "(1, 9)")
    weighted = bad.method(some.make(), "encode", some.encode_args(rng))
    for value in (None, ones(10), ones(1, 3), "weights"):
        yield weighted("dataset_keypoint_weights", value)
    for argument in ("rel_root_depth", "rel_root_valid"):
        for value in (None, ones(2), ones(1, 1), "deep", 1j):
            yield row(argument, value)
        for value in (1.0, ones(3), ones(2, 2)):
            yield batch(argument, value)
    for value in (None, 1, ones(3), ones(1, 3), ones(2, 2), ones(1, 1, 2), "left"):
        yield row("hand_type", value)
    yield batch("hand_type", ones(3, 2), "(3, 2)")
    for value in (None, ones(3), ones(2, 2), "yes"):
        yield row("hand_type_valid", value)
    few, args = Hand3DHeatmap(**VOLUMES, joint_indices=[0, 10]), hand.encode_args(rng)
    words = ("`joint_indices`", "10 keypoints", "10")
    yield bad.Bad(f"{NAME}.encode(a joint beyond K)", lambda: few.encode(**args), words)


def bad_decoders() -> Iterator[bad.Bad]:
    hand, rng, ones = SPEC.configs[0], np.random.default_rng(0), bad.ones
    row = bad.method(hand.make(), "decode", hand.decode_args(rng))
    batch = bad.method(hand.make(), "batch_decode", hand.decode_args(rng, 2))
    for value in (
        ones(4, 4, 4),
        ones(1, 2, 4, 4, 4),
        ones(2, 0, 4, 4),
        ones(2, 4, 4, 4, dtype=int),
    ):
        yield row("heatmaps", value)
    yield batch("heatmaps", ones(2, 4, 4, 4), "(B, K, D, H, W)")
    yield batch("root_depth", ones(3), "(B,)", "(3,)")
    yield batch("hand_type", ones(2, 3), "(B, 2)", "(2, 3)")
    for value in (ones(2), ones(1, 2), "deep", np.array([1])):
        yield row("root_depth", value)
    for value in (1.0, ones(3), ones(2, 2), "left"):
        yield row("hand_type", value)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    pixels = (*size.heatmap, 8 + 3 * size.turn)
    base: Kwargs = {"image_size": size.image, "heatmap_size": pixels, "depth_size": pixels[2]}
    roots = {"heatmap_size_root": 12, "root_heatmap_size": 10, "root_depth_bound": 300.0}
    variants = (
        (base, 1, "partly outside", "float32"),
        (base | roots | {"sigma": 2.5, "max_bound": 255}, 1, "inside", "float64"),
        (base | {"sigma": 1.3, "joint_indices": [3, 0, -1]}, 1, "partly outside", "float64"),
        (base | {"sigma": 1, "heatmap3d_depth_bound": 300.0}, 2, "half-pixel", "float32"),
        (base | {"use_different_joint_weights": True}, 1, "far outside", "float32"),
        (base | {"sigma": 0.4}, 3, "inside", "float32"),
    )
    for i, (kwargs, people, where, dtype) in enumerate(variants):
        depths = rng.uniform(-0.6, 0.6, (people, 5, 1)) * 400
        points = np.concatenate([place(rng, size, where, size.stride, people), depths], -1)
        count = len(kwargs.get("joint_indices", range(5)))
        seen = ("float32", "int64", "float64")[i % 3]
        args: Kwargs = {
            "keypoints": points.astype(dtype),
            "keypoints_visible": visibilities(rng, people, 5, seen).astype(seen),
            "dataset_keypoint_weights": rng.uniform(0, 2, count).astype(np.float32),
            "rel_root_depth": (np.float32, np.float64, float)[i % 3](rng.uniform(-250, 250)),
            "rel_root_valid": (np.float32(1), 1.0, np.int64(1))[i // 2],
            "hand_type": np.array([[1, 0], [0, 1], [1, 1]], seen)[i % 3 : i % 3 + 1],
            "hand_type_valid": np.ones(1, seen),
            "focal": np.ones(2, np.float32),
            "principal_pt": np.ones(2, np.float32),
        }
        if i == 1:
            args["keypoints_visible"] = None
        note = f"{where}, {people} of {dtype}, visibility {seen}"
        yield Case(kwargs, "encode", args, note)

    for kwargs, dtype in ((base, "float32"), (base | roots, "float64"), (base, "float16")):
        maps = noise(rng, (3, *pixels[::-1]), 1.0, 2**-9)
        maps[1] -= 2
        root = rng.uniform(0, 12, (1, 1)).astype(dtype if dtype != "float16" else "float32")
        args = {"heatmaps": maps.astype(dtype), "root_depth": root}
        args["hand_type"] = rng.normal(0, 1, (1, 2)).astype(dtype)
        yield Case(kwargs, "decode", args, f"noise, {dtype}")


def parity_encode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    count, bound = draw(st.integers(1, 2)), kwargs.get("heatmap3d_depth_bound", 400.0)
    shares = rng.uniform(-0.2, 1.2, (count, strategies.K, 3)) - [0, 0, 0.5]
    points = shares * [*kwargs["image_size"], bound]
    weights = rng.uniform(0, 2, len(kwargs.get("joint_indices", range(strategies.K))))
    visible = strategies.visible(draw, rng, count, strategies.K)
    return {
        "keypoints": points.astype(draw(strategies.precisions)),
        "keypoints_visible": draw(st.none() | st.just(visible)),
        "dataset_keypoint_weights": weights.astype(np.float32),
        "rel_root_depth": draw(st.sampled_from([np.float32, np.float64, float]))(
            rng.uniform(-250, 250)
        ),
        "rel_root_valid": draw(st.sampled_from([np.float32(1), 1.0, np.int64(1)])),
        "hand_type": rng.integers(0, 2, (1, 2)).astype(draw(strategies.precisions)),
        "hand_type_valid": np.ones(1, np.float32),
        "focal": np.ones(2, np.float32),
        "principal_pt": np.ones(2, np.float32),
    }


def parity_decode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    dtype = draw(strategies.precisions)
    return {
        "heatmaps": responses(rng, (strategies.K,), kwargs["heatmap_size"][::-1]).astype(dtype),
        "root_depth": rng.uniform(0, 12, (1, 1)).astype(dtype),
        "hand_type": rng.normal(0, 1, (1, 2)).astype(dtype),
    }


def mmpose_encode_args(config: Config, rng: Generator) -> Args:
    """MMPose takes numbers where this package takes arrays of one, too."""
    args = config.encode_args(rng)
    args |= {name: args[name][0] for name in ("rel_root_depth", "rel_root_valid")}
    return args | {"focal": np.ones(2), "principal_pt": np.ones(2)}


def mmpose_decode_args(config: Config, rng: Generator) -> Args:
    """With a batch axis of one, as MMPose's head passes them."""
    args = config.decode_args(rng)
    return args | {name: args[name][None] for name in ("root_depth", "hand_type")}


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float32, dtype, dtype, np.int64]


SPEC = Spec(
    codec=Hand3DHeatmap,
    family="3d",
    configs=(
        Config(NAME, VOLUMES, 10),
        Config(
            NAME,
            VOLUMES
            | {
                "joint_indices": (0, 3, -1),
                "sigma": 1.5,
                "max_bound": 255,
                "use_different_joint_weights": True,
            },
            10,
            note="joints",
        ),
    ),
    encode_args=encode_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            {},
            {
                "image_size": np.array([256, 256]),
                "root_heatmap_size": 64,
                "heatmap_size": np.array([64, 64, 64]),
                "heatmap3d_depth_bound": 400.0,
                "heatmap_size_root": 64,
                "root_depth_bound": 400.0,
                "depth_size": 64,
                "use_different_joint_weights": False,
                "sigma": 2,
                "joint_indices": None,
                "max_bound": 1.0,
                "scale_factor": np.array([4, 4], np.float32),
            },
        ),
        "odd": (
            {"image_size": [96, 64], "heatmap_size": [24, 20, 8], "joint_indices": [0, -1]},
            {
                "image_size": np.array([96, 64]),
                "heatmap_size": np.array([24, 20, 8]),
                "scale_factor": np.array([4, 3.2], np.float32),
            },
        ),
    },
    labels=["keypoint_weights", "root_depth_weight", "type_weight", "root_depth", "type"],
    instance_items=["keypoints", "keypoints_visible", "keypoints_cam"],
    auxiliary_keys=frozenset(
        {
            "dataset_keypoint_weights",
            "rel_root_depth",
            "rel_root_valid",
            "hand_type",
            "hand_type_valid",
            "focal",
            "principal_pt",
        }
    ),
    lists_all_items=False,
    unread_args=frozenset({"dataset_keypoint_weights"}),
    weights="other",
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=st.builds(
            lambda kwargs: kwargs | {"depth_size": kwargs["heatmap_size"][2]},
            strategies.chosen(
                {
                    "image_size": st.tuples(strategies.map_sides, strategies.map_sides),
                    "heatmap_size": st.tuples(*[st.integers(2, 16)] * 3),
                },
                heatmap3d_depth_bound=st.floats(100, 600),
                heatmap_size_root=st.integers(2, 64),
                root_heatmap_size=st.integers(2, 64),
                root_depth_bound=st.floats(100, 600),
                use_different_joint_weights=st.booleans(),
                sigma=strategies.sigmas,
                joint_indices=st.permutations(range(strategies.K)).map(lambda joints: joints[:3]),
                max_bound=st.sampled_from([1.0, 255]),
            ),
        ),
        encode_args=parity_encode_args,
        decode_args=parity_decode_args,
        fixed_encode_args=mmpose_encode_args,
        fixed_decode_args=mmpose_decode_args,
    ),
    shared_args=frozenset({"dataset_keypoint_weights"}),
    decoded_dtypes=decoded_dtypes,
)
