"""Calls that are recorded from MMPose's codecs that lift 2D poses to 3D."""

from collections.abc import Iterator

import numpy as np
from numpy.random import Generator

from .golden import VISIBILITIES, Case, Kwargs, Size

CAMERA = {"f": [[1145.0494], [1143.7811]], "c": [[512.5415], [515.4515]]}


def camera(size: Size, dtype: str = "float64", intrinsics: bool = True) -> Kwargs:
    """A camera whose images are ten times as large as the input image."""
    param: Kwargs = {"w": 10 * size.image[0], "h": 10 * size.image[1]}
    known = {key: np.array(values).astype(dtype) for key, values in CAMERA.items()}
    return param | known if intrinsics else param


def poses(rng: Generator, frames: int, joints: int, dtype: str) -> np.ndarray:
    """3D poses about five meters from the camera; the values compress well."""
    meters = rng.normal(0, 0.5, (frames, joints, 3)) + np.array([0, 0, 5])
    return np.asarray((np.round(meters * 512) / 512).astype(dtype))


def lifting_args(
    rng: Generator, size: Size, frames: tuple[int, int], joints: int, dtype: str, visible: str
) -> Kwargs:
    """2D poses and a 3D target with these numbers of frames, with or without visibilities."""
    places = np.round(rng.uniform(0, 1, (frames[0], joints, 2)) * size.image * 40) / 4
    args: Kwargs = {"keypoints": places.astype(dtype)}
    args["lifting_target"] = poses(rng, frames[1], joints, dtype)
    if visible != "omitted":
        values, visible_dtype = visible.split()
        for name, count in (("keypoints", frames[0]), ("lifting_target", frames[1])):
            drawn = rng.permutation(np.resize(VISIBILITIES[values], count * joints))
            args[f"{name}_visible"] = drawn.reshape(count, joints).astype(visible_dtype)
    return args


LIFTING_PLAN = (
    ("float32", "0/1/2 float32"),
    ("float64", "fractional float64"),
    ("float32", "omitted"),
    ("float64", "0/1/2 int64"),
)


def lifting_decode_cases(rng: Generator, kwargs: Kwargs, count: int) -> Iterator[Case]:
    for people, dtype, root in ((1, "float32", "float32"), (3, "float64", "float32")):
        encoded = np.round(rng.normal(0, 256, (people, count, 3))) / 256
        args: Kwargs = {"encoded": encoded.astype(dtype)}
        yield Case(kwargs, "decode", args, f"{people} {dtype}, no root")
        args = args | {"target_root": (np.round(rng.normal(0, 256, (1, 3))) / 256).astype(root)}
        yield Case(kwargs, "decode", args, f"{people} {dtype}, {root} root")
