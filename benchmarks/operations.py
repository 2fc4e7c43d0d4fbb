"""What is measured: every operation of every codec, ours, the floor's and MMPose's.

Samples are what a network is trained on and answers: one person's crop for top-down codecs, three
people in a picture for bottom-up ones. Where MMPose is not installed, its calls are missing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np
import posecodec_rs

try:
    import cv2
    import mmpose.codecs as mmpose_codecs
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
except ImportError:
    mmpose_codecs = None

Call = Callable[[], Any]


@dataclass
class Operation:
    """A name, and the calls that are compared under it."""

    name: str
    ours: Call
    floor: Call
    theirs: Call | None


@dataclass
class Subject:
    """A codec and how it is used."""

    name: str
    codec: str
    kwargs: dict[str, Any]
    keypoints: int = 17

    def build(self, package: ModuleType) -> Any:
        return getattr(package, self.codec)(**self.kwargs)


SMALL = {"input_size": (192, 256), "heatmap_size": (48, 64)}
LARGE = {"input_size": (288, 384), "heatmap_size": (72, 96), "sigma": 3.0, "blur_kernel_size": 17}

TOP_DOWN = [
    Subject("RegressionLabel", "RegressionLabel", {"input_size": (192, 256)}),
    Subject("IntegralRegressionLabel", "IntegralRegressionLabel", {**SMALL, "sigma": 2.0}),
    Subject("MSRAHeatmap", "MSRAHeatmap", {**SMALL, "sigma": 2.0}),
    Subject("MSRAHeatmap unbiased, DARK", "MSRAHeatmap", {**SMALL, "sigma": 2.0, "unbiased": True}),
    Subject("UDPHeatmap", "UDPHeatmap", SMALL),
    Subject("UDPHeatmap 72×96, sigma 3", "UDPHeatmap", LARGE),
    Subject("UDPHeatmap 72×96, 133 keypoints", "UDPHeatmap", LARGE, keypoints=133),
    Subject("UDPHeatmap combined", "UDPHeatmap", {**SMALL, "heatmap_type": "combined"}),
    Subject("MegviiHeatmap", "MegviiHeatmap", {**SMALL, "kernel_size": 11}),
    Subject("SimCCLabel", "SimCCLabel", {"input_size": (192, 256)}),
    Subject("SimCCLabel DARK", "SimCCLabel", {"input_size": (192, 256), "use_dark": True}),
    Subject(
        "SimCCLabel visibility",
        "SimCCLabel",
        {"input_size": (192, 256), "decode_visibility": True},
    ),
]


def responses(targets: dict[str, np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """What a network might answer: the targets with noise of 2 % of their largest value."""
    maps = [value for name, value in targets.items() if name != "keypoint_weights"]
    if "keypoint_labels" in targets:
        maps = maps[:1]  # regressed coordinates alone are decoded
    noise = [rng.normal(0, 0.02 * array.max(), array.shape) for array in maps]
    return [(a + n).astype(np.float32) for a, n in zip(maps, noise, strict=True)]


def top_down(subject: Subject) -> Iterator[Operation]:
    """Encode and decode of a codec that sees one person's crop."""
    rng = np.random.default_rng(0)
    ours = subject.build(posecodec_rs)
    theirs = None if mmpose_codecs is None else subject.build(mmpose_codecs)
    size = np.array(subject.kwargs["input_size"])
    keypoints = (rng.random((1, subject.keypoints, 2)) * size).astype(np.float32)
    visible = np.ones((1, subject.keypoints), np.float32)
    targets = ours.encode(keypoints, visible)
    maps = responses(targets, rng)
    in_place = getattr(ours, "use_dark", False)  # MMPose's SimCC DARK writes into its input

    yield Operation(
        f"{subject.name}, encode",
        lambda: ours.encode(keypoints, visible),
        fill(targets),
        theirs and (lambda: theirs.encode(keypoints, visible)),
    )
    yield Operation(
        f"{subject.name}, decode",
        lambda: ours.decode(*maps),
        maxima(maps),
        theirs and (lambda: theirs.decode(*([a.copy() for a in maps] if in_place else maps))),
    )


def fill(targets: dict[str, np.ndarray]) -> Call:
    """The floor of encoding: new arrays, filled with a constant."""
    return lambda: [array.fill(1) for array in map(np.empty_like, targets.values())]


def maxima(maps: list[np.ndarray]) -> Call:
    """The floor of decoding: the maximum of the inputs."""
    return lambda: [array.max() for array in maps]


PICTURE: dict[str, Any] = {"input_size": (512, 512), "heatmap_size": (128, 128)}
PEOPLE, KEYPOINTS = 3, 17


def bottom_up() -> Iterator[Operation]:
    """The codecs that see a whole picture, with three people in it."""
    rng = np.random.default_rng(0)
    centres = rng.uniform(100, 412, (PEOPLE, 1, 2))
    people = (centres + rng.normal(size=(PEOPLE, KEYPOINTS, 2)) * 60).clip(0, 511)
    keypoints = people.astype(np.float32)
    visible = (rng.random((PEOPLE, KEYPOINTS)) < 0.9).astype(np.float32)

    def noisy(array: np.ndarray) -> np.ndarray:
        return (array + rng.normal(0, 0.02, array.shape)).astype(np.float32)

    def pair(name: str, codec: str, **kwargs: Any) -> tuple[Any, Any, Operation]:
        ours = getattr(posecodec_rs, codec)(**PICTURE, **kwargs)
        theirs = mmpose_codecs and getattr(mmpose_codecs, codec)(**PICTURE, **kwargs)
        encode = Operation(
            f"{name}, encode",
            lambda: ours.encode(keypoints, visible),
            fill(ours.encode(keypoints, visible)),
            theirs and (lambda: theirs.encode(keypoints, visible)),
        )
        return ours, theirs, encode

    for name, kwargs in (
        ("SPR", {}),
        ("SPR with keypoint heatmaps", {"generate_keypoint_heatmaps": True, "sigma": (4, 2)}),
    ):
        ours, theirs, encode = pair(name, "SPR", **kwargs)
        yield encode
        targets = encode.ours()
        maps = [noisy(targets["heatmaps"]), targets["displacements"]]
        yield _decode(f"{name}, decode", ours.decode, theirs and theirs.decode, maps)

    ours, theirs, encode = pair("DecoupledHeatmap", "DecoupledHeatmap")
    yield encode
    instances = noisy(encode.ours()["instance_heatmaps"]).reshape(-1, KEYPOINTS, 128, 128)
    maps = [instances, np.ones((len(instances), 1), np.float32)]
    yield Operation(
        "DecoupledHeatmap, decode",
        lambda: ours.decode(*maps),
        maxima(maps),
        theirs and (lambda: theirs.decode(*maps)),
    )

    for name, kwargs in (
        ("AssociativeEmbedding", {}),
        ("AssociativeEmbedding UDP", {"use_udp": True}),
    ):
        order = {"decode_keypoint_order": list(range(KEYPOINTS))}
        ours, theirs, encode = pair(name, "AssociativeEmbedding", **kwargs, **order)
        yield encode
        targets = encode.ours()
        maps = [noisy(targets["heatmaps"])[None], _tags(targets["keypoint_indices"], rng)[None]]
        yield _decode(f"{name}, decode", ours.batch_decode, theirs and theirs.batch_decode, maps)


def _tags(indices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Tag maps (K, H, W) of a network that tells people apart: a number around each keypoint."""
    tags = rng.normal(0, 0.1, (KEYPOINTS, 128, 128)).astype(np.float32)
    for person, cells in enumerate(indices):
        for keypoint, (cell, visible) in enumerate(cells):
            if visible:
                row, column = divmod(int(cell), 128)
                area = tags[keypoint, max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
                area += 2 * person
    return tags


def _decode(name: str, ours: Call, theirs: Call | None, maps: list[np.ndarray]) -> Operation:
    """Both get torch tensors, as MMPose's heads hand them over; ours get arrays without torch."""
    if theirs is None:
        return Operation(name, lambda: ours(*maps), maxima(maps), None)
    tensors = [torch.from_numpy(array) for array in maps]
    # MMPose blurs the maps in place: it gets copies, as they come from a network only once.
    return Operation(
        name,
        lambda: ours(*tensors),
        maxima(maps),
        lambda: theirs(*[tensor.clone() for tensor in tensors]),
    )


def volumes(rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `Hand3DHeatmap` takes for two hands: 42 joints of 64³ cells, 44 MB."""
    points = rng.uniform((20, 20, -180), (230, 230, 180), (1, 42, 3)).astype(np.float32)
    encode = {"keypoints": points, "keypoints_visible": np.ones((1, 42), np.float32)}
    encode |= {"dataset_keypoint_weights": None, "focal": None, "principal_pt": None}
    encode |= {"rel_root_depth": np.float32(30), "rel_root_valid": np.float32(1)}
    encode |= {"hand_type": np.ones((1, 2), np.float32), "hand_type_valid": np.ones(1)}
    decode = {"heatmaps": rng.random((42, 64, 64, 64), np.float32)}
    decode |= {"root_depth": np.ones(1, np.float32), "hand_type": np.ones(2, np.float32)}
    return encode, decode


def candidates(rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `EDPoseLabel` takes for 8 people and 900 candidates."""
    encode = {"img_shape": (640, 480), "area": rng.uniform(10, 9000, 8).astype(np.float32)}
    encode |= {"keypoints": rng.uniform(0, 480, (8, 17, 2)).astype(np.float32)}
    encode |= {"bboxes": rng.uniform(0, 480, (8, 4)).astype(np.float32)}
    columns = {"pred_logits": 2, "pred_boxes": 4, "pred_keypoints": 51}
    decode = {name: rng.random((900, count), np.float32) for name, count in columns.items()}
    return encode, decode | {"input_shapes": np.array([480, 640])}


FURTHER = {"Hand3DHeatmap": volumes, "EDPoseLabel": candidates}
"""Codecs that take arguments of their own."""


def further() -> Iterator[Operation]:
    """The codecs that take arguments of their own."""
    for name, arguments in FURTHER.items():
        encode, decode = arguments(np.random.default_rng(0))
        ours = getattr(posecodec_rs, name)()
        theirs = mmpose_codecs and getattr(mmpose_codecs, name)()
        answer = ours.encode(**encode).items()
        targets = {key: array for key, array in answer if isinstance(array, np.ndarray)}
        yield Operation(
            f"{name}, encode",
            partial(ours.encode, **encode),
            fill(targets),
            theirs and partial(theirs.encode, **encode),
        )
        yield Operation(
            f"{name}, decode",
            partial(ours.decode, **decode),
            maxima(list(decode.values())),
            theirs and partial(theirs.decode, **decode),
        )


FRAMES = 243


def lifting() -> Iterator[Operation]:
    """The codecs that lift 2D poses to 3D: one picture, or a sequence of 243 frames."""
    rng = np.random.default_rng(0)
    poses = rng.normal((0, 0, 5), 0.3, (FRAMES, KEYPOINTS, 3)).astype(np.float32)
    pixels = (poses[..., :2] / poses[..., 2:] * 1145 + 512).astype(np.float32)
    visible = np.ones((FRAMES, KEYPOINTS), np.float32)
    lens = {"f": np.array([[1145.0], [1144.0]]), "c": np.array([[512.5], [515.5]])}
    camera = {"camera_param": {**lens, "w": 1000, "h": 1002}}
    means = {"keypoints_mean": np.full((KEYPOINTS, 2), 500.0), "target_mean": np.zeros((16, 3))}
    deviations = {"keypoints_std": np.full((KEYPOINTS, 2), 200.0), "target_std": np.ones((16, 3))}
    sizes = {"w": np.full(FRAMES, 1000), "h": np.full(FRAMES, 1002)}

    for name, frames, kwargs, extra in (
        ("ImagePoseLifting", 1, {"remove_root": True, **means, **deviations}, {}),
        ("VideoPoseLifting", FRAMES, {"remove_root": True, "normalize_camera": True}, camera),
        ("MotionBERTLabel", FRAMES, {"mode": "train"}, camera),
    ):
        ours = getattr(posecodec_rs, name)(KEYPOINTS, **kwargs)
        theirs = mmpose_codecs and getattr(mmpose_codecs, name)(KEYPOINTS, **kwargs)
        inputs = {"keypoints": pixels[:frames], "keypoints_visible": visible[:frames], **extra}
        inputs["lifting_target"] = poses[:frames]
        inputs["lifting_target_visible"] = visible[:frames]
        answer = ours.encode(**inputs)
        targets = {key: array for key, array in answer.items() if isinstance(array, np.ndarray)}
        yield Operation(
            f"{name}, encode",
            partial(ours.encode, **inputs),
            fill(targets),
            theirs and partial(theirs.encode, **inputs),
        )
        encoded = answer["lifting_target_label"]
        further = {"target_root": answer["target_root"][:, None]} if "target_root" in answer else {}
        if name == "MotionBERTLabel":
            further = {**sizes, "factor": answer["factor"]}
        yield Operation(
            f"{name}, decode",
            partial(ours.decode, encoded, **further),
            maxima([encoded]),
            theirs and partial(theirs.decode, encoded, **further),
        )


def operations() -> Iterator[Operation]:
    """Everything that is measured."""
    for subject in TOP_DOWN:
        yield from top_down(subject)
    yield from bottom_up()
    yield from lifting()
    yield from further()
