"""Decoding: ``mmpose.core.evaluation.top_down_eval`` and ``mmpose.core.post_processing``."""

import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from posecodec_rs import _core
from posecodec_rs.types import ArrayInput

_Keypoints = tuple[npt.NDArray[Any], npt.NDArray[Any]]


class Decoder:
    """The functions that return pixels of the image, for a unit of scales.

    Args:
        unit: Pixels per unit of ``scale``: 200 in MMPose; 1 in copies that dropped this factor.
    """

    def __init__(self, unit: float) -> None:
        """Keep the unit."""
        self._unit = unit

    def keypoints_from_heatmaps(
        self,
        heatmaps: ArrayInput,
        center: ArrayInput,
        scale: ArrayInput,
        unbiased: bool = False,
        post_process: str | bool | None = "default",
        kernel: int = 11,
        valid_radius_factor: float = 0.0546875,
        use_udp: bool = False,
        target_type: str = "GaussianHeatmap",
    ) -> _Keypoints:
        """Decode heatmaps to keypoints in pixels of the whole image.

        Args:
            heatmaps: Shape (N, K, H, W), or (N, 3K, H, W) with ``target_type='CombinedTarget'``;
                float16, float32 or float64.
            center: Centers of the boxes in the image, shape (N, 2).
            scale: Sides of the boxes in units of 200 pixels, shape (N, 2).
            unbiased: Deprecated: use ``post_process='unbiased'``.
            post_process: ``None`` for the pixel of the maximum, ``'default'`` for a shift by a
                quarter of a pixel, ``'unbiased'`` for DARK, ``'megvii'`` for a blur. Without effect
                with ``use_udp``.
            kernel: Size of the Gaussian that maps are blurred with, odd.
            valid_radius_factor: The unit of the offset maps as a part of H, for
                ``'CombinedTarget'``.
            use_udp: Whether to decode as UDP does.
            target_type: ``'GaussianHeatmap'`` or ``'CombinedTarget'``, with ``use_udp``.

        Returns:
            tuple: Keypoints, shape (N, K, 2), float32; and scores, shape (N, K, 1), of the
            heatmaps' dtype. The keypoint of a map without a value above 0 is at -1 in heatmap
            pixels.

        Raises:
            InvalidInputError: For a wrong shape, dtype or option.
        """
        method = _post_process(post_process, unbiased)
        if use_udp:
            method = _udp_method(method, target_type)
        return _core._keypoints_from_heatmaps(
            heatmaps, center, scale, method, kernel, valid_radius_factor, self._unit
        )

    def keypoints_from_heatmaps3d(
        self, heatmaps: ArrayInput, center: ArrayInput, scale: ArrayInput
    ) -> _Keypoints:
        """Decode 3D heatmaps to keypoints: x and y in pixels of the image, z in heatmap pixels.

        Args:
            heatmaps: Shape (N, K, D, H, W); float16, float32 or float64.
            center: Centers of the boxes in the image, shape (N, 2).
            scale: Sides of the boxes in units of 200 pixels, shape (N, 2).

        Returns:
            tuple: Keypoints, shape (N, K, 3), float32; and scores, shape (N, K, 1), of the
            heatmaps' dtype.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
        return _core._keypoints_from_heatmaps3d(heatmaps, center, scale, self._unit)

    def keypoints_from_regression(
        self,
        regression_preds: ArrayInput,
        center: ArrayInput,
        scale: ArrayInput,
        img_size: ArrayInput,
    ) -> _Keypoints:
        """Convert coordinates in units of the input size to pixels of the whole image.

        Args:
            regression_preds: Shape (N, K, 2).
            center: Centers of the boxes in the image, shape (N, 2).
            scale: Sides of the boxes in units of 200 pixels, shape (N, 2).
            img_size: Size (w, h) of the network's input.

        Returns:
            tuple: Keypoints, shape (N, K, 2), float64; and scores, shape (N, K, 1), float32, which
            are all 1.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
        keypoints = _core._keypoints_from_regression(
            regression_preds, center, scale, img_size, self._unit
        )
        return keypoints, np.ones((*keypoints.shape[:2], 1), dtype=np.float32)

    def transform_preds(
        self,
        coords: ArrayInput,
        center: ArrayInput,
        scale: ArrayInput,
        output_size: ArrayInput,
        use_udp: bool = False,
    ) -> npt.NDArray[Any]:
        """Convert keypoints from heatmap pixels to pixels of the whole image.

        Args:
            coords: Shape (K, 2), (K, 4) or (K, 5): x and y, and other columns that do not change.
            center: Center of the box in the image, shape (2,).
            scale: Sides of the box in units of 200 pixels, shape (2,).
            output_size: Size (W, H) of the heatmaps.
            use_udp: Whether the first and the last heatmap pixel lie on the border of the box.

        Returns:
            array: Of the shape and dtype of ``coords``.

        Raises:
            InvalidInputError: For a wrong shape or dtype.
        """
        return _core._transform_preds(coords, center, scale, output_size, use_udp, self._unit)


_decoder = Decoder(200.0)
keypoints_from_heatmaps: Final = _decoder.keypoints_from_heatmaps
keypoints_from_heatmaps3d: Final = _decoder.keypoints_from_heatmaps3d
keypoints_from_regression: Final = _decoder.keypoints_from_regression
transform_preds: Final = _decoder.transform_preds


def post_dark_udp(
    coords: ArrayInput, batch_heatmaps: ArrayInput, kernel: int = 3
) -> npt.NDArray[Any]:
    """Move keypoints to the nearby peaks, as UDP's variant of DARK estimates them.

    Args:
        coords: Shape (N, K, 2), in heatmap pixels; float32 or float64 (other dtypes are converted).
        batch_heatmaps: Shape (N, K, H, W), or (1, K, H, W) for all instances.
        kernel: Size of the Gaussian that maps are blurred with, odd.

    Returns:
        array: Shape (N, K, 2), of the dtype of ``coords``. Keypoints outside their map are not
        moved.

    Raises:
        InvalidInputError: For an even kernel, or a wrong shape or dtype.
    """
    return _core._post_dark_udp(coords, batch_heatmaps, kernel)


def _post_process(post_process: str | bool | None, unbiased: bool) -> str:
    """The decoding that these two arguments name."""
    if isinstance(post_process, bool):
        named = ("unbiased" if unbiased else "default") if post_process else None
        _warn(f"post_process={post_process}", f"post_process={named!r}")
        post_process = named
    elif unbiased and post_process == "default":
        _warn("unbiased=True", "post_process='unbiased'")
        post_process = "unbiased"
    methods = {"default": "quarter_shift", "unbiased": "dark", "megvii": "megvii"}
    named = methods.get(post_process) if isinstance(post_process, str) else None
    method = "maximum" if post_process is None else named
    if method is None or (unbiased and method != "dark"):
        required = "'unbiased' with `unbiased`" if unbiased else f"None or one of {list(methods)}"
        raise _core.InvalidInputError(
            f"`post_process` must be {required}, but got {post_process!r}"
        )
    return method


def _udp_method(method: str, target_type: str) -> str:
    """The decoding of UDP for these targets."""
    if method == "megvii":
        raise _core.InvalidInputError(
            "`post_process` must be another one with `use_udp`, but got 'megvii'"
        )
    methods = {"gaussianheatmap": "dark_udp", "combinedtarget": "combined"}
    udp = methods.get(target_type.lower()) if isinstance(target_type, str) else None
    if udp is None:
        raise _core.InvalidInputError(
            f"`target_type` must be 'GaussianHeatmap' or 'CombinedTarget', but got {target_type!r}"
        )
    return udp


def _warn(old: str, new: str) -> None:
    warnings.warn(f"{old} is deprecated: use {new}", DeprecationWarning, stacklevel=4)
