"""The types of what goes into codecs and comes out of them, for annotations.

Dimensions: N instances, K keypoints, (H, W) a heatmap, (D, H, W) a volume, Wx, Wy and Wz bins.
Shapes are those of ``encode``; ``batch_encode`` puts a B before all of them, save in a ``Listed``
dict, which holds lists of B arrays where their shapes differ. Every dict but ``DecoupledHeatmap``'s
also serves as ``out=``: then its arrays are C-contiguous and writable, and those returned are the
same ones.
"""

from typing import Any, Protocol, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

__all__ = [
    "ArrayInput",
    "AssociativeEmbeddingTargets",
    "DecoupledTargets",
    "EDPoseTargets",
    "Hand3DTargets",
    "HeatmapTargets",
    "IntegralRegressionTargets",
    "ListedAssociativeEmbeddingTargets",
    "ListedDecoupledTargets",
    "RegressionTargets",
    "SPRTargets",
    "SimCC3DTargets",
    "SimCCTargets",
    "TensorLike",
    "YOLOXPoseTargets",
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


class SimCC3DTargets(TypedDict):
    """What ``SimCC3DLabel`` encodes. The lists need not be there in ``out=``."""

    keypoint_x_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wx)."""

    keypoint_y_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wy)."""

    keypoint_z_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wz)."""

    lifting_target: npt.NDArray[Any] | list[None]
    """Shape (N, K, 3), metres; ``[None]`` without depths."""

    root_z: npt.NDArray[np.floating[Any]] | list[float]
    """Shape (N,), metres; a list of one without depths."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K), of the visibilities' dtype; float32 where they were left out."""

    weight_z: npt.NDArray[Any]
    """Shape (N, K), ``keypoint_weights``; zeros without depths."""

    with_z_label: list[bool]
    """One: whether there are depths."""


class Hand3DTargets(TypedDict):
    """What ``Hand3DHeatmap`` encodes."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K * D, H, W)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K), of the visibilities' dtype; float32 where they were left out."""

    root_depth: npt.NDArray[np.floating[Any]]
    """Shape (1,), in bins."""

    type: npt.NDArray[Any]
    """The hand type as it came."""

    type_weight: npt.NDArray[Any]
    """The validity of the hand type as it came."""

    root_depth_weight: npt.NDArray[np.floating[Any]]
    """Shape (1,)."""


class EDPoseTargets(TypedDict):
    """What ``EDPoseLabel`` encodes. Where the answer is ``None``, ``out=`` needs no array."""

    keypoints: npt.NDArray[np.floating[Any]]
    """Shape (N, K, 2), in units of the image's size."""

    area: npt.NDArray[np.floating[Any]] | None
    """Shape (N,), in units of the image's area."""

    bbox: npt.NDArray[np.floating[Any]] | None
    """Shape (N, 4), (x, y, w, h) in units of the image's size."""

    keypoints_visible: npt.NDArray[Any]
    """Shape (N, K), of the visibilities' dtype; float32 where they were left out."""


class YOLOXPoseTargets(TypedDict, total=False):
    """What ``YOLOXPoseAnnotationProcessor`` encodes, where it was given."""

    bbox: npt.NDArray[Any]
    """Shape (N, 4), pixels, of the boxes' dtype."""

    bbox_labels: npt.NDArray[np.int8]
    """Shape (N,)."""


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
