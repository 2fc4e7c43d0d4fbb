"""`SimCC3DLabel`, of MMPose's repository, not of its package."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from posecodec_rs import SimCC3DLabel

from .shared import bad
from .shared.golden import (
    ENCODE_PLAN,
    Case,
    Kwargs,
    Size,
    like_a_network,
    place,
    visibilities,
)
from .shared.inputs import keypoint_args, vectors
from .shared.messages import FLOATS, KEYPOINT_INDICES, NUMERIC
from .spec import Args, Config, Spec

NAME = "SimCC3DLabel"


def encode_args(config: Config, rng: Generator, *batch: int) -> Args:
    """Keypoints, and 3D ones in the configuration "depths"."""
    args = keypoint_args(config, rng, *batch)
    if config.note == "depths":
        shape = (*args["keypoints_visible"].shape, 3)
        args["keypoints_3d"] = rng.uniform(4, 6, shape).astype(np.float32)
    return args


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    return vectors(config, rng, ("x", "y", "z"), *batch)


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    people = (config.instances, config.count)
    ratio = config.kwargs.get("simcc_split_ratio", 2.0)
    bins = [round(side * ratio) for side in config.kwargs["input_size"]]
    labels = {f"keypoint_{axis}_labels": (*people, n) for axis, n in zip("xyz", bins, strict=True)}
    shapes = labels | {"keypoint_weights": people, "weight_z": people}
    if config.note == "depths":
        shapes |= {"lifting_target": (*people, 3), "root_z": people[:1]}
    return shapes


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(SimCC3DLabel, input_size=(96, 128, 64))
    yield from bad.sizes_3d(row, "input_size")
    for argument in ("sigma", "simcc_split_ratio", "z_range"):
        yield from bad.positive_numbers(row, argument)
    for value in ((6, 6), (6,), ()):
        yield row("sigma", value, "one each for x, y and z", f"{len(value)} values")
    yield row("sigma", (6, 6, 0), "positive finite number")
    yield row("sigma", (6, 6, 0.4), "at least", use_dark=True)
    yield row("simcc_split_ratio", 1e-9, "at least one bin")
    for value in (1.5, None, True):
        yield row("root_index", value, "index of a keypoint")
    yield row("root_index", (0, "1"), KEYPOINT_INDICES)
    yield row("root_index", (), "must name a keypoint")
    yield from bad.bools(row, "normalize", "use_dark")

    config, rng, ones = SPEC.configs[1], np.random.default_rng(0), bad.ones
    codec = config.make()
    row = bad.method(codec, "encode", config.encode_args(rng))
    for value in (ones(6, 2), ones(2, 6, 3), ones(1, 2, 6, 2), ones(2, 6, 2, dtype=complex), None):
        yield row("keypoints", value)
    yield row("keypoints_3d", ones(2, 6, 2), "(2, 6, 3)", "(2, 6, 2)")
    yield row("keypoints_3d", ones(1, 6, 3), "(2, 6, 3)", "(1, 6, 3)")
    yield row("keypoints_3d", "depths", NUMERIC)
    yield row("keypoints_visible", ones(2, 5), "(2, 6)", "(2, 5)")
    batch = bad.method(codec, "batch_encode", config.encode_args(rng, 2))
    yield batch("keypoints", ones(2, 6, 2), "(B, N, K, 2)", "(2, 6, 2)")
    far = SimCC3DLabel((96, 128, 64), root_index=(0, 6))
    args = {"keypoints": ones(1, 6, 2), "keypoints_3d": ones(1, 6, 3)}
    words = ("`root_index`", "6 keypoints", "6")
    yield bad.Bad(f"{NAME}.encode(a root beyond K)", lambda: far.encode(**args), words)
    row = bad.method(codec, "decode", config.decode_args(rng))
    batch = bad.method(codec, "batch_decode", config.decode_args(rng, 2))
    for name in "xyz":
        yield row(name, ones(5))
        yield row(name, ones(2, 5, 9) if name != "x" else ones(1, 1, 1, 1))
        yield row(name, ones(2, 6, 0), "at least one bin")
        yield row(name, ones(2, 6, 9, dtype=int), FLOATS)
        yield batch(name, ones(6, 9))


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    image = (*size.image, size.image[0] // 2)
    base: Kwargs = {"input_size": image}
    per_axis = base | {"sigma": (4.9, 5.66, 3.5), "normalize": False, "root_index": (1, 2)}
    integer = base | {"sigma": 2, "simcc_split_ratio": 1.5, "root_index": -1, "z_range": 1}

    for i, kwargs in enumerate((base, per_axis, integer)):
        stride = 1 / kwargs.get("simcc_split_ratio", 2.0)
        for where, joints, dtype, visible in ENCODE_PLAN[(size.turn + i) % 3 :: 3]:
            points = place(rng, size, where, stride, 1, joints + 2).astype(dtype)
            args = {"keypoints": points}
            if visible != "omitted":
                dtype = visible.split()[1]
                seen = visibilities(rng, 1, points.shape[1], dtype)
                args["keypoints_visible"] = seen.astype(dtype)
            yield Case(kwargs, "encode", args, f"{where}, {points.dtype}, visibility {visible}")
            depths = 5 + rng.uniform(-1.2, 1.2, (*points.shape[:2], 3))
            args = args | {"keypoints_3d": depths.astype(rng.choice(["float32", "float64"]))}
            yield Case(kwargs, "encode", args, f"{where}, {points.dtype}, depths, {visible}")
    points = place(rng, size, "partly outside", 0.5, 3)
    yield Case(base, "encode", {"keypoints": points}, "three people")

    def vectors(kwargs: Kwargs, *shape: int, margin: float = 0.0) -> Kwargs:
        args = {}
        for name, length in zip("xyz", image, strict=True):
            bins = round(length * kwargs.get("simcc_split_ratio", 2.0))
            centers = rng.uniform(margin, bins - 1 - margin, (*shape, 1))
            heights = rng.permutation(np.geomspace(1, 0.05, shape[-1]))[:, None]
            away = (np.arange(bins) - centers) / rng.uniform(5, 9)
            args[name] = like_a_network(rng, heights * np.exp(-(away**2)), dims=1)
        return args

    for kwargs, *shape in ((base, 5), (per_axis, 1, 5), (integer, 3, 5)):
        note = "x".join(map(str, shape))
        yield Case(kwargs, "decode", vectors(kwargs, *shape), f"network-like, {note}")
    silent = vectors(base, 1, 5)
    for joint, name in enumerate(silent):
        silent[name][0, joint] -= 2
    yield Case(base, "decode", silent, "joints of no positive response")
    for kwargs, *shape in ((base, 1, 5), (per_axis, 2, 3)):
        dark, args = kwargs | {"use_dark": True}, vectors(kwargs, *shape, margin=10)
        yield Case(dark, "decode", args, "DARK", tol="dark", sensitive=True)


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float32, np.float32, dtype]


SPEC = Spec(
    codec=SimCC3DLabel,
    family="3d",
    instances=2,
    configs=(
        Config(NAME, {"input_size": (96, 128, 64)}, 6),
        Config(
            NAME,
            {
                "input_size": (96, 128, 64),
                "sigma": (4.9, 5.66, 3),
                "root_index": (1, -1),
                "z_range": 1,
            },
            6,
            note="depths",
        ),
        Config(
            NAME,
            {
                "input_size": (70, 50, 30),
                "simcc_split_ratio": 1.5,
                "normalize": False,
                "use_dark": True,
            },
            6,
            note="dark",
        ),
    ),
    encode_args=encode_args,
    decode_args=decode_args,
    shapes=shapes,
    flips=True,
    attributes={
        "": (
            {"input_size": (288, 384, 288)},
            {
                "sigma": np.array([6.0, 6.0, 6.0]),
                "simcc_split_ratio": 2.0,
                "normalize": True,
                "use_dark": False,
                "root_index": [0],
                "root_z": [5.14388],
                "z_range": 2.1744869,
            },
        ),
        "roots": (
            {
                "input_size": (288, 384, 288),
                "root_index": (11, 12),
                "sigma": (6, 7, 6),
                "z_range": 3.0,
            },
            {"root_index": [11, 12], "sigma": np.array([6, 7, 6])},
        ),
    },
    labels=[
        "keypoint_x_labels",
        "keypoint_y_labels",
        "keypoint_z_labels",
        "keypoint_weights",
        "weight_z",
        "with_z_label",
    ],
    instance_items={
        "bbox": "bboxes",
        "bbox_score": "bbox_scores",
        "bbox_scale": "bbox_scales",
        "lifting_target": "lifting_target",
        "lifting_target_visible": "lifting_target_visible",
        "camera_param": "camera_params",
        "root_z": "root_z",
    },
    auxiliary_keys=frozenset({"keypoints_3d"}),
    lists_all_items=False,
    optional_args=frozenset({"keypoints_visible", "keypoints_3d"}),
    bad_rows=bad_rows,
    golden=golden,
    repository=("projects/rtmpose3d/rtmpose3d", "simcc_3d_label"),
    decoded_dtypes=decoded_dtypes,
)
