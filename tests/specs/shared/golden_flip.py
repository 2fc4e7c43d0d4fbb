"""Flip tests that are recorded: MMPose averages in its heads, here `batch_decode` does."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator

from .golden import SMALL, Case, Kwargs, Size, bumps, like_a_network

FLIP_INDICES = [0, 2, 1, 4, 3]


def mirrored(rng: Generator, maps: np.ndarray, each: int = 1, dims: int = 2) -> np.ndarray:
    """Output for the mirrored image: not quite the mirrored output."""
    parts = maps.reshape(5, each, *maps.shape[1:])[FLIP_INDICES][..., ::-1].copy()
    if each == 3:
        parts[:, 1] *= -1
    return like_a_network(rng, parts.reshape(maps.shape), dims)


def flipped_maps(kwargs: Kwargs, scale: float = 1.0) -> Callable[..., Iterator[Case]]:
    """A batch of two samples of small maps, shifted and not."""
    combined = kwargs.get("heatmap_type") == "combined"

    def cases(rng: Generator, size: Size) -> Iterator[Case]:
        if size is not SMALL[-1]:
            return
        maps = np.stack([bumps(rng, size)[0] for _ in range(2)])
        if combined:
            offsets = rng.integers(-512, 513, (2, 5, 2, *maps.shape[2:])) * np.float32(2**-9)
            maps = np.concatenate([maps[:, :, None], offsets], 2).reshape(2, 15, *maps.shape[2:])
        flipped = np.stack([mirrored(rng, sample, 3 if combined else 1) for sample in maps])
        args = {
            "batch_encoded": (maps * scale).astype(np.float32),
            "flipped": (flipped * scale).astype(np.float32),
            "flip_indices": FLIP_INDICES,
        }
        for shift, note in ((False, "flip test"), (True, "flip test, shifted")):
            shifted = args | {"shift": shift}
            yield Case(size.kwargs | kwargs, "batch_decode", shifted, note, sensitive=True)

    return cases


def flipped_vectors(kwargs: Kwargs) -> Callable[..., Iterator[Case]]:
    """A batch of two samples of short vectors."""

    def cases(rng: Generator, size: Size) -> Iterator[Case]:
        if size is not SMALL[-1]:
            return
        args: Kwargs = {"flip_indices": FLIP_INDICES}
        flipped = []
        for name, side in zip(("simcc_x", "simcc_y"), size.image, strict=True):
            bins = 2 * side
            centers = rng.uniform(0.1, 0.9, (2, 5, 1)) * bins
            args[name] = like_a_network(
                rng, np.exp(-(((np.arange(bins) - centers) / 6) ** 2)), dims=1
            )
            turned = args[name][:, FLIP_INDICES]
            turned = turned[..., ::-1] if name == "simcc_x" else turned
            flipped.append(like_a_network(rng, turned, dims=1))
        args["flipped"] = tuple(flipped)
        all_kwargs = {"input_size": size.image} | kwargs
        yield Case(all_kwargs, "batch_decode", args, "flip test", sensitive=True)

    return cases
