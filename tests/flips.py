"""Flip tests: which configurations have them, what a network says mirrored, an oracle."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from further_samples import FURTHER
from numpy.random import Generator
from numpy.typing import NDArray
from samples import CONFIGS, Config

Arrays = tuple[NDArray[Any], ...]

FLIPPED: tuple[Any, ...] = (
    *(config for config in CONFIGS if config.has_heatmaps or config.codec == "SimCCLabel"),
    *(config for config in FURTHER if config.codec == "SimCC3DLabel"),
)
"""All whose `batch_decode` takes `flipped`."""


def answers(config: Any, rng: Generator, batch: int) -> Arrays:
    """What a network might say, as `batch_decode` takes it."""
    if config in FURTHER:
        return tuple(config.decode_args(rng, batch).values())
    return tuple(config.encoded(rng, batch))


def flipped_like(arrays: Sequence[NDArray[Any]], rng: Generator) -> Arrays:
    """What it might say of the mirrored pictures: about the mirror image."""
    noisy = (array + rng.normal(0, 0.01, array.shape) for array in arrays)
    mirrored = [array.astype(one.dtype) for array, one in zip(noisy, arrays, strict=True)]
    return (np.ascontiguousarray(mirrored[0][..., ::-1]), *mirrored[1:])


def permutation(rng: Generator, count: int) -> list[int]:
    """Flip indices; more mixed up than left and right are."""
    return [int(index) for index in rng.permutation(count)]


def given(flipped: Arrays) -> Any:
    """As the argument `flipped`: an array, or a tuple of several."""
    return flipped[0] if len(flipped) == 1 else flipped


def averaged(
    config: Config, arrays: Arrays, flipped: Arrays, indices: Sequence[int], shift: bool = False
) -> Arrays:
    """The averages, as NumPy computes them, in the arrays' own precision."""
    turned = []
    for axis, array in enumerate(flipped):
        if config.combined:
            parts = array.reshape(len(array), config.count, 3, *array.shape[2:])[:, indices]
            # Offsets along x change their sign.
            parts = np.stack([parts[:, :, 0], -parts[:, :, 1], parts[:, :, 2]], 2)
            array = parts.reshape(array.shape)
        elif config.has_heatmaps:
            array = array[:, indices]
        else:
            array = array[..., indices, :]
        if axis == 0:
            array = array[..., ::-1]
        if shift:
            array = np.concatenate([array[..., :1], array[..., :-1]], -1)
        turned.append(array)
    return tuple(
        (own + other) * own.dtype.type(0.5) for own, other in zip(arrays, turned, strict=True)
    )
