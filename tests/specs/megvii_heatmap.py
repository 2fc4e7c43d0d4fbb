"""`MegviiHeatmap`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from posecodec_rs import MegviiHeatmap

from .shared import bad, strategies, top_down
from .shared.golden import (
    Case,
    Size,
    bumps,
    encode_cases,
    like_a_network,
    map_decode_cases,
    place,
    targets,
)
from .shared.golden_flip import flipped_maps
from .shared.inputs import ODD_SIZES, SIZES, heatmap_args, target_heatmap_shapes
from .spec import Args, Config, Spec

NAME = "MegviiHeatmap"


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    """Heatmaps from 0 to 255."""
    return {"encoded": heatmap_args(config, rng, *batch)["encoded"] * np.float32(255)}


def bad_rows() -> Iterator[bad.Bad]:
    constructor = bad.constructor(MegviiHeatmap, **SIZES, kernel_size=11)
    yield from bad.sizes(constructor, "input_size", "heatmap_size")
    yield from bad.odd_kernels(constructor, "kernel_size")
    codec = MegviiHeatmap(**SIZES, kernel_size=11)
    yield from bad.keypoints(codec, "1")
    yield from bad.keypoint_batches(codec, "1")
    yield from bad.maps(codec, "K, H, W")
    yield from bad.empty_maps(codec)
    yield from bad.too_large(MegviiHeatmap(**bad.HUGE_SIZES, kernel_size=3), NAME)
    yield from bad.endless_maps(codec)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    variants = [size.kwargs | {"kernel_size": kernel} for kernel in (11, 9, 5, 3)]
    for i, kwargs in enumerate(variants[:3]):
        yield from encode_cases(rng, size, kwargs, size.stride, i, may_omit=False)

    network, border = bumps(rng, size)[0], bumps(rng, size, border=True)[0]
    for kwargs in variants[0], variants[2]:
        # The slope at the peak of a bare target is only rounding error: add some noise.
        own = targets(NAME, kwargs, place(rng, size, "inside", size.stride))
        own = like_a_network(rng, own / 256) * 256
        maps = {"network-like": network * 255, "at the border": border * 255, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    yield from map_decode_cases(variants[3], {"one joint": network[2:3]})
    yield from flipped_maps({"kernel_size": 5}, 255)(rng, size)


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float32, dtype]


SPEC = Spec(
    codec=MegviiHeatmap,
    family="heatmap",
    configs=(
        Config(NAME, SIZES | {"kernel_size": 11}),
        Config(NAME, ODD_SIZES | {"kernel_size": 5}, 5, note="odd"),
    ),
    decode_args=decode_args,
    shapes=target_heatmap_shapes,
    flips=True,
    attributes={
        "": (
            {"input_size": (65, 49), "heatmap_size": (17, 13), "kernel_size": 5},
            {"scale_factor": np.array([3.8235295, 3.7692308], np.float32)},
        ),
    },
    labels=["keypoint_weights"],
    fields=["heatmaps"],
    bad_rows=bad_rows,
    golden=golden,
    parity=top_down.parity(NAME, strategies.with_sizes({"kernel_size": strategies.odd})),
    decoded_dtypes=decoded_dtypes,
)
