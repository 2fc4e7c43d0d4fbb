"""How many times faster other projects are with this package: one row of Markdown per call.

    python benchmarks/stacks.py mmpose0            # in the environment of `nox --session mmpose0`
    python benchmarks/stacks.py hrnet CHECKOUT/lib
    python benchmarks/stacks.py transformers       # in that of `nox --session transformers`
    python benchmarks/stacks.py deeplabcut|sleap|mmaction    # in that of `nox --session NAME`
    python benchmarks/stacks.py blur               # ViTPose's two blurs, compared with the truth

Of targets, the last columns are the time of filling the outputs, which exist already, and how many
times longer ours take.

Both implementations alternate in one process, on one thread of this package; medians of their
processor time are compared. Set OMP_NUM_THREADS=1 for torch.
"""

import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import numpy as np
import stack_targets
from posecodec_rs import hrnet, mmpose0, set_num_threads
from posecodec_rs.transformers import install, uninstall

sys.path.append(str(Path(__file__).parent.parent / "tests" / "golden"))
import record_stacks
from stack_cases import PARSER, tagged_people

SECONDS = 2.0
"""Time per call, for both together."""

RNG = np.random.default_rng(0)


def people(count: int, keypoints: int, width: int, height: int, sigma: float = 2.0) -> Any:
    """Heatmaps with one peak each on a little noise, and the places of the peaks."""
    at = RNG.uniform(3, [width - 4, height - 4], (count, keypoints, 2))
    y, x = np.mgrid[:height, :width]
    squares = (x - at[..., 0, None, None]) ** 2 + (y - at[..., 1, None, None]) ** 2
    maps = np.exp(-squares / (2 * sigma**2)) + RNG.uniform(0, 0.01, squares.shape)
    return maps.astype(np.float32), at


def row(name: str, theirs: Callable[[], Any], ours: Callable[[], Any], *others: Any) -> None:
    """Time calls in turn, and print a row: theirs, ours, and others that ours is compared with."""
    calls = (theirs, ours, *others)
    times: tuple[list[float], ...] = tuple([] for _ in calls)
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times[0]) < 3:
        for call, taken in zip(calls, times, strict=True):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
    before, after, *rest = (median(taken) * 1e3 for taken in times)
    compared = "".join(f" {each:.3f} ms | {after / each:.1f} |" for each in rest)
    print(f"| {name} | {before:.2f} ms | {after:.3f} ms | {before / after:.0f}× |{compared}")


def time_mmpose0() -> None:
    """MMPose 0.29."""
    theirs = record_stacks.mmpose0()
    boxes = np.full((32, 2), 100, np.float32), np.full((32, 2), 1, np.float32)
    for keypoints in (17, 133):
        maps, _ = people(32, keypoints, 48, 64)
        for label, options in (
            ("default", {}),
            ("DARK", {"post_process": "unbiased"}),
            ("UDP-DARK", {"use_udp": True}),
        ):
            row(
                f"MMPose 0.29, {label}, 32 people, {keypoints} keypoints",
                lambda o=options, m=maps: theirs.keypoints_from_heatmaps(m, *boxes, **o),
                lambda o=options, m=maps: mmpose0.keypoints_from_heatmaps(m, *boxes, **o),
            )
    maps, tags = tagged_people(RNG, 17, 1)
    maps, tags = (np.tile(each, (1, 1, 5, 6) + (1,) * (each.ndim - 4)) for each in (maps, tags))
    import torch

    tensors = [torch.from_numpy(each) for each in (maps, tags)]
    parsers = theirs.HeatmapParser(PARSER), mmpose0.HeatmapParser(PARSER)
    row("MMPose 0.29, `HeatmapParser`", *(lambda p=p: p.parse(*tensors) for p in parsers))


def time_targets(project: str) -> None:
    """DeepLabCut, sleap-nn or MMAction2."""
    for name, theirs, ours in getattr(stack_targets, project)(RNG):
        outputs = stack_targets.arrays_of(theirs())
        row(name, theirs, ours, lambda arrays=outputs: [array.fill(0) for array in arrays])


def time_hrnet(lib: str) -> None:
    """HRNet's reference implementation."""
    theirs = record_stacks.hrnet(lib)
    maps, _ = people(32, 17, 48, 64)
    config = SimpleNamespace(TEST=SimpleNamespace(POST_PROCESS=True))
    boxes = np.full((32, 2), 100, np.float32), np.full((32, 2), 1, np.float32)
    calls = (lambda f=module.get_final_preds: f(config, maps, *boxes) for module in (theirs, hrnet))
    row("HRNet, `get_final_preds`, 32 people", *calls)


def time_transformers() -> None:
    """transformers' processors."""
    import torch
    from transformers import Sapiens2ImageProcessor, VitPoseImageProcessor

    for processor, shape, sigma, kernel in (
        (VitPoseImageProcessor(), (8, 17, 48, 64), 2.0, 11),
        (Sapiens2ImageProcessor(), (1, 308, 192, 256), 6.0, 11),
    ):
        outputs = SimpleNamespace(heatmaps=torch.from_numpy(people(*shape, sigma)[0]))
        boxes = [[[50.0, 60.0, 90.0, 120.0]] for _ in range(shape[0])]

        def call(p: Any = processor, o: Any = outputs, b: Any = boxes, k: int = kernel) -> Any:
            uninstall()
            return p.post_process_pose_estimation(o, boxes=np.array(b), kernel_size=k)

        def with_ours(c: Any = call, p: Any = processor, o: Any = outputs, b: Any = boxes) -> Any:
            install()
            return p.post_process_pose_estimation(o, boxes=np.array(b))

        size = f"{shape[0]} people, {shape[1]} keypoints"
        row(f"transformers, `{type(processor).__name__}`, {size}", call, with_ours)
        uninstall()
        theirs = replaced(processor, outputs.heatmaps, kernel)
        install()
        row("its two functions alone", theirs, replaced(processor, outputs.heatmaps, kernel))


def replaced(processor: Any, heatmaps: Any, kernel: int) -> Callable[[], Any]:
    """A call of the functions that find and refine keypoints, as they are now."""
    module = sys.modules[type(processor).__module__]
    find, refine = module.get_keypoint_predictions, module.post_dark_unbiased_data_processing
    maps = heatmaps.numpy() if "vitpose" in module.__name__ else heatmaps
    return lambda: refine(find(maps)[0], maps, kernel)


def compare_blurs() -> None:
    """ViTPose's refinement with either blur, on Gaussians at known places with noise.

    In pixels of the network's input, four of which are a heatmap pixel.
    """
    from posecodec_rs import _core

    print("| noise | blur | median error | mean error |\n|---|---|---:|---:|")
    for noise in (0.02, 0.03):
        errors: dict[str, list[float]] = {"scipy": [], "opencv": []}
        for _ in range(20):
            maps, at = people(8, 17, 48, 64)
            maps += RNG.normal(0, noise, maps.shape).astype(np.float32)
            pixels, _ = _core._get_keypoint_predictions(maps)
            refined = {
                "scipy": _core._post_dark_unbiased_data_processing(pixels, maps, 11, "vitpose"),
                "opencv": mmpose0.post_dark_udp(pixels, maps, 11),
            }
            for name, points in refined.items():
                errors[name] += (4 * np.linalg.norm(points - at, axis=-1)).ravel().tolist()
        for name, each in errors.items():
            print(f"| {noise} | `{name!r}` | {np.median(each):.3f} px | {np.mean(each):.3f} px |")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    set_num_threads(1)
    match sys.argv[1:]:
        case ["mmpose0"]:
            time_mmpose0()
        case ["hrnet", lib]:
            time_hrnet(lib)
        case ["transformers"]:
            time_transformers()
        case ["deeplabcut" | "sleap" | "mmaction" as project]:
            time_targets(project)
        case ["blur"]:
            compare_blurs()
        case _:
            sys.exit(__doc__)
