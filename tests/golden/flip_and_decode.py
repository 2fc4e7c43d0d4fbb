"""Flip tests as in MMPose: its heads average, with functions of `mmpose.models.utils.tta`."""

from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import mmpose
import numpy as np
import torch


def alone(name: str) -> ModuleType:
    """One module of MMPose without its package, whose networks need compiled packages."""
    path = Path(mmpose.__file__).parent.joinpath(*name.split(".")).with_suffix(".py")
    loader = SourceFileLoader(name, str(path))
    module = ModuleType(name)
    loader.exec_module(module)
    return module


tta = alone("models.utils.tta")


def flip_and_decode(codec: Any, args: dict[str, Any]) -> tuple[np.ndarray, ...]:
    """What MMPose's heads do with `flip_test`."""
    indices, shift = args["flip_indices"], args.get("shift", False)
    if "simcc_x" in args:
        own = [torch.from_numpy(args[name]) for name in ("simcc_x", "simcc_y")]
        flipped = [torch.from_numpy(array) for array in args["flipped"]]
        # Of one person, as DARK needs.
        mirrored = tta.flip_vectors(*flipped, indices)
        own, mirrored = ([tensor[:, None] for tensor in tensors] for tensors in (own, mirrored))
    else:
        own = [torch.from_numpy(args["batch_encoded"])]
        combined = getattr(codec, "heatmap_type", None) == "combined"
        mode = "udp_combined" if combined else "heatmap"
        flipped = torch.from_numpy(args["flipped"])
        mirrored = [tta.flip_heatmaps(flipped, indices, mode, shift)]
    averages = [((one + other) * 0.5).numpy() for one, other in zip(own, mirrored, strict=True)]
    decoded = [codec.decode(*sample) for sample in zip(*averages, strict=True)]
    return tuple(np.stack(part) for part in zip(*decoded, strict=True))
