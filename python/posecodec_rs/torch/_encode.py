"""Targets on a device: profiles are copied there, and multiplied."""

from __future__ import annotations  # the documentation is built without torch

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from posecodec_rs import _core
from posecodec_rs._build import CODECS
from posecodec_rs._core import InvalidInputError
from posecodec_rs.torch._tensors import on_cpu, to_device

__all__ = ["FLOATS", "check_dtype", "encode", "has_native", "target_dtype"]

FLOATS = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
"""The dtypes of targets."""


def encode(
    codec: Any,
    arguments: dict[str, Any],
    device: torch.device,
    dtype: torch.dtype,
    out: dict[str, Tensor] | None,
) -> dict[str, Any]:
    """Return the targets of ``codec.batch_encode(**arguments)``; see `batch_encode`."""
    arguments = {name: on_cpu(value) for name, value in arguments.items()}
    padded, counts = _padded(codec, arguments)
    if padded is not None and has_native(type(codec), "batch_encode", "encode_profiles"):
        profiles = to_device(codec.encode_profiles(**padded), device)
        targets = _from_profiles(codec, profiles)
        if counts is not None:
            for name in ("keypoint_indices", "keypoint_weights"):
                if name in targets:
                    rows = zip(targets[name], counts, strict=True)
                    targets[name] = [row[:count] for row, count in rows]
    else:
        targets = to_device(codec.batch_encode(**arguments), device)
    return _finished(targets, dtype, out)


def check_dtype(dtype: Any) -> None:
    """Check that targets can have this dtype."""
    if dtype not in FLOATS:
        raise InvalidInputError(
            f"`dtype` must be one of {', '.join(map(str, FLOATS))}, but got {dtype!r}"
        )


def has_native(codec_class: type, method: str, native: str) -> bool:
    """Return whether codecs have a native method, and do not override the one it replaces."""
    owner = next((kind for kind in codec_class.__mro__ if method in vars(kind)), None)
    return owner in CODECS.values() and hasattr(owner, native)


def _padded(
    codec: Any, arguments: dict[str, Any]
) -> tuple[dict[str, Any] | None, list[int] | None]:
    """Return arguments of ``encode_profiles``, and the number of people of each image of a list.

    A list of images becomes one array, with people who have no keypoints. None where images cannot
    be put into one array.
    """
    if not arguments.keys() <= {"keypoints", "keypoints_visible"}:
        return None, None
    images, visible = arguments["keypoints"], arguments.get("keypoints_visible")
    takes_lists = isinstance(codec, _core.AssociativeEmbedding | _core.SPR)
    if not (takes_lists and isinstance(images, list | tuple)):
        return arguments, None
    points = [np.asarray(image) for image in images]
    shapes = {image.shape[1:] for image in points}
    if len(shapes) != 1 or not all(image.ndim == 3 for image in points):
        return None, None
    counts = [len(image) for image in points]
    padded = {"keypoints": _stacked(points, np.nan)}
    if visible is not None:
        rows = [np.asarray(row) for row in visible] if isinstance(visible, Sequence) else None
        if rows is None or [row.shape for row in rows] != [image.shape[:2] for image in points]:
            return None, None
        padded["keypoints_visible"] = _stacked(rows, 0)
    return (padded if all(array is not None for array in padded.values()) else None), counts


def _stacked(images: list[Any], fill: float) -> Any:
    """Return arrays in one array, filled up; None if their dtypes differ."""
    dtype = images[0].dtype
    if any(image.dtype != dtype for image in images) or dtype.kind not in "fiub":
        return None
    if np.isnan(fill) and dtype.kind != "f":
        # The precision in which integers are encoded.
        dtype = np.result_type(dtype, np.float32)
    stacked = np.full((len(images), max(map(len, images)), *images[0].shape[1:]), fill, dtype)
    for row, image in zip(stacked, images, strict=True):
        row[: len(image)] = image
    return stacked


class _Maps(Protocol):
    """Maps that are not computed yet."""

    dtype: torch.dtype
    device: torch.device
    shape: torch.Size

    def write(self, maps: Tensor) -> None:
        """Fill maps of any floating-point dtype, with one rounding."""


class _Products:
    """Heatmaps: products of profiles, or where several people share a map, their maxima."""

    dtype = torch.float32

    def __init__(self, x: Tensor, y: Tensor, *, flushes: bool, factors: Tensor | None) -> None:
        """Keep profiles (B, K, W) and (B, K, H), or (B, N, K, W) and (B, N, K, H)."""
        self.x, self.y = x.unsqueeze(-2), y.unsqueeze(-1)
        self.flushes, self.factors = flushes, factors
        self.device = x.device
        shape = torch.broadcast_shapes(self.x.shape, self.y.shape)
        self.shape = torch.Size(shape if x.ndim == 3 else (shape[0], *shape[2:]))

    def write(self, maps: Tensor) -> None:
        if self.x.ndim == 4 and not self.flushes and self.factors is None:
            torch.mul(self.y, self.x, out=maps)
        else:
            maps.copy_(self.compute())

    def compute(self) -> Tensor:
        """Return the heatmaps in single precision."""
        if self.x.ndim == 5:
            return self._largest()
        maps = torch.mul(self.y, self.x)
        if self.flushes:
            # As in the codec, products that have no normal number are 0. Tensors are divided, since
            # torch divides a number by a tensor as a product with the reciprocal, rounded twice.
            tiny = torch.full_like(self.y, torch.finfo(torch.float32).tiny)
            maps.masked_fill_(self.x < tiny / self.y, 0.0)
        if self.factors is not None:
            maps.mul_(self.factors.unsqueeze(-1).unsqueeze(-1))
        return maps

    def _largest(self) -> Tensor:
        """Return the maxima of all people's products, with two maps in memory."""
        maps = torch.zeros(self.shape, dtype=self.dtype, device=self.device)
        products = torch.empty_like(maps)
        for x, y in zip(self.x.unbind(1), self.y.unbind(1), strict=True):
            torch.mul(y, x, out=products)
            torch.maximum(maps, products, out=maps)
        return maps


class _CombinedMaps:
    """Class and offset maps of `UDPHeatmap`."""

    dtype = torch.float32

    def __init__(self, x: Tensor, y: Tensor, x_squares: Tensor, y_squares: Tensor) -> None:
        """Keep offsets and their squares: (B, K, W) and (B, K, H)."""
        self.x, self.y = x.unsqueeze(-2), y.unsqueeze(-1)
        self.x_squares, self.y_squares = x_squares.unsqueeze(-2), y_squares.unsqueeze(-1)
        self.device = x.device
        batch, count, width = x.shape
        self.count = count
        self.shape = torch.Size((batch, 3 * count, y.shape[-1], width))

    def write(self, maps: Tensor) -> None:
        parts = maps.unflatten(1, (self.count, 3))
        parts[:, :, 0].copy_(self.x_squares + self.y_squares <= 1.0)
        parts[:, :, 1].copy_(self.x)
        parts[:, :, 2].copy_(self.y)


def _from_profiles(codec: Any, profiles: dict[str, Any]) -> dict[str, Any]:
    """Return targets in the codec's order, with maps that are not computed yet."""
    targets = {}
    if "keypoint_labels" in profiles:
        targets["keypoint_labels"] = profiles.pop("keypoint_labels")
    if "x_offsets" in profiles:
        names = ("x_offsets", "y_offsets", "x_squares", "y_squares")
        return {"heatmaps": _CombinedMaps(*(profiles.pop(name) for name in names)), **profiles}
    products = _Products(
        profiles.pop("x_profiles"),
        profiles.pop("y_profiles"),
        flushes=getattr(codec, "unbiased", False),
        factors=profiles.pop("heatmap_factors", None),
    )
    targets["heatmaps"] = products
    if isinstance(codec, _core.SPR):
        targets["heatmaps"] = heatmaps = products.compute()
        weights = torch.full_like(heatmaps, codec.background_weight)
        targets["heatmap_weights"] = weights.masked_fill_(heatmaps > 0, 1.0)
        pixels = _patch_pixels(profiles.pop("patch_starts"), profiles["weight_patches"], heatmaps)
        for name, patches in (
            ("displacements", "displacement_patches"),
            ("displacement_weights", "weight_patches"),
        ):
            targets[name] = _pasted(profiles.pop(patches), pixels, heatmaps)
    return targets | profiles


def _patch_pixels(starts: Tensor, patches: Tensor, maps: Tensor) -> Tensor:
    """Return the pixels (B, N*h*w) of maps that patches (B, N, 2K, h, w) cover."""
    height, width = patches.shape[3:]
    rows = starts[..., 1:] + torch.arange(height, device=maps.device)
    columns = starts[..., :1] + torch.arange(width, device=maps.device)
    return (rows.unsqueeze(3) * maps.shape[3] + columns.unsqueeze(2)).flatten(1)


def _pasted(patches: Tensor, pixels: Tensor, maps: Tensor) -> Tensor:
    """Return maps of the size of others that are 0 outside of patches (B, N, 2K, h, w)."""
    batch, _, channels = patches.shape[:3]
    pasted = patches.new_zeros((batch, channels, *maps.shape[2:]))
    values = patches.transpose(1, 2).flatten(2)
    # Pixels of several patches have the same value in all of them.
    pasted.flatten(2).scatter_(2, pixels.unsqueeze(1).expand_as(values), values)
    return pasted


def _finished(
    targets: dict[str, Any], dtype: torch.dtype, out: dict[str, Tensor] | None
) -> dict[str, Any]:
    """Return targets that are computed and of the dtype, in ``out`` if it is given."""
    dtypes = {
        name: target_dtype(name, value.dtype, dtype)
        for name, value in targets.items()
        if hasattr(value, "dtype")
    }
    if out is None:
        return {
            name: _computed(value, dtypes[name]) if name in dtypes else value
            for name, value in targets.items()
        }
    _check_out(out, targets, dtypes)
    for name in dtypes:
        target = targets.pop(name)
        if isinstance(target, Tensor):
            out[name].copy_(target, non_blocking=True)
        else:
            target.write(out[name])
    out.update(targets)
    return out


def target_dtype(name: str, own: torch.dtype, dtype: torch.dtype) -> torch.dtype:
    """Return the dtype of a target that the codec computes in its own."""
    # Weights keep the dtype of the visibilities.
    return dtype if own == torch.float32 and name != "keypoint_weights" else own


def _computed(target: Tensor | _Maps, dtype: torch.dtype) -> Tensor:
    """Return a target as a tensor of the dtype."""
    if isinstance(target, Tensor):
        return target.to(dtype)
    maps = torch.empty(target.shape, dtype=dtype, device=target.device)
    target.write(maps)
    return maps


def _check_out(out: Any, targets: Mapping[str, Any], dtypes: Mapping[str, torch.dtype]) -> None:
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
