"""HRNet's decoding and targets in Rust, under the names of its reference implementation.

In a program: ``from posecodec_rs.hrnet import get_final_preds``, which was
``from core.inference import get_final_preds``. For targets:
``JointsDataset.generate_target = posecodec_rs.hrnet.generate_target``.

Scales of boxes are in units of 200 pixels. Arguments are never modified.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from posecodec_rs import _core
from posecodec_rs.types import ArrayInput

__all__ = ["generate_target", "get_final_preds", "get_max_preds"]

_Arrays = tuple[npt.NDArray[Any], npt.NDArray[Any]]


def get_max_preds(batch_heatmaps: ArrayInput) -> _Arrays:
    """Find the maxima of heatmaps.

    Args:
        batch_heatmaps: Shape (N, K, H, W); float16, float32 or float64.

    Returns:
        tuple: Locations in heatmap pixels, shape (N, K, 2), float32, 0 where no value is above 0;
        and maxima, shape (N, K, 1), of the heatmaps' dtype.

    Raises:
        InvalidInputError: For a wrong shape or dtype.
    """
    return _core._get_max_preds(batch_heatmaps)


def get_final_preds(
    config: Any,
    batch_heatmaps: ArrayInput,
    center: ArrayInput,
    scale: ArrayInput,
) -> _Arrays:
    """Decode heatmaps to keypoints in pixels of the whole image.

    Args:
        config: HRNet's config. If ``config.TEST.POST_PROCESS``, maxima are moved by a quarter of a
            heatmap pixel towards the larger neighbors.
        batch_heatmaps: Shape (N, K, H, W); float16, float32 or float64.
        center: Centers of the boxes in the image, shape (N, 2).
        scale: Sides of the boxes in units of 200 pixels, shape (N, 2), of which the width is used,
            or (N,).

    Returns:
        tuple: Keypoints, shape (N, K, 2), float32; and maxima, shape (N, K, 1), of the heatmaps'
        dtype.

    Raises:
        InvalidInputError: For a wrong shape or dtype.
    """
    return _core._get_final_preds(batch_heatmaps, center, scale, bool(config.TEST.POST_PROCESS))


def generate_target(dataset: Any, joints: Any, joints_vis: Any) -> _Arrays:
    """Make the heatmaps of one person; a method for HRNet's ``JointsDataset``.

    Args:
        dataset: The dataset, of which ``num_joints``, ``image_size``, ``heatmap_size``, ``sigma``,
            ``target_type`` and, if ``use_different_joints_weight``, ``joints_weight`` are read.
        joints: Keypoints in input pixels, shape (K, 3).
        joints_vis: Visibilities, shape (K, 3), of which the first column is used.

    Returns:
        tuple: Heatmaps, shape (K, H, W), float32; and weights, shape (K, 1): the visibilities, 0
        for keypoints outside.

    Raises:
        InvalidInputError: For a wrong shape or dtype, or another target type than ``'gaussian'``.
    """
    if dataset.target_type != "gaussian":
        raise _core.InvalidInputError(
            f"`target_type` must be 'gaussian', but got {dataset.target_type!r}"
        )
    count, shape = dataset.num_joints, np.shape(joints)
    if shape[:1] != (count,):
        raise _core.InvalidInputError(
            f"`joints` must have shape ({count}, 3): `num_joints` keypoints, but got shape {shape}"
        )
    weights = dataset.joints_weight if dataset.use_different_joints_weight else None
    sizes = dataset.image_size, dataset.heatmap_size
    return _core._top_down_target(joints, joints_vis, *sizes, "msra", dataset.sigma, weights)
