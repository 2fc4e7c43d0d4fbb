"""Encoding where the network is: batches of keypoints from a data loader become tensors."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import torch

from posecodec_rs._build import build
from posecodec_rs._core import BaseKeypointCodec
from posecodec_rs._deferred import weighted

__all__ = ["TargetEncoder", "to_tensors"]


class TargetEncoder:
    """Encodes the batches of a data loader in the process of the network.

    Workers then return keypoints of 200 bytes instead of heatmaps of 200 kB.

    Args:
        codec: A codec, or its config for `posecodec_rs.build`.
        device: Where the targets go. Default: the CPU.
        pin_memory: Whether to encode into page-locked memory, from which a GPU copies while the CPU
            goes on. Default: if the device is a CUDA device.
    """

    def __init__(
        self,
        codec: BaseKeypointCodec | Mapping[str, Any],
        device: Any = None,
        pin_memory: bool | None = None,
    ) -> None:
        """Build the codec."""
        self.codec: Any = build(codec) if isinstance(codec, Mapping) else codec
        self.device = torch.device("cpu" if device is None else device)
        self.pin_memory = self.device.type == "cuda" if pin_memory is None else pin_memory

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
            InvalidInputError: As ``batch_encode``.
        """
        targets = _encode(self.codec, keypoints, keypoints_visible, self.pin_memory, **auxiliary)
        return {name: _moved(each, self.device) for name, each in targets.items()}


def to_tensors(device: Any, pin_memory: bool | None = None) -> Callable[..., dict[str, Any]]:
    """What encodes deferred targets to tensors on a device: see `posecodec_rs.encode_deferred`."""
    device = torch.device("cpu" if device is None else device)
    pinned = device.type == "cuda" if pin_memory is None else pin_memory

    def encode(codec: Any, keypoints: Any, visible: Any, factors: Any) -> dict[str, Any]:
        targets = _encode(codec, keypoints, visible, pinned)
        if factors is not None:
            targets["keypoint_weights"] = weighted(targets["keypoint_weights"], factors)
        return {name: _moved(each, device) for name, each in targets.items()}

    return encode


def _encode(
    codec: Any, keypoints: Any, visible: Any, pinned: bool, **auxiliary: Any
) -> dict[str, Any]:
    """The arrays of `batch_encode`, or tensors in page-locked memory where `out=` allows that.

    Torch keeps freed page-locked memory, and gives it out again when no copy reads it any more.
    """
    if pinned and not auxiliary and hasattr(keypoints, "shape"):
        kinds = tuple(
            None if each is None else (tuple(each.shape[1:]), np.asarray(each[:0]).dtype)
            for each in (keypoints, visible)
        )
        if layout := _layout(codec, kinds):
            tensors = {
                name: torch.empty((len(keypoints), *shape), dtype=dtype, pin_memory=True)
                for name, (shape, dtype) in layout.items()
            }
            arrays = {name: tensor.numpy() for name, tensor in tensors.items()}
            codec.batch_encode(keypoints, visible, out=arrays)
            return tensors
    return dict(codec.batch_encode(keypoints, visible, **auxiliary))


@lru_cache(maxsize=256)
def _layout(codec: Any, kinds: Any) -> dict[str, Any] | None:
    """The shapes per sample and the dtypes of the outputs, or None if some are no arrays."""
    samples = [None if kind is None else np.zeros((1, *kind[0]), kind[1]) for kind in kinds]
    targets = codec.batch_encode(*samples)
    if not all(isinstance(each, np.ndarray) for each in targets.values()):
        return None
    return {name: (each.shape[1:], torch.from_numpy(each).dtype) for name, each in targets.items()}


def _moved(target: Any, device: torch.device) -> Any:
    """The tensor on the device; lists item by item; what is no array as it is."""
    if isinstance(target, list):
        return [_moved(each, device) for each in target]
    if isinstance(target, np.ndarray):
        target = torch.from_numpy(target)
    if isinstance(target, torch.Tensor):
        return target.to(device, non_blocking=True)
    return target
