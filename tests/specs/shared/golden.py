"""Calls that `golden/record.py` records from MMPose: what the specs share to make them.

Sizes are [w, h], maps are (K, H, W), keypoints are (N, K, 2) in the input image. Random maps are
multiples of a step, so that the recording compresses well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

Kwargs = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """An input image and its map. `turn` distributes a codec's variants over the sizes."""

    image: tuple[int, int]
    heatmap: tuple[int, int]
    turn: int

    @property
    def kwargs(self) -> Kwargs:
        return {"input_size": self.image, "heatmap_size": self.heatmap}

    @property
    def stride(self) -> np.ndarray:
        """Input pixels per map pixel, for all codecs but UDP's."""
        return np.array(self.image) / self.heatmap

    @property
    def udp_stride(self) -> np.ndarray:
        return (np.array(self.image) - 1) / (np.array(self.heatmap) - 1)


@dataclass(frozen=True)
class Case:
    """One call: build the codec with `kwargs`, call `method` with `args`."""

    kwargs: Kwargs
    method: str
    args: Kwargs
    note: str
    seed: int | None = None  # set on numpy.random and random before the call
    tol: str | None = None  # "dark" is less strict, see golden_cases.py
    tensors: bool = False  # MMPose takes tensors here; this package takes arrays too
    sensitive: bool = False  # blurs or refines: recorded only if the last bits don't matter


SMALL = (Size((96, 128), (24, 32), 0), Size((100, 75), (30, 21), 1), Size((65, 49), (17, 13), 2))
FULL = (*SMALL, Size((192, 256), (48, 64), 3), Size((288, 384), (72, 96), 4))

# Encoders: where the keypoints are, how many, their dtype, their visibility. A variant of a codec
# gets every third row at one size, and so all of them over three sizes.
ENCODE_PLAN = (
    ("inside", 5, "float32", "0/1/2 float32"),
    ("partly outside", 17, "float32", "fractional float32"),
    ("far outside", 5, "float32", "0/1/2 int64"),
    ("half-pixel", 5, "float32", "omitted"),
    ("half-pixel", 5, "float64", "fractional float64"),
    ("corners and edges", 17, "float32", "omitted"),
    ("far outside", 5, "float64", "0/1/2 float64"),
    ("corners and edges", 17, "float64", "0/1/2 int64"),
    ("inside", 1, "float64", "omitted"),
)
VISIBILITIES = {"0/1/2": (0, 1, 2, 1, 2), "fractional": (0.3, 0.5, 0.7, 0.5, 0.0)}
# As shares of the image, and as map pixels: patches partly inside, and (of sigma 2 and 3) just not.
ON_EDGE = ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (0, 0.5), (1, 0.5), (0.5, 1))
OFF_EDGE = ((-0.4, -0.5), (-1, -1), (-7, 2), (2, -10))
STEP = 2**-12  # of the values of maps like a network's


def place(
    rng: Generator, size: Size, where: str, stride: Any, people: int = 1, joints: int = 5
) -> np.ndarray:
    """Keypoints (N, K, 2); `stride` is input pixels per map pixel or bin."""
    image, shape = np.array(size.image), (people, joints, 2)
    if where == "inside":
        return rng.uniform(0.1, 0.9, shape) * (image - 1)
    if where == "partly outside":
        return rng.uniform(-0.3, 1.3, shape) * image
    if where == "far outside":
        points = rng.uniform(-1e4, 1e4, shape)
        points[:, 0] = rng.uniform(0.2, 0.8, (people, 2)) * image
        return points
    if where == "half-pixel":  # of the map: where the rounding of a center changes
        cells = rng.integers(-2, np.ceil(image / stride) + 2, shape)
        return (cells + 0.5) * stride
    near, off = np.array(ON_EDGE) * (image - 1), np.array(OFF_EDGE) * stride
    points = np.concatenate([near, off, image - stride - off, [image]])
    return np.repeat(points[None], people, axis=0)


def encode_cases(
    rng: Generator,
    size: Size,
    kwargs: Kwargs,
    stride: Any,
    variant: int = 0,
    people: int = 1,
    may_omit: bool = True,
) -> Iterator[Case]:
    """One variant's share of the plan. Without `may_omit`, the codec needs visibilities."""
    for where, joints, dtype, visible in ENCODE_PLAN[(size.turn + variant) % 3 :: 3]:
        points = place(rng, size, where, stride, people, joints).astype(dtype)
        args = {"keypoints": points}
        if visible == "omitted" and not may_omit:
            visible = "0/1/2 float32"
        if visible != "omitted":
            values, visible_dtype = visible.split()
            drawn = rng.permutation(np.resize(VISIBILITIES[values], people * joints))
            args["keypoints_visible"] = drawn.reshape(people, joints).astype(visible_dtype)
        note = f"{where}, {people}x{joints} {dtype}, visibility {visible}"
        yield Case(kwargs, "encode", args, note)


def mmpose_codec(name: str, kwargs: Kwargs) -> Any:
    """MMPose's codec, which only the recorder needs."""
    import mmpose.codecs

    return getattr(mmpose.codecs, name)(**kwargs)


def targets(codec: str, kwargs: Kwargs, points: np.ndarray) -> np.ndarray:
    """MMPose's own maps of keypoints that are all visible."""
    visible = np.ones(points.shape[:2], np.float32)
    return np.asarray(mmpose_codec(codec, kwargs).encode(points, visible)["heatmaps"])


def noise(rng: Generator, shape: tuple[int, ...], largest: float, step: float) -> np.ndarray:
    """Multiples of `step` in [-largest, largest]."""
    bound = round(largest / step)
    return (rng.integers(-bound, bound + 1, shape) * step).astype(np.float32)


def like_a_network(rng: Generator, clean: np.ndarray, dims: int = 2) -> np.ndarray:
    """Clean maps, rounded to steps, with a little noise; each of `dims` dimensions.

    Each has one highest value: between two, rounding of the input would decide.
    """
    maps = (np.round(clean / STEP) * STEP).astype(np.float32)
    maps += noise(rng, clean.shape, 16 * STEP, STEP)
    flat = maps.reshape(*maps.shape[:-dims], -1)
    peak = flat.argmax(-1, keepdims=True)
    np.put_along_axis(flat, peak, np.take_along_axis(flat, peak, -1) + STEP, -1)
    return maps


def bumps(
    rng: Generator, size: Size, joints: int = 5, border: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Maps like a network's, one noisy bump each, 0.05 to 1 high, and their centers."""
    last = np.array(size.heatmap) - 1
    centers = rng.uniform(2.6, last - 2.6, (joints, 2))
    if border:  # the first near a corner, the others near an edge
        near = rng.choice([-0.3, 0.0, 0.4, 0.9, 1.3, 1.8], (joints, 2))
        near = np.where(rng.random((joints, 2)) < 0.5, near, last - near)
        at_edge = np.eye(2, dtype=bool)[np.arange(joints) % 2]
        at_edge[0] = True
        centers = np.where(at_edge, near, centers)
    x, y = np.meshgrid(np.arange(size.heatmap[0]), np.arange(size.heatmap[1]))
    away = np.hypot(*(grid - c[:, None, None] for grid, c in zip((x, y), centers.T, strict=True)))
    heights = np.geomspace(1, 0.05, joints)[:, None, None]
    maps = heights * np.exp(-((away / rng.uniform(1.9, 3.4, (joints, 1, 1))) ** 2))
    return like_a_network(rng, maps), centers


def map_decode_cases(kwargs: Kwargs, maps: dict[str, np.ndarray]) -> Iterator[Case]:
    for note, encoded in maps.items():
        yield Case(kwargs, "decode", {"encoded": encoded}, note, sensitive=True)


def regression_decode_cases(rng: Generator, size: Size, kwargs: Kwargs) -> Iterator[Case]:
    """Two columns of coordinates, or four with the sigmas that make the scores."""
    for people, columns, dtype in ((1, 2, "float32"), (3, 4, "float32"), (2, 4, "float64")):
        joints = (5, 1, 17)[(people + size.turn) % 3]
        encoded = rng.normal(0.5, 0.4, (people, joints, columns)).astype(dtype)
        yield Case(kwargs, "decode", {"encoded": encoded}, f"{encoded.shape} {dtype}")


def visibilities(rng: Generator, people: int, joints: int, dtype: str) -> np.ndarray:
    return rng.choice(VISIBILITIES["0/1/2" if dtype == "int64" else "fractional"], (people, joints))
