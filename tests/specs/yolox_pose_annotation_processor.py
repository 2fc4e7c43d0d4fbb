"""`YOLOXPoseAnnotationProcessor`, which decodes nothing."""

from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import YOLOXPoseAnnotationProcessor

from .shared import bad, strategies
from .shared.golden import Case, Kwargs, Size, place
from .shared.inputs import keypoint_args
from .spec import Args, Config, Draw, Parity, Spec

NAME = "YOLOXPoseAnnotationProcessor"


def encode_args(config: Config, rng: Generator, *batch: int) -> Args:
    people = (*batch, config.instances)
    return {
        **keypoint_args(config, rng, *batch),
        "bbox": rng.uniform(0, 640, (*people, 4)).astype(np.float32),
        "category_id": rng.integers(1, 80, people),
    }


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"bbox_labels": (config.instances,)}
    return shapes | ({"bbox": (config.instances, 4)} if config.kwargs else {})


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(YOLOXPoseAnnotationProcessor)
    for value in ((0, 4), (4, 4, 4), 256):
        yield row("input_size", value, "two positive integers")
    yield from bad.bools(row, "expand_bbox")
    config, rng, ones = SPEC.configs[1], np.random.default_rng(0), bad.ones
    row = bad.method(config.make(), "encode", config.encode_args(rng))
    batch = bad.method(config.make(), "batch_encode", config.encode_args(rng, 2))
    for argument, values in {
        "keypoints": (None, ones(6, 2), ones(2, 6, 3), "people"),
        "keypoints_visible": (ones(2, 5), ones(2, 6, 0), ones(2, 6, 1, 1), "seen"),
        "bbox": (ones(4), ones(3, 4), ones(2, 3), "box"),
        "category_id": ("person", ["person"], [None], [[1], [2, 3]], 1j),
    }.items():
        for value in values:
            yield row(argument, value)
    for argument, value in (
        ("keypoints", ones(2, 6, 2)),
        ("bbox", ones(2, 4)),
        ("keypoints_visible", ones(2, 6)),
    ):
        yield batch(argument, value)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    for expand, people, dtype in ((False, 2, "float32"), (True, 3, "float32"), (True, 1, "int64")):
        corners = rng.uniform(0, 1, (people, 4)) * (size.image * 2)
        args: Kwargs = {
            "keypoints": place(rng, size, "partly outside", 1.0, people).astype(np.float32),
            "keypoints_visible": rng.integers(0, 3, (people, 5)).astype(np.float32),
            "bbox": corners.astype(dtype),
            "category_id": rng.integers(-2, 129, people).tolist(),
        }
        kwargs = {"expand_bbox": expand, "input_size": size.image}
        note = f"{people} of {dtype}, expand_bbox {expand}"
        yield Case(kwargs, "encode", args, note)
        args = args | {"keypoints_visible": np.stack([args["keypoints_visible"]] * 2, -1)}
        del args["category_id"]
        yield Case(kwargs, "encode", args, f"{note}, boxes alone")
    yield Case({"expand_bbox": True}, "encode", {}, "nothing")


def parity_encode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    args = strategies.people(draw, rng, {"input_size": kwargs.get("input_size") or (640, 480)})
    count = len(args["keypoints"])
    args.setdefault("keypoints_visible", strategies.visible(draw, rng, count, strategies.K))
    corners = np.sort(rng.uniform(0, 640, (count, 2, 2)), 1).reshape(count, 4)
    args["bbox"] = corners.astype(draw(st.sampled_from([np.float32, np.float64, np.int64])))
    if draw(st.booleans()):
        args["category_id"] = rng.integers(0, 80, count).tolist()
    return args


SPEC = Spec(
    codec=YOLOXPoseAnnotationProcessor,
    family="detection",
    instances=2,
    configs=(
        Config(NAME, {}, 6),
        Config(NAME, {"expand_bbox": True, "input_size": (640, 640)}, 6, note="expand"),
    ),
    encode_args=encode_args,
    shapes=shapes,
    attributes={"": ({}, {"expand_bbox": False})},
    labels={
        "bbox": "bboxes",
        "keypoints": "keypoints",
        "keypoints_visible": "keypoints_visible",
        "area": "areas",
        "bbox_labels": "labels",
    },
    instance_items={
        "bbox": "bboxes",
        "bbox_score": "bbox_scores",
        "keypoints": "keypoints",
        "keypoints_visible": "keypoints_visible",
    },
    auxiliary_keys=frozenset({"category_id", "bbox"}),
    lists_all_items=False,
    optional_args=frozenset({"keypoints_visible"}),
    unread_args=frozenset({"keypoints", "keypoints_visible", "bbox", "category_id"}),
    weights="other",
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=st.just({})
        | st.fixed_dictionaries(
            {
                "expand_bbox": st.booleans(),
                "input_size": st.tuples(strategies.map_sides, strategies.map_sides),
            }
        ),
        encode_args=parity_encode_args,
    ),
    ragged=True,
    ragged_lists=frozenset({"bbox", "bbox_labels"}),
    instance_args=frozenset({"keypoints", "keypoints_visible", "bbox", "category_id"}),
    decoded_dtypes=lambda config, dtype: [],
)
