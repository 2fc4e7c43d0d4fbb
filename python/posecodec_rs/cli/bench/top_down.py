"""Codecs that see one person's crop."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import posecodec_rs
from posecodec_rs.cli.bench.operation import Operation, fill, maxima, noisy, theirs_of

SMALL: dict[str, Any] = {"input_size": (192, 256), "heatmap_size": (48, 64)}
LARGE: dict[str, Any] = {
    "input_size": (288, 384),
    "heatmap_size": (72, 96),
    "sigma": 3.0,
    "blur_kernel_size": 17,
}
VECTORS: dict[str, Any] = {"input_size": (192, 256)}


@dataclass(frozen=True)
class Sample:
    """People's crops: one, or a batch of them with a leading `B` everywhere.

    Attributes:
        keypoints: Shape (1, K, 2), float32, in pixels of the input.
        visible: Shape (1, K), float32, all labelled.
        targets: What `encode` makes of them.
        maps: What a network that was trained on those might answer: the arguments of `decode`.
    """

    keypoints: NDArray[np.float32]
    visible: NDArray[np.float32]
    targets: dict[str, NDArray[Any]]
    maps: list[NDArray[np.float32]]


@dataclass(frozen=True)
class TopDown:
    """A codec and how it is used.

    Attributes:
        name: As the table has it.
        codec: Its class.
        kwargs: Its arguments.
        keypoints: How many a person has.
    """

    name: str
    codec: str
    kwargs: dict[str, Any]
    keypoints: int = 17

    def ours(self) -> Any:
        """This package's codec."""
        return getattr(posecodec_rs, self.codec)(**self.kwargs)

    def theirs(self) -> Any:
        """MMPose's codec, or None."""
        return theirs_of(self.codec, **self.kwargs)

    def sample(self, *batch: int) -> Sample:
        """A person somewhere in the input, or a batch of them; every time the same."""
        rng = np.random.default_rng(0)
        codec, people = self.ours(), (*batch, 1, self.keypoints)
        size = np.array(self.kwargs["input_size"])
        keypoints = (rng.random((*people, 2)) * size).astype(np.float32)
        visible = np.ones(people, np.float32)
        encode = codec.batch_encode if batch else codec.encode
        targets = encode(keypoints, visible)
        answers = [array for name, array in targets.items() if name != "keypoint_weights"]
        if "keypoint_labels" in targets:
            answers = answers[:1]  # coordinates alone are decoded
        return Sample(keypoints, visible, targets, [noisy(array, rng) for array in answers])

    def theirs_decode(self, codec: Any, maps: list[NDArray[Any]]) -> Any:
        """MMPose's `decode`, which in SimCC's DARK writes into its inputs: that gets copies."""
        in_place = self.kwargs.get("use_dark", False)
        return codec.decode(*([array.copy() for array in maps] if in_place else maps))

    def operations(self) -> Iterator[Operation]:
        """Encode and decode."""
        ours, theirs, sample = self.ours(), self.theirs(), self.sample()
        yield Operation(
            self.name,
            "encode",
            lambda: ours.encode(sample.keypoints, sample.visible),
            fill(sample.targets.values()),
            theirs and (lambda: theirs.encode(sample.keypoints, sample.visible)),
        )
        yield Operation(
            self.name,
            "decode",
            lambda: ours.decode(*sample.maps),
            maxima(sample.maps),
            theirs and (lambda: self.theirs_decode(theirs, sample.maps)),
        )


TOP_DOWN = {
    subject.name: subject
    for subject in (
        TopDown("RegressionLabel", "RegressionLabel", VECTORS),
        TopDown("IntegralRegressionLabel", "IntegralRegressionLabel", {**SMALL, "sigma": 2.0}),
        TopDown("MSRAHeatmap", "MSRAHeatmap", {**SMALL, "sigma": 2.0}),
        TopDown(
            "MSRAHeatmap unbiased, DARK", "MSRAHeatmap", {**SMALL, "sigma": 2.0, "unbiased": True}
        ),
        TopDown("UDPHeatmap", "UDPHeatmap", SMALL),
        TopDown("UDPHeatmap 72×96, sigma 3", "UDPHeatmap", LARGE),
        TopDown("UDPHeatmap 72×96, 133 keypoints", "UDPHeatmap", LARGE, keypoints=133),
        TopDown("UDPHeatmap combined", "UDPHeatmap", {**SMALL, "heatmap_type": "combined"}),
        TopDown("MegviiHeatmap", "MegviiHeatmap", {**SMALL, "kernel_size": 11}),
        TopDown("SimCCLabel", "SimCCLabel", VECTORS),
        TopDown("SimCCLabel DARK", "SimCCLabel", {**VECTORS, "use_dark": True}),
        TopDown("SimCCLabel visibility", "SimCCLabel", {**VECTORS, "decode_visibility": True}),
    )
}
"""The top-down codecs by name, with 64×48 maps if nothing else is said."""
