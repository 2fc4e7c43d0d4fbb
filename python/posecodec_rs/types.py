"""The types of what goes into codecs and comes out of them, for annotations.

Dimensions: N instances, K keypoints, (H, W) a heatmap, (D, H, W) a volume, Wx, Wy and Wz bins.
Shapes are those of ``encode``; ``batch_encode`` puts a B before all of them, save in a ``Listed``
dict, which holds lists of B arrays where their shapes differ. Every dict but ``DecoupledHeatmap``'s
also serves as ``out=``: then its arrays are C-contiguous and writable, and those returned are the
same ones.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias, TypedDict

import numpy as np
import numpy.typing as npt

__all__ = [
    "ArrayInput",
    "AssociativeEmbeddingTargets",
    "CameraParam",
    "DecoupledTargets",
    "EDPoseTargets",
    "Hand3DTargets",
    "HeatmapTargets",
    "ImagePoseTargets",
    "IntegralRegressionTargets",
    "ListedAssociativeEmbeddingTargets",
    "ListedDecoupledTargets",
    "ListedEDPoseTargets",
    "ListedYOLOXPoseTargets",
    "MotionBERTTargets",
    "RegressionTargets",
    "SPRTargets",
    "SimCC3DTargets",
    "SimCCTargets",
    "TensorLike",
    "VideoPoseTargets",
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
    """One bool, whether there are depths."""


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


class ListedEDPoseTargets(TypedDict):
    """What ``EDPoseLabel`` encodes of a list of B images."""

    keypoints: list[npt.NDArray[np.floating[Any]]]
    """As in ``EDPoseTargets``, one an image."""

    area: list[npt.NDArray[np.floating[Any]] | None]
    """As in ``EDPoseTargets``, one an image."""

    bbox: list[npt.NDArray[np.floating[Any]] | None]
    """As in ``EDPoseTargets``, one an image."""

    keypoints_visible: list[npt.NDArray[Any]]
    """As in ``EDPoseTargets``, one an image."""


class YOLOXPoseTargets(TypedDict, total=False):
    """What ``YOLOXPoseAnnotationProcessor`` encodes, where it was given."""

    bbox: npt.NDArray[Any]
    """Shape (N, 4), pixels, of the boxes' dtype."""

    bbox_labels: npt.NDArray[np.int8]
    """Shape (N,)."""


class ListedYOLOXPoseTargets(TypedDict, total=False):
    """What ``YOLOXPoseAnnotationProcessor`` encodes of a list of B images, where it was given."""

    bbox: list[npt.NDArray[Any]]
    """As in ``YOLOXPoseTargets``, one an image."""

    bbox_labels: list[npt.NDArray[np.int8]]
    """As in ``YOLOXPoseTargets``, one an image."""


CameraParam: TypeAlias = Mapping[str, Any]
"""A camera, a dict of the width ``w`` and height ``h`` of its pictures, focal lengths ``f`` and
principal point ``c``, shape (2, 1) or (2,), all in pixels."""


class ImagePoseTargets(TypedDict, total=False):
    """What ``ImagePoseLifting`` encodes: 2D poses in pixels, 3D poses in any unit."""

    target_root_removed: bool
    """True, where the root was removed."""

    target_root_index: int
    """Which keypoint it was, where ``save_index`` is set."""

    keypoints_mean: npt.NDArray[np.float32]
    """Shape (1, K, D), pixels; this and the next three where the codec has them."""

    keypoints_std: npt.NDArray[np.float32]
    """Shape (1, K, D), pixels."""

    target_mean: npt.NDArray[np.float32]
    """Shape (1, K, C), or (1, K - 1, C) without the root, in the target's unit."""

    target_std: npt.NDArray[np.float32]
    """Shape (1, K, C), or (1, K - 1, C) without the root, in the target's unit."""

    keypoint_labels: npt.NDArray[np.floating[Any]]
    """Shape (K * D, N), or not reshaped (N, K, D), of the keypoints' dtype."""

    keypoint_labels_visible: npt.NDArray[Any]
    """Shape (N, K), the visibilities as they came; float32 ones where they were left out."""

    lifting_target_label: npt.NDArray[np.floating[Any]]
    """Shape (T, K, C), or (T, K - 1, C) without the root; this and what follows with a target."""

    lifting_target_weight: npt.NDArray[np.float32]
    """Shape (T, K), or (T, K - 1) without the root."""

    trajectory_weights: npt.NDArray[np.floating[Any]]
    """Shape (T, K); (T, C) where the target's visibilities were left out."""

    target_root: npt.NDArray[np.float32]
    """Shape (T, C), in the target's unit."""


class VideoPoseTargets(TypedDict, total=False):
    """What ``VideoPoseLifting`` encodes: 3D poses in any unit."""

    target_root: npt.NDArray[np.floating[Any]]
    """Shape (T, C), in the target's unit and dtype; with a target and ``zero_center``."""

    target_root_removed: bool
    """True, where the root was removed."""

    target_root_index: int
    """Which keypoint it was, where ``save_index`` is set."""

    camera_param: dict[str, Any] | list[dict[str, Any]]
    """With ``f`` and ``c`` in half widths of the picture, where ``normalize_camera`` is set; of a
    batch a list."""

    keypoint_labels: npt.NDArray[np.floating[Any]]
    """Shape (K * 2, N), or not reshaped (N, K, 2), in half widths from the picture's centre."""

    keypoints_visible: npt.NDArray[Any]
    """Shape (N, K), the visibilities as they came; float32 ones where they were left out."""

    lifting_target_label: npt.NDArray[np.floating[Any]]
    """Shape (T, K, C), or (T, K - 1, C) without the root; this and what follows with a target."""

    lifting_target_weight: npt.NDArray[np.float32]
    """Shape (T, K), or (T, K - 1) without the root."""

    trajectory_weights: npt.NDArray[np.floating[Any]]
    """Shape (T, K); (T, C) where the target's visibilities were left out."""


class MotionBERTTargets(TypedDict, total=False):
    """What ``MotionBERTLabel`` encodes."""

    keypoint_labels: npt.NDArray[np.floating[Any]]
    """Shape (T, K, D), in half widths from the picture's centre."""

    keypoint_labels_visible: npt.NDArray[Any]
    """Shape (T, K), the visibilities as they came; float32 ones where they were left out."""

    lifting_target_label: npt.NDArray[np.floating[Any]]
    """Shape (T, K, 3), less the root, in half widths to learn from, or metres; with a target."""

    lifting_target_weight: npt.NDArray[np.float32]
    """Shape (T, K); with a target."""

    lifting_target: npt.NDArray[np.floating[Any]]
    """``lifting_target_label`` again; with a target."""

    lifting_target_visible: npt.NDArray[Any]
    """Shape (T, K), the visibilities as they came; with a target."""

    factor: npt.NDArray[Any]
    """Shape (T, 1), metres a thousand pixels."""


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
    """Shape (N, K, 2), the cell y*W + x, and 1 if the keypoint is visible and inside, else 0."""

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
