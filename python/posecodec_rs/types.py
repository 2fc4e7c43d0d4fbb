"""The types of what goes into codecs and comes out of them, for annotations.

Dimensions: N instances, K keypoints, (H, W) a heatmap, Wx and Wy bins. Shapes are those of
``encode``; ``batch_encode`` puts a B before all of them. Every dict also serves as ``out=``: then
its arrays are C-contiguous and writable, and those returned are the same ones.
"""

from typing import Any, Protocol, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

__all__ = [
    "ArrayInput",
    "HeatmapTargets",
    "IntegralRegressionTargets",
    "RegressionTargets",
    "SimCCTargets",
    "TensorLike",
]


class TensorLike(Protocol):
    """What codecs ask of a ``torch.Tensor``, on any device; torch itself is not needed."""

    def detach(self) -> Any:
        """The tensor outside the graph of gradients."""

    def cpu(self) -> Any:
        """The tensor in the host's memory."""

    def numpy(self) -> Any:
        """The tensor's memory as an array."""


ArrayInput: TypeAlias = npt.ArrayLike | TensorLike
"""An array, what ``np.asarray`` makes one of, or a torch tensor."""


class HeatmapTargets(TypedDict):
    """What ``MSRAHeatmap``, ``UDPHeatmap`` and ``MegviiHeatmap`` encode."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K, H, W); of a combined ``UDPHeatmap`` (3K, H, W)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (1, K), of the visibilities' dtype; float32 where they were left out."""


class RegressionTargets(TypedDict):
    """What ``RegressionLabel`` encodes."""

    keypoint_labels: npt.NDArray[np.float32]
    """Shape (N, K, 2), in units of the input size."""

    keypoint_weights: npt.NDArray[np.float32]
    """Shape (N, K)."""


class IntegralRegressionTargets(TypedDict):
    """What ``IntegralRegressionLabel`` encodes."""

    keypoint_labels: npt.NDArray[np.float32]
    """Shape (1, K, 2), in units of the input size."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K, H, W)."""

    keypoint_weights: npt.NDArray[np.float32]
    """Shape (1, K)."""


class SimCCTargets(TypedDict):
    """What ``SimCCLabel`` encodes."""

    keypoint_x_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wx)."""

    keypoint_y_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wy)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K), of the visibilities' dtype; float32 where they were left out."""
