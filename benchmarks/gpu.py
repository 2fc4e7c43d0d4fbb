"""Encoding to and decoding from a device: bytes that are copied, and milliseconds per batch.

    python benchmarks/gpu.py [--device DEVICE] [--rounds N]

Compares `posecodec_rs.torch` with copying whole heatmaps: encoding on the CPU and copying the
targets, and copying a network's heatmaps to the CPU and decoding them. If transformers is
installed, also with the decoder of its Sapiens2 processor, which is written in torch. The last rows
are of `SPR`, whose peaks are copied. Variants alternate; the figures are medians. Without
`--device`, runs on CUDA if there is a device, else on the CPU.
"""

import argparse
import platform
import time
from collections.abc import Callable
from statistics import median
from typing import Any, TypeAlias

import numpy as np
import posecodec_rs
import torch
from posecodec_rs import SPR, UDPHeatmap
from posecodec_rs.torch import batch_decode, batch_encode

SHAPES = ((64, 17, 64, 48), (16, 133, 96, 72), (2, 308, 256, 192))
"""(B, K, H, W): COCO's keypoints, a whole body, Sapiens."""
PEOPLE_SHAPE = (8, 17, 128, 128)
"""That of the displacements of `SPR`, with 2K of them and K + 1 heatmaps."""
PEOPLE = 5
"""People per image."""
NOISE = 0.02
"""Standard deviation of the normal noise of the decoded heatmaps."""

Shape: TypeAlias = tuple[int, int, int, int]
Variants: TypeAlias = dict[str, tuple[int, Callable[[], Any]]]
"""Bytes that are copied, and what is measured, by name."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    options = parser.parse_args()
    device = torch.device(options.device)
    print(described(device), "", sep="\n")
    print(
        "| (B, K, H, W) | operation | MB copied | ms per batch |\n|---|---|---:|---:|", flush=True
    )
    for shape in (*SHAPES, PEOPLE_SHAPE):
        variants = of_people(shape, device) if shape is PEOPLE_SHAPE else of_one(shape, device)
        for name, megabytes, milliseconds in measured(variants, device, options.rounds):
            cells = (" × ".join(map(str, shape)), name, f"{megabytes:.2f}", f"{milliseconds:.2f}")
            print(f"| {' | '.join(cells)} |", flush=True)


def described(device: torch.device) -> str:
    """Device, processor and versions."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    return (
        f"Device: {device}, {name}; {torch.get_num_threads()} threads of torch, "
        f"{posecodec_rs.get_num_threads()} of posecodec_rs {posecodec_rs.__version__}; torch "
        f"{torch.__version__}, NumPy {np.__version__}, Python {platform.python_version()}."
    )


def measured(
    variants: Variants, device: torch.device, rounds: int
) -> list[tuple[str, float, float]]:
    """Name, megabytes that are copied and milliseconds of each variant."""
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds + 1):
        for name, (_, run) in variants.items():
            times[name].append(timed(run, device))
    return [
        (name, size / 1e6, 1e3 * median(times[name][1:])) for name, (size, _) in variants.items()
    ]


def of_one(shape: Shape, device: torch.device) -> Variants:
    """Variants for `UDPHeatmap`."""
    batch, count, height, width = shape
    codec = UDPHeatmap(input_size=(4 * width, 4 * height), heatmap_size=(width, height))
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 1, (batch, 1, count, 2)) * codec.input_size
    points = points.astype(np.float32)
    targets = codec.batch_encode(points)["heatmaps"]
    noisy = targets + rng.normal(0, NOISE, targets.shape).astype(np.float32)
    heatmaps = torch.from_numpy(noisy).to(device)
    kept = batch_encode(codec, points, device=device)
    pinned = torch.empty(shape, pin_memory=device.type == "cuda")
    encoded = {"heatmaps": pinned, "keypoint_weights": torch.empty(batch, 1, count)}

    def encode_and_copy() -> None:
        codec.batch_encode(points, out=encoded)
        kept["heatmaps"].copy_(pinned, non_blocking=True)

    def copy_and_decode() -> None:
        codec.batch_decode(heatmaps.cpu().numpy())

    maps = targets.nbytes
    profiles = sum(array.nbytes for array in codec.encode_profiles(points).values())
    window = codec.window_size**2 * noisy.itemsize + 8  # and its index
    windows = batch * count * window + whole_maps(codec, noisy) * height * width * noisy.itemsize
    variants: Variants = {
        "encode: `posecodec_rs.torch.batch_encode`": (
            profiles,
            lambda: batch_encode(codec, points, device=device, out=kept),
        ),
        "encode: on the CPU, copied from pinned memory": (maps, encode_and_copy),
        "decode: `posecodec_rs.torch.batch_decode`": (
            windows,
            lambda: batch_decode(codec, heatmaps),
        ),
        "decode: copied, decoded on the CPU": (maps, copy_and_decode),
    }
    if (decode := sapiens2_decoder()) is not None:
        # Results stay on the device.
        variants["decode: transformers' Sapiens2, in torch"] = (0, lambda: decode(heatmaps))
    return variants


def of_people(shape: Shape, device: torch.device) -> Variants:
    """Variants for `SPR`."""
    batch, count, height, width = shape
    codec = SPR(
        input_size=(4 * width, 4 * height),
        heatmap_size=(width, height),
        sigma=(4, 2),
        generate_keypoint_heatmaps=True,
    )
    rng = np.random.default_rng(0)
    centers = rng.uniform(0.2, 0.8, (batch, PEOPLE, 1, 2))
    points = (centers + rng.normal(0, 0.06, (batch, PEOPLE, count, 2))) * codec.input_size
    points = points.astype(np.float32)
    targets = codec.batch_encode(points)
    noisy = targets["heatmaps"] + rng.normal(0, NOISE, targets["heatmaps"].shape)
    maps = (noisy.astype(np.float32), targets["displacements"])
    on_device = [torch.from_numpy(values).to(device) for values in maps]
    kept = batch_encode(codec, points, device=device)
    pinned = {
        name: torch.empty_like(target, device="cpu", pin_memory=device.type == "cuda")
        for name, target in kept.items()
    }

    def encode_and_copy() -> None:
        codec.batch_encode(points, out=pinned)
        for name, target in pinned.items():
            kept[name].copy_(target, non_blocking=True)

    def copy_and_decode() -> None:
        codec.batch_decode(*(values.cpu().numpy() for values in on_device))

    candidates = codec.decode_max_instances + 1
    # Of each peak: value, index, displacements and windows.
    peak = 4 + 8 + 4 * 2 * count + 4 * 16 * count
    return {
        "SPR encode: `posecodec_rs.torch.batch_encode`": (
            sum(array.nbytes for array in codec.encode_profiles(points).values()),
            lambda: batch_encode(codec, points, device=device, out=kept),
        ),
        "SPR encode: on the CPU, copied from pinned memory": (
            sum(target.nbytes for target in targets.values()),
            encode_and_copy,
        ),
        "SPR decode: `posecodec_rs.torch.batch_decode`": (
            batch * candidates * peak,
            lambda: batch_decode(codec, *on_device),
        ),
        "SPR decode: copied, decoded on the CPU": (
            sum(values.nbytes for values in maps),
            copy_and_decode,
        ),
    }


def whole_maps(codec: UDPHeatmap, heatmaps: Any) -> int:
    """The number of maps that are copied as a whole, because their windows are not enough."""
    batch, count, height, width = heatmaps.shape
    side = codec.window_size
    flat = heatmaps.reshape(batch, count, -1)
    indices = flat.argmax(-1)
    steps = np.arange(side) - side // 2
    rows = np.clip((indices // width)[..., None] + steps, 0, height - 1)
    columns = np.clip((indices % width)[..., None] + steps, 0, width - 1)
    pixels = rows[..., :, None] * width + columns[..., None, :]
    windows = np.take_along_axis(flat, pixels.reshape(batch, count, -1), -1)
    *_, needs_map = codec.decode_windows(windows.reshape(pixels.shape), indices)
    return int(needs_map.sum())


def timed(run: Callable[[], Any], device: torch.device) -> float:
    """Seconds of a call, until the device is done."""
    start = time.perf_counter()
    run()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - start


def sapiens2_decoder() -> Callable[[Any], Any] | None:
    """The decoder of transformers, if it is installed."""
    try:
        from transformers.models.sapiens2 import image_processing_sapiens2 as module
    except ImportError:
        return None

    def decode(heatmaps: Any) -> Any:
        keypoints, _ = module.get_keypoint_predictions(heatmaps)
        return module.post_dark_unbiased_data_processing(keypoints, heatmaps, 11)

    return decode


if __name__ == "__main__":
    main()
