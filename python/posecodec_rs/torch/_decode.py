"""Keypoints of a network's outputs on a device: windows around the maxima are copied to the CPU."""

from __future__ import annotations  # the documentation is built without torch

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from posecodec_rs import _core
from posecodec_rs._build import CODECS
from posecodec_rs._core import InvalidInputError
from posecodec_rs.torch._encode import FLOATS, has_native
from posecodec_rs.torch._people import decode_peaks, have_peaks
from posecodec_rs.torch._tensors import on_cpu, selected, to_device, to_host

__all__ = ["decode", "decode_image_of_people", "decode_images_of_people", "decode_natively"]


def decode_natively(codec: Any, *outputs: Any, **flip: Any) -> Any:
    """Return the results of the ``batch_decode`` of posecodec_rs, which calls this.

    A subclass that overrides it called it with these outputs.
    """
    return decode(codec, *outputs, **flip, codec_class=_native_class(codec))


def decode_images_of_people(codec: Any, heatmaps: Tensor, displacements: Tensor) -> Any:
    """Return the results of `SPR.batch_decode`, which calls this, on the device of the maps."""
    keypoints, scores = decode_natively(codec, heatmaps, displacements)
    roots, responses = zip(*scores, strict=True) if scores else ((), ())
    decoded = {"keypoints": keypoints, "roots": list(roots), "responses": list(responses)}
    keypoints, roots, responses = to_device(decoded, heatmaps.device).values()
    return keypoints, list(zip(roots, responses, strict=True))


def decode_image_of_people(codec: Any, heatmaps: Tensor, displacements: Tensor) -> Any:
    """Return the results of `SPR.decode`, which calls this, on the device of the maps."""
    _check_devices([heatmaps, displacements])
    if (heatmaps.ndim, displacements.ndim) != (3, 3):
        # The error of the codec.
        return _core.SPR.decode(codec, on_cpu(heatmaps), on_cpu(displacements))
    maps = (heatmaps.unsqueeze(0), displacements.unsqueeze(0))
    keypoints, scores = decode_images_of_people(codec, *maps)
    return keypoints[0], scores[0]


def decode(
    codec: Any,
    *outputs: Any,
    flipped: Any = None,
    flip_indices: Any = None,
    shift: Any = False,
    codec_class: type | None = None,
) -> Any:
    """Return the results of ``batch_decode`` as arrays or tensors on the CPU; see `batch_decode`.

    ``codec_class`` is the class whose method is meant, by default that of the codec.
    """
    codec_class = codec_class or type(codec)
    mirrored = flipped if isinstance(flipped, list | tuple) else (flipped,)
    _check_devices([*outputs, *mirrored])
    flip: dict[str, Any] = {}
    if flipped is not None:
        flip["flipped"] = flipped
    if flip_indices is not None:
        flip["flip_indices"] = flip_indices
    if shift is not False:
        flip["shift"] = shift
    if has_native(codec_class, "batch_decode", "decode_peaks"):
        if not flip and _are_floats(outputs) and have_peaks(codec, outputs):
            return decode_peaks(codec, *(maps.detach() for maps in outputs))
    elif (
        has_native(codec_class, "batch_decode", "decode_windows") and codec.window_size is not None
    ):
        if isinstance(codec, _core.SimCCLabel):
            vectors = _merged(outputs, flip, 2) if _are_vectors(codec, outputs) else None
            if vectors is not None:
                return _decode_vectors(codec, *vectors)
        else:
            maps = _merged(outputs, flip, 1) if _are_maps(codec, outputs) else None
            if maps is not None:
                return _decode_maps(codec, *maps)
    # Whole outputs are copied; the codec reports wrong arguments.
    flip.update((name, on_cpu(value)) for name, value in flip.items() if name == "flipped")
    return codec_class.batch_decode(codec, *map(on_cpu, outputs), **flip)  # type: ignore[attr-defined]


def _native_class(codec: Any) -> type:
    """Return the class of posecodec_rs that the codec is of, or a subclass of it."""
    return next(kind for kind in type(codec).__mro__ if kind in CODECS.values())


def _check_devices(outputs: Sequence[Any]) -> None:
    """Check that all tensors are on one device, and have values."""
    devices = {output.device for output in outputs if isinstance(output, Tensor)}
    if len(devices) > 1:
        raise InvalidInputError(
            "`batch_decode` must get tensors on one device, but got some on "
            + " and ".join(sorted(map(str, devices)))
        )
    if devices and next(iter(devices)).type == "meta":
        raise InvalidInputError("`batch_decode` must get tensors with values, but got some on meta")


def _are_maps(codec: Any, outputs: Sequence[Any]) -> bool:
    """Return whether the outputs are heatmaps (B, K, H, W) that the codec decodes."""
    if not (len(outputs) == 1 and _are_floats(outputs) and outputs[0].ndim == 4):
        return False
    width, height = codec.heatmap_size
    transposed = width != height and tuple(outputs[0].shape[2:]) == (width, height)
    return not transposed


def _are_vectors(codec: Any, outputs: Sequence[Any]) -> bool:
    """Return whether the outputs are vectors (B, K, W) or (B, N, K, W) that the codec decodes."""
    if not (len(outputs) == 2 and _are_floats(outputs) and outputs[0].ndim in (3, 4)):
        return False
    bins = [round(side * codec.simcc_split_ratio) for side in codec.input_size]
    rows = {vectors.shape[:-1] for vectors in outputs}
    return len(rows) == 1 and [vectors.shape[-1] for vectors in outputs] == bins


def _are_floats(outputs: Sequence[Any]) -> bool:
    """Return whether the outputs are dense tensors with values, of one floating-point dtype."""
    return (
        all(isinstance(output, Tensor) and output.numel() > 0 for output in outputs)
        and all(output.layout == torch.strided for output in outputs)
        and len({output.dtype for output in outputs}) == 1
        and outputs[0].dtype in FLOATS
    )


def _merged(outputs: Sequence[Tensor], flip: dict[str, Any], count: int) -> list[Tensor] | None:
    """Return outputs, averaged with those of the mirrored images if there are any.

    None for arguments that the codec refuses.
    """
    outputs = [output.detach() for output in outputs]
    if not flip:
        return outputs
    shift = flip.get("shift", False)
    flipped = flip.get("flipped")
    others = (flipped,) if count == 1 else flipped
    if not isinstance(others, list | tuple) or len(others) != count or not isinstance(shift, bool):
        return None
    for output, other in zip(outputs, others, strict=True):
        if not isinstance(other, Tensor):
            return None
        if (other.shape, other.dtype) != (output.shape, output.dtype):
            return None
    # Heatmaps are (B, K, H, W), vectors (..., K, W).
    axis = 1 if count == 1 else -2
    indices = _permutation(flip.get("flip_indices"), outputs[0].shape[axis])
    if indices is None or (count == 2 and shift):
        return None
    order = torch.tensor(indices, device="cpu").to(outputs[0].device, non_blocking=True)
    averages = []
    for number, (output, other) in enumerate(zip(outputs, others, strict=True)):
        other = other.detach()
        if output.dtype == torch.bfloat16:
            # As on the CPU, averages of bfloat16 are in single precision.
            output, other = output.float(), other.float()
        other = other.index_select(axis, order)
        if number == 0:  # a horizontal flip reverses x and nothing else
            other = other.flip(-1)
        if shift:
            other = torch.cat([other[..., :1], other[..., :-1]], -1)
        averages.append((output + other) * 0.5)
    return averages


def _permutation(flip_indices: Any, count: int) -> list[int] | None:
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


def _steps(side: int, device: torch.device) -> Tensor:
    """Return the distances of a window's pixels from its center."""
    return torch.arange(-(side // 2), side // 2 + 1, device=device)


def _decode_maps(codec: Any, maps: Tensor) -> tuple[Any, Any]:
    """Decode maps (B, K, H, W) from windows around their maxima."""
    batch, count, height, width = maps.shape
    side = codec.window_size
    planes = maps.reshape(batch * count, height * width)
    indices = planes.argmax(1)
    steps = _steps(side, maps.device)
    rows = (indices // width).unsqueeze(1).add(steps).clamp_(0, height - 1).mul_(width)
    columns = (indices % width).unsqueeze(1).add(steps).clamp_(0, width - 1)
    pixels = rows.unsqueeze(2) + columns.unsqueeze(1)
    windows, indices = to_host(planes.gather(1, pixels.flatten(1)), indices)
    keypoints, scores, needs_map = codec.decode_windows(
        windows.view(batch, count, side, side), indices.view(batch, count), size=(width, height)
    )
    if needs_map.any():
        which = np.flatnonzero(needs_map)
        (whole,) = to_host(selected(planes, which))
        refined, _ = _native_class(codec).batch_decode(codec, whole.view(-1, 1, height, width))  # type: ignore[attr-defined]
        keypoints.reshape(-1, 2)[which] = refined.reshape(-1, 2)
    return keypoints, scores


def _decode_vectors(codec: Any, *vectors: Tensor) -> tuple[Any, Any]:
    """Decode vectors (B, K, W) or (B, N, K, W) from windows around their maxima."""
    shape = vectors[0].shape[:-1]
    shape = shape if len(shape) == 3 else (shape[0], 1, shape[1])
    rows = [axis.reshape(-1, axis.shape[-1]) for axis in vectors]
    copied = []
    for axis, side in zip(rows, codec.window_size, strict=True):
        indices = axis.argmax(1)
        bins = indices.unsqueeze(1).add(_steps(side, axis.device)).clamp_(0, axis.shape[1] - 1)
        copied += [axis.gather(1, bins), indices]
    x, x_indices, y, y_indices = (
        tensor.view(*shape, *tensor.shape[1:]) for tensor in to_host(*copied)
    )
    keypoints, scores, needs_vectors = codec.decode_windows(x, y, x_indices, y_indices)
    if needs_vectors.any():
        which = np.flatnonzero(needs_vectors)
        whole = to_host(*(selected(axis, which) for axis in rows))
        refined, _ = _core.SimCCLabel.batch_decode(codec, *(axis.unsqueeze(0) for axis in whole))
        keypoints.reshape(-1, 2)[which] = refined.reshape(-1, 2)
    return keypoints, scores
