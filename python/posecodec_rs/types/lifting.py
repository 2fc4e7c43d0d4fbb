"""Types of the targets of the codecs that lift poses to 3D."""

from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt

__all__ = [
    "ImagePoseTargets",
    "MotionBERTTargets",
    "VideoPoseTargets",
]


class ImagePoseTargets(TypedDict, total=False):
    """The targets of ``ImagePoseLifting``: 2D poses in pixels, 3D poses in any unit.

    ``target_root`` and the items whose names start with ``lifting_target`` or ``trajectory`` are
    present if a target was given, the statistics if the codec has them.
    """

    target_root_removed: bool
    """True if the root was removed."""

    target_root_index: int
    """Index of the removed root, with ``save_index``."""

    keypoints_mean: npt.NDArray[np.float32]
    """Shape (1, K, D), pixels."""

    keypoints_std: npt.NDArray[np.float32]
    """Shape (1, K, D), pixels."""

    target_mean: npt.NDArray[np.float32]
    """Shape (1, K, C), or (1, K - 1, C) without the root, in the unit of the target."""

    target_std: npt.NDArray[np.float32]
    """Shape (1, K, C), or (1, K - 1, C) without the root, in the unit of the target."""

    keypoint_labels: npt.NDArray[np.floating[Any]]
    """Shape (K * D, N), or (N, K, D) without ``reshape_keypoints``."""

    keypoint_labels_visible: npt.NDArray[Any]
    """Shape (N, K), the visibilities; ones if they were omitted."""

    lifting_target_label: npt.NDArray[np.floating[Any]]
    """Shape (T, K, C), or (T, K - 1, C) without the root."""

    lifting_target_weight: npt.NDArray[np.float32]
    """Shape (T, K), or (T, K - 1) without the root."""

    trajectory_weights: npt.NDArray[np.floating[Any]]
    """Shape (T, K), or (T, C) if the visibilities of the target were omitted."""

    target_root: npt.NDArray[np.float32]
    """Shape (T, C), in the unit of the target."""


class VideoPoseTargets(TypedDict, total=False):
    """The targets of ``VideoPoseLifting``: 3D poses in any unit.

    The items whose names start with ``lifting_target`` or ``trajectory`` are present if a target
    was given.
    """

    target_root: npt.NDArray[np.floating[Any]]
    """Shape (T, C), in the unit and dtype of the target; with a target and ``zero_center``."""

    target_root_removed: bool
    """True if the root was removed."""

    target_root_index: int
    """Index of the removed root, with ``save_index``."""

    camera_param: dict[str, Any] | list[dict[str, Any]]
    """The camera with ``f`` and ``c`` in units of half the image width, with ``normalize_camera``;
    a list for a batch."""

    keypoint_labels: npt.NDArray[np.floating[Any]]
    """Shape (K * 2, N), or (N, K, 2) without ``reshape_keypoints``, in units of half the image
    width, relative to the image center."""

    keypoints_visible: npt.NDArray[Any]
    """Shape (N, K), the visibilities; ones if they were omitted."""

    lifting_target_label: npt.NDArray[np.floating[Any]]
    """Shape (T, K, C), or (T, K - 1, C) without the root."""

    lifting_target_weight: npt.NDArray[np.float32]
    """Shape (T, K), or (T, K - 1) without the root."""

    trajectory_weights: npt.NDArray[np.floating[Any]]
    """Shape (T, K), or (T, C) if the visibilities of the target were omitted."""


class MotionBERTTargets(TypedDict, total=False):
    """The targets of ``MotionBERTLabel``.

    The items whose names start with ``lifting_target`` are present if a target was given.
    """

    keypoint_labels: npt.NDArray[np.floating[Any]]
    """Shape (T, K, D), in units of half the image width, relative to the image center."""

    keypoint_labels_visible: npt.NDArray[Any]
    """Shape (T, K), the visibilities; ones if they were omitted."""

    lifting_target_label: npt.NDArray[np.floating[Any]]
    """Shape (T, K, 3), root-relative, in units of half the image width (``mode="train"``) or meters
    (``mode="test"``)."""

    lifting_target_weight: npt.NDArray[np.float32]
    """Shape (T, K)."""

    lifting_target: npt.NDArray[np.floating[Any]]
    """The same as ``lifting_target_label``."""

    lifting_target_visible: npt.NDArray[Any]
    """Shape (T, K), the visibilities of the target."""

    factor: npt.NDArray[Any]
    """Shape (T, 1), meters per 1000 pixels."""
