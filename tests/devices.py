"""Devices for tests: CUDA where there is one, and tensors on the CPU that report another device."""

from typing import Any

import pytest

torch = pytest.importorskip("torch")

DEVICES = ["like a device", *["cuda"] * torch.cuda.is_available()]


class OnDevice(torch.Tensor):  # type: ignore[misc, name-defined]
    """A tensor on the CPU that reports another device, as do all that torch computes of it."""

    is_cpu = False

    def cpu(self, *args: Any, **kwargs: Any) -> Any:
        """The tensor of the CPU."""
        return self.as_subclass(torch.Tensor)


def to(device: str, tensor: Any) -> Any:
    """The tensor on one of `DEVICES`."""
    return tensor.as_subclass(OnDevice) if device == DEVICES[0] else tensor.to(device)
