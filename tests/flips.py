"""Flip tests: outputs for mirrored images, and an oracle of the averages."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from specs import CONFIGS, PARALLEL_BATCH_SIZE, Config, each

Arrays = tuple[NDArray[Any], ...]

each_flipping = each(config for config in CONFIGS if config.spec.flips)
"""All configurations whose `batch_decode` takes `flipped`."""


def parallel_batch(config: Config, rng: Generator) -> Arrays:
    """Encoded arrays of a batch large enough to be split between threads."""
    values = sum(array.size for array in config.encoded(rng))
    return config.encoded(rng, PARALLEL_BATCH_SIZE * 17 * 48 * 64 // values + 1)


def flipped_like(arrays: Sequence[NDArray[Any]], rng: Generator) -> Arrays:
    """Outputs for the mirrored images: approximately the mirrored outputs."""
    noisy = (array + rng.normal(0, 0.01, array.shape) for array in arrays)
    others = [array.astype(one.dtype) for array, one in zip(noisy, arrays, strict=True)]
    return (np.ascontiguousarray(others[0][..., ::-1]), *others[1:])


def permutation(rng: Generator, count: int) -> list[int]:
    """Flip indices that exchange random pairs of keypoints, and leave one alone."""
    order, indices = rng.permutation(count), np.arange(count)
    left, right = order[1::2], order[2::2]
    left = left[: len(right)]
    indices[left], indices[right] = right, left
    return [int(index) for index in indices]


def as_argument(flipped: Arrays) -> Any:
    """The argument `flipped`: an array, or a tuple of several."""
    return flipped[0] if len(flipped) == 1 else flipped


def averaged(
    config: Config, arrays: Arrays, flipped: Arrays, indices: Sequence[int], shift: bool = False
) -> Arrays:
    """The averages that NumPy computes, in the arrays' own precision."""
    mirrored = []
    for axis, array in enumerate(flipped):
        if config.combined:
            parts = array.reshape(len(array), config.count, 3, *array.shape[2:])[:, indices]
            # Offsets along x change their sign.
            parts = np.stack([parts[:, :, 0], -parts[:, :, 1], parts[:, :, 2]], 2)
            array = parts.reshape(array.shape)
        elif config.spec.family == "heatmap":
            array = array[:, indices]
        else:
            array = array[..., indices, :]
        if axis == 0:
            array = array[..., ::-1]
        if shift:
            array = np.concatenate([array[..., :1], array[..., :-1]], -1)
        mirrored.append(array)
    return tuple(
        (own + other) * own.dtype.type(0.5) for own, other in zip(arrays, mirrored, strict=True)
    )
