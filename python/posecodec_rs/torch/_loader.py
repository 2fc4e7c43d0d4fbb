"""Encoding where the network is: batches of keypoints from a data loader become tensors."""

from __future__ import annotations  # the documentation is built without torch

from collections.abc import Callable, Mapping
from typing import Any

import torch

from posecodec_rs._build import build
from posecodec_rs._core import BaseKeypointCodec
from posecodec_rs._deferred import weighted
from posecodec_rs.torch._encode import check_dtype, encode
from posecodec_rs.torch._tensors import as_tensors, to_device

__all__ = ["TargetEncoder", "deferred_to_tensors"]


class TargetEncoder:
    """Encodes the batches of a data loader in the process of the network.

    Workers then return keypoints of 200 bytes instead of heatmaps of 200 kB.

    Args:
        codec: A codec, or its config for `posecodec_rs.build`.
        device: Where the targets go. Default: the CPU.
        dtype: As that of ``posecodec_rs.torch.batch_encode``.

    Raises:
        InvalidInputError: If `posecodec_rs.build` rejects the config, or for another dtype.
        RuntimeError: If torch does not know the device.
    """

    def __init__(
        self,
        codec: BaseKeypointCodec | Mapping[str, Any],
        device: torch.device | str | int | None = None,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        """Build the codec."""
        check_dtype(dtype)
        self.codec: Any = build(codec) if isinstance(codec, Mapping) else codec
        self.device: torch.device = torch.device("cpu" if device is None else device)
        self.dtype: torch.dtype = dtype

    def __call__(
        self, keypoints: Any, keypoints_visible: Any = None, **auxiliary: Any
    ) -> dict[str, Any]:
        """Encode a batch.

        Args:
            keypoints: Shape (B, N, K, D), input pixels: a tensor, an array or, for codecs of
                several people, a list with one (N, K, D) per image.
            keypoints_visible: Shape (B, N, K), or such a list. Default: all visible.
            **auxiliary: Other arguments of the codec's ``batch_encode``.

        Returns:
            The dict of ``batch_encode``, as tensors on the device, bit-identical. No later call
            overwrites them. Their memory is used again after they are freed.

        Raises:
            InvalidInputError: As for ``batch_encode``.
        """
        return _encode(
            self.codec, keypoints, keypoints_visible, self.device, self.dtype, **auxiliary
        )

    def __repr__(self) -> str:
        """Return the arguments."""
        return f"TargetEncoder({self.codec!r}, device={str(self.device)!r}, dtype={self.dtype})"


def deferred_to_tensors(device: Any) -> Callable[..., dict[str, Any]]:
    """What encodes deferred targets to tensors on a device, for `encode_deferred`."""
    where = torch.device("cpu" if device is None else device)

    def encode_batch(codec: Any, keypoints: Any, visible: Any, factors: Any) -> dict[str, Any]:
        targets = _encode(codec, keypoints, visible, where, torch.float32)
        if factors is not None:
            tensors = to_device({"factors": factors}, where)["factors"]
            targets["keypoint_weights"] = weighted(targets["keypoint_weights"], tensors)
        return targets

    return encode_batch


def _encode(
    codec: Any,
    keypoints: Any,
    visible: Any,
    device: torch.device,
    dtype: torch.dtype,
    **auxiliary: Any,
) -> dict[str, Any]:
    """The targets of a batch. The CPU multiplies profiles in the codec, faster than torch does."""
    arguments = {"keypoints": keypoints, "keypoints_visible": visible, **auxiliary}
    if device.type == "cpu" and dtype == torch.float32:
        targets = codec.batch_encode(**arguments)
        return {name: as_tensors(target) for name, target in targets.items()}
    if visible is None:
        del arguments["keypoints_visible"]
    return encode(codec, arguments, device, dtype, None)
