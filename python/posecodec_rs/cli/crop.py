"""Errors of decoded keypoints in the crops of the command line."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from posecodec_rs.crop import Crop


def image_px(crop: Crop) -> NDArray[np.float64]:
    """Shape (...), pixels of the image per pixel of the input."""
    return crop.scale[..., 0] / crop.input_size[0]


def errors(crop: Crop, decoded: ArrayLike, points: ArrayLike) -> NDArray[np.floating[Any]]:
    """Distances in pixels of the input, shape (...): the measure of all commands.

    Args:
        crop: The crop, or the crops of several people.
        decoded: Shape (..., 2), pixels of the input, as codecs decode them. Those are mapped
            back by `to_image` without `use_udp`.
        points: Shape (..., 2), pixels of the image: where the keypoints are annotated.
    """
    expected = replace(crop, use_udp=False).to_input(points)
    distances: NDArray[np.floating[Any]] = np.linalg.norm(np.subtract(decoded, expected), axis=-1)
    return distances


def drawn(crop: Crop, decoded: ArrayLike) -> NDArray[np.floating[Any]]:
    """Where decoded keypoints (..., 2) are in the pixels of this crop, for figures."""
    size = np.array(crop.input_size)
    positions: NDArray[np.floating[Any]] = np.multiply(decoded, (size - crop.use_udp) / size)
    return positions
