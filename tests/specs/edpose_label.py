"""`EDPoseLabel`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import EDPoseLabel

from .shared import bad, strategies
from .shared.golden import Case, Kwargs, Size, place, visibilities
from .shared.inputs import keypoint_args
from .shared.messages import FLOATS
from .spec import Args, Config, Draw, Parity, Spec

NAME = "EDPoseLabel"


def encode_args(config: Config, rng: Generator, *batch: int) -> Args:
    people = (*batch, config.instances)
    return {
        **keypoint_args(config, rng, *batch),
        "img_shape": rng.integers(100, 900, (*batch, 2)),
        "area": rng.uniform(10, 9000, people).astype(np.float32),
        "bboxes": rng.uniform(0, 640, (*people, 4)).astype(np.float32),
    }


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    columns = {"logits": 2, "boxes": 4, "keypoints": 3 * config.kwargs["num_keypoints"]}
    args = {f"pred_{name}": rng.random((*batch, 30, n), np.float32) for name, n in columns.items()}
    return {"input_shapes": rng.integers(100, 900, (*batch, 2)), **args}


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    people = (config.instances, config.count)
    return {
        "keypoints": (*people, 2),
        "keypoints_visible": people,
        "area": people[:1],
        "bbox": (config.instances, 4),
    }


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(EDPoseLabel)
    for argument in ("num_select", "num_keypoints"):
        yield from bad.positive_integers(row, argument)

    config, rng, ones = SPEC.configs[0], np.random.default_rng(0), bad.ones
    codec = config.make()
    row = bad.method(codec, "encode", config.encode_args(rng))
    for value in (640, (640,), (640, 480, 3), (0, 480), (640, -1), (np.nan, 480), "640x480", None):
        yield row("img_shape", value)
    batch = bad.method(codec, "batch_encode", config.encode_args(rng, 2))
    yield batch("img_shape", ones(3, 2), "(B, 2)", "(3, 2)")
    for argument, values in {
        "keypoints": (ones(6, 2), ones(2, 6, 3), None, "people"),
        "keypoints_visible": (ones(2, 5), ones(6), ones(2, 6, 1, 1), "seen"),
        "area": (ones(3), ones(2, 1), 3.0, "large"),
        "bboxes": (ones(3, 4), ones(2, 3), ones(4), "box"),
    }.items():
        for value in values:
            yield row(argument, value)
    row = bad.method(codec, "decode", config.decode_args(rng))
    for value in (ones(1), ones(3), 480, "640x480"):
        yield row("input_shapes", value)
    yield row("pred_logits", ones(30), "(Q, C)", "(30,)")
    yield row("pred_logits", ones(30, 2, dtype=int), FLOATS)
    for argument in ("pred_boxes", "pred_keypoints"):
        for value in (ones(30), ones(30, 5), ones(29, 4), ones(29, 18), ones(1, 30, 4)):
            yield row(argument, value)
    batch = bad.method(codec, "batch_decode", config.decode_args(rng, 2))
    for argument, shape in (
        ("pred_logits", "(B, Q, C)"),
        ("pred_boxes", "(B, Q, columns)"),
        ("pred_keypoints", "(B, Q, columns)"),
        ("input_shapes", "(B, 2)"),
    ):
        yield batch(argument, ones(30, 4), shape, "(30, 4)")


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    kwargs = {"num_select": 10 + size.turn, "num_keypoints": 4 + size.turn}
    for people, dtype in ((1, "float32"), (3, "float64"), (2, "int64")):
        points = place(rng, size, "partly outside", 1.0, people)
        args: Kwargs = {"img_shape": size.image, "keypoints": points.astype(dtype)}
        yield Case(kwargs, "encode", args, f"keypoints alone, {dtype}")
        args["keypoints_visible"] = visibilities(rng, people, 5, dtype).astype(dtype)
        args["area"] = rng.uniform(10, 9000, people).astype(dtype)
        args["bboxes"] = (rng.uniform(0, 1, (people, 4)) * (size.image * 2)).astype(dtype)
        yield Case(kwargs, "encode", args, f"everything, {dtype}")
    for classes, sizes, dtype in ((2, "int64", "float32"), (1, "float32", "float32")):
        queries = (5, 40)[classes - 1]
        scores = rng.permutation(queries * classes).reshape(queries, classes) / 128
        args = {"input_shapes": np.array(size.image[::-1], sizes)}
        args["pred_logits"] = scores.astype(dtype)
        args["pred_boxes"] = rng.random((queries, 4)).astype(dtype)
        keypoints = rng.random((queries, 3 * kwargs["num_keypoints"]))
        args["pred_keypoints"] = keypoints.astype(dtype)
        yield Case(kwargs, "decode", args, f"{queries} candidates, {classes} classes, {sizes}")


def parity_encode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    size = tuple(rng.integers(100, 900, 2).tolist())
    args = strategies.people(draw, rng, {"input_size": size})
    if "keypoints_visible" in args:
        count, dtype = len(args["keypoints"]), draw(strategies.precisions)
        args["area"] = rng.uniform(10, 9000, count).astype(dtype)
        args["bboxes"] = (rng.uniform(0, 1, (count, 4)) * (size * 2)).astype(dtype)
    return {"img_shape": size} | args


def parity_decode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    queries, classes, dtype = 30, draw(st.integers(1, 2)), draw(strategies.precisions)
    scores = rng.permutation(queries * classes).reshape(queries, classes) / 64 - 0.3
    keypoints = rng.random((queries, 3 * kwargs["num_keypoints"]))
    return {
        "input_shapes": rng.integers(100, 900, 2),
        "pred_logits": scores.astype(dtype),
        "pred_boxes": rng.random((queries, 4)).astype(dtype),
        "pred_keypoints": keypoints.astype(dtype),
    }


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float64, np.float64, dtype]


SPEC = Spec(
    codec=EDPoseLabel,
    family="detection",
    instances=2,
    configs=(Config(NAME, {"num_select": 20, "num_keypoints": 6}, 6),),
    encode_args=encode_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={"": ({}, {"num_select": 100, "num_keypoints": 17})},
    instance_items={
        "bbox": "bboxes",
        "keypoints": "keypoints",
        "keypoints_visible": "keypoints_visible",
        "area": "areas",
    },
    auxiliary_keys=frozenset({"area", "bboxes", "img_shape"}),
    lists_all_items=False,
    optional_args=frozenset({"keypoints_visible", "area", "bboxes"}),
    weights="other",
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=st.fixed_dictionaries(
            {"num_select": st.integers(1, 30), "num_keypoints": st.just(strategies.K)}
        ),
        encode_args=parity_encode_args,
        decode_args=parity_decode_args,
    ),
    ragged=True,
    ragged_lists=frozenset({"keypoints", "keypoints_visible", "area", "bbox"}),
    instance_args=frozenset({"keypoints", "keypoints_visible", "area", "bboxes"}),
    decoded_dtypes=decoded_dtypes,
)
