"""What a device does with maps: maxima and the windows around them, in NumPy."""

from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import UDPHeatmap

Array = NDArray[Any]

KINDS = ("clean", "noisy", "weak", "noise", "negative", "large", "nonfinite", "ties", "relu")
"""Kinds of `network_maps`. Windows suffice for most of some, and for none of others."""

MAP_SIZES = ((48, 64), (9, 7), (16, 16), (33, 5), (3, 40), (1, 1))


def network_maps(rng: Generator, kind: str, shape: tuple[int, int], size: tuple[int, int]) -> Array:
    """Maps (B, K, H, W) in double precision, with maxima everywhere, on the border and outside."""
    codec = UDPHeatmap(input_size=size, heatmap_size=size, sigma=rng.choice([1.0, 2.0, 3.0]))
    points = rng.uniform(-0.05, 1.05, (shape[0], 1, shape[1], 2)) * size
    maps = codec.batch_encode(points)["heatmaps"].astype(np.float64)
    each = (*shape, 1, 1)
    if kind == "noisy":
        maps += rng.normal(0, 0.02, maps.shape)
    elif kind == "weak":
        maps = maps * rng.uniform(0, 0.3, each) + rng.normal(0, 0.003, maps.shape)
    elif kind == "noise":
        maps = rng.normal(0, 0.01, maps.shape)
    elif kind == "negative":
        maps = -np.abs(rng.normal(0, 0.01, maps.shape)) - 0.001
    elif kind == "large":
        maps *= 100
    elif kind == "nonfinite":
        maps += rng.normal(0, 0.02, maps.shape)
        pixels = rng.integers(0, maps.size, 4)
        maps.reshape(-1)[pixels] = np.nan, np.inf, -np.inf, np.nan
    elif kind == "ties":
        maps = np.abs(np.round(maps, 1))
    elif kind == "relu":
        maps = np.maximum(maps * rng.uniform(0.05, 1, each) + rng.normal(0, 0.01, maps.shape), 0)
    return maps


def cut_windows(maps: Array, side: int, outside: float = 0.0) -> tuple[Array, Array]:
    """Windows (B, K, S, S) around the maxima, and the maxima's indices (B, K)."""
    batch, count, _, width = maps.shape
    reach = side // 2
    indices = maps.reshape(batch, count, -1).argmax(-1)
    margin = ((0, 0), (0, 0), (reach, reach), (reach, reach))
    padded = np.pad(maps, margin, constant_values=outside)
    windows = np.empty((batch, count, side, side), maps.dtype)
    for sample, number in np.ndindex(batch, count):
        y, x = divmod(int(indices[sample, number]), width)
        windows[sample, number] = padded[sample, number, y : y + side, x : x + side]
    return windows, indices


def decoded_from_windows(codec: Any, maps: Array, outside: float = 0.0) -> tuple[Array, Array]:
    """Keypoints and scores from windows, and from whole maps where windows do not suffice."""
    height, width = maps.shape[2:]
    windows, indices = cut_windows(maps, codec.window_size, outside)
    keypoints, scores, needs_map = codec.decode_windows(windows, indices, size=(width, height))
    for sample, number in np.argwhere(needs_map):
        whole = maps[sample : sample + 1, number : number + 1]
        keypoints[sample, :, number] = codec.batch_decode(whole)[0][0, :, 0]
    return keypoints, scores
