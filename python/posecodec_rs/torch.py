"""Encodes to and decodes from tensors of torch, on the device where the network is.

Heatmaps are not copied between the CPU and the device. Of a target, its profiles are copied and the
device multiplies them; of a network's output, the device finds the maxima and copies the windows
around them. Both are bit-identical to the codecs' ``batch_encode`` and ``batch_decode``.
"""

from __future__ import annotations  # the documentation is built without torch

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from posecodec_rs import _core
from posecodec_rs._core import InvalidInputError
from posecodec_rs._shared_collate import SharedMemoryCollate
from posecodec_rs._torch_loader import TargetEncoder

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

    Bit-identical to ``codec.batch_encode``. For `MSRAHeatmap`, `MegviiHeatmap` and `UDPHeatmap`
    with Gaussian maps, only profiles are copied to the device. Other codecs encode on the CPU, into
    pinned memory for a CUDA device. Nothing waits for the device: copies are asynchronous, in the
    order of the current stream.

    Args:
        codec: The codec.
        keypoints: Shape (B, N, K, 2), input pixels; an array or a tensor. A tensor on a device is
            copied to the CPU. Gradients are not computed.
        keypoints_visible: Shape (B, N, K). Default: all visible.
        device: The device of the targets. Default: that of ``out`` or, if it is a tensor, that of
            ``keypoints``; else the CPU.
        dtype: The dtype of the targets that the codec computes in float32: torch.float32,
            torch.float16, torch.bfloat16 or torch.float64. Targets are rounded once, at the end.
        out: Tensors to fill, on the device, with the keys, shapes and dtypes of the returned dict.
        **auxiliary: The codec's ``auxiliary_encode_keys``, if any.

    Returns:
        The dict of ``codec.batch_encode``, with tensors on the device; ``out``, if it is given.

    Raises:
        InvalidInputError: As for ``codec.batch_encode``, for another dtype, or for an ``out`` with
            other keys, shapes, dtypes or devices.
        RuntimeError: If the device does not exist.
    """
    if dtype not in _FLOATS:
        raise InvalidInputError(
            f"`dtype` must be one of {', '.join(map(str, _FLOATS))}, but got {dtype!r}"
        )
    where = _target_device(device, out, keypoints)
    arguments = {"keypoints": _on_cpu(keypoints)}
    if keypoints_visible is not None:
        arguments["keypoints_visible"] = _on_cpu(keypoints_visible)
    encode_profiles = None if auxiliary else _profile_encoder(codec)
    if encode_profiles is not None:
        profiles = _to_device(encode_profiles(**arguments), where)
        return _finished(_with_products(codec, profiles), dtype, out)
    arguments.update((key, _on_cpu(value)) for key, value in auxiliary.items())
    return _finished(_to_device(codec.batch_encode(**arguments), where), dtype, out)


def batch_decode(
    codec: _core.BaseKeypointCodec,
    *outputs: Any,
    flipped: Any = None,
    flip_indices: Sequence[int] | None = None,
    shift: bool = False,
) -> Any:
    """Decode a batch of a network's outputs on their device.

    Bit-identical to ``codec.batch_decode`` of the same values on the CPU. For `MSRAHeatmap` and
    `UDPHeatmap` with Gaussian maps, the device finds the maxima and copies the windows around them,
    and the CPU waits for the device once. Maps for which a window is not enough (with DARK, values
    near 0 around the maximum) are then copied as a whole. Other codecs copy all outputs.

    ``codec.batch_decode`` calls this for tensors on a device.

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
    return _as_tensors(
        _decode(codec, *outputs, flipped=flipped, flip_indices=flip_indices, shift=shift)
    )


_FLOATS = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
"""The dtypes of targets and of maps."""


def _profile_encoder(codec: Any) -> Any:
    """Return ``encode_profiles`` of a codec whose heatmaps are products of profiles, else None."""
    if getattr(codec, "heatmap_type", "gaussian") != "gaussian":
        return None
    return getattr(codec, "encode_profiles", None)


def _on_cpu(value: Any) -> Any:
    """Return a tensor, or a sequence of them, on the CPU without gradients."""
    if isinstance(value, list | tuple):
        return type(value)(map(_on_cpu, value))
    return value.detach().cpu() if isinstance(value, Tensor) else value


def _target_device(device: Any, out: Any, keypoints: Any) -> torch.device:
    """Return the device of the targets."""
    if device is not None:
        return torch.device(device)
    if isinstance(out, dict):
        for value in out.values():
            if isinstance(value, Tensor):
                return value.device
    return keypoints.device if isinstance(keypoints, Tensor) else torch.device("cpu")


def _to_device(arrays: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
    """Return arrays, and lists of them, as tensors on the device, without waiting for it.

    All are copied at once and, for CUDA, by way of pinned memory, which torch keeps until the copy
    is done. Items that are not arrays stay as they are.
    """
    items = {name: _as_tensors(value) for name, value in arrays.items()}
    if device.type == "cpu":
        return items
    tensors: list[Tensor] = []
    for value in items.values():
        listed = value if isinstance(value, list) else [value]
        tensors += (part for part in listed if isinstance(part, Tensor))
    # Kernels of devices read vectors of up to 16 bytes.
    lengths = [-(-tensor.nbytes // 16) * 16 for tensor in tensors]
    pinned = device.type == "cuda"
    packed = torch.empty(sum(lengths), dtype=torch.uint8, device="cpu", pin_memory=pinned)
    for tensor, part in zip(tensors, packed.split(lengths), strict=True):
        _view_like(part, tensor).copy_(tensor)
    parts = packed.to(device, non_blocking=pinned).split(lengths)
    copies = iter([_view_like(part, value) for part, value in zip(parts, tensors, strict=True)])

    def copied(value: Any) -> Any:
        if isinstance(value, list):
            return [copied(part) for part in value]
        return next(copies) if isinstance(value, Tensor) else value

    return {name: copied(value) for name, value in items.items()}


def _view_like(memory: Tensor, value: Tensor) -> Tensor:
    """Return the first bytes of some memory as a tensor like another one."""
    return memory[: value.nbytes].view(value.dtype).view(value.shape)


class _Products:
    """Heatmaps that are not computed yet: products of profiles."""

    dtype = torch.float32

    def __init__(self, x: Tensor, y: Tensor, *, flushes: bool) -> None:
        """Keep profiles (..., W) and (..., H)."""
        self.x, self.y = x.unsqueeze(-2), y.unsqueeze(-1)
        self.flushes = flushes
        self.device = x.device
        self.shape = torch.broadcast_shapes(self.x.shape, self.y.shape)

    def write(self, heatmaps: Tensor) -> None:
        """Fill heatmaps of any floating-point dtype, with one rounding."""
        if not self.flushes:
            torch.mul(self.y, self.x, out=heatmaps)
            return
        # As in the codec, products that have no normal number are 0. Tensors are divided, because
        # torch divides a number by a tensor as a product with the reciprocal, which rounds twice.
        tiny = torch.full_like(self.y, torch.finfo(torch.float32).tiny)
        products = torch.mul(self.y, self.x).masked_fill_(self.x < tiny / self.y, 0.0)
        heatmaps.copy_(products)


def _with_products(codec: Any, profiles: dict[str, Any]) -> dict[str, Any]:
    """Return targets, with the products of the profiles as heatmaps."""
    x, y = profiles.pop("x_profiles"), profiles.pop("y_profiles")
    products = _Products(x, y, flushes=getattr(codec, "unbiased", False))
    return {"heatmaps": products, **profiles}


def _finished(
    targets: dict[str, Any], dtype: torch.dtype, out: dict[str, Tensor] | None
) -> dict[str, Any]:
    """Return targets that are computed and of the dtype, in ``out`` if it is given."""
    dtypes = {
        # Weights keep the dtype of the visibilities.
        name: dtype
        if target.dtype == torch.float32 and name != "keypoint_weights"
        else target.dtype
        for name, target in targets.items()
        if isinstance(target, Tensor | _Products)
    }
    if out is None:
        for name, wanted in dtypes.items():
            target = targets[name]
            if isinstance(target, _Products):
                filled = torch.empty(target.shape, dtype=wanted, device=target.device)
                target.write(filled)
                targets[name] = filled
            else:
                targets[name] = target.to(wanted)
        return targets
    _check_out(out, targets, dtypes)
    for name in dtypes:
        target = targets.pop(name)
        if isinstance(target, _Products):
            target.write(out[name])
        else:
            out[name].copy_(target, non_blocking=True)
    out.update(targets)
    return out


def _check_out(out: Any, targets: dict[str, Any], dtypes: dict[str, torch.dtype]) -> None:
    """Check that ``out`` has a tensor for each target, and no other key."""
    keys = set(out) if isinstance(out, dict) else None
    if keys is None or not dtypes.keys() <= keys <= targets.keys():
        got = type(out).__name__ if keys is None else sorted(map(str, keys))
        raise InvalidInputError(f"`out` must be a dict of tensors {list(dtypes)}, but got {got}")
    for name, dtype in dtypes.items():
        shape, device = tuple(targets[name].shape), targets[name].device
        given = out[name]
        if not isinstance(given, Tensor):
            got = type(given).__name__
        elif (tuple(given.shape), given.dtype, given.device) != (shape, dtype, device):
            got = f"{given.dtype} of shape {tuple(given.shape)} on {given.device}"
        elif given.requires_grad:
            got = "a tensor with requires_grad=True"
        else:
            continue
        raise InvalidInputError(
            f"`out['{name}']` must be a tensor of {dtype} and shape {shape} on {device}, without "
            f"gradients, but got {got}"
        )


def _decode(
    codec: Any,
    *outputs: Any,
    flipped: Any = None,
    flip_indices: Any = None,
    shift: Any = False,
) -> Any:
    """Return the results of ``codec.batch_decode`` as arrays."""
    others = (
        (flipped if isinstance(flipped, Sequence) else [flipped]) if flipped is not None else []
    )
    tensors = [value for value in (*outputs, *others) if isinstance(value, Tensor)]
    devices = {tensor.device for tensor in tensors}
    if len(devices) > 1:
        raise InvalidInputError(
            "`batch_decode` must get tensors on one device, but got some on "
            + " and ".join(sorted(map(str, devices)))
        )
    if devices and next(iter(devices)).type == "meta":
        raise InvalidInputError("`batch_decode` must get tensors with values, but got some on meta")
    if isinstance(codec, _core.MSRAHeatmap | _core.UDPHeatmap):
        maps = _merged_maps(codec, outputs, flipped, flip_indices, shift)
        if maps is not None:
            return _decode_windows(codec, maps)
    arguments: dict[str, Any] = {}
    if flipped is not None:
        arguments["flipped"] = _on_cpu(flipped)
    if flip_indices is not None:
        arguments["flip_indices"] = flip_indices
    if shift is not False:
        arguments["shift"] = shift
    return codec.batch_decode(*map(_on_cpu, outputs), **arguments)


def _merged_maps(
    codec: Any, outputs: Sequence[Any], flipped: Any, flip_indices: Any, shift: Any
) -> Tensor | None:
    """Return maps (B, K, H, W), averaged with those of the mirrored images if there are any.

    None for codecs that need whole maps, and for arguments that the codec refuses.
    """
    maps = outputs[0] if len(outputs) == 1 else None
    if codec.window_size is None or not isinstance(maps, Tensor) or maps.dtype not in _FLOATS:
        return None
    width, height = codec.heatmap_size
    if maps.ndim != 4 or maps.numel() == 0:
        return None
    if width != height and tuple(maps.shape[2:]) == (width, height):
        return None
    maps = maps.detach()
    if flipped is None:
        return maps if flip_indices is None and shift is False else None
    indices = _flip_permutation(flip_indices, maps.shape[1])
    if indices is None or not isinstance(flipped, Tensor) or not isinstance(shift, bool):
        return None
    flipped = flipped.detach()
    if (flipped.shape, flipped.dtype) != (maps.shape, maps.dtype):
        return None
    if maps.dtype == torch.bfloat16:
        # As on the CPU, averages of bfloat16 are in single precision.
        maps, flipped = maps.float(), flipped.float()
    order = torch.tensor(indices, device="cpu").to(maps.device, non_blocking=True)
    mirrored = flipped.index_select(1, order).flip(-1)
    if shift:
        mirrored = torch.cat([mirrored[..., :1], mirrored[..., :-1]], -1)
    return (maps + mirrored) * 0.5


def _flip_permutation(flip_indices: Any, count: int) -> list[int] | None:
    """Return indices that exchange keypoints in pairs; None for others, which the codec refuses."""
    try:
        indices = list(flip_indices)
    except TypeError:
        return None
    keypoints = range(count)
    if len(indices) != count or not all(type(index) is int for index in indices):
        return None
    exchanged = all(index in keypoints and indices[index] == i for i, index in enumerate(indices))
    return indices if exchanged else None


def _decode_windows(codec: Any, maps: Tensor) -> tuple[Any, Any]:
    """Decode maps (B, K, H, W) from windows around their maxima."""
    batch, count, height, width = maps.shape
    planes = maps.reshape(batch * count, height * width)
    indices = planes.argmax(1)
    side = codec.window_size
    steps = torch.arange(-(side // 2), side // 2 + 1, device=maps.device)
    rows = (indices // width).unsqueeze(1).add(steps).clamp_(0, height - 1).mul_(width)
    columns = (indices % width).unsqueeze(1).add(steps).clamp_(0, width - 1)
    pixels = rows.unsqueeze(2) + columns.unsqueeze(1)
    windows = planes.gather(1, pixels.flatten(1))
    windows, indices = _to_host(windows, indices)
    keypoints, scores, needs_map = codec.decode_windows(
        windows.view(batch, count, side, side), indices.view(batch, count), size=(width, height)
    )
    if needs_map.any():
        which = np.flatnonzero(needs_map)
        numbers = torch.from_numpy(which).to(maps.device, non_blocking=True)
        (whole,) = _to_host(planes.index_select(0, numbers))
        refined, _ = codec.batch_decode(whole.view(-1, 1, height, width))
        keypoints.reshape(-1, 2)[which] = refined.reshape(-1, 2)
    return keypoints, scores


def _to_host(*tensors: Tensor) -> list[Tensor]:
    """Copy tensors of one device to the CPU, and wait for the device once."""
    device = tensors[0].device
    if device.type != "cuda":
        return [tensor.cpu() for tensor in tensors]
    # Torch copies to pinned memory here.
    copies = [tensor.to("cpu", non_blocking=True) for tensor in tensors]
    torch.cuda.current_stream(device).synchronize()
    return copies


def _as_tensors(decoded: Any) -> Any:
    """Return results with tensors instead of arrays."""
    if isinstance(decoded, np.ndarray):
        return torch.from_numpy(decoded)
    if isinstance(decoded, list | tuple):
        return type(decoded)(map(_as_tensors, decoded))
    return decoded
