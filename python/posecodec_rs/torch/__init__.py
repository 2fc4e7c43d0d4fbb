"""Encodes to and decodes from tensors of torch, on the device where the network is.

Heatmaps are not copied between the CPU and the device. Of a target, its profiles are copied and the
device multiplies them; of a network's output, the device finds the maxima and copies the windows
around them. Both are bit-identical to the codecs' ``batch_encode`` and ``batch_decode``.
"""

from __future__ import annotations  # the documentation is built without torch

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from posecodec_rs import _core
from posecodec_rs._core import InvalidInputError
from posecodec_rs.torch._collate import SharedMemoryCollate
from posecodec_rs.torch._decode import decode
from posecodec_rs.torch._encode import check_dtype, encode
from posecodec_rs.torch._loader import TargetEncoder
from posecodec_rs.torch._tensors import as_tensors

__all__ = ["SharedMemoryCollate", "TargetEncoder", "batch_decode", "batch_encode"]


def batch_encode(
    codec: _core.BaseKeypointCodec,
    keypoints: Any,
    keypoints_visible: Any = None,
    *,
    device: torch.device | str | int | None = None,
    dtype: torch.dtype = torch.float32,
    out: dict[str, Tensor] | None = None,
    **auxiliary: Any,
) -> dict[str, Any]:
    """Encode a batch of keypoints to targets on a device.

    Bit-identical to ``codec.batch_encode``. Of the heatmaps of ``MSRAHeatmap``, ``UDPHeatmap``,
    ``MegviiHeatmap``, ``IntegralRegressionLabel``, ``AssociativeEmbedding`` and ``SPR``, only
    profiles are copied to the device. Other targets are encoded on the CPU and copied, for CUDA
    from pinned memory. Nothing waits for the device: copies are asynchronous, in the order of the
    current stream. ``torch.compile`` keeps it in the graph if the keypoints and visibilities are
    tensors, the codec has no other arguments and is of no subclass, and ``out`` is not given.

    Args:
        codec: The codec.
        keypoints: Shape (B, N, K, 2), input pixels, or a list of B as for ``codec.batch_encode``;
            arrays or tensors. Tensors on a device are copied to the CPU, which waits for them.
            Gradients are not computed.
        keypoints_visible: Shape (B, N, K), or a list. Default: all visible.
        device: The device of the targets. Default: that of ``out`` or, if it is a tensor, that of
            ``keypoints``; else the CPU.
        dtype: The dtype of the targets that the codec computes in float32, but not of
            ``keypoint_weights``: torch.float32, torch.float16, torch.bfloat16 or torch.float64.
            Values are rounded once, at the end.
        out: Tensors to fill, on the device, with the keys, shapes and dtypes of the returned dict.
        **auxiliary: The codec's ``auxiliary_encode_keys``, if any.

    Returns:
        The dict of ``codec.batch_encode``, with tensors on the device; ``out``, if it is given.

    Raises:
        InvalidInputError: As for ``codec.batch_encode``, for another dtype, for a device that torch
            cannot use, or for an ``out`` with other keys, shapes, dtypes or devices.
    """
    if torch.compiler.is_compiling():
        from posecodec_rs.torch import _compile

        if not (auxiliary or out) and _compile.has_operator(codec, keypoints, keypoints_visible):
            return _compile.encode_in_graph(codec, keypoints, keypoints_visible, device, dtype)
        # One graph break: most of what follows cannot be traced.
        encode_eagerly = torch.compiler.disable(batch_encode)
        return encode_eagerly(  # type: ignore[no-any-return]
            codec, keypoints, keypoints_visible, device=device, dtype=dtype, out=out, **auxiliary
        )
    _check_codec(codec)
    check_dtype(dtype)
    arguments = {"keypoints": keypoints, **auxiliary}
    if keypoints_visible is not None:
        arguments["keypoints_visible"] = keypoints_visible
    return encode(codec, arguments, _target_device(device, out, keypoints), dtype, out)


def batch_decode(
    codec: _core.BaseKeypointCodec,
    *outputs: Any,
    flipped: Any = None,
    flip_indices: Sequence[int] | None = None,
    shift: bool = False,
) -> Any:
    """Decode a batch of a network's outputs on their device.

    Bit-identical to ``codec.batch_decode`` of the same values on the CPU. For ``MSRAHeatmap``,
    ``UDPHeatmap`` with Gaussian maps and ``SimCCLabel`` without visibilities, the device finds the
    maxima and copies the windows around them, and the CPU waits for the device once. Maps and
    vectors for which a window is not enough (with DARK, values near 0 around the maximum) are then
    copied as a whole. For ``SPR``, the device finds the peaks of the root heatmap and copies the
    displacements and the windows of the keypoint heatmaps there; images in which peaks are equal or
    values are NaN are copied as a whole. All outputs of other codecs are copied.

    ``codec.batch_decode`` does the same for tensors on a device.

    Args:
        codec: The codec.
        *outputs: The arguments of ``codec.batch_decode``, tensors on one device.
        flipped: The outputs for the mirrored images, for a flip test.
        flip_indices: For each keypoint the index of its mirror image, with ``flipped``.
        shift: Whether flipped heatmaps are moved to the right by one pixel.

    Returns:
        The results of ``codec.batch_decode`` as tensors on the CPU.

    Raises:
        InvalidInputError: As for ``codec.batch_decode``, or for tensors on several devices.
    """
    if torch.compiler.is_compiling():
        return torch.compiler.disable(batch_decode)(
            codec, *outputs, flipped=flipped, flip_indices=flip_indices, shift=shift
        )
    _check_codec(codec)
    decoded = decode(codec, *outputs, flipped=flipped, flip_indices=flip_indices, shift=shift)
    return as_tensors(decoded)


def _check_codec(codec: Any) -> None:
    """Check that the codec is one."""
    if not isinstance(codec, _core.BaseKeypointCodec):
        raise InvalidInputError(f"`codec` must be a codec, but got {type(codec).__name__}")


def _target_device(device: Any, out: Any, keypoints: Any) -> torch.device:
    """Return the device of the targets."""
    if device is not None:
        try:
            return torch.empty(0, device=device).device
        except (AssertionError, RuntimeError, TypeError) as error:  # torch raises all of these
            reason = str(error).partition("\n")[0]
            raise InvalidInputError(
                f"`device` must be a device that torch can use, but got {device!r}: {reason}"
            ) from error
    if isinstance(out, dict):
        for value in out.values():
            if isinstance(value, Tensor):
                return value.device
    return keypoints.device if isinstance(keypoints, Tensor) else torch.device("cpu")
