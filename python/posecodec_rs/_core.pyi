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
    AssociativeEmbeddingProfiles,
    AssociativeEmbeddingTargets,
    CameraParam,
    CombinedProfiles,
    DecoupledTargets,
    EDPoseTargets,
    Hand3DTargets,
    HeatmapProfiles,
    HeatmapTargets,
    ImagePoseTargets,
    IntegralRegressionProfiles,
    IntegralRegressionTargets,
    ListedAssociativeEmbeddingTargets,
    ListedDecoupledTargets,
    ListedEDPoseTargets,
    ListedYOLOXPoseTargets,
    MotionBERTTargets,
    RegressionTargets,
    SimCC3DTargets,
    SimCCTargets,
    SKPSTargets,
    SPRProfiles,
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
    "SKPSHeatmap",
    "SimCC3DLabel",
    "SimCCLabel",
    "UDPHeatmap",
    "VideoPoseLifting",
    "YOLOXPoseAnnotationProcessor",
    "__version__",
    "cache_clear",
    "force_simd_tier",
    "get_cache_limit",
    "get_num_threads",
    "set_cache_limit",
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
    """An argument has a wrong value, shape or type.

    The message names the argument, what it must be and what it is. The class is a ``ValueError`` and an
    ``AssertionError``, because MMPose raises one or the other for wrong input.
    """

@disjoint_base
class BaseKeypointCodec:
    """The base class of all keypoint codecs.

    A codec turns keypoints into training targets (``encode``) and network outputs back into
    keypoints (``decode``). A codec written in Python derives from this class and implements both.

    A codec is immutable, so threads can share it, and it can be pickled. Two codecs are equal if
    they have the same class and were constructed with equal arguments.

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
        """Whether the codec implements ``batch_decode``; MMPose's heads read this."""
    # Codecs take different arguments: any override is compatible with these signatures.
    def encode(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Encode one sample: keypoints (N, K, D) in input pixels and visibilities (N, K) become a dict
        of target arrays.
        """
    def decode(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Decode the network outputs of one sample to keypoints (N, K, D) in input pixels and scores
        (N, K).
        """
    def batch_encode(self, *args: Any, **kwargs: Any) -> Mapping[str, Any]:
        """Encode a batch: keypoints (B, N, K, D) and visibilities (B, N, K) become a dict of arrays
        with a leading B.
        """
    def batch_decode(self, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
        """Decode a batch: the arguments of ``decode`` with a leading B become keypoints (B, N, K, D)
        and scores (B, N, K).
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
        dtype: npt.DTypeLike | None = None,
    ) -> RegressionTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have label 0 and weight 0.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - keypoint_labels (array): Shape (N, K, 2), float32, in units of the input size.
            - keypoint_weights (array): Shape (N, K), float32; 1 for visible keypoints inside the
              input, else 0.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: RegressionTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> RegressionTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode the regressed coordinates of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, 2), in units of the input size, or
                (N, K, 4) with one sigma per axis; float16, float32 or float64.

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
            - scores (array): Shape (B, N, K), as for ``decode``.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class IntegralRegressionLabel(BaseKeypointCodec):
    """Represent keypoints as coordinates and as heatmaps that add up to 1.

    Paper: `DSNT <https://arxiv.org/abs/1801.07372>`_ (Nibali et al. 2018).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        sigma (float): Standard deviation of the Gaussian, in heatmap pixels.
        unbiased (bool): Encode without rounding the center. Default: False.
        blur_kernel_size (int): As for :class:`MSRAHeatmap`; odd. Default: 11.
        normalize (bool): Divide every heatmap by its sum. Default: True.

    Raises:
        InvalidInputError: For a size of 0, a sigma that is not positive and finite, or an even kernel size.
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
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in pixels."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in heatmap pixels."""
    @property
    def unbiased(self) -> bool:
        """Encode without rounding the center."""
    @property
    def blur_kernel_size(self) -> int:
        """As for :class:`MSRAHeatmap`; odd."""
    @property
    def heatmap_codec(self) -> MSRAHeatmap:
        """The codec of the heatmaps, a :class:`MSRAHeatmap`."""
    @property
    def keypoint_codec(self) -> RegressionLabel:
        """The codec of the coordinates, a :class:`RegressionLabel`."""
    @property
    def normalize(self) -> bool:
        """Divide every heatmap by its sum."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: IntegralRegressionTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> IntegralRegressionTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - keypoint_labels (array): Shape (1, K, 2), float32, in units of the input size.
            - heatmaps (array): Shape (K, H, W), float32.
            - keypoint_weights (array): Shape (1, K), float32; 1 for visible keypoints inside the
              input, else 0.

        Raises:
            InvalidInputError: For more than one instance, or a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: IntegralRegressionTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> IntegralRegressionTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode the regressed coordinates of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, 2), in units of the input size, or
                (N, K, 4) with one sigma per axis; float16, float32 or float64.

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
            - scores (array): Shape (B, N, K), as for ``decode``.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    def encode_profiles(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: IntegralRegressionProfiles | None = None,
    ) -> IntegralRegressionProfiles:
        """Encode a batch to profiles instead of heatmaps.

        The heatmaps of ``batch_encode``, bit-identical, are products in float32:
        ``y_profiles[..., :, None] * x_profiles[..., None, :] * heatmap_factors[..., None, None]``.
        With ``unbiased``, x_profiles below ``numpy.finfo('f4').tiny / y_profiles`` count as 0.

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - keypoint_labels (array): As for ``batch_encode``.
            - x_profiles (array): Shape (B, K, W), float32.
            - y_profiles (array): Shape (B, K, H), float32.
            - heatmap_factors (array): Shape (B, K), float32.
            - keypoint_weights (array): As for ``batch_encode``.

        Raises:
            InvalidInputError: As for ``batch_encode``.
        """

@disjoint_base
class MSRAHeatmap(BaseKeypointCodec):
    """Represent keypoints as Gaussian heatmaps via the "MSRA" approach.

    Papers: `Simple Baselines for Human Pose Estimation and Tracking
    <https://arxiv.org/abs/1804.06208>`_ (Xiao et al. 2018); with ``unbiased``, `DarkPose
    <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        sigma (float): Standard deviation of the Gaussian, in heatmap pixels.
        unbiased (bool): Encode without rounding the center, and decode with DARK instead of a shift by a quarter of
            a heatmap pixel. Default: False.
        blur_kernel_size (int): Kernel size of DARK's Gaussian blur, odd (11 suits sigma 2, 17 suits sigma 3). Default: 11.

    Raises:
        InvalidInputError: For a size of 0, a sigma that is not positive and finite, or an even kernel size.
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
        """Heatmap size (W, H) in pixels."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in heatmap pixels."""
    @property
    def unbiased(self) -> bool:
        """Encode without rounding the center, and decode with DARK instead of a shift by a quarter of
        a heatmap pixel.
        """
    @property
    def blur_kernel_size(self) -> int:
        """Kernel size of DARK's Gaussian blur, odd (11 suits sigma 2, 17 suits sigma 3)."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel, w/W and h/H, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> HeatmapTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), 1 at the keypoint, float32.
            - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for
              keypoints whose Gaussian is outside the map.

        Raises:
            InvalidInputError: For more than one instance, or a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> HeatmapTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

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
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One heatmap pixel
              before the first where no value is above 0.
            - scores (array): Shape (1, K), the maxima, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
        """
    @overload
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (K, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One heatmap pixel
              before the first where no value is above 0.
            - scores (array): Shape (1, K), the maxima, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
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
        """Decode a batch of heatmaps.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or
                float64.
            flipped (array or torch.Tensor, optional): The heatmaps of the mirrored images, of the
                same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move the maps that are flipped back by one pixel to the right; the first
                column stays: ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
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
        """Decode a batch of heatmaps.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or
                float64.
            flipped (array or torch.Tensor, optional): The heatmaps of the mirrored images, of the
                same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move the maps that are flipped back by one pixel to the right; the first
                column stays: ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
        """

    def encode_profiles(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapProfiles | None = None,
    ) -> HeatmapProfiles:
        """Encode a batch to profiles instead of heatmaps.

        The heatmaps of ``batch_encode``, bit-identical, are products of two
        profiles in float32: ``y_profiles[..., :, None] * x_profiles[..., None, :]``.
        With ``unbiased``, x_profiles below ``numpy.finfo('f4').tiny / y_profiles`` count as 0: heatmaps
        have no subnormal numbers.

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - x_profiles (array): Shape (B, K, W), float32.
            - y_profiles (array): Shape (B, K, H), float32.
            - keypoint_weights (array): As for ``batch_encode``.

        Raises:
            InvalidInputError: As for ``batch_encode``.
        """
    @property
    def window_size(self) -> int | None:
        """Side S of the windows that ``decode_windows`` takes, in heatmap pixels. None if the blur kernel has more than 59 taps."""
    @overload
    def decode_windows(
        self,
        windows: npt.NDArray[_Float],
        indices: ArrayInput,
        *,
        size: _Size | None = None,
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[_Float], npt.NDArray[np.bool_]]:
        """Decode windows around the maxima of heatmaps.

        The results are those of ``batch_decode`` of the whole heatmaps, bit-identical, except where
        ``needs_map`` is true.

        Args:
            windows (array or torch.Tensor): Shape (B, K, S, S), with S the ``window_size``; float16,
                float32 or float64. The maximum of each heatmap is at the center: of equal values the
                first, or the first NaN. Pixels outside the heatmap may have any value.
            indices (array or torch.Tensor): Shape (B, K), integers: the pixel of each maximum, as
                y * W + x.
            size (tuple, optional): Size (W, H) of the heatmaps. Default: ``heatmap_size``.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the windows' dtype.
            - needs_map (array): Shape (B, K), bool: the window is not enough, and the keypoint must
              be decoded from the whole heatmap.

        Raises:
            InvalidInputError: For another shape or dtype, an index outside the heatmap, or if
                ``window_size`` is None.
        """
    @overload
    def decode_windows(
        self, windows: ArrayInput, indices: ArrayInput, *, size: _Size | None = None
    ) -> tuple[npt.NDArray[np.float32], _Scores, npt.NDArray[np.bool_]]:
        """Decode windows around the maxima of heatmaps.

        The results are those of ``batch_decode`` of the whole heatmaps, bit-identical, except where
        ``needs_map`` is true.

        Args:
            windows (array or torch.Tensor): Shape (B, K, S, S), with S the ``window_size``; float16,
                float32 or float64. The maximum of each heatmap is at the center: of equal values the
                first, or the first NaN. Pixels outside the heatmap may have any value.
            indices (array or torch.Tensor): Shape (B, K), integers: the pixel of each maximum, as
                y * W + x.
            size (tuple, optional): Size (W, H) of the heatmaps. Default: ``heatmap_size``.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the windows' dtype.
            - needs_map (array): Shape (B, K), bool: the window is not enough, and the keypoint must
              be decoded from the whole heatmap.

        Raises:
            InvalidInputError: For another shape or dtype, an index outside the heatmap, or if
                ``window_size`` is None.
        """

@disjoint_base
class UDPHeatmap(BaseKeypointCodec):
    """Represent keypoints as heatmaps by Unbiased Data Processing (UDP).

    Paper: `The Devil is in the Details: Delving into Unbiased Data Processing for Human Pose
    Estimation <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    As in MMPose, encoding scales by (w-1)/(W-1) and decoding by w/(W-1): a decoded keypoint is up
    to one pixel farther from the origin than the encoded one. For crops that were made with
    MMPose's ``use_udp``, :func:`posecodec_rs.to_image` maps it to the image exactly. For plainly
    resized crops, multiply decoded keypoints by (w-1)/w and (h-1)/h first.

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        heatmap_type (str): ``'gaussian'``, one map per keypoint, or ``'combined'``, three maps per keypoint: 1 near it,
            and the offsets to it along x and y in units of the radius. Default: "gaussian".
        sigma (float): Standard deviation of the Gaussian, in heatmap pixels. Default: 2.0.
        radius_factor (float): Radius of the combined maps, in units of max(W, H). Default: 0.0546875.
        blur_kernel_size (int): Kernel size of the Gaussian blur before decoding, odd for Gaussian maps. Combined maps are
            blurred with a kernel of twice this size plus 1. Default: 11.

    Raises:
        InvalidInputError: For a size of 0, an unknown type, a sigma or radius factor that is not positive and finite,
            or an even kernel size.
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
        """Heatmap size (W, H) in pixels."""
    @property
    def heatmap_type(self) -> Literal["gaussian", "combined"]:
        """``'gaussian'``, one map per keypoint, or ``'combined'``, three maps per keypoint: 1 near it,
        and the offsets to it along x and y in units of the radius.
        """
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in heatmap pixels."""
    @property
    def radius_factor(self) -> float:
        """Radius of the combined maps, in units of max(W, H)."""
    @property
    def blur_kernel_size(self) -> int:
        """Kernel size of the Gaussian blur before decoding, odd for Gaussian maps. Combined maps are
        blurred with a kernel of twice this size plus 1.
        """
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel, (w-1)/(W-1) and (h-1)/(H-1), shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> HeatmapTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), or (3K, H, W) for combined maps, float32.
            - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for
              keypoints whose Gaussian is outside the map.

        Raises:
            InvalidInputError: For more than one instance, or a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> HeatmapTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

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
            - keypoints (array): Shape (1, K, 2), input pixels, float64. One heatmap pixel
              before the first where no value is above 0.
            - scores (array): Shape (1, K), the maxima (of the blurred class maps, if combined), of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
        """
    @overload
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float64], _Scores]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (C, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float64. One heatmap pixel
              before the first where no value is above 0.
            - scores (array): Shape (1, K), the maxima (of the blurred class maps, if combined), of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
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
        """Decode a batch of heatmaps.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, C, H, W), float16, float32 or
                float64.
            flipped (array or torch.Tensor, optional): The heatmaps of the mirrored images, of the
                same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move the maps that are flipped back by one pixel to the right; the first
                column stays: ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float64.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
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
        """Decode a batch of heatmaps.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, C, H, W), float16, float32 or
                float64.
            flipped (array or torch.Tensor, optional): The heatmaps of the mirrored images, of the
                same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move the maps that are flipped back by one pixel to the right; the first
                column stays: ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float64.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
        """

    def encode_profiles(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapProfiles | CombinedProfiles | None = None,
    ) -> HeatmapProfiles | CombinedProfiles:
        """Encode a batch to profiles instead of heatmaps.

        The heatmaps of ``batch_encode``, bit-identical, are products of two
        profiles in float32: ``y_profiles[..., :, None] * x_profiles[..., None, :]``.
        Combined maps are 1 where ``y_squares[..., :, None] + x_squares[..., None, :] <= 1``, else 0, and
        the offsets, repeated along the other axis.

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - x_profiles (array): Shape (B, K, W), float32.
            - y_profiles (array): Shape (B, K, H), float32.
            - keypoint_weights (array): As for ``batch_encode``.

        Instead of profiles, combined maps have:

        - x_offsets, y_offsets (array): Shapes (B, K, W) and (B, K, H), float32.
        - x_squares, y_squares (array): Of these shapes, float64.

        Raises:
            InvalidInputError: As for ``batch_encode``.
        """
    @property
    def window_size(self) -> int | None:
        """Side S of the windows that ``decode_windows`` takes, in heatmap pixels. None for combined maps, or if the blur kernel has more than 59 taps."""
    @overload
    def decode_windows(
        self,
        windows: npt.NDArray[_Float],
        indices: ArrayInput,
        *,
        size: _Size | None = None,
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[_Float], npt.NDArray[np.bool_]]:
        """Decode windows around the maxima of heatmaps.

        The results are those of ``batch_decode`` of the whole heatmaps, bit-identical, except where
        ``needs_map`` is true.

        Args:
            windows (array or torch.Tensor): Shape (B, K, S, S), with S the ``window_size``; float16,
                float32 or float64. The maximum of each heatmap is at the center: of equal values the
                first, or the first NaN. Pixels outside the heatmap may have any value.
            indices (array or torch.Tensor): Shape (B, K), integers: the pixel of each maximum, as
                y * W + x.
            size (tuple, optional): Size (W, H) of the heatmaps. Default: ``heatmap_size``.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float64.
            - scores (array): Shape (B, 1, K), of the windows' dtype.
            - needs_map (array): Shape (B, K), bool: the window is not enough, and the keypoint must
              be decoded from the whole heatmap.

        Raises:
            InvalidInputError: For another shape or dtype, an index outside the heatmap, or if
                ``window_size`` is None.
        """
    @overload
    def decode_windows(
        self, windows: ArrayInput, indices: ArrayInput, *, size: _Size | None = None
    ) -> tuple[npt.NDArray[np.float64], _Scores, npt.NDArray[np.bool_]]:
        """Decode windows around the maxima of heatmaps.

        The results are those of ``batch_decode`` of the whole heatmaps, bit-identical, except where
        ``needs_map`` is true.

        Args:
            windows (array or torch.Tensor): Shape (B, K, S, S), with S the ``window_size``; float16,
                float32 or float64. The maximum of each heatmap is at the center: of equal values the
                first, or the first NaN. Pixels outside the heatmap may have any value.
            indices (array or torch.Tensor): Shape (B, K), integers: the pixel of each maximum, as
                y * W + x.
            size (tuple, optional): Size (W, H) of the heatmaps. Default: ``heatmap_size``.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float64.
            - scores (array): Shape (B, 1, K), of the windows' dtype.
            - needs_map (array): Shape (B, K), bool: the window is not enough, and the keypoint must
              be decoded from the whole heatmap.

        Raises:
            InvalidInputError: For another shape or dtype, an index outside the heatmap, or if
                ``window_size`` is None.
        """

@disjoint_base
class MegviiHeatmap(BaseKeypointCodec):
    """Represent keypoints as blurred points via the "Megvii" approach.

    Papers: `MSPN <https://arxiv.org/abs/1901.00148>`_ (2019) and `CPN
    <https://arxiv.org/abs/1711.07319>`_ (2018).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        kernel_size (int): Kernel size of the Gaussian, in heatmap pixels; odd.

    Raises:
        InvalidInputError: For a size of 0 or an even kernel size.
    """
    def __init__(self, input_size: _Size, heatmap_size: _Size, kernel_size: int) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in pixels."""
    @property
    def kernel_size(self) -> int:
        """Kernel size of the Gaussian, in heatmap pixels; odd."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel, w/W and h/H, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> HeatmapTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), 255 at the keypoint, float32.
            - keypoint_weights (array): Shape (1, K), the visibilities and their dtype; 0 for
              keypoints whose Gaussian is outside the map.

        Raises:
            InvalidInputError: For more than one instance, or a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> HeatmapTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

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
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One heatmap pixel
              before the first where no value is above 0.
            - scores (array): Shape (1, K), maxima / 255 + 0.5, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
        """
    @overload
    def decode(self, encoded: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of one sample.

        Args:
            encoded (array or torch.Tensor): Shape (K, H, W), float16, float32 or float64.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float32. One heatmap pixel
              before the first where no value is above 0.
            - scores (array): Shape (1, K), maxima / 255 + 0.5, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
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
        """Decode a batch of heatmaps.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or
                float64.
            flipped (array or torch.Tensor, optional): The heatmaps of the mirrored images, of the
                same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move the maps that are flipped back by one pixel to the right; the first
                column stays: ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
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
        """Decode a batch of heatmaps.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or
                float64.
            flipped (array or torch.Tensor, optional): The heatmaps of the mirrored images, of the
                same shape and dtype. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Move the maps that are flipped back by one pixel to the right; the first
                column stays: ``shift_heatmap`` in MMPose. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
        """

    def encode_profiles(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: HeatmapProfiles | None = None,
    ) -> HeatmapProfiles:
        """Encode a batch to profiles instead of heatmaps.

        The heatmaps of ``batch_encode``, bit-identical, are products of two
        profiles in float32: ``y_profiles[..., :, None] * x_profiles[..., None, :]``.

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - x_profiles (array): Shape (B, K, W), float32.
            - y_profiles (array): Shape (B, K, H), float32.
            - keypoint_weights (array): As for ``batch_encode``.

        Raises:
            InvalidInputError: As for ``batch_encode``.
        """

@disjoint_base
class SKPSHeatmap(BaseKeypointCodec):
    """Represent keypoints as Gaussian heatmaps and maps of the offset to each keypoint ("simple
    keypoints").

    A project of MMPose: `projects/skps
    <https://github.com/open-mmlab/mmpose/tree/main/projects/skps>`_. The heatmaps are those of
    ``MSRAHeatmap`` with ``unbiased``.

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        sigma (float): Standard deviation of the Gaussian, in heatmap pixels.

    Raises:
        InvalidInputError: For a size of 0 or a sigma that is not positive and finite.
    """
    def __init__(self, input_size: _Size, heatmap_size: _Size, sigma: float) -> None: ...
    @property
    def input_size(self) -> tuple[int, int]:
        """Input size (w, h) in pixels."""
    @property
    def heatmap_size(self) -> tuple[int, int]:
        """Heatmap size (W, H) in pixels."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in heatmap pixels."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SKPSTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> SKPSTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (1, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have weight 0 and maps of zeros.
            keypoints_visible (array, optional): Shape (1, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), 1 at the keypoint, float32.
            - keypoint_weights (array): Shape (K,), the visibilities and their dtype; 0 for keypoints
              whose Gaussian is outside the map.
            - displacements (array): Shape (2K, H, W), float64: for every heatmap pixel the offset to
              the keypoint in heatmap pixels; along x for all keypoints, then along y.

        Raises:
            InvalidInputError: For more than one instance, or a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SKPSTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> SKPSTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, 1, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, 1, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, encoded: ArrayInput, offset_maps: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
        """Decode the maps of one sample: the pixel with the maximum of a heatmap plus the offsets there.

        Args:
            encoded (array or torch.Tensor): Heatmaps, shape (K, H, W), float16, float32 or float64.
            offset_maps (array or torch.Tensor): Shape (2K, H, W), in heatmap pixels.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 2), input pixels, float32. Where no value is above 0,
              the offsets of the first pixel.
            - scores (array): Shape (1, K), the maxima, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
        """
    def batch_decode(
        self, batch_encoded: ArrayInput, batch_offset_maps: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
        """Decode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            batch_encoded (array or torch.Tensor): Heatmaps, shape (B, K, H, W), float16, float32 or
                float64.
            batch_offset_maps (array or torch.Tensor): Shape (B, 2K, H, W), in heatmap pixels.

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 2), input pixels, float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class SimCCLabel(BaseKeypointCodec, Generic[_Seen]):
    """Represent keypoints as one classification vector per axis, "SimCC" (once called SimDR).

    Paper: `SimCC: a Simple Coordinate Classification Perspective for Human Pose Estimation
    <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        smoothing_type (str): ``'gaussian'`` or ``'standard'``. Default: "gaussian".
        sigma (float or tuple): Standard deviation of the Gaussian, in bins, for both axes or one each. The attribute is an
            array of shape (2,). Default: 6.0.
        simcc_split_ratio (float): Bins per input pixel. Default: 2.0.
        label_smooth_weight (float): With ``'standard'`` smoothing, the share of the bins other than the keypoint's. Default: 0.0.
        normalize (bool): Divide Gaussians by sigma * sqrt(2 * pi). Default: True.
        use_dark (bool): Refine decoded keypoints with DARK. Default: False.
        decode_visibility (bool): Decode visibilities, too. Default: False.
        decode_beta (float): Scale of the vectors before the softmax from which visibilities are computed. Default: 150.0.

    Raises:
        InvalidInputError: For a size of 0, an unknown smoothing, a sigma or ratio that is not positive and finite, or
            a smoothing weight outside [0, 1] or with Gaussians.
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
        """Standard deviation of the Gaussian, in bins, for both axes or one each. The attribute is an
        array of shape (2,).
        """
    @property
    def simcc_split_ratio(self) -> float:
        """Bins per input pixel."""
    @property
    def label_smooth_weight(self) -> float:
        """With ``'standard'`` smoothing, the share of the bins other than the keypoint's."""
    @property
    def normalize(self) -> bool:
        """Divide Gaussians by sigma * sqrt(2 * pi)."""
    @property
    def use_dark(self) -> bool:
        """Refine decoded keypoints with DARK."""
    @property
    def decode_visibility(self) -> bool:
        """Decode visibilities, too."""
    @property
    def decode_beta(self) -> float:
        """Scale of the vectors before the softmax from which visibilities are computed."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCCTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> SimCCTargets:
        """Encode the keypoints of one sample.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have no target and weight 0.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
            - keypoint_y_labels (array): Shape (N, K, Wy), float32, Wy = h * simcc_split_ratio.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
              keypoints outside the input.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCCTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> SimCCTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, simcc_x: ArrayInput, simcc_y: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Seen]:
        """Decode the vectors of one sample, which are not modified.

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
            InvalidInputError: For another shape or dtype, or vectors without a bin.
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
        """Decode a batch of vectors.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.

        Args:
            simcc_x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
            simcc_y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
            flipped (tuple of 2 arrays or tensors, optional): The vectors of the mirrored images, of
                the same shapes and dtypes. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Only for heatmaps: MMPose does not shift vectors. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 2), input pixels, float32.
            - scores (array): Shape (B, N, K), of the vectors' dtype. With ``decode_visibility`` a
              tuple of scores and visibilities (B, N, K), float64.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
        """
    @property
    def window_size(self) -> tuple[int, int] | None:
        """Numbers of bins (Sx, Sy) of the windows that ``decode_windows`` takes: 1 without DARK. None with
        ``decode_visibility``, which needs whole vectors.
        """
    @overload
    def decode_windows(
        self,
        windows_x: npt.NDArray[_Float],
        windows_y: npt.NDArray[_Float],
        indices_x: ArrayInput,
        indices_y: ArrayInput,
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[_Float], npt.NDArray[np.bool_]]:
        """Decode windows around the maxima of vectors.

        The results are those of ``batch_decode`` of the whole vectors, bit-identical, except where
        ``needs_vectors`` is true.

        Args:
            windows_x (array or torch.Tensor): Shape (B, N, K, Sx), with (Sx, Sy) the ``window_size``;
                float16, float32 or float64. The maximum of each vector is at the center: of equal values
                the first, or the first NaN. Bins outside the vector may have any value.
            windows_y (array or torch.Tensor): Shape (B, N, K, Sy).
            indices_x (array or torch.Tensor): Shape (B, N, K), integers: the bin of each maximum.
            indices_y (array or torch.Tensor): Shape (B, N, K).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 2), input pixels, float32.
            - scores (array): Shape (B, N, K), of the windows' dtype.
            - needs_vectors (array): Shape (B, N, K), bool: the windows are not enough, and the keypoint
              must be decoded from whole vectors.

        Raises:
            InvalidInputError: For another shape or dtype, an index outside the vector, or if
                ``window_size`` is None.
        """
    @overload
    def decode_windows(
        self,
        windows_x: ArrayInput,
        windows_y: ArrayInput,
        indices_x: ArrayInput,
        indices_y: ArrayInput,
    ) -> tuple[npt.NDArray[np.float32], _Scores, npt.NDArray[np.bool_]]:
        """Decode windows around the maxima of vectors.

        The results are those of ``batch_decode`` of the whole vectors, bit-identical, except where
        ``needs_vectors`` is true.

        Args:
            windows_x (array or torch.Tensor): Shape (B, N, K, Sx), with (Sx, Sy) the ``window_size``;
                float16, float32 or float64. The maximum of each vector is at the center: of equal values
                the first, or the first NaN. Bins outside the vector may have any value.
            windows_y (array or torch.Tensor): Shape (B, N, K, Sy).
            indices_x (array or torch.Tensor): Shape (B, N, K), integers: the bin of each maximum.
            indices_y (array or torch.Tensor): Shape (B, N, K).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 2), input pixels, float32.
            - scores (array): Shape (B, N, K), of the windows' dtype.
            - needs_vectors (array): Shape (B, N, K), bool: the windows are not enough, and the keypoint
              must be decoded from whole vectors.

        Raises:
            InvalidInputError: For another shape or dtype, an index outside the vector, or if
                ``window_size`` is None.
        """

@disjoint_base
class SPR(BaseKeypointCodec):
    """Represent several people as a heatmap of their roots and displacements from the roots to their
    keypoints (structured pose representation).

    Paper: `Single-Stage Multi-Person Pose Machines <https://arxiv.org/abs/1908.09220>`_ (Nie et al.
    2019).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        sigma (float or tuple, optional): Standard deviation of the roots' Gaussians and, if there are keypoint heatmaps, of the
            keypoints', in heatmap pixels; also the radius around a root in which displacements have a
            target. By default sqrt(W*H) / 32 and half of it, rounded down (a Gaussian of 0 is one
            pixel). The attribute is a tuple.
        generate_keypoint_heatmaps (bool): Also encode a heatmap per keypoint. Default: False.
        root_type (str): ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the center of the
            box around them. Default: "kpt_center".
        minimal_diagonal_length (float): People whose box has a shorter diagonal, in heatmap pixels, get no target. Default: 5.
        background_weight (float): Loss weight where a heatmap is 0. Default: 0.1.
        decode_nms_kernel (int): Size of the neighborhood, in heatmap pixels, of which a root must be the maximum; odd. Default: 5.
        decode_max_instances (int): Maximum number of people to decode. Default: 30.
        decode_thr (float): The value that a root must exceed. Default: 0.01.

    Raises:
        InvalidInputError: For a size of 0, an unknown root type, a sigma that is not positive and finite or is missing
            for keypoints, or an even kernel size.
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
        """Heatmap size (W, H) in pixels."""
    @property
    def sigma(self) -> tuple[float, ...]:
        """Standard deviation of the roots' Gaussians and, if there are keypoint heatmaps, of the
        keypoints', in heatmap pixels; also the radius around a root in which displacements have a
        target. By default sqrt(W*H) / 32 and half of it, rounded down (a Gaussian of 0 is one
        pixel). The attribute is a tuple.
        """
    @property
    def generate_keypoint_heatmaps(self) -> bool:
        """Also encode a heatmap per keypoint."""
    @property
    def root_type(self) -> _RootType:
        """``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the center of the
        box around them.
        """
    @property
    def minimal_diagonal_length(self) -> float:
        """People whose box has a shorter diagonal, in heatmap pixels, get no target."""
    @property
    def background_weight(self) -> float:
        """Loss weight where a heatmap is 0."""
    @property
    def decode_nms_kernel(self) -> int:
        """Size of the neighborhood, in heatmap pixels, of which a root must be the maximum; odd."""
    @property
    def decode_max_instances(self) -> int:
        """Maximum number of people to decode."""
    @property
    def decode_thr(self) -> float:
        """The value that a root must exceed."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SPRTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> SPRTargets:
        """Encode the keypoints of the people in one image. All targets are float32.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints count as not visible.
            keypoints_visible (array, optional): Shape (N, K). Above 0 a keypoint counts towards root
                and size, from 0.5 on it is in its heatmap, from 1 on it has displacements. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - heatmaps (array): Shape (1, H, W), the roots'; or (K+1, H, W), the roots' last.
            - heatmap_weights (array): Of that shape; 1 where a heatmap is above 0, else the background
              weight.
            - displacements (array): Shape (2K, H, W), x and y alternating, in heatmap pixels to the
              keypoint; 0 away from roots. Where people overlap, those of the smaller one.
            - displacement_weights (array): Of that shape; 1 / the diagonal of the person's box in
              heatmap pixels, 0 away from roots.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``.
        """
    def batch_encode(
        self,
        keypoints: _Images,
        keypoints_visible: _Images | None = None,
        *,
        out: SPRTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> SPRTargets:
        """Encode the people of a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one per image,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``, or for images with different K.
        """
    # The scores of keypoints are None without keypoint heatmaps.
    @overload
    def decode(
        self, heatmaps: _Tensor, displacements: _Tensor
    ) -> tuple[_Tensor, tuple[_Tensor, _Tensor | None]]:
        """Decode the maps of one image. For torch tensors, the results are torch tensors on the same
        device.

        Args:
            heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
                float16, float32 or float64.
            displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap pixels.

        Returns:
            tuple:
            - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
              dtype, the person with the highest root value first.
            - scores (tuple): The values of the roots, shape (N,), and those of the keypoints, shape
              (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps with fewer pixels than people to
                decode.
        """
    @overload
    def decode(
        self, heatmaps: npt.ArrayLike, displacements: npt.ArrayLike
    ) -> tuple[_Scores, tuple[_Scores, _Scores | None]]:
        """Decode the maps of one image. For torch tensors, the results are torch tensors on the same
        device.

        Args:
            heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
                float16, float32 or float64.
            displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap pixels.

        Returns:
            tuple:
            - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
              dtype, the person with the highest root value first.
            - scores (tuple): The values of the roots, shape (N,), and those of the keypoints, shape
              (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps with fewer pixels than people to
                decode.
        """
    @overload
    def decode(
        self, heatmaps: ArrayInput, displacements: ArrayInput
    ) -> tuple[Any, tuple[Any, Any]]:
        """Decode the maps of one image. For torch tensors, the results are torch tensors on the same
        device.

        Args:
            heatmaps (array or torch.Tensor): Shape (1, H, W), or (K+1, H, W) with the roots' last;
                float16, float32 or float64.
            displacements (array or torch.Tensor): Shape (2K, H, W), in heatmap pixels.

        Returns:
            tuple:
            - keypoints (array or torch.Tensor): Shape (N, K, 2), input pixels, of the displacements'
              dtype, the person with the highest root value first.
            - scores (tuple): The values of the roots, shape (N,), and those of the keypoints, shape
              (N, K), or ``None`` without keypoint heatmaps; of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps with fewer pixels than people to
                decode.
        """
    # One list per item that `decode` returns.
    @overload
    def batch_decode(
        self, batch_heatmaps: _Tensor, batch_displacements: _Tensor
    ) -> tuple[list[_Tensor], list[tuple[_Tensor, _Tensor | None]]]:
        """Decode the maps of a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
                list of B.
            batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.

        Returns:
            tuple: The results of ``decode``, as lists of B: keypoints, and scores.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    @overload
    def batch_decode(
        self, batch_heatmaps: npt.NDArray[Any], batch_displacements: npt.NDArray[Any]
    ) -> tuple[list[_Scores], list[tuple[_Scores, _Scores | None]]]:
        """Decode the maps of a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
                list of B.
            batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.

        Returns:
            tuple: The results of ``decode``, as lists of B: keypoints, and scores.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    @overload
    def batch_decode(
        self, batch_heatmaps: _Images, batch_displacements: _Images
    ) -> tuple[list[Any], list[tuple[Any, Any]]]:
        """Decode the maps of a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            batch_heatmaps (array, torch.Tensor or list): Shape (B, 1, H, W) or (B, K+1, H, W), or a
                list of B.
            batch_displacements (array, torch.Tensor or list): Shape (B, 2K, H, W), or a list of B.

        Returns:
            tuple: The results of ``decode``, as lists of B: keypoints, and scores.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    def decode_peaks(
        self,
        values: ArrayInput,
        indices: ArrayInput,
        displacements: ArrayInput,
        windows: ArrayInput | None = None,
        *,
        size: _Size | None = None,
    ) -> tuple[list[Any], list[Any]]:
        """Decode images from the peaks of their root heatmaps.

        The results are those of ``batch_decode`` of the whole maps, bit-identical, except where they
        are None: equal values above the threshold, or NaN, need the whole maps.

        Args:
            values (array or torch.Tensor): Shape (B, P), with P = min(decode_max_instances + 1, H * W);
                float16, float32 or float64: the largest values of the root heatmaps in descending order,
                NaN first, after pixels of which one in the neighborhood is larger were set to 0.
            indices (array or torch.Tensor): Shape (B, P), integers: their pixels, as y * W + x.
            displacements (array or torch.Tensor): Shape (B, 2K, P): the displacements at these pixels.
            windows (array or torch.Tensor, optional): Shape (B, K, P, 4, 4), with keypoint heatmaps: the
                pixels from -1 to 2 along y and x around each keypoint's location in its heatmap. Along
                each axis the location is the peak's pixel plus the displacement rounded down, limited to
                the heatmap, and 0 for NaN. Pixels outside the heatmap may have any value.
            size (tuple, optional): Size (W, H) of the heatmaps. Default: ``heatmap_size``.

        Returns:
            tuple: The results of ``decode``, as lists of B: keypoints, and scores. Both are None for an
            image that must be decoded from the whole maps.

        Raises:
            InvalidInputError: For another shape or dtype, values in another order, an index outside the
                heatmap, a negative ``decode_thr``, or heatmaps with fewer pixels than people to decode.
        """
    def encode_profiles(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SPRProfiles | None = None,
    ) -> SPRProfiles:
        """Encode a batch to profiles instead of heatmaps.

        The heatmaps of ``batch_encode``, bit-identical, are the maxima of the people's
        products in float32: ``(y_profiles[..., :, None] * x_profiles[..., None, :]).max(1)``.
        ``heatmap_weights`` are 1 where a heatmap is above 0, else the background weight.
        ``displacements`` and ``displacement_weights`` are 0 outside of the patches. Where patches
        overlap, they are equal.

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - x_profiles (array): Shape (B, N, M, W), float32, for M = 1 or K + 1 heatmaps, the roots'
              last.
            - y_profiles (array): Shape (B, N, M, H), float32.
            - displacement_patches (array): Shape (B, N, 2K, h, w), float32: a part of the displacements
              around each person's root.
            - weight_patches (array): The same part of the displacement weights.
            - patch_starts (array): Shape (B, N, 2), int64: the first pixel (x, y) of each patch.

        Raises:
            InvalidInputError: As for ``batch_encode``.
        """

@disjoint_base
class DecoupledHeatmap(BaseKeypointCodec):
    """Represent several people as heatmaps of all of them and heatmaps of each (contextual instance
    decoupling, CID).

    Paper: `Contextual Instance Decoupling for Robust Multi-Person Pose Estimation
    <https://openaccess.thecvf.com/content/CVPR2022/html/Wang_Contextual_Instance_Decoupling_for_Robust_Multi-Person_Pose_Estimation_CVPR_2022_paper.html>`_
    (Wang and Zhang 2022).

    Encoding shifts roots by up to one pixel at random, and draws people at random if there are too
    many: from ``numpy.random`` and ``random``, in MMPose's order, so that equal seeds give equal
    results.

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        root_type (str): ``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the center of the
            box around them. Default: "kpt_center".
        heatmap_min_overlap (float): The overlap of boxes from which sigmas are computed, 0 to 1. Default: 0.7.
        encode_max_instances (int): Maximum number of people who get heatmaps of their own. Default: 30.

    Raises:
        InvalidInputError: For a size of 0, an unknown root type, or an overlap that is not between 0 and 1.
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
        """Heatmap size (W, H) in pixels."""
    @property
    def root_type(self) -> _RootType:
        """``'kpt_center'``, the mean of the visible keypoints, or ``'bbox_center'``, the center of the
        box around them.
        """
    @property
    def heatmap_min_overlap(self) -> float:
        """The overlap of boxes from which sigmas are computed, 0 to 1."""
    @property
    def encode_max_instances(self) -> int:
        """Maximum number of people who get heatmaps of their own."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
    ) -> DecoupledTargets:
        """Encode the keypoints of the people in one image.

        There is no ``out``: the number M of people with heatmaps of their own is only known afterwards.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints count as not visible.
            keypoints_visible (array, optional): Shape (N, K). Above 0 a keypoint counts towards root
                and size, from 0.5 on it has a target. Default: all visible.
            bbox (array, optional): Shape (N, 8) or (N, 4, 2), input pixels: left top, left bottom,
                right top and right bottom corner. Default: the boxes around the visible keypoints.

        Returns:
            dict:
            - heatmaps (array): Shape (K+1, H, W), of all people, the roots' last; float32.
            - instance_heatmaps (array): Shape (M*K, H, W), of each chosen person, the smallest first;
              float32 (float64 if M is 0, as in MMPose).
            - keypoint_weights (array): Shape (M, K), the visibilities and their dtype, 0 for keypoints
              whose Gaussian is outside the map; shape (0,), float64, if M is 0.
            - instance_coords (array): Shape (M, 2), the roots in heatmap pixels, int32.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
    def batch_encode(
        self,
        keypoints: _Images,
        keypoints_visible: _Images | None = None,
        bbox: _Images | None = None,
    ) -> ListedDecoupledTargets:
        """Encode the people of a batch of images, one image after the other, in the order of the random
        numbers.

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one per image,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            bbox (array or list, optional): Shape (B, N, 8), or a list of arrays (N, 8).

        Returns:
            dict: ``heatmaps`` with a leading B, and lists of B arrays for the others.

        Raises:
            InvalidInputError: As for ``encode``, or for images with different K.
        """
    def decode(
        self, instance_heatmaps: ArrayInput, instance_scores: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of the people in one image.

        Args:
            instance_heatmaps (array or torch.Tensor): Shape (N, K, H, W), float16, float32 or float64.
            instance_scores (array or torch.Tensor): Shape (N, 1), the confidence of each person.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, 2), input pixels, float32; shifted by a quarter of a heatmap
              pixel towards the larger neighbor. One pixel before the first where no value is above 0.
            - scores (array): Shape (N, K), the maxima times the person's score, of the heatmaps' dtype.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
        """
    @overload
    def batch_decode(
        self, instance_heatmaps: _Listed, instance_scores: _Images
    ) -> tuple[list[npt.NDArray[np.float32]], list[_Scores]]:
        """Decode the heatmaps of the people in a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            instance_heatmaps (array, torch.Tensor or list): Shape (B, N, K, H, W), or a list of arrays
                (N, K, H, W); or shape (M, K, H, W), as MMPose's heads pass them: then each person is
                an image of its own.
            instance_scores (array, torch.Tensor or list): Shape (B, N, 1), a list of arrays (N, 1), or
                shape (M, 1).

        Returns:
            tuple: Keypoints and scores with a leading B (N is 1 for maps of shape (M, K, H, W)), or
            lists of the results of ``decode``.

        Raises:
            InvalidInputError: As for ``decode``.
        """
    @overload
    def batch_decode(
        self, instance_heatmaps: ArrayInput, instance_scores: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores]:
        """Decode the heatmaps of the people in a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            instance_heatmaps (array, torch.Tensor or list): Shape (B, N, K, H, W), or a list of arrays
                (N, K, H, W); or shape (M, K, H, W), as MMPose's heads pass them: then each person is
                an image of its own.
            instance_scores (array, torch.Tensor or list): Shape (B, N, 1), a list of arrays (N, 1), or
                shape (M, 1).

        Returns:
            tuple: Keypoints and scores with a leading B (N is 1 for maps of shape (M, K, H, W)), or
            lists of the results of ``decode``.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class AssociativeEmbedding(BaseKeypointCodec):
    """Represent several people as heatmaps of all of them, and distinguish them by tags that a network
    learns (associative embedding).

    Papers: `Associative Embedding: End-to-End Learning for Joint Detection and Grouping
    <https://arxiv.org/abs/1611.05424>`_ (Newell et al. 2017), and with ``use_udp`` `UDP
    <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        input_size (tuple): Input size (w, h) in pixels.
        heatmap_size (tuple): Heatmap size (W, H) in pixels.
        sigma (float, optional): Standard deviation of the Gaussians, in heatmap pixels; sqrt(W*H) / 64 by default.
        use_udp (bool): Center Gaussians on the exact keypoint, scale by (w-1)/(W-1), and decode with DARK; else
            center them on the rounded keypoint, scale by w/W, and shift by a quarter of a pixel. Default: False.
        decode_keypoint_order (list of ints): The order in which keypoints are grouped, each index once; usually from the head outwards.
            Required for decoding. Default: ().
        decode_nms_kernel (int): Size of the neighborhood, in heatmap pixels, of which a candidate must be the maximum; odd. Default: 5.
        decode_gaussian_kernel (int): Kernel size of the blur before DARK, with ``use_udp``; odd. Default: 3.
        decode_keypoint_thr (float): The heatmap value that a candidate must exceed. Default: 0.1.
        decode_tag_thr (float): The distance of tags from which on a keypoint does not join a person. Default: 1.0.
        decode_topk (int): Maximum number of candidates per keypoint. Default: 30.
        decode_center_shift (float): Heatmap pixels that are added to detected keypoints. Default: 0.0.
        decode_max_instances (int, optional): Maximum number of people to decode; all by default.

    Raises:
        InvalidInputError: For a size of 0, a sigma that is not positive and finite, an even kernel size, or an order
            with repeats or gaps.
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
        """Heatmap size (W, H) in pixels."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussians, in heatmap pixels; sqrt(W*H) / 64 by default."""
    @property
    def use_udp(self) -> bool:
        """Center Gaussians on the exact keypoint, scale by (w-1)/(W-1), and decode with DARK; else
        center them on the rounded keypoint, scale by w/W, and shift by a quarter of a pixel.
        """
    @property
    def decode_keypoint_order(self) -> list[int]:
        """The order in which keypoints are grouped, each index once; usually from the head outwards.
        Required for decoding.
        """
    @property
    def decode_nms_kernel(self) -> int:
        """Size of the neighborhood, in heatmap pixels, of which a candidate must be the maximum; odd."""
    @property
    def decode_gaussian_kernel(self) -> int:
        """Kernel size of the blur before DARK, with ``use_udp``; odd."""
    @property
    def decode_keypoint_thr(self) -> float:
        """The heatmap value that a candidate must exceed."""
    @property
    def decode_tag_thr(self) -> float:
        """The distance of tags from which on a keypoint does not join a person."""
    @property
    def decode_topk(self) -> int:
        """Maximum number of candidates per keypoint."""
    @property
    def decode_center_shift(self) -> float:
        """Heatmap pixels that are added to detected keypoints."""
    @property
    def decode_max_instances(self) -> int | None:
        """Maximum number of people to decode; all by default."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel, shape (2,), float32."""
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: AssociativeEmbeddingTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> AssociativeEmbeddingTargets:
        """Encode the keypoints of the people in one image.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have no target, index 0 and weight 0.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict:
            - heatmaps (array): Shape (K, H, W), float32; the maximum where Gaussians overlap.
            - keypoint_indices (array): Shape (N, K, 2), int64: the pixel of the keypoint as y*W + x,
              and 1 if it is visible and inside, else 0.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for keypoints
              whose Gaussian is outside the map.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``.
        """
    @overload
    def batch_encode(
        self,
        keypoints: _Listed,
        keypoints_visible: _Images | None = None,
        *,
        out: None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> ListedAssociativeEmbeddingTargets:
        """Encode the people of a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one per image,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
                Not for lists.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; from lists, ``keypoint_indices`` and
            ``keypoint_weights`` are lists of arrays, one per image.

        Raises:
            InvalidInputError: As for ``encode``, or for images with different K.
        """
    @overload
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: AssociativeEmbeddingTargets | None = None,
        dtype: npt.DTypeLike | None = None,
    ) -> AssociativeEmbeddingTargets:
        """Encode the people of a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array or list): Shape (B, N, K, 2), or a list of arrays (N, K, 2), one per image,
                of which N may differ; input pixels; as for ``encode``.
            keypoints_visible (array or list, optional): Shape (B, N, K), or a list of arrays (N, K).
                Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.
                Not for lists.
            dtype (dtype, optional): float32 or float16, of the targets that are float32 by default, but not
                of ``keypoint_weights``. Values are rounded once, at the end. Default: float32.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; from lists, ``keypoint_indices`` and
            ``keypoint_weights`` are lists of arrays, one per image.

        Raises:
            InvalidInputError: As for ``encode``, or for images with different K.
        """
    def decode(self, encoded: Any) -> NoReturn:
        """Not implemented: as in MMPose, this codec only decodes batches. See ``batch_decode``.

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
        """Decode the heatmaps and tags of a batch of images.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Candidates with equal values are in the order of torch's ``topk`` on Linux. Candidates whose tag
        is NaN or infinite belong to no person.

        Args:
            batch_heatmaps (array or torch.Tensor): Shape (B, K, H, W), float16, float32 or float64.
            batch_tags (array or torch.Tensor): Shape (B, L*K, H, W), the first channel of all keypoints
                first; float16, float32 or float64.

        Returns:
            tuple:
            - batch_keypoints (list): B arrays of shape (N, K, 2), float32, input pixels. A keypoint
              that was not detected is where its heatmap and its tag match the person best.
            - batch_scores (list): B arrays of shape (N, K), float32, the heatmap values. With
              ``use_udp``, a keypoint that was not detected has the logarithm of the blurred value,
              which may be negative: MMPose blurs its maps in place before it reads that value.
            - batch_instance_scores (list): B arrays of shape (N,), float32, the mean value, with 0 for
              keypoints that were not detected.

        Raises:
            InvalidInputError: For another shape or dtype, maps of different sizes or with fewer pixels
                than candidates, or an order that does not have each of the K keypoints.
        """
    def encode_profiles(
        self,
        keypoints: ArrayInput,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: AssociativeEmbeddingProfiles | None = None,
    ) -> AssociativeEmbeddingProfiles:
        """Encode a batch to profiles instead of heatmaps.

        The heatmaps of ``batch_encode``, bit-identical, are the maxima of the people's
        products in float32: ``(y_profiles[..., :, None] * x_profiles[..., None, :]).max(1)``.

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - x_profiles (array): Shape (B, N, K, W), float32.
            - y_profiles (array): Shape (B, N, K, H), float32.
            - keypoint_indices, keypoint_weights (array): As for ``batch_encode``.

        Raises:
            InvalidInputError: As for ``batch_encode``.
        """

@disjoint_base
class EDPoseLabel(BaseKeypointCodec):
    """Keypoints, boxes and areas in units of the image, as ED-Pose learns them.

    Paper: `Explicit Box Detection Unifies End-to-End Multi-Person Pose Estimation
    <https://arxiv.org/abs/2302.01593>`_ (Yang et al. 2023).

    Args:
        num_select (int): Number of candidates that decoding keeps. Default: 100.
        num_keypoints (int): Number of keypoints of a candidate, K. Default: 17.

    Raises:
        InvalidInputError: For a number of 0.
    """
    def __init__(self, num_select: int = 100, num_keypoints: int = 17) -> None: ...
    @property
    def num_select(self) -> int:
        """Number of candidates that decoding keeps."""
    @property
    def num_keypoints(self) -> int:
        """Number of keypoints of a candidate, K."""
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
        """Encode the instances of one image. Each array keeps the precision of its input; integers become
        float64.

        Args:
            img_shape (tuple): Size (w, h) of the image in pixels.
            keypoints (array): Shape (N, K, 2), pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints become 0, and so does their visibility.
            keypoints_visible (array, optional): Shape (N, K) or (N, K, D). Default: all visible.
            area (array, optional): Shape (N,), square pixels.
            bboxes (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - keypoints (array): Shape (N, K, 2), in units of the image's size.
            - area (array): Shape (N,), in units of the image's area; ``None`` if omitted.
            - bbox (array): Shape (N, 4), the center (x, y) and the size (w, h) in units of the image's
              size; ``None`` if omitted.
            - keypoints_visible (array): A copy of the visibilities.

        Raises:
            InvalidInputError: For an image size that is not positive, or a wrong shape, dtype or
                ``out``.
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
                arrays (N_i, K, 2), with the other arguments as lists or arrays of B items.
            keypoints_visible (array or list, optional): Shape (B, N, K). Default: all visible.
            area (array or list, optional): Shape (B, N).
            bboxes (array or list, optional): Shape (B, N, 4).
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

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
                arrays (N_i, K, 2), with the other arguments as lists or arrays of B items.
            keypoints_visible (array or list, optional): Shape (B, N, K). Default: all visible.
            area (array or list, optional): Shape (B, N).
            bboxes (array or list, optional): Shape (B, N, 4).
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

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
        """Decode the candidates of one image: the S with the highest scores, best first, S being
        ``num_select`` or, if that is less, Q * C.

        Args:
            input_shapes (array): Size (h, w) of the network's input in pixels, shape (2,).
            pred_logits (array or torch.Tensor): Shape (Q, C), one score per class; float16, float32 or
                float64. Equal scores keep their order.
            pred_boxes (array or torch.Tensor): Shape (Q, 4), the center (x, y) and the size (w, h) in
                units of the input's size.
            pred_keypoints (array or torch.Tensor): Shape (Q, 3 * K), K pairs (x, y) in units of the
                input's size, then K visibilities.

        Returns:
            tuple:
            - boxes (array): Shape (S, 4), (left, top, right, bottom) in pixels, float64 (float32
              if boxes and ``input_shapes`` are).
            - keypoints (array): Shape (S, K, 2), pixels, of the boxes' dtype.
            - scores (array): Shape (S, K), of the scores' dtype, the same for all keypoints.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
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

    It only encodes: ``decode`` returns ``None``, and there is no ``batch_decode``.

    Papers: `YOLO-Pose <https://arxiv.org/abs/2204.06806>`_ (Maji et al. 2022), `RTMO
    <https://arxiv.org/abs/2312.07526>`_ (Lu et al. 2023).

    Args:
        expand_bbox (bool): Enlarge boxes to contain their visible keypoints. Default: False.
        input_size (tuple, optional): Size of the network's input in pixels; not used, as in MMPose.

    Raises:
        InvalidInputError: For an ``input_size`` that is not a size.
    """
    def __init__(self, expand_bbox: bool = False, input_size: _Size | None = None) -> None: ...
    @property
    def expand_bbox(self) -> bool:
        """Enlarge boxes to contain their visible keypoints."""
    @property
    def input_size(self) -> tuple[int, int] | None:
        """Size of the network's input in pixels; not used, as in MMPose."""
    def encode(
        self,
        keypoints: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        bbox: ArrayInput | None = None,
        category_id: ArrayInput | None = None,
        *,
        out: YOLOXPoseTargets | None = None,
    ) -> YOLOXPoseTargets:
        """Encode the annotations of one image, which are not modified.

        Args:
            keypoints (array, optional): Shape (N, K, 2), pixels; required with ``expand_bbox``. NaN and
                infinite keypoints count as not visible.
            keypoints_visible (array, optional): Shape (N, K), or (N, K, D) of which the first counts;
                0 is not visible. Default: all visible.
            bbox (array, optional): Shape (N, 4), (left, top, right, bottom) in pixels.
            category_id (list, optional): One category per instance, from 1.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict: The items whose arguments were given:
            - bbox (array): Shape (N, 4), a new array of the boxes' dtype; with ``expand_bbox``.
            - bbox_labels (array): Shape (N,), int8, ``category_id`` - 1.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``, or missing keypoints that are
                required.
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
        """Encode the annotations of a batch of images, which are not modified.

        Args:
            keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
                with a list of boxes, a list or an array with one item per image, as all arguments.
            keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
            bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
            category_id (list, optional): Shape (B, N).
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

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
        """Encode the annotations of a batch of images, which are not modified.

        Args:
            keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
                with a list of boxes, a list or an array with one item per image, as all arguments.
            keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
            bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
            category_id (list, optional): Shape (B, N).
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

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
        """Encode the annotations of a batch of images, which are not modified.

        Args:
            keypoints (array or list, optional): Shape (B, N, K, 2), pixels, as for ``encode``; or,
                with a list of boxes, a list or an array with one item per image, as all arguments.
            keypoints_visible (array or list, optional): Shape (B, N, K) or (B, N, K, D).
            bbox (array or list, optional): Shape (B, N, 4), or a list of arrays (N_i, 4).
            category_id (list, optional): Shape (B, N).
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; for lists, lists of them.

        Raises:
            InvalidInputError: As for ``encode``, or for lists of different lengths.
        """
    # There is nothing to decode.
    def decode(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Nothing is decoded, as in MMPose.

        Args:
            *args: Ignored.
            **kwargs: Ignored.
        """

@disjoint_base
class ImagePoseLifting(BaseKeypointCodec):
    """Normalize the 2D pose of an image, for a network that lifts it to 3D, and the root-relative 3D
    pose, which is its target.

    Paper: `A simple yet effective baseline for 3d human pose estimation
    <https://arxiv.org/abs/1705.03098>`_ (Martinez et al. 2017).

    Args:
        num_keypoints (int): Number of keypoints, K.
        root_index (int or list of ints): The root, or keypoints whose mean is the root. The attribute is a list. Default: 0.
        remove_root (bool): Remove the root from targets, if it is one keypoint. Default: False.
        save_index (bool): Add the index of a removed root to the encoded items. Default: False.
        reshape_keypoints (bool): Reshape labels to (K * D, N). Default: True.
        concat_vis (bool): Append visibilities to the keypoints. Default: False.
        keypoints_mean (array, optional): Means of the 2D keypoints, shape (K, D), in pixels; with ``keypoints_std``. The attribute has
            shape (1, K, D), float32.
        keypoints_std (array, optional): Standard deviations of the 2D keypoints, shape (K, D), in pixels. The attribute has shape
            (1, K, D), float32.
        target_mean (array, optional): Means of the root-relative 3D keypoints, shape (K, C), or (K - 1, C) if the root is removed,
            in the target's unit; with ``target_std``. The attribute has shape (1, K, C) or
            (1, K - 1, C), float32.
        target_std (array, optional): Standard deviations of the 3D keypoints, of the same shape as ``target_mean``.
        additional_encode_keys (list of str, optional): Names that this codec's ``auxiliary_encode_keys`` has in addition to its class's, for a
            subclass whose ``encode`` has more arguments.

    Raises:
        InvalidInputError: For a root that is not one of the keypoints, means without standard deviations (or the other
            way round), of a wrong shape or not finite, or standard deviations of 0.
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
        """The root, or keypoints whose mean is the root. The attribute is a list."""
    @property
    def remove_root(self) -> bool:
        """Remove the root from targets, if it is one keypoint."""
    @property
    def save_index(self) -> bool:
        """Add the index of a removed root to the encoded items."""
    @property
    def reshape_keypoints(self) -> bool:
        """Reshape labels to (K * D, N)."""
    @property
    def concat_vis(self) -> bool:
        """Append visibilities to the keypoints."""
    @property
    def keypoints_mean(self) -> npt.NDArray[np.float32] | None:
        """Means of the 2D keypoints, shape (K, D), in pixels; with ``keypoints_std``. The attribute has
        shape (1, K, D), float32.
        """
    @property
    def keypoints_std(self) -> npt.NDArray[np.float32] | None:
        """Standard deviations of the 2D keypoints, shape (K, D), in pixels. The attribute has shape
        (1, K, D), float32.
        """
    @property
    def target_mean(self) -> npt.NDArray[np.float32] | None:
        """Means of the root-relative 3D keypoints, shape (K, C), or (K - 1, C) if the root is removed,
        in the target's unit; with ``target_std``. The attribute has shape (1, K, C) or
        (1, K - 1, C), float32.
        """
    @property
    def target_std(self) -> npt.NDArray[np.float32] | None:
        """Standard deviations of the 3D keypoints, of the same shape as ``target_mean``."""
    @property
    def additional_encode_keys(self) -> tuple[str, ...] | None:
        """Names that this codec's ``auxiliary_encode_keys`` has in addition to its class's, for a
        subclass whose ``encode`` has more arguments.
        """
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
                (other dtypes are converted).
            keypoints_visible (array, optional): Shape (N, K), or with more values per keypoint
                (N, K, m). Default: all visible.
            lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in camera
                coordinates, in any unit (meters in MMPose's Human3.6M). Default: only the input is
                encoded, and the dict only has its items.
            lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
                visible. Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - target_root_removed (bool): True, only if the root was removed.
            - target_root_index (int): Index of the removed root, only with ``save_index``.
            - keypoints_mean, keypoints_std, target_mean, target_std (array): Copies, shape
              (1, K, D), float32, only if the codec has them.
            - keypoint_labels (array): Shape (K * D, N), or not reshaped (N, K, D); of the
              keypoints' dtype, in pixels or in standard deviations from the mean. D includes
              appended visibilities.
            - keypoint_labels_visible (array): The visibilities, unchanged.
            - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
              the target's dtype, in its unit or in standard deviations.
            - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
              keypoints, else 0.
            - trajectory_weights (array): The weights of all keypoints, (T, K); without
              visibilities, ``1 / lifting_target[:, 2]``, as in MMPose.
            - target_root (array): Shape (T, C), float32, in the target's unit.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``, or a division by a depth of 0.
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
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, D), pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
            lifting_target (array, optional): Shape (B, T, K, C).
            lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict: The items of ``encode``, each array with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode network outputs of one sample: back to the target's unit and, with a root, to its
        position.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, C), or (N, K - 1, C) without the root, or
                (N, 1, C) of a trajectory; float16, float32 or float64.
            target_root (array, optional): Root in the target's unit: (C,), (1, C) or (1, 1, C) for
                all poses, or (N, C) or (N, 1, C), one per pose; an empty array is none.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, C), in the target's unit, of the input's dtype, or of
              the root's if that is wider. A root that is removed from targets is inserted again
              with ``target_root``.
            - scores (array): Shape (N, K), float32, all 1.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
    def batch_decode(
        self, batch_encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode network outputs of a batch.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, N, K, C), or (B, K, C) as MMPose's
                heads return, which is N = 1.
            target_root (array, optional): The roots of ``decode`` with a leading B, such as
                (B, 1, C).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, C), as for ``decode``.
            - scores (array): Shape (B, N, K), float32, all 1.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class VideoPoseLifting(BaseKeypointCodec):
    """Convert the 2D poses of a video to units of its images, for a network that lifts them to 3D, and
    center the 3D pose on its root, which is the network's target.

    Paper: `3D human pose estimation in video with temporal convolutions and semi-supervised
    training <https://arxiv.org/abs/1811.11742>`_ (Pavllo et al. 2019).

    Args:
        num_keypoints (int): Number of keypoints, K.
        zero_center (bool): Center targets on their root. Default: True.
        root_index (int or list of ints): The root, or keypoints whose mean is the root. The attribute is a list. Default: 0.
        remove_root (bool): Remove the root from centered targets, if it is one keypoint. Default: False.
        save_index (bool): Add the index of a removed root to the encoded items. Default: False.
        reshape_keypoints (bool): Reshape labels to (K * D, N). Default: True.
        concat_vis (bool): Append visibilities to the keypoints. Default: False.
        normalize_camera (bool): Add the camera in units of the image to the encoded items. Default: False.

    Raises:
        InvalidInputError: For a root that is not one of the keypoints.
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
        """Center targets on their root."""
    @property
    def root_index(self) -> list[int]:
        """The root, or keypoints whose mean is the root. The attribute is a list."""
    @property
    def remove_root(self) -> bool:
        """Remove the root from centered targets, if it is one keypoint."""
    @property
    def save_index(self) -> bool:
        """Add the index of a removed root to the encoded items."""
    @property
    def reshape_keypoints(self) -> bool:
        """Reshape labels to (K * D, N)."""
    @property
    def concat_vis(self) -> bool:
        """Append visibilities to the keypoints."""
    @property
    def normalize_camera(self) -> bool:
        """Add the camera in units of the image to the encoded items."""
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
                (other dtypes are converted).
            keypoints_visible (array, optional): Shape (N, K), or with more values per keypoint
                (N, K, m). Default: all visible.
            lifting_target (array, optional): 3D poses, shape (T, K, C) or (K, C), in camera
                coordinates, in any unit (meters in MMPose's Human3.6M). Default: only the input is
                encoded, and the dict only has its items.
            lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
                visible. Default: all visible.
            camera_param (dict): The width ``w`` and height ``h`` of images and, for
                ``normalize_camera``, focal lengths ``f`` and principal point ``c``, shape (2, 1) or
                (2,), all in pixels; other items are copied.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - target_root (array): Shape (T, C), of the target's dtype and unit, only with
              ``zero_center``.
            - target_root_removed (bool): True, only if the root was removed.
            - target_root_index (int): Index of the removed root, only with ``save_index``.
            - camera_param (dict): A copy with ``f`` and ``c`` in half widths of the image, only
              with ``normalize_camera``.
            - keypoint_labels (array): Shape (K * 2, N), or not reshaped (N, K, 2); of the
              keypoints' dtype, in half widths from the image's center. Appended visibilities make
              the 2 larger.
            - keypoints_visible (array): The visibilities, unchanged.
            - lifting_target_label (array): Shape (T, K, C), or (T, K - 1, C) without the root, of
              the target's dtype and unit.
            - lifting_target_weight (array): Shape (T, K) or (T, K - 1), float32; 1 for visible
              keypoints, else 0.
            - trajectory_weights (array): The weights of all keypoints, (T, K); without
              visibilities, ``1 / lifting_target[:, 2]``, as in MMPose.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``, a missing or incomplete camera, or
                a division by a depth of 0.
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
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K) or (B, N, K, m).
            lifting_target (array, optional): Shape (B, T, K, C).
            lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            camera_param (dict or list of dicts): One camera for all samples, or one per sample.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict: The items of ``encode``, each array with a leading B, and a list of B cameras.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode network outputs of one sample: back to the target's unit and, with a root, to its
        position.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, C), or (N, K - 1, C) without the root, or
                (N, 1, C) of a trajectory; float16, float32 or float64.
            target_root (array, optional): Root in the target's unit: (C,), (1, C) or (1, 1, C) for
                all poses, or (N, C) or (N, 1, C), one per pose; an empty array is none.

        Returns:
            tuple:
            - keypoints (array): Shape (N, K, C), in the target's unit, of the input's dtype, or of
              the root's if that is wider. A root that is removed from targets is inserted again
              with ``target_root``.
            - scores (array): Shape (N, K), float32, all 1.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
    def batch_decode(
        self, batch_encoded: ArrayInput, target_root: ArrayInput | None = None
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode network outputs of a batch.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, N, K, C), or (B, K, C) as MMPose's
                heads return, which is N = 1.
            target_root (array, optional): The roots of ``decode`` with a leading B, such as
                (B, 1, C).

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, C), as for ``decode``.
            - scores (array): Shape (B, N, K), float32, all 1.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class MotionBERTLabel(BaseKeypointCodec):
    """Convert the 2D poses of a video to units of its images, for MotionBERT to lift them to 3D, and
    the 3D poses to image coordinates, which are its targets.

    Paper: `MotionBERT: A Unified Perspective on Learning Human Motion Representations
    <https://arxiv.org/abs/2210.06551>`_ (Zhu et al. 2023).

    Args:
        num_keypoints (int): Number of keypoints, K.
        root_index (int): The root. Default: 0.
        remove_root (bool): Not used, as in MMPose. Default: False.
        save_index (bool): Not used, as in MMPose. Default: False.
        concat_vis (bool): Append visibilities to the keypoints. Default: False.
        rootrel (bool): Move keypoint 0 to the origin before decoding. Default: False.
        mode (str): ``'train'`` for targets in half widths of the image, which the network learns, or ``'test'``
            for meters, to compare with decoded poses. Default: "test".

    Raises:
        InvalidInputError: For a root that is not one of the keypoints, or another mode.
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
        """Not used, as in MMPose."""
    @property
    def save_index(self) -> bool:
        """Not used, as in MMPose."""
    @property
    def concat_vis(self) -> bool:
        """Append visibilities to the keypoints."""
    @property
    def rootrel(self) -> bool:
        """Move keypoint 0 to the origin before decoding."""
    @property
    def mode(self) -> Literal["train", "test"]:
        """``'train'`` for targets in half widths of the image, which the network learns, or ``'test'``
        for meters, to compare with decoded poses.
        """
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
                float64 (other dtypes are converted).
            keypoints_visible (array, optional): Shape (T, K), or with more values per keypoint
                (T, K, m). Default: all visible.
            lifting_target (array, optional): 3D poses, shape (T, K, 3) or (K, 3), in camera
                coordinates, in meters. Default: only the input is encoded, and the dict only has its
                items and the factor.
            lifting_target_visible (array, optional): Shape (T, K), or (T, K, m); above 0.5 is
                visible. Default: all visible.
            camera_param (dict): The width ``w`` and height ``h`` of images and, both or neither,
                focal lengths ``f`` and principal point ``c``, shape (2, 1) or (2,), all in pixels.
                With these, targets are projected into the image.
            factor (array, optional): Meters per 1000 pixels, shape (T,) or (T, 1), or one for all
                frames. If it is omitted, or the first is 0, it is computed from the depth of the
                root; without ``f`` and ``c`` it is 4.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - keypoint_labels (array): Shape (T, K, D), of the keypoints' dtype, in half widths from
              the image's center. D includes appended visibilities.
            - keypoint_labels_visible (array): The visibilities, unchanged.
            - lifting_target_label (array): Shape (T, K, 3), of the target's dtype, root-relative:
              in half widths (``'train'``), or in meters (``'test'``).
            - lifting_target_weight (array): Shape (T, K), float32; 1 for visible keypoints, else 0.
            - lifting_target (array): ``lifting_target_label`` again.
            - lifting_target_visible (array): The visibilities, unchanged.
            - factor (array): Shape (T, 1), meters per 1000 pixels.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``, a missing or incomplete camera, or
                the projection of a depth of 0.
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
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, T, K, D), pixels; as for ``encode``.
            keypoints_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            lifting_target (array, optional): Shape (B, T, K, 3).
            lifting_target_visible (array, optional): Shape (B, T, K) or (B, T, K, m).
            camera_param (dict or list of dicts): One camera for all samples, or one per sample.
            factor (array, optional): Shape (B, T) or (B, T, 1), or one per sample.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

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
        """Decode network outputs of one sample, in half widths, to meters from the root.

        Args:
            encoded (array or torch.Tensor): Shape (N, K, 3), or sequences (B, T, K, 3); float16,
                float32 or float64.
            w (array, optional): Widths of images in pixels, shape (N,) or (N, 1), or one per
                sequence; with ``h``. By default, and for an empty array, poses are not scaled.
            h (array, optional): Heights of images in pixels, of the same shape.
            factor (array, optional): Meters per 1000 pixels, shape (N,) or (N, 1), or of sequences
                (B, T, 1), (B, T) or one per sequence.

        Returns:
            tuple:
            - keypoints (array): The input's shape and dtype; in meters, root-relative. (All values
              are divided by 1000, because factors are per 1000 pixels.)
            - scores (array): Shape (N, K) or (B, T, K), float32, all 1.

        Raises:
            InvalidInputError: For a wrong shape or dtype, or sizes that are not positive.
        """
    def batch_decode(
        self,
        batch_encoded: ArrayInput,
        w: ArrayInput | None = None,
        h: ArrayInput | None = None,
        factor: ArrayInput | None = None,
    ) -> tuple[_Poses, npt.NDArray[np.float32]]:
        """Decode network outputs of a batch.

        Args:
            batch_encoded (array or torch.Tensor): Shape (B, T, K, 3).
            w (array, optional): Widths of images in pixels, shape (B, T), or (B,) or (B, 1), one per
                sequence; with ``h``.
            h (array, optional): Heights of images in pixels, of the same shape.
            factor (array, optional): Shape (B, T, 1), (B, T), or one per sequence.

        Returns:
            tuple:
            - keypoints (array): Shape (B, T, K, 3), as for ``decode``.
            - scores (array): Shape (B, T, K), float32, all 1.

        Raises:
            InvalidInputError: As for ``decode``.
        """

@disjoint_base
class SimCC3DLabel(BaseKeypointCodec):
    """Represent keypoints as one classification vector per axis, including depth: "SimCC" in three
    dimensions, as RTMW3D learns it (``projects/rtmpose3d`` in MMPose's repository).

    Papers: `RTMW <https://arxiv.org/abs/2407.08634>`_ (Jiang et al. 2024), `SimCC
    <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).

    Args:
        input_size (tuple): Input size (w, h, d) in pixels; its depth d covers 2 * z_range.
        sigma (float or tuple): Standard deviation of the Gaussian, in bins, for all axes or one each. The attribute is an
            array of shape (3,). Default: 6.0.
        simcc_split_ratio (float): Bins per input pixel. Default: 2.0.
        normalize (bool): Divide Gaussians by sigma * sqrt(2 * pi). Default: True.
        use_dark (bool): Refine decoded keypoints with DARK. Default: False.
        root_index (int or tuple): Keypoint whose depth is the root's, or several, whose mean depth is; negative indices count
            from the end. The attribute is a list. Default: 0.
        z_range (float, optional): Depth in meters in front of the root that the input covers, and behind it. 2.1744869 by
            default.

    Raises:
        InvalidInputError: For a size of 0, a sigma, ratio or range that is not positive and finite, or no root.
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
        """Input size (w, h, d) in pixels; its depth d covers 2 * z_range."""
    @property
    def sigma(self) -> npt.NDArray[np.float64]:
        """Standard deviation of the Gaussian, in bins, for all axes or one each. The attribute is an
        array of shape (3,).
        """
    @property
    def simcc_split_ratio(self) -> float:
        """Bins per input pixel."""
    @property
    def normalize(self) -> bool:
        """Divide Gaussians by sigma * sqrt(2 * pi)."""
    @property
    def use_dark(self) -> bool:
        """Refine decoded keypoints with DARK."""
    @property
    def root_index(self) -> list[int]:
        """Keypoint whose depth is the root's, or several, whose mean depth is; negative indices count
        from the end. The attribute is a list.
        """
    @property
    def root_z(self) -> list[float]:
        """The mean depth of roots in the datasets that RTMW3D was trained on, in meters, a list of one."""
    @property
    def z_range(self) -> float:
        """Depth in meters in front of the root that the input covers, and behind it. 2.1744869 by
        default.
        """
    def encode(
        self,
        keypoints: ArrayInput,
        keypoints_3d: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCC3DTargets | None = None,
    ) -> SimCC3DTargets:
        """Encode the keypoints of one sample; the arguments are not modified.

        Args:
            keypoints (array): Shape (N, K, 2), input pixels; float32 or float64 (other dtypes are
                converted). NaN and infinite keypoints have no target and weight 0. As in MMPose, a
                single number means that there are no keypoints: labels and weights have shape (1,).
            keypoints_3d (array, optional): Shape (N, K, 3), meters, of which the depths z are
                encoded, relative to each instance's own root. Default: no depths.
            keypoints_visible (array, optional): Shape (N, K); below 0.5 is unlabelled. Default:
                all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - keypoint_x_labels (array): Shape (N, K, Wx), float32, Wx = w * simcc_split_ratio.
            - keypoint_y_labels (array): Shape (N, K, Wy), float32.
            - keypoint_z_labels (array): Shape (N, K, Wz), float32; around depth 1 without depths.
            - lifting_target (array): A copy of ``keypoints_3d``; else ``[None]``.
            - root_z (array): Shape (N,), depths of the roots in meters; else a list of the mean one.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for
              keypoints outside along any axis.
            - weight_z (array): ``keypoint_weights`` with depths, zeros without.
            - with_z_label (list): A bool, whether there are depths.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``, or a root index ≥ K.
        """
    def batch_encode(
        self,
        keypoints: ArrayInput,
        keypoints_3d: ArrayInput | None = None,
        keypoints_visible: ArrayInput | None = None,
        *,
        out: SimCC3DTargets | None = None,
    ) -> SimCC3DTargets:
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 2), input pixels; as for ``encode``.
            keypoints_3d (array, optional): Shape (B, N, K, 3), meters. Default: no depths.
            keypoints_visible (array, optional): Shape (B, N, K). Default: all visible.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict: The arrays of ``encode``, each with a leading B; lists have B items.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, x: ArrayInput, y: ArrayInput, z: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], _Scores]:
        """Decode the vectors of one sample, which are not modified.

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
            InvalidInputError: For another shape or dtype, or vectors without a bin.
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
        """Decode a batch of vectors.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).
        With ``flipped``, this is a flip test: each output is averaged with that of the mirrored image,
        as MMPose's heads do with ``flip_test``.
        Only the vectors along x are reversed.

        Args:
            x (array or torch.Tensor): Shape (B, K, Wx) or (B, N, K, Wx).
            y (array or torch.Tensor): Shape (B, K, Wy) or (B, N, K, Wy).
            z (array or torch.Tensor): Shape (B, K, Wz) or (B, N, K, Wz).
            flipped (tuple of 3 arrays or tensors, optional): The vectors of the mirrored images, of
                the same shapes and dtypes. Default: no flip test.
            flip_indices (sequence of int, optional): For each of the K keypoints the index of its mirror
                image; required with ``flipped``. This is ``flip_indices`` of a dataset in MMPose.
            shift (bool): Only for heatmaps: MMPose does not shift vectors. Default: False.

        Returns:
            tuple:
            - keypoints (array): Shape (B, N, K, 3), float32: input pixels, and meters.
            - keypoints_simcc (array): Shape (B, N, K, 3), float32, all in input pixels.
            - scores (array): Shape (B, N, K), of the vectors' dtype.

        Raises:
            InvalidInputError: As for ``decode``, or for wrong arguments of the flip test.
        """

@disjoint_base
class Hand3DHeatmap(BaseKeypointCodec):
    """Represent the joints of two hands as 3D Gaussians, with the depth between the hands' roots and
    the hand type, as InterNet learns them.

    Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).

    Args:
        image_size (tuple): Input size (w, h) in pixels. The attribute is an array of shape (2,). Default: (256, 256).
        root_heatmap_size (int): Number of bins of the root depth that is decoded. Default: 64.
        heatmap_size (tuple): Size (w, h, d) of a joint's 3D heatmap. The attribute is an array of shape (3,). Default: (64, 64, 64).
        heatmap3d_depth_bound (float): Depth in millimeters that a heatmap covers, half of it in front of the hand's root. Default: 400.0.
        heatmap_size_root (int): Number of bins of the root depth that is encoded. Default: 64.
        root_depth_bound (float): Root depth in millimeters that its bins cover. Default: 400.0.
        depth_size (int): Depth of the heatmaps that are decoded. Default: 64.
        use_different_joint_weights (bool): Multiply visibilities by ``dataset_keypoint_weights``. Default: False.
        sigma (float): Standard deviation of the Gaussian, in heatmap pixels. Default: 2.
        joint_indices (list of ints, optional): Joints that have a heatmap; negative indices count from the end. All by default.
        max_bound (float): Maximum of a heatmap. Default: 1.0.

    Raises:
        InvalidInputError: For a size of 0, or a sigma or bound that is not positive and finite.
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
        """Input size (w, h) in pixels. The attribute is an array of shape (2,)."""
    @property
    def root_heatmap_size(self) -> int:
        """Number of bins of the root depth that is decoded."""
    @property
    def heatmap_size(self) -> npt.NDArray[np.int64]:
        """Size (w, h, d) of a joint's 3D heatmap. The attribute is an array of shape (3,)."""
    @property
    def heatmap3d_depth_bound(self) -> float:
        """Depth in millimeters that a heatmap covers, half of it in front of the hand's root."""
    @property
    def heatmap_size_root(self) -> int:
        """Number of bins of the root depth that is encoded."""
    @property
    def root_depth_bound(self) -> float:
        """Root depth in millimeters that its bins cover."""
    @property
    def depth_size(self) -> int:
        """Depth of the heatmaps that are decoded."""
    @property
    def use_different_joint_weights(self) -> bool:
        """Multiply visibilities by ``dataset_keypoint_weights``."""
    @property
    def sigma(self) -> float:
        """Standard deviation of the Gaussian, in heatmap pixels."""
    @property
    def joint_indices(self) -> list[int] | None:
        """Joints that have a heatmap; negative indices count from the end. All by default."""
    @property
    def max_bound(self) -> float:
        """Maximum of a heatmap."""
    @property
    def scale_factor(self) -> npt.NDArray[np.float32]:
        """Input pixels per heatmap pixel along x and y, float32, shape (2,)."""
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
            keypoints (array): Shape (N, K, 3): input pixels, and millimeters of depth behind the
                hand's root; float32 or float64 (other dtypes are converted). NaN and infinite joints
                have a heatmap of zeros and weight 0. Instances share the heatmaps, which have the
                maximum of both.
            keypoints_visible (array, optional): Shape (N, K). ``None``: all visible. Joints that are
                not visible have a heatmap, too.
            dataset_keypoint_weights (array, optional): Shape (K,), of the joints that have a heatmap;
                used only with ``use_different_joint_weights``.
            rel_root_depth (float): Depth of the left hand's root behind the right one's, in
                millimeters.
            rel_root_valid (float): Its weight.
            hand_type (array): Shape (1, 2) or (2,): whether there is a right hand, and a left one.
            hand_type_valid (array): Its weight: a number, or shape (1,) or (2,).
            focal (array): Not used, as in MMPose.
            principal_pt (array): Not used, as in MMPose.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict:
            - heatmaps (array): Shape (K * D, H, W), float32: D planes per joint.
            - keypoint_weights (array): Shape (N, K), the visibilities and their dtype; 0 for joints
              beyond ``heatmap3d_depth_bound``.
            - root_depth (array): Shape (1,), in bins of ``heatmap_size_root``.
            - type (array): ``hand_type``.
            - type_weight (array): ``hand_type_valid``.
            - root_depth_weight (array): Shape (1,), ``rel_root_valid``, or 0 beyond
              ``root_depth_bound``.

        Raises:
            InvalidInputError: For a wrong shape, dtype or ``out``, ``joint_indices`` ≥ K, or missing
                weights that are required.
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
        """Encode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            keypoints (array): Shape (B, N, K, 3); as for ``encode``.
            keypoints_visible (array, optional): Shape (B, N, K). ``None``: all visible.
            dataset_keypoint_weights (array, optional): Shape (K,), for all samples.
            rel_root_depth (array): Shape (B,) or (B, 1), in millimeters.
            rel_root_valid (array): Shape (B,) or (B, 1).
            hand_type (array): Shape (B, 1, 2) or (B, 2).
            hand_type_valid (array): Shape (B,), (B, 1) or (B, 2).
            focal (array): Not used.
            principal_pt (array): Not used.
            out (dict, optional): C-contiguous, writable arrays or CPU tensors to fill, with the keys, shapes
                and dtypes of the returned dict.

        Returns:
            dict: The arrays of ``encode``, each with a leading B.

        Raises:
            InvalidInputError: As for ``encode``.
        """
    def decode(
        self, heatmaps: ArrayInput, root_depth: ArrayInput, hand_type: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores, _Scores, npt.NDArray[np.int64]]:
        """Decode the network outputs of one sample.

        Args:
            heatmaps (array or torch.Tensor): Shape (K, D, H, W), float16, float32 or float64.
            root_depth (array or torch.Tensor): One number, of shape (1,) or (1, 1), in bins of
                ``root_heatmap_size``; float16, float32 or float64.
            hand_type (array or torch.Tensor): Shape (2,) or (1, 2): above 0 if there is a right hand,
                and a left one.

        Returns:
            tuple:
            - keypoints (array): Shape (1, K, 3), float32: input pixels, and millimeters of depth
              behind the hand's root. One pixel before the first where no value is above 0.
            - scores (array): Shape (1, K), of the heatmaps' dtype.
            - rel_root_depth (array): In millimeters, of ``root_depth``'s shape and dtype.
            - hand_type (array): Shape (1, 2), int64, 0 or 1.

        Raises:
            InvalidInputError: For another shape or dtype, or maps without a pixel.
        """
    def batch_decode(
        self, heatmaps: ArrayInput, root_depth: ArrayInput, hand_type: ArrayInput
    ) -> tuple[npt.NDArray[np.float32], _Scores, _Scores, npt.NDArray[np.int64]]:
        """Decode a batch.

        Large batches run on several threads (see :func:`posecodec_rs.set_num_threads`).

        Args:
            heatmaps (array or torch.Tensor): Shape (B, K, D, H, W).
            root_depth (array or torch.Tensor): Shape (B,), (B, 1) or (B, 1, 1).
            hand_type (array or torch.Tensor): Shape (B, 2) or (B, 1, 2).

        Returns:
            tuple:
            - keypoints (array): Shape (B, 1, K, 3), float32.
            - scores (array): Shape (B, 1, K), of the heatmaps' dtype.
            - rel_root_depth (array): Of ``root_depth``'s shape and dtype.
            - hand_type (array): Shape (B, 1, 2), int64.

        Raises:
            InvalidInputError: As for ``decode``.
        """

_Codec = TypeVar("_Codec", bound=BaseKeypointCodec)

def _unpickle(
    cls: type[_Codec], init: tuple[type[BaseKeypointCodec], dict[str, Any]] | None
) -> _Codec: ...
def cache_clear() -> None:
    """Return the memory that is kept for the next outputs to the system.

    Outputs of 16 KiB and more are allocated from a pool, which keeps up to :func:`get_cache_limit`
    bytes of what was freed. Arrays that are in use keep their memory.
    """

def get_cache_limit() -> int:
    """The maximum number of unused bytes that are kept for the next outputs.

    The value of :func:`set_cache_limit`; else the environment variable ``POSECODEC_CACHE_LIMIT``; else
    256 MiB on Linux, of which the system takes back all but 64 MiB when it needs memory, and 64 MiB
    on other systems.
    """

def set_cache_limit(num_bytes: int) -> None:
    """Set the maximum number of unused bytes that this process keeps for the next outputs.

    Args:
        num_bytes (int): The limit; with 0, NumPy allocates all outputs, and nothing is kept.

    Raises:
        InvalidInputError: For a negative number, and what is not an integer.
    """

def get_num_threads() -> int:
    """The number of threads that batches may use.

    The value of :func:`set_num_threads`; else the environment variable ``POSECODEC_NUM_THREADS``; else
    the processors that this process may use. Calls for one sample use one thread.
    """

def set_num_threads(num_threads: int) -> None:
    """Set the number of threads that batches of this process may use.

    Args:
        num_threads (int): 1 to 1024; 0 restores the default.

    Raises:
        InvalidInputError: For another value.
    """

def simd_tiers() -> tuple[list[_Tier], _Tier]:
    """The SIMD tiers (sets of vector instructions) of this processor, narrowest first, and the tier that
    kernels use now: ``(["baseline", "avx2", "avx512"], "avx512")``.
    """

def force_simd_tier(tier: _Tier | None) -> None:
    """Set the vector instructions of the calling thread and of the batches that it starts; ``None``
    restores the widest. For tests and benchmarks: results are bit-identical.

    Args:
        tier (str, optional): One of :func:`simd_tiers`.

    Raises:
        InvalidInputError: For a tier that this processor does not have.
    """

def to_image(
    keypoints: ArrayInput, center: ArrayInput, scale: ArrayInput, input_size: _Size
) -> _Poses:
    """Map keypoints from a network's input back to the image that it was cropped from.

    As MMPose's top-down estimators: ``keypoints / input_size * scale + center - 0.5 * scale``. A crop
    that was rotated needs its inverse affine transform instead.

    Args:
        keypoints (array): Shape (K, D), (N, K, D) or (B, N, K, D), D at least 2: x and y in input
            pixels, and values that stay, such as a depth; float32 or float64 (others are
            converted).
        center (array): The crop's center in pixels of the image: shape (2,) or (1, 2), or, for
            keypoints of several crops, (B, K, D) or (B, N, K, D), shape (B, 2).
        scale (array): The crop's width and height in pixels of the image, of the same
            shapes as ``center``.
        input_size (tuple): Input size (w, h) in pixels.

    Returns:
        array: Keypoints in pixels of the image, of the same shape and dtype, computed in float64.

    Raises:
        InvalidInputError: For shapes or dtypes that do not fit, or an input size of 0.
    """

# What the modules of other projects call: `mmpose0`, `hrnet`, `transformers`, `deeplabcut`, `sleap`
# and `mmaction`.

_Arrays: TypeAlias = tuple[npt.NDArray[Any], npt.NDArray[Any]]

def _keypoints_from_heatmaps(
    heatmaps: ArrayInput,
    center: ArrayInput,
    scale: ArrayInput,
    method: str,
    kernel: int,
    valid_radius_factor: float,
    unit: float,
) -> _Arrays: ...
def _keypoints_from_heatmaps3d(
    heatmaps: ArrayInput, center: ArrayInput, scale: ArrayInput, unit: float
) -> _Arrays: ...
def _keypoints_from_regression(
    regression_preds: ArrayInput,
    center: ArrayInput,
    scale: ArrayInput,
    img_size: ArrayInput,
    unit: float,
) -> npt.NDArray[np.float64]: ...
def _post_dark_udp(
    coords: ArrayInput, batch_heatmaps: ArrayInput, kernel: int
) -> npt.NDArray[Any]: ...
def _transform_preds(
    coords: ArrayInput,
    center: ArrayInput,
    scale: ArrayInput,
    output_size: ArrayInput,
    use_udp: bool,
    unit: float,
) -> npt.NDArray[Any]: ...
def _flip_back(
    output_flipped: ArrayInput, flip_pairs: Iterable[Sequence[int]], maps_per_keypoint: int
) -> npt.NDArray[Any]: ...
def _parse_heatmaps(
    heatmaps: ArrayInput, tags: ArrayInput, options: tuple[Any, ...], adjust: bool, refine: bool
) -> list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]: ...
def _match_tags(
    val_k: ArrayInput, tag_k: ArrayInput, options: tuple[Any, ...]
) -> list[npt.NDArray[np.int64]]: ...
def _top_candidates(
    heatmaps: ArrayInput, nms_kernel: int, max_num_people: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]: ...
def _top_down_target(
    joints_3d: ArrayInput,
    joints_3d_visible: ArrayInput,
    image_size: ArrayInput,
    heatmap_size: ArrayInput,
    kind: str,
    factor: Any,
    joint_weights: ArrayInput | None,
) -> _Arrays: ...
def _regression_target(
    joints_3d: ArrayInput,
    joints_3d_visible: ArrayInput,
    image_size: ArrayInput,
    joint_weights: ArrayInput | None,
) -> _Arrays: ...
def _bottom_up_heatmaps(
    joints: ArrayInput, output_size: Any, num_joints: int, sigma: float, use_udp: bool
) -> npt.NDArray[np.float32]: ...
def _bottom_up_sigma(output_size: Any, sigma: float) -> float: ...
def _encode_joints(
    joints: ArrayInput,
    max_num_people: int,
    num_joints: int,
    output_size: Any,
    tag_per_joint: bool,
) -> npt.NDArray[np.float32]: ...
def _get_keypoint_predictions(heatmaps: ArrayInput) -> _Arrays: ...
def _post_dark_unbiased_data_processing(
    coords: ArrayInput, heatmaps: ArrayInput, kernel: int, model: str
) -> npt.NDArray[Any]: ...
def _person_heatmaps(
    person: ArrayInput,
    keypoints: ArrayInput,
    output_size: tuple[int, int],
    downscale_factor: int,
    sigma: float,
) -> _Arrays: ...
def _get_max_preds(batch_heatmaps: ArrayInput) -> _Arrays: ...
def _get_final_preds(
    batch_heatmaps: ArrayInput, center: ArrayInput, scale: ArrayInput, post_process: bool
) -> _Arrays: ...
def _dlc_heatmaps(
    keypoints: ArrayInput,
    map_size: tuple[int, int],
    stride: float,
    kind: str,
    per_instance: bool,
    num_heatmaps: int,
    pos_dist_thresh: float,
    missing_weight: float | None,
    locref_scale: float | None,
) -> tuple[_Arrays, _Arrays | None]: ...
def _dlc_part_affinity_fields(
    keypoints: ArrayInput,
    map_size: tuple[int, int],
    stride: float,
    graph: Iterable[Sequence[int]],
    width: float,
) -> npt.NDArray[np.float32]: ...
def _dlc_dekr(
    keypoints: ArrayInput,
    area: ArrayInput,
    map_size: tuple[int, int],
    stride: float,
    num_joints: int,
    pos_dist_thresh: float,
    bg_weight: float,
) -> list[npt.NDArray[np.float32]]: ...
def _dlc_simcc(
    keypoints: ArrayInput,
    input_size: tuple[int, int],
    standard: bool,
    sigma: Sequence[float],
    simcc_split_ratio: float,
    label_smooth_weight: float,
    normalize: bool,
) -> list[npt.NDArray[Any]]: ...
def _confidence_maps(
    instances: ArrayInput,
    img_hw: tuple[int, int],
    sigma: float,
    output_stride: float,
    separate: bool,
) -> npt.NDArray[np.float32]: ...
def _part_affinity_fields(
    instances: ArrayInput,
    img_hw: tuple[int, int],
    sigma: float,
    output_stride: float,
    edge_inds: Iterable[Sequence[int]],
) -> npt.NDArray[np.float32]: ...
def _pose_targets(
    keypoint: ArrayInput,
    keypoint_score: ArrayInput | None,
    scaling: float,
    img_shape: tuple[float, float],
    sigma: float,
    min_score: float,
    with_kp: bool,
    skeletons: Iterable[Sequence[int]],
    mirrored: Iterable[int],
) -> npt.NDArray[np.float32]: ...

# The helpers of `posecodec_rs.functional`.

def generate_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: ArrayInput
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate Gaussian heatmaps of keypoints, centered on their rounded coordinates.

    Paper: `Simple Baselines <https://arxiv.org/abs/1804.06208>`_ (Xiao et al. 2018).

    Args:
        heatmap_size (tuple): Size (W, H) in pixels.
        keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are
            converted). NaN and infinite keypoints have no Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        sigma (float or array): Standard deviation in heatmap pixels, or one per instance; 0 is one
            pixel.

    Returns:
        tuple:
        - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the maximum.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          keypoints outside the map.

    Raises:
        InvalidInputError: For a wrong shape or dtype, a size of 0, or sigmas that are negative, not
            finite or too few.
    """

def generate_udp_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate Gaussian heatmaps of keypoints, as UDP does: centered on the exact coordinates.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H) in pixels.
        keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are
            converted). NaN and infinite keypoints have no Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        sigma (float): Standard deviation in heatmap pixels.

    Returns:
        tuple:
        - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the maximum.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          keypoints outside the map.

    Raises:
        InvalidInputError: For a wrong shape or dtype, a size of 0, or a sigma that is negative or
            not finite.
    """

def generate_unbiased_gaussian_heatmaps(
    heatmap_size: _Size, keypoints: ArrayInput, keypoints_visible: ArrayInput, sigma: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate Gaussian heatmaps of keypoints that are neither rounded nor truncated.

    Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H) in pixels.
        keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are
            converted). NaN and infinite keypoints have no Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        sigma (float): Standard deviation in heatmap pixels.

    Returns:
        tuple:
        - heatmaps (array): Shape (K, H, W), float32. Where instances overlap, the maximum.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          keypoints outside the map.

    Raises:
        InvalidInputError: For a wrong shape or dtype, a size of 0, or a sigma that is negative or
            not finite.
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
    """Generate 3D Gaussian heatmaps of keypoints.

    Paper: `InterHand2.6M <https://arxiv.org/abs/2008.09309>`_ (Moon et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H, D) in pixels.
        keypoints (array): Shape (N, K, C), of which x and y in image pixels and the depth are used;
            float32 or float64 (other dtypes are converted). NaN and infinite keypoints have no
            Gaussian and weight 0.
        keypoints_visible (array): Shape (N, K).
        sigma (float or array): Standard deviation in heatmap pixels, or one per instance.
        image_size (tuple): Size (w, h) of the image in pixels.
        heatmap3d_depth_bound (float): The depth that the maps cover. Default: 400.
        joint_indices (list, optional): Indices of the joints that have a map. Default: all.
        max_bound (float): Maximum of the maps. Default: 1.
        use_different_joint_weights (bool): Multiply visibilities by the dataset's weights. Default:
            False.
        dataset_keypoint_weights (array, optional): Shape (K,), one weight per joint with a map.

    Returns:
        tuple:
        - heatmaps (array): Shape (K·D, H, W), float32. Where instances overlap, the maximum.
        - keypoint_weights (array): Shape (N, K), of the visibilities' dtype: the visibilities, 0 for
          depths beyond the bound.

    Raises:
        InvalidInputError: For wrong shapes, dtypes or indices, or sizes, bounds or sigmas that are
            not positive and finite.
    """

def generate_offset_heatmap(
    heatmap_size: _Size,
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput,
    radius_factor: float,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    """Generate offset heatmaps of keypoints: for each keypoint three maps, which are 1 near it and the
    offsets to it along x and y.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        heatmap_size (tuple): Size (W, H) in pixels.
        keypoints (array): Shape (N, K, D), of which x and y, in heatmap pixels, are used; float32 or float64
            (other dtypes are converted). NaN and infinite keypoints have no maps and weight 0.
        keypoints_visible (array): Shape (N, K); below 0.5 is unlabelled.
        radius_factor (float): The radius, which is the unit of offsets, in units of max(W, H).

    Returns:
        tuple:
        - heatmaps (array): Shape (K·3, H, W), float32. Where instances overlap, the last one's.
        - keypoint_weights (array): The visibilities.

    Raises:
        InvalidInputError: For a wrong shape or dtype, a size of 0, or a factor that is not positive
            and finite.
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
    """Generate displacement heatmaps of keypoints: around each instance's root, the vectors from each
    pixel to the keypoints.

    Paper: `Single-stage Multi-person Pose Machines <https://arxiv.org/abs/1908.09220>`_ (Nie et al.
    2019).

    Args:
        heatmap_size (tuple): Size (W, H) in pixels.
        keypoints (array): Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are converted). Those
            outside have no displacements.
        keypoints_visible (array): Shape (N, K); below 1 a keypoint has no displacements.
        roots (array): Shape (N, 2), in heatmap pixels; instances whose root is outside have none.
        roots_visible (array): Shape (N,); below 1 an instance has none.
        diagonal_lengths (array): Shape (N,), in heatmap pixels, of the instances' boxes. Where
            instances overlap, the maps have the smaller one's values.
        radius (float): Radius around the roots in which there are displacements, in heatmap
            pixels.

    Returns:
        tuple:
        - displacements (array): Shape (K·2, H, W), float32, in heatmap pixels.
        - displacement_weights (array): Shape (K·2, H, W), float32: 1 / the diagonal; 0 far from
          roots.

    Raises:
        InvalidInputError: For a wrong shape or dtype, a size of 0, or a radius that is not finite.
    """

def get_instance_root(
    keypoints: ArrayInput,
    keypoints_visible: ArrayInput | None = None,
    root_type: _RootType = "kpt_center",
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Compute the roots of instances from their visible keypoints.

    Args:
        keypoints (array): Shape (N, K, 2); float32 or float64 (other dtypes are converted). NaN and
            infinite keypoints count as not visible.
        keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.
        root_type (str): ``'kpt_center'``, the mean of the keypoints, or ``'bbox_center'``, the center
            of the box around them. Default: ``'kpt_center'``.

    Returns:
        tuple:
        - roots_coordinate (array): Shape (N, 2), float32; 0 where no keypoint is visible.
        - roots_visible (array): Shape (N,), float32: 1, or 0 where no keypoint is visible.

    Raises:
        InvalidInputError: For a wrong shape or dtype, or another root type.
    """

def get_instance_bbox(
    keypoints: ArrayInput, keypoints_visible: ArrayInput | None = None
) -> npt.NDArray[np.float32]:
    """Compute the boxes around the visible keypoints of instances.

    Args:
        keypoints (array): Shape (N, K, 2); float32 or float64 (other dtypes are converted). NaN and
            infinite keypoints count as not visible.
        keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.

    Returns:
        array: Shape (N, 4), float32: x1, y1, x2, y2; zeros where no keypoint is visible.

    Raises:
        InvalidInputError: For a wrong shape or dtype.
    """

def get_diagonal_lengths(
    keypoints: ArrayInput, keypoints_visible: ArrayInput | None = None
) -> npt.NDArray[np.float32]:
    """Compute the diagonals of the boxes around the visible keypoints of instances.

    Args:
        keypoints (array): Shape (N, K, 2); float32 or float64 (other dtypes are converted). NaN and
            infinite keypoints count as not visible.
        keypoints_visible (array, optional): Shape (N, K); visible above 0. Default: all.

    Returns:
        array: Shape (N,), float32; 0 where no keypoint is visible.

    Raises:
        InvalidInputError: For a wrong shape or dtype.
    """

def get_heatmap_maximum(heatmaps: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
    """Find the maxima of heatmaps.

    Args:
        heatmaps (array): Shape (K, H, W) or (B, K, H, W); of any numeric dtype.

    Returns:
        tuple:
        - locs (array): Shape (K, 2) or (B, K, 2), float32: x and y of the first maximum, in pixels;
          -1 where no value is above 0. NaN counts as the maximum.
        - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.

    Raises:
        InvalidInputError: For another number of dimensions, or maps without a pixel.
    """

def get_heatmap_3d_maximum(heatmaps: ArrayInput) -> tuple[npt.NDArray[np.float32], _Scores]:
    """Find the maxima of 3D heatmaps.

    Args:
        heatmaps (array): Shape (K, D, H, W) or (B, K, D, H, W); of any numeric dtype.

    Returns:
        tuple:
        - locs (array): Shape (K, 3) or (B, K, 3), float32: x, y and z of the first maximum, in
          pixels; -1 where no value is above 0. NaN counts as the maximum.
        - vals (array): Shape (K,) or (B, K), the maxima, of the heatmaps' dtype.

    Raises:
        InvalidInputError: For another number of dimensions, or maps without a pixel.
    """

def get_simcc_maximum(
    simcc_x: ArrayInput, simcc_y: ArrayInput, apply_softmax: bool = False
) -> tuple[npt.NDArray[np.float32], _Scores]:
    """Find the maxima of SimCC vectors along x and y.

    Paper: `SimCC <https://arxiv.org/abs/2107.03332>`_ (Li et al. 2022).

    Args:
        simcc_x (array): Shape (K, Wx) or (N, K, Wx); float16, float32 or float64.
        simcc_y (array): Shape (K, Wy) or (N, K, Wy).
        apply_softmax (bool): Apply a softmax to the vectors first. Default: False.

    Returns:
        tuple:
        - locs (array): Shape (K, 2) or (N, K, 2), float32: the bins of the first maxima along x and
          y; -1 where the value is not above 0.
        - vals (array): Shape (K,) or (N, K), the smaller of both maxima, of the dtype of ``simcc_x``.

    Raises:
        InvalidInputError: For a wrong shape or dtype, or vectors without a bin.
    """

def get_simcc_normalized(batch_pred_simcc: _InKind, sigma: float | None = None) -> _InKind:
    """Normalize SimCC vectors to the range 0 to 1.

    Args:
        batch_pred_simcc (array or Tensor): Shape (B, K, W); float16, float32 or float64, of tensors
            bfloat16 as well.
        sigma (float, optional): Standard deviation in bins of the Gaussians that the vectors were
            trained with: they are divided by ``sigma`` · √2π first. Default: not divided.

    Returns:
        array or Tensor: Of the type, shape and dtype of ``batch_pred_simcc``, on the same device,
        without gradients. Negative values are set to 0, and vectors with values above 1 are divided
        by their maximum.

    Raises:
        InvalidInputError: For a wrong shape or dtype, or a sigma that is not positive and finite.
    """

def batch_heatmap_nms(batch_heatmaps: _InKind, kernel_size: int = 5) -> _InKind:
    """Non-maximum suppression: keep the maxima of neighborhoods in heatmaps, and set other values to 0.

    Args:
        batch_heatmaps (array or Tensor): Shape (B, K, H, W); float16, float32 or float64, of tensors
            bfloat16 as well.
        kernel_size (int): Size of the neighborhood, odd. Default: 5.

    Returns:
        array or Tensor: Of the type and shape of ``batch_heatmaps``: on the same device, without
        gradients; tensors of half precision become float32, as torch multiplies them.

    Raises:
        InvalidInputError: For an even kernel size, or a wrong shape or dtype.
    """

def gaussian_blur(heatmaps: ArrayInput, kernel: int = 11) -> _Scores:
    """Blur heatmaps with OpenCV's Gaussian and rescale each to its previous maximum.

    Outside the heatmaps, values are 0. Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        heatmaps (array): Shape (K, H, W); float16, float32 or float64. Not modified.
        kernel (int): Size of the Gaussian kernel, odd: 17 for a sigma of 3, 11 for 2. Default: 11.

    Returns:
        array: Shape (K, H, W), of the heatmaps' dtype; computed in float32.

    Raises:
        InvalidInputError: For an even kernel size, or a wrong shape or dtype.
    """

def gaussian_blur1d(simcc: ArrayInput, kernel: int = 11) -> _Scores:
    """Blur SimCC vectors with OpenCV's Gaussian and rescale each to its previous maximum.

    Outside the vectors, values are 0.

    Args:
        simcc (array): Shape (N, K, W); float16, float32 or float64. Not modified.
        kernel (int): Size of the Gaussian kernel, odd: 17 for a sigma of 3, 11 for 2. Default: 11.

    Returns:
        array: Shape (N, K, W), of the vectors' dtype; computed in float32.

    Raises:
        InvalidInputError: For an even kernel size, or a wrong shape or dtype.
    """

def refine_keypoints(keypoints: ArrayInput, heatmaps: ArrayInput) -> _Scores:
    """Move keypoints by a quarter of a heatmap pixel towards the larger neighbor along each axis.

    Args:
        keypoints (array): Shape (N, K, 2), in heatmap pixels; float16, float32 or float64. Not modified.
        heatmaps (array): Shape (K, H, W); float16, float32 or float64.

    Returns:
        array: Shape (N, K, 2), of the keypoints' dtype. Keypoints outside the map are not moved.

    Raises:
        InvalidInputError: For a wrong shape or dtype.
    """

def refine_keypoints_dark(
    keypoints: ArrayInput, heatmaps: ArrayInput, blur_kernel_size: int
) -> _Scores:
    """Move keypoints to the nearby peaks, as DARK estimates them.

    Paper: `DarkPose <https://arxiv.org/abs/1910.06278>`_ (Zhang et al. 2020).

    Args:
        keypoints (array): Shape (N, K, D), of which x and y, in heatmap pixels, are refined; float16, float32
            or float64. Not modified.
        heatmaps (array): Shape (K, H, W); float16, float32 or float64. Not modified.
        blur_kernel_size (int): Size of the Gaussian that the heatmaps are blurred with, odd.

    Returns:
        array: Shape (N, K, D), of the keypoints' dtype. Keypoints within two pixels of the border or
        outside, or where the Hessian is singular, are not moved.

    Raises:
        InvalidInputError: For an even kernel size, or a wrong shape or dtype.
    """

def refine_keypoints_dark_udp(
    keypoints: ArrayInput, heatmaps: ArrayInput, blur_kernel_size: int
) -> _Scores:
    """Move keypoints to the nearby peaks, as UDP's variant of DARK estimates them.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        keypoints (array): Shape (N, K, 2), in heatmap pixels; float16, float32 or float64. Not modified.
        heatmaps (array): Shape (K, H, W); float16, float32 or float64. Not modified.
        blur_kernel_size (int): Size of the Gaussian that the heatmaps are blurred with, odd.

    Returns:
        array: Shape (N, K, 2), of the keypoints' dtype. Keypoints outside, or where the Hessian is
        singular, are not moved.

    Raises:
        InvalidInputError: For an even kernel size, or a wrong shape or dtype.
    """

def refine_simcc_dark(keypoints: ArrayInput, simcc: ArrayInput, blur_kernel_size: int) -> _Scores:
    """Move coordinates along one axis to the nearby peaks, as DARK estimates them.

    Paper: `UDP <https://arxiv.org/abs/1911.07524>`_ (Huang et al. 2020).

    Args:
        keypoints (array): Shape (N, K), in bins; float16, float32 or float64. Not modified.
        simcc (array): Shape (N, K, W); float16, float32 or float64. Not modified.
        blur_kernel_size (int): Size of the Gaussian that the vectors are blurred with, odd.

    Returns:
        array: Shape (N, K), of the keypoints' dtype. Coordinates outside are not moved.

    Raises:
        InvalidInputError: For an even kernel size, or a wrong shape or dtype.
    """

def camera_to_pixel(
    kpts_3d: ArrayInput, fx: float, fy: float, cx: float, cy: float, shift: bool = False
) -> _Scores:
    """Project points from camera coordinates to the image.

    Args:
        kpts_3d (array): Shape (..., D), D at least 3: x, y and depth; float32 or float64 (other dtypes
            are converted).
        fx (float): Focal length along x.
        fy (float): Focal length along y.
        cx (float): Principal point, x.
        cy (float): Principal point, y.
        shift (bool): Add 1e-8 to the depths. Default: False.

    Returns:
        array: Shape (..., 2), of the points' dtype, in the units of the focal lengths.

    Raises:
        InvalidInputError: For a wrong shape or dtype.
    """

def pixel_to_camera(kpts_3d: ArrayInput, fx: float, fy: float, cx: float, cy: float) -> _Scores:
    """Convert image points with depths to camera coordinates.

    Args:
        kpts_3d (array): Shape (..., D), D at least 3: x and y in the units of the focal lengths, and
            depth; float32 or float64 (other dtypes are converted). Not modified.
        fx (float): Focal length along x.
        fy (float): Focal length along y.
        cx (float): Principal point, x.
        cy (float): Principal point, y.

    Returns:
        array: Shape (..., D), of the points' dtype; depths and other columns are unchanged.

    Raises:
        InvalidInputError: For a wrong shape or dtype.
    """

def camera_to_image_coord(
    root_index: int, kpts_3d_cam: ArrayInput, camera_param: Mapping[str, Any]
) -> tuple[_Scores, _Scores]:
    """Project poses from camera coordinates to the image, with root-relative depths in the same units.

    Paper: `MotionBERT <https://arxiv.org/abs/2210.06551>`_ (Zhu et al. 2023).

    Args:
        root_index (int): Index of the root; negative indices count from the end.
        kpts_3d_cam (array): Shape (N, K, 3) or (K, 3): x, y and depth; float32 or float64 (other dtypes
            are converted).
        camera_param (dict): The camera: ``f``, focal lengths, and ``c``, principal point, arrays of
            shape (2,) or (2, 1), in pixels. They are used in units of 1000 pixels.

    Returns:
        tuple:
        - kpts_3d_image (array): As ``kpts_3d_cam``, in units of the image.
        - factor (array): Shape (N,), of the same dtype: camera units per image unit.

    Raises:
        InvalidInputError: For a wrong shape, dtype or index, or a camera without ``f`` or ``c``.
    """
