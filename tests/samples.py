"""Configurations of every codec, inputs for them, and the comparison of nested answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

SIZES: dict[str, Any] = {"input_size": (192, 256), "heatmap_size": (48, 64)}
ODD_SIZES: dict[str, Any] = {"input_size": (100, 75), "heatmap_size": (30, 21)}
VISIBILITIES = np.array([0.0, 0.3, 0.5, 0.7, 1.0, 2.0], np.float32)


WORTH_THREADS = 12
"""Samples of 17 maps of 48×64: more than the number from which on a batch is split."""


@dataclass(frozen=True)
class Config:
    """A codec by its name and arguments, and how many keypoints an instance its inputs have."""

    codec: str
    kwargs: Mapping[str, Any]
    count: int = 17
    note: str = field(default="", kw_only=True)

    def __str__(self) -> str:
        return "-".join(filter(None, (self.codec, self.note)))

    def make(self) -> Any:
        """A new codec."""
        return getattr(posecodec_rs, self.codec)(**self.kwargs)

    @property
    def instances(self) -> int:
        """Of a sample of this codec's inputs."""
        return 3 if self.codec in ("RegressionLabel", "SimCCLabel") else 1

    @property
    def has_heatmaps(self) -> bool:
        """Whether the codec decodes heatmaps."""
        return self.codec in ("MSRAHeatmap", "UDPHeatmap", "MegviiHeatmap")

    @property
    def combined(self) -> bool:
        """Whether a keypoint has three heatmaps."""
        return self.kwargs.get("heatmap_type") == "combined"

    def keypoints(self, rng: Generator, *batch: int) -> NDArray[np.float32]:
        """Keypoints (*batch, N, K, 2), most of them inside the input."""
        shape = (*batch, self.instances, self.count, 2)
        return (rng.uniform(-0.2, 1.2, shape) * self.kwargs["input_size"]).astype(np.float32)

    def visible(self, rng: Generator, *batch: int) -> NDArray[np.float32]:
        """Visibilities (*batch, N, K) of all kinds."""
        return rng.choice(VISIBILITIES, (*batch, self.instances, self.count))

    def encoded(self, rng: Generator, *batch: int) -> tuple[NDArray[np.float32], ...]:
        """What a network might say, as `decode` takes it, or `batch_decode` with a `batch`."""
        people = (*batch, self.instances, self.count)
        if self.codec in ("RegressionLabel", "IntegralRegressionLabel"):
            columns = 4 if self.instances > 1 else 2
            return (rng.normal(0.5, 0.4, (*people, columns)).astype(np.float32),)
        if self.codec == "SimCCLabel":
            ratio = self.kwargs.get("simcc_split_ratio", 2.0)
            bins = (round(side * ratio) for side in self.kwargs["input_size"])
            return tuple(responses(rng, people, (length,)) for length in bins)
        width, height = self.kwargs["heatmap_size"]
        maps = responses(rng, (*batch, self.count), (height, width))
        if self.combined:
            offsets = rng.normal(0, 1, (*maps.shape[:-2], 2, height, width)).astype(np.float32)
            maps = np.concatenate([maps[..., None, :, :], offsets], axis=-3)
            maps = maps.reshape(*batch, 3 * self.count, height, width)
        return (maps * np.float32(255 if self.codec == "MegviiHeatmap" else 1),)


def responses(rng: Generator, maps: tuple[int, ...], sides: tuple[int, ...]) -> NDArray[np.float32]:
    """Arrays (*maps, *sides) of a bump and a little noise each, like a network's."""
    bumps = rng.uniform(0.05, 1, (*maps, *(1 for _ in sides)))
    for axis, side in enumerate(sides):
        cells = np.arange(side).reshape(-1, *(1 for _ in sides[axis + 1 :]))
        centres = rng.uniform(-0.5, side - 0.5, (*maps, *(1 for _ in sides)))
        bumps = bumps * np.exp(-0.5 * ((cells - centres) / rng.uniform(2, 4)) ** 2)
    return (bumps + rng.normal(0, 0.003, bumps.shape)).astype(np.float32)


CONFIGS = (
    # So many keypoints that a batch of five is worth several threads.
    Config("RegressionLabel", {"input_size": (192, 256)}, 3000),
    Config("RegressionLabel", {"input_size": (97, 61)}, note="odd"),
    Config("IntegralRegressionLabel", SIZES | {"sigma": 2.0}),
    Config("IntegralRegressionLabel", ODD_SIZES | {"sigma": 2, "unbiased": True}, note="unbiased"),
    Config("IntegralRegressionLabel", ODD_SIZES | {"sigma": 1.3, "normalize": False}, note="raw"),
    Config("MSRAHeatmap", SIZES | {"sigma": 2.0}),
    Config("MSRAHeatmap", ODD_SIZES | {"sigma": 1.5}, 5, note="odd"),
    Config("MSRAHeatmap", SIZES | {"sigma": 2.0, "unbiased": True}, note="dark"),
    Config(
        "MSRAHeatmap",
        ODD_SIZES | {"sigma": 3, "unbiased": True, "blur_kernel_size": 17},
        note="dark-odd",
    ),
    Config(
        "MSRAHeatmap",
        SIZES | {"sigma": 2.0, "unbiased": True, "blur_kernel_size": 61},
        note="dark-wide",
    ),
    Config("UDPHeatmap", SIZES),
    Config("UDPHeatmap", ODD_SIZES | {"sigma": 1.3, "blur_kernel_size": 7}, 5, note="odd"),
    Config("UDPHeatmap", SIZES | {"heatmap_type": "combined"}, note="combined"),
    Config(
        "UDPHeatmap",
        ODD_SIZES | {"heatmap_type": "combined", "radius_factor": 0.1, "blur_kernel_size": 6},
        5,
        note="combined-odd",
    ),
    Config("MegviiHeatmap", SIZES | {"kernel_size": 11}),
    Config("MegviiHeatmap", ODD_SIZES | {"kernel_size": 5}, 5, note="odd"),
    Config("SimCCLabel", {"input_size": (192, 256)}),
    Config(
        "SimCCLabel",
        {
            "input_size": (100, 75),
            "sigma": (4.9, 5.66),
            "simcc_split_ratio": 1.5,
            "normalize": False,
        },
        note="odd",
    ),
    Config(
        "SimCCLabel",
        {"input_size": (96, 64), "smoothing_type": "standard", "simcc_split_ratio": 3},
        note="one-hot",
    ),
    Config(
        "SimCCLabel",
        {"input_size": (97, 61), "smoothing_type": "standard", "label_smooth_weight": 0.1},
        note="smooth",
    ),
    Config("SimCCLabel", {"input_size": (192, 256), "use_dark": True}, note="dark"),
    Config(
        "SimCCLabel",
        {"input_size": (100, 75), "sigma": 2, "use_dark": True, "decode_visibility": True},
        note="dark-visibility",
    ),
    Config(
        "SimCCLabel",
        {"input_size": (192, 256), "decode_visibility": True, "decode_beta": 10.0},
        note="visibility",
    ),
)
"""Several of each codec."""

CAMERA = {
    "w": 1000,
    "h": 1002,
    "f": np.array([[1145.0494], [1143.7811]]),
    "c": np.array([[512.5415], [515.4515]]),
}
"""One like those of Human3.6M, in pixels."""

STATISTICS = {
    name: [[offset + 0.25 * k + 0.5 * axis for axis in range(dims)] for k in range(17)]
    for name, offset, dims in (
        ("keypoints_mean", 500.0, 2),
        ("keypoints_std", 90.0, 2),
        ("target_mean", -0.125, 3),
        ("target_std", 0.5, 3),
    )
}
"""Means and deviations of 17 keypoints; the values are exact in single precision."""


class LiftingConfig(Config):
    """A codec that lifts 2D poses to 3D, and samples of some frames for it."""

    @property
    def frames(self) -> int:
        """Of a sample: a picture has one."""
        return 1 if self.codec == "ImagePoseLifting" else 9

    def inputs(self, rng: Generator, *batch: int, dtype: Any = np.float32) -> dict[str, Any]:
        """The arguments of `encode`, or `batch_encode` with a `batch`: all that there are."""
        people = (*batch, self.frames, 17)
        inputs: dict[str, Any] = {
            "keypoints": rng.uniform(100, 900, (*people, 2)).astype(dtype),
            "keypoints_visible": rng.choice(VISIBILITIES, people),
            "lifting_target": rng.normal([0, 0, 5], 0.5, (*people, 3)).astype(dtype),
            "lifting_target_visible": rng.choice(VISIBILITIES, people),
        }
        if self.codec != "ImagePoseLifting":
            inputs["camera_param"] = dict(CAMERA)
        if self.codec == "MotionBERTLabel":
            inputs["factor"] = rng.uniform(3, 5, people[:-1]).astype(dtype)
        return inputs

    def answers(self, rng: Generator, *batch: int) -> tuple[NDArray[np.float32], ...]:
        """What a network might say and what comes with it, as `decode` takes it."""
        frames = (*batch, self.frames)
        if self.codec == "MotionBERTLabel":
            sizes = (np.full(frames, np.float32(CAMERA[side])) for side in "wh")
            factor = rng.uniform(3, 5, (*frames, 1)).astype(np.float32)
            return (rng.normal(0, 1, (*frames, 17, 3)).astype(np.float32), *sizes, factor)
        count = 17 - bool(self.kwargs.get("remove_root"))
        poses = rng.normal(0, 1, (*frames, count, 3)).astype(np.float32)
        return (poses, rng.normal(0, 1, (*frames, 3)).astype(np.float32))


LIFTING = (
    LiftingConfig("ImagePoseLifting", {"num_keypoints": 17}),
    LiftingConfig("ImagePoseLifting", {"num_keypoints": 17} | STATISTICS, note="means"),
    LiftingConfig(
        "ImagePoseLifting",
        {
            "num_keypoints": 17,
            "root_index": [7],
            "remove_root": True,
            "save_index": True,
            "reshape_keypoints": False,
            "concat_vis": True,
            "additional_encode_keys": ["camera_param"],
        },
        note="removed",
    ),
    LiftingConfig("VideoPoseLifting", {"num_keypoints": 17}),
    LiftingConfig(
        "VideoPoseLifting",
        {"num_keypoints": 17, "root_index": [3, 5], "normalize_camera": True, "concat_vis": True},
        note="camera",
    ),
    LiftingConfig(
        "VideoPoseLifting",
        {"num_keypoints": 17, "root_index": 16, "remove_root": True, "save_index": True},
        note="removed",
    ),
    LiftingConfig(
        "VideoPoseLifting",
        {"num_keypoints": 17, "zero_center": False, "reshape_keypoints": False},
        note="not-centred",
    ),
    LiftingConfig("MotionBERTLabel", {"num_keypoints": 17, "concat_vis": True, "mode": "train"}),
    LiftingConfig("MotionBERTLabel", {"num_keypoints": 17, "root_index": 5}, note="test"),
    LiftingConfig("MotionBERTLabel", {"num_keypoints": 17, "rootrel": True}, note="rootrel"),
)
"""Several of each codec that lifts."""

each_config = pytest.mark.parametrize("config", CONFIGS, ids=str)
each_lifting_config = pytest.mark.parametrize("config", LIFTING, ids=str)
each_codec = pytest.mark.parametrize("config", [*CONFIGS, *LIFTING], ids=str)
each_heatmap_config = pytest.mark.parametrize(
    "config", [config for config in CONFIGS if config.has_heatmaps], ids=str
)


def arrays(answer: Any) -> list[NDArray[Any]]:
    """The arrays of a nested answer, in order."""
    if isinstance(answer, np.ndarray):
        return [answer]
    if answer is None or isinstance(answer, int | float):
        return []
    parts = answer.values() if isinstance(answer, dict) else answer
    return [array for part in parts for array in arrays(part)]


def stacked(answers: list[Any]) -> Any:
    """One answer for a batch, of the answers for its samples."""
    first = answers[0]
    if isinstance(first, dict):
        return {key: stacked([answer[key] for answer in answers]) for key in first}
    if isinstance(first, tuple):
        return tuple(stacked(list(parts)) for parts in zip(*answers, strict=True))
    if isinstance(first, list):
        return [item for answer in answers for item in answer]
    return np.stack(answers)


def assert_same(got: Any, want: Any) -> None:
    """Nested answers agree to the bit: keys, shapes, dtypes, values."""
    assert type(got) is type(want)
    if isinstance(want, dict):
        assert list(got) == list(want)
    elif isinstance(want, tuple):
        assert len(got) == len(want)
    if isinstance(want, list) and not any(isinstance(item, np.ndarray) for item in want):
        assert got == want
    for one, other in zip(arrays(got), arrays(want), strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_array_equal(one, other)
        assert one.tobytes() == other.tobytes()
