"""Random constructor arguments and inputs for the comparison with MMPose.

Makers of inputs take hypothesis' `draw`, NumPy's generator and the codec's arguments.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray

from .inputs import VISIBILITIES

Array = NDArray[Any]
Args = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

K = 5
"""Keypoints per person in the comparisons of all but the top-down codecs."""

counts = st.integers(1, 4)
sides = st.integers(2, 40)
sizes = st.tuples(sides, sides)
sigmas = st.floats(0.5, 4) | st.integers(1, 3)
odd = st.integers(1, 10).map(lambda half: 2 * half + 1)
nms_kernels = st.sampled_from([1, 3, 5, 7])
root_types = st.sampled_from(["kpt_center", "bbox_center"])
precisions = st.sampled_from([np.float32, np.float64])
map_sides = st.integers(8, 40)


def chosen(needed: Mapping[str, Any], **options: st.SearchStrategy[Any]) -> st.SearchStrategy[Args]:
    """Arguments that are needed, and some of those that are not."""
    return st.fixed_dictionaries(dict(needed), optional=options)


@st.composite
def input_and_heatmap(draw: st.DrawFn) -> Args:
    """An input and a heatmap size, of about the same proportions or of other ones."""
    width, height = draw(sizes)
    scale = draw(st.sampled_from([1, 2, 4, 4, 3.3]))
    x, y = draw(st.just((width, height)) | sizes)
    return {"input_size": (int(x * scale), int(y * scale)), "heatmap_size": (width, height)}


def with_sizes(
    needed: Mapping[str, st.SearchStrategy[Any]], **options: st.SearchStrategy[Any]
) -> st.SearchStrategy[Args]:
    """The two sizes, what else is needed, and some of the options."""
    return st.builds(lambda a, b: a | b, input_and_heatmap(), chosen(needed, **options))


@st.composite
def crowd_kwargs(draw: st.DrawFn, **options: st.SearchStrategy[Any]) -> Args:
    """An input, its heatmap, and some of the options, for several people."""
    heatmap_size = draw(st.tuples(map_sides, map_sides))
    scale = draw(st.sampled_from([1, 2, 4, 3.3]))
    size = tuple(int(side * scale) for side in heatmap_size)
    return {"input_size": size, "heatmap_size": heatmap_size, **draw(chosen({}, **options))}


def height_and_width(kwargs: Args) -> tuple[int, int]:
    width, height = kwargs["heatmap_size"]
    return height, width


def visible(draw: Draw, rng: Generator, *shape: int) -> Array:
    kinds = [np.float32, np.float64, np.int64]
    return rng.choice(VISIBILITIES, shape).astype(draw(st.sampled_from(kinds)))


def people(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    """People large and small, most of them inside, with or without visibilities."""
    size, count = np.array(kwargs["input_size"][:2]), draw(counts)
    centers = rng.uniform(-0.05, 1.05, (count, 1, 2)) * size
    spread = rng.uniform(0.05, 0.3, (count, 1, 1)) * size.max()
    points = centers + spread * rng.normal(0, 1, (count, K, 2))
    args = {"keypoints": points.astype(draw(precisions))}
    if draw(st.booleans()):
        args["keypoints_visible"] = visible(draw, rng, count, K)
    return args


def poses(draw: Draw, rng: Generator, frames: tuple[int, int], *, whole: bool = False) -> Args:
    """2D poses and 3D targets with these numbers of frames."""
    first, second = frames
    dtype = draw(precisions)
    args = {
        "keypoints": rng.uniform(100, 900, (first, K, 2)).astype(dtype),
        "lifting_target": rng.normal([0, 0, 5], 0.5, (second, K, 3)).astype(dtype),
    }
    if whole or draw(st.booleans()):
        args["keypoints_visible"] = visible(draw, rng, first, K)
        args["lifting_target_visible"] = visible(draw, rng, second, K)
    return args


def camera(draw: Draw, rng: Generator) -> Args:
    dtype = draw(precisions)
    pair = [rng.uniform(low, high, (2, 1)).astype(dtype) for low, high in ((900, 1200), (400, 600))]
    return {"w": 1000, "h": 1002, "f": pair[0], "c": pair[1]}


def lifted(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    """3D poses to decode, with or without a root."""
    count = K - bool(kwargs.get("remove_root"))
    instances = 1 if "target_mean" in kwargs else draw(counts)
    args = {"encoded": rng.normal(0, 1, (instances, count, 3)).astype(draw(precisions))}
    if draw(st.booleans()):
        args["target_root"] = rng.normal(0, 1, (1, 3)).astype(np.float32)
    return args
