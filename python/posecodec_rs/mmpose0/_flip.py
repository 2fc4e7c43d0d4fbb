"""Flip tests: ``mmpose.core.post_processing``."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy.typing as npt

from posecodec_rs import _core
from posecodec_rs.types import ArrayInput


def flip_back(
    output_flipped: ArrayInput,
    flip_pairs: Iterable[Sequence[int]],
    target_type: str = "GaussianHeatmap",
) -> npt.NDArray[Any]:
    """Mirror the heatmaps of mirrored images back.

    Args:
        output_flipped: Shape (N, K, H, W), or (N, 3K, H, W) with ``'CombinedTarget'``; float16,
            float32 or float64.
        flip_pairs: Pairs of keypoints that are mirror images of each other.
        target_type: With ``'CombinedTarget'``, offsets along x change their sign.

    Returns:
        array: Of the shape and dtype of ``output_flipped``.

    Raises:
        InvalidInputError: For a wrong shape or dtype, or a pair of keypoints that do not exist.
    """
    combined = isinstance(target_type, str) and target_type.lower() == "combinedtarget"
    return _core._flip_back(output_flipped, flip_pairs, 3 if combined else 1)
