"""`UDPHeatmap`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import UDPHeatmap

from .shared import bad, strategies, top_down
from .shared.golden import (
    Case,
    Kwargs,
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
from .shared.messages import MAPS_PER_KEYPOINT
from .spec import Args, Config, Spec

NAME = "UDPHeatmap"


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    """Heatmaps, or for "combined" a heatmap and two offset maps per keypoint."""
    (maps,) = heatmap_args(config, rng, *batch).values()
    if config.combined:
        height, width = maps.shape[-2:]
        offsets = rng.normal(0, 1, (*maps.shape[:-2], 2, height, width)).astype(np.float32)
        maps = np.concatenate([maps[..., None, :, :], offsets], axis=-3)
        maps = maps.reshape(*batch, 3 * config.count, height, width)
    return {"encoded": maps}


def bad_rows() -> Iterator[bad.Bad]:
    constructor = bad.constructor(UDPHeatmap, **SIZES)
    yield from bad.sizes(constructor, "input_size", "heatmap_size")
    yield from bad.odd_kernels(constructor, "blur_kernel_size")
    for value in (-1, 2.5, "6"):
        words = ("positive integer", str(value))
        yield constructor("blur_kernel_size", value, *words, heatmap_type="combined")
    yield from bad.positive_numbers(constructor, "sigma")
    yield constructor("sigma", None, "number", "None")
    yield constructor("sigma", (2.0, 2.0), "number", "(2.0, 2.0)")
    yield from bad.options(constructor, "heatmap_type", "got invalid", '"gaussian", "combined"')
    yield from bad.positive_numbers(constructor, "radius_factor", heatmap_type="combined")
    yield constructor("radius_factor", "0.1", "number", "'0.1'")
    codec, combined = UDPHeatmap(**SIZES), UDPHeatmap(**SIZES, heatmap_type="combined")
    for label, either in ((NAME, codec), (f"{NAME}-combined", combined)):
        yield from bad.keypoints(either, "1", label)
        yield from bad.keypoint_batches(either, "1", label)
        yield from bad.maps(either, "K, H, W", label)
        yield from bad.empty_maps(either, label)
    for count in (1, 4, 5):
        words = (MAPS_PER_KEYPOINT, f"{count} maps")
        decode = bad.method(combined, "decode", {}, f"{NAME}-combined")
        yield decode("encoded", bad.ones(count, 64, 48), *words)
        decode = bad.method(combined, "batch_decode", {}, f"{NAME}-combined")
        yield decode("batch_encoded", bad.ones(2, count, 64, 48), *words)
    for kind in ("gaussian", "combined"):
        huge = UDPHeatmap(**bad.HUGE_SIZES, heatmap_type=kind)
        yield from bad.too_large(huge, f"{NAME}-{kind}")
    yield from bad.endless_maps(codec)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    gaussian = [size.kwargs]
    gaussian.append(size.kwargs | {"sigma": 1.3, "blur_kernel_size": 7})
    gaussian.append(size.kwargs | {"sigma": 3, "blur_kernel_size": 17})
    combined = [size.kwargs | {"heatmap_type": "combined"}]
    combined.append(combined[0] | {"radius_factor": 0.1, "blur_kernel_size": 7})
    for i, kwargs in enumerate((*gaussian, *combined)):
        yield from encode_cases(rng, size, kwargs, size.udp_stride, i)

    network, centers = bumps(rng, size)
    border, border_centers = bumps(rng, size, border=True)
    inside = place(rng, size, "inside", size.udp_stride)
    for kwargs in gaussian:
        own = targets(NAME, kwargs, inside)
        maps = {"network-like": network, "at the border": border, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    # The values are clipped to [1e-3, 50] before the logarithm.
    extremes = {"faint": network * np.float32(5 / 2048), "strong": network * 256}
    yield from map_decode_cases(gaussian[0], {"one joint": network[2:3], **extremes})

    def with_offsets(kwargs: Kwargs, classes: np.ndarray, centers: np.ndarray) -> np.ndarray:
        """Three maps per joint: its class map, then the offsets from each pixel to its center."""
        own = targets(NAME, kwargs, (centers * size.udp_stride)[None])
        maps = like_a_network(rng, own)
        maps[::3] = classes
        return maps

    for kwargs in combined:
        maps = {"own targets": targets(NAME, kwargs, inside)}
        maps["network-like"] = with_offsets(kwargs, network, centers)
        maps["at the border"] = with_offsets(kwargs, border[:3], border_centers[:3])
        yield from map_decode_cases(kwargs, maps)
    yield from flipped_maps({"blur_kernel_size": 7})(rng, size)
    yield from flipped_maps({"heatmap_type": "combined"})(rng, size)


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float64, dtype]


SPEC = Spec(
    codec=UDPHeatmap,
    family="heatmap",
    configs=(
        Config(NAME, SIZES),
        Config(NAME, ODD_SIZES | {"sigma": 1.3, "blur_kernel_size": 7}, 5, note="odd"),
        Config(NAME, SIZES | {"heatmap_type": "combined"}, note="combined"),
        Config(
            NAME,
            ODD_SIZES | {"heatmap_type": "combined", "radius_factor": 0.1, "blur_kernel_size": 6},
            5,
            note="combined-odd",
        ),
    ),
    decode_args=decode_args,
    shapes=target_heatmap_shapes,
    flips=True,
    attributes={
        "": (
            SIZES,
            {
                "heatmap_type": "gaussian",
                "sigma": 2.0,
                "radius_factor": 0.0546875,
                "blur_kernel_size": 11,
                "scale_factor": np.array([4.0638298, 4.0476190], np.float32),
            },
        ),
        "odd": (
            ODD_SIZES | {"heatmap_type": "combined", "radius_factor": 0.1, "blur_kernel_size": 6},
            {"scale_factor": np.array([3.4137931, 3.7], np.float32)},
        ),
    },
    labels=["keypoint_weights"],
    fields=["heatmaps"],
    bad_rows=bad_rows,
    golden=golden,
    parity=top_down.parity(
        NAME,
        strategies.with_sizes({}, sigma=strategies.sigmas, blur_kernel_size=strategies.odd)
        | strategies.with_sizes(
            {"heatmap_type": st.just("combined")},
            radius_factor=st.floats(0.01, 0.3),
            blur_kernel_size=st.integers(1, 12),
        ),
    ),
    decoded_dtypes=decoded_dtypes,
)
