"""Copies of tensors between the CPU and a device."""

from __future__ import annotations  # the documentation is built without torch

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

__all__ = ["as_tensors", "on_cpu", "selected", "to_device", "to_host"]


def as_tensors(value: Any) -> Any:
    """Return arrays, and lists and tuples of them, as tensors of the same memory."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value)
    if isinstance(value, list | tuple):
        return type(value)(map(as_tensors, value))
    return value


def on_cpu(value: Any) -> Any:
    """Return tensors, and lists and tuples of them, on the CPU without gradients."""
    if isinstance(value, list | tuple):
        return type(value)(map(on_cpu, value))
    return value.detach().cpu() if isinstance(value, Tensor) else value


def to_device(arrays: Mapping[str, Any], device: torch.device) -> dict[str, Any]:
    """Return arrays, and lists of them, as tensors on the device, without waiting for it.

    All are copied at once and, for CUDA, by way of pinned memory, which torch keeps until the copy
    is done. Items that are not arrays stay as they are.
    """
    items = {name: as_tensors(value) for name, value in arrays.items()}
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


def to_host(*tensors: Tensor) -> list[Tensor]:
    """Copy tensors of one device to the CPU, and wait for the device once."""
    device = tensors[0].device
    if device.type != "cuda":
        return [tensor.cpu() for tensor in tensors]
    # Torch copies to pinned memory here.
    copies = [tensor.to("cpu", non_blocking=True) for tensor in tensors]
    torch.cuda.current_stream(device).synchronize()
    return copies


def selected(tensor: Tensor, which: Any) -> Tensor:
    """Return the rows of a tensor with these numbers, an array or a list."""
    rows = torch.as_tensor(which, device="cpu")
    return tensor.index_select(0, rows.to(tensor.device, non_blocking=True))
