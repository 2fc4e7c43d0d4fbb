# Signatures are written by hand; `scripts/generate_docs.py` writes the docstrings and `__all__`.

from collections.abc import Iterable, Mapping, Sequence
from typing import (
    Any,
    ClassVar,
    Generic,
    Literal,
    NoReturn,
    TypeAlias,
    overload,
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
    "force_simd_tier",
    "get_num_threads",
    "set_num_threads",
    "simd_tiers",
    "to_image",
]

__version__: str

_Size: TypeAlias = tuple[int, int] | list[int] | npt.NDArray[np.integer[Any]]
_Size3D: TypeAlias = tuple[int, int, int] | list[int] | npt.NDArray[np.integer[Any]]
_Indices: TypeAlias = list[int] | tuple[int, ...] | npt.NDArray[np.integer[Any]]
# One array per image. Such a list is an `ArrayInput` too, so its overload comes first.
_Listed: TypeAlias = list[Any] | tuple[Any, ...]
# One array for a batch, or one array per image.
_Images: TypeAlias = ArrayInput | _Listed
_Root: TypeAlias = int | Sequence[int] | npt.NDArray[np.integer[Any]]
# An array returns an array, a tensor a tensor.
_InKind = TypeVar("_InKind", bound=ArrayInput)
_Tier: TypeAlias = Literal["baseline", "avx2", "avx512"]
# Poses have the dtype of what was decoded, or the wider one of their roots.
_Poses: TypeAlias = npt.NDArray[np.floating[Any]]
# Scores have the dtype of what was decoded.
_Scores: TypeAlias = npt.NDArray[np.floating[Any]]
_Float = TypeVar("_Float", bound=np.float16 | np.float32 | np.float64)
# What `SimCCLabel` decodes in addition to keypoints: visibilities too, with `decode_visibility`.
_ScoresAndVisible: TypeAlias = tuple[_Scores, npt.NDArray[np.float64]]
_Seen = TypeVar("_Seen", default=_Scores | _ScoresAndVisible)
_RootType: TypeAlias = Literal["kpt_center", "bbox_center"]
_Tensor = TypeVar("_Tensor", bound=TensorLike)

class InvalidInputError(ValueError, AssertionError):
    """An argument has a value, a shape or a type that has no meaning here.

    The message names the argument, what was wanted and what came. It is a ``ValueError`` and an
    ``AssertionError``, because MMPose raises the one or the other for wrong input.
    """

@disjoint_base
class BaseKeypointCodec:
    """The base class of all keypoint codecs.

    A codec turns keypoints into training targets (``encode``) and what a network answers back into
    keypoints (``decode``). A codec written in Python derives from this class and implements both.

    A codec never changes once it is made, so threads may share it, and it travels by pickle. Two
    are equal when they are of one class and were made with equal arguments.

    Dimensions: N instances, K keypoints, D coordinates (``[x, y]``), B samples in a batch. Sizes
    are ``[w, h]``; arrays are ``(H, W)``. Keypoints are in pixels of the network's input.
    """

    auxiliary_encode_keys: ClassVar[set[str]]
    field_mapping_table: ClassVar[dict[str, str]]
    instance_mapping_table: ClassVar[dict[str, str]]
    label_mapping_table: ClassVar[dict[str, str]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...
    @property
    def support_batch_decoding(self) -> bool:
        """Whether the codec implements ``batch_decode``; MMPose's heads ask."""
    # Codecs take different arguments: any override is compatible with these signatures.
    def encode(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Turns the keypoints of one sample into targets: keypoints (N, K, D) in input pixels and
        visibilities (N, K) become a dict of arrays.
        """
    def decode(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Turns what a network answered for one sample back into keypoints (N, K, D) in input pixels
        and scores (N, K).
        """
    def batch_encode(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """``encode`` for a batch: keypoints (B, N, K, D) and visibilities (B, N, K) become a dict of
        arrays with a leading B.
        """
    def batch_decode(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """``decode`` for a batch: what it takes with a leading B becomes keypoints (B, N, K, D) and
        scores (B, N, K).
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@disjoint_base
class RegressionLabel(BaseKeypointCodec):
    """Represent keypoints as coordinates in units of the input size, which a network regresses.

    Papers: `DeepPose <https://arxiv.org/abs/1312.4659>`_ (Toshev and Szegedy 2014); with sigmas, `RLE
    <https://arxiv.org/abs/2107.11291>`_ (Li et al. 2021).

    Args:
        input_size (tuple): Input size (w, h) in pixels.

    Raises:
        InvalidInputError: For a size of 0.
    """
    def __init__(self, input_size: _Size) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: RegressionTargets | None = None,
    ) -> RegressionTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have label 0 and weight 0.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - keypoint_labels (array): Shape (N, K, 2), float32, in units of the input size.
            - keypoint_weights (array): Shape (N, K), float32; 1 for visible keypoints inside the
              input, else 0.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: RegressionTargets | None = None,
    ) -> RegressionTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode the regressed coordinates of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, 2), in units of the input size, or
                (N, K, 4) with a sigma an axis; float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, 2), input pixels, float64.
            - scores (array): Shape (N, K): 1 - mean sigma, of the input's dtype; without sigmas 1,
              float32.

        Raises:
            InvalidInputError: For another shape or dtype.
        """
    def batch_decode(self, batch_encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode a batch of regressed coordinates.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, N, K, 2) or (B, N, K, 4).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 2), input pixels, float64.
            - scores (array): Shape (B, N, K), as ``decode`` has them.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class IntegralRegressionLabel(BaseKeypointCodec):
    """Represent keypoints as coordinates and as heatmaps that add up to 1.

    Paper: `DSNT <https://arxiv.org/abs/1801.07372>`_ (Nibali et al. 2018).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in cells.
        sigma (float): Standard deviation of the Gaussian, in heatmap cells.
        unbiased (bool): Encode without rounding the center. Default: False.
        blur_kernel_size (int): As :class:`MSRAHeatmap` has it; odd. Default: 11.
        normalize (bool): Divide every heatmap by its sum. Default: True.

    Raises:
        InvalidInputError: For a size of 0, a sigma that is not positive and finite, an even kernel.
    """
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
    def heatmap_codec(self) -> MSRAHeatmap:
        """The codec of the heatmaps, a :class:`MSRAHeatmap`."""
    @property
    def keypoint_codec(self) -> RegressionLabel:
        """The codec of the coordinates, a :class:`RegressionLabel`."""
    @property
    def normalize(self) -> bool:
        """Whether heatmaps are divided by their sums."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: IntegralRegressionTargets | None = None,
    ) -> IntegralRegressionTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - keypoint_labels (array): Shape (1, K, 2), float32, in units of the input size.
            - heatmaps (array): Shape (K, H, W), float32.
            - keypoint_weights (array): Shape (1, K), float32; 1 for visible keypoints inside the
              input, else 0.

        Raises:
            InvalidInputError: For several instances, shapes, dtypes or an ``out`` that do not fit.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: IntegralRegressionTargets | None = None,
    ) -> IntegralRegressionTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode the regressed coordinates of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, 2), in units of the input size, or
                (N, K, 4) with a sigma an axis; float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, 2), input pixels, float64.
            - scores (array): Shape (N, K): 1 - mean sigma, of the input's dtype; without sigmas 1,
              float32.

        Raises:
            InvalidInputError: For another shape or dtype.
        """
    def batch_decode(self, batch_encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode a batch of regressed coordinates.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, N, K, 2) or (B, N, K, 4).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 2), input pixels, float64.
            - scores (array): Shape (B, N, K), as ``decode`` has them.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class MSRAHeatmap(BaseKeypointCodec):
    """Represent keypoints as Gaussian heatmaps via the "MSRA" approach.

    Papers: `Simple Baselines for Human Pose Estimation and Tracking
    <https://arxiv.org/abs/1804.06208>`_ (Xiao et al. 2018); with ``unbiased``, `DarkPose
    <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in cells.
        sigma (float): Standard deviation of the Gaussian, in heatmap cells.
        unbiased (bool): Encode without rounding the center, and decode with DARK instead of a shift
            by a quarter of a cell. Default: False.
        blur_kernel_size (int): Taps of DARK's Gaussian blur, odd: 11 suits sigma 2, 17 suits sigma 3.
            Default: 11.

    Raises:
        InvalidInputError: For a size of 0, a sigma that is not positive and finite, an even kernel.
    """
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        sigma: float,
        unbiased: bool = False,
        blur_kernel_size: int = 11,
    ) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in cells."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in heatmap cells."""
    @property
    def unbiased(self) -> bool:
        """Whether centers are not rounded and decoding is DARK."""
    @property
    def blur_kernel_size(self) -> int:
        """Taps of DARK's Gaussian blur."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels a heatmap cell, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), float32; 1 at the keypoint.
            - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for keypoints
              whose Gaussian lies outside.

        Raises:
            InvalidInputError: For several instances, shapes, dtypes or an ``out`` that do not fit.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    @overload
    def decode(
        self, encoded: npt.NDArray[_Float]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[_Float]]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (K, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One cell before the first
              where no value is above 0.
            - scores (array): Shape (1, K), the maxima, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a cell.
        """
    @overload
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (K, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One cell before the first
              where no value is above 0.
            - scores (array): Shape (1, K), the maxima, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a cell.
        """
    @overload
    def batch_decode(
        self,
        batch_encoded: npt.NDArray[_Float],
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[_Float]]:
        """Decode a batch of heatmaps, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the maps are averaged one by one, as they are decoded, with those
        of the mirrored pictures, as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
            flipped (array or torch.Tensor, optional): What the network answered for the mirrored pictures,
                of the same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move what is turned back on by a cell, the first column staying as it is:
                ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """
    @overload
    def batch_decode(
        self,
        batch_encoded: ArrayInput,
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode a batch of heatmaps, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the maps are averaged one by one, as they are decoded, with those
        of the mirrored pictures, as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
            flipped (array or torch.Tensor, optional): What the network answered for the mirrored pictures,
                of the same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move what is turned back on by a cell, the first column staying as it is:
                ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """

@disjoint_base
class UDPHeatmap(BaseKeypointCodec):
    """Represent keypoints as heatmaps by Unbiased Data Processing (UDP).

    Paper: `The Devil is in the Details: Delving into Unbiased Data Processing for Human Pose
    Estimation <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    As in MMPose, encoding scales by (w-1)/(W-1) and decoding by w/(W-1): what is decoded lies up to a
    pixel further out than what was encoded.

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in cells.
        heatmap_type (str): ``'gaussian'``, one map a keypoint, or ``'combined'``, three maps a
            keypoint: 1 near it, and the offsets to it along x and y in units of the radius.
            Default: ``'gaussian'``.
        sigma (float): Standard deviation of the Gaussian, in heatmap cells. Default: 2.0.
        radius_factor (float): Radius of the combined maps, in units of max(W, H). Default: 0.0546875.
        blur_kernel_size (int): Taps of the Gaussian blur before decoding, odd with Gaussian maps;
            combined maps are blurred with twice as many and one. Default: 11.

    Raises:
        InvalidInputError: For a size of 0, an unknown type, a sigma or radius factor that is not
            positive and finite, an even kernel.
    """
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
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in cells."""
    @property
    def heatmap_type(self) -> Literal["gaussian", "combined"]:
        """``'gaussian'`` or ``'combined'``."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in heatmap cells."""
    @property
    def radius_factor(self) -> float:
        """Radius of the combined maps, in units of max(W, H)."""
    @property
    def blur_kernel_size(self) -> int:
        """Taps of the Gaussian blur before decoding."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels a heatmap cell, (w-1)/(W-1), shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), or (3K, H, W) for combined maps; float32.
            - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for keypoints
              whose Gaussian lies outside.

        Raises:
            InvalidInputError: For several instances, shapes, dtypes or an ``out`` that do not fit.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    @overload
    def decode(
        self, encoded: npt.NDArray[_Float]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[_Float]]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (C, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float64. One cell before the first
              where no value is above 0.
            - scores (array): Shape (1, K), the maxima (of the blurred class maps, if combined), of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a cell.
        """
    @overload
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (C, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float64. One cell before the first
              where no value is above 0.
            - scores (array): Shape (1, K), the maxima (of the blurred class maps, if combined), of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a cell.
        """
    @overload
    def batch_decode(
        self,
        batch_encoded: npt.NDArray[_Float],
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[_Float]]:
        """Decode a batch of heatmaps, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the maps are averaged one by one, as they are decoded, with those
        of the mirrored pictures, as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, C, H, W), float16, float32 or float64.
            flipped (array or torch.Tensor, optional): What the network answered for the mirrored pictures,
                of the same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move what is turned back on by a cell, the first column staying as it is:
                ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float64.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """
    @overload
    def batch_decode(
        self,
        batch_encoded: ArrayInput,
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode a batch of heatmaps, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the maps are averaged one by one, as they are decoded, with those
        of the mirrored pictures, as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, C, H, W), float16, float32 or float64.
            flipped (array or torch.Tensor, optional): What the network answered for the mirrored pictures,
                of the same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move what is turned back on by a cell, the first column staying as it is:
                ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float64.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """

@disjoint_base
class MegviiHeatmap(BaseKeypointCodec):
    """Represent keypoints as blurred points via the "Megvii" approach.

    Papers: `MSPN <https://arxiv.org/abs/1901.00148>`_ (2019) and `CPN
    <https://arxiv.org/abs/1711.07319>`_ (2018).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in cells.
        kernel_size (int): Taps of the Gaussian, in heatmap cells, odd.

    Raises:
        InvalidInputError: For a size of 0 or an even kernel.
    """
    def __init__(self, input_size: _Size, heatmap_size: _Size, kernel_size: int) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in cells."""
    @property
    def kernel_size(self) -> int:
        """Taps of the Gaussian, in heatmap cells."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels a heatmap cell, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), float32; 255 at the keypoint.
            - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for keypoints
              outside.

        Raises:
            InvalidInputError: For several instances, shapes, dtypes or an ``out`` that do not fit.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
    ) -> HeatmapTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    @overload
    def decode(
        self, encoded: npt.NDArray[_Float]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[_Float]]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (K, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One cell before the first
              where no value is above 0.
            - scores (array): Shape (1, K), maxima / 255 + 0.5, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a cell.
        """
    @overload
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (K, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One cell before the first
              where no value is above 0.
            - scores (array): Shape (1, K), maxima / 255 + 0.5, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a cell.
        """
    @overload
    def batch_decode(
        self,
        batch_encoded: npt.NDArray[_Float],
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[_Float]]:
        """Decode a batch of heatmaps, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the maps are averaged one by one, as they are decoded, with those
        of the mirrored pictures, as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
            flipped (array or torch.Tensor, optional): What the network answered for the mirrored pictures,
                of the same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move what is turned back on by a cell, the first column staying as it is:
                ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """
    @overload
    def batch_decode(
        self,
        batch_encoded: ArrayInput,
        *,
        flipped: ArrayInput | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode a batch of heatmaps, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the maps are averaged one by one, as they are decoded, with those
        of the mirrored pictures, as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
            flipped (array or torch.Tensor, optional): What the network answered for the mirrored pictures,
                of the same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move what is turned back on by a cell, the first column staying as it is:
                ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """

@disjoint_base
class SimCCLabel(BaseKeypointCodec, Generic[_Seen]):
    """Represent keypoints as one classification vector an axis, "SimCC" (once called SimDR).

    Paper: `SimCC: a Simple Coordinate Classification Perspective for Human Pose Estimation
    <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        smoothing_type (str): ``'gaussian'`` or ``'standard'``. Default: ``'gaussian'``.
        sigma (float or tuple): Standard deviation of the Gaussian, in bins, for both axes or one
            each. Default: 6.0.
        simcc_split_ratio (float): Bins an input pixel. Default: 2.0.
        label_smooth_weight (float): Share of the bins beside the keypoint's with ``'standard'``
            smoothing. Default: 0.0.
        normalize (bool): Divide Gaussians by sigma * sqrt(2 * pi). Default: True.
        use_dark (bool): Refine decoded keypoints with DARK. Default: False.
        decode_visibility (bool): Decode visibilities, too. Default: False.
        decode_beta (float): Scale of the responses before the softmax that visibilities come from.
            Default: 150.0.

    Raises:
        InvalidInputError: For a size of 0, an unknown smoothing, a sigma or ratio that is not
            positive and finite, a smoothing weight outside [0, 1] or with Gaussians.
    """
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
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def smoothing_type(self) -> Literal["gaussian", "standard"]:
        """``'gaussian'`` or ``'standard'``."""
    @property
    def sigma(self) -> npt.NDArray[np.float64]:
        """Standard deviation of the Gaussian along x and y, in bins, shape (2,)."""
    @property
    def simcc_split_ratio(self) -> float:
        """Bins an input pixel."""
    @property
    def label_smooth_weight(self) -> float:
        """Share of the bins beside the keypoint's."""
    @property
    def normalize(self) -> bool:
        """Whether Gaussians are divided by sigma * sqrt(2 * pi)."""
    @property
    def use_dark(self) -> bool:
        """Whether decoded keypoints are refined with DARK."""
    @property
    def decode_visibility(self) -> bool:
        """Whether visibilities are decoded."""
    @property
    def decode_beta(self) -> float:
        """Scale of the responses before the softmax of the visibilities."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCCTargets | None = None,
    ) -> SimCCTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
            - keypoint_y_labels (array): Shape (N, K, Wy), float32, Wy = h * simcc_split_ratio.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
              keypoints outside.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCCTargets | None = None,
    ) -> SimCCTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, simcc_x: ArrayInput, simcc_y: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Seen]:
        """Decode the vectors of one sample; they are left as they are.

        Args:
            simcc_x (array or torch.Tensor): Shape (K, Wx) or (N, K, Wx), float16, float32 or
                float64.
            simcc_y (array or torch.Tensor): Shape (K, Wy) or (N, K, Wy).

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, 2), input pixels, float32; N is 1 for (K, W). One bin
              before the first where no value is above 0.
            - scores (array): Shape (N, K), the smaller of both maxima, of the vectors' dtype. With
              ``decode_visibility`` a tuple of scores and visibilities, float64, of shape (N, K), or
              (K,) for (K, W).

        Raises:
            InvalidInputError: For other shapes or dtypes, or vectors without a bin.
        """
    def batch_decode(
        self,
        simcc_x: ArrayInput,
        simcc_y: ArrayInput,
        *,
        flipped: tuple[ArrayInput, ArrayInput] | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], _Seen]:
        """Decode a batch of vectors, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the vectors are averaged one by one, as they are decoded, with those
        of the mirrored pictures, as MMPose's heads do with ``flip_test``.

        Args:
            simcc_x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
            simcc_y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
            flipped (tuple of 2 arrays or tensors, optional): What the network answered for the mirrored pictures,
                of the same shapes and dtypes. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): For heatmaps; vectors are not shifted, as in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 2), input pixels, float32.
            - scores (array): Shape (B, N, K), of the vectors' dtype. With ``decode_visibility`` a
              tuple of scores and visibilities (B, N, K), float64.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """

@disjoint_base
class SPR(BaseKeypointCodec):
    """Represent several people as a heatmap of their roots and displacements from the roots to their
    keypoints (structured pose representation).

    Paper: `Single-Stage Multi-Person Pose Machines <https://arxiv.org/abs/1908.09220>`_ (Nie et al.
    2019).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in cells.
        sigma (float or tuple, optional): Standard deviation of the roots' Gaussians and, if there are
            keypoint heatmaps, of the keypoints', in heatmap cells; also the radius around a root in
            which displacements have a target. Default: sqrt(W*H) / 32 and half of it, rounded down (a
            Gaussian of 0 is one cell).
        generate_keypoint_heatmaps (bool): Whether there is a heatmap a keypoint too. Default: False.
        root_type (str): ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the
            center of the box around them. Default: ``'kpt_center'``.
        minimal_diagonal_length (float): People whose box has a shorter diagonal, in heatmap cells, get
            no target. Default: 5.
        background_weight (float): Loss weight where a heatmap is 0. Default: 0.1.
        decode_nms_kernel (int): Size of the neighborhood, in cells, in which a root has to be the
            largest; odd. Default: 5.
        decode_max_instances (int): The most people to decode. Default: 30.
        decode_thr (float): The response that a root has to exceed. Default: 0.01.

    Raises:
        InvalidInputError: For a size of 0, an unknown root type, a sigma that is not positive and
            finite or is missing for keypoints, an even kernel.
    """
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
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in cells."""
    @property
    def sigma(self) -> tuple[float, ...]:
        """Standard deviations of the roots' Gaussians and, if there are any, the keypoints', in heatmap
        cells.
        """
    @property
    def generate_keypoint_heatmaps(self) -> bool:
        """Whether there is a heatmap a keypoint too."""
    @property
    def root_type(self) -> _RootType:
        """``'kpt_center'`` or ``'bbox_center'``."""
    @property
    def minimal_diagonal_length(self) -> float:
        """People whose box has a shorter diagonal, in heatmap cells, get no target."""
    @property
    def background_weight(self) -> float:
        """Loss weight where a heatmap is 0."""
    @property
    def decode_nms_kernel(self) -> int:
        """Size of the neighborhood in which a root has to be the largest."""
    @property
    def decode_max_instances(self) -> int:
        """The most people to decode."""
    @property
    def decode_thr(self) -> float:
        """The response that a root has to exceed."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels a heatmap cell, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SPRTargets | None = None,
    ) -> SPRTargets:
        """Encode the keypoints of the people in one picture. All that it answers is float32.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints count as not visible.
            keypoints_visible (array, optional): Shape (N, K). Above 0 a keypoint counts towards root
                and size, from 0.5 on it is in its heatmap, from 1 on it has displacements. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - heatmaps (array): Shape (1, H, W), the roots'; or (K+1, H, W), the roots' last.
            - heatmap_weights (array): Of that shape; 1 where a heatmap is above 0, else the background
              weight.
            - displacements (array): Shape (2K, H, W), x and y in turn, in heatmap cells from there to
              the keypoint; 0 away from roots. Where people overlap, the smaller one's stay.
            - displacement_weights (array): Of that shape; one over the diagonal of the person's box in
              heatmap cells, 0 away from roots.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit.
        """
    def batch_encode(
        self,
        keypoints: _Images,
        keypoints_visible: _Images | None = None,
        *,
        out: SPRTargets | None = None,
    ) -> SPRTargets:
        """Encode the people of several pictures, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one a picture,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``, and for pictures with different K.
        """
    # The scores of keypoints are None without keypoint heatmaps.
    @overload
    def decode(
        self, heatmaps: _Tensor, displacements: _Tensor
    ) -> tuple[_Tensor, tuple[_Tensor, _Tensor | None]]:
        """Decode the maps of one picture. Torch tensors are answered with torch tensors on their device.

        Args:
            heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
                float16, float32 or float64.
            displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap cells.

        Returns:
            tuple:
            - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
              dtype, the person with the largest root first.
            - scores (tuple): The responses of the roots, shape (N,), and those of the keypoints, shape
              (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.

        Raises:
            InvalidInputError: For other shapes or dtypes, or maps with fewer cells than people to
                decode.
        """
    @overload
    def decode(
        self, heatmaps: npt.ArrayLike, displacements: npt.ArrayLike
    ) -> tuple[_Scores, tuple[_Scores, _Scores | None]]:
        """Decode the maps of one picture. Torch tensors are answered with torch tensors on their device.

        Args:
            heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
                float16, float32 or float64.
            displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap cells.

        Returns:
            tuple:
            - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
              dtype, the person with the largest root first.
            - scores (tuple): The responses of the roots, shape (N,), and those of the keypoints, shape
              (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.

        Raises:
            InvalidInputError: For other shapes or dtypes, or maps with fewer cells than people to
                decode.
        """
    @overload
    def decode(
        self, heatmaps: ArrayInput, displacements: ArrayInput
    ) -> tuple[Any, tuple[Any, Any]]:
        """Decode the maps of one picture. Torch tensors are answered with torch tensors on their device.

        Args:
            heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
                float16, float32 or float64.
            displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap cells.

        Returns:
            tuple:
            - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
              dtype, the person with the largest root first.
            - scores (tuple): The responses of the roots, shape (N,), and those of the keypoints, shape
              (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.

        Raises:
            InvalidInputError: For other shapes or dtypes, or maps with fewer cells than people to
                decode.
        """
    # One list per item that `decode` returns.
    @overload
    def batch_decode(
        self, batch_heatmaps: _Tensor, batch_displacements: _Tensor
    ) -> tuple[list[_Tensor], list[tuple[_Tensor, _Tensor | None]]]:
        """Decode the maps of several pictures, one by one.

        Args:
            batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
                list of B.
            batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.

        Returns:
            tuple: What ``decode`` answers with, as lists of B: keypoints, and scores.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    @overload
    def batch_decode(
        self, batch_heatmaps: npt.NDArray[Any], batch_displacements: npt.NDArray[Any]
    ) -> tuple[list[_Scores], list[tuple[_Scores, _Scores | None]]]:
        """Decode the maps of several pictures, one by one.

        Args:
            batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
                list of B.
            batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.

        Returns:
            tuple: What ``decode`` answers with, as lists of B: keypoints, and scores.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    @overload
    def batch_decode(
        self, batch_heatmaps: _Images, batch_displacements: _Images
    ) -> tuple[list[Any], list[tuple[Any, Any]]]:
        """Decode the maps of several pictures, one by one.

        Args:
            batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
                list of B.
            batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.

        Returns:
            tuple: What ``decode`` answers with, as lists of B: keypoints, and scores.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class DecoupledHeatmap(BaseKeypointCodec):
    """Represent several people as heatmaps of all of them and heatmaps of each (contextual instance
    decoupling, CID).

    Paper: `Contextual Instance Decoupling for Robust Multi-Person Pose Estimation
    <https://openaccess.thecvf.com/content/CVPR2022/html/Wang_Contextual_Instance_Decoupling_for_Robust_Multi-Person_Pose_Estimation_CVPR_2022_paper.html>`_
    (Wang and Zhang 2022).

    Encoding moves roots by up to a cell at random, and draws people at random where there are too
    many: from ``numpy.random`` and ``random``, in MMPose's order, so that seeds give its answers.

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in cells.
        root_type (str): ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the
            center of the box around them. Default: ``'kpt_center'``.
        heatmap_min_overlap (float): The overlap of boxes from which sigmas follow, 0 to 1. Default:
            0.7.
        encode_max_instances (int): The most people who get heatmaps of their own. Default: 30.

    Raises:
        InvalidInputError: For a size of 0, an unknown root type, an overlap that is not between 0
            and 1.
    """
    def __init__(
        self,
        input_size: _Size,
        heatmap_size: _Size,
        root_type: _RootType = "kpt_center",
        heatmap_min_overlap: float = 0.7,
        encode_max_instances: int = 30,
    ) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in cells."""
    @property
    def root_type(self) -> _RootType:
        """``'kpt_center'`` or ``'bbox_center'``."""
    @property
    def heatmap_min_overlap(self) -> float:
        """The overlap of boxes from which sigmas follow."""
    @property
    def encode_max_instances(self) -> int:
        """The most people who get heatmaps of their own."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels a heatmap cell, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
    ) -> DecoupledTargets:
        """Encode the keypoints of the people in one picture.

        There is no ``out``: how many people M get heatmaps of their own is known only afterwards.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints count as not visible.
            keypoints_visible (array, optional): Shape (N, K). Above 0 a keypoint counts towards root
                and size, from 0.5 on it has a target. Default: all visible.
            bbox (array, optional): Shape (N, 8) or (N, 4, 2), input pixels: left top, left bottom,
                right top and right bottom corner. Default: the boxes around the visible keypoints.

        Returns:
            dict:
            - heatmaps (array): Shape (K+1, H, W), of all people, the roots' last; float32.
            - instance_heatmaps (array): Shape (M*K, H, W), of each chosen person, the smallest first;
              float32 (float64 if M is 0, as MMPose has it).
            - keypoint_weights (array): Shape (M, K), the visibilities and their dtype, 0 for keypoints
              whose Gaussian lies outside; shape (0,), float64, if M is 0.
            - instance_coords (array): Shape (M, 2), the roots in heatmap cells, int32.

        Raises:
            InvalidInputError: For shapes or dtypes that do not fit.
        """
    def batch_encode(
        self,
        keypoints: _Images,
        keypoints_visible: _Images | None = None,
        bbox: _Images | None = None,
    ) -> ListedDecoupledTargets:
        """Encode the people of several pictures, one after the other, as seeds want it.

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one a picture,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            bbox (array or list, optional): Shape (B, N, 8), or a list of arrays (N, 8).

        Returns:
            dict: ``heatmaps`` with a leading B, and lists of B arrays for the others.

        Raises:
            InvalidInputError: As for ``encode``, and for pictures with different K.
        """
    def decode(
        self, instance_heatmaps: ArrayInput, instance_scores: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of the people in one picture.

        Args:
            instance_heatmaps (array or torch.Tensor): Shape (N, K, H, W), float16, float32 or float64.
            instance_scores (array or torch.Tensor): Shape (N, 1), how certain each person is.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, 2), input pixels, float32; a quarter of a cell towards
              the larger neighbor. One cell before the first where no value is above 0.
            - scores (array): Shape (N, K), the maxima times the person's score, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For other shapes or dtypes, or maps without a cell.
        """
    @overload
    def batch_decode(
        self, instance_heatmaps: _Listed, instance_scores: _Images
    ) -> tuple[list[npt.NDArray[np.float32]], list[_Scores]]:
        """Decode the heatmaps of the people in several pictures, on several threads where it is worth it
        (see :func:`posecodec_rs.set_num_threads`).

        Args:
            instance_heatmaps (array, torch.Tensor or list): Shape (B, N, K, H, W), or a list of arrays
                (N, K, H, W); or shape (M, K, H, W), as MMPose's heads hand them over: then each person
                is answered as a picture of its own.
            instance_scores (array, torch.Tensor or list): Shape (B, N, 1), a list of arrays (N, 1), or
                shape (M, 1).

        Returns:
            tuple: Keypoints and scores with a leading B (N is 1 where maps came as (M, K, H, W)), or
            lists of what ``decode`` answers with.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    @overload
    def batch_decode(
        self, instance_heatmaps: ArrayInput, instance_scores: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of the people in several pictures, on several threads where it is worth it
        (see :func:`posecodec_rs.set_num_threads`).

        Args:
            instance_heatmaps (array, torch.Tensor or list): Shape (B, N, K, H, W), or a list of arrays
                (N, K, H, W); or shape (M, K, H, W), as MMPose's heads hand them over: then each person
                is answered as a picture of its own.
            instance_scores (array, torch.Tensor or list): Shape (B, N, 1), a list of arrays (N, 1), or
                shape (M, 1).

        Returns:
            tuple: Keypoints and scores with a leading B (N is 1 where maps came as (M, K, H, W)), or
            lists of what ``decode`` answers with.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class AssociativeEmbedding(BaseKeypointCodec):
    """Represent several people as heatmaps of all of them, and tell them apart by tags that a network
    learns (associative embedding).

    Papers: `Associative Embedding: End-to-End Learning for Joint Detection and Grouping
    <https://arxiv.org/abs/1611.05424>`_ (Newell et al. 2017), and with ``use_udp`` `UDP
    <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in cells.
        sigma (float, optional): Standard deviation of the Gaussians, in heatmap cells. Default:
            sqrt(W*H) / 64.
        use_udp (bool): Gaussians around the exact keypoint, scales of (w-1)/(W-1), and DARK when
            decoding. Default: False: around the rounded keypoint, w/W, and a quarter of a cell.
        decode_keypoint_order (list): The order in which keypoints are grouped, each index once;
            mostly from the head outwards. Needed for decoding. Default: empty.
        decode_nms_kernel (int): Size of the neighborhood, in cells, in which a candidate has to be the
            largest; odd. Default: 5.
        decode_gaussian_kernel (int): Taps of the blur before DARK, with ``use_udp``; odd. Default: 3.
        decode_keypoint_thr (float): The response that a candidate has to exceed. Default: 0.1.
        decode_tag_thr (float): The distance of tags from which on a keypoint does not join a person.
            Default: 1.0.
        decode_topk (int): The most candidates a keypoint. Default: 30.
        decode_center_shift (float): Heatmap cells that are added to detected keypoints. Default: 0.0.
        decode_max_instances (int, optional): The most people to decode. Default: all.

    Raises:
        InvalidInputError: For a size of 0, a sigma that is not positive and finite, an even kernel, an
            order with repeats or gaps.
    """
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
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in cells."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussians, in heatmap cells."""
    @property
    def use_udp(self) -> bool:
        """Whether maps are UDP's."""
    @property
    def decode_keypoint_order(self) -> list[int]:
        """The order in which keypoints are grouped."""
    @property
    def decode_nms_kernel(self) -> int:
        """Size of the neighborhood in which a candidate has to be the largest."""
    @property
    def decode_gaussian_kernel(self) -> int:
        """Taps of the blur before DARK."""
    @property
    def decode_keypoint_thr(self) -> float:
        """The response that a candidate has to exceed."""
    @property
    def decode_tag_thr(self) -> float:
        """The distance of tags from which on a keypoint does not join a person."""
    @property
    def decode_topk(self) -> int:
        """The most candidates a keypoint."""
    @property
    def decode_center_shift(self) -> float:
        """Heatmap cells that are added to detected keypoints."""
    @property
    def decode_max_instances(self) -> int | None:
        """The most people to decode; ``None`` for all."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels a heatmap cell, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: AssociativeEmbeddingTargets | None = None,
    ) -> AssociativeEmbeddingTargets:
        """Encode the keypoints of the people in one picture.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have no target, index 0 and weight 0.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), float32; where Gaussians meet, the larger.
            - keypoint_indices (array): Shape (N, K, 2), int64: the cell of the keypoint as y*W + x, and
              1 if it is visible and inside, else 0.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for keypoints
              whose Gaussian lies outside.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit.
        """
    @overload
    def batch_encode(
        self,
        keypoints: _Listed,
        keypoints_visible: _Images | None = None,
        *,
        out: None = None,
    ) -> ListedAssociativeEmbeddingTargets:
        """Encode the people of several pictures, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one a picture,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them; not
                for lists.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; from lists, ``keypoint_indices`` and
            ``keypoint_weights`` are lists of arrays, one a picture.

        Raises:
            InvalidInputError: As for ``encode``, and for pictures with different K.
        """
    @overload
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: AssociativeEmbeddingTargets | None = None,
    ) -> AssociativeEmbeddingTargets:
        """Encode the people of several pictures, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one a picture,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them; not
                for lists.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; from lists, ``keypoint_indices`` and
            ``keypoint_weights`` are lists of arrays, one a picture.

        Raises:
            InvalidInputError: As for ``encode``, and for pictures with different K.
        """
    def decode(self, encoded: Any) -> NoReturn:
        """Not there, as in MMPose, where this codec decodes batches only: see ``batch_decode``.

        Raises:
            NotImplementedError: Always.
        """
    def batch_decode(
        self, batch_heatmaps: ArrayInput, batch_tags: ArrayInput
    ) -> tuple[
        list[npt.NDArray[np.float32]],
        list[npt.NDArray[np.float32]],
        list[npt.NDArray[np.float32]],
    ]:
        """Decode the heatmaps and tags of several pictures, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Of equally high candidates, those come first that torch's ``topk`` puts first on Linux.
        Candidates whose tag is NaN or infinite belong to nobody.

        Args:
            batch_heatmaps (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
            batch_tags (array or torch.Tensor): Shape (B, L*K, H, W), all keypoints' first channel
                first; float16, float32 or float64.

        Returns:
            tuple:
            - batch_keypoints (list): B arrays of shape (N, K, 2), float32, input pixels. A keypoint
              that was not detected lies where its heatmap and its tag suit the person best.
            - batch_scores (list): B arrays of shape (N, K), float32, the responses. With ``use_udp``, a
              keypoint that was not detected has the logarithm of the blurred response, which may be
              negative: MMPose blurs its maps in place before it looks there.
            - batch_instance_scores (list): B arrays of shape (N,), float32, the mean response, 0 for
              what was not detected.

        Raises:
            InvalidInputError: For other shapes or dtypes, maps that differ in size or with fewer cells
                than candidates, or an order that does not hold each of the K keypoints.
        """

@disjoint_base
class EDPoseLabel(BaseKeypointCodec):
    """Keypoints, boxes and areas in units of the image, as ED-Pose learns them.

    Paper: `Explicit Box Detection Unifies End-to-End Multi-Person Pose Estimation
    <https://arxiv.org/abs/2302.01593>`_ (Yang et al. 2023).

    Args:
        num_select (int): Candidates that decoding keeps. Default: 100.
        num_keypoints (int): Keypoints a candidate, K. Default: 17.

    Raises:
        InvalidInputError: For a number of 0.
    """
    def __init__(self, num_select: int = 100, num_keypoints: int = 17) -> None: ...
    @property
    def num_select(self) -> int:
        """Candidates that decoding keeps."""
    @property
    def num_keypoints(self) -> int:
        """Keypoints a candidate, K."""
    def encode(
        self,
        img_shape: ArrayInput,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        area: ArrayInput | None = None,
        bboxes: ArrayInput | None = None,
        *,
        out: EDPoseTargets | None = None,
    ) -> EDPoseTargets:
        """Encode the instances of one image. Each array keeps its input's precision; whole numbers become
        float64.

        Args:
            img_shape (tuple): Size (w, h) of the image in pixels.
            keypoints (array): Shape (N, K, 2), pixels; float32 or float64 (others are converted).
                NaN and infinite keypoints become 0, and so does their visibility.
            keypoints_visible (array, optional): Shape (N, K) or (N, K, D). Default: all visible.
            area (array, optional): Shape (N,), square pixels.
            bboxes (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - keypoints (array): Shape (N, K, 2), in units of the image's size.
            - area (array): Shape (N,), in units of the image's area; ``None`` without one.
            - bbox (array): Shape (N, 4), the center (x, y) and the size (w, h) in units of the image's
              size; ``None`` without one.
            - keypoints_visible (array): The visibilities, a copy.

        Raises:
            InvalidInputError: For a side that is not positive, or shapes, dtypes or an ``out`` that
                do not fit.
        """
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
    ) -> ListedEDPoseTargets:
        """Encode a batch of images.

        Args:
            img_shape (array): Sizes (w, h) of the images in pixels, shape (B, 2), or one for all.
            keypoints (array or list): Shape (B, N, K, 2), pixels, as for ``encode``; or a list of
                arrays (N_i, K, 2), with lists or arrays of all the others, an item an image.
            keypoints_visible (array or list, optional): Shape (B, N, K). Default: all visible.
            area (array or list, optional): Shape (B, N).
            bboxes (array or list, optional): Shape (B, N, 4).
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; for a list of keypoints, lists of
            them.

        Raises:
            InvalidInputError: As for ``encode``, or for lists of different lengths.
        """
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
    ) -> EDPoseTargets:
        """Encode a batch of images.

        Args:
            img_shape (array): Sizes (w, h) of the images in pixels, shape (B, 2), or one for all.
            keypoints (array or list): Shape (B, N, K, 2), pixels, as for ``encode``; or a list of
                arrays (N_i, K, 2), with lists or arrays of all the others, an item an image.
            keypoints_visible (array or list, optional): Shape (B, N, K). Default: all visible.
            area (array or list, optional): Shape (B, N).
            bboxes (array or list, optional): Shape (B, N, 4).
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; for a list of keypoints, lists of
            them.

        Raises:
            InvalidInputError: As for ``encode``, or for lists of different lengths.
        """
    def decode(
        self,
        input_shapes: ArrayInput,
        pred_logits: ArrayInput,
        pred_boxes: ArrayInput,
        pred_keypoints: ArrayInput,
    ) -> tuple[_Scores, _Scores, _Scores]:
        """Decode the candidates of one image: the S with the largest scores, best first, ``num_select`` or
        Q * C where that is less.

        Args:
            input_shapes (array): Size (h, w) of the network's input in pixels, shape (2,).
            pred_logits (array or torch.Tensor): Shape (Q, C), a score a class; float16, float32 or
                float64. Equal scores stay in their order.
            pred_boxes (array or torch.Tensor): Shape (Q, 4), the center (x, y) and the size (w, h) in
                units of the input's size.
            pred_keypoints (array or torch.Tensor): Shape (Q, 3 * K), K pairs (x, y) in units of the
                input's size, then K visibilities.

        Returns:
            tuple:
            - boxes (array): Shape (S, 4), (left, top, right, bottom) in pixels, float64 (float32
              where boxes and ``input_shapes`` are).
            - keypoints (array): Shape (S, K, 2), pixels, float64 as the boxes.
            - scores (array): Shape (S, K), of the scores' dtype, the same for all keypoints.

        Raises:
            InvalidInputError: For shapes or dtypes that do not fit.
        """
    def batch_decode(
        self,
        input_shapes: ArrayInput,
        pred_logits: ArrayInput,
        pred_boxes: ArrayInput,
        pred_keypoints: ArrayInput,
    ) -> tuple[_Scores, _Scores, _Scores]:
        """Decode a batch of candidates.

        Args:
            input_shapes (array): Sizes (h, w) in pixels, shape (B, 2).
            pred_logits (array or torch.Tensor): Shape (B, Q, C).
            pred_boxes (array or torch.Tensor): Shape (B, Q, 4).
            pred_keypoints (array or torch.Tensor): Shape (B, Q, 3 * K).

        Returns:
            tuple: The arrays of ``decode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class YOLOXPoseAnnotationProcessor(BaseKeypointCodec):
    """Boxes around their keypoints and class labels, as YOLOX-Pose and RTMO learn them.

    It only encodes: ``decode`` answers ``None``, and there is no ``batch_decode``.

    Papers: `YOLO-Pose <https://arxiv.org/abs/2204.06806>`_ (Maji et al. 2022), `RTMO
    <https://arxiv.org/abs/2312.07526>`_ (Lu et al. 2023).

    Args:
        expand_bbox (bool): Grow boxes to hold their visible keypoints. Default: False.
        input_size (tuple, optional): Size of the network's input in pixels; not used, the reference
            takes it. Default: None.

    Raises:
        InvalidInputError: For an ``input_size`` that is no size.
    """
    def __init__(self, expand_bbox: bool = False, input_size: _Size | None = None) -> None: ...
    @property
    def expand_bbox(self) -> bool:
        """Whether boxes grow to hold their visible keypoints."""
    def encode(
        self,
        keypoints: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
        category_id: ArrayInput | None = None,
        *,
        out: YOLOXPoseTargets | None = None,
    ) -> YOLOXPoseTargets:
        """Encode the annotations of one image; they are left as they are.

        Args:
            keypoints (array, optional): Shape (N, K, 2), pixels; needed where boxes grow. NaN and
                infinite keypoints are out of sight.
            keypoints_visible (array, optional): Shape (N, K), or (N, K, D) of which the first counts;
                0 is out of sight. Default: all visible.
            bbox (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
            category_id (list, optional): A category an instance, from 1.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: What there is of:
            - bbox (array): Shape (N, 4), a new array of the boxes' dtype; with ``expand_bbox``.
            - bbox_labels (array): Shape (N,), int8, one less than ``category_id``.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, or keypoints that are
                needed and missing.
        """
    @overload
    def batch_encode(
        self,
        keypoints: _Listed,
        keypoints_visible: _Images | None = None,
        bbox: _Images | None = None,
        category_id: _Images | None = None,
        *,
        out: None = None,
    ) -> ListedYOLOXPoseTargets:
        """Encode the annotations of a batch of images; they are left as they are.

        Args:
            keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
                with boxes in a list, lists or arrays of all, an item an image.
            keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
            bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
            category_id (list, optional): Shape (B, N).
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; for lists, lists of them.

        Raises:
            InvalidInputError: As for ``encode``, or for lists of different lengths.
        """
    @overload
    def batch_encode(
        self,
        keypoints: ArrayInput | None = None,
        keypoints_visible: _Images | None = None,
        *,
        bbox: _Listed,
        category_id: _Images | None = None,
        out: None = None,
    ) -> ListedYOLOXPoseTargets:
        """Encode the annotations of a batch of images; they are left as they are.

        Args:
            keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
                with boxes in a list, lists or arrays of all, an item an image.
            keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
            bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
            category_id (list, optional): Shape (B, N).
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; for lists, lists of them.

        Raises:
            InvalidInputError: As for ``encode``, or for lists of different lengths.
        """
    @overload
    def batch_encode(
        self,
        keypoints: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
        category_id: ArrayInput | None = None,
        *,
        out: YOLOXPoseTargets | None = None,
    ) -> YOLOXPoseTargets:
        """Encode the annotations of a batch of images; they are left as they are.

        Args:
            keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
                with boxes in a list, lists or arrays of all, an item an image.
            keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
            bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
            category_id (list, optional): Shape (B, N).
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; for lists, lists of them.

        Raises:
            InvalidInputError: As for ``encode``, or for lists of different lengths.
        """
    # There is nothing to decode.
    def decode(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Nothing is decoded, as in the reference.

        Args:
            *args: Anything.
            **kwargs: Anything.
        """

@disjoint_base
class ImagePoseLifting(BaseKeypointCodec):
    """Normalize the 2D pose of a picture, for a network that lifts it to 3D, and the 3D pose less its
    root, which it should find.

    Paper: `A simple yet effective baseline for 3d human pose estimation
    <https://arxiv.org/abs/1705.03098>`_ (Martinez et al. 2017).

    Args:
        num_keypoints (int): Number of keypoints, K.
        root_index (int or list of ints): The root, or keypoints whose mean it is. Default: 0.
        remove_root (bool): Whether targets are without the root, where it is one keypoint.
            Default: False.
        save_index (bool): Whether answers say which keypoint was removed. Default: False.
        reshape_keypoints (bool): Whether labels are reshaped to (K * D, N). Default: True.
        concat_vis (bool): Whether visibilities are put beside the keypoints. Default: False.
        keypoints_mean (array, optional): Means of the 2D keypoints, shape (K, D), in pixels; with
            ``keypoints_std``.
        keypoints_std (array, optional): Their standard deviations, shape (K, D), in pixels.
        target_mean (array, optional): Means of the 3D keypoints less their root, shape (K, C), or
            (K - 1, C) where that is removed, in the target's unit; with ``target_std``.
        target_std (array, optional): Their standard deviations, of the same shape.
        additional_encode_keys (list of str, optional): Names that this codec's
            ``auxiliary_encode_keys`` has more than its class, for a subclass whose ``encode`` takes
            more arguments.

    Raises:
        InvalidInputError: For a root that is none of the keypoints, means without deviations (or
            the other way round), of a shape that does not fit, not finite, or deviations of 0.
    """
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
    def num_keypoints(self) -> int:
        """Number of keypoints, K."""
    @property
    def root_index(self) -> list[int]:
        """The keypoints whose mean is the root, a list."""
    @property
    def remove_root(self) -> bool:
        """Whether targets are without the root."""
    @property
    def save_index(self) -> bool:
        """Whether answers say which keypoint was removed."""
    @property
    def reshape_keypoints(self) -> bool:
        """Whether labels are reshaped to (K * D, N)."""
    @property
    def concat_vis(self) -> bool:
        """Whether visibilities are put beside the keypoints."""
    @property
    def keypoints_mean(self) -> npt.NDArray[np.float32] | None:
        """Means of the 2D keypoints, shape (1, K, D), float32, in pixels; or None."""
    @property
    def keypoints_std(self) -> npt.NDArray[np.float32] | None:
        """Standard deviations of the 2D keypoints, shape (1, K, D), float32, in pixels; or None."""
    @property
    def target_mean(self) -> npt.NDArray[np.float32] | None:
        """Means of the 3D keypoints less their root, shape (1, K or K - 1, C), float32; or None."""
    @property
    def target_std(self) -> npt.NDArray[np.float32] | None:
        """Standard deviations of the 3D keypoints, shape (1, K or K - 1, C), float32; or None."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        *,
        out: ImagePoseTargets | None = None,
    ) -> ImagePoseTargets:
        """Encode one sample.

        Args:
            keypoints (array): 2D poses, shape (N, K, D) or (K, D), pixels; float32 or float64
                (others are converted).
            keypoints_visible (array, optional): Shape (N, K), or with more values a keypoint
                (N, K, m). Default: all visible.
            lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in the camera's
                space, in any unit (meters in MMPose's Human3.6M). Default: the input side alone is
                encoded, and the answer has only its items.
            lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
                visible. Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - target_root_removed (bool): True, only where the root was removed.
            - target_root_index (int): Which it was, only with ``save_index``.
            - keypoints_mean, keypoints_std, target_mean, target_std (array): Copies, shape
              (1, K, D), float32, only where the codec has them.
            - keypoint_labels (array): Shape (K * D, N), or not reshaped (N, K, D); of the
              keypoints' dtype, in pixels or in standard deviations from the mean. D is larger
              by the visibilities that are put beside.
            - keypoint_labels_visible (array): The visibilities, as they came.
            - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
              the target's dtype, in its unit or in standard deviations.
            - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
              keypoints, else 0.
            - trajectory_weights (array): The weights of all keypoints, (T, K); where visibilities
              were left out ``1 / lifting_target[:, 2]``, as the reference has it.
            - target_root (array): Shape (T, C), float32, in the target's unit.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, and for depths of 0
                that are to be divided by.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        *,
        out: ImagePoseTargets | None = None,
    ) -> ImagePoseTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, D), pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
            lifting_target (array, optional): Shape (B, T, K, C).
            lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The items of ``encode``, each array with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode a network's answer: back to the target's unit and, with a root, to its place.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, C), or (N, K - 1, C) without the root, or
                (N, 1, C) of a trajectory; float16, float32 or float64.
            target_root (array, optional): RootOutput in the target's unit: (C,), (1, C) or (1, 1, C) for
                all poses, or (N, C) or (N, 1, C), one a pose; an empty array is none.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, C), in the target's unit, of the input's dtype, or a
              wider one of the root. A root that is removed from targets is put back in where
              ``target_root`` is given.
            - scores (array): Shape (N, K), float32, all 1.

        Raises:
            InvalidInputError: For shapes or dtypes that do not fit.
        """
    def batch_decode(
        self, batch_encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode a batch of a network's answers.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, N, K, C), or (B, K, C) as MMPose's
                heads answer, which is N = 1.
            target_root (array, optional): The roots of ``decode`` with a leading B, such as
                (B, 1, C).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, C), as ``decode`` has them.
            - scores (array): Shape (B, N, K), float32, all 1.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class VideoPoseLifting(BaseKeypointCodec):
    """Put the 2D poses of a video in units of its pictures, for a network that lifts them to 3D, and
    the 3D pose less its root, which it should find.

    Paper: `3D human pose estimation in video with temporal convolutions and semi-supervised
    training <https://arxiv.org/abs/1811.11742>`_ (Pavllo et al. 2019).

    Args:
        num_keypoints (int): Number of keypoints, K.
        zero_center (bool): Whether targets are centered on their root. Default: True.
        root_index (int or list of ints): The root, or keypoints whose mean it is. Default: 0.
        remove_root (bool): Whether centered targets are without the root, where it is one keypoint.
            Default: False.
        save_index (bool): Whether answers say which keypoint was removed. Default: False.
        reshape_keypoints (bool): Whether labels are reshaped to (K * D, N). Default: True.
        concat_vis (bool): Whether visibilities are put beside the keypoints. Default: False.
        normalize_camera (bool): Whether answers have the camera in units of the picture. Default:
            False.

    Raises:
        InvalidInputError: For a root that is none of the keypoints.
    """
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
    def num_keypoints(self) -> int:
        """Number of keypoints, K."""
    @property
    def zero_center(self) -> bool:
        """Whether targets are centered on their root."""
    @property
    def root_index(self) -> list[int]:
        """The keypoints whose mean is the root, a list."""
    @property
    def remove_root(self) -> bool:
        """Whether targets are without the root."""
    @property
    def save_index(self) -> bool:
        """Whether answers say which keypoint was removed."""
    @property
    def reshape_keypoints(self) -> bool:
        """Whether labels are reshaped to (K * D, N)."""
    @property
    def concat_vis(self) -> bool:
        """Whether visibilities are put beside the keypoints."""
    @property
    def normalize_camera(self) -> bool:
        """Whether answers have the camera in units of the picture."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        camera_param: CameraParam | None = None,
        *,
        out: VideoPoseTargets | None = None,
    ) -> VideoPoseTargets:
        """Encode one sample.

        Args:
            keypoints (array): 2D poses, shape (N, K, 2) or (K, 2), pixels; float32 or float64
                (others are converted).
            keypoints_visible (array, optional): Shape (N, K), or with more values a keypoint
                (N, K, m). Default: all visible.
            lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in the camera's
                space, in any unit (meters in MMPose's Human3.6M). Default: the input side alone is
                encoded, and the answer has only its items.
            lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
                visible. Default: all visible.
            camera_param (dict): The width ``w`` and height ``h`` of pictures and, for
                ``normalize_camera``, focal lengths ``f`` and principal point ``c``, shape (2, 1) or
                (2,), all in pixels; other items are passed on.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - target_root (array): Shape (T, C), of the target's dtype and unit, only with
              ``zero_center``.
            - target_root_removed (bool): True, only where the root was removed.
            - target_root_index (int): Which it was, only with ``save_index``.
            - camera_param (dict): A copy with ``f`` and ``c`` in half widths of the picture, only
              with ``normalize_camera``.
            - keypoint_labels (array): Shape (K * 2, N), or not reshaped (N, K, 2); of the
              keypoints' dtype, in half widths from the picture's center. Visibilities that are put
              beside make the 2 larger.
            - keypoints_visible (array): The visibilities, as they came.
            - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
              the target's dtype and unit.
            - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
              keypoints, else 0.
            - trajectory_weights (array): The weights of all keypoints, (T, K); where visibilities
              were left out ``1 / lifting_target[:, 2]``, as the reference has it.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, a camera that is
                missing or incomplete, and for depths of 0 that are to be divided by.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        lifting_target: ArrayInput | None = None,
        lifting_target_visible: ArrayInput | None = None,
        camera_param: CameraParam | Sequence[CameraParam] | None = None,
        *,
        out: VideoPoseTargets | None = None,
    ) -> VideoPoseTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
            lifting_target (array, optional): Shape (B, T, K, C).
            lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            camera_param (dict or list of dicts): One camera for all samples, or one a sample.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The items of ``encode``, each array with a leading B, and a list of B cameras.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode a network's answer: back to the target's unit and, with a root, to its place.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, C), or (N, K - 1, C) without the root, or
                (N, 1, C) of a trajectory; float16, float32 or float64.
            target_root (array, optional): RootOutput in the target's unit: (C,), (1, C) or (1, 1, C) for
                all poses, or (N, C) or (N, 1, C), one a pose; an empty array is none.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, C), in the target's unit, of the input's dtype, or a
              wider one of the root. A root that is removed from targets is put back in where
              ``target_root`` is given.
            - scores (array): Shape (N, K), float32, all 1.

        Raises:
            InvalidInputError: For shapes or dtypes that do not fit.
        """
    def batch_decode(
        self, batch_encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode a batch of a network's answers.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, N, K, C), or (B, K, C) as MMPose's
                heads answer, which is N = 1.
            target_root (array, optional): The roots of ``decode`` with a leading B, such as
                (B, 1, C).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, C), as ``decode`` has them.
            - scores (array): Shape (B, N, K), float32, all 1.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class MotionBERTLabel(BaseKeypointCodec):
    """Put the 2D poses of a video in units of its pictures, for MotionBERT to lift them to 3D, and
    the 3D poses as the pictures show them, which it should find.

    Paper: `MotionBERT: A Unified Perspective on Learning Human Motion Representations
    <https://arxiv.org/abs/2210.06551>`_ (Zhu et al. 2023).

    Args:
        num_keypoints (int): Number of keypoints, K.
        root_index (int): The root. Default: 0.
        remove_root (bool): Kept, but not used, as in the reference. Default: False.
        save_index (bool): Kept, but not used. Default: False.
        concat_vis (bool): Whether visibilities are put beside the keypoints. Default: False.
        rootrel (bool): Whether decoding moves keypoint 0 to the origin first. Default: False.
        mode (str): ``'train'`` for targets in half widths of the picture, which the network learns,
            or ``'test'`` for meters, to compare with what is decoded. Default: ``'test'``.

    Raises:
        InvalidInputError: For a root that is none of the keypoints, or another mode.
    """
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
    def num_keypoints(self) -> int:
        """Number of keypoints, K."""
    @property
    def root_index(self) -> int:
        """The root."""
    @property
    def remove_root(self) -> bool:
        """Not used."""
    @property
    def save_index(self) -> bool:
        """Not used."""
    @property
    def concat_vis(self) -> bool:
        """Whether visibilities are put beside the keypoints."""
    @property
    def rootrel(self) -> bool:
        """Whether decoding moves keypoint 0 to the origin first."""
    @property
    def mode(self) -> Literal["train", "test"]:
        """``'train'`` or ``'test'``."""
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
    ) -> MotionBERTTargets:
        """Encode one sample.

        Args:
            keypoints (array): 2D poses, shape (T, K, D) or (K, D), D at least 2, pixels; float32 or
                float64 (others are converted).
            keypoints_visible (array, optional): Shape (T, K), or with more values a keypoint
                (T, K, m). Default: all visible.
            lifting_target (array, optional): 3D poses, shape (T, K, 3) or (K, 3), in the camera's
                space, in meters. Default: the input side alone is encoded, and the
                answer has only its items and the factor.
            lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
                visible. Default: all visible.
            camera_param (dict): The width ``w`` and height ``h`` of pictures and, together or not
                at all, focal lengths ``f`` and principal point ``c``, shape (2, 1) or (2,), all in
                pixels. With these targets are projected into the picture.
            factor (array, optional): From thousands of pixels to meters, shape (T,) or (T, 1), or
                one for all frames. Where it is left out, or the first is 0, it is worked
                out of the depth of the root; without ``f`` and ``c`` it is 4.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - keypoint_labels (array): Shape (T, K, D), of the keypoints' dtype, in half widths from
              the picture's center. Visibilities that are put beside make D larger.
            - keypoint_labels_visible (array): The visibilities, as they came.
            - lifting_target_label (array): Shape (T, K, 3), of the target's dtype, less the root:
              in half widths (``'train'``), or in meters (``'test'``).
            - lifting_target_weight (array): Shape (T, K), float32; 1 for visible keypoints, else 0.
            - lifting_target (array): ``lifting_target_label`` again.
            - lifting_target_visible (array): The visibilities, as they came.
            - factor (array): Shape (T, 1), meters a thousand pixels.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, a camera that is
                missing or incomplete, and for a depth of 0 that is to be projected.
        """
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
    ) -> MotionBERTTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, T, K, D), pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            lifting_target (array, optional): Shape (B, T, K, 3).
            lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            camera_param (dict or list of dicts): One camera for all samples, or one a sample.
            factor (array, optional): Shape (B, T) or (B, T, 1), or one a sample.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self,
        encoded: ArrayInput,
        w: ArrayInput | None = None,
        h: ArrayInput | None = None,
        factor: ArrayInput | None = None,
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode a network's answer, in half widths, to meters from the root.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, 3), or sequences (B, T, K, 3); float16,
                float32 or float64.
            w (array, optional): Widths of pictures in pixels, shape (N,) or (N, 1), or one a
                sequence; with ``h``. Default, as for an empty array: the answer is not scaled.
            h (array, optional): Heights of pictures in pixels, of the same shape.
            factor (array, optional): From thousands of pixels to meters, shape (N,) or (N, 1), or
                of sequences (B, T, 1), (B, T) or one a sequence.

        Returns:
            tuple:
            - keypoints (array): The input's shape and dtype; in meters, less the root. (All is
              divided by 1000, as factors are of thousands of pixels.)
            - scores (array): Shape (N, K) or (B, T, K), float32, all 1.

        Raises:
            InvalidInputError: For shapes or dtypes that do not fit, or sizes that are not positive.
        """
    def batch_decode(
        self,
        batch_encoded: ArrayInput,
        w: ArrayInput | None = None,
        h: ArrayInput | None = None,
        factor: ArrayInput | None = None,
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode a batch of a network's answers.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, T, K, 3).
            w (array, optional): Widths of pictures in pixels, shape (B, T), or (B,) or (B, 1), one
                a sequence; with ``h``.
            h (array, optional): Heights of pictures in pixels, of the same shape.
            factor (array, optional): Shape (B, T, 1), (B, T), or one a sequence.

        Returns:
            tuple:
            - keypoints (array): Shape (B, T, K, 3), as ``decode`` has them.
            - scores (array): Shape (B, T, K), float32, all 1.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class SimCC3DLabel(BaseKeypointCodec):
    """Represent keypoints as one classification vector an axis, depth included: "SimCC" in three
    dimensions, as RTMW3D learns it (``projects/rtmpose3d`` in MMPose's repository).

    Papers: `RTMW <https://arxiv.org/abs/2407.08634>`_ (Jiang et al. 2024), `SimCC
    <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).

    Args:
        input_size (tuple): Input size (w, h, d) in pixels; its depth d covers 2 * z_range.
        sigma (float or tuple): Standard deviation of the Gaussian, in bins, for all axes or one
            each. Default: 6.0.
        simcc_split_ratio (float): Bins an input pixel. Default: 2.0.
        normalize (bool): Divide Gaussians by sigma * sqrt(2 * pi). Default: True.
        use_dark (bool): Refine decoded keypoints with DARK. Default: False.
        root_index (int or tuple): Keypoint whose depth is the root's, or several, whose mean is; from
            the end where negative. Default: 0.
        z_range (float, optional): Depth in meters before the root that the input covers, and behind
            it. Default: 2.1744869.

    Raises:
        InvalidInputError: For a size of 0, a sigma, ratio or range that is not positive and finite,
            or no root.
    """
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
    def input_size(self) -> tuple[int, int, int]:
        """Input size (w, h, d) in pixels."""
    @property
    def sigma(self) -> npt.NDArray[np.float64]:
        """Standard deviation of the Gaussian along x, y and z, in bins, shape (3,)."""
    @property
    def simcc_split_ratio(self) -> float:
        """Bins an input pixel."""
    @property
    def normalize(self) -> bool:
        """Whether Gaussians are divided by sigma * sqrt(2 * pi)."""
    @property
    def use_dark(self) -> bool:
        """Whether decoded keypoints are refined with DARK."""
    @property
    def root_index(self) -> list[int]:
        """The keypoints whose mean depth is the root's, a list."""
    @property
    def root_z(self) -> list[float]:
        """The mean depth of roots in the datasets that RTMW3D was trained on, in meters, a list of one."""
    @property
    def z_range(self) -> float:
        """Depth in meters before the root that the input covers, and behind it."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_3d: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCC3DTargets | None = None,
    ) -> SimCC3DTargets:
        """Encode the keypoints of one sample; nothing is written into them.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (others are
                converted). NaN and infinite keypoints have no target and weight 0. A single number
                is the reference's sign of no keypoints: labels and weights are of shape (1,).
            keypoints_3d (array, optional): Shape (N, K, 3), meters, of which the depths z are
                encoded, relative to each instance's own root. Default: no depths.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
            - keypoint_y_labels (array): Shape (N, K, Wy), float32.
            - keypoint_z_labels (array): Shape (N, K, Wz), float32; around depth 1 without depths.
            - lifting_target (array): A copy of ``keypoints_3d``; else ``[None]``.
            - root_z (array): Shape (N,), depths of the roots in meters; else a list, the mean one.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
              keypoints outside along any axis.
            - weight_z (array): ``keypoint_weights`` with depths, zeros without.
            - with_z_label (list): One bool, whether there are depths.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, or a root beyond K.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_3d: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCC3DTargets | None = None,
    ) -> SimCC3DTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_3d (array, optional): Shape (B, N, K, 3), meters. Default: no depths.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; lists hold B items.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, x: ArrayInput, y: ArrayInput, z: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], _Scores]:
        """Decode the vectors of one sample; they are left as they are.

        Args:
            x (array or torch.Tensor): Shape (K, Wx) or (N, K, Wx), float16, float32 or float64.
            y (array or torch.Tensor): Shape (K, Wy) or (N, K, Wy).
            z (array or torch.Tensor): Shape (K, Wz) or (N, K, Wz).

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, 3), float32: input pixels, and meters behind the
              root; N is 1 for (K, W). One bin before the first where no value is above 0.
            - keypoints_simcc (array): Shape (N, K, 3), float32, the same all in input pixels.
            - scores (array): Shape (N, K), the smaller of the maxima along x and y, of the vectors'
              dtype.

        Raises:
            InvalidInputError: For other shapes or dtypes, or vectors without a bin.
        """
    def batch_decode(
        self,
        x: ArrayInput,
        y: ArrayInput,
        z: ArrayInput,
        *,
        flipped: tuple[ArrayInput, ArrayInput, ArrayInput] | None = None,
        flip_indices: _Indices | None = None,
        shift: bool = False,
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], _Scores]:
        """Decode a batch of vectors, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        With ``flipped``, a flip test: the vectors are averaged one by one, as they are decoded, with
        those of the mirrored pictures; only those along x are turned around.

        Args:
            x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
            y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
            z (array or torch.Tensor): Shape (B, K, Wz) or (B, N, K, Wz).
            flipped (tuple of 3 arrays or tensors, optional): What the network answered for the mirrored pictures,
                of the same shapes and dtypes. Default: no flip test.
            flip_indices (sequence of int, optional): For each of K keypoints the index of its mirror
                image, with ``flipped``; ``flip_indices`` of a dataset in MMPose.
            shift (bool): For heatmaps; vectors are not shifted, as in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 3), float32: input pixels, and meters.
            - keypoints_simcc (array): Shape (B, N, K, 3), float32, all in input pixels.
            - scores (array): Shape (B, N, K), of the vectors' dtype.

        Raises:
            InvalidInputError: As for ``decode``; for what does not fit the flip test.
        """

@disjoint_base
class Hand3DHeatmap(BaseKeypointCodec):
    """Represent the joints of two hands as 3D Gaussians, with the depth between the hands' roots and
    the hand type, as InterNet learns them.

    Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).

    Args:
        image_size (tuple): Input size (w, h) in pixels. Default: (256, 256).
        root_heatmap_size (int): Bins of the root depth that is decoded. Default: 64.
        heatmap_size (tuple): Size (w, h, d) of a joint's map, in cells. Default: (64, 64, 64).
        heatmap3d_depth_bound (float): Depth in millimetres that a map covers, half of it before the
            hand's root. Default: 400.0.
        heatmap_size_root (int): Bins of the root depth that is encoded. Default: 64.
        root_depth_bound (float): Root depth in millimetres that its bins cover. Default: 400.0.
        depth_size (int): Cells along the depth of the maps that are decoded. Default: 64.
        use_different_joint_weights (bool): Multiply visibilities by ``dataset_keypoint_weights``.
            Default: False.
        sigma (float): Standard deviation of the Gaussian, in cells. Default: 2.
        joint_indices (list, optional): Joints that have a map, from the end where negative. Default:
            all.
        max_bound (float): Largest value of a map. Default: 1.0.

    Raises:
        InvalidInputError: For a size of 0, a sigma or bound that is not positive and finite.
    """
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
    def image_size(self) -> npt.NDArray[np.int64]:
        """Input size (w, h) in pixels, shape (2,)."""
    @property
    def root_heatmap_size(self) -> int:
        """Bins of the root depth that is decoded."""
    @property
    def heatmap_size(self) -> npt.NDArray[np.int64]:
        """Size (w, h, d) of a joint's map, in cells, shape (3,)."""
    @property
    def heatmap3d_depth_bound(self) -> float:
        """Depth that a map covers, in millimetres."""
    @property
    def heatmap_size_root(self) -> int:
        """Bins of the root depth that is encoded."""
    @property
    def root_depth_bound(self) -> float:
        """Root depth that its bins cover, in millimetres."""
    @property
    def depth_size(self) -> int:
        """Cells along the depth of the maps that are decoded."""
    @property
    def use_different_joint_weights(self) -> bool:
        """Whether visibilities are multiplied by the weights of the dataset's keypoints."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in cells."""
    @property
    def joint_indices(self) -> list[int] | None:
        """The joints that have a map, a list; ``None`` for all."""
    @property
    def max_bound(self) -> float:
        """Largest value of a map."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels a map cell along x and y, float32, shape (2,)."""
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
    ) -> Hand3DTargets:
        """Encode the joints of one sample.

        Args:
            keypoints (array): Shape (N, K, 3): input pixels, and millimetres of depth behind the
                hand's root; float32 or float64 (others are converted). NaN and infinite joints have
                a map of zeros and weight 0. Instances share the maps; the larger value stays.
            keypoints_visible (array, optional): Shape (N, K). ``None``: all visible. Joints out of
                sight have a map, too.
            dataset_keypoint_weights (array, optional): Shape (K,), of the joints that have a map;
                read with ``use_different_joint_weights`` alone.
            rel_root_depth (float): Depth of the left hand's root behind the right one's, in
                millimetres.
            rel_root_valid (float): Its weight.
            hand_type (array): Shape (1, 2) or (2,): whether there is a right hand, and a left one.
            hand_type_valid (array): Its weight: a number, or shape (1,) or (2,).
            focal (array): Not used; the reference takes it.
            principal_pt (array): Not used; the reference takes it.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict:
            - heatmaps (array): Shape (K * D, H, W), float32: D planes a joint.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for joints
              beyond ``heatmap3d_depth_bound``.
            - root_depth (array): Shape (1,), in bins of ``heatmap_size_root``.
            - type (array): ``hand_type``.
            - type_weight (array): ``hand_type_valid``.
            - root_depth_weight (array): Shape (1,), ``rel_root_valid``, or 0 beyond
              ``root_depth_bound``.

        Raises:
            InvalidInputError: For shapes, dtypes or an ``out`` that do not fit, ``joint_indices``
                beyond K, or weights that are needed and missing.
        """
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
    ) -> Hand3DTargets:
        """Encode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 3); as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). ``None``: all visible.
            dataset_keypoint_weights (array, optional): Shape (K,), for all samples.
            rel_root_depth (array): Shape (B,) or (B, 1), in millimetres.
            rel_root_valid (array): Shape (B,) or (B, 1).
            hand_type (array): Shape (B, 1, 2) or (B, 2).
            hand_type_valid (array): Shape (B,), (B, 1) or (B, 2).
            focal (array): Not used.
            principal_pt (array): Not used.
            out (dict, optional): C-contiguous, writable arrays to fill, as the answer holds them.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, heatmaps: ArrayInput, root_depth: ArrayInput, hand_type: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores, _Scores, npt.NDArray[np.int64]]:
        """Decode what a network answered for one sample.

        Args:
            heatmaps (array or torch.Tensor): Shape (K, D, H, W), float16, float32 or float64.
            root_depth (array or torch.Tensor): One number, of shape (1,) or (1, 1), in bins of
                ``root_heatmap_size``; float16, float32 or float64.
            hand_type (array or torch.Tensor): Shape (2,) or (1, 2): above 0 where there is a right
                hand, and a left one.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 3), float32: input pixels, and millimetres of depth
              behind the hand's root. One cell before the first where no value is above 0.
            - scores (array): Shape (1, K), of the maps' dtype.
            - rel_root_depth (array): In millimetres, of ``root_depth``'s shape and dtype.
            - hand_type (array): Shape (1, 2), int64, 0 or 1.

        Raises:
            InvalidInputError: For other shapes or dtypes, or maps without a cell.
        """
    def batch_decode(
        self, heatmaps: ArrayInput, root_depth: ArrayInput, hand_type: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores, _Scores, npt.NDArray[np.int64]]:
        """Decode a batch, on several threads where it is worth it (see
        :func:`posecodec_rs.set_num_threads`).

        Args:
            heatmaps (array or torch.Tensor): Shape (B, K, D, H, W).
            root_depth (array or torch.Tensor): Shape (B,), (B, 1) or (B, 1, 1).
            hand_type (array or torch.Tensor): Shape (B, 2) or (B, 1, 2).

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 3), float32.
            - scores (array): Shape (B, 1, K), of the maps' dtype.
            - rel_root_depth (array): Of ``root_depth``'s shape and dtype.
            - hand_type (array): Shape (B, 1, 2), int64.

        Raises:
            InvalidInputError: As for ``decode``.
        """

_Codec = TypeVar("_Codec", bound=BaseKeypointCodec)

def _unpickle(
    cls: type[_Codec], made: tuple[type[BaseKeypointCodec], dict[str, Any]] | None
) -> _Codec: ...
def get_num_threads() -> int:
    """The number of threads that batches may use.

    What :func:`set_num_threads` said; else the environment variable ``POSECODEC_NUM_THREADS``; else
    the processors that this process may use. Calls for one sample never use more than one.
    """

def set_num_threads(num_threads: int) -> None:
    """Sets the number of threads that batches of this process may use.

    Args:
        num_threads (int): 1 to 1024; 0 restores the default.

    Raises:
        InvalidInputError: For anything else.
    """

def simd_tiers() -> tuple[list[_Tier], _Tier]:
    """The vector instructions that the kernels could use here, narrowest first, and those that they
    use now: ``(["baseline", "avx2", "avx512"], "avx512")``.
    """

def force_simd_tier(tier: _Tier | None) -> None:
    """Makes the kernels of this process use these vector instructions, or the widest again (``None``).
    For tests and benchmarks: the answers are the same.

    Args:
        tier (str, optional): One of :func:`simd_tiers`.

    Raises:
        InvalidInputError: For a tier that this processor does not have.
    """

def to_image(
    keypoints: ArrayInput, center: ArrayInput, scale: ArrayInput, input_size: _Size
) -> _Poses:
    """Take keypoints from a network's input back to the picture that it was cropped from.

    As MMPose's top-down estimators: ``keypoints / input_size * scale + center - 0.5 * scale``. A crop
    that was rotated needs its inverse affine transform instead.

    Args:
        keypoints (array): Shape (K, D), (N, K, D) or (B, N, K, D), D at least 2: x and y in input
            pixels, and what stays as it is, such as a depth; float32 or float64 (others are
            converted).
        center (array): The crop's center in pixels of the picture: shape (2,) or (1, 2), or, for
            keypoints of several crops, (B, K, D) or (B, N, K, D), shape (B, 2).
        scale (array): The crop's width and height in pixels of the picture, shaped as ``center`` may
            be.
        input_size (tuple): Input size (w, h) in pixels.

    Returns:
        array: Keypoints in pixels of the picture, of the same shape and dtype, computed in float64.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, or an input size of 0.
    """

# The helpers of `posecodec_rs.functional`.

def generate_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: ArrayInput
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate Gaussian heatmaps of keypoints, around the cells that they round to.

    Paper: `Simple Baselines <https://arxiv.org/abs/1804.06208>`_ (Xiao et al. 2018).

    Args:
        heatmap_size (tuple): Size (W, H) in cells.
        keypoints (array): Shape (N, K, 2), in cells; float32 or float64 (others are converted). NaN
            and infinite keypoints have no Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        sigma (float or array): Standard deviation in cells, or one an instance; 0 is one cell.

    Returns:
        tuple:
        - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the larger value stays.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          keypoints outside.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, a size of 0, sigmas that are negative,
            not finite or too few.
    """

def generate_udp_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate Gaussian heatmaps of keypoints, as UDP does: the peaks where the keypoints are.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H) in cells.
        keypoints (array): Shape (N, K, 2), in cells; float32 or float64 (others are converted). NaN
            and infinite keypoints have no Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        sigma (float): Standard deviation in cells.

    Returns:
        tuple:
        - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the larger value stays.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          keypoints outside.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, a size of 0, a sigma that is negative
            or not finite.
    """

def generate_unbiased_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate Gaussian heatmaps of keypoints that are neither rounded nor cut off.

    Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H) in cells.
        keypoints (array): Shape (N, K, 2), in cells; float32 or float64 (others are converted). NaN
            and infinite keypoints have no Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        sigma (float): Standard deviation in cells.

    Returns:
        tuple:
        - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the larger value stays.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          keypoints outside.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, a size of 0, a sigma that is negative
            or not finite.
    """

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
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate three-dimensional Gaussian heatmaps of keypoints.

    Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H, D) in cells.
        keypoints (array): Shape (N, K, C), of which x and y in pixels of the picture and the depth are
            used; float32 or float64 (others are converted). NaN and infinite keypoints have no
            Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K).
        sigma (float or array): Standard deviation in cells, or one an instance.
        image_size (tuple): Size (w, h) of the picture in pixels.
        heatmap3d_depth_bound (float): The depth that the maps cover. Default: 400.
        joint_indices (list, optional): The joints that have a map, by their index. Default: all.
        max_bound (float): The largest value of the maps. Default: 1.
        use_different_joint_weights (bool): Multiply visibilities by the dataset's weights. Default:
            False.
        dataset_keypoint_weights (array, optional): Shape (K,), a weight a joint with a map.

    Returns:
        tuple:
        - heatmaps (array): Shape (K·D, H, W), float32. Where instances overlap, the larger value stays.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          depths beyond the bound.

    Raises:
        InvalidInputError: For shapes, dtypes or indices that do not fit, sizes, bounds or sigmas that
            are not positive and finite.
    """

def generate_offset_heatmap(
    heatmap_size: _Size,
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput,
    radius_factor: float,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate offset heatmaps of keypoints: three maps each, 1 near the keypoint, and the offsets to it
    along x and y.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H) in cells.
        keypoints (array): Shape (N, K, D), of which x and y, in cells, are used; float32 or float64
            (others are converted). NaN and infinite keypoints have no maps and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        radius_factor (float): The radius, in which offsets are measured, in units of max(W, H).

    Returns:
        tuple:
        - heatmaps (array): Shape (K·3, H, W), float32. Of several instances the last shows.
        - keypoint_weights (array): The visibilities.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, a size of 0, a factor that is not
            positive and finite.
    """

def generate_displacement_heatmap(
    heatmap_size: _Size,
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput,
    roots: ArrayInput,
    roots_visible: ArrayInput,
    diagonal_lengths: ArrayInput,
    radius: float,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Generate displacement heatmaps of keypoints: around each instance's root, the ways from there to
    its keypoints.

    Paper: `Single-stage Multi-person Pose Machines <https://arxiv.org/abs/1908.09220>`_ (Nie et al.
    2019).

    Args:
        heatmap_size (tuple): Size (W, H) in cells.
        keypoints (array): Shape (N, K, 2), in cells; float32 or float64 (others are converted). Those
            outside have no displacements.
        keypoints_visible (array): Shape (N, K); below 1 a keypoint has no displacements.
        roots (array): Shape (N, 2), in cells; instances whose root is outside have none.
        roots_visible (array): Shape (N,); below 1 an instance has none.
        diagonal_lengths (array): Shape (N,), in cells, of the instances' boxes. Where instances
            overlap, the smaller one shows.
        radius (float): How far around the roots there are displacements, in cells.

    Returns:
        tuple:
        - displacements (array): Shape (K·2, H, W), float32, in cells.
        - displacement_weights (array): Shape (K·2, H, W), float32: one over the diagonal; 0 far from
          roots.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, a size of 0, a radius that is not
            finite.
    """

def get_instance_root(
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput | None = None,
    root_type: _RootType = "kpt_center",
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Where instances are, from their visible keypoints.

    Args:
        keypoints (array): Shape (N, K, 2); float32 or float64 (others are converted). NaN and
            infinite keypoints count as not visible.
        keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.
        root_type (str): ``'kpt_center'``, the mean of the keypoints, or ``'bbox_center'``, the center
            of the box around them. Default: ``'kpt_center'``.

    Returns:
        tuple:
        - roots_coordinate (array): Shape (N, 2), float32; 0 where no keypoint is visible.
        - roots_visible (array): Shape (N,), float32: 1, or 0 where no keypoint is visible.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, another type.
    """

def get_instance_bbox(
    keypoints: ArrayInput, keypoints_visible: ArrayInput | None = None
) -> npt.NDArray[np.float32]:
    """The boxes around instances' visible keypoints.

    Args:
        keypoints (array): Shape (N, K, 2); float32 or float64 (others are converted). NaN and
            infinite keypoints count as not visible.
        keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.

    Returns:
        array: Shape (N, 4), float32: x1, y1, x2, y2; zeros where no keypoint is visible.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit.
    """

def get_diagonal_lengths(
    keypoints: ArrayInput, keypoints_visible: ArrayInput | None = None
) -> npt.NDArray[np.float32]:
    """The diagonals of the boxes around instances' visible keypoints.

    Args:
        keypoints (array): Shape (N, K, 2); float32 or float64 (others are converted). NaN and
            infinite keypoints count as not visible.
        keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.

    Returns:
        array: Shape (N,), float32; 0 where no keypoint is visible.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit.
    """

def get_heatmap_maximum(heatmaps: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
    """Where heatmaps are largest, and how large.

    Args:
        heatmaps (array): Shape (K, H, W) or (B, K, H, W); of any real numbers.

    Returns:
        tuple:
        - locs (array): Shape (K, 2) or (B, K, 2), float32: x and y of the first maximum, in cells; -1
          where no value is above 0. NaN counts as largest.
        - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.

    Raises:
        InvalidInputError: For another number of dimensions, maps without a cell.
    """

def get_heatmap_3d_maximum(heatmaps: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
    """Where three-dimensional heatmaps are largest, and how large.

    Args:
        heatmaps (array): Shape (K, D, H, W) or (B, K, D, H, W); of any real numbers.

    Returns:
        tuple:
        - locs (array): Shape (K, 3) or (B, K, 3), float32: x, y and z of the first maximum, in cells;
          -1 where no value is above 0. NaN counts as largest.
        - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.

    Raises:
        InvalidInputError: For another number of dimensions, maps without a cell.
    """

def get_simcc_maximum(
    simcc_x: ArrayInput, simcc_y: ArrayInput, apply_softmax: bool = False
) -> tuple[npt.NDArray[np.float32], _Scores]:
    """Where SimCC vectors are largest along x and y, and how large.

    Paper: `SimCC <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).

    Args:
        simcc_x (array): Shape (K, Wx) or (N, K, Wx); float16, float32 or float64.
        simcc_y (array): Shape (K, Wy) or (N, K, Wy).
        apply_softmax (bool): Of the vectors' softmax. Default: False.

    Returns:
        tuple:
        - locs (array): Shape (K, 2) or (N, K, 2), float32: the bins of the first maxima along x and
          y; -1 where the value is not above 0.
        - vals (array): Shape (K,) or (N, K), the lesser of both maxima, of the dtype of ``simcc_x``.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, vectors without a bin.
    """

def get_simcc_normalized(batch_pred_simcc: _InKind, sigma: float | None = None) -> _InKind:
    """Bring SimCC vectors to a scale of 0 to 1.

    Args:
        batch_pred_simcc (array or Tensor): Shape (B, K, W); float16, float32 or float64, of tensors
            bfloat16 as well.
        sigma (float, optional): Standard deviation in bins of the Gaussians that the vectors were
            trained with: they are divided by ``sigma`` · √2π first. Default: not divided.

    Returns:
        array or Tensor: As ``batch_pred_simcc``: of the same dtype and on the same device, outside the
        graph of gradients. Negative values are 0, and vectors that exceed 1 are divided by their
        maximum.

    Raises:
        InvalidInputError: For a shape or dtype that does not fit, a sigma that is not positive and
            finite.
    """

def batch_heatmap_nms(batch_heatmaps: _InKind, kernel_size: int = 5) -> _InKind:
    """Keep what is the largest of its neighborhood in heatmaps, and make all else 0.

    Args:
        batch_heatmaps (array or Tensor): Shape (B, K, H, W); float16, float32 or float64, of tensors
            bfloat16 as well.
        kernel_size (int): Size of the neighborhood, odd. Default: 5.

    Returns:
        array or Tensor: As ``batch_heatmaps``: on the same device, outside the graph of gradients;
        tensors of half precision become float32, as torch multiplies them.

    Raises:
        InvalidInputError: For an even kernel, a shape or dtype that does not fit.
    """

def gaussian_blur(heatmaps: ArrayInput, kernel: int = 11) -> _Scores:
    """Blur heatmaps with OpenCV's Gaussian, each scaled back to its former maximum.

    Zeros lie outside. Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        heatmaps (array): Shape (K, H, W); float16, float32 or float64. It is left as it is.
        kernel (int): Size of the Gaussian kernel, odd: 17 for a sigma of 3, 11 for 2. Default: 11.

    Returns:
        array: Shape (K, H, W), of the heatmaps' dtype; computed in float32.

    Raises:
        InvalidInputError: For an even kernel, a shape or dtype that does not fit.
    """

def gaussian_blur1d(simcc: ArrayInput, kernel: int = 11) -> _Scores:
    """Blur SimCC vectors with OpenCV's Gaussian, each scaled back to its former maximum.

    Zeros lie outside.

    Args:
        simcc (array): Shape (N, K, W); float16, float32 or float64. It is left as it is.
        kernel (int): Size of the Gaussian kernel, odd: 17 for a sigma of 3, 11 for 2. Default: 11.

    Returns:
        array: Shape (N, K, W), of the vectors' dtype; computed in float32.

    Raises:
        InvalidInputError: For an even kernel, a shape or dtype that does not fit.
    """

def refine_keypoints(keypoints: ArrayInput, heatmaps: ArrayInput) -> _Scores:
    """Move keypoints by a quarter of a cell towards the larger neighbor along each axis.

    Args:
        keypoints (array): Shape (N, K, 2), in cells; float16, float32 or float64. It is left as it is.
        heatmaps (array): Shape (K, H, W); float16, float32 or float64.

    Returns:
        array: Shape (N, K, 2), of the keypoints' dtype. Keypoints outside stay where they are.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit.
    """

def refine_keypoints_dark(
    keypoints: ArrayInput, heatmaps: ArrayInput, blur_kernel_size: int
) -> _Scores:
    """Move keypoints to the summits beside them, as DARK estimates them.

    Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        keypoints (array): Shape (N, K, D), of which x and y, in cells, are refined; float16, float32
            or float64. It is left as it is.
        heatmaps (array): Shape (K, H, W); float16, float32 or float64. It is left as it is.
        blur_kernel_size (int): Size of the Gaussian that the heatmaps are blurred with, odd.

    Returns:
        array: Shape (N, K, D), of the keypoints' dtype. Keypoints within two cells of the border or
        outside, or where the Hessian is singular, stay where they are.

    Raises:
        InvalidInputError: For an even kernel, shapes or dtypes that do not fit.
    """

def refine_keypoints_dark_udp(
    keypoints: ArrayInput, heatmaps: ArrayInput, blur_kernel_size: int
) -> _Scores:
    """Move keypoints to the summits beside them, as UDP's variant of DARK estimates them.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        keypoints (array): Shape (N, K, 2), in cells; float16, float32 or float64. It is left as it is.
        heatmaps (array): Shape (K, H, W); float16, float32 or float64. It is left as it is.
        blur_kernel_size (int): Size of the Gaussian that the heatmaps are blurred with, odd.

    Returns:
        array: Shape (N, K, 2), of the keypoints' dtype. Keypoints outside, or where the Hessian is
        singular, stay where they are.

    Raises:
        InvalidInputError: For an even kernel, shapes or dtypes that do not fit.
    """

def refine_simcc_dark(keypoints: ArrayInput, simcc: ArrayInput, blur_kernel_size: int) -> _Scores:
    """Move places along an axis to the summits beside them, as DARK estimates them.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        keypoints (array): Shape (N, K), in bins; float16, float32 or float64. It is left as it is.
        simcc (array): Shape (N, K, W); float16, float32 or float64. It is left as it is.
        blur_kernel_size (int): Size of the Gaussian that the vectors are blurred with, odd.

    Returns:
        array: Shape (N, K), of the keypoints' dtype. Places outside stay where they are.

    Raises:
        InvalidInputError: For an even kernel, shapes or dtypes that do not fit.
    """

def camera_to_pixel(
    kpts_3d: ArrayInput, fx: float, fy: float, cx: float, cy: float, shift: bool = False
) -> _Scores:
    """Project points from a camera's space to its picture.

    Args:
        kpts_3d (array): Shape (..., D), D at least 3: x, y and depth; float32 or float64 (others are
            converted).
        fx (float): Focal length along x.
        fy (float): Focal length along y.
        cx (float): Principal point, x.
        cy (float): Principal point, y.
        shift (bool): Add 1e-8 to the depths. Default: False.

    Returns:
        array: Shape (..., 2), of the points' dtype, in the units of the focal lengths.

    Raises:
        InvalidInputError: For a shape or dtypes that do not fit.
    """

def pixel_to_camera(kpts_3d: ArrayInput, fx: float, fy: float, cx: float, cy: float) -> _Scores:
    """Find the points in a camera's space that are seen at places in its picture.

    Args:
        kpts_3d (array): Shape (..., D), D at least 3: x and y in the units of the focal lengths, and
            depth; float32 or float64 (others are converted). It is left as it is.
        fx (float): Focal length along x.
        fy (float): Focal length along y.
        cx (float): Principal point, x.
        cy (float): Principal point, y.

    Returns:
        array: Shape (..., D), of the points' dtype; depths, and what follows them, are those given.

    Raises:
        InvalidInputError: For a shape or dtypes that do not fit.
    """

def camera_to_image_coord(
    root_index: int, kpts_3d_cam: ArrayInput, camera_param: Mapping[str, Any]
) -> tuple[_Scores, _Scores]:
    """Project poses from a camera's space to its picture, depths in the same units, relative to the root.

    Paper: `MotionBERT <https://arxiv.org/abs/2210.06551>`_ (Zhu et al. 2023).

    Args:
        root_index (int): The root, by its index; from the end where negative.
        kpts_3d_cam (array): Shape (N, K, 3) or (K, 3): x, y and depth; float32 or float64 (others are
            converted).
        camera_param (dict): The camera: ``f``, focal lengths, and ``c``, principal point, arrays of
            shape (2,) or (2, 1), in pixels. They are counted in thousands.

    Returns:
        tuple:
        - kpts_3d_image (array): As ``kpts_3d_cam``, in units of the picture.
        - factor (array): Shape (N,), of the same dtype: times this, the picture's units are the
          camera's again.

    Raises:
        InvalidInputError: For shapes, dtypes or an index that do not fit, a camera without ``f`` or
            ``c``.
    """
