# The docstrings stand in the extension module itself.

from collections.abc import Iterable, Mapping, Sequence
from typing import (
    Any,
    ClassVar,
    Generic,
    Literal,
    NoReturn,
    TypeAlias,
    overload,
    type_check_only,
)

import numpy as np
import numpy.typing as npt
from typing_extensions import Self, TypeVar, disjoint_base

from posecodec_rs.types import (
    ArrayInput,
    AssociativeEmbeddingTargets,
    CameraParam,
    DecoupledTargets,
    EDPoseTargets,
    Hand3DTargets,
    HeatmapTargets,
    ImagePoseTargets,
    IntegralRegressionTargets,
    ListedAssociativeEmbeddingTargets,
    ListedDecoupledTargets,
    ListedEDPoseTargets,
    ListedYOLOXPoseTargets,
    MotionBERTTargets,
    RegressionTargets,
    SimCC3DTargets,
    SimCCTargets,
    SPRTargets,
    TensorLike,
    VideoPoseTargets,
    YOLOXPoseTargets,
)

__all__ = [
    "SPR",
    "AssociativeEmbedding",
    "BaseKeypointCodec",
    "DecoupledHeatmap",
    "EDPoseLabel",
    "Hand3DHeatmap",
    "ImagePoseLifting",
    "IntegralRegressionLabel",
    "InvalidInputError",
    "MSRAHeatmap",
    "MegviiHeatmap",
    "MotionBERTLabel",
    "RegressionLabel",
    "SimCC3DLabel",
    "SimCCLabel",
    "UDPHeatmap",
    "VideoPoseLifting",
    "YOLOXPoseAnnotationProcessor",
    "__version__",
    "_rebuild",
    "batch_heatmap_nms",
    "camera_to_image_coord",
    "camera_to_pixel",
    "force_simd_tier",
    "gaussian_blur",
    "gaussian_blur1d",
    "generate_3d_gaussian_heatmaps",
    "generate_displacement_heatmap",
    "generate_gaussian_heatmaps",
    "generate_offset_heatmap",
    "generate_udp_gaussian_heatmaps",
    "generate_unbiased_gaussian_heatmaps",
    "get_diagonal_lengths",
    "get_heatmap_3d_maximum",
    "get_heatmap_maximum",
    "get_instance_bbox",
    "get_instance_root",
    "get_num_threads",
    "get_simcc_maximum",
    "get_simcc_normalized",
    "pixel_to_camera",
    "refine_keypoints",
    "refine_keypoints_dark",
    "refine_keypoints_dark_udp",
    "refine_simcc_dark",
    "set_num_threads",
    "simd_tiers",
    "to_image",
]

__version__: str

_Codec = TypeVar("_Codec", bound=BaseKeypointCodec)
_Size: TypeAlias = tuple[int, int] | list[int] | npt.NDArray[np.integer[Any]]
_Size3D: TypeAlias = tuple[int, int, int] | list[int] | npt.NDArray[np.integer[Any]]
_Indices: TypeAlias = list[int] | tuple[int, ...] | npt.NDArray[np.integer[Any]]
# An array an image; such a list is an array's likeness too, so it stands first where both may come.
_Listed: TypeAlias = list[Any] | tuple[Any, ...]
# An array for a batch, or an array an image.
_Images: TypeAlias = ArrayInput | _Listed
_Root: TypeAlias = int | Sequence[int] | npt.NDArray[np.integer[Any]]
# An array or a tensor is answered in kind.
_InKind = TypeVar("_InKind", bound=ArrayInput)
_Tier: TypeAlias = Literal["baseline", "avx2", "avx512"]
# Poses have the dtype of what was decoded, or the wider one of their roots.
_Poses: TypeAlias = npt.NDArray[np.floating[Any]]
# Scores have the dtype of what was decoded.
_Scores: TypeAlias = npt.NDArray[np.floating[Any]]
_Float = TypeVar("_Float", bound=np.float16 | np.float32 | np.float64)
_Coordinate = TypeVar("_Coordinate", bound=np.floating[Any])
# What `SimCCLabel` answers with beside keypoints: with `decode_visibility`, visibilities as well.
_ScoresAndVisible: TypeAlias = tuple[_Scores, npt.NDArray[np.float64]]
_Seen = TypeVar("_Seen", default=_Scores | _ScoresAndVisible)
_RootType: TypeAlias = Literal["kpt_center", "bbox_center"]
_Tensor = TypeVar("_Tensor", bound=TensorLike)
# One a picture, of different numbers of people: a list of arrays, or an array for all.
_Pictures: TypeAlias = ArrayInput | list[ArrayInput] | tuple[ArrayInput, ...]

class InvalidInputError(ValueError, AssertionError): ...

@disjoint_base
class BaseKeypointCodec:
    auxiliary_encode_keys: ClassVar[set[str]]
    field_mapping_table: ClassVar[dict[str, str]]
    instance_mapping_table: ClassVar[dict[str, str]]
    label_mapping_table: ClassVar[dict[str, str]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    @property
    def support_batch_decoding(self) -> bool: ...
    # Codecs differ in their arguments, so these promise nothing about theirs: any override fits.
    def encode(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]: ...
    def decode(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]: ...
    def batch_encode(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]: ...
    def batch_decode(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@disjoint_base
class RegressionLabel(BaseKeypointCodec):
    def __init__(self, input_size: _Size) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: RegressionTargets | None = None,
    ) -> RegressionTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: RegressionTargets | None = None,
    ) -> RegressionTargets: ...
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]: ...
    def batch_decode(
        self, batch_encoded: ArrayInput
    ) -> tuple[npt.NDArray[np.float64], _Scores]: ...

@disjoint_base
class IntegralRegressionLabel(BaseKeypointCodec):
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        sigma: float,
        unbiased: bool = False,
        blur_kernel_size: int = 11,
        normalize: bool = True,
    ) -> None: ...
    @property
    def heatmap_codec(self) -> MSRAHeatmap: ...
    @property
    def keypoint_codec(self) -> RegressionLabel: ...
    @property
    def normalize(self) -> bool: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: IntegralRegressionTargets | None = None,
    ) -> IntegralRegressionTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: IntegralRegressionTargets | None = None,
    ) -> IntegralRegressionTargets: ...
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]: ...
    def batch_decode(
        self, batch_encoded: ArrayInput
    ) -> tuple[npt.NDArray[np.float64], _Scores]: ...

# What the codecs of heatmaps share, which is no class at run time.
@type_check_only
class _HeatmapCodec(BaseKeypointCodec, Generic[_Coordinate]):
    @property
    def input_size(self) -> tuple[int, int]: ...
    @property
    def heatmap_size(self) -> tuple[int, int]: ...
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets: ...
    @overload
    def decode(
        self, encoded: npt.NDArray[_Float]
    ) -> tuple[npt.NDArray[_Coordinate], npt.NDArray[_Float]]: ...
    @overload
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[_Coordinate], _Scores]: ...
    @overload
    def batch_decode(
        self,
        batch_encoded: npt.NDArray[_Float],
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[_Coordinate], npt.NDArray[_Float]]: ...
    @overload
    def batch_decode(
        self,
        batch_encoded: ArrayInput,
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[_Coordinate], _Scores]: ...

@disjoint_base
class MSRAHeatmap(_HeatmapCodec[np.float32]):
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        sigma: float,
        unbiased: bool = False,
        blur_kernel_size: int = 11,
    ) -> None: ...
    @property
    def sigma(self) -> float: ...
    @property
    def unbiased(self) -> bool: ...
    @property
    def blur_kernel_size(self) -> int: ...

@disjoint_base
class UDPHeatmap(_HeatmapCodec[np.float64]):
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        heatmap_type: Literal["gaussian", "combined"] = "gaussian",
        sigma: float = 2.0,
        radius_factor: float = 0.0546875,
        blur_kernel_size: int = 11,
    ) -> None: ...
    @property
    def heatmap_type(self) -> Literal["gaussian", "combined"]: ...
    @property
    def sigma(self) -> float: ...
    @property
    def radius_factor(self) -> float: ...
    @property
    def blur_kernel_size(self) -> int: ...

@disjoint_base
class MegviiHeatmap(_HeatmapCodec[np.float32]):
    def __init__(self, input_size: _Size, heatmap_size: _Size, kernel_size: int) -> None: ...
    @property
    def kernel_size(self) -> int: ...

@disjoint_base
class SimCCLabel(BaseKeypointCodec, Generic[_Seen]):
    @overload
    def __init__(
        self: SimCCLabel[_Scores],
        input_size: _Size,
        smoothing_type: Literal["gaussian", "standard"] = "gaussian",
        sigma: float | tuple[float, float] | list[float] | npt.NDArray[np.floating[Any]] = 6.0,
        simcc_split_ratio: float = 2.0,
        label_smooth_weight: float = 0.0,
        normalize: bool = True,
        use_dark: bool = False,
        decode_visibility: Literal[False] = False,
        decode_beta: float = 150.0,
    ) -> None: ...
    @overload
    def __init__(
        self: SimCCLabel[_ScoresAndVisible],
        input_size: _Size,
        smoothing_type: Literal["gaussian", "standard"] = "gaussian",
        sigma: float | tuple[float, float] | list[float] | npt.NDArray[np.floating[Any]] = 6.0,
        simcc_split_ratio: float = 2.0,
        label_smooth_weight: float = 0.0,
        normalize: bool = True,
        use_dark: bool = False,
        *,
        decode_visibility: Literal[True],
        decode_beta: float = 150.0,
    ) -> None: ...
    @overload
    def __init__(
        self,
        input_size: _Size,
        smoothing_type: Literal["gaussian", "standard"] = "gaussian",
        sigma: float | tuple[float, float] | list[float] | npt.NDArray[np.floating[Any]] = 6.0,
        simcc_split_ratio: float = 2.0,
        label_smooth_weight: float = 0.0,
        normalize: bool = True,
        use_dark: bool = False,
        decode_visibility: bool = False,
        decode_beta: float = 150.0,
    ) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]: ...
    @property
    def smoothing_type(self) -> Literal["gaussian", "standard"]: ...
    @property
    def sigma(self) -> npt.NDArray[np.float64]: ...
    @property
    def simcc_split_ratio(self) -> float: ...
    @property
    def label_smooth_weight(self) -> float: ...
    @property
    def normalize(self) -> bool: ...
    @property
    def use_dark(self) -> bool: ...
    @property
    def decode_visibility(self) -> bool: ...
    @property
    def decode_beta(self) -> float: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCCTargets | None = None,
    ) -> SimCCTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCCTargets | None = None,
    ) -> SimCCTargets: ...
    def decode(
        self, simcc_x: ArrayInput, simcc_y: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Seen]: ...
    def batch_decode(
        self,
        simcc_x: ArrayInput,
        simcc_y: ArrayInput,
        *,
        flipped: tuple[ArrayInput, ArrayInput] | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], _Seen]: ...

@disjoint_base
class SimCC3DLabel(BaseKeypointCodec):
    def __init__(
        self,
        input_size: _Size3D,
        sigma: float | tuple[float, ...] | list[float] | npt.NDArray[np.floating[Any]] = 6.0,
        simcc_split_ratio: float = 2.0,
        normalize: bool = True,
        use_dark: bool = False,
        root_index: int | _Indices = 0,
        z_range: float | None = None,
    ) -> None: ...
    @property
    def input_size(self) -> tuple[int, int, int]: ...
    @property
    def sigma(self) -> npt.NDArray[np.float64]: ...
    @property
    def simcc_split_ratio(self) -> float: ...
    @property
    def normalize(self) -> bool: ...
    @property
    def use_dark(self) -> bool: ...
    @property
    def root_index(self) -> list[int]: ...
    @property
    def root_z(self) -> list[float]: ...
    @property
    def z_range(self) -> float: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_3d: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCC3DTargets | None = None,
    ) -> SimCC3DTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_3d: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCC3DTargets | None = None,
    ) -> SimCC3DTargets: ...
    def decode(
        self, x: ArrayInput, y: ArrayInput, z: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], _Scores]: ...
    def batch_decode(
        self,
        x: ArrayInput,
        y: ArrayInput,
        z: ArrayInput,
        *,
        flipped: tuple[ArrayInput, ArrayInput, ArrayInput] | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], _Scores]: ...

@disjoint_base
class Hand3DHeatmap(BaseKeypointCodec):
    def __init__(
        self,
        image_size: _Size = (256, 256),
        root_heatmap_size: int = 64,
        heatmap_size: _Size3D = (64, 64, 64),
        heatmap3d_depth_bound: float = 400.0,
        heatmap_size_root: int = 64,
        root_depth_bound: float = 400.0,
        depth_size: int = 64,
        use_different_joint_weights: bool = False,
        sigma: float = 2,
        joint_indices: _Indices | None = None,
        max_bound: float = 1.0,
    ) -> None: ...
    @property
    def image_size(self) -> npt.NDArray[np.int64]: ...
    @property
    def root_heatmap_size(self) -> int: ...
    @property
    def heatmap_size(self) -> npt.NDArray[np.int64]: ...
    @property
    def heatmap3d_depth_bound(self) -> float: ...
    @property
    def heatmap_size_root(self) -> int: ...
    @property
    def root_depth_bound(self) -> float: ...
    @property
    def depth_size(self) -> int: ...
    @property
    def use_different_joint_weights(self) -> bool: ...
    @property
    def sigma(self) -> float: ...
    @property
    def joint_indices(self) -> list[int] | None: ...
    @property
    def max_bound(self) -> float: ...
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None,
        dataset_keypoint_weights: ArrayInput | None,
        rel_root_depth: ArrayInput,
        rel_root_valid: ArrayInput,
        hand_type: ArrayInput,
        hand_type_valid: ArrayInput,
        focal: Any = None,
        principal_pt: Any = None,
        *,
        out: Hand3DTargets | None = None,
    ) -> Hand3DTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None,
        dataset_keypoint_weights: ArrayInput | None,
        rel_root_depth: ArrayInput,
        rel_root_valid: ArrayInput,
        hand_type: ArrayInput,
        hand_type_valid: ArrayInput,
        focal: Any = None,
        principal_pt: Any = None,
        *,
        out: Hand3DTargets | None = None,
    ) -> Hand3DTargets: ...
    def decode(
        self, heatmaps: ArrayInput, root_depth: ArrayInput, hand_type: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores, _Scores, npt.NDArray[np.int64]]: ...
    def batch_decode(
        self, heatmaps: ArrayInput, root_depth: ArrayInput, hand_type: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores, _Scores, npt.NDArray[np.int64]]: ...

@disjoint_base
class EDPoseLabel(BaseKeypointCodec):
    def __init__(self, num_select: int = 100, num_keypoints: int = 17) -> None: ...
    @property
    def num_select(self) -> int: ...
    @property
    def num_keypoints(self) -> int: ...
    def encode(
        self,
        img_shape: ArrayInput,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        area: ArrayInput | None = None,
        bboxes: ArrayInput | None = None,
        *,
        out: EDPoseTargets | None = None,
    ) -> EDPoseTargets: ...
    @overload
    def batch_encode(
        self,
        img_shape: _Images,
        keypoints: _Listed,
        keypoints_visible: _Images | None = None,
        area: _Images | None = None,
        bboxes: _Images | None = None,
        *,
        out: None = None,
    ) -> ListedEDPoseTargets: ...
    @overload
    def batch_encode(
        self,
        img_shape: ArrayInput,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        area: ArrayInput | None = None,
        bboxes: ArrayInput | None = None,
        *,
        out: EDPoseTargets | None = None,
    ) -> EDPoseTargets: ...
    def decode(
        self,
        input_shapes: ArrayInput,
        pred_logits: ArrayInput,
        pred_boxes: ArrayInput,
        pred_keypoints: ArrayInput,
    ) -> tuple[_Scores, _Scores, _Scores]: ...
    def batch_decode(
        self,
        input_shapes: ArrayInput,
        pred_logits: ArrayInput,
        pred_boxes: ArrayInput,
        pred_keypoints: ArrayInput,
    ) -> tuple[_Scores, _Scores, _Scores]: ...

@disjoint_base
class YOLOXPoseAnnotationProcessor(BaseKeypointCodec):
    def __init__(self, expand_bbox: bool = False, input_size: _Size | None = None) -> None: ...
    @property
    def expand_bbox(self) -> bool: ...
    def encode(
        self,
        keypoints: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
        category_id: ArrayInput | None = None,
        *,
        out: YOLOXPoseTargets | None = None,
    ) -> YOLOXPoseTargets: ...
    @overload
    def batch_encode(
        self,
        keypoints: _Listed,
        keypoints_visible: _Images | None = None,
        bbox: _Images | None = None,
        category_id: _Images | None = None,
        *,
        out: None = None,
    ) -> ListedYOLOXPoseTargets: ...
    @overload
    def batch_encode(
        self,
        keypoints: ArrayInput | None = None,
        keypoints_visible: _Images | None = None,
        *,
        bbox: _Listed,
        category_id: _Images | None = None,
        out: None = None,
    ) -> ListedYOLOXPoseTargets: ...
    @overload
    def batch_encode(
        self,
        keypoints: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
        category_id: ArrayInput | None = None,
        *,
        out: YOLOXPoseTargets | None = None,
    ) -> YOLOXPoseTargets: ...
    # It has nothing to decode.
    def decode(self, *args: Any, **kwargs: Any) -> None: ...  # type: ignore[override]

@disjoint_base
class ImagePoseLifting(BaseKeypointCodec):
    def __init__(
        self,
        num_keypoints: int,
        root_index: _Root = 0,
        remove_root: bool = False,
        save_index: bool = False,
        reshape_keypoints: bool = True,
        concat_vis: bool = False,
        keypoints_mean: ArrayInput | None = None,
        keypoints_std: ArrayInput | None = None,
        target_mean: ArrayInput | None = None,
        target_std: ArrayInput | None = None,
        additional_encode_keys: Sequence[str] | None = None,
    ) -> None: ...
    @property
    def num_keypoints(self) -> int: ...
    @property
    def root_index(self) -> list[int]: ...
    @property
    def remove_root(self) -> bool: ...
    @property
    def save_index(self) -> bool: ...
    @property
    def reshape_keypoints(self) -> bool: ...
    @property
    def concat_vis(self) -> bool: ...
    @property
    def keypoints_mean(self) -> npt.NDArray[np.float32] | None: ...
    @property
    def keypoints_std(self) -> npt.NDArray[np.float32] | None: ...
    @property
    def target_mean(self) -> npt.NDArray[np.float32] | None: ...
    @property
    def target_std(self) -> npt.NDArray[np.float32] | None: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        *,
        out: ImagePoseTargets | None = None,
    ) -> ImagePoseTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        *,
        out: ImagePoseTargets | None = None,
    ) -> ImagePoseTargets: ...
    def decode(
        self, encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]: ...
    def batch_decode(
        self, batch_encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]: ...

@disjoint_base
class VideoPoseLifting(BaseKeypointCodec):
    def __init__(
        self,
        num_keypoints: int,
        zero_center: bool = True,
        root_index: _Root = 0,
        remove_root: bool = False,
        save_index: bool = False,
        reshape_keypoints: bool = True,
        concat_vis: bool = False,
        normalize_camera: bool = False,
    ) -> None: ...
    @property
    def num_keypoints(self) -> int: ...
    @property
    def zero_center(self) -> bool: ...
    @property
    def root_index(self) -> list[int]: ...
    @property
    def remove_root(self) -> bool: ...
    @property
    def save_index(self) -> bool: ...
    @property
    def reshape_keypoints(self) -> bool: ...
    @property
    def concat_vis(self) -> bool: ...
    @property
    def normalize_camera(self) -> bool: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        camera_param: CameraParam | None = None,
        *,
        out: VideoPoseTargets | None = None,
    ) -> VideoPoseTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        camera_param: CameraParam | Sequence[CameraParam] | None = None,
        *,
        out: VideoPoseTargets | None = None,
    ) -> VideoPoseTargets: ...
    def decode(
        self, encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]: ...
    def batch_decode(
        self, batch_encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]: ...

@disjoint_base
class MotionBERTLabel(BaseKeypointCodec):
    def __init__(
        self,
        num_keypoints: int,
        root_index: int = 0,
        remove_root: bool = False,
        save_index: bool = False,
        concat_vis: bool = False,
        rootrel: bool = False,
        mode: Literal["train", "test"] = "test",
    ) -> None: ...
    @property
    def num_keypoints(self) -> int: ...
    @property
    def root_index(self) -> int: ...
    @property
    def remove_root(self) -> bool: ...
    @property
    def save_index(self) -> bool: ...
    @property
    def concat_vis(self) -> bool: ...
    @property
    def rootrel(self) -> bool: ...
    @property
    def mode(self) -> Literal["train", "test"]: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        camera_param: CameraParam | None = None,
        factor: ArrayInput | None = None,
        *,
        out: MotionBERTTargets | None = None,
    ) -> MotionBERTTargets: ...
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        camera_param: CameraParam | Sequence[CameraParam] | None = None,
        factor: ArrayInput | None = None,
        *,
        out: MotionBERTTargets | None = None,
    ) -> MotionBERTTargets: ...
    def decode(
        self,
        encoded: ArrayInput,
        w: ArrayInput | None = None,
        h: ArrayInput | None = None,
        factor: ArrayInput | None = None,
    ) -> tuple[_Poses, npt.NDArray[np.float32]]: ...
    def batch_decode(
        self,
        batch_encoded: ArrayInput,
        w: ArrayInput | None = None,
        h: ArrayInput | None = None,
        factor: ArrayInput | None = None,
    ) -> tuple[_Poses, npt.NDArray[np.float32]]: ...

@disjoint_base
class SPR(BaseKeypointCodec):
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        sigma: float | tuple[float, ...] | list[float] | None = None,
        generate_keypoint_heatmaps: bool = False,
        root_type: _RootType = "kpt_center",
        minimal_diagonal_length: float = 5,
        background_weight: float = 0.1,
        decode_nms_kernel: int = 5,
        decode_max_instances: int = 30,
        decode_thr: float = 0.01,
    ) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]: ...
    @property
    def heatmap_size(self) -> tuple[int, int]: ...
    @property
    def sigma(self) -> tuple[float, ...]: ...
    @property
    def generate_keypoint_heatmaps(self) -> bool: ...
    @property
    def root_type(self) -> _RootType: ...
    @property
    def minimal_diagonal_length(self) -> float: ...
    @property
    def background_weight(self) -> float: ...
    @property
    def decode_nms_kernel(self) -> int: ...
    @property
    def decode_max_instances(self) -> int: ...
    @property
    def decode_thr(self) -> float: ...
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SPRTargets | None = None,
    ) -> SPRTargets: ...
    def batch_encode(
        self,
        keypoints: _Pictures,
        keypoints_visible: _Pictures | None = None,
        *,
        out: SPRTargets | None = None,
    ) -> SPRTargets: ...
    # The keypoints' scores are None where there are no heatmaps of them.
    @overload
    def decode(
        self, heatmaps: _Tensor, displacements: _Tensor
    ) -> tuple[_Tensor, tuple[_Tensor, _Tensor | None]]: ...
    @overload
    def decode(
        self, heatmaps: npt.ArrayLike, displacements: npt.ArrayLike
    ) -> tuple[_Scores, tuple[_Scores, _Scores | None]]: ...
    @overload
    def decode(
        self, heatmaps: ArrayInput, displacements: ArrayInput
    ) -> tuple[Any, tuple[Any, Any]]: ...
    # A list an item: what `decode` answers with.
    @overload
    def batch_decode(
        self, batch_heatmaps: _Tensor, batch_displacements: _Tensor
    ) -> tuple[list[_Tensor], list[tuple[_Tensor, _Tensor | None]]]: ...
    @overload
    def batch_decode(
        self, batch_heatmaps: npt.NDArray[Any], batch_displacements: npt.NDArray[Any]
    ) -> tuple[list[_Scores], list[tuple[_Scores, _Scores | None]]]: ...
    @overload
    def batch_decode(
        self, batch_heatmaps: _Pictures, batch_displacements: _Pictures
    ) -> tuple[list[Any], list[tuple[Any, Any]]]: ...

@disjoint_base
class DecoupledHeatmap(BaseKeypointCodec):
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        root_type: _RootType = "kpt_center",
        heatmap_min_overlap: float = 0.7,
        encode_max_instances: int = 30,
    ) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]: ...
    @property
    def heatmap_size(self) -> tuple[int, int]: ...
    @property
    def root_type(self) -> _RootType: ...
    @property
    def heatmap_min_overlap(self) -> float: ...
    @property
    def encode_max_instances(self) -> int: ...
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
    ) -> DecoupledTargets: ...
    def batch_encode(
        self,
        keypoints: _Pictures,
        keypoints_visible: _Pictures | None = None,
        bbox: _Pictures | None = None,
    ) -> ListedDecoupledTargets: ...
    def decode(
        self, instance_heatmaps: ArrayInput, instance_scores: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores]: ...
    @overload
    def batch_decode(
        self, instance_heatmaps: _Listed, instance_scores: _Pictures
    ) -> tuple[list[npt.NDArray[np.float32]], list[_Scores]]: ...
    @overload
    def batch_decode(
        self, instance_heatmaps: ArrayInput, instance_scores: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores]: ...

@disjoint_base
class AssociativeEmbedding(BaseKeypointCodec):
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        sigma: float | None = None,
        use_udp: bool = False,
        decode_keypoint_order: Iterable[int] = (),
        decode_nms_kernel: int = 5,
        decode_gaussian_kernel: int = 3,
        decode_keypoint_thr: float = 0.1,
        decode_tag_thr: float = 1.0,
        decode_topk: int = 30,
        decode_center_shift: float = 0.0,
        decode_max_instances: int | None = None,
    ) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]: ...
    @property
    def heatmap_size(self) -> tuple[int, int]: ...
    @property
    def sigma(self) -> float: ...
    @property
    def use_udp(self) -> bool: ...
    @property
    def decode_keypoint_order(self) -> list[int]: ...
    @property
    def decode_nms_kernel(self) -> int: ...
    @property
    def decode_gaussian_kernel(self) -> int: ...
    @property
    def decode_keypoint_thr(self) -> float: ...
    @property
    def decode_tag_thr(self) -> float: ...
    @property
    def decode_topk(self) -> int: ...
    @property
    def decode_center_shift(self) -> float: ...
    @property
    def decode_max_instances(self) -> int | None: ...
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]: ...
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: AssociativeEmbeddingTargets | None = None,
    ) -> AssociativeEmbeddingTargets: ...
    @overload
    def batch_encode(
        self,
        keypoints: _Listed,
        keypoints_visible: _Pictures | None = None,
        *,
        out: None = None,
    ) -> ListedAssociativeEmbeddingTargets: ...
    @overload
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: AssociativeEmbeddingTargets | None = None,
    ) -> AssociativeEmbeddingTargets: ...
    def decode(self, encoded: Any) -> NoReturn: ...
    def batch_decode(
        self, batch_heatmaps: ArrayInput, batch_tags: ArrayInput
    ) -> tuple[
        list[npt.NDArray[np.float32]],
        list[npt.NDArray[np.float32]],
        list[npt.NDArray[np.float32]],
    ]: ...

def _rebuild(
    cls: type[_Codec], made: tuple[type[BaseKeypointCodec], dict[str, Any]] | None
) -> _Codec: ...
def get_num_threads() -> int: ...
def set_num_threads(num_threads: int) -> None: ...
def simd_tiers() -> tuple[list[_Tier], _Tier]: ...
def force_simd_tier(tier: _Tier | None) -> None: ...
def to_image(
    keypoints: ArrayInput, center: ArrayInput, scale: ArrayInput, input_size: _Size
) -> _Poses: ...

# The helpers of `posecodec_rs.functional`.

def generate_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: ArrayInput
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]: ...
def generate_udp_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]: ...
def generate_unbiased_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]: ...
def generate_3d_gaussian_heatmaps(
    heatmap_size: _Size3D,
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput,
    sigma: ArrayInput,
    image_size: Sequence[float] | npt.NDArray[Any],
    heatmap3d_depth_bound: float = 400.0,
    joint_indices: _Indices | None = None,
    max_bound: float = 1.0,
    use_different_joint_weights: bool = False,
    dataset_keypoint_weights: ArrayInput | None = None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]: ...
def generate_offset_heatmap(
    heatmap_size: _Size,
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput,
    radius_factor: float,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]: ...
def generate_displacement_heatmap(
    heatmap_size: _Size,
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput,
    roots: ArrayInput,
    roots_visible: ArrayInput,
    diagonal_lengths: ArrayInput,
    radius: float,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]: ...
def get_instance_root(
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput | None = None,
    root_type: _RootType = "kpt_center",
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]: ...
def get_instance_bbox(
    keypoints: ArrayInput, keypoints_visible: ArrayInput | None = None
) -> npt.NDArray[np.float32]: ...
def get_diagonal_lengths(
    keypoints: ArrayInput, keypoints_visible: ArrayInput | None = None
) -> npt.NDArray[np.float32]: ...
def get_heatmap_maximum(heatmaps: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]: ...
def get_heatmap_3d_maximum(heatmaps: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]: ...
def get_simcc_maximum(
    simcc_x: ArrayInput, simcc_y: ArrayInput, apply_softmax: bool = False
) -> tuple[npt.NDArray[np.float32], _Scores]: ...
def get_simcc_normalized(batch_pred_simcc: _InKind, sigma: float | None = None) -> _InKind: ...
def batch_heatmap_nms(batch_heatmaps: _InKind, kernel_size: int = 5) -> _InKind: ...
def gaussian_blur(heatmaps: ArrayInput, kernel: int = 11) -> _Scores: ...
def gaussian_blur1d(simcc: ArrayInput, kernel: int = 11) -> _Scores: ...
def refine_keypoints(keypoints: ArrayInput, heatmaps: ArrayInput) -> _Scores: ...
def refine_keypoints_dark(
    keypoints: ArrayInput, heatmaps: ArrayInput, blur_kernel_size: int
) -> _Scores: ...
def refine_keypoints_dark_udp(
    keypoints: ArrayInput, heatmaps: ArrayInput, blur_kernel_size: int
) -> _Scores: ...
def refine_simcc_dark(
    keypoints: ArrayInput, simcc: ArrayInput, blur_kernel_size: int
) -> _Scores: ...
def camera_to_pixel(
    kpts_3d: ArrayInput, fx: float, fy: float, cx: float, cy: float, shift: bool = False
) -> _Scores: ...
def pixel_to_camera(kpts_3d: ArrayInput, fx: float, fy: float, cx: float, cy: float) -> _Scores: ...
def camera_to_image_coord(
    root_index: int, kpts_3d_cam: ArrayInput, camera_param: Mapping[str, Any]
) -> tuple[_Scores, _Scores]: ...
