"""Types of the inputs and outputs of codecs, for annotations.

Dimensions: N instances, K keypoints with D coordinates, heatmaps of (H, W), volumes of (D, H, W),
T frames of 3D poses with C coordinates, and Wx, Wy and Wz bins. Shapes are those of ``encode``;
``batch_encode`` adds a leading B. For a list of images it returns a ``Listed`` dict, whose lists
have one array per image. Unless annotated, the dtype of coordinates is that of the
keypoints, and the dtype of weights that of the visibilities, or float32 if those were omitted.
Arrays that are annotated as float32, except ``keypoint_weights``, are float16 with
``dtype=np.float16``.

Every dict except those of ``DecoupledHeatmap`` can be passed as ``out=``: its arrays must be
C-contiguous and writable, and ``encode`` fills and returns them.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

from posecodec_rs.types.lifting import ImagePoseTargets, MotionBERTTargets, VideoPoseTargets
from posecodec_rs.types.profiles import (
    AssociativeEmbeddingProfiles,
    CombinedProfiles,
    HeatmapProfiles,
    IntegralRegressionProfiles,
    SPRProfiles,
)

__all__ = [
    "ArrayInput",
    "AssociativeEmbeddingProfiles",
    "AssociativeEmbeddingTargets",
    "CameraParam",
    "CombinedProfiles",
    "DecoupledTargets",
    "EDPoseTargets",
    "Hand3DTargets",
    "HeatmapProfiles",
    "HeatmapTargets",
    "ImagePoseTargets",
    "IntegralRegressionProfiles",
    "IntegralRegressionTargets",
    "ListedAssociativeEmbeddingTargets",
    "ListedDecoupledTargets",
    "ListedEDPoseTargets",
    "ListedYOLOXPoseTargets",
    "MotionBERTTargets",
    "RegressionTargets",
    "SKPSTargets",
    "SPRProfiles",
    "SPRTargets",
    "SimCC3DTargets",
    "SimCCTargets",
    "TensorLike",
    "VideoPoseTargets",
    "YOLOXPoseTargets",
]


class TensorLike(Protocol):
    """The methods of ``torch.Tensor`` that codecs call. Tensors may be on any device."""

    def detach(self) -> Any:
        """Return the tensor without its gradient graph."""

    def cpu(self) -> Any:
        """Return the tensor in host memory."""

    def numpy(self) -> Any:
        """Return an array that shares the tensor's memory."""


ArrayInput: TypeAlias = npt.ArrayLike | TensorLike
"""An array, a value that ``np.asarray`` converts to one, or a torch tensor."""


class HeatmapTargets(TypedDict):
    """The targets of ``MSRAHeatmap``, ``UDPHeatmap`` and ``MegviiHeatmap``."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K, H, W), or (3K, H, W) for a combined ``UDPHeatmap``."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (1, K)."""


class SKPSTargets(TypedDict):
    """The targets of ``SKPSHeatmap``."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K, H, W)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (K,)."""

    displacements: npt.NDArray[np.float64]
    """Shape (2K, H, W)."""


class RegressionTargets(TypedDict):
    """The targets of ``RegressionLabel``."""

    keypoint_labels: npt.NDArray[np.float32]
    """Shape (N, K, 2), in units of the input size."""

    keypoint_weights: npt.NDArray[np.float32]
    """Shape (N, K)."""


class IntegralRegressionTargets(TypedDict):
    """The targets of ``IntegralRegressionLabel``."""

    keypoint_labels: npt.NDArray[np.float32]
    """Shape (1, K, 2), in units of the input size."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K, H, W)."""

    keypoint_weights: npt.NDArray[np.float32]
    """Shape (1, K)."""


class SimCCTargets(TypedDict):
    """The targets of ``SimCCLabel``."""

    keypoint_x_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wx)."""

    keypoint_y_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wy)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K)."""


class SimCC3DTargets(TypedDict):
    """The targets of ``SimCC3DLabel``. In ``out=`` the lists may be missing."""

    keypoint_x_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wx)."""

    keypoint_y_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wy)."""

    keypoint_z_labels: npt.NDArray[np.float32]
    """Shape (N, K, Wz)."""

    lifting_target: npt.NDArray[Any] | list[None]
    """Shape (N, K, 3), meters; ``[None]`` without depths."""

    root_z: npt.NDArray[np.floating[Any]] | list[float]
    """Shape (N,), meters; a list of one float without depths."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K)."""

    weight_z: npt.NDArray[Any]
    """Shape (N, K); ``keypoint_weights``, or zeros without depths."""

    with_z_label: list[bool]
    """One bool, whether there are depths."""


class Hand3DTargets(TypedDict):
    """The targets of ``Hand3DHeatmap``."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K * D, H, W)."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K)."""

    root_depth: npt.NDArray[np.floating[Any]]
    """Shape (1,), in bins."""

    type: npt.NDArray[Any]
    """The hand type, as given."""

    type_weight: npt.NDArray[Any]
    """The validity of the hand type, as given."""

    root_depth_weight: npt.NDArray[np.floating[Any]]
    """Shape (1,)."""


class EDPoseTargets(TypedDict):
    """The targets of ``EDPoseLabel``. In ``out=`` items that will be ``None`` may be missing."""

    keypoints: npt.NDArray[np.floating[Any]]
    """Shape (N, K, 2), in units of the image's size."""

    area: npt.NDArray[np.floating[Any]] | None
    """Shape (N,), in units of the image's area."""

    bbox: npt.NDArray[np.floating[Any]] | None
    """Shape (N, 4), (x, y, w, h) in units of the image's size."""

    keypoints_visible: npt.NDArray[Any]
    """Shape (N, K)."""


class ListedEDPoseTargets(TypedDict):
    """The targets of ``EDPoseLabel`` for a list of images."""

    keypoints: list[npt.NDArray[np.floating[Any]]]
    area: list[npt.NDArray[np.floating[Any]] | None]
    bbox: list[npt.NDArray[np.floating[Any]] | None]
    keypoints_visible: list[npt.NDArray[Any]]


class YOLOXPoseTargets(TypedDict, total=False):
    """The targets of ``YOLOXPoseAnnotationProcessor``, each if its input was given."""

    bbox: npt.NDArray[Any]
    """Shape (N, 4), pixels, of the boxes' dtype."""

    bbox_labels: npt.NDArray[np.int8]
    """Shape (N,)."""


class ListedYOLOXPoseTargets(TypedDict, total=False):
    """The targets of ``YOLOXPoseAnnotationProcessor`` for a list of images."""

    bbox: list[npt.NDArray[Any]]
    bbox_labels: list[npt.NDArray[np.int8]]


CameraParam: TypeAlias = Mapping[str, Any]
"""A camera as a dict with the image width ``w`` and height ``h``, the focal lengths ``f`` and the
principal point ``c``, both of shape (2, 1) or (2,), all in pixels."""


class SPRTargets(TypedDict):
    """The targets of ``SPR``."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (1, H, W), or (K+1, H, W) with keypoint heatmaps; the root heatmap is the last."""

    heatmap_weights: npt.NDArray[np.float32]
    """Same shape as ``heatmaps``."""

    displacements: npt.NDArray[np.float32]
    """Shape (2K, H, W), alternating x and y, in heatmap pixels."""

    displacement_weights: npt.NDArray[np.float32]
    """Same shape as ``displacements``."""


class DecoupledTargets(TypedDict):
    """The targets of ``DecoupledHeatmap`` for M selected people."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K+1, H, W); the root heatmap is the last."""

    instance_heatmaps: npt.NDArray[Any]
    """Shape (M*K, H, W), float32; float64 if M is 0."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (M, K); shape (0,), float64, if M is 0."""

    instance_coords: npt.NDArray[np.int32]
    """Shape (M, 2), in heatmap pixels."""


class ListedDecoupledTargets(TypedDict):
    """The targets of ``DecoupledHeatmap`` for a list of images."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (B, K+1, H, W)."""

    instance_heatmaps: list[npt.NDArray[Any]]
    keypoint_weights: list[npt.NDArray[Any]]
    instance_coords: list[npt.NDArray[np.int32]]


class AssociativeEmbeddingTargets(TypedDict):
    """The targets of ``AssociativeEmbedding``."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (K, H, W)."""

    keypoint_indices: npt.NDArray[np.int64]
    """Shape (N, K, 2), the heatmap pixel as y * W + x, and whether the keypoint is visible and
    inside."""

    keypoint_weights: npt.NDArray[Any]
    """Shape (N, K)."""


class ListedAssociativeEmbeddingTargets(TypedDict):
    """The targets of ``AssociativeEmbedding`` for a list of images."""

    heatmaps: npt.NDArray[np.float32]
    """Shape (B, K, H, W)."""

    keypoint_indices: list[npt.NDArray[np.int64]]
    keypoint_weights: list[npt.NDArray[Any]]
