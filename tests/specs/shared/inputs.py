"""Random inputs that the specs share."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[Any]

SIZES: dict[str, Any] = {"input_size": (192, 256), "heatmap_size": (48, 64)}
ODD_SIZES: dict[str, Any] = {"input_size": (100, 75), "heatmap_size": (30, 21)}
NONFINITE = (np.nan, np.inf, -np.inf)
any_coordinate = (
    st.floats(-400, 400, width=32)
    | st.floats(float(-np.float32(1e30)), float(np.float32(1e30)), width=32)
    | st.sampled_from(NONFINITE)
)
VISIBILITIES = np.array([0.0, 0.3, 0.5, 0.7, 1.0, 2.0], np.float32)


def input_size(config: Any) -> Array:
    """Width and height of the image that keypoints are in."""
    kwargs = config.kwargs
    size = kwargs.get("image_size") or kwargs.get("input_size") or (640, 480)
    return np.array(size[:2])


def keypoint_args(config: Any, rng: Generator, *batch: int) -> dict[str, Any]:
    """Keypoints (*batch, N, K, 2), most of them inside the input, and visibilities of all kinds."""
    shape = (*batch, config.instances, config.count)
    points = rng.uniform(-0.2, 1.2, (*shape, 2)) * input_size(config)
    return {
        "keypoints": points.astype(np.float32),
        "keypoints_visible": rng.choice(VISIBILITIES, shape),
    }


def people(config: Any, rng: Generator, *batch: int, instances: int = 3) -> Array:
    """Keypoints (*batch, N, K, 2) of people large and small, most of them inside."""
    size = input_size(config)
    centers = rng.uniform(-0.05, 1.05, (*batch, instances, 1, 2)) * size
    spread = rng.uniform(0.05, 0.3, (*batch, instances, 1, 1)) * size.max()
    points = centers + spread * rng.normal(0, 1, (*batch, instances, config.count, 2))
    return np.asarray(points, np.float32)


def crowd_args(config: Any, rng: Generator, *batch: int, instances: int = 3) -> dict[str, Any]:
    """Several people per image, and their visibilities."""
    points = people(config, rng, *batch, instances=instances)
    return {"keypoints": points, "keypoints_visible": rng.choice(VISIBILITIES, points.shape[:-1])}


def responses(rng: Generator, maps: tuple[int, ...], sides: tuple[int, ...]) -> Array:
    """Arrays (*maps, *sides) like a network's: one bump each, and a little noise."""
    bumps = rng.uniform(0.05, 1, (*maps, *(1 for _ in sides)))
    for axis, side in enumerate(sides):
        pixels = np.arange(side).reshape(-1, *(1 for _ in sides[axis + 1 :]))
        centers = rng.uniform(-0.5, side - 0.5, (*maps, *(1 for _ in sides)))
        bumps = bumps * np.exp(-0.5 * ((pixels - centers) / rng.uniform(2, 4)) ** 2)
    return (bumps + rng.normal(0, 0.003, bumps.shape)).astype(np.float32)


def crowd_responses(rng: Generator, maps: tuple[int, ...], sides: tuple[int, ...]) -> Array:
    """Maps (*maps, *sides) of several bumps each."""
    return np.asarray(np.max([responses(rng, maps, sides) for _ in range(3)], axis=0))


def heatmap_args(config: Any, rng: Generator, *batch: int) -> dict[str, Any]:
    """Heatmaps (*batch, K, H, W)."""
    width, height = config.kwargs["heatmap_size"]
    return {"encoded": responses(rng, (*batch, config.count), (height, width))}


def vectors(config: Any, rng: Generator, names: tuple[str, ...], *batch: int) -> dict[str, Any]:
    """SimCC vectors (*batch, N, K, bins), one array per axis."""
    ratio = config.kwargs.get("simcc_split_ratio", 2.0)
    shape = (*batch, config.instances, config.count)
    bins = (round(side * ratio) for side in config.kwargs["input_size"])
    return {
        name: responses(rng, shape, (length,)) for name, length in zip(names, bins, strict=True)
    }


def target_heatmap_shapes(config: Any) -> dict[str, tuple[int, ...]]:
    """Shapes of what top-down heatmap codecs encode."""
    width, height = config.kwargs["heatmap_size"]
    maps = config.count * (3 if config.combined else 1)
    return {"heatmaps": (maps, height, width), "keypoint_weights": (1, config.count)}
