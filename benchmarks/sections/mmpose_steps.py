"""MMPose's data loaders and evaluation, with its codecs and with ours.

Loaders read JPEGs, augment, warp and encode as in MMPose's configs, with one worker per processor.
Evaluation decodes a batch of a network's outputs. Both packages' codecs alternate in one process,
ours through `posecodec_rs.mmpose.install()`.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import torch
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import init_default_scope
from posecodec_rs.cli.coco import read_annotations
from posecodec_rs.mmpose import install, uninstall
from torch.utils.data import DataLoader, Dataset

sys.path.append(str(Path(__file__).parent.parent.parent / "tests"))
from mmpose_stubs import install_stubs

install_stubs()
from mmpose.models import build_pose_estimator  # noqa: E402
from mmpose.registry import TRANSFORMS  # noqa: E402
from mmpose.testing import get_coco_sample, get_packed_inputs  # noqa: E402

from sections import encoding_places  # noqa: E402
from sections.section import Section  # noqa: E402

IMAGES, SIZE, QUALITY = 64, (640, 480), 90
"""JPEGs, like those of COCO: their number, (w, h), and quality."""
SAMPLES, BATCH, ROUNDS = 512, 64, 3
"""Samples per round of a loader, samples per batch, and rounds per package."""
STEEPNESS = 1.3
"""Amplitude of the texture at half the frequency: gives JPEGs of 100 kB, like many of COCO's."""
SHARED = 128
"""Samples whose steps are timed separately, in one process."""

ENDS = ("GenerateTarget", "PackPoseInputs")
"""The last steps of a pipeline."""

Cfg = dict[str, Any]

CROP: Cfg = {"input_size": (192, 256), "heatmap_size": (48, 64)}
MSRA: Cfg = {"type": "MSRAHeatmap", **CROP, "sigma": 2.0}
UDP: Cfg = {"type": "UDPHeatmap", **CROP, "sigma": 2.0}
SIMCC: Cfg = {"type": "SimCCLabel", "input_size": (192, 256), "sigma": (4.9, 5.66)}
SIMCC |= {"normalize": False, "use_dark": False}
SPR: Cfg = {"type": "SPR", "input_size": (512, 512), "heatmap_size": (128, 128), "sigma": (4, 2)}
SPR |= {"minimal_diagonal_length": 32**0.5, "generate_keypoint_heatmaps": True}
SPR |= {"decode_max_instances": 30}


def top_down(codec: Cfg) -> list[Cfg]:
    """As in MMPose's `td-hm_res50_8xb64-210e_coco-256x192`."""
    names = ["LoadImage", "GetBBoxCenterScale", "RandomFlip", "RandomHalfBody"]
    names += ["RandomBBoxTransform", "TopdownAffine", "GenerateTarget", "PackPoseInputs"]
    options = {
        "RandomFlip": {"direction": "horizontal"},
        "TopdownAffine": {"input_size": codec["input_size"]},
        "GenerateTarget": {"encoder": codec},
    }
    return [{"type": name, **options.get(name, {})} for name in names]


def bottom_up(codec: Cfg) -> list[Cfg]:
    """As in MMPose's `dekr_hrnet-w32_8xb10-140e_coco-512x512`."""
    names = ["LoadImage", "BottomupRandomAffine", "RandomFlip", "GenerateTarget"]
    names += ["BottomupGetHeatmapMask", "PackPoseInputs"]
    options = {
        "BottomupRandomAffine": {"input_size": codec["input_size"]},
        "RandomFlip": {"direction": "horizontal"},
        "GenerateTarget": {"encoder": codec},
    }
    return [{"type": name, **options.get(name, {})} for name in names]


LOADERS = {
    "one person's crop, `MSRAHeatmap`": (top_down(MSRA), True),
    "one person's crop, `UDPHeatmap`": (top_down(UDP), True),
    "one person's crop, `SimCCLabel`": (top_down(SIMCC), True),
    "an image with several people, `SPR`": (bottom_up(SPR), False),
}
"""Pipelines, and whether a sample is one person."""


class Samples(Dataset):
    """Annotated JPEGs through a pipeline."""

    def __init__(self, annotations: list[Cfg], pipeline: list[Cfg]) -> None:
        self.annotations, self.pipeline = annotations, Compose(pipeline)

    def __len__(self) -> int:
        return SAMPLES

    def __getitem__(self, number: int) -> Any:
        np.random.seed(number)  # noqa: NPY002 - MMPose's augmentations draw from it
        return self.pipeline(deepcopy(self.annotations[number % len(self.annotations)]))


def measure(names: list[str]) -> list[Section]:
    """The sections of these names."""
    init_default_scope("mmpose")
    cv2.setNumThreads(0)  # as in MMPose's configs
    with tempfile.TemporaryDirectory() as folder:
        images = cache(lambda: make_images(Path(folder)))
        people = cache(lambda: [one for each in images() for one in one_by_one(each)])
        sections: dict[str, Callable[[], Section]] = {
            "loaders": lambda: loaders(images(), people()),
            "encoding-pytorch": encoding_places.in_pytorch,
            "encoding-mmpose": lambda: encoding_places.in_mmpose(people(), augmented, BATCH),
            "evaluation": evaluation,
        }
        return [sections[name]() for name in names]


def augmented(annotations: list[Cfg], steps: list[Cfg]) -> "Samples":
    """JPEGs through the pipeline for crops that ends with these steps."""
    pipeline = [step for step in top_down(UDP) if step["type"] not in ENDS]
    return Samples(annotations, pipeline + steps)


def loaders(annotations: list[Cfg], people: list[Cfg]) -> Section:
    """Samples per second of data loaders, and the share of `GenerateTarget` in a sample's time."""
    workers = os.cpu_count() or 1
    about = f"""\
MMPose's own training pipelines on JPEGs of {SIZE[0]}×{SIZE[1]} pixels, `DataLoader` with {workers}
workers and batches of {BATCH}: samples per second, median of {ROUNDS} rounds. The share is that of
`GenerateTarget`, which contains the codec, in a sample's time in one process."""
    columns = ["sample", "MMPose's codec", "ours", "ratio", "share with MMPose's", "with ours"]
    section = Section("A data loader", about, columns).begin()
    for name, (pipeline, single) in LOADERS.items():
        source = people if single else annotations
        rates: dict[str, list[float]] = {"mmpose": [], "ours": []}
        shares = {}
        for number in range(ROUNDS):
            for package in rates:
                with codecs_of(package):
                    data = Samples(source, pipeline)
                    if number == 0:
                        shares[package] = share_of_targets(data)
                    rates[package].append(samples_per_second(data, workers))
        mmpose, ours = median(rates["mmpose"]), median(rates["ours"])
        section.add(
            [
                name,
                f"{mmpose:.0f}/s",
                f"{ours:.0f}/s",
                f"{ours / mmpose:.2f}×",
                f"{shares['mmpose']:.1%}",
                f"{shares['ours']:.1%}",
            ],
            {"sample": name, "rates": rates, "shares": shares},
        )
    return section


def evaluation() -> Section:
    """Samples per second of decoding heads, and the share of decoding in that."""
    about = f"""\
Batches of {BATCH} people, samples per second, median of {ROUNDS} rounds. `decode` is the method of
MMPose's heads: it decodes a network's outputs and packs the result. In the rows with a ResNet-18
the network runs before that, with all threads of this CPU; on a GPU the network is much faster, so
expect something in between. The share is that of `decode`."""
    columns = ["step", "MMPose's codec", "ours", "ratio", "share with MMPose's", "with ours"]
    section = Section("An evaluation step", about, columns).begin()
    dark = {**MSRA, "unbiased": True}
    names = ("`MSRAHeatmap`", "`MSRAHeatmap`, DARK", "`UDPHeatmap`", "`SimCCLabel`")
    for name, codec in zip(names, (MSRA, dark, UDP, SIMCC), strict=True):
        steps: dict[str, dict[str, list[float]]] = {}
        for _ in range(ROUNDS):
            for package in ("mmpose", "ours"):
                with codecs_of(package):
                    for step, seconds in evaluated(codec).items():
                        steps.setdefault(step, {}).setdefault(package, []).append(seconds)
        decode = {package: median(times) for package, times in steps["decode"].items()}
        for step, times in steps.items():
            seconds = {package: median(each) for package, each in times.items()}
            shares = {each: decode[each] / seconds[each] for each in seconds}
            section.add(
                [
                    f"{name}, {step}",
                    *(f"{BATCH / each:.0f}/s" for each in seconds.values()),
                    f"{seconds['mmpose'] / seconds['ours']:.2f}×",
                    *(f"{share:.1%}" for share in shares.values()),
                ],
                {"codec": name, "step": step, "seconds": times},
            )
    return section


@contextmanager
def codecs_of(package: str) -> Iterator[None]:
    """Within this context, pipelines and heads are built with our codecs, or with MMPose's."""
    if package == "ours":
        install()
    try:
        yield
    finally:
        uninstall()


def make_images(folder: Path) -> list[Cfg]:
    """JPEGs with texture at every scale, annotated with the package's sample people."""
    rng = np.random.default_rng(0)
    shared = ("upper_body_ids", "lower_body_ids", "flip_pairs", "flip_indices")
    shared += ("dataset_keypoint_weights", "invalid_segs")
    meta = {key: value for key, value in get_coco_sample().items() if key in shared}
    annotations = []
    images = read_annotations(None).images()
    for number in range(IMAGES):
        path = folder / f"{number}.jpg"
        cv2.imwrite(str(path), texture(rng), [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        image = images[number % len(images)]
        points = (image.keypoints * (np.array(SIZE) / image.size)).astype(np.float32)
        margin = 0.1 * (points.max(1) - points.min(1))
        boxes = np.concatenate([points.min(1) - margin, points.max(1) + margin], 1)
        sides = boxes[:, 2:] - boxes[:, :2]
        annotations.append(
            {
                "img_path": str(path),
                "img_id": number,
                "bbox": boxes.astype(np.float32),
                "bbox_score": np.ones(len(boxes), np.float32),
                "area": (0.6 * sides.prod(1)).astype(np.float32),
                "keypoints": points,
                "keypoints_visible": image.visible.astype(np.float32),
                **meta,
            }
        )
    sizes = [path.stat().st_size for path in folder.glob("*.jpg")]
    print(f"\n{IMAGES} JPEGs of {np.mean(sizes) / 1e3:.0f} kB")
    return annotations


def texture(rng: np.random.Generator) -> np.ndarray:
    """Noise whose amplitude falls with its frequency, as in photographs."""
    image = np.zeros((SIZE[1], SIZE[0], 3), np.float32)
    for octave in range(9):
        small = rng.normal(0, 1, (max(SIZE[1] >> octave, 2), max(SIZE[0] >> octave, 2), 3))
        image += STEEPNESS**octave * cv2.resize(small.astype(np.float32), SIZE, cv2.INTER_CUBIC)
    low, high = np.percentile(image, (1, 99))
    return ((image - low) / (high - low) * 255).clip(0, 255).astype(np.uint8)


def one_by_one(annotation: Cfg) -> Iterator[Cfg]:
    """Each of the people in an image."""
    each = ("bbox", "bbox_score", "area", "keypoints", "keypoints_visible")
    for person in range(len(annotation["bbox"])):
        yield annotation | {key: annotation[key][person : person + 1] for key in each}


def samples_per_second(data: Samples, workers: int) -> float:
    """The rate of a loader after its first batch."""
    loader = DataLoader(data, BATCH, num_workers=workers, collate_fn=pseudo_collate)
    batches = iter(loader)
    next(batches)
    start = time.perf_counter()
    count = sum(len(batch["data_samples"]) for batch in batches)
    return count / (time.perf_counter() - start)


def share_of_targets(data: Samples) -> float:
    """The share of the step `GenerateTarget` in a sample's time."""
    targets = TRANSFORMS.get("GenerateTarget")
    spent, total = 0.0, 0.0
    for number in range(SHARED):
        np.random.seed(number)  # noqa: NPY002
        sample = deepcopy(data.annotations[number % len(data.annotations)])
        for step in data.pipeline.transforms:
            start = time.perf_counter()
            sample = step(sample)
            seconds = time.perf_counter() - start
            total += seconds
            spent += seconds if isinstance(step, targets) else 0.0
    return spent / total


def evaluated(codec: Cfg) -> dict[str, float]:
    """Seconds of a head's `decode`, and of that behind a ResNet-18 on this CPU."""
    heatmaps = "heatmap_size" in codec
    kind = "HeatmapHead" if heatmaps else "SimCCHead"
    head: Cfg = {"type": kind, "in_channels": 512, "out_channels": 17, "decoder": codec}
    head |= {} if heatmaps else {"input_size": (192, 256), "in_featuremap_size": (6, 8)}
    backbone = {"type": "ResNet", "depth": 18}
    torch.manual_seed(0)
    model = build_pose_estimator(
        {"type": "TopdownPoseEstimator", "backbone": backbone, "head": head}
    ).eval()
    batch = get_packed_inputs(BATCH, with_heatmap=False, with_simcc_label=False)
    images = torch.stack(batch["inputs"]).float() / 255
    rng = np.random.default_rng(0)
    points = (rng.uniform(0.1, 0.9, (BATCH, 1, 17, 2)) * (192, 256)).astype(np.float32)
    maps = responses([model.head.decoder.encode(each) for each in points], rng)
    with torch.no_grad():

        def step() -> None:
            model.head.forward(model.extract_feat(images))
            model.head.decode(maps)

        model.head.decode(maps)
        decode = median(timed(lambda: model.head.decode(maps)) for _ in range(ROUNDS))
        return {"decode": decode, "ResNet-18 and decode": timed(step)}


def responses(targets: list[Cfg], rng: np.random.Generator) -> Any:
    """Simulated outputs of a network for a batch: a tensor of heatmaps, or of vectors per axis."""
    keys = [key for key in targets[0] if key != "keypoint_weights"]
    tensors = []
    for key in keys:
        # (K, H, W), or for vectors (1, K, W)
        arrays = [target[key][0] if len(keys) > 1 else target[key] for target in targets]
        stacked = np.stack(arrays)
        noise = rng.normal(0, 0.02 * stacked.max(), stacked.shape)
        tensors.append(torch.from_numpy((stacked + noise).astype(np.float32)))
    return tensors[0] if len(tensors) == 1 else tuple(tensors)


def timed(call: Callable[[], Any]) -> float:
    """Seconds of a call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
