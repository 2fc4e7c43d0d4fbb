"""Flip tests: what `record.py` asks of the reference's heads and codecs together.

The reference averages in its heads, with functions of `mmpose.models.utils.tta`, and decodes sample
by sample; here it is `batch_decode` with `flipped`.
"""

from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import mmpose
import numpy as np
import torch
from codec_cases import SMALL, Case, Kwargs, Size, bumps, like_a_network
from numpy.random import Generator


def alone(name: str) -> ModuleType:
    """A module of MMPose without those beside it: its networks need compiled packages."""
    path = Path(mmpose.__file__).parent.joinpath(*name.split(".")).with_suffix(".py")
    loader = SourceFileLoader(name, str(path))
    module = ModuleType(name)
    loader.exec_module(module)
    return module


tta = alone("models.utils.tta")


def flip_and_decode(codec: Any, args: Kwargs) -> tuple[np.ndarray, ...]:
    """What the reference's heads do with `flip_test`."""
    indices, shift = args["flip_indices"], args.get("shift", False)
    if "simcc_x" in args:
        own = [torch.from_numpy(args[name]) for name in ("simcc_x", "simcc_y")]
        flipped = [torch.from_numpy(array) for array in args["flipped"]]
        # Of one person, as DARK asks for.
        turned = tta.flip_vectors(*flipped, indices)
        own, turned = ([tensor[:, None] for tensor in tensors] for tensors in (own, turned))
    else:
        own = [torch.from_numpy(args["batch_encoded"])]
        combined = getattr(codec, "heatmap_type", None) == "combined"
        mode = "udp_combined" if combined else "heatmap"
        flipped = torch.from_numpy(args["flipped"])
        turned = [tta.flip_heatmaps(flipped, indices, mode, shift)]
    averages = [((one + other) * 0.5).numpy() for one, other in zip(own, turned, strict=True)]
    decoded = [codec.decode(*sample) for sample in zip(*averages, strict=True)]
    return tuple(np.stack(part) for part in zip(*decoded, strict=True))


FLIP_INDICES = [0, 2, 1, 4, 3]


def mirrored(rng: Generator, maps: np.ndarray, each: int = 1, dims: int = 2) -> np.ndarray:
    """What a network says of the mirrored picture: not quite the mirror image."""
    parts = maps.reshape(5, each, *maps.shape[1:])[FLIP_INDICES][..., ::-1].copy()
    if each == 3:
        parts[:, 1] *= -1
    return like_a_network(rng, parts.reshape(maps.shape), dims)


def of_maps(kwargs: Kwargs, scale: float = 1.0) -> Callable[..., Iterator[Case]]:
    """A batch of two samples of small maps, shifted and not."""
    combined = kwargs.get("heatmap_type") == "combined"

    def cases(rng: Generator, size: Size) -> Iterator[Case]:
        if size is not SMALL[-1]:
            return
        maps = np.stack([bumps(rng, size)[0] for _ in range(2)])
        if combined:
            offsets = rng.integers(-512, 513, (2, 5, 2, *maps.shape[2:])) * np.float32(2**-9)
            maps = np.concatenate([maps[:, :, None], offsets], 2).reshape(2, 15, *maps.shape[2:])
        flipped = np.stack([mirrored(rng, sample, 3 if combined else 1) for sample in maps])
        args = {
            "batch_encoded": (maps * scale).astype(np.float32),
            "flipped": (flipped * scale).astype(np.float32),
            "flip_indices": FLIP_INDICES,
        }
        for shift, note in ((False, "flip test"), (True, "flip test, shifted")):
            asked = args | {"shift": shift}
            yield Case(size.kwargs | kwargs, "batch_decode", asked, note, sensitive=True)

    return cases


def of_vectors(kwargs: Kwargs) -> Callable[..., Iterator[Case]]:
    """A batch of two samples of short vectors."""

    def cases(rng: Generator, size: Size) -> Iterator[Case]:
        if size is not SMALL[-1]:
            return
        args: Kwargs = {"flip_indices": FLIP_INDICES}
        flipped = []
        for name, side in zip(("simcc_x", "simcc_y"), size.image, strict=True):
            bins = 2 * side
            centres = rng.uniform(0.1, 0.9, (2, 5, 1)) * bins
            args[name] = like_a_network(
                rng, np.exp(-(((np.arange(bins) - centres) / 6) ** 2)), dims=1
            )
            turned = args[name][:, FLIP_INDICES]
            turned = turned[..., ::-1] if name == "simcc_x" else turned
            flipped.append(like_a_network(rng, turned, dims=1))
        args["flipped"] = tuple(flipped)
        all_kwargs = {"input_size": size.image} | kwargs
        yield Case(all_kwargs, "batch_decode", args, "flip test", sensitive=True)

    return cases


FLIPS: dict[str, tuple[Callable[[Generator, Size], Iterator[Case]], ...]] = {
    "MSRAHeatmap": (
        of_maps({"sigma": 2.0}),
        of_maps({"sigma": 2.0, "unbiased": True, "blur_kernel_size": 7}),
    ),
    "UDPHeatmap": (of_maps({"blur_kernel_size": 7}), of_maps({"heatmap_type": "combined"})),
    "MegviiHeatmap": (of_maps({"kernel_size": 5}, 255),),
    "SimCCLabel": (of_vectors({}), of_vectors({"use_dark": True})),
}
"""Further cases of codecs that `codec_cases.py` asks."""
