"""Calls that are recorded from MMPose's bottom-up codecs."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import Generator

from .golden import Case, Kwargs, Size, like_a_network

SEEN = ("omitted", "0/1/2 float32", "fractional float64", "0/1/2 int64")


def crowd(rng: Generator, size: Size, people: int, joints: int = 5) -> np.ndarray:
    """Keypoints (N, K, 2) of people large and small, some of them in front of others."""
    image = np.array(size.image)
    centers = rng.uniform(0.05, 0.95, (people, 1, 2)) * image
    spread = rng.uniform(0.06, 0.3, (people, 1, 1)) * image.max()
    return centers + spread * rng.uniform(-1, 1, (people, joints, 2))


def scenes(rng: Generator, size: Size) -> dict[str, np.ndarray]:
    """Images by what is in them."""
    image = crowd(rng, size, 4)
    one_in_another = crowd(rng, size, 3)
    one_in_another += np.array(size.image) / 2 - one_in_another.mean(1, keepdims=True)
    one_in_another += rng.uniform(-4, 4, (3, 1, 2))
    outside = crowd(rng, size, 3)
    outside[::2] += 2000
    partly = crowd(rng, size, 2)
    partly[:, ::2] += np.array(size.image) / 2
    half = (np.round(crowd(rng, size, 3) / size.stride) + 0.5) * size.stride
    return {
        "a crowd": image,
        "one in front of another": one_in_another,
        "the same, the other way round": one_in_another[::-1],
        "in the order of their size": one_in_another[np.argsort(np.ptp(one_in_another, 1).sum(1))],
        "two of three outside": outside,
        "partly outside": partly,
        "between pixels": half,
        "no instances": image[:0],
        "one": crowd(rng, size, 1, 17),
    }


def image_cases(rng: Generator, size: Size, kwargs: Kwargs, variant: int) -> Iterator[Case]:
    """One variant's share of the scenes, and one in which no keypoint is visible."""
    for number, (note, points) in enumerate(scenes(rng, size).items()):
        turn = number + variant + size.turn
        if turn % 2:
            continue
        points = points.astype(("float32", "float64")[turn // 2 % 2])
        args = {"keypoints": points}
        seen = SEEN[turn // 2 % 4]
        if seen != "omitted":
            values = (0, 1, 2, 1, 1) if "0/1/2" in seen else (0.3, 0.5, 0.7, 1.0, 1.5, 0.0)
            args["keypoints_visible"] = rng.choice(values, points.shape[:2]).astype(seen.split()[1])
        yield Case(kwargs, "encode", args, f"{note}, {points.dtype}, visibility {seen}")
    points = crowd(rng, size, 2).astype(np.float32)
    args = {"keypoints": points, "keypoints_visible": np.zeros((2, 5), np.float32)}
    yield Case(kwargs, "encode", args, "no visible keypoints")


def peaks(
    rng: Generator, size: Size, maps: int, count: int, heights: Sequence[float] = ()
) -> np.ndarray:
    """Maps of `count` noisy bumps each, with these heights or random ones, a few pixels apart."""
    width, height = size.heatmap
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    clean = np.zeros((maps, height, width))
    for one in clean:
        for number in range(count):
            at = rng.uniform(1, np.array(size.heatmap) - 2)
            level = heights[number] if heights else rng.uniform(0.15, 1)
            away = np.hypot(x - at[0], y - at[1]) / rng.uniform(1.2, 2)
            np.maximum(one, level * np.exp(-(away**2)), out=one)
    return like_a_network(rng, clean)


def clean_peaks(rng: Generator, size: Size, maps: int, count: int) -> np.ndarray:
    """Maps of zeros and `count` ones each: all peaks are equally high."""
    width, height = size.heatmap
    flat = np.zeros((maps, width * height), np.float32)
    for one in flat:
        one[rng.choice(one.size, count, replace=False)] = 1
    return flat.reshape(maps, height, width)
