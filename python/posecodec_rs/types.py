"""The types of what goes into codecs and comes out of them, for annotations.

Dimensions: N instances, K keypoints, (H, W) a heatmap, Wx and Wy bins. Shapes are those of
``encode``; ``batch_encode`` puts a B before all of them, save in a ``Listed`` dict, which holds
lists of B arrays where their shapes differ. Every dict but ``DecoupledHeatmap``'s also serves as
``out=``: then its arrays are C-contiguous and writable, and those returned are the same ones.
"""

from typing import Any, Protocol, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

__all__ = [
    "ArrayInput",
    "AssociativeEmbeddingTargets",
    "DecoupledTargets",
    "HeatmapTargets",
    "IntegralRegressionTargets",
    "ListedAssociativeEmbeddingTargets",
    "ListedDecoupledTargets",
    "RegressionTargets",
    "SPRTargets",
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


class SPRTargets(TypedDict):
    """What ``SPR`` encodes."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (1, H, W), or (K+1, H, W) with keypoint heatmaps; the roots' is the last."""

    heatmap_weights: npt.NDArray[np.float32]
    """As ``heatmaps``."""

    displacements: npt.NDArray[np.float32]
    """Shape (2K, H, W), x and y in turn, in heatmap cells."""

    displacement_weights: npt.NDArray[np.float32]
    """As ``displacements``."""


class DecoupledTargets(TypedDict):
    """What ``DecoupledHeatmap`` encodes, of M people."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K+1, H, W), the roots' last."""

    instance_heatmaps: npt.NDArray[Any]
    """Shape (M*K, H, W), float32; float64 if M is 0."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (M, K), of the visibilities' dtype, float32 where they were left out; shape (0,),
    float64, if M is 0."""

    instance_coords: npt.NDArray[np.int32]
    """Shape (M, 2), in heatmap cells."""


class ListedDecoupledTargets(TypedDict):
    """What ``DecoupledHeatmap`` encodes of B pictures."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (B, K+1, H, W)."""

    instance_heatmaps: list[npt.NDArray[Any]]
    """As in ``DecoupledTargets``, one a picture."""

    keypoint_weights: list[npt.NDArray[Any]]
    """As in ``DecoupledTargets``, one a picture."""

    instance_coords: list[npt.NDArray[np.int32]]
    """As in ``DecoupledTargets``, one a picture."""


class AssociativeEmbeddingTargets(TypedDict):
    """What ``AssociativeEmbedding`` encodes."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K, H, W)."""

    keypoint_indices: npt.NDArray[np.int64]
    """Shape (N, K, 2): the cell y*W + x, and 1 if the keypoint is visible and inside, else 0."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K), of the visibilities' dtype; float32 where they were left out."""


class ListedAssociativeEmbeddingTargets(TypedDict):
    """What ``AssociativeEmbedding`` encodes of a list of B pictures."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (B, K, H, W)."""

    keypoint_indices: list[npt.NDArray[np.int64]]
    """As in ``AssociativeEmbeddingTargets``, one a picture."""

    keypoint_weights: list[npt.NDArray[Any]]
    """As in ``AssociativeEmbeddingTargets``, one a picture."""
