"""Types of profiles: what heatmaps are products of, as ``encode_profiles`` returns them."""

from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt

__all__ = [
    "AssociativeEmbeddingProfiles",
    "CombinedProfiles",
    "HeatmapProfiles",
    "IntegralRegressionProfiles",
    "SPRProfiles",
]


class HeatmapProfiles(TypedDict):
    """The profiles of the targets of ``MSRAHeatmap``, ``UDPHeatmap`` and ``MegviiHeatmap``."""

    x_profiles: npt.NDArray[np.float32]
    """Shape (B, K, W)."""

    y_profiles: npt.NDArray[np.float32]
    """Shape (B, K, H)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (B, 1, K)."""


class CombinedProfiles(TypedDict):
    """What combined targets of ``UDPHeatmap`` consist of."""

    x_offsets: npt.NDArray[np.float32]
    """Shape (B, K, W)."""

    y_offsets: npt.NDArray[np.float32]
    """Shape (B, K, H)."""

    x_squares: npt.NDArray[np.float64]
    """Shape (B, K, W)."""

    y_squares: npt.NDArray[np.float64]
    """Shape (B, K, H)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (B, 1, K)."""


class IntegralRegressionProfiles(TypedDict):
    """The targets of ``IntegralRegressionLabel``, with profiles of the heatmaps."""

    keypoint_labels: npt.NDArray[np.float32]
    """Shape (B, 1, K, 2)."""

    x_profiles: npt.NDArray[np.float32]
    """Shape (B, K, W)."""

    y_profiles: npt.NDArray[np.float32]
    """Shape (B, K, H)."""

    heatmap_factors: npt.NDArray[np.float32]
    """Shape (B, K)."""

    keypoint_weights: npt.NDArray[np.float32]
    """Shape (B, 1, K)."""


class AssociativeEmbeddingProfiles(TypedDict):
    """The targets of ``AssociativeEmbedding``, with profiles of the heatmaps."""

    x_profiles: npt.NDArray[np.float32]
    """Shape (B, N, K, W)."""

    y_profiles: npt.NDArray[np.float32]
    """Shape (B, N, K, H)."""

    keypoint_indices: npt.NDArray[np.int64]
    """Shape (B, N, K, 2)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (B, N, K)."""


class SPRProfiles(TypedDict):
    """Profiles of the heatmaps of ``SPR``, and patches of its displacements."""

    x_profiles: npt.NDArray[np.float32]
    """Shape (B, N, 1, W) or (B, N, K+1, W)."""

    y_profiles: npt.NDArray[np.float32]
    """Shape (B, N, 1, H) or (B, N, K+1, H)."""

    displacement_patches: npt.NDArray[np.float32]
    """Shape (B, N, 2K, h, w), the displacements around each person's root."""

    weight_patches: npt.NDArray[np.float32]
    """Shape (B, N, 2K, h, w), the displacement weights there."""

    patch_starts: npt.NDArray[np.int64]
    """Shape (B, N, 2), the first pixel (x, y) of each patch."""
