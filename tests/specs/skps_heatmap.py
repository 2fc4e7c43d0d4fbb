"""`SKPSHeatmap`, of MMPose's repository, not of its package."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from posecodec_rs import SKPSHeatmap

from .shared import bad
from .shared.golden import Case, Size, bumps, encode_cases, noise
from .shared.inputs import ODD_SIZES, SIZES, heatmap_args
from .shared.messages import FLOATS
from .spec import Args, Config, Spec

NAME = "SKPSHeatmap"


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    """Heatmaps (*batch, K, H, W) and offset maps (*batch, 2K, H, W)."""
    maps = heatmap_args(config, rng, *batch)["encoded"]
    shape = (*batch, 2 * config.count, *maps.shape[-2:])
    return {"encoded": maps, "offset_maps": rng.normal(0, 9, shape).astype(np.float32)}


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    width, height = config.kwargs["heatmap_size"]
    return {
        "heatmaps": (config.count, height, width),
        "keypoint_weights": (config.count,),
        "displacements": (2 * config.count, height, width),
    }


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(SKPSHeatmap, **SIZES, sigma=2.0)
    yield from bad.sizes(row, "input_size", "heatmap_size")
    yield from bad.positive_numbers(row, "sigma")
    yield row("sigma", None, "number", "None")

    codec, ones = SKPSHeatmap(**SIZES, sigma=2.0), bad.ones
    yield from bad.keypoints(codec, "1")
    yield from bad.keypoint_batches(codec, "1")
    yield from bad.too_large(SKPSHeatmap(**bad.HUGE_SIZES, sigma=2.0), NAME)
    maps, offsets = ones(3, 8, 6), ones(6, 8, 6)
    row = bad.method(codec, "decode", {"encoded": maps, "offset_maps": offsets})
    for value in (ones(8, 6), ones(2, 3, 8, 6), ones(3), None, "maps"):
        yield row("encoded", value)
    for value in (ones(3, 8, 6), ones(6, 6, 8), ones(7, 8, 6), ones(8, 6), ones(1, 6, 8, 6)):
        yield row("offset_maps", value, "(6, 8, 6)", str(value.shape))
    yield row("encoded", ones(3, 0, 6), "at least one pixel", offset_maps=ones(6, 0, 6))
    for dtype in (int, bool, complex, object):
        yield row("encoded", maps.astype(dtype), FLOATS)
        yield row("offset_maps", offsets.astype(dtype), FLOATS)
    batch = {"batch_encoded": ones(2, 3, 8, 6), "batch_offset_maps": ones(2, 6, 8, 6)}
    row = bad.method(codec, "batch_decode", batch)
    yield row("batch_encoded", maps, "(B, K, H, W)", "(3, 8, 6)")
    for value in (offsets, ones(1, 6, 8, 6), ones(2, 3, 8, 6)):
        yield row("batch_offset_maps", value, "(2, 6, 8, 6)", str(value.shape))
    points = ones(1, 5, 2)
    good = codec.encode(points)
    for name, array in good.items():
        for wrong in (array.astype(np.float16), array[..., None]):
            call = lambda out=good | {name: wrong}: codec.encode(points, out=out)  # noqa: E731
            words = (f"out['{name}']", str(array.dtype), str(wrong.shape))
            yield bad.Bad(f"{NAME}, out: {name}, {bad.describe(wrong)}", call, words)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    variants = [size.kwargs | {"sigma": sigma} for sigma in (2, 1.5, 3)]
    for i, kwargs in enumerate(variants):
        yield from encode_cases(rng, size, kwargs, size.stride, i)

    network, border = bumps(rng, size)[0], bumps(rng, size, border=True)[0]
    noisy = noise(rng, network.shape, 1.0, 2**-9)
    for note, maps, dtype in (
        ("network-like", network, "float32"),
        ("at the border", border, "float32"),
        ("network-like, float64", network, "float64"),
        ("network-like, float16", network, "float16"),
        ("noise", noisy, "float32"),
        ("all-zero and all-negative maps", np.stack([0 * noisy[0], noisy[0] - 2]), "float32"),
    ):
        offsets = noise(rng, (2 * len(maps), *maps.shape[1:]), 6.0, 2**-6)
        args = {"encoded": maps.astype(dtype), "offset_maps": offsets.astype(dtype)}
        yield Case(variants[0], "decode", args, note)


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float32, dtype]


SPEC = Spec(
    codec=SKPSHeatmap,
    family="offset",
    configs=(
        Config(NAME, SIZES | {"sigma": 2.0}),
        Config(NAME, ODD_SIZES | {"sigma": 1.5}, 5, note="odd"),
    ),
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (SIZES | {"sigma": 2}, {"scale_factor": np.array([4, 4], np.float32)}),
        "odd": (
            ODD_SIZES | {"sigma": 1.5},
            {"scale_factor": np.array([3.3333333, 3.5714285], np.float32)},
        ),
    },
    lists_all_items=False,
    bad_rows=bad_rows,
    golden=golden,
    repository=("projects/skps/custom_codecs", "skps_heatmap"),
    decoded_dtypes=decoded_dtypes,
)
