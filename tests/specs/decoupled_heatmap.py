"""`DecoupledHeatmap`."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import DecoupledHeatmap

from .shared import bad, bottom_up, strategies
from .shared.golden import Case, Size
from .shared.golden_bottom_up import crowd, image_cases, peaks
from .shared.inputs import ODD_SIZES, SIZES, crowd_args, responses
from .shared.messages import EMPTY_MAPS, NUMBER_OF_IMAGES, ONE_PER_IMAGE
from .spec import Args, Config, Draw, Parity, Spec

NAME = "DecoupledHeatmap"


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    width, height = config.kwargs["heatmap_size"]
    people = (*batch, config.instances)
    scores = rng.random((*people, 1), np.float32)
    maps = responses(rng, (*people, config.count), (height, width))
    return {"instance_heatmaps": maps, "instance_scores": scores}


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """Of the item whose shape does not depend on random numbers."""
    width, height = config.kwargs["heatmap_size"]
    return {"heatmaps": (config.count + 1, height, width)}


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(DecoupledHeatmap, **SIZES)
    yield from bad.sizes(row, "input_size", "heatmap_size")
    yield from bottom_up.root_types(row)
    yield from bad.integers(row, "encode_max_instances")
    for value, shown in ((1.5, "1.5"), (-0.1, "-0.1"), (np.nan, "NaN")):
        yield row("heatmap_min_overlap", value, "from 0 to 1", shown)
    yield row("heatmap_min_overlap", None, "number", "None")

    codec, ones = DecoupledHeatmap(**bottom_up.SMALL), bad.ones
    yield from bottom_up.keypoints(codec)
    yield from bottom_up.lists(codec)
    points = ones(2, 3, 2)
    row = bad.method(codec, "encode", {"keypoints": points})
    for bbox in (ones(2, 4), ones(2, 8, 1), ones(8), ones(3, 8), ones(2, 2, 4), ones(4, 2), 3.0):
        yield row("bbox", bbox, "(2, 8)", f"{np.shape(bbox)}".replace(",)", ","))
    for bbox in ("box", ones(2, 8, dtype=complex), [[1, 2], [3]]):
        yield row("bbox", bbox)
    row = bad.method(codec, "batch_encode", {"keypoints": [points] * 2})
    for boxes in ([ones(2, 8)], [], 3, itertools.repeat(ones(2, 8)), {"a": 1, "b": 2}):
        yield row("bbox", boxes)
    yield from bad_decoders(codec)


def bad_decoders(codec: DecoupledHeatmap) -> Iterator[bad.Bad]:
    ones, row = bad.ones, bottom_up.pair_row(codec, "decode")
    maps, scores = ones(2, 3, 8, 9), ones(2, 1)
    wanted = ("`instance_heatmaps`", "(N, K, H, W)")
    yield row(ones(3, 8, 9), scores, *wanted, "(3, 8, 9)")
    yield row(ones(1, *maps.shape), scores, *wanted)
    yield row(ones(2, 3, 0, 9), scores, "`instance_heatmaps`", EMPTY_MAPS)
    for wrong in (ones(3, 1), ones(2), ones(2, 2), ones(2, 1, 1), 3.0):
        yield row(maps, wrong, "`instance_scores`", "(2, 1)", str(np.shape(wrong)))
    names = ("instance_heatmaps", "instance_scores")
    yield from bottom_up.not_floating(row, maps, scores, names)
    row = bottom_up.pair_row(codec, "batch_decode")
    yield row(ones(3, 8, 9), scores, "(M, K, H, W) or (B, N, K, H, W)", "(3, 8, 9)")
    words = (NUMBER_OF_IMAGES.format(count) for count in (2, 1))
    yield row([maps, maps], [scores], "`instance_scores`", *words)
    yield row([maps], 3, "`instance_scores`", ONE_PER_IMAGE)
    yield row(maps[None], ones(1, 3, 1), "`instance_scores`", "(1, 2, 1)")


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    variants = [
        size.kwargs,
        size.kwargs | {"root_type": "bbox_center", "heatmap_min_overlap": 0.5},
        size.kwargs | {"encode_max_instances": 2, "heatmap_min_overlap": 0.9},
    ]
    for i, kwargs in enumerate(variants):
        for case in image_cases(rng, size, kwargs, i):
            args = dict(case.args)
            points = args["keypoints"]
            boxes = rng.random() < 0.5 or case.note == "no visible keypoints"
            if boxes:  # corners: left top, left bottom, right top, right bottom
                low, high = points.min(1, initial=1e9), points.max(1, initial=-1e9)
                corners = [low, [low[:, 0], high[:, 1]], [high[:, 0], low[:, 1]], high]
                corners = [np.array(c).T if isinstance(c, list) else c for c in corners]
                args["bbox"] = np.concatenate(corners, -1).astype(points.dtype)
            note = f"{case.note}, {'boxes' if boxes else 'no boxes'}"
            yield Case(kwargs, "encode", args, note, seed=int(rng.integers(1000)))
    points = crowd(rng, size, 6)
    for seed in (1, 2):
        yield Case(variants[2], "encode", {"keypoints": points}, "too many", seed=seed)

    for people, joints, dtype, score in (
        (1, 5, "float32", "float32"),
        (3, 5, "float64", "float32"),
        (2, 17, "float32", "float64"),
    ):
        maps = peaks(rng, size, people * joints, 2).reshape(people, joints, *size.heatmap[::-1])
        if dtype == "float64":
            maps[1, 2] -= 2
            maps[2, 0] = 0
        scores = rng.random((people, 1)).astype(score)
        args = {"instance_heatmaps": maps.astype(dtype), "instance_scores": scores}
        note = f"{people} people, {dtype}, scores {score}"
        yield Case(variants[0], "decode", args, note)


def parity_encode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    """People, with or without the corners of their boxes: left top, left bottom, right ones."""
    args = strategies.people(draw, rng, kwargs)
    if draw(st.booleans()):
        points = args["keypoints"]
        low, high = points.min(1), points.max(1)
        left_bottom = np.stack([low[:, 0], high[:, 1]], -1)
        right_top = np.stack([high[:, 0], low[:, 1]], -1)
        args["bbox"] = np.concatenate([low, left_bottom, right_top, high], -1)
    return args


def parity_decode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    count = draw(strategies.counts)
    maps = responses(rng, (count, strategies.K), strategies.height_and_width(kwargs))
    return {
        "instance_heatmaps": maps.astype(draw(strategies.precisions)),
        "instance_scores": rng.random((count, 1)).astype(draw(strategies.precisions)),
    }


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float32, dtype]


SPEC = Spec(
    codec=DecoupledHeatmap,
    family="bottom-up",
    instances=3,
    configs=(
        Config(NAME, SIZES),
        Config(
            NAME,
            ODD_SIZES
            | {"root_type": "bbox_center", "heatmap_min_overlap": 0.5, "encode_max_instances": 2},
            5,
            note="few",
        ),
    ),
    encode_args=crowd_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            SIZES,
            {
                "root_type": "kpt_center",
                "heatmap_min_overlap": 0.7,
                "encode_max_instances": 30,
                "scale_factor": np.array([4, 4], np.float32),
            },
        ),
        "odd": (
            ODD_SIZES
            | {"root_type": "bbox_center", "heatmap_min_overlap": 0.5, "encode_max_instances": 2},
            {"scale_factor": np.array([3.3333333, 3.5714285], np.float32)},
        ),
    },
    labels=["keypoint_weights", "instance_coords"],
    fields=["heatmaps", "instance_heatmaps"],
    auxiliary_keys=frozenset({"bbox"}),
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=strategies.crowd_kwargs(
            root_type=strategies.root_types,
            heatmap_min_overlap=st.floats(0.2, 0.9),
            encode_max_instances=st.integers(1, 4),
        ),
        encode_args=parity_encode_args,
        decode_args=parity_decode_args,
    ),
    random=True,
    takes_out=False,
    ragged=True,
    ragged_lists=frozenset({"instance_heatmaps", "keypoint_weights", "instance_coords"}),
    decoded_dtypes=decoded_dtypes,
)
