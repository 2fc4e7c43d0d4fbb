"""People of root heatmaps and displacements on a device: peaks and what is at them are copied."""

from __future__ import annotations  # the documentation is built without torch

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from posecodec_rs import _core
from posecodec_rs.torch._tensors import selected, to_host

__all__ = ["decode_peaks", "have_peaks"]


def have_peaks(codec: _core.SPR, outputs: Sequence[Tensor]) -> bool:
    """Return whether `SPR` decodes these tensors, and from the peaks of the root heatmaps."""
    # Below a negative threshold, the order of equal values counts, too.
    if codec.decode_thr < 0 or len(outputs) != 2 or any(maps.ndim != 4 for maps in outputs):
        return False
    heatmaps, displacements = outputs
    batch, _, height, width = heatmaps.shape
    alike = (batch, height, width) == (displacements.shape[0], *displacements.shape[2:])
    transposed = width != height and (height, width) == codec.heatmap_size
    fits = codec.decode_max_instances <= height * width
    return alike and not transposed and fits and displacements.shape[1] % 2 == 0


def decode_peaks(codec: _core.SPR, heatmaps: Tensor, displacements: Tensor) -> Any:
    """Decode heatmaps (B, 1, H, W) or (B, K+1, H, W) and displacements (B, 2K, H, W)."""
    height, width = heatmaps.shape[2:]
    count = displacements.shape[1] // 2
    values, indices = _peaks(codec, heatmaps[:, -1:])
    each = indices.unsqueeze(1).expand(-1, 2 * count, -1)
    moved = displacements.flatten(2).gather(2, each)
    peaks = [values, indices, moved]
    if codec.generate_keypoint_heatmaps and heatmaps.shape[1] == count + 1:
        peaks.append(_windows(heatmaps[:, :-1], indices, moved))
    keypoints, scores = codec.decode_peaks(*to_host(*peaks), size=(width, height))
    which = [image for image, found in enumerate(keypoints) if found is None]
    if which:
        whole = to_host(*(selected(maps, which) for maps in (heatmaps, displacements)))
        for image, *decoded in zip(which, *_core.SPR.batch_decode(codec, *whole), strict=True):
            keypoints[image], scores[image] = decoded
    return keypoints, scores


def _peaks(codec: _core.SPR, roots: Tensor) -> tuple[Tensor, Tensor]:
    """Return the largest values of root heatmaps (B, 1, H, W) after suppression of non-maxima.

    Equal values are in any order: the codec decodes their images from the whole maps.
    """
    # Not all versions pool half precision on the CPU.
    singles = roots.float() if roots.itemsize == 2 else roots
    kernel = codec.decode_nms_kernel
    largest = torch.nn.functional.max_pool2d(singles, kernel, 1, kernel // 2)
    # NaN stays, and comes first.
    peaks = singles.masked_fill(singles < largest, 0.0).flatten(1)
    values, indices = peaks.topk(min(codec.decode_max_instances + 1, peaks.shape[1]))
    return values.to(roots.dtype), indices


def _windows(heatmaps: Tensor, indices: Tensor, displacements: Tensor) -> Tensor:
    """Return windows (B, K, P, 4, 4) of heatmaps (B, K, H, W) around displaced peaks (B, P)."""
    batch, count, height, width = heatmaps.shape
    moved = displacements.float() if displacements.itemsize == 2 else displacements
    limit = max(width, height)
    steps = moved.nan_to_num(nan=-limit).floor().clamp(-limit, limit).long()
    starts = torch.stack([indices % width, indices // width], 1).unsqueeze(1)
    around = torch.arange(-1, 3, device=indices.device)
    columns, rows = (
        (starts[:, :, axis] + steps.unflatten(1, (count, 2))[:, :, axis])
        .clamp_(0, side - 1)
        .unsqueeze(3)
        .add(around)
        .clamp_(0, side - 1)
        for axis, side in enumerate((width, height))
    )
    pixels = rows.mul_(width).unsqueeze(4) + columns.unsqueeze(3)
    windows = heatmaps.flatten(2).gather(2, pixels.flatten(2))
    return windows.view(batch, count, -1, 4, 4)
