"""Root heatmaps and displacements of `SPR`, and what a device does with them, in NumPy."""

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import SPR
from specs.shared.inputs import crowd_responses

Array = NDArray[Any]

KINDS = ("clean", "noisy", "noise", "negative", "nonfinite", "ties", "flat", "zeros")
"""Kinds of `people_maps`. Peaks suffice for all images of some, and for none of others."""

MAP_SIZES = ((48, 64), (9, 7), (16, 16), (33, 5), (3, 40), (1, 1))


def people_codec(rng: Generator, size: tuple[int, int], **options: Any) -> SPR:
    """A codec of random options, for heatmaps of this size."""
    pixels = size[0] * size[1]
    limits = (0, 1, 2, 5, 30, pixels // 64, pixels // 64 + 1, pixels - 1, pixels)
    chosen = {
        "sigma": (4, 2),
        "generate_keypoint_heatmaps": bool(rng.integers(2)),
        "decode_nms_kernel": int(rng.choice([1, 3, 5, 9])),
        "decode_max_instances": min(int(rng.choice(limits)), pixels),
        "decode_thr": float(rng.choice([0, 0.01, 0.4, -0.1], p=[0.2, 0.5, 0.25, 0.05])),
    }
    sizes = {"input_size": (size[0] * 4, size[1] * 4), "heatmap_size": size}
    return SPR(**sizes | chosen | options)


def people_maps(
    rng: Generator, kind: str, batch: int, count: int, size: tuple[int, int], maps: int
) -> tuple[Array, Array]:
    """Heatmaps (B, maps, H, W) and displacements (B, 2K, H, W) in double precision."""
    sides = size[::-1]
    heatmaps = crowd_responses(rng, (batch, maps), sides).astype(np.float64)
    displacements = rng.normal(0, 3, (batch, 2 * count, *sides))
    if kind == "noisy":
        heatmaps += rng.normal(0, 0.02, heatmaps.shape)
    elif kind == "noise":
        heatmaps = rng.normal(0, 0.1, heatmaps.shape)
        displacements *= rng.choice([0.01, 1, 100, 1e6], (batch, 2 * count, 1, 1))
    elif kind == "negative":
        heatmaps = -np.abs(rng.normal(0, 0.1, heatmaps.shape)) - 0.001
    elif kind == "nonfinite":
        for values in (heatmaps, displacements):
            unusual = rng.random(values.shape) < 0.003
            values[unusual] = rng.choice([np.nan, np.inf, -np.inf], unusual.sum())
    elif kind == "ties":
        heatmaps, displacements = np.round(heatmaps, 1), np.round(displacements)
    elif kind == "flat":
        heatmaps = np.full_like(heatmaps, 0.5)
    elif kind == "zeros":
        heatmaps, displacements = np.zeros_like(heatmaps), np.zeros_like(displacements)
    return heatmaps, displacements


def largest_around(planes: Array, kernel: int) -> Array:
    """The maximum of the neighborhood of each pixel of planes (B, H, W)."""
    reach = kernel // 2
    margin = ((0, 0), (reach, reach), (reach, reach))
    padded = np.pad(planes, margin, constant_values=-np.inf)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), (1, 2))
    return np.asarray(windows.max((3, 4)))


def decoded_from_peaks(codec: SPR, heatmaps: Array, displacements: Array) -> tuple[Any, Any]:
    """Keypoints and scores from peaks, and from whole maps where peaks do not suffice."""
    batch, maps, height, width = heatmaps.shape
    count = displacements.shape[1] // 2
    roots = heatmaps[:, -1]
    with np.errstate(invalid="ignore"):
        suppressed = np.where(roots < largest_around(roots, codec.decode_nms_kernel), 0, roots)
    flat = suppressed.astype(roots.dtype).reshape(batch, height * width)
    # NaN comes last in ascending order.
    number = min(codec.decode_max_instances + 1, height * width)
    indices = np.argsort(flat, 1)[:, ::-1][:, :number]
    values = np.take_along_axis(flat, indices, 1)
    moved = np.take_along_axis(
        displacements.reshape(batch, 2 * count, height * width), indices[:, None], 2
    )
    windows = None
    if codec.generate_keypoint_heatmaps and maps == count + 1:
        with np.errstate(invalid="ignore"):
            steps = np.nan_to_num(np.floor(moved.astype(np.float64)), nan=-np.inf)
            steps = np.clip(steps, -max(width, height), max(width, height)).astype(int)
        around = np.arange(-1, 3)
        columns, rows = (
            np.clip(
                np.clip(start[:, None] + steps[:, axis::2], 0, side - 1)[..., None] + around,
                0,
                side - 1,
            )
            for axis, (start, side) in enumerate(
                ((indices % width, width), (indices // width, height))
            )
        )
        pixels = (rows[..., :, None] * width + columns[..., None, :]).reshape(
            batch, count, number * 16
        )
        keypoint_maps = heatmaps[:, :-1].reshape(batch, count, height * width)
        windows = np.take_along_axis(keypoint_maps, pixels, 2).reshape(batch, count, number, 4, 4)
    keypoints, scores = codec.decode_peaks(values, indices, moved, windows, size=(width, height))
    for image, found in enumerate(keypoints):
        if found is None:
            assert scores[image] is None
            keypoints[image], scores[image] = codec.decode(heatmaps[image], displacements[image])
    return keypoints, scores
