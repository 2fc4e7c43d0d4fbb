"""What a device does with profiles, in NumPy, and random batches to encode."""

from typing import Any

import numpy as np
from numpy.random import Generator
from posecodec_rs import (
    SPR,
    AssociativeEmbedding,
    IntegralRegressionLabel,
    MegviiHeatmap,
    MSRAHeatmap,
    UDPHeatmap,
)

HEATMAP_SIZES = ((48, 64), (7, 5), (16, 16), (33, 9), (1, 1))

SEVERAL = (AssociativeEmbedding, SPR)
"""Codecs of several people."""


def separable_codecs(rng: Generator) -> list[Any]:
    """Codecs of a random size and sigma, all that have `encode_profiles`."""
    width, height = HEATMAP_SIZES[rng.integers(len(HEATMAP_SIZES))]
    scale = int(rng.choice([1, 2, 4]))
    sizes: dict[str, Any] = {
        "input_size": (width * scale, height * scale),
        "heatmap_size": (width, height),
    }
    sigma = float(rng.choice([0.01, 0.3, 0.5, 1, 1.5, 2, 3, 6]))
    flags = [bool(flag) for flag in rng.integers(0, 2, 5)]
    factor = float(rng.choice([0.01, 0.0546875, 0.3, 2]))
    return [
        UDPHeatmap(**sizes, sigma=sigma),
        UDPHeatmap(**sizes, heatmap_type="combined", radius_factor=factor),
        MSRAHeatmap(**sizes, sigma=sigma),
        MSRAHeatmap(**sizes, sigma=sigma, unbiased=True),
        MegviiHeatmap(**sizes, kernel_size=int(rng.choice([1, 3, 5, 11, 17, 61]))),
        IntegralRegressionLabel(**sizes, sigma=sigma, unbiased=flags[0], normalize=flags[1]),
        AssociativeEmbedding(**sizes, sigma=sigma, use_udp=flags[2]),
        SPR(
            **sizes,
            sigma=(sigma, 1.5),
            generate_keypoint_heatmaps=flags[3],
            background_weight=float(rng.choice([0, 0.1, 0.7])),
            minimal_diagonal_length=1,
        ),
    ]


def random_keypoints(codec: Any, rng: Generator) -> tuple[Any, Any]:
    """Keypoints (B, N, K, 2) inside, outside, halfway between pixels and not finite."""
    people = int(rng.integers(0, 4)) if isinstance(codec, SEVERAL) else 1
    shape = (int(rng.integers(0, 4)), people, int(rng.integers(0, 5)))
    points = rng.uniform(-0.3, 1.3, (*shape, 2)) * codec.input_size
    points = np.round(points * 2) / 2 if rng.random() < 0.3 else points
    unusual = rng.random(points.shape) < 0.04
    points[unusual] = rng.choice([np.nan, np.inf, -np.inf, 1e30], unusual.sum())
    visible = [None, rng.random(shape, np.float32), rng.integers(0, 2, shape)]
    return points.astype(rng.choice(["f4", "f8"])), visible[rng.integers(3)]


def targets_of_profiles(codec: Any, profiles: dict[str, Any]) -> dict[str, Any]:
    """The dict of `batch_encode`."""
    rest = dict(profiles)
    labels = {name: rest.pop(name) for name in ("keypoint_labels",) if name in rest}
    if "x_offsets" in rest:
        x, y = rest.pop("x_squares")[..., None, :], rest.pop("y_squares")[..., :, None]
        classes = (x + y <= 1).astype(np.float32)
        x, y = rest.pop("x_offsets")[..., None, :], rest.pop("y_offsets")[..., :, None]
        maps = np.stack([classes, *np.broadcast_arrays(x, y)], 2)
        return {"heatmaps": maps.reshape(len(maps), 3 * maps.shape[1], *maps.shape[3:]), **rest}
    x, y = rest.pop("x_profiles")[..., None, :], rest.pop("y_profiles")[..., :, None]
    if getattr(codec, "unbiased", False):
        with np.errstate(divide="ignore", over="ignore"):
            x = np.where(x < np.finfo(np.float32).tiny / y, np.float32(0), x)
    with np.errstate(under="ignore"):
        heatmaps = y * x
        if "heatmap_factors" in rest:
            heatmaps = heatmaps * rest.pop("heatmap_factors")[..., None, None]
    if isinstance(codec, SEVERAL):
        heatmaps = heatmaps.max(1, initial=0)
    if isinstance(codec, SPR):
        background = np.float32(codec.background_weight)
        starts = rest.pop("patch_starts")
        rest = {
            "heatmap_weights": np.where(heatmaps > 0, np.float32(1), background),
            "displacements": pasted(rest.pop("displacement_patches"), starts, heatmaps.shape),
            "displacement_weights": pasted(rest.pop("weight_patches"), starts, heatmaps.shape),
        }
    return labels | {"heatmaps": heatmaps} | rest


def pasted(patches: Any, starts: Any, shape: tuple[int, ...]) -> Any:
    """Maps of the shape of heatmaps that are 0 outside of patches (B, N, 2K, h, w)."""
    batch, people, channels, height, width = patches.shape
    maps = np.zeros((batch, channels, *shape[2:]), patches.dtype)
    for image, person in np.ndindex(batch, people):
        x, y = starts[image, person]
        maps[image, :, y : y + height, x : x + width] = patches[image, person]
    return maps
